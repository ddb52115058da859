# pipelines/recipe, its rungs, and pipelines/classify.
load helper

P=$ROOT/pipelines

setup() {
	scratch
	[ "$CD_BIN" = "$ROOT/bin" ] || skip "runs the programs in bin/"
}

# recipe ARG ...: quickly.
recipe() {
	"$P/recipe" "$@" 2>>err
}

@test "recipe: a folder of pictures to a net; classify says what test said" {
	drawn 20 photos
	echo "no picture" >photos/cat.100.jpg
	parts=train=12,validation=3,test=rest
	recipe --per-class $parts 12s photos out >report
	cmp report out/report.txt
	grep -c '<h2>Predictions: test-predictions</h2>' out/report.html
	grep -c "cat.100.jpg: not a picture of a known kind (skipped)" err
	for f in curves mistakes; do
		file out/$f.png | grep -c 'PNG image data'
	done
	# the first pictures for training, the last for the test, no two alike
	for part in train:0:11 validation:12:14 test:15:19; do
		IFS=: read -r name from to <<<"$part"
		cd-info out/$name.trs |
			awk -F '\t' '$3 == "SMPL" { print $7 }' >got
		for kind in cat dog; do
			seq -f "$kind.%g.jpg" "$from" "$to"
		done | diff got -
	done
	cd-eval out/test-predictions.trs | diff - <(sed '1,/^test$/d' report |
		sed '/^$/{N;/epochs/d}')
	"$P/classify" out photos/{cat,dog}.{15,16,17,18,19}.jpg >got
	cd-average --tsv out/test-predictions.trs | cut -f 1,3- | diff - got
	# whatever is given with it; what cannot be read is told by the status
	run --separate-stderr "$P/classify" out photos/dog.19.jpg \
		photos/cat.100.jpg
	[ "$status" -eq 1 ]
	[ "${lines[1]}" = "$(tail -1 got)" ]
	[ "${#lines[@]}" -eq 2 ]
	# done: nothing is done again, and other wishes are refused
	touch -d @1 out/model-1.trs
	recipe --per-class $parts 12s photos out |
		cmp - report
	[ "$(stat -c %Y out/model-1.trs)" -eq 1 ]
	fails_with 2 "begun as" "$P/recipe" 12s photos out
}

@test "recipe: parts in folders of their own, three classes" {
	drawn 8 photos
	mkdir -p data/train/{cats,dogs,birds} data/val/{cats,dogs,birds}
	for i in 0 1 2 3 4; do
		cp photos/cat.$i.jpg data/train/cats/$i.jpg
		cp photos/dog.$i.jpg data/train/dogs/$i.jpg
		cp photos/dog.$i.jpg data/train/birds/$i.jpg
	done
	# folders in those of classes are none
	mkdir data/train/cats/more
	mv data/train/cats/4.jpg data/train/cats/more
	for i in 5 6 7; do
		cp photos/cat.$i.jpg data/val/cats/$((i - 5)).jpg
		cp photos/dog.$i.jpg data/val/dogs/$((i - 5)).jpg
	done
	fails_with 2 "has parts already" "$P/recipe" \
		--per-class train=3,validation=1 10s data out
	recipe 10s data out >report
	run ! grep -q "^test" report
	cd-stat --no-equal --tsv out/validation.trs >stat
	grep -qx $'class/birds\t0' stat
	grep -qx $'class/cats\t3' stat
	# as prefix would not do
	"$P/classify" out data/val >got
	[ "$(head -1 got)" = $'key\tpredicted\tp(birds)\tp(cats)\tp(dogs)' ]
	[ "$(wc -l <got)" -eq 7 ]
}

@test "recipe: what it refuses" {
	fails_with 2 "usage: recipe" "$P/recipe"
	fails_with 2 "usage: recipe" "$P/recipe" --seed
	fails_with 2 "usage: recipe" "$P/recipe" --seeds 3 5m x out
	fails_with 2 "'soon' is no time" "$P/recipe" soon x out
	fails_with 2 "x: no such folder" "$P/recipe" 5m x out
	mkdir x
	fails_with 2 "no pictures in it" "$P/recipe" 5m x out
	fails_with 2 "--label: 'name'" "$P/recipe" --label name 5m x out
	fails_with 2 "--seed: '-1'" "$P/recipe" --seed -1 5m x out
	fails_with 2 "--per-class: 'rest'" "$P/recipe" --per-class rest 5m x out
	[ ! -e out ]
	drawn 4 drawings
	mkdir x/cat
	cp drawings/cat.[012].jpg x/cat
	fails_with 2 "one class by prefix, 'cat'" "$P/recipe" 5m x out
	mkdir x/dog
	cp drawings/dog.0.jpg x/dog
	head -c 100 drawings/dog.1.jpg >x/dog/1.jpg
	fails_with 2 "class 'dog': pictures that can be read: 1, needed: 2" \
		"$P/recipe" 5m x out
	cp drawings/dog.1.jpg x/dog/1.jpg
	# of three and two, nothing is left for validation
	fails_with 2 "no picture for validation" \
		"$P/recipe" --per-class train=2,validation=0 5m x out
	fails_with 2 "too few samples of class 'cat'" \
		"$P/recipe" --per-class train=9,validation=9 5m x out
	cp drawings/dog.2.jpg x/dog
	fails_with 2 "too little time: 1 s, of which one epoch of 4 pictures" \
		"$P/recipe" --per-class train=2,validation=rest 3s x out
	# and what was begun so is no hindrance
	fails_with 2 "too little time" "$P/recipe" 3s x out
	fails_with 2 "no recipe that is done" "$P/classify" out x
	fails_with 2 "usage: classify" "$P/classify" out
	mkdir mine
	echo list >mine/list
	fails_with 2 "mine: holds other files" "$P/recipe" 5m x mine
	[ "$(ls mine)" = $'list\nlock' ]
}

@test "a rung: stopped and continued is never stopped" {
	drawn 5 photos
	cd-decode --size 184x184 --label prefix photos >all.trs
	cd-split --per-class t.trs=4 v.trs=1 <all.trs
	"$P/recipes/5m" --epochs 60 t.trs v.trs 3 a 2>err
	(exec timeout 1 "$P/recipes/5m" --epochs 60 t.trs v.trs 3 b) \
		2>>err && got=0 || got=$?
	[ ! -e b/predictions.trs ]
	"$P/recipes/5m" --epochs 60 t.trs v.trs 3 b 2>>err
	cmp a/model-1.trs b/model-1.trs
	cmp a/predictions.trs b/predictions.trs
}

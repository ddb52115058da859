load helper

# A fresh model of the tiny net, and 8 samples of 16x16, shuffled for 4 epochs.
start() {
	cp "$(make_model 16)" m.trs
	cd-shuffle --seed 1 --epochs 4 "$(make_samples 4 16)" >data.trs
}

# train ARGS...: reads standard input.
train() {
	cp "$(make_model 16)" m.trs
	cd-train -q -n 2 "$@" m.trs
}

# net_with LINE: a net whose training draws (dropout) and has every layer.
bigger_net() {
	cat <<-END
	input 16 16 3  scale 1/255
	conv 16 3x3 relu pad same
	conv 16 3x3 relu
	pool max 2
	relu
	pool max 3 stride 2
	flatten
	dropout 0.3
	dense 8 relu
	dense 2
	loss softmax
	END
}

without_seconds() {
	cut -f 1-7 "$@"
}

@test "cd-train keeps the contract of filters" {
	filter_contract --text --name cd-train train
}

@test "usage: no model, unknown optimiser, --best without --validate" {
	fails_with 2 "no model named" cd-train </dev/null
	fails_with 2 "'rms' is not sgd, rmsprop, adam or adamw" \
		cd-train --optimizer rms m.trs
	fails_with 2 "need --validate" cd-train --best b.trs m.trs
	fails_with 2 "--best-by: 'f1' is not accuracy or loss" \
		cd-train --best-by f1 m.trs
	fails_with 2 "--best-by needs --best or --patience" \
		cd-train --best-by loss --validate v.trs m.trs
	fails_with 2 "--lr: 'fast' is not a number" cd-train --lr fast m.trs
	fails_with 2 "none.trs: No such file" cd-train none.trs
}

@test "every optimiser lowers the loss" {
	start
	cd-shuffle --seed 1 --epochs 30 "$(make_samples 4 16)" >long.trs
	for o in "sgd --lr 0.02" "sgd --lr 0.02 --nesterov" \
		"sgd --lr 0.1 --momentum 0" "rmsprop --lr 0.003" \
		"adam --lr 0.01"; do
		cp "$(make_model 16)" o.trs
		# shellcheck disable=SC2086 # words
		cd-train -q -n 4 --optimizer $o --history h.tsv o.trs <long.trs
		awk -v o="$o" 'NR == 2 { first = $4 } END {
			print o, first, $4; exit !($4 < 0.95 * first) }' h.tsv
	done
}

@test "samples with -n and batches give the same model" {
	start
	cp m.trs n.trs
	cd-train -q -n 3 --lr 0.01 m.trs <data.trs
	cd-batch -n 3 data.trs | cd-train -q --lr 0.01 n.trs
	cd-cmp m.trs n.trs
}

@test "the same bytes for any number of threads and in a second run" {
	start
	bigger_net | cd-init --seed 3 >m1.trs
	for i in 2 3 4; do cp m1.trs m$i.trs; done
	cd-train -q -j 1 -n 3 --seed 5 m1.trs <data.trs
	cd-train -q -j 2 -n 3 --seed 5 m2.trs <data.trs
	cd-train -q -j 3 -n 3 --seed 5 m3.trs <data.trs
	cd-train -q -j 2 -n 3 --seed 5 m4.trs <data.trs
	cmp m1.trs m2.trs
	cmp m1.trs m3.trs
	cmp m1.trs m4.trs
	# and dropout does draw
	bigger_net | cd-init --seed 3 >m5.trs
	cd-train -q -n 3 --seed 6 m5.trs <data.trs
	run cd-cmp -q m1.trs m5.trs
	[ "$status" -eq 1 ]
}

@test "the plain kernels train to nearly the same" {
	start
	bigger_net | cd-init --seed 3 >m1.trs
	cp m1.trs m2.trs
	cd-train -q -n 3 --optimizer sgd --lr 0.01 m1.trs <data.trs
	CD_CPU=ref cd-train -q -n 3 --optimizer sgd --lr 0.01 m2.trs <data.trs
	cd-cmp --tolerance 1e-4 m1.trs m2.trs
}

@test "stopped by TERM and continued is never stopped" {
	start
	cd-shuffle --seed 1 --epochs 400 "$(make_samples 4 16)" >long.trs
	bigger_net | cd-init --seed 3 >a.trs
	cp a.trs b.trs
	cd-train -q -n 3 --validate "$(make_samples 3 16)" \
		--history a.tsv a.trs <long.trs
	# the writer waits in the middle until the trainer has stopped
	mkfifo data
	{
		head -c 900000 long.trs
		while [ ! -e stopped ]; do sleep 0.1; done
		tail -c +900001 long.trs
	} >data 3>&- &
	cd-train -q -n 3 --validate "$(make_samples 3 16)" \
		--history b.tsv b.trs <data 2>err &
	pid=$!
	until [ -e b.tsv ] && [ "$(wc -l <b.tsv)" -ge 20 ]; do
		sleep 0.05
	done
	kill -TERM "$pid"
	sleep 0.1
	touch stopped
	got=0
	wait "$pid" || got=$?
	[ "$got" -eq 75 ]
	grep -q "b.trs: saved at epoch" err
	cd-info --check b.trs
	cd-train -n 3 --validate "$(make_samples 3 16)" \
		--history b.tsv b.trs <long.trs 2>err
	grep -q "passed over .* pictures" err
	cmp a.trs b.trs
	diff <(without_seconds a.tsv) <(without_seconds b.tsv)
}

@test "killed and continued is never stopped" {
	start
	bigger_net | cd-init --seed 3 >a.trs
	cp a.trs b.trs
	cd-train -q -n 3 --history a.tsv a.trs <data.trs
	# killed behind the 2nd epoch, saved at each step
	cd-select --epoch 0:1 data.trs >two.trs
	mkfifo data
	{
		head -c -64 two.trs
		until [ -e killed ]; do sleep 0.1; done
	} >data 3>&- &
	cd-train -q -n 3 --checkpoint 0 --history b.tsv b.trs <data 3>&- &
	pid=$!
	until [ -e b.tsv ] && [ "$(wc -l <b.tsv)" -ge 3 ]; do
		sleep 0.05
	done
	kill -KILL "$pid"
	wait "$pid" || true
	touch killed
	cd-info --check b.trs
	cd-train -q -n 3 --history b.tsv b.trs <data.trs
	cmp <(cd-text b.trs | grep -v '^head data') \
		<(cd-text a.trs | grep -v '^head data')
	diff <(without_seconds a.tsv) <(without_seconds b.tsv)
}

@test "2 + 2 epochs by --from-epoch are 4" {
	start
	s=$(make_samples 4 16)
	cp m.trs n.trs
	cd-train -q -n 4 m.trs <data.trs
	cd-shuffle --seed 1 --epochs 2 "$s" | cd-train -q -n 4 n.trs
	cd-shuffle --seed 1 --epochs 4 --from-epoch 2 "$s" |
		cd-train -q -n 4 n.trs
	cd-cmp m.trs n.trs
	cd-shuffle --seed 1 --epochs 9 --from-epoch 6 "$s" >far.trs
	fails_with 2 "the data go on at epoch 7, the model stands at epoch 5" \
		cd-train -q -n 4 n.trs <far.trs
}

@test "a model that is through has nothing to train on" {
	start
	cd-train -q -n 4 m.trs <data.trs
	cp m.trs before.trs
	run cd-train -n 4 m.trs <data.trs
	[ "$status" -eq 0 ]
	[[ "$output" == *"nothing to train on: "*"the end of epoch 4"* ]]
	cmp m.trs before.trs
}

@test "damaged input: what was learned is kept" {
	start
	head -c 20000 data.trs >cut.trs
	fails_with 2 "m.trs is saved as trained up to there" \
		cd-train -q -n 2 m.trs <cut.trs
	grep -q "the stream is cut" fails.err
	cp m.trs n.trs
	cd-train -q -n 2 m.trs <data.trs
	cp "$(make_model 16)" whole.trs
	cd-train -q -n 2 whole.trs <data.trs
	cmp m.trs whole.trs
}

@test "the history: a line an epoch, kept when training goes on" {
	start
	cd-select --epoch 0:1 data.trs |
		cd-train -q -n 4 --validate "$(make_samples 2 16)" \
			--history h.tsv m.trs
	[ "$(wc -l <h.tsv)" -eq 3 ]
	head -1 h.tsv | grep -cP '^epoch\tstep\tpictures\tloss\taccuracy\t'
	head -3 h.tsv >before.tsv
	cd-train -q -n 4 --validate "$(make_samples 2 16)" --history h.tsv \
		m.trs <data.trs
	[ "$(wc -l <h.tsv)" -eq 5 ]
	head -3 h.tsv | cmp - before.tsv
	awk -F '\t' 'NR > 1 && ($1 != NR - 1 || $2 != 2 * $1 || $3 != 8 ||
		$5 < 0 || $5 > 1 || $7 < 0 || $7 > 1) { exit 1 }' h.tsv
	echo "my shopping list" >list
	fails_with 2 "list: not a history of training" \
		cd-train -q -n 4 --history list m.trs <data.trs
	[ "$(cat list)" = "my shopping list" ]
}

@test "--summary" {
	cd-train --summary "$(make_model 16)" >got
	diff got <(tiny_net 16 | cd-init --summary)
	fails_with 2 "none.trs" cd-train --summary none.trs
}

@test "progress lines, and -q" {
	start
	cp m.trs n.trs
	cd-train -n 4 m.trs <data.trs 2>err
	[ "$(wc -l <err)" -eq 4 ]
	grep -q "^cd-train: epoch 4 of 4: loss .* accuracy .* pictures/s$" err
	cd-train -q -n 4 n.trs <data.trs 2>err
	[ ! -s err ]
}

@test "--best keeps the best, --patience stops early" {
	start
	cd-shuffle --seed 1 --epochs 60 "$(make_samples 4 16)" >long.trs
	# validated on what it learns: perfect soon, and then never better
	cd-train -n 4 --optimizer adam --lr 0.003 --patience 60 \
		--validate "$(make_samples 4 16)" --best best.trs \
		--history h.tsv m.trs <long.trs
	best=$(cd-info best.trs | awk '$1 == "best-epoch" { print $2 }')
	awk -F '\t' -v e="$best" 'NR > 1 && ($7 > top ||
		($7 == top && $6 < low)) { top = $7; low = $6; at = $1 }
		END { print at, e; exit at != e + 1 }' h.tsv
	cp "$(make_model 16)" m.trs
	# no step at all: nothing is ever better than the first epoch
	run cd-train -n 4 --optimizer sgd --lr 0 --patience 3 \
		--validate "$(make_samples 4 16)" --history h.tsv m.trs \
		<long.trs
	[ "$status" -eq 0 ]
	[[ "$output" == *"best after epoch 1; stopped"* ]]
	[ "$(tail -1 h.tsv | cut -f 1)" -eq 4 ]
}

@test "--best-by loss: the lowest loss, whatever the accuracy" {
	start
	# other pictures than it learns: the loss has a lowest, then rises
	cd-draw -n 6 --seed 9 other
	find other -name '*.jpg' | sort -V |
		cd-decode --size 16x16 --label prefix >v.trs
	cd-shuffle --seed 1 --epochs 40 "$(make_samples 4 16)" >long.trs
	cp m.trs n.trs
	cd-train -q -n 4 --optimizer adam --lr 0.01 --validate v.trs \
		--best-by loss --best loss.trs --history h.tsv m.trs <long.trs
	lowest=$(awk -F '\t' 'NR == 2 || NR > 1 && $6 < low {
		low = $6; at = $1 } END { print at }' h.tsv)
	highest=$(awk -F '\t' 'NR == 2 || NR > 1 && ($7 > top ||
		($7 == top && $6 < low)) { top = $7; low = $6; at = $1 }
		END { print at }' h.tsv)
	echo "$lowest $highest"
	[ "$lowest" -ne "$highest" ]
	[ "$lowest" -lt 38 ]
	[ "$(cd-info loss.trs | awk '$1 == "epoch" { print $2 }')" -eq \
		"$lowest" ]
	# patience goes by it too
	run cd-train -q -n 4 --optimizer adam --lr 0.01 --validate v.trs \
		--best-by loss --patience 2 --history p.tsv n.trs <long.trs
	[ "$status" -eq 0 ]
	[[ "$output" == *"validation was best after epoch "*"; stopped" ]]
	awk -F '\t' 'NR == 2 || NR > 1 && $6 < low { low = $6; at = $1 }
		END { exit $1 != at + 2 }' p.tsv
}

@test "divergence: the step is named, the file stays" {
	start
	# weights so large that the sums overflow
	cd-text m.trs | awk '/^record PARM.*weight/ { w = 1 }
		w && /^[-0-9]/ { $1 = "3e38"; w = 0 } 1' | cd-text -r >huge.trs
	cp huge.trs before.trs
	fails_with 2 "huge.trs: step 1 (epoch 1): the loss is" \
		cd-train -q -n 4 huge.trs <data.trs
	cmp huge.trs before.trs
}

@test "a model with a parameter that is not finite is not saved" {
	start
	cd-text m.trs | awk '/^record PARM.*bias/ { w = 1 }
		w && /^[-0-9]/ { $1 = "nan"; w = 0 } 1' | cd-text -r >nan.trs
	cp nan.trs before.trs
	fails_with 2 "'value'[0] is nan" cd-train -q -n 4 nan.trs <data.trs
	cmp nan.trs before.trs
	# nor is one that comes to it
	fails_with 2 "diverged" cd-train -q -n 4 --optimizer sgd --lr 1e6 \
		--momentum 0.999999 --weight-decay 1000 m.trs <data.trs
	cd-info --check m.trs
}

@test "data that do not fit the model" {
	start
	cd-train -q -n 4 m.trs <data.trs
	fails_with 2 "picture of 20x20x3 (height, width, channels)" \
		cd-train -q -n 2 "$(make_samples 3 20)" "$(make_model 16)"
	sed 's/^head class cat/head class lion/' <(cd-text data.trs) |
		cd-text -r >lion.trs
	fails_with 2 "class 'lion' of the data is unknown to the model" \
		cd-train -q -n 4 m.trs <lion.trs
	sed 's/^head fit .*/head fit 16x16 crop box/' <(cd-text data.trs) |
		cd-text -r >fit.trs
	fails_with 2 "these by '16x16 crop box'" cd-train -q -n 4 m.trs <fit.trs
	cd-text data.trs | awk '/^tensor label/ { getline; next } 1' |
		cd-text -r >bare.trs
	cp "$(make_model 16)" m.trs
	fails_with 2 "no label to learn" cd-train -q -n 4 m.trs <bare.trs
	fails_with 2 "the stream holds samples, not a model" \
		cd-train -q "$(make_samples 3 16)" <data.trs
	bigger_net | sed 's/dense 2/dense 3/' | cd-init >three.trs
	fails_with 2 "the net has 3 classes, the data 2" \
		cd-train -q -n 4 three.trs <data.trs
}

@test "a model whose classes are not its net's" {
	start
	cd-train -q -n 4 m.trs <data.trs
	cd-text m.trs | sed 's/^head class cat$/&\nhead class cow/' |
		cd-text -r >three.trs
	fails_with 2 "names 3 classes, its net has 2" \
		cd-train -q -n 4 three.trs <data.trs
	fails_with 2 "names 3 classes, its net has 2" \
		cd-predict --model three.trs data.trs
}

@test "batches larger than the data" {
	start
	fails_with 2 "batches of 9 pictures, but an epoch has only 8" \
		cd-train -q -n 9 m.trs <data.trs
	# what comes counts, not what the header says
	cd-text data.trs | sed '/^head records/d' | cd-text -r |
		fails_with 2 "batches of 9 pictures" cd-train -q -n 9 m.trs
	cd-text data.trs | sed 's/^head records.*/head records 4/' |
		cd-text -r | cd-train -q -n 8 m.trs
	cp "$(make_model 16)" m.trs
	cat "$(make_samples 3 16)" <(cd-text "$(make_samples 3 16)" |
		sed 's/^record SMPL 0 0 /&more./' | cd-text -r) |
		cd-train -q -n 12 m.trs
}

@test "pictures of natural sizes and of another" {
	start
	cd-text data.trs | sed '/^head fit/d' | cd-text -r >natural.trs
	cd-train -q -n 4 m.trs <natural.trs
	fails_with 2 "standard input: the model's pictures have their natural \
sizes, these were brought to size by '16x16" cd-train -q -n 4 m.trs <data.trs
	cp "$(make_model 16)" m.trs
	cd-train -q -n 4 m.trs <data.trs
	fails_with 2 "these have their natural sizes" \
		cd-train -q -n 4 m.trs <natural.trs
}

@test "another optimiser on a trained model is refused" {
	start
	cd-select --epoch 0:1 data.trs | cd-train -q -n 4 m.trs
	fails_with 2 "trained by another optimiser: it has no 'moment1'" \
		cd-train -q -n 4 --optimizer adam m.trs <data.trs
	# sgd without momentum keeps nothing, and leaves what is there
	cd-select --epoch 0:2 data.trs |
		cd-train -q -n 4 --optimizer sgd --momentum 0 m.trs
	cd-train -q -n 4 m.trs <data.trs
}

@test "--max-skipped" {
	start
	cd-text data.trs | sed 's/^end .*/end 3/' | cd-text -r >skip.trs
	fails_with 2 "3 pictures were skipped, more than --max-skipped 2" \
		cd-train -q -n 4 --max-skipped 2 m.trs <skip.trs
	cp "$(make_model 16)" m.trs
	cd-train -q -n 4 --max-skipped 3 m.trs <skip.trs
}

@test "a full disk: a message, and the old model stays" {
	start
	cp m.trs before.trs
	(
		trap '' XFSZ
		ulimit -f 1
		fails_with 2 "m.trs" cd-train -q -n 4 m.trs <data.trs
	)
	cmp m.trs before.trs
	[ -z "$(find . -name '*.tmp*')" ]
}

@test "validation in larger batches than training" {
	start
	s=$(make_samples 4 16)
	cd-batch -n 8 "$s" >big.trs
	cp m.trs n.trs
	cd-train -q -n 3 --validate "$s" --history a.tsv m.trs <data.trs
	cd-train -q -n 3 --validate big.trs --history b.tsv n.trs <data.trs
	diff <(without_seconds a.tsv) <(without_seconds b.tsv)
}

@test "marks that do not belong" {
	start
	cd-text data.trs | awk '/^record/ { keep = $2 == "MARK" }
		!/^(record|tensor|[0-9])/ || /^record/ && keep' |
		cd-text -r >marks.trs
	fails_with 2 "the data end epoch 1 after 0 pictures" \
		cd-train -q -n 4 m.trs <marks.trs
}

@test "validation that cannot be had" {
	start
	fails_with 2 "none.trs: No such file" \
		cd-train -q -n 4 --validate none.trs m.trs <data.trs
	probe empty <data.trs >empty.trs
	fails_with 2 "empty.trs: no pictures to validate on" \
		cd-train -q -n 4 --validate empty.trs m.trs <data.trs
}

# uneven: in.trs with 12 cats and 4 dogs; m.trs.
uneven() {
	cp "$(make_model 16)" m.trs
	cd-select --key 'cat*' "$(make_samples 12 16)" >cats.trs
	cd-select --key 'dog.[0-3].*' "$(make_samples 12 16)" >dogs.trs
	cat cats.trs dogs.trs >in.trs
}

@test "--class-weights balanced: n / (classes n of the class), of a file" {
	uneven
	cp m.trs n.trs
	cd-shuffle --epochs 3 -o data.trs in.trs
	cd-train -q -n 4 --class-weights balanced:in.trs m.trs <data.trs
	cd-train -q -n 4 --class-weights cat=2/3,dog=2 n.trs <data.trs
	cd-cmp m.trs n.trs
	# what was counted is told, not the file's name
	[ "$(cd-info --head m.trs | grep '^made cd-train')" = \
		"made $(cd-train -V) --batch 4 --class-weights balanced \
(12 cat, 4 dog)" ]
	# any number of epochs counts the same; classes go by their names
	cp "$(make_model 16)" n.trs
	cat dogs.trs cats.trs | cd-text |
		sed 's/^head class cat/head class x/
			s/^head class dog/head class cat/
			s/^head class x/head class dog/' |
		awk 'label { $0 = 1 - $0 } { label = /^tensor label/ } 1' |
		cd-text -r | cd-shuffle --epochs 2 >other.trs
	[ "$(cd-info --head other.trs | grep ^class | head -1)" = 'class dog' ]
	cd-train -q -n 4 --class-weights balanced:other.trs n.trs <data.trs
	cd-cmp m.trs n.trs
}

@test "--class-weights balanced: continued with the same bytes" {
	uneven
	cp m.trs n.trs
	cd-shuffle --epochs 4 -o data.trs in.trs
	cd-train -q -n 4 --class-weights balanced:in.trs m.trs <data.trs
	cd-select --epoch 0:1 data.trs |
		cd-train -q -n 4 --class-weights balanced:in.trs n.trs
	run ! cmp m.trs n.trs
	cd-train -q -n 4 --class-weights balanced:in.trs n.trs <data.trs
	cmp <(cd-text m.trs | grep -v '^head data') \
		<(cd-text n.trs | grep -v '^head data')
}

@test "--class-weights balanced: files that cannot be counted" {
	uneven
	cp m.trs before.trs
	cd-shuffle -o data.trs in.trs
	weigh() {
		cd-train -q -n 4 --class-weights "balanced:$1" m.trs <data.trs
	}
	fails_with 2 "--class-weights: none.trs: No such file" weigh none.trs
	fails_with 2 "--class-weights: cats.trs: no sample of class 'dog'" \
		weigh cats.trs
	fails_with 2 "--class-weights: before.trs: no samples" weigh before.trs
	cd-text in.trs | awk '/ dog.2.jpg$/ { skip = 1 } /^record/ &&
		!/ dog.2.jpg$/ { skip = 0 } skip && /^tensor label/ {
		getline; next } 1' | cd-text -r >lacking.trs
	fails_with 2 "lacking.trs: record 14 (dog.2.jpg): no label to count" \
		weigh lacking.trs
	cd-text in.trs | sed 's/^head class dog/head class cow/' |
		cd-text -r >cows.trs
	fails_with 2 "cows.trs: record 12 (dog.0.jpg): its class is none" \
		weigh cows.trs
	head -c 5000 in.trs >cut.trs
	fails_with 2 "--class-weights: cut.trs: record 4" weigh cut.trs
	cmp m.trs before.trs
}

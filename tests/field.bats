# What people do and did elsewhere, from their reports: each once went wrong
# without a word.
load helper
load training

@test "validation data are looked at before training, not after an epoch" {
	start
	drawn 2
	cd-decode --size 16x16 photos >un.trs
	cd-decode --size 12x12 --label prefix photos >small.trs
	cp "$(make_samples 3 16)" v.trs
	head -c -64 v.trs >cut.trs
	cp m.trs before.trs
	for f in un small cut; do
		fails_with 2 "$f.trs" cd-train -q -n 4 --validate $f.trs \
			--history h.tsv data.trs m.trs
		[ ! -e h.tsv ] || [ "$(wc -l <h.tsv)" -le 1 ]
		cmp m.trs before.trs
	done
	mkfifo pipe
	cat v.trs >pipe &
	fails_with 2 "pipe: is read again and again" \
		cd-train -q -n 4 --validate pipe data.trs m.trs
	wait
	fails_with 2 "none/best.trs: lock: No such file" cd-train -q -n 4 \
		--validate v.trs --best none/best.trs data.trs m.trs
}

@test "pictures validated on that are trained on are told" {
	start
	cp "$(make_samples 4 16)" s.trs
	cd-train -q -n 4 --validate s.trs data.trs m.trs 2>err
	grep -c 's.trs: 8 of its 8 pictures are trained on too' err
	drawn 3
	cd-draw -n 2 --first 2 --seed 7 photos
	find photos -name '*.[12].jpg' | sort -V |
		cd-decode --size 16x16 --label prefix >v.trs
	find photos -name '*.[013].jpg' | sort -V |
		cd-decode --size 16x16 --label prefix |
		cd-shuffle --epochs 2 >d.trs
	cp "$(make_model 16)" m.trs
	cd-train -q -n 2 --validate v.trs d.trs m.trs 2>err
	grep -c 'v.trs: 2 of its 4 pictures are trained on too' err
	# batches have keys too
	cp "$(make_model 16)" m.trs
	cd-batch -n 2 d.trs | cd-train -q --validate v.trs m.trs 2>err
	grep -c 'v.trs: 2 of its 4 pictures are trained on too' err
	[ "$(wc -l <err)" -eq 1 ]
}

@test "a class without pictures is told, in parts and in training" {
	start
	s=$(make_samples 4 16)
	cd-split a.trs=50% b.trs=50% <"$s" 2>err
	grep -c "no sample of class 'dog' in a.trs: --per-class" err
	grep -c "no sample of class 'cat' in b.trs: --per-class" err
	[ "$(wc -l <err)" -eq 2 ]
	cd-split --per-class a2.trs=50% b2.trs=50% <"$s" 2>err
	[ ! -s err ]
	cd-train -q -n 2 --validate b.trs a.trs m.trs 2>err
	grep -c "no picture of class 'cat' to validate on" err
	grep -c "no picture of class 'dog' to train on" err
}

@test "samples that go to no file are told" {
	s=$(make_samples 10 16)
	cd-split a=8 b=1 c=1 <"$s" 2>err
	grep -c '^cd-split: 10 of 20 samples go to no file' err
	cd-split a=8 b=1 c=rest <"$s" 2>err
	run ! grep -c 'go to no file' err
}

# animals: photographs rex.1.jpg ... of several dogs and cats, some many.
animals() {
	cd-text "$(make_samples 8 16)" | awk '
		BEGIN { split("tom tom tom kit kit ann bob cis", a, " ")
			split("rex rex rex rex max max leo ace", b, " ") }
		/^record SMPL/ { i++
			$NF = (i <= 8 ? a[i] : b[i - 8]) "." i ".jpg" } 1' |
		cd-text -r
}

names() {
	cd-info "$1" | awk -F '\t' '$3 == "SMPL" { sub(/[.].*/, "", $7)
		print $7 }' | sort -u
}

@test "--group: what is of one name goes to one file" {
	local way
	animals >in.trs
	for way in '' '--seed 1' '--seed 2' '--per-class' \
		'--per-class --seed 3' --by-hash '--by-hash --seed 4'; do
		# shellcheck disable=SC2086
		cd-split --group '^([^.]*)' $way a.trs=60% b.trs=rest <in.trs
		[ -z "$(comm -12 <(names a.trs) <(names b.trs))" ]
		[ "$(cd-info a.trs b.trs | grep -c SMPL)" -eq 16 ]
	done
	# as near to its share as whole groups allow
	cd-split --group '^[^.]*' --seed 1 a.trs=50% b.trs=rest <in.trs
	n=$(cd-info a.trs | grep -c SMPL)
	[ "$n" -ge 6 ] && [ "$n" -le 10 ]
	for i in 1 2 3; do
		cd-split --group '^([^.]*)' --fold $i/3 \
			f$i.trs=fold r.trs=rest <in.trs
		[ -z "$(comm -12 <(names f$i.trs) <(names r.trs))" ]
	done
	[ "$(cat f1.trs f2.trs f3.trs | cd-info | grep -c SMPL)" -eq 16 ]
	# in order without a seed, and found by no pattern: each for itself
	cd-split --group 'nothing' a.trs=3 b.trs=rest <in.trs
	cd-split c.trs=3 d.trs=rest <in.trs
	cd-cmp a.trs c.trs
	fails_with 2 "--group: '(': " cd-split --group '(' a=rest
	# a group of two classes
	cd-text in.trs | sed 's/rex\.9/tom.9/' | cd-text -r >odd.trs
	fails_with 2 'tom.9.jpg: what --group keeps together is of two' \
		cd-split --group '^([^.]*)' --per-class a=50% b=rest <odd.trs
}

@test "a finished model and other data: left alone, and told" {
	start
	cd-train -q -n 4 data.trs m.trs
	cp m.trs before.trs
	cd-shuffle -s 7 --epochs 4 "$(make_samples 3 16)" |
		cd-train -q -n 2 --lr 0.5 m.trs 2>err
	cmp m.trs before.trs
	grep -c 'nothing to train on' err
	grep -c 'left as it was; these are other data' err
	# the same data: as ever
	cd-train -q -n 4 data.trs m.trs 2>err
	run ! grep -c 'other data' err
	# further epochs of other data are trained on
	cd-shuffle -s 7 --epochs 5 "$(make_samples 3 16)" |
		cd-train -q -n 2 m.trs 2>err
	cd-info --head m.trs | grep -cx 'epoch 5'
}

@test "crops in training, plain resizing to predict: told how to do it" {
	drawn 3
	cd-decode --label prefix photos >natural.trs
	cd-augment --crop 0.5 --size 16x16 natural.trs >a.trs
	cp "$(make_model 16)" m.trs
	cd-train -q -n 2 a.trs m.trs
	cd-decode --size 16x16 photos >squashed.trs
	fails_with 2 'cd-augment --size 16x16, behind a cd-decode without' \
		cd-predict --model m.trs squashed.trs
	# as it says
	cd-decode photos | cd-augment --size 16x16 | cd-predict --model m.trs |
		cd-info --check
}

@test "a file that may not grow any more: no half of it stays" {
	! sanitized && ! counted || skip "the build writes files of its own"
	cp "$(make_samples 4 16)" s.trs
	start
	run bash -c 'ulimit -f 1; exec cd-select -o out.trs s.trs'
	[ "$status" -ne 0 ]
	[ ! -e out.trs ]
	cp m.trs before.trs
	run bash -c 'ulimit -f 1; exec cd-train -q -n 4 data.trs m.trs'
	[ "$status" -ne 0 ]
	cmp m.trs before.trs
	run bash -c 'trap "" XFSZ; ulimit -f 1; exec cd-select -o out.trs s.trs'
	[ "$status" -eq 2 ]
	[[ "$output" == *"out.trs: write: File too large" ]]
	[ -z "$(find . -name '*.tmp*')" ]
}

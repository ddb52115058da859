# cd-batch --mixup and --cutmix, compared with tests/mix_oracle.py, which knows
# the manual page only.
load helper

setup() {
	scratch
}

# oracle LOG SAMPLES BATCHES
oracle() {
	PYTHONDONTWRITEBYTECODE=1 PYTHONPATH="$ROOT/formats" \
		python3 "$ROOT/tests/mix_oracle.py" "$@"
}

# epochs N [PICTURES]: in.trs, N epochs of so many cats and dogs each.
epochs() {
	cd-shuffle --seed 3 --epochs "$1" "$(make_samples "${2:-5}" 16)" \
		>in.trs
}

# mix ARGS ...: in.trs to out.trs, with its log in log.tsv.
mix() {
	cd-batch --log-parameters log.tsv "$@" in.trs >out.trs
}

@test "mixing keeps the contract of filters" {
	filter_contract --no-unknown cd-batch -n 4 --mixup 0.4 --cutmix 1
}

@test "pixels and targets are those of an independent program" {
	epochs 4 7
	for o in '--mixup 0.4' '--cutmix 1' '--mixup 1@0.3 --cutmix 0.5@0.5' \
		'--mixup 100 --cutmix 100' '--mixup 0.01' '--cutmix 0.01'; do
		for n in 2 4 5 6 14; do
			mix -n "$n" --seed "$n" $o
			oracle log.tsv in.trs out.trs
		done
	done
	mix -n 4 --drop-last --cutmix 1
	[ "$(oracle log.tsv in.trs out.trs)" = cutmix=48 ]
	# sides that differ, and are odd
	cd-draw -n 3 photos
	find photos -name '*.jpg' | sort |
		cd-decode --size 13x7 --label prefix >in.trs
	mix -n 5 --mixup 1 --cutmix 1
	oracle log.tsv in.trs out.trs
}

@test "samples' own targets are mixed, beside labels too" {
	epochs 2 4
	cd-text in.trs | awk '/^tensor label/ { print; getline; print
		print "tensor target f32 2"; n++ % 2 ? x = 0.25 : x = 0.875
		print x, 1 - x; next } 1' | cd-text -r >t.trs
	mv t.trs in.trs
	mix -n 3 --mixup 1
	oracle log.tsv in.trs out.trs
	cd-info out.trs | grep -F 'target:f32[3,2] keys'
	cd-text in.trs | awk '/^tensor label/ { getline; next } 1' |
		cd-text -r >t.trs
	cp out.trs want.trs
	mv t.trs in.trs
	mix -n 3 --mixup 1
	cmp out.trs want.trs
	cd-text in.trs | sed 's/^0.875 0.125/0.875 0.5/' | cd-text -r >bad.trs
	fails_with 2 'record 0 (' cd-batch -n 3 --mixup 1 bad.trs
	grep -F 'add up to 1.375' fails.err
}

@test "lambda and the operations have their distributions" {
	epochs 100 10
	mix -n 10 --mixup 1@0.6 --cutmix 1@0.3
	# of 2000: within 4 standard deviations
	column operation log.tsv | sort | uniq -c | awk '
	{ n[$2] = $1 }
	END { exit !(n["mixup"] > 1112 && n["mixup"] < 1288 &&
		n["cutmix"] > 518 && n["cutmix"] < 682 &&
		n["none"] > 146 && n["none"] < 254) }'
	# uniform: the largest difference (Kolmogorov-Smirnov), at 0.001
	awk -F '\t' '$4 == "mixup" { print $5 }' log.tsv | sort -g | awk '
	{ x[NR] = $1 }
	END { for (i = 1; i <= NR; i++) {
			d = x[i] - i / NR
			if (d < 0) d = -d
			if (d > most) most = d
		}
		exit !(NR > 1000 && most < 1.95 / sqrt(NR) + 1 / NR) }'
	[ "$(awk -F '\t' '$4 == "mixup" { print $5 }' log.tsv | sort -u |
		wc -l)" -gt 1100 ]
	# small alphas lie at the ends, large ones in the middle
	mix -n 10 --mixup 0.1
	column lambda log.tsv | awk '$1 < 0.05 || $1 > 0.95 { n++ }
		END { exit !(n > 0.7 * NR) }'
	mix -n 10 --mixup 50
	column lambda log.tsv | awk '$1 > 0.4 && $1 < 0.6 { n++ }
		END { exit !(n > 0.9 * NR) }'
	# all distances come, and never that to itself
	[ "$(column distance log.tsv | sort -nu | tr '\n' ' ')" = \
		'1 2 3 4 5 6 7 8 9 ' ]
}

@test "probabilities: 1, halves, or what the other leaves" {
	epochs 50 10
	share() { # OPERATION LO HI: of 1000
		column operation log.tsv | grep -c -x "$1" >n || true
		[ "$(<n)" -ge "$2" ]
		[ "$(<n)" -le "$3" ]
	}
	mix -n 10 --mixup 1
	share mixup 1000 1000
	mix -n 10 --cutmix 1@1
	share cutmix 1000 1000
	mix -n 10 --mixup 1 --cutmix 1
	share mixup 430 570
	share none 0 0
	mix -n 10 --mixup 1 --cutmix 1@0.2
	share cutmix 140 260
	share none 0 0
	mix -n 10 --mixup 1@0
	share none 1000 1000
	[ "$(oracle log.tsv in.trs out.trs)" = none=1000 ]
}

@test "what is drawn: a function of seed, epoch, key and view" {
	epochs 3 6
	mix -n 4 --mixup 1 --cutmix 1 --seed 5
	cp out.trs want.trs
	cp log.tsv want.tsv
	mix -n 4 --mixup 1 --cutmix 1 --seed 5
	cmp out.trs want.trs
	mix -n 4 --mixup 1 --cutmix 1 --seed 6
	run ! diff -q log.tsv want.tsv
	[ "$(cut -f 1-5 want.tsv | sort -u | wc -l)" -eq 37 ]
	# all but the partners is the same in other batches
	mix -n 6 --mixup 1 --cutmix 1 --seed 5
	diff <(cut -f 1-5,8- log.tsv) <(cut -f 1-5,8- want.tsv)
	run ! diff -q <(cut -f 6 log.tsv) <(cut -f 6 want.tsv)
	# views of a key differ
	s=$(make_samples 2 16)
	cd-augment --views whole,flip "$s" >in.trs
	mix -n 4 --mixup 1
	[ "$(column lambda log.tsv | sort -u | wc -l)" -eq 8 ]
	oracle log.tsv in.trs out.trs
}

@test "--clean-tail: nothing is mixed, but the form stays" {
	epochs 10 3
	mix -n 2 --mixup 1 --clean-tail 0.25
	[ "$(awk -F '\t' 'NR > 1 { n[$2 " " $4]++ }
		END { for (i in n) print i, n[i] }' log.tsv | sort -n |
		tr '\n' ,)" = "0 mixup 6,1 mixup 6,2 mixup 6,3 mixup 6,\
4 mixup 6,5 mixup 6,6 mixup 6,7 none 6,8 none 6,9 none 6," ]
	oracle log.tsv in.trs out.trs
	[ "$(cd-info out.trs | grep -c 'BTCH.* target:f32\[2,2\] ')" -eq 30 ]
	mix -n 2 --mixup 1
	mv out.trs all.trs
	mix -n 2 --mixup 1 --clean-tail 0
	diff <(cd-text out.trs | grep -v '^head') \
		<(cd-text all.trs | grep -v '^head')
	fails_with 2 '--clean-tail: the header does not say how many epochs' \
		cd-batch -n 2 --mixup 1 --clean-tail 0.5 "$(make_samples 3 16)"
}

@test "a batch of one is not mixed" {
	epochs 2 2
	mix -n 3 --cutmix 1
	[ "$(oracle log.tsv in.trs out.trs)" = 'cutmix=6 none=2' ]
	mix -n 1 --cutmix 1
	[ "$(oracle log.tsv in.trs out.trs)" = none=8 ]
}

@test "--replay makes the same bytes" {
	epochs 3 5
	mix -n 4 --mixup 0.3@0.5 --cutmix 1@0.4 --seed 9
	cd-batch -n 4 --replay log.tsv --log-parameters again.tsv in.trs \
		>again.trs
	diff log.tsv again.tsv
	diff <(cd-text out.trs | grep -v '^head made') \
		<(cd-text again.trs | grep -v '^head made')
	cd-info again.trs | grep -E \
		'^made cd-batch .* --batch 4 --replay \([0-9a-f]{16}\)$'
	cd-info out.trs | grep -E '^made cd-batch .* --batch 4 --mixup '\
'0.3@0.5 --cutmix 1@0.4 --seed 9$'
	mix -n 4 --drop-last --mixup 1
	cd-batch -n 4 --drop-last --replay log.tsv in.trs >again.trs
	diff <(cd-text out.trs | grep -v '^head made') \
		<(cd-text again.trs | grep -v '^head made')
	# batches of another size have other partners
	fails_with 2 'log.tsv: ' cd-batch -n 5 --replay log.tsv in.trs
	fails_with 2 'goes on after the last sample' cd-batch -n 4 \
		--drop-last --replay log.tsv <(cd-shuffle --seed 3 --epochs 2 \
		"$(make_samples 5 16)")
	head -n 5 log.tsv >short.tsv
	fails_with 2 'short.tsv: ends before the samples do' cd-batch -n 4 \
		--replay short.tsv in.trs
	echo no log >short.tsv
	fails_with 2 'is no log of this version of cd-batch' cd-batch -n 4 \
		--replay short.tsv in.trs
}

# edited COLUMN VALUE: log.tsv with another value in the first picture's line.
edited() {
	awk -F '\t' -v OFS='\t' -v name="$1" -v value="$2" '
	NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) n = i }
	NR == 2 { $n = value } 1' log.tsv >edited.tsv
}

@test "a log that was edited to what cannot be is refused" {
	epochs 1 3
	mix -n 6 --cutmix 1
	refused() { # COLUMN VALUE MESSAGE
		edited "$1" "$2"
		fails_with 2 "$3" cd-batch -n 6 --replay edited.tsv in.trs
		grep -E '^cd-batch: edited.tsv: (cat|dog)\.[0-9]\.jpg: ' \
			fails.err
	}
	refused key x.jpg 'the log has another picture here: x.jpg'
	refused epoch 1 'the log has another picture here'
	refused operation melt "'melt'"
	refused lambda 0.123456 'is not the share outside the box'
	refused lambda 2 'not in 0 to 1'
	refused partner x.jpg 'its partner in this batch is'
	refused distance 6 'not in 1 to 5'
	refused height 17 'not in 0 to'
	refused operation none 'but nothing is mixed'
	mix -n 6 --mixup 1
	refused lambda 0.3 'no multiple of 1/65536'
	sed '2s/\t[^\t]*$//' log.tsv >edited.tsv
	fails_with 2 'a line has not 11 columns' \
		cd-batch -n 6 --replay edited.tsv in.trs
	d=$(column distance log.tsv | head -n 1)
	edited distance $((d % 5 + 1))
	run -2 cd-batch -n 6 --replay edited.tsv in.trs
}

@test "options that contradict each other, and samples that cannot be mixed" {
	in=$(make_samples 2 16)
	usage() { # MESSAGE ARGS ...
		fails_with 2 "$1" cd-batch "${@:2}" "$in"
		grep -q '^usage: cd-batch' fails.err
	}
	usage 'add up to 1.1, more than 1' --mixup 1@0.6 --cutmix 1@0.5
	usage '--mixup: 0 is not in 0.01 to 100' --mixup 0
	usage '--cutmix: probability: 1.5 is not in' --cutmix 1@1.5
	usage "--mixup: '' is not a number" --mixup @0.5
	usage 'go with --mixup or --cutmix' --seed 1
	usage 'go with --mixup or --cutmix' --clean-tail 0.5
	usage 'go with --mixup or --cutmix' --log-parameters x.tsv
	for o in '--mixup 1' '--cutmix 1' '--seed 1' '--clean-tail 0'; do
		# shellcheck disable=SC2086
		usage '--replay goes with' --replay x.tsv $o
	done
	fails_with 2 'are one file' cd-batch --mixup 1 --log-parameters x.trs \
		-o x.trs "$in"
	[ ! -e x.trs ]
	cd-text "$in" | awk '/^tensor label/ { n++ }
		n == 3 && /^tensor label/ { getline; next } 1' |
		cd-text -r >in.trs
	fails_with 2 'in.trs: record 2 (dog.0.jpg): it has neither label nor' \
		cd-batch -n 2 --mixup 1 --log-parameters x.tsv in.trs
	[ ! -e x.tsv ]
}

@test "training on mixed batches, and continuing amid them" {
	epochs 4 6
	mixed() { cd-batch -n 4 --mixup 0.5 --cutmix 1 --seed 2 in.trs; }
	trained() { # NAME: on standard input
		cd-train -q --label-smoothing 0.1 --class-weights cat=2 \
			--validate "$(make_samples 3 16)" --history "$1.tsv" \
			"$1.trs"
	}
	mixed >batches.trs
	size=$(wc -c <batches.trs)
	for net in logistic softmax; do
		[ "$net" = logistic ] && tiny_net 16 >net ||
			tiny_net 16 | sed 's/dense 1/dense 2/
				s/loss logistic/loss softmax/' >net
		cd-init --seed 1 net >a.trs
		cp a.trs b.trs
		rm -f a.tsv b.tsv
		mixed | trained a
		for at in 20 45 70; do
			head -c $((size * at / 100)) batches.trs >cut.trs
			fails_with 2 'saved as trained up to' trained b <cut.trs
			run ! cmp -s a.trs b.trs
		done
		mixed | trained b
		cmp a.trs b.trs
		diff <(cut -f 1-7,9 a.tsv) <(cut -f 1-7,9 b.tsv)
		[ "$(wc -l <a.tsv)" -eq 5 ]
	done
}

@test "accuracy while training: the class with the largest target" {
	epochs 1 20
	mix -n 40 --mixup 1 --seed 3
	# the same pictures, labelled by their largest target
	cd-text out.trs | awk '/^tensor target/ { on = 1
			print "tensor label i32 40"; next }
		/^tensor/ { on = 0 }
		on { for (i = 1; i <= NF; i++) if (++n % 2) cat = $i
			else print ($i > cat) + 0; next } 1' |
		cd-text -r >labels.trs
	for s in out labels; do
		cp "$(make_model 16)" m.trs
		cd-train -q --history "$s.tsv" m.trs <"$s.trs"
		column accuracy "$s.tsv" >"$s.accuracy"
		column loss "$s.tsv" >"$s.loss"
	done
	[ -s out.accuracy ]
	diff out.accuracy labels.accuracy
	run ! diff -q out.loss labels.loss
}

@test "a sheet of mixed pictures has both shares" {
	epochs 1 6
	mix -n 12 --mixup 20
	cd-sheet -n 12 -o a.png out.trs
	# the shares are on it: others look different
	cd-text out.trs | awk '/^tensor target/ { on = 1; print; next }
		/^tensor/ { on = 0 }
		on { for (i = 1; i <= NF; i++) $i = 1 - $i } 1' |
		cd-text -r | cd-sheet -n 12 -o b.png
	run ! cmp -s a.png b.png
}

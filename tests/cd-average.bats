load helper

# predictions LINE ...: a stream of "KEY P(dog) [LABEL]" lines; P and LABEL as
# numbers. With classes=dog,cat these come in that order, P stays dog's.
predictions() {
	{
		printf '%s\n' 'stream 1' 'head holds predictions'
		tr ',' '\n' <<<"${classes:-cat,dog}" | sed 's/^/head class /'
		printf '%s\n' "${made:-head made maker 1}"
		printf '%s\n' "$@" | awk -v turn="${classes:+1}" 'NF > 0 {
			print "record PRED 0 0 " $1
			print "tensor value f32 2"
			print turn ? $2 " " 1 - $2 : 1 - $2 " " $2
			if (NF > 2) print "tensor label i32"
			if (NF > 2) print turn ? 1 - $3 : $3 }'
		echo 'end 0'
	} | cd-text -r
}

# rows: the predictions on standard input, as lines of key, label, p(dog).
rows() {
	cd-average --tsv "$@" | tail -n +2 | cut -f 1,2,5 | tr '\t' ' '
}

@test "cd-average keeps the contract of filters" {
	predictions 'a 0.25 0' 'b 0.75' 'a 0.5' >in.trs
	filter_contract --in in.trs --no-unknown cd-average
	filter_contract --in in.trs --no-unknown cd-average --logits \
		--temperature 2
	filter_contract --in in.trs --text cd-average --tsv
}

@test "views of a key, in the order of the keys" {
	predictions 'b 0.25' 'a 0.5 1' 'b 0.75 0' 'c 1' 'b 0.5' >in.trs
	rows in.trs | diff - <(printf '%s\n' 'b cat 0.500000' \
		'a dog 0.500000' 'c - 1.000000')
	cd-average in.trs | cd-text | grep -A 9 '^record' >got
	diff got - <<-END
	record PRED 0 0 b
	tensor value f32 2
	0.5 0.5
	tensor label i32
	0
	record PRED 0 0 a
	tensor value f32 2
	0.5 0.5
	tensor label i32
	1
	record PRED 0 0 c
	tensor value f32 2
	0 1
	end 0
	END
	# the average of an average is itself
	cd-average in.trs >once.trs
	cd-average once.trs | cd-text | grep -v '^head' |
		diff - <(cd-text once.trs | grep -v '^head')
}

@test "files count equally, or their weights, whatever their views" {
	predictions 'a 0.25 0' 'a 0.75' 'b 0.5' >one.trs
	predictions 'b 1' 'a 1' >two.trs
	rows one.trs two.trs | diff - <(printf '%s\n' 'a cat 0.750000' \
		'b - 0.750000')
	rows --weights 3,1 one.trs two.trs |
		diff - <(printf '%s\n' 'a cat 0.625000' 'b - 0.625000')
	rows --weights 0.75,1/4 one.trs two.trs |
		diff - <(printf '%s\n' 'a cat 0.625000' 'b - 0.625000')
	# three, the last from standard input
	predictions 'a 0.125' 'b 0' | rows --weights 1,2,1 one.trs two.trs - |
		diff - <(printf '%s\n' 'a cat 0.656250' 'b - 0.625000')
	# one and the same file thrice
	rows one.trs one.trs one.trs | diff - <(rows one.trs)
}

@test "geometric means and temperature, by an independent program" {
	command -v python3 >/dev/null || skip "no python3"
	predictions 'a 0.25' 'a 0.75' 'b 0.5' 'c 0' 'd 0.9' 'e 0' >one.trs
	predictions 'a 1' 'b 0.125' 'c 1' 'd 0.75' 'e 0' >two.trs
	cat >oracle.py <<-'END'
	import sys
	from math import exp, log
	mode, t, w = sys.argv[1], float(sys.argv[2]), (2.0, 1.0)
	one = {'a': [.25, .75], 'b': [.5], 'c': [0], 'd': [.9],
	       'e': [0]}
	two = {'a': [1], 'b': [.125], 'c': [1], 'd': [.75], 'e': [0]}
	logs = mode == '--logits'
	f = (lambda p: log(max(p, 1e-15))) if logs else lambda p: p
	for key in one:
	    q = []
	    for pick in (lambda p: 1 - p, lambda p: p):
	        m = [sum(f(pick(p)) for p in d[key]) / len(d[key])
	             for d in (one, two)]
	        q.append(sum(a * b for a, b in zip(w, m)) / sum(w))
	    if logs:
	        q = [exp(v) for v in q]
	    q = [v ** (1 / t) for v in q]
	    print(key, '-', '%.6f' % (q[1] / sum(q)))
	END
	for t in 1 2 0.5 20; do
		python3 oracle.py mean $t >want
		rows --weights 2,1 --temperature $t one.trs two.trs |
			diff want -
		python3 oracle.py --logits $t >want
		rows --weights 2,1 --logits --temperature $t one.trs two.trs |
			diff want -
	done
	# also where all but one power would be 0
	rows --temperature 0.01 one.trs | diff - <(printf '%s\n' \
		'a - 0.500000' 'b - 0.500000' 'c - 0.000000' \
		'd - 1.000000' 'e - 0.000000')
}

@test "classes are matched by name" {
	predictions 'a 0.25 0' 'b 0.5 1' >one.trs
	classes=dog,cat predictions 'b 1 1' 'a 0.75 0' >two.trs
	rows one.trs two.trs | diff - <(printf '%s\n' 'a cat 0.500000' \
		'b dog 0.750000')
	cd-average one.trs two.trs | cd-info | grep '^class' |
		diff - <(printf 'class cat\nclass dog\n')
	classes=dog,emu predictions 'a 0.5' 'b 0.5' >emu.trs
	fails_with 2 "emu.trs: class 'emu' is not among those wanted" \
		cd-average one.trs emu.trs
	cd-text one.trs | sed 's/^head class dog/&\nhead class emu/
		s/f32 2/f32 3/; s/^0\.[0-9]* /0 &/' | cd-text -r >three.trs
	fails_with 2 'three.trs: the header names 3 classes, predictions need' \
		cd-average one.trs three.trs
}

@test "an ensemble never misses a picture silently" {
	predictions 'a 0.25 0' 'b 0.5' >one.trs
	predictions 'a 0.25 0' >few.trs
	fails_with 2 'b: a prediction in one.trs, not in few.trs' \
		cd-average one.trs few.trs
	fails_with 2 'b: a prediction in one.trs, not in few.trs' \
		cd-average few.trs one.trs
	predictions 'b 0.5' 'a 0.25 1' >odd.trs
	fails_with 2 'a: another label in odd.trs' cd-average one.trs odd.trs
	predictions 'a 0.25 1' 'a 0.25 0' >odd.trs
	fails_with 2 'odd.trs: record 1 (a): label 0, but the key came' \
		cd-average odd.trs
	predictions 'a 1.25' >odd.trs
	fails_with 2 'odd.trs: record 0 (a): probability 0 is -0.25' \
		cd-average odd.trs
	fails_with 2 'the stream does not hold predictions' \
		cd-average one.trs "$(make_samples 3 16)"
	fails_with 2 '--weights has 3 numbers, for 2 files' \
		cd-average --weights 1,2,3 one.trs one.trs
	fails_with 2 '--weights: ' cd-average --weights 1,0 one.trs one.trs
	fails_with 2 '--weights: ' cd-average --weights 1, one.trs one.trs
	fails_with 2 'no --output' cd-average --tsv -o x one.trs
}

@test "the header tells all models and pictures" {
	made='head model net 1' predictions 'a 0.5' >one.trs
	made=$'head model net 2\nhead made maker 2' predictions 'a 0.5' >two.trs
	cd-average --weights 1,1,2 one.trs two.trs two.trs | cd-info |
		sed '/^$/,$d' | grep -E '^(model|made)' | sort >got
	cd-average -V >version
	diff got - <<-END
	made $(<version) --weights 1,1,2
	made maker 2
	made maker 2
	model net 1
	model net 2
	END
	# counts of skipped pictures are not added up
	for i in one two; do
		cd-text $i.trs | sed 's/^end 0/end 3/' | cd-text -r >$i.skip.trs
	done
	cd-average one.trs one.skip.trs two.skip.trs | cd-text | grep -x 'end 3'
}

@test "what cd-eval and cd-predict make of it" {
	model=$(make_model 16)
	samples=$(make_samples 3 16)
	cd-predict --model "$model" "$samples" >one.trs
	cd-predict --model "$model" --size 17x17 "$samples" >two.trs
	# in single precision, an average is rounded
	cat one.trs two.trs | cd-eval --tsv |
		sed 's/\(\.[0-9]\{5\}\).*/\1/' >want
	cd-average one.trs two.trs | cd-eval --tsv |
		sed 's/\(\.[0-9]\{5\}\).*/\1/' | diff want -
	cd-average --tsv one.trs >got
	cd-predict --model "$model" --tsv "$samples" | diff got -
	cd-average --tsv <one.trs | diff got -
}

# two_models: of one net, with norms, trained alike from two seeds; the second
# has a moving average.
two_models() {
	cat >net <<-END
	input 16 16 3  scale 1/255
	conv 4 3x3 norm relu
	pool avg global
	dense 2
	loss softmax
	END
	cd-init --seed 1 net >a.trs
	cd-init --seed 2 net >b.trs
	cd-shuffle --epochs 2 "$(make_samples 4 16)" >data.trs
	cd-train -q -n 4 data.trs a.trs
	cd-train -q -n 4 --average 0.9 data.trs b.trs
}

@test "models: the mean of what they predict with, by an independent program" {
	with_module numpy
	two_models
	cd-average --weights 1,3 a.trs b.trs -o soup.trs 2>err
	grep 'optimiser.s state is left out' err
	for m in a b soup; do cd-export -o $m.npz $m.trs; done
	$python - <<-'END'
	import numpy as np
	a, b, soup = (np.load(n + '.npz') for n in ('a', 'b', 'soup'))
	assert set(a) == set(soup) and len(set(a)) == 7, sorted(a)
	for k in a:
	    want = (a[k].astype('f8') + 3 * b[k].astype('f8')) / 4
	    assert (want.astype('f4') == soup[k]).all(), k
	    assert k.endswith('variance') or (a[k] != soup[k]).any(), k
	END
	# what it says of itself
	cd-info --head soup.trs >lines
	grep -x 'epoch 2' lines
	[ -z "$(grep -E '^(step|position)' lines)" ]
	grep -c '^made cd-init' lines | grep -x 2
	grep "^made cd-average .* --weights 1,3" lines
	# one model is itself; the order is that of the files
	cd-average a.trs >one.trs
	cmp <(cd-text one.trs | grep -A 9999 '^record' | grep -v square) \
		<(cd-average --weights 2 a.trs | cd-text |
			grep -A 9999 '^record')
	cd-eval --model soup.trs data.trs >/dev/null
	# and it can be trained on
	cd-shuffle --from-epoch 2 --epochs 3 "$(make_samples 4 16)" |
		cd-train -q -n 4 soup.trs
	cd-info --head soup.trs | grep -x 'epoch 3'
}

@test "models that do not go together" {
	two_models
	cp a.trs before.trs
	tiny_net 16 | cd-init >tiny.trs
	fails_with 2 'tiny.trs: another net than that of a.trs' \
		cd-average a.trs tiny.trs -o a.trs
	cd-init net >new.trs
	fails_with 2 "new.trs: against a.trs: header line 'class'" \
		cd-average a.trs new.trs
	predictions 'a 0.25' >p.trs
	fails_with 2 'p.trs: the stream holds predictions, not a model' \
		cd-average a.trs p.trs
	fails_with 2 'the stream does not hold predictions' \
		cd-average p.trs a.trs
	fails_with 2 'a.trs is a model: --logits' cd-average --tsv a.trs b.trs
	fails_with 2 '--weights has 3 numbers, for 2 files' \
		cd-average --weights 1,2,3 a.trs b.trs
	cmp a.trs before.trs
}

@test "models of different beginnings: a warning" {
	cd-init --seed 1 -o a.trs "$ROOT/pipelines/nets/demo.net"
	cd-init --seed 2 -o b.trs "$ROOT/pipelines/nets/demo.net"
	cd-average -o soup.trs a.trs a.trs 2>err
	[ ! -s err ]
	cd-average -o soup.trs a.trs b.trs 2>err
	grep -c "not trained from one untrained model" err
}

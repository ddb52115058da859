load helper
load training

# cd-train --norm-statistics: those of norms, measured at the end of the run.

# A norm on the picture itself, whose statistics can be told by hand, and one
# behind dropout.
normed_net() {
	cat <<-END
	input 16 16 3  scale 1/255
	norm
	conv 4 3x3 norm relu
	dropout ${1:-0.3}
	conv 4 3x3 norm relu
	pool avg global
	dense 2
	loss softmax
	END
}

start_normed() {
	normed_net "$@" | cd-init --seed 3 >m.trs
	s=$(make_samples 4 16)
	v=$(make_samples 3 16)
	cd-shuffle --seed 1 --epochs 4 "$s" >data.trs
	train=(-q -n 3 --optimizer sgd --lr 0.05 --schedule linear)
}

# by_hand SAMPLES: means and variances of the channels of all pictures, 0 to 1.
by_hand() {
	cd-text "$1" | awk '
		/^tensor image/ { on = 1; next }
		/^(tensor|record)/ { on = 0 }
		on { for (i = 1; i <= NF; i++) {
			c = at++ % 3; x = $i / 255; n[c]++
			sum[c] += x; square[c] += x * x } }
		END { for (c = 0; c < 3; c++) print sum[c] / n[c]
			for (c = 0; c < 3; c++)
				print square[c] / n[c] - (sum[c] / n[c]) ^ 2
		}' OFMT=%.9g
}

# first MODEL [TENSOR]: the same of its first norm.
first() {
	parameter "$1" norm1/mean "${2-}"
	parameter "$1" norm1/variance "${2-}"
}

near() {
	paste "$1" "$2" | awk '{ d = $1 - $2
		if (d > 2e-6 || d < -2e-6) bad++ }
		END { exit !(NR == 6 && !bad) }'
}

@test "by hand: mean and variance of all pictures, whatever the batches" {
	start_normed
	cp m.trs n.trs
	cp m.trs b.trs
	by_hand "$s" >want
	[ "$(wc -l <want)" -eq 6 ]
	# 3, 3 and 2 pictures
	cd-train "${train[@]}" --norm-statistics "$s" m.trs <data.trs
	first m.trs >got
	near got want
	# batches larger than those of training: 3 + 2, 3
	cd-batch -n 5 "$s" >batches.trs
	cd-train "${train[@]}" --norm-statistics batches.trs b.trs <data.trs
	first b.trs >got
	near got want
	# running ones are something else
	cd-train "${train[@]}" n.trs <data.trs
	first n.trs >got
	run ! near got want
	# nothing else differs
	cmp <(parameter m.trs dense1/weight) <(parameter n.trs dense1/weight)
}

@test "those of the average, where there is one" {
	start_normed
	cp m.trs n.trs
	by_hand "$s" >want
	cd-train "${train[@]}" --average 0.5 --norm-statistics "$s" m.trs \
		<data.trs
	first m.trs average >got
	near got want
	cd-train "${train[@]}" --average 0.5 n.trs <data.trs
	cmp <(first m.trs) <(first n.trs)
	run ! cmp <(first m.trs average) <(first n.trs average)
}

@test "of one batch: predictions are those of training" {
	start_normed 0
	cp m.trs n.trs
	# nothing is learnt, so every epoch has the same loss
	cd-train -q -n 8 --optimizer sgd --lr 0 --norm-statistics "$s" \
		--validate "$s" --history h.tsv m.trs <data.trs
	awk -F '\t' 'END { d = $4 - $6; exit !(d < 2e-6 && d > -2e-6) }' h.tsv
	# which the running ones are far from
	cd-train -q -n 8 --optimizer sgd --lr 0 --validate "$s" \
		--history n.tsv n.trs <data.trs
	awk -F '\t' 'END { d = $4 - $6; exit !(d > 1e-4 || d < -1e-4) }' n.tsv
}

@test "dropout does nothing to them" {
	start_normed 0.5
	for seed in 1 2; do
		cp m.trs $seed.trs
		cd-train -q -n 4 --optimizer sgd --momentum 0 --lr 0 \
			--seed $seed \
			--norm-statistics "$s" $seed.trs <data.trs
	done
	cmp <(cd-text 1.trs | grep -v ^head) <(cd-text 2.trs | grep -v ^head)
}

@test "the last validation is with them, those before are not" {
	start_normed
	cp m.trs n.trs
	cd-train "${train[@]}" --validate "$v" --history n.tsv n.trs <data.trs
	cd-train "${train[@]}" --validate "$v" --history h.tsv \
		--norm-statistics "$s" --best best.trs m.trs <data.trs
	cmp <(head -4 h.tsv | cut -f 1-7) <(head -4 n.tsv | cut -f 1-7)
	cd-eval --model m.trs --tsv "$v" >got
	awk -v want="$(column h.tsv 6 | tail -1)" '$1 == "log_loss" {
		d = $2 - want; exit !(d < 1e-6 && d > -1e-6) }' got
	[ "$(column h.tsv 6 | tail -1)" != "$(column n.tsv 6 | tail -1)" ]
}

@test "measured again they are the same; so they are for any threads" {
	start_normed
	cp m.trs n.trs
	cd-train "${train[@]}" -j 1 --norm-statistics "$s" m.trs <data.trs
	cp m.trs before.trs
	cd-train "${train[@]}" -j 2 --norm-statistics "$s" m.trs <data.trs 2>err
	grep -q "nothing to train on" err
	cmp m.trs before.trs
	# a trained model, to which they come later
	cd-train "${train[@]}" n.trs <data.trs
	run ! cmp n.trs m.trs
	cd-train "${train[@]}" -j 3 --norm-statistics "$s" n.trs <data.trs
	cd-cmp n.trs m.trs
}

@test "stopped and continued, at several sizes, they are the same" {
	start_normed
	cp m.trs a.trs
	cp m.trs b.trs
	sized=("${train[@]}" "--stages=20:0.4,14" --average-share 0.1
		--norm-statistics "$s" --validate "$v")
	cd-train "${sized[@]}" --history a.tsv a.trs <data.trs
	size=$(wc -c <data.trs)
	for at in $((size / 3)) $((size * 3 / 4)) $((size - 100)) \
		$((size - 50)); do
		head -c "$at" data.trs >part.trs
		fails_with 2 "the stream is cut" cd-train "${sized[@]}" \
			--history b.tsv b.trs <part.trs
	done
	cd-train "${sized[@]}" --history b.tsv b.trs <data.trs
	cmp a.trs b.trs
	diff <(cut -f 1-7,9,11 a.tsv) <(cut -f 1-7,9,11 b.tsv)
}

@test "at the end of a budget and of the patience, and of unknown length" {
	start_normed
	by_hand "$s" >want
	cp m.trs n.trs
	cp m.trs u.trs
	cd-shuffle --seed 1 --epochs 100000 "$s" |
		cd-train "${train[@]}" --budget 1 --norm-statistics "$s" \
			--validate "$v" --history h.tsv m.trs || true
	first m.trs >got
	near got want
	cd-eval --model m.trs --tsv "$v" >figures
	awk -v want="$(column h.tsv 6 | tail -1)" '$1 == "log_loss" {
		d = $2 - want; exit !(d < 1e-6 && d > -1e-6) }' figures
	cd-shuffle --seed 1 --epochs 1000 "$s" |
		cd-train -q -n 3 --optimizer sgd --lr 0 --patience 2 \
			--norm-statistics "$s" --validate "$v" n.trs || true
	first n.trs >got
	near got want
	cd-text data.trs | sed '/^head epochs/d' | cd-text -r >endless.trs
	cd-train -q -n 3 --norm-statistics "$s" u.trs <endless.trs
	first u.trs >got
	near got want
}

@test "own sizes: repeated, they stay" {
	start_normed
	cd-train -q -n 4 --stages own --norm-statistics "$v" m.trs <data.trs
	cp m.trs before.trs
	cd-train -q -n 4 --stages own --norm-statistics "$v" m.trs <data.trs
	cmp m.trs before.trs
}

@test "unlabelled pictures will do; what will not" {
	start_normed
	cp m.trs n.trs
	cd-text "$s" | awk '/^tensor label/ { skip = 2 } skip-- > 0 { next }
		!/^head class/' | cd-text -r >unlabelled.trs
	run ! grep '^tensor label' <(cd-text unlabelled.trs)
	cd-train "${train[@]}" --norm-statistics unlabelled.trs m.trs <data.trs
	cd-train "${train[@]}" --norm-statistics "$s" n.trs <data.trs
	cd-cmp m.trs n.trs
	fails_with 2 "m.trs: the net has no norms to measure" \
		cd-train -q --norm-statistics "$s" \
		"$(cp "$(make_model 16)" tiny-m.trs && echo tiny-m.trs)" \
		<data.trs
	normed_net | cd-init >m.trs
	fails_with 2 "none.trs: No such file" cd-train "${train[@]}" \
		--norm-statistics none.trs m.trs <data.trs
	cd-select -n 1 "$s" >one.trs
	fails_with 2 "one.trs: no two pictures in a batch to measure" \
		cd-train "${train[@]}" --norm-statistics one.trs m.trs <data.trs
	grep -q "m.trs is saved as trained up to there" fails.err
	run ! grep -x 0 <(parameter m.trs norm1/mean)
	fails_with 2 "by '16x16 squash triangle', these by '24x24" \
		cd-train "${train[@]}" \
		--norm-statistics "$(make_samples 3 24)" m.trs <data.trs
}

@test "the model says by which file, in a hash" {
	start_normed
	cd-train "${train[@]}" --norm-statistics "$s" m.trs <data.trs
	cd-info m.trs | grep -E \
		'^made cd-train .* --norm-statistics \([0-9a-f]{16}\)$'
	cd-info --pipeline m.trs 2>err >script
	# shellcheck disable=SC2016 # as it stands in the script
	grep -F -e '--norm-statistics "${NORM_STATISTICS:?}"' script
	fails_with 2 "missing.trs: No such file" cd-train "${train[@]}" \
		--norm-statistics missing.trs m.trs <data.trs
}

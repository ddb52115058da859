load helper
load training

# How fast cd-train's moving average forgets: by steps, epochs, share of the
# run.

averaged() { # NAME BATCH OPTION ...: NAME.trs, trained
	cp "$(make_model 16)" "$1.trs"
	cd-train -q -n "$2" --lr 0.02 "${@:3}" "$1.trs" <data.trs
}

# all averages of a model
averages() {
	local p
	for p in conv1/weight conv1/bias dense1/weight dense1/bias; do
		parameter "$1" "$p" average
	done
}

@test "usage: one average, of a sensible length" {
	fails_with 2 "--average, --average-epochs and --average-share: only" \
		cd-train --average 0.9 --average-epochs 2 m.trs
	fails_with 2 "--average, --average-epochs and --average-share: only" \
		cd-train --average-share 0.9 --average-epochs 2 m.trs
	fails_with 2 "--average-epochs: 0 is not in" \
		cd-train --average-epochs 0 m.trs
	fails_with 2 "--average-share: 1.5 is not in" \
		cd-train --average-share 1.5 m.trs
}

@test "a length in epochs or as a share needs what the header tells" {
	start
	cd-text data.trs | sed '/^head records/d' | cd-text -r >records.trs
	cd-text data.trs | sed '/^head epochs/d' | cd-text -r >epochs.trs
	fails_with 2 "how many records an epoch has, as cd-shuffle writes it; \
--average-epochs needs it" \
		cd-train -q -n 4 --average-epochs 1 m.trs <records.trs
	fails_with 2 "records there are, as cd-shuffle writes them; \
--average-share needs them, or --budget" \
		cd-train -q -n 4 --average-share 0.1 m.trs <epochs.trs
	cp m.trs n.trs
	cd-train -q -n 4 --average-epochs 1 m.trs <epochs.trs
	# the budget is the run: that the data end is no error without schedule
	cd-train -q -n 4 --average-share 0.1 --budget 1h n.trs <records.trs
	[ "$(averages n.trs | wc -l)" -gt 0 ]
}

@test "by epochs: the decay of a step is exp(-1 / (E x steps))" {
	start
	# one step: 2 an epoch, so e^(-1/0.4), which is less than 2/11
	cd-select --epoch 0 data.trs >whole.trs
	head -c 5500 whole.trs >cut.trs
	cp m.trs one.trs
	fails_with 2 "one.trs is saved" \
		cd-train -q -n 4 --average-epochs 0.2 one.trs <cut.trs
	[ "$(cd-info one.trs | awk '$1 == "step" { print $2 }')" -eq 1 ]
	paste <(parameter "$(make_model 16)" conv1/weight) \
		<(parameter one.trs conv1/weight) \
		<(parameter one.trs conv1/weight average) | awk '{
			d = exp(-1 / 0.4)
			e = $3 - ($1 * d + $2 * (1 - d))
			moved += $1 != $2
			if (e > 1e-7 || e < -1e-7) exit 1 }
			END { exit !moved }'
}

@test "E epochs, E / epochs as a share, and exp(-1 / steps) are one" {
	start
	averaged epochs 4 --average-epochs 0.2
	averaged share 4 --average-share 0.05
	averaged steps 4 --average 0.0820849986
	diff <(parameter epochs.trs dense1/weight) \
		<(parameter steps.trs dense1/weight)
	paste <(averages epochs.trs) <(averages share.trs) \
		<(averages steps.trs) | awk '
			function far(d) { return d > 1e-7 || d < -1e-7 }
			far($1 - $2) || far($1 - $3) { exit 1 }
			END { exit NR < 10 }'
	# a shorter one differs
	averaged short 4 --average-share 0.02
	run ! diff <(averages share.trs) <(averages short.trs)
	# and none forgets slower than its warm-up
	averaged a 4 --average-epochs 1000
	averaged b 4 --average 0.9999999
	diff <(averages a.trs) <(averages b.trs)
}

@test "samples and batches, the last one short, have the same average" {
	start
	averaged samples 3 --average-share 0.05
	cp "$(make_model 16)" batches.trs
	cd-batch -n 3 data.trs |
		cd-train -q --lr 0.02 --average-share 0.05 batches.trs
	diff <(averages samples.trs) <(averages batches.trs)
}

@test "averages by epochs and share go on where they stopped" {
	start
	for o in --average-epochs=0.3 --average-share=0.08; do
		averaged a 4 $o
		cp "$(make_model 16)" b.trs
		for at in 15 40 55 80; do
			head -c $(($(wc -c <data.trs) * at / 100)) data.trs |
				cd-train -q -n 4 --lr 0.02 $o b.trs 2>err ||
				grep "is saved as" err
		done
		cd-train -q -n 4 --lr 0.02 $o b.trs <data.trs
		cmp a.trs b.trs
	done
	grep -q "^made cd-train .* --average-share 0.08$" <(cd-info a.trs)
}

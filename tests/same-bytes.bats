# The same seed, the same bytes: for any number of processes, pieces of a pipe,
# threads. Each command's own threads: contract_good in helper.bash.
load helper

@test "sharded in 1, 2 and 4 parts: the tensors of the whole" {
	local s k i parts
	s=$(make_samples 8 16)
	cd-augment --preset book --seed 3 "$s" >whole.trs
	for k in 1 2 4; do
		parts=()
		for ((i = 1; i <= k; i++)); do parts+=("part$i.trs=1/$k"); done
		cd-split "${parts[@]}" <"$s"
		for ((i = 1; i <= k; i++)); do
			cd-augment -j "$i" --preset book --seed 3 part$i.trs \
				>done$i.trs &
		done
		wait
		# `records` is true of a part only
		for ((i = 1; i <= k; i++)); do cat done$i.trs; done |
			cd-select >joined.trs
		cmp <(cd-text joined.trs | grep -v '^head') \
			<(cd-text whole.trs | grep -v '^head')
		rm part*.trs done*.trs
	done
}

@test "however a pipe is cut into pieces: the same bytes" {
	local b
	s=$(make_samples 3 16)
	cd-augment --preset book "$s" | cd-batch -n 4 >want.trs
	for b in 1 77 100000; do
		dd bs="$b" status=none <"$s" |
			cd-augment --preset book |
			dd bs="$b" status=none | cd-batch -n 4 | cmp - want.trs
	done
}

@test "20 steps of training: 1, 2 and 4 threads and a second run" {
	local j
	cd-shuffle --epochs 20 --seed 5 "$(make_samples 4 16)" |
		cd-augment --flip --rotate 20 >data.trs
	for j in 1 2 4 3; do
		tiny_net | sed 's/dense 1/dropout 0.5\ndense 1/' |
			cd-init --seed 2 >m$j.trs
		cd-train -q -n 8 --optimizer adam -j "$j" data.trs m$j.trs
		cmp m1.trs m$j.trs
	done
	cd-info --head m1.trs | grep -cx 'step 20'
}

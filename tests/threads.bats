# Same seed, same bytes, for any number of threads and on a second run:
# through decode, augment and a hundred training steps. Run under
# ThreadSanitizer too.
load helper

# run_with N: all stages with N threads; leaves what each of them wrote.
run_with() {
	mkdir "threads-$1"
	cd-decode -j "$1" --size 32x32 --label prefix photos \
		>"threads-$1/samples.trs"
	cd-shuffle --seed 1 --epochs 10 "threads-$1/samples.trs" |
		cd-augment -j "$1" --seed 1 --preset book \
			>"threads-$1/augmented.trs"
	cd-init --seed 1 >"threads-$1/model.trs" <<-END
	input 32 32 3  scale 1/255
	conv 8 3x3 relu
	pool max 2
	conv 8 3x3 relu
	pool max 2
	flatten
	dropout 0.5
	dense 16 relu
	dense 1
	loss logistic
	END
	cd-batch -n 8 "threads-$1/augmented.trs" |
		cd-train -q -j "$1" --optimizer adam --lr 1e-3 \
			"threads-$1/model.trs"
	cd-predict -j "$1" --model "threads-$1/model.trs" \
		"threads-$1/samples.trs" >"threads-$1/predictions.trs"
}

@test "1, 2 and 3 threads, and a second run: equal bytes at every stage" {
	local n f
	drawn 40
	for n in 1 2 3; do
		run_with "$n"
	done
	mkdir first
	mv threads-2 first/
	run_with 2
	for f in samples augmented model predictions; do
		probe whole <threads-1/$f.trs
		cmp threads-1/$f.trs threads-2/$f.trs
		cmp threads-1/$f.trs threads-3/$f.trs
		cmp threads-2/$f.trs first/threads-2/$f.trs
	done
	# and it did train: the model is not the one it began with
	cd-init --seed 1 <(cd-info --head threads-1/model.trs |
		sed -n 's/^net //p') >untrained.trs
	run -1 cd-cmp untrained.trs threads-1/model.trs
}

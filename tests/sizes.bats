load helper
load training

# cd-train --stages own: trains at the size that each batch has.

# samples SIZE [OPTION ...]: 8 samples of that size, without the line that tells
# it, so that streams of several sizes can be strung together.
samples() {
	cd-select "${@:2}" "$(make_samples 4 "$1")" | cd-text |
		grep -v '^head fit' | cd-text -r
}

# epochs_of SIZE FROM:TO: these epochs of four, shuffled.
epochs_of() {
	samples "$1" | cd-shuffle --seed 1 --epochs 4 |
		cd-select --epoch "$2" | of_four
}

of_four() {
	cd-text | sed "s/^head epochs .*/head epochs 4/" | cd-text -r
}

# same FILE FILE: two models, but for where they come from.
same() {
	cmp <(cd-text "$1" | grep -v '^head \(made\|data\)') \
		<(cd-text "$2" | grep -v '^head \(made\|data\)')
}

start_own() {
	sized_net | cd-init --seed 3 >m.trs
	cat <(epochs_of 16 0:1) <(epochs_of 24 2) <(epochs_of 20 3) >data.trs
	samples 32 >v.trs
	own=(--stages own -q -n 4 --optimizer sgd --lr 0.05 --average 0.9
		--schedule cosine --validate v.trs)
}

@test "own: a stream of one size trains as without" {
	start
	cp m.trs n.trs
	cd-train -q -n 4 m.trs <data.trs
	cd-train -q -n 4 --stages own --history h.tsv n.trs <data.trs
	same m.trs n.trs
	[ "$(column h.tsv 11 | sort -u)" = 16x16 ]
}

@test "own: another size in each epoch" {
	start_own
	cp m.trs n.trs
	cd-train "${own[@]}" --history h.tsv m.trs <data.trs
	[ "$(column h.tsv 11 | paste -sd ' ')" = "16x16 16x16 24x24 20x20" ]
	# by hand, in three trainings that go on
	epochs_of 16 0:1 |
		cd-train "${own[@]:2}" --stages 16 --history n.tsv n.trs
	epochs_of 24 2 |
		cd-train "${own[@]:2}" --stages 24 --history n.tsv n.trs
	epochs_of 20 3 |
		cd-train "${own[@]:2}" --stages 20 --history n.tsv n.trs
	same m.trs n.trs
	# validated at the size that the epoch ended with
	diff <(cut -f 1-7,9,11 h.tsv) <(cut -f 1-7,9,11 n.tsv)
	cd-eval --model m.trs --size 20x20 --tsv v.trs >got
	awk -v want="$(column h.tsv 6 | tail -1)" '$1 == "log_loss" {
		d = $2 - want; exit !(d < 1e-6 && d > -1e-6) }' got
}

@test "own: sizes that change from batch to batch, as batches and samples" {
	start_own
	cp m.trs n.trs
	for _ in 1 2 3; do
		samples 16 --class cat
		samples 24 --class dog
	done >mixed.trs
	cd-train -q -n 4 --stages own mixed.trs m.trs
	for _ in 1 2 3; do
		samples 16 --class cat | cd-batch -n 4
		samples 24 --class dog | cd-batch -n 4
	done >batches.trs
	cd-train -q --stages own batches.trs n.trs
	[ "$(cd-info n.trs | awk '$1 == "step" { print $2 }')" -eq 6 ]
	cmp <(cd-text m.trs | grep -v ^head) <(cd-text n.trs | grep -v ^head)
}

@test "own: the pictures of a batch have one size" {
	start_own
	cat <(samples 16 --class cat) <(samples 24 --class dog) >mixed.trs
	fails_with 2 "mixed.trs: record 4 (dog.0.jpg): picture of 24x24x3 \
(height, width, channels), those of its batch are 16x16x3" \
		cd-train -q -n 3 --stages own mixed.trs m.trs
	# and elsewhere all of them
	fails_with 2 "those before were 16x16x3" \
		cd-train -q -n 4 --stages 16 mixed.trs m.trs
	fails_with 2 "mixed.trs: record 4 (dog.0.jpg): picture of 24x24x3" \
		cd-train -q -n 4 --stages own --validate mixed.trs v.trs m.trs
}

@test "own: a size that the net cannot take names the record" {
	start
	cat <(samples 16) <(samples 24) >two.trs
	cd-text m.trs | grep -v '^head fit' | cd-text -r >n.trs
	fails_with 2 "two.trs: record 8 (cat.0.jpg): pictures of 24x24: line" \
		cd-train -q -n 4 --stages own two.trs n.trs
	grep -q "n.trs is saved as trained up to there" fails.err
	[ "$(cd-info n.trs | awk '$1 == "step" { print $2 }')" -eq 2 ]
}

@test "own: stopped anywhere and continued is never stopped" {
	start_own
	cp m.trs a.trs
	cp m.trs b.trs
	cd-train "${own[@]}" -j 1 --best a-best.trs --history a.tsv a.trs \
		<data.trs
	size=$(wc -c <data.trs)
	# the last is behind the last batch and before its mark
	for at in $((size / 9)) $((size / 3)) $((size / 2)) \
		$((size * 7 / 10)) $((size - 100)); do
		head -c "$at" data.trs >part.trs
		fails_with 2 "is saved as" cd-train "${own[@]}" -j 2 \
			--best b-best.trs --history b.tsv b.trs <part.trs
	done
	[ "$(cd-info b.trs | awk '$1 == "position" { print $2 }')" -eq 8 ]
	cd-train "${own[@]}" -j 3 --best b-best.trs --history b.tsv b.trs \
		<data.trs
	cmp a.trs b.trs
	cmp a-best.trs b-best.trs
	diff <(cut -f 1-7,9,11 a.tsv) <(cut -f 1-7,9,11 b.tsv)
}

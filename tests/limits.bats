load helper
load training

# cd-train --limit: the run of its epochs, shortened where time runs out.

limited() { # NAME OPTION ...
	cp "$(make_model 16)" "$1.trs"
	cd-train -q -n 4 --schedule linear --warm-up 0.1 --average-share 0.1 \
		"${@:2}" "$1.trs" <data.trs
}

@test "usage: a limit or a budget, of data whose length is known" {
	start
	fails_with 2 "--budget and --limit: only one" \
		cd-train --budget 1m --limit 1m m.trs
	fails_with 2 "--limit: '0' is no time" cd-train --limit 0 m.trs
	cd-text data.trs | sed '/^head epochs/d' | cd-text -r >endless.trs
	fails_with 2 "how many epochs and records there are, as cd-shuffle \
writes them; --limit needs them" cd-train -q -n 4 --limit 1h m.trs <endless.trs
}

@test "a limit that is not reached changes nothing, and leaves no trace" {
	start
	v=$(make_samples 3 16)
	limited a --limit 1h --validate "$v" --best a-best.trs
	limited b --limit 1h --validate "$v" --best b-best.trs
	cmp a.trs b.trs
	cmp a-best.trs b-best.trs
	limited c --validate "$v"
	diff <(cd-text a.trs | grep -v '^head made') \
		<(cd-text c.trs | grep -v '^head made')
	# through, it reads its data to their end
	cp a.trs before.trs
	run cd-train -n 4 --schedule linear --warm-up 0.1 --average-share 0.1 \
		--limit 1h --validate "$v" a.trs <data.trs
	[ "$status" -eq 0 ]
	[[ "$output" == *"nothing to train on: the model stands at the end of \
epoch 4" ]]
	cmp a.trs before.trs
}

@test "stopped before the limit and continued is never stopped" {
	start
	limited a --limit 1h
	cp "$(make_model 16)" b.trs
	for at in 20 50 70; do
		head -c $(($(wc -c <data.trs) * at / 100)) data.trs >part.trs
		fails_with 2 "b.trs is saved" cd-train -q -n 4 \
			--schedule linear --warm-up 0.1 --average-share 0.1 \
			--limit 1h b.trs <part.trs
		grep -q '^elapsed 0x' <(cd-info b.trs)
	done
	cd-train -q -n 4 --schedule linear --warm-up 0.1 --average-share 0.1 \
		--limit 1h b.trs <data.trs
	cmp a.trs b.trs
}

@test "a limit that is reached: annealed, closed, validated, saved" {
	start
	cd-shuffle --seed 1 --epochs 100000 "$(make_samples 4 16)" |
		cd-train -q -n 4 --limit 1s --schedule linear \
			--stages 16:0.5,17 --average-share 0.1 \
			--validate "$(make_samples 3 16)" --history h.tsv \
			m.trs 2>err && got=0 || got=$?
	# the writer dies of SIGPIPE under pipefail
	[ "$got" -eq 141 ]
	grep -qE 'up when [0-9.e+]+ of 100000 epochs were trained$' err
	# though of the epochs nearly none was trained
	awk -F '\t' 'END { exit !($9 < 2e-5 && $7 != "-" && $11 == "17x17" &&
		$1 < 90000) }' h.tsv
	[ "$(cd-info m.trs | awk '$1 == "epoch" { print $2 }')" -eq \
		"$(column h.tsv 1 | tail -1)" ]
	run ! grep -q '^position' <(cd-info m.trs)
	# nothing is left of it, unless it is made longer
	cp m.trs before.trs
	cp m.trs longer.trs
	cd-shuffle --seed 1 --epochs 100000 "$(make_samples 4 16)" |
		cd-train -q -n 4 --limit 1s --schedule linear \
			--stages 16:0.5,17 --average-share 0.1 m.trs 2>err ||
		true
	grep -q "nothing to train on: .*, and the limit is used up$" err
	cmp <(parameter m.trs conv1/weight) <(parameter before.trs conv1/weight)
	cd-shuffle --seed 1 --epochs 100000 "$(make_samples 4 16)" |
		cd-train -q -n 4 --limit 2s --schedule linear \
			--stages 16:0.5,17 --average-share 0.1 longer.trs ||
		true
	[ "$(cd-info longer.trs | awk '$1 == "step" { print $2 }')" -gt \
		"$(cd-info m.trs | awk '$1 == "step" { print $2 }')" ]
}

@test "a limit ends the run while input is awaited" {
	start
	head -c 9000 data.trs >part.trs
	stalled part.trs
	cd-train -q -n 4 --limit 1 m.trs <data 2>err
	[ ! -e stopped ]
	touch stopped
	grep -q "the limit was used up when .* of 4 epochs were trained$" err
	[ "$(cd-info m.trs | awk '$1 == "epoch" { print $2 }')" -ge 1 ]
	cd-info --check m.trs
}

@test "data that end before their epochs are no error of the limit" {
	start
	cd-select --epoch 0:1 data.trs >two.trs
	cd-train -q -n 4 --limit 1h --schedule linear m.trs <two.trs
	[ "$(cd-info m.trs | awk '$1 == "epoch" { print $2 }')" -eq 2 ]
	# which goes on
	cd-train -q -n 4 --limit 1h --schedule linear m.trs <data.trs
	limited whole --limit 1h
	[ "$(cd-info m.trs | awk '$1 == "epoch" { print $2 }')" -eq 4 ]
}

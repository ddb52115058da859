# pipelines/cross-validate and its summary.awk.
load helper

P=$ROOT/pipelines

# data.trs: 9 drawn cats and 9 dogs; tiny.net; recipe, a COMMAND that notes its
# runs in "log".
stock() {
	cp "$(make_samples 9 16)" data.trs
	tiny_net 16 >tiny.net
	cat >recipe <<-'END'
	#!/bin/bash
	set -euo pipefail
	echo "this is no row of the table"
	echo "${4##*/} $3" >>log
	[ -e "$4/model.trs" ] || cd-init --seed "$3" -o "$4/model.trs" tiny.net
	cd-shuffle --seed "$3" --epochs 3 "$1" |
		cd-train -q -n 4 --seed "$3" "$4/model.trs"
	cd-predict --model "$4/model.trs" -o "$4/predictions.trs" "$2"
	END
	chmod +x recipe
}

# summary [-v from=COLUMN] TABLE
summary() {
	awk -f "$P/summary.awk" "$@"
}

@test "summary: t quantiles as tables have them" {
	# numbers with mean 0 and sd = sqrt(n), so that t is half the interval:
	# half are d, half -d, and one is 0 where n is odd; sd^2 (n - 1) is
	# d^2 2 floor(n / 2)
	cat >want <<-END
	1 12.7062
	2 4.30265
	3 3.18245
	4 2.77645
	5 2.57058
	6 2.44691
	7 2.36462
	9 2.26216
	14 2.14479
	19 2.09302
	29 2.04523
	30 2.04227
	60 2.0003
	99 1.98422
	120 1.97993
	1000 1.96234
	END
	while read -r v _; do
		awk -v n=$((v + 1)) 'BEGIN {
			m = int(n / 2)
			d = sqrt(n * (n - 1) / (2 * m))
			print "run\tx"
			for (i = 0; i < n; i++)
				printf "%d\t%.17g\n", i,
				    i == 2 * m ? 0 : i % 2 ? d : -d }' |
			summary >got
		awk -v v="$v" '$1 == "high" { print v, $2 }' got
		awk '$1 == "low" { low = $2 } $1 == "high" { high = $2 }
			END { exit !(high + low < 1e-5) }' got
	done <want >found
	diff want found
}

@test "summary: columns, few lines" {
	printf '%s\t%s\t%s\n' run seed x a 1 2 b 2 4 c 3 9 >t
	# mean 5, sd sqrt(13), half width 4.30265 sqrt(13 / 3)
	diff <(summary -v from=3 t) <(printf '%s\t%s\t%s\n' mean - 5 \
		sd - 3.60555 low - -3.95669 high - 13.9567)
	[ "$(summary t | head -1)" = $'mean\t2\t5' ]
	diff <(head -2 t | summary -v from=3) <(printf '%s\t%s\t%s\n' \
		mean - 2 sd - - low - - high - -)
	head -1 t >none
	run summary none
	[ "$status" -ne 0 ]
}

@test "folds: every picture predicted once, by a net that never saw it" {
	stock
	"$P/cross-validate" --folds 3 --seed 5 data.trs cv -- ./recipe \
		>table 2>err
	grep -c 'no row' err
	diff log <(printf 'fold-%d 5\n' 1 2 3)
	diff <(cut -f 1-3 table) <(printf '%s\t%s\t%s\n' run seed n \
		fold-1 5 6 fold-2 5 6 fold-3 5 6 \
		mean - - sd - - low - - high - - pooled - 18)
	# the table's figures, by other ways
	local i
	for i in 1 2 3; do
		cd-split --fold $i/3 --seed 5 train.trs=rest v.trs=fold \
			<data.trs
		mkdir again
		./recipe "$PWD/train.trs" "$PWD/v.trs" 5 "$PWD/again" >/dev/null
		cmp again/model.trs cv/fold-$i/model.trs
		cd-eval --model again/model.trs --tsv v.trs |
			awk '$1 == "accuracy" { a = $2 }
			$1 == "log_loss" { printf "%.6g\t%.6g\n", a, $2 }'
		rm -r again
	done >want
	diff want <(sed -n 2,4p table | cut -f 4,5)
	sed -n 2,4p table | python3 -c '
import statistics, sys
for column in zip(*(map(float, l.split()[3:]) for l in sys.stdin)):
    m, s = statistics.mean(column), statistics.stdev(column)
    half = 4.302652729911275 * s / 3 ** 0.5
    print(m, s, m - half, m + half)' >want
	awk 'NR > 4 && NR < 9 { a = a " " $4; l = l " " $5 }
		END { print a; print l }' table |
		paste -d ' ' - want | awk '{ for (i = 1; i <= 4; i++) {
			d = $i - $(i + 4)
			if (d > 2e-5 || d < -2e-5) exit 1 } n++ }
			END { exit n != 2 }'
	# all together: of folds of one size, the mean
	cd-eval cv/predictions.trs
	[ "$(cd-info cv/predictions.trs | grep -c PRED)" -eq 18 ]
	diff <(sed -n 5p table | cut -f 5) <(tail -1 table | cut -f 5)
	[ ! -e cv/fold-1/train.trs ]
}

@test "seeds: on the same data; more of them later" {
	stock
	cp "$(make_samples 3 16)" v.trs
	"$P/cross-validate" --seeds 2 data.trs v.trs cv -- ./recipe >two
	diff <(sed -n 2,3p two | cut -f 1-3) \
		<(printf '%s\t%s\t%s\n' seed-1 1 6 seed-2 2 6)
	[ "$(sed -n 2p two | cut -f 5)" != "$(sed -n 3p two | cut -f 5)" ]
	[ "$(wc -l <two)" -eq 7 ]
	"$P/cross-validate" --seeds 3 data.trs v.trs cv -- ./recipe >three
	diff <(sed -n 1,3p two) <(sed -n 1,3p three)
	diff log <(printf 'seed-%d %d\n' 1 1 2 2 3 3)
	"$P/cross-validate" --seeds 2 --seed 07 data.trs v.trs cv -- ./recipe \
		>others
	diff <(sed -n 2,3p others | cut -f 1) <(printf 'seed-%d\n' 7 8)
}

@test "goes on where it was stopped" {
	stock
	"$P/cross-validate" --folds 3 data.trs whole -- ./recipe >want
	rm log
	cp recipe good
	cat >recipe <<-'END'
	#!/bin/bash
	[ ! -e stop ] || [ "${4##*/}" = fold-1 ] || { : >"$4/begun"; exit 75; }
	exec bash good "$@"
	END
	: >stop
	fails_with 2 'fold-2: ./recipe: status 75' \
		"$P/cross-validate" --folds 3 data.trs cv -- ./recipe
	grep -c ^fold-1 fails.out
	rm stop
	"$P/cross-validate" --folds 3 data.trs cv -- ./recipe >got
	diff want got
	cmp whole/predictions.trs cv/predictions.trs
	# each once, the folder as the stopped run left it
	diff log <(printf 'fold-%d 1\n' 1 2 3)
	[ -e cv/fold-2/begun ]
	# done: nothing is run, and all is said again
	"$P/cross-validate" --folds 3 data.trs cv -- ./recipe >got
	diff want got
	[ "$(wc -l <log)" -eq 3 ]
}

@test "other settings are not mixed" {
	stock
	local args=(--folds 3 data.trs cv -- bash recipe)
	"$P/cross-validate" "${args[@]}" >/dev/null
	cp -R cv kept
	refused() {
		fails_with 2 'begun with other settings' \
			"$P/cross-validate" "$@"
		[ ! -s fails.out ]
		diff -r kept cv
	}
	refused --folds 2 data.trs cv -- bash recipe
	refused --seed 2 "${args[@]}"
	refused --seeds 3 data.trs data.trs cv -- bash recipe
	refused "${args[@]}" more
	refused --folds 3 "$(make_samples 4 16)" cv -- bash recipe
	echo '# changed' >>recipe
	refused "${args[@]}"
	grep '^> file recipe' fails.err
	[ "$(wc -l <log)" -eq 3 ]
	# two at once
	rm -r cv
	mkdir cv
	flock cv/lock true
	exec 8>>cv/lock
	flock 8
	fails_with 2 'at work there already' "$P/cross-validate" "${args[@]}"
	exec 8>&-
}

@test "predictions that are not those of the validation pictures" {
	stock
	# wrong WHAT SCRIPT
	wrong() {
		printf '%s\n' 'set -e' "$2" >bad
		rm -rf cv
		fails_with 2 "$1" "$P/cross-validate" --folds 3 data.trs cv \
			-- bash bad
		[ "$(cat fails.out)" = $'run\tseed\tn\taccuracy\tlog_loss' ]
		[ ! -e cv/fold-1/row ]
	}
	local predict="cd-predict --model $(make_model 16)"
	wrong 'fold-1: bash left no' true
	wrong 'fold-1: bash: status 3' "exit 3"
	wrong 'not the pictures of' "$predict -o \$4/predictions.trs \$1"
	wrong 'not the pictures of' \
		"cat \$1 \$2 | $predict -o \$4/predictions.trs"
	wrong 'not the pictures of' \
		"cd-select --class cat \$2 | $predict -o \$4/predictions.trs"
	wrong 'predictions.trs' \
		"$predict \$2 | head -c -64 >\$4/predictions.trs"
	# samples instead of predictions
	wrong 'holds samples' "cp \$2 \$4/predictions.trs"
	# several views are one prediction
	rm -rf cv
	printf '%s\n' 'set -e' "cd-augment --views whole,flip \$2 |
		$predict -o \$4/predictions.trs" >good
	"$P/cross-validate" --folds 3 data.trs cv -- bash good >table
	[ "$(tail -1 table | cut -f 3)" = 18 ]
}

@test "usage errors" {
	stock
	local cv=$P/cross-validate
	fails_with 2 'usage' "$cv"
	fails_with 2 'usage' "$cv" --folds 3 data.trs cv
	fails_with 2 'usage' "$cv" --folds 3 data.trs cv --
	fails_with 2 'usage' "$cv" data.trs cv -- true
	fails_with 2 'usage' "$cv" --folds 3 data.trs data.trs cv -- true
	fails_with 2 'usage' "$cv" --seeds 3 data.trs cv -- true
	fails_with 2 'usage' "$cv" --fold 3 data.trs cv -- true
	fails_with 2 'one, once' "$cv" --folds 3 --seeds 3 data.trs cv -- true
	fails_with 2 "'1' is not" "$cv" --folds 1 data.trs cv -- true
	fails_with 2 "'x' is not" "$cv" --folds x data.trs cv -- true
	fails_with 2 "'-1' is not" "$cv" --seed -1 --folds 2 data.trs cv -- true
	fails_with 2 'none.trs: no such file' \
		"$cv" --folds 3 none.trs cv -- true
	fails_with 2 'no-such: no such command' \
		"$cv" --folds 3 data.trs cv -- no-such
	[ ! -e cv ]
	fails_with 2 'too few samples of class' \
		"$cv" --folds 10 data.trs cv -- true
}

# What all commands do alike (bin/cmd), tried on
# commands with options of each kind.
load helper

@test "--help and --version: standard output, status 0" {
	run -0 --separate-stderr cd-select --help
	[[ "${lines[0]}" == "usage: cd-select ["* ]]
	[[ "$output" == *"  -o, --output file  "* ]]
	[[ "$output" == *"      --invert  "* ]]
	[ -z "$stderr" ]
	run -0 --separate-stderr cd-select -V
	[[ "$output" =~ ^cd-select\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
	# whatever stands behind them
	run -0 cd-select -h --no-such-option
}

@test "--help to a full disk fails" {
	run -2 --separate-stderr bash -c 'cd-select --help >/dev/full'
	[[ "$stderr" == "cd-select: standard output: No space left"* ]]
}

@test "usage errors: one message, the usage line, status 2" {
	run -2 --separate-stderr cd-select --no-such
	[ "${stderr_lines[0]}" = \
		"cd-select: --no-such: there is no such option" ]
	[[ "${stderr_lines[1]}" == "usage: cd-select "* ]]
	[ "${#stderr_lines[@]}" -eq 2 ]
	[ -z "$output" ]
	run -2 --separate-stderr cd-select -n
	[ "${stderr_lines[0]}" = "cd-select: -n: an argument is missing" ]
	run -2 --separate-stderr cd-select --invert=yes
	[ "${stderr_lines[0]}" = \
		"cd-select: --invert=yes: it takes no argument" ]
	run -2 --separate-stderr cd-decode --null -Zq
	[ "${stderr_lines[0]}" = "cd-decode: -Z: there is no such option" ]
	run -2 --separate-stderr cd-select --ke=x
	[ "${stderr_lines[0]}" = "cd-select: --ke=x: several options begin so" ]
}

@test "-v: records, and what was waited for" {
	s=$(make_samples 3 16)
	said='records? in [0-9.]+ s, [0-9]+/s: busy [0-9]+ %, waiting for '
	said+='input [0-9]+ %, for output [0-9]+ %$'
	for c in select 'shuffle --epochs 2' augment 'batch -n 2' \
		"predict --model $(make_model 16)" \
		"predict --tsv --model $(make_model 16)"; do
		# shellcheck disable=SC2086
		cd-$c -v "$s" >out 2>err
		grep -E "^cd-${c%% *}: [0-9]+ $said" err
		# shellcheck disable=SC2086
		cd-$c "$s" | cmp - out
	done
	cd-split --verbose x=50% y=rest <"$s" 2>err
	grep -E "^cd-split: 6 $said" err
	cd-draw -n 1 d
	cd-decode -v d 2>err >out
	grep -E "^cd-decode: 2 $said" err
	# who waits: a slow stage before
	(cat "$s" && sleep 0.3) | cd-shuffle -v 2>err >out
	[ "$(sed 's/.*input \([0-9]*\) %.*/\1/' err)" -gt 50 ]
	# others do not have it
	fails_with 2 '-v: there is no such option' cd-info -v "$s"
}

@test "-o - is standard output" {
	cd-select -o - "$(make_samples 3 16)" | cd-info --check
	cd-sheet -o - "$(make_samples 3 16)" >sheet.png
	head -c 4 sheet.png | grep -c PNG
	[ ! -e - ]
}

@test "numbers are checked whole, and against bounds" {
	local bad
	for bad in 0x10 1e3 '' ' 5' 5x 99999999999999999999; do
		run -2 --separate-stderr cd-shuffle --epochs "$bad"
		[[ "${stderr_lines[0]}" == "cd-shuffle: --epochs: "* ]]
	done
	run -2 --separate-stderr cd-shuffle --epochs 0
	[[ "${stderr_lines[0]}" == "cd-shuffle: --epochs: 0 is not in 1 to "* ]]
	run -2 --separate-stderr cd-augment --rotate nan
	[ "${stderr_lines[0]}" = \
		"cd-augment: --rotate: 'nan' is not a number" ]
}

@test "a program called by a path or another name says its own" {
	ln -s "$CD_BIN/cd-select" ./other
	run -2 --separate-stderr ./other --no-such
	[[ "${stderr_lines[0]}" == "cd-select: --no-such: there is no such"* ]]
	run -0 ./other -V
	[[ "$output" == "cd-select "* ]]
}

@test "options and operands mix, -- ends the options, - is standard input" {
	local in
	in=$(make_samples 1 16)
	cp "$in" ./-n
	cd-select "$in" -n 1 >a.trs
	cd-select -n 1 "$in" >b.trs
	cmp a.trs b.trs
	cd-select -n 1 - <"$in" >b.trs
	cmp a.trs b.trs
	cd-select --count=1 -- -n >b.trs
	cmp a.trs b.trs
}

@test "provenance: long names, the result's options only, words quoted" {
	local in made
	in=$(make_samples 1 16)
	made=$(cd-select -o out.trs --key "a 'b'*" -n 7 "$in" &&
		cd-info --head out.trs | grep -F 'made cd-select')
	# cd-info escapes the backslashes once more
	made=${made//\\x5c/\\}
	[[ "$made" == *"cd-select "[0-9.]*" --key 'a '\''b'\''*' --count 7" ]]
	[[ "$made" != *out.trs* ]]
}

@test "an operand that is not there, or is a folder" {
	fails_with 2 "cd-select: nowhere.trs: No such file" \
		cd-select nowhere.trs
	mkdir folder
	fails_with 2 "cd-select: folder: " cd-select folder
}

@test "standard input is an operand once" {
	fails_with 2 "cd-select: standard input: named twice" \
		cd-select - - <"$(make_samples 1 16)"
}

@test "names that a stream or a user gives are escaped in messages" {
	fails_with 2 'cd-select: a\x0ab\x1b[31m: No such' \
		cd-select $'a\nb\e[31m'
}

@test "a stream is not written to a terminal" {
	local in
	in=$(make_samples 1 16)
	command -v script >/dev/null || skip "script(1) is not installed"
	run script -qec "cd-select -n 1 $in" /dev/null
	[ "$status" -eq 2 ]
	[[ "$output" == *"cd-select: "*"terminal"* ]]
	[ "${#lines[@]}" -eq 1 ]
}

@test "CD_CPU: an unknown word is told and lowers to plain C" {
	local in
	in=$(make_samples 2 16)
	CD_CPU=ref cd-augment --rotate 40 "$in" >a.trs
	CD_CPU=mmx cd-augment --rotate 40 "$in" >b.trs 2>err
	cmp a.trs b.trs
	echo "cd-augment: CD_CPU: 'mmx' is not ref, neon, avx2 or avx512;" \
		"using ref" | diff - err
}

@test "-o: written under another name first, left alone on failure" {
	local in
	in=$(make_samples 1 16)
	echo old >out.trs
	head -c 600 "$in" >cut.trs
	run -2 cd-select -o out.trs cut.trs
	[ "$(cat out.trs)" = old ]
	[ "$(ls)" = $'cut.trs\nout.trs' ]
	cd-select -o out.trs "$in"
	probe whole <out.trs
	[ "$(ls)" = $'cut.trs\nout.trs' ]
}

@test "-o: an open descriptor is written to from where it is" {
	local in d
	in=$(make_samples 1 16)
	cat "$in" "$in" >want.trs
	for d in /dev/fd/5 /proc/self/fd/5; do
		{ cat "$in" && cd-text "$in" | cd-text -r -o "$d"; } \
			5>out.trs >&5
		cmp want.trs out.trs
		cp "$in" out.trs
		cd-text "$in" | cd-text -r -o "$d" 5>>out.trs
		cmp want.trs out.trs
	done
	cp "$in" out.trs
	cd-text "$in" | cd-text -r -o /dev/stdout >>out.trs
	cmp want.trs out.trs
	cd-sheet "$in" >want.png
	{ cd-sheet -o /dev/fd/5 "$in" && cat want.png >&5; } 5>out.png
	cat want.png want.png | cmp - out.png
	fails_with 2 "cd-select: /dev/fd/77: Bad file descriptor" \
		cd-select -o /dev/fd/77 "$in"
}

@test "-o: the rest of /dev is as other folders" {
	local in at
	[ -w /dev/shm ] || skip "no /dev/shm"
	in=$(make_samples 1 16)
	at=$(mktemp -d /dev/shm/cd-tools.XXXXXX)
	cd-select -o "$at/new.trs" "$in"
	head -c 100000 /dev/zero >"$at/old.trs"
	cd-select -o "$at/old.trs" "$in"
	cmp "$at/new.trs" "$at/old.trs"
	probe whole <"$at/new.trs"
	cd-sheet -o "$at/new.png" "$in"
	cd-sheet "$in" | cmp - "$at/new.png"
	[ "$(ls "$at")" = $'new.png\nnew.trs\nold.trs' ]
	rm -r "$at"
}

# half_way ENV-OPTION: cd-select under env, its pid in $pid, with out.trs under
# its temporary name, waiting for the rest of the stream from fd 9.
half_way() {
	rm -f fifo
	mkfifo fifo
	exec 9<>fifo
	head -c 600 "$in" >&9
	env "$1" cd-select -o out.trs fifo 9>&- 3>&- &
	pid=$!
	until [ -n "$(compgen -G 'out.trs.tmp*')" ]; do sleep 0.02; done
}

@test "-o: a signal that kills leaves no temporary file" {
	local in pid sig got
	in=$(make_samples 1 16)
	echo old >out.trs
	for sig in HUP INT QUIT TERM; do
		half_way --default-signal=$sig
		kill -s $sig "$pid"
		got=0
		wait "$pid" || got=$?
		exec 9>&-
		[ "$got" -eq $((128 + $(kill -l $sig))) ]
		[ "$(ls)" = $'fifo\nout.trs' ]
		[ "$(cat out.trs)" = old ]
	done
}

@test "-o: a signal that was ignored stays so" {
	local in pid
	in=$(make_samples 1 16)
	half_way --ignore-signal=HUP
	kill -s HUP "$pid"
	tail -c +601 "$in" >&9
	exec 9>&-
	wait "$pid"
	cd-select -o want.trs "$in"
	cmp out.trs want.trs
}

@test "-o: a reader of one output that has gone leaves no file of another" {
	local in got=0
	in=$(make_samples 1 16)
	mkfifo fifo
	exec 8<>fifo 9>fifo 8>&-
	env --default-signal=PIPE cd-split a.trs=1 /dev/fd/9=rest <"$in" ||
		got=$?
	exec 9>&-
	[ "$got" -eq 141 ]
	[ "$(ls)" = fifo ]
}

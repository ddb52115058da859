# What all commands do alike (lib/base/opt.c, lib/rec/filter.c), tried on
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
	[ "${stderr_lines[0]}" = "cd-select: unrecognized option '--no-such'" ]
	[[ "${stderr_lines[1]}" == "usage: cd-select "* ]]
	[ "${#stderr_lines[@]}" -eq 2 ]
	[ -z "$output" ]
	run -2 --separate-stderr cd-select -n
	[ "${stderr_lines[0]}" = \
		"cd-select: option requires an argument -- 'n'" ]
	run -2 --separate-stderr cd-select --invert=yes
	[ "${stderr_lines[0]}" = \
		"cd-select: option '--invert' doesn't allow an argument" ]
}

@test "-o - is standard output" {
	cd-select -o - "$(make_samples 3 16)" | cd-info --check
	cd-sheet -o - "$(make_samples 3 16)" >sheet.png
	head -c 4 sheet.png | grep -q PNG
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
	[[ "${stderr_lines[0]}" == "cd-select: unrecognized option"* ]]
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
	[ "$(cat err)" = \
		"cd-augment: CD_CPU: 'mmx' is not ref or avx2; using ref" ]
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

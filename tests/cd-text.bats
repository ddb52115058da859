# cd-text: a stream as text, and back.
#
# shellcheck disable=SC2154 # stderr is run's
load helper

vectors=$ROOT/formats/vectors

head_lines() {
	printf 'stream 1\nhead holds samples\n'
}

@test "prints every part of a stream" {
	cd-text "$vectors/good-batches.trs" >out
	cat >want <<-'END'
	stream 1
	head holds batches
	head class cat
	head class dog
	head batch 2
	head made by-hand 1
	record BTCH 0 0
	tensor image u8 2 1 2 3
	0 1 2
	3 4 5
	6 7 8
	9 10 11
	tensor label i32 2
	0 1
	tensor keys u8 20
	99 97 116 46 48 46 106 112 103 0 100 111 103 46 48 46 106 112 103 0
	record BTCH 0 0
	tensor image u8 1 1 2 3
	0 1 2
	3 4 5
	tensor target f32 1 2
	0.25 0.75
	tensor keys u8 10
	100 111 103 46 49 46 106 112 103 0
	record MARK 0 0
	end 0
	END
	diff want out
}

@test "text and back: the same bytes" {
	local f
	make_samples 3 16 | xargs cat >samples.trs
	for f in samples.trs "$vectors"/good-*.trs; do
		case $f in
		# several members become one; reserved bytes become zero
		*/good-members.trs | */good-minor.trs | */good-padding.trs | \
			*/good-fit-twice.trs) continue ;;
		esac
		cd-text "$f" | cd-text -r | cmp - "$f"
		cd-text "$f" | cd-text --reverse -o again.trs
		cmp again.trs "$f"
	done
	cd-text "$vectors/good-members.trs" | cd-text -r >one.trs
	cd-cmp one.trs "$vectors/good-members.trs"
	[ "$(cd-info one.trs | tail -1)" = "$(printf \
		'end\t3 records\t3 skipped\t1 member')" ]
}

@test "a model's text and back: the same bytes" {
	cd-text "$(make_model)" >text
	grep -x 'head net dense 1' text
	cd-text -r text | cmp - "$(make_model)"
}

@test "awk and sed work on it" {
	local in
	in=$(make_samples 3 16)
	cd-text "$in" | awk '$1 == "tensor" { label = $2 == "label"; next }
		label && /^[0-9]/ { n[$1]++ }
		END { print n[0], n[1] }' >counts
	[ "$(cat counts)" = "3 3" ]
	# one pixel's red changes
	cd-text "$in" | awk '/^[0-9]/ && !done { $1 = 255 - $1; done = 1 }
		{ print }' | cd-text -r >changed.trs
	run -1 cd-cmp "$in" changed.trs
	[[ ${lines[0]} == *": image[0,0,0]: "* ]]
	[[ ${lines[1]} == "1 of "* ]]
}

@test "a long row is divided, and comes back" {
	{
		head_lines
		echo 'record SMPL 0 0 k'
		echo 'tensor x f64 2 1025'
		seq 2050 | tr '\n' ' '
		echo
		echo 'end 0'
	} | cd-text -r | cd-text >out
	[ "$(awk '/^[0-9]/ { print NF }' out | tr '\n' ' ')" = \
		"1024 1 1024 1 " ]
}

@test "a text that is none, or cut, makes no stream" {
	local n
	head_lines >good
	printf 'record SMPL 0 0 k\ntensor x u8 2\n1 2\nend 0\n' >>good
	cd-text -r good >/dev/null
	for n in 1 2 3 4 5; do
		head -n "$n" good >short
		fails_with 2 "short: line $((n + 1)): the text is cut" \
			cd-text -r short
	done
	fails_with 2 "cd-text: standard input: line 1: not the text" \
		cd-text -r <"$vectors/good-model.trs"
	sed 's/^1 2$/1 2 3/' good >many
	fails_with 2 "cd-text: many: line 5: more numbers" cd-text -r many
	sed 's/^1 2$/1 256/' good >wide
	fails_with 2 "line 5: '256' is not a number of type u8" \
		cd-text -r wide
	sed 's/u8 2/u8 99999999999/' good >huge
	fails_with 2 "line 4: more than" cd-text -r huge
}

@test "a stream that is damaged gives a text that is refused" {
	run -2 --separate-stderr cd-text "$vectors/bad-payload-crc.trs"
	[[ $stderr == "cd-text: "*": record 1 (dog.0.jpg): at byte 576: "* ]]
	[ "${#stderr_lines[@]}" -eq 1 ]
	echo "$output" >short
	run -2 cd-text -r short
	[[ $output == *"the text is cut"* ]]
}

@test "-o replaces the file only when all is done" {
	echo old >out.trs
	head_lines | fails_with 2 "the text is cut" cd-text -r -o out.trs
	[ "$(cat out.trs)" = old ]
	[ -z "$(find . -name 'out.trs?*')" ]
	{ head_lines; echo 'end 0'; } | cd-text -r -o out.trs
	cd-info --check out.trs
	run -2 cd-text -o x "$vectors/good-model.trs"
	[[ $output == *"-o is for the stream"* ]]
	run -2 cd-text -r a b
	[[ $output == *"one text at a time"* ]]
	run -2 cd-text -r nowhere
	[ "$output" = "cd-text: nowhere: No such file or directory" ]
}

@test "a full disk is noticed" {
	{ head_lines; echo 'end 0'; } >empty
	run -2 bash -c 'cd-text -r empty >/dev/full'
	[[ $output == "cd-text: standard output: "*"No space left"* ]]
}

@test "keeps the contract of those who read streams" {
	filter_contract --text cd-text
}

# cd-info: the list of a stream, and --check.
#
# shellcheck disable=SC2154 # stderr is run's
load helper

vectors=$ROOT/formats/vectors

@test "lists the header and the records" {
	cd-info "$vectors/good-epochs.trs" | tr '\t' '|' >out
	cat >want <<-'END'
	holds samples
	class cat
	class dog
	fit 3x2 squash triangle
	made by-hand 1
	records 2
	epochs 2

	record|offset|kind|epoch|view|seq|key|tensors
	0|192|SMPL|0|0|0|dog.0.jpg|image:u8[2,3,3] label:i32[]
	1|448|SMPL|0|1|1|cat.0.jpg|image:u8[2,3,3] label:i32[]
	2|704|MARK|0|0|2||
	3|768|SMPL|1|2|0|cat.0.jpg|image:u8[2,3,3] label:i32[]
	4|1024|SMPL|1|4294967295|1|dog.0.jpg|image:u8[2,3,3] label:i32[]
	5|1280|MARK|1|0|2||
	end|6 records|0 skipped|1 member
	END
	diff want out
}

@test "a pipe is listed as a file is" {
	cd-info "$vectors/good-members.trs" >file
	cat "$vectors/good-members.trs" | cd-info >pipe
	diff file pipe
	[ "$(tail -1 file)" = "$(printf \
		'end\t3 records\t3 skipped\t3 members')" ]
	# offsets go on in a file with several members
	awk -F '\t' '$1 ~ /^[0-9]/ { print $2 }' file >offsets
	printf '%s\n' 192 448 1024 | diff - offsets
}

@test "--head prints the header only" {
	cd-info --head "$vectors/good-model.trs" >out
	grep -x 'net dense 1' out
	[ "$(head -1 out)" = "holds model" ]
	[ "$(wc -l <out)" -eq 12 ]
	# what follows the header need not be there
	head -c 320 "$vectors/good-samples.trs" | cd-info --head |
		grep -x 'class cat'
}

@test "names from a stream are escaped" {
	cd-info "$vectors/good-samples.trs" >out
	grep -F 'a b/kätzchen\x0a\x5c.jpg' out
	cd-info "$vectors/good-unknown.trs" | grep -F '\x00\x01\xff '
	[ "$(wc -l <out)" -eq 12 ]
}

@test "long header lines are printed whole, no character cut" {
	local long
	# 9000 bytes of text, one of them before the characters of two bytes
	long=x$(printf 'ä%.0s' {1..4499})y
	cd-text -r >long.trs <<-END
	stream 1
	head holds samples
	head class $long
	end 0
	END
	cd-info --head long.trs | tail -1 >out
	printf 'class %s\n' "$long" | diff - out
}

@test "several streams each have a title" {
	cd-info --head "$vectors/good-empty.trs" "$vectors/good-model.trs" >out
	[ "$(grep -c '^==> .*/good-.*\.trs <==$' out)" -eq 2 ]
	[ "$(grep -c '^holds ' out)" -eq 2 ]
	# one that is bad does not hide the next
	run -2 --separate-stderr cd-info "$vectors/bad-no-end.trs" \
		"$vectors/good-model.trs"
	[[ $output == *"dense1/bias"* ]]
	[[ $stderr == "cd-info: "*"bad-no-end.trs: record 2: at byte 704: "* ]]
}

@test "what can be read is listed before the message" {
	run -2 --separate-stderr cd-info "$vectors/bad-prefix-crc.trs"
	[ "${#lines[@]}" -eq 7 ]
	[[ ${lines[6]} == "0	192	SMPL"* ]]
	[ "${#stderr_lines[@]}" -eq 1 ]
	[[ $stderr == *"record 1: at byte 448: "* ]]
}

@test "--check: 0 whole, 1 damaged, 2 trouble" {
	run -0 cd-info --check "$vectors"/good-*.trs
	[ -z "$output" ]
	run -1 --separate-stderr cd-info --check "$vectors/bad-payload-crc.trs"
	[ -z "$output" ]
	[[ $stderr == "cd-info: "*": record 1 (dog.0.jpg): at byte 576: "* ]]
	[ "${#stderr_lines[@]}" -eq 1 ]
	run -1 cd-info --check "$vectors/good-model.trs" \
		"$vectors/bad-empty.trs" "$vectors/bad-text.trs"
	[ "${#lines[@]}" -eq 2 ]
	run -2 cd-info --check nowhere.trs
	[ "$output" = "cd-info: nowhere.trs: No such file or directory" ]
	run -2 cd-info --check .
	[[ $output == "cd-info: .: "*irectory ]]
	run -2 cd-info --check nowhere.trs "$vectors/bad-empty.trs"
	run -2 cd-info --check --head "$vectors/good-model.trs"
	cd-info --check <"$vectors/good-model.trs"
	run -1 cd-info --check </dev/null
	[[ $output == "cd-info: standard input: record 0: at byte 0: empty"* ]]
}

@test "without --check a payload is not read, with it it is" {
	cd-info "$vectors/bad-payload-crc.trs" >out
	grep '^end' out
	run -2 bash -c "cat $vectors/bad-payload-crc.trs | cd-info"
}

@test "a sample of cuts and flips: --check says 1" {
	local in size at
	in=$(make_samples 3 16)
	size=$(wc -c <"$in")
	for at in 1 63 64 100 500 $((size / 2)) $((size - 1)); do
		head -c "$at" "$in" >short
		run -1 cd-info --check short
		[[ $output == "cd-info: short: record "*": at byte "* ]]
		{
			head -c "$at" "$in"
			head -c $((at + 1)) "$in" | tail -c 1 | tr '\0-\377' \
				'\1-\377\0'
			tail -c +$((at + 2)) "$in"
		} >flipped
		[ "$(wc -c <flipped)" -eq "$size" ]
		run -1 cd-info --check flipped
		[[ $output == "cd-info: flipped: record "*": at byte "* ]]
	done
}

@test "keeps the contract of those who read streams" {
	filter_contract --text cd-info
}

@test "--pictures: keys and classes of samples and batches" {
	cd-draw -n 2 d
	cd-decode --size 16x16 --label prefix d >s.trs
	cd-info --pictures s.trs >out
	[ "$(cut -f 5,6 out | paste -sd ' ')" = "$(printf '%s ' \
		"key	class" "cat.0.jpg	cat" "cat.1.jpg	cat" \
		"dog.0.jpg	dog" "dog.1.jpg	dog" | sed 's/ $//')" ]
	cd-batch -n 3 s.trs | cd-info --pictures >out
	[ "$(cut -f 1,4,5 out | tail -n 4 | tr '\t\n' '  ')" = \
		"0 0 cat.0.jpg 0 1 cat.1.jpg 0 2 dog.0.jpg 1 0 dog.1.jpg " ]
	cd-shuffle --epochs 1 s.trs | cd-batch --mixup 1 -n 4 |
		cd-info --pictures >out
	grep -P '\tcat 0\.\d+ dog 0\.\d+$' out
	# without labels, nothing is made up
	cd-decode --size 16x16 d | cd-info --pictures >out
	[ "$(tail -n 1 out | cut -f 6-)" = "	" ]
	fails_with 2 "--check, --head, --pictures, --pipeline: one" \
		cd-info --head --pictures s.trs
	# keys come out as they can be read again
	cp d/cat.0.jpg "$(printf 'd/a\tb\\.jpg')"
	cd-decode --size 16x16 d >s.trs
	cd-info --pictures s.trs | tail -n +2 | cut -f 5 >list
	diff <(cd-select --keys list --in-order s.trs | cd-text |
		sed /^head/d) <(cd-text s.trs | sed /^head/d)
}

# Runs what cd-info prints of a stream, with these variables; is it the same?
again() {
	local of=$1
	shift
	cd-info --pipeline "$of" >again.sh 2>told
	env "$@" bash again.sh >again.trs 2>>told
	cmp "$of" again.trs
}

@test "--pipeline: the script makes the same bytes" {
	printf '%s\n' 'input 8 8 3  scale 1/255' '# it'\''s small' flatten \
		'dense 1' 'loss logistic' >net
	cd-draw -n 6 d
	cd-decode --size 8x8 --label prefix d |
		cd-split --per-class t.trs=4 v.trs=rest
	again v.trs PICTURES=d
	grep -q '^cd-info: PICTURES: set this to the pictures' told
	run bash again.sh
	[ "$status" -ne 0 ]
	[[ $output == *PICTURES* ]]
	cd-init --seed 1 net >m.trs
	cd-shuffle --epochs 4 --seed 1 t.trs |
		cd-augment --seed 1 --preset book |
		cd-train -q -n 3 --validate v.trs --best b.trs --lr 0.1 m.trs
	again m.trs PICTURES=d VALIDATE=v.trs
	again b.trs PICTURES=d VALIDATE=v.trs
	# trained on other data after that
	cd-shuffle --epochs 6 --seed 1 v.trs | cd-train -q -n 2 m.trs
	again m.trs PICTURES=d PICTURES_2=d VALIDATE=v.trs VALIDATE_2=v.trs
	cd-predict --model b.trs v.trs >one.trs
	cd-predict --model m.trs v.trs >two.trs
	again one.trs PICTURES=d MODEL=b.trs
	cd-average one.trs two.trs >both.trs
	again both.trs PICTURES=d MODEL=b.trs PICTURES_2=d MODEL_2=m.trs
}

@test "--pipeline: nothing in a header is run, what is not ours is named" {
	local line
	for line in 'touch 1 ran' 'cd-batch; 1 touch ran' \
		"cd-batch 1 \$(touch ran) 'a;touch ran' \`touch ran\`"; do
		cd-text -r >s.trs <<-END
		stream 1
		head holds samples
		head class a
		head made $line
		head made cd-select 1 --key '*\$(touch ran)'
		end 0
		END
		cd-info --pipeline s.trs >again.sh 2>told
		STREAM=s.trs bash again.sh >out 2>&1 || true
		[ ! -e ran ]
	done
	grep -q 'STREAM: set this to the stream that comes of' told
	grep -q 'of version 1; this is' told
	cd-text s.trs | sed /made/d | cd-text -r >no.trs
	fails_with 2 "no line" cd-info --pipeline no.trs
	fails_with 2 "of one stream" cd-info --pipeline s.trs s.trs
}

@test "--pipeline: a table, a list and several inputs are in the header" {
	cd-draw -n 4 d
	printf '%s\t%s\n' cat.0.jpg a cat.1.jpg b dog.0.jpg b dog.1.jpg a >table
	cd-decode --size 8x8 --labels table d/*.[01].jpg >one.trs
	sed s/a$/c/ table >other
	cd-decode --size 8x8 --labels other d/*.[01].jpg >other.trs
	cd-info --head other.trs | grep -F -e '--labels (' >line
	run -1 grep -F "$(cat line)" <(cd-info --head one.trs)
	# a pipe is hashed as a file is
	cd-decode --size 8x8 --labels - d/*.[01].jpg <table | cmp - one.trs
	again one.trs "PICTURES=$(echo d/*.[01].jpg)" LABELS=table
	grep -q 'LABELS: set this to the file of --labels ([0-9a-f]\{16\})' told
	printf '%s\n' dog.2.jpg cat.2.jpg >list

	cd-decode --size 8x8 --label prefix d |
		cd-select --keys list --in-order >two.trs
	again two.trs PICTURES=d KEYS=list
	cd-decode --size 8x8 --label prefix d | cd-select -n 3 >three.trs
	cd-shuffle --seed 2 --epochs 2 two.trs three.trs two.trs |
		cd-batch -n 3 >b.trs
	[ "$(cd-info --head b.trs | grep '^made' | sed -n '7p;$p' |
		sed 's/[0-9.]* --/--/')" = \
		"$(printf '%s\n' 'made cat 2 2 2' 'made cd-batch --batch 3')" ]
	again b.trs PICTURES=d PICTURES_2=d PICTURES_3=d KEYS=list KEYS_2=list
	cd-init --seed 1 >m.trs <<-'END'
	input 8 8 3  scale 1/255
	flatten
	dense 1
	loss logistic
	END
	cd-train -q -n 3 two.trs three.trs m.trs
	again m.trs PICTURES=d PICTURES_2=d KEYS=list
	# counts that cannot be are refused
	cd-text b.trs | sed 's/^head made cat .*/head made cat 2 3 2/' |
		cd-text -r >bad.trs
	fails_with 2 'counts wrong' cd-info --pipeline bad.trs
}

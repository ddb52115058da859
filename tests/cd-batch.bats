load helper

# heading < STREAM: the lines of its header. (cd-info --head would leave before
# the writer is done.)
heading() {
	cd-info | sed '/^$/,$d'
}

# samples N: keys a1 .. aN, a picture of 1x2 and a label each.
samples() {
	{
		printf '%s\n' 'stream 1' 'head holds samples' 'head class a' \
			'head class b' 'head class c'
		seq "$1" | awk '{ print "record SMPL 0 0 a" $1
			print "tensor image u8 1 2 3"
			print $1, 1, 2, 3, 4, 100 + $1
			print "tensor label i32"
			print $1 % 3 }'
		echo 'end 0'
	} | cd-text -r
}

# sizes < FILE: of the batches, and the marks.
sizes() {
	cd-info | awk -F '\t' '$3 == "MARK" { printf "| " }
		$3 == "BTCH" { sub(/.*image:u8\[/, ""); sub(/,.*/, "")
			printf "%s ", $0 }'
}

@test "cd-batch keeps the contract of filters" {
	filter_contract --no-unknown cd-batch -n 2
	filter_contract --no-unknown cd-batch -n 4
	# unknown tensors are stacked like any other
	samples 4 | probe odd | cd-batch -n 2 | cd-info >got
	[ "$(grep -c 'BTCH.* odd:f64\[2,2,3\] ' got)" -eq 2 ]
	grep -x 'x-odd a line' got
}

@test "tensors are stacked, keys are gathered" {
	samples 5 | cd-batch -n 3 | cd-text | grep -v '^head made' >got
	cat >want <<-'END'
	stream 1
	head holds batches
	head class a
	head class b
	head class c
	head batch 3
	record BTCH 0 0
	tensor image u8 3 1 2 3
	1 1 2
	3 4 101
	2 1 2
	3 4 102
	3 1 2
	3 4 103
	tensor label i32 3
	1 2 0
	tensor keys u8 9
	97 49 0 97 50 0 97 51 0
	record BTCH 0 0
	tensor image u8 2 1 2 3
	4 1 2
	3 4 104
	5 1 2
	3 4 105
	tensor label i32 2
	1 2
	tensor keys u8 6
	97 52 0 97 53 0
	end 0
	END
	# where lines break is for cd-text to say
	diff <(tr -s ' \n' '\n\n' <got) <(tr -s ' \n' '\n\n' <want)
}

@test "batches end with their epoch" {
	samples 7 >in.trs
	cd-shuffle --epochs 3 in.trs >epochs.trs
	[ "$(cd-batch -n 3 epochs.trs | sizes)" = '3 3 1 | 3 3 1 | 3 3 1 | ' ]
	[ "$(cd-batch -n 7 epochs.trs | sizes)" = '7 | 7 | 7 | ' ]
	[ "$(cd-batch -n 1 in.trs | sizes)" = '1 1 1 1 1 1 1 ' ]
	[ "$(cd-batch --drop-last -n 3 epochs.trs | sizes)" = \
		'3 3 | 3 3 | 3 3 | ' ]
	[ "$(cd-batch --drop-last -n 2 in.trs | sizes)" = '2 2 2 ' ]
	# every record has its epoch
	[ "$(cd-batch -n 4 epochs.trs | cd-info | awk -F '\t' \
		'NF > 6 && NR > 2 && $1 ~ /^[0-9]/ { printf "%s", $4 }')" = \
		000111222 ]
}

@test "the keys of a batch are those of its samples" {
	samples 7 | cd-shuffle --epochs 2 >in.trs
	cd-batch -n 3 in.trs | cd-text |
		awk '/^tensor/ { on = $2 == "keys"; next } /^record/ { on = 0 }
			on' | tr ' ' '\n' |
		awk '$1 == 0 { print k; k = ""; next } $1 ~ /^[0-9]+$/ {
			k = k sprintf("%c", $1 + 0) }' >got
	cd-info in.trs | awk -F '\t' '$3 == "SMPL" { print $7 }' >want
	[ -s got ]
	diff got want
}

@test "32 by default" {
	[ "$(samples 70 | cd-batch | sizes)" = '32 32 6 ' ]
}

@test "the header: what it holds, the size, how many batches an epoch" {
	samples 7 >in.trs
	cd-shuffle --epochs 3 in.trs >epochs.trs
	cd-batch -n 3 epochs.trs | heading >heading
	[ "$(grep -E '^(holds|batch|records|epochs) ' heading | sort)" = \
		"$(printf '%s\n' 'batch 3' 'epochs 3' 'holds batches' \
			'records 3')" ]
	[[ "$(grep '^made' heading | tail -1)" == \
		"made cd-batch "*" --batch 3" ]]
	cd-batch --drop-last -n 3 epochs.trs | heading |
		grep -x 'records 2'
	cd-batch -n 7 epochs.trs | heading | grep -x 'records 1'
	# what the input does not say is not invented
	run -1 grep '^records' <(cd-batch -n 3 in.trs | heading)
	# several inputs: the first one's count is not that of all
	run -1 grep '^records' <(cd-batch -n 3 <(cd-split /dev/stdout=rest \
		<in.trs) in.trs | heading)
}

@test "samples without labels, with soft targets, with other tensors" {
	samples 4 | cd-text | sed '/^tensor label/,+1d' | cd-text -r |
		cd-batch -n 2 | cd-info | awk -F '\t' '$3 == "BTCH"' >got
	[ "$(cut -f 8 got | sort -u)" = 'image:u8[2,1,2,3] keys:u8[6]' ]
	samples 4 | cd-text |
		awk '/^tensor label/ { getline
			print "tensor target f32 3"; print "0.5 0.25 0.25"
			print "tensor when i64"; print NR; next } 1' |
		cd-text -r | cd-batch -n 4 | cd-info >got
	grep -F 'target:f32[4,3] when:i64[4] keys:u8[12]' got
}

@test "pictures of unequal size are named, with both shapes" {
	samples 4 | cd-text | awk '/^record/ { key = $5 }
		key == "a3" && /^tensor image/ { $4 = 2; $5 = 1 } 1' |
		cd-text -r >in.trs
	fails_with 2 "in.trs: record 2 (a3): 'image' is u8 [2,1,3], in the \
samples before it u8 [1,2,3]" cd-batch -n 3 in.trs
	# each batch is for itself
	[ "$(cd-batch -n 1 in.trs | sizes)" = '1 1 1 1 ' ]
}

@test "a tensor that some samples lack is named" {
	samples 3 | cd-text | awk '/^record/ { key = $5 }
		key == "a2" && /^tensor label/ { getline; next } 1' |
		cd-text -r >in.trs
	fails_with 2 "record 1 (a2): no tensor 'label', which" \
		cd-batch -n 3 in.trs
	samples 3 | cd-text | awk '/^record/ { key = $5 }
		key == "a1" && /^tensor label/ { getline; next } 1' |
		cd-text -r >in.trs
	fails_with 2 "record 1 (a2): a tensor 'label', which" \
		cd-batch -n 3 in.trs
}

@test "rank, names and sizes that a batch cannot have" {
	samples 1 | cd-text | sed 's/^tensor label i32/& 1 1 1 1 1 1 1 1/' |
		cd-text -r >in.trs
	fails_with 2 'record 0 (a1): rank 9 > 8' cd-batch -n 1 in.trs
	samples 1 | cd-text | sed 's/^tensor label/tensor keys/' |
		cd-text -r >in.trs
	fails_with 2 "record 0 (a1): a tensor 'keys'" cd-batch -n 1 in.trs
	samples 1 >in.trs
	fails_with 2 '65537 is not in 1 to 65536' cd-batch -n 65537 in.trs
}

@test "a batch larger than the data" {
	samples 7 | cd-shuffle --epochs 2 >in.trs
	fails_with 2 'a batch of 8 is larger than the data: 7 samples in' \
		cd-batch -n 8 in.trs
	fails_with 2 'a batch of 8 is larger' cd-batch --drop-last -n 8 in.trs
	# no data at all is no mistake of the batch
	samples 0 | cd-batch -n 8 | cd-info --check
}

@test "marks and records of other kinds are passed on" {
	samples 4 | probe odd | cd-shuffle --epochs 2 | cd-batch -n 2 |
		cd-info | awk -F '\t' '$3 != "kind" && NF > 6 {
			printf "%s %s,", $3, $4 }' >got
	[ "$(cat got)" = 'ODD! 0,BTCH 0,BTCH 0,MARK 0,'\
'ODD! 1,BTCH 1,BTCH 1,MARK 1,' ]
}

@test "the count of skipped pictures travels on" {
	samples 2 | cd-text | sed 's/^end 0/end 3/' | cd-text -r |
		cd-batch -n 2 | cd-info | tail -1 | grep -F '3 skipped'
}

@test "what holds no samples is refused, and numbers out of bounds" {
	samples 4 | cd-batch -n 2 >in.trs
	fails_with 2 'in.trs: the stream holds batches' cd-batch in.trs
	fails_with 2 'not in 1 to' cd-batch -n 0 in.trs
}

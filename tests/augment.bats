# cd-augment: colours, erasing, TrivialAugment, schedules and views. Pixels are
# compared with tests/augment_oracle.py, which knows the manual page only.
load helper

strong='--contrast 0.9@0.5 --saturation 1@0.5 --hue 0.5@0.6 --grey 0.3
	--trivial 0.8 --erase 0.3@0.5'

oracle() {
	PYTHONDONTWRITEBYTECODE=1 python3 "$ROOT/tests/augment_oracle.py" "$@"
}

# neutral LEVEL LOG: without erasing; from level 2 without what TrivialAugment
# does to colours; from level 3 without colours.
neutral() {
	awk -F '\t' -v OFS='\t' -v level="$1" '
	NR == 1 { for (i = 1; i <= NF; i++) n[$i] = i; print; next }
	{
		$n["erase-top"] = $n["erase-left"] = 0
		$n["erase-height"] = $n["erase-width"] = 0
	}
	level >= 2 && $n["trivial"] !~ /shear|translate|rotate/ {
		$n["trivial"] = "none"
		$n["magnitude"] = 0
	}
	level >= 3 {
		$n["channel-shift"] = $n["hue"] = $n["grey"] = 0
		$n["brightness"] = $n["contrast"] = $n["saturation"] = 1
	}
	{ print }' "$2"
}

# channels C < STREAM: with C channels of the pictures, the fourth being the
# first again.
channels() {
	cd-text | awk -v c="$1" '
	/^tensor image/ { $6 = c; left = $4 * $5; print; next }
	left > 0 && NF >= 3 {
		$0 = $1 " " $2 " " $3 " " $1
		NF = c
		left--
	}
	{ print }' | cd-text --reverse
}

# share WANT COMMAND...: of the lines that COMMAND prints, this share is 1.
share() {
	"${@:2}" | awk -v want="$1" '
	{ n++; ones += $1 == 1 }
	END { if (n < 1000 || (ones / n - want) ^ 2 > 0.0025) {
		print ones " of " n ", not " want; exit 1 } }'
}

# differs VALUE NAME FILE: 1 where a column is not VALUE.
differs() {
	column "$2" "$3" | awk -v v="$1" '{ print $1 != v }'
}

# compare_all FILL < STREAM: each step's pixels are the oracle's.
compare_all() {
	local i
	cat >src.trs
	cd-augment -s 4 --rotate 40@0.7 --shift 0.2@0.5 --shear 12@0.5 \
		--zoom 0.2@0.5 --flip --flip-vertical --crop 0.5@0.7 \
		--channel-shift 40@0.3 --brightness 0.6@0.5 $strong \
		--size 14x12 --fill "$1" --log-parameters 0.tsv src.trs >0.trs
	cd-augment --replay 0.tsv --size 14x12 --fill "$1" src.trs |
		cd-cmp - 0.trs
	for i in 1 2 3; do
		neutral $i 0.tsv >$i.tsv
		cd-augment --replay $i.tsv --size 14x12 --fill "$1" \
			src.trs >$i.trs
	done
	oracle geometry 0.tsv "$1" src.trs 3.trs
	oracle colour 0.tsv 3.trs 2.trs
	oracle trivial 0.tsv 2.trs 1.trs
	oracle erase 0.tsv 1.trs 0.trs
}

@test "strong operations keep the contract of filters" {
	filter_contract cd-augment $strong --rotate 30@0.5
	filter_contract cd-augment --views whole,8x8+flip,crop=0.5:br
}

@test "pixels are those of an independent cd-augment, by the log" {
	command -v python3 >/dev/null || skip "no python3"
	in=$(make_samples 3 16)
	for fill in nearest reflect wrap; do
		cd-shuffle --epochs 12 "$in" | compare_all $fill >seen
	done
	# every operation has been among them
	head -1 seen | tr ' ' '\n' >got
	printf '%s\n' autocontrast brightness contrast equalize identity none \
		posterize rotate saturation sharpness shear-x shear-y \
		solarize translate-x translate-y | cmp - got
	for c in 1 2 4; do
		cd-shuffle --epochs 4 "$in" | channels $c |
			compare_all nearest >seen
	done
}

@test "streams of before: the same draws, the same bytes" {
	{
		printf '%s\n' 'stream 1' 'head holds samples'
		for k in a.jpg b.jpg; do
			printf '%s\n' "record SMPL 3 0 $k" \
				'tensor image u8 2 2 1' '1 90 30 240'
		done
		echo 'end 0'
	} | cd-text --reverse >in.trs
	cd-augment -s 9 --preset book --flip-vertical --channel-shift 40 \
		--brightness .5 --crop .2:.9 --size 3x3 \
		--log-parameters log.tsv in.trs >out.trs
	cut -f 4,9-17 log.tsv | sed 1d >got
	printf '%s\t' 2.3257795564963928 1.0829414773372463 1 1 \
		26.323831768711884 0.94479589876648684 0 0 2 >want
	echo 2 >>want
	printf '%s\t' 3.2903735325065568 1.1933796091655489 1 0 \
		23.212792793102864 0.55199198568796415 0 0 2 >>want
	echo 2 >>want
	cmp want got
	cd-text out.trs | tail -10 | tr '\n' ' ' >got
	printf '57 18 13 106 35 24 130 50 29 end 0 ' | cmp - got
}

@test "a log without the columns of this version is refused" {
	in=$(make_samples 1 16)
	cd-augment --flip --log-parameters a.tsv "$in" >a.trs
	cut -f 1-17 a.tsv >old.tsv
	fails_with 2 'old.tsv: is no log of this version of cd-augment' \
		cd-augment --replay old.tsv "$in"
	awk -F '\t' -v OFS='\t' 'NR == 2 { $22 = "melt" } 1' a.tsv >bad.tsv
	fails_with 2 "the log: 'melt' is not" cd-augment --replay bad.tsv "$in"
	awk -F '\t' -v OFS='\t' 'NR == 2 { $26 = 17 } 1' a.tsv >bad.tsv
	fails_with 2 'the log: 17 is not in 0 to 16' \
		cd-augment --replay bad.tsv "$in"
}

@test "@P leaves out, and leaves the rest as it was" {
	in=$(make_samples 3 16)
	cd-shuffle --epochs 170 "$in" | cd-augment --size 4x4 >many.trs
	cd-augment --rotate 20@0.3 --shift 0.2@0.5 --shear 9@0 --zoom 0.2@1 \
		--crop 0.5@0.5 --channel-shift 9@0.2 --brightness 0.2@0.7 \
		--contrast 0.2@0.25 --saturation 0.3@0.6 --hue 0.2@0.4 \
		--grey 0.1 --erase 0.3@0.25 --trivial 0.9 --flip \
		--log-parameters some.tsv many.trs >some.trs
	share 0.3 differs 0 rotate some.tsv
	share 0.5 differs 0 shift-x some.tsv
	share 0 differs 0 shear some.tsv
	share 1 differs 1 zoom-x some.tsv
	share 0.2 differs 0 channel-shift some.tsv
	share 0.7 differs 1 brightness some.tsv
	share 0.25 differs 1 contrast some.tsv
	share 0.6 differs 1 saturation some.tsv
	share 0.4 differs 0 hue some.tsv
	share 0.1 column grey some.tsv
	share 0.25 differs 0 erase-height some.tsv
	share 0.9 differs none trivial some.tsv
	share 0.5 column flip some.tsv
	# each of the operations, one in fourteen of those 0.9
	column trivial some.tsv | sort | uniq -c | awk '
	$1 < 35 || $1 > 150 { exit 1 } END { exit NR != 15 }'
	# --shift moves both axes or none; alone, each decides for itself
	differs 0 shift-x some.tsv | cmp - <(differs 0 shift-y some.tsv)
	cd-augment --shift-x 0.2@0.5 --shift-y 0.2@0.5 \
		--log-parameters each.tsv many.trs >each.trs
	paste -d '' <(differs 0 shift-x each.tsv) \
		<(differs 0 shift-y each.tsv) >both
	[ "$(sort -u both | wc -l)" -eq 4 ]
	# where it is applied it is what it is without @P
	cd-augment --rotate 20 --erase 0.3 --log-parameters all.tsv \
		many.trs >all.trs
	paste <(column rotate some.tsv) <(column rotate all.tsv) \
		<(column noise some.tsv) <(column noise all.tsv) |
		awk '($1 != 0 && $1 != $2) || ($3 != 0 && $3 != $4) { exit 1 }'
	cd-augment --rotate 20@1 --erase 0.3@1 many.trs | cd-cmp - all.trs
}

@test "--flip-alternating turns each picture over with each epoch" {
	in=$(make_samples 3 16)
	cd-shuffle --epochs 4 "$in" |
		cd-augment --flip-alternating --log-parameters a.tsv >a.trs
	# one line for each epoch, sorted by key
	awk -F '\t' 'NR > 1 { print $1, $2, $10 }' a.tsv | sort |
		awk '{ side[$2] = side[$2] $3 } END {
			for (e = 0; e < 4; e++) print side[e] }' >sides
	[ "$(sed -n 1p sides)" = "$(sed -n 3p sides)" ]
	[ "$(sed -n 1p sides | tr 01 10)" = "$(sed -n 2p sides)" ]
	[[ "$(sed -n 1p sides)" == *0*1* || "$(sed -n 1p sides)" == *1*0* ]]
	# the sides of epoch 0 are those of --flip
	cd-augment --flip --log-parameters b.tsv "$in" >b.trs
	awk -F '\t' 'NR > 1 { print $1, $10 }' b.tsv | sort >want
	awk -F '\t' '$2 == "0" { print $1, $10 }' a.tsv | sort | cmp want -
	fails_with 2 '--flip and --flip-alternating exclude each other' \
		cd-augment --flip --flip-alternating "$in"
}

@test "--clean-tail: only crop, size and flips in the last epochs" {
	in=$(make_samples 3 16)
	cd-shuffle --epochs 10 "$in" >shuffled.trs
	o='--preset book --crop 0.4 --size 12x12'
	cd-augment $o $strong --clean-tail 0.25 --log-parameters a.tsv \
		shuffled.trs >a.trs
	cd-augment $o $strong shuffled.trs >strong.trs
	cd-augment --crop 0.4 --size 12x12 --flip shuffled.trs >weak.trs
	# round(2.5) = 3 epochs
	for e in 0 6; do
		cd-select --epoch $e a.trs |
			cd-cmp - <(cd-select --epoch $e strong.trs)
	done
	for e in 7 9; do
		cd-select --epoch $e a.trs |
			cd-cmp - <(cd-select --epoch $e weak.trs)
	done
	cd-augment --replay a.tsv --size 12x12 shuffled.trs | cd-cmp - a.trs
	cd-augment $o --clean-tail 1 shuffled.trs | cd-cmp - weak.trs
	fails_with 2 '--clean-tail: the header does not say how many epochs' \
		cd-augment --clean-tail 0.5 --rotate 5 "$in"
}

@test "sizes by share of the epochs" {
	in=$(make_samples 1 16)
	cd-shuffle --epochs 10 "$in" >shuffled.trs
	cd-augment --flip --size 4x4:0.4,6x5:3/10,8 shuffled.trs >a.trs
	cd-info a.trs | awk -F '\t' '$3 == "SMPL" {
		sub(/ .*/, "", $8); print $4, $8 }' | sort -u -n >got
	for e in 0 1 2 3; do echo "$e image:u8[4,4,3]"; done >want
	for e in 4 5 6; do echo "$e image:u8[5,6,3]"; done >>want
	for e in 7 8 9; do echo "$e image:u8[8,8,3]"; done >>want
	cmp want got
	cd-info --head a.trs | grep -x 'fit 8x8 squash triangle'
	cd-augment --flip --size 8x8 shuffled.trs | cd-select --epoch 8 |
		cd-cmp - <(cd-select --epoch 8 a.trs)
	fails_with 2 '--size: the header does not say how many epochs' \
		cd-augment --size 4x4:0.5,8x8 "$in"
	fails_with 2 'only the last may go without' \
		cd-augment --size 4x4,8x8 "$in"
	# a run of a part of the epochs knows how many there are
	cd-shuffle --epochs 10 --from-epoch 8 "$in" |
		cd-augment --flip --size 4x4:0.4,6x5:3/10,8 |
		cd-select --epoch 9 | cd-cmp - <(cd-select --epoch 9 a.trs)
}

@test "views are what their words say" {
	command -v python3 >/dev/null || skip "no python3"
	in=$(make_samples 2 16)
	v=whole,flip,9x7,crop=0.6,crop=0.6:tl,crop=0.6:tr+flip,8x8+crop=0.5:bl
	v=$v,flip+20x24+crop=0.3:br
	cd-augment --views $v "$in" >a.trs
	oracle views $v "$in" a.trs
	cd-info --head a.trs | grep -x 'fit 20x24 squash triangle'
	cd-augment --views $v -j 1 "$in" | cmp - a.trs
	[ "$(cd-info a.trs | grep -c SMPL)" -eq 32 ]
	# --size is for those that have none of their own
	cd-augment --size 8x8 --views 4x4,flip "$in" >b.trs
	oracle views 4x4,8x8+flip "$in" b.trs
	# views of views are numbered on
	cd-augment --views whole,flip "$in" |
		cd-augment --views whole,crop=0.5,flip >c.trs
	cd-info c.trs | awk -F '\t' '$3 == "SMPL" { print $5 }' |
		head -6 | tr '\n' ' ' >got
	printf '0 1 2 3 4 5 ' | cmp - got
	cd-shuffle --epochs 2 "$in" | cd-augment --views whole,flip >d.trs
	[ "$(cd-info --head d.trs | grep '^records')" = 'records 8' ]
}

@test "predictions of views are averaged" {
	in=$(make_samples 3 16)
	model=$(make_model)
	cd-augment --views whole,flip "$in" >both.trs
	cd-predict --model "$model" both.trs | cd-eval >got
	cat <(cd-predict --model "$model" "$in") \
		<(cd-augment --views flip "$in" |
			cd-predict --model "$model") | cd-eval >want
	cmp want got
	grep -w 6 got
}

@test "views draw nothing, and say so" {
	in=$(make_samples 1 16)
	for o in --flip '--rotate 5' '--preset book' '-s 1' '--grey 0' \
		'--log-parameters x' '--replay x' '--clean-tail 0.5'; do
		fails_with 2 '--views draws nothing' \
			cd-augment $o --views whole "$in"
	done
	fails_with 2 "view 1: 'melt': none of WxH, flip, crop=SHARE" \
		cd-augment --views whole,melt "$in"
	fails_with 2 "view 0: 'flip' comes after a word that excludes it" \
		cd-augment --views flip+flip "$in"
	fails_with 2 "excludes it" cd-augment --views whole+crop=0.5 "$in"
	fails_with 2 "'crop=2': 2 is not in" cd-augment --views crop=2 "$in"
	fails_with 2 "'crop=1:x': 'x' is not middle, tl" \
		cd-augment --views crop=1:x "$in"
	fails_with 2 'view 1 is empty' cd-augment --views whole, "$in"
	fails_with 2 'go by epoch' \
		cd-augment --views whole --size 4x4:0.5,8x8 "$in"
}

@test "the same key twice in an epoch is named once" {
	in=$(make_samples 3 16)
	cat "$in" "$in" | cd-augment --flip >a.trs 2>err
	[ "$(cat err)" = "cd-augment: record 6 (cat.0.jpg): this key has come \
before in the epoch; the same is drawn for both" ]
	# not by epochs, views, nor where nothing is drawn
	cat "$in" "$in" | cd-augment --size 8x8 2>err >a.trs
	cd-shuffle --epochs 3 "$in" | cd-augment --flip 2>>err >a.trs
	cd-augment --views whole,flip "$in" |
		cd-augment --rotate 5 2>>err >a.trs
	[ ! -s err ]
}

@test "values with @P, areas and factors are checked" {
	in=$(make_samples 1 16)
	fails_with 2 '--rotate: probability: 2 is not in 0 to 1' \
		cd-augment --rotate 5@2 "$in"
	fails_with 2 "--hue: probability: '' is not a number" \
		cd-augment --hue 0.1@ "$in"
	fails_with 2 '--hue: 0.6 is not in 0 to 0.5' cd-augment --hue 0.6 "$in"
	fails_with 2 '--erase: 0 is not in' cd-augment --erase 0 "$in"
	fails_with 2 '--trivial: 1.5 is not in' cd-augment --trivial 1.5 "$in"
	fails_with 2 '--grey: ' cd-augment --grey 0.1@0.5 "$in"
	fails_with 2 'usage' cd-augment --replay x --trivial 1 "$in"
}

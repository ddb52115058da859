load helper

@test "cd-augment keeps the contract of filters" {
	filter_contract cd-augment --preset book
	filter_contract cd-augment --crop 0.3 --size 9x12 --brightness 0.5
}

@test "without options nothing changes but the provenance" {
	in=$(make_samples 3 16)
	cd-augment "$in" >out.trs
	cd-cmp "$in" out.trs
	[ "$(cd-info out.trs | grep -c '^made cd-augment [0-9.]*$')" -eq 1 ]
}

@test "options change the pictures, and only them" {
	in=$(make_samples 3 16)
	for o in '--rotate 40' '--shift 0.3' '--shift-x 3' '--shift-y 3' \
		'--shear 30' '--zoom 0.4' '--zoom-uniform 0.4' '--flip' \
		'--flip-vertical' '--channel-shift 50' '--brightness 0.5' \
		'--crop 0.3'; do
		cd-augment $o "$in" >out.trs
		run -1 cd-cmp "$in" out.trs
		cd-info "$in" | grep -v '^made' | cut -f 1,3- >want
		cd-info out.trs | grep -v '^made' | cut -f 1,3- >got
		cmp want got
	done
}

@test "preset book is those options; others take its place in any order" {
	in=$(make_samples 3 16)
	cd-augment --preset book -s 5 "$in" >a.trs
	cd-augment --seed 5 --rotate 40 --shift 0.2 --zoom 0.2 --flip \
		--shear 11.459155902616464 "$in" >b.trs
	cd-cmp a.trs b.trs
	cd-augment --rotate 0 --preset book --log-parameters a.tsv "$in" >a.trs
	cd-augment --preset book --rotate 0 "$in" >b.trs
	cmp a.trs b.trs
	column rotate a.tsv >rotate
	run -0 sort -u rotate
	[ "$output" = 0 ]
	column zoom-x a.tsv | awk '$1 < 0.8 || $1 > 1.2 || $1 == 1 { exit 1 }'
}

@test "seed and epoch decide, not the command run before" {
	in=$(make_samples 3 16)
	cd-augment --preset book -s 1 "$in" >a.trs
	cd-augment --preset book -s 2 "$in" >b.trs
	run -1 cd-cmp a.trs b.trs
	cd-shuffle --seed 1 --epochs 2 "$in" |
		cd-augment --preset book --log-parameters drawn.tsv >c.trs
	# an angle for each key and epoch, all different
	[ "$(column rotate drawn.tsv | sort -u | wc -l)" -eq 12 ]
	[ "$(cd-info c.trs | grep -c MARK)" -eq 2 ]
	# the first epoch's angles are those of the unshuffled stream
	cd-augment --preset book --log-parameters plain.tsv "$in" >d.trs
	awk -F '\t' '$2 == 0 { print $1, $4 }' drawn.tsv | sort >got
	awk -F '\t' '$2 == 0 { print $1, $4 }' plain.tsv | sort >want
	cmp want got
}

@test "every CPU level gives the same bytes" {
	in=$(make_samples 3 16)
	for fill in nearest constant:9 reflect wrap; do
		cd-augment --preset book --fill "$fill" "$in" >a.trs
		CD_CPU=ref cd-augment --preset book --fill "$fill" "$in" >b.trs
		cmp a.trs b.trs
	done
}

@test "the log is enough to do the same again" {
	in=$(make_samples 3 16)
	all='--preset book --flip-vertical --channel-shift 40
		--brightness 0.2:2 --crop 0.2:0.9'
	cd-augment -s 3 $all --fill reflect --size 11x13 \
		--log-parameters a.tsv "$in" >a.trs
	[ "$(wc -l <a.tsv)" -eq 7 ]
	[ "$(awk -F '\t' '{ print NF }' a.tsv | sort -u)" = 28 ]
	cd-augment --replay a.tsv --fill reflect --size 11x13 \
		--log-parameters b.tsv "$in" >b.trs
	cd-cmp a.trs b.trs
	cmp a.tsv b.tsv
	run -1 cd-cmp "$in" b.trs
}

@test "provenance has a log's hash, by pipe too, and not its name" {
	in=$(make_samples 2 16)
	cd-augment --preset book --log-parameters a.tsv "$in" >a.trs
	cd-augment --size 8x8 --replay a.tsv "$in" >b.trs
	hash=$(cd-info --head b.trs | sed -n \
		's/^made cd-augment .* --size 8x8 --replay (\(.*\))$/\1/p')
	[[ "$hash" =~ ^[0-9a-f]{16}$ ]]
	[ "$(cd-info --head b.trs | grep -c '^made cd-augment')" -eq 1 ]
	[ "$(cd-info --head b.trs | grep -c '^made cd-decode')" -eq 1 ]
	cp a.tsv other.tsv
	cd-augment --size 8x8 --replay other.tsv "$in" | cmp - b.trs
	cd-augment --size 8x8 --replay <(cat a.tsv) "$in" | cmp - b.trs
	cd-augment -s 1 --preset book --log-parameters c.tsv "$in" >c.trs
	cd-augment --size 8x8 --replay c.tsv "$in" >c.trs
	[ "$(cd-info --head c.trs | grep -c "$hash")" -eq 0 ]
	# FNV-1a; bash counts in 64 bits
	local h=0xcbf29ce484222325 b
	for b in $(od -An -v -t u1 a.tsv); do
		h=$(((h ^ b) * 0x100000001b3))
	done
	[ "$hash" = "$(printf %016x "$h")" ]
}

@test "a log is whole under its name, or not there" {
	in=$(make_samples 2 16)
	umask 027
	cd-augment --preset book --log-parameters a.tsv "$in" >a.trs
	[ "$(stat -c %a a.tsv)" = 640 ]
	cp a.tsv want.tsv
	# replayed and written again
	cd-augment --replay want.tsv --log-parameters a.tsv "$in" >b.trs
	cd-cmp a.trs b.trs
	cmp a.tsv want.tsv
	# input that fails: the old one stays, no new one comes
	head -c -64 "$in" >cut.trs
	fails_with 2 cut.trs cd-augment --log-parameters a.tsv cut.trs
	fails_with 2 cut.trs cd-augment --log-parameters new.tsv cut.trs
	cmp a.tsv want.tsv
	[ -z "$(find . -name 'new.tsv*' -o -name '*.tmp*')" ]
	fails_with 2 '--log-parameters and --output are one file' \
		cd-augment --log-parameters x -o ./x "$in"
	# what is no file is written as it comes, behind what is there
	echo before >err
	cd-augment --preset book --log-parameters /dev/stderr "$in" \
		>b.trs 2>>err
	cmp err <(echo before; cat want.tsv)
	cd-augment --preset book --log-parameters /dev/fd/5 "$in" \
		5>five >b.trs
	cmp five want.tsv
	cd-augment --preset book -o b.trs --log-parameters >(cat >six) "$in"
	until [ "$(wc -l <six)" -eq 5 ]; do sleep 0.02; done
	cmp six want.tsv
}

@test "a log that does not fit is refused" {
	in=$(make_samples 3 16)
	cd-augment --preset book --log-parameters a.tsv "$in" >a.trs
	sed 3d a.tsv >missing.tsv
	fails_with 2 'record 1 (cat.1.jpg): the log has another sample here' \
		cd-augment --replay missing.tsv "$in"
	sed '$d' a.tsv >short.tsv
	fails_with 2 'short.tsv: ends before the samples do' \
		cd-augment --replay short.tsv "$in"
	sed '$p' a.tsv >long.tsv
	fails_with 2 'long.tsv: goes on after the last sample' \
		cd-augment --replay long.tsv "$in"
	sed '2s/\t[^\t]*$//' a.tsv >narrow.tsv
	fails_with 2 'a line has not 28 columns' \
		cd-augment --replay narrow.tsv "$in"
	awk -F '\t' -v OFS='\t' 'NR == 3 { $8 = "nan" } 1' a.tsv >nan.tsv
	fails_with 2 'record 1 (cat.1.jpg): the log: ' \
		cd-augment --replay nan.tsv "$in"
	fails_with 2 'no log of this version' cd-augment --replay "$in" "$in"
	fails_with 2 'none.tsv: No such file' cd-augment --replay none.tsv "$in"
	fails_with 2 'usage' cd-augment --replay a.tsv --flip "$in"
	fails_with 2 'usage' cd-augment --replay a.tsv -s 1 "$in"
}

@test "--size sets the size, and the header says so" {
	in=$(make_samples 3 16)
	cd-augment --size 8x4 "$in" >out.trs
	cd-info out.trs | grep -cx 'fit 8x4 squash triangle'
	[ "$(cd-info out.trs | grep -c 'image:u8\[4,8,3\]')" -eq 6 ]
	# larger ones too, and back without loss by a whole factor
	cd-augment --size 32x32 "$in" | cd-augment --size 16x16 >back.trs
	cd-cmp --tolerance 45 "$in" back.trs
}

@test "making smaller averages areas" {
	in=$(make_samples 1 16)
	cd-augment --size 1x1 "$in" >one.trs
	# the mean of all, channel by channel, from the text of both
	means() {
		cd-text "$1" | awk '
		/^tensor/ { image = /image/; next }
		image && /^[0-9 ]+$/ {
			for (i = 1; i <= NF; i++) { s[n % 3] += $i; n++ } }
		/^record|^end/ && n {
			for (c = 0; c < 3; c++)
				printf "%d ", int(s[c] * 3 / n + 0.5)
			print ""; n = 0; delete s }'
	}
	means "$in" >want
	means one.trs >got
	[ -s want ]
	cmp want got
}

@test "arguments are checked" {
	in=$(make_samples 1 16)
	fails_with 2 '--rotate: 181 is not in 0 to 180' \
		cd-augment --rotate 181 "$in"
	fails_with 2 "--zoom: 'x' is not a number" cd-augment --zoom x "$in"
	fails_with 2 '--zoom: 1 is not in' cd-augment --zoom 1 "$in"
	fails_with 2 'the range 2:1 is the wrong way round' \
		cd-augment --brightness 2:1 "$in"
	fails_with 2 "--fill: 'mirror' is none of nearest," \
		cd-augment --fill mirror "$in"
	fails_with 2 '--fill: 256 is not in 0 to 255' \
		cd-augment --fill constant:256 "$in"
	fails_with 2 "--preset: 'paper' is no preset" \
		cd-augment --preset paper "$in"
	fails_with 2 '--zoom and --zoom-uniform exclude each other' \
		cd-augment --zoom 0.1 --zoom-uniform 0.1 "$in"
	fails_with 2 '--size: ' cd-augment --size 0x5 "$in"
	fails_with 2 '--crop: 0 is not in' cd-augment --crop 0 "$in"
	fails_with 2 'No space left' \
		cd-augment --log-parameters /dev/full "$in"
	fails_with 2 'no/log.tsv: No such file' \
		cd-augment --log-parameters no/log.tsv "$in"
}

@test "only samples with pictures can be augmented" {
	in=$(make_samples 1 16)
	cd-batch -n 2 "$in" >batches.trs
	fails_with 2 'the stream holds batches; wanted: samples' \
		cd-augment batches.trs
	cd-text "$in" | sed 's/image/picture/' | cd-text --reverse >other.trs
	fails_with 2 "record 0 (cat.0.jpg): no tensor 'image'" \
		cd-augment other.trs
}

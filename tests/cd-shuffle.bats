load helper

# heading < STREAM: the lines of its header. (cd-info --head would leave before
# the writer is done.)
heading() {
	cd-info | sed '/^$/,$d'
}

# epoch N FILE: the keys of that epoch, in order.
epoch() {
	cd-info "$2" | awk -F '\t' -v n="$1" \
		'$3 == "SMPL" && $4 == n { print $7 }'
}

# What the records are, without their places in the file.
listing() {
	cd-info "$1" | awk -F '\t' 'NF > 6 { print $3, $4, $5, $6, $7, $8 }'
}

# few N: a stream of N samples without pictures.
few() {
	{
		printf '%s\n' 'stream 1' 'head holds samples'
		seq "$1" | sed 's/.*/record SMPL 0 0 k&/'
		echo 'end 0'
	} | cd-text -r
}

@test "cd-shuffle keeps the contract of filters" {
	filter_contract cd-shuffle --epochs 2
}

@test "each epoch has every sample once, in an order of its own, and a mark" {
	local in n
	in=$(make_samples 10 16)
	cd-shuffle --epochs 3 "$in" >out.trs
	for n in 0 1 2; do
		epoch $n out.trs >$n
		diff <(sort $n) <(epoch 0 "$in" | sort)
		run ! diff $n <(epoch 0 "$in")
	done
	run ! diff 0 1
	run ! diff 1 2
	run ! diff 0 2
	[ "$(cd-info out.trs | awk -F '\t' '$3 == "MARK" {
		print $1, $4, $6 }')" = $'20 0 20\n41 1 20\n62 2 20' ]
	# numbers within an epoch
	diff <(cd-info out.trs | awk -F '\t' '$4 == 1 { print $6 }') <(seq 0 20)
}

@test "one epoch by default; the header says what there is" {
	local in
	in=$(make_samples 3 16)
	cd-shuffle "$in" >out.trs
	[ "$(cd-info --head out.trs | grep -E '^(epochs|records|skipped)' |
		sort)" = $'epochs 1\nrecords 6\nskipped 0' ]
	cd-shuffle --seed 5 --epochs 7 "$in" | heading >heading
	grep -x 'epochs 7' heading
	[[ "$(grep '^made' heading | tail -1)" == \
		"made cd-shuffle "*" --epochs 7 --seed 5" ]]
}

@test "samples come out as they went in" {
	local in
	in=$(make_samples 3 16)
	few=$(epoch 0 "$in")
	cd-shuffle --epochs 2 "$in" >out.trs
	for key in $few; do
		cd-select --epoch 1 --key "$key" out.trs | cd-text |
			grep -v -e ^head -e '^record MARK' -e ^end |
			sed '/^record/s/ 1 0 / 0 0 /' >got
		cd-select --key "$key" "$in" | cd-text |
			grep -v -e ^head -e ^end >want
		cmp got want
	done
}

@test "the order is a function of seed, epoch and keys alone" {
	local in
	in=$(make_samples 10 16)
	cd-shuffle --seed 1 --epochs 2 "$in" >a.trs
	cd-shuffle --seed 2 --epochs 2 "$in" >b.trs
	run ! diff <(epoch 0 a.trs) <(epoch 0 b.trs)
	# epoch 1 of seed 1 is not epoch 0 of seed 2
	run ! diff <(epoch 1 a.trs) <(epoch 0 b.trs)
	# samples that come in another order
	cd-select --class dog "$in" >dogs.trs
	cd-select --class cat "$in" >cats.trs
	cat dogs.trs cats.trs | cd-shuffle --seed 1 --epochs 2 >c.trs
	diff <(listing a.trs) <(listing c.trs)
	cd-shuffle --seed 1 --epochs 2 cats.trs dogs.trs >c.trs
	diff <(listing a.trs) <(listing c.trs)
	# those that are left keep their order when others go
	cd-select --class cat "$in" | cd-shuffle --seed 1 >c.trs
	diff <(epoch 0 a.trs | grep ^cat) <(epoch 0 c.trs)
}

@test "a pipe gives the bytes that a file gives, and leaves no file" {
	local in
	in=$(make_samples 10 16)
	cd-shuffle --seed 1 --epochs 2 "$in" >a.trs
	mkdir tmp
	cat "$in" | TMPDIR=$PWD/tmp cd-shuffle --seed 1 --epochs 2 >b.trs
	cmp a.trs b.trs
	cd-shuffle --seed 1 --epochs 2 <"$in" >b.trs
	cmp a.trs b.trs
	TMPDIR=$PWD/tmp cd-shuffle --seed 1 --epochs 2 <(cat "$in") -o b.trs
	cmp a.trs b.trs
	[ -z "$(ls tmp)" ]
	fails_with 2 nowhere/cd-spool \
		env TMPDIR=nowhere cd-shuffle <(cat "$in")
}

@test "--from-epoch goes on where a run from the beginning would be" {
	local in
	in=$(make_samples 10 16)
	cd-shuffle --seed 1 --epochs 5 "$in" >all.trs
	cd-shuffle --seed 1 --epochs 5 --from-epoch 3 "$in" >rest.trs
	diff <(listing all.trs | awk '$2 >= 3') <(listing rest.trs)
	cd-info --head rest.trs | grep -x 'epochs 5'
	cd-shuffle --seed 1 --epochs 5 --from-epoch 0 "$in" >zero.trs
	diff <(listing all.trs) <(listing zero.trs)
	fails_with 2 '--from-epoch 5: the last of 5 epochs is 4' \
		cd-shuffle --epochs 5 --from-epoch 5 "$in"
	fails_with 2 '--from-epoch 1: the last of 1 epochs is 0' \
		cd-shuffle --from-epoch 1 "$in"
}

@test "no sample, one sample, many" {
	few 0 | cd-shuffle --epochs 2 | cd-info >none
	[ "$(grep -c MARK none)" -eq 2 ]
	few 1 | cd-shuffle --epochs 2 >one.trs
	[ "$(epoch 0 one.trs) $(epoch 1 one.trs)" = 'k1 k1' ]
	few 20000 | cd-shuffle >many.trs
	diff <(epoch 0 many.trs | sort) <(seq 20000 | sed 's/^/k/' | sort)
	# half of the first half comes from the first half
	n=$(epoch 0 many.trs |
		awk 'NR <= 10000 && substr($0, 2) + 0 <= 10000 { n++ }
			END { print n }')
	[ "$n" -gt 4750 ]
	[ "$n" -lt 5250 ]
}

@test "views of a key stay together, in order" {
	{
		printf '%s\n' 'stream 1' 'head holds samples'
		for view in 2 0 1; do
			seq 9 | sed "s/.*/record SMPL 0 $view k&/"
		done
		echo 'end 0'
	} | cd-text -r | cd-shuffle >out.trs
	cd-info out.trs | awk -F '\t' '$3 == "SMPL" { printf "%s", $5 }' >views
	[ "$(cat views)" = 012012012012012012012012012 ]
	diff <(epoch 0 out.trs | uniq -c | awk '{ print $1 }') \
		<(yes 3 | head -9)
}

@test "records that are no samples come first in every epoch" {
	probe odd <"$(make_samples 3 16)" | cd-shuffle --epochs 2 >out.trs
	[ "$(cd-info out.trs | awk -F '\t' '$3 == "ODD!" { print $4, $6 }')" = \
		$'0 0\n1 0' ]
	# and are not counted
	cd-info --head out.trs | grep -x 'records 6'
}

@test "the count of skipped pictures travels on" {
	drawn 2
	: >photos/cat.9.jpg
	cd-decode --size 8x8 --label prefix --on-error skip photos/*.jpg \
		2>err | cd-shuffle --epochs 2 >out.trs
	cd-info --head out.trs | grep -x 'skipped 1'
	cd-info out.trs | tail -1 | grep -F '1 skipped'
}

@test "what cannot be shuffled is refused" {
	local in
	in=$(make_samples 3 16)
	fails_with 2 'standard input: record 6: the mark of an epoch' \
		cd-shuffle < <(cd-shuffle "$in")
	cd-batch -n 2 "$in" >batches.trs
	fails_with 2 'batches.trs: the stream holds batches' \
		cd-shuffle batches.trs
	fails_with 2 'no.trs: No such file' cd-shuffle no.trs
	fails_with 2 'not in 1 to' cd-shuffle --epochs 0 "$in"
	fails_with 2 'not in 0 to' cd-shuffle --seed -1 "$in"
}

@test "damage that is found while writing: no END" {
	local at
	cp "$(make_samples 3 16)" in.trs
	at=$(probe cuts <in.trs | sed -n 5p)
	printf 'X' | dd of=in.trs bs=1 seek=$((at + 300)) conv=notrunc \
		status=none
	fails_with 2 'in.trs: record 4 (dog.1.jpg): at byte' cd-shuffle in.trs
	fails_with 2 'in.trs: record 4 (dog.1.jpg): at byte' \
		cd-shuffle -o out.trs in.trs
	[ ! -e out.trs ]
}

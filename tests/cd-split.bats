load helper

# samples FIRST LAST: a stream; keys cat.N, dog.N in turn, all pictures unlike.
samples() {
	{
		printf '%s\n' 'stream 1' 'head holds samples' 'head class cat' \
			'head class dog' 'head made by hand'
		seq "$1" "$2" | awk '{ for (l = 0; l < 2; l++) {
			print "record SMPL 0 0 " (l ? "dog." : "cat.") $1
			print "tensor image u8 1 1 3"
			print int($1 / 256), $1 % 256, l
			print "tensor label i32"
			print l } }'
		echo 'end 0'
	} | cd-text -r
}

keys() {
	cd-info "$1" | awk -F '\t' '$3 == "SMPL" { print $7 }'
}

# records_of KEY FILE: as text.
records_of() {
	cd-select --key "$1" "$2" | cd-text | sed -n '/^record/,$p'
}

# of CLASS FILE: how many samples of the class.
of() {
	keys "$2" | grep -c "^$1" || true
}

# As a filter, for the contract.
all_of_it() {
	cd-split "$@" all.trs=rest && cat all.trs
}

@test "cd-split keeps the contract of filters" {
	# shellcheck disable=SC2034 # the contract's
	local name=cd-split in text='' unknown=1
	in=$(make_samples 3 16)
	mkdir contract
	contract_usage cd-split
	contract_good all_of_it
	contract_empty all_of_it
	contract_unknown all_of_it
	contract_bad all_of_it
	contract_cut all_of_it
	fails_with 2 'No space left' cd-split /dev/full=rest <"$in"
}

@test "counts and rest of each class, in the order of the input" {
	samples 0 9 >in.trs
	cd-split --per-class a.trs=5 b.trs=3 c.trs=rest <in.trs
	diff <(keys a.trs) <(keys in.trs | sed -n 1,10p)
	diff <(keys b.trs) <(keys in.trs | sed -n 11,16p)
	diff <(keys c.trs) <(keys in.trs | sed -n 17,20p)
	# a sample comes out as it went in
	diff <(records_of dog.6 b.trs) <(records_of dog.6 in.trs)
}

@test "counts and shares of all samples together" {
	samples 0 9 >in.trs
	cd-split a.trs=4 b.trs=10% c.trs=1/2 d.trs=0.1 e.trs=0 <in.trs
	diff <(keys a.trs) <(keys in.trs | head -4)
	diff <(keys b.trs) <(keys in.trs | sed -n 5,6p)
	diff <(keys c.trs) <(keys in.trs | sed -n 7,16p)
	diff <(keys d.trs) <(keys in.trs | sed -n 17,18p)
	[ -z "$(keys e.trs)" ]
}

@test "shares that come to 1 leave nothing out, whatever they are rounded to" {
	local n
	for n in 1 2 3 7; do
		samples 1 "$n" >in.trs
		cd-split a.trs=1/3 b.trs=1/3 c.trs=1/3 <in.trs
		diff <(keys a.trs; keys b.trs; keys c.trs) <(keys in.trs)
	done
}

@test "the header says how many records, and how it was divided" {
	samples 0 9 >in.trs
	cd-split --seed 3 'a b=7' b.trs=rest <in.trs
	[ "$(cd-info --head b.trs | grep -E '^(records|skipped)')" = \
		$'records 13\nskipped 0' ]
	[ "$(cd-info --head b.trs | grep -c '^made')" -eq 2 ]
	cd-info --head b.trs | grep -x \
		'made cd-split [0-9.]* --seed 3 7 rest: part 2'
	# one that was there is replaced
	cd-split c.trs=1 <b.trs
	[ "$(cd-info --head c.trs | grep '^records')" = 'records 1' ]
}

@test "the count of skipped pictures travels to all outputs" {
	drawn 2
	: >photos/cat.9.jpg
	cd-decode --size 8x8 --label prefix --on-error skip photos/*.jpg \
		2>/dev/null | cd-split a.trs=2 b.trs=rest
	for f in a.trs b.trs; do
		cd-info --head $f | grep -x 'skipped 1'
		cd-info $f | tail -1 | grep -F '1 skipped'
	done
}

@test "at random: exact, disjoint, a function of the seed" {
	samples 0 49 >in.trs
	cd-split --per-class --seed 1 a.trs=30 b.trs=40% <in.trs
	[ "$(of cat a.trs) $(of dog a.trs)" = '30 30' ]
	[ "$(of cat b.trs) $(of dog b.trs)" = '20 20' ]
	diff <({ keys a.trs; keys b.trs; } | sort) <(keys in.trs | sort)
	# chosen at random, but in the order of the input
	diff <(keys in.trs | grep -xFf <(keys a.trs)) <(keys a.trs)
	run ! diff <(keys a.trs) <(keys in.trs | head -60)

	mv a.trs first.trs
	cd-split --per-class --seed 1 a.trs=30 b.trs=rest <in.trs
	diff <(keys a.trs) <(keys first.trs)
	cd-split --per-class --seed 2 a.trs=30 b.trs=rest <in.trs
	run ! diff <(keys a.trs) <(keys first.trs)
}

@test "from a pipe as from a file, without leaving files behind" {
	samples 0 9 >in.trs
	cd-split --per-class --seed 1 a.trs=5 b.trs=rest <in.trs
	mkdir tmp
	cat in.trs | TMPDIR=$PWD/tmp cd-split --per-class --seed 1 \
		c.trs=5 d.trs=rest
	cmp a.trs c.trs
	cmp b.trs d.trs
	[ -z "$(ls tmp)" ]
	rmdir tmp
	fails_with 2 tmp/cd-spool bash -c \
		"cat in.trs | TMPDIR=$PWD/tmp cd-split c.trs=rest"
}

@test "by hash: about the sizes asked for, stable when samples come and go" {
	samples 0 499 >in.trs
	samples 100 799 >more.trs
	cd-split --by-hash a.trs=0.7 b.trs=rest <in.trs
	[ "$(of '' a.trs)" -gt 650 ]
	[ "$(of '' a.trs)" -lt 750 ]
	diff <({ keys a.trs; keys b.trs; } | sort) <(keys in.trs | sort)
	cd-split --by-hash c.trs=0.7 d.trs=30% <more.trs
	diff <({ keys c.trs; keys d.trs; } | sort) <(keys more.trs | sort)
	# none changed sides
	[ -z "$(comm -12 <(keys a.trs | sort) <(keys d.trs | sort))" ]
	[ -z "$(comm -12 <(keys b.trs | sort) <(keys c.trs | sort))" ]
	# another seed, another division
	cd-split --by-hash --seed 1 e.trs=0.7 f.trs=rest <in.trs
	run ! diff <(keys a.trs) <(keys e.trs)
}

@test "too few of a class: named, with both numbers; no file is touched" {
	samples 0 9 | cd-select --invert --key dog.7 >in.trs
	echo old >a.trs
	fails_with 2 "of class 'dog': 10 wanted, 9 found" \
		cd-split --per-class a.trs=6 b.trs=4 <in.trs
	[ "$(cat a.trs)" = old ]
	[ ! -e b.trs ]
	fails_with 2 'too few samples: 21 wanted, 19 found' \
		cd-split a.trs=2 b.trs=19 <in.trs
	# a class of the header that no sample has
	cd-select --class cat in.trs >cats.trs
	fails_with 2 "of class 'dog': 1 wanted, 0 found" \
		cd-split --per-class a.trs=1 b.trs=rest <cats.trs
	[ "$(cat a.trs)" = old ]
	[ ! -e b.trs ]
	[ -z "$(compgen -G '*.tmp*')" ]
}

@test "equal pictures in two outputs: a warning names both keys" {
	drawn 3
	cp photos/cat.0.jpg photos/dog.9.jpg
	cp photos/cat.1.jpg photos/cat.8.jpg
	find photos -name '*.jpg' | sort -V |
		cd-decode --size 16x16 --label prefix >in.trs
	cd-split a.trs=4 b.trs=rest <in.trs 2>err
	[ "$(cat err)" = "cd-split: warning: equal pictures: cat.0.jpg in \
a.trs, dog.9.jpg in b.trs" ]
	# in one output there is nothing to warn of
	cd-split a.trs=rest <in.trs 2>err
	[ ! -s err ]
}

@test "equal pictures: ten are named, the others counted" {
	samples 0 14 | cd-text >half
	{
		sed '$d' half
		sed -n '/^record/,$p' half | sed 's/^record.*/&.again/'
	} | cd-text -r | cd-split a.trs=50% b.trs=rest 2>err
	[ "$(grep -c 'equal pictures: ' err)" -eq 10 ]
	[ "$(tail -1 err)" = \
		'cd-split: warning: 20 more pairs of equal pictures' ]
}

@test "a key that comes twice is refused" {
	samples 0 4 >in.trs
	samples 4 5 >more.trs
	cat in.trs more.trs >both.trs
	fails_with 2 'cat.4: the key comes twice' cd-split a.trs=rest <both.trs
	[ ! -e a.trs ]
}

@test "streams that cannot be divided are refused" {
	samples 0 4 >in.trs
	cd-shuffle -o epochs.trs in.trs
	fails_with 2 'record 10: the mark of an epoch: split before' \
		cd-split a.trs=rest <epochs.trs
	cd-batch -n 2 -o batches.trs in.trs
	fails_with 2 'holds batches; wanted: samples' \
		cd-split a.trs=rest <batches.trs
	cd-text in.trs | sed '/^tensor label/,+1d' | cd-text -r >unlabelled.trs
	fails_with 2 'record 0 (cat.0): no label' \
		cd-split --per-class a.trs=rest <unlabelled.trs
	cd-text in.trs | sed '/^head class/d; /^tensor label/,+1d' |
		cd-text -r >none.trs
	fails_with 2 'the stream has no classes' \
		cd-split --per-class a.trs=rest <none.trs
	cd-split a.trs=rest <none.trs
	cd-text in.trs | awk '/^record/ { key = $5 }
		/^1$/ && key == "dog.3" { $0 = 7 } 1' | cd-text -r >wrong.trs
	fails_with 2 'record 7 (dog.3): label 7, but the header has 2 classes' \
		cd-split --per-class a.trs=rest <wrong.trs
}

@test "damage that the second reading finds leaves no output" {
	samples 0 9 >in.trs
	# a byte of the last sample's picture: the heads are all right
	local at
	at=$(probe cuts <in.trs | tail -1)
	printf 'X' | dd of=in.trs bs=1 seek=$((at + 128)) conv=notrunc \
		status=none
	fails_with 2 "standard input: record 19 (dog.9): at byte" \
		cd-split a.trs=rest <in.trs
	[ ! -e a.trs ]
	[ -z "$(compgen -G '*.tmp*')" ]
}

@test "usage errors" {
	fails_with 2 'no outputs named' cd-split
	fails_with 2 'a.trs: not of the form file=share' cd-split a.trs
	fails_with 2 '=5: not of the form file=share' cd-split =5
	fails_with 2 'a: named twice' cd-split a=1 b=2 a=3
	fails_with 2 'a: named twice, before as ./a' cd-split ./a=1 a=rest
	fails_with 2 "named twice, before as a" cd-split a=1 "$PWD/a=rest"
	fails_with 2 "/dev/fd/1: named twice, before as /dev/stdout" \
		cd-split /dev/stdout=1 /dev/fd/1=rest
	fails_with 2 "a: 'x' is none of a count, a share" cd-split a=x
	fails_with 2 "'' is none" cd-split a=
	fails_with 2 "'-1' is none" cd-split a=-1
	fails_with 2 "'1.5' is none" cd-split a=1.5
	fails_with 2 "'101%' is none" cd-split a=101%
	fails_with 2 '9223372036854775807' cd-split a=9223372036854775808
	fails_with 2 'the shares come to 1.1' cd-split a=0.7 b=40%
	fails_with 2 "2 outputs get 'rest'" cd-split a=rest b=rest
	fails_with 2 'b: a count, with --by-hash' cd-split --by-hash a=.5 b=3
	fails_with 2 'one of them' cd-split --by-hash --per-class a=.5
	# a name may have the sign in it
	samples 0 1 | cd-split 'a=b=rest'
	cd-info --check 'a=b'
}

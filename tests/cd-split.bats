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
	contract_unfinished
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
	fails_with 2 "/tmp (see TMPDIR): No such file" bash -c \
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
	grep -v 'no sample of class' err >twins
	[ "$(cat twins)" = "cd-split: warning: equal pictures: cat.0.jpg in \
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
	fails_with 2 'a: a and a are one file' cd-split a=1 b=2 a=3
	fails_with 2 'a: ./a and a are one file' cd-split ./a=1 a=rest
	fails_with 2 "a: a and $PWD/a are one file" cd-split a=1 "$PWD/a=rest"
	fails_with 2 "/dev/fd/1: /dev/stdout and /dev/fd/1 are one file" \
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

# numbered N ...: a stream with N samples of a class; keys c0.0, c0.1 and so on,
# of the next class c1.0; all pictures unlike.
numbered() {
	local i
	{
		printf '%s\n' 'stream 1' 'head holds samples'
		for ((i = 0; i < $#; i++)); do
			echo "head class c$i"
		done
		printf '%s\n' "$@" | awk '{ for (i = 0; i < $1; i++)
			printf "record SMPL 0 0 c%d.%d\n" \
			    "tensor image u8 1 1 3\n%d %d %d\n" \
			    "tensor label i32\n%d\n", NR - 1, i, \
			    NR, int(i / 256), i % 256, NR - 1 }'
		echo 'end 0'
	} | cd-text -r
}

# folds K [OPTION ...] < STREAM: rest.I.trs and fold.I.trs for each I.
folds() {
	local i k=$1
	shift
	cat >folds.in
	for ((i = 1; i <= k; i++)); do
		cd-split --fold "$i/$k" "$@" rest.$i.trs=rest \
			fold.$i.trs=fold <folds.in
	done
}

# sizes_are_even CLASS FILE ...: the numbers of these keys differ by at most
# one.
sizes_are_even() {
	grep -hc "^$1" "${@:2}" | sort -n | awk '
		NR == 1 { low = $1 }
		{ high = $1 }
		END { exit !(high - low <= 1) }'
}

@test "folds: each sample in one, each class and all as even as can be" {
	local k c i
	numbered 7 12 8 9 >in.trs
	keys in.trs >in
	sort in >sorted
	for k in 2 3 7; do
		folds $k --seed 4 <in.trs
		for ((i = 1; i <= k; i++)); do
			keys fold.$i.trs >fold.$i
			keys rest.$i.trs | cat - fold.$i | sort | diff - sorted
			# in the order of the input
			grep -xFf fold.$i in | diff - fold.$i
		done
		sort fold.[1-$k] | diff - sorted
		for c in '' c0. c1. c2. c3.; do
			sizes_are_even "$c" fold.[1-$k]
		done
	done
}

@test "folds: a function of keys and seed, not of the input's order" {
	numbered 20 20 >in.trs
	folds 4 --seed 1 <in.trs
	cd-shuffle --seed 9 in.trs | cd-text | sed '/^record MARK/d' |
		cd-text -r >other.trs
	run ! diff <(keys in.trs) <(keys other.trs)
	cd-split --fold 2/4 --seed 1 a.trs=fold b.trs=rest <other.trs
	diff <(keys a.trs | sort) <(keys fold.2.trs | sort)
	diff <(keys b.trs | sort) <(keys rest.2.trs | sort)
	# through a pipe; 0 is the seed that is not given; others differ
	cat in.trs | cd-split --fold 2/4 --seed 1 a.trs=fold b.trs=rest
	diff <(keys a.trs) <(keys fold.2.trs)
	cd-split --fold 2/4 a.trs=fold b.trs=rest <in.trs
	run ! diff <(keys a.trs) <(keys fold.2.trs)
	cd-split --fold 2/4 --seed 0 c.trs=fold b.trs=rest <in.trs
	diff <(keys a.trs) <(keys c.trs)
	cd-info --head fold.2.trs | grep -x 'records 10'
	cd-info --head fold.2.trs | grep -x \
		'made cd-split [0-9.]* --fold 2/4 --seed 1 rest fold: part 2'
}

@test "folds: the rule, by the ranks that --seed shows" {
	# ranked by the numbers that --seed takes for a share of one: the
	# share of the first n by rank grows by one key at a time
	numbered 6 9 >in.trs
	local n
	for n in 1 2 3 4 5 6 7 8 9; do
		cd-split --per-class --seed 3 a.trs=$((n < 6 ? n : 6)) <in.trs
		keys a.trs | grep c0
		cd-select --class c1 in.trs |
			cd-split --seed 3 a.trs=$n && keys a.trs
	done | awk '!seen[$0]++' >ranked
	[ "$(wc -l <ranked)" -eq 15 ]
	{ grep ^c0 ranked; grep ^c1 ranked; } |
		awk '{ print NR % 4 == 0 ? 4 : NR % 4, $0 }' >want
	folds 4 --seed 3 <in.trs
	for n in 1 2 3 4; do
		keys fold.$n.trs | sed "s/^/$n /"
	done | sort >got
	diff <(sort want) got
}

@test "folds: all views of a key in one" {
	cd-augment --views whole,flip,crop=0.8 "$(make_samples 6 16)" >in.trs
	[ "$(keys in.trs | wc -l)" -eq 36 ]
	folds 3 <in.trs
	for i in 1 2 3; do
		[ "$(keys fold.$i.trs | wc -l)" -eq 12 ]
		[ "$(keys fold.$i.trs | sort -u | wc -l)" -eq 4 ]
		keys fold.$i.trs | sort -u
	done | sort | uniq -d | wc -l | grep -x 0
	# views of two classes
	cd-text in.trs | awk '/^record/ { hit = $4 == 2 && /dog.1.jpg/ }
		hit && label { $0 = 0 } { label = /^tensor label/ } 1' |
		cd-text -r >two.trs
	fails_with 2 'dog.1.jpg: views of two classes' \
		cd-split --fold 1/3 a.trs=fold b.trs=rest <two.trs
	[ ! -e a.trs ]
}

@test "folds: what they refuse" {
	numbered 7 4 5 >in.trs
	fails_with 2 "too few samples of class 'c1': 5 wanted, one a fold, 4 " \
		cd-split --fold 1/5 a.trs=fold b.trs=rest <in.trs
	cat in.trs <(numbered 1 0 0) >both.trs
	fails_with 2 'c0.0: the key comes twice, with the same view' \
		cd-split --fold 1/2 a.trs=fold b.trs=rest <both.trs
	cd-text in.trs | awk '/^record/ { n++ } n == 3 && /^tensor label/ {
		getline; next } 1' | cd-text -r >unlabelled.trs
	fails_with 2 'record 2 (c0.2): no label: --fold needs one' \
		cd-split --fold 1/2 a.trs=fold b.trs=rest <unlabelled.trs
	samples 0 1 | cd-text | sed '/^head class/d; /^tensor label/,+1d' |
		cd-text -r >none.trs
	fails_with 2 '--fold: the stream has no classes' \
		cd-split --fold 1/2 a.trs=fold b.trs=rest <none.trs
	[ ! -e a.trs ]
	local bad
	for bad in 0/3 4/3 1/1 1/0 -1/3 /3 1/ 3 1/x x/3 1/3/4 1.5/3 ''; do
		fails_with 2 '--fold' cd-split --fold "$bad" a=fold b=rest
	done
	fails_with 2 'for one file=fold and one file=rest' \
		cd-split --fold 1/2 a=fold
	for bad in a=rest a=fold a=5 a=0.5 a=; do
		fails_with 2 'for one file=fold and one file=rest' \
			cd-split --fold 1/2 "$bad" b="${bad#a=}"
	done
	fails_with 2 'for one file=fold and one file=rest' \
		cd-split --fold 1/2 a=fold b=rest c=0
	fails_with 2 '--fold and --per-class: one of them' \
		cd-split --fold 1/2 --per-class a=fold b=rest
	fails_with 2 '--fold and --by-hash: one of them' \
		cd-split --fold 1/2 --by-hash a=fold b=rest
	fails_with 2 "'fold' is none of" cd-split a=fold b=rest
}

load helper

# heading < STREAM: the lines of its header. (cd-info --head would leave before
# the writer is done.)
heading() {
	cd-info | sed '/^$/,$d'
}

# samples: keys cat.0, dog.0, ... dog.9, and birds/x without a label.
samples() {
	{
		printf '%s\n' 'stream 1' 'head holds samples' 'head class cat' \
			'head class dog' 'head class bird' 'head records 21'
		seq 0 9 | awk '{ for (l = 0; l < 2; l++) {
			print "record SMPL 0 0 " (l ? "dog." : "cat.") $1
			print "tensor image u8 1 1 3"
			print $1, $1, l
			print "tensor label i32"
			print l } }'
		printf '%s\n' 'record SMPL 0 0 birds/x' 'end 2'
	} | cd-text -r
}

# keys [FILE]: on one line.
keys() {
	cd-info "$@" | awk -F '\t' '$3 == "SMPL" || $3 == "PRED" { print $7 }' |
		paste -s -d ' '
}

@test "cd-select keeps the contract of filters" {
	filter_contract cd-select
	filter_contract cd-select -n 4
	filter_contract cd-select --class cat
	filter_contract cd-select --per-class 2
	filter_contract cd-select --key '*.1.jpg'
	filter_contract cd-select --epoch 0
}

@test "without options everything passes, as it is" {
	samples >in.trs
	cd-select in.trs >out.trs
	diff <(cd-text in.trs) <(cd-text out.trs | grep -v '^head made')
	cat in.trs | cd-select | cmp - out.trs
	cd-select -o out2.trs in.trs
	cmp out.trs out2.trs
}

@test "by count" {
	samples >in.trs
	[ "$(cd-select -n 3 in.trs | keys)" = 'cat.0 dog.0 cat.1' ]
	[ "$(cd-select -n 0 in.trs | keys)" = '' ]
	[ "$(cd-select --count 999 in.trs | keys)" = "$(keys in.trs)" ]
	[ "$(cd-select --per-class 2 in.trs | keys)" = \
		'cat.0 dog.0 cat.1 dog.1' ]
	[ "$(cd-select --per-class 2 -n 3 in.trs | keys)" = \
		'cat.0 dog.0 cat.1' ]
	# what is not chosen is not counted
	[ "$(cd-select -n 2 --class dog in.trs | keys)" = 'dog.0 dog.1' ]
}

@test "by class, by key, by both" {
	samples >in.trs
	[ "$(cd-select --class dog --key '*[13579]' in.trs | keys)" = \
		'dog.1 dog.3 dog.5 dog.7 dog.9' ]
	[ "$(cd-select --class dog,cat in.trs | keys)" = \
		"$(keys in.trs | sed 's, birds/x,,')" ]
	[ "$(cd-select --class bird in.trs | keys)" = '' ]
	[ "$(cd-select --key 'cat.?' -n 2 in.trs | keys)" = 'cat.0 cat.1' ]
	[ "$(cd-select --key '*x' in.trs | keys)" = 'birds/x' ]
	[ "$(cd-select --key 'cat' in.trs | keys)" = '' ]
	cd-select --class cat --key 'cat.[0-8]' --invert in.trs >out.trs
	[ "$(keys out.trs)" = \
		'dog.0 dog.1 dog.2 dog.3 dog.4 dog.5 dog.6 dog.7 dog.8 cat.9 '\
'dog.9 birds/x' ]
	fails_with 2 "the stream has no class 'bi'" cd-select --class bi in.trs
	fails_with 2 "the stream has no class ''" cd-select --class cat, in.trs
}

@test "by a list of keys" {
	samples >in.trs
	printf 'dog.3\n\ncat.1\ndog.3\nbirds/x' >list
	[ "$(cd-select --keys list in.trs | keys)" = 'cat.1 dog.3 birds/x' ]
	[ "$(cd-select --keys list --class dog in.trs | keys)" = 'dog.3' ]
	# two spellings of the same
	cd-select --keys list --invert --key '???.*' in.trs >rest.trs
	cd-select --keys list --invert in.trs | keys >rest
	[ "$(wc -w <rest)" -eq 18 ]
	run -1 grep -w -e dog.3 -e cat.1 -e birds rest
	# provenance says what is in the file, not its name
	cd-select --keys list -n 1 in.trs | heading |
		grep -x 'made cd-select .* --count 1 --keys ([0-9a-f]\{16\})'

	printf '%s\n' cat.1 cat.77 cat.1x >list
	fails_with 2 'list: 2 of 3 keys are not in the stream, such as cat.1x' \
		cd-select --keys list in.trs
	[ "$(cd-select --keys list --invert in.trs | keys | wc -w)" -eq 20 ]
	: >list
	[ "$(cd-select --keys list in.trs | keys)" = '' ]
	fails_with 2 'nolist: No such file' cd-select --keys nolist in.trs
	printf 'a\0b' >list
	fails_with 2 'not a text file' cd-select --keys list in.trs
}

@test "epochs: a range, counts in each of them" {
	samples | cd-shuffle --epochs 6 >in.trs
	of_epochs() {
		cd-info | awk -F '\t' '$3 == "MARK" { printf "|" }
			$3 == "SMPL" { printf "%s", $4 }'
	}
	[ "$(cd-select --epoch 2:4 -n 3 in.trs | of_epochs)" = '222|333|444|' ]
	[ "$(cd-select --epoch 5 -n 1 in.trs | of_epochs)" = '5|' ]
	[ "$(cd-select --epoch 6:99 in.trs | of_epochs)" = '' ]
	[ "$(cd-select --per-class 1 in.trs | of_epochs)" = \
		'00|11|22|33|44|55|' ]
	cd-select --epoch 2 in.trs >two.trs
	[ "$(keys two.trs | tr ' ' '\n' | sort)" = \
		"$(samples | keys | tr ' ' '\n' | sort)" ]
	# the header: no more epochs than there can be; an epoch is whole
	[ "$(cd-select --epoch 2:3 in.trs | heading |
		grep -E '^(epochs|records)' | sort)" = $'epochs 4\nrecords 21' ]
	[ "$(cd-select --epoch 2:9 in.trs | heading |
		grep -E '^epochs')" = 'epochs 6' ]
	fails_with 2 "--epoch: the range 4:2 is empty" \
		cd-select --epoch 4:2 in.trs
	fails_with 2 'not a whole number' cd-select --epoch 4: in.trs
	fails_with 2 'not a whole number' cd-select --epoch :4 in.trs
	fails_with 2 'not a whole number' cd-select --epoch 1:2:3 in.trs
}

@test "a count of records that is no longer true is removed" {
	samples >in.trs
	local o
	for o in '-n 3' '--per-class 3' '--class dog' '--key x' \
		'--key x --invert'; do
		run -1 grep '^records' <(cd-select $o in.trs | heading)
	done
	# so is that of the first of several
	run -1 grep '^records' <(cd-select in.trs in.trs | heading)
}

@test "several files become one stream" {
	samples >in.trs
	cd-select --class cat in.trs >cats.trs
	cd-select --class dog in.trs >dogs.trs
	cd-select cats.trs dogs.trs >both.trs
	[ "$(keys both.trs)" = "$(keys cats.trs) $(keys dogs.trs)" ]
	[ "$(cd-info both.trs | tail -1)" = \
		$'end\t20 records\t4 skipped\t1 member' ]
}

@test "predictions are chosen as samples are" {
	cat <<-'END' | cd-text -r >in.trs
	stream 1
	head holds predictions
	head class cat
	head class dog
	record PRED 0 0 a
	tensor value f32 2
	0.25 0.75
	tensor label i32
	1
	record PRED 0 1 a
	tensor value f32 2
	0.5 0.5
	tensor label i32
	1
	record PRED 0 0 b
	tensor value f32 2
	1 0
	tensor label i32
	0
	end 0
	END
	[ "$(cd-select --key a in.trs | keys)" = 'a a' ]
	[ "$(cd-select --class cat in.trs | keys)" = 'b' ]
	[ "$(cd-select --per-class 1 in.trs | keys)" = 'a b' ]
}

@test "the input is read to its end, though enough has passed" {
	local in
	in=$(make_samples 3 16)
	head -c -1 "$in" >cut.trs
	fails_with 2 'the stream is cut' cd-select -n 1 cut.trs
	fails_with 2 'the stream is cut' bash -c 'cat cut.trs | cd-select -n 1'
	# so that nobody before it in a pipeline is killed
	cd-shuffle --epochs 50 "$in" | cd-select -n 1 --epoch 0 |
		cd-info --check
}

@test "labels that are wrong are named" {
	samples | cd-text | awk '/^record/ { key = $5 }
		/^1$/ && key == "dog.3" { $0 = 7 } 1' | cd-text -r >in.trs
	fails_with 2 'in.trs: record 7 (dog.3): label 7, but the header has' \
		cd-select --class cat in.trs
	# nobody asked for labels
	cd-select --key 'dog*' in.trs | cd-info --check
}

@test "usage errors" {
	samples >in.trs
	fails_with 2 '--invert without --class, --key or --keys' \
		cd-select --invert in.trs
	fails_with 2 'not in 0 to' cd-select -n -1 in.trs
	cd-batch -n 2 <(cd-select --class cat in.trs) >batches.trs
	fails_with 2 'the stream holds batches: they are chosen by --batch' \
		cd-select --class cat batches.trs
	fails_with 2 '--batch: the stream holds no batches' \
		cd-select --batch 3 in.trs
	fails_with 2 '--in-order is for --keys' cd-select --in-order in.trs
	: >list
	fails_with 2 '--in-order is for --keys, without --invert' \
		cd-select --in-order --keys list --invert in.trs
}

@test "batches by their number, and their epoch" {
	samples | cd-select --class cat,dog |
		cd-shuffle --seed 3 --epochs 3 >in.trs
	cd-batch -n 4 in.trs >b.trs
	pictures() { cd-info --pictures "$@" | cut -f "$fields"; }
	fields=2,4-
	cd-select --epoch 2 --batch 3 b.trs >one.trs
	diff <(pictures one.trs) <(cd-info --pictures b.trs |
		awk -F '\t' 'NR == 1 || $2 == 2 && $3 == 3' | cut -f 2,4-)
	[ "$(pictures one.trs | wc -l)" -eq 5 ]
	cd-select --batch 1:2 b.trs | cd-info >list
	[ "$(grep -c BTCH list)" -eq 6 ]
	[ "$(grep -c MARK list)" -eq 3 ]
	[ "$(cd-select -n 1 b.trs | cd-info | grep -c BTCH)" -eq 3 ]
	[ "$(cd-select --batch 9 b.trs | cd-info | grep -c BTCH)" -eq 0 ]
	fails_with 2 'not in 0 to' cd-select --batch -1 b.trs
	fails_with 2 'the range 3:2 is empty' cd-select --batch 3:2 b.trs
	cd-batch -n 2 in.trs >all.trs
	diff <(cd-select --batch 0:99 all.trs | cd-text | sed /^head/d) \
		<(cd-text all.trs | sed /^head/d)
}

@test "--in-order: as the list says, from files and pipes, epoch by epoch" {
	samples >in.trs
	printf '%s\n' dog.7 cat.1 '' birds/x dog.0 cat.1 >list
	want='dog.7 cat.1 birds/x dog.0'
	[ "$(cd-select --keys list --in-order in.trs | keys)" = "$want" ]
	[ "$(cat in.trs | cd-select --keys list --in-order | keys)" = "$want" ]
	[ "$(cd-select --keys - --in-order in.trs <list | keys)" = "$want" ]
	grep -v birds list >few
	cd-select --class cat,dog in.trs | cd-shuffle --epochs 2 >e.trs
	[ "$(cd-select --keys few --in-order e.trs | keys)" = \
		"dog.7 cat.1 dog.0 dog.7 cat.1 dog.0" ]
	cd-select --keys few --in-order e.trs | cd-info |
		awk -F '\t' '{ print $3 }' | grep -c MARK
	fails_with 2 'list: 1 of 4 keys are not in the stream' \
		cd-select --keys list --in-order e.trs
}

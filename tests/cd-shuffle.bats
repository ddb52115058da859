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
	fails_with 2 "a temporary file in nowhere (see TMPDIR): No such" \
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

@test "--from-model begins with the epoch that the model has come to" {
	local in at model=model.trs
	in=$(make_samples 10 16)
	cp "$(make_model 16)" $model
	cd-shuffle --epochs 4 "$in" >all.trs
	begun() {
		cd-shuffle --epochs 4 --from-model $model "$in" >rest.trs
		diff <(listing all.trs | awk -v "from=$1" '$2 >= from') \
			<(listing rest.trs)
		diff <(cd-info --head all.trs) <(cd-info --head rest.trs)
	}
	begun 0 # never trained
	cd-shuffle --epochs 2 "$in" | cd-train -q -n 5 $model
	begun 2
	# the data end within epoch 2
	at=$(cd-info all.trs | awk -F '\t' '$4 == 2 && $6 == 7 { print $2 }')
	fails_with 2 'the stream is cut' \
		cd-train -q -n 5 <(head -c "$at" all.trs) $model
	cd-info --head $model | grep -x 'position 5'
	begun 2
	cd-train -q -n 5 all.trs $model # to its end
	begun 3
	fails_with 2 "$in: not a model" cd-shuffle --from-model "$in" "$in"
	fails_with 2 "gone.trs: No such file" \
		cd-shuffle --from-model gone.trs "$in"
	fails_with 2 '--from-epoch and --from-model: one of them' cd-shuffle \
		--epochs 4 --from-epoch 0 --from-model $model "$in"
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

# some CATS DOGS: a stream of so many, labelled, without pictures.
some() {
	{
		printf '%s\n' 'stream 1' 'head holds samples' 'head class cat' \
			'head class dog'
		awk -v c="$1" -v d="$2" 'BEGIN {
			for (i = 0; i < c + d; i++) {
				dog = i >= c
				print "record SMPL 0 0 " (dog ? "dog." i - c : \
				    "cat." i)
				print "tensor label i32"
				print dog
			} }'
		echo 'end 0'
	} | cd-text -r
}

# drawn_often FILE: "epoch key views", views in their order.
drawn_often() {
	cd-info "$1" | awk -F '\t' '$3 == "SMPL" { print $4, $7, $5 }' |
		sort -k 1,2 -k 3n | awk '$1 " " $2 != was {
			printf "%s%s %s ", (NR > 1 ? "\n" : ""), $1, $2 }
		{ printf "%s", $3; was = $1 " " $2 }
		END { print "" }'
}

@test "--copies: each sample so often, as views, anywhere in the epoch" {
	local in
	in=$(make_samples 10 16)
	cd-shuffle --copies 3 --epochs 2 "$in" >out.trs
	cd-info --head out.trs | grep -x 'records 60'
	diff <(drawn_often out.trs) <(for epoch in 0 1; do
		epoch 0 "$in" | sort | sed "s/.*/$epoch & 012/"; done)
	# neither next to each other nor epoch within epoch
	run ! diff <(epoch 0 out.trs) <(epoch 1 out.trs)
	[ "$(epoch 0 out.trs | uniq | wc -l)" -gt 45 ]
	[ "$(epoch 0 out.trs | head -20 | sort -u | wc -l)" -lt 20 ]
	# what an augmentation draws differs from copy to copy
	cd-augment --rotate 90 --log log out.trs >/dev/null
	[ "$(awk -F '\t' 'NR > 1 { print $4 }' log | sort -u | wc -l)" -gt 100 ]
	# one copy: the bytes of no option, but for the provenance
	cd-shuffle --copies 1 "$in" | cd-text | grep -v '^head made' >one
	cd-shuffle "$in" | cd-text | grep -v '^head made' | cmp - one
}

@test "--copies: view v becomes views v N to v N + N - 1" {
	{
		printf '%s\n' 'stream 1' 'head holds samples' \
			'record SMPL 0 0 a' 'record SMPL 0 5 a' \
			'record SMPL 0 1 b' 'end 0'
	} | cd-text -r >in.trs
	cd-shuffle --copies 3 in.trs >out.trs
	[ "$(drawn_often out.trs)" = $'0 a 012151617\n0 b 345' ]
	# the same copies of two views follow each other, as the views do
	[ "$(cd-info out.trs | awk -F '\t' '$7 == "a" { printf "%s ", $5 }' |
		tr ' ' '\n' | paste - - | sort -n)" = $'0\t15\n1\t16\n2\t17' ]
	cd-text in.trs | sed 's/ 5 a/ 4294967295 a/' | cd-text -r >far.trs
	cd-shuffle far.trs >out.trs
	fails_with 2 "a: view 4294967295, 1 times 2: views are numbered up to" \
		cd-shuffle --copies 2 far.trs
	fails_with 2 'not in 1 to' cd-shuffle --copies 0 in.trs
}

@test "--balance: every class as often as the largest, all equally often" {
	some 12 5 >in.trs
	cd-shuffle --balance --epochs 10 in.trs >out.trs
	cd-info --head out.trs | grep -x 'records 24'
	drawn_often out.trs >often
	# cats once; dogs two or three times, 12 in all
	[ "$(grep -c ' cat\.[0-9]* 0$' often)" -eq 120 ]
	[ "$(awk '/dog/ { n[$1] += length($3) }
		END { for (e = 0; e < 10; e++) printf "%d ", n[e] }' often)" = \
		'12 12 12 12 12 12 12 12 12 12 ' ]
	[ -z "$(grep dog often | grep -v -e ' 01$' -e ' 012$')" ]
	[ "$(awk '/dog/ { n[$2] += length($3) }
		END { for (k in n) print n[k] }' often | uniq)" = 24 ]
	# others from epoch to epoch, and by another seed
	[ "$(grep ' 012$' often | grep '^[01]' | cut -d ' ' -f 2 | sort -u |
		wc -l)" -eq 4 ]
	cd-shuffle --balance --seed 1 --epochs 10 in.trs | drawn_often - >other
	run ! diff often other
	# classes that are equal: nothing is repeated
	some 4 4 | cd-shuffle --balance | cd-text | grep -v '^head made' >even
	some 4 4 | cd-shuffle | cd-text | grep -v '^head made' | cmp - even
}

@test "--balance, then --copies: made alone, in any order, in shards" {
	some 12 5 >in.trs
	cd-shuffle --balance --copies 2 --epochs 7 in.trs >all.trs
	cd-info --head all.trs | grep -x 'records 48'
	[ "$(drawn_often all.trs | grep '^0 dog' | cut -d ' ' -f 3 | sort |
		uniq -c | tr -s ' ')" = $' 3 0123\n 2 012345' ]
	cd-shuffle --balance --copies 2 --epochs 7 --from-epoch 5 in.trs \
		>rest.trs
	diff <(listing all.trs | awk '$2 >= 5') <(listing rest.trs)
	cd-info --head rest.trs | grep -x 'records 48'
	cd-select --key '*[13579]' in.trs >odd.trs
	cd-select --key '*[02468]' in.trs >even.trs
	cat even.trs odd.trs |
		cd-shuffle --balance --copies 2 --epochs 7 >again.trs
	diff <(listing all.trs) <(listing again.trs)
}

@test "--balance: classes that are missing, labels that are" {
	some 3 0 | cd-shuffle --balance 2>err >out.trs
	[ "$(cat err)" = \
		"cd-shuffle: warning: --balance: no sample of class 'dog'" ]
	some 0 0 | cd-shuffle --balance 2>err >none.trs
	[ ! -s err ]
	some 3 2 | cd-text | awk '/ cat.2$/ { print; getline; getline; next }
		1' | cd-text -r >in.trs
	fails_with 2 'in.trs: record 2 (cat.2): no label: --balance needs one' \
		cd-shuffle --balance in.trs
	cd-shuffle in.trs >out.trs
}

@test "keys and views that come twice: one warning, which names the first" {
	some 3 2 >in.trs
	cat in.trs in.trs | cd-shuffle 2>err >out.trs
	[ "$(epoch 0 out.trs | wc -l)" -eq 10 ]
	[ "$(wc -l <err)" -eq 1 ]
	[[ "$(cat err)" == "cd-shuffle: warning: 5 samples repeat the key and \
view of an earlier one, first cat.0: "*--copies* ]]
	cd-select --key dog.1 in.trs | cd-shuffle in.trs - 2>err >out.trs
	[[ "$(cat err)" == *" 1 samples repeat "*" first dog.1: "* ]]
	cd-shuffle --copies 2 in.trs 2>err >out.trs
	[ ! -s err ]
}

@test "epochs made in pieces are one training, joined by cat" {
	local s=$(make_samples 4 16) m=$(make_model)
	train() {
		cp "$m" "$1"
		cd-batch -n 4 --mixup 0.2 --clean-tail 0.5 |
			cd-train -q --schedule linear "$1"
	}
	cd-shuffle --epochs 4 "$s" | train one
	cd-shuffle --epochs 4 --to-epoch 1 "$s" >a.trs
	cd-shuffle --epochs 4 --from-epoch 2 "$s" >b.trs
	cat a.trs b.trs | train two
	cd-text one | grep -v '^head \(made\|data\)' >one.txt
	cd-text two | grep -v '^head \(made\|data\)' | diff one.txt -
	cat a.trs b.trs | cd-info --check
	fails_with 2 "--to-epoch 4: the last of 4 epochs is 3" \
		cd-shuffle --epochs 4 --to-epoch 4 "$s"
	fails_with 2 "before --from-epoch 3" \
		cd-shuffle --epochs 4 --from-epoch 3 --to-epoch 2 "$s"
}

@test "two streams that both begin with epoch 0 are not one" {
	local s=$(make_samples 4 16) m=$(make_model)
	local again="epoch 0 comes after the end of epoch 1"
	cd-shuffle --epochs 2 "$s" >a.trs
	cat a.trs a.trs >b.trs
	cp "$m" m.trs
	fails_with 2 "$again" cd-batch -n 4 b.trs
	fails_with 2 "$again" cd-augment --flip b.trs
	fails_with 2 "$again" cd-train -q -n 4 b.trs m.trs
	# what was learnt is kept
	[ "$(cd-info m.trs | awk '$1 == "epoch" { print $2 }')" = 2 ]
	fails_with 1 "$again" cd-info --check b.trs
	fails_with 2 "shuffled already" cd-shuffle b.trs
	# more epochs than the first header knows, where that counts
	cd-shuffle --epochs 4 --from-epoch 2 "$s" | cat a.trs - >c.trs
	local more="the first header says that there are 2"
	fails_with 2 "$more" cd-augment --size 8x8:0.5,16x16 c.trs
	fails_with 2 "$more" cd-batch -n 4 --mixup 1 --clean-tail 0.5 c.trs
	cp "$m" m.trs
	fails_with 2 "$more" cd-train -q -n 4 --schedule linear c.trs m.trs
	cp "$m" m.trs
	cd-train -q -n 4 c.trs m.trs
	[ "$(cd-info m.trs | awk '$1 == "epoch" { print $2 }')" = 4 ]
}

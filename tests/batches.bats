# Batches that are not what formats/stream.md says: every command that looks
# into them gives the same answer.
load helper

setup() {
	scratch
	model=$(make_model 16)
}

# batch N LINE...: a stream of one batch of N pictures; LINE: the text of its
# other tensors.
batch() {
	local n=$1
	shift
	{
		printf '%s\n' 'stream 1' 'head holds batches' \
			'head class cat' 'head class dog' \
			'head fit 16x16 squash triangle' 'head batch 4' \
			'record BTCH 0 0' "tensor image u8 $n 16 16 3"
		awk -v n="$n" 'BEGIN {
			for (i = 0; i < n * 256; i++) print i % 251, 7, 99 }'
		printf '%s\n' "$@" 'end 0'
	} | cd-text -r >odd.trs
}

# The tensors of two pictures.
labels=('tensor label i32 2' '0 1')
targets=('tensor target f32 2 2' '0.25 0.75 1 0')
keys=('tensor keys u8 4' '97 0 98 0')

train() {
	cp "$model" m.trs
	cd-train -q odd.trs m.trs
}
# the file to be validated on is the odd one
validate() {
	cp "$model" m.trs
	cd-train -q -n 4 --validate odd.trs "$(make_samples 3 16)" m.trs
}
predict() { cd-predict --model "$model" odd.trs; }
evaluate() { cd-eval --model "$model" odd.trs; }
sheet() { cd-sheet odd.trs; }
stat() { cd-stat odd.trs; }

# accept WHO...: each reads odd.trs.
accept() {
	local who
	for who; do
		"$who" >accept.out || { echo "$who fails"; return 1; }
	done
}

# refuse TEXT [WHO...]: each (all of them) says TEXT of odd.trs, and no more.
refuse() {
	local text=$1 who
	shift
	[ $# -gt 0 ] || set -- train validate predict evaluate sheet stat
	for who; do
		fails_with 2 "odd.trs: record 0: $text" "$who" || return
		sed 's/^cd-[a-z]*: //; s/; m.trs is saved .*//' fails.err |
			diff <(echo "odd.trs: record 0: $text") - || return
	done
}

@test "a batch as it should be" {
	batch 2 "${labels[@]}" "${keys[@]}"
	accept train validate predict evaluate sheet stat
	batch 2 "${targets[@]}" "${keys[@]}"
	accept train validate sheet stat
	refuse 'the batch has targets, not labels' predict evaluate
	batch 2 "${labels[@]}" "${targets[@]}" "${keys[@]}"
	accept train validate predict evaluate sheet stat
	# empty keys are keys
	batch 2 'tensor label i32 2' '1 1' 'tensor keys u8 2' '0 0'
	accept train validate predict evaluate sheet stat
}

@test "what a command does not need may be missing" {
	batch 2 "${labels[@]}"
	accept train validate stat
	refuse "no tensor 'keys'" predict evaluate sheet
	batch 2 "${keys[@]}"
	accept predict sheet stat
	refuse 'no label to learn' train validate
}

@test "keys: one for each picture, no more and no less" {
	batch 2 "${labels[@]}" 'tensor keys u8 6' '97 0 98 0 99 0'
	refuse '3 keys for 2 pictures'
	batch 2 "${labels[@]}" 'tensor keys u8 5' '97 0 98 0 0'
	refuse '3 keys for 2 pictures'
	batch 2 "${labels[@]}" 'tensor keys u8 5' '97 0 98 0 99'
	refuse 'the last key has no NUL behind it'
	batch 2 "${labels[@]}" 'tensor keys u8 3' '97 0 98'
	refuse 'the last key has no NUL behind it'
	batch 2 "${labels[@]}" 'tensor keys u8 2' '97 0'
	refuse '1 keys for 2 pictures'
	batch 2 "${labels[@]}" 'tensor keys u8 0'
	refuse '0 keys for 2 pictures'
	batch 2 "${labels[@]}" 'tensor keys i32 2' '97 98'
	refuse "'keys' is i32 [2], expected u8 of rank 1"
	batch 1 'tensor label i32 1' 0 'tensor keys u8 4097' \
		"$(yes 97 | head -4096)" 0
	accept train validate predict evaluate sheet stat
	batch 1 'tensor label i32 1' 0 'tensor keys u8 4098' \
		"$(yes 97 | head -4097)" 0
	refuse 'a key of 4097 bytes, most 4096'
}

@test "labels: one of the classes for each picture" {
	batch 2 'tensor label i32 2' '0 2' "${keys[@]}"
	refuse 'label 2, but the header has 2 classes'
	batch 2 'tensor label i32 2' '0 -1' "${keys[@]}"
	refuse 'label -1, but the header has 2 classes'
	batch 2 'tensor label i32 3' '0 1 0' "${keys[@]}"
	refuse "'label' is i32 [3], for 2 pictures"
	batch 2 'tensor label i32 1' '0' "${keys[@]}"
	refuse "'label' is i32 [1], for 2 pictures"
	batch 2 'tensor label i64 2' '0 1' "${keys[@]}"
	refuse "'label' is i64 [2], expected i32 of rank 1"
}

@test "targets: a share of each class, 1 in all" {
	batch 2 'tensor target f32 2 2' '1 0 0.5 0.25' "${keys[@]}"
	refuse 'the targets of picture 1 add up to 0.75, not 1'
	batch 2 'tensor target f32 2 2' '1 0 1.5 -0.5' "${keys[@]}"
	refuse 'target 1.5 of picture 1 is not in 0 to 1'
	batch 2 'tensor target f32 2 2' '1 0 nan 1' "${keys[@]}"
	refuse 'target nan of picture 1 is not in 0 to 1'
	batch 2 'tensor target f32 1 2' '1 0' "${keys[@]}"
	refuse "'target' is f32 [1,2], for 2 pictures"
	batch 2 'tensor target f32 2 3' '1 0 0 1 0 0' "${keys[@]}"
	refuse '3 targets a picture, but the header has 2 classes'
	batch 2 'tensor target f32 2' '1 0' "${keys[@]}"
	refuse "'target' is f32 [2], expected f32 of rank 2"
}

# with_targets AGREE: samples, targets 1 for their labels (1) or for the other
# class (0).
with_targets() {
	cd-text "$(make_samples 3 16)" | awk -v agree="$1" '{ print }
		/^tensor label/ { getline; print; print "tensor target f32 2"
			print $1 == agree ? "0 1" : "1 0" }' | cd-text -r
}

# learn NAME [cd-batch option...]: NAME.m, without its header, and NAME.acc
# are what NAME.trs teaches, in samples or else in batches.
learn() {
	local name=$1 batch=(cat)
	shift
	[ $# -eq 0 ] || batch=(cd-batch "$@")
	cp "$model" m.trs
	cd-shuffle --epochs 3 "$name.trs" | "${batch[@]}" |
		cd-train -q -n 2 --lr 0.01 --history h.tsv m.trs || return
	cd-text m.trs | grep -v '^head' >"$name.m"
	column accuracy >"$name.acc"
}

# column NAME...: of h.tsv, which is removed.
column() {
	awk -F '\t' -v names="$*" 'BEGIN { n = split(names, name, " ") }
		NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
		{ for (i = 1; i <= n; i++) {
			if (!(name[i] in at)) exit 1
			print $at[name[i]] } }' h.tsv || return
	rm h.tsv
}

@test "targets are learnt, labels are counted" {
	make_samples 3 16 | xargs cat >label.trs
	with_targets 1 >agree.trs
	with_targets 0 >turn.trs
	cd-text label.trs | awk '{ print } /^tensor label/ { getline
		print 1 - $1 }' | cd-text -r >turned.trs
	cd-text turn.trs | sed '/^tensor label/,+1d' | cd-text -r >alone.trs
	for name in label agree turn turned alone; do
		learn "$name"
		mv "$name.m" once.m
		mv "$name.acc" once.acc
		learn "$name" -n 2
		diff once.m "$name.m"
		diff once.acc "$name.acc"
	done
	diff -q label.m agree.m
	diff label.acc agree.acc
	run ! diff -q label.m turn.m
	diff -q turned.m turn.m
	diff -q turned.m alone.m
	diff turned.acc alone.acc
	paste turned.acc turn.acc |
		awk '{ d = $1 + $2 - 1; if (d > 1e-5 || d < -1e-5) exit 1 }'
	# in validation too, with another order of classes than the model's
	cd-text turn.trs | sed '/^head class/d
		s/^head holds.*/&\nhead class dog\nhead class cat/
		/^tensor label/ { n; y/01/10/; }
		/^tensor target/ { n; y/01/10/; }' | cd-text -r >named.trs
	for name in label turn named; do
		cp "$model" m.trs
		cd-train -q -n 6 --validate "$name.trs" --history h.tsv \
			label.trs m.trs
		column validation_loss validation_accuracy >"$name.val"
	done
	diff label.val turn.val
	diff label.val named.val
}

@test "targets of samples are checked like those of batches" {
	with_targets 1 >in.trs
	cd-text in.trs | sed '0,/^1 0$/s//1 0.5/' | cd-text -r >odd.trs
	run -2 --separate-stderr cd-stat odd.trs
	[ "$stderr" = "cd-stat: odd.trs: record 0 (cat.0.jpg): the targets \
of picture 0 add up to 1.5, not 1" ]
}

@test "a batch has pictures, and pictures have pixels" {
	batch 0 'tensor label i32 0' 'tensor keys u8 0'
	refuse 'a batch of no pictures'
	batch 2 "${labels[@]}" "${keys[@]}"
	cd-text odd.trs | awk '/^tensor image/ { $4 = "9000000000000"; $5 = 0
		on = 1; print; next } /^tensor/ { on = 0 } !on' |
		cd-text -r >none.trs
	mv none.trs odd.trs
	refuse 'picture of 0x16x3 (height, width, channels): it has no pixels'
	cd-text odd.trs | sed '/^tensor image/d' | cd-text -r >none.trs
	mv none.trs odd.trs
	refuse "no tensor 'image'"
}

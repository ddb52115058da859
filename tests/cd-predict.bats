load helper

setup() {
	scratch
	model=$(make_model 16)
	samples=$(make_samples 3 16)
}

# named [LINE ...]: the model, trained on cats and dogs as far as its header
# tells, with these lines in it.
named() {
	cd-text "$model" | awk -v more="$(printf '%s\n' "$@")" '
		/^head made/ { print "head class cat\nhead class dog"
			if (more != "") print more }
		{ print }' | cd-text -r
}

# records [FILE]: all but the header, as text.
records() {
	cd-text "$@" | grep -v '^head'
}

@test "cd-predict keeps the contract of filters" {
	filter_contract --no-unknown cd-predict --model "$model"
}

@test "a prediction a picture, with its key and label" {
	cd-predict --model "$model" "$samples" >out.trs
	cd-info out.trs | awk -F '\t' '$3 == "PRED" { print $7, $8 }' |
		diff - <(for key in {cat,dog}.{0,1,2}.jpg; do
			echo "$key value:f32[2] label:i32[]"; done)
	cd-info out.trs | sed '/^$/,$d' >heading
	grep -x 'holds predictions' heading
	[ "$(grep '^class' heading)" = $'class cat\nclass dog' ]
	[ "$(grep '^model' heading)" = "model $(cd-init -V) --seed 1" ]
	grep -q '^made cd-decode' heading
	grep -q "^made $(cd-predict -V)" heading
	run ! grep '^fit' heading
}

@test "a logistic output predicts two probabilities" {
	# by hand: weights 0 but for the last bias, 1
	cd-text "$model" | awk '/^tensor/ { n++; print; next }
		/^[-0-9]/ { gsub(/[^ ]+/, n == 4 ? "1" : "0") } { print }' |
		cd-text -r >one.trs
	cd-predict --model one.trs --tsv "$samples" >table
	printf '%s\t%s\t%s\t%s\t%s\n' key label predicted 'p(cat)' 'p(dog)' \
		cat.0.jpg cat dog 0.268941 0.731059 >want
	diff want <(head -2 table)
	[ "$(wc -l <table)" -eq 7 ]
	[ "$(cut -f 4- table | sort -u | wc -l)" -eq 2 ]
}

@test "the table is that of the predictions" {
	cd-predict --model "$model" "$samples" | cd-text |
		awk '/^record/ { key = $5 } want { print key, $1, $2 }
			{ want = /^tensor value/ }' >want
	cd-predict --model "$model" --tsv "$samples" | tail -n +2 |
		paste want - | tr '\t' ' ' >both
	[ "$(wc -l <both)" -eq 6 ]
	awk '{ if ($1 != $4 || $5 != substr($1, 1, 3) ||
		$6 != ($2 >= $3 ? "cat" : "dog")) exit 1
		for (i = 2; i < 4; i++) { d = $i - $(i + 5)
			if (d > 1e-6 || d < -1e-6) exit 1 } }' both
}

@test "a prediction depends on the picture alone" {
	cd-predict --model "$model" "$samples" >all.trs
	cd-select --key dog.1.jpg "$samples" |
		cd-predict --model "$model" | records >one
	cd-select --key dog.1.jpg all.trs | records | diff - one
	# also in batches, the last of them not full; views apart
	cd-batch -n 4 "$samples" | cd-predict --model "$model" |
		records | diff - <(records all.trs)
	cd-select -n 5 "$samples" | cd-predict --model "$model" |
		records | diff - <(cd-select -n 5 all.trs | records)
	# another number at a time: but for rounding
	cd-predict --model "$model" -n 1 "$samples" |
		cd-cmp --tolerance 1e-6 - all.trs
}

@test "epochs, marks and views stay" {
	cd-shuffle --epochs 2 "$samples" | cd-augment --shift 0.1 >in.trs
	cd-predict --model "$model" in.trs >out.trs
	list() { cd-info "$1" | awk -F '\t' 'NF > 6 && NR > 1 {
		sub(/SMPL/, "PRED"); print $1, $3, $4, $5, $6, $7 }'; }
	diff <(list in.trs) <(list out.trs)
	[ "$(cd-info out.trs | grep -c MARK)" -eq 2 ]
}

@test "classes are matched by name" {
	cd-predict --model "$model" "$samples" | records >all
	named 'head fit 16x16 squash triangle' >named.trs
	# labelled the other way round
	cd-text "$samples" | sed '/^head class/d
		s/^head holds.*/&\nhead class dog\nhead class cat/
		/^tensor label/ { n; y/01/10/; }' | cd-text -r >turned.trs
	cd-predict --model named.trs turned.trs | records | diff all -
	# one class of the two
	cd-select --class dog turned.trs | cd-text |
		sed 's/^head class cat//; /^$/d' | cd-text -r >dogs.trs
	cd-predict --model named.trs --tsv dogs.trs | cut -f 2 | sort -u |
		diff - <(printf 'dog\nlabel\n')
	# one more
	cd-text "$samples" | sed 's/^head class dog/&\nhead class emu/' |
		cd-text -r >emu.trs
	fails_with 2 "emu.trs: class 'emu' of the data is unknown to the" \
		cd-predict --model named.trs emu.trs
}

@test "pictures without labels" {
	drawn 3
	named 'head fit 16x16 squash triangle' >named.trs
	cd-decode --size 16x16 photos >in.trs
	cd-predict --model named.trs in.trs >out.trs
	[ "$(cd-info out.trs | grep -c 'value:f32\[2\]$')" -eq 6 ]
	cd-predict --model named.trs --tsv in.trs | cut -f 2 | sort -u |
		diff - <(printf '%s\n' - label)
	fails_with 2 'nor the pictures name classes' \
		cd-predict --model "$model" in.trs
}

@test "pictures that do not suit the model" {
	named 'head fit 150x150 crop box' >named.trs
	fails_with 2 "brought to size by '150x150 crop box', these by '16x16" \
		cd-predict --model named.trs "$samples"
	fails_with 2 "record 0 (cat.0.jpg): picture of 32x32x3 (height, \
width, channels), the net's input is 16x16x3" \
		cd-predict --model "$model" "$(make_samples 3 32)"
	cd-batch -n 6 "$(make_samples 3 32)" >batch.trs
	fails_with 2 "cat.0.jpg: picture of 32x32x3" \
		cd-predict --model "$model" batch.trs
	fails_with 2 'the stream holds model; wanted: samples or batches' \
		cd-predict --model "$model" "$model"
	fails_with 2 'the stream holds samples, not a model' \
		cd-predict --model "$samples" "$samples"
	fails_with 2 '--model is missing' cd-predict "$samples"
	fails_with 2 'no --output' cd-predict --model "$model" --tsv -o x \
		"$samples"
}

@test "a damaged model is refused" {
	local at
	for at in 10 300 900 $(($(wc -c <"$model") - 64)); do
		head -c "$at" "$model" >cut.trs
		fails_with 2 'cut.trs: ' cd-predict --model cut.trs "$samples"
	done
}

# sizes SIDE...: cats, then dogs, at these sizes in turn, in one stream.
sizes() {
	local side
	drawn 12
	for side; do
		cd-decode --size "${side}x$side" --label prefix photos |
			cd-text >"$side.txt"
	done
	awk -v n=$# '/^head/ && FNR == NR { print; next }
		FNR == 1 { file++; i = 0 }
		/^record/ { i++ }
		/^(stream|head|end)/ { next }
		(i - 1) % n == file - 1 { text[i] = text[i] $0 "\n" }
		END { for (i = 1; i in text; i++) printf "%s", text[i]
			print "end 0" }' "${@/%/.txt}" |
		sed '1i stream 1' | cd-text -r
}

global() {
	printf '%s\n' 'input 16 16 3  scale 1/255' 'conv 4 3x3 relu' \
		'pool avg global' 'dense 1' 'loss logistic' |
		cd-init --seed 3
}

# values: of predictions, as lines of key and probabilities.
values() {
	cd-text | awk '/^record/ { key = $5 } want { print key, $0 }
		{ want = /^tensor value/ }'
}

@test "--size own: each picture at its size, in their order" {
	global >g.trs
	# in batches of so many: few sizes, or so many that their plans are made
	# anew
	while read -r batch sides; do
		sizes $sides >mixed.trs
		cd-info mixed.trs | awk -F '\t' '$3 == "SMPL" {
			split($8, at, "[[,]"); print at[2] }' >side
		cd-predict --model g.trs --size own -n $batch mixed.trs >own.trs
		# each as it is alone, at this size
		for side in $sides; do
			cd-decode --size "${side}x$side" photos --label prefix |
				cd-predict --model g.trs -n $batch \
					--size "${side}x$side" |
				values | sed "s/^/$side /"
		done >alone
		values <own.trs | paste -d ' ' side - >got
		awk 'NR == FNR { alone[$0] = 1; next }
			!($0 in alone) { print "not alone:", $0 }' alone got |
			diff /dev/null -
		cut -d ' ' -f 2 got | diff - <(cd-info mixed.trs |
			awk -F '\t' '$3 == "SMPL" { print $7 }')
		[ "$(wc -l <got)" -eq 24 ]
	done <<-'END'
		1 12 17
		3 9 10 11 12 13 14 15 16 17 18 19 20
		32 12 17
	END
	# the same for any threads, and in batches
	for j in 1 3; do
		cd-predict --model g.trs --size own -n 32 -j $j mixed.trs |
			cmp - own.trs
	done
	cd-batch -n 1 mixed.trs | cd-predict --model g.trs --size own |
		records | diff <(records own.trs) -
}

@test "--size own: what the net cannot take" {
	sizes 16 17 >mixed.trs
	cd-predict --model "$model" --size own mixed.trs >own.trs
	[ "$(cd-info own.trs | grep -c PRED)" -eq 24 ]
	sizes 16 20 >mixed.trs
	fails_with 2 'mixed.trs: record 1 (cat.1.jpg): pictures of 20x20: ' \
		cd-predict --model "$model" --size own mixed.trs
	fails_with 2 "neither 'own' nor a size" \
		cd-predict --model "$model" --size many mixed.trs
	cd-eval --model "$model" --size own --tsv own.trs 2>err || true
	grep 'holds predictions; wanted: samples' err
	cd-eval --model "$model" --size own --tsv "$samples" >own.tsv
	cd-eval --model "$model" --tsv "$samples" | diff own.tsv -
	# pictures that were fitted in another way are refused as ever
	named 'head fit 150x150 crop box' >named.trs
	fails_with 2 "brought to size by '150x150 crop box', these by '16x16" \
		cd-predict --model named.trs --size own "$samples"
}

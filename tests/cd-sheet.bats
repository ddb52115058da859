# cd-sheet: the sheet's layout and pixels, predictions, and what it refuses.

load helper

# pixels ACTION < PNG: tests/tools/pixels.c.
pixels() {
	"$CD_BUILD/tools/pixels" "$@"
}

# differ A B: two sheets of one size, with other text.
differ() {
	local got=0
	cmp -s "$1" "$2" || got=$?
	[ "$got" -eq 1 ] &&
		[ "$(pixels size <"$1")" = "$(pixels size <"$2")" ]
}

# A stream of one 2x2 sample with the given key: red, green / blue, grey.
squares() {
	cd-text -r <<-END
	stream 1
	head holds samples
	head class cat
	head class dog
	record SMPL 0 0 ${1:-cat.0.jpg}
	tensor image u8 2 2 3
	255 0 0
	0 255 0
	0 0 255
	90 90 90
	tensor label i32
	${2:-0}
	end 0
	END
}

# predictions CLASSES KEY VALUE... [-- KEY VALUE...]: a stream of them.
predictions() {
	local class
	{
		echo "stream 1"
		echo "head holds predictions"
		for class in $1; do
			echo "head class $class"
		done
		shift
		while [ $# -gt 0 ]; do
			echo "record PRED 0 0 $1"
			shift
			echo "tensor value f32 2"
			echo "$1"
			echo "$2"
			shift 2
		done
		echo "end 0"
	} | cd-text -r
}

@test "keeps the contract of all commands that read streams" {
	filter_contract --text cd-sheet
}

@test "keeps it where only the first picture is shown" {
	filter_contract --text cd-sheet -n 1
}

@test "keeps it on batches" {
	cd-batch -n 4 "$(make_samples 3 16)" >b.trs
	filter_contract --text --in b.trs cd-sheet
}

@test "cells of 128x128 and two lines of text, eight in a row" {
	s=$(make_samples 3 16)
	[ "$(cd-sheet "$s" | pixels size)" = "$((8 + 6 * 136)) 166" ]
	[ "$(cd-sheet "$s" "$s" | pixels size)" = "$((8 + 8 * 136)) 324" ]
}

@test "--columns, --cell and -n" {
	s=$(make_samples 3 16)
	[ "$(cd-sheet --columns 2 --cell 40x30 "$s" | pixels size)" = \
	    "$((8 + 2 * 48)) $((8 + 3 * 60))" ]
	[ "$(cd-sheet -n 3 --columns 2 --cell 40x30 "$s" | pixels size)" = \
	    "$((8 + 2 * 48)) $((8 + 2 * 60))" ]
	[ "$(cd-sheet -n 1 "$s" | pixels size)" = "144 166" ]
	[ "$(yes "$s" | head -9 | xargs cd-sheet | pixels size)" = \
	    "$((8 + 8 * 136)) $((8 + 6 * 158))" ]
}

@test "a small picture is magnified by a whole number, above its text" {
	squares | cd-sheet --cell 33x40 >s.png
	# 2x2 by 16 = 32x32, in columns 8 to 39, rows 16 to 47
	[ "$(pixels at 8 16 <s.png)" = "255 0 0" ]
	[ "$(pixels at 23 31 <s.png)" = "255 0 0" ]
	[ "$(pixels at 24 31 <s.png)" = "0 255 0" ]
	[ "$(pixels at 23 32 <s.png)" = "0 0 255" ]
	[ "$(pixels at 39 47 <s.png)" = "90 90 90" ]
	[ "$(pixels count 255 0 0 <s.png)" -eq 256 ]
	[ "$(pixels count 90 90 90 <s.png)" -eq 256 ]
	[ "$(pixels at 8 15 <s.png)" = "255 255 255" ]
	[ "$(pixels at 40 47 <s.png)" = "255 255 255" ]
}

@test "a large picture is shrunk to the mean, its sides in proportion" {
	{
		printf 'stream 1\nhead holds samples\nrecord SMPL 0 0 wide\n'
		echo "tensor image u8 32 64 3"
		printf '10 20 30\n20 40 70\n%.0s' {1..1024}
		echo "end 0"
	} | cd-text -r | cd-sheet --cell 32x32 >s.png
	# 32x16, each pixel the mean of 2x2
	[ "$(pixels count 15 30 50 <s.png)" -eq 512 ]
	[ "$(pixels at 8 24 <s.png)" = "15 30 50" ]
	[ "$(pixels at 8 23 <s.png)" = "255 255 255" ]
}

@test "a grey picture is shown grey" {
	cd-text -r <<-END | cd-sheet --cell 16x16 >s.png
	stream 1
	head holds samples
	record SMPL 0 0 grey
	tensor image u8 1 1 1
	77
	end 0
	END
	[ "$(pixels count 77 77 77 <s.png)" -eq 256 ]
}

@test "keys are shown in black: without the middle of one that is too long" {
	# |: 7 pixels of ink; four fit into 24 pixels
	squares '||' | cd-sheet --cell 24x24 | pixels count 0 0 0 >two
	squares '----||||' | cd-sheet --cell 24x24 | pixels count 0 0 0 >end
	[ "$(cat two)" -eq 14 ]
	[ "$(cat end)" -eq $((5 + 3 + 14)) ] # the ellipsis has three
}

@test "letters with accents, others as boxes, a title" {
	squares 'é' | cd-sheet --cell 24x24 | pixels count 0 0 0 >accent
	squares 'e' | cd-sheet --cell 24x24 | pixels count 0 0 0 >plain
	squares 'Ж' | cd-sheet --cell 24x24 | pixels count 0 0 0 >box
	[ "$(cat accent)" -eq $(($(cat plain) + 2)) ]
	[ "$(cat box)" -eq 20 ]
	squares '|' | cd-sheet --cell 40x40 --title '||' >s.png
	# each of its pixels is four
	[ "$(pixels count 0 0 0 <s.png)" -eq $((7 + 4 * 14)) ]
	squares '|' | cd-sheet --cell 40x40 >plain.png
	[ "$(pixels size <s.png)" = "56 $((30 + $(pixels size <plain.png |
		cut -d ' ' -f 2)))" ]
}

@test "the same pictures as batches give the same sheet" {
	s=$(make_samples 3 16)
	cd-sheet "$s" >want.png
	cd-batch -n 4 "$s" | cd-sheet | cmp - want.png
}

@test "the class, the epoch and the view are shown" {
	squares a 0 >cat.trs
	squares a 1 >dog.trs
	cd-sheet cat.trs >cat.png
	cd-sheet dog.trs >dog.png
	differ dog.png cat.png
	cd-shuffle --epochs 1 cat.trs >epoch.trs
	cd-sheet epoch.trs >epoch.png
	differ epoch.png cat.png
	cd-text cat.trs | sed 's/^\(record SMPL 0\) 0/\1 1/' | cd-text -r |
		cd-sheet >view.png
	differ view.png cat.png
}

@test "a right prediction is green, a wrong one red and framed" {
	squares x 0 >cat.trs
	predictions "cat dog" x .9 .1 >right.trs
	predictions "cat dog" x .1 .9 >wrong.trs
	cd-sheet --predictions right.trs cat.trs >right.png
	cd-sheet --predictions wrong.trs cat.trs >wrong.png
	[ "$(pixels size <right.png)" = "144 177" ]
	[ "$(pixels count 0 120 0 <right.png)" -gt 50 ]
	[ "$(pixels count 215 0 0 <right.png)" -eq 0 ]
	[ "$(pixels count 0 120 0 <wrong.png)" -eq 0 ]
	[ "$(pixels at 5 5 <wrong.png)" = "215 0 0" ]
	# the frame of 134x134, 3 wide, and text
	[ "$(pixels count 215 0 0 <wrong.png)" -gt $((4 * 3 * 131 + 50)) ]
}

@test "classes are matched by name, not by order" {
	squares x 0 >cat.trs
	predictions "dog cat" x .1 .9 >p.trs
	cd-sheet --predictions p.trs cat.trs >s.png
	cd-sheet --predictions - cat.trs <p.trs | cmp - s.png
	[ "$(pixels count 0 120 0 <s.png)" -gt 50 ]
	[ "$(pixels count 215 0 0 <s.png)" -eq 0 ]
}

@test "predictions that share a key are averaged" {
	squares x 0 >cat.trs
	predictions "cat dog" x .4 .6 x .9 .1 >two.trs
	predictions "cat dog" x .65 .35 >mean.trs
	cd-sheet --predictions mean.trs cat.trs >want.png
	cd-sheet --predictions two.trs cat.trs | cmp - want.png
}

@test "predictions are found by key; of one without nothing is" {
	squares x 0 >x.trs
	squares y 0 >y.trs
	predictions "cat dog" z .9 .1 y .1 .9 >p.trs
	cd-sheet --predictions p.trs x.trs y.trs >s.png
	[ "$(pixels at 5 5 <s.png)" = "255 255 255" ]
	[ "$(pixels at 141 5 <s.png)" = "215 0 0" ]
}

@test "predictions of other pictures, or no predictions, are refused" {
	squares x 0 >x.trs
	predictions "cat dog" z .9 .1 >p.trs
	fails_with 2 "cd-sheet: p.trs: none is for a picture on the sheet" \
		cd-sheet --predictions p.trs x.trs
	fails_with 2 "cd-sheet: x.trs: the stream holds samples" \
		cd-sheet --predictions x.trs x.trs
	head -c 200 p.trs >cut.trs
	fails_with 2 "cd-sheet: cut.trs: " cd-sheet --predictions cut.trs x.trs
	[ ! -s fails.out ]
}

# mapped CHANNELS A B: a picture of two pixels of grey A, two of B, and a map.
mapped() {
	cd-text -r <<-END
	stream 1
	head holds samples
	record SMPL 0 0 m
	tensor image u8 2 2 $1
	$(printf "$2 %.0s" $(seq "$1"))
	$(printf "$2 %.0s" $(seq "$1"))
	$(printf "$3 %.0s" $(seq "$1"))
	$(printf "$3 %.0s" $(seq "$1"))
	tensor saliency u8 2 2 1
	0
	255
	0
	128
	end 0
	END
}

@test "--saliency mixes the picture, made grey, with the map's colours" {
	for channels in 1 3; do
		mapped $channels 40 200 >m.trs
		cd-sheet --saliency --cell 16x16 m.trs >s.png
		# 64/256 of (0, 0, 4); 176/256 of (252, 255, 164); 120/256 of
		# (188, 55, 83)
		[ "$(pixels at 8 8 <s.png)" = "30 30 31" ]
		[ "$(pixels at 16 8 <s.png)" = "186 188 125" ]
		[ "$(pixels at 8 16 <s.png)" = "150 150 151" ]
		[ "$(pixels at 16 16 <s.png)" = "194 132 145" ]
		cd-batch -n 1 m.trs | cd-sheet --saliency --cell 16x16 |
			cmp - s.png
		cd-sheet --cell 16x16 m.trs >m.png
		[ "$(pixels at 16 8 <m.png)" = "40 40 40" ]
	done
	# colours become their luma
	squares | cd-text | sed '/^tensor label/,$d' >text
	printf '%s\n' 'tensor saliency u8 2 2 1' 0 0 0 0 'end 0' >>text
	cd-text -r <text | cd-sheet --saliency --cell 16x16 >s.png
	[ "$(pixels at 8 8 <s.png)" = "57 57 58" ]
	[ "$(pixels at 16 8 <s.png)" = "113 113 114" ]
	[ "$(pixels at 8 16 <s.png)" = "22 22 23" ]
}

@test "--saliency wants a map of the picture's size" {
	s=$(make_samples 3 16)
	fails_with 2 "record 0 (cat.0.jpg): no tensor 'saliency'" \
		cd-sheet --saliency "$s"
	mapped 3 1 2 | cd-augment --size 4x4 >m.trs
	fails_with 2 "m.trs: record 0 (m): 'saliency' is u8 [2,2,1], not that \
of a picture of 4x4 (height, width)" cd-sheet --saliency m.trs
	cd-batch -n 1 m.trs >b.trs
	fails_with 2 "b.trs: record 0: 'saliency' is u8 [1,2,2,1], not that" \
		cd-sheet --saliency b.trs
	cd-sheet m.trs >m.png
}

# graded: the pictures a to f as text, each one pixel of its own grey, cats.
graded() {
	local key n=0
	printf '%s\n' 'stream 1' 'head holds samples' 'head class cat' \
		'head class dog'
	for key in a b c d e f; do
		n=$((n + 10))
		printf '%s\n' "record SMPL 0 0 $key" 'tensor image u8 1 1 3' \
			"$n $n $n" 'tensor label i32' 0
	done
	echo 'end 0'
}

# greys PNG N: the greys of the first N pictures of a sheet of cells 16x16.
greys() {
	local i
	for i in $(seq 0 $(($2 - 1))); do
		pixels at $((12 + 24 * i)) 12 <"$1" | cut -d ' ' -f 1
	done | tr '\n' ' '
}

@test "--worst: those of the least probable labels, the worst first" {
	graded | cd-text -r >s.trs
	# e and b are equal: by key; c is the mean of two
	predictions "dog cat" e .6 .4 d .1 .9 b .6 .4 a .0 1 c .9 .1 c .1 .9 \
		f .95 .05 >p.trs
	set -- --cell 16x16 --predictions p.trs
	cd-sheet --worst 3 "$@" s.trs >three.png
	[ "$(pixels size <three.png)" = "80 65" ]
	[ "$(greys three.png 3)" = "60 20 50 " ]
	cd-sheet --worst 100 "$@" s.trs >all.png
	[ "$(greys all.png 6)" = "60 20 50 30 40 10 " ]
	# the order in which they come does not matter
	for key in e d c b a f; do
		cd-select --key $key s.trs
	done | cd-sheet --worst 3 "$@" | cmp - three.png
	cd-batch -n 6 s.trs | cd-sheet --worst 3 "$@" | cmp - three.png
	cd-sheet --worst 3 --cell 16x16 --predictions - s.trs <p.trs |
		cmp - three.png
	# the sheet is that of the same pictures, one by one
	for key in f b e; do
		cd-select --key $key s.trs
	done | cd-sheet "$@" | cmp - three.png
}

@test "--worst agrees with cd-eval" {
	s=$(make_samples 3 16)
	m=$(make_model 16)
	cd-predict --model "$m" "$s" >p.trs
	cd-augment --seed 2 --flip --shift 0.2 "$s" |
		cd-predict --model "$m" | cat - p.trs >both.trs
	cd-eval --worst 4 --tsv both.trs | awk -F '\t' '
		$1 == "worst" { print $2 }' >keys
	[ "$(wc -l <keys)" -eq 4 ]
	while read -r key; do
		cd-select --key "$key" "$s"
	done <keys | cd-sheet --predictions both.trs >want.png
	cd-sheet --worst 4 --predictions both.trs "$s" | cmp - want.png
}

@test "--worst with --saliency" {
	s=$(make_samples 3 16)
	m=$(make_model 16)
	cd-predict --model "$m" "$s" >p.trs
	cd-saliency --model "$m" "$s" >m.trs
	cd-eval --worst 1 --tsv p.trs | awk -F '\t' '
		$1 == "worst" { print $2 }' >key
	cd-select --key "$(cat key)" m.trs |
		cd-sheet --saliency --predictions p.trs >want.png
	cd-sheet --worst 1 --saliency --predictions p.trs m.trs |
		cmp - want.png
	cd-batch -n 6 m.trs |
		cd-sheet --worst 1 --saliency --predictions p.trs |
		cmp - want.png
}

@test "--worst: pictures that were not predicted are left out" {
	graded | cd-text -r >s.trs
	predictions "cat dog" d .1 .9 e .2 .8 >p.trs
	cd-sheet --worst 3 --cell 16x16 --predictions p.trs s.trs >s.png
	[ "$(pixels size <s.png)" = "56 65" ]
	[ "$(greys s.png 2)" = "40 50 " ]
	predictions "cat dog" z .1 .9 >z.trs
	fails_with 2 'cd-sheet: z.trs: none is for one of the pictures' \
		cd-sheet --worst 3 --predictions z.trs s.trs
	cd-select --class dog s.trs >none.trs
	cd-sheet --worst 3 --predictions p.trs none.trs >none.png
	[ "$(pixels size <none.png)" = "144 177" ]
}

@test "--worst: what is refused" {
	graded | cd-text -r >s.trs
	predictions "cat dog" a .1 .9 >p.trs
	fails_with 2 '--worst needs --predictions' cd-sheet --worst 3 s.trs
	fails_with 2 '--worst says how many are shown: no --count' \
		cd-sheet --worst 3 -n 3 --predictions p.trs s.trs
	fails_with 2 '--worst: 0 is not in 1 to' \
		cd-sheet --worst 0 --predictions p.trs s.trs
	graded | awk '/^tensor label/ { on = n++ == 2 } on-- > 0 { next }
		{ print }' | awk '/^0$/ && last !~ /label/ { next }
		{ last = $0; print }' | cd-text -r >bare.trs
	fails_with 2 'bare.trs: record 2 (c): no label: nothing to compare' \
		cd-sheet --worst 3 --predictions p.trs bare.trs
	graded | sed '/^tensor label/,/^0$/d' | cd-text -r >bare.trs
	cd-batch -n 6 bare.trs >batch.trs
	fails_with 2 'batch.trs: record 0: a: no label: nothing to compare' \
		cd-sheet --worst 3 --predictions p.trs batch.trs
	predictions "cow dog" a .1 .9 >cow.trs
	fails_with 2 "s.trs: record 0 (a): class 'cat' is unknown to the pred" \
		cd-sheet --worst 3 --predictions cow.trs s.trs
	predictions "cat dog" a .1 .5 >bad.trs
	fails_with 2 'bad.trs: record 0 (a): the probabilities add up to 0.6' \
		cd-sheet --worst 3 --predictions bad.trs s.trs
	head -c 300 p.trs >cut.trs
	fails_with 2 'cut.trs: ' cd-sheet --worst 3 --predictions cut.trs s.trs
}

@test "--worst keeps the contract" {
	predictions "cat dog" cat.1.jpg .1 .9 dog.0.jpg .5 .5 >p.trs
	filter_contract --text cd-sheet --worst 2 --predictions p.trs
}

@test "-o FILE: complete or not at all" {
	s=$(make_samples 3 16)
	cd-sheet "$s" >want.png
	cd-sheet -o s.png "$s"
	cmp s.png want.png
	head -c 1000 "$s" >cut.trs
	fails_with 2 "cut.trs" cd-sheet -o s.png cut.trs
	cmp s.png want.png
	fails_with 2 "cd-sheet: no/s.png: No such file or directory" \
		cd-sheet -o no/s.png "$s"
	[ "$(find . -name 's.png*' | wc -l)" -eq 1 ]
	cd-sheet -o /dev/stdout "$s" | cmp - want.png
}

@test "wrong usage is said" {
	s=$(make_samples 3 16)
	fails_with 2 "--cell: 8 is not in 16 to 65535" \
		cd-sheet --cell 8x8 "$s"
	fails_with 2 "--columns: " cd-sheet --columns 0 "$s"
	fails_with 2 "at most 32767 a side" cd-sheet -n 100000 "$s"
	fails_with 2 "standard input cannot be both --predictions and" \
		cd-sheet --predictions - <"$s"
	fails_with 2 "standard input cannot be both --predictions and" \
		cd-sheet --predictions - "$s" - <"$s"
}

@test "a picture of wrong form is named" {
	squares cat.0.jpg 2 >label.trs
	fails_with 2 "cd-sheet: label.trs: record 0 (cat.0.jpg): " \
		cd-sheet label.trs
	cd-text -r >deep.trs <<-END
	stream 1
	head holds samples
	record SMPL 0 0 deep
	tensor image u8 1 1 2
	1 2
	end 0
	END
	fails_with 2 "a picture of [1,1,2] cannot be shown" cd-sheet deep.trs
}

@test "pictures times classes are bounded" {
	local fit="--cell 16x16 --columns 200 --predictions p.trs s.trs"
	squares >s.trs
	predictions "$(seq -s ' ' 8000)" >p.trs
	fails_with 2 '8000 classes are too many for 3000 pictures' \
		cd-sheet -n 3000 $fit
	# allowed, but there is none for the picture
	fails_with 2 'p.trs: none is for a picture' cd-sheet -n 2000 $fit
}

@test "a terminal gets no PNG" {
	s=$(make_samples 3 16)
	script -qec "cd-sheet '$s'" /dev/null >said </dev/null || true
	grep -q "cd-sheet: standard output is a terminal" said
}

@test "--log: what was drawn, below the pictures it is for" {
	cd-augment --preset book --log-parameters log "$(make_samples 2 16)" \
		>a.trs
	cd-sheet a.trs >plain.png
	cd-sheet --log log a.trs >drawn.png
	[ "$(pixels size <drawn.png)" != "$(pixels size <plain.png)" ]
	# lines for other pictures, epochs and views make no difference
	sed '1!s/^[^\t]*/other/' log | sed 1d >others
	awk -F '\t' -v OFS='\t' '
	NR > 1 { $2 = 1; print; $2 = 0; $3 = 1; print }' log >>others
	cat log others >both
	cd-sheet --log both a.trs | cmp - drawn.png
	awk -F '\t' -v OFS='\t' 'NR == 2 { $4 = 77 } 1' log >turned
	cd-sheet --log turned a.trs >turned.png
	differ turned.png drawn.png
	# a stage before it may write the log; it is one of cd-batch's
	cd-batch -n 2 --mixup 1 --log-parameters mixed "$(make_samples 2 16)" |
		cd-sheet --log mixed >mixed.png
	# only those: an error
	{
		head -n 1 log
		cat others
	} >none
	fails_with 2 "none: no line is for a picture" cd-sheet --log none a.trs
	fails_with 2 "a.trs: line 1: is no log" cd-sheet --log a.trs a.trs
	echo wrong >>log
	fails_with 2 "log: line 6: a line has not 28" cd-sheet --log log a.trs
	fails_with 2 "missing: No such file" cd-sheet --log missing a.trs
	: >empty
	fails_with 2 "empty: is empty" cd-sheet --log empty a.trs
}

# cd-plot: what is drawn, from what, where to; gnuplot's failures.

load helper

setup() {
	scratch
	command -v gnuplot >/dev/null || skip "no gnuplot"
}

# history [N]: N epochs (4), validated every second one.
history() {
	local i
	printf 'epoch\tstep\tpictures\tloss\taccuracy\tvalidation_loss\t'
	printf 'validation_accuracy\tseconds\tlr\twaited\tsize\n'
	for ((i = 1; i <= ${1:-4}; i++)); do
		printf '%d\t%d\t10\t' $i $i
		printf '%s\t%s\t' "0.$((9 - i))" "0.$((4 + i))"
		if ((i % 2)); then
			printf -- '-\t-'
		else
			printf '7.5\t0.6%d' $i
		fi
		printf '\t1.0\t0.1\t0.000\t16x16\n'
	done
}

# predictions CLASSES < lines of KEY LABEL VALUE...
predictions() {
	local class key label values
	{
		printf '%s\n' 'stream 1' 'head holds predictions'
		for class in $1; do
			printf 'head class %s\n' "$class"
		done
		while read -r key label values; do
			echo "record PRED 0 0 $key"
			echo "tensor value f32 $(wc -w <<<"$values")"
			tr ' ' '\n' <<<"$values"
			printf '%s\n' 'tensor label i32' "$label"
		done
		echo 'end 0'
	} | cd-text -r
}

four() {
	predictions 'cat dog' <<-END
	a 1 .1 .9
	b 0 .1 .9
	c 1 .4 .6
	d 0 .8 .2
	END
}

# sound SVG: well-formed XML?
sound() {
	python3 -c 'import sys, xml.dom.minidom as m; m.parse(sys.argv[1])' "$1"
}

# texts SVG: what is written in it.
texts() {
	sed -n 's/.*<text>\(<tspan[^>]*>\)\{0,1\} *\([^<]*\).*/\2/p' "$1"
}

@test "keeps the contract of all commands that read streams" {
	four >p.trs
	contract_empty() {
		probe empty <"$in" >contract/in || return
		_run_bad "empty stream" contract/in "$@"
	}
	filter_contract --text --in p.trs cd-plot
}

@test "a history: training and validation, PNG, SVG and text" {
	history >h.tsv
	cd-plot h.tsv >h.png
	file h.png | grep -c 'PNG image data, 1280 x 520'
	cd-plot h.tsv -o h.svg
	sound h.svg
	for word in Accuracy Loss training validation epoch; do
		texts h.svg | grep -cx "$word"
	done
	cd-plot --text h.tsv >h.txt
	grep -c 'training \*\*\*\**validation ###' h.txt
	awk 'length > 79 { exit 1 } / $/ { exit 1 }' h.txt
	[ "$(wc -l <h.txt)" -lt 52 ]
	cd-plot -o h2.txt h.tsv
	cmp h.txt h2.txt
	cd-plot <h.tsv | cmp - h.png
	cat h.tsv | cd-plot | cmp - h.png
	cd-plot --svg -k history - <h.tsv | cmp - h.svg
}

# ordinates SVG: the least and the most y of the curves, and the frame's.
ordinates() {
	python3 - "$1" <<-'END'
	import re, sys
	t = open(sys.argv[1]).read()
	path = r"<path stroke[^>]* d='(M[^']* L[^']*)'"
	ys = [float(y) for d in re.findall(path, t)
	      for y in re.findall(r"[ML]-?[\d.]+,(-?[\d.]+)", d)]
	h = float(re.search(r'viewBox="0 0 \d+ (\d+)"', t)[1])
	print(min(ys) >= 0 and max(ys) <= h)
	END
}

@test "axes hold every value: a loss of 7.5, an accuracy of 0.05" {
	history | sed 's/\t0.5\t/\t0.05\t/' >h.tsv
	cd-plot --svg h.tsv >h.svg
	[ "$(ordinates h.svg)" = True ]
	# the marks of the axes go beyond
	texts h.svg | grep -cx 7
	texts h.svg | grep -cx 0.1
	cd-plot --svg --log h.tsv >log.svg
	texts log.svg | grep -cx 5
	texts log.svg | grep -cx 1
	run -1 cmp -s h.svg log.svg
	# that of a loss begins at 0 unless this would flatten the curves
	texts h.svg | grep -cx 0
	history | awk -F '\t' -v OFS='\t' 'NR > 1 { $4 = $4 / 100 + 0.6 }
		NR > 1 && $6 != "-" { $6 = 0.65 } 1' | cd-plot --svg >flat.svg
	run ! grep -qx 0 <(texts flat.svg)
	[ "$(ordinates flat.svg)" = True ]
	# a loss of 0 has a place on a logarithmic axis
	history | sed 's/\t0.8\t/\t0.000000\t/' | cd-plot --svg --log >zero.svg
	[ "$(ordinates zero.svg)" = True ]
	texts zero.svg | grep -c '1e-06'
}

@test "histories without validation, of one epoch, being written" {
	history 1 | cd-plot --svg >one.svg
	texts one.svg | grep -cx training
	[ "$(texts one.svg | grep -cx validation || true)" -eq 0 ]
	history 4 >h.tsv
	cd-plot --svg h.tsv >h.svg
	{ cat h.tsv; printf '5\t5\t10\t0.4'; } | cd-plot --svg | cmp - h.svg
	# columns are found by name
	awk -F '\t' -v OFS='\t' '{ print "x", $5, $7, $6, $4, $1 }' h.tsv |
		cd-plot --svg | cmp - h.svg
}

@test "several runs in one picture, by name" {
	mkdir one two
	history 4 >one/a.tsv
	history 3 >two/b.tsv
	cp two/b.tsv two/a.tsv
	cd-plot --svg one/a.tsv two/b.tsv >ab.svg
	texts ab.svg | grep -cx 'a: validation'
	texts ab.svg | grep -cx 'b: training'
	# alike: with the folder
	cd-plot --svg one/a.tsv two/a.tsv >aa.svg
	texts aa.svg | grep -cx 'one/a.tsv: validation'
	texts aa.svg | grep -cx 'two/a.tsv: validation'
}

@test "nothing that is read is overwritten" {
	history >h1.tsv
	history 3 >h2.tsv
	cp h1.tsv want
	# the script that this command replaced took the first for its output
	cd-plot --text h1.tsv h2.tsv >out
	cmp h1.tsv want
	fails_with 2 'h1.tsv: --output and an input are one file' \
		cd-plot -o h1.tsv h1.tsv
	ln h1.tsv link.png
	fails_with 2 'are one file' cd-plot -o link.png h1.tsv
	cmp h1.tsv want
}

@test "ROC: ties are one step, the area is that of cd-eval" {
	four >p.trs
	cd-plot --kind roc --svg p.trs >roc.svg
	# of four pairs two are right, one tied
	texts roc.svg | grep -cx 'dog, area 0.625'
	cd-eval --tsv p.trs | grep -x 'auc.0.625'
	# the curve: (0,0) (.5,.5) (.5,1) (1,1)
	python3 - roc.svg <<-'END'
	import re, sys
	t = open(sys.argv[1]).read()
	t = t[t.index("dog, area"):]
	d = [p for p in re.findall(r"M[^M']*", t) if p.count("L") == 3][0]
	xy = [tuple(map(float, p)) for p in re.findall(r"([\d.]+),([\d.]+)", d)]
	x = [(a - xy[0][0]) / (xy[-1][0] - xy[0][0]) for a, b in xy]
	y = [(b - xy[0][1]) / (xy[-1][1] - xy[0][1]) for a, b in xy]
	want = ([0, .5, .5, 1], [0, .5, 1, 1])
	print(x, y)
	assert all(abs(a - b) < .001 for a, b in zip(x + y, want[0] + want[1]))
	END
	cd-plot --kind precision-recall --svg p.trs >pr.svg
	# 1/2 1/2 + 1/2 2/3
	texts pr.svg | grep -cx 'dog, average precision 0.583'
	# .2: 0 of 1; .6: 1 of 1; .9: 1 of 2
	cd-plot --kind reliability --svg p.trs >r.svg
	texts r.svg | grep -cx 'dog, calibration error 0.350'
	# the grey lines: the diagonal, and the share of the class
	grey='s/.*dasharray.* d=.M[0-9.]*,\([0-9.]*\) L[0-9.]*,\([0-9.]*\) .*/'
	for chart in roc r pr; do
		sed -n "$grey\1 \2/p" $chart.svg
	done | awk '{ print ($1 == $2 ? "level" : "rises") }' |
		paste -s -d ' ' | grep -cx 'rises rises level'
}

@test "predictions: all four; a confusion, as text too" {
	four >p.trs
	cd-plot --svg p.trs >all.svg
	for word in 'ROC curve' 'Precision and recall' Reliability Confusion \
		'true class' cat; do
		texts all.svg | grep -cx "$word"
	done
	[ "$(grep -c '<image' all.svg)" -eq 0 ]
	cd-plot -k confusion --text p.trs >got
	cd-eval p.trs | sed -n '/^confusion/,/^$/p' | sed '$d' | diff - got
	cd-plot -k confusion p.trs -o c.png
	file c.png | grep -c 'PNG image data, 640 x 520'
	cd-plot -k predictions --text p.trs | tail -4 | diff - got
}

@test "more than two classes: each against the rest; many: their mean" {
	predictions 'cat dog owl' >p.trs <<-END
	a 0 .7 .2 .1
	b 1 .2 .7 .1
	c 2 .5 .1 .4
	d 0 .4 .3 .3
	END
	cd-plot -k roc --svg p.trs >roc.svg
	texts roc.svg | grep -c '^cat, area 0.750$'
	texts roc.svg | grep -c '^dog, area 1.000$'
	texts roc.svg | grep -c '^owl, area 1.000$'
	classes=$(seq -s ' ' 20)
	for i in $(seq 0 19); do
		echo "k$i $i $(for j in $(seq 0 19); do
			[ "$i" -ne "$j" ] && echo 0 || echo 1
		done | tr '\n' ' ')"
	done | predictions "$classes" >many.trs
	cd-plot -k roc --svg many.trs >many.svg
	texts many.svg | grep -cx '20 curves, mean area 1.000'
	# two sets: by file
	four >one.trs
	four >two.trs
	cd-plot -k roc --svg one.trs two.trs >two.svg
	texts two.svg | grep -cx 'one: dog, area 0.625'
	texts two.svg | grep -cx 'two: dog, area 0.625'
	fails_with 2 'confusion: one file' cd-plot -k confusion one.trs two.trs
}

@test "names are data, not commands" {
	local odd="'; system \"touch pwned\" # \`touch pwned\` @x \$y <&>"
	history >"$odd.tsv"
	history >CD_END.tsv
	cd-plot --svg "$odd.tsv" CD_END.tsv >h.svg
	[ ! -e pwned ]
	sound h.svg
	texts h.svg | grep -cF '; system'
	texts h.svg | grep -cx 'CD_END: training'
	printf '%s\n' 'stream 1' 'head holds predictions' \
		"head class a\`touch pwned\`'\"<&>" 'head class \xffé' \
		'record PRED 0 0 a' 'tensor value f32 2' .3 .7 \
		'tensor label i32' 1 'record PRED 0 0 b' 'tensor value f32 2' \
		.6 .4 'tensor label i32' 0 'end 0' | cd-text -r >p.trs
	cd-plot --svg p.trs >p.svg
	sound p.svg
	[ ! -e pwned ]
	texts p.svg | grep -cF '\xff'
}

@test "the same input gives the same bytes, whatever the time" {
	history >h.tsv
	four >p.trs
	for how in --svg --text ''; do
		cd-plot $how h.tsv >h1
		TZ=Asia/Tokyo HOME=$PWD cd-plot $how h.tsv | cmp - h1
		cd-plot $how p.trs >p1
		cd-plot $how p.trs | cmp - p1
	done
	# no start-up file of the user's
	echo 'set output "stolen"' >.gnuplot
	HOME=$PWD cd-plot --text h.tsv >h2
	cd-plot --text h.tsv | cmp - h2
	[ ! -e stolen ]
}

@test "a terminal gets text, and no picture" {
	history >h.tsv
	cd-plot --text h.tsv >want
	script -qec "cd-plot h.tsv" /dev/null </dev/null | tr -d '\r' |
		diff - want
	script -qec "cd-plot --svg h.tsv" /dev/null >said </dev/null || true
	grep -c "standard output is a terminal" said
}

@test "gnuplot missing or failing: one line, status 2, nothing written" {
	history >h.tsv
	mkdir bin
	ln -s "$CD_BIN/cd-plot" bin
	fails_with 2 "cd-plot: gnuplot is not installed" \
		env PATH="$PWD/bin" cd-plot -o h.png h.tsv
	[ "$(wc -l <fails.err)" -eq 1 ]
	printf '#!/bin/sh\necho "line 3: no such terminal" >&2\nexit 1\n' \
		>bin/gnuplot
	chmod +x bin/gnuplot
	fails_with 2 "cd-plot: gnuplot: line 3: no such terminal" \
		env PATH="$PWD/bin:$PATH" cd-plot -o h.png h.tsv
	printf '#!/bin/sh\nkill -KILL $$\n' >bin/gnuplot
	fails_with 2 "cd-plot: gnuplot was ended by signal 9" \
		env PATH="$PWD/bin:$PATH" cd-plot -o h.png h.tsv
	printf '#!/bin/sh\n' >bin/gnuplot
	fails_with 2 "ended with status 0 and drew nothing" \
		env PATH="$PWD/bin:$PATH" cd-plot -o h.png h.tsv
	[ ! -e h.png ]
	[ "$(find . -name 'h.png*' | wc -l)" -eq 0 ]
}

@test "what is refused" {
	history >h.tsv
	four >p.trs
	fails_with 2 'none.tsv: No such file' cd-plot none.tsv
	history 0 >empty.tsv
	fails_with 2 'empty.tsv: no epoch in it yet' cd-plot empty.tsv
	echo hello >x.tsv
	fails_with 2 "x.tsv: not a history of training: no column 'epoch'" \
		cd-plot x.tsv
	sed '3s/0.7/high/' h.tsv >x.tsv
	fails_with 2 "x.tsv: line 3: loss: 'high' is no number" cd-plot x.tsv
	sed '3s/\t10//' h.tsv >x.tsv
	fails_with 2 "x.tsv: line 3: 10 columns, not 11" cd-plot x.tsv
	awk -F '\t' -v OFS='\t' 'NR > 1 { $4 = $5 = $6 = $7 = "-" } 1' h.tsv \
		>x.tsv
	fails_with 2 "x.tsv: nothing to draw" cd-plot x.tsv
	fails_with 2 'p.trs: not a history' cd-plot h.tsv p.trs
	fails_with 2 'log is for histories' cd-plot --log p.trs
	fails_with 2 'one of them' cd-plot --svg --text h.tsv
	fails_with 2 'say by --kind what it holds' cd-plot <(cat h.tsv)
	cd-plot -k history --svg <(cat h.tsv) >h.svg
	fails_with 2 'does not hold predictions' cd-plot "$(make_samples 3 16)"
	cd-text p.trs | sed '/^tensor label/,+1d' | cd-text -r >bare.trs
	fails_with 2 'bare.trs: ' cd-plot bare.trs
	predictions 'cat dog' <<<'a 1 .1 .9' >one.trs
	fails_with 2 'one.trs: nothing to draw' cd-plot -k roc one.trs
	cd-plot one.trs >one.png
}

@test "rates: the table of a learning rate range test" {
	local i
	{
		printf 'step\trate\tloss\tsmoothed\n'
		for i in 1 2 3; do printf '%d\t1e-%d\t.5\t0.25\n' $i $i; done
	} >r.tsv
	cd-plot --text r.tsv >told
	grep "Learning rate range test" told
	grep "smoothed" told
	cd-plot --text <r.tsv | cmp - told
	cd-plot -k rates --svg r.tsv | grep ">0.001<"
	cd-plot r.tsv r.tsv -o both.png
	# one step that leaps does not flatten the curve
	sed '2s/\t\.5\t/\t500\t/' r.tsv >leaps.tsv
	cd-plot --svg r.tsv | texts /dev/stdin >marks
	cd-plot --svg leaps.tsv | texts /dev/stdin | diff marks -
	head -n 1 r.tsv >empty.tsv
	fails_with 2 "empty.tsv: no steps in it" cd-plot empty.tsv
	echo 4 >>r.tsv
	fails_with 2 "r.tsv: line 5: a line has not 4 columns" cd-plot r.tsv
	fails_with 2 "is no table of cd-train --lr-test" cd-plot -k rates told
}

# What a file of n bytes may cost: long repetitions, of each kind, in each
# command. Fuzzers do not find these, as their inputs are small.
load helper
load training

# quick CMD...: in at most 10 s, and at most 2 s a MB of $size.
quick() {
	local start=$EPOCHREALTIME ms
	"$@" >quick.out 2>quick.err || true
	ms=$(((${EPOCHREALTIME/./} - ${start/./}) / 1000))
	[ "$ms" -le $((500 + 2 * size / 1000)) ] ||
		{ echo "$ms ms for $size bytes: $*"; return 1; }
}

# lines N TEXT: so many, with their numbers in the place of &.
lines() {
	seq "$1" | sed "s/.*/$2/"
}

@test "long headers, nets, tables and lists cost no more than their bytes" {
	local n f
	! sanitized || skip "a sanitizer takes its time"
	start
	s=$(make_samples 2 16)
	cd-predict --model m.trs "$s" >p.trs
	for n in 10000 60000; do
		# a model of many empty net lines
		cd-text m.trs | awk -v n="$n" '{ print } /^head holds/ {
			for (i = 0; i < n; i++) print "head net " }' |
			cd-text -r >net.trs 2>err || true
		# provenance without end
		cd-text m.trs | awk -v n="$n" '{ print } /^head holds/ {
			for (i = 0; i < n; i++) print "head data x" }' |
			cd-text -r >data-lines.trs
		# as many classes
		cd-text "$s" | awk -v n="$n" '
			{ print } /^head class dog/ {
			for (i = 0; i < n; i++) print "head class " i }' |
			cd-text -r >classes.trs
		for f in net.trs data-lines.trs classes.trs; do
			[ -s "$f" ] || continue
			size=$(stat -c %s "$f")
			for c in cd-info cd-select cd-stat cd-shuffle \
				"cd-batch -n 2" \
				"cd-augment --flip" "cd-cmp $f" "cd-text" \
				"cd-sheet -n 2" "cd-select --class dog" \
				"cd-predict --model $f $s" \
				"cd-eval --model m.trs" \
				"cd-train -q -n 2 data.trs $f" \
				"cd-train -q -n 2 $f m.trs"; do
				# shellcheck disable=SC2086
				quick $c "$f"
			done
		done
	done
	# predictions of 60002 classes, for one picture
	cd-text classes.trs | awk '
		/^head holds/ { print "head holds predictions"; next }
		/^record/ { exit }
		{ print }
		END {
			print "record PRED 0 0 a.jpg"
			print "tensor value f32 60002"
			printf "1"
			for (i = 1; i < 60002; i++) printf " 0"
			print ""
			print "tensor label i32"
			print "0"
			print "end 0"
		}' | cd-text -r >many.trs
	size=$(stat -c %s many.trs)
	for c in cd-eval "cd-eval --tsv" cd-average \
		"cd-eval --against many.trs"; do
		# shellcheck disable=SC2086
		quick $c many.trs
		[ -s quick.out ]
	done
}

@test "a net text costs no more than its bytes, however it repeats itself" {
	! sanitized || skip "a sanitizer takes its time"
	{
		echo 'input 16 16 3'
		echo 'define d'
		lines 31000 ''
		echo 'relu'
		echo 'end'
		lines 1000 d
		printf 'flatten\ndense 1\nloss logistic\n'
	} >blank.net
	size=$(stat -c %s blank.net)
	quick cd-init --summary blank.net
	grep -q 'relu1000' quick.out
	{
		echo 'input 16 16 3'
		lines 4000 'define a&'
	} >defines.net
	size=$(stat -c %s defines.net)
	quick cd-init --summary defines.net
}

@test "lists of many lines cost no more than their bytes" {
	! sanitized || skip "a sanitizer takes its time"
	local n=1000000
	s=$(make_samples 2 16)
	lines $n 'k&' >keys
	size=$(stat -c %s keys)
	quick cd-select --keys keys --invert "$s"
	lines $n 'k&	cat' >table
	drawn 1
	size=$(stat -c %s table)
	quick cd-decode --labels table photos
	lines 20000 'no\/such\/&.jpg' >list
	size=2000000
	quick cd-decode --on-error skip <list
	{
		printf 'stream 1\nhead holds samples\n'
		lines $n 'head x &'
		echo 'end 0'
	} >long.txt
	size=$(stat -c %s long.txt)
	quick cd-text -r long.txt
}

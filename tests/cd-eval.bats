load helper

# predictions LINE ...: a stream of "KEY P(dog) [LABEL]" lines; P and LABEL as
# numbers.
predictions() {
	{
		printf '%s\n' 'stream 1' 'head holds predictions' \
			'head class cat' 'head class dog'
		printf '%s\n' "$@" | awk 'NF > 0 {
			print "record PRED 0 0 " $1
			print "tensor value f32 2"
			print 1 - $2, $2
			if (NF > 2) print "tensor label i32\n" $3 }'
		echo 'end 0'
	} | cd-text -r
}

# Three cats, two dogs: one of each is wrong.
five() {
	predictions 'a 0.25 0' 'b 0.75 0' 'c 0.125 0' 'd 0.875 1' 'e 0.375 1'
}

# An empty stream has nothing to evaluate: so the contract's other parts, which
# take these variables, one by one.
# shellcheck disable=SC2034,SC2086
@test "cd-eval keeps what filters promise" {
	mkdir contract
	five >five.trs
	name=cd-eval in=five.trs text=1 unknown=
	contract_usage cd-eval
	local extra
	for extra in '' --tsv '--worst 3'; do
		contract_good cd-eval $extra
		contract_unknown cd-eval $extra
		contract_bad cd-eval $extra
		contract_cut cd-eval $extra
		contract_output cd-eval $extra
	done
	in=$(make_samples 3 16)
	contract_good cd-eval --model "$(make_model 16)"
	contract_cut cd-eval --model "$(make_model 16)"
}

@test "the report, for people" {
	five | cd-eval --worst 2 >out
	diff - out <<-END
	pictures  5
	accuracy  0.6000  (95 % interval 0.2307 to 0.8824)
	log loss  0.5844
	ROC AUC   0.8333
	balanced  0.5833  (mean recall of the classes)
	macro F1  0.5833

	confusion (row: true class, column: predicted)
	                         cat         dog
	cat                        2           1
	dog                        1           1

	class               pictures   precision      recall          F1
	cat                        3      0.6667      0.6667      0.6667
	dog                        2      0.5000      0.5000      0.5000

	worst: key, true class, predicted, p(true class)
	b	cat	dog	0.250000
	e	dog	cat	0.375000
	END
}

@test "the report, for programs" {
	five | cd-eval --tsv --worst 1 >out
	# log loss: the mean of -ln of .75, .25, .875, .875, .375
	diff - <(sed 's/\(0\.[0-9]\{9\}\)[0-9]*/\1/' out) <<-END
	n	5
	accuracy	0.6
	accuracy_low	0.230724281
	accuracy_high	0.882379225
	log_loss	0.584373694
	auc	0.833333333
	balanced_accuracy	0.583333333
	macro_f1	0.583333333
	precision/cat	0.666666666
	recall/cat	0.666666666
	f1/cat	0.666666666
	precision/dog	0.5
	recall/dog	0.5
	f1/dog	0.5
	confusion/cat/cat	2
	confusion/cat/dog	1
	confusion/dog/cat	1
	confusion/dog/dog	1
	worst	b	cat	dog	0.250000
	END
}

@test "what is not defined" {
	predictions 'a 0.25 0' 'b 0.125 0' >in.trs
	cd-eval --tsv in.trs >out
	grep -x "$(printf 'auc\tnan')" out
	grep -x "$(printf 'precision/dog\tnan')" out
	grep -x "$(printf 'recall/dog\tnan')" out
	grep -x "$(printf 'f1/dog\tnan')" out
	grep -x "$(printf 'accuracy_high\t1')" out
	cd-eval in.trs >out
	grep -x 'ROC AUC   -' out
	grep -x 'dog  *0  *-  *-  *-' out
	run ! grep 'never predicted' out # there are none
	predictions 'a 0.25 0' 'b 0.125 1' | cd-eval >out
	grep -x 'never predicted: dog' out
	run -1 cd-eval --require auc=0 in.trs
	[[ $output == *'auc is nan, required: at least 0'* ]]
}

@test "predictions that share a key are averaged" {
	five >one.trs
	predictions 'b 0 0' 'e 0.875' >two.trs
	predictions 'a 0.25 0' 'b 0.375 0' 'c 0.125 0' 'd 0.875 1' \
		'e 0.625 1' | cd-eval --tsv --worst 5 >want
	cat one.trs two.trs | cd-eval --tsv --worst 5 | diff want -
	cd-eval --tsv --worst 5 one.trs two.trs | diff want -
	grep -x "$(printf 'accuracy\t1')" want
	# all twice: the same
	cd-eval one.trs >want
	cat one.trs one.trs | cd-eval | diff want -
}

@test "the most wrong, equals by key" {
	predictions 'b 0.5 1' 'a 0.5 0' 'c 0.25 1' >in.trs
	cd-eval --tsv --worst 2 in.trs | grep ^worst |
		diff - <(printf 'worst\t%s\t%s\tcat\t%s\n' c dog 0.250000 \
		a cat 0.500000)
	[ "$(cd-eval --tsv --worst 99 in.trs | grep -c ^worst)" -eq 3 ]
}

@test "requirements are answered by the status" {
	five >in.trs
	cd-eval --require accuracy=0.6 --require log_loss=0.6 \
		--require f1/cat=0.66 in.trs >out 2>err
	[ ! -s err ]
	diff out <(cd-eval in.trs)
	fails_with 1 'cd-eval: accuracy is 0.6, required: at least 0.61' \
		cd-eval --require accuracy=0.61 in.trs
	# the figures are printed all the same
	diff fails.out out
	fails_with 1 'cd-eval: log_loss is 0.584374, required: at most 0.58' \
		cd-eval --require log_loss=0.58 --require accuracy=0.1 in.trs
	fails_with 2 "there is no metric 'accurracy'" \
		cd-eval --require accurracy=0.5 in.trs
	fails_with 2 'metric=value is wanted' cd-eval --require accuracy in.trs
	fails_with 2 "'x' is not a number" cd-eval --require accuracy=x in.trs
}

@test "predictions that cannot be evaluated" {
	fails_with 2 'no predictions to evaluate' cd-eval < <(predictions)
	predictions 'a 0.5 1' 'b 0.5' >in.trs
	fails_with 2 'cd-eval: b: no label' cd-eval in.trs
	predictions 'a 0.5 1' 'a 0.5 0' >in.trs
	fails_with 2 'in.trs: record 1 (a): label 0, but the key came with'\
' label 1' cd-eval in.trs
	predictions 'a 1.5 1' >in.trs
	fails_with 2 'in.trs: record 0 (a): probability 0 is -0.5, not in 0' \
		cd-eval in.trs
	predictions 'a 0.5 2' >in.trs
	fails_with 2 'record 0 (a): label 2, but the header has 2 classes' \
		cd-eval in.trs
	predictions 'a 0.5 1' | cd-text | sed 's/^0.5 0.5/0.5 0.6/' |
		cd-text -r >in.trs
	fails_with 2 'record 0 (a): the probabilities add up to 1.1, not 1' \
		cd-eval in.trs
	predictions 'a 0.5 1' | cd-text | sed '/head class/d' |
		cd-text -r >in.trs
	fails_with 2 'the header names 0 classes' cd-eval in.trs
	fails_with 2 'the stream holds samples; wanted: predictions' \
		cd-eval "$(make_samples 3 16)"
}

@test "three classes" {
	{
		printf '%s\n' 'stream 1' 'head holds predictions' \
			'head class cat' 'head class dog' 'head class emu'
		printf '%s\n' 'a 0.5 0.25 0.25 0' 'b 0.25 0.5 0.25 1' \
			'c 0.25 0.5 0.25 2' | awk '{
			print "record PRED 0 0 " $1
			print "tensor value f32 3"
			print $2, $3, $4
			print "tensor label i32\n" $5 }'
		echo 'end 0'
	} | cd-text -r | cd-eval --tsv >out
	# areas: cat 1, dog 0.75, emu 0.5
	grep -x "$(printf 'auc\t0.75')" out
	grep -x "$(printf 'confusion/emu/dog\t1')" out
	grep -x "$(printf 'precision/emu\tnan')" out
	grep -x "$(printf 'recall/emu\t0')" out
}

@test "--model predicts as cd-predict does" {
	local model samples
	model=$(make_model 16)
	samples=$(make_samples 3 16)
	cd-predict --model "$model" "$samples" | cd-eval --worst 6 >want
	cd-eval --model "$model" --worst 6 "$samples" | diff want -
	cd-batch -n 4 "$samples" | cd-eval --model "$model" -j 2 --worst 6 |
		diff want -
	# what one key is labelled in two records is blamed on the key
	cd-text "$samples" | sed 's/dog.1.jpg/cat.1.jpg/' | cd-text -r >in.trs
	fails_with 2 'cd-eval: cat.1.jpg: label 1, but the key came with' \
		cd-eval --model "$model" in.trs
	fails_with 2 'wanted: samples or batches' cd-eval --model "$model" \
		<(five)
	fails_with 2 'nowhere.trs: No such file' cd-eval --model nowhere.trs \
		"$samples"
}

# against BOTH FIRST SECOND NEITHER: one.trs and two.trs, of so many pictures.
against() {
	local lines
	awk -v n="$1 $2 $3 $4" 'BEGIN {
		split(n, count, " ")
		for (i = 1; i <= 4; i++) for (k = 0; k < count[i]; k++)
			print i "." k, i < 3 ? 1 / 4 : 3 / 4,
				i % 2 ? 1 / 8 : 7 / 8
	}' >lines
	mapfile -t lines < <(awk '{ print $1, $2, 0 }' lines)
	predictions "${lines[@]}" >one.trs
	# without labels, in another order
	mapfile -t lines < <(awk '{ print $1, $3 }' lines | sort -r)
	predictions "${lines[@]}" >two.trs
}

# The exact p by integers, the interval from its paper: apart from ours.
oracle() {
	python3 - "$@" <<-'END'
	import sys
	from fractions import Fraction
	from math import comb, sqrt
	a, b, c, d = map(int, sys.argv[1:])
	n, k, m = a + b + c + d, b + c, min(b, c)
	P = [Fraction(comb(k, i), 2 ** k) for i in range(m + 1)]
	def wilson(x, z=1.959963984540054):
	    mid = (x + z * z / 2) / (n + z * z)
	    half = z / (n + z * z) * sqrt(x * (n - x) / n + z * z / 4)
	    return x / n, mid - half, mid + half
	(p, pl, pu), (q, ql, qu) = wilson(a + b), wilson(a + c)
	A, B = (a + b) * (c + d) * (a + c) * (b + d), a * d - b * c
	C = B - n / 2 if B > n / 2 else min(B, 0)
	f = C / sqrt(A) if A else 0
	root = lambda x, y: sqrt(x * x - 2 * f * x * y + y * y)
	print('difference_low %.9f' % (p - q - root(p - pl, qu - q)))
	print('difference_high %.9f' % (p - q + root(pu - p, q - ql)))
	print('mcnemar_p %.9f' % min(1, 2 * sum(P)))
	print('mcnemar_mid_p %.9f' % (2 * sum(P[:-1]) + P[-1]))
	END
}

@test "--against: two models on the same pictures" {
	command -v python3 >/dev/null || skip "no python3"
	# airway hyper-responsiveness, Bentur et al. (2009): 2 (1 + 8) / 256,
	# and 2 * 1 / 256 + 8 / 256
	against 1 1 7 12
	cd-eval --against two.trs --tsv one.trs >out
	grep -A 99 '^both_right' out | sed 's/\(0\.[0-9]\{6\}\)[0-9]*/\1/' |
		diff - <(cat <<-END
	both_right	1
	only_this	1
	only_that	7
	both_wrong	12
	against_accuracy	0.380952
	difference	-0.285714
	difference_low	-0.506920
	difference_high	-0.025559
	mcnemar_p	0.070312
	mcnemar_mid_p	0.039062
	END
	)
	cd-eval --against two.trs one.trs | tail -8 >out
	diff - out <<-END

	against two.trs, of accuracy 0.3810
	both right  1
	only this   1
	only that   7
	both wrong  12
	difference  -0.2857  (95 % interval -0.5069 to -0.0256)
	McNemar     p 0.07031, mid-p 0.03906
	END
	for table in '1 1 7 12' '36 12 2 0' '14 5 0 22' '5 3 3 1' '4 0 0 2' \
		'60 30 9 21' '0 1 0 0' '3 0 0 0'; do
		# shellcheck disable=SC2086
		against $table
		# shellcheck disable=SC2086
		oracle $table >want
		cd-eval --against two.trs --tsv one.trs |
			awk '$1 ~ /^(difference_|mcnemar)/ {
				printf "%s %.9f\n", $1, $2 }' |
			sed 's/-0\.0*$/0.000000000/' >got
		sed -i 's/-0\.0*$/0.000000000/' want
		paste -d ' ' want got | awk '{ d = $2 - $4 }
			$1 != $3 || d > 2e-9 || d < -2e-9 { print; bad = 1 }
			END { exit bad || NR != 4 }'
	done
}

@test "--against: requirements, classes by name, keys that differ" {
	against 36 12 2 0
	cd-eval --against two.trs --require difference=0.2 \
		--require difference_low=0.05 one.trs
	run -1 cd-eval --against two.trs --require difference_low=0.06 one.trs
	[[ $output == *'difference_low is 0.0569'*': at least 0.06'* ]]
	cd-eval --against two.trs --tsv one.trs >want
	cd-text two.trs | sed '/^head class/d
		s/^head holds.*/&\nhead class dog\nhead class cat/' |
		awk 'turn { print $2, $1; turn = 0; next }
			/^tensor value/ { turn = 1 } 1' | cd-text -r >turned.trs
	cd-eval --against turned.trs --tsv one.trs | diff want -
	cd-select --key '1.*' two.trs >few.trs
	fails_with 2 '2.0: a prediction in one.trs, not in few.trs' \
		cd-eval --against few.trs one.trs
	cd-select --key '1.*' one.trs >some.trs
	fails_with 2 ': a prediction in two.trs, not in some.trs' \
		cd-eval --against two.trs some.trs
	predictions '1.0 0.5 1' >odd.trs
	fails_with 2 '1.0: another label in odd.trs' \
		cd-eval --against odd.trs some.trs
	fails_with 2 'samples-3-16.trs: the stream does not hold predictions' \
		cd-eval --against "$(make_samples 3 16)" one.trs
}

@test "--top, balanced accuracy and macro F1 by hand" {
	{
		printf '%s\n' 'stream 1' 'head holds predictions' \
			'head class a' 'head class b' 'head class c' \
			'head class d'
		# true class, then four probabilities; d has no pictures
		printf '%s\n' '0 .5 .25 .125 .125' '0 .125 .5 .25 .125' \
			'1 .25 .25 .25 .25' '2 0 0 .5 .5' '2 .5 .25 0 .25' |
			awk '{ print "record PRED 0 0 " NR
				print "tensor value f32 4"
				print $2, $3, $4, $5
				print "tensor label i32\n" $1 }'
		echo 'end 0'
	} | cd-text -r >in.trs
	# predicted: 0 1 0 2 0; F1 of a: 2/5, of b: 0, of c: 2/3; d has none
	cd-eval --tsv in.trs >out
	awk '$1 == "balanced_accuracy" && sqrt(($2 - 1 / 3) ^ 2) < 1e-9 { n++ }
		$1 == "macro_f1" && sqrt(($2 - 16 / 45) ^ 2) < 1e-9 { n++ }
		$1 ~ /^top/ { n = 99 }
		END { exit n != 2 }' out
	# ranks from 0, of equals the first: 0 2 1 0 3
	for want in '1 0.4' '2 0.6' '3 0.8' '4 1'; do
		set -- $want
		cd-eval --tsv --top "$1" in.trs |
			grep -x "$(printf 'top_%s_accuracy\t%s' "$1" "$2")"
	done
	cd-eval --top 3 in.trs | grep -x 'in top    0.8000  (of 3 classes)'
	run -1 cd-eval --top 2 --require top_2_accuracy=0.7 in.trs
	fails_with 2 '--top 5: there are 4 classes' cd-eval --top 5 in.trs
}

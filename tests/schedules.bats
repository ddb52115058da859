load helper
load training

# What cd-train does as the run goes on: schedules, time, stages of size,
# averages; and that all of it goes on where it stopped.

# The tiny net's dense layer takes what is left of 16x16 and of 17x17 alike.
all_options=(--optimizer adamw --lr 0.01 --weight-decay 0.1 --schedule cosine
	--warm-up 0.3 --average 0.9 --clip 0.5 --label-smoothing 0.1
	--class-weights dog=2 "--stages=17:0.4,16" --seed 3)

@test "usage: what does not fit together" {
	fails_with 2 "--budget: '0' is no time to train in" \
		cd-train --budget 0 m.trs
	fails_with 2 "--budget: 'soon' is no time: such as 900, 15m" \
		cd-train --budget soon m.trs
	fails_with 2 "--schedule: 'poly' is not constant, linear, cosine or" \
		cd-train --schedule poly m.trs
	fails_with 2 "--schedule step needs --step-at" \
		cd-train --schedule step m.trs
	fails_with 2 "--step-at needs --schedule step" \
		cd-train --step-at 0.5 m.trs
	fails_with 2 "0.3 is not behind the warm-up, the first 0.5 of" \
		cd-train --schedule step --step-at 0.3 --warm-up 0.5 m.trs
	fails_with 2 "--step-at: 1.5 is not in 0 to 1" \
		cd-train --schedule step --step-at 0.5,1.5 m.trs
	fails_with 2 "--warm-up: 1 is not in" cd-train --warm-up 1 m.trs
	fails_with 2 "stage 2 leaves the run: the shares add up to 1.2 and" \
		cd-train --stages 64:0.6,96:0.6 m.trs
	fails_with 2 "--stages: 0 is not in 1 to 65535" \
		cd-train --stages 0x16 m.trs
	fails_with 2 "--average: 1 is not in" cd-train --average 1 m.trs
	fails_with 2 "--clip: 0 is not in" cd-train --clip 0 m.trs
}

@test "a schedule needs the run's length, or a budget" {
	start
	cd-text data.trs | sed '/^head epochs/d' | cd-text -r >endless.trs
	for o in "--schedule linear" "--warm-up 0.1" "--stages 16:0.5,16"; do
		# shellcheck disable=SC2086 # words
		fails_with 2 "does not tell how many epochs and records" \
			cd-train -q -n 4 $o m.trs <endless.trs
	done
	cd-train -q -n 4 --stages 16 m.trs <endless.trs
}

@test "the rate of the history is the schedule's" {
	start
	rates() {
		cp "$(make_model 16)" m.trs
		cd-train -q -n 4 --lr 0.5 --history h.tsv "$@" m.trs <data.trs
		column h.tsv 9 | paste -sd ' '
	}
	[ "$(rates)" = "0.5 0.5 0.5 0.5" ]
	[ "$(rates --schedule linear)" = "0.375 0.25 0.125 0" ]
	[ "$(rates --schedule linear --warm-up 0.5)" = "0.25 0.5 0.25 0" ]
	[ "$(rates --schedule cosine)" = "0.426777 0.25 0.0732233 0" ]
	[ "$(rates --schedule step --step-at 0.5,0.7 --step-factor 0.2)" = \
		"0.5 0.1 0.02 0.02" ]
	[ "$(head -1 h.tsv | cut -f 8- | tr '\t' ' ')" = \
		"seconds lr waited size memory" ]
	[ "$(column h.tsv 11 | sort -u)" = 16x16 ]
}

@test "a rate of 0 changes nothing, a linear one ends at it" {
	start
	# the first step of a warm-up
	cd-select --epoch 0 data.trs | cd-text |
		sed 's/^head epochs .*/head epochs 1/' | cd-text -r >one.trs
	cd-train -q -n 8 --optimizer sgd --warm-up 0.5 m.trs <one.trs
	cmp <(parameter m.trs conv1/weight) \
		<(parameter "$(make_model 16)" conv1/weight)
}

@test "weight decay: of weights, not of biases" {
	start
	# gradients apart: by hand, one step, sgd without momentum
	for d in 0 0.5; do
		cp "$(make_model 16)" m$d.trs
		cd-select --epoch 0 data.trs | cd-train -q -n 8 --lr 0.1 \
			--optimizer sgd --momentum 0 --weight-decay $d m$d.trs
	done
	parameter "$(make_model 16)" conv1/weight >start
	parameter m0.trs conv1/weight | paste - start \
		<(parameter m0.5.trs conv1/weight) | awk '{
			d = $1 - 0.05 * $2 - $3
			bad += d > 4e-7 || d < -4e-7 || $1 == $3 }
			END { exit bad > 0 }'
	cmp <(parameter m0.trs conv1/bias) <(parameter m0.5.trs conv1/bias)
	cmp <(parameter m0.trs dense1/bias) <(parameter m0.5.trs dense1/bias)
}

@test "--clip: small steps, and none where nothing is large" {
	start
	norm() { # of the step from the start
		paste <(parameter "$(make_model 16)" conv1/weight) \
			<(parameter "$1" conv1/weight) |
			awk '{ s += ($1 - $2) ^ 2 } END { print sqrt(s) }'
	}
	for c in 1e-3 1e9; do
		cp "$(make_model 16)" m$c.trs
		cd-select --epoch 0 data.trs | cd-train -q -n 8 --lr 1 \
			--optimizer sgd --momentum 0 --clip $c m$c.trs
	done
	cd-select --epoch 0 data.trs |
		cd-train -q -n 8 --lr 1 --optimizer sgd --momentum 0 m.trs
	cd-cmp m.trs m1e9.trs
	awk -v n="$(norm m1e-3.trs)" 'BEGIN { exit !(n > 0 && n <= 1.001e-3) }'
}

@test "label smoothing and class weights" {
	start
	cp m.trs n.trs
	cp m.trs w.trs
	cd-train -q -n 4 --history a.tsv m.trs <data.trs
	cd-train -q -n 4 --history b.tsv --label-smoothing 0.5 n.trs <data.trs
	run cd-cmp -q m.trs n.trs
	[ "$status" -eq 1 ]
	fails_with 2 "--class-weights: 'cow=2': the model has no such class" \
		cd-train -q -n 4 --class-weights dog=1,cow=2 w.trs <data.trs
	fails_with 2 "--class-weights: 'cat' is not class=weight" \
		cd-train -q -n 4 --class-weights cat w.trs <data.trs
	fails_with 2 "--class-weights: 'x' is not a number" \
		cd-train -q -n 4 --class-weights cat=x w.trs <data.trs
}

@test "class weights: a loss that counts 0 teaches nothing" {
	start
	cp m.trs before.trs
	cd-train -q -n 4 --optimizer sgd --class-weights cat=0,dog=0 m.trs \
		<data.trs
	cmp <(parameter m.trs conv1/weight) <(parameter before.trs conv1/weight)
	# twice the weight of all is twice the rate
	cp before.trs m.trs
	cp before.trs n.trs
	cd-train -q -n 4 --optimizer sgd --class-weights cat=2,dog=2 \
		--lr 0.01 m.trs <data.trs
	cd-train -q -n 4 --optimizer sgd --lr 0.02 n.trs <data.trs
	diff <(parameter m.trs conv1/weight) <(parameter n.trs conv1/weight)
}

# with_targets CAT DOG: batches of two, the first picture's target CAT and DOG,
# the other's DOG and CAT, instead of labels.
with_targets() {
	cd-batch -n 2 data.trs | cd-text | awk -v row="$1 $2 $2 $1" '
		/^tensor label/ { print "tensor target f32 2 2"; print row
			skip = 2 }
		skip-- > 0 { next } 1' | cd-text -r
}

@test "label smoothing and class weights of batches with targets" {
	start
	trained() { # NAME CAT DOG OPTION ...
		cp "$(make_model 16)" "$1.trs"
		with_targets "$2" "$3" | cd-train -q --optimizer sgd \
			--momentum 0 "${@:4}" "$1.trs"
		parameter "$1.trs" dense1/weight | tr ' ' '\n' >"$1.w"
	}
	same() {
		paste "$1.w" "$2.w" | awk '{ d = $1 - $2
			if (d > 1e-6 || d < -1e-6) exit 1 }'
	}
	trained plain 0.75 0.25 --lr 0.01
	trained smooth 0.75 0.25 --lr 0.01 --label-smoothing 0.2
	trained hand 0.7 0.3 --lr 0.01
	same smooth hand
	run ! same smooth plain
	# a picture counts the mean of its classes' weights: here all the same
	trained half 0.5 0.5 --lr 0.01
	trained weighted 0.5 0.5 --lr 0.005 --class-weights cat=3
	same half weighted
	run ! same half plain
	# here 2.5 and 1.5
	trained weights 0.75 0.25 --lr 0.005 --class-weights cat=3
	run ! same weights plain
}

@test "--average: predicted and validated with" {
	start
	s=$(make_samples 3 16)
	cd-train -q -n 4 --lr 0.02 --average 0.95 --validate "$s" \
		--history h.tsv m.trs <data.trs
	[ "$(parameter m.trs conv1/weight average | wc -l)" -eq \
		"$(parameter m.trs conv1/weight | wc -l)" ]
	cd-eval --model m.trs --tsv "$s" >averaged
	cd-eval --model m.trs --no-average --tsv "$s" >last
	run ! cmp averaged last
	want=$(column h.tsv 6 | tail -1)
	awk -v want="$want" '$1 == "log_loss" { d = $2 - want
		exit !(d < 1e-6 && d > -1e-6) }' averaged
	cd-predict --model m.trs "$s" | cd-eval --tsv | diff averaged -
	cd-predict --model m.trs --no-average "$s" | cd-eval --tsv |
		diff last -
	# by hand, after one step: (1 + 1) / (10 + 1) of the start
	cp "$(make_model 16)" one.trs
	cd-select --epoch 0 data.trs | cd-train -q -n 8 --average 0.95 one.trs
	paste <(parameter "$(make_model 16)" conv1/weight) \
		<(parameter one.trs conv1/weight) \
		<(parameter one.trs conv1/weight average) | awk '{
			d = $3 - ($1 * 2 + $2 * 9) / 11
			if (d > 1e-7 || d < -1e-7) exit 1 }'
}

@test "an average is kept up, and may begin late" {
	start
	cd-select --epoch 0:1 data.trs | cd-train -q -n 4 m.trs
	cd-select --epoch 0:2 data.trs | cd-train -q -n 4 --average 0.9 m.trs
	fails_with 2 "has a moving average, which --average must go on with" \
		cd-train -q -n 4 m.trs <data.trs
	cd-train -q -n 4 --average 0.9 m.trs <data.trs
	fails_with 2 "need --model" cd-eval --no-average data.trs
}

@test "the same bytes for any number of threads, with everything" {
	start
	s=$(make_samples 4 20)
	cd-shuffle --seed 1 --epochs 4 "$s" >data.trs
	for j in 1 2 3; do
		cp "$(make_model 16)" $j.trs
		cd-train -q -j $j -n 3 "${all_options[@]}" $j.trs <data.trs
	done
	cmp 1.trs 2.trs
	cmp 1.trs 3.trs
}

@test "stopped anywhere and continued is never stopped, with everything" {
	start
	v=$(make_samples 3 24)
	cd-shuffle --seed 1 --epochs 5 "$(make_samples 4 20)" >data.trs
	cp m.trs a.trs
	cp m.trs b.trs
	cd-train -q -n 3 "${all_options[@]}" --validate "$v" \
		--history a.tsv a.trs <data.trs
	size=$(wc -c <data.trs)
	stops=0
	for at in 10 25 42 60 83 97; do
		# the cut is an error, after which the model is saved
		head -c $((size * at / 100)) data.trs |
			cd-train -q -n 3 "${all_options[@]}" --validate "$v" \
				--history b.tsv b.trs 2>err ||
			stops=$((stops + 1))
	done
	[ "$stops" -eq 6 ]
	cd-train -q -n 3 "${all_options[@]}" --validate "$v" \
		--history b.tsv b.trs <data.trs
	cmp a.trs b.trs
	diff <(cut -f 1-7,9,11 a.tsv) <(cut -f 1-7,9,11 b.tsv)
	[ "$(column a.tsv 11 | paste -sd ' ')" = \
		"17x17 17x17 16x16 16x16 16x16" ]
}

@test "a net of batch norms, at several sizes, goes on too" {
	sized_net | cd-init --seed 3 >a.trs
	cp a.trs b.trs
	v=$(make_samples 3 20)
	cd-shuffle --seed 1 --epochs 5 "$(make_samples 4 32)" >data.trs
	sized=(--optimizer sgd --nesterov --lr 0.05 --weight-decay 0.01
		--schedule linear --warm-up 0.2 --average 0.9 --validate "$v"
		"--stages=16:0.3,24x20:0.3,32")
	cd-train -q -j 1 -n 3 "${sized[@]}" --history a.tsv a.trs <data.trs
	for at in 20 45 61 90; do
		head -c $(($(wc -c <data.trs) * at / 100)) data.trs |
			cd-train -q -j 2 -n 3 "${sized[@]}" --history b.tsv \
				b.trs 2>err || grep "is saved as" err
	done
	cd-train -q -j 3 -n 3 "${sized[@]}" --history b.tsv b.trs <data.trs
	cmp a.trs b.trs
	diff <(cut -f 1-7,9,11 a.tsv) <(cut -f 1-7,9,11 b.tsv)
	[ "$(column a.tsv 11 | paste -sd ' ')" = \
		"16x16 24x20 24x20 32x32 32x32" ]
	# statistics are averaged, and have no gradient
	[ "$(parameter a.trs conv1-norm/mean | wc -l)" -eq 4 ]
	run ! cmp <(parameter a.trs conv1-norm/mean) \
		<(parameter a.trs conv1-norm/mean average)
	[ "$(parameter a.trs conv1-norm/variance momentum | sort -u)" = 0 ]
	# validated at the last size, with the average
	cd-eval --model a.trs --size 32x32 --tsv "$v" >got
	awk -v want="$(column a.tsv 6 | tail -1)" '$1 == "log_loss" {
		d = $2 - want; exit !(d < 1e-6 && d > -1e-6) }' got
	for size in 16x16 40x28; do
		cd-predict --model a.trs --size $size "$v"
	done | cd-eval
}

@test "stages take pictures of any one size" {
	start
	cd-shuffle --seed 1 --epochs 4 "$(make_samples 4 24)" >data.trs
	cp m.trs n.trs
	fails_with 2 "picture of 24x24x3 (height, width, channels), the net's" \
		cd-train -q -n 4 m.trs <data.trs
	cd-train -q -n 4 --stages 16 --validate "$(make_samples 3 32)" \
		m.trs <data.trs
	# batches too
	cd-batch -n 4 data.trs |
		cd-train -q --stages 16 --validate "$(make_samples 3 32)" n.trs
	diff <(parameter m.trs conv1/weight) <(parameter n.trs conv1/weight)
	# of one size, brought there in one way
	for i in 24 20; do
		cd-text "$(make_samples 4 $i)" | grep -v '^head fit' |
			cd-text -r
	done >two.trs
	cp "$(make_model 16)" n.trs
	fails_with 2 "picture of 20x20x3 (height, width, channels), those \
before were 24x24x3" cd-train -q -n 4 --stages 16 n.trs <two.trs
	cd-text "$(make_samples 3 32)" |
		sed 's/^head fit .*/head fit 32x32 crop triangle/' |
		cd-text -r >crop.trs
	fails_with 2 "by '24x24 squash triangle', these by '32x32 crop" \
		cd-train -q -n 4 --stages 16 --validate crop.trs m.trs <data.trs
}

@test "a stage size that the net cannot take is refused before training" {
	start
	cp m.trs before.trs
	fails_with 2 "--stages: 24x24: " \
		cd-train -q -n 4 --stages 16:0.5,24 m.trs <data.trs
	fails_with 2 "--stages: 2x2: " \
		cd-train -q -n 4 --stages 16:0.5,2 m.trs <data.trs
	cmp m.trs before.trs
}

@test "cd-predict and cd-eval --size" {
	start
	cd-train -q -n 4 m.trs <data.trs
	s=$(make_samples 3 24)
	fails_with 2 "by '16x16 squash triangle', these by '24x24 squash tri" \
		cd-predict --model m.trs "$s"
	cd-predict --model m.trs --size 16x16 "$s" >p.trs
	cd-batch -n 6 "$s" | cd-predict --model m.trs --size 16x16 |
		cd-text | grep -v '^head' |
		diff - <(cd-text p.trs | grep -v '^head')
	cd-eval --tsv p.trs |
		diff - <(cd-eval --model m.trs --size 16x16 --tsv "$s")
	# its own size: nothing to do
	cd-predict --model m.trs --size 16x16 "$(make_samples 3 16)" |
		cd-cmp - <(cd-predict --model m.trs "$(make_samples 3 16)")
	cd-text "$s" | sed 's/^head fit .*/head fit 24x24 crop triangle/' |
		cd-text -r >crop.trs
	fails_with 2 "these by '24x24 crop triangle'" \
		cd-predict --model m.trs --size 16x16 crop.trs
	fails_with 2 "neither 'own' nor a size: '16' is not WIDTHxHEIGHT" \
		cd-predict --model m.trs --size 16 "$s"
	fails_with 2 "need --model" cd-eval --size 16x16 p.trs
	# views at two sizes
	cd-predict --model m.trs --size 17x17 "$s" | cat p.trs - | cd-eval
}

@test "--size that the net cannot take" {
	fails_with 2 "$(make_model 16): " cd-predict \
		--model "$(make_model 16)" --size 40x40 "$(make_samples 3 24)"
}

@test "a budget ends the run, and is remembered" {
	start
	cd-shuffle --seed 1 --epochs 100000 "$(make_samples 4 16)" |
		cd-train -n 4 --budget 1s --schedule linear --average 0.9 \
			--validate "$(make_samples 3 16)" --history h.tsv \
			m.trs 2>err && got=0 || got=$?
	# the writer dies of SIGPIPE under pipefail
	[ "$got" -eq 141 ]
	awk -F '\t' 'END { exit !($9 < 1e-5 && $7 != "-") }' h.tsv
	grep -q '^elapsed 0x1' <(cd-info m.trs)
	run ! grep -q '^position' <(cd-info m.trs)
	[ "$(cd-info m.trs | awk '$1 == "epoch" { print $2 }')" -eq \
		"$(column h.tsv 1 | tail -1)" ]
	# nothing is left of it
	cp m.trs before.trs
	cd-shuffle --seed 1 --epochs 3 "$(make_samples 4 16)" >more.trs
	run cd-train -n 4 --budget 1s --schedule linear --average 0.9 m.trs \
		<more.trs
	[ "$status" -eq 0 ]
	[[ "$output" == *"nothing to train on"*"the budget is used up"* ]]
	cmp <(parameter m.trs conv1/weight) <(parameter before.trs conv1/weight)
}

@test "a budget ends the run while input is awaited" {
	start
	head -c 9000 data.trs >part.trs
	stalled part.trs
	cd-train -q -n 4 --budget 1 m.trs <data
	[ ! -e stopped ]
	touch stopped
	[ "$(cd-info m.trs | awk '$1 == "epoch" { print $2 }')" -eq 1 ]
	cd-info --check m.trs
}

@test "stopped under a budget: goes on from the share reached" {
	start
	stalled data.trs
	cd-train -q -n 4 --budget 1000 --schedule linear m.trs <data &
	pid=$!
	sleep 1.5
	kill -TERM "$pid"
	got=0
	wait "$pid" || got=$?
	touch stopped
	[ "$got" -eq 75 ]
	fails_with 2 "the data ended when" cd-train -q -n 4 --budget 1000 \
		--schedule linear m.trs <data.trs
	share=$(sed -n 's/.*ended when \([0-9.]*\) %.*/\1/p' fails.err)
	awk -v s="$share" 'BEGIN { exit !(s >= 0.1 && s < 5) }'
}

@test "data that end before the budget: an error where a schedule runs" {
	start
	cp m.trs n.trs
	cd-train -n 4 --budget 1h m.trs <data.trs 2>err
	grep -q "the data ended when .* % of the budget were used$" err
	fails_with 2 "and the schedule with them; n.trs is saved: give more" \
		cd-train -q -n 4 --budget 1h --schedule cosine n.trs <data.trs
	[ "$(cd-info n.trs | awk '$1 == "epoch" { print $2 }')" -eq 4 ]
}

@test "a history of version 0.1 goes on, without the memory of its epochs" {
	s=$(make_samples 4 16)
	cp "$(make_model 16)" m.trs
	cd-shuffle --seed 1 --epochs 1 "$s" |
		cd-train -q -n 4 --history h.tsv m.trs
	awk -F '\t' 'NR == 2 { exit $12 < 1 || $12 > 10000 }' h.tsv
	cut -f 1-11 h.tsv >old.tsv
	cp old.tsv h.tsv
	cd-shuffle --seed 1 --epochs 2 "$s" |
		cd-train -q -n 4 --history h.tsv m.trs
	head -n 2 h.tsv | cut -f 1-11 | cmp - old.tsv
	[ "$(cut -f 12 h.tsv | sed 's/[0-9][0-9]*/n/' | paste -s)" = \
		$'memory\t-\tn' ]
}

@test "the history tells how long training waited" {
	start
	cd-train -q -n 4 --history a.tsv m.trs <data.trs
	awk -F '\t' 'NR > 1 && !($10 >= 0 && $10 <= 1) { exit 1 }' a.tsv
	cp "$(make_model 16)" m.trs
	{ head -c 3000 data.trs; sleep 2; tail -c +3001 data.trs; } |
		cd-train -n 4 --history b.tsv m.trs 2>err
	awk -F '\t' 'NR == 2 { exit !($10 > 0.5) }' b.tsv
	grep -q "epoch 1 of 4: .*, waiting for input [0-9]* %$" err
}

@test "divergence names the layer" {
	start
	cd-text m.trs | awk '/^record PARM.*weight/ { w = 1 }
		w && /^[-0-9]/ { $1 = "3e38"; w = 0 } 1' | cd-text -r >huge.trs
	cp huge.trs before.trs
	# which one depends on the kernel
	fails_with 2 "1': training diverged; try a lower --lr" \
		cd-train -q -n 4 --clip 1 huge.trs <data.trs
	grep -Eq "step 1 .*so are numbers of '(conv|dense)1': " fails.err
	cmp huge.trs before.trs
}

@test "--validate-every: so often, and at the end" {
	start
	cd-shuffle --epochs 5 "$(make_samples 8 16)" |
		cd-train -q -n 4 --validate "$(make_samples 2 16)" \
			--validate-every 2 --history h.tsv m.trs
	column h.tsv 6 | sed 's/[0-9].*/v/' | paste -s -d '' >got
	[ "$(cat got)" = -v-vv ]
	fails_with 2 "needs --validate" cd-train --validate-every 2 m.trs
}

@test "--lr-test: a table of rising rates, a suggestion, the model untouched" {
	local i
	s=$(make_samples 30 16)
	cp "$(make_model 16)" m.trs
	cp m.trs before.trs
	cd-shuffle --seed 1 --epochs 20 "$s" >data.trs
	cd-train -n 4 --optimizer sgd --lr-test r.tsv m.trs <data.trs 2>err
	cmp m.trs before.trs
	[ "$(head -n 1 r.tsv)" = "step	rate	loss	smoothed" ]
	awk -F '\t' 'NR == 2 { first = $2 }
		NR > 2 && ($2 / last < 1.01 || $2 / last > 1.1) { exit 1 }
		NR > 1 { last = $2; n++ }
		END { exit first != 1e-5 || n < 100 }' r.tsv
	grep -E '^cd-train: [0-9]+ of 300 steps: .*; try --lr' err
	# the same for any threads, and from a pipe
	cat data.trs | cd-train -j 3 -n 4 --optimizer sgd --lr-test q.tsv m.trs
	cmp r.tsv q.tsv
	fails_with 2 'the data have 15 steps; 30 are wanted' cd-train -n 4 \
		--lr-test x.tsv m.trs < <(cd-shuffle --epochs 1 "$s")
	[ ! -e x.tsv ]
	fails_with 2 '--lr-test goes without --validate' cd-train \
		--lr-test x.tsv --history h.tsv m.trs <data.trs
}

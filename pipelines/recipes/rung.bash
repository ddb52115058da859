# Sourced by the rungs, which say what is trained; this says how. A rung is run
# as
#
#	5m [--time SECONDS] [--epochs N] [--models N]
#		TRAIN VALIDATION SEED DIR [TEST]
#
# and trains on the samples of TRAIN for the time, by default its own, in which
# everything is counted; or for so many epochs, however long they take. It
# leaves in DIR, which is made:
#
#	net		the net, for these classes
#	plan		epochs and seconds, of one model
#	model-1.trs	and so on: the models, history-1.tsv: their training
#	views		what to predict from: cd-augment --views
#	predictions.trs	of VALIDATION, averaged over views and models
#	test-predictions.trs	the same of TEST, if that is given
#
# With --picture-size alone it says to which size pictures are to be decoded.
# The first four arguments are those of a command of pipelines/cross-validate.
# Stopped, the same line goes on where it was.
#
# A rung sets:
#	time	seconds
#	models	how many are trained, each in an equal part of the time, and
#		averaged
#	net	a file of pipelines/nets
#	picture	size of the samples: crops of them are rarely enlarged
#	sizes	of pictures, by share of the run: cd-augment --size
#	batch	pictures a step
#	augment	options of cd-augment; mix: of cd-batch; train: of cd-train

# shellcheck disable=SC2154 # what a rung sets
here=$(cd "$(dirname "${BASH_SOURCE[1]}")" && pwd)
PATH=$here/../../bin:$PATH
export LC_ALL=C
name=${BASH_SOURCE[1]##*/}

die() {
	echo "$name: $*" >&2
	exit 2
}
say() {
	echo "$name: $*" >&2
}
# calc EXPRESSION: its value.
calc() {
	awk "BEGIN { printf \"%.6f\", $1 }"
}
now() {
	date +%s.%N
}
# clock SECONDS: in words.
clock() {
	awk -v s="$1" 'BEGIN { if (s < 10) printf "%.1f s\n", s
		else if (s < 120) printf "%.0f s\n", s
		else printf "%d min %02d s\n", s / 60, s % 60 }'
}

usage="usage: $name [--time SECONDS] [--epochs N] [--models N]\
 TRAIN VALIDATION SEED DIR [TEST]"
begun=$(now) epochs=''
while [[ ${1-} == -* ]]; do
	[ "$1" != --picture-size ] || { echo "$picture" && exit; }
	[ $# -ge 2 ] || die "$usage"
	case $1 in
	--time) time=$2 ;;
	--epochs) epochs=$2 ;;
	--models) models=$2 ;;
	*) die "$usage" ;;
	esac
	shift 2
done
[ $# -eq 4 ] || [ $# -eq 5 ] || die "$usage"
[[ $time =~ ^[0-9]+$ ]] || die "--time: '$time' is no number of seconds"
[[ $epochs =~ ^[0-9]*$ ]] || die "--epochs: '$epochs' is no whole number"
[[ $models =~ ^[1-9]$ ]] || die "--models: '$models': 1 to 9"
data=$1 validation=$2 seed=$3 dir=$4 test=${5-}
mkdir -p "$dir"

# pictures STREAM
pictures() {
	cd-stat --no-equal --tsv "$1" |
		awk -F '\t' '$1 == "pictures" { print $2 }'
}

# The data: what the net and the plan depend on.
declare -A stat
while IFS=$'\t' read -r key value; do
	stat[$key]=$value
done < <(cd-stat --no-equal --tsv "$data")
n=${stat[pictures]:-0}
[ "$n" -gt 0 ] || die "$data: no pictures"
classes=0
for key in "${!stat[@]}"; do
	[[ $key != class/* ]] || classes=$((classes + 1))
done
# steps enough in an epoch of few pictures
while [ $((batch * 4)) -gt "$n" ] && [ "$batch" -gt 4 ]; do
	batch=$((batch / 2))
done
IFS=, read -ra stages <<<"$sizes"
last=${stages[-1]}
# To predict from: the middle and the corners, each mirrored too. Things are
# then as large as in training, whose crops have four fifths of a side on
# average.
views=
for corner in middle tl tr bl br; do
	part=$last+crop=0.8:$corner
	views+=${views:+,}$part,$part+flip
done

# The net for these classes, with the mean and deviation of these pictures.
make_net() {
	local c line="input ${last/x/ } ${stat[channels]}  scale 1/255  mean"
	for ((c = 0; c < stat[channels]; c++)); do
		line+=" $(printf %.4f "${stat[mean/$c]}")"
	done
	line+=" deviation"
	for ((c = 0; c < stat[channels]; c++)); do
		line+=" $(printf %.4f "${stat[deviation/$c]}")"
	done
	sed "s|^input .*|$line|; s|^dense .*|dense $classes|" \
		"$here/../nets/$net" >"$dir/net"
}

# train SEED EPOCHS SIZES MODEL OPTION ...: the recipe itself. What makes the
# batches stands back (nice): where it takes a processor from one of cd-train's
# threads, the others wait for that; 7 % more pictures a second on two
# processors. Where the time ends before the data do, those who send them die of
# a closed pipe: only cd-train's status counts. Where one of them fails, there
# is no END, and cd-train fails too.
train() (
	seed=$1 epochs=$2 sizes=$3 model=$4 mixed=()
	shift 4
	[ ${#mix[@]} = 0 ] || mixed=(--seed "$seed" "${mix[@]}")
	set +o pipefail
	nice -n 19 cd-shuffle --seed "$seed" --epochs "$epochs" \
		--from-model "$model" "$data" |
		nice -n 19 cd-augment --seed "$seed" --size "$sizes" \
			"${augment[@]}" |
		nice -n 19 cd-batch -n "$batch" --drop-last "${mixed[@]}" |
		cd-train --seed "$seed" --stages own "${train[@]}" "$@" "$model"
)

# rate SIZE: pictures a second that are trained at this size, measured in epochs
# of two batches; not in the first one, in which the pipeline starts.
rate() {
	local try=$dir/try data=$dir/try-data.trs
	rm -f "$try.trs" "$try.tsv"
	cd-init --seed 1 -o "$try.trs" "$dir/net"
	train 1 100000 "$1" "$try.trs" -q --history "$try.tsv" \
		--budget "$(calc "$time / 200 + 0.5")" ||
		die "training at $1 failed"
	awk -F '\t' 'NR > 1 { n += $3; s += $8 }
		NR == 2 { first_n = n; first_s = s }
		END { if (NR > 2) { n -= first_n; s -= first_s }
			print n / s }' "$try.tsv"
	rm -f "$try.trs" "$try.tsv"
}

# The plan: how many epochs the time is enough for, at the speed measured.
# Passes forward cost a third of training: validation ten times, then
# predictions of all views.
make_plan() {
	local stage share left=1 per=0 speed views_n
	if [ "$epochs" ]; then
		echo "$epochs 0"
		return
	fi
	say "measuring how fast this machine trains"
	cd-select -n $((2 * batch)) -o "$dir/try-data.trs" "$data"
	for stage in "${stages[@]}"; do
		share=$left
		[[ $stage != *:* ]] || share=${stage#*:}
		left=$(calc "$left - $share")
		speed=$(rate "${stage%:*}")
		say "$(printf '%s: %.0f pictures a second' "${stage%:*}" \
			"$speed")"
		per=$(calc "$per + $share * $n / $speed")
	done
	rm "$dir/try-data.trs"
	views_n=$(tr , '\n' <<<"$views" | wc -l)
	awk -v t="$(calc "$time - $(now) + $begun")" -v m="$models" \
		-v views="$views_n" -v per="$per" \
		-v forward="$(calc "3 * $speed")" \
		-v checked="$(pictures "$validation")" \
		-v more="$([ -z "$test" ] || pictures "$test")" 'BEGIN {
		s = t / m - views * (checked + more) / forward - 1
		epochs = int(0.98 * (s - 10 * checked / forward) / per)
		if (epochs < 1) exit 1
		print epochs, s }' ||
		die "too little time: $time s, of which one epoch of $n" \
			"pictures takes $(clock "$per"), besides predictions"
}

[ -e "$dir/plan" ] || {
	make_net
	make_plan >"$dir/plan.new"
	mv "$dir/plan.new" "$dir/plan"
	echo "$views" >"$dir/views"
}
read -r epochs limit <"$dir/plan"
limits=()
[ "$limit" = 0 ] || limits=(--limit "$limit")
say "$net, $n pictures of $classes classes, $models x $epochs epochs" \
	"at $sizes$([ "$limit" = 0 ] || echo ", each in $(clock "$limit")")"
for ((i = 1; i <= models; i++)); do
	[ ! -e "$dir/done-$i" ] || continue
	s=$((seed + 1000 * (i - 1))) model=$dir/model-$i.trs
	[ -e "$model" ] || cd-init --seed $s -o "$model" "$dir/net"
	train $s "$epochs" "$sizes" "$model" "${limits[@]}" \
		--history "$dir/history-$i.tsv" --validate "$validation" \
		--validate-every $(((epochs + 9) / 10))
	touch "$dir/done-$i"
done
"$here/predict" "$dir" "$validation" "$dir/predictions.trs"
[ -z "$test" ] || "$here/predict" "$dir" "$test" "$dir/test-predictions.trs"

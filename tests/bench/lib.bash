# What the benchmarks share. To be sourced; then the present folder is a new
# one, removed in the end. CD_BIN names another folder of programs than bin/.
# TMPDIR should have half a gigabyte free.
set -euo pipefail
export LC_ALL=C
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
PATH=$(cd "$root" && cd "${CD_BIN:-bin}" && pwd):$PATH
cd "$(mktemp -d "${TMPDIR:-/tmp}/cd-bench.XXXXXX")"
trap 'rm -rf "$PWD"' EXIT

median() {
	sort -g | awk '{ v[NR] = $1 } END {
		print NR ? (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 : "-"
	}'
}

# clock CMD...: the seconds that CMD takes, once.
clock() {
	local from=$EPOCHREALTIME
	"$@" >/dev/null 2>clock.err || { cat clock.err >&2; return 1; }
	awk -v a="$from" -v b="$EPOCHREALTIME" 'BEGIN { print b - a }'
}

# samples SIZE: makes SIZE.trs, 200 drawings of SIZE x SIZE.
samples() {
	[ -d drawings ] || cd-draw -n 100 drawings
	[ -f "$1.trs" ] ||
		cd-decode -o "$1.trs" --size "$1x$1" --label prefix drawings
}

# fresh NET SIZE: makes NET-SIZE.model of pipelines/nets/NET.net for pictures
# of that size. Fails, with a message, where there is no such net.
fresh() {
	sed "s/^input  *[0-9]*  *[0-9]*/input $2 $2/" \
		"$root/pipelines/nets/$1.net" >"$1.net" &&
		cd-init -o "$1-$2.model" --seed 1 "$1.net"
}

# How each net is trained.
optimizer() {
	case $1 in
	s | m | l | pairs-24) echo --optimizer sgd --nesterov --lr 0.01 ;;
	*) echo --optimizer rmsprop --lr 1e-4 ;;
	esac
}

# peak CMD...: runs it; the most memory it had, in MiB, in the file peak.
peak() {
	python3 -c 'import resource, subprocess, sys
rc = subprocess.call(sys.argv[1:])
with open("peak", "w") as f:
    print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024,
          file=f)
sys.exit(rc)' "$@"
}

# epochs N NET SIZE BATCH THREADS: trains a fresh model for N epochs of 200
# pictures, or as many as fill their batches; the pictures a second of all
# epochs but the first, which allocates and warms up. The batches lie in a file,
# so that nothing is measured but reading and training; cd-train's own history
# says how long epochs took.
epochs() {
	cd-shuffle --seed 1 --epochs "$1" "$3.trs" |
		cd-batch -n "$4" --drop-last -o batches.trs
	cp "$2-$3.model" trained.model
	rm -f history.tsv
	# shellcheck disable=SC2046 # several words
	peak cd-train -q -j "$5" $(optimizer "$2") --checkpoint 3600 \
		--history history.tsv trained.model <batches.trs
	awk -F '\t' '
	NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
	NR > 2 { n += $at["pictures"]; t += $at["seconds"] }
	END { printf "%.1f\n", (t > 0 ? n / t : 0) }' history.tsv
}

# train_rate NET SIZE BATCH THREADS SECONDS: pictures a second in training,
# over about so many seconds. The epochs that these take are found by trying,
# the first time.
train_rate() {
	local known=epochs-$1-$2-$3-$4
	samples "$2" && fresh "$1" "$2" || return
	[ -f "$known" ] || epochs 2 "${@:1:4}" | awk -v s="$5" '{
		n = 2 + int(s * $1 / 200)
		print (n > 40 ? 40 : n) }' >"$known" || return
	epochs "$(cat "$known")" "${@:1:4}"
}

# predict_rate NET SIZE BATCH THREADS SECONDS: pictures a second of cd-predict,
# over about so many seconds: from the file of samples to predictions, in
# batches as given. The time for 200 pictures is subtracted from the time for
# many, and with it the start: loading the model and planning.
predict_rate() {
	local short long n list=()
	samples "$2" && fresh "$1" "$2" || return
	predict() {
		peak cd-predict --model "$1-$2.model" -n "$3" -j "$4" "${@:5}"
	}
	short=$(clock predict "${@:1:4}" "$2.trs") || return
	n=$(awk -v t="$short" -v s="$5" 'BEGIN { print 2 + int(s / t) }')
	while ((${#list[@]} < n)); do
		list+=("$2.trs")
	done
	long=$(clock predict "${@:1:4}" "${list[@]}") || return
	awk -v n="$n" -v a="$short" -v b="$long" 'BEGIN {
		printf "%.1f\n", (n - 1) * 200 / (b - a) }'
}

# What is measured: a net of pipelines/nets, the pictures' size, the batch,
# threads (- for the argument's), train or infer, the ratio that is wanted to
# PyTorch.
# shellcheck disable=SC2034 # for those who source this
table='pairs-24 64 64 - train 2.2
pairs-24 96 64 - train 2.2
pairs-24 128 64 - train 2.2
pairs-24 160 64 - train 2.2
small 150 20 - train 3.6
small 150 20 1 train 3.6
small 150 32 - infer 2.5
small 150 1 - infer 2.2
resnet-32 150 32 - train 2.5
s 96 64 - train 2.0
s 128 64 - train 2.0
m 96 64 - train 2.0
m 128 64 - train 2.0
mini-xception 180 32 - train 1.5'

# rate NET SIZE BATCH THREADS train|infer SECONDS
rate() {
	case $5 in
	train) train_rate "${@:1:4}" "$6" ;;
	infer) predict_rate "${@:1:4}" "$6" ;;
	esac
}

# What the bats files share: `load helper`.
#
# Programs are taken from $CD_BIN (default bin/) and test tools from $CD_BUILD
# (default build/), so that the same tests run on a sanitizer build.

bats_require_minimum_version 1.5.0

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
CD_BIN=$(cd "$ROOT" && cd "${CD_BIN:-bin}" && pwd)
CD_BUILD=$(cd "$ROOT" && cd "${CD_BUILD:-build}" && pwd)
PATH=$CD_BIN:$PATH
export PATH LC_ALL=C

# Each test runs in a directory of its own. A file with a setup() of its own
# calls `scratch` in it.
setup() {
	scratch
}

scratch() {
	set -o pipefail
	cd "$BATS_TEST_TMPDIR" || return
}

# ---- pictures and samples; drawn once a run of tests, then copied or read ----

# made NAME CMD ARGS...: the path of the file or folder NAME, which CMD (with
# NAME's path as last argument) makes where it does not exist yet.
made() {
	local at=${CD_MADE:-$BATS_RUN_TMPDIR/made}/$1 tmp
	shift
	if [ ! -e "$at" ]; then
		mkdir -p "${at%/*}"
		tmp=$(mktemp -d "${at%/*}/tmp.XXXXXX")
		"$@" "$tmp/it" || return
		# another test may have been first
		mv -nT "$tmp/it" "$at" || true
		rm -rf "$tmp"
	fi
	printf '%s\n' "$at"
}

# drawn N [DIR]: DIR (photos) with drawings cat.0.jpg .. cat.N-1.jpg, dog.0.jpg
# .. dog.N-1.jpg.
drawn() {
	local from
	from=$(made "drawn-$1" cd-draw -n "$1" --seed 7) || return
	mkdir -p "${2:-photos}"
	cp -R "$from/." "${2:-photos}"
}

_decode_drawn() {
	local from
	from=$(made "drawn-$1" cd-draw -n "$1" --seed 7) || return
	find "$from" -name '*.jpg' | sort -V |
		cd-decode --size "$2x$2" --label prefix --classes cat,dog >"$3"
}

# make_samples N SIZE: the path of a stream of N drawn cats, then N dogs,
# SIZE x SIZE. Not to be changed: other tests read it.
make_samples() {
	made "samples-$1-$2.trs" _decode_drawn "$1" "$2"
}

# tiny_net [SIZE]: the text of a net that trains in no time, input SIZE (16).
tiny_net() {
	cat <<-END
	input ${1:-16} ${1:-16} 3  scale 1/255
	conv 4 3x3 relu
	pool max 2
	flatten
	dense 1
	loss logistic
	END
}

_init_tiny() {
	tiny_net "$1" | cd-init --seed 1 >"$2"
}

# make_model [SIZE]: the path of an untrained model of that net.
make_model() {
	made "tiny-${1:-16}.trs" _init_tiny "${1:-16}"
}

# ---- small checks ----

# probe ACTION [FILE ...] < STREAM: tests/tools/probe.c.
probe() {
	"$CD_BUILD/tools/probe" "$@"
}

# fails_with STATUS TEXT CMD...: CMD ends with STATUS, its last message has
# TEXT, and it wrote no whole stream. `run` would lose the bytes.
fails_with() {
	local want=$1 text=$2 got=0
	shift 2
	"$@" >fails.out 2>fails.err || got=$?
	if [ "$got" -ne "$want" ]; then
		echo "status $got, not $want: $*"
		cat fails.err
		return 1
	fi
	if [[ "$(<fails.err)" != *"$text"* ]]; then
		echo "no '$text' in the messages of: $*"
		cat fails.err
		return 1
	fi
	if [ "$want" -eq 2 ] && [ -s fails.out ] &&
	    probe whole <fails.out 2>whole.err; then
		echo "failed, but wrote END: $*"
		return 1
	fi
}

# column NAME FILE: a column of a log, by its name.
column() {
	awk -F '\t' -v name="$1" '
	NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) n = i; next }
	{ print $n }' "$2"
}

# Are the programs built with a sanitizer, or run by an emulator, which has
# memory and calls of its own?
sanitized() {
	[ "${CD_EMULATED-}" ] ||
		[[ "$(ldd "$CD_BIN/cd-info")" =~ lib(a|t|ub)san ]]
}

# with_module NAME: sets python to one that has this module, or skips.
with_module() {
	for python in python3 /usr/bin/python3; do
		! $python -c "import $1" 2>/dev/null || return 0
	done
	skip "no Python module $1"
}

# Do the programs count what is reached (tests/coverage), with files and memory
# of their own?
counted() {
	[[ $CD_BUILD == *coverage ]]
}

# ---- the contract of all filters ----

# filter_contract [OPTION ...] CMD ARGS...: what every command that reads a
# stream on standard input promises. CMD may be a bash function that passes
# its arguments on.
#
#	--in FILE	the stream that CMD reads (default: six 16x16 samples)
#	--name CMD	the command that a function runs, for its --help
#	--text		CMD's output is text, or nothing: no stream
#	--no-unknown	CMD makes records of its own: the input's unknown
#			records and tensors need not be in its output (they
#			must still be accepted)
filter_contract() {
	local in='' name='' text='' unknown=1
	while [[ ${1-} == --* ]]; do
		case $1 in
		--in) in=$2; shift ;;
		--name) name=$2; shift ;;
		--text) text=1 unknown= ;;
		--no-unknown) unknown= ;;
		*) echo "filter_contract: $1?"; return 1 ;;
		esac
		shift
	done
	name=${name:-$1}
	in=${in:-$(make_samples 3 16)}
	rm -rf contract
	mkdir contract
	contract_usage "$name" &&
	contract_good "$@" &&
	contract_empty "$@" &&
	contract_unknown "$@" &&
	contract_bad "$@" &&
	contract_cut "$@" &&
	contract_unfinished &&
	contract_output "$@"
}

_no() {
	echo "contract: $*"
	return 1
}

# _run STATUS WHAT INPUT CMD...: CMD's output in contract/out, its messages in
# contract/err.
_run() {
	local want=$1 what=$2 input=$3 got=0
	shift 3
	"$@" <"$input" >contract/out 2>contract/err || got=$?
	[ "$got" -eq "$want" ] && return
	head -5 contract/err
	_no "$what: status $got, not $want: $*"
}

# As _run for what must fail: one line that names the command; and no END, what
# contract_unfinished looks at when all have been run.
_run_bad() {
	_run 2 "$@" || return
	local what=$1 said
	mapfile -t said <contract/err
	if [ "${#said[@]}" -ne 1 ] || [[ "${said[0]}" != "$name: "* ]]; then
		cat contract/err
		_no "$what: not one line of message from $name"
		return
	fi
	[ "$text" ] || [ ! -s contract/out ] ||
		mv contract/out "contract/unfinished $what"
}

contract_usage() {
	"$name" --help >contract/help 2>contract/err ||
		{ _no "--help: status $?"; return; }
	[ ! -s contract/err ] || { _no "--help writes to stderr"; return; }
	[[ "$(head -1 contract/help)" == "usage: $name"* ]] ||
		{ _no "--help does not begin with a usage line"; return; }
	[[ "$("$name" --version)" == "$name "[0-9]* ]] ||
		{ _no "--version"; return; }
	local got=0
	"$name" --no-such-option </dev/null >contract/out 2>contract/err ||
		got=$?
	[ "$got" -eq 2 ] || { _no "unknown option: status $got"; return; }
	grep -q "^usage: $name" contract/err ||
		{ _no "unknown option: no usage line"; return; }
	[ ! -s contract/out ] || _no "unknown option: writes to stdout"
}

contract_good() {
	_run 0 "good input" "$in" "$@" || return
	mv contract/out contract/first
	_run 0 "second run" "$in" "$@" || return
	cmp contract/first contract/out || { _no "two runs differ"; return; }
	if grep -q -e '-j, --threads' contract/help; then
		local j
		for j in 1 2 4; do
			_run 0 "-j $j" "$in" "$@" -j "$j" || return
			cmp contract/first contract/out ||
				{ _no "-j $j changes the bytes"; return; }
		done
	fi
	[ "$text" ] && return
	probe whole <contract/first || { _no "output is not whole"; return; }
	[ "$(probe made <contract/first)" -eq $(($(probe made <"$in") + 1)) ] ||
		_no "provenance did not grow by one line"
}

contract_empty() {
	probe empty <"$in" >contract/in || return
	_run 0 "empty stream" contract/in "$@" || return
	[ "$text" ] || probe whole <contract/out ||
		_no "empty stream: output is not whole"
}

contract_unknown() {
	local lines records tensors got
	probe odd <"$in" >contract/in || return
	_run 0 "unknown fields" contract/in "$@" || return
	[ "$text" ] && return
	got=$(probe unknown <contract/out) ||
		{ _no "unknown fields: output is not whole"; return; }
	[ "$unknown" ] || return 0
	read -r lines records tensors <<<"$got"
	if [ "$lines" -ne 1 ] || [ "$records" -lt 1 ] || [ "$tensors" -lt 1 ]
	then
		_no "unknown header lines, records, tensors: $got"
	fi
}

contract_bad() {
	_run_bad "empty input" /dev/null "$@" || return
	echo "this is text" >contract/in
	_run_bad "text" contract/in "$@" || return
	{ printf 'X'; tail -c +2 "$in"; } >contract/in
	_run_bad "wrong magic" contract/in "$@"
}

# At every record's first byte, inside its prefix and behind it, inside the
# header and inside END.
contract_cut() {
	local cut
	rm -f contract/cut-*
	probe cut contract/cut- <"$in" || return
	for cut in contract/cut-*; do
		_run_bad "cut at ${cut#*-}" "$cut" "$@" || return
	done
	# the same through a pipe, which cannot seek
	head -c -64 "$in" | { "$@" || echo "$?" >&3; } \
		>contract/out 2>contract/err 3>contract/status
	[ "$(cat contract/status)" = 2 ] || _no "cut pipe: $(cat contract/err)"
}

contract_unfinished() {
	probe unfinished contract/unfinished* || _no "END was written"
}

contract_output() {
	local got=0
	"$@" <"$in" >/dev/full 2>contract/err || got=$?
	if [ -s contract/first ]; then
		[ "$got" -eq 2 ] || { _no "/dev/full: status $got"; return; }
		grep -q "^$name: .*No space left" contract/err ||
			{ _no "/dev/full: $(cat contract/err)"; return; }
		contract_pipe "$@"
	fi
}

# A reader that has gone: death by SIGPIPE, quietly. Where SIGPIPE came ignored
# from outside, a shell cannot undo that, and the write's error is the end.
contract_pipe() {
	local got=0 want=141
	(trap - PIPE; kill -PIPE "$BASHPID"; exit 0) || got=$?
	[ "$got" -eq 141 ] || want=2
	got=0
	rm -f contract/fifo
	mkfifo contract/fifo
	exec 8<>contract/fifo
	exec 9>contract/fifo
	exec 8>&-
	"$@" <"$in" >&9 2>contract/err || got=$?
	exec 9>&-
	[ "$got" -eq "$want" ] || { _no "closed pipe: status $got"; return; }
	[ "$want" -eq 2 ] || [ ! -s contract/err ] ||
		_no "closed pipe: $(cat contract/err)"
}

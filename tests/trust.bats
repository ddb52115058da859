# Nothing lost, nothing believed: outputs that are inputs, links, two writers,
# numbers on a header's word.
load helper
load training

# ---- an output that is an input ----

# refuses TEXT FILE... -- CMD...: status 2 with that message, and the files stay
# as they are.
refuses() {
	local text=$1 f files=()
	shift
	while [ "$1" != -- ]; do
		files+=("$1")
		shift
	done
	shift
	rm -rf before && mkdir before
	for f in "${files[@]}"; do cp -p "$f" before; done
	fails_with 2 "$text" "$@" || return
	for f in "${files[@]}"; do
		cmp "$f" "before/${f##*/}" || return
	done
	[ -z "$(find . -name '*.tmp*')" ]
}

@test "a file is never written that is read, nor written twice" {
	start
	cp "$(make_samples 4 16)" s.trs
	cd-predict --model m.trs s.trs >p.trs
	tiny_net >n
	ln s.trs hard.trs
	ln -s s.trs soft.trs
	refuses 'are one file' -- \
		cd-augment --flip --log-parameters out.trs -o out.trs s.trs
	refuses 'are one file' s.trs -- \
		cd-augment --flip --log-parameters s.trs -o out.trs s.trs
	refuses 'are one file' s.trs -- \
		cd-augment --flip --log-parameters hard.trs -o out.trs s.trs
	refuses 'are one file' n -- \
		cd-batch -n 2 --replay n -o ./n s.trs
	refuses 'are one file' s.trs -- \
		cd-sheet -o s.trs s.trs
	refuses 'are one file' s.trs -- \
		cd-sheet -o soft.trs s.trs
	refuses 'are one file' p.trs -- \
		cd-sheet --predictions p.trs -o p.trs s.trs
	refuses 'are one file' m.trs -- \
		cd-predict --model m.trs s.trs -o m.trs
	refuses 'are one file' s.trs -- \
		cd-predict --model m.trs s.trs -o s.trs
	refuses 'are one file' p.trs -- \
		cd-target --from p.trs -o p.trs s.trs
	refuses 'are one file' n -- \
		cd-select --keys n -o n s.trs
	refuses 'are one file' n -- cd-init -o n n
	refuses 'are one file' m.trs -- \
		cd-saliency --model m.trs -o m.trs s.trs
	refuses 'are one file' s.trs -- \
		cd-split s.trs=rest <s.trs
	refuses 'are one file' -- cd-split a=1 ./a=rest <s.trs
	[ ! -e a ]
	cd-text s.trs >s.txt
	refuses 'are one file' s.txt -- \
		cd-text -r -o s.txt s.txt
	drawn 2
	refuses 'are one file' \
		photos/dog.1.jpg -- cd-decode -o photos/dog.1.jpg photos
	echo 'cat.0.jpg	cat' >table
	refuses 'are one file' table -- \
		cd-decode --labels table -o table photos/cat.0.jpg
}

@test "cd-train: model, best, history, validation and data are five files" {
	local a b
	start
	cp "$(make_samples 4 16)" s.trs
	for a in "--best m.trs" "--history m.trs" "--best s.trs" \
		"--history s.trs" "--best data.trs" "--history data.trs" \
		"--best b --history b" "--history ./b --best b" \
		"--norm-statistics m.trs" "--class-weights balanced:m.trs" \
		"--best s.trs --class-weights balanced:s.trs"; do
		# shellcheck disable=SC2086
		refuses 'are one file' m.trs s.trs data.trs -- \
			cd-train -q -n 4 --validate s.trs $a data.trs m.trs
		[ ! -e b ]
	done
	refuses 'm.trs: --validate and the model are one file' m.trs -- \
		cd-train -q --validate m.trs data.trs m.trs
	refuses 'm.trs: the model and the data are one file' m.trs -- \
		cd-train -q m.trs m.trs
	refuses 'the model and the data are one file' m.trs -- \
		cd-train -q m.trs <m.trs
}

@test "standard output is no input of its own" {
	cp "$(make_samples 4 16)" s.trs
	cp s.trs before.trs
	local c
	for c in "cd-select s.trs" "cd-select" "cd-shuffle s.trs" \
		"cd-batch -n 2" "cd-info s.trs" "cd-stat" "cd-text s.trs" \
		"cd-cmp before.trs s.trs"; do
		got=0
		$c <s.trs >>s.trs 2>err || got=$?
		[ "$got" -eq 2 ]
		grep -q 'standard output and an input are one file' err
		cmp s.trs before.trs
	done
	# what is legitimate: a filter over its own input, by a temporary file
	cd-select -n 2 -o s.trs s.trs
	[ "$(cd-info s.trs | grep -c SMPL)" -eq 2 ]
	cd-select -n 1 -o s.trs <s.trs
	[ "$(cd-info s.trs | grep -c SMPL)" -eq 1 ]
	# and what is no file
	cd-augment --log-parameters /dev/null --flip s.trs >/dev/null </dev/null
	cd-augment --flip --log-parameters - -o out.trs s.trs >log
	[ "$(wc -l <log)" -eq 2 ]
}

@test "standard input is read for one thing" {
	start
	cp "$(make_samples 4 16)" s.trs
	fails_with 2 'standard input cannot be both --model and an input' \
		cd-predict --model - <m.trs
	cd-predict --model - s.trs <m.trs |
		cmp - <(cd-predict --model m.trs s.trs)
	cd-predict --model m.trs s.trs >p.trs
	fails_with 2 'standard input cannot be both --predictions and' \
		cd-sheet --predictions - - <p.trs
	fails_with 2 'standard input cannot be both' cd-target --from - <p.trs
	printf 'cat.0.jpg\ndog.1.jpg\n' | cd-select --keys - s.trs |
		cd-info | grep -c SMPL | grep -cx 2
	cd-augment --preset book --log-parameters log s.trs >a.trs
	cd-augment --replay - s.trs <log | cd-cmp a.trs -
}

@test "- is no file's name" {
	start
	fails_with 2 'standard input will not do' cd-train -q data.trs - <m.trs
	fails_with 2 '--best: standard output will not do' \
		cd-train -q --validate data.trs --best - data.trs m.trs
	fails_with 2 '--history: standard output will not do' \
		cd-train -q --history - data.trs m.trs
	fails_with 2 '--validate: standard input will not do' \
		cd-train -q --validate - data.trs m.trs
	fails_with 2 '--norm-statistics: standard input will not do' \
		cd-train -q --norm-statistics - data.trs m.trs
	fails_with 2 'standard output will not do' cd-split -- -=rest <data.trs
	fails_with 2 'drawings are files' cd-draw -n 1 -
	[ ! -e ./- ]
}

# ---- links, owners, modes ----

@test "a link stays, and what it leads to is replaced" {
	mkdir there
	start
	mv m.trs there/model
	ln -s there/model m.trs
	ln -s ../h.real there/h
	ln -s there/h h.tsv
	cp "$(make_samples 4 16)" s.trs
	ln -s s.trs link.trs
	cd-train -q -n 4 --history h.tsv data.trs m.trs
	[ -L m.trs ] && [ -L h.tsv ] && [ -L there/h ]
	cd-info --head there/model | grep -cx 'epoch 4'
	[ "$(wc -l <h.real)" -eq 5 ]
	cd-select -n 1 -o link.trs link.trs
	[ -L link.trs ]
	[ "$(cd-info s.trs | grep -c SMPL)" -eq 1 ]
	# to a file yet to be made, and in a loop
	ln -s there/new new.trs
	cd-select -o new.trs s.trs
	[ -L new.trs ]
	cmp there/new s.trs || cd-cmp there/new s.trs
	ln -s round round
	fails_with 2 'Too many levels' cd-select -o round s.trs
	[ -z "$(find . -name '*.tmp*')" ]
}

@test "of a file that is replaced the permissions are kept, no more" {
	cp "$(make_samples 2 16)" s.trs
	cp s.trs out.trs
	chmod 6751 out.trs
	cd-select -o out.trs s.trs
	[ "$(stat -c %a out.trs)" = 751 ]
}

# ---- two writers, signals ----

@test "a second training of one model is refused, and told whose it is" {
	local pid got=0
	start
	cp m.trs other.trs
	stalled data.trs
	env --default-signal=HUP cd-train -q -n 4 --history h.tsv m.trs \
		<data 2>err 3>&- &
	pid=$!
	until [ -e h.tsv ] && [ "$(wc -l <h.tsv)" -ge 2 ]; do sleep 0.05; done
	ln -s m.trs soft.trs
	fails_with 2 "m.trs: process $pid is at work on it" \
		cd-train -q -n 4 data.trs m.trs
	fails_with 2 "soft.trs: process $pid is at work on it" \
		cd-train -q -n 4 data.trs soft.trs
	fails_with 2 "h.tsv: process $pid is at work on it" \
		cd-train -q -n 4 --history h.tsv data.trs other.trs
	touch stopped
	wait "$pid" || got=$?
	[ "$got" -eq 0 ]
	# nothing of the lock is left; one that a killed process left is no lock
	[ "$(find . -name '.*.lock')" = '' ]
	touch .m.trs.lock
	cd-train -q -n 4 data.trs m.trs
	[ ! -e .m.trs.lock ]
}

# bash's own `&` ignores SIGINT, so a signal comes from a program with the
# default of all.
@test "a signal that was ignored stays so; HUP saves as TERM does" {
	local pid got s
	start
	for s in INT TERM HUP; do
		rm -f data stopped h.tsv
		stalled data.trs
		cp "$(make_model 16)" m.trs
		(trap '' "$s" && exec cd-train -q -n 4 --history h.tsv m.trs) \
			<data 2>err 3>&- &
		pid=$!
		until [ -e h.tsv ] && [ "$(wc -l <h.tsv)" -ge 2 ]; do
			sleep 0.05
		done
		kill -"$s" "$pid"
		sleep 0.3
		kill -0 "$pid"
		touch stopped
		got=0
		wait "$pid" || got=$?
		[ "$got" -eq 0 ] || { echo "$s: $got"; cat err; false; }
	done
	rm -f data stopped h.tsv
	stalled data.trs
	cp "$(make_model 16)" m.trs
	env --default-signal=HUP cd-train -q -n 4 --history h.tsv m.trs \
		<data 2>err 3>&- &
	pid=$!
	until [ -e h.tsv ] && [ "$(wc -l <h.tsv)" -ge 2 ]; do sleep 0.05; done
	kill -HUP "$pid"
	got=0
	wait "$pid" || got=$?
	touch stopped
	[ "$got" -eq 75 ]
	grep -q 'saved at epoch' err
}

# ---- numbers on a header's word ----

# with LINE FILE: the stream with that header line behind the first.
with() {
	cd-text "$2" | awk -v line="head $1" '
		{ print } NR == 2 { print line }' | cd-text -r
}

@test "header numbers: whole, in range, or an error for every reader" {
	local l
	start
	for l in 'epochs x' 'epochs -1' 'epochs ' 'epochs 01' 'epochs 1e3' \
		'records 9007199254740993' 'records 18446744073709551616' \
		'skipped +1' 'batch 0' 'batch 65537' 'epochs 3 '; do
		fails_with 2 "header line '${l%% *}'" with "$l" data.trs
		cd-text data.trs | sed "2a head $l" >bad.txt
		fails_with 2 "header line '${l%% *}'" cd-text -r bad.txt
	done
	for l in 'epoch x' 'epoch -1' 'epoch 18446744073709551616' 'step ' \
		'elapsed zzz' 'elapsed inf' 'elapsed -1' 'sum-loss nan' \
		'best-accuracy 2' 'position 18446744073709551615' \
		'best-epoch 0x1'; do
		fails_with 2 "header line '${l%% *}'" with "$l" m.trs
	done
	# what a line of that name is in other streams is nobody's business
	with 'epoch of my own' data.trs | cd-info --check
}

@test "a model's progress that cannot be is refused, not trained" {
	start
	with 'position 7000' m.trs >far.trs
	fails_with 2 'these are other data' cd-train -q -n 4 data.trs far.trs
	with 'sum-correct 5' m.trs >sum.trs
	fails_with 2 "'sum-correct'" cd-train -q -n 4 data.trs sum.trs
	with 'best-epoch 5' m.trs >best.trs
	fails_with 2 "'best-epoch'" cd-train -q -n 4 data.trs best.trs
}

@test "skipped pictures are counted without wrapping" {
	start
	sed_end() { cd-text data.trs | sed "s/^end .*/end $1/" | cd-text -r; }
	sed_end 9223372036854775808 >a.trs
	fails_with 2 '9223372036854775808 pictures were skipped' \
		cd-train -q -n 4 --max-skipped 3 a.trs m.trs
	sed_end 18446744073709551615 >b.trs
	sed_end 2 >c.trs
	cat b.trs c.trs | cd-info | tail -n 1 |
		grep -c '18446744073709551615 skipped'
	cat b.trs c.trs | cd-select | cd-info | tail -n 1 |
		grep -c '18446744073709551615 skipped'
}

# peak CMD...: the most memory that it had, in KiB.
peak() {
	command -v python3 >/dev/null || return 1
	python3 -c '
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)' "$@"
}

@test "memory is taken for batches that come, not for those announced" {
	local large small
	! sanitized || skip "a sanitizer has memory of its own"
	start
	cd-batch -n 1 "$(make_samples 4 16)" >one.trs
	cd-text one.trs | sed 's/^head batch 1$/head batch 65536/' |
		cd-text -r >many.trs
	cp m.trs m2.trs
	small=$(peak cd-train -q -j 1 one.trs m.trs)
	large=$(peak cd-train -q -j 1 many.trs m2.trs)
	[ "$large" -lt $((small + 4096)) ]
}

@test "a larger batch behind a smaller one is trained on too" {
	local n
	start
	for n in 1 2; do
		cd-batch -n "$n" "$(make_samples 4 16)" | cd-text |
			grep -v '^head batch' | cd-text -r >"$n.trs"
	done
	cat 1.trs 2.trs | cd-train -q --history h.tsv m.trs
	[ "$(column h.tsv 3)" = 16 ]
	cp "$(make_model 16)" m.trs
	fails_with 2 'a batch of 2 pictures; wanted: 1 to 1' \
		cd-train -q -n 1 2.trs m.trs
}

# ---- not finite ----

@test "a weight that is no number is refused by all that load a model" {
	start
	s=$(make_samples 4 16)
	cd-text m.trs | awk '/^tensor value/ { print; getline
		sub(/^[^ ]+/, "nan") } { print }' | cd-text -r >nan.trs
	for c in "cd-predict --model nan.trs $s" \
		"cd-eval --model nan.trs $s" "cd-saliency --model nan.trs $s" \
		"cd-train -q data.trs nan.trs"; do
		# shellcheck disable=SC2086
		fails_with 2 "'value'[0] is nan" $c
	done
}

@test "a model of averages predicts, as the page says" {
	start
	cd-train -q -n 4 --average 0.9 data.trs m.trs
	cd-text m.trs | awk '
		/^tensor / { skip = $2 != "average" }
		/^(record|end)/ { skip = 0 }
		!skip' | cd-text -r >average.trs
	s=$(make_samples 4 16)
	cmp <(cd-predict --tsv --model m.trs "$s") \
		<(cd-predict --tsv --model average.trs "$s")
}

# ---- names ----

@test "file names and options reach a terminal escaped" {
	local bad=$'a\e[31m.trs'
	cp "$(make_samples 2 16)" "$bad"
	cp "$bad" plain.trs
	cd-info "$bad" plain.trs >out
	grep -qF '==> a\x1b[31m.trs <==' out
	cd-select -n 1 plain.trs >other.trs
	cd-cmp "$bad" other.trs >out || [ $? -eq 1 ]
	grep -qF 'a\x1b[31m.trs' out
	run -2 cd-select $'--\e[31m'
	run ! grep -q $'\e' <<<"$output"
	run -2 cd-select $'-\e'
	run ! grep -q $'\e' <<<"$output"
}

@test "keys of any bytes go through tables and back" {
	start
	cd-text "$(make_samples 2 16)" | awk '/^record SMPL/ { n++
		if (n == 1) $NF = "back\\x5cslash.jpg"
		if (n == 2) $NF = "tab\\x09line\\x0a.jpg"
		if (n == 3) $NF = "\\xff\\xfe.jpg" } 1' | cd-text -r >odd.trs
	cd-predict --tsv --model m.trs odd.trs | tail -n +2 | cut -f 1 >keys
	cd-select --keys keys odd.trs | cd-text | grep -v '^head' |
		cmp - <(cd-text odd.trs | grep -v '^head')
	# and as the labels of a table
	printf 'back\\x5cslash.jpg\tcat\n' >table
	cp "$(drawn 1 photos; echo photos/cat.0.jpg)" 'back\slash.jpg'
	cd-decode --labels table 'back\slash.jpg' | cd-info |
		grep -cx 'class cat'
}

# ---- the temporary folder ----

@test "a full or missing temporary folder is named" {
	s=$(make_samples 4 16)
	mkdir no
	for c in cd-shuffle "cd-split a.trs=rest"; do
		rc=0
		# shellcheck disable=SC2086
		cat "$s" | TMPDIR=$PWD/none $c >out 2>err || rc=$?
		[ "$rc" -eq 2 ]
		grep -q "file in $PWD/none (see TMPDIR): No such" err
	done
	command -v strace >/dev/null || skip "strace is not installed"
	strace -f -o /dev/null true 2>strace.err ||
		skip "ptrace is not permitted"
	! sanitized || skip "a sanitizer makes calls of its own"
	rc=0
	cat "$s" | TMPDIR=$PWD/no strace -o /dev/null -e trace=writev \
		-e inject=writev:error=ENOSPC:when=2+ \
		cd-shuffle >out 2>err || rc=$?
	[ "$rc" -eq 2 ]
	grep -q "a temporary file in $PWD/no (see TMPDIR): No space left" err
	[ -z "$(ls no)" ]
}

# ---- the library under us ----

@test "where no thread can be made, a command says so" {
	! sanitized || skip "a sanitizer makes threads of its own"
	[ "$(id -u)" -ne 0 ] || skip "root has no limit on processes"
	s=$(make_samples 2 16)
	run bash -c "ulimit -u 1
		exec cd-predict -j 1 --model $(make_model 16) $s"
	[ "$status" -eq 0 ] || [ "$status" -eq 2 ]
}

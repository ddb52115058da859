# What may never happen, whatever the machine does: failing calls, no memory,
# kills, odd pipes, odd names. What concerns damaged streams is in formats.bats
# and each command's file.
load helper

# Every command that makes something of small inputs in $in; `run_case NAME`
# runs one in the present folder. The first "cd-" gets what $before says.
named='--label prefix --classes cat,dog'
declare -gA cases=(
	[decode]='cd-decode -j 1 --size 16x16 $named $in/photos'
	[list]='ls $in/photos/* | cd-decode -j 2 $named -o out.trs'
	[split]='cd-split --per-class a.trs=1 b.trs=rest <$in/s.trs'
	[spool]='cat $in/s.trs | cd-split --per-class a.trs=1 b.trs=rest'
	[select]='cd-select -n 2 -o out.trs $in/s.trs'
	[shuffle]='cat $in/s.trs | cd-shuffle'
	[augment]='cd-augment -j 1 --preset book --log-parameters log $in/s.trs'
	[batch]='cd-batch -n 2 $in/s.trs'
	[average]='cd-average -o out.trs $in/p.trs $in/q.trs'
	[merge]='cd-merge --by round-robin -o out.trs $in/s.trs $in/v.trs'
	[target]='cd-target --from $in/p.trs -o out.trs $in/s.trs'
	[saliency]='cd-saliency --model $in/m.trs -j 1 -o out.trs $in/s.trs'
	[init]='cd-init $in/net'
	[export]='cd-export --to onnx -o out.onnx $in/m.trs'
	[import]='cd-import --model $in/m.trs -o out.trs $in/w.safetensors'
	[pictures]='cd-export --to png -o out.pngs $in/s.trs'
	[webdataset]='cd-export -o out.tar $in/s.trs'
	[arrays]='cd-import -o out.trs $in/s.npz'
	[train]='cp $in/m.trs m.trs && cd-train -q -n 2 -j 1 \
		--validate $in/v.trs --history h.tsv --best best.trs \
		m.trs <$in/d.trs'
	[predict]='cd-predict --model $in/m.trs -j 1 $in/s.trs'
	[table]='cd-predict --tsv --model $in/m.trs -j 2 $in/s.trs'
	[eval]='cd-eval --worst 2 $in/p.trs'
	[model]='cd-eval --tsv -j 1 --model $in/m.trs $in/s.trs'
	[info]='cd-info $in/s.trs'
	[stat]='cd-stat $in/s.trs'
	[check]='cd-info --check $in/s.trs'
	[text]='cd-text $in/s.trs'
	[reverse]='cd-text -r $in/s.txt'
	[cmp]='cd-cmp $in/s.trs $in/s.trs'
	[sheet]='cd-sheet -n 4 --predictions $in/p.trs -o out.png $in/s.trs'
	[report]='cd-report -n 1 -o out.html $in/s.trs $in/m.trs'
	[draw]='cd-draw -n 1 -j 1 --size 16x16 drawn'
)

_inputs() {
	mkdir "$1" && (
		cd "$1" || return
		cd-draw -n 3 --seed 7 --size 24x24 photos
		cd-decode --size 16x16 $named photos >s.trs
		tiny_net >net
		cd-init --seed 1 net >m.trs
		cd-draw -n 2 --first 9 --seed 7 --size 24x24 others
		cd-decode --size 16x16 $named others >v.trs
		cd-shuffle --epochs 2 s.trs >d.trs
		cd-predict --model m.trs s.trs >p.trs
		cd-init --seed 2 net | cd-predict --model - s.trs >q.trs
		cd-text s.trs >s.txt
		cd-export -o w.safetensors m.trs
		cd-export -o s.npz s.trs
	)
}

setup() {
	scratch
	in=$(made promises _inputs)
}

run_case() {
	eval "${cases[$1]/cd-/$before cd-}" >out 2>err
}

# Runs a case in an empty folder: either all went as it did in ../want, or
# status 2 and one message with one of the words (a pattern) in it; no END,
# nothing half-made. Called thousands of times, so it starts few programs. Where
# libarchive cannot lengthen a string, it ends the program itself, by exit(1).
withstands() {
	local rc=0 said made
	made=(now/*)
	[ "${made[*]}" = "now/err now/out" ] || { rm -rf now; mkdir now; }
	cd now || return
	run_case "$1" || rc=$?
	case $rc in
	1)
		said=$(<err)
		[[ "$1: $said" =~ ^(arrays|webdataset):\ Fatal\ Internal\ \
Error\ in\ libarchive:\ .*emory$ ]] || rc=message
		;;
	0) diff -r -x h.tsv -x '.*.lock' . ../want || rc=differs ;;
	2)
		mapfile -t said <err
		[[ "${said[0]}" =~ ^cd-[a-z]+:\ .*($2) ]] &&
			[ "${#said[@]}" -eq 1 ] || rc=message
		[ ! -s out ] || ! probe whole <out 2>../probe.err || rc=END
		;;
	*) rc="status $rc" ;;
	esac
	made=(*)
	[ "${made[*]}" = "err out" ] || [ -z "$(find . -name '*.tmp*' \
		-o -name '.*.jpg.*')" ] || rc=left
	cd ..
	case $rc in
	0 | 1 | 2) return 0 ;;
	esac
	echo "$1, $before: $rc:"
	cat now/err
	return 1
}

needs_preload() {
	awkward=$CD_BUILD/preload/awkward.so
	[ -f "$awkward" ] || skip "no $awkward"
	! sanitized || skip "a sanitizer has malloc"
}

needs_strace() {
	command -v strace >/dev/null || skip "strace is not installed"
	strace -f -o /dev/null true 2>strace.err ||
		skip "ptrace is not permitted"
	! sanitized || skip "a sanitizer makes calls of its own"
}

want() {
	[ "${cases[$1]}" ]
	rm -rf want && mkdir want
	(cd want && run_case "$1") || { cat want/err; return 1; }
}

@test "the nth allocation fails, for all n: status 2 and a message" {
	local c n count
	needs_preload
	[ "${#cases[@]}" -ge 20 ]
	for c in "${!cases[@]}"; do
		before="AWKWARD_COUNT=$PWD/count LD_PRELOAD=$awkward"
		want "$c"
		count=$(cat count) && [ "$count" -ge 8 ]
		for ((n = 1; n <= count; n++)); do
			before="AWKWARD_ALLOC=$n LD_PRELOAD=$awkward"
			withstands "$c" 'memory|cannot start thread|OpenBLAS'
		done
	done
}

# sites CALL < LOG: which of the calls come behind the loader's.
sites() {
	awk -v call="$1" '
	{ line[NR] = $0; name = $2; sub(/\(.*/, "", name); is[NR] = name }
	/openat\(.*\.so/ { last = NR }
	END {
		# the loader ends as it gives back its list of libraries
		for (i = last; last && i <= NR && is[i] != "munmap"; i++)
			;
		if (i <= NR && call ~ /^(mmap|newfstatat)$/)
			last = i
		while (last && is[last] != "close" && is[last] != "munmap")
			last++
		for (i = 1; i <= NR; i++)
			if (is[i] == call && ++n && i > last)
				print n
	}'
}

# fail_calls CASE CALL=ERROR ...
fail_calls() {
	local c=$1 call error n f
	shift
	before="strace -f -o $PWD/log -e trace=read,readv,write,writev,openat"
	before+=,fsync,rename,close,lseek,getdents64,unlink,fchmod,newfstatat
	before+=,fcntl,mmap,clone3,munmap
	want "$c"
	for f; do
		call=${f%=*} error=${f#*=}
		for n in $(sites "$call" <log); do
			before="strace -f --seccomp-bpf -o /dev/null"
			before+=" -e trace=$call"
			before+=" -e inject=$call:error=$error:when=$n"
			withstands "$c" "error|space|many|denied|argument\
|permitted|memory|thread|unavailable|locks|OpenBLAS"
		done
	done
}

@test "the nth call that reads or opens fails, for all n" {
	local c
	needs_strace
	for c in list spool shuffle select augment train predict eval reverse \
		sheet check; do
		fail_calls "$c" read=EIO readv=EIO openat=EMFILE \
			lseek=EINVAL getdents64=EIO
	done
}

# Where standard output cannot be closed, END may be out already: so close is
# tried on those that write files.
@test "the nth call that writes fails, for all n: nothing half-written stays" {
	local c
	needs_strace
	for c in list split select augment train predict table eval info \
		text sheet draw; do
		fail_calls "$c" write=ENOSPC writev=ENOSPC fsync=EIO \
			rename=EACCES
	done
	for c in list spool select train sheet draw; do
		fail_calls "$c" close=EIO
	done
}

@test "the nth call about a file, for memory, for a thread fails, for all n" {
	local c
	needs_strace
	for c in list select train; do
		fail_calls "$c" fchmod=EPERM newfstatat=EIO fcntl=ENOLCK
	done
	fail_calls train unlink=EIO
	for c in list train table; do
		fail_calls "$c" mmap=ENOMEM clone3=EAGAIN
	done
}

@test "interrupted calls, and a few bytes at a time, change nothing" {
	local c n
	needs_preload
	[ "${#cases[@]}" -ge 20 ]
	for c in "${!cases[@]}"; do
		before=
		want "$c"
		for n in 1 61; do
			before="AWKWARD_BYTES=$n LD_PRELOAD=$awkward"
			withstands "$c" nothing
			[ ! -s now/err ]
		done
	done
}

# A run's one save, from the call that makes the temporary file to the program's
# end; but for memory and threads, whose calls vary from run to run.
calls_of_save() {
	awk '{ name = $0; sub(/\(.*/, "", name); n[name]++ }
		/openat\(.*\.tmp/ { on = 1 }
		on && name ~ /^[a-z_0-9]+$/ &&
			name !~ /^(brk|mmap|munmap|madvise|futex|exit_group)$/ {
			print name, n[name] }' "$1"
}

@test "SIGKILL at each call of a save: the old model or the new one, whole" {
	local call n old=0 new=0
	needs_strace
	train() { "$@" cd-train -q -j 1 -n 2 "$in/d.trs" m.trs; }
	cp "$in/m.trs" m.trs
	train strace -o log
	mv m.trs new.trs
	calls_of_save log >calls
	grep -q '^rename ' calls
	while read -r call n; do
		cp "$in/m.trs" m.trs
		! train strace -o /dev/null -e trace="$call" \
			-e inject="$call:signal=KILL:when=$n" 2>err ||
			{ echo "$call $n: not killed"; return 1; }
		if cmp -s m.trs "$in/m.trs"; then
			old=$((old + 1))
		else
			cmp m.trs new.trs || { echo "$call $n"; return 1; }
			new=$((new + 1))
		fi
		train 2>err # goes on from there
		cmp m.trs new.trs
	done <calls
	[ "$old" -ge 8 ]
	[ "$new" -ge 2 ]
}

# ---- signals ----

# A trainer whose data stop coming in its second epoch; "$@": before it.
stalled_trainer() {
	cp "$in/m.trs" m.trs
	mkfifo data
	{ head -c 9000 "$in/d.trs"; sleep 20; } >data 3>&- &
	feeder=$!
	# bash makes what it puts into the background ignore SIGINT
	env --default-signal=INT "$@" cd-train -q -j 1 -n 2 --history h.tsv \
		--checkpoint 1000 m.trs \
		<data 2>err 3>&- &
	pid=$!
	until [ -e h.tsv ] && [ "$(wc -l <h.tsv)" -ge 2 ]; do sleep 0.05; done
}

@test "TERM while waiting for data: saved at once, status 75" {
	local got=0 start=$SECONDS
	stalled_trainer
	kill -TERM "$pid"
	wait "$pid" || got=$?
	kill "$feeder"
	[ "$got" -eq 75 ]
	[ $((SECONDS - start)) -lt 15 ]
	grep -q "m.trs: saved at epoch 2" err
	cd-train -q -j 1 -n 2 m.trs <"$in/d.trs" 2>err
	cp "$in/m.trs" whole.trs
	cd-train -q -j 1 -n 2 whole.trs <"$in/d.trs"
	cmp m.trs whole.trs
}

@test "a second signal kills, of whichever kind; the old model stays" {
	local got=0
	needs_strace
	# the save that the first signal asks for takes its time
	stalled_trainer strace -D -o log -e trace=fsync \
		-e inject=fsync:delay_enter=3000000
	kill -TERM "$pid"
	until [ -n "$(find . -name 'm.trs.tmp*')" ]; do sleep 0.05; done
	kill -INT "$pid"
	wait "$pid" || got=$?
	kill "$feeder"
	[ "$got" -eq 130 ]
	cmp m.trs "$in/m.trs"
}

# ---- outputs that do not take what they should ----

# Commands that write to standard output, one for each way of doing so.
writers() {
	printf '%s\n' "cd-decode -j 1 $in/photos" "cd-select $in/s.trs" \
		"cd-shuffle $in/s.trs" "cd-augment $in/s.trs" \
		"cd-batch $in/s.trs" "cd-init $in/net" \
		"cd-predict --model $in/m.trs $in/s.trs" \
		"cd-text -r $in/s.txt" "cd-sheet $in/s.trs" \
		"cd-report $in/s.trs"
}

printers() {
	printf '%s\n' "cd-predict --tsv --model $in/m.trs $in/s.trs" \
		"cd-eval $in/p.trs" "cd-eval --tsv --worst 3 $in/p.trs" \
		"cd-info $in/s.trs" "cd-text $in/s.trs" \
		"cd-cmp $in/s.trs $in/d.trs" "cd-init --summary $in/net" \
		"cd-train --summary $in/m.trs"
}

# message_of PATTERN COMMAND: status 2 and one message of that command.
message_of() {
	local rc=0
	$2 2>err || rc=$?
	[ "$rc" -eq 2 ] && [ "$(wc -l <err)" -eq 1 ] &&
		[[ "$(cat err)" =~ ^${2%% *}:\ .*$1 ]] ||
		{ echo "$2: status $rc"; cat err; return 1; }
}

@test "a full disk, a closed output: status 2 and a message" {
	local c
	while read -r c; do
		message_of "standard output.*No space left" "$c" >/dev/full
		message_of "standard output.*Bad file" "$c" >&-
	done < <(writers; printers)
	for c in "cd-augment --log-parameters /dev/full $in/s.trs" \
		"cd-select -o /dev/full $in/s.trs" \
		"cd-sheet -o /dev/full $in/s.trs"; do
		message_of "/dev/full.*No space left" "$c" >out
	done
	cp "$in/m.trs" m.trs
	message_of "/dev/full.*No space left" \
		"cd-train -q --history /dev/full -n 2 $in/d.trs m.trs"
	cmp m.trs "$in/m.trs"
	[ -c /dev/full ]
}

@test "a reader that has gone, SIGPIPE ignored: status 2 and a message" {
	local c
	mkfifo pipe
	while read -r c; do
		exec 8<>pipe
		exec 9>pipe
		exec 8>&-
		(trap '' PIPE && message_of "Broken pipe" "$c" >&9)
		exec 9>&-
	done < <(writers; printers)
}

@test "no stream and no picture goes to a terminal" {
	local c
	command -v script >/dev/null || skip "script(1) is not installed"
	while read -r c; do
		run -2 script -qec "$c" /dev/null </dev/null
		[ "${#lines[@]}" -eq 1 ]
		[[ "$output" == "${c%% *}: "*terminal* ]]
	done < <(writers)
}

@test "closed standard streams: no message gets into a file" {
	local got=0
	cp -R "$in/photos" .
	echo "no picture" >photos/cat.9.jpg
	cd-decode --on-error skip -o out.trs photos 2>&- <&- >&-
	cd-info --check out.trs
	[ "$(cd-info out.trs | grep -c SMPL)" -eq 6 ]
	# not by `run`: bash would make its pipe the standard input
	cd-select -o no.trs <&- 2>err || got=$?
	[ "$got" -eq 2 ]
	grep -q "Bad file" err
	[ ! -e no.trs ]
}

@test "a history that cannot be read is left alone, so is a device" {
	needs_strace
	cp "$in/m.trs" m.trs
	cd-train -q -n 2 --history h.tsv "$in/d.trs" m.trs
	cp h.tsv before.tsv
	run -2 strace -o /dev/null -P "$PWD/h.tsv" -e trace=openat \
		-e inject=openat:error=EIO cd-train -q -n 2 \
		--history "$PWD/h.tsv" "$in/d.trs" m.trs
	[[ "$output" == "cd-train: "*"h.tsv: Input/output error" ]]
	run -2 strace -o /dev/null -P "$PWD/h.tsv" -e trace=read \
		-e inject=read:error=EIO cd-train -q -n 2 \
		--history "$PWD/h.tsv" "$in/d.trs" m.trs
	cmp h.tsv before.tsv
	mkfifo pipe
	cp "$in/m.trs" m.trs
	cat pipe >got &
	exec 9>pipe
	cd-train -q -n 2 --history pipe "$in/d.trs" m.trs
	exec 9>&-
	wait $!
	[ -p pipe ]
	cmp <(cut -f 1-7 got) <(cut -f 1-7 before.tsv)
}

@test "a disk that cannot be read is trouble, not damage" {
	needs_strace
	run -2 strace -o /dev/null -e trace=readv \
		-e inject=readv:error=EIO cd-info --check "$in/s.trs"
	[[ "$output" == *"Input/output error" ]]
}

# ---- names that come from a stream ----

# Samples whose keys would climb out of the folder, clear the screen, break
# lines; and a class like that.
odd_names() {
	cd-text "$in/s.trs" | awk '
		/^head class cat/ { print "head class \\x1b[2Jcat"; next }
		/^record SMPL/ { n++
			if (n == 1) $NF = "../../up.jpg"
			if (n == 2) $NF = "/abs\\x0aolute\\x09"
			if (n == 3) $NF = "\\x1b[31m\\x07\\xff\\xc2\\x9b"
		} 1' | cd-text -r >odd.trs
}

printable() {
	! grep -an '[^[:print:]	]' "$1" || { echo "raw: $2"; return 1; }
}

@test "names from a stream never become paths, and are escaped" {
	local c
	odd_names
	[ "$(cd-text odd.trs | grep -c '\\x1b')" -eq 2 ]
	cp "$in/m.trs" m.trs
	mkdir deep
	cd deep
	cd-predict --model ../m.trs ../odd.trs >p.trs
	cp ../odd.trs twice.trs
	while read -r c; do
		# whatever the status is: what is printed is printable
		$c >out 2>err || true
		[[ "$c" == *-o* ]] || [ -s out ] || [ -s err ] ||
			{ echo "$c"; false; }
		printable err "$c"
		printable out "$c"
	done <<-END
		cd-info ../odd.trs
		cd-text ../odd.trs
		cd-cmp ../odd.trs $in/s.trs
		cd-cmp p.trs ../odd.trs
		cd-predict --tsv --model ../m.trs ../odd.trs
		cd-eval p.trs
		cd-eval --tsv --worst 9 p.trs
		cd-eval --require accuracy=1 p.trs
		cd-eval --model ../m.trs --worst 9 ../odd.trs
		cd-train -q -n 2 ../odd.trs $in/none.trs
		cd-select --class lion ../odd.trs
		cd-select --keys ../odd.trs ../odd.trs
		cd-sheet -o sheet.png ../odd.trs
		cd-report -o report.html ../odd.trs ../m.trs
		cd-augment --log-parameters log -o out.trs ../odd.trs
	END
	printable log cd-augment
	# in messages: of pictures that do not fit, of damage, of twins
	tiny_net 20 | cd-init >m20.trs
	fails_with 2 '../../up.jpg' cd-predict --model m20.trs ../odd.trs
	head -c 2000 ../odd.trs >cut.trs
	fails_with 2 'abs\x0aolute' cd-select cut.trs
	printable fails.err cd-select
	cat ../odd.trs ../odd.trs >twins.trs
	run -2 cd-split a.trs=1/2 b.trs=rest <twins.trs
	echo "$output" >err
	printable err cd-split
	cd-split --seed 1 a.trs=1/2 b.trs=rest <../odd.trs
	cd ..
	[ "$(ls)" = $'deep\nm.trs\nodd.trs' ]
	[ ! -e /abs ] && [ ! -e up.jpg ] && [ ! -e ../up.jpg ]
}

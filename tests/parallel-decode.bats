# Decoding on several hosts, of which some fail; tests/parallel-kills does it
# for longer.
load helper
load hosts

setup() {
	scratch
	missing=$(no_hosts)
	[ -z "$missing" ] || skip "$missing"
	export PARALLEL_HOME=$PWD/.parallel
	mkdir .parallel
	drawn 12
	decode=$ROOT/pipelines/parallel-decode
	cd-decode --size 32x32 --label prefix -o want.trs photos 2>/dev/null
}

teardown() {
	hosts_end
}

@test "on two hosts, and where one is down, as on one machine" {
	hosts_begin 2
	"$decode" -S h1,h2 -o a.trs --size 32x32 --label prefix -- photos
	cmp a.trs want.trs
	hosts_kill 2
	"$decode" -S h1,h2 -n 3 --size 32x32 --label prefix -- photos \
		2>err | cmp - want.trs
	grep -c 'parallel-decode: h2: failed .* times (status 255)' err
	[ -z "$(ls -d a.trs.* 2>/dev/null)" ]
}

@test "a host that dies in the middle has its shard made by another" {
	hosts_begin 2
	# a decoder that comes to no end, once
	mkdir slow
	cat >slow/cd-decode <<-END
		#!/bin/bash
		if [ ! -e $PWD/hangs ]; then
			head -c 9999 $PWD/want.trs
			touch $PWD/hangs
			sleep 30
		fi
		exec $CD_BIN/cd-decode "\$@"
	END
	chmod +x slow/cd-decode
	mkdir pipelines
	cp "$decode" pipelines
	sed -i "s|^PATH=.*|PATH=$PWD/slow:\$PATH|" pipelines/parallel-decode
	echo "old" >a.trs
	pipelines/parallel-decode -S h1,h2 -n 2 -o a.trs --size 32x32 \
		--label prefix -- photos 2>err 3>&- &
	local pid=$! i
	for ((i = 0; i < 100; i++)); do
		[ ! -e hangs ] || break
		sleep 0.05
	done
	# both: one of them it is, and both begin again
	for i in 1 2; do
		hosts_kill $i
		hosts_start $i
	done
	wait $pid
	cmp a.trs want.trs
	grep -c 'failed .* times' err
}

@test "what cannot be decoded is said, and no file is left" {
	echo "no picture" >photos/cat.3.jpg
	echo old >a.trs
	fails_with 2 "no whole stream; not made in 2 tries: shard" \
		"$decode" -n 2 --tries 2 -o a.trs --label prefix -- photos
	grep -c 'photos/cat.3.jpg: ' fails.err
	[ "$(cat a.trs)" = old ]
	[ "$(ls -d a.trs*)" = a.trs ]
	fails_with 2 "usage" "$decode" -n 2 photos
	fails_with 2 "'0' is not a whole number" "$decode" -n 0 -- photos
	fails_with 2 "shards are made by -n" "$decode" --shard 1/2 -- photos
}

@test "names that a shell would read otherwise" {
	mkdir "it's \$HOME {} {1} #"
	mv photos "it's \$HOME {} {1} #"
	cd "it's \$HOME {} {1} #"
	"$decode" -n 2 --size 32x32 --label prefix -- photos | cmp - ../want.trs
	cd-decode --label prefix -o ../one.trs photos/cat.1.jpg
	"$decode" -n 2 --label prefix -- photos/cat.1.jpg | cmp - ../one.trs
}

load helper

setup() {
	scratch
	[ -x "$CD_BIN/cd-train-mpi" ] || skip "no MPI library"
	command -v mpirun >/dev/null || skip "no mpirun"
	! sanitized || skip "MPI libraries leak"
	export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
}

# ranks N ARGS...: cd-train-mpi in N processes.
ranks() {
	timeout 60 mpirun --oversubscribe -n "$1" cd-train-mpi -q -j 1 "${@:2}"
}

# refused MESSAGE CMD...: mpirun adds lines of its own, and does not wait long
# for the other ranks.
refused() {
	local -x OMPI_MCA_odls_base_sigkill_timeout=0
	local got=0
	"${@:2}" 2>err </dev/null || got=$?
	grep -F -e "$1" err || { cat err; false; }
	[ "$got" -eq 2 ] || { echo "status $got"; false; }
}

# Nets with all that the pictures of a batch share: dropout before dense layers;
# norms, weights so many that they are not summed in parts, and an excitation.
nets() {
	cat >book.net <<-END
	input 16 16 3  scale 1/255
	conv 16 3x3 relu
	pool max 2
	flatten
	dropout 0.5
	dense 24 relu
	dense 1
	loss logistic
	END
	cat >s.net <<-END
	input 16 16 3  scale 1/255
	conv 64 3x3 norm relu stride 2 pad same
	block
	  conv 64 3x3 norm relu pad same
	  excite 8
	  conv 64 3x3 norm gamma 0.5 pad same
	end relu
	conv 128 3x3 norm relu pad same
	conv 96 3x3 norm relu stride 2 pad same
	pool avg global
	dropout 0.1
	dense 2
	loss softmax
	END
}

@test "2 and 4 processes end with the bytes of cd-train" {
	local net n from
	nets
	cd-shuffle --seed 3 --epochs 5 "$(make_samples 11 16)" |
		cd-augment --seed 4 --flip >data.trs
	for net in book s; do
		cd-init --seed 1 $net.net >new.trs
		cp new.trs one.trs
		set -- -n 5 --optimizer adam --average 0.9 --clip 1 \
			--schedule cosine --validate "$(make_samples 3 16)" \
			--best best.trs --norm-statistics data.trs
		[ $net = s ] || set -- "${@:1:$#-2}"
		cd-train -q "$@" --history one.tsv data.trs one.trs
		mv best.trs want.best.trs
		for n in 2 4; do
			cp new.trs m.trs
			if [ "$n" -eq 4 ]; then # every one reads the file
				ranks $n "$@" --history m.tsv data.trs m.trs
			else # rank 0 reads
				ranks $n "$@" --history m.tsv m.trs <data.trs
			fi
			cmp one.trs m.trs
			cmp want.best.trs best.trs
			diff <(cut -f 1-7 one.tsv) <(cut -f 1-7 m.tsv)
		done
	done
}

@test "each process may have a pipeline of its own" {
	local s
	s=$(make_samples 4 16)
	cp "$(make_model 16)" one.trs
	cp one.trs m.trs
	cd-shuffle --epochs 2 "$s" | cd-train -q -n 4 one.trs
	cat >pipeline <<-END
	cd-shuffle --epochs 2 $s | cd-train-mpi -q -n 4 m.trs
	END
	mpirun --oversubscribe -n 2 sh pipeline
	cmp one.trs m.trs
}

@test "stopped by a signal it saves, and goes on" {
	local got=0 pid
	nets
	cd-shuffle --seed 3 --epochs 40 "$(make_samples 11 16)" >data.trs
	cd-init --seed 1 s.net >one.trs
	cp one.trs m.trs
	cd-train -q -n 5 data.trs one.trs
	# the pipe stays open: no end of the data
	mkfifo pipe
	{ head -c 300000 data.trs; exec sleep 60; } >pipe &
	pid=$!
	mpirun --oversubscribe -n 2 cd-train-mpi -q -j 1 -n 5 --checkpoint 0 \
		m.trs <pipe &
	sleep 1.5
	pkill -TERM -P $! -x cd-train-mpi
	wait $! || got=$?
	kill $pid
	[ "$got" -eq 75 ]
	cd-info --check m.trs
	cd-info --head m.trs | grep '^step'
	ranks 2 -n 5 data.trs m.trs
	cmp one.trs m.trs
}

@test "what one process has otherwise is told, with its number" {
	local s
	s=$(make_samples 4 16)
	cp "$(make_model 16)" m.trs
	cp m.trs before.trs
	cd-init --seed 9 <(tiny_net 16) >other.trs
	cd-shuffle --seed 2 "$s" >a.trs
	# other pictures under the same header
	cd-text a.trs | awk '/^record/ && !n++ { next_one = 1 }
		next_one && /^[0-9]+ / { $1 = 255 - $1; next_one = 0 }
		{ print }' | cd-text -r >b.trs
	head -c 3000 a.trs >cut.trs
	mixed() { # of rank 0, then of rank 1
		mpirun --oversubscribe -n 1 cd-train-mpi -q -n 4 $1 : \
			-n 1 cd-train-mpi -q -n 4 $2
	}
	refused 'cd-train-mpi: rank 1 has another model' \
		mixed 'a.trs m.trs' 'a.trs other.trs'
	refused 'cd-train-mpi: rank 1 has other options than rank 0' \
		mixed 'a.trs m.trs' '--lr 1 a.trs m.trs'
	refused 'cd-train-mpi: rank 1 has other data than rank 0' \
		mixed 'a.trs m.trs' "$s m.trs"
	refused 'cd-train-mpi: rank 1 reads other pictures than rank 0' \
		mixed 'a.trs m.trs' 'b.trs m.trs'
	refused 'cd-train-mpi: rank 1: cut.trs: record ' \
		mixed 'a.trs m.trs' 'cut.trs m.trs'
	refused 'none.trs: No such file' ranks 2 none.trs m.trs
	refused 'cd-train-mpi: 1, 2, 4, 8 or 16 processes' ranks 3 a.trs m.trs
	refused '--budget and --limit: each process has a clock' \
		ranks 2 --budget 9 a.trs m.trs
	cmp before.trs m.trs
}

@test "alone it is cd-train; usage" {
	cp "$(make_model 16)" one.trs
	cp one.trs m.trs
	cd-shuffle --epochs 2 "$(make_samples 4 16)" >data.trs
	cd-train -q -n 4 data.trs one.trs
	cd-train-mpi -q -n 4 data.trs m.trs
	cmp one.trs m.trs
	fails_with 2 'no model named' cd-train-mpi
	fails_with 2 'there is no such option' cd-train-mpi --frob m.trs
	cd-train-mpi --help | grep -c 'the options of cd-train'
	diff <(cd-train --options) <(cd-train-mpi --options)
}

# What the bats files about training share: `load training`.

# m.trs, the tiny net, and data.trs, 8 samples of 16x16 for 4 epochs.
start() {
	cp "$(make_model 16)" m.trs
	cd-shuffle --seed 1 --epochs 4 "$(make_samples 4 16)" >data.trs
}

# parameter FILE KEY [TENSOR]: its numbers, one a line.
parameter() {
	cd-text "$1" | awk -v key="$2" -v tensor="${3:-value}" '
		/^record/ { in_it = $5 == key }
		want { gsub(/ /, "\n"); print; want = in_it = 0 }
		in_it && $1 == "tensor" && $2 == tensor { want = 1 }'
}

column() {
	cut -f "$2" "$1" | tail -n +2
}

# Runs at any size: it ends in the mean of its map.
sized_net() {
	cat <<-END
	input 24 24 3  scale 1/255
	conv 4 3x3 norm relu pad same
	pool max 2
	conv 6 3x3 norm relu pad same
	pool avg global
	dropout 0.2
	dense 2
	loss softmax
	END
}

# stalled FILE: the FIFO "data", from which FILE comes, and no more until there
# is a file "stopped", or half a minute is over.
stalled() {
	mkfifo data
	{
		cat "$1"
		for _ in $(seq 300); do
			[ -e stopped ] && break
			sleep 0.1
		done
	} >data 3>&- &
}

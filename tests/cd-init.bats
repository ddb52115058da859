load helper

# shellcheck disable=SC2034 # name and in are the contract's
@test "cd-init is asked and answers as all commands do" {
	name=cd-init
	mkdir contract
	contract_usage cd-init
	tiny_net >in.net
	in=in.net
	contract_output cd-init
	fails_with 2 'one net-file at most' cd-init in.net in.net
	fails_with 2 'no --output' cd-init --summary -o out.trs in.net
	fails_with 2 'no --output' cd-init --plan -o out.trs in.net
	fails_with 2 'are of --plan' cd-init -n 8 in.net
	fails_with 2 'are of --plan' cd-init -j 2 --summary in.net
	fails_with 2 'nowhere.net: No such file' cd-init nowhere.net
}

@test "a model has the text, its provenance and every parameter" {
	tiny_net >in.net
	cd-init --seed 3 in.net >model.trs
	cd-info --check model.trs
	cd-info --head model.trs | sed -n 's/^net //p' | diff in.net -
	cd-info --head model.trs | grep -v '^net ' >rest
	printf '%s\n' 'holds model' "made $(cd-init -V) --seed 3" |
		diff - rest
	cd-info model.trs | awk -F '\t' '$3 == "PARM" { print $7, $8 }' |
		diff - <(printf '%s\n' 'conv1/weight value:f32[3,3,3,4]' \
		'conv1/bias value:f32[4]' 'dense1/weight value:f32[196,1]' \
		'dense1/bias value:f32[1]')
}

@test "the same seed gives the same model, another another" {
	tiny_net >in.net
	cd-init --seed 3 in.net >a.trs
	cd-init -s 3 -o b.trs <in.net
	cmp a.trs b.trs
	cd-init --seed 4 in.net >b.trs
	run -1 cd-cmp a.trs b.trs
	cd-init in.net >a.trs
	cd-init --seed 0 - <in.net >b.trs
	cd-cmp a.trs b.trs
}

@test "a weight does not depend on the layers around it" {
	tiny_net >in.net
	sed 's/flatten/relu\nflatten\ndense 9/; s/dense 1/& as last/' in.net \
		>more.net
	first() { cd-text | sed -n '/conv1.weight/,/^record/p'; }
	diff <(cd-init in.net | first) <(cd-init more.net | first)
}

@test "weights are drawn as the text says" {
	# variance of Glorot's: 2 / (fan in + fan out), of He's: 2 / fan in
	check() {
		printf '%s\n' 'input 1 1 400' "init $1" 'dense 100' \
			'loss softmax' | cd-init --seed 5 | cd-text |
			sed -n '/weight/,/^record/p' |
			awk -v want="$2" 'NF > 2 && $1 !~ /[a-z]/ {
				for (i = 1; i <= NF; i++) {
					n++; s += $i; q += $i * $i } }
			END { v = q / n / want
				print n, v
				exit !(n > 10000 && v > 0.97 && v < 1.03 &&
				s * s / n < 9 * want) }'
	}
	check glorot 0.004
	check he 0.005
}

@test "the book's nets have the book's size" {
	local net
	for net in small small-dropout; do
		cd-init --summary "$ROOT/pipelines/nets/$net.net" >table
		awk '$1 == "total" { print $(NF - 1) }' table |
			grep -x 3453121
	done
	grep -x 'pool4 *pool-max *7x7x128 *0 *0.000' table
	grep -x 'dense1 *dense *1x1x512 *3211776 *6.423' table
}

# size NET [SIDE]: parameters, the trained ones, and MFLOP of a picture.
size() {
	sed "s/^input [0-9]* [0-9]*/input ${2:-&}/; s/input input/input/" \
		"$ROOT/pipelines/nets/$1.net" | cd-init --summary |
		awk '$1 == "total" { n = $(NF - 1); f = $NF }
			$1 == "trained" { print n, $NF, f }'
}

@test "the nets that come with it have the sizes that their texts say" {
	local net
	[ "$(size s)" = '1236586 1233658 106.114' ]
	[ "$(size m)" = '2824342 2819958 227.810' ]
	[ "$(size l)" = '6400226 6392866 542.963' ]
	[ "$(size mini-xception)" = '721857 718849 773.312' ]
	[ "$(size resnet-32)" = '308833 307489 580.816' ]
	# in numbers of 1,234,567, somewhere in the comment
	for net in s m l mini-xception resnet-32; do
		sed -n '/^#/!q; s/^# //p' "$ROOT/pipelines/nets/$net.net" |
			tr -d ',' | tr '\n' ' ' |
			grep -F "$(size $net | cut -d ' ' -f 2) parameters are"
	done
}

@test "a net that ends in an average has the same parameters at any size" {
	local side
	for side in 64 97 180; do
		[[ "$(size s "$side $side")" == '1236586 1233658 '* ]]
		[[ "$(size mini-xception "$side $side")" == '721857 '* ]]
	done
	[[ "$(size s '160 160')" == *' 294.7'?? ]]
}

@test "the page's examples are nets" {
	awk '/^```/ { on = !on && $0 == "```"; n += on; next }
		on { print > ("block" n) }' "$ROOT/formats/net.md"
	grep -l '^loss' block* >nets
	[ "$(wc -l <nets)" -eq 2 ]
	while read -r net; do
		cd-init --summary "$net" >/dev/null
	done <nets
	# and the block alone, between an input and a loss
	grep -l '^block' block* >framed
	[ "$(wc -l <framed)" -eq 1 ]
	{
		echo input 8 8 3
		cat "$(cat framed)"
		printf '%s\n' 'pool avg global' 'loss softmax'
	} | cd-init --summary | grep '^add1 *add *4x4x64 '
}

@test "a model has every parameter of a residual net" {
	cat >in.net <<-'END'
	input 8 8 4  mean 1 2 3 4
	define unit N
	  block
	    separable $N 3x3 norm gamma 1/2 pad same
	    excite 2
	  end relu as $N
	end
	unit 4
	pool avg global
	dense 1
	loss logistic
	END
	cd-init --seed 3 in.net >model.trs
	cd-info --head model.trs | sed -n 's/^net //p' | diff in.net -
	cd-info model.trs | awk -F '\t' '$3 == "PARM" { print $7, $8 }' |
		diff - <(printf '%s value:f32[%s]\n' \
		separable1-depthwise/weight 3,3,1,4 \
		separable1-pointwise/weight 1,1,4,4 \
		separable1-norm/gamma 4 separable1-norm/beta 4 \
		separable1-norm/mean 4 separable1-norm/variance 4 \
		excite1/reduce-weight 4,2 excite1/reduce-bias 2 \
		excite1/expand-weight 2,4 excite1/expand-bias 4 \
		dense1/weight 4,1 dense1/bias 1)
	# numbers KEY: those of its first line
	numbers() {
		cd-text model.trs | awk -v key="$1" '
			/^record / { on = 0 } index($0, key) { on = 1 }
			on && $1 ~ /^-?[0-9]/ { print; exit }'
	}
	[ "$(numbers separable1-norm/gamma)" = '0.5 0.5 0.5 0.5' ]
	[ "$(numbers separable1-norm/mean)" = '0 0 0 0' ]
	[ "$(numbers separable1-norm/variance)" = '1 1 1 1' ]
	cd-train --summary model.trs | diff - <(cd-init --summary in.net)
}

@test "blocks and definitions that are wrong name their lines" {
	printf '%s\n' 'input 8 8 4' 'define half N' block 'conv $N 3x3' \
		shortcut 'pool max 2' end end '' 'half 4' >in.net
	fails_with 2 "cd-init: in.net: line 7, used in line 10: end: the \
block's paths do not meet: its layers give 6x6x4, its shortcut 4x4x4" \
		cd-init in.net
	printf '%s\n' 'input 8 8 6' 'conv 8 3x3 groups 4' >in.net
	fails_with 2 "cd-init: in.net: line 2: conv: 4 groups do not divide \
both the 6 channels of the input and the 8 filters" cd-init in.net
	printf '%s\n' 'input 8 8 6' 'conv 8 3x3 group 2' >in.net
	fails_with 2 "cd-init: in.net: line 2: conv: unexpected word 'group'" \
		cd-init in.net
}

@test "a wrong text names file, line and both shapes" {
	tiny_net 4 | sed s/flatten/"pool max 2"/ >in.net
	fails_with 2 "cd-init: in.net: line 4: pool: a window of 2x2 does not \
fit on the input of 1x1x4 (padding 0)" cd-init in.net
	tiny_net | grep -v flatten >in.net
	fails_with 2 "cd-init: in.net: line 4: dense: the input is a map of \
7x7x4, a vector (1x1xn) is wanted: write 'flatten' before it" cd-init in.net
	printf 'input 8 8 3\nblur 3\n' >in.net
	fails_with 2 'line 2: blur: unknown word; a line begins' cd-init in.net
	fails_with 2 "standard input: no 'input' line" cd-init </dev/null
	head -c 1000000 /dev/zero | tr '\0' x >in.net
	fails_with 2 'a net text of more than 65536 bytes' cd-init in.net
	printf 'input 8 8 3\0\n' >in.net
	fails_with 2 'line 1: a NUL byte: this is no text' cd-init in.net
	fails_with 2 'a stream, not a net text; cd-train --summary' \
		cd-init "$(make_model)"
	printf 'input 8 8 3\nmaxpool 2\n' >in.net
	fails_with 2 "maxpool: unknown word; here it is 'pool max'" \
		cd-init in.net
}

@test "a failure leaves nothing under the final name" {
	printf 'input 8 8 3\n' >in.net
	fails_with 2 "no 'loss' line" cd-init -o out.trs in.net
	[ "$(echo out.trs*)" = 'out.trs*' ]
}

@test "--plan: steps, their layers and kernels, and what a batch takes" {
	local s=$ROOT/pipelines/nets/s.net
	CD_CPU=ref cd-init --plan -n 8 -j 1 "$s" >table
	[ "$(wc -l <table)" = 22 ]
	grep -q '^conv2 + conv2-norm + pool1  *ref  *24x24x32 ' table
	grep -q '^conv4 + conv4-norm + add1  *ref  *24x24x32 ' table
	grep -q '^pool5  *pool  *1x1x256 ' table
	# the operations are those of the layers
	cd-init --summary "$s" | awk '$1 == "total" { print $NF }' |
		diff - <(awk '$1 == "total" { print $2 }' table)
	# a pool reads and writes its maps and their gradients once: 3x3x256
	# floats to 1x1x256, of 8 pictures
	awk '$1 == "pool5" { exit !($6 == "0.16") }' table
	# a picture more takes more memory, and maps grow in step
	memory() {
		CD_CPU=ref cd-init --plan -n "$1" -j 1 "$s" |
			sed -n 's/.*: \([0-9.]*\) MiB in all.*/\1/p'
	}
	awk -v a="$(memory 9)" -v b="$(memory 8)" 'BEGIN { exit !(a > b) }'
	maps() {
		CD_CPU=ref cd-init --plan -n "$1" -j 1 "$s" |
			awk '$1 == "total" { print int($3 * 10) }'
	}
	[ "$(maps 16)" -ge "$(($(maps 8) * 2 - 1))" ]
	[ "$(maps 16)" -le "$(($(maps 8) * 2 + 1))" ]
}

@test "--plan: tells of memory without taking it" {
	command -v python3 >/dev/null || skip "no python3"
	! sanitized || skip "a sanitizer wants memory of its own"
	cd-init --plan "$ROOT/pipelines/nets/mini-xception.net" >table
	mib=$(sed -n 's/.*: \([0-9]*\).* MiB in all.*/\1/p' table)
	[ "$mib" -gt 500 ]
	[ "$mib" -le 1228 ]
	python3 -c 'import resource, subprocess, sys
subprocess.check_call(sys.argv[1:], stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)' \
		cd-init --plan "$ROOT/pipelines/nets/mini-xception.net" >most
	[ "$(cat most)" -lt 100 ]
}

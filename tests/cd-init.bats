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
	grep -x 'pool4 *pool *7x7x128 *0 *0.000' table
	grep -x 'dense1 *dense *1x1x512 *3211776 *6.423' table
}

@test "a wrong text names file, line and both shapes" {
	tiny_net 4 | sed s/flatten/"pool max 2"/ >in.net
	fails_with 2 "cd-init: in.net: line 4: pool: a window of 2x2 does not \
fit on the input of 1x1x4 (padding 0)" cd-init in.net
	tiny_net | grep -v flatten >in.net
	fails_with 2 "cd-init: in.net: line 4: dense: the input is a map of \
7x7x4, a vector (1x1xn) is wanted: write 'flatten' before it" cd-init in.net
	printf 'input 8 8 3\nblur 3\n' >in.net
	fails_with 2 'in.net: line 2: blur: unknown word' cd-init in.net
	fails_with 2 "standard input: no 'input' line" cd-init </dev/null
	head -c 1000000 /dev/zero | tr '\0' x >in.net
	fails_with 2 'a net text of more than 65536 bytes' cd-init in.net
	printf 'input 8 8 3\0\n' >in.net
	fails_with 2 'line 1: a NUL byte: this is no text' cd-init in.net
	fails_with 2 'a NUL byte: this is no text' cd-init "$(make_model)"
}

@test "a failure leaves nothing under the final name" {
	printf 'input 8 8 3\n' >in.net
	fails_with 2 "no 'loss' line" cd-init -o out.trs in.net
	[ "$(echo out.trs*)" = 'out.trs*' ]
}

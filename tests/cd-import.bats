# cd-import: arrays of NumPy and safetensors to samples and weights.
load helper

# shellcheck disable=SC2034 # name and in are the contract's
@test "cd-import is asked and answers as all commands do" {
	name=cd-import
	mkdir contract
	contract_usage cd-import
	cd-export -o contract/s.npy "$(make_samples 3 16)"
	in=contract/s.npy
	cd-import <"$in" >contract/first
	contract_output cd-import
	fails_with 2 'one file at most' cd-import a b
	fails_with 2 'nowhere: No such file' cd-import nowhere
	fails_with 2 "'a' is not what=name" cd-import --array a "$in"
	fails_with 2 '--labels are of samples' \
		cd-import --model m.trs --labels "$in"
	fails_with 2 'standard input: empty' cd-import </dev/null
	fails_with 2 'safetensors file: a tensor-record stream' \
		cd-import "$(make_samples 3 16)"
}

# The records of a stream as text.
records() {
	cd-text "$@" | grep -v '^head'
}

@test "samples to NPZ or NPY and back are the same" {
	local s
	s=$(make_samples 3 16)
	cd-export -o s.npz "$s"
	cd-import s.npz >back.trs
	cmp <(records "$s") <(records back.trs)
	[ "$(cd-info --head back.trs | grep -c '^class')" -eq 2 ]
	[[ "$(cd-info --head back.trs)" == *"made cd-import "* ]]
	cd-export -o i.npy "$s"
	cd-export --to npy --tensor label "$s" >l.npy
	cd-export --to npy --tensor key <"$s" >k.npy
	cat i.npy | cd-import --labels l.npy --keys k.npy \
		--classes cat,dog --fit 'squash triangle' >two.trs
	cd-text "$s" | grep -v '^head made' >want
	cd-text two.trs | grep -v '^head made' | diff <(sort want) <(sort -)
	fails_with 2 "'squash' is not how and filter" \
		cd-import --fit squash i.npy
	cd-import i.npy | cd-text | grep -c '^record SMPL 0 0 5$'
	fails_with 2 'name the classes with --classes' \
		cd-import --labels l.npy i.npy
	fails_with 2 'l.npy: element 3: no label from 0 to 0, for 1 classes' \
		cd-import --labels l.npy --classes one i.npy
	fails_with 2 "l.npy: the key '0' comes twice" \
		cd-import --keys l.npy i.npy
	fails_with 2 "no array 'x': --array image=NAME" \
		cd-import --array image=x s.npz
	fails_with 2 'must be a file, not a pipe' cd-import < <(cat s.npz)
}

@test "weights to safetensors or NPZ and back are the same" {
	local f
	cp "$(make_model 16)" m.trs
	cd-shuffle --epochs 2 "$(make_samples 3 16)" |
		cd-train -q -n 3 m.trs
	tiny_net | cd-init --seed 2 >other.trs
	for f in npz safetensors; do
		cd-export -o w.$f m.trs
		cd-import --model other.trs w.$f >new.trs
		cmp <(cd-predict --tsv --model m.trs "$(make_samples 3 16)") \
			<(cd-predict --tsv --model new.trs \
				"$(make_samples 3 16)")
	done
	cat w.safetensors |
		cd-import --model other.trs - >pipe.trs
	cmp new.trs pipe.trs
	# the state of the optimiser, and what training came to, go
	cd-import --model m.trs -o same.trs w.npz 2>said
	[[ "$(<said)" == *"state and averages are dropped" ]]
	! cd-info --head same.trs | grep '^epoch\|^step' || false
	! cd-text same.trs | grep '^tensor square' || false
	tiny_net | sed 's/conv 4/conv 5/' | cd-init >wide.trs
	text="'conv1/weight': is f4 [3,3,3,4], the net wants f4 [3,3,3,5]"
	fails_with 2 "$text" \
		cd-import --model wide.trs -o no.trs w.npz
	[ ! -e no.trs ]
	# a cut file, at any place
	for f in npz safetensors; do
		for n in 4 30 200 400 700; do
			head -c $n w.$f >cut.$f
			fails_with 2 'cd-import: cut' \
				cd-import --model other.trs -o no.trs cut.$f
		done
		[ ! -e no.trs ]
	done
	{ cat w.safetensors; echo; } >long
	fails_with 2 'bytes behind the last tensor' \
		cd-import --model other.trs long
}

# tensors JSON [BYTES]: a safetensors file x with that header.
tensors() {
	python3 -c 'import struct, sys
h = sys.argv[1].encode()
sys.stdout.buffer.write(struct.pack("<Q", len(h)) + h + bytes(int(sys.argv[2])))
' "$1" "${2:-0}" >x
}

# refuses TEXT: is x refused as the weights of a net, with this text?
refuses() {
	fails_with 2 "cd-import: x: $1" cd-import --model m.trs x
	[ "$(wc -l <fails.err)" -eq 1 ]
}

@test "safetensors that lie are refused" {
	local t='"dtype":"F32","shape":[1],"data_offsets"'
	cp "$(make_model 16)" m.trs
	printf '\0\0\0\100\0\0\0\0{' >x
	refuses 'no NPY or NPZ file, nor safetensors'
	[[ "$(<fails.err)" == *'header of 1073741824 bytes, at most'* ]]
	tensors '{"a":{'"$t"':[0,4]},"a":{'"$t"':[4,8]}}' 8
	refuses 'its header is no JSON object: duplicate object key'
	tensors '{"a":{'"$t"':[0,4]},"b":{'"$t"':[2,6]}}' 8
	refuses "'b': its numbers begin at byte 2, those before end at 4"
	tensors '{"a":{'"$t"':[0,4]},"b":{'"$t"':[8,12]}}' 12
	refuses "'b': its numbers begin at byte 8"
	tensors '{"a":{'"$t"':[0,5]}}' 5
	refuses "'a': its data_offsets are 5 bytes apart, its shape is of 4"
	tensors '{"a":{"dtype":"F8_E4M3","shape":[4],"data_offsets":[0,4]}}' 4
	refuses "'a': of dtype 'F8_E4M3', which is not read"
	tensors '{"a":{"dtype":"F32","shape":[4611686018427387904,4],
		"data_offsets":[0,4]}}' 4
	refuses "'a': more "
	tensors '{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}' 4
	refuses "'a': its shape is not of whole numbers"
	tensors '{"a":{'"$t"':[0,4]}}' 4
	refuses "'a': the net has no such parameter"
	tensors '[]'
	refuses 'its header is no JSON object'
	tensors '{}'
	refuses "no 'conv1/weight', which the net wants"
}

@test "bfloat16: every value is the float32 of the same upper bits" {
	cp "$(make_model 16)" m.trs
	cd-export -o w.safetensors m.trs
	python3 - <<-'END'
	import json, struct
	data = open("w.safetensors", "rb").read()
	n, = struct.unpack("<Q", data[:8])
	head = json.loads(data[8:8 + n])
	head.pop("__metadata__")
	few = [0x3f80, 0xc040, 0x0001, 0x7f7f]  # conv1/bias
	def save(path, dtype, code, bits):
	    h, body = {}, b""
	    for name, at in head.items():
	        count = (at["data_offsets"][1] - at["data_offsets"][0]) // 4
	        # from all of the 65536; an exponent of ones is not finite
	        b = [i * 40503 % 65536 for i in range(count)]
	        b = [v & 0xbfff if v & 0x7f80 == 0x7f80 else v for v in b]
	        b = few if name == "conv1/bias" else b
	        raw = struct.pack("<%d%s" % (count, code), *map(bits, b))
	        h[name] = {"dtype": dtype, "shape": at["shape"],
	                   "data_offsets": [len(body), len(body) + len(raw)]}
	        body += raw
	    text = json.dumps(h).encode()
	    open(path, "wb").write(struct.pack("<Q", len(text)) + text + body)
	save("bf16.safetensors", "BF16", "H", lambda v: v)
	save("f32.safetensors", "F32", "I", lambda v: v << 16)
	few[2] = 0x7fc0
	save("nan.safetensors", "BF16", "H", lambda v: v)
	END
	cd-import --model m.trs bf16.safetensors >bf16.trs
	cd-import --model m.trs f32.safetensors | cd-cmp bf16.trs -
	run -1 cd-cmp -q bf16.trs m.trs
	cd-text bf16.trs | grep -A 3 '^record.*conv1/bias$' | sed -n 3p >got
	# 2^-133, and the largest: (2 - 2^-7) 2^127
	echo '1 -3 9.18355e-41 3.38953139e+38' | diff got -
	fails_with 2 "'conv1/bias': [2] is nan" \
		cd-import --model m.trs nan.safetensors
}

# npy HEADER [BYTES]: an NPY file x.
npy() {
	python3 -c 'import struct, sys
h = sys.argv[1].encode() + b"\n"
sys.stdout.buffer.write(b"\x93NUMPY\1\0" + struct.pack("<H", len(h)) + h +
                        bytes(int(sys.argv[2])))' "$1" "${2:-0}" >x
}

# wrong TEXT: is x refused as pictures?
wrong() {
	fails_with 2 "cd-import: x: $1" cd-import x
	[ "$(wc -l <fails.err)" -eq 1 ]
}

@test "NPY files of other kinds are refused, each with a line" {
	local o="'fortran_order': False"
	npy "{'shape': (2, 2), \"descr\" : '|u1', $o}" 4
	wrong 'is u1 [2,2]: pictures are [N,H,W,C]'
	npy "{'descr': '|u1', $o, 'shape': (1, 2, 2)}" 4
	cd-import x | cd-text | grep -c '^tensor image u8 2 2 1$'
	npy "{'descr': '|u1', $o, 'shape': (1, 2, 2)}" 5
	wrong 'bytes behind its end'
	npy "{'descr': '|u1', $o, 'shape': (1, 2, 2)}" 3
	wrong 'it is cut'
	npy "{'descr': '|u1', 'fortran_order': True, 'shape': (1, 2, 2), }" 4
	wrong 'is in Fortran order'
	npy "{'descr': '>i4', $o, 'shape': (1, 2, 2)}" 16
	wrong "of type '>i4', big-endian"
	npy "{'descr': '|O', $o, 'shape': (1, 2, 2)}" 16
	wrong 'holds Python objects (pickled)'
	npy "{'descr': [('a', '<i4')], $o, 'shape': (1,)}" 4
	wrong 'an array of structures'
	npy "{'descr': '<c8', $o, 'shape': (1,)}" 8
	wrong "of type '<c8', which is not read"
	npy "{'descr': '<f4', $o, 'shape': (1, 2, 2, 3)}" 48
	wrong 'is f4 [1,2,2,3]: pictures are u1'
	npy "{'descr': '|u1', $o, 'shape': (1, 3, 9, 9)}" 243
	wrong 'is u1 [1,3,9,9]: channels come last'
	npy "{'descr': '|u1', $o, 'shape': (9999999999, 9999999999, 3)}"
	wrong 'more '
	npy "{'descr': '|u1', $o, 'shape': (1000000, 99, 99, 3)}"
	wrong 'it is cut'
	npy "{'descr': '|u1', $o, 'shape': (0, 2, 2, 3)}"
	wrong 'is u1 [0,2,2,3]: no pixels'
	npy "{'descr': '|u1', $o, $o, 'shape': (1, 2, 2)}" 4
	wrong 'not the header of an NPY file'
	npy "{'descr': '|u1', $o, 'shape': (1, 2"
	wrong 'not the header of an NPY file'
	printf '\223NUMPY\1\0\0\0' >x
	wrong 'an NPY header of 0 bytes, 1 to 65536 are read'
	npy "{'descr': '|u1', $o}" 4
	wrong 'not the header of an NPY file'
}

@test "what NumPy writes: names, strings, compressed, half, Fortran order" {
	local s
	with_module numpy
	s=$(make_samples 3 16)
	cp "$(make_model 16)" m.trs
	tiny_net | cd-init --seed 2 >other.trs
	cd-export -o s.npz "$s"
	cd-export -o w.npz m.trs
	$python - <<-'END'
	import numpy as np
	z, w = np.load("s.npz"), dict(np.load("w.npz"))
	y = z["label"].astype("i8").reshape(-1, 1)
	np.savez_compressed("k.npz", x_train=z["image"], y_train=y, more=y)
	label = np.array(["d\u00f6g", "cat"] * 3)
	np.savez("names.npz", image=z["image"], label=label)
	np.savez("fortran.npz",
	         **{k: np.asfortranarray(v) for k, v in w.items()})
	half = {k: v.astype("f2") for k, v in w.items()}
	np.savez("half.npz", **half)
	np.savez("float.npz",
	         **{k: v.astype("f4") for k, v in half.items()})
	np.savez("double.npz",
	         **{k: v.astype("f8") for k, v in w.items()})
	few = {k: v for k, v in w.items() if k != "dense1/bias"}
	np.savez("few.npz", **few)
	w["dense1/bias"] = np.array([np.nan], "f4")
	np.savez("nan.npz", **w)
	END
	cd-import --array image=x_train,label=y_train --classes cat,dog k.npz \
		>k.trs 2>said
	[[ "$(<said)" == *"k.npz: 1 array left out: 'more'" ]]
	cmp <(records "$s" | grep -v ^record) <(records k.trs | grep -v ^record)
	cd-import -o names.trs names.npz
	cd-info --head names.trs | grep '^class' >got
	printf 'class %s\n' cat dög | cmp - got
	cd-import --model other.trs fortran.npz | cd-cmp m.trs -
	cd-import --model other.trs half.npz >half.trs
	cd-import --model other.trs float.npz | cd-cmp half.trs -
	fails_with 2 'is f8 [3,3,3,4], the net wants f4, f2 or bf16' \
		cd-import --model m.trs double.npz
	fails_with 2 "few.npz: no 'dense1/bias'" cd-import --model m.trs few.npz
	fails_with 2 "'dense1/bias': [0] is nan" cd-import --model m.trs nan.npz
}

@test "PyTorch predicts with exported weights what cd-predict does" {
	local python=/usr/bin/python3 net s all=()
	$python -c 'import torch' 2>/dev/null || skip "no python3-torch"
	s=$(make_samples 8 24)
	cd-export -o pictures.npz "$s"
	for net in small m mini-xception; do
		sed "s/^input *[0-9]* *[0-9]*/input 24 24/
		    $([ $net != small ] || echo 's/^pool *max 2/relu/')" \
			"$ROOT/pipelines/nets/$net.net" |
			cd-init --seed 1 -o $net.trs
		cd-shuffle "$s" | cd-train -q -n 4 -j 1 --lr 1e-3 $net.trs
		cd-predict -j 1 --model $net.trs "$s" | cd-export -o $net-p.npz
		cd-export -o $net.npz $net.trs
		cd-export -o $net.safetensors $net.trs
		all+=("$net.safetensors" pictures.npz "$net-p.npz")
	done
	$python "$ROOT/tests/torch_oracle.py" "${all[@]}"
	# it tells models apart
	run -1 $python "$ROOT/tests/torch_oracle.py" m.safetensors \
		pictures.npz small-p.npz
}

@test "rights are given up before anything of the file is read" {
	strace -o /dev/null true 2>/dev/null || skip "no strace"
	cd-export -o s.npz "$(make_samples 3 16)"
	strace -o log -e trace=landlock_restrict_self,openat \
		cd-import -o back.trs s.npz
	grep -q '^landlock_restrict_self(.* = 0$' log || skip "no Landlock"
	awk '/^landlock_restrict_self/ { on = 1 }
		/"s.npz"/ { exit !on }' log
	awk '/"back.trs.tmp/ && !n++ { print }' log | grep -c O_CREAT
}

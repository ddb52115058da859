load helper

# shellcheck disable=SC2034 # name and in are the contract's
@test "cd-export is asked and answers as all commands do" {
	name=cd-export
	mkdir contract
	contract_usage cd-export
	in=$(make_model 16)
	cd-export --to onnx <"$in" >contract/first
	contract_output cd-export --to onnx
	fails_with 2 '--to is missing' cd-export m.trs
	fails_with 2 "'caffe' is not jsonl" cd-export --to caffe m.trs
	fails_with 2 'one file at most' cd-export --to onnx a.trs b.trs
	fails_with 2 'nowhere.trs: No such file' \
		cd-export --to onnx nowhere.trs
}

start() {
	s=$(make_samples 3 16)
	cp "$(make_model 16)" m.trs
	cd-shuffle --epochs 4 "$s" | cd-train -q -n 3 --average 0.9 m.trs
	cd-predict --model m.trs "$s" >p.trs
}

@test "npz and safetensors: the parameters, by their names" {
	start
	for python in python3 /usr/bin/python3; do
		! $python -c 'import numpy' 2>/dev/null || break
	done
	$python -c 'import numpy' 2>/dev/null || skip "no NumPy"
	cd-export -o m.npz m.trs
	cd-export -o m.safetensors <m.trs
	cd-export --no-average -o last.npz m.trs
	cd-export -o s.npz "$s"
	cd-export -o p.npz p.trs
	cat >check.py <<-'END'
	import json, struct, sys
	import numpy as np
	import trs
	want, last = trs.load("m.trs"), trs.load("m.trs", average=False)
	z, zlast = np.load("m.npz"), np.load("last.npz")
	data = open("m.safetensors", "rb").read()
	n, = struct.unpack("<Q", data[:8])
	head = json.loads(data[8:8 + n])
	about = head.pop("__metadata__")
	assert about["classes"] == "cat\ndog" and "dense" in about["net"]
	assert set(z.files) == set(want) == set(head) and n % 8 == 0
	end = 0
	for name, value in want.items():
	    at = head[name]
	    assert at["dtype"] == "F32" and at["data_offsets"][0] == end
	    end = at["data_offsets"][1]
	    part = slice(*at["data_offsets"])
	    flat = np.frombuffer(data[8 + n:][part], "<f4")
	    assert (flat.reshape(at["shape"]) == value).all()
	    assert z[name].shape == value.shape and (z[name] == value).all()
	    assert (zlast[name] == last[name]).all()
	assert end == len(data) - 8 - n
	s, p, key = np.load("s.npz"), np.load("p.npz"), trs.load("p.trs")["key"]
	samples, predictions = trs.load(sys.argv[1]), trs.load("p.trs")
	assert (s["image"] == samples["image"]).all()
	assert (p["value"] == predictions["value"]).all()
	assert (s["label"] == samples["label"]).all()
	assert [k.decode() for k in s["key"]] == key == \
	    [k.decode() for k in p["key"]]
	assert list(p["class"]) == [b"cat", b"dog"]
	END
	export PYTHONDONTWRITEBYTECODE=1 PYTHONPATH="$ROOT/formats"
	$python check.py "$s"
}

@test "the same bytes from a pipe and in any time zone" {
	start
	for f in npz safetensors; do
		cd-export -o m.$f m.trs
		cat m.trs | TZ=Asia/Tokyo cd-export --to $f | cmp - m.$f
	done
	cd-export -o s.npz "$s"
	cat "$s" | cd-export --to npz | cmp - s.npz
	unzip -t s.npz
}

@test "npy: one array, of a stream or a model" {
	start
	cd-export -o image.npy "$s"
	cat "$s" | cd-export --to npy --tensor image | cmp - image.npy
	cd-export -o value.npy p.trs
	cd-export -o bias.npy --tensor dense1/bias m.trs
	cd-export -o class.npy --tensor class "$s"
	cd-export -o all.npz "$s"
	unzip -p all.npz image.npy | cmp - image.npy
	unzip -p all.npz class.npy | cmp - class.npy
	cd-export -o p.npz p.trs
	unzip -p p.npz value.npy | cmp - value.npy
	cd-export -o m.npz m.trs
	unzip -p m.npz dense1/bias.npy | cmp - bias.npy
	fails_with 2 "no tensor 'x'" cd-export --tensor x -o x.npy "$s"
	fails_with 2 'no parameter of that name' \
		cd-export --tensor x -o x.npy m.trs
	fails_with 2 '--tensor names the parameter' cd-export -o x.npy m.trs
	fails_with 2 '--tensor is for npy' cd-export --tensor x -o x.npz m.trs
	[ ! -e x.npy ]
}

@test "predictions as a table and as lines of JSON" {
	start
	cd-export -o p.tsv p.trs
	cd-predict --model m.trs --tsv "$s" | cmp - p.tsv
	cd-export --to tsv <p.trs | cmp - p.tsv
	printf '%s\n' 'stream 1' 'head holds predictions' 'head class a"b' \
		'head class c\x5cd' 'record PRED 0 0 x\x09y' \
		'tensor value f32 2' '0.25 0.75' 'end 0' | cd-text -r >odd.trs
	cd-export --to jsonl odd.trs | sed 's/,"p"/,@\n"p"/' >got
	diff got - <<-'END'
	{"key":"x\\x09y","label":null,"predicted":"c\\x5cd",@
	"p":{"a\"b":0.25,"c\\x5cd":0.75}}
	END
	cd-export -o p.jsonl p.trs
	python3 -c 'import json, sys
for line in sys.stdin: json.loads(line)' <p.jsonl
}

@test "what does not go together" {
	start
	fails_with 2 'tsv is for predictions: this is a model' \
		cd-export --to tsv m.trs
	fails_with 2 'onnx is for models: this is none' cd-export --to onnx "$s"
	fails_with 2 'jsonl is for predictions: these are none' \
		cd-export --to jsonl "$s"
	cd-batch -n 2 "$s" >b.trs
	fails_with 2 'samples before cd-batch' cd-export --to npz b.trs
	cd-text "$s" | sed '/^end/d' >two
	printf '%s\n' 'record SMPL 0 0 odd' 'tensor image u8 1 1 3' '1 2 3' \
		'tensor label i32' 1 'end 0' >>two
	cd-text -r <two >odd.trs
	fails_with 2 "record 6 (odd): 'image' is" cd-export -o odd.npz odd.trs
	[ ! -e odd.npz ]
	head -c 3000 "$s" >cut.trs
	fails_with 2 'the stream is cut' cd-export -o cut.npz cut.trs
	[ ! -e cut.npz ]
	fails_with 2 '--size is for onnx' cd-export --size 8x8 -o x.npz m.trs
}

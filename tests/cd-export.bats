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
	with_module numpy
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

# ---- samples as picture files ----

# The tensors of a stream as text: pixels and labels.
tensors() {
	cd-text "$@" | grep -v '^stream\|^head\|^record\|^end'
}

# Six samples of 16x16, two of them grey, with two classes and without a label.
mixed() {
	drawn 2
	cd-decode --size 16x16 --label prefix --classes cat,dog photos >c.trs
	cd-decode --grey --size 16x16 photos >g.trs
	cd-text g.trs | sed '/^head\|^stream/d
		/^record/s/[^ ]*$/grey.&/' >grey
	cd-text c.trs | sed '/^end/d; /^head records/d' |
		cat - grey | cd-text -r
}

@test "webdataset: a tar archive of PNG, class and JSON, by tarfile" {
	mixed >s.trs
	cd-export -o s.tar s.trs
	cat s.trs | TZ=Asia/Tokyo cd-export --to webdataset | cmp - s.tar
	python3 - <<-'END'
	import json, tarfile
	keys, t = {}, tarfile.open("s.tar", "r|*")
	for m in t:
	    assert (m.mtime, m.uid, m.gid, m.mode) == (0, 0, 0, 0o644), m
	    assert (m.uname, m.gname) == ("", "") and m.isreg(), m
	    name, ending = m.name.split(".")
	    keys.setdefault(name, {})[ending] = t.extractfile(m).read()
	    assert list(keys)[-1] == name, "what belongs together is apart"
	want = ["cat_0", "cat_1", "dog_0", "dog_1"]
	assert list(keys) == want + ["grey_" + k for k in want], keys
	for name, k in keys.items():
	    grey, about = name.startswith("grey"), json.loads(k["json"])
	    assert k["png"][25] == (0 if grey else 2), "type of colour"
	    assert about == {
	        "key": name[:-2].replace("_", ".") + "." + name[-1] + ".jpg",
	        "class": None if grey else name[:3], "epoch": 0, "view": 0}
	    assert k.get("cls") == (None if grey else
	                            b"%d" % (name[:3] == "dog"))
	END
	mkdir x
	tar -xf s.tar -C x
	for p in cat_0 cat_1 dog_0 dog_1 grey_cat_0 grey_cat_1 grey_dog_0 \
		grey_dog_1; do
		# grey pixels would become three equal channels
		[[ $p == grey* ]] && set -- --grey || set --
		cd-decode "$@" x/$p.png | tensors
	done >got
	tensors s.trs | awk '/^tensor label/ { getline; next } 1' | cmp - got
}

@test "webdataset: targets, in JSON" {
	printf '%s\n' 'stream 1' 'head holds samples' 'head class a' \
		'head class b' 'record SMPL 1 2 x.jpg' \
		'tensor image u8 1 1 1' 7 'tensor target f32 2' '0.25 0.75' \
		'end 0' | cd-text -r | cd-export -o t.tar
	[ "$(tar -tf t.tar)" = $'x-e1-v2.png\nx-e1-v2.json' ]
	tar -xOf t.tar x-e1-v2.json | sed 's/,"target/,@\n"target/' >got
	diff got - <<-'END'
	{"key":"x.jpg","class":null,"epoch":1,"view":2,@
	"target":[0.25,0.75]}
	END
}

@test "webdataset: what its own program reads" {
	python3 -c 'import webdataset' 2>/dev/null || skip "no webdataset"
	mixed >s.trs
	cd-export -o s.tar s.trs
	python3 - <<-'END'
	import webdataset
	s = list(webdataset.WebDataset("s.tar", shardshuffle=False))
	assert [k["__key__"] for k in s][:2] == ["cat_0", "cat_1"]
	assert [k.get("cls") for k in s] == [b"0"] * 2 + [b"1"] * 2 + [None] * 4
	END
}

@test "png: a folder a class, which cd-decode reads back" {
	mixed >s.trs
	cd-export --to png -o p s.trs
	(cd p && find . -type f | sort) >got
	diff got - <<-'END'
	./cat/cat.0.png
	./cat/cat.1.png
	./dog/dog.0.png
	./dog/dog.1.png
	./grey.cat.0.png
	./grey.cat.1.png
	./grey.dog.0.png
	./grey.dog.1.png
	END
	rm p/grey*
	cd-decode --size 16x16 --label folder p >back.trs
	tensors c.trs | cmp - <(tensors back.trs)
	cd-decode --grey --size 16x16 --label folder p >not.trs
	tensors not.trs >not
	run ! cmp -s <(tensors c.trs) not
	# keys that name the folder of the class do not grow
	cat back.trs | cd-export --to png -o q
	cd-decode --size 16x16 --label folder q | cd-cmp back.trs
}

# samples [KEY|EPOCH VIEW|KEY|LABEL]...: grey pictures of a pixel; classes
# in classes.
samples() {
	local s at key label
	printf '%s\n' 'stream 1' 'head holds samples'
	sed 's/^/head class /' classes
	for s; do
		IFS='|' read -r at key label <<<"$s"
		printf '%s\n' "record SMPL $at $key" 'tensor image u8 1 1 1' 7
		[ -z "$label" ] || printf '%s\n' 'tensor label i32' "$label"
	done
	echo end 0
}

@test "names: safe, of their epoch and view, and not twice" {
	printf '%s\n' '../up' 'a\x5cb' >classes
	samples '0 0|../../x|0' '0 0|/etc/p\x0aq.PNG|1' '2 0|x.jpg|1' \
		'2 3|x.jpg|1' '0 0|.hid.den|' '0 0||' '0 0|猫.jpg|1' |
		cd-text -r >s.trs
	mkdir deep
	cd deep
	cd-export --to png -o p ../s.trs
	find . -type f | LC_ALL=C sort >../got
	diff ../got - <<-'END'
	./p/_._up/_._.._x.png
	./p/_.png
	./p/_hid.den.png
	./p/a_x5cb/_etc_p_x0aq.png
	./p/a_x5cb/x-e2-v3.png
	./p/a_x5cb/x-e2.png
	./p/a_x5cb/猫.png
	END
	cd-export --to webdataset ../s.trs | tar -t --quoting-style=literal |
		grep 'png$' >../got
	diff ../got - <<-'END'
	______x.png
	_etc_p_x0aq.png
	x-e2.png
	x-e2-v3.png
	_hid_den.png
	_.png
	猫.png
	END
	cd ..
	[ "$(find . -name '*.png' -not -path './deep/p/*' | wc -l)" -eq 0 ]
	samples '0 0|a/b.jpg|0' '0 0|a_b.png|0' | cd-text -r >twice.trs
	text='record 1 (a_b.png): its file would be that of a/b.jpg'
	fails_with 2 "$text" cd-export -o t.tar twice.trs
	fails_with 2 "$text" cd-export --to png -o t twice.trs
	[ ! -e t.tar ]
	samples '0 0|a.b|0' '0 0|a_b|0' | cd-text -r >dots.trs
	fails_with 2 'its file would be that of a.b' cd-export -o t.tar dots.trs
	cd-export --to png -o dots dots.trs
	printf '%s\n' a/b a_b >classes
	samples '0 0|x|0' | cd-text -r >classes.trs
	fails_with 2 'class a_b: its file would be that of a/b' \
		cd-export --to png -o no classes.trs
	[ ! -e no ]
	samples "0 0|$(printf '%0201d' 0)|0" | cd-text -r >long.trs
	fails_with 2 'it has more than 200 bytes' cd-export -o t.tar long.trs
	samples "0 0|$(printf '%0200d' 0)|0" | cd-text -r |
		cd-export --to webdataset | tar -t | grep -c '^0\{200\}.png$'
}

@test "png: what is there stays, and no half file" {
	local s
	s=$(make_samples 3 16)
	mkdir -p p/dog
	echo mine >p/dog/dog.1.png
	fails_with 2 'p/dog/dog.1.png: File exists' \
		cd-export --to png -o p "$s"
	[ "$(<p/dog/dog.1.png)" = mine ]
	[ "$(find p -type f | wc -l)" -eq 5 ]
	mkdir q away
	ln -s ../away q/cat
	fails_with 2 'q/cat: Not a directory' cd-export --to png -o q "$s"
	rm q/cat
	mkdir q/cat
	ln -s ../../away/x q/cat/cat.0.png
	fails_with 2 'q/cat/cat.0.png: File exists' \
		cd-export --to png -o q "$s"
	[ -z "$(ls away)" ]
	head -c 3000 "$s" >cut.trs
	fails_with 2 'the stream is cut' cd-export --to png -o cut cut.trs
	[ -z "$(find cut -name '*.tmp*')" ]
	cd-decode cut/*/*.png | cd-info --check
	fails_with 2 'the stream is cut' cd-export -o cut.tar cut.trs
	[ ! -e cut.tar ]
	fails_with 2 '/dev/full: write: No space' \
		cd-export --to webdataset -o /dev/full "$s"
	fails_with 2 '.trs/x: Not a directory' \
		cd-export --to png -o "$s/x" "$s"
}

@test "png: a file that may not grow" {
	! counted || skip "the build writes files of its own"
	local s
	s=$(make_samples 3 16)
	(
		ulimit -f 0
		trap '' XFSZ
		cd-export --to png -o full "$s" 2>&1 || echo "status $?"
	) | cat >err
	diff err - <<-'END'
	cd-export: full/cat/cat.0.png: write: File too large
	status 2
	END
	[ -z "$(find full -type f)" ]
}

@test "pictures are of samples, png needs a folder" {
	local s
	s=$(make_samples 3 16)
	fails_with 2 'png are files: -o names their folder' \
		cd-export --to png "$s"
	fails_with 2 '--to is missing' cd-export -o x.png "$s"
	fails_with 2 'webdataset is for samples: this is a model' \
		cd-export -o x.tar "$(make_model 16)"
	cd-batch -n 2 "$s" >b.trs
	fails_with 2 'png is for samples, before cd-batch' \
		cd-export --to png -o x b.trs
	[ ! -e x ] && [ ! -e x.tar ]
}

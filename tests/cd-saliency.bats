# cd-saliency: maps by an independent program, classes and layers, sizes, what
# it refuses.

load helper

setup() {
	scratch
	model=$(make_model 16)
	samples=$(make_samples 3 16)
}

# records [FILE]: all but the header, as text.
records() {
	cd-text "$@" | grep -v '^head'
}

# maps [FILE]: the maps alone, as text, each behind its key.
maps() {
	cd-text "$@" | awk '/^record/ { on = 0; print $5 } /^end/ { on = 0 }
		/^tensor/ { on = $2 == "saliency" } on'
}

# net LINE ...: an untrained model of a net with these lines, 16x16.
net() {
	printf '%s\n' 'input 16 16 3  scale 1/255' "$@" | cd-init --seed 2
}

# Grad-CAM of a net of conv 3x3 relu (layer 1), pool max 2 (layer 2), flatten
# and dense, in plain Python: oracle MODEL SAMPLES LAYER CLASS, both streams as
# text; a line of integers a sample.
oracle() {
	command -v python3 >/dev/null || skip "no python3"
	cat >oracle.py <<-'END'
	import sys
	def tensors(path):
	    found, name = [], None
	    for line in open(path):
	        word = line.split()
	        if word[0] == "record":
	            found.append((word[4], {}))
	        elif word[0] == "tensor":
	            name = word[1]
	            found[-1][1][name] = ([int(d) for d in word[3:]], [])
	        elif found and word[0] not in ("head", "stream", "end"):
	            found[-1][1][name][1].extend(float(w) for w in word)
	    return found
	model = {key: t["value"] for key, t in tensors(sys.argv[1])}
	layer, want = int(sys.argv[3]), sys.argv[4]
	w, b = model["conv1/weight"][1], model["conv1/bias"][1]
	dense, bias = model["dense1/weight"][1], model["dense1/bias"][1]
	K, C = len(bias), len(b)
	S, P = 14, 7                    # sides of the two maps
	for key, t in tensors(sys.argv[2]):
	    x = [v / 255 for v in t["image"][1]]
	    conv = [[[max(0, b[k] + sum(
	        x[((i + u) * 16 + j + v) * 3 + c] *
	        w[((u * 3 + v) * 3 + c) * C + k]
	        for u in range(3) for v in range(3) for c in range(3)))
	        for k in range(C)] for j in range(S)] for i in range(S)]
	    cells = [(i, j, k) for i in range(P) for j in range(P)
	             for k in range(C)]
	    # the winner of each window
	    won = {(i, j, k): max(((conv[y][z][k], -y, -z)
	           for y in (2 * i, 2 * i + 1) for z in (2 * j, 2 * j + 1)))
	           for i, j, k in cells}
	    out = [bias[o] + sum(won[q][0] * dense[n * K + o]
	           for n, q in enumerate(cells)) for o in range(K)]
	    best = out.index(max(out)) if K > 1 else int(out[0] > 0)
	    one = best if want == "predicted" else int(want)
	    d = {q: dense[n * K + one] if K > 1 else dense[n] * (2 * one - 1)
	         for n, q in enumerate(cells)}
	    # a sum over all places is the same before and behind the pool
	    side = S if layer == 1 else P
	    alpha = [sum(d[q] for q in cells if q[2] == k) / side ** 2
	             for k in range(C)]
	    at = (lambda i, j, k: conv[i][j][k]) if layer == 1 else \
	         (lambda i, j, k: won[i, j, k][0])
	    m = [[max(0, sum(alpha[k] * at(i, j, k) for k in range(C)))
	          for j in range(side)] for i in range(side)]
	    def clamp(i):
	        return min(max(i, 0), side - 1)
	    def mix(y, z):
	        # hat functions about the centres of cells
	        y, z = ((q + .5) * side / 16 - .5 for q in (y, z))
	        return sum(max(0, 1 - abs(y - i)) * max(0, 1 - abs(z - j)) *
	                   m[clamp(i)][clamp(j)]
	                   for i in range(-1, side + 1)
	                   for j in range(-1, side + 1))
	    full = [mix(y, z) for y in range(16) for z in range(16)]
	    most = max(full)
	    print(*(int(255 * v / most + .5) if most else 0 for v in full))
	END
	python3 oracle.py "$@"
}

# same OUT WANT: the maps of OUT are the lines of WANT, but for rounding.
same() {
	cd-text "$1" | awk '/^record/ { on = 0; if (n++) print "" }
		/^tensor/ { on = $2 == "saliency"; next }
		/^end/ { on = 0 } on { printf "%s ", $0 } END { print "" }' |
		paste -d ' ' - "$2" | awk '
		NF != 512 { exit 1 }
		{ for (i = 1; i <= 256; i++) { d = $i - $(i + 256)
			if (d * d > 1) exit 1 } }
		END { if (NR != 2) exit 1 }'
}

@test "cd-saliency keeps the contract of filters" {
	filter_contract cd-saliency --model "$model"
}

@test "the maps are those of an independent program" {
	local class layer m
	samples=$(make_samples 1 16)
	cd-text "$samples" >samples.text
	net 'conv 5 3x3 relu' 'pool max 2' flatten 'dense 2' 'loss softmax' \
		>two.trs
	for m in "$model" two.trs; do
		cd-text "$m" >model.text
		for class in 0,cat 1,dog predicted,predicted; do
			for layer in 1 2; do
				oracle model.text samples.text "$layer" \
					"${class%,*}" >want
				cd-saliency --class "${class#*,}" --model "$m" \
					--layer "$layer" "$samples" >out.trs
				same out.trs want
				cat want >>all
			done
		done
	done
	# most are not 0 everywhere
	[ "$(grep -cw 255 all)" -gt 12 ]
	# it is not that nothing is compared
	cd-saliency --model "$m" --class cat "$samples" >cat.trs
	cd-saliency --model "$m" --class dog "$samples" >dog.trs
	oracle model.text samples.text 2 0 >want
	same cat.trs want
	run ! same dog.trs want
}

@test "a tensor is added, all else stays" {
	cd-shuffle --epochs 2 "$samples" >in.trs
	cd-saliency --model "$model" in.trs >out.trs
	cd-text out.trs | awk '/^tensor saliency/ { on = 1; next }
		/^(record|end)/ { on = 0 } !on' | grep -v '^head made cd-sal' |
		diff <(cd-text in.trs) -
	[ "$(cd-info out.trs | grep -c 'saliency:u8\[16,16,1\]$')" -eq 12 ]
	cd-info --head out.trs >header
	grep -qx "made $(cd-saliency -V)" header
	cd-saliency --model "$model" --class dog --layer conv1 "$samples" \
		>dog.trs
	cd-info --head dog.trs |
		grep -x "made $(cd-saliency -V) --class dog --layer conv1"
}

@test "a map that was there is replaced, in its place" {
	cd-saliency --model "$model" --class cat "$samples" >cat.trs
	cd-saliency --model "$model" --class dog "$samples" | records >dog
	cd-saliency --model "$model" --class dog cat.trs | records | diff dog -
	run ! diff dog <(records cat.trs)
}

@test "other filters pass it on" {
	cd-saliency --model "$model" "$samples" >in.trs
	maps in.trs >want
	cd-augment --brightness 0.2 in.trs >out.trs
	maps out.trs | diff want -
	cd-select --per-class 3 in.trs | maps | diff want -
	cd-batch -n 6 in.trs | cd-info | grep -o 'saliency:u8.*' |
		diff - <(echo 'saliency:u8[6,16,16,1] keys:u8[60]')
	cd-predict --model "$model" in.trs | records |
		diff - <(cd-predict --model "$model" "$samples" | records)
}

@test "the class: by name, predicted, the label" {
	cd-saliency --model "$model" "$samples" | maps >predicted
	cd-saliency --model "$model" --class predicted "$samples" | maps |
		diff predicted -
	for class in cat dog; do
		cd-saliency --model "$model" --class $class "$samples" | maps \
			>$class.maps
	done
	cd-saliency --model "$model" --class label "$samples" | maps >label
	# cats come first: half of each
	n=$(($(wc -l <cat.maps) / 2))
	cat <(head -n $n cat.maps) <(tail -n $n dog.maps) | diff label -
	# a sample at a time, by what cd-predict says
	cd-predict --model "$model" --tsv "$samples" | tail -n +2 |
		while read -r key _ class _; do
			cd-select --key "$key" "$samples" |
				cd-saliency --model "$model" --class "$class"
		done >all.trs
	maps all.trs | diff predicted -
	fails_with 2 "$samples: the model has no class 'cow'" \
		cd-saliency --model "$model" --class cow "$samples"
}

@test "classes are matched by name" {
	cd-text "$model" | awk '/^head made/ {
		print "head class dog\nhead class cat"
		print "head fit 16x16 squash triangle" } { print }' |
		cd-text -r >turned.trs
	cd-saliency --model "$model" --class dog "$samples" | maps >want
	cd-saliency --model turned.trs --class cat "$samples" | maps |
		diff want -
	# a cat is the model's class 1
	cd-saliency --model turned.trs --class label "$samples" | maps >got
	n=$(($(wc -l <want) / 2))
	head -n $n got | diff <(head -n $n want) -
}

@test "pictures without labels, or without classes" {
	drawn 3
	cd-decode --size 16x16 photos >in.trs
	cd-text "$model" | awk '/^head made/ {
		print "head class cat\nhead class dog"
		print "head fit 16x16 squash triangle" } { print }' |
		cd-text -r >named.trs
	cd-saliency --model named.trs in.trs >out.trs
	[ "$(cd-info out.trs | grep -c 'saliency:u8\[16,16,1\]$')" -eq 6 ]
	fails_with 2 'in.trs: record 0 (cat.0.jpg): the sample has no label' \
		cd-saliency --model named.trs --class label in.trs
	# a model that was never trained has no classes of its own
	fails_with 2 'in.trs: neither the model, which was never trained, nor' \
		cd-saliency --model "$model" in.trs
}

@test "the layer: by name, by number, the last with a map" {
	net 'conv 4 3x3 relu as first' 'pool max 2' 'conv 6 3x3 norm relu' \
		'pool avg global' 'dropout 0.5' 'dense 2' 'loss softmax' >m.trs
	for layer in first 1 pool1 2 conv2-norm 4; do
		cd-saliency --model m.trs --layer $layer "$samples" | maps \
			>$layer.maps
	done
	cmp first.maps 1.maps
	cmp pool1.maps 2.maps
	cmp conv2-norm.maps 4.maps
	cd-saliency --model m.trs "$samples" | maps | diff - 4.maps
	[ "$(md5sum ./*.maps | cut -d ' ' -f 1 | sort -u | wc -l)" -eq 3 ]
	fails_with 2 "m.trs: the map of layer 'pool2' is 1x1 for pictures of" \
		cd-saliency --model m.trs --layer pool2 "$samples"
	fails_with 2 "m.trs: the map of layer 'dense1' is 1x1" \
		cd-saliency --model m.trs --layer 7 "$samples"
	for layer in conv3 0 8 -1 ''; do
		fails_with 2 "m.trs: no layer has the name or, of 1 to 7, the \
number '$layer'" cd-saliency --model m.trs --layer "$layer" "$samples"
	done
	net flatten 'dense 2' 'loss softmax' >flat.trs
	fails_with 2 "flat.trs: no layer of the net gives a map larger than \
1x1 for pictures of 16x16" cd-saliency --model flat.trs "$samples"
	fails_with 2 "the map of layer 'flatten1' is 1x1" \
		cd-saliency --model flat.trs --layer 1 "$samples"
}

@test "every net here has a map" {
	! sanitized || skip "the same code as above, with larger nets"
	local net size
	for net in "$ROOT"/pipelines/nets/*.net; do
		size=$(awk '$1 == "input" { print $2 "x" $3 }' "$net")
		cd-init "$net" >m.trs
		cd-augment --size "$size" "$(make_samples 3 32)" |
			cd-select --per-class 1 >in.trs
		cd-saliency --model m.trs in.trs >out.trs
		[ "$(cd-info out.trs | grep -c saliency:u8)" -eq 2 ]
		# some place is the brightest
		cd-saliency --model m.trs --class cat in.trs >cat.trs
		cd-saliency --model m.trs --class dog in.trs |
			cat - cat.trs | maps | grep -w 255 >/dev/null
	done
}

@test "--size WxH, and own" {
	s=$(make_samples 3 24)
	net 'conv 4 3x3 norm relu pad same' 'pool max 2' 'pool avg global' \
		'dense 2' 'loss softmax' >m.trs
	fails_with 2 "record 0 (cat.0.jpg): picture of 24x24x3 (height, width, \
channels), the net's input is 16x16x3" cd-saliency --model m.trs "$s"
	cd-saliency --model m.trs --size own "$s" | maps >own
	cd-saliency --model m.trs --size 24x24 "$s" | maps | diff own -
	fails_with 2 "--size: given twice" \
		cd-saliency --model m.trs --size 16x16 --size own "$s"
	cd-saliency --model m.trs --size 32x20 "$s" >out.trs
	[ "$(cd-info out.trs | grep -c 'saliency:u8\[24,24,1\]$')" -eq 6 ]
	run ! diff own <(maps out.trs)
	# pictures of natural sizes, each of its own
	drawn 3
	cd-decode --label prefix photos >mixed.trs
	cd-saliency --model m.trs --size own mixed.trs >out.trs
	[ "$(cd-info out.trs |
		grep -c 'image:u8\[\(.*,\)3\].*saliency:u8\[\11\]')" -eq 6 ]
	# a dense layer wants its size
	fails_with 2 'record 0 (cat.0.jpg): pictures of 24x24: line 5: dense1' \
		cd-saliency --model "$model" --size own "$s"
	fails_with 2 'pictures of 24x24: line 5: dense1' \
		cd-saliency --model "$model" --size 24x24 "$s"
	fails_with 2 "--size: neither 'own' nor a size: 'big' is not WIDTH" \
		cd-saliency --model m.trs --size big "$s"
}

@test "grey pictures" {
	printf '%s\n' 'input 4 4 1' 'conv 2 3x3 pad same' flatten 'dense 1' \
		'loss logistic' | cd-init --seed 1 >grey.trs
	{
		printf '%s\n' 'stream 1' 'head holds samples' 'head class a' \
			'head class b' 'record SMPL 0 0 grey' \
			'tensor image u8 4 4 1'
		seq 3 16 243
		echo 'end 0'
	} | cd-text -r >in.trs
	for class in a b; do
		cd-saliency --model grey.trs --class $class in.trs
	done >out.trs
	[ "$(cd-text out.trs | grep -cx 255)" -ge 1 ]
	fails_with 2 "picture of 16x16x3 (height, width, channels), the net's \
input is 4x4x1" cd-saliency --model grey.trs --size own \
		<(cd-text "$samples" | sed 's/class cat/class a/
			s/class dog/class b/; /^head fit/d' | cd-text -r)
}

@test "a map that is 0 everywhere stays so" {
	cd-text "$model" | awk '/^tensor/ { print; next }
		/^[-0-9]/ { gsub(/[^ ]+/, "0") } { print }' |
		cd-text -r >zero.trs
	cd-saliency --model zero.trs "$samples" | maps |
		grep -v '^[cdt]' | sort -u >values
	[ "$(cat values)" = 0 ]
}

@test "numbers that are not finite are an error" {
	cd-text "$model" | awk '/^record PARM.*weight/ { on = 1 }
		/^[-0-9]/ && on { gsub(/[^ ]+/, "3e38") } { print }' |
		cd-text -r >inf.trs
	fails_with 2 "record 0 (cat.0.jpg): the net's numbers are not all fin" \
		cd-saliency --model inf.trs "$samples"
}

@test "the average is used where there is one" {
	cp "$model" m.trs
	cd-shuffle --epochs 2 "$samples" | cd-batch -n 3 |
		cd-train -q --lr 1e-3 --average 0.9 m.trs
	cd-saliency --model m.trs --class cat "$samples" | maps >average
	cd-saliency --model m.trs --class cat --no-average "$samples" | maps \
		>last
	run ! diff average last
	# by hand: a model of which the average is all there is
	cd-text m.trs | awk '/^tensor/ { keep = sub("average", "value") }
		/^(record|end)/ { print; keep = 0 }
		/^(stream|head)/ || keep' | cd-text -r >only.trs
	cd-saliency --model only.trs --class cat "$samples" | maps |
		diff average -
}

@test "what is refused" {
	fails_with 2 '--model is missing' cd-saliency "$samples"
	cd-batch -n 6 "$samples" >batch.trs
	fails_with 2 'batch.trs: the stream holds batches; wanted: samples' \
		cd-saliency --model "$model" batch.trs
	fails_with 2 'the stream holds samples, not a model' \
		cd-saliency --model "$samples" "$samples"
	cd-text "$model" | awk '/^head made/ {
		print "head class cat\nhead class dog"
		print "head fit 16x16 crop box" } { print }' |
		cd-text -r >crop.trs
	fails_with 2 "brought to size by '16x16 crop box', these by '16x16" \
		cd-saliency --model crop.trs "$samples"
	{
		printf '%s\n' 'stream 1' 'head holds samples' 'head class cat' \
			'head class dog' 'record SMPL 0 0 full' \
			'tensor image u8 16 16 3'
		seq -s ' ' 768 | sed 's/[0-9]\+/1/g'
		for n in {1..63}; do
			printf 'tensor t%d u8\n1\n' "$n"
		done
		echo 'end 0'
	} | cd-text -r >full.trs
	fails_with 2 'record 0 (full): the sample has 64 tensors, as many as' \
		cd-saliency --model "$model" full.trs
	cd-text full.trs | sed 's/^tensor t7 u8/tensor saliency u8/' |
		cd-text -r | cd-saliency --model "$model" >out.trs
	[ "$(cd-info out.trs | grep -c 'saliency:u8\[16,16,1\]')" -eq 1 ]
}

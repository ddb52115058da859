# cd-export --to onnx: files that other programs take, and that predict what
# cd-predict does.
load helper

# trained NAME < NET: NAME.trs, trained for a few steps with a moving average,
# so that statistics of norms and averages are not those of the beginning.
trained() {
	cd-init --seed 1 >"$1.trs"
	cd-shuffle --seed 1 --epochs 2 "$(make_samples 8 16)" |
		cd-train -q -n 4 -j 1 --seed 1 --lr 1e-2 --average 0.5 "$1.trs"
	cd-predict -j 1 --model "$1.trs" "$(make_samples 8 16)" >"$1.p.trs"
	cd-export --to onnx -o "$1.onnx" "$1.trs"
	all+=("$1.onnx" "$(make_samples 8 16)" "$1.p.trs")
}

@test "every kind of layer predicts as cd-predict does" {
	with_module cv2,numpy,onnx
	all=()
	trained maps <<-END
	input 16 16 3  scale 1/255  mean 0.5 0.4 0.3  deviation 0.2 0.3 0.4
	conv 8 3x5 relu stride 2 pad 2
	conv 8 3x3 norm relu pad same groups 4
	separable 12 3x3 pad same
	leaky 0.1
	pool max 3 stride 2 pad same
	excite 3
	block
	  conv 6 1x1 nobias
	  dropout 0.5
	shortcut
	  norm relu epsilon 0.01
	  conv 6 1x1 norm
	end relu
	pool avg 2 stride 1
	pool avg global
	dense 2
	loss softmax
	END
	# channels run fastest in a flattened map, and a vector may be a map
	trained vectors <<-END
	input 16 16 3  scale 1/255
	pool avg 2 pad same
	conv 5 3x3
	pool max 2
	flatten
	norm
	relu
	dense 8
	excite 2
	conv 6 1x1 relu
	block
	  dense 6
	end
	leaky 0
	dense 1
	loss logistic
	END
	# windows that leave cells out, or reach beyond the last one
	trained windows <<-END
	input 16 16 3  scale 1/64
	block
	  pool max 2 stride 3 pad same
	shortcut
	  pool avg 4 stride 3 pad same
	end
	pool avg 5 stride 2 pad same
	pool max 2
	flatten
	dense 2
	loss softmax
	END
	PYTHONDONTWRITEBYTECODE=1 PYTHONPATH="$ROOT/formats" "$python" \
		"$ROOT/tests/onnx_oracle.py" "${all[@]}"
	# the oracle tells nets apart: the average is not the last parameters
	cd-export --to onnx --no-average -o maps.onnx maps.trs
	PYTHONDONTWRITEBYTECODE=1 PYTHONPATH="$ROOT/formats" run -1 "$python" \
		"$ROOT/tests/onnx_oracle.py" "${all[@]:0:3}"
	[[ ${lines[-1]} == differ:* ]]
}

@test "another size, another set of parameters" {
	local samples
	with_module cv2,numpy,onnx
	samples=$(make_samples 8 24)
	trained net <<-END
	input 16 16 3  scale 1/255
	conv 8 3x3 norm relu
	pool avg global
	dense 2
	loss softmax
	END
	cd-predict --size 24x24 --no-average -j 1 --model net.trs "$samples" \
		>p.trs
	cd-export --to onnx --size 24x24 --no-average -o net.onnx net.trs
	PYTHONDONTWRITEBYTECODE=1 PYTHONPATH="$ROOT/formats" "$python" \
		"$ROOT/tests/onnx_oracle.py" net.onnx "$samples" p.trs
}

@test "the same model, the same bytes; who made it is in them" {
	cp "$(make_model 16)" m.trs
	cd-export --to onnx -o a.onnx m.trs
	cd-export --to onnx <m.trs >b.onnx
	cd-export --to onnx - <m.trs | cmp b.onnx -
	cmp a.onnx b.onnx
	with_module cv2,numpy,onnx
	# a name that is not UTF-8, as a stream may hold
	cd-text m.trs |
		sed 's/^head net loss.*/&\nhead class caf\\xe9\nhead class b/' |
		cd-text -r >named.trs
	cd-export --to onnx -o a.onnx named.trs
	"$python" - a.onnx >got <<-'END'
	import onnx, sys
	m = onnx.load(sys.argv[1])
	print(m.producer_name, m.producer_version, m.ir_version,
	      m.opset_import[0].version)
	for p in m.metadata_props:
	    print("[%s]" % p.key)
	    print(p.value)
	END
	{
		echo "cd-tools $(cd-export -V | cut -d ' ' -f 2) 6 11"
		echo '[net]'
		tiny_net
		printf '%s\n' '[classes]' 'caf\xe9' b '[provenance]'
		cd-info --head named.trs | sed -n 's/^made //p'
		cd-export -V
	} | diff - got
}

@test "what cannot be written leaves nothing" {
	cp "$(make_model 16)" m.trs
	fails_with 2 'dense1' cd-export --to onnx --size 32x32 -o o m.trs
	fails_with 2 'onnx is for models: this is none' \
		cd-export --to onnx -o o "$(make_samples 3 16)"
	head -c -64 m.trs >cut.trs
	fails_with 2 'cut.trs' cd-export --to onnx -o o cut.trs
	echo text >text.trs
	fails_with 2 'text.trs' cd-export --to onnx -o o text.trs
	[ ! -e o ]
	[ -z "$(find . -name 'o.tmp*')" ]
	fails_with 2 'No space left' cd-export --to onnx -o /dev/full m.trs
	# a terminal, which script(1) makes
	command -v script >/dev/null || return 0
	script -qec "cd-export --to onnx m.trs" typescript >said </dev/null ||
		status=$?
	[ "$status" -eq 2 ]
	grep -c 'standard output.*terminal' said
}

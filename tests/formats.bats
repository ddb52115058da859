# formats/: the vectors, and the reader and writer beside the page.
load helper

page=$ROOT/formats/stream.md
vectors=$ROOT/formats/vectors

setup() {
	scratch
	cd "$vectors" || return
	good=(good-*.trs)
	bad=(bad-*.trs unsupported-*.trs)
	cd "$BATS_TEST_TMPDIR" || return
}

@test "good vectors read as their twins say" {
	local f
	[ "${#good[@]}" -ge 13 ]
	for f in "${good[@]}"; do
		cd-info --check "$vectors/$f"
		cd-text "$vectors/$f" | diff "$vectors/${f%.trs}.txt" -
		# in a pipe too
		cd-text <"$vectors/$f" | cmp "$vectors/${f%.trs}.txt"
	done
}

# field NAME FILE: a twin's line.
field() {
	sed -n "s/^$1 //p" "$2"
}

@test "bad and unsupported vectors are refused where their twins say" {
	local f twin
	[ "${#bad[@]}" -ge 60 ]
	for f in "${bad[@]}"; do
		twin=$vectors/${f%.trs}.txt
		[ -n "$(field what "$twin")" ]
		run -1 cd-info --check "$vectors/$f"
		echo "$output"
		[ "${#lines[@]}" -eq 1 ]
		[[ $output =~ "$f: record $(field record "$twin")"(: |\ \() ]]
		[[ $output == *": at byte $(field byte "$twin"): "* ]]
		case $f in
		unsupported-*) [[ $output == *": unsupported version "* ]] ;;
		*) [[ $output != *unsupported* ]] ;;
		esac
		# from a pipe, and by a filter, which then writes no END
		cat "$vectors/$f" | fails_with 2 \
			": at byte $(field byte "$twin"): " cd-select
	done
}

@test "every vector has a twin, every twin a vector" {
	diff <(cd "$vectors" && ls -- *.trs | sed 's/\.trs$//') \
		<(cd "$vectors" && ls -- *.txt | sed 's/\.txt$//')
}

# Those that are too large to be kept.
@test "the largest header text, the most classes, and one more" {
	local f
	command -v python3 >/dev/null || skip "no python3"
	PYTHONDONTWRITEBYTECODE=1 python3 "$vectors/make.py" --large .
	for f in good-*.trs; do
		cd-info --check "$f"
		cd-text "$f" | cd-text -r | cmp - "$f"
	done
	for f in bad-*.trs; do
		run -1 cd-info --check "$f"
		[[ $output == *"$f: record 0: at byte 0: "* ]]
	done
}

@test "vectors are added, never changed: each has its line in the list" {
	diff <(cd "$vectors" && sha256sum -- *.trs *.txt | sort -k 2) \
		"$vectors/sums"
}

@test "what a stream promises is not believed: memory stays small" {
	! sanitized || skip "a sanitizer wants memory of its own"
	local f
	for f in "${bad[@]}"; do
		run -1 bash -c "ulimit -v 20000; cat '$vectors/$f' |
			cd-info --check"
		[[ $output != *memory* ]]
	done
}

@test "the page's example is the vector, byte for byte" {
	sed -n 's/^    \([0-9a-f]\{6\}\)/\1/p' "$page" >in-page
	[ "$(wc -l <in-page)" -eq 29 ]
	od -Ax -tx1z -v "$vectors/good-example.trs" | diff - in-page
}

# The reader beside the page, as reader.py.
reader() {
	command -v python3 >/dev/null || skip "no python3"
	cp "$ROOT/formats/trs.py" reader.py
}

@test "trs.py refuses what is bad" {
	reader
	cat >refuse.py <<-'END'
	import os, sys
	import reader
	for path in sys.argv[1:]:
	    try:
	        for item in reader.records(open(path, "rb")):
	            pass
	        sys.exit(path + ": not refused")
	    except (reader.Damaged, reader.Unsupported) as what:
	        named = os.path.basename(path).startswith("unsupported-")
	        assert isinstance(what, reader.Unsupported) == named, path
	END
	PYTHONDONTWRITEBYTECODE=1 python3 refuse.py "${bad[@]/#/$vectors/}"
	# as a program too
	run -1 python3 reader.py "$vectors/${bad[0]}"
	[[ ${lines[-1]} == *Damaged:* ]]
	run ! python3 refuse.py "$vectors/${good[0]}"
}

# compare.py STREAM TEXT ...: trs.py finds in STREAM what TEXT, made
# by cd-text, says.
compare_py() {
	cat >compare.py <<-'END'
	import re, struct, sys
	import reader

	def plain(word):
	    return re.sub(rb"\\x(..)", lambda m: bytes([int(m[1], 16)]), word)

	def element(word, code, size):
	    if word.startswith(b"nan("):
	        return int(word[6:-1], 16).to_bytes(size, "little")
	    number = float(word) if code in "fd" else int(word)
	    return struct.pack("<" + code, number)

	types = {name.encode(): (number, size, code)
	         for number, (name, size, code) in reader.TYPES.items()}
	def compare(stream, text):
	    lines = open(text, "rb").read().split(b"\n")
	    want, head, record = [], [], None
	    for line in lines[1:-1]:
	        word = line.split(b" ")
	        if word[0] == b"head":
	            head.append(plain(line[5:]).split(b" ", 1))
	        elif word[0] == b"record":
	            kind, epoch, view, key = (word[1:] + [b""])[:4]
	            record = [plain(kind), int(epoch), int(view),
	                      plain(key), {}]
	            want.append(record)
	        elif word[0] == b"tensor":
	            number, size, code = types[word[2]]
	            tensor = [number, tuple(int(d) for d in word[3:]), b""]
	            record[4][plain(word[1])] = tensor
	        elif word[0] == b"end":
	            skipped = int(word[1])
	        else:
	            tensor[2] += b"".join(element(w, code, size) for w in word)

	    got = list(reader.records(open(stream, "rb")))
	    assert got[0] == head
	    assert got[-1] == skipped, (got[-1], skipped)
	    assert len(got) == len(want) + 2
	    for g, w in zip(got[1:], want):
	        kind, epoch, view, seq, key, tensors = g
	        assert [kind, epoch, view, key] == w[:4], (g, w)
	        assert {n: list(t) for n, t in tensors.items()} == w[4], (g, w)

	for i in range(1, len(sys.argv), 2):
	    compare(sys.argv[i], sys.argv[i + 1])
	END
	PYTHONDONTWRITEBYTECODE=1 python3 compare.py "$@"
}

@test "trs.py and cd-text find the same" {
	local f pairs=()
	reader
	for f in "${good[@]}"; do
		cd-text "$vectors/$f" >"$f.txt"
		pairs+=("$vectors/$f" "$f.txt")
	done
	# and in streams that the commands make
	cd-shuffle --seed 1 --epochs 2 "$(make_samples 3 16)" |
		cd-batch -n 4 >batches.trs
	for f in "$(make_samples 3 16)" "$(make_model)" batches.trs; do
		cd-text "$f" >"${f##*/}.txt"
		pairs+=("$f" "${f##*/}.txt")
	done
	compare_py "${pairs[@]}"
	python3 reader.py batches.trs >/dev/null
	# it is not that nothing is compared
	sed 's/^end 0/end 1/' batches.trs.txt >other
	run ! compare_py batches.trs other
	sed '0,/^0/s/^0/1/' batches.trs.txt >other
	run ! compare_py batches.trs other
}

@test "the vectors are what make.py writes" {
	local f
	command -v python3 >/dev/null || skip "no python3"
	python3 "$vectors/make.py" .
	for f in *.trs; do
		cmp "$f" "$vectors/$f"
	done
	diff <(ls -- *.trs) <(cd "$vectors" && ls -- *.trs)
}

@test "trs.py writes what we read, byte for byte" {
	reader
	cat >again.py <<-'END'
	import sys
	import reader
	for path in sys.argv[1:]:
	    items = list(reader.records(open(path, "rb")))
	    with open("again.trs", "wb") as f:
	        reader.write(f, items[0], [(i[0], i[1], i[2], i[4], i[5])
	                                   for i in items[1:-1]], items[-1])
	    again = open("again.trs", "rb").read()
	    assert again == open(path, "rb").read(), path
	END
	s=$(make_samples 3 16)
	cd-shuffle --epochs 2 "$s" | cd-batch -n 4 >b.trs
	cp "$(make_model 16)" m.trs
	cd-predict --model m.trs "$s" >p.trs
	PYTHONDONTWRITEBYTECODE=1 python3 again.py "$s" b.trs m.trs p.trs
}

@test "trs.py: arrays for NumPy in one call" {
	reader
	with_module numpy
	s=$(make_samples 3 16)
	cp "$(make_model 16)" m.trs
	cd-shuffle --epochs 4 "$s" | cd-train -q -n 3 --average 0.9 m.trs
	cd-predict --model m.trs "$s" >p.trs
	cat >arrays.py <<-'END'
	import sys, numpy
	import reader
	s, p = reader.load(sys.argv[1]), reader.load("p.trs")
	assert s["image"].shape == (6, 16, 16, 3) and s["key"] == p["key"]
	w, last = reader.load("m.trs"), reader.load("m.trs", average=False)
	assert w.keys() == last.keys() and w["conv1/weight"].ndim == 4
	assert any((w[k] != last[k]).any() for k in w)
	reader.save("again.trs", s, ["cat", "dog"])
	END
	PYTHONDONTWRITEBYTECODE=1 $python arrays.py "$s"
	cd-text again.trs | sed '/^head/d' >again
	cd-text "$s" | sed '/^head/d' | diff - again
	cd-info --check again.trs
}

@test "file(1) and the desktop know a stream" {
	command -v file >/dev/null || skip "no file(1)"
	cp "$(make_model 16)" m.trs
	[ "$(file -b -m "$ROOT/formats/magic" m.trs)" = \
		"tensor-record stream, version 1.0, holds model" ]
	[ "$(file -b -m "$ROOT/formats/magic" --mime-type m.trs)" = \
		application/vnd.cd-tools.trs ]
	command -v python3 >/dev/null || skip "no python3"
	python3 -c 'import sys, xml.dom.minidom as m; m.parse(sys.argv[1])' \
		"$ROOT/formats/cd-tools.xml"
}

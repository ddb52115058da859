load helper

# Pictures of all kinds: tests/tools/oddjpeg.c.
odd() {
	"$CD_BUILD/tools/oddjpeg" "$@"
}

keys() {
	cd-text "$1" | awk '$1 == "record" { print $5 }'
}

labels() {
	cd-text "$1" | awk '$1 == "record" { key = $5 }
	/^tensor label/ { getline; print key, $1 }'
}

# pixels STREAM: those of its only picture, as lines "r g b".
pixels() {
	cd-text "$1" | sed -n '/^tensor image/,/^end/p' | grep '^[0-9]'
}

# near WANT GOT LIMIT: two files of such lines, equal within LIMIT?
near() {
	[ "$(wc -l <"$1")" -eq "$(wc -l <"$2")" ] || return
	paste -d ' ' "$1" "$2" | awk -v limit="$3" '
	function off(a, b) { return a > b ? a - b : b - a }
	off($1, $4) > limit || off($2, $5) > limit || off($3, $6) > limit {
		if (!bad++) print "line " NR ": " $0 }
	END { exit bad > 0 }'
}

# shows KIND...: a picture of this kind decodes to what was drawn.
shows() {
	odd "$@" >it.jpg
	cd-decode it.jpg >it.trs && pixels it.trs >got.txt &&
		near "${expect:-drawn.txt}" got.txt 3 ||
		{ echo "not shown right: $*"; return 1; }
}

# bad REASON < JPEG: an error that names the file and the reason; with
# --on-error skip it is left out, named and counted.
bad() {
	cat >bad.jpg
	fails_with 2 "cd-decode: bad.jpg: $1" cd-decode -j 2 good.jpg bad.jpg
	[ "$(wc -l <fails.err)" -eq 1 ]
	cd-decode --on-error skip bad.jpg good.jpg >skip.trs 2>skip.err
	diff - skip.err <<-END
	$(cat fails.err) (skipped)
	cd-decode: skipped 1 of 2 pictures
	END
	[ "$(keys skip.trs)" = good.jpg ]
	cd-text skip.trs | tail -1 | grep -cx 'end 1'
}

@test "usage" {
	# shellcheck disable=SC2034 # contract_usage reads it
	local name=cd-decode
	mkdir contract
	contract_usage cd-decode
	drawn 1
	fails_with 2 '--fit and --filter need --size' \
		cd-decode --fit crop photos
	fails_with 2 '--fit and --filter need --size' \
		cd-decode --filter box photos
	fails_with 2 "--fit: 'tear' is not squash, crop or pad" \
		cd-decode --size 8x8 --fit tear photos
	fails_with 2 "--filter: 'x' is not nearest, box, triangle," \
		cd-decode --size 8x8 --filter x photos
	fails_with 2 '--label and --labels exclude' \
		cd-decode --label prefix --labels x.tsv photos
	fails_with 2 '--classes needs --label' cd-decode --classes a photos
	fails_with 2 '-0 is for a list' cd-decode -0 photos
	fails_with 2 '--size' cd-decode --size 8 photos
	fails_with 2 '--threads' cd-decode -j 0 photos
}

@test "a folder: header, order, keys, labels" {
	drawn 11
	cd-decode --size 8x6 --label prefix photos >all.trs
	version=$(cd-decode -V | cut -d ' ' -f 2)
	cd-text all.trs | grep '^head' | diff - <(cat <<-END
	head holds samples
	head class cat
	head class dog
	head fit 8x6 squash triangle
	head records 22
	head made cd-decode $version --size 8x6 --label prefix
	END
	)
	labels all.trs | diff - <(printf 'cat.%d.jpg 0\n' {0..10}
		printf 'dog.%d.jpg 1\n' {0..10})
	cd-text all.trs | grep '^tensor image' | sort -u |
		diff - <(echo 'tensor image u8 6 8 3')
	cd-text all.trs | tail -1 | diff - <(echo 'end 0')
}

@test "operands, a list, a list with NULs: the same stream" {
	drawn 3
	mkdir 'a b'
	mv photos/dog.1.jpg 'a b'
	find photos 'a b' -name '*.jpg' | sort >list
	cd-decode --size 8x8 --label prefix <list >list.trs
	tr '\n' '\0' <list | cd-decode -0 --size 8x8 --label prefix |
		cmp - list.trs
	xargs -d '\n' cd-decode --size 8x8 --label prefix <list |
		cmp - list.trs
	# the last newline may be missing, empty lines are passed over
	{ echo; head -c -1 list; } | cd-decode --size 8x8 --label prefix |
		cmp - list.trs
	cd-decode -o file.trs --size 8x8 --label prefix <list
	cmp file.trs list.trs
	tr '\n' '\0' <list >nul
	fails_with 2 'is -0 missing?' cd-decode <nul
	# empty lines count too
	printf '\na.jpg\n\nb\0c.jpg\n' >nul
	fails_with 2 'standard input: a NUL in line 4 ' cd-decode <nul
}

@test "any number of threads gives the same bytes" {
	drawn 20
	local j
	cd-decode -j 1 --size 20x10 --label prefix photos >1.trs
	for j in 2 3 8; do
		cd-decode -j $j --size 20x10 --label prefix photos |
			cmp - 1.trs
	done
	CD_CPU=ref cd-decode --size 20x10 --label prefix photos | cmp - 1.trs
}

@test "folders in folders, names of any case, what is passed over" {
	mkdir -p set/Dog/old set/Cat set/.hidden elsewhere
	odd baseline >set/Cat/10.jpg
	cp set/Cat/10.jpg set/Cat/9.JPG
	cp set/Cat/10.jpg set/Dog/old/1.JpEg
	cp set/Cat/10.jpg set/2.jpeg
	cp set/Cat/10.jpg set/.hidden/3.jpg
	cp set/Cat/10.jpg set/.4.jpg
	cp set/Cat/10.jpg elsewhere/5.jpg
	echo text >set/Cat/notes.txt
	mkdir set/folder.jpg
	mkfifo set/pipe.jpg
	ln -s ../elsewhere set/link
	ln -s ../elsewhere/5.jpg set/6.jpg
	cd-decode set >all.trs
	keys all.trs | diff - <(printf '%s\n' 2.jpeg 6.jpg Cat/9.JPG \
		Cat/10.jpg Dog/old/1.JpEg link/5.jpg)
	cd-decode set/ | cmp - all.trs
	(cd set && cd-decode .) | cmp - all.trs
	# an operand may be such a link, and have any name
	cp set/2.jpeg picture
	cd-decode picture set/link >all.trs
	keys all.trs | diff - <(printf '%s\n' picture 5.jpg)
}

@test "labels by folder" {
	mkdir -p set/Dog set/Cat
	odd baseline >set/Cat/0.jpg
	cp set/Cat/0.jpg set/Dog
	cp set/Cat/0.jpg set/Dog/1.jpg
	printf '%s\n' 'Cat/0.jpg 0' 'Dog/0.jpg 1' 'Dog/1.jpg 1' >want
	cd-decode --label folder set >a.trs
	labels a.trs | diff - want
	cd-text a.trs | grep -c '^head class' | diff - <(echo 2)
	# the same of the classes' folders, of files and of a list
	cd-decode --label folder set/Cat set/Dog/ | cd-cmp - a.trs
	cd-decode --label folder set/Cat/0.jpg set/Dog/*.jpg | cd-cmp - a.trs
	find "$PWD/set" -name '*.jpg' | sort | cd-decode --label folder |
		cd-cmp - a.trs
	cd set/Cat
	fails_with 2 "cd-decode: 0.jpg: the path has no folder's name" \
		cd-decode --label folder 0.jpg
	fails_with 2 "the path has no folder's name" \
		cd-decode --label folder ./0.jpg
}

@test "labels by a table" {
	drawn 2
	printf 'cat.%d.jpg\tpurrs\n' 0 1 2 >t.tsv
	printf 'dog.%d.jpg\tbarks\n' 0 1 >>t.tsv
	cd-decode --labels t.tsv photos >a.trs
	labels a.trs | diff - <(printf '%s\n' 'cat.0.jpg 1' 'cat.1.jpg 1' \
		'dog.0.jpg 0' 'dog.1.jpg 0')
	sed 's/$/\r/' t.tsv >crlf.tsv
	cd-decode --labels crlf.tsv photos | cd-cmp - a.trs
	head -4 t.tsv >short.tsv
	fails_with 2 'short.tsv: no line for the key dog.1.jpg' \
		cd-decode --labels short.tsv photos
	printf 'cat.0.jpg\tpurrs\ncat.0.jpg\tbarks\n' >twice.tsv
	fails_with 2 'twice.tsv: cat.0.jpg is there twice' \
		cd-decode --labels twice.tsv photos
	printf 'cat.0.jpg\tpurrs\ncat.1.jpg purrs\n' >space.tsv
	fails_with 2 'space.tsv: line 2: not a key, a tab and a class' \
		cd-decode --labels space.tsv photos
	fails_with 2 'none.tsv: No such file' \
		cd-decode --labels none.tsv photos
}

@test "classes given, and none" {
	drawn 1
	cd-decode --label prefix --classes dog,bird,cat photos >a.trs
	labels a.trs | diff - <(printf '%s\n' 'cat.0.jpg 2' 'dog.0.jpg 0')
	cd-text a.trs | grep '^head class' | diff - \
		<(printf 'head class %s\n' dog bird cat)
	fails_with 2 'photos/dog.0.jpg: class dog is not one of --classes' \
		cd-decode --label prefix --classes bird,cat photos
	fails_with 2 'there twice' \
		cd-decode --label prefix --classes cat,dog,cat photos
	fails_with 2 'an empty name' \
		cd-decode --label prefix --classes cat,,dog photos
	cd-decode photos >b.trs
	[ -z "$(labels b.trs)" ]
	[ "$(cd-text b.trs | grep -c '^head class')" -eq 0 ]
	cp photos/cat.0.jpg nodot
	fails_with 2 "nodot: the name has nothing before a '.'" \
		cd-decode --label prefix nodot
}

@test "a key met twice names both paths" {
	mkdir a b
	odd baseline | tee a/x.jpg >b/x.jpg
	fails_with 2 'a/x.jpg and b/x.jpg: both have the key x.jpg' \
		cd-decode a b
	fails_with 2 'a/x.jpg and a/x.jpg: both' cd-decode a/x.jpg a/x.jpg
}

@test "no pictures at all" {
	mkdir empty
	echo text >empty/notes.txt
	fails_with 2 'no pictures' cd-decode empty
	fails_with 2 'no pictures: the list on standard input is empty' \
		cd-decode </dev/null
	fails_with 2 'cd-decode: missing: No such file' cd-decode missing
	fails_with 2 'cd-decode: gone.jpg: No such file' \
		cd-decode <<<gone.jpg
	echo text >a.jpg
	fails_with 2 'none of the pictures could be decoded (1 skipped)' \
		cd-decode --on-error skip a.jpg
}

@test "colour spaces and codings are shown right" {
	local kind
	odd text >drawn.txt
	for kind in baseline rgb cmyk adobe-cmyk ycck progressive \
		arithmetic 'scans 60'; do
		# shellcheck disable=SC2086
		shows $kind
	done
	odd text-grey >grey.txt
	expect=grey.txt shows grey
	# colour at half the resolution runs over edges, but not into corners
	odd halved >it.jpg
	cd-decode it.jpg >it.trs
	pixels it.trs | sed -n '1p;$p' >got.txt
	sed -n '1p;$p' drawn.txt >want.txt
	near want.txt got.txt 3
}

@test "EXIF orientations 1 to 8 are seen upright, in both byte orders" {
	local n
	odd text >drawn.txt
	for n in 1 2 3 4 5 6 7 8; do
		shows exif $n
		shows exif-be $n
	done
	# numbers that mean nothing are no orientation
	shows exif 0
	shows exif 9
	# before it is brought to size
	odd exif 6 64x48 >it.jpg
	odd baseline 64x48 >upright.jpg
	odd text 32x16 >drawn.txt
	for n in it.jpg upright.jpg; do
		cd-decode --size 32x16 --filter box $n >it.trs
		pixels it.trs >got.txt
		near drawn.txt got.txt 3
	done
}

@test "fits" {
	odd baseline 96x32 >it.jpg
	odd text 32x32 >want.txt
	cd-decode --size 32x32 --filter box it.jpg >it.trs
	pixels it.trs >got.txt
	near want.txt got.txt 3
	# the middle third
	cd-decode --size 32x32 --fit crop it.jpg >it.trs
	pixels it.trs >got.txt
	near want.txt got.txt 3
	# 32x16 and black: 48x16 would be as wide as it is high
	cd-decode --size 48x32 --fit pad --filter box it.jpg >it.trs
	seq $((48 * 8)) | sed 's/.*/0 0 0/' >black.txt
	{ cat black.txt; odd text 48x16; cat black.txt; } >want.txt
	pixels it.trs >got.txt
	near want.txt got.txt 3
	cd-text it.trs | grep -cx 'head fit 48x32 pad box'
}

# Far from the edges between its parts the picture has the drawing's colours,
# also where libjpeg decodes it smaller.
@test "every filter, to a much smaller and to a larger size" {
	local filter size
	odd baseline 320x192 >it.jpg
	for filter in nearest box triangle bilinear lanczos3; do
		for size in 8x6 400x300; do
			cd-decode --size $size --filter $filter it.jpg >it.trs
			pixels it.trs | sed -n '1p;$p' >got.txt
			odd text $size | sed -n '1p;$p' >want.txt
			near want.txt got.txt 3
		done
	done
}

@test "damaged and foreign files are named with the reason" {
	odd baseline >good.jpg
	: | bad 'an empty file'
	printf '<html><body>404</body></html>' |
		bad 'HTML or XML, not JPEG'
	printf 'GIF89a' | bad 'a GIF picture, not JPEG'
	echo hello | bad 'not a picture of a known kind'
	head -c 2 good.jpg | bad 'Premature end of JPEG file'
	head -c 300 good.jpg | bad 'Premature end of JPEG file'
	head -c -40 good.jpg | bad 'Premature end of JPEG file'
	head -c -2 good.jpg | bad 'Premature end of JPEG file'
	odd progressive >prog.jpg
	head -c -100 prog.jpg | bad 'Premature end of JPEG file'
	odd twelve | bad 'Unsupported JPEG data precision 12'
	odd lossless | bad 'lossless JPEG, which is not supported'
	odd two | bad '2 colour components; 1, 3 or 4 are supported'
	# bytes are missing in the middle; codes of ones only, which none is
	{ head -c -100 good.jpg; tail -c 2 good.jpg; } |
		bad 'Corrupt JPEG data: premature end of data segment'
	{ head -c -100 good.jpg
		printf '\xff\0\xff\0\xff\0\xff\0'
		tail -c 92 good.jpg; } |
		bad 'Corrupt JPEG data: bad Huffman code'
}

@test "extraneous bytes and a comment are no damage" {
	odd text >drawn.txt
	odd baseline >good.jpg
	{ head -c 20 good.jpg; printf 'abcdef'; tail -c +21 good.jpg; } >it.jpg
	cd-decode it.jpg >it.trs 2>it.err
	pixels it.trs >got.txt
	near drawn.txt got.txt 3
	[ ! -s it.err ]
	{ cat good.jpg; echo behind the end; } >it.jpg
	cd-decode it.jpg >it.trs
	pixels it.trs >got.txt
	near drawn.txt got.txt 3
}

# libjpeg keeps tables from one picture to the next, if one lets it.
@test "a picture without tables does not take those of the one before" {
	odd baseline >1.jpg
	odd tableless >2.jpg
	fails_with 2 'cd-decode: 2.jpg: Quantization table 0x00 was not' \
		cd-decode -j 1 1.jpg 2.jpg
}

# Every length of a small file: an error, never a crash or a whole picture.
@test "a picture cut at any byte is refused" {
	local n size
	mkdir cut
	for kind in grey progressive; do
		odd $kind 16x16 >whole.jpg
		size=$(stat -c %s whole.jpg)
		for ((n = 0; n < size; n += 3)); do
			head -c $n whole.jpg >cut/$kind.$n.jpg
		done
	done
	odd grey 16x16 >good.jpg
	cd-decode -j 2 --on-error skip good.jpg cut >it.trs 2>it.err
	[ "$(keys it.trs)" = good.jpg ]
	n=$(find cut -name '*.jpg' | wc -l)
	[ "$(wc -l <it.err)" -eq $((n + 1)) ]
	tail -1 it.err | diff - \
		<(echo "cd-decode: skipped $n of $((n + 1)) pictures")
}

@test "bombs: pixels, scans, pixels times scans, memory" {
	odd grey 16x16 >good.jpg
	odd huge |
		bad '65000x65000 pixels are more than the limit of 100000000'
	odd baseline 64x48 >it.jpg
	cd-decode --max-pixels 3072 it.jpg >it.trs
	fails_with 2 '64x48 pixels are more than the limit of 3071' \
		cd-decode --max-pixels 3071 it.jpg
	odd scans 101 | bad 'more scans than the limit of 100'
	odd scans 60 >it.jpg
	cd-decode --max-scans 60 it.jpg >it.trs
	fails_with 2 'more scans than the limit of 59' \
		cd-decode --max-scans 59 it.jpg
	fails_with 2 'pass the limit of 16 times 3072 pixels' \
		cd-decode --max-pixels 3072 it.jpg
	odd progressive 512x512 >it.jpg
	cd-decode --max-memory 4M it.jpg >it.trs
	fails_with 2 'needs more than the limit of 1048576 bytes' \
		cd-decode --max-memory 1M it.jpg
	odd baseline 512x512 >it.jpg
	fails_with 2 'needs more than the limit of 524288 bytes' \
		cd-decode --max-memory 512K it.jpg
	# turned, it is there twice
	cd-decode --max-memory 1M it.jpg >it.trs
	odd exif 6 512x512 >it.jpg
	fails_with 2 'needs more than the limit of 1048576 bytes' \
		cd-decode --max-memory 1M it.jpg
	# pixels (256 * 85 * 3 + 256) that leave nothing for libjpeg
	odd progressive 256x85 >it.jpg
	fails_with 2 'needs more than the limit of 65536 bytes' \
		cd-decode --max-memory 64K it.jpg
	{ printf '\377\330\377'; head -c 100000 /dev/zero; } >it.jpg
	fails_with 2 'the file has more bytes than the limit of 65536' \
		cd-decode --max-memory 64K it.jpg
}

@test "the first bad picture in the list's order is named, by any threads" {
	local j
	mkdir set
	odd baseline >set/1.jpg
	for j in 2 3 4 5 6 7 8 9; do
		cp set/1.jpg set/$j.jpg
	done
	: >set/5.jpg
	echo >set/6.jpg
	for j in 1 2 4; do
		fails_with 2 'cd-decode: set/5.jpg: an empty file' \
			cd-decode -j $j set
		[ "$(wc -l <fails.err)" -eq 1 ]
	done
	cd-decode --on-error skip set >a.trs 2>a.err
	[ "$(wc -l <a.err)" -eq 3 ]
	cd-text a.trs | tail -1 | diff - <(echo 'end 2')
	# how many there are is not known beforehand
	[ "$(cd-text a.trs | grep -c '^head records')" -eq 0 ]
}

@test "odd names stay on one line of a message" {
	: >$'a\nb.jpg'
	fails_with 2 'cd-decode: a\x0ab.jpg: an empty file' \
		cd-decode $'a\nb.jpg'
	[ "$(wc -l <fails.err)" -eq 1 ]
}

@test "output that cannot be written" {
	drawn 20
	fails_with 2 'No space left' cd-decode -o /dev/full photos
	got=0
	cd-decode photos >/dev/full 2>err || got=$?
	[ $got -eq 2 ]
	grep -q 'No space left' err
	: >photos/dog.3.jpg
	echo old >x.trs
	fails_with 2 'dog.3.jpg: an empty file' cd-decode -o x.trs photos
	[ "$(cat x.trs)" = old ]
	[ "$(find . -maxdepth 1 -name '*x.trs*' | wc -l)" -eq 1 ]
}

@test "a folder in the list is a bad picture" {
	drawn 1
	mkdir photos/more.jpg
	find photos -name '*.jpg' | sort >list
	fails_with 2 'cd-decode: photos/more.jpg: not a regular file' \
		cd-decode <list
	cd-decode --on-error skip <list 2>err | cd-info | grep -c 'SMPL'
}

@test "--on-error skip does not skip for lack of memory" {
	local awkward=$CD_BUILD/preload/awkward.so n got libjpeg=0
	[ -f "$awkward" ] && ! sanitized && ! counted || skip "other memory"
	odd progressive >a.jpg
	odd exif 6 >b.jpg
	: >c.jpg
	decode() {
		env "$1" LD_PRELOAD="$awkward" cd-decode -j 1 \
			--on-error skip a.jpg b.jpg c.jpg >"$2.trs" 2>"$2.err"
	}
	decode AWKWARD_COUNT=count want
	for ((n = 1; n <= $(cat count); n++)); do
		got=0
		decode AWKWARD_ALLOC=$n got || got=$?
		# libjpeg may have coped
		if [ $got -eq 0 ]; then
			cmp got.trs want.trs && cmp got.err want.err
		else
			[ $got -eq 2 ] && ! probe whole <got.trs 2>whole.err &&
				grep -q 'memory in libjpeg$\|memory (' got.err
		fi || { echo "allocation $n: $got"; cat got.err; return 1; }
		grep -q 'in libjpeg$' got.err && libjpeg=$((libjpeg + 1))
	done
	[ "$libjpeg" -ge 2 ]
}

@test "--on-error skip does not skip for what the machine lacks" {
	strace -qq -o /dev/null true 2>/dev/null || skip "no ptrace here"
	drawn 2 pics
	fails_with 2 "pics/cat.1.jpg: Too many open files" \
		strace -qq -f -o /dev/null -P pics/cat.1.jpg \
		-e inject=openat:error=EMFILE \
		cd-decode --on-error skip pics/cat.0.jpg pics/cat.1.jpg
}

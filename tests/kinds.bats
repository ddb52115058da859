# Pictures that are not JPEG: their pixels, against netpbm and libwebp's own
# programs, and what is refused.
load helper

setup() {
	local tool
	cd "$BATS_TEST_TMPDIR" || return
	for tool in pnmtopng pngtopnm pamdepth cwebp dwebp webpmux; do
		command -v $tool >/dev/null || skip "$tool is not here"
	done
	cd-draw -n 1 d
	jpegtopnm -quiet d/cat.0.jpg | pamcut -width 37 -height 23 >a.ppm
	ppmtopgm a.ppm >a.pgm
	[ "$(decoded a.ppm | wc -l)" -eq $((37 * 23 * 3)) ]
	# a mask of many values
	pgmramp -lr 37 23 >mask.pgm
}

# decoded FILE [OPTION ...]: the values of its pixels, a line each.
decoded() {
	cd-decode "${@:2}" "$1" | cd-text | awk '
		/^tensor image/ { on = 1; next }
		on && $1 !~ /^[0-9]/ { exit }
		on { for (i = 1; i <= NF; i++) print $i }'
}

# values: of a PNM on standard input, as RGB of 8 bits.
values() {
	pamdepth -quiet 255 | pnmtoplainpnm | sed 's/#.*//' | tr -s ' \n' '\n' |
		awk 'NR == 1 { kind = $1; next }
			NR <= (kind == "P1" ? 3 : 4) { next }
			kind == "P3" { print; next }
			kind == "P2" { print; print; print }'
}

# over FILE RRGGBB BITS: the values of a PNG over a colour, by its alpha.
over() {
	paste <(pngtopnm -quiet "$1" | values) \
		<(pngtopnm -quiet -alpha "$1" | values) |
		awk -v r=$((16#${2:0:2})) -v g=$((16#${2:2:2})) \
			-v b=$((16#${2:4:2})) '{
			back = NR % 3 == 1 ? r : NR % 3 == 2 ? g : b
			print int(($1 * $2 + back * (255 - $2) + 127) / 255) }'
}

same_as_png() { # FILE
	diff <(pngtopnm -quiet "$1" | values) <(decoded "$1")
}

@test "PNG: colour, grey, palettes, 1 to 16 bits, interlaced" {
	pnmtopng -quiet a.ppm >rgb.png
	pnmtopng -quiet -interlace a.ppm >interlaced.png
	pnmtopng -quiet a.pgm >grey.png
	pamdepth -quiet 65535 a.ppm | pamfunc -multiplier 0.77 |
		pnmtopng -quiet >rgb16.png
	pamdepth -quiet 65535 a.pgm | pamfunc -multiplier 0.77 |
		pnmtopng -quiet -interlace >grey16.png
	pnmquant -quiet 13 a.ppm | pnmtopng -quiet >palette.png
	pamdepth -quiet 3 a.pgm | pnmtopng -quiet >grey2.png
	pamditherbw a.pgm | pamtopnm | pnmtopng -quiet >grey1.png
	file ./*.png >kinds
	grep '16-bit/color RGB, non' kinds
	grep '16-bit grayscale, interlaced' kinds
	grep '1-bit grayscale' kinds
	grep '4-bit colormap' kinds
	for f in *.png; do
		same_as_png "$f" || { echo "$f" && false; }
	done
	diff <(decoded rgb.png --size 16x16) <(decoded a.ppm --size 16x16)
	diff <(decoded grey.png --grey) <(decoded grey.png | sed -n '1~3p')
}

@test "PNG: what is transparent lies over a colour" {
	pnmtopng -quiet -alpha=mask.pgm a.ppm >rgba.png
	pnmtopng -quiet -alpha=mask.pgm a.pgm >grey.png
	pnmquant -quiet 7 a.ppm >few.ppm
	corner=$(pamcut -quiet -width 1 -height 1 few.ppm | tail -c 3 |
		od -An -tx1 | tr -d ' \n')
	pnmtopng -quiet -transparent="=#$corner" few.ppm >trns.png
	for f in rgba grey trns; do
		diff <(over $f.png ffffff) <(decoded $f.png)
		diff <(over $f.png 0a80f0) <(decoded $f.png --background 0a80F0)
	done
	run ! diff -q <(decoded trns.png) <(decoded few.ppm)
	fails_with 2 "--background: 'red' is not a colour, RRGGBB" \
		cd-decode --background red a.ppm
}

@test "PNM: plain and raw, any maxval, comments" {
	local f max
	pamditherbw a.pgm | pamtopnm >b.pbm
	for f in a.ppm a.pgm b.pbm; do
		diff <(values <$f) <(decoded $f)
		pnmtoplainpnm $f >plain.pnm
		diff <(values <$f) <(decoded plain.pnm)
		for max in 1 7 255 256 1000 65535; do
			pamdepth -quiet $max $f | pamtopnm >deep.pnm
			diff <(values <deep.pnm) <(decoded deep.pnm)
		done
	done
	printf 'P2 # grey\n#\n2\n# of # two\n1 10\n0 #x\n\n10' >c.pgm
	[ "$(decoded c.pgm | paste -sd ' ')" = '0 0 0 255 255 255' ]
	printf 'P1\n2 2\n01\n10' >c.pbm
	[ "$(decoded c.pbm | sed -n '1~3p' | paste -sd ' ')" = '255 0 0 255' ]
	cat a.ppm b.pbm >two.ppm
	diff <(values <a.ppm) <(decoded two.ppm 2>err)
	grep '1 with several pictures or frames, such as two.ppm: the first' err
}

@test "WebP: lossy, lossless, alpha, an animation's first frame" {
	cwebp -quiet -lossless a.ppm -o l.webp
	cwebp -quiet -q 60 a.ppm -o q.webp
	pnmtopng -quiet -alpha=mask.pgm a.ppm >rgba.png
	cwebp -quiet -lossless -exact rgba.png -o alpha.webp
	for f in l q; do
		dwebp -quiet -ppm $f.webp -o $f.ppm
		diff <(values <$f.ppm) <(decoded $f.webp)
	done
	diff <(values <a.ppm) <(decoded l.webp)
	diff <(decoded rgba.png --background 336699) \
		<(decoded alpha.webp --background 336699)
	pamflip -lr a.ppm >b.ppm
	cwebp -quiet -lossless b.ppm -o r.webp
	webpmux -frame l.webp +100 -frame r.webp +100 -o moving.webp 2>/dev/null
	decoded moving.webp 2>err >got
	diff <(values <a.ppm) got
	grep 'such as moving.webp: the first was taken' err
}

@test "EXIF turns WebP and PNG too" {
	local exif='II*\0\10\0\0\0\1\0\22\1\3\0\1\0\0\0\6\0\0\0\0\0\0\0'
	printf "$exif" >exif
	cwebp -quiet -lossless a.ppm -o l.webp
	webpmux -set exif exif l.webp -o turned.webp 2>/dev/null
	diff <(pamflip -cw a.ppm | values) <(decoded turned.webp)
	pnmtopng -quiet a.ppm >rgb.png
	python3 - <<-'END'
	import zlib, struct
	data, exif = open('rgb.png', 'rb').read(), open('exif', 'rb').read()
	chunk = b'eXIf' + exif
	chunk = struct.pack('>I', len(exif)) + chunk + \
	    struct.pack('>I', zlib.crc32(chunk))
	open('turned.png', 'wb').write(data[:33] + chunk + data[33:])
	END
	diff <(pamflip -cw a.ppm | values) <(decoded turned.png)
}

@test "cut and damaged files are named, at every byte" {
	local f n i
	pnmtopng -quiet a.ppm >a.png
	cwebp -quiet -lossless a.ppm -o a.webp
	for f in a.png a.webp a.ppm; do
		n=$(wc -c <$f)
		mkdir cut
		# the last byte of a PPM is a value; of the others, too
		for ((i = 12; i < n; i += n / 40)); do
			head -c $i $f >cut/$i.${f#a.}
		done
		head -c $((n - 1)) $f >cut/last.${f#a.}
		run -2 --separate-stderr cd-decode --on-error skip cut
		[[ $stderr == *"none of the pictures could be decoded"* ]]
		run ! grep -v 'cut\|[Rr]ead\|missing\|IDAT\|known kind\|none' \
			<<<"$stderr"
		rm -r cut
	done
	# a byte of the pixels, which the checksum knows
	python3 - <<-'END'
	data = bytearray(open('a.png', 'rb').read())
	data[len(data) // 2] ^= 1
	open('bad.png', 'wb').write(data)
	END
	fails_with 2 'bad.png: IDAT: ' cd-decode bad.png
	printf 'P5 2 2 7\n\1\2\3\10' >bad.pgm
	fails_with 2 'bad.pgm: a value is more than 7' cd-decode bad.pgm
	printf 'P5 2 2 7\n\1\2\3\4xxx' >more.pgm
	fails_with 2 'more.pgm: 3 bytes behind the picture' cd-decode more.pgm
	printf 'P5 2 0 7\n' >none.pgm
	fails_with 2 'none.pgm: a number is not in 1 to' cd-decode none.pgm
	printf 'P5 2\n2 70000\n' >none.pgm
	fails_with 2 'a number is not in 1 to 65535' cd-decode none.pgm
}

@test "bombs are refused by what their headers say" {
	printf 'P5 30000 30000 255\n' >big.pgm
	fails_with 2 'big.pgm: 30000x30000 pixels are more than the limit' \
		cd-decode big.pgm
	printf 'P4 9000 9000\n' >big.pbm
	fails_with 2 'big.pbm: 9000x9000 pixels in 13 bytes are more than' \
		cd-decode big.pbm
	python3 - <<-'END'
	import zlib, struct
	def chunk(t, d):
	    return struct.pack('>I', len(d)) + t + d + \
	        struct.pack('>I', zlib.crc32(t + d))
	def png(name, side):
	    row = bytes(1 + side // 8)
	    z = zlib.compressobj(9)
	    data = b''.join(z.compress(row) for _ in range(side)) + z.flush()
	    open(name, 'wb').write(b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR',
	        struct.pack('>IIBBBBB', side, side, 1, 0, 0, 0, 0)) +
	        chunk(b'IDAT', data) + chunk(b'IEND', b''))
	png('bomb.png', 9600)
	png('huge.png', 30000)
	END
	fails_with 2 'bomb.png: 9600x9600 pixels in 1' cd-decode bomb.png
	fails_with 2 'huge.png: 30000x30000 pixels are more than' \
		cd-decode huge.png
	pnmtopng -quiet a.ppm >a.png
	fails_with 2 'a.png: 37x23 pixels are more than the limit of 800' \
		cd-decode --max-pixels 800 a.png
	pamenlarge 5 a.ppm | pnmtopng -quiet >b.png
	fails_with 2 'b.png: needs more than the limit of 65536 bytes' \
		cd-decode --max-memory 64K b.png
}

@test "a folder of all kinds, and what is left out of it" {
	mkdir cats
	pnmtopng -quiet a.ppm >cats/a.PNG
	cwebp -quiet a.ppm -o cats/b.webp
	cp a.pgm d/cat.0.jpg cats
	touch cats/{1,2}.heic cats/x.txt cats/README cats/.hidden
	cd-decode --size 8x8 --label folder -o out.trs cats 2>err
	[ "$(cd-info out.trs | grep -c SMPL)" -eq 4 ]
	grep 'cd-decode: 4 files not named .*: 2 .heic, 1 other, 1 .txt (' err
	grep -c 'PICTURES OF OTHER KINDS' err
	grep -x 'cd-decode: 1 class: cats 4' err
	[ "$(wc -l <err)" -eq 2 ]
	mkdir other
	touch other/{1..3}.heic
	fails_with 2 'no pictures: none of a known kind in what was named' \
		cd-decode other
	printf '\0\0\0\30ftypheic' >x.heic
	fails_with 2 'x.heic: a HEIC picture, not JPEG, PNG, PNM or WebP (see' \
		cd-decode x.heic
}

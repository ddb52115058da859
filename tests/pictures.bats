# Odd pictures: what cd-decode makes of them, or says. The files in tests/bugs
# each stand for a kind.
load helper

bugs=$ROOT/tests/bugs

# pixels CHANNEL ROW < SAMPLE: that channel of a row of the first picture.
pixels() {
	cd-text | awk -v c="$1" -v row="$2" '
		/^tensor image/ { w = $5; k = $6; on = 1; next }
		/^tensor|^record|^end/ { on = 0; next }
		on { for (i = 1; i <= NF; i++) {
			if (int(n / (w * k)) == row && n % k == c)
				printf "%s ", $i
			n++ } }
		END { print "" }'
}

# white < SAMPLE: how many columns of the middle row are not black.
white() {
	pixels 0 "$1" | tr ' ' '\n' | grep -c -v '^0*$'
}

@test "many segments cost no more than their bytes" {
	local start=$SECONDS
	! sanitized || skip "a sanitizer takes its time"
	cd-decode --size 64x64 "$bugs/app1-flood-40000.jpg" >out.trs
	# four times as many: the time of each must not grow with their number
	{
		head -c 2 "$bugs/app1-flood-40000.jpg"
		for _ in 1 2 3 4 5 6 7 8; do
			head -c 159002 "$bugs/app1-flood-40000.jpg" |
				tail -c +3
		done
		tail -c +3 "$bugs/app1-flood-40000.jpg"
	} >more.jpg
	cd-decode --size 64x64 more.jpg >out.trs
	[ $((SECONDS - start)) -le 3 ]
}

@test "shrunk while decoded: the picture's own span, and nothing beyond it" {
	cd-decode --size 16x16 "$bugs/ramp-257.jpg" | pixels 0 8 >row
	# 216 232 247 of real arithmetic, to 1
	awk '{ exit !($14 >= 215 && $14 <= 217 && $15 >= 231 && $15 <= 233 &&
		$16 >= 246 && $16 <= 248) }' row
	cd-decode --size 16x16 "$bugs/hidden-257.jpg" | pixels 0 8 >row
	[ "$(awk '{ print $16 }' row)" -le 129 ]
	[ "$(cd-decode --size 150x100 --fit pad "$bugs/white-454x403.jpg" |
		white 50)" -eq 113 ]
	[ "$(cd-decode --size 150x100 --fit pad --filter bilinear \
		"$bugs/white-454x403.jpg" | white 50)" -eq 113 ]
}

@test "damage that libjpeg does not tell of is refused" {
	fails_with 2 "bad-code-early.jpg: Corrupt JPEG data" \
		cd-decode --size 16x16 "$bugs/bad-code-early.jpg"
	fails_with 2 "a scan is missing" \
		cd-decode "$bugs/progressive-dc-only.jpg"
}

# A photograph whose data end early: a bit flipped near the end of a scan leaves
# bytes that are no picture.
@test "bytes of a scan that were not decoded are damage, padding is not" {
	drawn 1
	local n
	n=$(stat -c %s photos/cat.0.jpg)
	for more in 16 26; do
		{
			head -c $((n - 2)) photos/cat.0.jpg
			head -c $more /dev/zero
			tail -c 2 photos/cat.0.jpg
		} >padded$more.jpg
	done
	cd-decode padded16.jpg >/dev/null
	fails_with 2 "extraneous bytes" cd-decode padded26.jpg
}

@test "what other programs read in the only way there is, is read" {
	cd-decode "$bugs/samsung-sos-16x16.jpg" | cd-info | grep -c 'image:u8'
	cd-decode "$bugs/adobe2-16x16.jpg" | cd-info | grep -c 'image:u8'
}

@test "a file that is no picture is not read whole; a bomb takes no memory" {
	command -v python3 >/dev/null || skip "no python3"
	! sanitized || skip "a sanitizer has memory of its own"
	truncate -s 1100M z.jpg
	{ printf '\377\330\377'; head -c 1000 /dev/zero; } >large.jpg
	truncate -s 3G large.jpg
	for f in z.jpg large.jpg "$bugs/bomb-579MB-420B.jpg"; do
		python3 - "$f" <<-'END'
		import resource, subprocess, sys
		r = subprocess.run(["cd-decode", sys.argv[1]], stdout=-3,
		                   stderr=subprocess.PIPE)
		most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
		assert r.returncode == 2 and most < 30000, (r, most)
		print(r.stderr)
		END
	done
	fails_with 2 "not a picture of a known kind" cd-decode z.jpg
	fails_with 2 "more bytes than the limit" cd-decode large.jpg
	fails_with 2 "in 420 bytes are more than the limit of 1000 a byte" \
		cd-decode "$bugs/bomb-579MB-420B.jpg"
}

@test "formats are named" {
	local name
	make() { printf "$2" >"$1.jpg"; head -c 64 /dev/zero >>"$1.jpg"; }
	make HEIC '\0\0\0\030ftypheic'
	make AVIF '\0\0\0\034ftypavif'
	make 'JPEG XL' '\377\012'
	make Photoshop '8BPS'
	make HTML '\n<!DOCTYPE html>'
	make GIF 'GIF89a'
	make ZIP 'PK\003\004'
	for name in HEIC AVIF 'JPEG XL' Photoshop HTML GIF ZIP; do
		fails_with 2 "$name" cd-decode "$name.jpg"
		[[ "$(<fails.err)" == *", not JPEG, PNG, PNM or WebP"* ]]
	done
	# a JPEG of a kind that is not supported
	drawn 1
	python3 - <<-'END' || skip "no python3"
	d = bytearray(open("photos/cat.0.jpg", "rb").read())
	d[d.index(b"\xff\xc0") + 1] = 0xc3
	open("lossless.jpg", "wb").write(d)
	END
	fails_with 2 "lossless JPEG" cd-decode lossless.jpg
	# and on a stream
	gzip -c "$(make_samples 2 16)" >packed
	fails_with 2 "not a tensor-record stream but gzip data" \
		cd-select packed
	cd-text "$(make_samples 2 16)" >text
	fails_with 2 "cd-text -r reads it" cd-select text
}

@test "skip: whatever is wrong with one picture, named or listed" {
	drawn 2
	local long
	long=$(head -c 300 /dev/zero | tr '\0' x).jpg
	mkfifo fifo.jpg
	mkdir folder.jpg
	echo text >text.jpg
	bad=(missing.jpg fifo.jpg text.jpg "$long")
	for way in named listed; do
		if [ $way = named ]; then
			cd-decode --on-error skip photos/cat.0.jpg "${bad[@]}" \
				>out.trs 2>err
		else
			printf '%s\n' photos/cat.0.jpg "${bad[@]}" folder.jpg |
				cd-decode --on-error skip >out.trs 2>err
		fi
		[ "$(cd-info out.trs | grep -c SMPL)" -eq 1 ]
		n=${#bad[@]}
		[ "$way" = named ] || n=$((n + 1)) # the folder
		cd-info out.trs | tail -n 1 | grep -c "	$n skipped"
		for f in "${bad[@]:0:3}"; do
			grep -q "^cd-decode: $f: .*(skipped)" err
		done
	done
	for f in "${bad[@]}"; do
		fails_with 2 "" cd-decode "$f"
	done
	fails_with 2 "fifo.jpg: not a regular file" cd-decode fifo.jpg
	if [ "$(id -u)" -ne 0 ]; then
		mkdir -m 0 closed
		fails_with 2 "closed" cd-decode --on-error skip closed photos
	fi
}

@test "names of any length and bytes: the end of a path is what is told" {
	local deep=x i
	for i in $(seq 60); do deep=$deep/$(printf 'folder-%053d' "$i"); done
	mkdir -p "$deep"
	echo none >"$deep/the-very-name.jpg"
	fails_with 2 "the-very-name.jpg: not a picture" cd-decode x
	drawn 1
	cp photos/cat.0.jpg $'a\nb.1.jpg'
	fails_with 2 'a\x0ab.1.jpg: a newline in its label' \
		cd-decode --label prefix $'a\nb.1.jpg'
}

@test "what folders hold besides is told; links are followed, not in circles" {
	drawn 2
	mkdir -p set/cat elsewhere
	mv photos/cat.* set/cat
	mv photos/dog.* elsewhere
	ln -s ../elsewhere set/dog
	ln -s .. set/cat/up
	: >set/cat/a.heic
	: >set/cat/b.HEIC
	cd-decode --size 16x16 --label folder set >out.trs 2>err
	grep -q '^cd-decode: 2 files not named .*: 2 .heic (' err
	grep -q '1 link to a folder above left out' err
	[ "$(cd-info out.trs | grep -c SMPL)" -eq 4 ]
	cd-info --head out.trs | grep -cx 'class dog'
}

@test "labels by folder: the last, or the first below the one named" {
	drawn 2
	mkdir -p n/{cat,dog}/{2019,2020}
	for k in cat dog; do
		cp photos/$k.0.jpg n/$k/2019
		cp photos/$k.1.jpg n/$k/2020
	done
	cd-decode --size 16x16 --label top -o n.trs n 2>err
	run ! grep -q "last folders" err
	[ "$(cd-info --head n.trs | grep class)" = $'class cat\nclass dog' ]
	cp -r n k
	mv k/dog/2019 k/dog/2021
	mv k/dog/2020 k/dog/2022
	cd-decode --size 16x16 --label folder k >k.trs 2>err
	grep -c -- "last folders of the paths; --label top takes the first, \
such as cat" err
	# 2019 and 2020 are no classes
	fails_with 2 "two folders of one name" \
		cd-decode --size 16x16 --label folder n
	find n -name '*.jpg' >list
	fails_with 2 "two folders of one name" \
		cd-decode --size 16x16 --label folder <list
	fails_with 2 "--label top goes with the name of one" \
		cd-decode --size 16x16 --label top <list
	# one folder, named in two ways
	mv n/cat/2019/cat.0.jpg n/cat
	cd n
	cp cat/2020/cat.1.jpg cat
	printf 'cat/cat.0.jpg\n./cat/cat.1.jpg\n' |
		cd-decode --label folder | cd-info | grep -cx 'class cat'
}

@test "grey pictures: one channel, through training and prediction" {
	drawn 4
	cd-decode --grey --size 16x16 --label prefix photos >s.trs
	cd-info s.trs | grep -c 'image:u8\[16,16,1\]'
	# the formula, to rounding
	cd-decode --size 16x16 photos/cat.0.jpg | cd-text | awk '
		/^tensor image/ { on = 1; next } /^[a-z]/ { on = 0 }
		on { for (i = 1; i <= NF; i += 3)
			printf "%.0f\n", .299 * $i + .587 * $(i + 1) + \
				.114 * $(i + 2) }' >want
	cd-decode --grey --size 16x16 photos/cat.0.jpg | pixels 0 0 >/dev/null
	cd-decode --grey --size 16x16 photos/cat.0.jpg | cd-text | awk '
		/^tensor image/ { on = 1; next } /^[a-z]/ { on = 0 }
		on { for (i = 1; i <= NF; i++) print $i }' >got
	paste want got | awk '{ d = $1 - $2; if (d > 1 || d < -1) exit 1 }'
	tiny_net | sed 's/^input 16 16 3/input 16 16 1/' | cd-init >m.trs
	cd-shuffle --epochs 2 s.trs | cd-augment --preset book |
		cd-train -q -n 4 m.trs
	cd-eval --model m.trs s.trs >/dev/null
	cd-sheet -o out.png s.trs
}

# cd-draw: names, sizes, that a drawing depends on its seed and number only.

load helper

# names DIR: of all its files, each with a blank behind it.
names() {
	find "$1" -mindepth 1 -printf '%f\n' | sort | tr '\n' ' '
}

@test "count drawings of each class, named as Kaggle's photographs" {
	cd-draw -n 3 d
	[ "$(names d)" = \
	    "cat.0.jpg cat.1.jpg cat.2.jpg dog.0.jpg dog.1.jpg dog.2.jpg " ]
}

@test "the files are JPEG pictures that cd-decode reads, 120 to 200 a side" {
	cd-draw -n 20 d
	find d -name '*.jpg' | sort -V | cd-decode --label prefix >s.trs
	cd-text s.trs | awk '
	/^tensor image/ {
		n++
		if ($4 < 120 || $4 > 200 || $5 < 120 || $5 > 200 || $6 != 3)
			bad = 1
		sizes[$4 "x" $5]
	}
	END { for (s in sizes) kinds++; exit bad || n != 40 || kinds < 20 }'
}

@test "--size gives all that size" {
	cd-draw -n 2 --size 37x21 d
	find d -name '*.jpg' | sort | cd-decode --label prefix |
		cd-text | grep '^tensor image' | sort -u >got
	echo "tensor image u8 21 37 3" | cmp - got
}

@test "a planted link is not written through; the mode is a plain file's" {
	mkdir d
	echo precious >victim
	umask 027
	# its process's number does not tell the temporary name
	bash -c 'ln -s ../victim d/.cat.0.jpg.$$
		exec cd-draw -n 1 -j 1 --size 16x16 d'
	[ "$(cat victim)" = precious ]
	[ "$(stat -c '%a %F' d/cat.0.jpg)" = "640 regular file" ]
}

@test "a drawing is a function of seed, animal and number" {
	cd-draw -n 150 -j 1 --seed 5 --size 32x32 one
	cd-draw -n 150 -j 3 --seed 5 --size 32x32 three
	diff -r one three
	cd-draw -n 100 --seed 5 --size 32x32 parts
	cd-draw -n 50 --first 100 --seed 5 --size 32x32 parts
	diff -r one parts
}

@test "no two drawings are equal, whatever the seed" {
	cd-draw -n 40 --size 32x32 a
	cd-draw -n 40 --size 32x32 --seed 1 b
	[ "$(cat a/*.jpg | wc -c)" -gt 20000 ]
	[ "$(cksum a/* b/* | cut -d ' ' -f 1 | sort -u | wc -l)" -eq 160 ]
}

@test "the default seed is 0 and the default first number 0" {
	cd-draw -n 1 a
	cd-draw -n 1 --seed 0 --first 0 b
	diff -r a b
}

@test "what is there stays, no temporary files remain" {
	mkdir d
	echo "my cat" >d/cat.0.jpg
	echo mine >d/notes
	fails_with 2 "d/cat.0.jpg: is there already, and is not this drawing" \
		cd-draw -n 1 d
	[ "$(cat d/cat.0.jpg)" = "my cat" ]
	[ "$(find d -name '.*jpg*')" = '' ]
	rm d/cat.0.jpg
	cd-draw -n 1 d
	cd-draw -n 1 d # the same once more
	[ "$(names d)" = "cat.0.jpg dog.0.jpg notes " ]
	[ "$(cat d/notes)" = mine ]
	cd-draw -n 1 fresh
	cmp d/cat.0.jpg fresh/cat.0.jpg
}

@test "files have the mode that the umask leaves" {
	(umask 027 && cd-draw -n 1 d)
	[ "$(stat -c %a d/dog.0.jpg)" = 640 ]
}

@test "--help, --version, an unknown option" {
	cd-draw --help | grep -c '^usage: cd-draw -n count'
	[[ "$(cd-draw --version)" == "cd-draw "[0-9]* ]]
	fails_with 2 "usage: cd-draw" cd-draw --no-such-option d
}

@test "wrong usage is said" {
	fails_with 2 "--count must be given" cd-draw d
	fails_with 2 "one folder must be named" cd-draw -n 1
	fails_with 2 "one folder must be named" cd-draw -n 1 a b
	fails_with 2 "--count: " cd-draw -n 0 d
	fails_with 2 "--size: 15 is not in 16 to 8192" \
		cd-draw -n 1 --size 15x16 d
	fails_with 2 "--size: " cd-draw -n 1 --size 100 d
	[ ! -e d ]
}

@test "a folder that cannot be made is named" {
	fails_with 2 "cd-draw: no/d: No such file or directory" \
		cd-draw -n 1 no/d
	touch file
	fails_with 2 "cd-draw: file: Not a directory" cd-draw -n 1 file
}

@test "a drawing that cannot be written is named; the first of several" {
	mkdir -p d/dog.1.jpg d/cat.2.jpg
	fails_with 2 "cd-draw: d/dog.1.jpg: rename: Is a directory" \
		cd-draw -n 4 -j 3 d
	[ "$(wc -l <fails.err)" -eq 1 ]
	[ "$(find d -name '.*' | wc -l)" -eq 0 ]
}

@test "a full disk is found" {
	mkdir d
	# a file may have 1 KiB at most: writing more fails
	fails_with 2 "cd-draw: d/cat.0.jpg: write: File too large" \
		bash -c 'trap "" XFSZ; ulimit -f 1; exec cd-draw -n 1 d'
	[ "$(names d)" = "" ]
}

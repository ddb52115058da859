load helper

P=$ROOT/pipelines

# accuracy < OUTPUT OF cd-eval
accuracy() {
	awk '$1 == "accuracy" { print $2 }'
}

@test "demo: augmented is better than naive, and both learn" {
	[ "$CD_BIN" = "$ROOT/bin" ] || skip "runs the programs in bin/"
	"$P/demo" out >log 2>err
	sed -n '/^naive/,/^augmented/p' log | accuracy >naive
	sed -n '/^augmented/,$p' log | accuracy >augmented
	echo "naive $(cat naive), augmented $(cat augmented)"
	awk '{ exit !($1 > 0.6) }' naive
	awk -v n="$(cat naive)" '{ exit !($1 > n + 0.04) }' augmented
	# overfitting is seen: training is done, validation is not
	tail -1 out/naive.tsv | awk '{ exit !($5 > 0.95 && $7 < 0.9) }'
	for f in drawings predictions curves; do
		file out/$f.png | grep -c 'PNG image data'
	done
}

# archive: one of Microsoft's layout, with what is wrong in theirs.
archive() {
	mkdir -p PetImages/Cat PetImages/Dog
	for i in 0 1 2; do
		cp "$1/cat.$i.jpg" PetImages/Cat/$i.jpg
		cp "$1/dog.$i.jpg" PetImages/Dog/$i.jpg
	done
	: >PetImages/Cat/666.jpg
	echo '<html>gone</html>' >PetImages/Dog/11702.jpg
	echo thumbs >PetImages/Cat/Thumbs.db
	zip -q -r a.zip PetImages
	rm -r PetImages
}

@test "fetch-photographs: unpacks and names what is wrong" {
	drawn 3 drawings
	archive drawings
	"$P/fetch-photographs" a.zip >log 2>err
	grep -qx "PetImages/Cat: 4 pictures, not 12500" err
	grep -qx "PetImages/Cat/666.jpg: empty" err
	grep -qx "PetImages/Dog/11702.jpg: not a JPEG" err
	[ "$(wc -l <err)" -eq 4 ]
	grep -q "^2 files are no pictures" log
	# and what came can be decoded
	find PetImages -name '*.jpg' | sort -V |
		cd-decode --size 16x16 --label folder --on-error skip \
			>s.trs 2>/dev/null
	[ "$(cd-info s.trs | grep -c SMPL)" -eq 6 ]
	cd-info s.trs | grep -cx 'class Dog'
}

@test "fetch-photographs: an archive that is another" {
	mkdir x
	touch x/y
	zip -q -r a.zip x
	run "$P/fetch-photographs" a.zip
	[ "$status" -ne 0 ]
	echo nonsense >b.zip
	run "$P/fetch-photographs" b.zip
	[ "$status" -ne 0 ]
}

@test "cats-vs-dogs: too few pictures" {
	drawn 3 drawings
	fails_with 2 "wanted" "$P/cats-vs-dogs" drawings
	[ ! -e train.trs ]
	run "$P/cats-vs-dogs"
	[ "$status" -ne 0 ]
}

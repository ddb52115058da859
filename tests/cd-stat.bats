# cd-stat: counts, sizes, classes, means and equal pictures.
load helper

vectors=$ROOT/formats/vectors

# independent < TEXT of cd-text: the rows of --tsv, computed in another way:
# by exact fractions, and by comparing all pixels.
independent() {
	python3 -c '
import sys
from collections import Counter
from fractions import Fraction
from math import sqrt
keys, sizes, classes, groups, key = 0, Counter(), Counter(), {}, None
pixels, label, names = None, None, []
channels = [Counter(), Counter(), Counter()]
lines = iter(sys.stdin)
def done():
    if pixels is None:
        return
    sizes["%dx%d" % (len(pixels[0]) // 3, len(pixels))] += 1
    classes[label] += 1
    for row in pixels:
        for c in 0, 1, 2:
            channels[c].update(row[c::3])
    g = groups.setdefault(str(pixels), [])
    if key not in g:
        g.append(key)
for line in lines:
    word = line.rstrip("\n").split(" ")
    if word[0] == "head" and word[1] == "class":
        names.append(word[2])
    elif word[0] == "record":
        done()
        pixels = label = None
        key = word[4] if len(word) > 4 else ""
    elif word[:2] == ["tensor", "image"]:
        h, w = int(word[3]), int(word[4])
        flat = []
        while len(flat) < h * w * 3:
            flat += map(int, next(lines).split())
        pixels = [flat[i * w * 3:(i + 1) * w * 3] for i in range(h)]
    elif word[:2] == ["tensor", "label"]:
        label = int(next(lines))
done()
print("pictures", sum(sizes.values()), sep="\t")
print("sizes", len(sizes), sep="\t")
for s in sizes:
    print("size/" + s, sizes[s], sep="\t")
for i, name in enumerate(names):
    print("class/" + name, classes[i], sep="\t")
print("unlabelled", classes[None], sep="\t")
for c in 0, 1, 2:
    n = sum(channels[c].values())
    mean = Fraction(sum(v * k for v, k in channels[c].items()), n)
    square = sum((v - mean) ** 2 * k for v, k in channels[c].items())
    print("mean/%d\t%.12f" % (c, mean / 255))
    print("deviation/%d\t%.12f" % (c, sqrt(square / n) / 255))
equal = [g for g in groups.values() if len(g) > 1]
print("equal_groups", len(equal), sep="\t")
print("equal_pictures", sum(map(len, equal)), sep="\t")
for i, g in enumerate(equal):
    for k in g:
        print("equal/%d" % i, k, sep="\t")
'
}

# The rows of cd-stat --tsv that independent prints too.
rows() {
	cd-stat --tsv "$@" | awk -F '\t' '
	/^(mean|deviation)/ { printf "%s\t%.12f\n", $1, $2; next }
	/^(pictures|sizes|size\/|class|unlabelled|equal)/'
}

# agrees STREAM: do the two?
agrees() {
	cd-text "$1" | independent | sort >want
	[ "$(wc -l <want)" -ge 10 ]
	rows "$1" | sort | diff want -
}

# Drawings of their natural sizes, two of them twice, one under the other
# class's name.
photos() {
	drawn 6
	cp photos/cat.1.jpg photos/cat.90.jpg
	cp photos/cat.1.jpg photos/dog.91.jpg
	cp photos/dog.4.jpg photos/dog.92.jpg
	cd-decode --label prefix photos >photos.trs
}

@test "the numbers are those of an independent computation" {
	photos
	agrees photos.trs
	grep -x 'equal_pictures	5' want
	cd-shuffle --epochs 2 photos.trs | cd-augment --flip >flipped.trs
	agrees flipped.trs
	agrees "$vectors/good-samples.trs"
	agrees "$vectors/good-epochs.trs"
}

@test "order, batches and members make no difference to the sums" {
	photos
	rows photos.trs | grep -v '^equal/' >want
	cd-shuffle --seed 3 photos.trs | rows | grep -v '^equal/' | diff want -
	cd-select --class cat photos.trs >cats.trs
	cd-select --class dog photos.trs >dogs.trs
	cat dogs.trs cats.trs | rows | grep -v '^equal/' | diff want -
	rows dogs.trs cats.trs | grep -v '^equal/' | diff want -
	cd-batch -n 4 "$(make_samples 5 16)" | rows >batches
	rows "$(make_samples 5 16)" | diff - batches
}

@test "the report, for people" {
	cd-text -r >s.trs <<-END
	stream 1
	head holds samples
	head class cat
	head class dog
	record SMPL 0 0 a
	tensor image u8 1 2 3
	0 10 20
	0 30 20
	tensor label i32
	1
	record SMPL 0 0 b
	tensor image u8 1 2 3
	0 10 20
	0 30 20
	record SMPL 0 0 c
	tensor image u8 2 1 3
	0 10 20
	0 30 20
	tensor label i32
	1
	record SMPL 1 2 d
	tensor image u8 1 2 3
	0 10 20
	0 30 20
	tensor label i32
	0
	record MARK 1 0
	end 7
	END
	cd-stat --scale 1 s.trs >out
	diff - out <<-END
	records    4 samples, 1 mark
	pictures   4; skipped before: 7
	epochs     0 to 1
	views      0 to 2
	sizes      2, smallest 1x2, largest 2x1; 1 to 2 wide, 1 to 2 high
	  2x1                       3
	  1x2                       1
	classes    2
	  cat                       1
	  dog                       2
	  (no label)                1
	channels   3
	  scale 1  mean 0 20 20  deviation 0 10 0
	  (a deviation is 0: no net divides by it)
	equal      3 pictures in 1 group; in 1 the labels differ
	  a (dog)  b (no label)  d (cat)
	END
	# lists may be short
	cd-stat --list 1 s.trs | grep -x '  1 more'
	[ "$(cd-stat --list 0 s.trs | grep -c '^  [0-9a]')" -eq 2 ]
	cd-stat --no-equal s.trs >out
	run -1 grep equal out
}

@test "the report, for programs" {
	cd-stat --tsv "$vectors/good-batches.trs" >out
	# 0 to 11, then 0 to 5: channel 0 has 0 3 6 9 0 3
	diff - <(sed 's/\(\.[0-9]\{9\}\)[0-9]*/\1/' out) <<-END
	records	2
	marks	1
	unknown	0
	pictures	3
	skipped	0
	batch_least	1
	batch_most	2
	epoch_least	0
	epoch_most	0
	view_least	0
	view_most	0
	width_least	2
	width_most	2
	height_least	1
	height_most	1
	sizes	1
	smallest	2x1
	largest	2x1
	size/2x1	3
	class/cat	1
	class/dog	1
	unlabelled	0
	targets	1
	target/cat	0.25
	target/dog	0.75
	channels	3
	mean/0	0.013725490
	deviation/0	0.012555145
	mean/1	0.017647058
	deviation/1	0.012555145
	mean/2	0.021568627
	deviation/2	0.012555145
	equal_groups	1
	equal_pictures	2
	equal/0	cat.0.jpg
	equal/0	dog.1.jpg
	END
}

@test "the line of channels is one of a net" {
	photos
	{
		cd-stat "$(make_samples 3 16)" | sed -n 's/^ *input/input/p'
		tiny_net | sed 1d
	} >means.net
	grep -xE 'input 16 16 3  scale 1/255  mean( 0\.[0-9]+){3}  dev.*' \
		means.net
	# several sizes: the net's own goes before it
	cd-stat photos.trs | grep -xE '  scale 1/255  mean .*'
	run -1 grep -c input <(cd-stat photos.trs)
}

@test "many equal pictures are cut short for people only" {
	{
		printf '%s\n' 'stream 1' 'head holds samples'
		for i in {0..29}; do
			printf '%s\n' "record SMPL 0 0 k$i" \
				'tensor image u8 1 1 3' "$((i / 15)) 0 0"
		done
		echo 'end 0'
	} | cd-text -r >s.trs
	cd-stat s.trs >out
	grep -x 'equal      30 pictures in 2 groups' out
	grep -x '  k15  k16  k17  k18  k19  k20  k21  k22' out
	[ "$(grep -cx '    and 7 more' out)" -eq 2 ]
	[ "$(cd-stat --tsv s.trs | grep -c '^equal/1	k')" -eq 15 ]
	[ "$(cd-stat --tsv --list 1 s.trs | grep -c '^equal/')" -eq 15 ]
}

@test "pictures without keys are named by their records" {
	cd-text "$vectors/good-batches.trs" | sed '/^tensor keys/,+1d' |
		cd-text -r | cd-stat --tsv | grep '^equal/' >out
	diff - out <<-END
	equal/0	record 0, picture 0
	equal/0	record 1, picture 0
	END
}

@test "no pictures: still an answer" {
	cd-stat --tsv "$vectors/good-empty.trs" >out
	grep -x 'pictures	0' out
	grep -x 'class/cat	0' out
	run -1 grep mean out
	cd-stat "$vectors/good-empty.trs" | grep -x 'channels   0'
}

@test "what cannot be measured is named" {
	fails_with 2 'the stream holds model; wanted: samples or batches' \
		cd-stat "$vectors/good-model.trs"
	fails_with 2 'the stream holds predictions; wanted' \
		cd-stat "$vectors/good-predictions.trs"
	fails_with 2 "record 0 (numbers): no tensor 'image'" \
		cd-stat "$vectors/good-types.trs"
	cd-text "$vectors/good-batches.trs" |
		sed 's/u8 1 1 2 3$/u8 1 1 3 2/' | cd-text -r >bad.trs
	fails_with 2 'record 1: picture of 2 channels, those before it have 3' \
		cd-stat bad.trs
	fails_with 2 '--scale' cd-stat --scale 0 "$vectors/good-batches.trs"
}

@test "names are escaped" {
	printf '%s\n' 'stream 1' 'head holds samples' \
		'record SMPL 0 0 a\x0ab' 'tensor image u8 1 1 3' '1 2 3' \
		'record SMPL 0 0 c' 'tensor image u8 1 1 3' '1 2 3' 'end 0' |
		cd-text -r | cd-stat --tsv | grep -Fx 'equal/0	a\x0ab'
}

@test "cd-stat keeps what filters promise" {
	filter_contract --text cd-stat
	filter_contract --text cd-stat --tsv --no-equal
	cd-batch -n 2 "$(make_samples 3 16)" >batches.trs
	filter_contract --text --in batches.trs cd-stat --list 3
}

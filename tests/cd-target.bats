load helper

setup() {
	scratch
	samples=$(make_samples 3 16)
	model=$(make_model 16)
	cd-predict --model "$model" "$samples" >p.trs
}

# values TENSOR: lines of key and that tensor of the records.
values() {
	cd-text | awk -v name="$1" '/^record/ { key = $5 }
		want { print key, $0 }
		{ want = $1 == "tensor" && $2 == name }'
}

@test "cd-target keeps the contract of filters" {
	filter_contract cd-target --from p.trs
	filter_contract cd-target --from p.trs --mix 0.5
}

@test "targets are the predictions, all else stays" {
	cd-target --from p.trs "$samples" >out.trs
	values target <out.trs | diff - <(values value <p.trs)
	cd-text out.trs | sed '/^tensor target/,+1d; /^head/d' |
		diff - <(cd-text "$samples" | sed '/^head/d')
	cd-info out.trs | grep -x "target-model $(cd-init -V) --seed 1"
	cd-info out.trs | grep -x "made $(cd-target -V)"
	cd-target --from p.trs --mix 0.5 "$samples" | cd-info |
		grep -x "made $(cd-target -V) --mix 0.5"
	# predictions from standard input, and of more pictures
	cd-target --from - "$samples" <p.trs | cmp - out.trs
	cd-select --class dog "$samples" | cd-target --from p.trs |
		values target | diff - <(values value <p.trs | grep dog)
	# marks, epochs and views stay; views are averaged
	cd-shuffle --seed 1 --epochs 2 "$samples" >epochs.trs
	cat p.trs p.trs >twice.trs
	cd-target --from twice.trs epochs.trs >out2.trs
	[ "$(cd-info out2.trs | grep -c MARK)" -eq 2 ]
	values target <out2.trs | sort -u |
		diff - <(values target <out.trs | sort)
}

@test "--mix: by hand" {
	cd-text p.trs | awk '/^tensor value/ { print; getline
		print "0.25 0.75"; next } 1' | cd-text -r >q.trs
	cd-target --from q.trs --mix 0.5 "$samples" >half.trs
	values target <half.trs | sed 's/^\(...\)[^ ]*/\1/' | sort -u |
		diff - <(printf '%s\n' 'cat 0.625 0.375' 'dog 0.125 0.875')
	cd-target --from q.trs --mix 0 "$samples" | values target |
		sed 's/^\(...\)[^ ]*/\1/' | sort -u |
		diff - <(printf '%s\n' 'cat 1 0' 'dog 0 1')
	# with the target that is there
	cd-target --from q.trs --mix 0.5 half.trs | values target |
		sed 's/^\(...\)[^ ]*/\1/' | sort -u |
		diff - <(printf '%s\n' 'cat 0.4375 0.5625' 'dog 0.1875 0.8125')
	cd-target --from q.trs half.trs | values target | cut -d ' ' -f 2- |
		sort -u | diff - <(echo '0.25 0.75')
}

@test "classes by name, and pictures without any" {
	cd-target --from p.trs "$samples" | values target >want
	cd-text p.trs | sed '/^head class/d
		s/^head holds.*/&\nhead class dog\nhead class cat/' |
		awk 'turn { print $2, $1; turn = 0; next }
			label { print 1 - $1; label = 0; next }
			/^tensor value/ { turn = 1 }
			/^tensor label/ { label = 1 } 1' |
		cd-text -r >turned.trs
	cd-target --from turned.trs "$samples" | values target | diff want -
	cd-text "$samples" | sed '/^head class/d; /^tensor label/,+1d' |
		cd-text -r >new.trs
	cd-target --from p.trs new.trs >out.trs
	values target <out.trs | diff want -
	cd-info out.trs | grep '^class' |
		diff - <(printf 'class cat\nclass dog\n')
	cd-stat --tsv out.trs >stat
	grep -x "$(printf 'targets\t6')" stat
	grep -x "$(printf 'unlabelled\t0')" stat
	fails_with 2 'record 0 (cat.0.jpg): neither a label nor a target' \
		cd-target --from p.trs --mix 0.5 new.trs
	# they can be learnt, and predicted again
	cp "$model" m.trs
	cd-train -q -n 2 out.trs m.trs
	cd-predict --model m.trs out.trs >again.trs
	cd-text "$samples" | sed 's/^head class dog/head class emu/' |
		cd-text -r >emu.trs
	fails_with 2 "p.trs: class 'dog' is not among those wanted" \
		cd-target --from p.trs emu.trs
}

@test "what cannot be joined" {
	cd-select --invert --key dog.1.jpg p.trs >few.trs
	fails_with 2 'record 4 (dog.1.jpg): no prediction in few.trs' \
		cd-target --from few.trs "$samples"
	fails_with 2 'the stream does not hold predictions' \
		cd-target --from "$samples" "$samples"
	cd-batch -n 2 "$samples" >batch.trs
	fails_with 2 'holds batches; wanted: samples' \
		cd-target --from p.trs batch.trs
	fails_with 2 '--from is missing' cd-target "$samples"
	fails_with 2 'no.trs: ' cd-target --from no.trs "$samples"
}

@test "distillation: a pupil learns what its teachers say" {
	# the teachers are sure that every picture is a dog
	cd-text p.trs | awk '/^tensor value/ { print; getline
		print "0 1"; next } 1' | cd-text -r >dogs.trs
	cp "$model" m.trs
	cd-average dogs.trs dogs.trs >teachers.trs
	cd-target --from teachers.trs "$samples" |
		cd-shuffle --seed 1 --epochs 60 | cd-batch -n 2 |
		cd-train -q --lr 0.01 m.trs
	cd-predict --model m.trs --tsv "$samples" | tail -n +2 |
		cut -f 3 | sort -u | diff - <(echo dog)
	cd-eval --model m.trs --require recall/dog=1 "$samples"
}

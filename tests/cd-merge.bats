# Shards that become one stream again, and streams put in an order.
load helper

# shards N CMD...: CMD with --shard, into 1.trs to N.trs.
shards() {
	local n=$1 i
	shift
	rm -f [0-9]*.trs
	for ((i = 1; i <= n; i++)); do
		"$@" --shard "$i/$n" >"$i.trs" 2>err || return
	done
}

# same N CMD...: N shards of what CMD makes are that, byte for byte.
same() {
	local n=$1
	shift
	"$@" >whole.trs 2>err
	shards "$n" "$@"
	cd-merge -o merged.trs $(seq -f %g.trs "$n" -1 1)
	cmp merged.trs whole.trs
}

decode() {
	cd-decode --size 16x16 --label prefix "$@" photos
}

keys() {
	cd-info "$@" | awk -F '\t' '$3 == "SMPL" { print $7 }' |
		paste -s -d ' '
}

@test "usage, and what every command that reads streams promises" {
	filter_contract cd-merge --by key
	filter_contract cd-merge --by round-robin
	fails_with 2 "no shard" cd-merge "$(make_samples 3 16)"
	fails_with 2 "a model" cd-merge --by key "$(make_model)"
	fails_with 2 "--by" cd-merge --by age
}

@test "a shard as input, and one that is cut anywhere" {
	decode_shard() { cd-select --shard 1/1 "$(make_samples 3 16)"; }
	decode_shard >one.trs
	contract_only() {
		rm -rf contract && mkdir contract
		in=one.trs name=cd-merge text='' unknown=1
		contract_empty cd-merge && contract_unknown cd-merge &&
			contract_bad cd-merge && contract_cut cd-merge &&
			contract_unfinished && contract_output cd-merge
	}
	contract_only
	cmp <(cd-merge one.trs) <(cd-select "$(make_samples 3 16)")
}

@test "--shard: which are understood" {
	local bad c
	for bad in 0/4 5/4 1/0 1 /2 1/ a/b 1/2/3 -1/2 1/65537 ''; do
		for c in cd-decode cd-select cd-shuffle; do
			fails_with 2 "--shard: " $c --shard "$bad" </dev/null
		done
	done
}

@test "1, 2, 4 and 7 shards of pictures are the whole" {
	local n
	drawn 12
	for n in 1 2 4 7; do
		same $n decode
		same $n decode -j 1 --grey --on-error skip
	done
	# of two pictures some have none
	mkdir few
	mv photos/cat.[01].jpg few
	same 7 cd-decode few
}

@test "a picture stays in its shard where others are added" {
	drawn 12
	shards 3 decode
	keys 2.trs | tr ' ' '\n' | sort >before
	rm photos/cat.*
	shards 3 decode
	keys 2.trs | tr ' ' '\n' | sort >after
	[ -s after ]
	diff <(grep dog before) after
}

@test "bad pictures are skipped and counted as on one machine" {
	drawn 4
	echo none >photos/cat.0.jpg
	echo none >photos/dog.2.jpg
	same 3 decode --on-error skip
	cd-info merged.trs | grep -c '2 skipped'
	mv whole.trs all
	same 2 cd-select all
	same 2 cd-shuffle --epochs 2 all
	cd-info merged.trs | grep -c '^skipped 2$'
	rm photos/*.jpg
	echo none >photos/cat.0.jpg
	shards 2 decode --on-error skip
	fails_with 2 "none of the pictures could be decoded (1 skipped)" \
		cd-merge 1.trs 2.trs
}

@test "shards of what is chosen and shuffled" {
	local s=$(make_samples 12 16)
	keys "$s" | tr ' ' '\n' | sort -R >list
	same 3 cd-select "$s"
	same 3 cd-select --class cat -n 7 "$s"
	same 3 cd-select --per-class 3 "$s"
	same 3 cd-select --keys list --in-order "$s"
	same 3 cd-shuffle --epochs 3 "$s"
	same 3 cd-shuffle --epochs 5 --from-epoch 2 --to-epoch 3 "$s"
	cat "$s" "$s" >twice.trs
	same 3 cd-select twice.trs
	cd-select --class cat -n 4 "$s" >uneven.trs
	cd-select --class dog "$s" >>uneven.trs
	same 3 cd-shuffle --balance --copies 2 --epochs 3 uneven.trs
	same 3 cd-select --epoch 1 merged.trs
}

@test "shards go through the stages that pass records on" {
	local s=$(make_samples 6 16) m=$(make_model)
	augmented() {
		cd-shuffle --epochs 2 "$s" "$@" |
			cd-augment --preset book -j 2
	}
	viewed() {
		cd-select "$s" "$@" | cd-augment --views 16x16,16x16+flip
	}
	predicted() { cd-select "$s" "$@" | cd-predict --model "$trained"; }
	shown() { cd-select "$s" "$@" | cd-saliency --model "$trained"; }
	aimed() { cd-select "$s" "$@" | cd-target --from p.trs; }
	chosen() { cd-select "$s" "$@" | cd-select --class dog; }
	cp "$m" trained.trs
	cd-train -q -n 4 trained.trs <"$s"
	mv trained.trs model
	trained=model
	cd-predict --model $trained "$s" >p.trs
	local f
	for f in augmented viewed predicted shown aimed chosen; do
		same 3 $f
	done
}

@test "what makes other records of a shard makes no shard" {
	local s=$(make_samples 6 16)
	shards 2 cd-select "$s"
	cd-shuffle 1.trs >a.trs
	cd-batch -n 3 1.trs >b.trs
	cd-split c.trs=1 d.trs=rest <1.trs
	cd-select -n 2 1.trs >e.trs
	cd-text 1.trs | cd-text -r >f.trs
	cd-select 1.trs 2.trs >g.trs
	local f
	for f in a b c d e f g; do
		fails_with 2 "no shard" cd-merge $f.trs
	done
	fails_with 2 "a shard already, 1/2" cd-select --shard 1/2 1.trs
	fails_with 2 "a shard already, 1/2" cd-shuffle --shard 1/2 1.trs
	fails_with 2 "holds batches" cd-select --shard 1/2 b.trs
	# the number of records is that of the whole: rates do not go by it
	fails_with 2 "how many epochs and records" \
		cd-train --schedule linear "$PWD/1.trs" "$(cp "$(make_model)" \
			m.trs && echo m.trs)"
}

@test "what is not all of one run is refused, and leaves no file" {
	drawn 6
	shards 4 decode
	cp 3.trs good
	refused() {
		fails_with 2 "$1" cd-merge -o merged.trs "${@:2}"
		[ ! -e merged.trs ]
	}
	refused "missing: shards 2/4, 4/4" 1.trs 3.trs
	refused "missing: shard 3/4" 4.trs 2.trs 1.trs
	refused "comes twice" 1.trs 2.trs 3.trs 4.trs 2.trs
	cp 2.trs copy.trs
	refused "copy.trs, shard 2/4: comes twice" 1.trs 2.trs 3.trs copy.trs
	head -c 4000 good >3.trs
	refused "3.trs: record" 1.trs 2.trs 3.trs 4.trs
	cd-decode --size 16x17 --label prefix --shard 3/4 -o 3.trs photos
	refused "shards of different runs" 1.trs 2.trs 3.trs 4.trs
	decode --classes dog,cat --shard 3/4 -o 3.trs
	refused "'class cat'" 1.trs 2.trs 3.trs 4.trs
	decode --shard 3/5 -o 3.trs
	refused "shards of different runs" 1.trs 2.trs 3.trs 4.trs
	# as many pictures, but another one
	mv photos/cat.5.jpg photos/cat.6.jpg
	decode --shard 3/4 -o 3.trs
	refused "the pictures listed there were not the same" \
		1.trs 2.trs 3.trs 4.trs
}

@test "shards that overlap or are out of order" {
	local s=$(make_samples 6 16)
	shards 2 cd-select "$s"
	# records of the first with the line of the second
	relabel() {
		python3 - "$ROOT/formats" "$@" <<-'END'
		import struct, sys, zlib
		data = bytearray(open(sys.argv[2], "rb").read())
		at = data.index(b"shard 1/2")
		data[at + 6:at + 7] = b"2"
		size, = struct.unpack("<I", data[12:16])
		end = 64 + (size + 63) // 64 * 64
		data[16:20] = struct.pack("<I", zlib.crc32(data[64:end]))
		data[60:64] = struct.pack("<I", zlib.crc32(data[:60]))
		# END's checksum is over the seals of all blocks
		seals, at = bytes(data[60:64]), end
		while data[at:at + 4] != b"END.":
		    P, D = struct.unpack("<QI", data[at + 24:at + 36])
		    seals += data[at + 60:at + 64]
		    at += 64 + (D + 63) // 64 * 64 + P
		data[at + 48:at + 52] = struct.pack("<I", zlib.crc32(seals))
		seal = zlib.crc32(data[at:at + 60])
		data[at + 60:at + 64] = struct.pack("<I", seal)
		open(sys.argv[3], "wb").write(data)
		END
	}
	relabel 1.trs other.trs
	cd-info --check other.trs
	fails_with 2 "they overlap" cd-merge 1.trs other.trs
	cat 1.trs 2.trs | cd-augment --brightness 0.1 >both.trs
	cd-augment --brightness 0.1 2.trs >2b.trs
	fails_with 2 "not in order" cd-merge both.trs 2b.trs
}

@test "several shards in one file, found in any order" {
	local s=$(make_samples 6 16)
	cd-select "$s" >whole.trs
	shards 4 cd-select "$s"
	cat 2.trs 4.trs >even.trs
	cat 3.trs 1.trs >odd.trs
	cmp <(cd-merge even.trs odd.trs) whole.trs
	cmp <(cd-merge 1.trs - even.trs <3.trs) whole.trs
	cat 1.trs 2.trs 3.trs 4.trs >all.trs
	cd-merge all.trs | cmp - whole.trs
	cmp <(cd-merge <(cat 1.trs) <(cat 2.trs) <(cat 3.trs) 4.trs) whole.trs
	# no further than the first where that comes from a pipe
	fails_with 2 "missing: shards 2/4, 3/4, 4/4" cd-merge < <(cat all.trs)
	cat 2.trs 2.trs >twice.trs
	fails_with 2 "another stream follows it" \
		cd-merge 1.trs twice.trs 3.trs 4.trs
	fails_with 2 "comes twice" cd-merge 1.trs twice.trs 3.trs
}

@test "--by key and --by round-robin" {
	local s=$(make_samples 12 16)
	cd-select --class cat "$s" >cat.trs
	cd-select --class dog -n 3 "$s" >dog.trs
	[ "$(keys <(cd-merge --by round-robin dog.trs cat.trs))" = \
		"dog.0.jpg cat.0.jpg dog.1.jpg cat.1.jpg dog.2.jpg $(keys \
			cat.trs | cut -d ' ' -f 3-)" ]
	[ "$(keys <(cd-merge --by key dog.trs cat.trs))" = \
		"$(keys cat.trs) $(keys dog.trs)" ]
	cd-select --key '*[02468].jpg' "$s" >even.trs
	cd-select --key '*[13579].jpg' "$s" >odd.trs
	[ "$(keys <(cd-merge --by key odd.trs even.trs))" = "$(keys "$s")" ]
	fails_with 2 "not in order of keys" cd-merge --by key \
		<(cd-select "$s" odd.trs)
	cd-info <(cd-merge --by key odd.trs even.trs) |
		grep -c -e '^made cd-merge .* --by key$'
	cd-merge --by key odd.trs even.trs | cd-info >listed
	[ "$(grep -c '^records' listed)" -eq 0 ]
	shards 2 cd-select "$s"
	fails_with 2 "without --by" cd-merge --by key 1.trs 2.trs
	cd-decode --size 17x16 "$(made drawn-12 cd-draw -n 12)" >other.trs
	fails_with 2 "other.trs: " cd-merge --by key even.trs other.trs
}

@test "--by round-robin puts the epochs of two streams together" {
	local s=$(make_samples 6 16)
	cd-shuffle --epochs 3 "$s" >a.trs
	cd-select --class dog "$s" | cd-shuffle --epochs 2 >b.trs
	cd-merge --by round-robin a.trs b.trs >c.trs
	[ "$(cd-info c.trs | awk -F '\t' '$3 == "MARK" { print $1 ":" $4 }' |
		paste -s -d ' ')" = "18:0 37:1 50:2" ]
	cd-info --check c.trs
	cat a.trs b.trs >d.trs
	fails_with 1 "epoch 0 comes after the end of epoch 2" \
		cd-info --check d.trs
}

@test "no shard is written over" {
	shards 2 cd-select "$(make_samples 6 16)"
	fails_with 2 "1.trs" cd-merge -o 1.trs 1.trs 2.trs
	cd-info --check 1.trs
}

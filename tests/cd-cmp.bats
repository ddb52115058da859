# cd-cmp: are two streams equal?
#
# shellcheck disable=SC2154 # stderr is run's
load helper

vectors=$ROOT/formats/vectors

setup() {
	scratch
	cd-text "$vectors/good-samples.trs" >text
	cd-text -r text >a.trs
}

# changed SED-SCRIPT: b.trs, which is a.trs with its text changed.
changed() {
	sed "$1" text >changed
	if cmp -s text changed; then
		echo "nothing changed by $1"
		return 1
	fi
	cd-text -r changed >b.trs
}

# differ TEXT [OPTION ...]: the first line that cd-cmp prints is that TEXT.
differ() {
	local text=$1 status=0
	shift
	cd-cmp "$@" a.trs b.trs >out 2>err || status=$?
	[ "$status" -eq 1 ]
	[ ! -s err ]
	head -1 out
	[ "$(head -1 out)" = "a.trs b.trs differ: $text" ]
}

@test "a stream equals itself" {
	local f
	for f in "$vectors"/good-*.trs; do
		run -0 cd-cmp "$f" "$f"
		[ -z "$output" ]
		cd-cmp "$f" <"$f"
		cd-cmp - "$f" <"$f"
	done
}

@test "provenance does not count" {
	changed 's/^head made by-hand 1/head made by-hand 2/'
	cd-cmp a.trs b.trs
	changed '/^head made/d'
	cd-cmp a.trs b.trs
	changed 's/^head made.*/&\nhead data x\nhead made y/'
	cd-cmp a.trs b.trs
	cd-cmp b.trs a.trs
	changed 's/^head made.*/&\nhead model cd-train 1/'
	cd-cmp a.trs b.trs
}

@test "other header lines count" {
	changed 's/^head class dog/head class dig/'
	differ "header: 'class dog', 'class dig'"
	changed '/^head records/d'
	differ "header: 'records 3', ''"
	changed 's/^head records/head new line\n&/'
	differ "header: 'records 3', 'new line'"
}

@test "the first number that differs, how many, by how much" {
	changed 's/^46 59 72$/46 56 76/'
	differ 'record 0 (cat.0.jpg): image[0,1,1]: 59, 56'
	[ "$(sed 1d out)" = "2 of 56 numbers differ, by 4 at most" ]
}

@test "--tolerance is absolute, and not for labels" {
	changed 's/^46 59 72$/20 59 72/'
	cd-cmp --tolerance 26 a.trs b.trs
	differ 'record 0 (cat.0.jpg): image[0,1,0]: 46, 20' --tolerance 25.9
	awk '/^tensor/ { label = $2 == "label" } label && $1 == 1 { $1 = 0 }
		{ print }' text | cd-text -r >b.trs
	differ 'record 1 (dog.0.jpg): label[]: 1, 0' --tolerance 5
	run -2 cd-cmp --tolerance -1 a.trs b.trs
	run -2 cd-cmp --tolerance x a.trs b.trs
	# keys of a batch are no numbers either
	cd-text "$vectors/good-batches.trs" >text
	cd-text -r text >a.trs
	changed 's/^99 97 116 46 48/99 97 116 46 49/'
	differ 'record 0: keys[4]: 48, 49' --tolerance 5
}

@test "nan equals nan, infinity itself" {
	cd-text "$vectors/good-types.trs" >text
	cd-text -r text >a.trs
	changed 's/nan(0x7f800001)/nan/'
	cd-cmp a.trs b.trs
	changed 's/^inf -inf nan/inf inf nan/'
	differ 'record 0 (numbers): f32 odd[1]: -inf, inf' --tolerance 1e300
	grep 'by inf at most' out
}

@test "records: number, order, kind, key, epoch, view, tensors, shapes" {
	sed '/^record SMPL 0 0 a/,$d' text >fewer
	echo 'end 4' >>fewer
	cd-text -r fewer >b.trs
	differ 'b.trs has 2 records, the other more'
	run -1 cd-cmp b.trs a.trs
	[ "$output" = \
		"b.trs a.trs differ: b.trs has 2 records, the other more" ]
	changed 's/^record SMPL 0 0 dog.0.jpg/record SMPL 0 0 dog.1.jpg/'
	differ 'record 1 (dog.0.jpg), record 1 (dog.1.jpg): another kind or key'
	changed 's/^record SMPL 0 0 dog/record SMPX 0 0 dog/'
	differ 'record 1 (dog.0.jpg), record 1 (dog.0.jpg): another kind or key'
	changed 's/^record SMPL 0 0 dog/record SMPL 1 0 dog/'
	differ 'record 1 (dog.0.jpg): epoch 0 view 0, epoch 1 view 0'
	changed 's/^record SMPL 0 0 dog/record SMPL 0 1 dog/'
	differ 'record 1 (dog.0.jpg): epoch 0 view 0, epoch 0 view 1'
	changed 's/^tensor image u8 2 3 3/tensor image u8 3 2 3/'
	differ 'record 0 (cat.0.jpg): image has another type or shape'
	changed 's/^tensor label i32/tensor label i64/'
	differ 'record 0 (cat.0.jpg): label has another type or shape'
	changed 's/^tensor label/tensor libel/'
	differ 'record 0 (cat.0.jpg): label is in the first only'
	changed 's/^tensor label i32$/tensor new u8 0\n&/'
	differ 'record 0 (cat.0.jpg): 2 tensors, 3'
	changed 's/^end 4/end 5/'
	differ '4 skipped, 5'
}

@test "how a stream is divided into members does not matter" {
	cat "$vectors/good-members.trs" >a.trs
	cd-text a.trs | cd-text -r >b.trs
	[ "$(wc -c <a.trs)" -gt "$(wc -c <b.trs)" ]
	cd-cmp a.trs b.trs
}

@test "-q says nothing" {
	changed 's/^46 59 72$/46 56 76/'
	run -1 cd-cmp -q a.trs b.trs
	[ -z "$output" ]
	run -0 cd-cmp -q a.trs a.trs
}

@test "damage is trouble, also behind a difference" {
	cat "$vectors/good-samples.trs" >a.trs
	run -2 --separate-stderr cd-cmp a.trs "$vectors/bad-no-end.trs"
	[[ $stderr == "cd-cmp: "*"bad-no-end.trs: record 2: at byte 704: "* ]]
	changed 's/^46 59 72$/46 56 76/'
	head -c -1 b.trs >cut.trs
	run -2 cd-cmp -q a.trs cut.trs
	run -2 cd-cmp -q cut.trs a.trs
	run -2 cd-cmp a.trs nowhere.trs
	[[ $output == "cd-cmp: nowhere.trs: No such file or directory" ]]
	run -2 cd-cmp
	run -2 cd-cmp a.trs b.trs a.trs
	run -2 cd-cmp - -
}

cmp_itself() {
	cd-cmp - "$same" "$@"
}

@test "keeps the contract of those who read streams" {
	same=$(make_samples 3 16)
	# an equal stream prints nothing; others may differ, so 1 is no failure
	may_differ() {
		cmp_itself "$@" >/dev/null || [ $? -eq 1 ] || return 2
	}
	filter_contract --text --name cd-cmp may_differ
}

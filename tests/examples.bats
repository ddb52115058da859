# The examples of the manual pages and of the README run, as they stand.
load helper

# What every example may use: see the files made here.
setup_file() {
	mkdir "$BATS_FILE_TMPDIR/stock"
	cd "$BATS_FILE_TMPDIR/stock" || return
	set -o pipefail
	cd-draw -n 30 --seed 5 photos &&
		find photos -name '*.jpg' | sort -V |
		cd-decode --size 32x32 --label prefix |
			cd-split --per-class train.trs=20 validation.trs=5 \
				test.trs=rest &&
		tiny_net 32 >tiny.net &&
		cd-init --seed 1 tiny.net >model.trs &&
		cp model.trs trained.trs &&
		cd-shuffle --seed 1 --epochs 4 train.trs | cd-batch -n 8 |
		cd-train -q --lr 1e-3 trained.trs &&
		cd-predict --model trained.trs <test.trs >predictions.trs &&
		ln -s "$ROOT/pipelines" "$ROOT/formats" .
}

# blocks_of_page PAGE [KIND]: the literal blocks of EXAMPLES, each behind a line
# of one \001; with KIND those anywhere that follow a comment of this one word,
# or, where it is empty, that follow none.
blocks_of_page() {
	awk -v any=$# -v kind="${2-}" '
	/^\.Sh / { on = any > 1 || $2 == "EXAMPLES" }
	/^\.Bd -literal/ {
		block = on && (last ~ /^\.\\"/ ? substr(last, 5) : "") == kind
		if (block)
			print "\001"
		next
	}
	{ last = $0 }
	/^\.Ed/ { block = 0 }
	block' "$1" |
		sed -e 's/\\&//g; s/\\-/-/g; s/\\(aq/'"'"'/g; s/\\(dq/"/g' \
			-e 's/\\(ti/~/g; s/\\(ha/^/g; s/\\(ga/`/g; s/\\e/\\/g'
}

# The fenced blocks marked sh, but for those after a line that says
# <!-- not run: why -->.
blocks_of_readme() {
	awk '
	/^```sh/ && last !~ /^<!-- not run: .* -->/ {
		print "\001"; block = 1; next }
	/^```/ { block = 0 }
	NF { last = $0 }
	block' "$1"
}

# Stand-ins: a head that reads to the end, so that pipefail does not see what
# comes before it die of SIGPIPE; a less that needs no terminal.
head() {
	command head "$@"
	cat >/dev/null
}

less() {
	cat
}

# run_blocks FILE [DIR]: the blocks on standard input, each in a copy of the
# stock, or all in DIR, one after the other.
run_blocks() {
	local n=0 bad=0 block dir
	export -f head less
	while IFS= read -r -d $'\001' block; do
		[ -n "$block" ] || continue
		n=$((n + 1))
		dir=${2:-$BATS_TEST_TMPDIR/$n}
		[ -n "${2-}" ] || cp -R "$BATS_FILE_TMPDIR/stock" "$dir"
		if ! (cd "$dir" && timeout 120 bash -euo pipefail -c "$block" \
			</dev/null) >"$dir.log" 2>&1; then
			echo "${1##*/}: example $n failed:"
			echo "$block"
			cat "$dir.log"
			bad=1
		fi
		[ -n "${2-}" ] || rm -rf "$dir"
	done
	[ "$n" -gt 0 ] || { echo "${1##*/}: no examples"; return 1; }
	return $bad
}

@test "the examples of the manual pages run" {
	local page bad=0
	# mpirun as a container has it: any user, few processors
	export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
	export OMPI_MCA_rmaps_base_oversubscribe=1
	for page in "$ROOT"/man/cd-*.1; do
		[ "${page##*/}" != cd-train-mpi.1 ] ||
			command -v mpirun >/dev/null || continue
		{ blocks_of_page "$page"; printf '\001'; } >blocks
		run_blocks "$page" <blocks || bad=1
	done
	[ "$bad" -eq 0 ]
}

@test "the examples of cd-tools(7) run" {
	{ blocks_of_page "$ROOT/man/cd-tools.7"; printf '\001'; } >blocks
	run_blocks cd-tools.7 <blocks
}

@test "the tutorial runs, and shows what it says" {
	local page=$ROOT/man/cd-tutorial.7 line shown=0
	mkdir learner
	blocks_of_page "$page" photos.net | sed 1d >learner/photos.net
	{
		blocks_of_page "$page" '' | tr -d '\001'
		# as good as the page says, or nearly
		echo 'cd-eval --require accuracy=0.65 predictions.trs'
		printf '\001'
	} >blocks
	run_blocks cd-tutorial.7 "$PWD/learner" <blocks
	while IFS= read -r line; do
		shown=$((shown + 1))
		grep -c -x -F -e "$line" learner.log || {
			echo "not printed: $line"
			return 1
		}
	done < <(blocks_of_page "$page" shown | grep -v '^.$')
	[ "$shown" -gt 10 ]
	[ -s learner/train.png ] && [ -s learner/report.html ]
}

@test "the README's examples run" {
	# in one folder, which has what the README says is there
	mkdir reader
	cp -R "$BATS_FILE_TMPDIR/stock/photos" reader
	ln -s "$ROOT/pipelines" reader
	sed -n '/^input 32/,/^loss/p' "$ROOT/README.md" >reader/tiny.net
	{ blocks_of_readme "$ROOT/README.md"; printf '\001'; } >blocks
	run_blocks README.md "$PWD/reader" <blocks
}

# The tree agrees with itself: what a new command needs besides its source.
load helper

setup() {
	scratch
	commands=("$ROOT"/bin/cd-*.c)
	commands=("${commands[@]##*/}")
	commands=("${commands[@]%.c}")
	pkg-config --exists mpi || without_mpi
}

# It is not built where there is no MPI library.
without_mpi() {
	local c all=("${commands[@]}")
	commands=()
	for c in "${all[@]}"; do
		[ "$c" = cd-train-mpi ] || commands+=("$c")
	done
}

# section PAGE NAME: that section as plain text on one line.
section() {
	mandoc -T ascii -O width=1000 "$ROOT/man/$1" | sed 's/.\x08//g' |
		awk -v want="$2" '/^[A-Z]/ { on = $0 == want; next } on' |
		tr -s ' \n' ' ' | sed 's/^ //; s/ $//'
}

# all PREDICATE: true of every command; names those it is not true of.
all() {
	local c bad=0
	for c in "${commands[@]}"; do
		"$1" "$c" || { echo "$c: not: $1"; bad=1; }
	done
	return $bad
}

is_built() { [ -x "$CD_BIN/$1" ]; }
has_page() { [ -f "$ROOT/man/$1.1" ]; }
has_test() { [ -f "$ROOT/tests/$1.bats" ]; }
is_in_index() { grep -q "^\.It Xr $1 1" "$ROOT/man/cd-tools.7"; }
is_in_readme() { grep -q "$1" "$ROOT/README.md"; }

@test "every command is built, has a page, a test, a line in cd-tools(7)" {
	[ "${#commands[@]}" -ge 15 ]
	all is_built
	all has_page
	all has_test
	all is_in_index
	all is_in_readme
}

usage_is_synopsis() {
	local usage synopsis
	usage=$("$1" --help | sed -n 1p | tr -s ' ')
	synopsis=$(section "$1.1" SYNOPSIS)
	[ "$usage" = "usage: $synopsis" ] && return
	echo "help: $usage"
	echo "page: usage: $synopsis"
	return 1
}

@test "the usage of every command is the SYNOPSIS of its page" {
	all usage_is_synopsis
}

# Both as sorted lines "--name" of what --help lists and OPTIONS describes.
options_are_described() {
	"$1" --help | sed -n 's/^  \(-.,\|   \) \(--[a-z0-9-]*\).*/\2/p' |
		grep -v -x -e --help -e --version -e --verbose |
		sort >helped || true
	sed -n '/^\.Sh OPTIONS/,/^\.Sh [^O]/p' "$ROOT/man/$1.1" |
		grep '^\.It' | grep -oE 'Fl -[a-z0-9-]+' | sed 's/Fl /-/' |
		grep -v -x -e --help -e --version | sort >described || true
	diff helped described
}

letters_are_described() {
	"$1" --help | sed -n 's/^  \(-[^-hVv]\), \(--[a-z0-9-]*\).*/\1 \2/p' |
		sort >helped
	sed -n 's/^\.It Fl \([^-hV]\) .*Fl -\([a-z0-9-]*\).*/-\1 --\2/p' \
		"$ROOT/man/$1.1" | sort >described
	diff helped described
}

@test "the options that --help lists are those that the page describes" {
	all options_are_described
	all letters_are_described
}

# "LETTER NAME ARG" of every option of a command that has a letter.
lettered() {
	"$1" --help | sed -n \
		's/^  -\(.\), --\([a-z0-9-]*\) \?\([^ ]*\).*/\1 \2 \3/p'
}

@test "the same option has the same letter and argument in every command" {
	local c
	for c in "${commands[@]}"; do
		lettered "$c"
	done | sort -u >letters
	# -j, -o, -q, -s and -v mean one thing each
	grep '^[joqsv] ' letters | cut -d ' ' -f 1 | uniq -d >twice
	cut -d ' ' -f 2 letters | sort | uniq -d >>twice
	[ ! -s twice ] || { cat letters; false; }
}

has_all_sections() {
	local s
	for s in NAME SYNOPSIS DESCRIPTION 'EXIT STATUS' EXAMPLES 'SEE ALSO'; do
		[ -n "$(section "$1.1" "$s")" ] || { echo "$s"; return 1; }
	done
}

@test "every page has all its sections" {
	all has_all_sections
}

says_the_version() {
	[ "$("$1" -V)" = "$1 $version" ]
}

@test "every command has the one version" {
	version=$(sed -n 's/.*CD_VERSION[^"]*"\(.*\)".*/\1/p' \
		"$ROOT/bin/cmd/opt.h")
	[ -n "$version" ]
	all says_the_version
	grep -m 1 '^\.Ss' "$ROOT/man/cd-changes.7" | grep -F -c " $version, "
}

needs_no() {
	! ldd "$CD_BIN/$1" | grep -E "$2"
}

@test "programs load only the libraries that they call" {
	local c
	for c in "${commands[@]}"; do
		needs_no "$c" blas # it is loaded when it is needed
		[ "$c" = cd-train-mpi ] && continue
		needs_no "$c" libmpi
		case $c in
		cd-decode | cd-draw) ;;
		*) needs_no "$c" libjpeg ;;
		esac
		case $c in
		cd-decode | cd-export | cd-sheet | cd-report) ;;
		*) needs_no "$c" libpng ;;
		esac
		[ "$c" = cd-export ] || needs_no "$c" libprotobuf
		[ "$c" = cd-import ] || needs_no "$c" libjansson
	done
	ldd "$CD_BIN/cd-decode" | grep -c libjpeg
}

# tag PROGRAM WORD: has its dynamic section that?
tag() {
	readelf -d "$1" | grep -c "$2"
}

@test "programs are built as Debian builds them" {
	local p=$CD_BIN/cd-decode
	command -v readelf >/dev/null || skip "no readelf"
	! sanitized || skip "a sanitizer stands for itself"
	readelf -h "$p" | grep -c 'Type: *DYN'
	tag "$p" 'FLAGS_1.*PIE'
	tag "$p" 'BIND_NOW\|FLAGS.*NOW'
	readelf -lW "$p" | grep -c GNU_RELRO
	readelf -lW "$p" | grep GNU_STACK | grep -c 'RW '
	readelf -sW "$p" | grep -c '__stack_chk_fail'
	readelf -sW "$p" | grep -c '_chk@'
}

@test "every bats file is that of a command, or one of a few" {
	local f
	for f in "$ROOT"/tests/*.bats; do
		f=${f##*/}
		case $f in
		tree.bats | examples.bats | formats.bats | pipelines.bats | \
			base.bats | threads.bats | promises.bats | \
			recipes.bats | rungs.bats | schedules.bats | \
			batches.bats | augment.bats | averages.bats | \
			limits.bats | sizes.bats | statistics.bats | \
			cross-validate.bats | mix.bats | trust.bats | \
			pictures.bats | hostile.bats | cost.bats | \
			same-bytes.bats | field.bats | advice.bats | \
			kinds.bats | onnx.bats | completion.bats | \
			slurm.bats | parallel-decode.bats) ;;
		*) [ -f "$ROOT/bin/${f%.bats}.c" ] || { echo "$f"; false; } ;;
		esac
	done
}

@test "pages refer to pages that there are" {
	local bad=0 name
	for name in $(grep -ohE 'Xr cd-[a-z]+ [0-9]' "$ROOT"/man/* | sort -u |
		sed 's/Xr \(.*\) \(.\)/\1.\2/'); do
		[ -f "$ROOT/man/$name" ] || { echo "$name"; bad=1; }
	done
	[ "$bad" -eq 0 ]
}

@test "make html: a page each, and links lead somewhere" {
	local page link bad=0
	make -s -C "$ROOT" BUILD="$PWD/b" html
	for page in "$ROOT"/man/*.[157]; do
		grep -c "href=\"${page##*/}.html\"" b/html/index.html
		grep -c '<h1' "b/html/${page##*/}.html"
	done
	for link in $(grep -ohE 'href="[^"#:]+["#]' b/html/*.html | sort -u |
		sed 's/href="//; s/.$//'); do
		[ -s "b/html/$link" ] || { echo "$link"; bad=1; }
	done
	[ "$bad" -eq 0 ]
}

@test "the README names files that there are" {
	local bad=0 path
	for path in $(grep -oE '\]\([^)#:]+\)' "$ROOT/README.md" |
		sed 's/](\(.*\))/\1/'); do
		[ -e "$ROOT/$path" ] || { echo "$path"; bad=1; }
	done
	[ "$bad" -eq 0 ]
}

@test "make install and uninstall: what is put there is taken away" {
	local at=$PWD/at
	make -s -C "$ROOT" BUILD="$CD_BUILD" BIN="$CD_BIN" DESTDIR="$at" \
		PREFIX=/usr install
	[ "$(ls at/usr/bin | wc -l)" -eq "${#commands[@]}" ]
	at/usr/bin/cd-info --version
	[ -f at/usr/share/man/man7/cd-tools.7 ]
	[ -f at/usr/share/cd-tools/formats/stream.md ]
	[ -d at/usr/share/cd-tools/pipelines/nets ]
	[ -e at/usr/share/bash-completion/completions/cd-info ]
	[ -f at/usr/share/zsh/site-functions/_cd-tools ]
	make -s -C "$ROOT" BUILD="$CD_BUILD" BIN="$CD_BIN" DESTDIR="$at" \
		PREFIX=/usr uninstall
	[ -z "$(find at ! -type d)" ]
}

# The README's recipes (to add a filter, a layer, a kernel), followed in a copy
# of the tree and of what was built: they work, and what is left out is named.
load helper

setup() {
	[ -z "${SAN-}" ] || skip "builds with the default flags"
	scratch
	mkdir tree
	cp -a "$ROOT"/{Makefile,README.md,bin,lib,formats,man,tests} tree
	mkdir tree/build
	cp -a "$CD_BUILD"/{bin,lib,tests,flags,*.a} tree/build
	cd tree || return
	# the copy's programs, and its tests look for them here
	unset MAKEFLAGS MAKELEVEL CD_MADE
	export CD_BIN=$PWD/bin CD_BUILD=$PWD/build
	PATH=$PWD/bin:$PATH
}

build() {
	make "$@" 2>&1
}

# lacks TEXT CMD...: fails, and says TEXT.
lacks() {
	local text=$1
	shift
	run "$@"
	[ "$status" -ne 0 ]
	[[ $output == *"$text"* ]] || { echo "$output" | tail; false; }
}

# before LINE NEW FILE: puts NEW before the first line that begins with LINE.
before() {
	awk -v line="$1" -v new="$2" '
	!done && index($0, line) == 1 { print new; done = 1 }
	{ print }
	END { exit !done }' "$3" >changed
	mv changed "$3"
}

# tree [FILTER]: those tests of tree.bats that look for what a filter needs.
tree() {
	bats --filter "${1:-every command is built|usage|options|sections}" \
		tests/tree.bats
}

@test "to add a filter" {
	sed 's/cd-batch/cd-again/' bin/cd-batch.c >bin/cd-again.c
	build bin/cd-again
	lacks "cd-again: not: has_page" tree built
	sed 's/cd-batch/cd-again/; s/^\.Dt .*/.Dt CD-AGAIN 1/' \
		man/cd-batch.1 >man/cd-again.1
	lacks "cd-again: not: has_test" tree built
	printf '%s\n' 'load helper' '@test "what all filters promise" {' \
		'filter_contract --no-unknown cd-again -n 2' '}' \
		>tests/cd-again.bats
	lacks "cd-again: not: is_in_index" tree built
	before '.It Xr cd-batch 1' '.It Xr cd-again 1
batches again' man/cd-tools.7
	lacks "cd-again: not: is_in_readme" tree built
	# shellcheck disable=SC2016
	before '| `cd-batch`' '| `cd-again` | samples -> batches |' README.md
	tree
	build tools
	bats tests/cd-again.bats
}

# The layer is `leaky` by another name.
@test "to add a layer" {
	local units="build/unit/layers build/unit/gradient_blocks"
	sed 's/leaky/steep/g' lib/layer/leaky.c >lib/layer/steep.c
	lacks cd_layer_steep build build/lib/layer/steep.o
	sed -i 's/^\tX(leaky) .*/&\n\tX(steep) \\/' lib/layer/layer.h
	# shellcheck disable=SC2086
	build -j2 bin/cd-init bin/cd-export $units
	lacks "no row for the layer 'steep'" build/unit/gradient_blocks
	lacks "'steep': formats/net.md has no row" build/unit/layers
	# shellcheck disable=SC2016
	before '| `pool max' '| `steep A` | as the input | as `leaky` |' \
		formats/net.md
	lacks "'steep': man/cd-net.5 has no item" build/unit/layers
	before '.It Ic flatten' '.It Ic steep Ar slope
as leaky' man/cd-net.5
	lacks "no row for the layer 'steep'" build/unit/layers
	before '	{ "pool", ' '	{ "steep", nd_leaky, "steep 0.5" },' \
		tests/unit/layer_double.h
	# shellcheck disable=SC2086
	build $units
	build/unit/layers
	build/unit/gradient_blocks
	printf '%s\n' 'input 8 8 1' 'conv 2 3x3' 'steep 0.1' flatten 'dense 1' \
		'loss logistic' >steep.net
	bin/cd-init --plan steep.net | grep steep1
	bin/cd-init --summary steep.net | grep 'steep1 *steep '
	bin/cd-init -o steep.trs steep.net
	lacks "layer steep1: a layer 'steep' cannot be written as ONNX" \
		bin/cd-export --to onnx -o steep.onnx steep.trs
	[ ! -e steep.onnx ]
}

# The kernel is the reference once more, of the level that is given.
kernel() {
	cat >lib/kern/excite_again.c <<-'END'
	#include "kern/excite.h"
	static void
	scale(const struct cd_excite *p, const float *x, const float *s,
	    float *y)
	{
		cd_excite_ref.scale(p, x, s, y);
	}
	static void
	sums(const struct cd_excite *p, const float *x, const float *dy,
	    float *ds)
	{
		cd_excite_ref.sums(p, x, dy, ds);
	}
	static void
	backward(const struct cd_excite *p, const float *dy, const float *s,
	    const float *k, float *dx)
	{
		cd_excite_ref.backward(p, dy, s, k, dx);
	}
	const struct cd_excite_variant cd_excite_again = {
		.name = "again",
		.scale = scale,
		.sums = sums,
		.backward = backward,
	};
	END
	before 'const struct cd_excite_row' \
		'extern const struct cd_excite_variant cd_excite_again;' \
		lib/kern/excite.c
	sed -i 's/^\t{ NULL.*/\t{ \&cd_excite_again, '"$1"' },\n&/' \
		lib/kern/excite.c
	build build/kerncheck
}

@test "to add a kernel" {
	kernel CD_CPU_PLAIN
	build/kerncheck >lines
	grep 'excite.* again *ok ' lines
	# and never below the level of its row
	CD_CPU=ref build/kerncheck >lines
	run ! grep again lines
}

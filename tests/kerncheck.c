/* Checks every variant of every kernel against plain loops in double
 * (kerncheck/compare.h says within what), or times them:
 *
 *	kerncheck	a line for each operation and variant, exit 1 on failure
 *	kerncheck -b	GFLOP/s beside the machine's peak, GB/s; one thread */
#include <stdio.h>
#include <string.h>

#include "kern/conv.h"
#include "kern/gemm.h"
#include "kerncheck/bench.h"
#include "kerncheck/conv.h"
#include "kerncheck/elem.h"
#include "kerncheck/gemm.h"
#include "kerncheck/maps.h"
#include "kerncheck/norm.h"
#include "kerncheck/pool.h"
#include "kerncheck/window.h"

int
main(int argc, char **argv)
{
	const struct cd_window_variant *windows = cd_window_variants();
	const struct cd_norm_variant *norms = cd_norm_variants();
	int i;

	if (argc > 2 || (argc == 2 && strcmp(argv[1], "-b") != 0)) {
		fputs("usage: kerncheck [-b]\n", stderr);
		return 2;
	}
	cd_gemm_best(); /* before its variants: they share settings */
	if (argc == 2) {
		bench();
		bench_maps();
		return 0;
	}
	for (i = 0; cd_gemm_variants[i].name; i++)
		if (cd_gemm_runs(&cd_gemm_variants[i]))
			check_gemm(&cd_gemm_variants[i]);
	for (i = 1; windows[i].name; i++)
		check_window(&windows[0], &windows[i]);
	for (i = 0; norms[i].name; i++)
		check_norm(&norms[0], &norms[i]);
	for (i = 1; cd_elem_variants()[i]; i++)
		check_elem(cd_elem_variants()[i]);
	for (i = 0; cd_pool_variants()[i]; i++)
		check_pool(&cd_pool_ref, cd_pool_variants()[i]);
	for (i = 0; cd_excite_variants()[i]; i++)
		check_excite(&cd_excite_ref, cd_excite_variants()[i]);
	for (i = 0; cd_conv_variants[i]; i++)
		check_conv(cd_conv_variants[i]);
	printf("%d passed, %d failed\n", passed, failed);
	return failed ? 1 : 0;
}

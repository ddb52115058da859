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
#include "kerncheck/pix.h"
#include "kerncheck/pool.h"
#include "kerncheck/window.h"

static void
check(void)
{
	const struct cd_gemm_row *gemm;
	const struct cd_window_row *window;
	const struct cd_norm_row *norm;
	const struct cd_elem_row *elem;
	const struct cd_pool_row *pool;
	const struct cd_excite_row *excite;
	const struct cd_conv_row *conv;

	CD_EACH_VARIANT (gemm, cd_gemm_table)
		check_gemm(gemm->variant);
	CD_EACH_VARIANT (window, cd_window_table)
		check_window(window->variant);
	CD_EACH_VARIANT (norm, cd_norm_table)
		check_norm(norm->variant);
	CD_EACH_VARIANT (elem, cd_elem_table)
		check_elem(elem->variant);
	CD_EACH_VARIANT (pool, cd_pool_table)
		check_pool(pool->variant);
	CD_EACH_VARIANT (excite, cd_excite_table)
		check_excite(excite->variant);
	CD_EACH_VARIANT (conv, cd_conv_table)
		check_conv(conv->variant);
}

int
main(int argc, char **argv)
{
	if (argc > 2 || (argc == 2 && strcmp(argv[1], "-b") != 0)) {
		fputs("usage: kerncheck [-b]\n", stderr);
		return 2;
	}
	cd_gemm_best(); /* before its variants: they share settings */
	if (argc == 2) {
		bench();
		bench_maps();
		bench_pix();
		return 0;
	}
	check();
	printf("%d passed, %d failed\n", passed, failed);
	return failed ? 1 : 0;
}

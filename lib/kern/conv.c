#include "kern/conv.h"

extern const struct cd_conv_variant cd_conv_im2col, cd_conv_depth,
    cd_conv_depth_avx2, cd_conv_direct_avx2, cd_conv_direct_avx512,
    cd_conv_wino_avx2, cd_conv_wino_avx512;

const struct cd_conv_row cd_conv_table[] = {
	{ &cd_conv_ref, CD_CPU_REF },
	{ &cd_conv_im2col, CD_CPU_PLAIN },
	{ &cd_conv_depth, CD_CPU_PLAIN },
#if defined(__x86_64__)
	{ &cd_conv_depth_avx2, CD_CPU_AVX2 },
	{ &cd_conv_direct_avx2, CD_CPU_AVX2 },
	{ &cd_conv_direct_avx512, CD_CPU_AVX512 },
	{ &cd_conv_wino_avx2, CD_CPU_AVX2 },
	{ &cd_conv_wino_avx512, CD_CPU_AVX512 },
#endif
	{ NULL, 0 },
};

const struct cd_conv_variant *
cd_conv_best(const struct cd_conv *c)
{
	const struct cd_conv_row *row, *best = cd_conv_table;

	CD_EACH_VARIANT (row, cd_conv_table)
		if (row->variant->fits(c))
			best = row;
	return best->variant;
}

void
cd_conv_shape(struct cd_conv *cv)
{
	if (cv->groups == 0)
		cv->groups = 1;
	cv->oh = (cv->h + 2 * cv->pad - cv->kh) / cv->stride + 1;
	cv->ow = (cv->w + 2 * cv->pad - cv->kw) / cv->stride + 1;
	cv->yh = cv->pool ? cv->oh / cv->pool : cv->oh;
	cv->yw = cv->pool ? cv->ow / cv->pool : cv->ow;
}

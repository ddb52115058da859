#include "net/block.h"

#include "net/grow.h"

int
cd_block_begin(struct cd_parser *p)
{
	if (cd_words_end(&p->w) < 0)
		return -1;
	if (p->nblocks == CD_DEPTH_MAX)
		return cd_words_fail(&p->w, "blocks more than %d deep",
		    CD_DEPTH_MAX);
	p->block[p->nblocks++] = (struct cd_block){ .line = p->w.line,
		.input = p->from };
	return 0;
}

/* The innermost block; NULL, with e filled, if none is open or the path that
 * ends here is empty. */
static struct cd_block *
open_block(struct cd_parser *p)
{
	struct cd_block *b;

	if (p->nblocks == 0) {
		cd_words_fail(&p->w, "no block is open");
		return NULL;
	}
	b = &p->block[p->nblocks - 1];
	if (p->from != b->input)
		return b;
	if (b->shortcut)
		cd_words_fail(&p->w,
		    "the shortcut of the block of line %d has no layers: "
		    "without 'shortcut' it is the input itself",
		    b->line);
	else
		cd_words_fail(&p->w, "the block of line %d has no layers",
		    b->line);
	return NULL;
}

int
cd_block_shortcut(struct cd_parser *p)
{
	struct cd_block *b = open_block(p);

	if (!b || cd_words_end(&p->w) < 0)
		return -1;
	if (b->shortcut)
		return cd_words_fail(&p->w,
		    "the block of line %d has a shortcut already", b->line);
	b->shortcut = true;
	b->main = p->from;
	p->from = b->input;
	return 0;
}

int
cd_block_end(struct cd_parser *p)
{
	struct cd_layer l = { .kind = &cd_layer_add };
	struct cd_block *b = open_block(p);

	if (!b)
		return -1;
	l.relu = cd_words_take(&p->w, "relu");
	l.other = b->input;
	if (b->shortcut) {
		l.other = p->from;
		p->from = b->main;
	}
	p->nblocks--;
	return cd_words_end(&p->w) < 0 ? -1 : cd_grow(p, &l, NULL);
}

/* A net text's lines, one function a statement: each takes the words of the
 * line at hand and adds its layers. Private to lib/net. */
#ifndef CD_NET_TEXT_LAYERS_H
#define CD_NET_TEXT_LAYERS_H

#include "net/text_words.h"

int cd_line_conv(struct parser *);
int cd_line_separable(struct parser *);
int cd_line_norm(struct parser *);
int cd_line_relu(struct parser *);
int cd_line_pool(struct parser *);
int cd_line_excite(struct parser *);
int cd_line_flatten(struct parser *);
int cd_line_dropout(struct parser *);
int cd_line_dense(struct parser *);

/* The frame of a residual block; end adds the layer where its paths meet. */
int cd_line_block(struct parser *);
int cd_line_shortcut(struct parser *);
int cd_line_end(struct parser *);

/* The word begins a line, and so cannot name a definition. */
bool cd_text_has_statement(const char *word);

#endif

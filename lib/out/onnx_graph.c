#include "out/onnx_graph.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "layer/words.h"

enum {
	NAME_MAX_HERE = CD_LAYER_NAME_MAX + 32,
};

/* A node in one piece with what it points to. */
struct node {
	Onnx__NodeProto proto; /* first */
	char name[NAME_MAX_HERE];
	char *input[CD_ONNX_INPUTS], *output[1];
	Onnx__AttributeProto *attribute[CD_ONNX_ATTRIBUTES];
	struct {
		Onnx__AttributeProto proto;
		int64_t ints[CD_ONNX_INTS];
	} with[CD_ONNX_ATTRIBUTES];
};

struct tensor {
	Onnx__TensorProto proto; /* first */
	char name[NAME_MAX_HERE];
	int64_t dim[CD_ONNX_RANK];
	unsigned char data[];
};

/* protobuf-c's strings are not const, but nothing writes to them. */
static char *
text(const char *s)
{
	return (char *)(uintptr_t)s;
}

static void
set_name(char name[NAME_MAX_HERE], const char *layer, const char *what)
{
	snprintf(name, NAME_MAX_HERE, "%s%s%s", layer ? layer : "",
	    layer ? "/" : "", what);
}

/* Allocates an element, and puts its address at the end of the list. */
static void *
add(struct cd_onnx *g, struct cd_buf *list, size_t size)
{
	void *p = g->failed ? NULL : cd_calloc(1, size, g->e);

	if (p && cd_buf_add(list, &p, sizeof p, g->e) == 0)
		return p;
	free(p);
	g->failed = true;
	return NULL;
}

const char *
cd_onnx_node(struct cd_onnx *g, const char *op, const char *layer,
    const char *what, const char *const input[CD_ONNX_INPUTS])
{
	struct node *n = add(g, &g->node, sizeof *n);

	if (!n)
		return "";
	onnx__node_proto__init(&n->proto);
	set_name(n->name, layer, what);
	n->proto.name = n->output[0] = n->name;
	n->proto.op_type = text(op);
	n->proto.input = n->input;
	n->proto.output = n->output;
	n->proto.n_output = 1;
	n->proto.attribute = n->attribute;
	while (n->proto.n_input < CD_ONNX_INPUTS && input[n->proto.n_input]) {
		n->input[n->proto.n_input] = text(input[n->proto.n_input]);
		n->proto.n_input++;
	}
	return n->name;
}

/* A new attribute of the last node, with room for ints; NULL after a
 * failure. */
static Onnx__AttributeProto *
attribute(struct cd_onnx *g, const char *name,
    Onnx__AttributeProto__AttributeType type)
{
	Onnx__AttributeProto *a;
	struct node *n;
	size_t i;

	if (g->failed)
		return NULL;
	n = ((struct node **)(void *)g->node.data)[g->node.len / sizeof n - 1];
	i = n->proto.n_attribute++;
	a = n->attribute[i] = &n->with[i].proto;
	onnx__attribute_proto__init(a);
	a->name = text(name);
	a->has_type = 1;
	a->type = type;
	a->ints = n->with[i].ints;
	return a;
}

void
cd_onnx_int(struct cd_onnx *g, const char *name, int64_t v)
{
	Onnx__AttributeProto *a = attribute(g, name,
	    ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INT);

	if (!a)
		return;
	a->has_i = 1;
	a->i = v;
}

void
cd_onnx_ints(struct cd_onnx *g, const char *name, int n, const int *v)
{
	Onnx__AttributeProto *a = attribute(g, name,
	    ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INTS);
	int i;

	if (!a)
		return;
	for (i = 0; i < n; i++)
		a->ints[i] = v[i];
	a->n_ints = (size_t)n;
}

void
cd_onnx_real(struct cd_onnx *g, const char *name, double v)
{
	Onnx__AttributeProto *a = attribute(g, name,
	    ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOAT);

	if (!a)
		return;
	a->has_f = 1;
	a->f = (float)v;
}

static void
put_float(unsigned char *to, float v)
{
	uint32_t bits;

	memcpy(&bits, &v, sizeof bits);
	cd_put32(to, bits);
}

/* Puts the numbers to `to`, in the order of the dims; d, step: [4]. */
static void
put_numbers(unsigned char *to, const int64_t *d, const size_t *step,
    const float *from)
{
	int64_t i, j, k, l;

	for (i = 0; i < d[0]; i++)
		for (j = 0; j < d[1]; j++)
			for (k = 0; k < d[2]; k++)
				for (l = 0; l < d[3]; l++, to += 4)
					put_float(to,
					    from[i * step[0] + j * step[1] +
						k * step[2] + l * step[3]]);
}

const char *
cd_onnx_tensor(struct cd_onnx *g, const char *layer, const char *what, int rank,
    const int *dim, const size_t *step, const float *from)
{
	size_t all[CD_ONNX_RANK] = { 0 }, n = sizeof(float);
	struct tensor *t;
	int i;

	/* a net has at most 2^28 parameters */
	for (i = 0; i < rank; i++)
		n *= (size_t)dim[i];
	t = add(g, &g->tensor, sizeof *t + n);
	if (!t)
		return "";
	onnx__tensor_proto__init(&t->proto);
	set_name(t->name, layer, what);
	for (i = 0; i < CD_ONNX_RANK; i++) {
		t->dim[i] = i < rank ? dim[i] : 1;
		all[i] = i < rank ? step[i] : 0;
	}
	t->proto.name = t->name;
	t->proto.dims = t->dim;
	t->proto.n_dims = (size_t)rank;
	t->proto.has_data_type = t->proto.has_raw_data = 1;
	t->proto.data_type = ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT;
	t->proto.raw_data = (ProtobufCBinaryData){ n, t->data };
	put_numbers(t->data, t->dim, all, from);
	return t->name;
}

static void
free_list(struct cd_buf *list)
{
	void **p = (void **)(void *)list->data;
	size_t i;

	for (i = 0; i < list->len / sizeof *p; i++)
		free(p[i]);
	cd_buf_free(list);
}

void
cd_onnx_free(struct cd_onnx *g)
{
	free_list(&g->node);
	free_list(&g->tensor);
}

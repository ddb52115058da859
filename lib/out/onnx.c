/* A file is at most 2 GiB (protobuf's limit): a net has at most 2^28
 * parameters, 1 GiB, each once. */
#include "out/onnx.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/save.h"
#include "out/onnx_layers.h"

enum {
	IR_VERSION = 6, /* that of operator set 11 */
	OPERATORS = 11,
	PROPERTIES = 4,
};

/* The name and shape of the graph's input or output, floats [N,..]. */
struct port {
	Onnx__ValueInfoProto proto;
	Onnx__TypeProto type;
	Onnx__TypeProto__Tensor tensor;
	Onnx__TensorShapeProto shape;
	Onnx__TensorShapeProto__Dimension dim[4], *dims[4];
};

struct file {
	struct cd_onnx g;
	struct port in, out;
	Onnx__ModelProto model;
	Onnx__GraphProto graph;
	Onnx__OperatorSetIdProto set, *sets[1];
	Onnx__ValueInfoProto *input[1], *output[1];
	struct cd_buf text[PROPERTIES];
	Onnx__StringStringEntryProto property[PROPERTIES];
	Onnx__StringStringEntryProto *properties[PROPERTIES];
};

/* protobuf-c's strings are not const, but nothing writes to them. */
static char *
text(const char *s)
{
	return (char *)(uintptr_t)s;
}

/* Appends a line, escaped but for its tabs: strings of a protobuf are UTF-8. */
static int
add_line(struct cd_buf *b, const char *s, size_t n, struct cd_err *e)
{
	const char *end = s + n, *tab;

	for (;; s = tab + 1) {
		tab = memchr(s, '\t', (size_t)(end - s));
		n = (size_t)((tab ? tab : end) - s);
		if (cd_buf_reserve(b, b->len + CD_ESCAPED(n), e) < 0)
			return -1;
		cd_escape((char *)b->data + b->len, CD_ESCAPED(n), s, n);
		b->len += strlen((char *)b->data + b->len);
		if (cd_buf_add(b, tab ? "\t" : "\n", 1, e) < 0)
			return -1;
		if (!tab)
			return 0;
	}
}

/* The same of the header's lines of this name. */
static int
add_lines(struct cd_buf *b, const struct cd_head *h, const char *name,
    struct cd_err *e)
{
	size_t at = 0, len;
	const char *v;

	while ((v = cd_head_next(h, name, &at, &len)))
		if (add_line(b, v, len, e) < 0)
			return -1;
	return 0;
}

static int
add_net(struct cd_buf *b, const struct cd_net *net, struct cd_err *e)
{
	const char *p = net->text, *end = p + net->len, *nl;

	for (; p < end; p = nl + 1) {
		nl = memchr(p, '\n', (size_t)(end - p));
		if (!nl)
			nl = end;
		if (add_line(b, p, (size_t)(nl - p), e) < 0)
			return -1;
	}
	return 0;
}

static int
set_properties(struct file *f, const struct cd_model *m, const char *made,
    struct cd_err *e)
{
	static const char *const key[PROPERTIES] = { "net", "classes", "fit",
		"provenance" };
	Onnx__StringStringEntryProto *p = f->property;
	struct cd_buf *t = f->text;
	int i;

	if (add_net(&t[0], &m->net, e) < 0 ||
	    add_lines(&t[1], &m->head, "class", e) < 0 ||
	    add_lines(&t[2], &m->head, "fit", e) < 0 ||
	    add_lines(&t[3], &m->head, "made", e) < 0 ||
	    add_line(&t[3], made, strlen(made), e) < 0)
		return -1;
	f->model.metadata_props = f->properties;
	for (i = 0; i < PROPERTIES; i++) {
		if (t[i].len == 0)
			continue;
		t[i].data[t[i].len - 1] = '\0'; /* the last newline */
		onnx__string_string_entry_proto__init(p);
		p->key = text(key[i]);
		p->value = (char *)t[i].data;
		f->properties[f->model.n_metadata_props++] = p++;
	}
	return 0;
}

static void
set_port(struct port *p, const char *name, int rank, const int *dim,
    const char *doc)
{
	int i;

	onnx__value_info_proto__init(&p->proto);
	onnx__type_proto__init(&p->type);
	onnx__type_proto__tensor__init(&p->tensor);
	onnx__tensor_shape_proto__init(&p->shape);
	p->proto.name = text(name);
	p->proto.doc_string = text(doc);
	p->proto.type = &p->type;
	p->type.value_case = ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE;
	p->type.tensor_type = &p->tensor;
	p->tensor.has_elem_type = 1;
	p->tensor.elem_type = ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT;
	p->tensor.shape = &p->shape;
	p->shape.dim = p->dims;
	p->shape.n_dim = 1 + (size_t)rank;
	for (i = 0; i <= rank; i++) {
		p->dims[i] = &p->dim[i];
		onnx__tensor_shape_proto__dimension__init(&p->dim[i]);
		p->dim[i].value_case =
		    ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE;
		if (i > 0)
			p->dim[i].dim_value = dim[i - 1];
	}
	p->dim[0]
	    .value_case = ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_PARAM;
	p->dim[0].dim_param = text("N");
}

/* Fills in all that does not depend on the layers, whose nodes are there. */
static void
set_model(struct file *f, const struct cd_net *net, int h, int w,
    const char *version)
{
	set_port(&f->in, CD_ONNX_PICTURES, 3, (const int[]){ net->in[2], h, w },
	    "Pictures: numbers from 0 to 255, which the graph scales");
	set_port(&f->out, CD_ONNX_PROBABILITIES, 1, &net->nclasses,
	    "The probability of each class");
	f->input[0] = &f->in.proto;
	f->output[0] = &f->out.proto;
	f->graph.name = text("net");
	f->graph.input = f->input;
	f->graph.output = f->output;
	f->graph.n_input = f->graph.n_output = 1;
	f->graph.node = (Onnx__NodeProto **)(void *)f->g.node.data;
	f->graph.n_node = f->g.node.len / sizeof *f->graph.node;
	f->graph.initializer = (Onnx__TensorProto **)(void *)f->g.tensor.data;
	f->graph.n_initializer = f->g.tensor.len / sizeof *f->graph.initializer;

	onnx__operator_set_id_proto__init(&f->set);
	f->set.has_version = f->model.has_ir_version = 1;
	f->set.version = OPERATORS;
	f->sets[0] = &f->set;
	f->model.ir_version = IR_VERSION;
	f->model.opset_import = f->sets;
	f->model.n_opset_import = 1;
	f->model.producer_name = text("cd-tools");
	f->model.producer_version = text(version);
	f->model.graph = &f->graph;
}

/* Where protobuf-c puts what it packs. */
struct sink {
	ProtobufCBuffer base; /* first */
	FILE *f;
};

static void
append(ProtobufCBuffer *to, size_t n, const uint8_t *data)
{
	/* an error stays with the stream, see below */
	(void)!fwrite(data, 1, n, ((struct sink *)(void *)to)->f);
}

static int
pack(const Onnx__ModelProto *model, int fd, struct cd_err *e)
{
	struct sink s = { .base = { append } };
	int r = 0;

	/* a duplicate: fclose must not close what the commit syncs */
	fd = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (fd >= 0)
		s.f = fdopen(fd, "wb");
	if (!s.f) {
		cd_fail_errno(e, "open");
		if (fd >= 0)
			close(fd);
		return -1;
	}
	onnx__model_proto__pack_to_buffer(model, &s.base);
	if (ferror(s.f) || fflush(s.f) == EOF)
		r = cd_fail_errno(e, "write");
	if (fclose(s.f) == EOF && r == 0)
		r = cd_fail_errno(e, "write");
	return r;
}

static int
put_file(const Onnx__ModelProto *model, const char *path, struct cd_err *e)
{
	struct cd_save to;

	if (cd_save_open(&to, path, e) < 0)
		return -1;
	if (pack(model, to.fd, e) == 0)
		return cd_save_commit(&to, e);
	cd_save_abandon(&to);
	return cd_fail_at(e, "%s", to.name);
}

int
cd_onnx_save(const struct cd_model *m, const char *path,
    const struct cd_onnx_how *how, struct cd_err *e)
{
	int slot = how->no_average ? -1 : cd_model_average(m);
	int h = how->h ? how->h : m->net.in[0], r = -1, i;
	int w = how->w ? how->w : m->net.in[1];
	struct file f;

	memset(&f, 0, sizeof f);
	f.g.e = e;
	onnx__model_proto__init(&f.model);
	onnx__graph_proto__init(&f.graph);
	if (cd_onnx_layers(&f.g, m, slot, h, w) == 0 &&
	    set_properties(&f, m, how->made, e) == 0) {
		set_model(&f, &m->net, h, w, how->version);
		r = put_file(&f.model, path, e);
	}
	for (i = 0; i < PROPERTIES; i++)
		cd_buf_free(&f.text[i]);
	cd_onnx_free(&f.g);
	return r;
}

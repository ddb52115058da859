/* A file is at most 2 GiB (protobuf's limit): a net has at most 2^28
 * parameters, 1 GiB, each once. */
#include "out/onnx.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/save.h"
#include "out/onnx_layers.h"
#include "out/properties.h"

enum {
	IR_VERSION = 6, /* that of operator set 11 */
	OPERATORS = 11,
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
	struct cd_properties known;
	Onnx__StringStringEntryProto property[CD_PROPERTIES];
	Onnx__StringStringEntryProto *properties[CD_PROPERTIES];
};

/* protobuf-c's strings are not const, but nothing writes to them. */
static char *
text(const char *s)
{
	return (char *)(uintptr_t)s;
}

static int
set_properties(struct file *f, const struct cd_model *m, const char *made,
    struct cd_err *e)
{
	Onnx__StringStringEntryProto *p = f->property;
	int i;

	if (cd_properties_of(&f->known, m, made, e) < 0)
		return -1;
	f->model.metadata_props = f->properties;
	for (i = 0; i < CD_PROPERTIES; i++) {
		if (!f->known.value[i])
			continue;
		onnx__string_string_entry_proto__init(p);
		p->key = text(cd_property_name[i]);
		p->value = f->known.value[i];
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
	int h = how->h ? how->h : m->net.in[0], r = -1;
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
	cd_properties_free(&f.known);
	cd_onnx_free(&f.g);
	return r;
}

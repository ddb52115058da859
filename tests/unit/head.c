/* The header text, as a list of lines. */
#include "rec/head.h"

#include "unit/check.h"

static void
set_text(struct cd_head *h, const char *text)
{
	struct cd_err e = { "" };

	h->text.len = 0;
	CHECK(cd_buf_add(&h->text, text, strlen(text), &e) == 0);
}

static void
has_text(const struct cd_head *h, const char *want)
{
	char got[512];

	snprintf(got, sizeof got, "%.*s", (int)h->text.len,
	    h->text.data ? (const char *)h->text.data : "");
	CHECK_TEXT(got, want);
}

static void
nth(const struct cd_head *h, const char *name, int i, const char *want)
{
	char got[512] = "(none)";
	const char *v;
	size_t len;

	v = cd_head_nth(h, name, i, &len);
	if (v)
		snprintf(got, sizeof got, "%.*s", (int)len, v);
	CHECK_TEXT(got, want);
}

static void
test_read(void)
{
	struct cd_head h = { .text = { NULL, 0, 0 } };

	nth(&h, "class", 0, "(none)");
	CHECK(cd_head_count(&h, "class") == 0);
	set_text(&h,
	    "holds samples\nclass cat\nclasses 3\nclass a b\nx \n"
	    "class dog\nepochs 12\nelapsed 0x1.8p+1\n");
	nth(&h, "class", 0, "cat");
	nth(&h, "class", 1, "a b");
	nth(&h, "class", 2, "dog");
	nth(&h, "class", 3, "(none)");
	nth(&h, "x", 0, "");
	nth(&h, "clas", 0, "(none)");
	CHECK(cd_head_count(&h, "class") == 3);
	CHECK(cd_head_is(&h, "holds", "samples"));
	CHECK(!cd_head_is(&h, "holds", "sample"));
	CHECK(!cd_head_is(&h, "holds", "samples "));
	CHECK(!cd_head_is(&h, "hold", ""));
	CHECK(cd_head_number(&h, "epochs") == 12);
	CHECK(cd_head_number(&h, "records") == -1);
	CHECK(cd_head_real(&h, "elapsed") == 3);
	CHECK(cd_head_real(&h, "best-loss") == 0);
	CHECK(cd_head_class(&h, "dog", 3) == 2);
	CHECK(cd_head_class(&h, "do", 2) == -1);
	cd_head_free(&h);
}

static void
test_change(void)
{
	struct cd_head h = { .text = { NULL, 0, 0 } };
	struct cd_head to = { .text = { NULL, 0, 0 } };
	struct cd_err e = { "" };

	cd_head_remove(&h, "x");
	CHECK(cd_head_set(&h, "holds", "samples", &e) == 0);
	CHECK(cd_head_add(&h, "made", "a 1", &e) == 0);
	CHECK(cd_head_addn(&h, "made", "b 2 more", 3, &e) == 0);
	has_text(&h, "holds samples\nmade a 1\nmade b 2\n");
	CHECK(cd_head_set_number(&h, "epochs", 3, &e) == 0);
	CHECK(cd_head_set(&h, "holds", "batches", &e) == 0);
	has_text(&h, "holds batches\nmade a 1\nmade b 2\nepochs 3\n");
	/* several become one, where the first was */
	CHECK(cd_head_set(&h, "made", "c", &e) == 0);
	has_text(&h, "holds batches\nmade c\nepochs 3\n");
	cd_head_remove(&h, "epochs");
	has_text(&h, "holds batches\nmade c\n");
	cd_head_remove(&h, "holds");
	has_text(&h, "made c\n");
	CHECK(cd_head_add(&to, "holds", "model", &e) == 0);
	CHECK(cd_head_add(&h, "made", "d", &e) == 0);
	CHECK(cd_head_copy_lines(&to, "data", &h, "made", &e) == 0);
	has_text(&to, "holds model\ndata c\ndata d\n");
	CHECK(cd_head_copy(&h, &to, &e) == 0);
	has_text(&h, "holds model\ndata c\ndata d\n");
	CHECK_TEXT(e.msg, "");
	CHECK(cd_head_add(&h, "made", "a\nb", &e) < 0);
	CHECK(cd_head_addn(&h, "made", "a\0b", 3, &e) < 0);
	has_text(&h, "holds model\ndata c\ndata d\n");
	cd_head_free(&h);
	cd_head_free(&to);
}

static void
checked(const char *text, const char *says)
{
	struct cd_head h = { .text = { NULL, 0, 0 } };
	struct cd_err e = { "" };

	set_text(&h, text);
	CHECK((cd_head_check(&h, &e) == 0) == (*says == '\0'));
	CHECK_TEXT(e.msg, says);
	cd_head_free(&h);
}

static void
test_check(void)
{
	checked("holds samples\n", "");
	checked("holds x\nx-9 \nclass \n", "");
	checked("", "no header text");
	checked("holds samples", "header text: no newline at the end");
	checked("holds samples\n\n", "header text: line 2 has no name");
	checked("holds samples\n x\n", "header text: line 2 has no name");
	checked("holds samples\nX x\n", "header text: line 2 has no name");
	checked("holds samples\nx\n", "header text: line 2 has no value");
	checked("class x\n", "header text: no 'holds' line, or several");
	checked("holds x\nholds x\n",
	    "header text: no 'holds' line, or several");
}

static void
agreed(const char *left, const char *right, const char *says)
{
	struct cd_head a = { .text = { NULL, 0, 0 } };
	struct cd_head b = { .text = { NULL, 0, 0 } };
	struct cd_err e = { "" };

	set_text(&a, left);
	set_text(&b, right);
	CHECK((cd_head_agree(&a, &b, &e) == 0) == (*says == '\0'));
	CHECK_TEXT(e.msg, says);
	cd_head_free(&a);
	cd_head_free(&b);
}

static void
test_agree(void)
{
	agreed("holds x\nclass a\nclass b\nmade 1\n",
	    "class a\nmade 2\nholds x\nclass b\n", "");
	agreed("holds x\nclass a\nclass b\n", "holds x\nclass b\nclass a\n",
	    "header line 'class': 'a' there, 'b' here");
	agreed("holds x\nclass a\n", "holds x\nclass a\nclass b\n",
	    "header line 'class': 'none' there, 'b' here");
	agreed("holds x\nfit 2x2\n", "holds x\n",
	    "header line 'fit': '2x2' there, 'none' here");
}

/* The limits of a text, and that many classes do not take for ever. */
static void
test_many(void)
{
	struct cd_head h = { .text = { NULL, 0, 0 } };
	struct cd_err e = { "" };
	char name[16];
	int i, rc = 0;

	CHECK(cd_head_add(&h, "holds", "samples", &e) == 0);
	for (i = 0; i < CD_CLASSES_MAX; i++) {
		snprintf(name, sizeof name, "%d", i);
		rc |= cd_head_add(&h, "class", name, &e);
	}
	CHECK(rc == 0);
	CHECK(cd_head_check(&h, &e) == 0);
	CHECK(cd_head_agree(&h, &h, &e) == 0);
	CHECK(cd_head_class(&h, "65535", 5) == 65535);
	CHECK(cd_head_add(&h, "class", "x", &e) == 0);
	CHECK(cd_head_check(&h, &e) < 0);
	CHECK_TEXT(e.msg, "header text: more than 65536 classes");
	e.msg[0] = '\0';
	while (cd_head_add(&h, "x", "0123456789012345678901", &e) == 0)
		;
	CHECK_TEXT(e.msg, "header text longer than 1048576 bytes");
	CHECK(h.text.len <= CD_HEAD_TEXT_MAX);
	CHECK(h.text.len > CD_HEAD_TEXT_MAX - 32);
	cd_head_remove(&h, "class");
	CHECK(cd_head_count(&h, "class") == 0);
	cd_head_free(&h);
}

int
main(void)
{
	test_read();
	test_change();
	test_check();
	test_agree();
	test_many();
	return CHECK_DONE();
}

#include "img/list.h"

#include "unit/check.h"

static void
order(const char *a, const char *b)
{
	CHECK(cd_name_order(a, b) < 0);
	CHECK(cd_name_order(b, a) > 0);
	CHECK(cd_name_order(a, a) == 0);
}

static void
test_order(void)
{
	order("", "a");
	order("a", "b");
	order("cat.2.jpg", "cat.10.jpg");
	order("cat.9.jpg", "cat.10.jpg");
	order("cat.10.jpg", "dog.2.jpg");
	order("cat", "cat.1.jpg");
	order("a1b2", "a1b10");
	order("a07", "a7"); /* equal numbers: by bytes */
	order("a07b", "a7c");
	order("a0", "a00");
	order("99999999999999999998", "99999999999999999999");
	order("99999999999999999999", "100000000000000000000");
	order("Z", "a");
	order("a", "\xc3\xa4");
}

/* A list from text, its names ended by newlines. */
static void
read_text(struct cd_list *l, const char *text, bool keep_folder)
{
	struct cd_err e = { "" };
	FILE *f = tmpfile();

	CHECK(f != NULL);
	if (!f)
		return;
	fputs(text, f);
	rewind(f);
	CHECK(cd_list_read(l, f, "text", '\n', keep_folder, &e) == 0);
	fclose(f);
}

static void
test_keys(void)
{
	static const char text[] = "/a/b/cat.1.jpg\n\nx/dog.2.jpg\nlast.jpg";
	struct cd_list l = { 0 };
	struct cd_err e = { "" };

	read_text(&l, text, false);
	CHECK(l.n == 3);
	CHECK_TEXT(l.item[0].key, "cat.1.jpg");
	CHECK_TEXT(l.item[0].path, "/a/b/cat.1.jpg");
	CHECK_TEXT(l.item[1].key, "dog.2.jpg");
	CHECK_TEXT(l.item[2].key, "last.jpg");
	CHECK(cd_list_check_keys(&l, &e) == 0);
	cd_list_free(&l);

	read_text(&l, text, true);
	CHECK_TEXT(l.item[0].key, "b/cat.1.jpg");
	CHECK_TEXT(l.item[1].key, "x/dog.2.jpg");
	CHECK_TEXT(l.item[2].key, "last.jpg");
	cd_list_free(&l);

	read_text(&l, "a/1.jpg\nb/2.jpg\nc/1.jpg\n", false);
	CHECK(cd_list_check_keys(&l, &e) < 0);
	CHECK_TEXT(e.msg, "a/1.jpg and c/1.jpg: both have the key 1.jpg");
	cd_list_free(&l);
}

static void
test_labels(void)
{
	struct cd_list l = { 0 };
	struct cd_err e = { "" };

	read_text(&l, "dog.1.jpg\ncat.2.jpg\ndog.3.jpg\nbird.jpg\n", false);
	CHECK(cd_list_label(&l, CD_LABEL_PREFIX, NULL, NULL, &e) == 0);
	CHECK(l.nclasses == 3);
	CHECK_TEXT(l.class_name[0], "bird");
	CHECK_TEXT(l.class_name[1], "cat");
	CHECK_TEXT(l.class_name[2], "dog");
	CHECK(l.item[0].label == 2 && l.item[1].label == 1 &&
	    l.item[2].label == 2 && l.item[3].label == 0);
	cd_list_free(&l);

	read_text(&l, "dog.1.jpg\ncat.2.jpg\n", false);
	CHECK(
	    cd_list_label(&l, CD_LABEL_PREFIX, NULL, "dog,bird,cat", &e) == 0);
	CHECK(l.nclasses == 3 && l.item[0].label == 0 && l.item[1].label == 2);
	CHECK_TEXT(l.class_name[1], "bird");
	cd_list_free(&l);

	read_text(&l, "dog.1.jpg\ncat.2.jpg\n", false);
	CHECK(cd_list_label(&l, CD_LABEL_PREFIX, NULL, "dog,bird", &e) < 0);
	CHECK_TEXT(e.msg, "cat.2.jpg: class cat is not one of --classes");
	cd_list_free(&l);

	read_text(&l, "dog.1.jpg\n", false);
	CHECK(cd_list_label(&l, CD_LABEL_NONE, NULL, NULL, &e) == 0);
	CHECK(l.nclasses == 0 && l.item[0].label == -1);
	cd_list_free(&l);
}

int
main(void)
{
	test_order();
	test_keys();
	test_labels();
	return CHECK_DONE();
}

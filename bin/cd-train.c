/* cd-train: a model file + batches (or samples) -> the model trained. */
#include "cmd/train_run.h"

int
main(int argc, char **argv)
{
	return cd_train_run(cd_train_parse(argc, argv), NULL);
}

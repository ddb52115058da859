/* cd-export of samples as picture files. For mains: trouble ends the program.
 *
 * A picture is PNG, grey or colour as it is. Its file is named by its key: the
 * ending of a picture's name is left out, what is not printable is escaped, "/"
 * and "\" become "_"; "-e" and its epoch, "-v" and its view follow where they
 * are not 0. Two of one name are an error. */
#ifndef CD_CMD_EXPORT_PICTURES_H
#define CD_CMD_EXPORT_PICTURES_H

#include "rec/rec.h"

/* A tar archive for WebDataset, to output: of each sample, in the order of the
 * stream, NAME.png, NAME.cls (the label as text, where there is one) and
 * NAME.json, where "." too is "_" in NAME. output NULL: standard output. */
void cd_export_webdataset(struct cd_reader *, const char *output);

/* Files in the folder dir, which is made where it is not there:
 * dir/CLASS/NAME.png, without CLASS/ where the key begins so too, or
 * dir/NAME.png without a label. What is there stays, and
 * is an error if it has the name of a picture. */
void cd_export_png(struct cd_reader *, const char *dir);

#endif

/* cd-export of samples and predictions. For mains: trouble ends the program,
 * and nothing appears under the output's name. */
#ifndef CD_CMD_EXPORT_STREAM_H
#define CD_CMD_EXPORT_STREAM_H

#include "rec/rec.h"

/* Arrays stacked over all records, an NPZ file: "key" (bytes), and each tensor
 * by its name: "image" u8 [n,h,w,c], "label" i32 [n], "value" f32 [n,classes].
 * Those of one name must have one type and shape. classes: "class" (bytes), in
 * the order of labels. */
void cd_export_arrays(struct cd_reader **, const char *output);
/* One of them as an NPY file; which NULL: the images, or the values. */
void cd_export_array(struct cd_reader **, const char *which,
    const char *output);

/* Predictions, as a table (score/report.h) or an object of JSON a line: key,
 * label (null: none), predicted, and p, the probability of each class. */
void cd_export_tsv(struct cd_reader *, const char *output);
void cd_export_jsonl(struct cd_reader *, const char *output);

#endif

/* cd-average of models. */
#ifndef CD_CMD_AVERAGE_MODELS_H
#define CD_CMD_AVERAGE_MODELS_H

#include <stdbool.h>

/* Does this file, which may be no pipe, hold a model? */
bool cd_average_is_model(const char *path);

/* Writes the mean of n models to output (NULL: standard output); weight: [n],
 * or NULL: all equal. For mains: trouble ends the program. */
void cd_average_models(char *const *paths, int n, const double *weight,
    const char *output);

#endif

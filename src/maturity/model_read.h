/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* model_read.h - inside of model.c: the model's YAML into its structs, with every check. */
#ifndef TM_MATURITY_MODEL_READ_H
#define TM_MATURITY_MODEL_READ_H

#include "maturity/model.h"
#include "base/yaml.h"

enum {
    MODEL_PRACTICES_MAX = 200,
    MODEL_DIMENSIONS_MAX = 24,
    MODEL_NEEDS_MAX = 40,
    MODEL_VERTICALS_MAX = 60,
    MODEL_ROLES_MAX = 12
};

extern const char *const indicator_form_words[]; /* by enum indicator_form, ended by NULL */

/* As model_load(), going on after a mistake: all of them are in `faults`. */
TM_MUST_CHECK enum err_code model_load_all(const char *path, struct yaml_faults *faults,
                                           struct model **out_model, struct err *err);
/* `node`: the list of practices. Names the circle where prerequisites form one. */
TM_MUST_CHECK enum err_code model_check_circles(struct yaml_reader *r, yaml_node_t *node,
                                                const struct model *m);

/* `r` is open and its arena is the model's. */
TM_MUST_CHECK enum err_code model_read(struct yaml_reader *r, struct model *model);

#endif

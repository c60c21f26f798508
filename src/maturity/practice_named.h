/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* practice_named.h - the practice that a line of an answers or plan file names. */
#ifndef TM_MATURITY_PRACTICE_NAMED_H
#define TM_MATURITY_PRACTICE_NAMED_H

#include "base/yaml.h"
#include "maturity/model.h"

/* Its index in the model; ERR_INVALID at the node's place, with the one that was probably meant. */
TM_MUST_CHECK enum err_code practice_named(struct yaml_reader *r, yaml_node_t *node,
                                           const struct model *m, size_t *out);

#endif

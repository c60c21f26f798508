/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* hand_check.h - whether a file that people write by hand can be used (store/hand.h). */
#ifndef TM_MATURITY_HAND_CHECK_H
#define TM_MATURITY_HAND_CHECK_H

#include "maturity/model.h"
#include "store/hand.h"

/* The error names the file as hand_names does, with line and field. */
TM_MUST_CHECK enum err_code hand_check(enum hand_file file, struct str text,
                                       const struct model *model, struct err *err);

#endif

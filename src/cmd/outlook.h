/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* outlook.h - what follows from an assessment: what would flip the stage, and what to do when. */
#ifndef TM_CMD_OUTLOOK_H
#define TM_CMD_OUTLOOK_H

#include "maturity/roadmap.h"

struct outlook {
    struct sensitivity *sensitivity;
    struct plan *plan; /* the usual hours, no wishes */
    struct roadmap *roadmap;
};

/* The assessment must live longer. Release it in any case. */
TM_MUST_CHECK enum err_code outlook_make(const struct assessment *a, struct outlook *out,
                                         struct err *err);
void outlook_release(struct outlook *outlook);

#endif

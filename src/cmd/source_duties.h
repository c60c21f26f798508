/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* source_duties.h - what shops' systems ask for by law: told, and marked as done by hand; also
 * while a server has the workspace. */
#ifndef TM_CMD_SOURCE_DUTIES_H
#define TM_CMD_SOURCE_DUTIES_H

#include "base/buf.h"

struct duties_wish {
    const char *done; /* the number of one that was done; NULL: only told */
    bool json;
};

/* What to print goes into `print`. */
TM_MUST_CHECK enum err_code source_duties(const char *dir, const struct duties_wish *wish,
                                          struct buf *print, struct err *err);

#endif

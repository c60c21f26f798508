/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* forget.h - everything that came by one source of live data goes. */
#ifndef TM_CMD_FORGET_H
#define TM_CMD_FORGET_H

#include "base/buf.h"

struct forget_wish {
    int64_t source;
    bool dry_run, yes, json;
};

/* Opens the workspace in `dir` for it. What to print goes into `print`. */
TM_MUST_CHECK enum err_code forget_source(const char *dir, const struct forget_wish *wish,
                                          struct buf *print, struct err *err);

#endif

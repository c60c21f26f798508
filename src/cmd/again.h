/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* again.h - finished erasures into a file, and out of it into a copy that was brought back. */
#ifndef TM_CMD_AGAIN_H
#define TM_CMD_AGAIN_H

#include "base/buf.h"
#include "cmd/workspace.h"

struct again_wish {
    const char *out, *in; /* files; NULL: not asked for */
    bool none_since, dry_run, json;
};

/* What to print goes into `print`. */
TM_MUST_CHECK enum err_code again_export(struct workspace *ws, const struct again_wish *wish,
                                         struct buf *print, struct err *err);
/* `in`, or `none_since`: after either the workspace is at home where it is. */
TM_MUST_CHECK enum err_code again_run(struct workspace *ws, const struct again_wish *wish,
                                      struct buf *print, struct err *err);

/* What to tell of a workspace that is a copy or was brought back, and what to do about it. */
const char *again_notice(void);
const char *again_advice(void);

/* Before anybody is answered: what the file of erasures outside of the folder (privacy/filed.h) has
 * and this workspace has not is applied; the engine is woken for that when it sleeps, and sleeps
 * again. A file that is not there is written. */
TM_MUST_CHECK enum err_code again_by_itself(struct workspace *ws, struct err *err);

#endif

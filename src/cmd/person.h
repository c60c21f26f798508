/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* person.h - one person of a workspace: everything that is kept, and its erasure. */
#ifndef TM_CMD_PERSON_H
#define TM_CMD_PERSON_H

#include "base/json_write.h"
#include "cmd/workspace.h"
#include "privacy/erase.h"

struct person_wish {
    const char *who, *out;
    bool dry_run, yes, json;
};

/* What to print goes into `print`. */
TM_MUST_CHECK enum err_code person_export_to(struct workspace *ws, const struct person_wish *wish,
                                             struct buf *print, struct err *err);
TM_MUST_CHECK enum err_code person_erase(struct workspace *ws, const struct person_wish *wish,
                                         struct buf *print, struct err *err);
TM_MUST_CHECK enum err_code person_erasures(struct workspace *ws, bool json, struct buf *print,
                                            struct err *err);

struct erase_ctx person_erase_ctx(struct workspace *ws);
/* ERR_NOT_FOUND */
TM_MUST_CHECK enum err_code person_erasure_get(struct store *store, int64_t id, struct erasure *out,
                                               struct err *err);

#endif

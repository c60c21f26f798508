/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* records.h - a workspace's resolved records, made when they are not what it holds now. */
#ifndef TM_CMD_RECORDS_H
#define TM_CMD_RECORDS_H

#include "cmd/workspace.h"
#include "insight/views.h"

/* What they were made from, and whether that is what the workspace holds now. */
TM_MUST_CHECK enum err_code records_context(struct workspace *ws, struct view_context *out,
                                            struct err *err);
/* Resolves them unless they are fresh. ERR_NOT_FOUND when nothing was imported. `aside` as in
 * struct resolve_options, or NULL. */
TM_MUST_CHECK enum err_code records_make_fresh(struct workspace *ws,
                                               const struct resolve_aside *aside,
                                               struct view_context *out, struct err *err);

/* Tells on standard error which money is not in the figures, for want of an exchange rate. */
void records_warn_unconverted(const struct unconverted *list, size_t n, const char *currency);

#endif

/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* desk.h - the shop's numbers for those who ask over the web; inside src/web only.
 *
 * A desk has a few engine connections of its own, so that views are answered while the worker
 * imports. Any thread may call.
 */
#ifndef TM_WEB_DESK_H
#define TM_WEB_DESK_H

#include "insight/views.h"
#include "store/settings.h"

struct desk;
struct web;

enum desk_format { DESK_JSON, DESK_CSV, DESK_XLSX, DESK_FORMATS };

struct desk_wish {
    const struct view *view;
    const struct view_arg *args;
    size_t arg_count;
    enum desk_format format;
};

struct desk *desk_new(struct web *web);
/* Nobody asks and the shop's engine is about to end: the connections are closed. NULL is fine. */
void desk_rest(struct desk *desk);
/* What is under way ends with ERR_CANCELLED, and so does what comes. */
void desk_stop(struct desk *desk);
/* Nobody asks any more. NULL is fine. */
void desk_free(struct desk *desk);
/* Adds the answer to `out`. ERR_INVALID as view_answer(); ERR_UNAVAILABLE while the records are
 * being made ready for the first time, or when too many ask at once. */
TM_MUST_CHECK enum err_code desk_answer(struct desk *desk, const struct settings *settings,
                                        const struct desk_wish *wish, struct buf *out,
                                        struct err *err);

#endif

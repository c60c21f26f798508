/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* retain.h - what the settings say is kept only so long goes after that.
 *
 * Nothing goes unless the settings say so. Orders, refunds and consent are never touched: they are
 * the shop's books, and its proof. People of whom nothing was heard for long are erased
 * (privacy/idle.h), so many a day. After events or messages went, the counts of their
 * imports say so, and figures are made anew when next asked for. What was done is on record.
 */
#ifndef TM_CMD_RETAIN_H
#define TM_CMD_RETAIN_H

#include "cmd/workspace.h"
#include "store/journal.h"
#include "store/keep.h"

enum retain_kind {
    RETAIN_EVENTS,
    RETAIN_MESSAGES,
    RETAIN_LIVE,
    RETAIN_PEOPLE,
    RETAIN_STORE, /* from here on as in enum store_kept */
    RETAIN_KINDS = RETAIN_STORE + STORE_KEPT
};

struct retained {
    int64_t from[RETAIN_KINDS]; /* begin of what is kept; TIME_NONE: all of it is */
    int64_t n[RETAIN_KINDS];    /* how many are older */
    int64_t people_left;        /* how many of them go the next times */
};
/* People who are erased at once: each some forty of them are a search of all files. */
enum { RETAIN_PEOPLE_MOST = 400 };

/* "events", as commands and the record call it. */
extern const char *const retain_names[RETAIN_KINDS];

/* `journal` may be NULL: nothing came live. With `only_look` nothing is deleted. */
TM_MUST_CHECK enum err_code retain(struct workspace *ws, struct journal *journal, bool only_look,
                                   struct retained *out, struct err *err);
/* The same but for people, when a day has passed since it was last done. */
TM_MUST_CHECK enum err_code retain_daily(struct workspace *ws, struct journal *journal,
                                         struct err *err);
/* People, once a day: when the records are resolved and all that came until `read_us` is in them.
 * *out_gone: how many; then the records are to be resolved again. */
struct erase_ctx;
TM_MUST_CHECK enum err_code retain_people_daily(struct workspace *ws, const struct erase_ctx *ctx,
                                                int64_t read_us, int64_t *out_gone,
                                                struct err *err);

#endif

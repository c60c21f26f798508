/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* retain.h - what the settings say is kept only so long goes after that.
 *
 * Nothing goes unless the settings say so. Orders, refunds and people are never touched: they are
 * the shop's books. After events or messages went, the counts of their imports say so, and figures
 * are made anew when next asked for.
 */
#ifndef TM_CMD_RETAIN_H
#define TM_CMD_RETAIN_H

#include "cmd/workspace.h"
#include "store/journal.h"

struct retained {
    /* Begin of what is kept; TIME_NONE: all of it is. */
    int64_t events_from, messages_from, live_from;
    int64_t events, messages, live; /* how many are older */
};

/* `journal` may be NULL: nothing came live. With `only_look` nothing is deleted. */
TM_MUST_CHECK enum err_code retain(struct workspace *ws, struct journal *journal, bool only_look,
                                   struct retained *out, struct err *err);
/* The same, when a day has passed since it was last done. */
TM_MUST_CHECK enum err_code retain_daily(struct workspace *ws, struct journal *journal,
                                         struct err *err);

#endif

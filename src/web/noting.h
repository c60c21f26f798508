/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* noting.h - one thread a shop that notes withdrawals, and what the law asks, in the moment they
 * have come (intake/live/urgent.h), whatever else is under way, and brings those that name a log-in
 * or a number into force for the person's addresses (identity/live_adrift.h); inside src/web only.
 * Any thread. */
#ifndef TM_WEB_NOTING_H
#define TM_WEB_NOTING_H

#include "identity/live_people.h"

struct noting;

/* What it does besides: once in so many seconds, whether anything comes or not; and each time that
 * something was noted. */
struct noting_daily {
    void (*work)(void *ctx);
    void (*noted)(void *ctx);
    void *ctx;
    int seconds;
};
/* Notes first what an earlier process left. `journal` and `people` outlive it. */
TM_MUST_CHECK enum err_code noting_open(const struct store *store, struct journal *journal,
                                        struct live_people *people, struct noting_daily daily,
                                        struct noting **out, struct err *err);
/* Something urgent is on stable storage. */
void noting_came(struct noting *noting);
void noting_close(struct noting *noting); /* NULL is fine */

#endif

/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* plans.h - what figures tell of the shop's flows and campaigns: their names, to whom they go, what
 * kind of flow it is, and of each message whether it depends on what its reader has done.
 *
 * By the texts as they are now; of one that is gone or broken the name and number that it had. A
 * message depends on behaviour when its text asks for anything but the person and the shop (the
 * cart, the order, products that were looked at, ...).
 */
#ifndef TM_OUTREACH_RESULTS_PLANS_H
#define TM_OUTREACH_RESULTS_PLANS_H

#include "base/buf.h"
#include "store/store.h"

struct plan_step {
    int64_t id; /* the outbox's step */
    int variant;
    const char *name;
    int personal; /* 1 yes, 0 no, -1 unknown */
};

struct plan {
    int64_t id; /* the outbox's campaign */
    bool is_flow;
    const char *name, *flow_kind, *audience; /* "" */
    struct plan_step *steps;
    size_t step_count;
};

struct plans;
TM_MUST_CHECK enum err_code plans_read(struct store *store, struct plans **out, struct err *err);
void plans_free(struct plans *plans); /* NULL is fine */
void plans_freep(struct plans **plans);
/* NULL: none has that number any more. */
const struct plan *plans_find(const struct plans *plans, int64_t id);
/* NULL: it has no such message any more. */
const struct plan_step *plan_step_find(const struct plan *plan, int64_t step, int variant);
/* The same of all that is told here gives the same. 16 characters and a NUL. */
enum { PLANS_MARK = 17 };
void plans_mark(const struct plans *plans, char out[PLANS_MARK]);

#endif

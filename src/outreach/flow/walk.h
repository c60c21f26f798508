/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* walk.h - one person's way through a flow, from one standstill to the next.
 *
 * Pure: the same flow, run, cause and world give the same way. Nothing is sent or kept here;
 * drive.h does both in one transaction.
 *
 * Lots (who is held out, which way of a split) are drawn by a keyed hash (SipHash) of flow, step
 * and person: a person draws the same lot each time, so that who was held out stays so.
 */
#ifndef TM_OUTREACH_FLOW_WALK_H
#define TM_OUTREACH_FLOW_WALK_H

#include "outreach/flow/flow.h"
#include "store/runs.h"

enum flow_cause {
    FLOW_STARTED, /* the run is new */
    FLOW_WOKE,    /* its time has come */
    FLOW_CAME     /* what it waited for has come */
};

struct flow_world {
    int64_t now_us;
    struct zone *zone; /* the person's, or the shop's when that is not known; borrowed */
    /* Whether the person belongs to that segment now. */
    enum err_code (*holds)(void *ctx, uint64_t person, const char *condition, bool *out,
                           struct err *err);
    void *ctx;
};

/* Steps that the person came through, in order. */
struct flow_passed {
    const struct flow_step *steps[FLOW_STEPS_MAX];
    size_t n;
};

/* Moves the run on, to where it stands or ends. On an error it is as it was. */
TM_MUST_CHECK enum err_code flow_walk(const struct flow *flow, struct run *io_run,
                                      enum flow_cause cause, const struct flow_world *world,
                                      struct flow_passed *out, struct err *err);

/* From 0 up to below 100. `step`: 0 for the lot of being held out. */
double flow_lot(int64_t flow, int64_t step, uint64_t person);

#endif

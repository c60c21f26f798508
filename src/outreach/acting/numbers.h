/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* numbers.h - what became of the people of a flow, and what it brings: who got its messages beside
 * those who were held out. */
#ifndef TM_OUTREACH_ACTING_NUMBERS_H
#define TM_OUTREACH_ACTING_NUMBERS_H

#include "outreach/flow/flow.h"
#include "store/runs.h"

/* Of those who go through it, or of those who are held out. */
struct flow_people {
    int64_t started;
    int64_t by_outcome[RUN_OUTCOMES]; /* RUN_GOING: on the way now */
};

struct flow_step_number {
    int64_t step; /* its id */
    int64_t passed, held_out, unreached;
};

struct flow_numbers {
    struct flow_people people, held_out;
    struct flow_step_number steps[FLOW_STEPS_MAX]; /* also of steps that are gone */
    size_t step_count;
    int64_t messages[OUTBOX_STATES];
};

/* In no transaction. */
TM_MUST_CHECK enum err_code flow_numbers_read(struct outbox *outbox, int64_t flow,
                                              struct flow_numbers *out, struct err *err);
/* Of a step, zeros when nobody came there. */
struct flow_step_number flow_numbers_of(const struct flow_numbers *numbers, int64_t step);
/* {started, going, goal, ..., held_out: {}, steps: [], messages: {}} of the flow as it is now. */
void flow_numbers_json(const struct flow_numbers *numbers, const struct flow *flow,
                       struct json_writer *w);

#endif

/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* runs.h - people on their way through flows (outreach/flow): where each stands, until when, and
 * what was counted.
 *
 * In outbox.db, so that a step forward and the messages that it plans are one transaction: all
 * calls stand between outbox_begin() and outbox_end() but run_counts() and tasks_each().
 *
 * A person goes through a flow once at a time, and starts once for each occurrence (what started
 * it, as a number): whoever tells the same thing twice changes nothing.
 */
#ifndef TM_STORE_RUNS_H
#define TM_STORE_RUNS_H

#include "store/outbox.h"

enum run_outcome {
    RUN_GOING,
    RUN_DONE,    /* came to the end */
    RUN_GOAL,    /* did what the flow is for */
    RUN_LEFT,    /* did what ends it, or belongs no more to those it is for */
    RUN_CHANGED, /* stood at a step that was taken out of the flow */
    RUN_STOPPED, /* by hand */
    RUN_OUTCOMES
};

enum { RUN_EVENT_MAX = 64, TASK_TEXT_MAX = 1000 };

struct run {
    int64_t id; /* given by the outbox */
    int64_t flow, occurrence;
    uint64_t person;
    struct pseudonym who; /* of the identifier by which it started */
    enum run_outcome outcome;
    bool held_out;             /* goes the way, gets nothing */
    int64_t step;              /* where it stands; 0: nowhere yet */
    int64_t wake_us;           /* when it goes on */
    char event[RUN_EVENT_MAX]; /* what it waits for; "" for nothing */
    int64_t started_us, changed_us;
};

/* `data`: JSON of what started it, at most OUTBOX_DATA_MAX bytes. *out_new false: this occurrence
 * was there already, or the person is on the way; nothing changed. Sets run->id. */
TM_MUST_CHECK enum err_code run_start(struct outbox *o, struct run *run, struct str data,
                                      bool *out_new, struct err *err);
/* When the person last started; TIME_NONE: never. */
TM_MUST_CHECK enum err_code run_last_start(struct outbox *o, int64_t flow, uint64_t person,
                                           int64_t *out_us, struct err *err);
/* Outcome, step, waking and event. */
TM_MUST_CHECK enum err_code run_put(struct outbox *o, const struct run *run, struct err *err);
/* Those of a flow whose time has come, the longest waiting first. */
TM_MUST_CHECK enum err_code runs_due(struct outbox *o, int64_t flow, int64_t now_us,
                                     struct run *out, size_t cap, size_t *out_n, struct err *err);
/* Those of a person who is on the way. */
TM_MUST_CHECK enum err_code runs_of(struct outbox *o, uint64_t person, struct run *out, size_t cap,
                                    size_t *out_n, struct err *err);
/* All who are on the way through a flow, `cap` at a time after the run `after`. */
TM_MUST_CHECK enum err_code runs_going(struct outbox *o, int64_t flow, int64_t after,
                                       struct run *out, size_t cap, size_t *out_n, struct err *err);
TM_MUST_CHECK enum err_code run_data(struct outbox *o, int64_t id, struct buf *out,
                                     struct err *err);
/* When the next of a flow goes on; TIME_NONE: nobody is on the way. */
TM_MUST_CHECK enum err_code runs_next(struct outbox *o, int64_t flow, int64_t *out_us,
                                      struct err *err);
/* The flows that somebody is on the way through, at most `cap`, after the flow `after`. */
TM_MUST_CHECK enum err_code run_flows(struct outbox *o, int64_t after, int64_t *out, size_t cap,
                                      size_t *out_n, struct err *err);
/* Two people turned out to be one: what the first was on the way through, the second is. Where both
 * were, the one who started later is ended as RUN_LEFT. */
TM_MUST_CHECK enum err_code runs_merge(struct outbox *o, uint64_t from, uint64_t to, int64_t now_us,
                                       struct err *err);

/* ---- what was counted --------------------------------------------------------------------- */

/* Adds to how many came to a step. `unreached`: of those, whom no address of its channel was known
 * of. */
TM_MUST_CHECK enum err_code run_passed(struct outbox *o, int64_t flow, int64_t step, bool held_out,
                                       bool unreached, struct err *err);
struct run_count {
    int64_t step; /* 0: of the flow: how many have that outcome */
    enum run_outcome outcome;
    bool held_out;
    int64_t n, unreached;
};
/* Of the steps first. At most `cap`. */
TM_MUST_CHECK enum err_code run_counts(struct outbox *o, int64_t flow, struct run_count *out,
                                       size_t cap, size_t *out_n, struct err *err);

/* ---- how far a source of happenings was read ---------------------------------------------- */

/* 0 when never set. */
TM_MUST_CHECK enum err_code run_cursor(struct outbox *o, const char *name, int64_t *out,
                                       struct err *err);
TM_MUST_CHECK enum err_code run_cursor_set(struct outbox *o, const char *name, int64_t value,
                                           struct err *err);

/* What several messages tell that happened once (an order, by its number and by its id), under each
 * of its keys. *out_new false: one of them was there already, and nothing changed. */
enum { HAPPENED_KEEP_DAYS = 400 };
TM_MUST_CHECK enum err_code happened_once(struct outbox *o, const int64_t *keys, size_t n,
                                          int64_t now_us, bool *out_new, struct err *err);
/* Lets go of what was noted more than HAPPENED_KEEP_DAYS ago. */
TM_MUST_CHECK enum err_code happened_prune(struct outbox *o, int64_t now_us, struct err *err);

/* ---- what people of the shop are asked to do ---------------------------------------------- */

struct task {
    int64_t id; /* given by the outbox */
    int64_t run, flow, step;
    uint64_t person;
    struct str text, assignee;
    int64_t made_us, due_us, done_us; /* TIME_NONE: open */
    struct str done_by;
};
/* Once for each run and step; `who` as the run has it. */
TM_MUST_CHECK enum err_code task_add(struct outbox *o, const struct task *task,
                                     const struct pseudonym *who, struct err *err);
/* Open ones, or all, the earliest due first. `each` must not call the outbox; texts are its own
 * until it returns. */
TM_MUST_CHECK enum err_code tasks_each(struct outbox *o, bool open_only,
                                       enum err_code (*each)(void *ctx, const struct task *task,
                                                             struct err *err),
                                       void *ctx, struct err *err);
/* ERR_NOT_FOUND for a number that none has; done twice is done. */
TM_MUST_CHECK enum err_code task_done(struct outbox *o, int64_t id, const char *by, int64_t now_us,
                                      struct err *err);

#endif

/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* flow.h - the front of src/outreach/flow: what happens to a person after something happened.
 *
 * A flow is a text (docs/flows.md): what starts it, whether and when the same person may go through
 * it again, what it is for (goal), what ends it early, and steps. A person goes from step to step
 * downwards, unless a step names another one; below the last is the end. Steps form no circle, so
 * that everybody comes to the end; who may come back starts anew.
 *
 *     flow.h    the text and its checks
 *     walk.h    one person's way from one standstill to the next: pure
 *     drive.h   the same with the outbox: each way and what it plans are one transaction
 *
 * A step is known by its name, also to those who are on their way when the text changes: who stands
 * at a step that is gone leaves the flow.
 *
 * A flow that was read never changes, and is read by any number of threads.
 */
#ifndef TM_OUTREACH_FLOW_FLOW_H
#define TM_OUTREACH_FLOW_FLOW_H

#include "base/json_write.h"
#include "base/timestamp.h"
#include "base/yaml.h"
#include "store/outbox.h"

enum {
    FLOW_TEXT_MAX = 256 << 10,
    FLOW_STEPS_MAX = 200,
    FLOW_WAYS_MAX = 10,
    FLOW_LEAVES_MAX = 10,
    FLOW_CHANNELS_MAX = 4,
    FLOW_NAME_MAX = 200
};
#define FLOW_WAIT_MAX_US (366 * US_PER_DAY)

enum flow_step_kind {
    FLOW_WAIT,     /* for a while */
    FLOW_UNTIL,    /* the next time that the person's clock shows an hour */
    FLOW_WAIT_FOR, /* something that the person does, at most for a while */
    FLOW_IF,       /* whether the person belongs to a segment now */
    FLOW_SPLIT,    /* by lot, the same for a person each time */
    FLOW_SEND,     /* a message, planned in the outbox */
    FLOW_ASK,      /* somebody of the shop to do something by a day */
    FLOW_WEBHOOK,  /* another system is told, planned in the outbox */
    FLOW_STEP_KINDS
};
const char *flow_step_word(enum flow_step_kind kind); /* its key in the text: "wait_for" */

enum flow_start_kind {
    FLOW_ON_EVENT,  /* the person does something */
    FLOW_ON_ENTERS, /* the person comes to belong to a segment */
    FLOW_ON_LEAVES, /* the person belongs to a segment no more */
    FLOW_ON_DATE,   /* a day comes that is so far from a date of the person */
    FLOW_START_KINDS
};

struct flow_way {
    double share; /* in percent */
    const char *to_name;
    size_t to;
};

/* A place to go to is the index of a step, or the number of steps for the end. */
struct flow_step {
    const char *name;
    int64_t id; /* of the name; what the outbox knows it by */
    enum flow_step_kind kind;
    size_t line;                             /* of the text */
    int64_t wait_us;                         /* FLOW_WAIT; FLOW_WAIT_FOR: at most */
    int minute;                              /* FLOW_UNTIL: of the day */
    unsigned weekdays;                       /* FLOW_UNTIL: bit 0 is Monday; 0: every day */
    const char *event;                       /* FLOW_WAIT_FOR: canonical (shop/event.h) */
    const char *condition;                   /* FLOW_IF: text of a segment */
    const char *message;                     /* FLOW_SEND: its name */
    const char *channels[FLOW_CHANNELS_MAX]; /* FLOW_SEND: the first that reaches the person */
    size_t channel_count;
    const char *purpose;
    bool transactional;
    int64_t not_after_us; /* FLOW_SEND, FLOW_WEBHOOK: how long it may be held */
    const char *url;      /* FLOW_WEBHOOK: an address that egress_check() lets pass */
    const char *task;     /* FLOW_ASK: what is to be done */
    const char *assignee; /* FLOW_ASK: by whom; "" for anybody */
    int64_t due_us;       /* FLOW_ASK: within */
    const char *then_name, *else_name, *next_name; /* NULL: the one below */
    size_t then, otherwise; /* FLOW_IF, FLOW_WAIT_FOR: yes (it came), no (the time was over) */
    size_t next;            /* of the others */
    struct flow_way *ways;  /* FLOW_SPLIT */
    size_t way_count;
};

struct flow {
    const char *name, *about, *practice; /* "" when not given */
    enum flow_start_kind start;
    const char *start_name; /* of the event, canonical, of the segment, or of the date */
    bool every_year;        /* FLOW_ON_DATE: on its anniversaries (a birthday) */
    int days;               /* FLOW_ON_DATE: after the date; before it when negative */
    int minute;             /* FLOW_ON_DATE: of that day, by the person's clock */
    int64_t late_us;        /* FLOW_ON_DATE: who could not start for so long does not any more */
    const char *where;      /* whom it is for: text of a segment; "" for everybody */
    int64_t again_us;       /* at least so long after the last start; -1: never, 0: any time */
    double holdout;         /* percent of people who go through it without getting anything */
    const char *goal;       /* an event that ends it; "" for none */
    const char **leaves;    /* other events that end it */
    size_t leave_count;
    const char *only_while; /* text of a segment: who is in it no more leaves; "" for none */
    struct flow_step *steps;
    size_t step_count;
    struct arena *memory; /* of all of it */
};

/* `name` is the file's, for messages, or NULL. All mistakes of the text are in `faults` (may be
 * NULL), the first in err. ERR_INVALID: a field, a name that no step has, a name that two have, a
 * circle, a step that nobody comes to, a step after which nothing is done, a segment's text that
 * is none. */
TM_MUST_CHECK enum err_code flow_read(struct str text, const char *name, struct yaml_faults *faults,
                                      struct flow **out_flow, struct err *err);
void flow_free(struct flow *flow); /* NULL is fine */
void flow_freep(struct flow **flow);

/* The place of the step with that id; step_count when there is none any more. */
size_t flow_step_of(const struct flow *flow, int64_t id);
/* The texts of segments that it asks, each once: its `where`, `while` and those of its steps. NULL
 * past the last. */
const char *flow_condition(const struct flow *flow, size_t i);
/* The names of messages that it sends, each once; NULL past the last. */
const char *flow_message(const struct flow *flow, size_t i);
/* For the editor and the API: all of it, with where each step leads to. */
void flow_write_json(const struct flow *flow, struct json_writer *w);

/* Flows to begin with. */
struct flow_starter {
    const char *code;
    const char *name, *about; /* marked for translation */
    const char *text;         /* without its name */
};
const struct flow_starter *flow_starter(size_t i); /* NULL past the end */
/* The text as it is kept, with name and purpose in the thread's language. */
void flow_starter_write(const struct flow_starter *starter, struct buf *out);

/* ERR_INVALID unless it is a whole number of minutes, hours, days or weeks ("90 minutes", "3d"), of
 * at least a minute and FLOW_WAIT_MAX_US at most. */
TM_MUST_CHECK enum err_code flow_duration(struct str text, int64_t *out_us, struct err *err);

#endif

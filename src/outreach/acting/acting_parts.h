/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* acting_parts.h - one acting in parts: what came (acting.c), who came into segments (changes.c),
 * days that have come (dates.c). Inside of src/outreach/acting only. */
#ifndef TM_OUTREACH_ACTING_ACTING_PARTS_H
#define TM_OUTREACH_ACTING_ACTING_PARTS_H

#include "outreach/acting/acting.h"
#include "outreach/acting/told.h"

#include <stdatomic.h>

/* What a message tells a flow, or that people became one by it. */
struct item {
    int64_t at_us; /* when it came */
    uint64_t person, joined;
    struct pseudonym who;
    struct told_happening what;
    struct str data;
};

struct batch {
    struct arena memory;
    struct item *items;
    size_t n;
    int64_t last;     /* message that is in it, or says nothing */
    int64_t first_us; /* when the first one came that was looked at; TIME_NONE */
    int64_t read;     /* messages */
    uint64_t turn;
    bool full, waits; /* there is more; it is not known whose the next one is */
};

/* Somebody who starts when that time comes. */
struct dated {
    int64_t due_us, key;
    uint64_t person;
    size_t flow; /* of acting.live */
    int64_t day; /* of the start */
};

/* Who starts by dates in the next hours. Found out one flow and day at a time, and again when
 * people have other numbers or figures are new. */
struct dates {
    struct dated *list; /* owned; by time */
    size_t n, capacity, next;
    bool begun, whole;
    uint64_t turn;
    int64_t found_us;  /* the time at which finding began */
    size_t flow;       /* which is looked at */
    int64_t day, last; /* its next day and the last one; of the start, not of the date */
    int64_t after_us;  /* who was due until then is too late */
};

struct acting {
    struct store *store;
    struct journal *journal;
    struct acting_world world;
    struct outbox *outbox; /* owned; NULL: nothing was ever planned */
    struct pseudonyms *keys;
    struct teller *teller;
    struct journal_follower *follower;
    struct quiet *quiet;
    struct zone *zone;
    const struct sending *sending; /* borrowed */
    struct kept_flows flows;
    struct flow_live *live; /* of flows; owned */
    int64_t *held_us;       /* of each: not before */
    size_t live_count, next_flow;
    atomic_bool changed;
    bool ending;        /* flows are to be ended */
    bool asks_segments; /* one starts with who comes into a segment or leaves it */
    bool asks_dates;    /* one starts by dates */
    struct dates dates;
    int64_t cursor, saved;
    int64_t from_us;  /* what came before concerns nobody */
    int64_t next_us;  /* when the next person goes on; TIME_NONE */
    int64_t clock_us; /* now, also while what is past is seen to */
    int64_t looked_us, pruned_us;
    uint64_t turn; /* by which people are numbered */
    struct batch batch;
};

typedef enum err_code acting_work_fn(struct acting *a, int64_t now_us, struct flow_counts *io,
                                     struct err *err);
/* A transaction. What it lacks is fetched between tries. out->held: why that cannot be. */
TM_MUST_CHECK enum err_code acting_commit(struct acting *a, acting_work_fn *work, int64_t now_us,
                                          struct acting_done *out, struct err *err);
struct flow_driver acting_driver(struct acting *a);
/* In a transaction: when the next person goes on. */
TM_MUST_CHECK enum err_code acting_find_next(struct acting *a, struct err *err);
/* ERR_BUSY where people were numbered anew since that turn: somebody may be erased just now. */
TM_MUST_CHECK enum err_code acting_same_turn(struct acting *a, uint64_t turn, struct err *err);

/* changes.c: some of who came into segments and left them. */
TM_MUST_CHECK enum err_code acting_changes(struct acting *a, int64_t now_us,
                                           struct acting_done *out, struct err *err);

/* dates.c: one step of finding out whose days come, or some of those whose time has come. */
TM_MUST_CHECK enum err_code acting_dates(struct acting *a, int64_t now_us, struct acting_done *out,
                                         struct err *err);
/* Flows are others than before. */
void acting_dates_reset(struct acting *a);
/* When there is something to do by dates; TIME_NONE. */
int64_t acting_dates_next(const struct acting *a);

#endif

/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* segments_parts.h - what segments_all.c (everybody, by the worker) and segments_live.c (whose
 * messages come) share; inside of src/web/segments* only. */
#ifndef TM_WEB_SEGMENTS_PARTS_H
#define TM_WEB_SEGMENTS_PARTS_H

#include "audience/index.h"
#include "audience/members.h"
#include "audience/moments.h"
#include "audience/recent.h"
#include "audience/shelf.h"
#include "store/journal.h"
#include "store/memberships.h"
#include "store/settings.h"
#include "web/segments.h"

#include <pthread.h>
#include <stdatomic.h>

enum {
    TOUCHED_SLOTS = 1 << 18, /* a power of two; half of them may be taken */
    CACHED = 2048,           /* people whose facts are kept */
    CACHED_BYTES = 32 << 10, /* of one */
    PAGES_MOST = 4,          /* people of the figures who turned out to be one */
    SPREAD_STEPS = 40 * 4    /* four for each power of two of microseconds */
};

/* Somebody who was looked at since the figures were made: what is known of them is newer. */
struct touched {
    uint64_t person;
    uint64_t pages[PAGES_MOST]; /* as the tables have them; 0 behind the last one */
    int64_t seq;
    bool joined;    /* two became them */
    bool scattered; /* it is not known any more of which pages they are: the next figures know */
    bool gone;      /* somebody else's number by now */
};

struct cached {
    uint64_t person;
    struct audience_facts *facts;      /* owned; NULL: an empty place */
    int64_t seq;                       /* completed up to there */
    struct audience_verdicts verdicts; /* as they were written down last */
};

struct segments {
    struct web *web;
    struct store *store;      /* owned: the worker's connection */
    struct store *live_store; /* owned: the thread's */
    atomic_bool due, wanted, held, at_work, failing, over;
    atomic_ullong wish;     /* another number for each reason to look at everybody */
    atomic_int per_mille;   /* how far the one under way is */
    struct making *making;  /* owned, the worker's; NULL: none is under way */
    atomic_llong figures;   /* the last message that the tables have */
    atomic_llong looked_us; /* of which everybody was looked at last */
    atomic_ullong tables;   /* another number for other tables */
    atomic_int counting;
    int64_t made_day; /* the day of which the night was seen to; the worker's */
    /* Under the lock. */
    pthread_mutex_t lock;
    pthread_cond_t news;
    bool came, texts_changed, look_again, forget;
    struct touched *touched; /* owned; TOUCHED_SLOTS, NULL before anybody was */
    size_t touched_count;
    int64_t followed, boxed, joined, unknown, spread[SPREAD_STEPS], longest_us;
    int64_t asked, askable; /* segments of people that were asked, and that are kept */
    /* The thread's. */
    pthread_t thread;
    bool started;
    struct journal_follower *follower;
    struct outbox *outbox;          /* owned; NULL before the first segment */
    struct audience_recent *recent; /* owned */
    struct audience_terms *terms;   /* owned; of the figures; NULL before the first */
    struct named_turn turn;         /* of the texts in the shelf */
    struct audience_shelf shelf;
    struct audience_index *index; /* owned; of the shelf; NULL: of none yet */
    struct audience_rows rows;    /* that they read */
    bool *shelf_known;            /* owned: which of them are being written down */
    struct moments *moments;      /* owned; NULL: nobody waits for theirs */
    bool moments_full, refill;
    struct audience_now now;
    struct settings settings;
    int64_t night_us;      /* when it was looked whether a night has begun */
    uint64_t known_tables; /* of which `now` and what is cached are */
    int64_t cursor;        /* the last message that was looked at */
    struct cached *cache;  /* owned; CACHED */
    uint64_t *boxes;       /* owned; people with too many rows, until the next figures */
    size_t box_count;
};

/* Whether somebody was looked at after that message. */
bool touched_after(struct segments *s, uint64_t person, int64_t seq);
/* False: the person was not. */
bool touched_find(struct segments *s, uint64_t person, struct touched *out);
/* Without pages those that are known stay. False: there is no room for more. */
bool touched_note(struct segments *s, const struct touched *one);
/* Those of whom nothing later is known than the figures are forgotten. */
void touched_sweep(struct segments *s, int64_t figures);

/* Everybody is to be looked at, from the first one on. */
void segments_ask(struct segments *s);
void segments_drop_making(struct segments *s);
/* A night may have begun, of which time may bring people in or out. */
void segments_night(struct segments *s);

/* Figures of an export of long ago are asked as of then: what comes now would be judged otherwise,
 * and the next figures are of today. */
bool segments_are_of_today(const struct segments *s);

/* The thread: until when what was found of somebody holds if nothing comes; INT64_MAX: for good. */
void timed_note(struct segments *s, uint64_t person, int64_t until_us);
int64_t timed_next(struct segments *s);
/* After everybody was looked at. False: not now. */
bool timed_refill(struct segments *s);
/* Looks at some whose moment has come. False: there are no more, or it cannot go on now. */
bool timed_some(struct segments *s, struct err *err);

/* With the lock held: a message was followed so long after it had come. */
void segments_took(struct segments *s, int64_t us);

void *segments_follow(void *arg);
void segments_live_release(struct segments *s);

#endif

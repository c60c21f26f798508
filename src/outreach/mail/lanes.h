/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* lanes.h - the messages that wait, by destination, and the pace of each. Inside src/outreach/mail
 * only.
 *
 * Destinations that have something waiting stand in a ring, so that each gets its turn, however
 * much another has. A destination without messages is forgotten only when there are very many:
 * those that asked for less last.
 */
#ifndef TM_OUTREACH_MAIL_LANES_H
#define TM_OUTREACH_MAIL_LANES_H

#include "outreach/mail/address.h"
#include "outreach/mail/pace.h"

enum { LANES = 4096 };

struct lane;
struct job {
    struct job *next;
    struct lane *lane;
    int64_t tag, begun_us;
    int tries;
    int again; /* put back, because a kept connection was gone before it said anything */
    char sender[MAIL_ADDRESS_MAX + 1], recipient[MAIL_ADDRESS_MAX + 1];
    struct buf text; /* owned */
};
/* A destination. In the ring of those that have messages waiting while it has any. */
struct lane {
    struct lane *next; /* of its bucket */
    struct lane *after, *before;
    struct job *first, *last;
    int waiting;
    int64_t moved_us;    /* when a message to it began or ended */
    bool stalled;        /* one of them has been waiting for long for its answer */
    int promised, round; /* to whom is promised, in which round (smtp.c) */
    struct pace pace;
    char domain[MAIL_DOMAIN_MAX + 1];
};
struct lanes {
    struct lane *buckets[LANES]; /* owned */
    size_t count;
    struct lane *turn; /* of the ring; NULL: nothing waits */
    struct pace_rules rules;
};

void lanes_release(struct lanes *lanes);                                /* nothing waits any more */
struct lane *lane_known(const struct lanes *lanes, const char *domain); /* NULL: not known */
struct lane *lane_of(struct lanes *lanes, const char *domain);
void lane_add(struct lanes *lanes, struct lane *lane, struct job *job, bool front);
struct job *lane_take(struct lanes *lanes, struct lane *lane);
void job_free(struct job *job);

#endif

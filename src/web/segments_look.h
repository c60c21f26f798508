/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* segments_look.h - looking at some people: their facts are loaded, completed by what the figures
 * do not have, and asked of all segments in memory; only what is otherwise than before is written
 * down. Inside of src/web/segments* only; the thread's. */
#ifndef TM_WEB_SEGMENTS_LOOK_H
#define TM_WEB_SEGMENTS_LOOK_H

#include "identity/live_people.h"
#include "web/segments_parts.h"

enum { LOOK_PEOPLE = 512 };

/* Somebody who is looked at. */
struct subject {
    uint64_t person, page; /* as they will be numbered, and as the figures know one of them; 0 */
    int64_t seq;           /* of the last message */
    int64_t received_us;   /* of the first one */
    bool timed;            /* nothing came: time may have changed what they are in */
    bool merged;           /* two became one */
    bool learnt;           /* what came before may be theirs by now */
    uint64_t joined[2 * LINKS_BEFORE_MAX]; /* numbers that were others' until now, or theirs */
    size_t joined_count;
    uint64_t pages[PAGES_MOST]; /* as the tables may have them */
    size_t page_count;
    bool found[PAGES_MOST];
    bool scattered;               /* of more pages than that */
    struct audience_facts *facts; /* owned: of the pages that were loaded */
    bool done;
    int64_t *seqs; /* owned: of the messages that are to be applied */
    size_t seq_count, seq_room;
    struct audience_verdicts before; /* as they were written down last; owned, as the next */
    struct audience_verdicts now;    /* when they were found out */
};

struct look {
    struct segments *s;
    struct subject subjects[LOOK_PEOPLE];
    size_t n;
};

/* The person's place in it, a new one where there is none. At most LOOK_PEOPLE. */
struct subject *look_at(struct look *look, uint64_t person, uint64_t page);
/* A message that came from them. */
void look_add(struct subject *one, int64_t seq);
/* ERR_CANCELLED: the tables were others in between, and nothing was written. */
TM_MUST_CHECK enum err_code look_settle(struct look *look, struct err *err);
void look_release(struct look *look);

/* What is kept of people in memory goes. */
void look_forget(struct segments *s);

#endif

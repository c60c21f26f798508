/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* writers.h - threads that write letters down: links signed, encoded, the whole signed (DKIM), as a
 * channel's write() does it. That costs most of a message, and needs nothing but the message.
 *
 * Letters are given, asked for and taken back by one thread, the sender's. It writes, too, when it
 * has nothing else to do: with one processor there is no other.
 *
 * Inside src/outreach/sender only.
 */
#ifndef TM_OUTREACH_SENDER_WRITERS_H
#define TM_OUTREACH_SENDER_WRITERS_H

#include "outreach/sender/channel.h"
#include "outreach/sender/track.h"

#include <stdatomic.h>

enum letter_state { LETTER_WAITS, LETTER_BEGUN, LETTER_WRITTEN, LETTER_UNFIT };

/* A claimed message as it will go out. Until it is written it is the writers'. */
struct letter {
    struct outbox_message message;
    struct channel *channel;
    struct composed words; /* owned */
    struct buf url;        /* by which this one leaves; owned */
    struct track track;
    struct buf text; /* owned */
    struct err why;  /* of LETTER_UNFIT */
    struct letter *next;
    atomic_int state; /* an enum letter_state */
};

struct writers;
struct writers *writers_new(void);
void writers_free(struct writers *writers); /* NULL is fine; nothing is with them any more */
void writers_add(struct writers *writers, struct letter *letter);
/* Writes one that nobody has begun. False: there is none. */
bool writers_help(struct writers *writers);
/* Nobody works on it any more, whether it was written or not. */
void writers_take_back(struct writers *writers, struct letter *letter);

static inline enum letter_state letter_state(const struct letter *letter)
{
    return (enum letter_state)atomic_load_explicit(&letter->state, memory_order_acquire);
}

#endif

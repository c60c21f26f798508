/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* feed.h - what comes in live at a shop now, for who watches; inside src/web only.
 *
 * All of it is in memory and bounded: the newest FEED_ITEMS messages of the last FEED_HOURS, and
 * how much came in each of the last FEED_MINUTES. Intake never waits for who watches: of a second's
 * messages only the first FEED_ITEMS_A_SECOND are looked at, the others are counted alone; and who
 * watches is told by a copy, in a thread of its own, five times a second at most. What was
 * turned away at the door, which no journal keeps, is told here, too. Any thread.
 */
#ifndef TM_WEB_FEED_H
#define TM_WEB_FEED_H

#include "base/json_write.h"
#include "intake/live/door.h"
#include "store/journal.h"

enum {
    FEED_ITEMS = 1000,
    FEED_HOURS = 24,
    FEED_MINUTES = 60,
    FEED_ITEMS_A_SECOND = 50,
    FEED_SOURCES = 64 /* told apart in the counts; others are counted as source 0 */
};

struct feed;
struct json_parser;
struct live_people;

struct feed *feed_new(const char *currency);
void feed_free(struct feed *feed); /* NULL is fine */
/* The shop's currency, of amounts that name none: also of those that came before, which are told
 * anew. */
void feed_use(struct feed *feed, const char *currency);
/* What the journal had before the server began, the oldest first. `parser` takes their bodies. */
void feed_fill(struct feed *feed, struct json_parser *parser, const struct journal_entry *entry);
/* Their fates are known; `parser` takes their bodies. */
void feed_came(struct feed *feed, struct json_parser *parser, const struct journal_record *records,
               size_t n);
/* Somebody is being erased whom these texts name: no item does any longer. */
void feed_forget(struct feed *feed, const struct str *texts, size_t n);
/* All that a source said is being forgotten: its items name nobody and nothing. */
void feed_forget_source(struct feed *feed, int64_t source);
/* source 0: nobody knows whose. */
void feed_turned_away(struct feed *feed, int64_t source, enum door_why why);
/* Members "last_kind" and "last_name" of the newest message of that source that is known. */
void feed_show_last(struct feed *feed, int64_t source, struct json_writer *w);

/* ---- watching ----------------------------------------------------------------------------- */

enum { FEED_FIRST = 200 };

/* Who a message that was told is of, as it was told. */
struct feed_told {
    int64_t number, seq; /* seq 0: nobody's, for ever */
    int state;           /* enum live_whose_state */
    uint64_t person, page;
};

struct feed_watch {
    struct feed *feed;
    struct live_people *known; /* whose messages are; borrowed */
    bool people;               /* may be told who it was */
    int64_t after;    /* number of the last item told; one not of this server: begins anew */
    uint64_t counted; /* version of the counts told */
    int64_t counted_us, told_us, asked_us;
    int64_t changes;                   /* live_people_changes() when last asked */
    unsigned edition;                  /* of what was told */
    bool unsure;                       /* of some told it is to be known soon */
    struct feed_told told[FEED_FIRST]; /* a ring by number */
};

void feed_watch_begin(struct feed *feed, struct feed_watch *watch);
void feed_watch_end(struct feed_watch *watch);
/* Waits for news, at most `wait_ms`, and adds them as server-sent events: "begin" before the newest
 * FEED_FIRST, "came" with their number as id, "whose" when of one told it is known otherwise by
 * now, "gap" when some were missed, "counts". False: the server is ending. */
bool feed_watch_next(struct feed_watch *watch, int wait_ms, struct buf *out);
void feed_stop(struct feed *feed);

#endif

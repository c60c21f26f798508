/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* feed.h - what comes in live at a shop now, for who watches; inside src/web only.
 *
 * All of it is in memory and bounded: the newest FEED_ITEMS messages of the last FEED_HOURS, and
 * how much came in each of the last FEED_MINUTES. Intake never waits for who watches: of a second's
 * messages only the first FEED_ITEMS_A_SECOND are looked at, the others are counted alone. What was
 * turned away at the door, which no journal keeps, is told here, too, since the server began.
 * Any thread.
 */
#ifndef TM_WEB_FEED_H
#define TM_WEB_FEED_H

#include "base/json_write.h"
#include "store/journal.h"

enum {
    FEED_ITEMS = 1000,
    FEED_HOURS = 24,
    FEED_MINUTES = 60,
    FEED_ITEMS_A_SECOND = 50,
    FEED_WATCHERS = 32,
    FEED_SOURCES = 64 /* told apart in the counts; others are counted as source 0 */
};

/* Why something was turned away at the door. */
enum feed_away {
    FEED_UNKNOWN_KEY, /* the write key or address is nobody's, or was revoked */
    FEED_BAD_SIGNATURE,
    FEED_MALFORMED, /* it cannot be read, or is too large */
    FEED_TOO_OFTEN,
    FEED_NOT_NOW, /* a full disk, or the server was ending */
    FEED_AWAY_COUNT
};
extern const char *const feed_away_names[FEED_AWAY_COUNT];
/* For people, in the thread's language. */
const char *feed_away_text(const char *name);
const char *feed_away_hint(const char *name);

struct feed;
struct json_parser;

struct feed *feed_new(const char *currency);
void feed_free(struct feed *feed); /* NULL is fine */
/* What the journal had before the server began, the oldest first. `parser` takes their bodies. */
void feed_fill(struct feed *feed, struct json_parser *parser, const struct journal_entry *entry);
/* Their fates are known; `parser` takes their bodies. */
void feed_came(struct feed *feed, struct json_parser *parser, const struct journal_record *records,
               size_t n);
/* source 0: nobody knows whose. */
void feed_turned_away(struct feed *feed, int64_t source, enum feed_away why);
/* Members "errors": [{"error", "text", "hint", "n", "last_at"}] of that source. */
void feed_show_away(struct feed *feed, int64_t source, struct json_writer *w);
/* Members "last_kind" and "last_name" of the newest message of that source that is known. */
void feed_show_last(struct feed *feed, int64_t source, struct json_writer *w);

/* ---- watching ----------------------------------------------------------------------------- */

struct feed_watch {
    struct feed *feed;
    bool people;      /* may be told who it was */
    int64_t after;    /* number of the last item told; one not of this server: begins anew */
    uint64_t counted; /* version of the counts told */
    int64_t counted_us;
};
enum { FEED_FIRST = 200 };

/* False: there are FEED_WATCHERS already. */
bool feed_watch_begin(struct feed *feed, struct feed_watch *watch);
void feed_watch_end(struct feed_watch *watch);
/* Waits for news, at most `wait_ms`, and adds them as server-sent events: "begin" before the newest
 * FEED_FIRST, "came" with their number as id, "gap" when some were missed, "counts". False: the
 * server is ending. */
bool feed_watch_next(struct feed_watch *watch, int wait_ms, struct buf *out);
void feed_stop(struct feed *feed);

#endif

/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* feed_parts.h - what feed.c holds and feed_watch.c tells; for these two alone. */
#ifndef TM_WEB_FEED_PARTS_H
#define TM_WEB_FEED_PARTS_H

#include "intake/live/glance.h"
#include "web/feed.h"

enum {
    FEED_AWAY = JOURNAL_REFUSED + 1, /* a fate: turned away at the door */
    FEED_REASON_MAX = 32,
    FEED_COUNTS_EVERY_US = 1000000,
    FEED_AT_ONCE = FEED_FIRST
};

struct item {
    int64_t number; /* ascends, over restarts too */
    int64_t at_us, source;
    int64_t seq;                  /* in the journal; 0: it was not stored now */
    int fate;                     /* enum journal_fate, or FEED_AWAY */
    char reason[FEED_REASON_MAX]; /* "" when it was stored or repeated */
    struct glance about;
};

struct minute_counts {
    int64_t source;
    uint32_t stored, repeated, refused, away;
};

struct minute {
    int64_t minute; /* since 1970 */
    struct minute_counts of[FEED_SOURCES];
    size_t n;
};

/* A copy of what a watch has not been told: making texts of it holds up nobody. */
struct feed_news {
    bool begins; /* anew */
    unsigned edition;
    int64_t told;       /* then: how many there are to tell */
    int64_t missed;     /* items that are gone */
    struct item *items; /* owned */
    size_t n;
    int64_t after; /* the number of the last of them, or of the last one told */
    bool counts;
    uint64_t version;
    struct minute *minutes; /* owned */
    size_t minute_count;
    bool over;
};

/* Waits until there is an item after that one, for so long at most. */
bool feed_wait(struct feed *feed, int64_t after, int64_t us);
void feed_take(struct feed *feed, const struct feed_watch *watch, int64_t now_us,
               struct feed_news *out);
void feed_news_release(struct feed_news *news);

#endif

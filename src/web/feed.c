/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "web/feed.h"

#include "base/money.h"
#include "base/timestamp.h"
#include "intake/live/glance.h"
#include "web/feed_parts.h"

#include <pthread.h>
#include <time.h>

struct feed {
    pthread_mutex_t lock;
    pthread_cond_t news;
    char currency[4];
    struct item *items;         /* FEED_ITEMS, a ring by number; owned */
    int64_t first, next, count; /* numbers: of this process's first item, of the next one */
    struct minute minutes[FEED_MINUTES]; /* a ring by minute */
    uint64_t version;                    /* of the counts */
    unsigned edition;                    /* what was told before is to be told anew */
    int64_t second;                      /* since 1970 */
    int looked_at;                       /* in it */
    int watchers;
    bool over;
};

struct feed *feed_new(const char *currency)
{
    struct feed *feed = xcalloc(1, sizeof(*feed));
    pthread_condattr_t attributes;

    pthread_mutex_init(&feed->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&feed->news, &attributes);
    pthread_condattr_destroy(&attributes);
    snprintf(feed->currency, sizeof(feed->currency), "%s", currency);
    feed->items = xcalloc(FEED_ITEMS, sizeof(*feed->items));
    feed->first = feed->next = timestamp_now(); /* after all that a server before this one gave */
    return feed;
}

void feed_free(struct feed *feed)
{
    if (!feed)
        return;
    pthread_mutex_destroy(&feed->lock);
    pthread_cond_destroy(&feed->news);
    free(feed->items);
    free(feed);
}

void feed_use(struct feed *feed, const char *currency)
{
    pthread_mutex_lock(&feed->lock);
    if (strcmp(feed->currency, currency) != 0) {
        snprintf(feed->currency, sizeof(feed->currency), "%s", currency);
        for (int64_t i = 1; i <= feed->count; i++)
            glance_assume(&feed->items[(feed->next - i) % FEED_ITEMS].about, currency);
        feed->edition++;
        pthread_cond_broadcast(&feed->news);
    }
    pthread_mutex_unlock(&feed->lock);
}

/* ---- what came, with the lock held -------------------------------------------------------- */

static void put(struct feed *feed, const struct item *item)
{
    struct item *place = &feed->items[feed->next % FEED_ITEMS];

    *place = *item;
    place->number = feed->next++;
    feed->count += feed->count < FEED_ITEMS;
}

static struct minute_counts *counts_of(struct feed *feed, int64_t source, int64_t at_us)
{
    int64_t minute = at_us / (60 * US_PER_SECOND);
    struct minute *m = &feed->minutes[minute % FEED_MINUTES];

    if (m->minute != minute) {
        m->minute = minute;
        m->n = 0;
    }
    for (size_t i = 0; i < m->n; i++)
        if (m->of[i].source == source)
            return &m->of[i];
    if (m->n == FEED_SOURCES) {
        m->of[FEED_SOURCES - 1].source = 0;
        return &m->of[FEED_SOURCES - 1];
    }
    m->of[m->n] = (struct minute_counts){.source = source};
    return &m->of[m->n++];
}

/* An item is told at once. Counts alone wake nobody: those who watch look every second. */
static void tell(struct feed *feed)
{
    if (feed->watchers)
        pthread_cond_broadcast(&feed->news);
}

/* Whether one more may be looked at in this second. */
static bool take_look(struct feed *feed, int64_t now_us)
{
    if (feed->second != now_us / US_PER_SECOND) {
        feed->second = now_us / US_PER_SECOND;
        feed->looked_at = 0;
    }
    return feed->looked_at++ < FEED_ITEMS_A_SECOND;
}

static void count_fate(struct minute_counts *counts, const struct journal_record *r)
{
    counts->stored += r->fate == JOURNAL_STORED;
    counts->repeated += r->fate == JOURNAL_REPEATED;
    counts->refused += r->fate == JOURNAL_REFUSED;
}

void feed_came(struct feed *feed, struct json_parser *parser, const struct journal_record *records,
               size_t n)
{
    size_t looks = 0;
    char currency[4];

    pthread_mutex_lock(&feed->lock);
    memcpy(currency, feed->currency, sizeof(currency));
    for (size_t i = 0; i < n; i++)
        count_fate(counts_of(feed, records[i].source, records[i].received_us), &records[i]);
    while (looks < n && take_look(feed, records[looks].received_us))
        looks++;
    feed->version++;
    pthread_mutex_unlock(&feed->lock);
    for (size_t i = 0; i < looks; i++) {
        struct item item = {.at_us = records[i].received_us,
                            .source = records[i].source,
                            .seq = records[i].fate == JOURNAL_STORED ? records[i].seq : 0,
                            .fate = (int)records[i].fate};

        glance_at(parser, records[i].body, currency, &item.about);
        snprintf(item.reason, FEED_REASON_MAX, "%s", records[i].refused ? records[i].refused : "");
        pthread_mutex_lock(&feed->lock);
        glance_assume(&item.about, feed->currency);
        put(feed, &item);
        if (i + 1 == looks)
            tell(feed);
        pthread_mutex_unlock(&feed->lock);
    }
}

void feed_fill(struct feed *feed, struct json_parser *parser, const struct journal_entry *entry)
{
    struct item item = {.at_us = entry->received_us,
                        .source = entry->source,
                        .seq = entry->seq,
                        .fate = JOURNAL_STORED};

    glance_at(parser, entry->body, feed->currency, &item.about);
    pthread_mutex_lock(&feed->lock);
    if (timestamp_now() - entry->received_us < FEED_MINUTES * 60 * US_PER_SECOND)
        counts_of(feed, entry->source, entry->received_us)->stored++;
    put(feed, &item);
    pthread_mutex_unlock(&feed->lock);
}

/* A shorter one may stand in many texts that are not about the person. */
enum { TELLING = 8 };

/* What was too long for the item stands cut in it. */
static bool tells(const char *shown, size_t size, struct str text)
{
    char copy[512];
    size_t n = text.n < sizeof(copy) - 1 ? text.n : sizeof(copy) - 1;

    if (!n || !*shown)
        return false;
    memcpy(copy, text.p, n);
    copy[n] = '\0';
    if (n >= TELLING && strcasestr(shown, copy))
        return true;
    return strcasecmp(shown, copy) == 0 || (strlen(shown) >= size - 4 && /* a sign of UTF-8 less */
                                            strncasecmp(shown, copy, strlen(shown)) == 0);
}

void feed_forget(struct feed *feed, const struct str *texts, size_t n)
{
    pthread_mutex_lock(&feed->lock);
    for (int64_t i = 1; i <= feed->count; i++) {
        struct glance *about = &feed->items[(feed->next - i) % FEED_ITEMS].about;

        for (size_t k = 0; k < n; k++) {
            if (tells(about->person, sizeof(about->person), texts[k]))
                memset(about->person, 0, sizeof(about->person));
            if (tells(about->name, sizeof(about->name), texts[k]))
                memset(about->name, 0, sizeof(about->name));
        }
    }
    pthread_mutex_unlock(&feed->lock);
}

void feed_forget_source(struct feed *feed, int64_t source)
{
    pthread_mutex_lock(&feed->lock);
    for (int64_t i = 1; i <= feed->count; i++) {
        struct item *item = &feed->items[(feed->next - i) % FEED_ITEMS];

        if (item->source == source) {
            memset(item->about.person, 0, sizeof(item->about.person));
            memset(item->about.name, 0, sizeof(item->about.name));
        }
    }
    pthread_mutex_unlock(&feed->lock);
}

void feed_turned_away(struct feed *feed, int64_t source, enum door_why why)
{
    struct item item = {.at_us = timestamp_now(), .source = source, .fate = FEED_AWAY};

    item.about = (struct glance){.kind = "other", .minor = AMOUNT_NONE, .micros = AMOUNT_NONE};
    snprintf(item.reason, FEED_REASON_MAX, "%s", door_name(why));
    pthread_mutex_lock(&feed->lock);
    counts_of(feed, source, item.at_us)->away++;
    feed->version++;
    if (take_look(feed, item.at_us)) {
        put(feed, &item);
        tell(feed);
    }
    pthread_mutex_unlock(&feed->lock);
}

/* ---- showing ------------------------------------------------------------------------------ */

void feed_show_last(struct feed *feed, int64_t source, struct json_writer *w)
{
    const struct item *found = NULL;

    pthread_mutex_lock(&feed->lock);
    for (int64_t i = 1; i <= feed->count && !found; i++) {
        const struct item *item = &feed->items[(feed->next - i) % FEED_ITEMS];

        if (item->source == source && item->fate <= JOURNAL_REPEATED)
            found = item;
    }
    json_key_stringz(w, "last_kind", found ? found->about.kind : NULL);
    json_key_stringz(w, "last_name", found ? found->about.name : NULL);
    pthread_mutex_unlock(&feed->lock);
}

/* ---- watching ----------------------------------------------------------------------------- */

void feed_watch_begin(struct feed *feed, struct feed_watch *watch)
{
    pthread_mutex_lock(&feed->lock);
    feed->watchers++;
    watch->edition = feed->edition;
    pthread_mutex_unlock(&feed->lock);
    watch->feed = feed;
}

void feed_watch_end(struct feed_watch *watch)
{
    pthread_mutex_lock(&watch->feed->lock);
    watch->feed->watchers--;
    pthread_mutex_unlock(&watch->feed->lock);
}

static struct timespec clock_in(int64_t us)
{
    struct timespec at;

    clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_sec += us / US_PER_SECOND;
    at.tv_nsec += us % US_PER_SECOND * 1000;
    if (at.tv_nsec >= 1000000000) {
        at.tv_sec++;
        at.tv_nsec -= 1000000000;
    }
    return at;
}

bool feed_wait(struct feed *feed, int64_t after, int64_t us)
{
    const struct timespec until = clock_in(us);
    bool came;

    pthread_mutex_lock(&feed->lock);
    if (after == feed->next - 1 && !feed->over)
        pthread_cond_timedwait(&feed->news, &feed->lock, &until);
    came = after != feed->next - 1 && !feed->over;
    pthread_mutex_unlock(&feed->lock);
    return came;
}

/* The number to go on from. Numbers of a server before this one say nothing here. */
static int64_t first_untold(const struct feed *feed, const struct feed_watch *watch,
                            struct feed_news *out)
{
    const int64_t after = watch->after;
    const int64_t oldest = feed->next - feed->count;

    if (watch->edition != feed->edition || after < feed->first - 1 || after >= feed->next) {
        out->begins = true;
        out->told = feed->count < FEED_FIRST ? feed->count : FEED_FIRST;
        return feed->next - out->told;
    }
    if (after + 1 >= oldest)
        return after + 1;
    out->missed = oldest - after - 1;
    return oldest;
}

/* All minutes at first, then this one and the one before. */
static void take_minutes(const struct feed *feed, int64_t now_us, bool all, struct feed_news *out)
{
    const int64_t minute = now_us / (60 * US_PER_SECOND);
    const int64_t from = all ? minute - FEED_MINUTES + 1 : minute - 1;

    out->minutes = xcalloc((size_t)(minute - from + 1), sizeof(*out->minutes));
    for (int64_t m = from; m <= minute; m++)
        if (feed->minutes[m % FEED_MINUTES].minute == m)
            out->minutes[out->minute_count++] = feed->minutes[m % FEED_MINUTES];
}

void feed_take(struct feed *feed, const struct feed_watch *watch, int64_t now_us,
               struct feed_news *out)
{
    int64_t from;

    *out = (struct feed_news){0};
    pthread_mutex_lock(&feed->lock);
    from = first_untold(feed, watch, out);
    out->edition = feed->edition;
    out->after = from - 1;
    if (from < feed->next)
        out->items = xcalloc(FEED_AT_ONCE, sizeof(*out->items));
    for (; from < feed->next && out->n < FEED_AT_ONCE; from++)
        out->items[out->n++] = feed->items[from % FEED_ITEMS];
    out->after += (int64_t)out->n;
    if (out->begins || !watch->counted_us ||
        (watch->counted != feed->version && now_us - watch->counted_us >= FEED_COUNTS_EVERY_US)) {
        out->counts = true;
        out->version = feed->version;
        take_minutes(feed, now_us, out->begins || !watch->counted_us, out);
    }
    out->over = feed->over;
    pthread_mutex_unlock(&feed->lock);
}

void feed_news_release(struct feed_news *news)
{
    free(news->items);
    free(news->minutes);
}

void feed_stop(struct feed *feed)
{
    pthread_mutex_lock(&feed->lock);
    feed->over = true;
    pthread_cond_broadcast(&feed->news);
    pthread_mutex_unlock(&feed->lock);
}

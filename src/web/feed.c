/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "web/feed.h"

#include "base/i18n.h"
#include "base/timestamp.h"
#include "intake/live/glance.h"
#include "intake/live/live.h"

#include <pthread.h>
#include <time.h>

enum { AWAY = JOURNAL_REFUSED + 1, REASON_MAX = 32, COUNTS_EVERY_US = 1000000, TOLD_AT_ONCE = 100 };

struct item {
    int64_t number; /* ascends, over restarts too */
    int64_t at_us, source;
    int fate;                /* enum journal_fate, or AWAY */
    char reason[REASON_MAX]; /* "" when it was stored or repeated */
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

struct away {
    int64_t source, n, last_us;
    enum feed_away why;
};
enum { AWAYS = 256 };

struct feed {
    pthread_mutex_t lock;
    pthread_cond_t news;
    char currency[4];
    struct item *items;         /* FEED_ITEMS, a ring by number; owned */
    int64_t first, next, count; /* numbers: of this process's first item, of the next one */
    struct minute minutes[FEED_MINUTES]; /* a ring by minute */
    uint64_t version;                    /* of the counts */
    struct away aways[AWAYS];
    size_t away_count;
    int64_t second; /* since 1970 */
    int looked_at;  /* in it */
    int watchers;
    bool over;
};

static const struct {
    const char *name, *text, *hint;
} away_rows[FEED_AWAY_COUNT] = {
    [FEED_UNKNOWN_KEY] = {"unknown_key", N_("The key is not known or was revoked."),
                          N_("Copy the key from this page once more, to where it is used.")},
    [FEED_BAD_SIGNATURE] = {"bad_signature", N_("The signature is not the shop's."),
                            N_("Copy the secret from the shop's webhook settings once more and "
                               "give it in here.")},
    [FEED_MALFORMED] = {"malformed", N_("It could not be read, or it was too large."),
                        N_("Whoever built the sender finds the limits in the guide on live data.")},
    [FEED_TOO_OFTEN] = {"too_often", N_("Too much came at once."),
                        N_("The sender tries again by itself.")},
    [FEED_NOT_NOW] = {"not_now", N_("It could not be stored just then."),
                      N_("Look whether the server's disk is full. The sender tries again.")},
};
const char *const feed_away_names[FEED_AWAY_COUNT] = {"unknown_key", "bad_signature", "malformed",
                                                      "too_often", "not_now"};

const char *feed_away_text(const char *name)
{
    for (size_t i = 0; i < FEED_AWAY_COUNT; i++)
        if (strcmp(away_rows[i].name, name) == 0)
            return _(away_rows[i].text);
    return live_reason_text(name);
}

const char *feed_away_hint(const char *name)
{
    for (size_t i = 0; i < FEED_AWAY_COUNT; i++)
        if (strcmp(away_rows[i].name, name) == 0)
            return _(away_rows[i].hint);
    return "";
}

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

    pthread_mutex_lock(&feed->lock);
    for (size_t i = 0; i < n; i++)
        count_fate(counts_of(feed, records[i].source, records[i].received_us), &records[i]);
    while (looks < n && take_look(feed, records[looks].received_us))
        looks++;
    feed->version++;
    pthread_mutex_unlock(&feed->lock);
    for (size_t i = 0; i < looks; i++) {
        struct item item = {.at_us = records[i].received_us,
                            .source = records[i].source,
                            .fate = (int)records[i].fate};

        glance_at(parser, records[i].body, feed->currency, &item.about);
        snprintf(item.reason, REASON_MAX, "%s", records[i].refused ? records[i].refused : "");
        pthread_mutex_lock(&feed->lock);
        put(feed, &item);
        if (i + 1 == looks)
            tell(feed);
        pthread_mutex_unlock(&feed->lock);
    }
}

void feed_fill(struct feed *feed, struct json_parser *parser, const struct journal_entry *entry)
{
    struct item item = {
        .at_us = entry->received_us, .source = entry->source, .fate = JOURNAL_STORED};

    glance_at(parser, entry->body, feed->currency, &item.about);
    pthread_mutex_lock(&feed->lock);
    if (timestamp_now() - entry->received_us < FEED_MINUTES * 60 * US_PER_SECOND)
        counts_of(feed, entry->source, entry->received_us)->stored++;
    put(feed, &item);
    pthread_mutex_unlock(&feed->lock);
}

static struct away *away_of(struct feed *feed, int64_t source, enum feed_away why)
{
    size_t i = 0;

    while (i < feed->away_count && (feed->aways[i].source != source || feed->aways[i].why != why))
        i++;
    if (i == AWAYS)
        return &feed->aways[AWAYS - 1];
    if (i == feed->away_count)
        feed->aways[feed->away_count++] = (struct away){.source = source, .why = why};
    return &feed->aways[i];
}

void feed_turned_away(struct feed *feed, int64_t source, enum feed_away why)
{
    struct item item = {.at_us = timestamp_now(), .source = source, .fate = AWAY};
    struct away *away;

    item.about = (struct glance){.kind = "other", .minor = AMOUNT_NONE};
    snprintf(item.reason, REASON_MAX, "%s", feed_away_names[why]);
    pthread_mutex_lock(&feed->lock);
    away = away_of(feed, source, why);
    away->n++;
    away->last_us = item.at_us;
    counts_of(feed, source, item.at_us)->away++;
    feed->version++;
    if (take_look(feed, item.at_us)) {
        put(feed, &item);
        tell(feed);
    }
    pthread_mutex_unlock(&feed->lock);
}

/* ---- showing ------------------------------------------------------------------------------ */

void feed_show_away(struct feed *feed, int64_t source, struct json_writer *w)
{
    json_key(w, "errors");
    json_begin_array(w);
    pthread_mutex_lock(&feed->lock);
    for (size_t i = 0; i < feed->away_count; i++) {
        const struct away *away = &feed->aways[i];

        if (away->source != source)
            continue;
        json_begin_object(w);
        json_key_stringz(w, "error", away_rows[away->why].name);
        json_key_stringz(w, "text", _(away_rows[away->why].text));
        json_key_stringz(w, "hint", _(away_rows[away->why].hint));
        json_key_int(w, "n", away->n);
        json_key_time(w, "last_at", away->last_us);
        json_end_object(w);
    }
    pthread_mutex_unlock(&feed->lock);
    json_end_array(w);
}

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

static void show_item(const struct item *item, bool people, struct json_writer *w)
{
    static const char *const fates[] = {"stored", "repeated", "refused", "away"};
    const struct glance *about = &item->about;

    json_begin_object(w);
    json_key_int(w, "number", item->number);
    json_key_time(w, "at", item->at_us);
    json_key_int(w, "source", item->source);
    json_key_stringz(w, "fate", fates[item->fate]);
    if (item->reason[0]) {
        json_key_stringz(w, "reason", item->reason);
        json_key_stringz(w, "text", feed_away_text(item->reason));
    }
    json_key_stringz(w, "kind", about->kind);
    json_key_stringz(w, "name", about->name);
    if (about->minor != AMOUNT_NONE) {
        json_key_int(w, "minor", about->minor);
        json_key_stringz(w, "currency", about->currency);
        json_key_int(w, "decimals", currency_decimals(str_of(about->currency)));
    }
    if (about->country[0])
        json_key_stringz(w, "country", about->country);
    if (people && about->person[0])
        json_key_stringz(w, "person", about->person);
    json_end_object(w);
}

/* A document of several lines goes out as one line of data. */
static void add_event(struct buf *out, const char *name, int64_t id, const struct buf *json)
{
    if (id)
        buf_addf(out, "id: %" PRId64 "\n", id);
    buf_addf(out, "event: %s\ndata: ", name);
    for (size_t i = 0; i < json->n; i++)
        if (json->p[i] != '\n')
            buf_addc(out, json->p[i]);
    buf_addz(out, "\n\n");
}

static void add_number_event(struct buf *out, const char *name, const char *key, int64_t number)
{
    TM_CLEANUP(buf_release) struct buf json = BUF_INIT(256);
    struct json_writer w = JSON_WRITER(&json);

    json_begin_object(&w);
    json_key_int(&w, key, number);
    json_end_object(&w);
    add_event(out, name, 0, &json);
}

/* The number to go on from. Numbers of a server before this one say nothing here. */
static int64_t first_untold(struct feed_watch *watch, struct buf *out)
{
    const struct feed *feed = watch->feed;
    const int64_t oldest = feed->next - feed->count;

    if (watch->after < feed->first - 1 || watch->after >= feed->next) {
        add_number_event(out, "begin", "told", feed->count < FEED_FIRST ? feed->count : FEED_FIRST);
        return feed->count > FEED_FIRST ? feed->next - FEED_FIRST : oldest;
    }
    if (watch->after + 1 >= oldest)
        return watch->after + 1;
    add_number_event(out, "gap", "missed", oldest - watch->after - 1);
    return oldest;
}

/* Those after the last one told, at most TOLD_AT_ONCE. */
static void add_items(struct feed_watch *watch, struct buf *out)
{
    struct feed *feed = watch->feed;
    const int64_t now_us = timestamp_now();
    int64_t from = first_untold(watch, out);

    watch->after = from - 1;
    for (int told = 0; from < feed->next && told < TOLD_AT_ONCE; from++, told++) {
        TM_CLEANUP(buf_release) struct buf json = BUF_INIT(4096);
        struct json_writer w = JSON_WRITER(&json);
        const struct item *item = &feed->items[from % FEED_ITEMS];

        watch->after = item->number;
        if (now_us - item->at_us > FEED_HOURS * US_PER_HOUR)
            continue;
        show_item(item, watch->people, &w);
        add_event(out, "came", item->number, &json);
    }
}

static void show_minute(const struct minute *m, struct json_writer *w)
{
    for (size_t i = 0; i < m->n; i++) {
        const struct minute_counts *c = &m->of[i];

        json_begin_object(w);
        json_key_time(w, "at", m->minute * 60 * US_PER_SECOND);
        json_key_int(w, "source", c->source);
        json_key_int(w, "stored", c->stored);
        json_key_int(w, "repeated", c->repeated);
        json_key_int(w, "refused", c->refused);
        json_key_int(w, "away", c->away);
        json_end_object(w);
    }
}

/* All minutes at first, then this one and the one before. */
static void add_counts(struct feed_watch *watch, struct buf *out)
{
    struct feed *feed = watch->feed;
    const int64_t now_us = timestamp_now(), minute = now_us / (60 * US_PER_SECOND);
    const int64_t from = watch->counted_us ? minute - 1 : minute - FEED_MINUTES + 1;
    TM_CLEANUP(buf_release) struct buf json = BUF_INIT(1 << 20);
    struct json_writer w = JSON_WRITER(&json);

    if (watch->counted == feed->version && watch->counted_us)
        return;
    if (now_us - watch->counted_us < COUNTS_EVERY_US)
        return;
    watch->counted = feed->version;
    watch->counted_us = now_us;
    json_begin_object(&w);
    json_key_time(&w, "now", now_us);
    json_key(&w, "minutes");
    json_begin_array(&w);
    for (int64_t m = from; m <= minute; m++)
        if (feed->minutes[m % FEED_MINUTES].minute == m)
            show_minute(&feed->minutes[m % FEED_MINUTES], &w);
    json_end_array(&w);
    json_end_object(&w);
    add_event(out, "counts", 0, &json);
}

/* ---- watching ----------------------------------------------------------------------------- */

bool feed_watch_begin(struct feed *feed, struct feed_watch *watch)
{
    bool room;

    pthread_mutex_lock(&feed->lock);
    room = feed->watchers < FEED_WATCHERS;
    feed->watchers += room;
    pthread_mutex_unlock(&feed->lock);
    watch->feed = room ? feed : NULL;
    return room;
}

void feed_watch_end(struct feed_watch *watch)
{
    if (!watch->feed)
        return;
    pthread_mutex_lock(&watch->feed->lock);
    watch->feed->watchers--;
    pthread_mutex_unlock(&watch->feed->lock);
    watch->feed = NULL;
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

bool feed_watch_next(struct feed_watch *watch, int wait_ms, struct buf *out)
{
    struct feed *feed = watch->feed;
    const struct timespec until = clock_in((int64_t)wait_ms * 1000);
    bool going;

    pthread_mutex_lock(&feed->lock);
    if (watch->counted_us && watch->after == feed->next - 1 && !feed->over)
        pthread_cond_timedwait(&feed->news, &feed->lock, &until);
    add_items(watch, out);
    add_counts(watch, out);
    going = !feed->over;
    pthread_mutex_unlock(&feed->lock);
    return going;
}

void feed_stop(struct feed *feed)
{
    pthread_mutex_lock(&feed->lock);
    feed->over = true;
    pthread_cond_broadcast(&feed->news);
    pthread_mutex_unlock(&feed->lock);
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* feed_watch.c - what comes in as server-sent events, for one who watches (feed.h). */
#include "base/timestamp.h"
#include "web/feed_parts.h"
#include "web/whose.h"

#include <time.h>

/* A pause between two tellings: what comes in masses is told together. After a silence a moment is
 * waited for who it was, which is known by then as a rule. */
enum { PAUSE_US = 200000, MOMENT_US = 10000, ASK_EVERY_US = 1000000 };

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

/* ---- items -------------------------------------------------------------------------------- */

static void remember(struct feed_watch *watch, int64_t number, int64_t seq,
                     const struct live_whose *whose)
{
    watch->told[number % FEED_FIRST] = (struct feed_told){.number = number,
                                                          .seq = seq,
                                                          .state = (int)whose->state,
                                                          .person = whose->person,
                                                          .page = whose->page};
    watch->unsure |= whose->state == WHOSE_SOON;
}

static void show_item(struct feed_watch *watch, const struct item *item, struct json_writer *w)
{
    static const char *const fates[] = {"stored", "repeated", "refused", "away"};
    struct live_whose whose;

    json_begin_object(w);
    json_key_int(w, "number", item->number);
    json_key_time(w, "at", item->at_us);
    json_key_int(w, "source", item->source);
    json_key_stringz(w, "fate", fates[item->fate]);
    if (item->reason[0]) {
        json_key_stringz(w, "reason", item->reason);
        json_key_stringz(w, "text", door_text(item->reason));
    }
    glance_json(&item->about, w);
    if (watch->people && item->about.person[0])
        json_key_stringz(w, "person", item->about.person);
    if (item->seq) {
        live_people_whose(watch->known, item->seq, &whose);
        whose_show(&whose, watch->people, w);
        remember(watch, item->number, item->seq, &whose);
    }
    json_end_object(w);
}

static void add_items(struct feed_watch *watch, const struct feed_news *news, int64_t now_us,
                      struct buf *out)
{
    for (size_t i = 0; i < news->n; i++) {
        TM_CLEANUP(buf_release) struct buf json = BUF_INIT(4096);
        struct json_writer w = JSON_WRITER(&json);

        if (now_us - news->items[i].at_us > FEED_HOURS * US_PER_HOUR)
            continue;
        show_item(watch, &news->items[i], &w);
        add_event(out, "came", news->items[i].number, &json);
    }
}

/* ---- who it was, later -------------------------------------------------------------------- */

static bool is_as_told(const struct feed_told *told, const struct live_whose *whose)
{
    return told->state == (int)whose->state && told->person == whose->person &&
           told->page == whose->page;
}

static void ask_again(struct feed_watch *watch, struct feed_told *told, struct buf *out)
{
    TM_CLEANUP(buf_release) struct buf json = BUF_INIT(4096);
    struct json_writer w = JSON_WRITER(&json);
    struct live_whose whose;

    live_people_whose(watch->known, told->seq, &whose);
    if (is_as_told(told, &whose)) {
        watch->unsure |= whose.state == WHOSE_SOON;
        return;
    }
    remember(watch, told->number, told->seq, &whose);
    json_begin_object(&w);
    json_key_int(&w, "number", told->number);
    whose_show(&whose, watch->people, &w);
    json_end_object(&w);
    add_event(out, "whose", 0, &json);
}

/* Of those told last: who was nobody then, or somebody else. */
static void add_whose(struct feed_watch *watch, int64_t now_us, struct buf *out)
{
    const int64_t changes = live_people_changes(watch->known);

    if (changes == watch->changes || (!watch->unsure && now_us - watch->asked_us < ASK_EVERY_US))
        return;
    watch->changes = changes;
    watch->asked_us = now_us;
    watch->unsure = false;
    for (size_t i = 0; i < FEED_FIRST; i++)
        if (watch->told[i].seq && watch->after - watch->told[i].number < FEED_FIRST)
            ask_again(watch, &watch->told[i], out);
}

/* ---- counts ------------------------------------------------------------------------------- */

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

static void add_counts(struct feed_watch *watch, const struct feed_news *news, int64_t now_us,
                       struct buf *out)
{
    TM_CLEANUP(buf_release) struct buf json = BUF_INIT(1 << 20);
    struct json_writer w = JSON_WRITER(&json);

    watch->counted = news->version;
    watch->counted_us = now_us;
    json_begin_object(&w);
    json_key_time(&w, "now", now_us);
    json_key(&w, "minutes");
    json_begin_array(&w);
    for (size_t i = 0; i < news->minute_count; i++)
        show_minute(&news->minutes[i], &w);
    json_end_array(&w);
    json_end_object(&w);
    add_event(out, "counts", 0, &json);
}

/* ------------------------------------------------------------------------------------------- */

static void sleep_us(int64_t us)
{
    if (us > 0)
        nanosleep(&(struct timespec){.tv_sec = us / US_PER_SECOND,
                                     .tv_nsec = (long)(us % US_PER_SECOND) * 1000},
                  NULL);
}

static void wait_for_news(struct feed_watch *watch, int wait_ms)
{
    const int64_t rest_us = watch->told_us + PAUSE_US - timestamp_now();
    const int64_t wait_us = watch->unsure ? PAUSE_US : (int64_t)wait_ms * 1000;

    sleep_us(rest_us < PAUSE_US ? rest_us : PAUSE_US);
    if (feed_wait(watch->feed, watch->after, wait_us))
        sleep_us(MOMENT_US);
}

bool feed_watch_next(struct feed_watch *watch, int wait_ms, struct buf *out)
{
    const size_t before = out->n;
    struct feed_news news;
    int64_t now_us;
    bool going;

    if (watch->counted_us)
        wait_for_news(watch, wait_ms);
    now_us = timestamp_now();
    feed_take(watch->feed, watch, now_us, &news);
    if (news.begins)
        add_number_event(out, "begin", "told", news.told);
    if (news.missed)
        add_number_event(out, "gap", "missed", news.missed);
    watch->edition = news.edition;
    watch->after = news.after;
    add_items(watch, &news, now_us, out);
    add_whose(watch, now_us, out);
    if (news.counts)
        add_counts(watch, &news, now_us, out);
    if (out->n > before)
        watch->told_us = now_us;
    going = !news.over;
    feed_news_release(&news);
    return going;
}

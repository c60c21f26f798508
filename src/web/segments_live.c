/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The thread that looks at whose messages come, and at those whose moment has come. */
#include "base/log.h"
#include "intake/live/live.h"
#include "web/desk.h"
#include "web/live.h"
#include "web/request.h"
#include "web/segments_look.h"
#include "web/whose.h"

#include <sys/resource.h>
#include <time.h>

enum {
    CHUNK = LOOK_PEOPLE, /* messages at once */
    AGAIN = 256,         /* people who are looked at again, at once */
    SOON_US = 1000,      /* until it is looked again whose a message is */
    UNREADY_MS = 200,
    LOOK_SECONDS = 1,   /* at the texts: a command may have changed them */
    NIGHT_SECONDS = 30, /* at most until it is looked whether a night has begun */
    NICE = 5
};

/* ---- messages ------------------------------------------------------------------------------ */

struct batch {
    struct look look;
    struct segments *s;
    int64_t received_us[CHUNK]; /* of each message */
    size_t messages, joined;
    int64_t last; /* the message up to which all were looked at */
    bool soon;    /* of the next one it is not known yet whose it is */
    bool unready; /* nor of any */
};

static void add_number(struct subject *one, uint64_t number)
{
    bool known = !number || number == one->person;

    for (size_t i = 0; i < one->joined_count && !known; i++)
        known = one->joined[i] == number;
    if (!known && one->joined_count < TM_COUNT(one->joined))
        one->joined[one->joined_count++] = number;
}

/* Who the person was until this message. */
static void add_joined(struct subject *one, const struct live_whose *whose)
{
    for (size_t i = 0; i < whose->joined_count; i++)
        add_number(one, whose->joined[i]);
    add_number(one, whose->was);
    one->merged |= whose->joined_count > 0;
    one->learnt |= whose->learnt;
}

/* Who is who is still being taken from the figures. */
static bool is_waiting(struct segments *s)
{
    struct live_people_state state;

    live_people_state(whose_people(s->web->whose), &state);
    return state.ready == PEOPLE_WAITING;
}

static enum err_code collect(void *ctx, const struct journal_entry *entry, struct err *err)
{
    struct batch *b = ctx;
    struct live_whose whose;
    struct subject *one;

    live_people_whose(whose_people(b->s->web->whose), entry->seq, &whose);
    b->unready = whose.state == WHOSE_UNKNOWN && is_waiting(b->s);
    b->soon = whose.state == WHOSE_SOON || b->unready;
    if (b->soon)
        return err_set(err, ERR_CANCELLED, "it is not known yet whose message it is");
    b->last = entry->seq;
    if (whose.state == WHOSE_UNKNOWN) {
        pthread_mutex_lock(&b->s->lock);
        b->s->unknown++;
        pthread_mutex_unlock(&b->s->lock);
    }
    if (whose.state != WHOSE_PERSON)
        return ERR_OK;
    one = look_at(&b->look, whose.person, whose.page);
    one->seq = entry->seq;
    look_add(one, entry->seq);
    if (!one->received_us)
        one->received_us = entry->received_us;
    add_joined(one, &whose);
    b->joined += whose.joined_count > 0;
    b->received_us[b->messages++] = entry->received_us;
    return ERR_OK;
}

static void tell(struct batch *b)
{
    struct segments *s = b->s;
    const int64_t now_us = timestamp_now();

    pthread_mutex_lock(&s->lock);
    s->followed += (int64_t)b->messages;
    for (size_t i = 0; i < b->messages; i++)
        segments_took(s, now_us - b->received_us[i]);
    s->joined += (int64_t)b->joined;
    pthread_mutex_unlock(&s->lock);
}

void segments_live_release(struct segments *s)
{
    look_forget(s);
    free(s->cache);
    free(s->boxes);
    audience_index_free(s->index);
    audience_rows_release(&s->rows);
    moments_free(s->moments);
    audience_shelf_close(&s->shelf);
    free(s->shelf_known);
    outbox_close(s->outbox);
    audience_recent_close(s->recent);
    audience_terms_free(s->terms);
}

/* ---- the thread ---------------------------------------------------------------------------- */

static enum err_code open_texts(struct segments *s, struct err *err)
{
    struct named_turn turn;
    bool wanted;

    TRY(store_named_turn(s->live_store, NAMED_SEGMENT, &turn, err));
    pthread_mutex_lock(&s->lock);
    wanted = s->texts_changed;
    s->texts_changed = false;
    pthread_mutex_unlock(&s->lock);
    if (!wanted && memcmp(&turn, &s->turn, sizeof(turn)) != 0) { /* by a command */
        wanted = true;
        segments_ask(s);
    }
    if (!wanted)
        return ERR_OK;
    s->turn = turn;
    audience_index_free(s->index);
    s->index = NULL;
    audience_shelf_close(&s->shelf);
    free(s->shelf_known);
    s->shelf_known = NULL;
    audience_rows_release(&s->rows);
    look_forget(s); /* rows and verdicts are of the segments before */
    TRY(audience_shelf_open(s->live_store, NULL, NULL, &s->shelf, err));
    s->index = audience_index_new(&s->shelf.set);
    audience_rows_of(&s->shelf.set, &s->rows);
    if (!s->shelf.set.n)
        return ERR_OK;
    if (!s->outbox)
        TRY(outbox_open(s->live_store, &s->outbox, err));
    s->shelf_known = xcalloc(s->shelf.set.n, sizeof(*s->shelf_known));
    TRY(outbox_begin(s->outbox, err));
    enum err_code rc = ERR_OK;

    for (size_t i = 0; i < s->shelf.set.n && rc == ERR_OK; i++) {
        struct membership m;
        char meaning[DIGEST_HEX] = "";

        rc = membership_of(s->outbox, s->shelf.set.segments[i].id, &m, &s->shelf_known[i], err);
        if (s->shelf.set.segments[i].tree)
            audience_shelf_meaning(&s->shelf, i, meaning);
        /* By another text people come in whom the worker is to bring in untold. */
        s->shelf_known[i] = s->shelf_known[i] && strcmp(m.meaning, meaning) == 0;
    }
    return outbox_end(s->outbox, rc, err);
}

/* What depends on the tables, read when they are others. False: not yet. */
static bool read_tables(struct segments *s, struct err *err)
{
    const uint64_t tables = s->tables;
    struct desk_loan *loan = NULL;
    struct engine *engine;
    bool ready = false;
    enum err_code rc;

    if (s->held)
        return false;
    if (s->known_tables == tables)
        return true;
    rc = desk_lend(s->web->desk, NULL, &loan, &engine, err);
    if (rc != ERR_OK)
        return false;
    rc = audience_is_ready(engine, &ready, err);
    if (rc == ERR_OK && ready)
        rc = audience_now_read(engine, &s->now, err);
    if (rc == ERR_OK && ready)
        rc = audience_terms_read(engine, &s->terms, err);
    (void)desk_take_back(loan);
    if (rc == ERR_OK && ready)
        rc = settings_of(s->live_store, &s->settings, err);
    if (rc != ERR_OK || !ready || s->held || s->tables != tables)
        return false;
    if (audience_recent_set(s->recent, &s->settings, s->now.currency, s->terms, err) != ERR_OK)
        return false;
    look_forget(s);
    s->known_tables = tables;
    if (s->cursor < s->figures)
        s->cursor = s->figures;
    return true;
}

bool segments_are_of_today(const struct segments *s)
{
    return timestamp_now() - s->now.now_us < US_PER_DAY;
}

/* Some more messages. False: there are none, or it cannot go on now. */
static bool follow_some(struct segments *s, struct err *err)
{
    struct batch *b = xcalloc(1, sizeof(*b));
    enum err_code rc;
    bool more;

    *b = (struct batch){.look.s = s, .s = s, .last = s->cursor};
    rc = journal_follow_each(s->follower, s->cursor, CHUNK, collect, b, err);
    if (rc == ERR_CANCELLED && b->soon)
        rc = ERR_OK;
    more = b->last > s->cursor;
    if (rc == ERR_OK && b->look.n && segments_are_of_today(s))
        rc = look_settle(&b->look, err);
    if (rc == ERR_OK) {
        tell(b);
        s->cursor = b->last;
    }
    if (rc == ERR_OK && b->soon)
        nanosleep(&(struct timespec){.tv_nsec = SOON_US * 1000L}, NULL);
    more = rc == ERR_OK && (more || b->soon) && !b->unready;
    look_release(&b->look);
    free(b);
    return more;
}

/* As they are numbered by now; who is somebody else's by now is left out. */
static void number_again(struct segments *s, struct subject *one)
{
    struct live_people *people = whose_people(s->web->whose);
    const uint64_t now = live_people_of(people, one->person);

    one->done = now && now != one->person;
    one->page = now ? live_people_page(people, now) : 0;
}

/* Those who were looked at before a segment was there, from `*io_at` on. */
static bool again_some(struct segments *s, size_t *io_at, struct err *err)
{
    struct look *b = xcalloc(1, sizeof(*b));
    enum err_code rc = ERR_OK;
    bool more;

    b->s = s;
    pthread_mutex_lock(&s->lock);
    for (; s->touched && *io_at < TOUCHED_SLOTS && b->n < AGAIN; ++*io_at) {
        const struct touched *t = &s->touched[*io_at];

        if (t->person && !t->gone && !t->scattered)
            b->subjects[b->n++] = (struct subject){
                .person = t->person, .seq = t->seq, .received_us = timestamp_now()};
    }
    more = b->n == AGAIN;
    pthread_mutex_unlock(&s->lock);
    for (size_t i = 0; i < b->n; i++)
        number_again(s, &b->subjects[i]);
    if (b->n)
        rc = look_settle(b, err);
    look_release(b);
    free(b);
    return rc == ERR_OK && more;
}

static void look_again(struct segments *s, struct err *err)
{
    size_t at = 0;
    bool wanted;

    pthread_mutex_lock(&s->lock);
    wanted = s->look_again;
    s->look_again = false;
    pthread_mutex_unlock(&s->lock);
    if (wanted || s->refill)
        s->refill = !timed_refill(s);
    while (wanted && s->shelf.set.n && !s->over && again_some(s, &at, err))
        ;
}

/* Until something is to be done that nobody tells. */
static struct timespec wait_until(struct segments *s, bool soon)
{
    const int64_t now_us = timestamp_now(), look_us = now_us + LOOK_SECONDS * US_PER_SECOND,
                  soon_us = now_us + UNREADY_MS * INT64_C(1000);
    int64_t at_us = timed_next(s) < look_us ? timed_next(s) : look_us;

    if (at_us <= now_us) /* it could not be done just now */
        at_us = look_us;
    if (soon || at_us < soon_us)
        at_us = soon_us;
    return (struct timespec){.tv_sec = (time_t)(at_us / US_PER_SECOND),
                             .tv_nsec = (long)(at_us % US_PER_SECOND) * 1000L};
}

/* False: it is over. `soon`: something is left to do. */
static bool await(struct segments *s, bool soon)
{
    const struct timespec until = wait_until(s, soon);
    bool over;

    pthread_mutex_lock(&s->lock);
    while ((soon || (!s->came && !s->texts_changed && !s->look_again && !s->forget)) && !s->over)
        if (pthread_cond_timedwait(&s->news, &s->lock, &until) != 0)
            break;
    s->came = false;
    over = s->over;
    if (s->forget)
        s->known_tables = 0;
    s->forget = false;
    pthread_mutex_unlock(&s->lock);
    return !over;
}

static void look_for_night(struct segments *s)
{
    const int64_t now_us = timestamp_now();

    if (now_us - s->night_us < NIGHT_SECONDS * US_PER_SECOND)
        return;
    s->night_us = now_us;
    segments_night(s);
}

void *segments_follow(void *arg)
{
    struct segments *s = arg;
    bool soon = false, failing = false;

    (void)setpriority(PRIO_PROCESS, 0, NICE); /* of this thread alone */
    while (await(s, soon)) {
        struct err err = ERR_INIT;
        enum err_code rc = open_texts(s, &err);

        look_for_night(s);
        soon = false;
        if (rc == ERR_OK && !s->shelf.set.n) {
            look_again(s, &err); /* nobody: the wish is done with */
        } else if (rc == ERR_OK && !read_tables(s, &err)) {
            soon = true;
        } else if (rc == ERR_OK) {
            look_again(s, &err);
            for (bool more = true; more && !s->over && s->tables == s->known_tables;) {
                more = follow_some(s, &err);
                more |= err.code == ERR_OK && timed_some(s, &err);
                more &= err.code == ERR_OK;
            }
            soon = s->cursor < journal_last(live_journal(s->web->live));
        }
        if (err.code != ERR_OK && err.code != ERR_CANCELLED && !failing)
            log_line(LOG_ERROR, "web", "segments are not followed: %s", err.msg);
        failing = err.code != ERR_OK && err.code != ERR_CANCELLED;
    }
    return NULL;
}

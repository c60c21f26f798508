/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Everybody, looked at by the worker: what the engine says is compared with what is written down,
 * and the differences are told. */
#include "web/segments.h"

#include "base/log.h"
#include "base/timestamp.h"
#include "intake/live/live.h"
#include "web/live.h"
#include "web/request.h"
#include "web/segments_parts.h"

enum { COUNTS_AT_ONCE = 2, CHANGES_AT_ONCE = 1000, PAGE = 5000, IDS_AT_ONCE = 1000 };

/* ---- those who were looked at since -------------------------------------------------------- */

static struct touched *slot_of(struct touched *slots, uint64_t person)
{
    uint64_t at = person * UINT64_C(0x9E3779B97F4A7C15);

    for (at >>= 40;; at++) {
        struct touched *t = &slots[at & (TOUCHED_SLOTS - 1)];

        if (!t->person || t->person == person)
            return t;
    }
}

bool touched_after(struct segments *s, uint64_t person, int64_t seq)
{
    bool after;

    pthread_mutex_lock(&s->lock);
    after = s->touched && slot_of(s->touched, person)->seq > seq;
    pthread_mutex_unlock(&s->lock);
    return after;
}

bool touched_joined(struct segments *s, uint64_t person)
{
    bool joined;

    pthread_mutex_lock(&s->lock);
    joined = s->touched && slot_of(s->touched, person)->joined;
    pthread_mutex_unlock(&s->lock);
    return joined;
}

bool touched_note(struct segments *s, const struct touched *one)
{
    struct touched *t;
    bool room;

    pthread_mutex_lock(&s->lock);
    if (!s->touched)
        s->touched = xcalloc(TOUCHED_SLOTS, sizeof(*s->touched));
    t = slot_of(s->touched, one->person);
    room = t->person || s->touched_count < TOUCHED_SLOTS / 2;
    if (room) {
        const bool joined = t->person && t->joined;

        s->touched_count += !t->person;
        *t = *one;
        t->joined = joined || one->joined;
    }
    pthread_mutex_unlock(&s->lock);
    return room;
}

void touched_sweep(struct segments *s, int64_t figures)
{
    struct touched *old, *kept = NULL;

    pthread_mutex_lock(&s->lock);
    old = s->touched;
    s->touched = NULL;
    s->touched_count = 0;
    for (size_t i = 0; old && i < TOUCHED_SLOTS; i++) {
        if (old[i].seq <= figures)
            continue;
        if (!kept)
            kept = xcalloc(TOUCHED_SLOTS, sizeof(*kept));
        *slot_of(kept, old[i].person) = old[i];
        s->touched_count++;
    }
    s->touched = kept;
    pthread_mutex_unlock(&s->lock);
    free(old);
}

/* ---- one segment --------------------------------------------------------------------------- */

/* People by number as signed. */
struct people {
    uint64_t *list; /* owned */
    size_t n, room;
};

static void people_add(struct people *p, uint64_t person)
{
    if (p->n == p->room) {
        p->room = p->room ? 2 * p->room : 1024;
        p->list = xrealloc(p->list, p->room * sizeof(*p->list));
    }
    p->list[p->n++] = person;
}

struct making {
    struct segments *s;
    struct engine *engine;
    struct outbox *outbox;
    struct audience_shelf shelf;
    int64_t figures; /* the messages that the tables have */
    int64_t now_us, people;
    struct people in, come, gone; /* of the segment that it is at */
};

static enum err_code read_members(struct making *m, int64_t segment, struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;

    m->in.n = 0;
    TRY(audience_members(m->engine, segment, &res, err));
    while (result_next(res))
        people_add(&m->in, result_uint(res, 0));
    return result_status(res, err);
}

static enum err_code read_page(struct making *m, int64_t segment, int64_t after, uint64_t *page,
                               size_t *out_n, struct err *err)
{
    TRY(outbox_begin(m->outbox, err));
    return outbox_end(
        m->outbox, membership_people(m->outbox, segment, after, page, NULL, PAGE, out_n, err), err);
}

/* Both ascend. */
static enum err_code compare(struct making *m, int64_t segment, struct err *err)
{
    uint64_t *page = xcalloc(PAGE, sizeof(*page));
    int64_t after = INT64_MIN;
    enum err_code rc = ERR_OK;
    size_t n = PAGE, at = 0;

    m->come.n = m->gone.n = 0;
    while (rc == ERR_OK && n == PAGE) {
        rc = read_page(m, segment, after, page, &n, err);
        for (size_t i = 0; rc == ERR_OK && i < n; i++) {
            after = (int64_t)page[i];
            while (at < m->in.n && (int64_t)m->in.list[at] < after)
                people_add(&m->come, m->in.list[at++]);
            if (at < m->in.n && m->in.list[at] == page[i])
                at++;
            else
                people_add(&m->gone, page[i]);
        }
    }
    while (at < m->in.n)
        people_add(&m->come, m->in.list[at++]);
    free(page);
    return rc;
}

static enum err_code merge(struct making *m, struct result *res, struct err *err)
{
    enum err_code rc = ERR_OK;

    TRY(outbox_begin(m->outbox, err));
    while (rc == ERR_OK && result_next(res))
        rc = membership_merge(m->outbox, result_uint(res, 0), result_uint(res, 1), err);
    return outbox_end(m->outbox, rc == ERR_OK ? result_status(res, err) : rc, err);
}

/* Who went may be called otherwise now: that is no leaving. */
static enum err_code merge_gone(struct making *m, struct err *err)
{
    for (size_t from = 0; from < m->gone.n; from += IDS_AT_ONCE) {
        TM_CLEANUP(result_freep) struct result *res = NULL;
        TM_CLEANUP(buf_release) struct buf list = BUF_INIT(IDS_AT_ONCE * 24);
        size_t n = m->gone.n - from < IDS_AT_ONCE ? m->gone.n - from : IDS_AT_ONCE;

        for (size_t i = 0; i < n; i++)
            buf_addf(&list, "%c%" PRIu64, i ? ',' : '[', m->gone.list[from + i]);
        buf_addc(&list, ']');
        const struct param params[] = {PARAM_STR("people", buf_str(&list))};

        TRY(engine_query(m->engine, "audience/became", params, TM_COUNT(params), &res, err));
        TRY(merge(m, res, err));
    }
    return ERR_OK;
}

/* A part of them, in one transaction; of who was looked at since the figures more is known. */
static enum err_code note_some(struct making *m, int64_t segment, const struct people *people,
                               size_t from, bool in, struct err *err)
{
    enum err_code rc = ERR_OK;
    bool changed;

    TRY(outbox_begin(m->outbox, err));
    for (size_t i = from; rc == ERR_OK && i < people->n && i < from + CHANGES_AT_ONCE; i++)
        if (!touched_after(m->s, people->list[i], m->figures))
            rc = membership_note(m->outbox, segment, people->list[i], in, m->now_us, &changed, err);
    return outbox_end(m->outbox, rc, err);
}

static enum err_code note_all(struct making *m, int64_t segment, const struct people *people,
                              bool in, struct err *err)
{
    for (size_t from = 0; from < people->n; from += CHANGES_AT_ONCE) {
        if (m->s->web->cancelled)
            return err_set(err, ERR_CANCELLED, "it was cancelled");
        TRY(note_some(m, segment, people, from, in, err));
    }
    return ERR_OK;
}

/* Filled anew, and so told to nobody, where the text is another one. */
static enum err_code begin_filling(struct making *m, size_t i, struct err *err)
{
    const int64_t segment = m->shelf.set.segments[i].id;
    char meaning[DIGEST_HEX];
    struct membership before;
    enum err_code rc;
    bool found;

    audience_shelf_meaning(&m->shelf, i, meaning);
    TRY(outbox_begin(m->outbox, err));
    rc = membership_of(m->outbox, segment, &before, &found, err);
    if (rc == ERR_OK && (!found || strcmp(before.meaning, meaning) != 0))
        rc = membership_fill(m->outbox, segment, meaning, err);
    return outbox_end(m->outbox, rc, err);
}

static enum err_code make_one(struct making *m, size_t i, struct err *err)
{
    const int64_t segment = m->shelf.set.segments[i].id;

    TRY(begin_filling(m, i, err));
    TRY(read_members(m, segment, err));
    TRY(compare(m, segment, err));
    TRY(merge_gone(m, err));
    TRY(note_all(m, segment, &m->gone, false, err));
    TRY(note_all(m, segment, &m->come, true, err));
    TRY(outbox_begin(m->outbox, err));
    return outbox_end(m->outbox, membership_filled(m->outbox, segment, m->people, m->now_us, err),
                      err);
}

/* ---- all ----------------------------------------------------------------------------------- */

static bool is_kept(const struct audience_shelf *shelf, int64_t segment)
{
    for (size_t i = 0; i < shelf->set.n; i++)
        if (shelf->set.segments[i].id == segment)
            return true;
    return false;
}

static enum err_code remove_one(struct making *m, int64_t segment, struct err *err)
{
    bool done = false;

    while (!done) {
        TRY(outbox_begin(m->outbox, err));
        TRY(outbox_end(m->outbox,
                       membership_remove(m->outbox, segment, CHANGES_AT_ONCE, &done, err), err));
    }
    return ERR_OK;
}

/* Of segments that are no more, and what was told long ago. */
static enum err_code clear_up(struct making *m, struct err *err)
{
    struct membership *list = xcalloc(2 * NAMED_MOST, sizeof(*list));
    enum err_code rc = outbox_begin(m->outbox, err);
    size_t n = 0;

    if (rc == ERR_OK) {
        rc = memberships(m->outbox, list, 2 * NAMED_MOST, &n, err);
        if (rc == ERR_OK)
            rc = membership_prune(m->outbox, timestamp_now() - MEMBERSHIP_KEEP_DAYS * US_PER_DAY,
                                  err);
        rc = outbox_end(m->outbox, rc, err);
    }
    for (size_t i = 0; rc == ERR_OK && i < n; i++)
        if (!is_kept(&m->shelf, list[i].segment))
            rc = remove_one(m, list[i].segment, err);
    free(list);
    return rc;
}

static enum err_code make_all(struct making *m, const struct audience_now *now, struct err *err)
{
    int64_t *counts = xcalloc(m->shelf.set.n + 1, sizeof(*counts));
    enum err_code rc = audience_rebuild(m->engine, &m->shelf.set, now, counts, &m->people, err);

    for (size_t i = 0; rc == ERR_OK && i < m->shelf.set.n; i++)
        if (m->shelf.set.segments[i].tree && counts[i] >= 0)
            rc = make_one(m, i, err);
    free(counts);
    return rc;
}

static enum err_code make(struct making *m, struct err *err)
{
    struct audience_now now;

    TRY(audience_shelf_open(m->s->store, NULL, NULL, &m->shelf, err));
    if (m->shelf.set.n || m->s->wanted) {
        TRY(audience_prepare(m->engine, err));
        TRY(audience_now_read(m->engine, &now, err));
        m->now_us = now.now_us;
        audience_shelf_close(&m->shelf);
        TRY(audience_shelf_open(m->s->store, &now, NULL, &m->shelf, err));
    }
    m->s->wanted = false;
    if (m->shelf.set.n)
        TRY(outbox_open(m->s->store, &m->outbox, err));
    else
        TRY(outbox_open_kept(m->s->store, &m->outbox, err));
    if (!m->outbox)
        return ERR_OK;
    if (m->shelf.set.n)
        TRY(make_all(m, &now, err));
    return clear_up(m, err);
}

/* The day of which the night has begun: from three o'clock on. */
static int64_t night_of(struct segments *s)
{
    struct settings settings;
    struct zone *zone = NULL;
    int64_t day = 0;

    if (settings_of(s->store, &settings, NULL) == ERR_OK &&
        zone_open(settings.time_zone, &zone, NULL) == ERR_OK) {
        struct civil c = zone_from_utc(zone, timestamp_now() - 3 * US_PER_HOUR);

        day = civil_to_days(c.year, c.month, c.day);
    }
    zone_close(zone);
    return day;
}

bool segments_are_due(struct segments *s)
{
    return s->due && !s->held;
}

enum err_code segments_make(struct segments *s, struct engine *engine, struct err *err)
{
    struct making m = {.s = s, .engine = engine, .figures = s->figures};
    enum err_code rc;

    s->due = false;
    s->making = true;
    rc = make(&m, err);
    if (rc == ERR_NOT_FOUND) /* nothing was ever resolved */
        rc = ERR_OK;
    audience_shelf_close(&m.shelf);
    outbox_close(m.outbox);
    free(m.in.list);
    free(m.come.list);
    free(m.gone.list);
    s->making = false;
    s->failing = rc != ERR_OK && rc != ERR_CANCELLED;
    s->made_day = night_of(s);
    pthread_mutex_lock(&s->lock);
    s->look_again = s->texts_changed = true; /* new ones are known to the outbox now */
    pthread_cond_signal(&s->news);
    pthread_mutex_unlock(&s->lock);
    return rc;
}

/* ---- from outside -------------------------------------------------------------------------- */

void segments_changed(struct segments *s)
{
    s->due = true;
    pthread_mutex_lock(&s->lock);
    s->texts_changed = true;
    pthread_cond_signal(&s->news);
    pthread_mutex_unlock(&s->lock);
    jobs_stir(s->web->jobs);
}

void segments_want(struct segments *s)
{
    s->wanted = s->due = true;
    jobs_stir(s->web->jobs);
}

void segments_hold(struct segments *s)
{
    s->held = true;
    atomic_fetch_add(&s->tables, 1);
}

void segments_figures(struct segments *s, int64_t seq)
{
    s->figures = seq;
    atomic_fetch_add(&s->tables, 1);
    s->held = false;
    s->due = true;
    touched_sweep(s, seq);
    segments_came(s);
}

void segments_came(struct segments *s)
{
    pthread_mutex_lock(&s->lock);
    s->came = true;
    pthread_cond_signal(&s->news);
    pthread_mutex_unlock(&s->lock);
}

void segments_forget(struct segments *s)
{
    pthread_mutex_lock(&s->lock);
    s->forget = true;
    pthread_cond_signal(&s->news);
    pthread_mutex_unlock(&s->lock);
}

bool segments_count_begin(struct segments *s)
{
    if (atomic_fetch_add(&s->counting, 1) < COUNTS_AT_ONCE)
        return true;
    atomic_fetch_sub(&s->counting, 1);
    return false;
}

void segments_count_end(struct segments *s)
{
    atomic_fetch_sub(&s->counting, 1);
}

void segments_night(struct segments *s)
{
    if (s->made_day && night_of(s) > s->made_day) {
        s->due = true;
        jobs_stir(s->web->jobs);
    }
}

enum err_code segments_open(struct web *web, struct segments **out, struct err *err)
{
    struct segments *s = xcalloc(1, sizeof(*s));
    enum err_code rc = store_again(web->store, &s->store, err);

    s->web = web;
    s->texts_changed = true;
    s->tables = 1;
    s->arena = (struct arena)ARENA_INIT(16 << 20);
    s->parser = json_parser_new(LIVE_BODY_MAX);
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->news, NULL);
    if (rc == ERR_OK)
        rc = store_again(web->store, &s->live_store, err);
    if (rc == ERR_OK)
        rc = journal_follow(live_journal(web->live), &s->follower, err);
    if (rc == ERR_OK && (errno = pthread_create(&s->thread, NULL, segments_follow, s)) != 0)
        rc = err_errno(err, "starting the thread that follows segments");
    s->started = rc == ERR_OK;
    if (s->started)
        pthread_setname_np(s->thread, "segments");
    if (rc == ERR_OK)
        *out = s;
    else
        segments_close(s);
    return rc;
}

void segments_close(struct segments *s)
{
    if (!s)
        return;
    pthread_mutex_lock(&s->lock);
    s->over = true;
    pthread_cond_signal(&s->news);
    pthread_mutex_unlock(&s->lock);
    if (s->started)
        pthread_join(s->thread, NULL);
    segments_live_release(s);
    journal_unfollow(s->follower);
    store_close(s->live_store);
    store_close(s->store);
    free(s->touched);
    pthread_cond_destroy(&s->news);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

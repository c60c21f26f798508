/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Everybody, looked at by the worker: the engine finds out who belongs to each segment, and the
 * differences to what is written down are told. Other work waits a few seconds at most: it is put
 * aside in between and gone on with where it was, unless something was changed meanwhile. */
#include "web/segments.h"

#include "audience/written.h"
#include "base/i18n.h"
#include "base/timestamp.h"
#include "outreach/person/person.h"
#include "web/jobs.h"
#include "web/request.h"
#include "web/segments_parts.h"

enum { REMOVED_AT_ONCE = 1000 };

struct making {
    struct segments *s;
    struct engine *engine;
    struct outbox *outbox;
    struct audience_shelf shelf;
    struct audience_now now;
    unsigned long long wish; /* of segments.wish when it began */
    int64_t figures;         /* the messages that the tables have */
    int64_t people;
    int64_t *counts; /* owned; of each segment, -1: it is not written down */
    struct audience_rebuilding rebuilding;
    bool found;  /* the engine is done */
    size_t next; /* segment to be written down */
};

void segments_drop_making(struct segments *s)
{
    struct making *m = s->making;

    if (!m)
        return;
    audience_shelf_close(&m->shelf);
    outbox_close(m->outbox);
    free(m->counts);
    free(m);
    s->making = NULL;
}

/* ---- in between ---------------------------------------------------------------------------- */

static enum err_code go_on(struct making *m, const char *step, double done, struct err *err)
{
    struct web *web = m->s->web;

    m->s->per_mille = (int)(1000 * done);
    jobs_progress(web->jobs, step, done);
    if (web->cancelled)
        return err_set(err, ERR_CANCELLED, "it was cancelled");
    if (m->wish != m->s->wish || jobs_others_wait(web->jobs) || web_waits(web))
        return err_set(err, ERR_BUSY, "other work goes first");
    return ERR_OK;
}

/* Finding out takes half of the time of all (docs/bench.md). */
static enum err_code go_on_finding(void *ctx, double done, struct err *err)
{
    struct making *m = ctx;

    return go_on(m, _("finding out who belongs to segments"), 0.5 * done, err);
}

static enum err_code go_on_writing(void *ctx, struct err *err)
{
    struct making *m = ctx;

    return go_on(m, _("writing down who belongs to segments"),
                 0.5 + 0.5 * (double)m->next / (double)(m->shelf.set.n + 1), err);
}

static bool is_newer(void *ctx, uint64_t person)
{
    const struct making *m = ctx;

    return touched_after(m->s, person, m->figures);
}

/* ---- segments that are no more ------------------------------------------------------------- */

static bool is_kept(const struct audience_shelf *shelf, int64_t segment)
{
    for (size_t i = 0; i < shelf->set.n; i++)
        if (shelf->set.segments[i].id == segment)
            return true;
    return false;
}

static enum err_code remove_one(const struct making *m, int64_t segment, struct err *err)
{
    bool done = false;

    while (!done) {
        TRY(outbox_begin(m->outbox, err));
        TRY(outbox_end(m->outbox,
                       membership_remove(m->outbox, segment, REMOVED_AT_ONCE, &done, err), err));
    }
    return ERR_OK;
}

/* Of segments that are no more, and what was told long ago. */
static enum err_code clear_up(const struct making *m, struct err *err)
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

/* ---- all ----------------------------------------------------------------------------------- */

static enum err_code write_all(struct making *m, struct err *err)
{
    const struct audience_writing writing = {.engine = m->engine,
                                             .outbox = m->outbox,
                                             .people = m->people,
                                             .now_us = m->now.now_us,
                                             .is_newer = is_newer,
                                             .go_on = go_on_writing,
                                             .ctx = m};

    for (; m->next < m->shelf.set.n; m->next++) {
        char meaning[DIGEST_HEX];

        if (!m->shelf.set.segments[m->next].tree || m->counts[m->next] < 0)
            continue;
        TRY(go_on_writing(m, err));
        audience_shelf_meaning(&m->shelf, m->next, meaning);
        TRY(audience_write_members(&writing, m->shelf.set.segments[m->next].id, meaning, err));
    }
    return ERR_OK;
}

static enum err_code begin(struct segments *s, struct engine *engine, struct err *err)
{
    struct making *m = xcalloc(1, sizeof(*m));

    s->making = m;
    m->s = s;
    m->wish = s->wish;
    s->per_mille = 0;
    m->figures = s->figures;
    m->rebuilding = (struct audience_rebuilding){.go_on = go_on_finding, .ctx = m};
    TRY(audience_shelf_open(s->store, NULL, NULL, &m->shelf, err));
    if (m->shelf.set.n || s->wanted) {
        TRY(audience_prepare(engine, err));
        if (s->wanted) /* somebody waits for whom they reach */
            TRY(person_prepare(engine, err));
        TRY(audience_now_read(engine, &m->now, err));
        audience_shelf_close(&m->shelf);
        TRY(audience_shelf_open(s->store, &m->now, NULL, &m->shelf, err));
    }
    s->wanted = false;
    m->counts = xcalloc(m->shelf.set.n + 1, sizeof(*m->counts));
    return m->shelf.set.n ? outbox_open(s->store, &m->outbox, err)
                          : outbox_open_kept(s->store, &m->outbox, err);
}

static enum err_code make(struct segments *s, struct engine *engine, struct err *err)
{
    struct making *m;

    if (s->making && s->making->wish != s->wish)
        segments_drop_making(s);
    if (!s->making)
        TRY(begin(s, engine, err));
    m = s->making;
    m->engine = engine; /* another one after a restart of it */
    if (!m->outbox)
        return ERR_OK;
    if (m->shelf.set.n && !m->found)
        TRY(audience_rebuild(engine, &m->shelf.set, &m->now, &m->rebuilding, m->counts, &m->people,
                             err));
    m->found = true;
    TRY(write_all(m, err));
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

void segments_night(struct segments *s)
{
    if (s->made_day && night_of(s) > s->made_day)
        segments_ask(s);
}

bool segments_are_due(struct segments *s)
{
    return s->due && !s->held;
}

static enum err_code note_one(void *ctx, const struct named *entry, struct err *err)
{
    (void)entry, (void)err;
    *(bool *)ctx = true;
    return ERR_OK;
}

bool segments_are_kept(struct segments *s)
{
    bool kept = false;

    return store_named_each(s->store, NAMED_SEGMENT, note_one, &kept, NULL) != ERR_OK || kept;
}

void segments_give_up(struct segments *s)
{
    s->due = false;
    s->failing = true;
}

enum err_code segments_make(struct segments *s, struct engine *engine, struct err *err)
{
    enum err_code rc;

    s->due = false;
    s->at_work = true;
    rc = make(s, engine, err);
    s->at_work = false;
    if (rc == ERR_BUSY) {
        s->due = true;
        return rc;
    }
    if (rc == ERR_OK)
        s->looked_us = s->making->now.now_us;
    segments_drop_making(s);
    if (rc == ERR_NOT_FOUND) /* nothing was ever resolved */
        rc = ERR_OK;
    s->failing = rc != ERR_OK && rc != ERR_CANCELLED;
    s->made_day = night_of(s);
    pthread_mutex_lock(&s->lock);
    s->look_again = s->texts_changed = true; /* new ones are known to the outbox now */
    pthread_cond_signal(&s->news);
    pthread_mutex_unlock(&s->lock);
    return rc;
}

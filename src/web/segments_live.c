/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Whose messages come: their facts are loaded, completed by what the figures do not have, and asked
 * of all segments in memory; only what is otherwise than before is written down. */
#include "base/log.h"
#include "identity/live_people.h"
#include "intake/live/live.h"
#include "web/desk.h"
#include "web/live.h"
#include "web/request.h"
#include "web/segments_parts.h"
#include "web/whose.h"

#include <sys/resource.h>
#include <time.h>

enum {
    SLOTS = 2048,
    CHUNK = 512,         /* messages at once */
    ROWS_MOST = 20000,   /* of one person's: who has more waits for the figures */
    WAITING_MOST = 2000, /* of one person's messages that the figures do not have */
    BOXES_MOST = 4096,
    AGAIN = 256,    /* people who are looked at again, at once */
    SOON_US = 1000, /* until it is looked again whose a message is */
    UNREADY_MS = 200,
    NIGHT_SECONDS = 30, /* at most until it is looked whether a night has begun */
    NICE = 5
};

/* ---- what is kept in memory ---------------------------------------------------------------- */

static void drop_cached(struct cached *c)
{
    audience_facts_free(c->facts);
    audience_verdicts_release(&c->verdicts);
    *c = (struct cached){.person = 0};
}

static void clear_cache(struct segments *s)
{
    for (size_t i = 0; s->cache && i < CACHED; i++)
        drop_cached(&s->cache[i]);
    s->box_count = 0;
}

static struct cached *cached_at(struct segments *s, uint64_t person)
{
    if (!s->cache)
        s->cache = xcalloc(CACHED, sizeof(*s->cache));
    return &s->cache[person % CACHED];
}

static bool is_boxed(const struct segments *s, uint64_t person)
{
    for (size_t i = 0; i < s->box_count; i++)
        if (s->boxes[i] == person)
            return true;
    return false;
}

static void put_in_box(struct segments *s, uint64_t person)
{
    if (!s->boxes)
        s->boxes = xcalloc(BOXES_MOST, sizeof(*s->boxes));
    if (s->box_count < BOXES_MOST)
        s->boxes[s->box_count++] = person;
    pthread_mutex_lock(&s->lock);
    s->boxed++;
    pthread_mutex_unlock(&s->lock);
}

void segments_live_release(struct segments *s)
{
    clear_cache(s);
    free(s->cache);
    free(s->boxes);
    audience_index_free(s->index);
    audience_shelf_close(&s->shelf);
    free(s->shelf_known);
    outbox_close(s->outbox);
    audience_recent_close(s->recent);
    audience_terms_free(s->terms);
}

/* ---- people of some messages --------------------------------------------------------------- */

/* Somebody whose message came. */
struct subject {
    uint64_t person, page; /* as they will be numbered, and as the tables have them */
    int64_t seq;           /* of the last message */
    int64_t received_us;   /* of the first one */
    uint64_t joined[LINKS_BEFORE_MAX];
    size_t joined_count;
    bool done;
    int64_t *seqs; /* owned: of the messages that are to be applied */
    size_t seq_count, seq_room;
    struct audience_verdicts before; /* as they were written down last; owned, as the next */
    struct audience_verdicts now;    /* when they were found out */
};

struct batch {
    struct segments *s;
    struct subject subjects[CHUNK];
    size_t n;
    int64_t received_us[CHUNK]; /* of each message */
    size_t messages;
    int64_t last; /* the message up to which all were looked at */
    bool soon;    /* of the next one it is not known yet whose it is */
    bool unready; /* nor of any */
};

static struct subject *subject_of(struct batch *b, const struct live_whose *whose)
{
    for (size_t i = 0; i < b->n; i++)
        if (b->subjects[i].person == whose->person)
            return &b->subjects[i];
    b->subjects[b->n] = (struct subject){.person = whose->person, .page = whose->page};
    return &b->subjects[b->n++];
}

static void add_seq(struct subject *one, int64_t seq)
{
    if (one->seq_count > WAITING_MOST)
        return;
    if (one->seq_count == one->seq_room) {
        one->seq_room = one->seq_room ? 2 * one->seq_room : 8;
        one->seqs = xrealloc(one->seqs, one->seq_room * sizeof(*one->seqs));
    }
    one->seqs[one->seq_count++] = seq;
}

static void add_joined(struct subject *one, const struct live_whose *whose)
{
    for (size_t i = 0; i < whose->joined_count && one->joined_count < LINKS_BEFORE_MAX; i++)
        if (whose->joined[i] != one->person)
            one->joined[one->joined_count++] = whose->joined[i];
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
    one = subject_of(b, &whose);
    one->seq = entry->seq;
    add_seq(one, entry->seq);
    if (!one->received_us)
        one->received_us = entry->received_us;
    add_joined(one, &whose);
    b->received_us[b->messages++] = entry->received_us;
    return ERR_OK;
}

/* ---- what they are in ---------------------------------------------------------------------- */

static void count_asked(struct segments *s, size_t asked)
{
    pthread_mutex_lock(&s->lock);
    s->asked += (int64_t)asked;
    s->askable += (int64_t)s->shelf.set.n;
    pthread_mutex_unlock(&s->lock);
}

/* Completes the facts, and finds out which segments hold; those alone are asked that can be others
 * than before. */
static enum err_code judge(struct segments *s, struct subject *one, struct audience_facts *facts,
                           const int64_t *seqs, size_t n, struct err *err)
{
    struct audience_touched touched = {0};
    struct audience_now now = s->now;

    TRY(audience_recent_apply(s->recent, facts, seqs, n, &touched, NULL, err));
    audience_recent_now(s->recent, &now);
    one->now = one->before;
    if (one->before.in) {
        one->now.in = xmalloc(s->shelf.set.n + 1);
        memcpy(one->now.in, one->before.in, s->shelf.set.n + 1);
    }
    count_asked(s, audience_judge(s->index, facts, &now, &touched, &one->now));
    return ERR_OK;
}

static int by_number(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

/* All that came since the figures, the oldest first. */
static enum err_code judge_loaded(struct segments *s, struct subject *one,
                                  struct audience_facts *facts, struct err *err)
{
    if (one->seq_count > WAITING_MOST) {
        put_in_box(s, one->person);
        return ERR_OK;
    }
    qsort(one->seqs, one->seq_count, sizeof(*one->seqs), by_number);
    if (one->seq_count && one->seqs[one->seq_count - 1] > one->seq)
        one->seq = one->seqs[one->seq_count - 1];
    return judge(s, one, facts, one->seqs, one->seq_count, err);
}

/* Those of the batch whose facts are to be loaded, by person. */
struct finding {
    struct subject *slots[SLOTS];
};

static struct subject **place_of(struct finding *f, uint64_t person)
{
    uint64_t at = person * UINT64_C(0x9E3779B97F4A7C15) >> 40;

    while (f->slots[at % SLOTS] && f->slots[at % SLOTS]->person != person)
        at++;
    return &f->slots[at % SLOTS];
}

static void found(void *ctx, int64_t seq, uint64_t person)
{
    struct subject *one = *place_of(ctx, person);

    if (one)
        add_seq(one, seq);
}

/* What came from them since the figures, in one pass for all. */
static void find_waiting(struct batch *b)
{
    struct finding f = {.slots = {NULL}};

    for (size_t i = 0; i < b->n; i++) {
        if (b->subjects[i].done)
            continue;
        b->subjects[i].seq_count = 0;
        *place_of(&f, b->subjects[i].person) = &b->subjects[i];
    }
    live_people_since(whose_people(b->s->web->whose), b->s->figures, found, &f);
}

static void keep_cached(struct segments *s, const struct subject *one, struct audience_facts *facts)
{
    struct cached *c = cached_at(s, one->person);

    drop_cached(c);
    if (!one->now.in || audience_facts_bytes(facts) > CACHED_BYTES) {
        audience_facts_free(facts);
        return;
    }
    *c = (struct cached){.person = one->person, .facts = facts, .seq = one->seq};
}

struct loading {
    struct batch *batch;
    struct segments *s;
};

/* The tables have the person by that number. */
static enum err_code take(void *ctx, uint64_t number, struct audience_facts *facts, struct err *err)
{
    struct loading *l = ctx;
    enum err_code rc = ERR_OK;
    bool used = false;

    for (size_t i = 0; i < l->batch->n && rc == ERR_OK && !used; i++) {
        struct subject *one = &l->batch->subjects[i];

        if (one->done || (one->page ? one->page : one->person) != number)
            continue;
        one->done = used = true;
        if (!facts) {
            put_in_box(l->s, one->person);
            break;
        }
        rc = judge_loaded(l->s, one, facts, err);
        if (rc == ERR_OK)
            keep_cached(l->s, one, facts);
        else
            audience_facts_free(facts);
    }
    if (!used)
        audience_facts_free(facts);
    return rc;
}

/* Whom the tables do not have: somebody new, or one whom the next figures will have. */
static enum err_code take_new(struct segments *s, struct subject *one, struct err *err)
{
    struct audience_facts *facts;
    enum err_code rc;

    one->done = true;
    if (one->page)
        return ERR_OK;
    facts = audience_facts_new();
    rc = judge_loaded(s, one, facts, err);
    if (rc == ERR_OK)
        keep_cached(s, one, facts);
    else
        audience_facts_free(facts);
    return rc;
}

static enum err_code load(struct batch *b, struct err *err)
{
    struct loading l = {b, b->s};
    struct desk_loan *loan = NULL;
    struct engine *engine;
    uint64_t people[CHUNK];
    enum err_code rc;
    size_t n = 0;

    for (size_t i = 0; i < b->n; i++)
        if (!b->subjects[i].done)
            people[n++] = b->subjects[i].page ? b->subjects[i].page : b->subjects[i].person;
    if (!n)
        return ERR_OK;
    find_waiting(b);
    TRY(desk_lend(b->s->web->desk, NULL, &loan, &engine, err));
    rc = audience_load_some(engine, people, n, ROWS_MOST, take, &l, err);
    (void)desk_take_back(loan);
    for (size_t i = 0; i < b->n && rc == ERR_OK; i++)
        if (!b->subjects[i].done)
            rc = take_new(b->s, &b->subjects[i], err);
    return rc;
}

/* Those whose facts are in memory, and those who wait for the figures. */
static enum err_code take_known(struct batch *b, struct err *err)
{
    struct segments *s = b->s;
    enum err_code rc = ERR_OK;

    for (size_t i = 0; i < b->n && rc == ERR_OK; i++) {
        struct subject *one = &b->subjects[i];
        struct cached *c = cached_at(s, one->person);
        size_t known = 0;

        if (one->joined_count || is_boxed(s, one->person) || touched_joined(s, one->person)) {
            one->done = true;
            continue;
        }
        if (c->person != one->person || !c->facts)
            continue;
        one->done = true;
        while (known < one->seq_count && one->seqs[known] <= c->seq)
            known++;
        one->before = c->verdicts; /* not known any more should this one not be written down */
        c->verdicts = (struct audience_verdicts){.in = NULL};
        rc = judge(s, one, c->facts, one->seqs + known, one->seq_count - known, err);
        c->seq = one->seq > c->seq ? one->seq : c->seq;
        if (rc != ERR_OK || audience_facts_bytes(c->facts) > CACHED_BYTES)
            drop_cached(c);
    }
    return rc;
}

/* ---- writing down -------------------------------------------------------------------------- */

static enum err_code note(struct segments *s, const struct subject *one, struct err *err)
{
    for (size_t i = 0; i < s->shelf.set.n; i++) {
        bool changed = false;
        /* A segment that the worker has not begun with is none yet. */
        if (!s->shelf.set.segments[i].tree || !s->shelf_known[i] ||
            (one->before.in && one->before.in[i] == one->now.in[i]))
            continue;
        TRY(membership_note(s->outbox, s->shelf.set.segments[i].id, one->person, one->now.in[i],
                            one->received_us, &changed, err));
    }
    return ERR_OK;
}

/* Nothing to write when it is as it was written down last. */
static bool is_as_before(const struct segments *s, const struct subject *one)
{
    return one->before.in && memcmp(one->before.in, one->now.in, s->shelf.set.n) == 0;
}

static void keep_verdicts(struct segments *s, struct subject *one)
{
    struct cached *c = cached_at(s, one->person);

    if (c->person != one->person || !c->facts)
        return;
    audience_verdicts_release(&c->verdicts);
    c->verdicts = one->now;
    one->now = (struct audience_verdicts){.in = NULL};
}

static bool is_to_write(const struct segments *s, const struct subject *one)
{
    return one->joined_count || (one->now.in && !is_as_before(s, one));
}

static enum err_code write_changes(struct batch *b, struct err *err)
{
    struct segments *s = b->s;
    enum err_code rc = ERR_OK;

    TRY(outbox_begin(s->outbox, err));
    for (size_t i = 0; i < b->n && rc == ERR_OK; i++) {
        struct subject *one = &b->subjects[i];

        for (size_t k = 0; k < one->joined_count && rc == ERR_OK; k++)
            rc = membership_merge(s->outbox, one->joined[k], one->person, err);
        if (rc == ERR_OK && one->now.in && !is_as_before(s, one))
            rc = note(s, one, err);
    }
    return outbox_end(s->outbox, rc, err);
}

static enum err_code write_down(struct batch *b, struct err *err)
{
    bool any = false;

    for (size_t i = 0; i < b->n && !any; i++)
        any = is_to_write(b->s, &b->subjects[i]);
    if (any)
        TRY(write_changes(b, err));
    for (size_t i = 0; i < b->n; i++)
        if (b->subjects[i].now.in)
            keep_verdicts(b->s, &b->subjects[i]);
    return ERR_OK;
}

/* Before it is written: from now on the worker leaves them to this thread. */
static bool mark(struct batch *b)
{
    for (size_t i = 0; i < b->n; i++) {
        const struct subject *one = &b->subjects[i];
        const struct touched t = {.person = one->person,
                                  .page = one->page,
                                  .seq = one->seq,
                                  .joined = one->joined_count > 0};

        if ((one->now.in || one->joined_count) && !touched_note(b->s, &t))
            return false;
    }
    return true;
}

static void tell(struct batch *b)
{
    struct segments *s = b->s;
    const int64_t now_us = timestamp_now();

    pthread_mutex_lock(&s->lock);
    s->followed += (int64_t)b->messages;
    for (size_t i = 0; i < b->messages; i++)
        segments_took(s, now_us - b->received_us[i]);
    for (size_t i = 0; i < b->n; i++)
        s->joined += b->subjects[i].joined_count > 0;
    pthread_mutex_unlock(&s->lock);
}

/* ERR_CANCELLED: the tables were others in between, and nothing was written. */
static enum err_code settle(struct batch *b, struct err *err)
{
    struct segments *s = b->s;
    enum err_code rc = take_known(b, err);

    if (rc == ERR_OK)
        rc = load(b, err);
    if (rc == ERR_OK && (s->held || s->tables != s->known_tables))
        rc = err_set(err, ERR_CANCELLED, "the figures are being made anew");
    if (rc == ERR_OK && !mark(b))
        rc = err_set(err, ERR_TOO_LARGE, "more people came than are followed between figures");
    if (rc == ERR_OK)
        rc = write_down(b, err);
    for (size_t i = 0; i < b->n; i++) {
        audience_verdicts_release(&b->subjects[i].before);
        audience_verdicts_release(&b->subjects[i].now);
    }
    return rc;
}

static void batch_free(struct batch *b)
{
    for (size_t i = 0; i < b->n; i++)
        free(b->subjects[i].seqs);
    free(b);
}

/* ---- the thread ---------------------------------------------------------------------------- */

static enum err_code open_texts(struct segments *s, struct err *err)
{
    bool wanted;

    pthread_mutex_lock(&s->lock);
    wanted = s->texts_changed;
    s->texts_changed = false;
    pthread_mutex_unlock(&s->lock);
    if (!wanted)
        return ERR_OK;
    audience_index_free(s->index);
    s->index = NULL;
    audience_shelf_close(&s->shelf);
    free(s->shelf_known);
    s->shelf_known = NULL;
    for (size_t i = 0; s->cache && i < CACHED; i++) /* verdicts are of the segments before */
        audience_verdicts_release(&s->cache[i].verdicts);
    TRY(audience_shelf_open(s->live_store, NULL, NULL, &s->shelf, err));
    s->index = audience_index_new(&s->shelf.set);
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
    clear_cache(s);
    s->known_tables = tables;
    if (s->cursor < s->figures)
        s->cursor = s->figures;
    return true;
}

/* Figures of an export of long ago are asked as of then: what comes now would be judged otherwise,
 * and the next figures are of today. */
static bool is_of_today(const struct segments *s)
{
    return timestamp_now() - s->now.now_us < US_PER_DAY;
}

/* Some more messages. False: there are none, or it cannot go on now. */
static bool follow_some(struct segments *s, struct err *err)
{
    struct batch *b = xcalloc(1, sizeof(*b));
    enum err_code rc;
    bool more;

    *b = (struct batch){.s = s, .last = s->cursor};
    rc = journal_follow_each(s->follower, s->cursor, CHUNK, collect, b, err);
    if (rc == ERR_CANCELLED && b->soon)
        rc = ERR_OK;
    more = b->last > s->cursor;
    if (rc == ERR_OK && b->n && is_of_today(s))
        rc = settle(b, err);
    if (rc == ERR_OK) {
        tell(b);
        s->cursor = b->last;
    }
    if (rc == ERR_OK && b->soon)
        nanosleep(&(struct timespec){.tv_nsec = SOON_US * 1000L}, NULL);
    more = rc == ERR_OK && (more || b->soon) && !b->unready;
    batch_free(b);
    return more;
}

/* Those who were looked at before a segment was there, from `*io_at` on. */
static bool again_some(struct segments *s, size_t *io_at, struct err *err)
{
    struct batch *b = xcalloc(1, sizeof(*b));
    enum err_code rc = ERR_OK;
    bool more;

    *b = (struct batch){.s = s};
    pthread_mutex_lock(&s->lock);
    for (; s->touched && *io_at < TOUCHED_SLOTS && b->n < AGAIN; ++*io_at) {
        const struct touched *t = &s->touched[*io_at];

        if (t->person && !t->joined)
            b->subjects[b->n++] = (struct subject){.person = t->person,
                                                   .page = t->page,
                                                   .seq = t->seq,
                                                   .received_us = timestamp_now()};
    }
    more = b->n == AGAIN;
    pthread_mutex_unlock(&s->lock);
    if (b->n)
        rc = settle(b, err);
    batch_free(b);
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
    while (wanted && s->shelf.set.n && !s->over && again_some(s, &at, err))
        ;
}

/* False: it is over. `at_once`: something is left to do. */
static bool await(struct segments *s, bool soon)
{
    struct timespec until;
    bool over;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += soon ? UNREADY_MS * 1000000L : 0;
    until.tv_sec += (soon ? 0 : NIGHT_SECONDS) + until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
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
            while (!s->over && s->tables == s->known_tables && follow_some(s, &err))
                ;
            soon = s->cursor < journal_last(live_journal(s->web->live));
        }
        if (err.code != ERR_OK && err.code != ERR_CANCELLED && !failing)
            log_line(LOG_ERROR, "web", "segments are not followed: %s", err.msg);
        failing = err.code != ERR_OK && err.code != ERR_CANCELLED;
    }
    return NULL;
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "web/segments_look.h"

#include "audience/complete.h"
#include "web/desk.h"
#include "web/request.h"
#include "web/whose.h"

enum {
    SLOTS = 2048,
    ROWS_MOST = 50000, /* of one person's that segments read: who has more waits for the figures */
    WAITING_MOST = 2000, /* of one person's messages that the figures do not have */
    BOXES_MOST = 4096
};

/* ---- what is kept in memory ---------------------------------------------------------------- */

static void drop_cached(struct cached *c)
{
    audience_facts_free(c->facts);
    audience_verdicts_release(&c->verdicts);
    *c = (struct cached){.person = 0};
}

void look_forget(struct segments *s)
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

/* ---- who is looked at ----------------------------------------------------------------------- */

struct subject *look_at(struct look *look, uint64_t person, uint64_t page)
{
    for (size_t i = 0; i < look->n; i++)
        if (look->subjects[i].person == person)
            return &look->subjects[i];
    look->subjects[look->n] = (struct subject){.person = person, .page = page};
    return &look->subjects[look->n++];
}

void look_add(struct subject *one, int64_t seq)
{
    if (one->seq_count > WAITING_MOST)
        return;
    if (one->seq_count == one->seq_room) {
        one->seq_room = one->seq_room ? 2 * one->seq_room : 8;
        one->seqs = xrealloc(one->seqs, one->seq_room * sizeof(*one->seqs));
    }
    one->seqs[one->seq_count++] = seq;
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
    timed_note(s, one->person, one->now.until_us);
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
        look_add(one, seq);
}

/* What came from them since the figures, in one pass for all. */
static void find_waiting(struct look *b)
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

/* ---- whose facts are loaded ---------------------------------------------------------------- */

static void add_page(struct subject *one, uint64_t page)
{
    for (size_t i = 0; i < one->page_count; i++)
        if (one->pages[i] == page)
            return;
    one->scattered |= page && one->page_count == PAGES_MOST;
    if (page && one->page_count < PAGES_MOST)
        one->pages[one->page_count++] = page;
}

/* Whom nothing came from since the figures has their number. */
static bool add_pages_of(struct segments *s, struct subject *one, uint64_t person)
{
    struct touched t;

    if (!touched_find(s, person, &t))
        return false;
    for (size_t i = 0; i < PAGES_MOST; i++)
        add_page(one, t.pages[i]);
    one->scattered |= t.scattered;
    return t.pages[0] != 0;
}

static void find_pages(struct segments *s, struct subject *one)
{
    if (!add_pages_of(s, one, one->person)) {
        add_page(one, one->page);
        if (!one->page || one->joined_count)
            add_page(one, one->person);
    }
    for (size_t i = 0; i < one->joined_count; i++)
        if (!add_pages_of(s, one, one->joined[i]))
            add_page(one, one->joined[i]);
}

struct loading {
    struct look *batch;
    struct segments *s;
};

static struct subject *subject_of_page(struct look *b, uint64_t page, size_t *out)
{
    for (size_t i = 0; i < b->n; i++) {
        struct subject *one = &b->subjects[i];

        for (*out = 0; !one->done && *out < one->page_count; ++*out)
            if (one->pages[*out] == page)
                return one;
    }
    return NULL;
}

/* All that the tables have of the person. */
static enum err_code take_whole(struct segments *s, struct subject *one, struct err *err)
{
    struct audience_facts *facts = one->facts;
    enum err_code rc;

    one->done = true;
    one->facts = NULL;
    rc = judge_loaded(s, one, facts, err);
    if (rc == ERR_OK)
        keep_cached(s, one, facts);
    else
        audience_facts_free(facts);
    return rc;
}

/* The tables have somebody by that number. */
static enum err_code take(void *ctx, uint64_t number, struct audience_facts *facts, struct err *err)
{
    struct loading *l = ctx;
    const struct completing how = {.currency = l->s->now.currency, .terms = l->s->terms};
    size_t at;
    struct subject *one = subject_of_page(l->batch, number, &at);

    if (!one) {
        audience_facts_free(facts);
        return ERR_OK;
    }
    if (!facts) {
        one->done = true;
        put_in_box(l->s, one->person);
        return ERR_OK;
    }
    one->found[at] = true;
    if (one->facts) {
        audience_facts_join(one->facts, &how, facts);
        audience_facts_free(facts);
    } else {
        one->facts = facts;
    }
    return one->page_count == 1 ? take_whole(l->s, one, err) : ERR_OK;
}

/* Whom the tables do not have: somebody new, or one whom the next figures will have. */
static enum err_code take_new(struct segments *s, struct subject *one, struct err *err)
{
    one->done = true;
    if (one->page)
        return ERR_OK;
    one->facts = audience_facts_new();
    return take_whole(s, one, err);
}

static size_t wanted_pages(struct look *b, uint64_t *out)
{
    size_t n = 0;

    for (size_t i = 0; i < b->n; i++) {
        struct subject *one = &b->subjects[i];

        if (one->done)
            continue;
        find_pages(b->s, one);
        one->done = one->scattered; /* they wait for the figures */
        for (size_t k = 0; !one->done && k < one->page_count; k++)
            out[n++] = one->pages[k];
    }
    return n;
}

static bool any_left(const struct look *b)
{
    for (size_t i = 0; i < b->n; i++)
        if (!b->subjects[i].done)
            return true;
    return false;
}

static enum err_code load_pages(struct look *b, const uint64_t *people, size_t n, struct err *err)
{
    struct loading l = {b, b->s};
    struct audience_now now = b->s->now;
    struct audience_loading loading = {
        .people = people, .n = n, .rows = &b->s->rows, .most = ROWS_MOST};
    struct desk_loan *loan = NULL;
    struct engine *engine;
    enum err_code rc;

    if (!n)
        return ERR_OK;
    TRY(desk_lend(b->s->web->desk, NULL, &loan, &engine, err));
    audience_recent_now(b->s->recent, &now);
    loading.today = now.today;
    rc = audience_load_some(engine, &loading, take, &l, err);
    (void)desk_take_back(loan);
    return rc;
}

static enum err_code load(struct look *b, struct err *err)
{
    uint64_t people[LOOK_PEOPLE * PAGES_MOST];
    const size_t n = wanted_pages(b, people);
    enum err_code rc;

    if (!any_left(b))
        return ERR_OK;
    find_waiting(b);
    rc = load_pages(b, people, n, err);
    for (size_t i = 0; i < b->n && rc == ERR_OK; i++) {
        struct subject *one = &b->subjects[i];

        if (!one->done)
            rc = one->facts ? take_whole(b->s, one, err) : take_new(b->s, one, err);
    }
    return rc;
}

/* Of whom more may be theirs than what was kept. */
static void forget_cached(struct segments *s, const struct subject *one)
{
    struct cached *c = cached_at(s, one->person);

    if (c->person == one->person)
        drop_cached(c);
    for (size_t i = 0; i < one->joined_count; i++) {
        c = cached_at(s, one->joined[i]);
        if (c->person == one->joined[i])
            drop_cached(c);
    }
}

/* Those whose facts are in memory, and those who wait for the figures. */
static enum err_code take_known(struct look *b, struct err *err)
{
    struct segments *s = b->s;
    enum err_code rc = ERR_OK;

    for (size_t i = 0; i < b->n && rc == ERR_OK; i++) {
        struct subject *one = &b->subjects[i];
        struct cached *c = cached_at(s, one->person);
        size_t known = 0;

        if (one->done || is_boxed(s, one->person)) {
            one->done = true;
            continue;
        }
        if (one->joined_count || one->learnt)
            forget_cached(s, one);
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

static enum err_code write_changes(struct look *b, struct err *err)
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

static enum err_code write_down(struct look *b, struct err *err)
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

static bool mark_one(struct segments *s, const struct subject *one)
{
    const int64_t least = one->timed ? s->figures + 1 : 0;
    struct touched t = {.person = one->person,
                        .seq = one->seq > least ? one->seq : least,
                        .joined = one->merged,
                        .scattered = one->scattered};
    size_t pages = 0;

    for (size_t i = 0; i < one->page_count; i++)
        if (one->found[i])
            t.pages[pages++] = one->pages[i];
    if (!touched_note(s, &t))
        return false;
    t.gone = true;
    for (size_t i = 0; i < one->joined_count + pages; i++) {
        t.person = i < one->joined_count ? one->joined[i] : t.pages[i - one->joined_count];
        if (t.person != one->person && !touched_note(s, &t))
            return false;
    }
    return true;
}

/* Before it is written: from now on the worker leaves them to this thread, by whatever number it
 * knows them. What time has changed is newer than all that the worker knows. */
static bool mark(struct look *b)
{
    for (size_t i = 0; i < b->n; i++) {
        const struct subject *one = &b->subjects[i];
        const bool is_found = one->now.in || one->joined_count;

        if (is_found && (!one->timed || is_to_write(b->s, one)) && !mark_one(b->s, one))
            return false;
    }
    return true;
}

static enum err_code recall_one(struct segments *s, struct subject *one, struct err *err)
{
    one->before.in = xmalloc(s->shelf.set.n + 1);
    memcpy(one->before.in, one->now.in, s->shelf.set.n + 1);
    for (size_t i = 0; i < s->shelf.set.n; i++) {
        bool in = false;

        if (!s->shelf.set.segments[i].tree || !s->shelf_known[i])
            continue;
        TRY(membership_is(s->outbox, s->shelf.set.segments[i].id, one->person, &in, err));
        one->before.in[i] = in;
    }
    return ERR_OK;
}

/* What those are in as it is written down, from whom nothing came: nearly all stay as they are. */
static enum err_code recall(struct look *b, struct err *err)
{
    enum err_code rc = ERR_OK;
    bool any = false;

    for (size_t i = 0; i < b->n; i++)
        any |= b->subjects[i].timed && b->subjects[i].now.in && !b->subjects[i].before.in;
    if (!any)
        return ERR_OK;
    TRY(outbox_begin(b->s->outbox, err));
    for (size_t i = 0; i < b->n && rc == ERR_OK; i++)
        if (b->subjects[i].timed && b->subjects[i].now.in && !b->subjects[i].before.in)
            rc = recall_one(b->s, &b->subjects[i], err);
    return outbox_end(b->s->outbox, rc, err);
}

enum err_code look_settle(struct look *b, struct err *err)
{
    struct segments *s = b->s;
    enum err_code rc = take_known(b, err);

    if (rc == ERR_OK)
        rc = load(b, err);
    if (rc == ERR_OK && (s->held || s->tables != s->known_tables))
        rc = err_set(err, ERR_CANCELLED, "the figures are being made anew");
    if (rc == ERR_OK)
        rc = recall(b, err);
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

void look_release(struct look *b)
{
    for (size_t i = 0; i < b->n; i++) {
        free(b->subjects[i].seqs);
        audience_facts_free(b->subjects[i].facts);
    }
    b->n = 0;
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/acting/acting.h"

#include "outreach/acting/acting_parts.h"

#define CURSOR "journal"
#define TOGETHER_US (60 * US_PER_SECOND) /* of a batch: the shortest that a step waits */
#define LOOK_US US_PER_SECOND            /* at the shop's flows: a command may have changed them */
#define CHANGES_US (US_PER_SECOND / 2)   /* at who came into segments */
#define HELD_US (2 * US_PER_SECOND)
enum { BATCH_MEMORY = 64 << 20, ITEMS_MAX = 1024, END_AT_ONCE = 200, FETCHES = 2000 };

/* ---- opening ------------------------------------------------------------------------------ */

enum err_code acting_open(struct store *store, struct journal *journal,
                          const struct settings *settings, const struct acting_world *world,
                          struct acting **out, struct err *err)
{
    struct acting *a = xcalloc(1, sizeof(*a));
    enum err_code rc;

    a->store = store;
    a->journal = journal;
    a->world = *world;
    a->sending = &settings->sending;
    a->quiet = quiet_new();
    a->changed = true;
    a->turn = UINT64_MAX;
    a->batch.memory = (struct arena)ARENA_INIT(BATCH_MEMORY);
    a->batch.items = xcalloc(ITEMS_MAX, sizeof(*a->batch.items));
    rc = zone_open(settings->time_zone, &a->zone, err);
    if (rc == ERR_OK)
        rc = journal_follow(journal, &a->follower, err);
    if (rc == ERR_OK)
        rc = pseudonyms_open(store, &a->keys, err);
    if (rc == ERR_OK)
        a->teller = teller_new(a->keys, settings->currency, settings->country);
    if (rc == ERR_OK)
        *out = a;
    else
        acting_close(a);
    return rc;
}

void acting_close(struct acting *a)
{
    if (!a)
        return;
    teller_free(a->teller);
    pseudonyms_close(a->keys);
    journal_unfollow(a->follower);
    outbox_close(a->outbox);
    zone_close(a->zone);
    quiet_free(a->quiet);
    kept_flows_release(&a->flows);
    free(a->live);
    free(a->held_us);
    free(a->dates.list);
    arena_release(&a->batch.memory);
    free(a->batch.items);
    free(a);
}

void acting_changed(struct acting *a)
{
    a->changed = true;
}

int64_t acting_behind(const struct acting *a)
{
    return journal_last(a->journal) - a->cursor;
}

struct flow_driver acting_driver(struct acting *a)
{
    return (struct flow_driver){.outbox = a->outbox,
                                .flows = a->live,
                                .count = a->live_count,
                                .quiet = a->quiet,
                                .zone = a->zone,
                                .sending = a->sending,
                                .holds = a->world.holds,
                                .reach = a->world.reach,
                                .zone_of = a->world.zone_of,
                                .ctx = a->world.ctx};
}

/* ---- the flows ---------------------------------------------------------------------------- */

static bool any_on(const struct acting *a)
{
    for (size_t i = 0; i < a->flows.n; i++)
        if (a->flows.list[i].state == NAMED_ON)
            return true;
    return false;
}

static void set_live(struct acting *a)
{
    free(a->live);
    free(a->held_us);
    a->live = xcalloc(a->flows.n + 1, sizeof(*a->live));
    a->held_us = xcalloc(a->flows.n + 1, sizeof(*a->held_us));
    a->live_count = 0;
    a->asks_segments = a->asks_dates = false;
    acting_dates_reset(a);
    for (size_t i = 0; i < a->flows.n; i++) {
        const struct kept_flow *f = &a->flows.list[i];

        if (f->flow && f->state == NAMED_ON) {
            a->asks_segments |=
                f->flow->start == FLOW_ON_ENTERS || f->flow->start == FLOW_ON_LEAVES;
            a->asks_dates |= f->flow->start == FLOW_ON_DATE;
        }
        if (f->flow && f->state != NAMED_ENDED)
            a->live[a->live_count++] = (struct flow_live){.id = f->id,
                                                          .flow = f->flow,
                                                          .since_us = f->state_us,
                                                          .ends = f->state != NAMED_ON};
    }
}

/* Nothing of one that has ended is sent; one that is on again may send what it plans from now on.
 * One that somebody holds is left so. */
static enum err_code set_campaigns(struct acting *a, struct err *err)
{
    for (size_t i = 0; i < a->flows.n; i++) {
        const struct kept_flow *f = &a->flows.list[i];
        enum campaign_state state;

        TRY(outbox_campaign(a->outbox, f->id, &state, err));
        if (f->state == NAMED_ON && state == CAMPAIGN_ENDED)
            TRY(outbox_campaign_set(a->outbox, f->id, CAMPAIGN_RUNNING, "", err));
        if (f->state == NAMED_ENDED && state != CAMPAIGN_ENDED)
            TRY(outbox_campaign_set(a->outbox, f->id, CAMPAIGN_ENDED, "", err));
    }
    return ERR_OK;
}

/* What came before the first flow was on concerns nobody, unless somebody is on the way. */
static enum err_code find_from(struct acting *a, struct err *err)
{
    int64_t going;
    size_t n;

    TRY(run_flows(a->outbox, 0, &going, 1, &n, err));
    a->from_us = n ? 0 : INT64_MAX;
    for (size_t i = 0; i < a->live_count && !n; i++)
        if (!a->live[i].ends && a->live[i].since_us < a->from_us)
            a->from_us = a->live[i].since_us;
    return ERR_OK;
}

enum err_code acting_find_next(struct acting *a, struct err *err)
{
    a->next_us = TIME_NONE;
    for (size_t i = 0; i < a->live_count; i++) {
        int64_t at_us;

        TRY(runs_next(a->outbox, a->live[i].id, &at_us, err));
        if (at_us != TIME_NONE && a->held_us[i] > a->clock_us && at_us < a->held_us[i])
            at_us = a->held_us[i];
        if (at_us != TIME_NONE && (a->next_us == TIME_NONE || at_us < a->next_us))
            a->next_us = at_us;
    }
    return ERR_OK;
}

static enum err_code look_at_outbox(struct acting *a, struct err *err)
{
    int64_t cursor = 0;

    TRY(run_cursor(a->outbox, CURSOR, &cursor, err));
    if (cursor > a->cursor)
        a->cursor = a->saved = cursor;
    TRY(set_campaigns(a, err));
    TRY(find_from(a, err));
    return acting_find_next(a, err);
}

static enum err_code reload(struct acting *a, int64_t now_us, struct err *err)
{
    bool changed = atomic_exchange(&a->changed, false);
    enum err_code rc;

    a->looked_us = now_us;
    rc = kept_flows_read(a->store, &a->flows, &changed, err);
    if (rc != ERR_OK) /* nobody moves by what is half read */
        kept_flows_release(&a->flows);
    if (changed || rc != ERR_OK)
        set_live(a);
    if (rc == ERR_OK && changed && !a->outbox)
        rc = any_on(a) ? outbox_open(a->store, &a->outbox, err)
                       : outbox_open_kept(a->store, &a->outbox, err);
    if (rc == ERR_OK && changed && a->outbox) {
        rc = outbox_begin(a->outbox, err);
        if (rc == ERR_OK)
            rc = outbox_end(a->outbox, look_at_outbox(a, err), err);
        a->ending = true;
    }
    if (rc != ERR_OK)
        a->changed = true;
    return rc;
}

/* ---- flows that are to end ---------------------------------------------------------------- */

static bool is_to_end(const struct acting *a, int64_t flow)
{
    const struct kept_flow *f = kept_flows_find(&a->flows, flow);

    return !f || f->state == NAMED_ENDED;
}

static enum err_code end_next(struct acting *a, int64_t now_us, struct err *err)
{
    int64_t flow = 0;
    size_t n = 1, ended;

    while (n) {
        TRY(run_flows(a->outbox, flow, &flow, 1, &n, err));
        if (n && is_to_end(a, flow))
            return flow_end(a->outbox, flow, now_us, END_AT_ONCE, &ended, err);
    }
    a->ending = false;
    return ERR_OK;
}

/* Some of the people of one flow. */
static enum err_code end_some(struct acting *a, int64_t now_us, struct acting_done *out,
                              struct err *err)
{
    TRY(outbox_begin(a->outbox, err));
    TRY(outbox_end(a->outbox, end_next(a, now_us, err), err));
    out->more = true;
    return ERR_OK;
}

/* ---- people who have another number by now ------------------------------------------------ */

static enum err_code renumber_flow(struct acting *a, int64_t flow, int64_t now_us, struct err *err)
{
    struct run *runs = xcalloc(ACTING_WAKE, sizeof(*runs));
    int64_t after = 0;
    size_t n = ACTING_WAKE;
    enum err_code rc = ERR_OK;

    while (rc == ERR_OK && n == ACTING_WAKE) {
        rc = runs_going(a->outbox, flow, after, runs, ACTING_WAKE, &n, err);
        for (size_t i = 0; rc == ERR_OK && i < n; i++) {
            uint64_t now = a->world.person(a->world.ctx, runs[i].person);

            after = runs[i].id;
            if (now && now != runs[i].person)
                rc = runs_merge(a->outbox, runs[i].person, now, now_us, err);
        }
    }
    free(runs);
    return rc;
}

static enum err_code renumber_all(struct acting *a, int64_t now_us, struct err *err)
{
    int64_t flow = 0;
    size_t n = 1;

    while (n) {
        TRY(run_flows(a->outbox, flow, &flow, 1, &n, err));
        if (n)
            TRY(renumber_flow(a, flow, now_us, err));
    }
    return ERR_OK;
}

/* Figures were made, or people decided that two are one: those who are on the way go by the number
 * that they have now. */
static enum err_code renumber(struct acting *a, int64_t now_us, struct acting_done *out,
                              struct err *err)
{
    const uint64_t turn = a->world.turn(a->world.ctx);

    TRY(outbox_begin(a->outbox, err));
    TRY(outbox_end(a->outbox, renumber_all(a, now_us, err), err));
    a->turn = turn;
    out->more = true;
    return ERR_OK;
}

/* ---- what came ---------------------------------------------------------------------------- */

static struct item *new_item(struct batch *b, const struct journal_entry *entry)
{
    struct item *item = &b->items[b->n++];

    *item = (struct item){.at_us = entry->received_us};
    return item;
}

static void add_joined(struct batch *b, const struct journal_entry *entry,
                       const struct live_whose *whose)
{
    for (size_t i = 0; i < whose->joined_count; i++)
        if (whose->joined[i] != whose->person) {
            struct item *item = new_item(b, entry);

            item->person = whose->person;
            item->joined = whose->joined[i];
        }
}

/* Of a message that is too long ago for its place to be known. */
static uint64_t person_of(struct acting *a, const struct told *told)
{
    uint64_t person = 0;

    for (size_t i = 0; i < told->id_count && !person; i++)
        person = a->world.person(a->world.ctx, told->ids[i]);
    return person;
}

static void add_happenings(struct acting *a, const struct journal_entry *entry,
                           const struct told *told, uint64_t person)
{
    struct batch *b = &a->batch;

    for (size_t i = 0; i < told->n && person && told->has_who; i++) {
        TM_CLEANUP(buf_release) struct buf data = BUF_INIT(TOLD_DATA_MAX);
        struct item *item;

        if (!kept_flows_listen(&a->flows, told->happenings[i].name))
            continue;
        teller_write(a->teller, entry, told, told->happenings[i].name, &data);
        item = new_item(b, entry);
        item->person = person;
        item->who = told->who;
        item->what = told->happenings[i];
        item->data = data.failed ? STR_NONE : arena_str(&b->memory, buf_str(&data));
    }
}

/* False: it is not known yet whose it is. */
static bool look_at(struct acting *a, const struct journal_entry *entry)
{
    struct live_whose whose;
    struct source_entry source;
    struct told told;

    a->world.whose(a->world.ctx, entry->seq, &whose);
    if (whose.state == WHOSE_SOON ||
        (whose.state == WHOSE_UNKNOWN && !a->world.ready(a->world.ctx)))
        return false;
    if (whose.state == WHOSE_NOBODY || whose.state == WHOSE_VISITOR || entry->damaged ||
        !a->world.source(a->world.ctx, entry->source, &source))
        return true;
    if (whose.state == WHOSE_PERSON)
        add_joined(&a->batch, entry, &whose);
    teller_tell(a->teller, &source, entry, &told);
    add_happenings(a, entry, &told,
                   whose.state == WHOSE_PERSON ? whose.person : person_of(a, &told));
    return true;
}

static enum err_code read_one(void *ctx, const struct journal_entry *entry, struct err *err)
{
    struct acting *a = ctx;
    struct batch *b = &a->batch;

    (void)err;
    if (entry->received_us < a->from_us) {
        b->last = entry->seq;
        b->read++;
        return ERR_OK;
    }
    if (b->first_us == TIME_NONE)
        b->first_us = entry->received_us;
    b->full = b->n + LINKS_BEFORE_MAX + TOLD_MOST > ITEMS_MAX ||
              (b->n && entry->received_us - b->items[0].at_us >= TOGETHER_US) ||
              (a->next_us != TIME_NONE && entry->received_us >= a->next_us && b->read);
    b->waits = !b->full && !look_at(a, entry);
    if (b->full || b->waits)
        return ERR_CANCELLED;
    b->last = entry->seq;
    b->read++;
    return ERR_OK;
}

static enum err_code read_some(struct acting *a, struct err *err)
{
    struct batch *b = &a->batch;
    enum err_code rc;

    arena_reset(&b->memory);
    b->n = 0;
    b->read = 0;
    b->last = a->cursor;
    b->first_us = TIME_NONE;
    b->full = b->waits = false;
    b->turn = a->world.turn(a->world.ctx);
    if (a->from_us == INT64_MAX) { /* there is nobody whom anything could concern */
        b->last = journal_last(a->journal);
        return ERR_OK;
    }
    rc = journal_follow_each(a->follower, a->cursor, ACTING_BATCH, read_one, a, err);
    if (rc == ERR_CANCELLED && (b->full || b->waits)) {
        *err = ERR_INIT;
        rc = ERR_OK;
    }
    b->full |= b->read >= ACTING_BATCH;
    return rc == ERR_OK ? arena_check(&b->memory, err) : rc;
}

/* ---- transactions ------------------------------------------------------------------------- */

enum err_code acting_same_turn(struct acting *a, uint64_t turn, struct err *err)
{
    return a->world.turn(a->world.ctx) == turn
               ? ERR_OK
               : err_set(err, ERR_BUSY, "who is who has changed meanwhile");
}

enum err_code acting_commit(struct acting *a, acting_work_fn *work, int64_t now_us,
                            struct acting_done *out, struct err *err)
{
    enum err_code rc = ERR_OK;

    for (int i = 0; i < FETCHES; i++) {
        struct flow_counts counts = {0};
        struct err why = ERR_INIT;

        TRY(outbox_begin(a->outbox, err));
        rc = outbox_end(a->outbox, work(a, now_us, &counts, &why), &why);
        if (rc == ERR_OK)
            out->counts = counts;
        if (rc == ERR_OK || !a->world.lacks(a->world.ctx)) {
            a->world.done(a->world.ctx);
            if (rc != ERR_OK)
                *err = why;
            return rc;
        }
        if (a->world.fetch(a->world.ctx, &out->held) != ERR_OK)
            return ERR_OK;
    }
    return err_set(err, ERR_INTERNAL, "what is known of people changes too often");
}

static enum err_code tell(struct acting *a, struct flow_driver *d, const struct item *item,
                          struct flow_counts *io, struct err *err)
{
    const struct flow_happening h = {.kind = FLOW_ON_EVENT,
                                     .name = item->what.name,
                                     .person = item->person,
                                     .who = item->who,
                                     .key = item->what.key,
                                     .data = item->data};
    bool new = true;

    if (item->joined)
        return runs_merge(a->outbox, item->joined, item->person, item->at_us, err);
    if (item->what.key_count)
        TRY(happened_once(a->outbox, item->what.keys, item->what.key_count, item->at_us, &new,
                          err));
    return new ? flow_happened(d, item->at_us, &h, io, err) : ERR_OK;
}

static enum err_code take_batch(struct acting *a, int64_t now_us, struct flow_counts *io,
                                struct err *err)
{
    struct flow_driver d = acting_driver(a);

    (void)now_us; /* each by the time at which it came */
    for (size_t i = 0; i < a->batch.n; i++)
        TRY(tell(a, &d, &a->batch.items[i], io, err));
    TRY(run_cursor_set(a->outbox, CURSOR, a->batch.last, err));
    TRY(acting_find_next(a, err));
    return acting_same_turn(a, a->batch.turn, err);
}

static enum err_code take(struct acting *a, int64_t now_us, struct acting_done *out,
                          struct err *err)
{
    const struct batch *b = &a->batch;

    out->soon = b->waits;
    out->more = b->full;
    for (size_t i = 0; i < b->n; i++)
        if (!b->items[i].joined)
            a->world.expect(a->world.ctx, b->items[i].person);
    if (b->n || (a->outbox && b->last - a->saved >= ACTING_BATCH)) {
        enum err_code rc = acting_commit(a, take_batch, now_us, out, err);

        out->more |= rc == ERR_BUSY;
        if (rc == ERR_BUSY)
            *err = ERR_INIT;
        if (out->held.code != ERR_OK)
            out->more = false;
        if (rc == ERR_BUSY || out->held.code != ERR_OK)
            return ERR_OK;
        TRY(rc);
        a->saved = b->last;
    }
    a->cursor = b->last;
    return ERR_OK;
}

/* ---- times -------------------------------------------------------------------------------- */

static enum err_code wake_flow(struct acting *a, int64_t now_us, struct flow_counts *io,
                               struct err *err)
{
    struct flow_driver d = acting_driver(a);
    size_t n;

    d.flows = &a->live[a->next_flow];
    d.count = 1;
    TRY(flow_wake(&d, now_us, ACTING_WAKE, &n, io, err));
    return acting_find_next(a, err);
}

static enum err_code expect_due(struct acting *a, int64_t now_us, struct err *err)
{
    struct run *runs = xcalloc(ACTING_WAKE, sizeof(*runs));
    size_t n = 0;
    enum err_code rc =
        runs_due(a->outbox, a->live[a->next_flow].id, now_us, runs, ACTING_WAKE, &n, err);

    for (size_t i = 0; i < n; i++)
        a->world.expect(a->world.ctx, runs[i].person);
    free(runs);
    return rc;
}

static enum err_code find_due(struct acting *a, int64_t now_us, bool *out_found, struct err *err)
{
    *out_found = false;
    for (size_t i = 0; i < a->live_count && !*out_found; i++) {
        const size_t at = (a->next_flow + 1 + i) % a->live_count;
        int64_t at_us;

        TRY(runs_next(a->outbox, a->live[at].id, &at_us, err));
        if (at_us == TIME_NONE || at_us > now_us || a->held_us[at] > a->clock_us)
            continue;
        a->next_flow = at;
        *out_found = true;
    }
    return *out_found ? expect_due(a, now_us, err) : acting_find_next(a, err);
}

/* Some people of the flow whose turn it is. One that cannot be asked about does not hold up the
 * others. */
static enum err_code wake(struct acting *a, int64_t now_us, struct acting_done *out,
                          struct err *err)
{
    bool found;

    TRY(outbox_begin(a->outbox, err));
    TRY(outbox_end(a->outbox, find_due(a, now_us, &found, err), err));
    out->more = true;
    if (!found)
        return ERR_OK;
    TRY(acting_commit(a, wake_flow, now_us, out, err));
    if (out->held.code == ERR_OK)
        return ERR_OK;
    a->held_us[a->next_flow] = a->clock_us + HELD_US;
    TRY(outbox_begin(a->outbox, err));
    return outbox_end(a->outbox, acting_find_next(a, err), err);
}

/* ---- a step ------------------------------------------------------------------------------- */

static enum err_code prune(struct acting *a, int64_t now_us, struct err *err)
{
    if (now_us - a->pruned_us < US_PER_DAY)
        return ERR_OK;
    a->pruned_us = now_us;
    TRY(outbox_begin(a->outbox, err));
    return outbox_end(a->outbox, happened_prune(a->outbox, now_us, err), err);
}

/* All that came is taken, and it is known who everybody is. */
static bool is_caught_up(const struct acting *a, const struct acting_done *done)
{
    return !done->more && !done->soon && done->held.code == ERR_OK && a->world.ready(a->world.ctx);
}

static int64_t sooner(int64_t a, int64_t b)
{
    return a == TIME_NONE || (b != TIME_NONE && b < a) ? b : a;
}

static enum err_code move(struct acting *a, int64_t now_us, struct acting_done *out,
                          struct err *err)
{
    int64_t until_us = now_us;

    if (a->ending)
        return end_some(a, now_us, out, err);
    if (a->world.ready(a->world.ctx) && a->turn != a->world.turn(a->world.ctx))
        return renumber(a, now_us, out, err);
    TRY(read_some(a, err));
    if (a->batch.first_us != TIME_NONE && a->batch.first_us < until_us)
        until_us = a->batch.first_us;
    if (a->next_us != TIME_NONE && a->next_us <= until_us)
        return wake(a, until_us, out, err);
    TRY(prune(a, now_us, err));
    TRY(take(a, now_us, out, err));
    if (is_caught_up(a, out) && a->asks_segments)
        TRY(acting_changes(a, now_us, out, err));
    if (is_caught_up(a, out) && a->asks_dates)
        TRY(acting_dates(a, now_us, out, err));
    return ERR_OK;
}

enum err_code acting_step(struct acting *a, int64_t now_us, struct acting_done *out,
                          struct err *err)
{
    *out = (struct acting_done){.held = ERR_INIT};
    a->clock_us = now_us;
    if (a->changed || now_us - a->looked_us >= LOOK_US || now_us < a->looked_us)
        TRY(reload(a, now_us, err));
    if (!a->outbox) {
        a->cursor = journal_last(a->journal);
        return ERR_OK;
    }
    TRY(move(a, now_us, out, err));
    out->until_us = sooner(a->next_us, acting_dates_next(a));
    if (a->asks_segments)
        out->until_us = sooner(out->until_us, now_us + CHANGES_US);
    out->more |= a->next_us != TIME_NONE && a->next_us <= now_us && !a->batch.waits &&
                 out->held.code == ERR_OK;
    return ERR_OK;
}

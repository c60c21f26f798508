/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/campaign/plan.h"

#include "outreach/campaign/life.h"
#include "outreach/campaign/plan_parts.h"
#include "outreach/campaign/schedule.h"

#include <time.h>

static_assert((int)PIECE_SLOTS_BYTES >= (int)SLOTS_TEXT_BYTES, "all times that are given away fit");

/* One message of the campaign while it is planned. */
struct planning {
    struct campaign_planner *p;
    const struct campaign_live *live;
    const struct campaign_send *send;
    struct piece was, piece; /* as the outbox has it, and as it will be */
    struct slots slots;
    int64_t now_us;
    struct campaign_planned *out;
    bool stopped; /* nothing more now: paused, ended, another is at it */
};

static enum err_code data_of(const struct campaign_send *send, int variant, struct buf *out,
                             struct err *err)
{
    struct json_writer w = JSON_WRITER(out);

    buf_reset(out);
    json_begin_object(&w);
    if (variant >= 0)
        json_key_stringz(&w, "message", send->variants[variant].message);
    json_end_object(&w);
    return buf_check(out, err);
}

/* ---- when a person's message is due ------------------------------------------------------- */

/* When the person's or the shop's clock says so; for those with `after` it is known already. */
static int64_t due_of(struct planning *g, const struct planned_one *one,
                      const struct outbox_message *m)
{
    if (g->send->time == CAMPAIGN_AFTER)
        return one->due_us;
    return plan_due(g->p, g->send, m, g->live->launched_us);
}

static int variant_of(const struct planning *g, uint64_t person)
{
    if (g->send->has_winner && !schedule_tried(g->send, g->live->id, person))
        return PIECE_UNDECIDED;
    return schedule_variant(g->send, g->live->id, person);
}

/* What was late when it was planned is so much nearer to being too late. */
static void set_time(struct planning *g, int64_t due_us, int64_t *out_next_us,
                     int64_t *out_not_after_us)
{
    int64_t floor_us = g->live->launched_us + CAMPAIGN_UNDO_US, at_us;

    if (g->piece.begun_us > floor_us)
        floor_us = g->piece.begun_us;
    at_us = due_us > floor_us ? due_us : floor_us;
    *out_next_us = slots_take(&g->slots, at_us);
    *out_not_after_us = *out_next_us + g->send->not_after_us - (at_us - due_us);
}

static void address(struct planning *g, const struct planned_one *one, struct outbox_message *m)
{
    m->campaign = g->live->id;
    m->step = g->send->id;
    snprintf(m->purpose, sizeof(m->purpose), "%s", g->live->campaign->purpose);
    m->planned_us = g->now_us;
    m->variant = variant_of(g, one->person);
    if (m->variant == PIECE_UNDECIDED)
        m->next_us = m->not_after_us = PIECE_FAR_US;
    else
        set_time(g, due_of(g, one, m), &m->next_us, &m->not_after_us);
}

/* ---- one batch ---------------------------------------------------------------------------- */

static enum err_code may_go_on(struct planning *g, struct err *err)
{
    enum campaign_state state;

    TRY(outbox_campaign(g->p->outbox, g->live->id, &state, err));
    g->stopped = state != CAMPAIGN_RUNNING;
    return ERR_OK;
}

/* Commits how far it came with what was done, or neither. */
static enum err_code end_batch(struct planning *g, enum err_code rc, struct err *err)
{
    bool done = false;

    if (rc == ERR_OK && !g->stopped) {
        slots_write(&g->slots, g->piece.slots);
        rc = piece_put(g->p->outbox, &g->was, &g->piece, &done, err);
        g->stopped = rc == ERR_OK && !done; /* another is at it */
    }
    if (rc == ERR_OK && g->stopped) {
        struct err undone = ERR_INIT;

        g->piece = g->was;
        if (outbox_end(g->p->outbox, ERR_BUSY, &undone) == ERR_BUSY) /* on purpose */
            return ERR_OK;
        *err = undone;
        return err->code;
    }
    TRY(outbox_end(g->p->outbox, rc, err));
    g->was = g->piece;
    return ERR_OK;
}

static enum err_code plan_all(struct planning *g, const struct planned_one *people, size_t n,
                              struct outbox_message *messages, const bool *found, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf data = BUF_INIT(OUTBOX_DATA_MAX);
    bool new;

    for (size_t i = 0; i < n; i++) {
        if (!people[i].wanted)
            continue;
        if (!found[i]) {
            g->piece.unreached += !people[i].held_out;
            continue;
        }
        if (people[i].held_out) {
            TRY(piece_hold_out(g->p->outbox, g->live->id, people[i].person, &messages[i].who,
                               g->now_us, err));
            continue;
        }
        address(g, &people[i], &messages[i]);
        TRY(data_of(g->send, messages[i].variant, &data, err));
        TRY(outbox_plan(g->p->outbox, &messages[i], buf_str(&data), &new, err));
        g->piece.planned += new;
    }
    return ERR_OK;
}

void plan_let_others(int64_t had_us)
{
    int64_t us = had_us < 1000 ? 1000 : had_us > 50000 ? 50000 : had_us;
    struct timespec rest = {.tv_nsec = us * 1000};

    nanosleep(&rest, NULL);
}

static enum err_code write_batch(struct planning *g, const struct planned_one *people, size_t n,
                                 struct outbox_message *messages, const bool *found,
                                 struct err *err)
{
    int64_t before = g->was.planned, from_us;
    enum err_code rc;

    TRY(outbox_begin(g->p->outbox, err));
    from_us = timestamp_now();
    rc = may_go_on(g, err);
    if (rc == ERR_OK && !g->stopped)
        rc = plan_all(g, people, n, messages, found, err);
    rc = end_batch(g, rc, err);
    if (rc == ERR_OK)
        g->out->planned += g->was.planned - before;
    plan_let_others(timestamp_now() - from_us);
    return rc;
}

/* Counts who gets nothing: who is held out, and who did what it is not for. */
static enum err_code choose(struct planning *g, struct planned_one *people, const int64_t *since_us,
                            size_t n, struct err *err)
{
    int64_t ordered_us[CAMPAIGN_BATCH] = {0};
    uint64_t numbers[CAMPAIGN_BATCH];

    for (size_t i = 0; i < n; i++)
        numbers[i] = people[i].person;
    if (g->send->only != CAMPAIGN_EVERYBODY && n)
        TRY(g->p->world->ordered(g->p->world->ctx, numbers, n, ordered_us, err));
    for (size_t i = 0; i < n; i++) {
        bool ordered = ordered_us[i] > since_us[i],
             held_out = schedule_held_out(g->live->campaign, g->live->id, people[i].person),
             left_out = g->send->only != CAMPAIGN_EVERYBODY &&
                        ordered != (g->send->only == CAMPAIGN_ORDERED);

        people[i].wanted = !left_out;
        people[i].held_out = held_out;
        g->piece.held_out += held_out;
        g->piece.left_out += left_out && !held_out;
    }
    g->piece.people += (int64_t)n;
    return ERR_OK;
}

static enum err_code plan_batch(struct planning *g, struct planned_one *people,
                                const int64_t *since_us, size_t n, struct err *err)
{
    struct outbox_message *messages = xcalloc(n + 1, sizeof(*messages));
    bool *found = xcalloc(n + 1, sizeof(*found));
    enum err_code rc;

    rc = choose(g, people, since_us, n, err);
    if (rc == ERR_OK)
        rc = plan_reach(g->p, g->send, people, n, messages, found, err);
    if (rc == ERR_OK)
        rc = write_batch(g, people, n, messages, found, err);
    free(messages);
    free(found);
    return rc;
}

static bool stops(struct planning *g)
{
    return g->stopped || (g->p->world->stops && g->p->world->stops(g->p->world->ctx));
}

/* A change that no people belong to. */
static enum err_code put(struct planning *g, struct err *err)
{
    TRY(outbox_begin(g->p->outbox, err));
    return end_batch(g, may_go_on(g, err), err);
}

/* ---- to all whom the campaign is for ------------------------------------------------------ */

static bool too_many(const struct planning *g, int64_t people)
{
    return people > g->live->expected / 100 * CAMPAIGN_MORE_PERCENT +
                        g->live->expected % 100 * CAMPAIGN_MORE_PERCENT / 100;
}

static enum err_code plan_crowd(struct planning *g, const struct crowd *crowd,
                                int64_t first_begun_us, struct err *err)
{
    struct planned_one people[CAMPAIGN_BATCH];
    int64_t since_us[CAMPAIGN_BATCH];
    size_t at = 0;

    while (g->piece.started && at < crowd->n && crowd->people[at] <= g->piece.cursor)
        at++;
    while (at < crowd->n && !stops(g)) {
        size_t n = 0;

        for (; n < CAMPAIGN_BATCH && at < crowd->n; n++, at++) {
            people[n] = (struct planned_one){.person = crowd->people[at]};
            since_us[n] = first_begun_us;
        }
        g->piece.started = true;
        g->piece.cursor = people[n - 1].person;
        TRY(plan_batch(g, people, since_us, n, err));
    }
    if (at < crowd->n || stops(g))
        return ERR_OK;
    g->piece.stage = g->send->has_winner ? PIECE_TRIED : PIECE_DONE;
    return put(g, err);
}

static enum err_code step_crowd(struct planning *g, int64_t first_begun_us, struct err *err)
{
    struct crowd crowd;
    enum err_code rc = ERR_OK;

    TRY(g->p->world->crowd(g->p->world->ctx, g->live->campaign, &crowd, err));
    if (g->piece.stage == PIECE_WAITS) {
        if (too_many(g, (int64_t)crowd.n)) {
            g->out->too_many = (int64_t)crowd.n;
            crowd_release(&crowd);
            return ERR_OK;
        }
        g->piece.stage = PIECE_PLANNED;
        g->piece.begun_us = g->now_us;
        rc = put(g, err);
    }
    if (rc == ERR_OK && !g->stopped)
        rc = plan_crowd(g, &crowd, first_begun_us, err);
    crowd_release(&crowd);
    return rc;
}

/* ---- to whom was sent the first ----------------------------------------------------------- */

static enum err_code plan_wave(struct planning *g, const struct campaign_send *first,
                               struct err *err)
{
    struct piece_sent sent[CAMPAIGN_BATCH];
    struct planned_one people[CAMPAIGN_BATCH];
    int64_t since_us[CAMPAIGN_BATCH];
    size_t n = CAMPAIGN_BATCH;

    while (n == CAMPAIGN_BATCH && !stops(g)) {
        TRY(pieces_sent(g->p->outbox, g->live->id, first->id,
                        g->piece.started ? (int64_t)g->piece.cursor : INT64_MIN, g->piece.from_us,
                        g->piece.to_us, sent, CAMPAIGN_BATCH, &n, err));
        for (size_t i = 0; i < n; i++) {
            people[i] = (struct planned_one){.person = sent[i].person,
                                             .due_us = sent[i].sent_us + g->send->after_us};
            since_us[i] = sent[i].sent_us;
        }
        if (!n)
            break;
        g->piece.started = true;
        g->piece.cursor = sent[n - 1].person;
        TRY(plan_batch(g, people, since_us, n, err));
    }
    return ERR_OK;
}

/* The wave is over: there may be others to come. */
static enum err_code end_wave(struct planning *g, const struct piece *first, struct err *err)
{
    bool goes_on = true;

    if (first->stage == PIECE_DONE)
        TRY(piece_goes_on(g->p->outbox, g->live->id, first->send, g->piece.to_us, &goes_on, err));
    g->piece.stage = goes_on ? PIECE_WAITS : PIECE_DONE;
    g->piece.from_us = g->piece.to_us;
    g->piece.started = false;
    g->piece.cursor = 0;
    return put(g, err);
}

/* How far apart waves are, and how long before their time people are planned: the first was sent
 * to them long ago by then. */
static int64_t wave_us(const struct campaign_send *send)
{
    return send->after_us > 2 * CAMPAIGN_WAVE_US ? CAMPAIGN_WAVE_US : 60 * US_PER_SECOND;
}

static int64_t wave_lead_us(const struct campaign_send *send)
{
    return send->after_us > 2 * CAMPAIGN_WAVE_US ? CAMPAIGN_WAVE_US : 0;
}

static enum err_code step_after(struct planning *g, const struct piece *first, struct err *err)
{
    const struct campaign_send *head = &g->live->campaign->sends[0];

    if (g->piece.stage == PIECE_WAITS) {
        int64_t to_us = g->now_us - g->send->after_us + wave_lead_us(g->send);

        if (first->stage == PIECE_WAITS || to_us < first->begun_us ||
            to_us - g->piece.from_us < wave_us(g->send))
            return ERR_OK;
        g->piece.stage = PIECE_PLANNED;
        g->piece.to_us = to_us;
        g->piece.begun_us = g->now_us;
        TRY(put(g, err));
    }
    if (!g->stopped)
        TRY(plan_wave(g, head, err));
    return stops(g) ? ERR_OK : end_wave(g, first, err);
}

/* ---- the variant that does best ----------------------------------------------------------- */

/* How many each variant was sent to, and how many of them did it. */
static enum err_code measure(struct planning *g, int64_t *sent, int64_t *did, struct err *err)
{
    struct campaign_planner *p = g->p;
    struct piece_sent people[CAMPAIGN_BATCH];
    uint64_t numbers[CAMPAIGN_BATCH];
    int64_t ordered_us[CAMPAIGN_BATCH], after = INT64_MIN;
    size_t n = CAMPAIGN_BATCH;
    bool by_orders = g->send->winner_by == CAMPAIGN_BY_ORDERS;

    while (n == CAMPAIGN_BATCH) {
        TRY(pieces_sent(p->outbox, g->live->id, g->send->id, after, 0, g->now_us, people,
                        CAMPAIGN_BATCH, &n, err));
        for (size_t i = 0; i < n; i++)
            numbers[i] = people[i].person;
        memset(ordered_us, 0, sizeof(ordered_us));
        if (n && by_orders)
            TRY(p->world->ordered(p->world->ctx, numbers, n, ordered_us, err));
        for (size_t i = 0; i < n; i++) {
            if (people[i].variant < 0 || (size_t)people[i].variant >= g->send->variant_count)
                continue;
            sent[people[i].variant]++;
            did[people[i].variant] += ordered_us[i] > people[i].sent_us;
        }
        if (n)
            after = (int64_t)people[n - 1].person;
    }
    if (by_orders)
        return ERR_OK;
    return piece_clicks(p->outbox, g->live->id, g->send->id, did, g->send->variant_count, err);
}

static enum err_code decide(struct planning *g, struct err *err)
{
    int64_t sent[CAMPAIGN_VARIANTS_MAX] = {0}, did[CAMPAIGN_VARIANTS_MAX] = {0};
    int best;

    TRY(measure(g, sent, did, err));
    best = schedule_best(sent, did, g->send->variant_count);
    g->piece.winner = best < 0 ? PIECE_AS_DIVIDED : best;
    g->piece.decided_us = g->now_us;
    g->piece.stage = PIECE_ASSIGNED;
    return put(g, err);
}

static enum err_code assign_batch(struct planning *g, const struct piece_waiting *some, size_t n,
                                  struct err *err)
{
    TM_CLEANUP(buf_release) struct buf data = BUF_INIT(OUTBOX_DATA_MAX);
    int64_t from_us;
    enum err_code rc;

    TRY(outbox_begin(g->p->outbox, err));
    from_us = timestamp_now();
    rc = may_go_on(g, err);
    for (size_t i = 0; i < n && rc == ERR_OK && !g->stopped; i++) {
        int variant = g->piece.winner >= 0 ? g->piece.winner
                                           : schedule_variant(g->send, g->live->id, some[i].person);
        int64_t next_us = slots_take(&g->slots, g->piece.decided_us);

        rc = data_of(g->send, variant, &data, err);
        if (rc == ERR_OK)
            rc = piece_choose(g->p->outbox, some[i].id, variant, buf_str(&data), next_us,
                              next_us + g->send->not_after_us, err);
    }
    rc = end_batch(g, rc, err);
    plan_let_others(timestamp_now() - from_us);
    return rc;
}

static enum err_code assign(struct planning *g, struct err *err)
{
    struct piece_waiting some[CAMPAIGN_BATCH];
    size_t n = CAMPAIGN_BATCH;

    while (n && !stops(g)) {
        TRY(pieces_waiting(g->p->outbox, g->live->id, g->send->id, some, CAMPAIGN_BATCH, &n, err));
        if (n)
            TRY(assign_batch(g, some, n, err));
    }
    if (n || stops(g))
        return ERR_OK;
    g->piece.stage = PIECE_DONE;
    return put(g, err);
}

static int64_t decides_at(const struct planning *g)
{
    int64_t due_us = schedule_due(g->send, g->p->zone, g->live->launched_us + CAMPAIGN_UNDO_US);

    return (due_us > g->piece.begun_us ? due_us : g->piece.begun_us) + g->send->winner_after_us;
}

/* ---- the whole ---------------------------------------------------------------------------- */

static bool is_near(const struct planning *g)
{
    return g->now_us >=
           schedule_first_due(g->send, g->p->zone, g->live->launched_us) - CAMPAIGN_LEAD_US;
}

static enum err_code step(struct planning *g, const struct piece *first, struct err *err)
{
    TRY(slots_read(&g->slots, g->live->campaign->per_hour, g->piece.slots, err));
    if (g->send->time == CAMPAIGN_AFTER)
        return g->piece.stage == PIECE_DONE ? ERR_OK : step_after(g, first, err);
    if (g->piece.stage == PIECE_PLANNED || (g->piece.stage == PIECE_WAITS && is_near(g)))
        TRY(step_crowd(g, first->begun_us, err));
    if (g->piece.stage == PIECE_TRIED && !stops(g) && g->now_us >= decides_at(g))
        TRY(decide(g, err));
    if (g->piece.stage == PIECE_ASSIGNED && !stops(g))
        TRY(assign(g, err));
    return ERR_OK;
}

enum err_code campaign_plan(struct campaign_planner *p, const struct campaign_live *live,
                            int64_t now_us, struct campaign_planned *out, struct err *err)
{
    struct piece first = {0};
    bool done = true;
    int64_t pending;

    *out = (struct campaign_planned){.too_many = -1};
    for (size_t i = 0; i < live->campaign->send_count && out->too_many < 0; i++) {
        struct planning g = {
            .p = p, .live = live, .send = &live->campaign->sends[i], .now_us = now_us, .out = out};

        TRY(piece_get(p->outbox, live->id, g.send->id, &g.was, err));
        g.piece = g.was;
        TRY(step(&g, i ? &first : &g.piece, err));
        if (i == 0)
            first = g.was;
        done = done && g.was.stage == PIECE_DONE;
    }
    if (!done || out->too_many >= 0)
        return ERR_OK;
    TRY(pieces_pending(p->outbox, live->id, &pending, err));
    out->finished = pending == 0;
    return ERR_OK;
}

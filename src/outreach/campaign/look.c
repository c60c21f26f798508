/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What a launch would come to: the first message to everybody whom the campaign is for, asked of
 * the gate at its time by what is known now. Nothing is written. */
#include "outreach/campaign/look.h"

#include "outreach/campaign/life.h"
#include "outreach/campaign/plan_parts.h"
#include "outreach/campaign/schedule.h"
#include "outreach/flow/walk.h"
#include "stats/stats.h"

#include <math.h>

enum { LOOK_BATCH = 2500, LOOK_NEIGHBOURS = 100 };
static_assert((int)LOOK_BATCH + (int)LOOK_NEIGHBOURS <= (int)PERSON_REACH_MOST,
              "so many people are looked up at once");
static const int64_t sample_lot = -1; /* no message's id */

/* ---- whom a batch reaches ----------------------------------------------------------------- */

static enum err_code reach_by(struct campaign_planner *p, const char *channel,
                              const struct planned_one *people, size_t n,
                              struct outbox_message *out, bool *io_found, struct err *err)
{
    struct outbox_message *some = xcalloc(n, sizeof(*some));
    bool *found = xcalloc(n, sizeof(*found));
    size_t *places = xcalloc(n, sizeof(*places)), asked = 0;
    enum err_code rc = ERR_OK;

    for (size_t i = 0; i < n; i++) {
        if (!people[i].wanted || io_found[i])
            continue;
        some[asked] = (struct outbox_message){.person = people[i].person};
        snprintf(some[asked].channel, sizeof(some[asked].channel), "%s", channel);
        places[asked++] = i;
    }
    if (asked)
        rc = p->world->reach(p->world->ctx, some, found, asked, err);
    for (size_t k = 0; k < asked && rc == ERR_OK; k++) {
        if (!found[k])
            continue;
        out[places[k]] = some[k];
        io_found[places[k]] = true;
    }
    free(some);
    free(found);
    free(places);
    return rc;
}

enum err_code plan_reach(struct campaign_planner *p, const struct campaign_send *send,
                         const struct planned_one *people, size_t n, struct outbox_message *out,
                         bool *out_found, struct err *err)
{
    const char *ways[CAMPAIGN_CHANNELS_MAX];
    size_t way_count = sending_ways(p->world->sending, send->channels, send->channel_count, ways);

    memset(out_found, 0, n * sizeof(*out_found));
    for (size_t c = 0; c < way_count; c++)
        TRY(reach_by(p, ways[c], people, n, out, out_found, err));
    return ERR_OK;
}

int64_t plan_due(struct campaign_planner *p, const struct campaign_send *send,
                 const struct outbox_message *m, int64_t launched_us)
{
    struct zone *zone = send->persons_clock ? quiet_zone(p->quiet, m->zone) : NULL;

    return schedule_due(send, zone ? zone : p->zone, launched_us + CAMPAIGN_UNDO_US);
}

/* ---- what the gate says ------------------------------------------------------------------- */

/* One count of the campaign's first message while it is looked at. */
struct looking {
    struct campaign_planner *p;
    const struct campaign *campaign;
    const struct campaign_send *send;
    int64_t id, now_us;
    struct campaign_preview *out;
};

/* As it would be planned by a launch just now. */
static int64_t plan_for(struct looking *l, struct outbox_message *m)
{
    int64_t due_us = plan_due(l->p, l->send, m, l->now_us), floor_us = l->now_us + CAMPAIGN_UNDO_US;

    m->campaign = l->id;
    m->step = l->send->id;
    snprintf(m->purpose, sizeof(m->purpose), "%s", l->campaign->purpose);
    m->planned_us = l->now_us;
    m->next_us = due_us > floor_us ? due_us : floor_us;
    m->not_after_us = due_us + l->send->not_after_us;
    return m->next_us;
}

/* More times than zones: with the last. */
static void count_due(struct campaign_preview *out, int64_t at_us)
{
    size_t i = 0;

    while (i < out->due_count && out->due[i].at_us != at_us)
        i++;
    if (i == TM_COUNT(out->due))
        i--;
    else if (i == out->due_count)
        out->due[out->due_count++].at_us = at_us;
    out->due[i].people++;
}

static void count(struct looking *l, const struct outbox_message *m,
                  const struct gate_decision *said)
{
    struct campaign_preview *out = l->out;

    count_due(out, m->next_us);

    for (size_t c = 0; c < l->send->channel_count; c++) {
        if (strcmp(l->send->channels[c], m->channel) != 0)
            continue;
        out->by_channel[c]++;
        out->judged[c].go += said->verdict == GATE_SEND;
        out->judged[c].held[said->reason] += said->verdict == GATE_HOLD;
        out->judged[c].refused[said->reason] += said->verdict == GATE_SKIP;
        break;
    }
    out->by_variant[schedule_variant(l->send, l->id, m->person)]++;
}

static enum err_code judge(struct looking *l, struct outbox_message *messages, const bool *found,
                           size_t n, struct err *err)
{
    struct gate_decision *said = xcalloc(n + 1, sizeof(*said));
    struct outbox_message *some = xcalloc(n + 1, sizeof(*some));
    int64_t *at_us = xcalloc(n + 1, sizeof(*at_us));
    enum err_code rc = ERR_OK;
    size_t asked = 0;

    for (size_t i = 0; i < n; i++) {
        if (!found[i])
            continue;
        at_us[asked] = plan_for(l, &messages[i]);
        some[asked++] = messages[i];
    }
    if (asked)
        rc = l->p->world->judge(l->p->world->ctx, some, at_us, asked, said, err);
    for (size_t i = 0; i < asked && rc == ERR_OK; i++)
        count(l, &some[i], &said[i]);
    l->out->unreached += (int64_t)(n - asked);
    free(at_us);
    free(some);
    free(said);
    return rc;
}

static enum err_code look_at(struct looking *l, const uint64_t *people, size_t n, struct err *err)
{
    struct planned_one *some = xcalloc(n, sizeof(*some));
    struct outbox_message *messages = xcalloc(n, sizeof(*messages));
    bool *found = xcalloc(n, sizeof(*found));
    enum err_code rc;

    for (size_t i = 0; i < n; i++)
        some[i] = (struct planned_one){.person = people[i], .wanted = true};
    rc = plan_reach(l->p, l->send, some, n, messages, found, err);
    if (rc == ERR_OK)
        rc = judge(l, messages, found, n, err);
    free(some);
    free(messages);
    free(found);
    return rc;
}

/* ---- who is looked at --------------------------------------------------------------------- */

/* Takes out who gets nothing, to measure what it brings. */
static void leave_held_out(struct looking *l, struct crowd *io)
{
    size_t kept = 0;

    for (size_t i = 0; i < io->n; i++)
        if (!schedule_held_out(l->campaign, l->id, io->people[i]))
            io->people[kept++] = io->people[i];
    l->out->held_out = (int64_t)(io->n - kept);
    io->n = kept;
}

/* Neighbours by lot out of each of as many equal parts, the same for a campaign each time. People
 * are numbered by hashes: neighbours have nothing in common, and the engine reads them together,
 * where people from all over would have it read everybody. */
static void draw(struct looking *l, struct crowd *io)
{
    enum { PARTS = CAMPAIGN_LOOK_MOST / LOOK_NEIGHBOURS };
    uint64_t *drawn;
    size_t n = 0;

    if (io->n <= CAMPAIGN_LOOK_MOST)
        return;
    drawn = xcalloc(CAMPAIGN_LOOK_MOST, sizeof(*drawn));
    for (size_t part = 0; part < PARTS; part++) {
        size_t from = part * io->n / PARTS, width = (part + 1) * io->n / PARTS - from,
               first = (size_t)(flow_lot(l->id, sample_lot, part) / 100 * (double)width);

        for (size_t k = 0; k < LOOK_NEIGHBOURS; k++)
            drawn[n++] = io->people[from + (first + k) % width];
    }
    free(io->people);
    *io = (struct crowd){.people = drawn, .n = n, .left_out = io->left_out};
}

/* Batches of neighbours from all over: where time is short those that were looked at stand for all.
 */
static size_t take_batch(const struct crowd *crowd, size_t batch, size_t batches, uint64_t *out)
{
    size_t n = 0;

    for (size_t at = batch * LOOK_NEIGHBOURS; at < crowd->n; at += batches * LOOK_NEIGHBOURS)
        for (size_t k = at; k < at + LOOK_NEIGHBOURS && k < crowd->n; k++)
            out[n++] = crowd->people[k];
    return n;
}

static enum err_code look_at_all(struct looking *l, const struct crowd *crowd, int64_t until_us,
                                 struct err *err)
{
    const struct campaign_world *world = l->p->world;
    size_t batches = (crowd->n + LOOK_BATCH - 1) / LOOK_BATCH;
    uint64_t *people = xcalloc(LOOK_BATCH + LOOK_NEIGHBOURS, sizeof(*people));
    enum err_code rc = ERR_OK;

    for (size_t b = 0; b < batches && rc == ERR_OK; b++) {
        size_t n = take_batch(crowd, b, batches, people);

        if (b && world->patience_us && timestamp_now() > until_us)
            break;
        rc = look_at(l, people, n, err);
        l->out->looked_at += (int64_t)n;
        if (rc == ERR_OK && world->stops && world->stops(world->ctx))
            rc = err_set(err, ERR_CANCELLED, "the counting was cancelled");
    }
    free(people);
    return rc;
}

enum err_code campaign_look(struct campaign_planner *p, int64_t id, const struct campaign *campaign,
                            int64_t now_us, struct campaign_preview *out, struct err *err)
{
    struct looking l = {.p = p,
                        .campaign = campaign,
                        .send = &campaign->sends[0],
                        .id = id,
                        .now_us = now_us,
                        .out = out};
    int64_t until_us = timestamp_now() + p->world->patience_us;
    struct crowd crowd;
    enum err_code rc;

    *out = (struct campaign_preview){0};
    TRY(p->world->crowd(p->world->ctx, campaign, &crowd, err));
    out->people = (int64_t)crowd.n;
    out->left_out = crowd.left_out;
    leave_held_out(&l, &crowd);
    draw(&l, &crowd);
    rc = look_at_all(&l, &crowd, until_us, err);
    crowd_release(&crowd);
    return rc;
}

struct campaign_about campaign_about(const struct campaign_preview *p, int64_t n)
{
    int64_t all = p->people - p->held_out;
    struct posterior share;
    double low, high, of = (double)all;

    if (p->looked_at == 0 || p->looked_at >= all)
        return (struct campaign_about){n, n, n};
    share = posterior_share((double)n, (double)p->looked_at);
    posterior_interval(&share, .95, &low, &high);
    return (struct campaign_about){llround((double)n / (double)p->looked_at * of),
                                   (int64_t)floor(low * of), (int64_t)ceil(high * of)};
}

/* ---- how long it takes -------------------------------------------------------------------- */

static int by_time(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b; /* at_us comes first */

    return (x > y) - (x < y);
}

/* What is planned takes its turn, also what the gate will not let through. Of variants that are
 * tried out first the rest comes when the best is known. */
bool campaign_spread(const struct campaign *campaign, const struct campaign_preview *p,
                     struct campaign_spread *out)
{
    const struct campaign_send *send = &campaign->sends[0];
    struct campaign_preview all = *p;
    int64_t width_us = slot_width_us(campaign->per_hour), free_us = 0, rest = 0;

    if (!width_us || !all.due_count)
        return false;
    qsort(all.due, all.due_count, sizeof(all.due[0]), by_time);
    out->first_us = all.due[0].at_us;
    for (size_t i = 0; i < all.due_count; i++) {
        int64_t n = campaign_about(p, all.due[i].people).n,
                now = send->has_winner ? llround((double)n * send->test / 100) : n;

        if (free_us < all.due[i].at_us)
            free_us = all.due[i].at_us;
        free_us += now * width_us;
        rest += n - now;
    }
    if (rest && free_us < out->first_us + send->winner_after_us)
        free_us = out->first_us + send->winner_after_us;
    out->last_us = free_us + (rest - 1) * width_us;
    return true;
}

/* ---- by channel and reason ---------------------------------------------------------------- */

enum { VERDICTS = GATE_SKIP + 1 };

const char *campaign_verdict_word(enum gate_verdict verdict)
{
    static const char *const words[VERDICTS] = {"sent", "held", "refused"};

    return words[verdict];
}

/* Of one channel: who goes, then by verdict and reason. */
static enum err_code each_of(const struct campaign_send *send, size_t channel,
                             const struct campaign_judged *j, campaign_take_outcome *take,
                             void *ctx, struct err *err)
{
    struct campaign_outcome one = {send->channels[channel], GATE_SEND, GATE_NONE, j->go};

    TRY(take(ctx, &one, err));
    for (size_t r = 0; r < GATE_REASONS; r++) {
        const struct campaign_outcome both[] = {
            {one.channel, GATE_HOLD, (enum gate_reason)r, j->held[r]},
            {one.channel, GATE_SKIP, (enum gate_reason)r, j->refused[r]}};

        for (size_t i = 0; i < TM_COUNT(both); i++)
            if (both[i].people)
                TRY(take(ctx, &both[i], err));
    }
    return ERR_OK;
}

enum err_code campaign_outcomes(const struct campaign *campaign, const struct campaign_preview *p,
                                campaign_take_outcome *take, void *ctx, struct err *err)
{
    const struct campaign_send *send = &campaign->sends[0];
    const struct campaign_outcome nowhere = {NULL, GATE_SKIP, GATE_NO_ADDRESS, p->unreached};

    for (size_t c = 0; c < send->channel_count; c++)
        TRY(each_of(send, c, &p->judged[c], take, ctx, err));
    return p->unreached ? take(ctx, &nowhere, err) : ERR_OK;
}

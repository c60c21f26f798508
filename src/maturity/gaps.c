/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "maturity/gaps.h"

#include "maturity/units.h"

/* A practice is taken to be at a level when that is more likely than not. Where the stage is
 * missed although each of them is, by many small doubts, those doubts are the gaps. */
static const double likely = .50, sure = .90;

/* Further k among the same n until the cuts up to `target` are met; negative: that many fewer. */
static double more_of(const struct judged *j, int target)
{
    const struct indicator *indicator = &j->practice->indicators[0];
    double more = 0;

    if (!j->measured || j->practice->indicator_count != 1 || indicator->form != FORM_SHARE)
        return NAN;
    for (int level = 2; level <= target; level++) {
        double further;

        if (isnan(j->view.cuts[0].at[level - 2]))
            continue;
        further = unit_gap(indicator, &j->view.cuts[0], &j->evidence->findings[0], level).more;
        if (fabs(further) > fabs(more))
            more = further;
    }
    return more;
}

static bool short_of(const struct practice_result *r, int level, double p)
{
    return !practice_known(r) || practice_at_least(r, level) < p - 1e-12;
}

/* Does this practice stand in the way of stage a->target, and how? */
static bool gap_of(const struct practice_result *r, const struct assessment *a, double p,
                   struct gap *out_gap)
{
    const struct practice *pr = r->practice;
    int t = a->target;

    if (!practice_applies(r))
        return false;
    if (pr->essential && pr->essential <= t && (!r->gate_ok[t - 2] || short_of(r, t, p))) {
        *out_gap = (struct gap){.reason = GAP_ESSENTIAL, .target = t};
        return true;
    }
    if (a->checks[t - 2].p_quorum < p && short_of(r, t, p)) {
        *out_gap = (struct gap){.reason = GAP_QUORUM, .target = t};
        return true;
    }
    if (a->dimensions[pr->dimension].p_behind[t - 2] > 1 - p && short_of(r, t - 1, p)) {
        *out_gap = (struct gap){.reason = GAP_DIMENSION, .target = t - 1};
        return true;
    }
    return false;
}

/* Levels to go, for sorting; what is unknown may be furthest. */
static double distance(const struct assessment *a, const struct gap *g)
{
    double c = a->practices[g->practice].continuous;

    return g->unknown ? 4 : fmax(g->target - c, 0);
}

static bool nearer(const struct assessment *a, const struct gap *x, const struct gap *y)
{
    if (x->reason != y->reason)
        return x->reason < y->reason;
    if (x->unknown != y->unknown)
        return y->unknown;
    if (x->reason == GAP_ESSENTIAL && fabs(x->p_met - y->p_met) > 1e-9)
        return x->p_met > y->p_met;
    if (fabs(distance(a, x) - distance(a, y)) > 1e-9)
        return distance(a, x) < distance(a, y);
    return x->practice < y->practice;
}

static void insert_gap(struct assessment *a, struct gap gap)
{
    size_t at = a->gap_count++;

    while (at > 0 && nearer(a, &gap, &a->gaps[at - 1])) {
        a->gaps[at] = a->gaps[at - 1];
        at--;
    }
    a->gaps[at] = gap;
}

enum err_code gaps_find(const struct model *model, const struct judged *judged,
                        struct assessment *a, struct err *err)
{
    a->gaps = arena_alloc(&a->arena, (model->practice_count + 1) * sizeof(*a->gaps));
    TRY(arena_check(&a->arena, err));
    for (int round = 0; round < 2 && a->gap_count == 0; round++) {
        if (round == 1 && a->target == a->stage_best)
            break;
        for (size_t i = 0; i < model->practice_count; i++) {
            const struct practice_result *r = &a->practices[i];
            struct gap gap;

            if (!gap_of(r, a, round == 0 ? likely : sure, &gap))
                continue;
            gap.practice = i;
            gap.unknown = !practice_known(r);
            gap.p_met = practice_at_least(r, gap.target);
            gap.more = more_of(&judged[i], gap.target);
            insert_gap(a, gap);
        }
    }
    return ERR_OK;
}

static bool more_telling(const struct connection *x, const struct connection *y)
{
    if (x->essential != y->essential)
        return x->essential > y->essential;
    if (fabs(x->weight - y->weight) > 1e-9)
        return x->weight > y->weight;
    return x->need < y->need;
}

static void insert_connection(struct assessment *a, struct connection c)
{
    size_t at = a->connection_count++;

    while (at > 0 && more_telling(&c, &a->connections[at - 1])) {
        a->connections[at] = a->connections[at - 1];
        at--;
    }
    a->connections[at] = c;
}

enum err_code connections_find(const struct evidence_set *set, struct assessment *a,
                               struct err *err)
{
    const struct model *model = set->model;
    double total = 0;

    a->connections = arena_alloc(&a->arena, (model->need_count + 1) * sizeof(*a->connections));
    TRY(arena_check(&a->arena, err));
    for (size_t i = 0; i < model->practice_count; i++)
        total += practice_applies(&a->practices[i]) ? model->practices[i].weight : 0;
    for (size_t n = 0; n < model->need_count; n++) {
        struct connection c = {.need = n};

        if (set->connected && set->connected[n])
            continue;
        for (size_t i = 0; i < model->practice_count; i++) {
            const struct practice *p = &model->practices[i];

            if (a->practices[i].state != STATE_UNKNOWN || !practice_needs(p, model->needs[n].id))
                continue;
            c.practices++;
            c.essential += p->essential && p->essential <= a->target;
            c.weight += total > 0 ? p->weight / total : 0;
        }
        if (c.practices)
            insert_connection(a, c);
    }
    return ERR_OK;
}

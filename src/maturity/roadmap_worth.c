/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What a step is worth: money, the way to the stage, tools (roadmap.h, maturity.md 6.11). */
#include "maturity/roadmap_work.h"

#include "base/money.h"

static const double lambda = .25;

/* Importance where the draws tell none because the stage is too far off for any of them: by how
 * hard the stage asks. A practice that nothing asks for has none. */
static const double floor_essential = .20, floor_counts = .05;

double success_mean(const struct success_prior *prior)
{
    int succeeded = prior ? prior->succeeded : 0, failed = prior ? prior->failed : 0;

    return (succeeded + 1.) / (succeeded + failed + 2.);
}

/* The gain in its own minor units of one major unit of the cost currency. */
static double cost_to_gain(const struct work *w, const char *cost_currency)
{
    if (!w->m || isnan(w->dollar) || strcmp(w->m->currency, cost_currency) != 0)
        return 0;
    return pow(10, w->m->decimals);
}

static struct estimate share_of(const struct work *w, size_t practice, int parts)
{
    const struct practice_money *m = w->m ? &w->m->practices[practice] : NULL;

    if (!m || !m->known)
        return (struct estimate){(double)NAN, (double)NAN, (double)NAN};
    return (struct estimate){m->share.low / parts, m->share.median / parts, m->share.high / parts};
}

static double or_zero(double x)
{
    return isfinite(x) ? x : 0;
}

static void worth_of(const struct work *w, struct candidate *c, struct problem_step *s)
{
    const struct practice *p = &w->model->practices[c->practice];
    int parts = w->target - w->level[c->practice];
    double below = c->to > 2 ? p->cost[c->to - 3] : 0, asked = 0;
    bool on_the_way = c->to <= w->target;

    c->p_success = success_mean(w->priors ? &w->priors[c->practice] : NULL);
    c->gain = share_of(w, c->practice, on_the_way ? parts : 1);
    if (!on_the_way && isfinite(c->gain.median))
        c->gain = (struct estimate){(double)NAN, (double)NAN, (double)NAN};
    c->birnbaum =
        w->s && w->s->target == w->target ? or_zero(w->s->practices[c->practice].birnbaum) : 0;
    if (!w->already)
        asked = c->essential ? floor_essential : c->counts ? floor_counts * fmin(p->weight, 4) : 0;
    c->importance = on_the_way ? fmax(c->birnbaum, asked) / parts : 0;
    c->benefit = c->p_success * or_zero(c->gain.median) + lambda * c->importance * w->stage_worth;
    c->monthly =
        isnan(w->dollar) ? p->cost[c->to - 2] - below : (p->cost[c->to - 2] - below) * w->dollar;
    s->cost = c->monthly * MONTHS_A_QUARTER;
    s->worth = c->benefit - 4 * s->cost * w->to_gain;
}

void road_worth(struct work *w)
{
    const char *cost_currency = w->plan->currency[0] ? w->plan->currency : "USD";

    w->dollar = strcmp(cost_currency, "USD") == 0 ? 1 : w->plan->dollar;
    w->stage_worth = w->m ? w->m->joint.median : 1;
    w->to_gain = cost_to_gain(w, cost_currency);
    for (size_t i = 0; i < w->n_all; i++)
        worth_of(w, &w->steps[i], &w->problem.steps[i]);
    w->problem.stage_worth = w->stage_worth;
    w->problem.money_per_hour = isnan(w->dollar) ? 25 : 25 * w->dollar;
}

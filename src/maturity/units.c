/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "maturity/units.h"

static const double confirmed_at = .90;
/* Of a cut in cases: a tie is a pass. */
static const double rounding = 1e-9;

enum { HALVINGS = 60 };

struct looking {
    const struct indicator *indicator;
    const struct cuts *cuts;
    struct posterior posterior;
    int i; /* cut */
};

/* The same evidence with another value. Steps of a search may end a rounding below 0. */
static struct posterior moved(const struct posterior *from, double value)
{
    struct posterior p = *from;

    if (p.kind == POSTERIOR_BETA || p.kind == POSTERIOR_GAMMA)
        value = fmax(value, 0);
    p.point = value;
    switch (p.kind) {
    case POSTERIOR_BETA:
        return posterior_share(fmin(value, 1) * (from->a + from->b - 1), from->a + from->b - 1);
    case POSTERIOR_GAMMA:
        return posterior_rate(value * from->b, from->b);
    case POSTERIOR_LOGIT_T:
        p.a = log(value / (1 - value));
        break;
    case POSTERIOR_LOG_T:
        p.a = log(value);
        break;
    case POSTERIOR_POINT:
        break;
    }
    return p;
}

static bool sure(const struct looking *l, double value)
{
    struct posterior p = moved(&l->posterior, value);

    return cut_allows(l->indicator, l->cuts, &p, l->i) >= confirmed_at;
}

/* Cases from k of n: at least up to the cut, or at most down to it. */
static double whole_cases(double cut, double k, double n, bool strict, bool down)
{
    double at = cut * n, slack = rounding * fmax(1, at);

    if (down)
        return (strict ? ceil(at - slack) - 1 : floor(at + slack)) - k;
    return (strict ? floor(at + slack) + 1 : ceil(at - slack)) - k;
}

/* The number that is sure to meet the cut and lies nearest to now's: whole steps of `step` (0:
 * any) from `from` towards `to`, at which it must be sure; NAN when it is not. */
static double nearest_sure(const struct looking *l, double from, double to, double step)
{
    double low = 0, high = 1, steps = step > 0 ? floor(fabs(to - from) / step + rounding) : 0;
    double span = step > 0 ? copysign(steps * step, to - from) : to - from;

    if (sure(l, from))
        return from;
    if (span == 0 || !sure(l, from + span))
        return NAN;
    for (int n = 0; n < HALVINGS && (step <= 0 || high - low > 1.5 / steps); n++) {
        double mid = (low + high) / 2;

        if (step > 0)
            mid = round(mid * steps) / steps;
        if (sure(l, from + span * mid))
            high = mid;
        else
            low = mid;
    }
    return from + span * high;
}

/* Where the search may end: the middle of a band, else the end of the scale. */
static double far_end(const struct looking *l, bool down)
{
    const struct posterior *p = &l->posterior;
    double cut = l->cuts->at[l->i], upper = l->cuts->upper[l->i];
    bool share = l->indicator->form == FORM_SHARE || l->indicator->form == FORM_FRACTION;
    bool whole = p->kind == POSTERIOR_BETA;

    if (!isnan(upper))
        return (cut + upper) / 2;
    if (down)
        return whole || p->kind == POSTERIOR_GAMMA ? 0 : 1e-9 * fmin(p->point, 1);
    if (share)
        return whole ? 1 : 1 - 1e-9;
    return p->kind == POSTERIOR_GAMMA ? 10 * fmax(cut, p->point) + 100 / p->b
                                      : 1e6 * fmax(cut, p->point);
}

struct unit_gap unit_gap(const struct indicator *indicator, const struct cuts *cuts,
                         const struct finding *finding, int level)
{
    struct looking l = {.indicator = indicator,
                        .cuts = cuts,
                        .posterior = finding_posterior(indicator, finding),
                        .i = level - 2};
    double value = l.posterior.point, upper = cuts->upper[l.i], scale = 1, to;
    bool counted = indicator->form == FORM_SHARE || indicator->form == FORM_RATE;
    bool past = !isnan(upper) && !cut_met(value, upper, false, true);
    bool down = indicator->lower_is_better || past, strict = indicator->strict[l.i] && !past;
    struct unit_gap gap = {.cut = past ? upper : cuts->at[l.i], .value = value};

    if (counted)
        scale = finding->n;
    else if (indicator->form != FORM_VALUE)
        scale = finding->sd;
    gap.met = cut_met(value, gap.cut, strict, down);
    if (!gap.met)
        gap.more = counted ? whole_cases(gap.cut, finding->k, finding->n, strict, down)
                           : (gap.cut - value) * scale;
    /* A share cannot pass all of its cases. */
    if (indicator->form == FORM_SHARE &&
        (finding->k + gap.more > finding->n || finding->k + gap.more < 0))
        gap.more = NAN;
    if (l.posterior.kind == POSTERIOR_POINT) {
        gap.more_confirmed = gap.more;
        return gap;
    }
    to = nearest_sure(&l, value, far_end(&l, down), counted ? 1 / scale : 0);
    gap.more_confirmed = (to - value) * scale;
    if (counted)
        gap.more_confirmed = round(gap.more_confirmed);
    return gap;
}

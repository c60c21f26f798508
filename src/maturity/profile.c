/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "maturity/profile.h"

static const double index_coverage = .60; /* below, only bounds are given */
static const double floor_part = .3;      /* the mean has the other .7 */

/* Weights of one dimension's applicable practices. */
struct dimension_sums {
    double weight, known, essential;
    double value, low, high; /* weight times continuous level */
};

static struct dimension_sums sum_dimension(const struct assessment *a, size_t practice_count,
                                           size_t dimension)
{
    struct dimension_sums s = {0};

    for (size_t i = 0; i < practice_count; i++) {
        const struct practice_result *r = &a->practices[i];
        double w = r->practice->weight;
        bool known = practice_known(r);

        if (r->practice->dimension != dimension || !practice_applies(r))
            continue;
        s.weight += w;
        s.known += known ? w : 0;
        s.essential += r->practice->essential && r->practice->essential <= a->target ? w : 0;
        s.value += known ? w * r->continuous : 0;
        s.low += w * (known ? r->continuous : 1);
        s.high += w * (known ? r->continuous : 4);
    }
    return s;
}

/* Mean and floor over the dimensions; `get` picks value, low or high. */
static double index_of(const struct model *model, const struct assessment *a,
                       double (*get)(const struct dimension_result *))
{
    double sum = 0, weight = 0, least = INFINITY, mean;

    for (size_t d = 0; d < model->dimension_count; d++) {
        double c = get(&a->dimensions[d]);

        if (isnan(c))
            continue;
        sum += model->dimensions[d].weight * c;
        weight += model->dimensions[d].weight;
        least = fmin(least, c);
    }
    if (!(weight > 0))
        return NAN;
    mean = sum / weight;
    return (mean + floor_part * (least - mean) - 1) / 3 * 100;
}

static double get_value(const struct dimension_result *d)
{
    return d->value;
}

static double get_low(const struct dimension_result *d)
{
    return d->low;
}

static double get_high(const struct dimension_result *d)
{
    return d->high;
}

void profile_make(const struct model *model, struct assessment *a)
{
    double weight = 0, known = 0;

    for (size_t d = 0; d < model->dimension_count; d++) {
        struct dimension_sums s = sum_dimension(a, model->practice_count, d);
        struct dimension_result *r = &a->dimensions[d];

        r->dimension = &model->dimensions[d];
        r->value = s.known > 0 ? s.value / s.known : (double)NAN;
        r->low = s.weight > 0 ? s.low / s.weight : (double)NAN;
        r->high = s.weight > 0 ? s.high / s.weight : (double)NAN;
        r->coverage = s.weight > 0 ? s.known / s.weight : 0;
        weight += s.weight;
        known += s.known;
    }
    a->coverage = weight > 0 ? known / weight : 0;
    a->index_low = index_of(model, a, get_low);
    a->index_high = index_of(model, a, get_high);
    a->index = a->coverage >= index_coverage - 1e-9 ? index_of(model, a, get_value) : (double)NAN;
}

void profile_targets(const struct model *model, struct assessment *a)
{
    double weight = 0, essential = 0, part, t = a->target;

    for (size_t d = 0; d < model->dimension_count; d++) {
        struct dimension_sums s = sum_dimension(a, model->practice_count, d);

        weight += s.weight;
        essential += s.essential;
    }
    /* The part of other practices' weight that must be at the target too (G2). */
    part = weight > essential
               ? fmax(model->quorum[a->target - 2] * weight - essential, 0) / (weight - essential)
               : 0;
    for (size_t d = 0; d < model->dimension_count; d++) {
        struct dimension_sums s = sum_dimension(a, model->practice_count, d);
        double other = s.weight - s.essential;

        a->dimensions[d].target =
            s.weight > 0
                ? fmax(t - 1, (s.essential * t + other * (part * t + (1 - part))) / s.weight)
                : (double)NAN;
    }
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "maturity/level.h"

/* A level is never called reached or missed over a rounding error of a sum. */
static const double probability_slack = 1e-12;
/* Fewer effective clusters than this: THIN (6.3 e). */
static const double thin_n_eff = 10;

static enum err_code factor_of(const char *name, const struct evidence_set *set, double *out_factor,
                               struct err *err)
{
    double median = set->factors.vertical_repeat_median;

    *out_factor = 1;
    if (!name)
        return ERR_OK;
    if (strcmp(name, "vertical_repeat_median") != 0)
        return err_set(err, ERR_INVALID, "the model multiplies cuts by \"%s\", which is not known",
                       name);
    *out_factor = median > 0 ? median : set->model->vertical_repeat_median;
    if (!(*out_factor > 0))
        return err_set(err, ERR_INVALID, "the repeat rate of the vertical must be above 0");
    return ERR_OK;
}

enum err_code cuts_of(const struct indicator *indicator, const struct evidence_set *set,
                      struct cuts *out_cuts, struct err *err)
{
    double factor;

    TRY(factor_of(indicator->multiplier, set, &factor, err));
    for (int i = 0; i < 3; i++) {
        out_cuts->at[i] = indicator->cuts[i] * factor;
        /* With lower_is_better the one cut is the upper end already. */
        out_cuts->upper[i] =
            indicator->lower_is_better ? (double)NAN : indicator->upper[i] * factor;
    }
    return ERR_OK;
}

bool finding_usable(const struct indicator *indicator, const struct finding *finding)
{
    if (!finding->known)
        return false;
    switch (indicator->form) {
    case FORM_SHARE:
    case FORM_RATE:
        return finding->n > 0;
    case FORM_FRACTION:
    case FORM_RATIO:
        return finding->sd > 0 && finding->clusters >= 1;
    case FORM_VALUE:
        return true;
    }
    return false;
}

static enum err_code finding_check(const struct indicator *indicator, const struct finding *f,
                                   struct err *err)
{
    bool ok = true;

    switch (indicator->form) {
    case FORM_SHARE:
        ok = isfinite(f->n) && f->k >= 0 && f->k <= f->n;
        break;
    case FORM_RATE:
        ok = isfinite(f->n) && isfinite(f->k) && f->k >= 0;
        break;
    case FORM_FRACTION:
    case FORM_RATIO:
        ok = isfinite(f->clusters) && isfinite(f->su) && isfinite(f->sd) && isfinite(f->suu) &&
             isfinite(f->sud) && isfinite(f->sdd);
        break;
    case FORM_VALUE:
        ok = isfinite(f->value);
        break;
    }
    if (ok)
        return ERR_OK;
    return err_set(err, ERR_INVALID,
                   "the measure \"%s\" gave numbers that cannot be: k %g, n %g, value %g, "
                   "clusters %g, sums %g and %g",
                   indicator->measure, f->k, f->n, f->value, f->clusters, f->su, f->sd);
}

struct posterior finding_posterior(const struct indicator *indicator, const struct finding *f)
{
    struct ratio_sums sums = {f->clusters, f->su, f->sd, f->suu, f->sud, f->sdd};

    switch (indicator->form) {
    case FORM_SHARE:
        return posterior_share(f->k, f->n);
    case FORM_FRACTION:
        return posterior_fraction(&sums);
    case FORM_RATIO:
        return posterior_ratio(&sums);
    case FORM_RATE:
        return posterior_rate(f->k, f->n);
    case FORM_VALUE:
        break;
    }
    return posterior_point(f->value);
}

bool cut_met(double x, double cut, bool strict, bool lower)
{
    double slack = 1e-9 * fmax(1, fabs(cut));

    if (lower)
        return strict ? x < cut - slack : x <= cut + slack;
    return strict ? x > cut + slack : x >= cut - slack;
}

double cut_allows(const struct indicator *indicator, const struct cuts *cuts,
                  const struct posterior *p, int i)
{
    double cut = cuts->at[i], upper = cuts->upper[i], prob;
    bool strict = indicator->strict[i], lower = indicator->lower_is_better;

    if (isnan(cut))
        return 1;
    /* "More than none" asks whether there is any, and a count of none answers that. */
    if (p->kind == POSTERIOR_POINT || (strict && !lower && cut <= 0))
        prob = cut_met(p->point, cut, strict, lower);
    else
        prob = lower ? posterior_below(p, cut) : posterior_above(p, cut);
    if (isnan(upper))
        return prob;
    if (p->kind == POSTERIOR_POINT)
        return prob > 0 && cut_met(p->point, upper, false, true);
    return fmax(prob - (1 - posterior_below(p, upper)), 0);
}

/* g of 6.6: logit for shares, logarithm for ratios and rates, the number itself for facts. */
static double scale_of(enum indicator_form form, double x)
{
    switch (form) {
    case FORM_SHARE:
    case FORM_FRACTION:
        return log(x / (1 - x));
    case FORM_RATIO:
    case FORM_RATE:
        return log(x);
    case FORM_VALUE:
        break;
    }
    return x;
}

/* How far x has come from cut `from`, which it meets, to cut `to`, which it does not. With no cut
 * met yet, `from` is NAN and the way starts at nothing: 0, or infinity where less is better. */
static double way(const struct indicator *indicator, bool lower, double from, double to, double x)
{
    double a = scale_of(indicator->form, from), b = scale_of(indicator->form, to), part;

    if (isnan(from))
        part = lower ? (x > 0 ? to / x : 0) : (to > 0 ? x / to : 0);
    else if (isfinite(a) && isfinite(b) && a != b)
        part = (scale_of(indicator->form, x) - a) / (b - a);
    else
        part = from != to ? (x - from) / (to - from) : 0;
    /* Short of the cut by definition, also when x lies on a strict cut. */
    return isnan(part) ? 0 : fmin(fmax(part, 0), 1 - 1e-6);
}

static double climb(const struct indicator *indicator, const double cuts[3], bool lower, double x)
{
    double from = NAN;

    for (int i = 0; i < 3; i++) {
        if (isnan(cuts[i]))
            continue;
        if (!cut_met(x, cuts[i], indicator->strict[i] && lower == indicator->lower_is_better,
                     lower))
            return 1 + i + way(indicator, lower, from, cuts[i], x);
        from = cuts[i];
    }
    return 4;
}

static double continuous(const struct indicator *indicator, const struct cuts *cuts, double x)
{
    double c = climb(indicator, cuts->at, indicator->lower_is_better, x);

    if (indicator->lower_is_better)
        return c;
    return fmin(c, climb(indicator, cuts->upper, true, x));
}

static bool is_thin(const struct practice *practice, const struct indicator *indicator,
                    const struct finding *f, const struct posterior *p)
{
    if (indicator->form == FORM_SHARE)
        return f->n < practice->n_min;
    if (indicator->form == FORM_FRACTION || indicator->form == FORM_RATIO)
        return f->clusters < practice->n_min || p->n_eff < thin_n_eff;
    return false; /* facts and months are complete however few they are */
}

enum err_code level_measure(const struct practice *practice, const struct evidence *evidence,
                            const struct evidence_set *set, struct level_view *out_view,
                            struct err *err)
{
    struct level_view v = {.at_least = {1, 1, 1, 1}, .continuous = 4};

    for (size_t j = 0; j < practice->indicator_count; j++) {
        const struct indicator *indicator = &practice->indicators[j];
        const struct finding *f = &evidence->findings[j];

        TRY(finding_check(indicator, f, err));
        TRY(cuts_of(indicator, set, &v.cuts[j], err));
        v.posteriors[j] = finding_posterior(indicator, f);
        for (int i = 0; i < 3; i++)
            v.at_least[i + 1] *= cut_allows(indicator, &v.cuts[j], &v.posteriors[j], i);
        v.continuous = fmin(v.continuous, continuous(indicator, &v.cuts[j], v.posteriors[j].point));
        v.thin |= is_thin(practice, indicator, f, &v.posteriors[j]);
    }
    for (int l = 1; l < 4; l++)
        v.at_least[l] = fmin(fmax(v.at_least[l], 0), v.at_least[l - 1]);
    *out_view = v;
    return ERR_OK;
}

struct interval level_interval(const struct posterior *posterior)
{
    struct interval i = {.mid = posterior->point};

    posterior_interval(posterior, 0.90, &i.low, &i.high);
    return i;
}

int level_reached(const double at_least[4], double p)
{
    int level = 1;

    while (level < 4 && at_least[level] >= p - probability_slack)
        level++;
    return level;
}

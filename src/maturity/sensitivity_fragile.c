/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Practices whose drop by one level would lower the stage (maturity.md 6.9, 4). */
#include "maturity/sensitivity_parts.h"

static const double horizon_days = 91;

struct line {
    double at, error, df; /* of a new point at the horizon; error of prediction */
};

/* Least squares of the continuous level over time, this assessment included; df 0: too few. */
static struct line trend_line(const struct sensing *s, size_t i)
{
    const struct sensitivity_wish *w = s->wish;
    int64_t now = s->a->evidence->as_of;
    double n = 0, st = 0, sc = 0, stt = 0, stc = 0, scc = 0, slope, mean_t, mean_c, sxx, rest;

    for (size_t k = 0; k <= w->past_count; k++) {
        bool current = k == w->past_count;
        double c = current ? s->a->practices[i].continuous : w->past[k].continuous[i];
        double t = current ? 0 : (double)(w->past[k].as_of - now) / (double)US_PER_DAY;

        if (isnan(c) || (!current && w->past[k].as_of >= now))
            continue;
        n++;
        st += t;
        sc += c;
        stt += t * t;
        stc += t * c;
        scc += c * c;
    }
    if (n < 3)
        return (struct line){0};
    mean_t = st / n;
    mean_c = sc / n;
    sxx = stt - n * mean_t * mean_t;
    if (sxx <= 0)
        return (struct line){0};
    slope = (stc - n * mean_t * mean_c) / sxx;
    rest = fmax(scc - n * mean_c * mean_c - slope * slope * sxx, 0) / (n - 2);
    return (struct line){
        .at = mean_c + slope * (horizon_days - mean_t),
        .error = sqrt(rest * (1 + 1 / n + pow(horizon_days - mean_t, 2) / sxx)),
        .df = n - 2,
    };
}

static double drop_by_trend(const struct sensing *s, size_t i)
{
    struct line line = trend_line(s, i);
    double level = s->a->practices[i].level_best;

    if (line.df <= 0)
        return NAN;
    if (line.error <= 1e-9)
        return line.at < level - 1e-9;
    return student_cdf((level - line.at) / line.error, line.df);
}

static void insert(struct sensitivity *out, struct fragility f)
{
    size_t at = out->fragile_count++;

    while (at > 0 && f.p_drop > out->fragile[at - 1].p_drop) {
        out->fragile[at] = out->fragile[at - 1];
        at--;
    }
    out->fragile[at] = f;
}

enum err_code sense_fragility(struct sensing *s, struct err *err)
{
    const struct practice_result *results = s->a->practices;
    size_t count = s->model->practice_count;
    struct arena work = ARENA_INIT(s->scratch.limit);
    enum err_code code = ERR_OK;
    struct stage_view base, view;
    struct draws draws;
    uint8_t *kept;

    s->out->fragile = arena_alloc(&s->out->arena, (count + 1) * sizeof(*s->out->fragile));
    TRY(arena_check(&s->out->arena, err));
    TRY(draws_part(s, SENSITIVITY_PART, &draws, err));
    kept = arena_alloc(&s->scratch, draws.n);
    TRY(arena_check(&s->scratch, err));
    TRY(stage_judge(s->model, results, &draws, STAGE_AS_IS, &s->scratch, &base, NULL, err));
    for (size_t i = 0; i < count && code == ERR_OK; i++) {
        const struct practice_result *r = &results[i];
        uint8_t *row = draws.levels + i * draws.n;
        int after;

        if (!practice_applies(r) || !practice_known(r) || r->level_best < 2)
            continue;
        memcpy(kept, row, draws.n);
        for (size_t d = 0; d < draws.n; d++)
            row[d] = (uint8_t)(row[d] > 1 ? row[d] - 1 : 1);
        arena_reset(&work);
        code = stage_judge(s->model, results, &draws, STAGE_AS_IS, &work, &view, NULL, err);
        memcpy(row, kept, draws.n);
        after = stage_shifted(s->a, base.p, view.p);
        if (code == ERR_OK && after < s->a->stage_best)
            insert(s->out, (struct fragility){.practice = i,
                                              .p_drop = 1 - practice_at_least(r, r->level_best),
                                              .p_drop_trend = drop_by_trend(s, i),
                                              .stage_after = after});
    }
    arena_release(&work);
    return code;
}

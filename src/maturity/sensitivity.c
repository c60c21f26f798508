/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "maturity/sensitivity.h"

#include "maturity/sensitivity_parts.h"

enum { RESULT_BYTES = 16 << 20, SCRATCH_BYTES = 64 << 20 };

static const double sure_at = .90;

double upgrade_hours(const struct practice *practice, int from, int to)
{
    double hours = 0;

    for (int level = from < 1 ? 2 : from + 1; level <= to; level++)
        hours += practice->effort_hours[level - 2];
    return hours;
}

int profile_level(const struct sensitivity *s, const struct practice_result *r)
{
    double at_least[4];
    int level;

    if (!practice_known(r))
        return 1;
    if (!s->doubt)
        return r->level_best;
    for (int l = 1; l <= 4; l++)
        at_least[l - 1] = practice_at_least(r, l);
    level = level_reached(at_least, sure_at);
    return level < r->level_best ? level : r->level_best;
}

enum err_code profile_judge(struct sensing *s, const struct practice_result *results,
                            const uint8_t *levels, struct stage_view *out_view,
                            double (*out_behind)[3], struct err *err)
{
    uint8_t *copy = arena_alloc(&s->scratch, s->model->practice_count + 1);
    struct draws one = {.n = 1, .levels = copy};

    TRY(arena_check(&s->scratch, err));
    memcpy(copy, levels, s->model->practice_count);
    return stage_judge(s->model, results, &one, STAGE_AS_IS, &s->scratch, out_view, out_behind,
                       err);
}

enum err_code draws_part(struct sensing *s, size_t n, struct draws *out_draws, struct err *err)
{
    const struct draws *all = s->a->draws;
    struct draws part = {.n = n < all->n ? n : all->n};

    part.levels = arena_alloc(&s->scratch, s->model->practice_count * part.n + 1);
    TRY(arena_check(&s->scratch, err));
    for (size_t i = 0; i < s->model->practice_count; i++)
        memcpy(part.levels + i * part.n, all->levels + i * all->n, part.n);
    *out_draws = part;
    return ERR_OK;
}

int stage_shifted(const struct assessment *a, const double from[4], const double to[4])
{
    double p[4];

    for (int s = 0; s < 4; s++)
        p[s] = a->stage_p[s] + (to[s] - from[s]);
    return stage_best_of(p);
}

double entropy_bits(const double *p, size_t n)
{
    double bits = 0;

    for (size_t i = 0; i < n; i++)
        bits -= p[i] > 0 ? p[i] * log2(p[i]) : 0;
    return bits;
}

/* Would the target be reached if every practice stood at its likely level for certain? */
static enum err_code settle_doubt(struct sensing *s, struct err *err)
{
    uint8_t *levels = arena_alloc(&s->scratch, s->model->practice_count + 1);
    struct stage_view view;

    TRY(arena_check(&s->scratch, err));
    for (size_t i = 0; i < s->model->practice_count; i++)
        levels[i] = (uint8_t)profile_level(s->out, &s->a->practices[i]);
    TRY(profile_judge(s, s->a->practices, levels, &view, NULL, err));
    s->out->doubt = s->a->stage_best < s->out->target && view.best >= s->out->target;
    return ERR_OK;
}

static enum err_code sense(struct sensing *s, struct err *err)
{
    static enum err_code (*const parts[])(struct sensing *, struct err *) = {
        settle_doubt,    sense_binding,     sense_sets,       sense_units,
        sense_fragility, sense_information, sense_robustness, sense_definitions,
    };

    for (size_t i = 0; i < TM_COUNT(parts); i++) {
        arena_reset(&s->scratch);
        TRY(parts[i](s, err));
    }
    return arena_check(&s->out->arena, err);
}

enum err_code sensitivity(const struct assessment *a, const struct sensitivity_wish *wish,
                          struct sensitivity **out_sensitivity, struct err *err)
{
    static const struct sensitivity_wish nothing = {0};
    struct sensing s = {.a = a,
                        .wish = wish ? wish : &nothing,
                        .model = a->evidence->model,
                        .scratch = ARENA_INIT(SCRATCH_BYTES)};
    enum err_code code;

    assert(a->draws && a->draws->n >= 1);
    s.out = xcalloc(1, sizeof(*s.out));
    s.out->arena = ARENA_INIT(RESULT_BYTES);
    s.out->target = a->target;
    s.out->stage_bits_shown = entropy_bits(a->stage_p, 4);
    code = sense(&s, err);
    arena_release(&s.scratch);
    if (code != ERR_OK) {
        sensitivity_free(s.out);
        return code;
    }
    *out_sensitivity = s.out;
    return ERR_OK;
}

void sensitivity_free(struct sensitivity *s)
{
    if (!s)
        return;
    arena_release(&s->arena);
    free(s);
}

void sensitivity_freep(struct sensitivity **s)
{
    sensitivity_free(*s);
}

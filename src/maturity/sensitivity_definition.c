/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Would another way of counting give another level or stage (maturity.md 6.9, 8)? */
#include "maturity/sensitivity_parts.h"

static bool same_finding(const struct finding *a, const struct finding *b)
{
    return a->known == b->known && a->k == b->k && a->n == b->n && a->value == b->value &&
           a->clusters == b->clusters && a->su == b->su && a->sd == b->sd && a->suu == b->suu &&
           a->sud == b->sud && a->sdd == b->sdd;
}

static bool measured_anew(const struct evidence *a, const struct evidence *b)
{
    for (size_t k = 0; k < a->practice->indicator_count; k++)
        if (!same_finding(&a->findings[k], &b->findings[k]))
            return true;
    return a->measured != b->measured;
}

static double first_value(const struct evidence *e)
{
    const struct indicator *indicator = &e->practice->indicators[0];

    if (e->practice->indicator_count == 0 || !finding_usable(indicator, &e->findings[0]))
        return NAN;
    return finding_posterior(indicator, &e->findings[0]).point;
}

static enum err_code compare(struct sensing *s, size_t v, const double base[4], struct err *err)
{
    const struct evidence_set *other = s->wish->variants[v];
    const struct score_plan plan = {.draws = SENSITIVITY_PART};
    struct definition_variant *out = &s->out->variants[v];
    TM_CLEANUP(assessment_freep) struct assessment *then = NULL;

    assert(other->model == s->model);
    TRY(score_with(other, s->wish->history, &plan, &then, err));
    *out = (struct definition_variant){.id = s->wish->variant_ids[v],
                                       .stage_then = stage_shifted(s->a, base, then->stage_p)};
    for (size_t i = 0; i < s->model->practice_count; i++) {
        const struct practice_result *r = &s->a->practices[i], *now = &then->practices[i];

        if (!measured_anew(r->evidence, now->evidence))
            continue;
        out->measured++;
        if (r->level_best == now->level_best)
            continue;
        out->changed++;
        s->out->definitions[s->out->definition_count++] =
            (struct definition_change){.id = out->id,
                                       .practice = i,
                                       .level = r->level_best,
                                       .level_then = now->level_best,
                                       .value = first_value(r->evidence),
                                       .value_then = first_value(now->evidence)};
    }
    return ERR_OK;
}

enum err_code sense_definitions(struct sensing *s, struct err *err)
{
    size_t n = s->wish->variant_count;
    struct stage_view base;
    struct draws part;

    s->out->variants = arena_alloc(&s->out->arena, (n + 1) * sizeof(*s->out->variants));
    s->out->definitions = arena_alloc(&s->out->arena, (n * s->model->practice_count + 1) *
                                                          sizeof(*s->out->definitions));
    TRY(arena_check(&s->out->arena, err));
    s->out->variant_count = n;
    if (n == 0)
        return ERR_OK;
    TRY(draws_part(s, SENSITIVITY_PART, &part, err));
    TRY(stage_judge(s->model, s->a->practices, &part, STAGE_AS_IS, &s->scratch, &base, NULL, err));
    for (size_t v = 0; v < n; v++)
        TRY(compare(s, v, base.p, err));
    return ERR_OK;
}

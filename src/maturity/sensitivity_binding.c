/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What stands in the way of the target stage (maturity.md 6.9, 1): the stage's own rule tells
 * whether a condition is met, here is told by how much. */
#include "maturity/sensitivity_parts.h"

static double weight_at(const struct sensing *s, int level, double *out_total)
{
    double sum = 0;

    *out_total = 0;
    for (size_t i = 0; i < s->model->practice_count; i++) {
        const struct practice_result *r = &s->a->practices[i];

        if (!practice_applies(r))
            continue;
        *out_total += r->practice->weight;
        sum += profile_level(s->out, r) >= level ? r->practice->weight : 0;
    }
    return sum;
}

static void find_essentials(struct sensing *s, struct binding *b)
{
    int target = s->out->target;

    for (size_t i = 0; i < s->model->practice_count; i++) {
        const struct practice_result *r = &s->a->practices[i];
        int level = profile_level(s->out, r), essential = r->practice->essential;
        bool known = practice_known(r);

        if (!practice_applies(r) || essential == 0 || essential > target ||
            (known && level >= target && r->gate_ok[target - 2]))
            continue;
        b->essentials[b->essential_count++] =
            (struct unmet_essential){.practice = i,
                                     .level = known ? level : 0,
                                     .needed = target,
                                     .unknown = !known,
                                     .proof = known && level >= target};
    }
}

static void find_dimensions(struct sensing *s, double (*behind)[3], struct binding *b)
{
    int target = s->out->target;

    for (size_t d = 0; d < s->model->dimension_count; d++) {
        double weight = 0, levels = 0, count = 0;

        if (behind[d][target - 2] <= 0)
            continue;
        for (size_t i = 0; i < s->model->practice_count; i++) {
            const struct practice_result *r = &s->a->practices[i];

            if (r->practice->dimension != d || !practice_applies(r))
                continue;
            weight += r->practice->weight;
            levels += r->practice->weight * profile_level(s->out, r);
            count++;
        }
        b->dimensions[b->dimension_count++] =
            (struct short_dimension){.dimension = d,
                                     .mean = levels / weight,
                                     .needed = target - 1,
                                     .levels = (target - 1 - levels / weight) * count};
    }
}

static bool claims_only(const struct sensing *s)
{
    bool any = false;

    for (size_t i = 0; i < s->model->practice_count; i++) {
        const struct practice_result *r = &s->a->practices[i];

        if (practice_known(r) && r->rests_on != CLASS_CLAIMED)
            return false;
        any = any || practice_known(r);
    }
    return any;
}

enum err_code sense_binding(struct sensing *s, struct err *err)
{
    const struct model *model = s->model;
    struct binding *b = &s->out->binding;
    uint8_t *levels = arena_alloc(&s->scratch, model->practice_count + 1);
    double(*behind)[3] = arena_alloc(&s->scratch, (model->dimension_count + 1) * sizeof(*behind));
    struct stage_view view;
    double total, at;

    b->essentials =
        arena_alloc(&s->out->arena, (model->practice_count + 1) * sizeof(*b->essentials));
    b->dimensions =
        arena_alloc(&s->out->arena, (model->dimension_count + 1) * sizeof(*b->dimensions));
    TRY(arena_check(&s->scratch, err));
    TRY(arena_check(&s->out->arena, err));
    for (size_t i = 0; i < model->practice_count; i++)
        levels[i] = (uint8_t)profile_level(s->out, &s->a->practices[i]);
    TRY(profile_judge(s, s->a->practices, levels, &view, behind, err));
    find_essentials(s, b);
    find_dimensions(s, behind, b);
    at = weight_at(s, s->out->target, &total);
    b->quorum_share = total > 0 ? at / total : 0;
    b->quorum_needed = model->quorum[s->out->target - 2];
    if (view.checks[s->out->target - 2].p_quorum < 1)
        b->quorum_deficit = fmax(b->quorum_needed - b->quorum_share, 0);
    b->quorum_weight = b->quorum_deficit * total;
    b->claims_only = claims_only(s);
    return ERR_OK;
}

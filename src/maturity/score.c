/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "maturity/score.h"

#include "maturity/gaps.h"
#include "maturity/profile.h"
#include "maturity/result_hash.h"
#include "maturity/stage.h"

enum { RESULT_BYTES = 256 * 1024 * 1024, SCRATCH_BYTES = 256 * 1024 * 1024 };

static void check_model(const struct evidence_set *set)
{
    const struct model *model = set->model;

    for (size_t i = 0; i < model->practice_count; i++) {
        const struct practice *p = &model->practices[i];

        assert(set->items[i].practice == p && p->dimension < model->dimension_count);
        assert(p->essential == 0 || (p->essential >= 2 && p->essential <= 4));
        assert(p->weight >= 0 && isfinite(p->weight) && p->indicator_count <= INDICATORS_MAX);
    }
}

static void declared_weight(const struct model *model, const struct judged *judged,
                            struct assessment *a)
{
    double total = 0, declared = 0;

    for (size_t i = 0; i < model->practice_count; i++) {
        bool counts = judged[i].na_accepted && judged[i].evidence->applicable;

        total += model->practices[i].weight;
        declared += counts ? model->practices[i].weight : 0;
    }
    a->na_weight = total > 0 ? declared / total : 0;
}

static enum err_code judge_stage(const struct evidence_set *set, const struct draws *draws,
                                 struct arena *scratch, struct assessment *a, struct err *err)
{
    const struct model *model = set->model;
    double(*behind)[3] = arena_alloc(scratch, (model->dimension_count + 1) * sizeof(*behind));
    struct stage_view as_is, bare;

    TRY(arena_check(scratch, err));
    TRY(stage_judge(model, a->practices, draws, STAGE_AS_IS, scratch, &as_is, behind, err));
    memcpy(a->stage_p, as_is.p, sizeof(a->stage_p));
    memcpy(a->checks, as_is.checks, sizeof(a->checks));
    for (size_t d = 0; d < model->dimension_count; d++)
        memcpy(a->dimensions[d].p_behind, behind[d], sizeof(behind[d]));
    a->stage_best = as_is.best;
    a->stage_confirmed = stage_confirmed(&as_is, a->practices, model->practice_count);
    a->target = as_is.best < 4 ? as_is.best + 1 : 4;

    TRY(stage_judge(model, a->practices, draws, STAGE_WITHOUT_CLAIMS, scratch, &bare, NULL, err));
    a->stage_claimed = bare.best < a->stage_best;
    a->stage_without_na = a->stage_best;
    if (a->na_weight > 0) {
        TRY(stage_judge(model, a->practices, draws, STAGE_WITHOUT_NA, scratch, &bare, NULL, err));
        a->stage_without_na = bare.best;
    }
    return ERR_OK;
}

static enum err_code fill(const struct evidence_set *set, const struct score_history *history,
                          const struct score_plan *plan, struct arena *scratch,
                          struct assessment *a, struct err *err)
{
    const struct model *model = set->model;
    size_t count = model->practice_count;
    struct judged *judged = arena_alloc(scratch, (count + 1) * sizeof(*judged));
    struct draws *draws = arena_alloc(&a->arena, sizeof(*draws));

    a->evidence = set;
    a->practices = arena_alloc(&a->arena, (count + 1) * sizeof(*a->practices));
    a->dimensions = arena_alloc(&a->arena, (model->dimension_count + 1) * sizeof(*a->dimensions));
    TRY(arena_check(scratch, err));
    TRY(arena_check(&a->arena, err));
    TRY(practices_judge(set, history, plan, judged, a->practices, err));
    TRY(draws_make(set, judged, a->practices, plan->draws, &a->arena, draws, err));
    a->draws = draws;
    declared_weight(model, judged, a);
    TRY(judge_stage(set, draws, scratch, a, err));
    profile_make(model, a);
    profile_targets(model, a);
    if (!plan->full)
        return ERR_OK;
    TRY(gaps_find(model, judged, a, err));
    TRY(connections_find(set, a, err));
    return result_hash(a, err);
}

enum err_code score_with(const struct evidence_set *evidence, const struct score_history *history,
                         const struct score_plan *plan, struct assessment **out_assessment,
                         struct err *err)
{
    struct arena scratch = ARENA_INIT(SCRATCH_BYTES);
    struct assessment *a = xcalloc(1, sizeof(*a));
    enum err_code code;

    assert(plan->draws >= 1);
    check_model(evidence);
    a->arena = ARENA_INIT(RESULT_BYTES);
    code = fill(evidence, history, plan, &scratch, a, err);
    arena_release(&scratch);
    if (code != ERR_OK) {
        assessment_free(a);
        return code;
    }
    *out_assessment = a;
    return ERR_OK;
}

enum err_code score(const struct evidence_set *evidence, const struct score_history *history,
                    struct assessment **out_assessment, struct err *err)
{
    const struct score_plan plan = {.draws = SCORE_DRAWS, .full = true};

    return score_with(evidence, history, &plan, out_assessment, err);
}

void assessment_free(struct assessment *a)
{
    if (!a)
        return;
    arena_release(&a->arena);
    free(a);
}

void assessment_freep(struct assessment **a)
{
    assessment_free(*a);
}

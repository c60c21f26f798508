/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The smallest sets of steps that reach the target stage (maturity.md 6.9, 2). */
#include "maturity/sensitivity_cover.h"
#include "maturity/sensitivity_parts.h"

enum { WORK_MAX = 4000000 };

/* The problem in the practices that apply; `practice` leads back from its items. */
struct sets {
    struct cover cover;
    size_t *practice;
    bool *proof; /* the level would do, the evidence does not */
};

static int64_t hundredths(double hours)
{
    return llround(hours * 100);
}

static struct cover_item item_of(const struct sensing *s, size_t i, bool *out_proof)
{
    const struct practice_result *r = &s->a->practices[i];
    const struct practice *p = r->practice;
    double worth = s->wish->worth ? s->wish->worth[i] : (double)NAN;
    int target = s->out->target;
    struct cover_item item = {.group = p->dimension,
                              .weight = p->weight,
                              .now = profile_level(s->out, r),
                              .worth = isfinite(worth) ? llround(worth) : 0};

    if (p->essential && p->essential <= target) {
        item.least = target;
        *out_proof = practice_known(r) && item.now >= target && !r->gate_ok[target - 2];
    }
    for (int l = 0; l < 3; l++)
        item.cost[l] = hundredths(p->effort_hours[l]);
    return item;
}

static enum err_code sets_make(struct sensing *s, struct sets *out_sets, struct err *err)
{
    const struct model *model = s->model;
    size_t count = model->practice_count, n = 0;
    struct cover_item *items = arena_alloc(&s->scratch, (count + 1) * sizeof(*items));
    size_t *practice = arena_alloc(&s->scratch, (count + 1) * sizeof(*practice));
    size_t *place = arena_alloc(&s->scratch, (count + 1) * sizeof(*place));
    bool *proof = arena_alloc(&s->scratch, (count + 1) * sizeof(*proof));
    double *sums = arena_alloc(&s->scratch, (model->dimension_count + 1) * sizeof(*sums));
    double quorum = 0, total = 0;

    TRY(arena_check(&s->scratch, err));
    for (size_t i = 0; i < count; i++) {
        place[i] = SIZE_MAX;
        if (!practice_applies(&s->a->practices[i]))
            continue;
        items[n] = item_of(s, i, &proof[n]);
        sums[items[n].group] += items[n].weight;
        total += items[n].weight;
        practice[n] = i;
        place[i] = n++;
    }
    for (size_t k = 0; k < n; k++) {
        const struct practice *p = &model->practices[practice[k]];

        for (size_t j = 0; j < p->prerequisite_count; j++)
            if (place[p->prerequisites[j]] != SIZE_MAX)
                items[k].needs[items[k].need_count++] = place[p->prerequisites[j]];
    }
    for (size_t d = 0; d < model->dimension_count; d++)
        sums[d] *= s->out->target - 1 - STAGE_SLACK;
    /* Stages below must hold too; their quorum is met where a greater one is at this level. */
    for (int stage = 2; stage <= s->out->target; stage++)
        quorum = fmax(quorum, model->quorum[stage - 2]);
    *out_sets = (struct sets){.cover = {.target = s->out->target,
                                        .items = items,
                                        .n = n,
                                        .quorum = (quorum - STAGE_SLACK) * total,
                                        .sums = sums,
                                        .groups = model->dimension_count,
                                        .work = WORK_MAX},
                              .practice = practice,
                              .proof = proof};
    return ERR_OK;
}

static enum err_code set_write(struct sensing *s, const struct sets *sets,
                               const struct cover_choice *choice, const uint8_t *least,
                               struct upgrade_set *out_set, struct err *err)
{
    const struct cover *cover = &sets->cover;
    struct upgrade_set set = {
        .steps = arena_alloc(&s->out->arena, (cover->n + 1) * sizeof(*set.steps)), .worth = NAN};

    TRY(arena_check(&s->out->arena, err));
    for (size_t k = 0; k < cover->n; k++) {
        const struct cover_item *item = &cover->items[k];
        size_t i = sets->practice[k];
        double worth = s->wish->worth ? s->wish->worth[i] : (double)NAN;
        bool raised = choice->levels[k] > item->now;

        if (!raised && !sets->proof[k])
            continue;
        set.steps[set.n++] = (struct upgrade){
            .practice = i,
            .from = item->now,
            .to = choice->levels[k],
            .unknown = !practice_known(&s->a->practices[i]),
            .forced = least[k] > item->now || sets->proof[k],
            .hours = upgrade_hours(s->a->practices[i].practice, item->now, choice->levels[k])};
        set.hours += set.steps[set.n - 1].hours;
        if (raised && choice->levels[k] >= cover->target && isfinite(worth))
            set.worth = isnan(set.worth) ? worth : set.worth + worth;
    }
    *out_set = set;
    return ERR_OK;
}

enum err_code sense_sets(struct sensing *s, struct err *err)
{
    struct cover_choice choices[TM_COUNT(s->out->sets)];
    struct sets sets;
    uint8_t *least;

    s->out->sets_proven = true;
    if (s->a->stage_best >= s->out->target)
        return ERR_OK;
    TRY(sets_make(s, &sets, err));
    least = arena_alloc(&s->scratch, sets.cover.n + 1);
    for (size_t c = 0; c < TM_COUNT(choices); c++)
        choices[c].levels = arena_alloc(&s->scratch, sets.cover.n + 1);
    TRY(arena_check(&s->scratch, err));
    cover_least(&sets.cover, least);
    for (size_t c = 0; c < TM_COUNT(choices); c++) {
        bool proven, found = cover_solve(&sets.cover, choices, c, &choices[c], &proven);

        s->out->sets_proven = s->out->sets_proven && proven;
        if (!found)
            break;
        TRY(set_write(s, &sets, &choices[c], least, &s->out->sets[c], err));
        if (s->out->sets[c].n == 0)
            break;
        s->out->set_count++;
    }
    return ERR_OK;
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "maturity/evidence.h"

enum { EVIDENCE_BYTES_MAX = 16 << 20 };

struct evidence_set *evidence_set_new(const struct model *model)
{
    struct evidence_set *set = xcalloc(1, sizeof(*set));

    set->arena = ARENA_INIT(EVIDENCE_BYTES_MAX);
    set->model = model;
    set->items = xcalloc(model->practice_count, sizeof(*set->items));
    for (size_t i = 0; i < model->practice_count; i++) {
        set->items[i].practice = &model->practices[i];
        set->items[i].applicable = true;
        set->items[i].sources = "";
        set->items[i].answer.evidence = "";
        set->items[i].answer.reason = "";
        for (size_t k = 0; k < INDICATORS_MAX; k++)
            set->items[i].findings[k].slot = -1;
    }
    set->factors.vertical_repeat_median = model->vertical_repeat_median;
    return set;
}

struct evidence_set *evidence_set_copy(const struct evidence_set *set)
{
    struct evidence_set *copy = evidence_set_new(set->model);
    struct evidence *items = copy->items;
    struct arena arena = copy->arena;
    size_t cells = set->sigma ? set->slots * set->slots : 0;

    *copy = *set;
    copy->arena = arena;
    copy->items = items;
    memcpy(items, set->items, set->model->practice_count * sizeof(*items));
    if (set->sigma) {
        copy->sigma = xcalloc(cells + 1, sizeof(*copy->sigma));
        memcpy(copy->sigma, set->sigma, cells * sizeof(*copy->sigma));
    }
    return copy;
}

void evidence_set_free(struct evidence_set *set)
{
    if (!set)
        return;
    free(set->items);
    free(set->sigma);
    arena_release(&set->arena);
    free(set);
}

void evidence_set_freep(struct evidence_set **set)
{
    evidence_set_free(*set);
}

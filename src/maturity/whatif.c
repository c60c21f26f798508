/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "maturity/whatif.h"

#include "maturity/profile.h"
#include "maturity/stage.h"

enum { WHAT_IF_BYTES = 64 << 20 };

static void move_practice(struct practice_result *r, int level)
{
    memset(r->p, 0, sizeof(r->p));
    r->p[level - 1] = 1;
    r->level_best = r->level_confirmed = r->level_published = level;
    r->continuous = level;
    r->state = STATE_MEASURED;
    r->rests_on = CLASS_MEASURED;
    for (int g = 0; g < 3; g++)
        r->gate_ok[g] = true;
}

/* The assessment's results and draws, with the moves in them. */
static enum err_code moved(const struct assessment *a, const int *levels, struct arena *arena,
                           struct practice_result **out_results, struct draws *out_draws,
                           struct err *err)
{
    size_t count = a->evidence->model->practice_count, n = a->draws->n;
    struct practice_result *results = arena_alloc(arena, (count + 1) * sizeof(*results));

    *out_draws = (struct draws){.n = n, .levels = arena_alloc(arena, count * n + 1)};
    TRY(arena_check(arena, err));
    memcpy(results, a->practices, count * sizeof(*results));
    memcpy(out_draws->levels, a->draws->levels, count * n);
    for (size_t i = 0; i < count; i++) {
        if (!levels[i] || !practice_applies(&results[i]))
            continue;
        move_practice(&results[i], levels[i]);
        memset(out_draws->levels + i * n, levels[i], n);
    }
    *out_results = results;
    return ERR_OK;
}

static enum err_code take_profile(const struct assessment *a, struct practice_result *results,
                                  struct what_if *w, struct err *err)
{
    const struct model *model = a->evidence->model;
    struct assessment then = *a;

    then.practices = results;
    then.dimensions =
        arena_alloc(&w->arena, (model->dimension_count + 1) * sizeof(*then.dimensions));
    w->dimensions = arena_alloc(&w->arena, (model->dimension_count + 1) * sizeof(*w->dimensions));
    TRY(arena_check(&w->arena, err));
    profile_make(model, &then);
    for (size_t d = 0; d < model->dimension_count; d++)
        w->dimensions[d] = (struct what_if_dimension){
            then.dimensions[d].value, then.dimensions[d].low, then.dimensions[d].high};
    w->index = then.index;
    w->index_low = then.index_low;
    w->index_high = then.index_high;
    w->coverage = then.coverage;
    return ERR_OK;
}

/* The least chance of being met that counts as met: that of a level shown. */
static const double likely = .50;

static enum err_code list_open(const struct model *model, const struct practice_result *results,
                               struct what_if *w, struct err *err)
{
    w->open = arena_alloc(&w->arena, (model->practice_count + 1) * sizeof(*w->open));
    TRY(arena_check(&w->arena, err));
    for (size_t i = 0; i < model->practice_count; i++) {
        const struct practice_result *r = &results[i];
        int needed = model->practices[i].essential;

        if (needed && needed <= w->target && practice_applies(r) &&
            (!practice_known(r) || practice_at_least(r, needed) < likely ||
             !r->gate_ok[needed - 2]))
            w->open[w->open_count++] = i;
    }
    return ERR_OK;
}

static enum err_code take_money(const struct assessment *a, const struct economics *e,
                                double margin, const int *levels, struct what_if *w,
                                struct err *err)
{
    const struct money_wish wish = {.margin = margin, .levels = levels};
    struct money *m = NULL;

    TRY(money(a, e, &wish, &m, err));
    for (size_t i = 0; i < m->lever_count; i++)
        w->money_known = w->money_known || m->levers[i].known;
    w->money = m->joint;
    money_free(m);
    return ERR_OK;
}

static enum err_code work_out(const struct assessment *a, const struct economics *e, double margin,
                              const int *levels, struct what_if *w, struct err *err)
{
    const struct model *model = a->evidence->model;
    struct practice_result *results;
    struct stage_view view;
    struct draws draws;

    TRY(moved(a, levels, &w->arena, &results, &draws, err));
    TRY(stage_judge(model, results, &draws, STAGE_AS_IS, &w->arena, &view, NULL, err));
    memcpy(w->stage_p, view.p, sizeof(w->stage_p));
    memcpy(w->checks, view.checks, sizeof(w->checks));
    w->stage_best = view.best;
    w->stage_confirmed = stage_confirmed(&view, results, model->practice_count);
    w->target = a->target;
    TRY(take_profile(a, results, w, err));
    TRY(list_open(model, results, w, err));
    return take_money(a, e, margin, levels, w, err);
}

enum err_code what_if(const struct assessment *a, const struct economics *e, double margin,
                      const int *levels, struct what_if **out_result, struct err *err)
{
    TM_CLEANUP(what_if_freep) struct what_if *w = xcalloc(1, sizeof(*w));

    w->arena = ARENA_INIT(WHAT_IF_BYTES);
    TRY(work_out(a, e, margin, levels, w, err));
    *out_result = w;
    w = NULL;
    return ERR_OK;
}

void what_if_free(struct what_if *w)
{
    if (!w)
        return;
    arena_release(&w->arena);
    free(w);
}

void what_if_freep(struct what_if **w)
{
    what_if_free(*w);
}

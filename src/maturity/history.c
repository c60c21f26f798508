/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "maturity/history.h"

static void copy(char *to, size_t size, const char *from)
{
    snprintf(to, size, "%s", from ? from : "");
}

static void keep_practice(const struct practice_result *r, struct kept_practice *out)
{
    copy(out->id, sizeof(out->id), r->practice->id);
    copy(out->state, sizeof(out->state), state_name(r->state));
    out->level_best = r->level_best;
    out->level_confirmed = r->level_confirmed;
    out->continuous = r->continuous;
    memcpy(out->p, r->p, sizeof(out->p));
    out->value = r->practice->indicator_count ? r->value[0].mid : (double)NAN;
    if (r->rests_on != CLASS_MEASURED && r->rests_on != CLASS_OBSERVED)
        out->value = (double)NAN;
}

static void keep_head(const struct assessment *a, struct assessment_entry *e)
{
    const struct model *model = a->evidence->model;

    *e = (struct assessment_entry){.as_of = a->evidence->as_of,
                                   .stage_best = a->stage_best,
                                   .stage_confirmed = a->stage_confirmed,
                                   .stage_claimed = a->stage_claimed,
                                   .index = a->index,
                                   .index_low = a->index_low,
                                   .index_high = a->index_high,
                                   .coverage = a->coverage,
                                   .practice_count = model->practice_count,
                                   .dimension_count = model->dimension_count};
    memcpy(e->stage_p, a->stage_p, sizeof(e->stage_p));
    copy(e->program, sizeof(e->program), TIDEMARK_VERSION);
    copy(e->model, sizeof(e->model), model->id);
    copy(e->model_version, sizeof(e->model_version), model->version);
    copy(e->content_hash, sizeof(e->content_hash), model->content_hash);
    copy(e->scoring_hash, sizeof(e->scoring_hash), model->scoring_hash);
    copy(e->input_hash, sizeof(e->input_hash), a->evidence->input_hash);
    copy(e->result_hash, sizeof(e->result_hash), a->result_hash);
}

enum err_code history_entry(const struct assessment *a, struct arena *arena,
                            struct assessment_entry *out_entry, struct err *err)
{
    const struct model *model = a->evidence->model;
    struct kept_practice *practices =
        arena_alloc(arena, (model->practice_count + 1) * sizeof(*practices));
    struct kept_dimension *dimensions =
        arena_alloc(arena, (model->dimension_count + 1) * sizeof(*dimensions));

    TRY(arena_check(arena, err));
    keep_head(a, out_entry);
    for (size_t i = 0; i < model->practice_count; i++)
        keep_practice(&a->practices[i], &practices[i]);
    for (size_t d = 0; d < model->dimension_count; d++) {
        copy(dimensions[d].id, sizeof(dimensions[d].id), model->dimensions[d].id);
        dimensions[d].value = a->dimensions[d].value;
        dimensions[d].low = a->dimensions[d].low;
        dimensions[d].high = a->dimensions[d].high;
    }
    out_entry->practices = practices;
    out_entry->dimensions = dimensions;
    return ERR_OK;
}

static const struct kept_practice *find_practice(const struct assessment_entry *e, const char *id)
{
    for (size_t i = 0; i < e->practice_count; i++)
        if (strcmp(e->practices[i].id, id) == 0)
            return &e->practices[i];
    return NULL;
}

static bool known(const struct kept_practice *p)
{
    return p && p->level_best > 0;
}

static double span(const struct trend_change *change)
{
    return fabs(change->c_to - change->c_from);
}

/* The farthest first; by id where equal, so that the order is always the same. */
static int compare_changes(const void *a, const void *b)
{
    const struct trend_change *x = a, *y = b;

    if (span(x) != span(y))
        return span(x) < span(y) ? 1 : -1;
    return strcmp(x->practice, y->practice);
}

/* Practices whose level rose (sign 1) or fell (sign -1); both must be known at both times. */
static const struct trend_change *changes(struct arena *arena, const struct assessment_entry *from,
                                          const struct assessment_entry *to, int sign,
                                          size_t *out_count)
{
    struct trend_change *list = arena_alloc(arena, (to->practice_count + 1) * sizeof(*list));
    size_t n = 0;

    *out_count = 0;
    if (!list)
        return NULL;
    for (size_t i = 0; i < to->practice_count; i++) {
        const struct kept_practice *now = &to->practices[i], *then = find_practice(from, now->id);

        if (!known(now) || !known(then) || sign * (now->level_best - then->level_best) <= 0)
            continue;
        list[n++] = (struct trend_change){arena_strdup(arena, str_of(now->id)), then->level_best,
                                          now->level_best, then->continuous, now->continuous};
    }
    if (n)
        qsort(list, n, sizeof(*list), compare_changes);
    *out_count = n;
    return list;
}

static void compare(struct arena *arena, const struct assessment_entry *from,
                    const struct assessment_entry *to, struct trend_point *point)
{
    point->model_changed = strcmp(from->scoring_hash, to->scoring_hash) != 0;
    point->up = changes(arena, from, to, 1, &point->up_count);
    point->down = changes(arena, from, to, -1, &point->down_count);
    for (size_t i = 0; i < to->practice_count; i++)
        point->known +=
            known(&to->practices[i]) && !known(find_practice(from, to->practices[i].id));
    for (size_t i = 0; i < from->practice_count; i++)
        point->lost +=
            known(&from->practices[i]) && !known(find_practice(to, from->practices[i].id));
}

static const double *dimension_values(struct trend *trend, const struct assessment_entry *e)
{
    double *values = arena_alloc(&trend->arena, (trend->dimension_count + 1) * sizeof(*values));

    for (size_t d = 0; values && d < trend->dimension_count; d++) {
        values[d] = (double)NAN;
        for (size_t k = 0; k < e->dimension_count; k++)
            if (strcmp(e->dimensions[k].id, trend->dimension_ids[d]) == 0)
                values[d] = e->dimensions[k].value;
    }
    return values;
}

static void fill_point(struct trend *trend, const struct assessment_entry *e,
                       struct trend_point *point)
{
    *point =
        (struct trend_point){.id = e->id,
                             .as_of = e->as_of,
                             .model = arena_strdup(&trend->arena, str_of(e->model)),
                             .model_version = arena_strdup(&trend->arena, str_of(e->model_version)),
                             .stage_best = e->stage_best,
                             .stage_confirmed = e->stage_confirmed,
                             .stage_claimed = e->stage_claimed,
                             .index = e->index,
                             .index_low = e->index_low,
                             .index_high = e->index_high,
                             .coverage = e->coverage};
    memcpy(point->stage_p, e->stage_p, sizeof(point->stage_p));
    point->dimensions = dimension_values(trend, e);
}

static void name_dimensions(struct trend *trend, const struct assessment_entry *newest)
{
    const char **ids = arena_alloc(&trend->arena, (newest->dimension_count + 1) * sizeof(*ids));

    if (!ids)
        return;
    for (size_t d = 0; d < newest->dimension_count; d++)
        ids[d] = arena_strdup(&trend->arena, str_of(newest->dimensions[d].id));
    trend->dimension_ids = ids;
    trend->dimension_count = newest->dimension_count;
}

static bool wanted(const struct assessment_entry *e, const char *model)
{
    return !model || strcmp(e->model, model) == 0;
}

enum err_code trend_make(const struct assessment_entry *entries, size_t n, const char *model,
                         struct trend **out_trend, struct err *err)
{
    TM_CLEANUP(trend_freep) struct trend *trend = xcalloc(1, sizeof(*trend));
    const struct assessment_entry *before = NULL;

    trend->arena = ARENA_INIT(HISTORY_BYTES_MAX);
    trend->points = arena_alloc(&trend->arena, (n + 1) * sizeof(*trend->points));
    TRY(arena_check(&trend->arena, err));
    for (size_t i = n; i > 0 && !trend->dimension_ids; i--)
        if (wanted(&entries[i - 1], model))
            name_dimensions(trend, &entries[i - 1]);
    for (size_t i = 0; i < n; i++) {
        struct trend_point *point = &trend->points[trend->count];

        if (!wanted(&entries[i], model))
            continue;
        fill_point(trend, &entries[i], point);
        if (before)
            compare(&trend->arena, before, &entries[i], point);
        before = &entries[i];
        trend->count++;
        TRY(arena_check(&trend->arena, err));
    }
    *out_trend = trend;
    trend = NULL;
    return ERR_OK;
}

void trend_free(struct trend *trend)
{
    if (!trend)
        return;
    arena_release(&trend->arena);
    free(trend);
}

void trend_freep(struct trend **trend)
{
    trend_free(*trend);
}

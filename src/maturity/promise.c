/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "maturity/promise.h"

enum err_code promise_keep(struct store *store, int64_t assessment_id, const struct roadmap *map,
                           struct err *err)
{
    struct kept_step *kept = xcalloc(map->step_count + 1, sizeof(*kept));
    enum err_code rc;

    for (size_t i = 0; i < map->step_count; i++) {
        const struct road_step *s = &map->steps[i];

        kept[i] = (struct kept_step){.assessment_id = assessment_id,
                                     .from = s->from,
                                     .to = s->to,
                                     .quarter = s->quarter,
                                     .start_day = s->start_day,
                                     .due_day = s->check.day,
                                     .cut = s->check.cut,
                                     .sample = s->check.sample,
                                     .p_success = s->p_success,
                                     .status = s->begun ? STEP_BEGUN : STEP_PLANNED};
        snprintf(kept[i].practice, sizeof(kept[i].practice), "%s",
                 map->model->practices[s->practice].id);
        snprintf(kept[i].measure, sizeof(kept[i].measure), "%s", s->check.measure);
        snprintf(kept[i].owner, sizeof(kept[i].owner), "%s", s->owner);
    }
    rc = store_steps_put(store, kept, map->step_count, err);
    free(kept);
    return rc;
}

enum err_code promise_priors(struct store *store, const struct model *model,
                             struct success_prior *out_priors, struct err *err)
{
    struct step_record *records = xcalloc(STORE_STEPS_MAX, sizeof(*records));
    size_t n = 0;
    enum err_code rc = store_success_priors(store, records, STORE_STEPS_MAX, &n, err);

    for (size_t i = 0; rc == ERR_OK && i < n; i++) {
        size_t at = model_practice(model, records[i].practice);

        if (at != SIZE_MAX)
            out_priors[at] = (struct success_prior){.succeeded = (int)records[i].passed,
                                                    .failed = (int)records[i].failed};
    }
    free(records);
    return rc;
}

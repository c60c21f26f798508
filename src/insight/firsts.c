/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "insight/firsts.h"

enum { PEOPLE_MAX = 1000000000 };

/* Room for one more in an array that doubles. */
static void *grow(void *list, size_t n, size_t size)
{
    if ((n & (n - 1)) != 0)
        return list;
    return xrealloc(list, (n ? n * 2 : 64) * size);
}

static enum err_code load_months(struct engine *engine, struct view_firsts *f, struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;

    TRY(engine_query(engine, "insight/first_months", NULL, 0, &res, err));
    while (result_next(res)) {
        if (result_int(res, 1) < 0 || result_int(res, 1) >= FIRST_MONTHS_MAX)
            continue;
        f->months = grow(f->months, f->month_count, sizeof(*f->months));
        f->months[f->month_count++] = (struct first_month){.day = (int32_t)result_int(res, 0),
                                                           .month = (int32_t)result_int(res, 1),
                                                           .customers = result_int(res, 2),
                                                           .orders = result_int(res, 3),
                                                           .revenue = result_int(res, 4)};
    }
    return result_status(res, err);
}

static enum err_code load_seconds(struct engine *engine, int64_t as_of, struct view_firsts *f,
                                  struct err *err)
{
    const struct param params[] = {PARAM_AT("as_of", as_of)};
    TM_CLEANUP(result_freep) struct result *res = NULL;

    TRY(engine_query(engine, "insight/first_seconds", params, TM_COUNT(params), &res, err));
    while (result_next(res)) {
        if (result_int(res, 1) < 0 || result_int(res, 1) >= FIRST_DAYS_MAX)
            continue;
        if (result_int(res, 2) < 0 || result_int(res, 2) > PEOPLE_MAX || result_int(res, 3) < 0 ||
            result_int(res, 3) > PEOPLE_MAX)
            return err_set(err, ERR_ENGINE,
                           "the engine's answer counts more people than there can be");
        f->seconds = grow(f->seconds, f->second_count, sizeof(*f->seconds));
        f->seconds[f->second_count++] = (struct first_second){.day = (int32_t)result_int(res, 0),
                                                              .after = (int32_t)result_int(res, 1),
                                                              .again = result_int(res, 2),
                                                              .ended = result_int(res, 3)};
    }
    return result_status(res, err);
}

enum err_code view_firsts_load(struct engine *engine, int64_t as_of,
                               struct view_firsts **out_firsts, struct err *err)
{
    struct view_firsts *f = xcalloc(1, sizeof(*f));
    enum err_code rc = load_months(engine, f, err);

    if (rc == ERR_OK)
        rc = load_seconds(engine, as_of, f, err);
    if (rc != ERR_OK) {
        view_firsts_free(f);
        return rc;
    }
    *out_firsts = f;
    return ERR_OK;
}

void view_firsts_free(struct view_firsts *firsts)
{
    if (!firsts)
        return;
    free(firsts->months);
    free(firsts->seconds);
    free(firsts);
}

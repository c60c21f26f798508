/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* How many first-time customers have bought again so many days later (stats: survival.c). */
#include "base/i18n.h"
#include "insight/view_list.h"
#include "insight/view_run.h"
#include "stats/stats.h"

enum { DAYS_MAX = 40000, PEOPLE_MAX = 1000000000 };

static const struct view_param params[] = {
    VIEW_PARAM_FROM(1094),
    VIEW_PARAM_TO,
    {.name = "step",
     .type = VIEW_INT,
     .low = 1,
     .high = 365,
     .preset = 30,
     .summary = N_("Days from one row to the next.")},
    {.name = "horizon",
     .type = VIEW_INT,
     .low = 1,
     .high = 1095,
     .preset = 365,
     .summary = N_("Days that the curve covers.")},
};

static enum err_code read_days(struct view_run *run, struct survival_row *rows, size_t *out_n,
                               struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;
    size_t n = 0;

    TRY(view_query(run, "insight/second_purchase_days", &res, err));
    while (result_next(res)) {
        if (n == DAYS_MAX)
            return err_set(err, ERR_TOO_LARGE, "the orders span more than %d days", DAYS_MAX);
        if (result_int(res, 1) < 0 || result_int(res, 1) > PEOPLE_MAX || result_int(res, 2) < 0 ||
            result_int(res, 2) > PEOPLE_MAX)
            return err_set(err, ERR_ENGINE, "the engine's answer counts more people than there can be");
        rows[n++] = (struct survival_row){(double)result_int(res, 0), (double)result_int(res, 1),
                                          (double)result_int(res, 2)};
    }
    *out_n = n;
    return result_status(res, err);
}

static void write_curve(struct view_run *run, const struct survival_row *rows, size_t n)
{
    static const char *const names[] = {"day", "at_risk", "share", "low", "high"};
    int64_t step = view_value(run, "step")->i, horizon = view_value(run, "horizon")->i;

    view_begin(run, names, TM_COUNT(names));
    for (int64_t day = step < horizon ? step : horizon; n; day += step) {
        struct survival_point p;

        day = day < horizon ? day : horizon;
        p = survival_at(rows, n, (double)day, 0.95);
        if (p.at_risk < 1) /* nobody was watched for so long */
            return;
        view_row(run,
                 (struct view_cell[]){VIEW_CELL_INT(day), VIEW_CELL_INT((int64_t)p.at_risk),
                                      VIEW_CELL_REAL(p.share), VIEW_CELL_REAL(p.low),
                                      VIEW_CELL_REAL(p.high)},
                 TM_COUNT(names));
        if (day == horizon)
            return;
    }
}

static enum err_code run_curve(struct view_run *run, struct err *err)
{
    struct survival_row *rows = xcalloc(DAYS_MAX, sizeof(*rows));
    size_t n = 0;
    enum err_code rc = read_days(run, rows, &n, err);

    if (rc == ERR_OK)
        write_curve(run, rows, n);
    free(rows);
    return rc;
}

const struct view view_second_purchase = {
    .name = "second_purchase",
    .summary = N_("The share of new customers who have bought again so many days later."),
    .params = params,
    .param_count = TM_COUNT(params),
    .needs = "orders",
    .run = run_curve,
};

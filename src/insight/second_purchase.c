/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* How many first-time customers have bought again so many days later (stats: survival.c). */
#include "base/i18n.h"
#include "insight/view_list.h"
#include "insight/view_run.h"
#include "stats/stats.h"

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

/* Those of the span by the days since their first order; returns how many rows that makes. */
static size_t add_up(struct view_run *run, struct survival_row *rows)
{
    int64_t from = view_value(run, "from")->i, to = view_value(run, "to")->i;
    const struct view_firsts *f = run->memory->firsts;
    size_t n = 0, most = 0;

    for (size_t i = 0; i < f->second_count && f->seconds[i].day <= to; i++) {
        const struct first_second *s = &f->seconds[i];

        if (s->day < from)
            continue;
        rows[s->after].events += (double)s->again;
        rows[s->after].ended += (double)s->ended;
        most = (size_t)s->after + 1 > most ? (size_t)s->after + 1 : most;
    }
    for (size_t i = 0; i < most; i++)
        if (rows[i].events > 0 || rows[i].ended > 0)
            rows[n++] = (struct survival_row){(double)i, rows[i].events, rows[i].ended};
    return n;
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
    struct survival_row *rows = xcalloc(FIRST_DAYS_MAX, sizeof(*rows));

    (void)err;
    write_curve(run, rows, add_up(run, rows));
    free(rows);
    return ERR_OK;
}

const struct view view_second_purchase = {
    .name = "second_purchase",
    .summary = N_("The share of new customers who have bought again so many days later."),
    .params = params,
    .param_count = TM_COUNT(params),
    .needs = "orders",
    .memory = MEMORY_FIRSTS,
    .run = run_curve,
};

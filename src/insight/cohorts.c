/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Customers by the month of their first order, and how they came back. */
#include "base/i18n.h"
#include "insight/view_list.h"
#include "insight/view_run.h"

static const struct view_param params[] = {VIEW_PARAM_FROM(730), VIEW_PARAM_TO,
                                           VIEW_PARAM_LIMIT(2000), VIEW_PARAM_CURSOR};

static int64_t month_begin(int64_t day, int64_t months_later)
{
    int year, month, of_month;
    int64_t at;

    civil_from_days(day, &year, &month, &of_month);
    at = year * INT64_C(12) + month - 1 + months_later;
    return civil_to_days((int)(at / 12), (int)(at % 12) + 1, 1);
}

static void write_cohort(struct view_run *run, int64_t cohort, const struct first_month *months,
                         size_t n, int64_t *io_row)
{
    for (size_t i = 0; i < n; i++) {
        const struct first_month *m = &months[i];
        bool over = month_begin(cohort, (int64_t)i + 1) <= run->request->context->as_of_day;
        const struct view_cell cells[] = {
            view_cell_day(cohort),
            VIEW_CELL_INT(months[0].customers),
            VIEW_CELL_INT((int64_t)i),
            VIEW_CELL_INT(m->customers),
            VIEW_CELL_REAL(months[0].customers ? (double)m->customers / (double)months[0].customers
                                               : (double)NAN),
            VIEW_CELL_INT(m->orders),
            VIEW_CELL_INT(m->revenue),
            VIEW_CELL_INT(over),
        };

        if (m->customers && view_in_page(run, (*io_row)++))
            view_row(run, cells, TM_COUNT(cells));
    }
}

/* Days of the span that belong to one month, from `at` on; returns where they end. */
static size_t add_month(const struct view_firsts *f, size_t at, int64_t to, int64_t cohort,
                        struct first_month *sums, size_t *out_n)
{
    int64_t next = month_begin(cohort, 1);

    for (; at < f->month_count && f->months[at].day <= to && f->months[at].day < next; at++) {
        const struct first_month *m = &f->months[at];
        struct first_month *sum = &sums[m->month];

        sum->customers = days_plus(sum->customers, m->customers);
        sum->orders = days_plus(sum->orders, m->orders);
        sum->revenue = days_plus(sum->revenue, m->revenue);
        *out_n = (size_t)m->month + 1 > *out_n ? (size_t)m->month + 1 : *out_n;
    }
    return at;
}

static enum err_code run_cohorts(struct view_run *run, struct err *err)
{
    static const char *const names[] = {"cohort", "size",   "month",   "customers",
                                        "share",  "orders", "revenue", "complete"};
    const struct view_firsts *f = run->memory->firsts;
    int64_t from = view_value(run, "from")->i, to = view_value(run, "to")->i, row = 0;
    struct first_month *sums = xcalloc(FIRST_MONTHS_MAX, sizeof(*sums));
    size_t at = 0;

    (void)err;
    view_begin(run, names, TM_COUNT(names));
    while (at < f->month_count && f->months[at].day < from)
        at++;
    while (at < f->month_count && f->months[at].day <= to) {
        int64_t cohort = month_begin(f->months[at].day, 0);
        size_t n = 0;

        at = add_month(f, at, to, cohort, sums, &n);
        write_cohort(run, cohort, sums, n, &row);
        memset(sums, 0, n * sizeof(*sums));
    }
    free(sums);
    return ERR_OK;
}

const struct view view_cohorts = {
    .name = "cohorts",
    .summary = N_("Customers by the month of their first order: who came back, when."),
    .params = params,
    .param_count = TM_COUNT(params),
    .needs = "orders",
    .memory = MEMORY_FIRSTS,
    .run = run_cohorts,
};

/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Threats and chances: weekly measures of one's own whose mean has changed (stats:
 * change_point.c). All measures together raise a false alarm once in twenty looks at most. */
#include "base/i18n.h"
#include "insight/view_list.h"
#include "insight/view_run.h"
#include "stats/stats.h"

enum { WEEKS_MAX = 156, MARGIN = 6, BLOCK = 3, SHUFFLES = 1999, RECENT = 13 };

static const char *const measures[] = {"revenue",       "orders",       "aov",
                                       "new_customers", "refund_share", "visits",
                                       "conversion",    "spend",        "mer"};
enum { MEASURES = TM_COUNT(measures) };

static const struct view_param params[] = {
    VIEW_PARAM_TO,
    {.name = "weeks",
     .type = VIEW_INT,
     .low = 26,
     .high = WEEKS_MAX,
     .preset = 52,
     .summary = N_("Weeks to look back.")},
};

struct weekly {
    double x[MEASURES][WEEKS_MAX]; /* by weeks back; NAN where there is nothing */
};

static enum err_code read_weekly(struct view_run *run, struct weekly *w, struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;

    for (size_t m = 0; m < MEASURES; m++)
        for (size_t i = 0; i < WEEKS_MAX; i++)
            w->x[m][i] = NAN;
    TRY(view_query(run, "insight/weekly", &res, err));
    while (result_next(res)) {
        int64_t back = result_int(res, 0);

        for (size_t m = 0; m < MEASURES && back >= 0 && back < WEEKS_MAX; m++)
            if (!result_null(res, m + 1))
                w->x[m][back] = result_real(res, m + 1);
    }
    return result_status(res, err);
}

/* The newest weeks without a gap, the oldest first. */
static size_t take_run(const double *back, size_t weeks, double *out)
{
    size_t n = 0;

    while (n < weeks && isfinite(back[n]))
        n++;
    for (size_t i = 0; i < n; i++)
        out[i] = back[n - 1 - i];
    return n;
}

static void look_at(struct view_run *run, const struct weekly *w, size_t m)
{
    struct stream stream = stream_of("alerts", measures[m], (const char *)NULL);
    double x[WEEKS_MAX];
    size_t n = take_run(w->x[m], (size_t)view_value(run, "weeks")->i, x);
    struct change_point c;
    int64_t back;

    if (n < 26)
        return;
    c = change_point_find(x, n, MARGIN, BLOCK, SHUFFLES, &stream);
    if (c.p > .05 / MEASURES)
        return;
    back = (int64_t)(n - c.at);
    view_row(run,
             (struct view_cell[]){VIEW_CELL_WORD(measures[m]),
                                  VIEW_CELL_INT(view_value(run, "to")->i - 7 * back + 1),
                                  VIEW_CELL_REAL(c.before), VIEW_CELL_REAL(c.after),
                                  VIEW_CELL_REAL(c.before > 0 ? c.after / c.before - 1 : NAN),
                                  VIEW_CELL_REAL(c.p), VIEW_CELL_INT(back <= RECENT)},
             7);
}

static enum err_code run_alerts(struct view_run *run, struct err *err)
{
    static const char *const names[] = {"measure", "change_day", "before", "after",
                                        "change",  "p_value",    "recent"};
    struct weekly *w = xcalloc(1, sizeof(*w));
    enum err_code rc = read_weekly(run, w, err);

    view_begin(run, names, TM_COUNT(names));
    for (size_t m = 0; rc == ERR_OK && m < MEASURES; m++)
        look_at(run, w, m);
    free(w);
    return rc;
}

const struct view view_alerts = {
    .name = "alerts",
    .summary = N_("Weekly measures of one's own whose mean has changed."),
    .params = params,
    .param_count = TM_COUNT(params),
    .needs = "orders",
    .run = run_alerts,
};

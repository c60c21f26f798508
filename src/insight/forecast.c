/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Where the quarter is heading: revenue so far, a forecast with its band, and a goal's pace. */
#include "base/i18n.h"
#include "insight/view_list.h"
#include "insight/view_run.h"
#include "stats/stats.h"

enum { DAYS_MAX = 4000 };

static const struct view_param params[] = {
    VIEW_PARAM_TO,
    {.name = "goal",
     .type = VIEW_INT,
     .low = 0,
     .high = INT64_C(100000000000000),
     .of_goal = true,
     .summary =
         N_("The quarter's goal, in the currency's smallest unit, instead of the one that is "
            "kept; 0 for none.")},
};

struct series {
    double x[DAYS_MAX]; /* the newest days; the last one is `to` */
    size_t n;
};

/* From the first day on which there was any revenue. */
static void read_series(const struct view_run *run, struct series *s)
{
    const int64_t to = view_value(run, "to")->i;
    const struct day_span span = {to - DAYS_MAX + 1 > 1 ? to - DAYS_MAX + 1 : 1, to, 1};
    struct day_groups groups = {0};
    int64_t first = 0;

    view_days_add(run->memory->days, DAYS_LEDGER, &span, KEY_DAY, &groups);
    for (size_t i = 0; i < groups.n; i++) { /* in the days' order */
        const struct day_group *g = &groups.list[i];

        if (!g->ledger[LEDGER_TOUCHED])
            continue;
        if (!first)
            first = g->day;
        s->n = (size_t)(to - first) + 1;
        s->x[g->day - first] = (double)g->ledger[LEDGER_NET];
    }
    day_groups_release(&groups);
}

/* First and last day of the calendar quarter that holds the day. */
static void quarter_of(int64_t day, int64_t *out_first, int64_t *out_last)
{
    int year, month, d;

    civil_from_days(day, &year, &month, &d);
    month = (month - 1) / 3 * 3 + 1;
    *out_first = civil_to_days(year, month, 1);
    *out_last =
        (month == 10 ? civil_to_days(year + 1, 1, 1) : civil_to_days(year, month + 3, 1)) - 1;
}

static struct view_cell money(double v)
{
    return (struct view_cell){.none = !isfinite(v), .i = isfinite(v) ? llround(v) : 0};
}

static struct view_cell share(double v)
{
    return (struct view_cell){.none = !isfinite(v), .d = v};
}

static void write_row(struct view_run *run, const struct series *s)
{
    static const char *const names[] = {"from_day", "to_day",       "days_left",     "so_far",
                                        "forecast", "forecast_low", "forecast_high", "method",
                                        "tries",    "goal",         "pace",          "goal_chance"};
    int64_t to = view_value(run, "to")->i, goal = view_value(run, "goal")->i, first, last, left;
    struct forecast f = {0};
    bool known = true;
    double so_far = 0, whole;

    view_begin(run, names, TM_COUNT(names));
    if (!s->n)
        return;
    quarter_of(to, &first, &last);
    left = last - to;
    for (int64_t i = 0; i <= to - first && i < (int64_t)s->n; i++)
        so_far += s->x[s->n - 1 - (size_t)i];
    if (left > 0)
        known = forecast_sum(s->x, s->n, (size_t)left, .8, &f);
    whole = known ? so_far + f.value : NAN;
    view_row(run,
             (struct view_cell[]){VIEW_CELL_INT(first),
                                  VIEW_CELL_INT(last),
                                  VIEW_CELL_INT(left),
                                  money(so_far),
                                  money(whole),
                                  money(so_far + f.low),
                                  money(so_far + f.high),
                                  {.none = !known || left == 0,
                                   .text = str_of(f.seasonal ? "last_year" : "last_weeks")},
                                  VIEW_CELL_INT((int64_t)f.tries),
                                  {.none = goal == 0, .i = goal},
                                  share(goal ? whole / (double)goal : NAN),
                                  share(!goal       ? NAN
                                        : left == 0 ? so_far >= (double)goal
                                        : known     ? forecast_chance(&f, (double)goal - so_far)
                                                    : NAN)},
             TM_COUNT(names));
}

static enum err_code run_forecast(struct view_run *run, struct err *err)
{
    struct series *s = xcalloc(1, sizeof(*s));

    (void)err;
    read_series(run, s);
    write_row(run, s);
    free(s);
    return ERR_OK;
}

const struct view view_forecast = {
    .name = "forecast",
    .summary = N_("Revenue of this quarter: so far, forecast with its band (8 in 10), goal."),
    .params = params,
    .param_count = TM_COUNT(params),
    .needs = "orders",
    .memory = MEMORY_LEDGER,
    .run = run_forecast,
};

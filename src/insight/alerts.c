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

/* Sums of a week. */
struct sums {
    int64_t ledger[LEDGER_SUMS], spent;
    double visits;
    bool sold; /* there is any row of the ledger */
};

static void add_day(const struct day_group *g, struct sums *week)
{
    week->sold = week->sold || g->rows[DAYS_LEDGER];
    for (size_t k = 0; k < LEDGER_SUMS; k++)
        week->ledger[k] = days_plus(week->ledger[k], g->ledger[k]);
    week->spent = days_plus(week->spent, g->spend[SPEND_SPENT]);
}

static double per(double above, double below)
{
    return below != 0 ? above / below : (double)NAN;
}

/* In the order of `measures`. */
static void measure_week(const struct sums *s, double x[MEASURES])
{
    double net = (double)s->ledger[LEDGER_NET], orders = (double)s->ledger[LEDGER_ORDERS];
    int64_t whole = days_plus(s->ledger[LEDGER_NET], s->ledger[LEDGER_REFUNDS]);

    x[0] = net;
    x[1] = orders;
    x[2] = per(net, orders);
    x[3] = (double)s->ledger[LEDGER_FIRSTS];
    x[4] = per((double)s->ledger[LEDGER_REFUNDS], (double)whole);
    x[5] = s->visits != 0 ? s->visits : (double)NAN;
    x[6] = per((double)s->ledger[LEDGER_ONLINE], s->visits);
    x[7] = s->spent ? (double)s->spent : (double)NAN;
    x[8] = per(net, (double)s->spent);
}

/* Weeks are counted back from the last whole day; nothing where a measure has no records. */
static void read_weekly(const struct view_run *run, struct weekly *w)
{
    const int64_t to = view_value(run, "to")->i, weeks = view_value(run, "weeks")->i;
    const struct day_span span = {to - 7 * weeks + 1, to, 1};
    struct day_groups groups = {0}, visits = {0};
    struct sums *sums = xcalloc(WEEKS_MAX, sizeof(*sums));

    view_days_add(run->memory->days, DAYS_LEDGER, &span, KEY_DAY, &groups);
    view_days_add(run->memory->days, DAYS_SPEND, &span, KEY_DAY, &groups);
    view_days_add(run->memory->days, DAYS_VISITS, &span, KEY_DAY, &visits);
    for (size_t i = 0; i < groups.n; i++)
        add_day(&groups.list[i], &sums[(to - groups.list[i].day) / 7]);
    for (size_t i = 0; i < visits.n; i++)
        sums[(to - visits.list[i].day) / 7].visits += visits.list[i].reals[VISIT_COUNT];
    for (size_t i = 0; i < WEEKS_MAX; i++) {
        double x[MEASURES];

        measure_week(&sums[i], x);
        for (size_t m = 0; m < MEASURES; m++)
            w->x[m][i] = sums[i].sold ? x[m] : (double)NAN;
    }
    free(sums);
    day_groups_release(&groups);
    day_groups_release(&visits);
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

    (void)err;
    read_weekly(run, w);
    view_begin(run, names, TM_COUNT(names));
    for (size_t m = 0; m < MEASURES; m++)
        look_at(run, w, m);
    free(w);
    return ERR_OK;
}

const struct view view_alerts = {
    .name = "alerts",
    .summary = N_("Weekly measures of one's own whose mean has changed."),
    .params = params,
    .param_count = TM_COUNT(params),
    .needs = "orders",
    .memory = MEMORY_LEDGER | MEMORY_SPEND | MEMORY_VISITS,
    .run = run_alerts,
};

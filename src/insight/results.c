/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the shop's own messages brought: attributed to clicks, and against people held out by lot.
 */
#include "base/i18n.h"
#include "insight/view_list.h"
#include "insight/view_run.h"
#include "stats/stats.h"

/* ---- by message, attributed --------------------------------------------------------------- */

static const struct view_param results_params[] = {
    VIEW_PARAM_FROM(364),
    VIEW_PARAM_TO,
    VIEW_PARAM_LIMIT(500),
    VIEW_PARAM_CURSOR,
};

static enum err_code run_results(struct view_run *run, struct err *err)
{
    return view_page(run, "insight/results", err);
}

const struct view view_results = {
    .name = "results",
    .summary = N_("What was sent from here, by message, with the revenue within five days of a "
                  "click."),
    .params = results_params,
    .param_count = TM_COUNT(results_params),
    .needs = "messages",
    .asks_engine = true,
    .run = run_results,
};

/* ---- by flow and campaign, against people held out ---------------------------------------- */

static const struct view_param lift_params[] = {
    {.name = "days",
     .type = VIEW_INT,
     .low = 1,
     .high = 90,
     .preset = 14,
     .summary = N_("Days for which the spending of each person is followed.")},
};

/* Columns of insight/lift. */
enum {
    KIND,
    ITEM,
    HELD_OUT,
    PEOPLE,
    WAITING,
    BUYERS,
    SUM,
    SUM2,
    SUM3,
    PAYERS,
    LOGS,
    LOGS2,
    WITH_LOGS
};

struct lifted {
    char kind[16], item[256];
    struct lift_arm arms[2]; /* treated, held out */
    double waiting;
};

static const char *word_of(const struct lifted *of, const struct lift *lift)
{
    if (of->arms[0].people < 1 || of->arms[1].people < 1)
        return of->waiting > 0 ? "lift_early" : "lift_few";
    if (isnan(lift->low))
        return "lift_few";
    return lift->low > 0 ? "lift_more" : lift->high < 0 ? "lift_less" : "lift_open";
}

/* Minor units or people; none where there is no number, or none that a cell could hold. */
static struct view_cell whole_of(double n)
{
    const bool fits = fabs(n) < 9e18;

    return (struct view_cell){.none = !fits, .i = fits ? llround(n) : 0};
}

static double mean_of(const struct lift_arm *arm, double sum)
{
    return arm->people > 0 ? sum / arm->people : (double)NAN;
}

static void write_lift(struct view_run *run, const struct lifted *of)
{
    const struct lift_arm *t = &of->arms[0], *h = &of->arms[1];
    const struct lift m = lift_of_means(t, h, 0.95), s = lift_of_shares(t, h, 0.95);
    const struct view_cell cells[] = {
        VIEW_CELL_WORD(of->kind),
        VIEW_CELL_WORD(of->item),
        whole_of(t->people),
        whole_of(h->people),
        whole_of(of->waiting),
        whole_of(mean_of(t, t->sum)),
        whole_of(mean_of(h, h->sum)),
        whole_of(m.value),
        whole_of(m.low),
        whole_of(m.high),
        whole_of(m.value * t->people),
        whole_of(m.low * t->people),
        whole_of(m.high * t->people),
        VIEW_CELL_WORD(word_of(of, &m)),
        VIEW_CELL_REAL(mean_of(t, t->buyers)),
        VIEW_CELL_REAL(mean_of(h, h->buyers)),
        VIEW_CELL_REAL(s.value),
        VIEW_CELL_REAL(s.low),
        VIEW_CELL_REAL(s.high),
    };

    view_row(run, cells, TM_COUNT(cells));
}

static bool is_other(const struct lifted *of, struct str kind, struct str item)
{
    return !str_eqz(kind, of->kind) || !str_eqz(item, of->item);
}

static enum err_code run_lift(struct view_run *run, struct err *err)
{
    static const char *const names[] = {"kind",
                                        "item",
                                        "treated",
                                        "held_out",
                                        "waiting",
                                        "per_treated",
                                        "per_held_out",
                                        "lift",
                                        "lift_low",
                                        "lift_high",
                                        "incremental",
                                        "incremental_low",
                                        "incremental_high",
                                        "verdict",
                                        "bought_treated",
                                        "bought_held_out",
                                        "bought_lift",
                                        "bought_low",
                                        "bought_high"};
    TM_CLEANUP(result_freep) struct result *res = NULL;
    struct lifted of = {0};

    view_begin(run, names, TM_COUNT(names));
    TRY(view_query(run, "insight/lift", &res, err));
    while (result_next(res)) {
        struct str kind = result_text(res, KIND), item = result_text(res, ITEM);
        struct lift_arm *arm;

        if (is_other(&of, kind, item)) {
            if (of.kind[0])
                write_lift(run, &of);
            of = (struct lifted){0};
            snprintf(of.kind, sizeof(of.kind), "%.*s", (int)kind.n, kind.p);
            snprintf(of.item, sizeof(of.item), "%.*s", (int)item.n, item.p);
        }
        arm = &of.arms[result_int(res, HELD_OUT) != 0];
        *arm = (struct lift_arm){.people = result_real(res, PEOPLE),
                                 .buyers = result_real(res, BUYERS),
                                 .sum = result_real(res, SUM),
                                 .sum2 = result_real(res, SUM2),
                                 .sum3 = result_real(res, SUM3),
                                 .payers = result_real(res, PAYERS),
                                 .logs = result_real(res, LOGS),
                                 .logs2 = result_real(res, LOGS2),
                                 .with_logs = result_real(res, WITH_LOGS)};
        of.waiting += result_real(res, WAITING);
    }
    if (of.kind[0])
        write_lift(run, &of);
    return result_status(res, err);
}

const struct view view_lift = {
    .name = "lift",
    .summary = N_("What flows and campaigns brought beyond what people held out by lot bought "
                  "anyway."),
    .params = lift_params,
    .param_count = TM_COUNT(lift_params),
    .needs = "messages",
    .asks_engine = true,
    .run = run_lift,
};

/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The page "Revenue": one truth from the order ledger, beside what the platforms claim. */
#include "base/i18n.h"
#include "insight/view_list.h"
#include "insight/view_run.h"

static const char *const ledger_by[] = {"month",    "total",   "day",    "week", "channel",
                                        "campaign", "country", "device", NULL};
static const char *const time_by[] = {"month", "total", "day", "week", NULL};
static const char *const part_by[] = {"channel", "platform", "campaign", NULL};

#define PARAM_BY(list)                                                                             \
    {                                                                                              \
        .name = "by", .type = VIEW_CHOICE, .choices = (list),                                      \
        .summary = N_("What the rows stand for.")                                                  \
    }

static const struct view_param ledger_params[] = {VIEW_PARAM_FROM(364), VIEW_PARAM_TO,
                                                  PARAM_BY(ledger_by), VIEW_PARAM_LIMIT(500),
                                                  VIEW_PARAM_CURSOR};
static const struct view_param time_params[] = {VIEW_PARAM_FROM(364), VIEW_PARAM_TO,
                                                PARAM_BY(time_by), VIEW_PARAM_LIMIT(500),
                                                VIEW_PARAM_CURSOR};
static const struct view_param part_params[] = {VIEW_PARAM_FROM(364), VIEW_PARAM_TO,
                                                PARAM_BY(part_by), VIEW_PARAM_LIMIT(500),
                                                VIEW_PARAM_CURSOR};
static const struct view_param span_params[] = {VIEW_PARAM_FROM(364), VIEW_PARAM_TO,
                                                VIEW_PARAM_LIMIT(500), VIEW_PARAM_CURSOR};

static enum err_code run_revenue(struct view_run *run, struct err *err)
{
    bool campaign = str_eqz(view_value(run, "by")->text, "campaign");

    return view_page(run, campaign ? "insight/revenue_campaign" : "insight/revenue", err);
}

static enum err_code run_products(struct view_run *run, struct err *err)
{
    return view_page(run, "insight/revenue_product", err);
}

static enum err_code run_touch(struct view_run *run, struct err *err)
{
    return view_page(run, "insight/touch", err);
}

static enum err_code run_spend(struct view_run *run, struct err *err)
{
    return view_page(run, "insight/spend", err);
}

static enum err_code run_spend_parts(struct view_run *run, struct err *err)
{
    return view_page(run, "insight/spend_parts", err);
}

#define VIEW_PARAMS(list) .params = (list), .param_count = TM_COUNT(list)

const struct view view_revenue = {
    .name = "revenue",
    .summary = N_("Revenue, orders, refunds, new and returning customers."),
    VIEW_PARAMS(ledger_params),
    .needs = "orders",
    .run = run_revenue,
};
const struct view view_products = {
    .name = "products",
    .summary = N_("What the orders' revenue came from, by product."),
    VIEW_PARAMS(span_params),
    .needs = "orders",
    .run = run_products,
};
const struct view view_touch = {
    .name = "touch",
    .summary = N_("Channels by last touch, by first touch, and as the platforms claim."),
    VIEW_PARAMS(span_params),
    .needs = "orders sessions spend",
    .run = run_touch,
};
const struct view view_spend = {
    .name = "spend",
    .summary = N_("Marketing spend beside what the whole shop took."),
    VIEW_PARAMS(time_params),
    .needs = "spend",
    .run = run_spend,
};
const struct view view_spend_parts = {
    .name = "spend_parts",
    .summary = N_("Marketing spend by channel, platform or campaign, with its claims."),
    VIEW_PARAMS(part_params),
    .needs = "spend",
    .run = run_spend_parts,
};

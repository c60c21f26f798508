/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Order numbers that nobody told of: what an import of those days would bring. */
#include "base/i18n.h"
#include "insight/view_list.h"
#include "insight/view_run.h"

static const struct view_param params[] = {
    VIEW_PARAM_FROM(119),
    VIEW_PARAM_TO,
    VIEW_PARAM_LIMIT(50),
    VIEW_PARAM_CURSOR,
};

static enum err_code run_missing(struct view_run *run, struct err *err)
{
    return view_page(run, "insight/missing_orders", err);
}

const struct view view_missing_orders = {
    .name = "missing_orders",
    .summary = N_("Order numbers that neither exports nor webhooks told of, the newest first."),
    .params = params,
    .param_count = TM_COUNT(params),
    .needs = "orders",
    .asks_engine = true,
    .run = run_missing,
};

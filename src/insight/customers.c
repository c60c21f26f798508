/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The page "Customers": who they are by recency, frequency and value, and how they come back. */
#include "base/i18n.h"
#include "insight/view_list.h"
#include "insight/view_run.h"

/* Fifths of recency, frequency and monetary value: Hughes (1994), Strategic Database Marketing.
 * The names are ours: rows by recency, 1 first; columns by the mean of the other two, 1 first. */
static const char rfm_cells[] =
    "['lost','lost','hibernating','at_risk','cannot_lose',"
    "'hibernating','hibernating','at_risk','at_risk','cannot_lose',"
    "'needs_attention','needs_attention','needs_attention','loyal','loyal',"
    "'promising','promising','loyal','loyal','champions',"
    "'recent','promising','loyal','champions','champions']";

static const char *const groups[] = {
    "all",     "champions",   "loyal",       "promising", "recent", "needs_attention",
    "at_risk", "cannot_lose", "hibernating", "lost",      NULL};
static const char *const sorts[] = {"revenue", "orders", "recent", "first", NULL};

static const struct view_param page_params[] = {VIEW_PARAM_LIMIT(100), VIEW_PARAM_CURSOR};
static const struct view_param list_params[] = {
    {.name = "group", .type = VIEW_CHOICE, .choices = groups, .summary = N_("Only this group.")},
    {.name = "sort", .type = VIEW_CHOICE, .choices = sorts, .summary = N_("Which come first.")},
    VIEW_PARAM_LIMIT(100),
    VIEW_PARAM_CURSOR,
};
static const struct view_param cohort_params[] = {VIEW_PARAM_FROM(730), VIEW_PARAM_TO,
                                                  VIEW_PARAM_LIMIT(2000), VIEW_PARAM_CURSOR};
static const struct view_param search_params[] = {
    {.name = "q",
     .type = VIEW_TEXT,
     .required = true,
     .low = 2,
     .high = 200,
     .summary = N_("The beginning of a name or address, or a whole number or address.")},
    VIEW_PARAM_LIMIT(50),
    VIEW_PARAM_CURSOR,
};

static enum err_code page_with_groups(struct view_run *run, const char *statement, struct err *err)
{
    run->extra[run->extra_count++] = (struct param)PARAM_STRZ("groups", rfm_cells);
    return view_page(run, statement, err);
}

static enum err_code run_rfm(struct view_run *run, struct err *err)
{
    return page_with_groups(run, "insight/rfm", err);
}

static enum err_code run_rfm_groups(struct view_run *run, struct err *err)
{
    return page_with_groups(run, "insight/rfm_groups", err);
}

static enum err_code run_customers(struct view_run *run, struct err *err)
{
    return page_with_groups(run, "insight/customers", err);
}

static enum err_code run_cohorts(struct view_run *run, struct err *err)
{
    return view_page(run, "insight/cohorts", err);
}

static enum err_code run_search(struct view_run *run, struct err *err)
{
    return view_page(run, "insight/search", err);
}

#define VIEW_PARAMS(list) .params = (list), .param_count = TM_COUNT(list)

const struct view view_rfm = {
    .name = "rfm",
    .summary = N_("Customers by how lately and how much they bought: the map."),
    VIEW_PARAMS(page_params),
    .needs = "orders",
    .run = run_rfm,
};
const struct view view_rfm_groups = {
    .name = "rfm_groups",
    .summary = N_("The map's named groups with their share of customers and revenue."),
    VIEW_PARAMS(page_params),
    .needs = "orders",
    .run = run_rfm_groups,
};
const struct view view_customers = {
    .name = "customers",
    .summary = N_("The list of customers."),
    VIEW_PARAMS(list_params),
    .needs = "orders",
    .personal = true,
    .run = run_customers,
};
const struct view view_cohorts = {
    .name = "cohorts",
    .summary = N_("Customers by the month of their first order: who came back, when."),
    VIEW_PARAMS(cohort_params),
    .needs = "orders",
    .run = run_cohorts,
};
const struct view view_search = {
    .name = "search",
    .summary = N_("Find people by name, address or number."),
    VIEW_PARAMS(search_params),
    .needs = "orders customers",
    .personal = true,
    .run = run_search,
};

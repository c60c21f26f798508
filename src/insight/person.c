/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* One person's whole story over platforms and devices, and why it is one person. */
#include "base/i18n.h"
#include "insight/view_list.h"
#include "insight/view_run.h"

static const struct view_param params[] = {
    {.name = "person", .type = VIEW_ID, .required = true, .summary = N_("The person's number.")},
    VIEW_PARAM_LIMIT(200),
    VIEW_PARAM_CURSOR,
};

static enum err_code run_person(struct view_run *run, struct err *err)
{
    return view_page(run, "insight/person", err);
}

static enum err_code run_links(struct view_run *run, struct err *err)
{
    return view_page(run, "insight/person_links", err);
}

const struct view view_person = {
    .name = "person",
    .summary = N_("One person's orders, visits, messages and consent, the newest first."),
    .params = params,
    .param_count = TM_COUNT(params),
    .needs = "orders sessions messages",
    .personal = true,
    .asks_engine = true,
    .run = run_person,
};
const struct view view_person_links = {
    .name = "person_links",
    .summary = N_("Which records say that these identifiers are one person."),
    .params = params,
    .param_count = TM_COUNT(params),
    .needs = "orders customers",
    .personal = true,
    .asks_engine = true,
    .run = run_links,
};

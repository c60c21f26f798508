/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cmd/outlook.h"

/* For the plan that an assessment comes with: the command roadmap takes the time it needs. */
static const double seconds = 2;

enum err_code outlook_make(const struct assessment *a, struct outlook *out, struct err *err)
{
    *out = (struct outlook){0};
    TRY(sensitivity(a, NULL, &out->sensitivity, err));
    out->plan = plan_new(a->evidence->model);
    out->plan->seconds = seconds;
    return roadmap(a, out->sensitivity, NULL, out->plan, NULL, &out->roadmap, err);
}

void outlook_release(struct outlook *outlook)
{
    roadmap_free(outlook->roadmap);
    plan_free(outlook->plan);
    sensitivity_free(outlook->sensitivity);
    *outlook = (struct outlook){0};
}

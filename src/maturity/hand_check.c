/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "maturity/hand_check.h"

#include "maturity/answers.h"
#include "maturity/plan.h"
#include "store/settings.h"

static enum err_code check_settings(struct str text, const struct model *model, struct err *err)
{
    struct settings settings;

    (void)model;
    return settings_parse(hand_names[HAND_SETTINGS], text, &settings, err);
}

static enum err_code check_answers(struct str text, const struct model *model, struct err *err)
{
    TM_CLEANUP(answers_freep) struct answers *answers = NULL;

    return answers_parse(text, hand_names[HAND_ANSWERS], model, &answers, err);
}

static enum err_code check_plan(struct str text, const struct model *model, struct err *err)
{
    TM_CLEANUP(plan_freep) struct plan *plan = NULL;

    return plan_parse(text, hand_names[HAND_PLAN], model, &plan, err);
}

enum err_code hand_check(enum hand_file file, struct str text, const struct model *model,
                         struct err *err)
{
    static enum err_code (*const checks[HAND_FILES])(struct str, const struct model *,
                                                     struct err *) = {
        [HAND_SETTINGS] = check_settings, [HAND_ANSWERS] = check_answers, [HAND_PLAN] = check_plan};

    return checks[file](text, model, err);
}

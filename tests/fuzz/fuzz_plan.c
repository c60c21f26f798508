/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Any bytes as plan.yaml, and as answers.yaml; answers that are read can be written and read the
 * same. The built-in model says which practices and roles there are. */
#include "fuzz.h"

#include "maturity/answers.h"
#include "maturity/plan.h"

static const struct model *built_in(void)
{
    static struct model *model;

    MUST(model || model_load(NULL, &model, NULL) == ERR_OK);
    return model;
}

static bool accepted(enum err_code rc, const struct err *err)
{
    MUST(rc == ERR_OK || (err->code == rc && err->msg[0]));
    return rc == ERR_OK;
}

static void as_plan(const char *path)
{
    TM_CLEANUP(plan_freep) struct plan *plan = NULL;
    const struct model *model = built_in();
    struct err err = ERR_INIT;

    if (!accepted(plan_read(path, model, &plan, &err), &err))
        return;
    MUST(plan->quarters >= 1 && plan->quarters <= PLAN_QUARTERS_MAX);
    MUST(plan->target == 0 || (plan->target >= 2 && plan->target <= 4));
    MUST(plan->seconds > 0 && plan->seconds <= 600);
    MUST(plan->currency[0] == '\0' || strlen(plan->currency) == 3);
    for (int q = 0; q < plan->quarters; q++)
        MUST(plan->budget[q] >= 0);
    for (size_t i = 0; i < model->role_count; i++)
        for (int q = 0; q < plan->quarters; q++)
            MUST(plan->roles[i].hours[q] >= 0 && isfinite(plan->roles[i].hours[q]));
    for (size_t i = 0; i < model->practice_count; i++) {
        const struct plan_wish *wish = &plan->wishes[i];

        MUST(!wish->pinned || (wish->pin >= PLAN_FIRST && wish->pin < plan->quarters));
        MUST(!wish->forbidden || !(wish->pinned || wish->begun));
        MUST(wish->done >= 0 && wish->done <= 3 && (isnan(wish->left) || wish->left >= 0));
    }
}

static void check_same(const struct answers *first, const struct answers *second)
{
    MUST(first->answered_at == second->answered_at);
    MUST(strcmp(first->facts.shop, second->facts.shop) == 0);
    MUST(strcmp(first->facts.time_zone, second->facts.time_zone) == 0);
    MUST(first->facts.opened_at == second->facts.opened_at);
    MUST(first->facts.not_open == second->facts.not_open);
    for (size_t i = 0; i < first->count; i++) {
        const struct answer *a = &first->items[i], *b = &second->items[i];

        MUST(a->kind == b->kind && a->level == b->level && a->attested == b->attested);
        MUST(a->answered_at == b->answered_at && a->until == b->until);
        MUST(strcmp(a->evidence, b->evidence) == 0 && strcmp(a->reason, b->reason) == 0);
    }
}

static void as_answers(const char *path, enum language language)
{
    TM_CLEANUP(answers_freep) struct answers *answers = NULL, *again = NULL;
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(4 << 20);
    struct err err = ERR_INIT;

    if (!accepted(answers_read(path, built_in(), &answers, &err), &err))
        return;
    answers_write_template(built_in(), language, answers, &text);
    MUST(buf_check(&text, &err) == ERR_OK);
    path = fuzz_file((const uint8_t *)text.p, text.n);
    MUST(answers_read(path, built_in(), &again, &err) == ERR_OK);
    check_same(answers, again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    as_plan(fuzz_file(data, size));
    as_answers(fuzz_file(data, size), (enum language)(size % LANG_COUNT));
    return 0;
}

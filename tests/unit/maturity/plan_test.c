/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "maturity/plan.h"

#include "tap.h"

#include <unistd.h>

static struct practice practices[] = {{.id = "A-1"}, {.id = "A-2"}, {.id = "B-1"}};
static struct role roles[] = {{.id = "owner", .title = {{"Owner", "a", "b"}}, .hours = 60},
                              {.id = "marketer", .title = {{"Marketer", "a", "b"}}, .hours = 120}};
static const struct model model = {.practices = practices,
                                   .practice_count = TM_COUNT(practices),
                                   .roles = roles,
                                   .role_count = TM_COUNT(roles)};

static enum err_code read_text(struct str text, struct plan **out, struct err *err)
{
    static const char path[] = "plan_test.yaml";
    FILE *f = fopen(path, "wb");
    enum err_code code;

    assert(f);
    assert(fwrite(text.p, 1, text.n, f) == text.n && fclose(f) == 0);
    code = plan_read(path, &model, out, err);
    unlink(path);
    return code;
}

static void all_fields(void)
{
    static const char text[] = "start: 2026-10-01\n"
                               "quarters: 3\n"
                               "target: 4\n"
                               "weekend: friday-saturday\n"
                               "roles:\n"
                               "  owner: {hours: [10, 20, 30], name: Sam}\n"
                               "  marketer: 7.5\n"
                               "currency: EUR\n"
                               "dollar: 0.9\n"
                               "budget: 300\n"
                               "pin: {A-1: 2, A-2: first}\n"
                               "forbid: [B-1]\n"
                               "done: [A-1, A-1]\n"
                               "seconds: 2\n";
    TM_CLEANUP(plan_freep) struct plan *plan = NULL;
    struct err err;

    CHECK_OK(read_text(str_of(text), &plan, &err), err);
    CHECK_INT(plan->start, 20727);
    CHECK_INT(plan->quarters, 3);
    CHECK_INT(plan->target, 4);
    CHECK(plan->friday_saturday);
    CHECK(plan->roles[0].hours[0] == 10 && plan->roles[0].hours[2] == 30);
    CHECK_STR(plan->roles[0].owner, "Sam");
    CHECK(plan->roles[1].hours[2] == 7.5);
    CHECK_STR(plan->currency, "EUR");
    CHECK(plan->budget[0] == 300 && plan->budget[2] == 300);
    CHECK(plan->wishes[0].pinned && plan->wishes[0].pin == 1 && plan->wishes[0].done == 2);
    CHECK(plan->wishes[1].pinned && plan->wishes[1].pin == PLAN_FIRST);
    CHECK(plan->wishes[2].forbidden && !plan->wishes[2].pinned);
    CHECK(plan->seconds == 2);
}

static void same_as_new(const struct plan *plan)
{
    CHECK(plan->start == PLAN_NO_DAY && plan->quarters == 4 && plan->target == 0);
    CHECK(plan->roles[0].hours[3] == 60 && plan->roles[1].hours[0] == 120);
    CHECK_STR(plan->roles[0].owner, "");
    CHECK(isinf(plan->budget[0]) && isnan(plan->dollar) && !plan->friday_saturday);
    CHECK(!plan->wishes[0].pinned && !plan->wishes[0].begun && !plan->wishes[0].forbidden);
}

/* What is written to be filled in says nothing yet. */
static void template_reads_back(void)
{
    for (int l = 0; l < LANG_COUNT; l++) {
        TM_CLEANUP(plan_freep) struct plan *plan = NULL;
        struct buf out = BUF_INIT(1 << 16);
        struct err err;

        plan_write_template(&model, (enum language)l, &out);
        CHECK_OK(read_text(buf_str(&out), &plan, &err), err);
        if (plan)
            same_as_new(plan);
        buf_release(&out);
    }
}

static void mistakes(void)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"quarters: 13\n", "plan_test.yaml:1: quarters: must lie between 1 and 12, is 13"},
        {"start: 2026-13-01\n",
         "plan_test.yaml:1: start: must be a day such as 2026-10-01, is \"2026-13-01\""},
        {"target: 1\n", "plan_test.yaml:1: target: must lie between 2 and 4, is 1"},
        {"roles: {cook: 3}\n", "plan_test.yaml:1: roles: there is no role \"cook\""},
        {"roles: {owner: -1}\n",
         "plan_test.yaml:1: roles.owner: must lie between 0 and 100000, is -1"},
        {"quarters: 2\nroles:\n  owner: {hours: [1, 2, 3]}\n",
         "plan_test.yaml:3: roles.owner.hours: must have 2 entries, has 3"},
        {"roles:\n  owner: {hour: 1}\n",
         "plan_test.yaml:2: roles.owner.hour: unknown field; known here: hours, name"},
        {"pin: {A-1: 5}\n",
         "plan_test.yaml:1: pin.A-1: must be \"first\" or a quarter from 1 to 4"},
        {"pin: {A-3: 1}\n", "plan_test.yaml:1: pin: there is no practice \"A-3\""},
        {"pin: {A-1: 1, A-1: 2}\n", "plan_test.yaml:1: pin: \"A-1\" is given twice"},
        {"pin: {A-1: 1}\nforbid: [A-1]\n",
         "plan_test.yaml:2: A-1 is forbidden, and also pinned or begun"},
        {"begun: {A-1: 1}\npin: {A-1: 1}\n",
         "plan_test.yaml:2: A-1 has begun and goes on in quarter 1; it needs no pin"},
        {"budget: 10\n", "plan_test.yaml:1: needs \"currency\""},
        {"currency: EUR\nbudget: 10\n",
         "plan_test.yaml:2: needs \"dollar\": what one US dollar costs in EUR"},
        {"pins: {}\n", "plan_test.yaml:1: unknown field \"pins\""},
    };

    for (size_t i = 0; i < TM_COUNT(cases); i++) {
        TM_CLEANUP(plan_freep) struct plan *plan = NULL;
        struct err err = ERR_INIT;

        CHECK(read_text(str_of(cases[i].text), &plan, &err) == ERR_INVALID);
        CHECK_STR(err.msg, cases[i].message);
    }
}

int main(void)
{
    all_fields();
    template_reads_back();
    mistakes();
    return tap_done();
}

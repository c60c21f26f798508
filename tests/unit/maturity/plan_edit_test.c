/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "maturity/plan_edit.h"

#include "tap.h"

static struct practice practices[] = {{.id = "A-1"}, {.id = "A-2"}, {.id = "B-1"}};
static struct role roles[] = {{.id = "owner", .title = {{"Owner", "a", "b"}}, .hours = 60},
                              {.id = "marketer", .title = {{"Marketer", "a", "b"}}, .hours = 120}};
static const struct model model = {.practices = practices,
                                   .practice_count = TM_COUNT(practices),
                                   .roles = roles,
                                   .role_count = TM_COUNT(roles)};

static const struct plan_wish none = {.left = (double)NAN, .owner = "", .not_before = PLAN_NO_DAY};

static enum err_code change(struct buf *text, size_t practice, unsigned which,
                            struct plan_wish wish, struct err *err)
{
    return plan_edit_wish(text, "plan.yaml", &model, practice, which, &wish, err);
}

/* All that can be wished for, put into the template of each language and taken out again. */
static void there_and_back(void)
{
    struct plan_wish wish = none;
    struct err err = ERR_INIT;

    wish.owner = "Kim \"K\" # 1: {x}";
    wish.not_before = 20800;
    for (int l = 0; l < LANG_COUNT; l++) {
        TM_CLEANUP(plan_freep) struct plan *plan = NULL;
        struct buf text = BUF_INIT(1 << 20), template = BUF_INIT(1 << 20);

        plan_write_template(&model, (enum language)l, &template);
        buf_adds(&text, buf_str(&template));
        wish.pinned = true, wish.pin = PLAN_FIRST;
        CHECK_OK(change(&text, 0, WISH_PIN | WISH_OWNER | WISH_NOT_BEFORE, wish, &err), err);
        wish.done = 2, wish.forbidden = true;
        CHECK_OK(change(&text, 2, WISH_DONE | WISH_FORBID, wish, &err), err);
        wish.begun = true, wish.left = 6.5;
        CHECK_OK(change(&text, 1, WISH_BEGUN, wish, &err), err);
        CHECK_OK(plan_parse(buf_str(&text), "p", &model, &plan, &err), err);
        CHECK(plan->wishes[0].pinned && plan->wishes[0].pin == PLAN_FIRST);
        CHECK_STR(plan->wishes[0].owner, wish.owner);
        CHECK_INT(plan->wishes[0].not_before, 20800);
        CHECK(plan->wishes[2].forbidden && plan->wishes[2].done == 2);
        CHECK(plan->wishes[1].begun && plan->wishes[1].left == 6.5);
        for (size_t i = 0; i < 3; i++)
            CHECK_OK(change(&text, i, 63, none, &err), err);
        plan_free(plan);
        CHECK_OK(plan_parse(buf_str(&text), "p", &model, &plan, &err), err);
        for (size_t i = 0; i < 3; i++)
            CHECK(!plan->wishes[i].pinned && !plan->wishes[i].forbidden && !plan->wishes[i].begun &&
                  !plan->wishes[i].done && !plan->wishes[i].owner[0] &&
                  plan->wishes[i].not_before == PLAN_NO_DAY);
        buf_release(&text);
        buf_release(&template);
        wish.done = 0, wish.forbidden = wish.begun = false, wish.left = (double)NAN;
    }
}

/* What cannot be meant together leaves the file as it was, and names the field. */
static void refused(void)
{
    static const char before[] = "forbid: [A-1] # not this year\n";
    struct buf text = BUF_INIT(1 << 20);
    struct plan_wish wish = none;
    struct err err = ERR_INIT;

    buf_addz(&text, before);
    wish.pinned = true, wish.pin = 1;
    CHECK(change(&text, 0, WISH_PIN, wish, &err) == ERR_INVALID);
    CHECK(strstr(err.msg, "forbid") && strstr(err.msg, "A-1"));
    wish.pin = 9;
    CHECK(change(&text, 1, WISH_PIN, wish, &err) == ERR_INVALID);
    CHECK(strstr(err.msg, "pin.A-2"));
    CHECK_STR(buf_cstr(&text), before);
    wish.pin = 2;
    CHECK_OK(change(&text, 0, WISH_PIN | WISH_FORBID, wish, &err), err);
    CHECK_STR(buf_cstr(&text), "forbid: [] # not this year\npin: {A-1: 3}\n");
    buf_release(&text);
}

static void values(void)
{
    static const char *const hours[] = {"roles", "owner", "hours"}, *const budget[] = {"budget"};
    struct buf text = BUF_INIT(1 << 20);
    struct err err = ERR_INIT;

    buf_addz(&text, "roles:\n  owner: {hours: 10, name: Sam} # me\n");
    CHECK_OK(plan_edit_value(&text, "plan.yaml", &model, hours, 3, "[1, 2, 3, 4]", &err), err);
    CHECK_STR(buf_cstr(&text), "roles:\n  owner: {hours: [1, 2, 3, 4], name: Sam} # me\n");
    CHECK(plan_edit_value(&text, "plan.yaml", &model, hours, 3, "-1", &err) == ERR_INVALID);
    CHECK(strstr(err.msg, "roles.owner.hours"));
    CHECK(plan_edit_value(&text, "plan.yaml", &model, budget, 1, "100", &err) == ERR_INVALID);
    CHECK(strstr(err.msg, "currency"));
    CHECK_STR(buf_cstr(&text), "roles:\n  owner: {hours: [1, 2, 3, 4], name: Sam} # me\n");
    buf_release(&text);
}

int main(void)
{
    there_and_back();
    refused();
    values();
    return tap_done();
}

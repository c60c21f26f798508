/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/yaml_edit.h"
#include "tap.h"

static void edited(const char *before, const char *const *path, size_t depth, const char *value,
                   const char *after)
{
    struct buf text = BUF_INIT(1 << 20);
    struct err err;

    buf_addz(&text, before);
    CHECK_OK(yaml_edit(&text, path, depth, value, &err), err);
    CHECK_STR(buf_cstr(&text), after);
    buf_release(&text);
}

static void listed(const char *before, const char *item, size_t times, const char *after)
{
    struct buf text = BUF_INIT(1 << 20);
    struct err err;

    buf_addz(&text, before);
    CHECK_OK(yaml_edit_list(&text, "forbid", item, times, &err), err);
    CHECK_STR(buf_cstr(&text), after);
    buf_release(&text);
}

static void values(void)
{
    const char *const start[] = {"start"}, *const pin[] = {"pin", "A-1"};

    edited("start: 1 # one\nb: 2\n", start, 1, "3", "start: 3 # one\nb: 2\n");
    edited("# أول يوم\nstart:\nb: 2\n", start, 1, "3", "# أول يوم\nstart: 3\nb: 2\n");
    edited("start:   # none\nb: 2\n", start, 1, "3", "start: 3   # none\nb: 2\n");
    edited("", start, 1, "3", "start: 3\n");
    edited("# nothing yet", start, 1, "3", "# nothing yet\nstart: 3\n");
    edited("a: 1\n\n# the end\n", start, 1, "3", "a: 1\nstart: 3\n\n# the end\n");
    edited("a: 1\nstart: 4 # going\nb: 2\n", start, 1, NULL, "a: 1\nb: 2\n");
    edited("a: 1\n", start, 1, NULL, "a: 1\n");
    edited("pin:\nb: 2\n", pin, 2, "first", "pin: {A-1: first}\nb: 2\n");
    edited("b: 2\n", pin, 2, "1", "b: 2\npin: {A-1: 1}\n");
}

static void entries(void)
{
    const char *const pin[] = {"pin", "A-1"};

    edited("pin: {B-1: 1, A-1: 2} # w\n", pin, 2, "4", "pin: {B-1: 1, A-1: 4} # w\n");
    edited("pin: {B-1: 1}\n", pin, 2, "4", "pin: {B-1: 1, A-1: 4}\n");
    edited("pin: {A-1: 1,\n  B-1: 2}\nx: 1\n", pin, 2, NULL, "pin: {B-1: 2}\nx: 1\n");
    edited("pin: {A-1: 1}\n", pin, 2, NULL, "pin: {}\n");
    edited("pin:\n  # why\n  B-1: 2 # so\n\n# next\nx: 1\n", pin, 2, "3",
           "pin:\n  # why\n  B-1: 2 # so\n  A-1: 3\n\n# next\nx: 1\n");
    edited("pin:\n  A-1: 1\n  # mine\n  B-1: 2\n", pin, 2, NULL, "pin:\n  # mine\n  B-1: 2\n");
    edited("pin:\n  A-1: 1 # this\n  B-1: 2", pin, 2, "5", "pin:\n  A-1: 5 # this\n  B-1: 2");
    edited("pin:\n  B-1: 2", pin, 2, "5", "pin:\n  B-1: 2\n  A-1: 5\n");
}

static void deep(void)
{
    const char *const hours[] = {"roles", "owner", "hours"};

    edited("roles:\n  # boss\n  owner:\n    hours: 60 # a quarter\n    name:\n  kim: 4\n", hours, 3,
           "[1, 2]",
           "roles:\n  # boss\n  owner:\n    hours: [1, 2] # a quarter\n    name:\n  kim: 4\n");
    edited("roles:\n  owner:\n    hours:\n    - 1\n    - 2\n    name: Sam\n", hours, 3, "7",
           "roles:\n  owner:\n    hours:\n    7\n    name: Sam\n");
    edited("roles: {owner: 60}\n", hours, 3, "7", "roles: {owner: {hours: 7}}\n");
    edited("x: 1\n", hours, 3, "7", "x: 1\nroles: {owner: {hours: 7}}\n");
}

static void lists(void)
{
    listed("forbid: []\nx: 1\n", "A-1", 1, "forbid: [A-1]\nx: 1\n");
    listed("forbid: [B-1, A-1] # no\n", "A-1", 0, "forbid: [B-1] # no\n");
    listed("forbid:\nx: 1\n", "A-1", 2, "forbid: [A-1, A-1]\nx: 1\n");
    listed("x: 1\n", "A-1", 1, "x: 1\nforbid: [A-1]\n");
    listed("x: 1\n", "A-1", 0, "x: 1\n");
    listed("forbid:\n- B-1 # never\n- A-1\n# next\nx: 1\n", "A-1", 0,
           "forbid:\n- B-1 # never\n# next\nx: 1\n");
    listed("forbid:\n  - B-1 # never\n\n# next\nx: 1\n", "A-1", 1,
           "forbid:\n  - B-1 # never\n  - A-1\n\n# next\nx: 1\n");
}

static void refused(void)
{
    const char *const start[] = {"start"};
    struct buf text = BUF_INIT(1 << 20);
    struct err err = ERR_INIT;

    buf_addz(&text, "a: [1,\n");
    CHECK(yaml_edit(&text, start, 1, "3", &err) == ERR_INVALID);
    CHECK_STR(buf_cstr(&text), "a: [1,\n");
    buf_reset(&text);
    yaml_edit_quote(str_of("Sam \"S\" \\ \n x"), &text);
    CHECK_STR(buf_cstr(&text), "\"Sam \\\"S\\\" \\\\   x\"");
    buf_release(&text);
}

int main(void)
{
    values();
    entries();
    deep();
    lists();
    refused();
    return tap_done();
}

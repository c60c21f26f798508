/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Requests by law in the store: one message is one duty, it passes from state to state for one at a
 * time, and what is done names nobody. */
#include "store/duties.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/timestamp.h"
#include "store/erasures.h"
#include "tap.h"
#include "temp_dir.h"

static struct err err;
static const int64_t day_us = 24 * US_PER_HOUR;

static int64_t add(struct store *store, int64_t seq, enum duty_kind kind, int64_t received_us,
                   const char *who, bool *out_new)
{
    struct duty duty = {.source = 2, .seq = seq, .kind = kind, .received_us = received_us};

    CHECK_OK(store_duty_add(store, &duty, str_of(who), out_new, &err), err);
    return duty.id;
}

static struct duty get(struct store *store, int64_t id)
{
    struct duty duty = {0};

    CHECK_OK(store_duty_get(store, id, &duty, &err), err);
    return duty;
}

static void who_is(struct store *store, int64_t id, const char *wanted, const char *what)
{
    TM_CLEANUP(buf_release) struct buf who = BUF_INIT(4096);

    CHECK_OK(store_duty_who(store, id, &who, &err), err);
    CHECK_MSG(strcmp(buf_cstr(&who), wanted) == 0, "%s: \"%s\"", what, buf_cstr(&who));
}

static void once(struct store *store)
{
    bool is_new = false;
    int64_t first = add(store, 7, DUTY_ERASE_PERSON, 100 * day_us, "jon@example.com", &is_new);
    struct duty duty = get(store, first);

    CHECK(is_new);
    CHECK_INT(duty.due_us, 130 * day_us);
    CHECK_INT(duty.state, DUTY_NEW);
    who_is(store, first, "jon@example.com", "whom it is about is kept");
    add(store, 7, DUTY_ERASE_PERSON, 100 * day_us, "jon@example.com", &is_new);
    CHECK(!is_new);
    add(store, 8, DUTY_TELL, 90 * day_us, "ann@example.com", &is_new);
    CHECK(is_new);
}

/* By day; what is done comes last, the newest of that first. */
static const char *order(struct store *store)
{
    static char text[128];
    struct duty *list = xcalloc(DUTIES_LISTED, sizeof(*list));
    size_t n = 0, at = 0;

    CHECK_OK(store_duties_list(store, list, DUTIES_LISTED, &n, &err), err);
    text[0] = '\0';
    for (size_t i = 0; i < n && at < sizeof(text) - 8; i++)
        at += (size_t)snprintf(text + at, sizeof(text) - at, "%" PRId64 " ", list[i].id);
    free(list);
    return text;
}

static void states(struct store *store)
{
    struct duty duty;
    bool taken;

    CHECK_STR(order(store), "2 1 ");
    CHECK_OK(store_duty_take(store, 1, 1U << DUTY_OPEN, DUTY_WORKING, "user 1", &taken, &err), err);
    CHECK(!taken);
    CHECK_OK(store_duty_take(store, 1, 1U << DUTY_NEW, DUTY_WORKING, "user 1", &taken, &err), err);
    CHECK(taken);
    CHECK_OK(store_duty_take(store, 1, 1U << DUTY_NEW, DUTY_WORKING, "user 2", &taken, &err), err);
    CHECK(!taken);
    duty = get(store, 1);
    CHECK_STR(duty.actor, "user 1");
    duty.job = 5;
    CHECK_OK(store_duty_update(store, &duty, &err), err);
    CHECK_OK(store_duties_resume(store, &err), err);
    duty = get(store, 1);
    CHECK(duty.state == DUTY_WORKING && duty.job == 0);
    duty.state = DUTY_FAILED;
    snprintf(duty.problem, sizeof(duty.problem), "no space");
    CHECK_OK(store_duty_update(store, &duty, &err), err);
    who_is(store, 1, "jon@example.com", "what failed can be done again");
    duty.state = DUTY_DONE;
    CHECK_OK(store_duty_update(store, &duty, &err), err);
    who_is(store, 1, "", "what is done names nobody");
    CHECK(get(store, 1).done_us > 0);
    CHECK_INT(store_duty_update(store, &duty, &err), ERR_NOT_FOUND);
    err = ERR_INIT;
    CHECK_STR(order(store), "2 1 ");
    CHECK_INT(store_duty_get(store, 99, &duty, &err), ERR_NOT_FOUND);
    err = ERR_INIT;
}

/* An erasure that was finished by the next start settles its duty. */
static void settled(struct store *store)
{
    struct erasure e = {.requested_us = timestamp_now(), .actor = "user 1"};
    bool is_new;
    int64_t id = add(store, 9, DUTY_ERASE_PERSON, 100 * day_us, "eve@example.com", &is_new);
    struct duty duty = get(store, id);

    CHECK_OK(store_erasure_add(store, &e, NULL, 0, STR_LIT("eve@example.com"), &err), err);
    duty.state = DUTY_WORKING;
    duty.erasure = e.id;
    CHECK_OK(store_duty_update(store, &duty, &err), err);
    CHECK_OK(store_duties_settle(store, &err), err);
    CHECK_INT(get(store, id).state, DUTY_WORKING);
    e.step = ERASE_DONE;
    CHECK_OK(store_erasure_update(store, &e, &err), err);
    CHECK_OK(store_duties_settle(store, &err), err);
    duty = get(store, id);
    CHECK(duty.state == DUTY_DONE && duty.done_us == e.finished_us);
    who_is(store, id, "", "settled, it names nobody");
}

static void nobody_in_the_file(const char *dir)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(8 << 20);
    char path[1200];

    snprintf(path, sizeof(path), "%s/store.db", dir);
    CHECK_OK(file_read(path, 8 << 20, &text, &err), err);
    CHECK(text.n > 0 && !memmem(text.p, text.n, "example.com", 11));
}

/* A second process may look and mark; one of another version may not. */
static void beside(struct store *store, const char *dir)
{
    struct store *other = NULL;
    bool taken = false;

    CHECK_INT(store_open(dir, &other, &err), ERR_BUSY);
    err = ERR_INIT;
    CHECK_OK(store_open_beside(dir, &other, &err), err);
    CHECK_OK(store_duty_take(other, 2, 1U << DUTY_NEW, DUTY_DONE, "command line", &taken, &err),
             err);
    store_close(other);
    CHECK(taken);
    CHECK_STR(get(store, 2).actor, "command line");
}

int main(void)
{
    struct store *store = NULL;
    char dir[1024];

    temp_dir_make();
    snprintf(dir, sizeof(dir), "%s", temp_path("shop"));
    CHECK_OK(store_open(dir, &store, &err), err);
    once(store);
    states(store);
    settled(store);
    beside(store, dir);
    CHECK_OK(store_compact(store, &err), err);
    store_close(store);
    nobody_in_the_file(dir);
    return tap_done();
}

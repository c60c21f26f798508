/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What was turned away adds up, and stays within its bounds whatever comes. */
#include "store/turned.h"

#include "base/timestamp.h"
#include "store/sqlite.h"
#include "tap.h"
#include "temp_dir.h"

static struct turned one(int64_t hour, int64_t source, const char *key, const char *why, int64_t n)
{
    struct turned t = {.hour = hour, .source = source, .n = n, .last_us = hour * US_PER_HOUR + n};

    snprintf(t.key, sizeof(t.key), "%s", key);
    snprintf(t.why, sizeof(t.why), "%s", why);
    return t;
}

struct sum {
    int64_t n, rows, strangers, first_hour;
};

static enum err_code add_up(void *ctx, const struct turned *t, struct err *err)
{
    struct sum *sum = ctx;

    (void)err;
    if (!sum->rows++)
        sum->first_hour = t->hour;
    sum->n += t->n;
    sum->strangers += t->key[0] != '\0';
    return ERR_OK;
}

static struct sum sum_from(struct store *store, int64_t hour)
{
    struct sum sum = {0};
    struct err err = ERR_INIT;

    CHECK_OK(store_turned_each(store, hour, add_up, &sum, &err), err);
    return sum;
}

static void adds_up(struct store *store, int64_t now)
{
    const struct turned list[] = {one(now, 1, "", "malformed", 2), one(now, 1, "", "malformed", 3),
                                  one(now - 1, 1, "", "malformed", 1),
                                  one(now, 0, "aa", "unknown_key", 4)};
    struct turned strangers[4];
    struct err err = ERR_INIT;
    size_t n = 0;

    CHECK_OK(store_turned_add(store, list, TM_COUNT(list), &err), err);
    CHECK_OK(store_turned_add(store, list, TM_COUNT(list), &err), err);
    CHECK_INT(sum_from(store, now - 1).n, 20);
    CHECK_INT(sum_from(store, now - 1).rows, 3);
    CHECK_INT(sum_from(store, now).n, 18);
    CHECK_OK(store_turned_strangers(store, now - 1, strangers, TM_COUNT(strangers), &n, &err), err);
    CHECK_INT(n, 1);
    CHECK_STR(strangers[0].key, "aa");
    CHECK_INT(strangers[0].n, 8);
}

/* Strangers beyond the first of an hour are counted together; who was told apart stays so. */
static void many_strangers(struct store *store, int64_t now)
{
    struct turned list[200];
    struct err err = ERR_INIT;
    struct sum before = sum_from(store, now), after;

    for (size_t i = 0; i < TM_COUNT(list); i++) {
        char key[TURNED_KEY];

        snprintf(key, sizeof(key), "%08zx", i);
        list[i] = one(now, 0, key, "unknown_key", 1);
    }
    CHECK_OK(store_turned_add(store, list, TM_COUNT(list), &err), err);
    CHECK_OK(store_turned_add(store, list, TM_COUNT(list), &err), err);
    after = sum_from(store, now);
    CHECK_INT(after.n, before.n + 400);
    CHECK_INT(after.strangers, TURNED_KEYS);
    CHECK(after.rows <= before.rows + TURNED_KEYS);
}

static void old_and_many_go(struct store *store, int64_t now)
{
    enum { MANY = TURNED_ROWS + 500 };
    struct turned *list = xcalloc(MANY, sizeof(*list));
    const struct turned old = one(now - TURNED_KEEP_DAYS * 24 - 1, 1, "", "malformed", 7);
    struct err err = ERR_INIT;
    struct sum sum;

    CHECK_OK(store_turned_add(store, &old, 1, &err), err);
    CHECK_INT(sum_from(store, 0).first_hour, now - 1);
    for (int i = 0; i < MANY; i++)
        list[i] = one(now - i / 100, 100 + i % 100, "", "bad_signature", 1);
    CHECK_OK(store_turned_add(store, list, MANY, &err), err);
    sum = sum_from(store, 0);
    CHECK_INT(sum.rows, TURNED_ROWS);
    CHECK(sum.first_hour > now - MANY / 100); /* the oldest went */
    free(list);
}

int main(void)
{
    const int64_t now = timestamp_now() / US_PER_HOUR;
    struct store *store = NULL;
    struct err err = ERR_INIT;

    temp_dir_make();
    CHECK_OK(store_open(temp_path("shop"), &store, &err), err);
    adds_up(store, now);
    many_strangers(store, now);
    old_and_many_go(store, now);
    store_close(store);
    return tap_done();
}

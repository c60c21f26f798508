/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Many who leave a line at once: each line is there, once, when its call returns. */
#include "tap.h"
#include "temp_dir.h"
#include "web/trail.h"

#include <pthread.h>

enum { WALKERS = 6, LINES = 40 };

static struct trail *trail;
static struct store *store;

/* 1 when a line did not get in. */
static void *walk(void *arg)
{
    long failed = 0, walker = (long)arg;

    for (int i = 0; i < LINES; i++) {
        struct audit_entry entry = {.at_us = i + 1, .status = 200};
        struct err err = ERR_INIT;

        snprintf(entry.actor, sizeof(entry.actor), "user %ld", walker);
        failed += trail_add(trail, &entry, i % 8 == 0, &err) != ERR_OK;
    }
    return (void *)failed;
}

static void count(void)
{
    static struct audit_entry got[WALKERS * LINES + 1];
    int each[WALKERS] = {0};
    struct err err = ERR_INIT;
    size_t n = 0;

    CHECK_OK(store_audit_list(store, 0, got, TM_COUNT(got), &n, &err), err);
    CHECK_INT(n, WALKERS * LINES);
    for (size_t i = 0; i < n; i++)
        each[(got[i].actor[5] - '0') % WALKERS]++;
    for (size_t i = 0; i < WALKERS; i++)
        CHECK_INT(each[i], LINES);
}

int main(void)
{
    pthread_t threads[WALKERS];
    struct err err = ERR_INIT;
    void *failed;

    temp_dir_make();
    CHECK_OK(store_open(temp_path("shop"), &store, &err), err);
    CHECK_OK(trail_new(store, &trail, &err), err);
    for (long i = 0; i < WALKERS; i++)
        CHECK(pthread_create(&threads[i], NULL, walk, (void *)i) == 0);
    for (size_t i = 0; i < WALKERS; i++) {
        pthread_join(threads[i], &failed);
        CHECK(failed == NULL);
    }
    count();
    trail_free(trail);
    store_close(store);
    CHECK_OK(store_open(temp_path("shop"), &store, &err), err);
    count();
    store_close(store);
    return tap_done();
}

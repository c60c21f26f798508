/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What is done once a day is done on days on which nothing comes, too. */
#include "web/noting.h"

#include "tap.h"
#include "temp_dir.h"

#include <stdatomic.h>
#include <time.h>

static atomic_int done;

static void count(void *ctx)
{
    (void)ctx;
    done++;
}

static bool no_source(void *ctx, int64_t id, struct source_entry *out)
{
    (void)ctx;
    (void)id;
    (void)out;
    return false;
}

int main(void)
{
    const struct noting_daily daily = {.work = count, .seconds = 1};
    struct live_people_ctx ctx = {.source = no_source, .bytes_max = 1 << 20};
    struct live_people *people = NULL;
    struct journal *journal = NULL;
    struct noting *noting = NULL;
    struct store *store = NULL;
    struct err err = ERR_INIT;

    temp_dir_make();
    CHECK_OK(store_open(temp_path("shop"), &store, &err), err);
    CHECK_OK(journal_open(temp_path("shop"), &journal, &err), err);
    ctx.journal = journal;
    CHECK_OK(live_people_new(&ctx, &people, &err), err);
    CHECK_OK(noting_open(store, journal, people, daily, &noting, &err), err);
    for (int i = 0; i < 500 && done < 1; i++)
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    CHECK(done >= 1);
    noting_close(noting); /* at once, though the next day is not over */
    live_people_free(people);
    journal_close(journal);
    store_close(store);
    return tap_done();
}

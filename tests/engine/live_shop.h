/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* live_shop.h - the shop that a test of live data works in: its store, journal and engine. */
#ifndef TM_TESTS_ENGINE_LIVE_SHOP_H
#define TM_TESTS_ENGINE_LIVE_SHOP_H

#include "insight/resolve.h"
#include "intake/live/drain.h"
#include "outreach/results/assigned.h"

#include "live.h"

static struct store *store;
static struct journal *journal;
static struct engine *engine;
static struct engine_target *target;
static struct settings settings;

__attribute__((unused)) static void shop_start_engine(void)
{
    engine = live_start((struct engine_options){0});
    target = engine_target_new(engine);
}

__attribute__((unused)) static void shop_end_engine(void)
{
    engine_target_free(target);
    engine_close(engine);
}

/* After live_begin() and the test's own statements. */
__attribute__((unused)) static void shop_begin(struct source_entry *const *sources, size_t n)
{
    struct err err = ERR_INIT;

    settings = settings_default();
    CHECK_OK(store_open(temp_path("shop"), &store, &err), err);
    CHECK_OK(journal_open(temp_path("shop"), &journal, &err), err);
    for (size_t i = 0; i < n; i++)
        CHECK_OK(store_source_add(store, sources[i], &err), err);
    shop_start_engine();
}

__attribute__((unused)) static int shop_end(void)
{
    shop_end_engine();
    journal_close(journal);
    store_close(store);
    return tap_done();
}

__attribute__((unused)) static struct drain_ctx shop_drain_ctx(void)
{
    return (struct drain_ctx){.store = store,
                              .journal = journal,
                              .engine = engine,
                              .target = engine_target_door(target),
                              .settings = &settings};
}

/* Drains what came, none of which is rejected, and resolves. as_of: TIME_NONE, or when figures are
 * of. */
__attribute__((unused)) static void shop_resolve(int64_t as_of)
{
    const struct drain_ctx ctx = shop_drain_ctx();
    const struct resolve_options options = {.time_zone = "UTC",
                                            .currency = "EUR",
                                            .as_of = as_of,
                                            .assign = assigned_fill,
                                            .assign_ctx = store};
    struct resolve_summary summary;
    struct drain_summary told;
    struct err err = ERR_INIT;

    CHECK_OK(drain(&ctx, &told, &err), err);
    CHECK_INT(told.rejected, 0);
    CHECK_OK(resolve(engine, &options, &summary, &err), err);
}

#endif

/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* real.h - tests on public data sets: a file of ../shared/data into a real engine, and figures
 * out of it.
 *
 *     real_begin("cdnow/CDNOW_master.txt.xz", "cdnow.mapping.yaml");     ends as skipped without it
 *     CHECK_INT(real_import()->entry.rows, 69659);
 *     CHECK_INT(live_number(real_engine, "test/orders"), 69659);
 */
#ifndef TM_TESTS_DATA_REAL_H
#define TM_TESTS_DATA_REAL_H

#include "engine/live.h"
#include "insight/resolve.h"
#include "intake/import.h"

static char real_file[1024], real_mapping[1024];
static struct engine *real_engine;
static struct store *real_store;
static struct engine_target *real_target;
static struct settings real_settings;
static struct import_report real_report;

/* Statements of the test's own are written (live_sql) between this and real_start(). */
static void real_begin(const char *file, const char *mapping)
{
    const char *data = getenv("TIDEMARK_TEST_DATA");

    snprintf(real_file, sizeof(real_file), "%s/%s", data ? data : "", file);
    snprintf(real_mapping, sizeof(real_mapping), "%s/%s", EXAMPLES, mapping);
    if (access(real_file, R_OK) != 0) {
        printf("# no file %s below the folder of data sets\n", file);
        tap_skip("the data set is not there");
        exit(tap_done());
    }
    live_begin();
}

static void real_start(void)
{
    struct err err = ERR_INIT;

    real_engine = live_start((struct engine_options){0});
    CHECK_OK(store_open(temp_path("shop"), &real_store, &err), err);
    real_settings = settings_default();
    real_target = engine_target_new(real_engine);
}

static const struct import_file *real_import(void)
{
    static struct import_file none;
    const char *path = real_file;
    struct import_ctx ctx = {.store = real_store,
                             .target = engine_target_door(real_target),
                             .settings = &real_settings,
                             .options = {.mapping = real_mapping}};
    struct err err = ERR_INIT;

    import_report_release(&real_report);
    CHECK_OK(import_paths(&ctx, &path, 1, &real_report, &err), err);
    return real_report.n ? real_report.files[0] : &none;
}

static void real_resolve(const char *time_zone)
{
    struct resolve_options options = {.time_zone = time_zone, .currency = "", .as_of = TIME_NONE};
    struct resolve_summary summary;
    struct err err = ERR_INIT;

    CHECK_OK(resolve(real_engine, &options, &summary, &err), err);
}

static int real_end(void)
{
    import_report_release(&real_report);
    engine_target_free(real_target);
    engine_close(real_engine);
    store_close(real_store);
    return tap_done();
}

#endif

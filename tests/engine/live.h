/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* live.h - tests with a real node: a folder for it, and statements of the test's own beside
 * those of sql/.
 *
 *     live_sql("one", "-- columns: x UInt8\nSELECT 1 AS x");      "test/one"
 *     struct engine *e = live_start((struct engine_options){0});
 *
 * Where the engine's library is not installed, live_begin() ends the test as skipped.
 */
#ifndef TM_TESTS_ENGINE_LIVE_H
#define TM_TESTS_ENGINE_LIVE_H

#include "engine/engine.h"
#include "engine/transfer.h"
#include "unit/tap.h"
#include "unit/temp_dir.h"

#include <sys/stat.h>

static struct err live_err;

__attribute__((unused)) static void live_sql(const char *name, const char *text)
{
    struct buf b = BUF_INIT(1 << 16);
    char file[256];

    snprintf(file, sizeof(file), "sql/test/%s.sql", name);
    buf_addf(&b, "-- name: test/%s\n%s\n", name, text);
    temp_write(file, b.p, b.n);
    buf_release(&b);
}

__attribute__((unused)) static void live_begin(void)
{
    static const char *const rooms[] = {"applies", "audience", "engine",   "identity", "import",
                                        "insight", "measure",  "outreach", "resolve",  "schema"};

    temp_dir_make();
    if (access(LIBRARY, R_OK) != 0) {
        tap_skip("the engine's library is not there: make deps");
        exit(tap_done());
    }
    if (mkdir(temp_path("sql"), 0700) || mkdir(temp_path("sql/test"), 0700))
        perror("mkdir");
    for (size_t i = 0; i < TM_COUNT(rooms); i++) {
        char from[1024], to[256];

        snprintf(from, sizeof(from), "%s/%s", SQL_DIR, rooms[i]);
        snprintf(to, sizeof(to), "sql/%s", rooms[i]);
        if (symlink(from, temp_path(to)))
            perror(to);
    }
}

/* With the folder "node" unless options say otherwise; ends the test when it fails. */
__attribute__((unused)) static struct engine *live_start(struct engine_options options)
{
    struct engine *e = NULL;
    char dir[1024], sql_dir[1024];

    snprintf(dir, sizeof(dir), "%s", temp_path("node"));
    snprintf(sql_dir, sizeof(sql_dir), "%s", temp_path("sql"));
    if (!options.dir)
        options.dir = dir;
    if (!options.sql_dir)
        options.sql_dir = sql_dir;
    CHECK_OK(engine_open(&options, &e, &live_err), live_err);
    if (!e) {
        printf("# %s\n# %s\n", live_err.hint, live_err.context);
        exit(tap_done());
    }
    return e;
}

/* The single number that a statement without parameters gives; -1 when it fails. */
__attribute__((unused)) static int64_t live_number(struct engine *e, const char *statement)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;
    int64_t v = -1;

    live_err = ERR_INIT;
    if (engine_query(e, statement, NULL, 0, &res, &live_err) != ERR_OK)
        return -1;
    if (result_next(res))
        v = result_int(res, 0);
    return result_status(res, &live_err) == ERR_OK ? v : -1;
}

#endif

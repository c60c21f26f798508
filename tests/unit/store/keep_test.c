/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the store keeps only so long: the old goes, what others rest on stays. */
#include "store/keep.h"

#include "base/timestamp.h"
#include "store/access.h"
#include "store/sqlite.h"
#include "tap.h"
#include "temp_dir.h"

static int64_t day(int n)
{
    return timestamp_now() - n * US_PER_DAY;
}

static void exec(struct store *store, const char *sql)
{
    struct err err = ERR_INIT;

    CHECK_OK(store_exec(store, sql, &err), err);
}

static int64_t number(struct store *store, const char *sql)
{
    struct err err = ERR_INIT;
    struct stmt s;
    int64_t n = -1;

    CHECK_OK(stmt_open(store, sql, &s, &err), err);
    if (stmt_next(&s))
        n = stmt_col_int(&s, 0);
    CHECK_OK(stmt_close(&s, &err), err);
    return n;
}

/* Looks first, then does it: both tell the same number. */
static int64_t goes(struct store *store, enum store_kept what, int64_t before_us)
{
    struct err err = ERR_INIT;
    int64_t counted = -1, removed = -2;

    CHECK_OK(store_kept_count(store, what, before_us, &counted, &err), err);
    CHECK_OK(store_kept_remove(store, what, before_us, &removed, &err), err);
    CHECK_INT(counted, removed);
    return removed;
}

static void audit(struct store *store)
{
    const struct audit_entry entries[] = {{.at_us = day(400), .action = "old"},
                                          {.at_us = day(100), .action = "newer"}};
    struct err err = ERR_INIT;

    CHECK_OK(store_audit_add(store, entries, 2, &err), err);
    CHECK(store_exec(store, "DELETE FROM audit", &err) != ERR_OK); /* by nobody else */
    CHECK_INT(goes(store, KEPT_AUDIT, day(365)), 1);
    CHECK_INT(number(store, "SELECT count(*) FROM audit WHERE action = 'newer'"), 1);
    CHECK(store_exec(store, "DELETE FROM audit", &err) != ERR_OK);
    CHECK(store_exec(store, "UPDATE audit SET action = ''", &err) != ERR_OK);
}

static void marks(struct store *store)
{
    for (int i = 1; i <= 4; i++) {
        char sql[1024];

        snprintf(sql, sizeof(sql),
                 "INSERT INTO assessment (id, as_of, made_us, seen, seen_us, program, model,"
                 " model_version, content_hash, scoring_hash, input_hash, result_hash, stage_best,"
                 " stage_confirmed, stage_claimed, evidence) VALUES (%d, %" PRId64
                 ", 0, 1, 0, '', '', '', '', '', '%d', '', 1, 1, 1, 'e');"
                 "INSERT INTO assessment_practice (assessment_id, position, practice, state,"
                 " level_best, level_confirmed) VALUES (%d, 0, 'p', 's', 1, 1)",
                 i, day(1000 - 100 * i), i, i);
        exec(store, sql);
    }
    exec(store, "INSERT INTO road_step (id, assessment_id, saved_us, practice, level_from,"
                " level_to, quarter, start_day, due_day, measure, owner, status)"
                " VALUES (1, 2, 0, 'p', 1, 2, 1, 1, 2, '', '', 0)");
    CHECK_INT(goes(store, KEPT_MARKS, day(10)), 2); /* not the promised one, not the newest */
    CHECK_INT(number(store, "SELECT sum(id) FROM assessment"), 2 + 4);
    CHECK_INT(number(store, "SELECT count(*) FROM assessment_practice"), 2);
}

static void reasons(struct store *store)
{
    const struct store_reject reject = {7, "it is wrong"};
    struct err err = ERR_INIT;

    for (int i = 0; i < 2; i++) {
        struct import_entry entry = {.path = "a.csv", .digest = "d", .format = "f", .source = "s"};

        CHECK_OK(store_import_begin(store, &entry, &err), err);
        entry.status = IMPORT_DONE;
        entry.ended_us = i ? day(1) : day(90);
        CHECK_OK(store_import_update(store, &entry, &err), err);
        CHECK_OK(store_rejects_add(store, entry.id, &reject, 1, &err), err);
        CHECK_OK(store_import_report_put(store, entry.id, STR_LIT("{}"), &err), err);
    }
    CHECK_INT(goes(store, KEPT_REASONS, day(31)), 1);
    CHECK_INT(number(store, "SELECT count(*) FROM import_reject"), 1);
    CHECK_INT(number(store, "SELECT count(*) FROM import_report"), 1);
    CHECK_INT(number(store, "SELECT count(*) FROM import_file"), 2); /* what was read stays known */
}

static void erasures(struct store *store)
{
    char sql[512];

    for (int i = 1; i <= 3; i++) {
        snprintf(sql, sizeof(sql),
                 "INSERT INTO erasure (id, requested_us, finished_us, step, actor, identifiers,"
                 " sealed) VALUES (%d, 1, %" PRId64 ", 6, '', 1, '');"
                 "INSERT INTO erasure_id (erasure_id, kind, hash, quick, other)"
                 " VALUES (%d, 1, 'h', 1, 0)",
                 i,
                 i == 1   ? day(900)
                 : i == 2 ? day(2)
                          : 0,
                 i);
        exec(store, sql);
    }
    CHECK_INT(goes(store, KEPT_ERASURES, day(365)), 1); /* one under way never */
    CHECK_INT(number(store, "SELECT sum(erasure_id) FROM erasure_id"), 2 + 3);
}

int main(void)
{
    struct store *store = NULL;
    struct err err = ERR_INIT;

    temp_dir_make();
    CHECK_OK(store_open(temp_path("shop"), &store, &err), err);
    if (store) {
        audit(store);
        marks(store);
        reasons(store);
        erasures(store);
    }
    store_close(store);
    return tap_done();
}

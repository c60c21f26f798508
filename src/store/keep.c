/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/keep.h"

#include "store/sqlite.h"

#define OLD_IMPORTS "(SELECT id FROM import_file WHERE ended_us > 0 AND ended_us < $1)"
#define OLD_MARKS                                                                                  \
    "(SELECT id FROM assessment WHERE as_of < $1 AND id NOT IN (SELECT assessment_id FROM"         \
    " road_step) AND id != (SELECT id FROM assessment ORDER BY as_of DESC, id DESC LIMIT 1))"
#define OLD_ERASURES "(SELECT id FROM erasure WHERE finished_us > 0 AND finished_us < $1)"

/* The rows that are counted go last: the others are found by them. */
static const struct {
    const char *count, *removals[4];
} rows[STORE_KEPT] = {
    [KEPT_REASONS] = {"SELECT count(*) FROM import_reject WHERE import_id IN " OLD_IMPORTS,
                      {"DELETE FROM import_report WHERE import_id IN " OLD_IMPORTS,
                       "DELETE FROM import_reject WHERE import_id IN " OLD_IMPORTS}},
    [KEPT_MARKS] = {"SELECT count(*) FROM assessment WHERE id IN " OLD_MARKS,
                    {"DELETE FROM assessment_practice WHERE assessment_id IN " OLD_MARKS,
                     "DELETE FROM assessment_dimension WHERE assessment_id IN " OLD_MARKS,
                     "DELETE FROM assessment WHERE id IN " OLD_MARKS}},
    /* The record can only be added to, but for what is older than this says (migrate.c). */
    [KEPT_AUDIT] = {"SELECT count(*) FROM audit WHERE at_us < $1",
                    {"INSERT INTO kept_value (name, value) VALUES ('audit kept from', $1)"
                     " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                     "DELETE FROM audit WHERE at_us < $1"}},
    [KEPT_ERASURES] = {"SELECT count(*) FROM erasure WHERE id IN " OLD_ERASURES,
                       {"DELETE FROM erasure_id WHERE erasure_id IN " OLD_ERASURES,
                        "DELETE FROM erasure_count WHERE erasure_id IN " OLD_ERASURES,
                        "DELETE FROM erasure WHERE id IN " OLD_ERASURES}},
};

static enum err_code run(struct store *store, const char *sql, int64_t before_us, int64_t *out_n,
                         struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store, sql, &s, err));
    stmt_int(&s, 1, before_us);
    if (stmt_next(&s))
        *out_n = stmt_col_int(&s, 0);
    return stmt_close(&s, err);
}

enum err_code store_kept_count(struct store *store, enum store_kept what, int64_t before_us,
                               int64_t *out_n, struct err *err)
{
    *out_n = 0;
    return run(store, rows[what].count, before_us, out_n, err);
}

static enum err_code remove_all(struct store *store, enum store_kept what, int64_t before_us,
                                int64_t *out_n, struct err *err)
{
    int64_t nothing;

    TRY(store_kept_count(store, what, before_us, out_n, err));
    for (size_t i = 0; i < TM_COUNT(rows[what].removals) && rows[what].removals[i]; i++)
        TRY(run(store, rows[what].removals[i], before_us, &nothing, err));
    return ERR_OK;
}

enum err_code store_kept_remove(struct store *store, enum store_kept what, int64_t before_us,
                                int64_t *out_n, struct err *err)
{
    *out_n = 0;
    TRY(store_exec(store, "BEGIN IMMEDIATE", err));
    return store_end(store, remove_all(store, what, before_us, out_n, err), err);
}

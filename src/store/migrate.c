/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The schema, as numbered steps that are only ever added to. Portable SQL. */
#include "store/sqlite.h"

static const char *const migrations[] = {
    /* 1: files that were read, why rows of them were not used, levels for hysteresis, values.
     * Ids of files are given by the program and never reused, because rows in the engine carry
     * them. The totals by kind let an interrupted move be finished without doubling a row. */
    "CREATE TABLE import_file ("
    " id BIGINT PRIMARY KEY,"
    " path TEXT NOT NULL,"
    " name TEXT NOT NULL,"
    " digest TEXT NOT NULL,"
    " member BIGINT NOT NULL,"
    " size BIGINT NOT NULL,"
    " format TEXT NOT NULL,"
    " source TEXT NOT NULL,"
    " status BIGINT NOT NULL,"
    " row_count BIGINT NOT NULL DEFAULT 0,"
    " stored BIGINT NOT NULL DEFAULT 0,"
    " merged BIGINT NOT NULL DEFAULT 0,"
    " rejected BIGINT NOT NULL DEFAULT 0,"
    " skipped BIGINT NOT NULL DEFAULT 0,"
    " records TEXT NOT NULL DEFAULT '',"
    " encoding TEXT NOT NULL DEFAULT '',"
    " delimiter BIGINT NOT NULL DEFAULT 0,"
    " style TEXT NOT NULL DEFAULT '',"
    " newest_us BIGINT NOT NULL DEFAULT 0,"
    " started_us BIGINT NOT NULL,"
    " ended_us BIGINT NOT NULL DEFAULT 0);"
    "CREATE INDEX import_file_content ON import_file (digest, member, status);"
    "CREATE TABLE import_reject ("
    " import_id BIGINT NOT NULL REFERENCES import_file (id),"
    " position BIGINT NOT NULL,"
    " line BIGINT NOT NULL,"
    " reason TEXT NOT NULL,"
    " PRIMARY KEY (import_id, position));"
    "CREATE TABLE published_level ("
    " practice TEXT PRIMARY KEY,"
    " level BIGINT NOT NULL,"
    " scoring TEXT NOT NULL,"
    " at_us BIGINT NOT NULL);"
    "CREATE TABLE kept_value (name TEXT PRIMARY KEY, value TEXT NOT NULL);",
};

static enum err_code version_of(struct store *store, int64_t *out_version, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store, "SELECT version FROM schema_version", &s, err));
    *out_version = stmt_next(&s) ? stmt_col_int(&s, 0) : 0;
    return stmt_close(&s, err);
}

static enum err_code set_version(struct store *store, int64_t version, struct err *err)
{
    struct stmt s;

    TRY(store_exec(store, "DELETE FROM schema_version", err));
    TRY(stmt_open(store, "INSERT INTO schema_version (version) VALUES ($1)", &s, err));
    stmt_int(&s, 1, version);
    stmt_next(&s);
    return stmt_close(&s, err);
}

static enum err_code step(struct store *store, size_t i, struct err *err)
{
    enum err_code rc;

    TRY(store_exec(store, "BEGIN", err));
    rc = store_exec(store, migrations[i], err);
    if (rc == ERR_OK)
        rc = set_version(store, (int64_t)i + 1, err);
    return store_end(store, rc, err);
}

enum err_code store_migrate(struct store *store, struct err *err)
{
    int64_t version = 0;

    TRY(store_exec(store, "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL)",
                   err));
    TRY(version_of(store, &version, err));
    if (version < 0 || version > (int64_t)TM_COUNT(migrations)) {
        err_set(err, ERR_STORE,
                "the workspace \"%s\" was written by a newer Tidemark (schema %" PRId64
                ", known here: %zu)",
                store->dir, version, TM_COUNT(migrations));
        err_hint(err, "use that version of Tidemark, or another workspace");
        return ERR_STORE;
    }
    for (size_t i = (size_t)version; i < TM_COUNT(migrations); i++)
        TRY(step(store, i, err));
    return ERR_OK;
}

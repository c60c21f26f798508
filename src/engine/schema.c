/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "engine/schema.h"

#include "base/digest.h"

enum { COPY_TEXT_LIMIT = 64 * 1024, LIST_LIMIT = 256 * 1024 };

/* Made tables that are still to be noted, as the engine reads Array(String). */
struct noting {
    struct buf names, hashes;
};

static bool is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\t';
}

/* Of the statement without its comment lines; how it is spaced does not matter. */
static void hash_statement(const struct statement *s, char out_hash[DIGEST_HEX])
{
    struct buf plain = BUF_INIT(1 << 20);

    for (const char *p = s->text; *p;) {
        const char *end = strchrnul(p, '\n');

        for (; p < end && strncmp(p, "--", 2) != 0; p++)
            if (!is_space(*p))
                buf_addc(&plain, *p);
            else if (plain.n && plain.p[plain.n - 1] != ' ')
                buf_addc(&plain, ' ');
        if (plain.n && plain.p[plain.n - 1] != ' ')
            buf_addc(&plain, ' ');
        p = *end ? end + 1 : end;
    }
    digest_of(str_trim(buf_str(&plain)), out_hash);
    buf_release(&plain);
}

static bool keeps_rows(const char *table)
{
    return strncmp(table, "raw_", 4) == 0 || strncmp(table, "stage_", 6) == 0;
}

static enum err_code run_text(struct engine *e, const char *what, struct buf *text, struct err *err)
{
    struct statement s = {.name = what, .text = buf_cstr(text)};
    struct request r = {.statement = &s};
    enum err_code rc = buf_check(text, err);

    return rc == ERR_OK ? request_run(e, &r, err) : rc;
}

/* INSERT of the columns that both forms have; the new ones are told to the engine's owner. */
static enum err_code copy_text(struct engine *e, const char *table, struct buf *text,
                               struct err *err)
{
    const struct param params[] = {PARAM_STRZ("table", table)};
    TM_CLEANUP(result_freep) struct result *res = NULL;
    TM_CLEANUP(buf_release) struct buf columns = BUF_INIT(COPY_TEXT_LIMIT);

    TRY(engine_query(e, "engine/next_columns", params, TM_COUNT(params), &res, err));
    while (result_next(res)) {
        struct str name = result_text(res, 0);

        if (result_int(res, 1))
            buf_addf(&columns, "%s`%.*s`", columns.n ? ", " : "", (int)name.n, name.p);
        else if (strncmp(table, "raw_", 4) == 0)
            buf_addf(&e->added, "%s%s.%.*s", e->added.n ? ", " : "", table, (int)name.n, name.p);
    }
    TRY(result_status(res, err));
    TRY(buf_check(&columns, err));
    if (columns.n)
        buf_addf(text,
                 "INSERT INTO tidemark_next.%s (%s) SELECT %s FROM tidemark.%s SETTINGS"
                 " max_partitions_per_insert_block = 0, max_insert_threads = 1,"
                 " min_insert_block_size_rows = 262144, min_insert_block_size_bytes = 33554432",
                 table, columns.p, columns.p, table);
    return ERR_OK;
}

/* The table in its next form, made beside it; an interrupted attempt's leavings are dropped. */
static enum err_code replace(struct engine *e, const struct statement *s, const char *table,
                             struct err *err)
{
    TM_CLEANUP(buf_release) struct buf copy = BUF_INIT(2 * COPY_TEXT_LIMIT + 1024);
    TM_CLEANUP(buf_release) struct buf exchange = BUF_INIT(1024);
    enum err_code rc;

    TRY(engine_run(e, "engine/drop_next", NULL, 0, err));
    TRY(engine_run(e, "engine/create_next", NULL, 0, err));
    e->database = "tidemark_next";
    rc = engine_run(e, s->name, NULL, 0, err);
    e->database = "tidemark";
    if (rc == ERR_OK && keeps_rows(table))
        rc = copy_text(e, table, &copy, err);
    if (rc == ERR_OK && copy.n)
        rc = run_text(e, "engine/copy", &copy, err);
    buf_addf(&exchange, "EXCHANGE TABLES tidemark_next.%s AND tidemark.%s", table, table);
    if (rc == ERR_OK)
        rc = run_text(e, "engine/exchange", &exchange, err);
    if (rc == ERR_OK)
        return engine_run(e, "engine/drop_next", NULL, 0, err);
    err_context(err, "bringing the table %s into the form of this version; it is as it was", table);
    err_hint(err, "The Tidemark that made this workspace still reads it. This one can import its "
                  "files into a new workspace (tidemark init).");
    return rc;
}

static void note(struct noting *noting, const char *table, const char *hash)
{
    buf_addf(&noting->names, "%s'%s'", noting->names.n ? "," : "[", table);
    buf_addf(&noting->hashes, "%s'%s'", noting->hashes.n ? "," : "[", hash);
}

static enum err_code write_notes(struct engine *e, struct noting *noting, struct err *err)
{
    struct param params[] = {PARAM_STRZ("names", ""), PARAM_STRZ("hashes", "")};

    if (!noting->names.n)
        return ERR_OK;
    buf_addc(&noting->names, ']');
    buf_addc(&noting->hashes, ']');
    TRY(buf_check(&noting->names, err));
    TRY(buf_check(&noting->hashes, err));
    params[0].text = buf_str(&noting->names);
    params[1].text = buf_str(&noting->hashes);
    return engine_run(e, "engine/note_schema", params, TM_COUNT(params), err);
}

/* "name hash\n" of each table that exists. */
static enum err_code read_versions(struct engine *e, struct buf *versions, struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;

    TRY(engine_query(e, "engine/schema_versions", NULL, 0, &res, err));
    buf_addc(versions, '\n');
    while (result_next(res)) {
        buf_adds(versions, result_text(res, 0));
        buf_addc(versions, ' ');
        buf_adds(versions, result_text(res, 1));
        buf_addc(versions, '\n');
    }
    TRY(result_status(res, err));
    return buf_check(versions, err);
}

static enum err_code make_table(struct engine *e, const struct statement *s, struct buf *versions,
                                struct noting *noting, struct err *err)
{
    const char *table = s->name + strlen("schema/"), *at;
    char hash[DIGEST_HEX], start[128];
    size_t n = (size_t)snprintf(start, sizeof(start), "\n%s ", table);

    if (n >= sizeof(start))
        return err_set(err, ERR_INVALID, "the table's name is too long: %s", table);
    hash_statement(s, hash);
    at = strstr(buf_cstr(versions), start);
    if (at && strncmp(at + n, hash, DIGEST_HEX - 1) == 0)
        return ERR_OK;
    TRY(at ? replace(e, s, table, err) : engine_run(e, s->name, NULL, 0, err));
    note(noting, table, hash);
    return ERR_OK;
}

static enum err_code make_tables(struct engine *e, struct buf *versions, struct noting *noting,
                                 struct err *err)
{
    TRY(engine_run(e, "engine/create_database", NULL, 0, err));
    e->database = "tidemark";
    TRY(engine_run(e, "engine/create_schema_version", NULL, 0, err));
    TRY(read_versions(e, versions, err));
    for (size_t i = 0; i < catalogue_count(e->catalogue); i++) {
        const struct statement *s = catalogue_at(e->catalogue, i);

        if (strncmp(s->name, "schema/", 7) == 0)
            TRY(make_table(e, s, versions, noting, err));
    }
    if (versions->n > 1 && noting->names.n) /* what is empty now is to be filled anew */
        TRY(engine_run(e, "resolve/clear_resolved", NULL, 0, err));
    return write_notes(e, noting, err);
}

enum err_code schema_make(struct engine *engine, struct err *err)
{
    struct buf versions = BUF_INIT(LIST_LIMIT);
    struct noting noting = {BUF_INIT(LIST_LIMIT), BUF_INIT(LIST_LIMIT)};
    enum err_code rc = make_tables(engine, &versions, &noting, err);

    buf_release(&versions);
    buf_release(&noting.names);
    buf_release(&noting.hashes);
    return rc;
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "engine/source.h"

#include "engine/anew.h"
#include "engine/transfer.h"

enum { TEXT_MAX = 1 << 20, MADE_MAX = 128 };

struct source_rows {
    struct engine *engine;            /* borrowed */
    struct buf own;                   /* the condition on a row `t` */
    struct statement *made[MADE_MAX]; /* owned, with their texts: results use them */
    size_t made_count;
};

static enum err_code query(struct source_rows *r, const char *name, struct buf *text,
                           struct result **out, struct err *err)
{
    struct request request = {0};
    struct statement *s;

    TRY(buf_check(text, err));
    if (r->made_count == MADE_MAX)
        return err_set(err, ERR_INTERNAL, "too many statements for one source");
    s = xcalloc(1, sizeof(*s));
    s->name = name;
    s->text = buf_detach(text);
    r->made[r->made_count++] = s;
    request.statement = s;
    return request_rows(r->engine, &request, out, err);
}

/* ---- which rows --------------------------------------------------------------------------- */

static enum err_code put_others(struct source_rows *r, const struct source_rows_of *of,
                                struct err *err)
{
    static const struct insert_column columns[] = {{"line", "UInt64"}};
    TM_CLEANUP(insert_freep) struct insert *insert = NULL;

    TRY(engine_run(r->engine, "engine/create_kept_line", NULL, 0, err));
    TRY(insert_open(r->engine, "engine/insert_kept_line", NULL, columns, 1, &insert, err));
    for (size_t i = 0; i < of->other_count; i++) {
        insert_uint(insert, (uint64_t)of->others[i]);
        TRY(insert_row(insert, err));
    }
    return insert_finish(insert, err);
}

static enum err_code make_condition(struct source_rows *r, const struct source_rows_of *of,
                                    struct err *err)
{
    for (const char *p = of->name; *p; p++) /* made by the program, never typed */
        if (!isalnum((unsigned char)*p) && *p != ':' && *p != '_')
            return err_set(err, ERR_INTERNAL, "a source of live data is named \"%s\"", of->name);
    buf_addf(&r->own, "(t.source = '%s' AND t.import_id IN (0", of->name);
    for (size_t i = 0; i < of->import_count; i++)
        buf_addf(&r->own, ", %" PRIu32, of->imports[i]);
    buf_addc(&r->own, ')');
    if (of->other_count) {
        buf_addz(&r->own, " AND t.line NOT IN (SELECT line FROM tidemark_next.kept_line)");
        TRY(put_others(r, of, err));
    }
    buf_addc(&r->own, ')');
    return buf_check(&r->own, err);
}

enum err_code source_rows_open(struct engine *engine, const struct source_rows_of *of,
                               struct source_rows **out, struct err *err)
{
    struct source_rows *r = xcalloc(1, sizeof(*r));
    enum err_code rc;

    r->engine = engine;
    r->own = BUF_INIT(TEXT_MAX);
    rc = anew_begin(engine, err);
    if (rc == ERR_OK)
        rc = make_condition(r, of, err);
    if (rc != ERR_OK) {
        source_rows_close(r);
        return rc;
    }
    *out = r;
    return ERR_OK;
}

void source_rows_close(struct source_rows *r)
{
    if (!r)
        return;
    anew_end(r->engine);
    for (size_t i = 0; i < r->made_count; i++) {
        free((char *)(uintptr_t)r->made[i]->text);
        free(r->made[i]);
    }
    buf_release(&r->own);
    free(r);
}

void source_rows_closep(struct source_rows **r)
{
    source_rows_close(*r);
}

/* ---- doors -------------------------------------------------------------------------------- */

enum err_code source_rows_count(struct source_rows *r, enum record_kind kind, struct result **out,
                                struct err *err)
{
    struct buf text = BUF_INIT(2 * (size_t)TEXT_MAX);

    buf_addf(&text,
             "SELECT t.import_id AS import_id, count() AS n FROM tidemark.raw_%s AS t WHERE %s"
             " GROUP BY import_id",
             record_layout(kind)->name, buf_cstr(&r->own));
    return query(r, "engine/source_count", &text, out, err);
}

enum err_code source_rows_before(struct source_rows *r, enum record_kind kind, int64_t number,
                                 struct result **out, struct err *err)
{
    struct buf text = BUF_INIT(2 * (size_t)TEXT_MAX);

    buf_addf(&text, "SELECT count() AS n FROM tidemark.raw_%s AS t WHERE %s AND t.line < %" PRId64,
             record_layout(kind)->name, buf_cstr(&r->own), number);
    return query(r, "engine/source_before", &text, out, err);
}

/* Values of one kind of identifier in the rows for which the condition holds, or in all others. */
static void add_values(struct source_rows *r, struct buf *text, enum personal what, bool own)
{
    bool first = true;

    for (int k = 0; k < RECORD_KIND_COUNT; k++) {
        const struct record_layout *layout = record_layout((enum record_kind)k);

        for (size_t i = 0; i < layout->column_count; i++) {
            if (personal_of((enum record_kind)k, i) != what)
                continue;
            buf_addf(text,
                     "%sSELECT DISTINCT toString(t.%s) AS value FROM tidemark.raw_%s AS t WHERE"
                     " t.%s != '' AND %s%s",
                     first ? "" : " UNION ALL ", layout->columns[i].name, layout->name,
                     layout->columns[i].name, own ? "" : "NOT ", buf_cstr(&r->own));
            first = false;
        }
    }
}

enum err_code source_rows_only(struct source_rows *r, enum personal what, struct result **out,
                               struct err *err)
{
    struct buf text = BUF_INIT(32 * (size_t)TEXT_MAX);

    buf_addz(&text, "SELECT DISTINCT value FROM (");
    add_values(r, &text, what, true);
    buf_addz(&text, ") WHERE value NOT IN (");
    add_values(r, &text, what, false);
    buf_addz(&text, ") ORDER BY cityHash64(value)");
    return query(r, "engine/source_only", &text, out, err);
}

enum err_code source_rows_remove(struct source_rows *r, enum record_kind kind, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf where = BUF_INIT(2 * (size_t)TEXT_MAX);
    char table[64];

    snprintf(table, sizeof(table), "raw_%s", record_layout(kind)->name);
    buf_addf(&where, "NOT %s", buf_cstr(&r->own));
    TRY(buf_check(&where, err));
    return anew_copy(r->engine, table, buf_cstr(&where), err);
}

/* What a column's value is known by in `identity`: see sql/identity/edges.sql. */
static void add_hashes(struct buf *text, enum personal what, const char *column)
{
    if (what == PERSONAL_PROFILE) {
        buf_addf(text, ", cityHash64('profile', toString(t.source), t.%s)", column);
        return;
    }
    buf_addf(text, ", cityHash64('%s', t.%s)", personal_name(what), column);
    if (what == PERSONAL_CUSTOMER)
        buf_addf(text, ", cityHash64('customer', toString(t.source), t.%s)", column);
    if (what == PERSONAL_LOGIN)
        buf_addf(text, ", cityHash64('customer', t.%s)", column);
}

enum err_code source_rows_decided(struct source_rows *r, struct result **out, struct err *err)
{
    static const char decided[] = "SELECT arrayJoin([a, b]) AS id FROM tidemark.identity_decision";
    struct buf text = BUF_INIT(TEXT_MAX);
    bool first = true;

    buf_addf(&text, "SELECT DISTINCT id FROM (%s) WHERE id NOT IN (", decided);
    for (int k = 0; k < RECORD_KIND_COUNT; k++) {
        const struct record_layout *layout = record_layout((enum record_kind)k);

        if (!personal_any((enum record_kind)k))
            continue;
        buf_addf(&text, "%sSELECT hash FROM (SELECT arrayJoin([toUInt64(0)",
                 first ? "" : " UNION ALL ");
        for (size_t i = 0; i < layout->column_count; i++)
            if (personal_is_id(personal_of((enum record_kind)k, i)))
                add_hashes(&text, personal_of((enum record_kind)k, i), layout->columns[i].name);
        buf_addf(&text, "]) AS hash FROM tidemark.raw_%s AS t) WHERE hash IN (%s)", layout->name,
                 decided);
        first = false;
    }
    buf_addc(&text, ')');
    return query(r, "engine/source_decided", &text, out, err);
}

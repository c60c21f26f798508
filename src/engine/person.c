/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "engine/person.h"

#include "engine/anew.h"
#include "engine/transfer.h"

enum { TEXT_MAX = 256 << 10, MADE_MAX = 512 };

struct person_rows {
    struct engine *engine;            /* borrowed */
    struct statement *made[MADE_MAX]; /* owned, with their texts: results use them */
    size_t made_count;
    bool has_needles, has_others;
    int64_t until_us; /* TIME_NONE: whenever */
};

/* ---- statements that are made ------------------------------------------------------------- */

static enum err_code keep(struct person_rows *p, const char *name, struct buf *text,
                          const struct statement **out, struct err *err)
{
    struct statement *s;

    TRY(buf_check(text, err));
    if (p->made_count == MADE_MAX)
        return err_set(err, ERR_INTERNAL, "too many statements for one person");
    s = xcalloc(1, sizeof(*s));
    s->name = name;
    s->text = buf_detach(text);
    p->made[p->made_count++] = s;
    *out = s;
    return ERR_OK;
}

static enum err_code query(struct person_rows *p, const char *name, struct buf *text,
                           struct result **out, struct err *err)
{
    struct request r = {0};

    TRY(keep(p, name, text, &r.statement, err));
    return request_rows(p->engine, &r, out, err);
}

/* ---- expressions -------------------------------------------------------------------------- */

static const char *column_name(enum record_kind kind, size_t i)
{
    return record_layout(kind)->columns[i].name;
}

/* One that decides whose a row is. Orders' numbers do so only for what belongs to an order. */
static bool decides(enum record_kind kind, size_t i)
{
    enum personal what = personal_of(kind, i);

    return personal_is_id(what) || (what == PERSONAL_ORDER && kind == RECORD_REFUND);
}

static bool has_ids(enum record_kind kind)
{
    for (size_t i = 0; i < record_layout(kind)->column_count; i++)
        if (decides(kind, i))
            return true;
    return false;
}

/* Words, and what is told of people: there somebody else's row may name the person, too. */
static bool has_words(enum record_kind kind, size_t i)
{
    enum personal what = personal_of(kind, i);

    return record_layout(kind)->columns[i].type == COL_STR &&
           (what == PERSONAL_TEXT || what == PERSONAL_DETAIL || what == PERSONAL_UNSAID);
}

static void add_listed(struct buf *b, enum record_kind kind, size_t i, int other)
{
    const char *column = column_name(kind, i), *name = personal_name(personal_of(kind, i));

    buf_addf(b,
             "(t.%s != '' AND (t.%s IN (SELECT value FROM tidemark_next.person_id WHERE kind ="
             " '%s' AND source = '' AND other = %d)",
             column, column, name, other);
    if (personal_is_scoped(personal_of(kind, i)))
        buf_addf(b,
                 " OR (toString(t.source), t.%s) IN (SELECT source, value FROM"
                 " tidemark_next.person_id WHERE kind = '%s' AND source != '' AND other = %d)",
                 column, name, other);
    buf_addz(b, "))");
}

static void add_any(struct buf *b, enum record_kind kind, int other)
{
    bool first = true;

    buf_addc(b, '(');
    for (size_t i = 0; i < record_layout(kind)->column_count; i++) {
        if (!decides(kind, i))
            continue;
        buf_addz(b, first ? "" : " OR ");
        add_listed(b, kind, i, other);
        first = false;
    }
    buf_addz(b, first ? "0)" : ")");
}

/* Whether a row tells of the time that is looked at, as erased_look() has it; " AND ..." */
static void add_and_old(const struct person_rows *p, struct buf *b, enum record_kind kind)
{
    static const char *const times[RECORD_KIND_COUNT] = {
        [RECORD_PERSON] = "greatest(t.created_at, t.active_at, t.updated_at)",
        [RECORD_ORDER] = "t.ordered_at",
        [RECORD_REFUND] = "t.refunded_at",
        [RECORD_EVENT] = "t.occurred_at",
        [RECORD_MESSAGE] = "t.occurred_at",
        [RECORD_CONSENT] = "t.changed_at",
    };

    if (p->until_us != TIME_NONE && times[kind])
        buf_addf(
            b, " AND (%s <= fromUnixTimestamp64Micro(%" PRId64 ", 'UTC') OR %s > now64(6, 'UTC'))",
            times[kind], p->until_us, times[kind]);
}

/* Whose a row is. */
static void add_is_own(const struct person_rows *p, struct buf *b, enum record_kind kind)
{
    add_any(b, kind, 0);
    add_and_old(p, b, kind);
    if (p->has_others && kind != RECORD_REFUND) {
        buf_addz(b, " AND NOT ");
        add_any(b, kind, 1);
    }
}

static void add_holds_words(struct buf *b, const char *column)
{
    buf_addf(b,
             "multiSearchAnyCaseInsensitive(toString(t.%s), (SELECT groupArray(value) FROM"
             " tidemark_next.person_id WHERE kind = 'text'))",
             column);
}

/* Rows that name the person at all. */
static void add_is_named(const struct person_rows *p, struct buf *b, enum record_kind kind)
{
    buf_addc(b, '(');
    add_any(b, kind, 0);
    for (size_t i = 0; p->has_needles && i < record_layout(kind)->column_count; i++)
        if (has_words(kind, i)) {
            buf_addz(b, " OR ");
            add_holds_words(b, column_name(kind, i));
        }
    buf_addc(b, ')');
    add_and_old(p, b, kind);
}

static const char *empty_of(enum column_type type)
{
    return type == COL_STR ? "''" : type == COL_FLAG ? "-1" : "NULL";
}

/* A column as it stays. */
static void add_kept(const struct person_rows *p, struct buf *b, enum record_kind kind, size_t i)
{
    const struct record_column *c = &record_layout(kind)->columns[i];
    enum personal what = personal_of(kind, i);
    bool of_person = personal_is_id(what) || what == PERSONAL_DETAIL || what == PERSONAL_UNSAID;
    bool some = false;

    if (!of_person && !(has_words(kind, i) && p->has_needles)) {
        buf_addf(b, "t.%s", c->name);
        return;
    }
    buf_addz(b, "if((");
    if (of_person && has_ids(kind)) {
        buf_addz(b, "own");
        some = true;
    }
    if (personal_is_id(what)) {
        buf_addz(b, some ? " OR " : "");
        add_listed(b, kind, i, 0);
        some = true;
    }
    if (has_words(kind, i) && p->has_needles) {
        buf_addz(b, some ? " OR " : "");
        add_holds_words(b, c->name);
        some = true;
    }
    buf_addz(b, some ? ")" : "0)");
    add_and_old(p, b, kind);
    buf_addf(b, ", %s, t.%s)", empty_of(c->type), c->name);
}

/* ---- doors -------------------------------------------------------------------------------- */

enum err_code person_rows_open(struct engine *engine, struct person_rows **out, struct err *err)
{
    struct person_rows *p = xcalloc(1, sizeof(*p));
    enum err_code rc;

    p->engine = engine;
    p->until_us = TIME_NONE;
    rc = anew_begin(engine, err);
    if (rc == ERR_OK)
        rc = engine_run(engine, "engine/create_person_id", NULL, 0, err);
    if (rc != ERR_OK) {
        person_rows_close(p);
        return rc;
    }
    *out = p;
    return ERR_OK;
}

void person_rows_close(struct person_rows *p)
{
    if (!p)
        return;
    anew_end(p->engine);
    for (size_t i = 0; i < p->made_count; i++) {
        free((char *)(uintptr_t)p->made[i]->text);
        free(p->made[i]);
    }
    free(p);
}

void person_rows_closep(struct person_rows **p)
{
    person_rows_close(*p);
}

void person_rows_until(struct person_rows *p, int64_t until_us)
{
    p->until_us = until_us;
}

/* Every column with an identifier of the kind, by what the engine knows people by; `known` NULL:
 * whoever's it is. */
static void add_columns(struct buf *b, enum record_kind kind, const char *where, const char *known)
{
    static const struct {
        enum personal what;
        const char *hash, *source;
    } ways[] = {
        {PERSONAL_EMAIL, "cityHash64('email', t.%s)", "''"},
        {PERSONAL_PHONE, "cityHash64('phone', t.%s)", "''"},
        {PERSONAL_CUSTOMER, "cityHash64('customer', t.%s)", "''"},
        {PERSONAL_CUSTOMER, "cityHash64('customer', toString(t.source), t.%s)",
         "toString(t.source)"},
        {PERSONAL_PROFILE, "cityHash64('profile', toString(t.source), t.%s)", "toString(t.source)"},
        {PERSONAL_LOGIN, "cityHash64('login', t.%s)", "''"},
        {PERSONAL_LOGIN, "cityHash64('customer', t.%s)", "''"},
        {PERSONAL_DEVICE, "cityHash64('device', t.%s)", "''"},
    };
    const struct record_layout *layout = record_layout(kind);
    bool first = true;

    for (size_t i = 0; i < layout->column_count; i++)
        for (size_t k = 0; k < TM_COUNT(ways); k++) {
            char hash[128];

            if (personal_of(kind, i) != ways[k].what)
                continue;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
            snprintf(hash, sizeof(hash), ways[k].hash, layout->columns[i].name);
#pragma GCC diagnostic pop
            buf_addf(b,
                     "%sSELECT DISTINCT '%s' AS kind, %s AS source, toString(t.%s) AS value FROM"
                     " tidemark.raw_%s AS t WHERE t.%s != '' AND %s",
                     first ? "" : " UNION ALL ", personal_name(ways[k].what), ways[k].source,
                     layout->columns[i].name, layout->name, layout->columns[i].name, where);
            if (known)
                buf_addf(b, " AND %s IN (%s)", hash, known);
            first = false;
        }
    if (first)
        buf_addz(b, "SELECT '' AS kind, '' AS source, '' AS value WHERE 0");
}

/* What is told of somebody is told the same way each time. */
static void add_sorted(struct buf *b, enum record_kind kind, const char *where, const char *known)
{
    buf_addz(b, "SELECT kind, source, value FROM (");
    add_columns(b, kind, where, known);
    buf_addz(b, ") ORDER BY kind, source, value");
}

static void add_people(struct buf *b, const uint64_t *people, size_t n)
{
    for (size_t i = 0; i < n; i++)
        buf_addf(b, "%s%" PRIu64, i ? ", " : "", people[i]);
}

enum err_code person_rows_ids(struct person_rows *p, enum record_kind kind, const uint64_t *people,
                              size_t n, struct result **out, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf known = BUF_INIT(TEXT_MAX);
    struct buf text = BUF_INIT(TEXT_MAX);

    buf_addz(&known, "SELECT id FROM tidemark.identity WHERE person IN (");
    add_people(&known, people, n);
    buf_addz(&known, ") UNION ALL SELECT arrayJoin(arrayMap(id -> toUInt64(id), [");
    add_people(&known, people, n);
    buf_addz(&known, "]))");
    TRY(buf_check(&known, err));
    add_sorted(&text, kind, "1", buf_cstr(&known));
    return query(p, "engine/person_ids", &text, out, err);
}

enum err_code person_rows_every(struct person_rows *p, enum record_kind kind, struct result **out,
                                struct err *err)
{
    struct buf text = BUF_INIT(TEXT_MAX);

    add_columns(&text, kind, "1", NULL);
    if (kind == RECORD_ORDER)
        buf_addz(&text, " UNION ALL SELECT DISTINCT 'order', toString(source), order_key FROM"
                        " tidemark.raw_order");
    return query(p, "engine/person_every", &text, out, err);
}

static void insert_id(struct insert *insert, const char *kind, const struct person_id *id)
{
    insert_text(insert, str_of(kind));
    insert_text(insert, id->source);
    insert_text(insert, id->value);
    insert_uint(insert, id->other);
}

enum err_code person_rows_are(struct person_rows *p, const struct person_id *ids, size_t n,
                              const struct str *needles, size_t needle_count, struct err *err)
{
    static const struct insert_column columns[] = {
        {"kind", "String"}, {"source", "String"}, {"value", "String"}, {"other", "UInt8"}};
    TM_CLEANUP(insert_freep) struct insert *insert = NULL;

    assert(needle_count <= PERSON_NEEDLES);
    p->has_needles = needle_count > 0;
    p->has_others = false;
    TRY(engine_run(p->engine, "engine/clear_person_id", NULL, 0, err));
    TRY(insert_open(p->engine, "engine/insert_person_id", NULL, columns, TM_COUNT(columns), &insert,
                    err));
    for (size_t i = 0; i < n; i++) {
        p->has_others |= ids[i].other;
        insert_id(insert, personal_name(ids[i].kind), &ids[i]);
        TRY(insert_row(insert, err));
    }
    for (size_t i = 0; i < needle_count; i++) {
        const struct person_id needle = {.source = STR_NONE, .value = needles[i]};

        insert_id(insert, "text", &needle);
        TRY(insert_row(insert, err));
    }
    return insert_finish(insert, err);
}

enum err_code person_rows_others(struct person_rows *p, enum record_kind kind,
                                 const uint64_t *people, size_t n, struct result **out,
                                 struct err *err)
{
    TM_CLEANUP(buf_release) struct buf named = BUF_INIT(TEXT_MAX), known = BUF_INIT(TEXT_MAX);
    struct buf text = BUF_INIT(TEXT_MAX);
    const struct record_layout *layout = record_layout(kind);

    add_any(&named, kind, 0);
    buf_addz(&known, "SELECT id FROM tidemark.identity WHERE person NOT IN (");
    add_people(&known, people, n);
    buf_addz(&known, ") AND id IN (");
    buf_addz(&known, "SELECT arrayJoin([toUInt64(0)");
    for (size_t i = 0; i < layout->column_count; i++) {
        enum personal what = personal_of(kind, i);

        if (!personal_is_id(what))
            continue;
        buf_addf(&known, ", cityHash64('%s', %st.%s)", personal_name(what),
                 what == PERSONAL_PROFILE ? "toString(t.source), " : "", layout->columns[i].name);
        if (what == PERSONAL_CUSTOMER)
            buf_addf(&known, ", cityHash64('customer', toString(t.source), t.%s)",
                     layout->columns[i].name);
    }
    buf_addf(&known, "]) FROM tidemark.raw_%s AS t WHERE %s)", layout->name, buf_cstr(&named));
    TRY(buf_check(&known, err));
    add_sorted(&text, kind, buf_cstr(&named), buf_cstr(&known));
    return query(p, "engine/person_others", &text, out, err);
}

enum err_code person_rows_query(struct person_rows *p, enum record_kind kind, bool all,
                                struct result **out, struct err *err)
{
    const struct record_layout *layout = record_layout(kind);
    struct buf text = BUF_INIT(TEXT_MAX);

    buf_addz(&text,
             "SELECT t.import_id AS import_id, toString(t.source) AS source, t.line AS line");
    for (size_t i = 0; i < layout->column_count; i++)
        buf_addf(&text, ", t.%s AS `%s`", layout->columns[i].name, layout->columns[i].name);
    buf_addf(&text, " FROM tidemark.raw_%s AS t WHERE ", layout->name);
    if (all)
        add_is_named(p, &text, kind);
    else if (kind == RECORD_LINE) /* of the orders */
        add_listed(&text, kind, 0, 0);
    else
        add_is_own(p, &text, kind);
    buf_addz(&text, " ORDER BY ALL");
    return query(p, "engine/person_rows", &text, out, err);
}

enum err_code person_rows_count(struct person_rows *p, enum record_kind kind, struct result **out,
                                struct err *err)
{
    struct buf text = BUF_INIT(TEXT_MAX);

    buf_addz(&text, "SELECT t.import_id AS import_id, countIf(");
    if (personal_goes(kind))
        add_is_own(p, &text, kind);
    else
        buf_addc(&text, '0');
    buf_addf(&text, ") AS gone, count() AS named FROM tidemark.raw_%s AS t WHERE ",
             record_layout(kind)->name);
    add_is_named(p, &text, kind);
    buf_addz(&text, " GROUP BY import_id");
    return query(p, "engine/person_count", &text, out, err);
}

/* ---- making anew -------------------------------------------------------------------------- */

enum err_code person_rows_remove(struct person_rows *p, enum record_kind kind, struct err *err)
{
    const struct record_layout *layout = record_layout(kind);
    struct buf text = BUF_INIT(TEXT_MAX);
    char table[64];

    snprintf(table, sizeof(table), "raw_%s", layout->name);
    TRY(anew_beside(p->engine, table, err));
    buf_addz(&text, "INSERT INTO tidemark_next.");
    buf_addf(&text, "%s (import_id, source, line", table);
    for (size_t i = 0; i < layout->column_count; i++)
        buf_addf(&text, ", `%s`", layout->columns[i].name);
    buf_addz(&text, ") WITH ");
    add_is_own(p, &text, kind);
    buf_addz(&text, " AS own SELECT t.import_id, t.source, t.line");
    for (size_t i = 0; i < layout->column_count; i++) {
        buf_addz(&text, ", ");
        add_kept(p, &text, kind, i);
    }
    buf_addf(&text, " FROM tidemark.%s AS t%s" ANEW_SETTINGS, table,
             personal_goes(kind) ? " WHERE NOT own" : "");
    TRY(anew_run(p->engine, "engine/person_remove", &text, err));
    return anew_take_place(p->engine, table, err);
}

enum err_code person_rows_hashes(struct person_rows *p, struct result **out, struct err *err)
{
    struct buf text = BUF_INIT(TEXT_MAX);

    buf_addz(&text, "SELECT DISTINCT if(source = '', cityHash64(kind, value),"
                    " cityHash64(kind, source, value)) AS id FROM tidemark_next.person_id"
                    " WHERE other = 0 AND kind NOT IN ('text', 'order')");
    return query(p, "engine/person_hashes", &text, out, err);
}

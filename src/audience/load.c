/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "audience/load.h"

#include "base/arena.h"
#include "base/money.h"

enum { STATEMENT_BYTES_MAX = 4 << 20, PARAM_NAME_BYTES = 24 };

/* ---- rows ---------------------------------------------------------------------------------- */

/* A row of any source in the same three columns: numbers in order, then texts, then lists, ended by
 * marks that no text holds. */
static void add_cells(struct buf *out, enum word_source source, const struct buf *from)
{
    buf_addf(out, "SELECT person, toUInt8(%d) AS source, [toUInt64(0)", (int)source);
    for (int i = 0; i < source_columns(source); i++) {
        const struct column_info *c = &column_infos[source_first(source) + i];

        if (c->kind == COLUMN_INT)
            buf_addf(out, ", reinterpretAsUInt64(ifNull(toInt64(%s), %" PRId64 "))", c->name,
                     AMOUNT_NONE + 1);
    }
    buf_addz(out, "] AS numbers, concat(''");
    for (int i = 0; i < source_columns(source); i++) {
        const struct column_info *c = &column_infos[source_first(source) + i];

        if (c->kind == COLUMN_TEXT)
            buf_addf(out, ", toString(%s), char(30)", c->name);
        else if (c->kind == COLUMN_LIST)
            buf_addf(out, ", arrayStringConcat(arrayMap(x -> concat(x, char(31)), %s)), char(30)",
                     c->name);
    }
    buf_addf(out, ", '') AS texts FROM %s WHERE ", source_tables[source]);
    buf_adds(out, buf_str(from));
}

/* Of each source the rows that its text behind the table's name lets through. */
static void add_all_cells(struct buf *out, const struct buf from[FROM_COUNT])
{
    buf_addz(out, "SELECT person, source, numbers, texts FROM (\n");
    for (enum word_source i = FROM_PERSON; i < FROM_COUNT; i++) {
        buf_addz(out, i ? "\nUNION ALL " : "");
        add_cells(out, i, &from[i]);
    }
    buf_addz(out, ")\nORDER BY person, source");
}

/* The texts up to the next mark, and what follows it. */
static struct str cut(struct str *rest, char mark)
{
    const char *end = memchr(rest->p, mark, rest->n);
    struct str first = *rest;

    first.n = end ? (size_t)(end - rest->p) : rest->n;
    rest->p += first.n + (end ? 1 : 0);
    rest->n -= first.n + (end ? 1 : 0);
    return first;
}

static void read_list(struct audience_facts *facts, struct fact *row, enum column_id column,
                      struct str texts)
{
    struct str list[1000];
    size_t n = 0;

    while (texts.n && n < TM_COUNT(list))
        list[n++] = cut(&texts, '\x1F');
    fact_list(facts, row, column, list, n, false);
}

static void read_row(struct audience_facts *facts, struct result *res)
{
    enum word_source source = (enum word_source)result_int(res, 1);
    struct fact *row = audience_facts_row(facts, source);
    struct str texts = result_text(res, 3);
    size_t n, at = 1;
    const uint64_t *numbers = result_uints(res, 2, &n);

    for (int i = 0; row && i < source_columns(source); i++) {
        enum column_id column = (enum column_id)(source_first(source) + i);

        if (column_infos[column].kind == COLUMN_INT) {
            int64_t v = (int64_t)numbers[at++];

            fact_int(row, column, v == AMOUNT_NONE + 1 ? AMOUNT_NONE : v);
        } else if (column_infos[column].kind == COLUMN_TEXT) {
            fact_text(facts, row, column, cut(&texts, '\x1E'), false);
        } else {
            read_list(facts, row, column, cut(&texts, '\x1E'));
        }
    }
}

/* Rows of one person follow each other, the person's own first. Of who has more than `most` rows
 * none are kept, and `each` gets NULL. */
static enum err_code read_people(struct result *res, size_t most, audience_each *each, void *ctx,
                                 struct err *err)
{
    struct audience_facts *facts = NULL;
    enum err_code rc = ERR_OK;
    uint64_t person = 0;
    size_t n = 0;

    while (rc == ERR_OK && result_next(res)) {
        if (result_int(res, 1) == FROM_PERSON) {
            if (facts)
                rc = each(ctx, person, facts, err);
            person = result_uint(res, 0);
            facts = audience_facts_new();
            n = 0;
        }
        if (facts && person == result_uint(res, 0) && n++ < most)
            read_row(facts, res);
        if (facts && n > most) {
            audience_facts_free(facts);
            facts = NULL;
            if (rc == ERR_OK)
                rc = each(ctx, person, NULL, err);
        }
        if (facts && rc == ERR_OK)
            rc = audience_facts_check(facts, err);
    }
    if (rc == ERR_OK)
        rc = result_status(res, err);
    if (rc == ERR_OK && facts)
        return each(ctx, person, facts, err);
    audience_facts_free(facts);
    return rc;
}

/* A statement that is put together, with the values of its parameters. */
struct made {
    struct buf text;
    struct buf from[FROM_COUNT]; /* what rows of each source are loaded */
    struct arena arena;          /* names of parameters */
    struct param *params;        /* owned, as the next */
    const char **types;
    size_t n, room;
};

static void made_begin(struct made *m)
{
    *m = (struct made){.text = BUF_INIT(STATEMENT_BYTES_MAX),
                       .arena = ARENA_INIT(STATEMENT_BYTES_MAX)};
    for (size_t i = 0; i < FROM_COUNT; i++)
        m->from[i] = BUF_INIT(STATEMENT_BYTES_MAX);
}

static void made_release(struct made *m)
{
    for (size_t i = 0; i < FROM_COUNT; i++)
        buf_release(&m->from[i]);
    buf_release(&m->text);
    arena_release(&m->arena);
    free(m->params);
    free(m->types);
}

/* Its place in a statement: {v0:String}. The value is the caller's. */
static void add_value(struct made *m, struct buf *out, struct str value, const char *type)
{
    char *name = arena_alloc(&m->arena, PARAM_NAME_BYTES);

    if (!name)
        return;
    if (m->n == m->room) {
        m->room = m->room ? 2 * m->room : 16;
        m->params = xrealloc(m->params, m->room * sizeof(*m->params));
        m->types = xrealloc(m->types, m->room * sizeof(*m->types));
    }
    snprintf(name, PARAM_NAME_BYTES, "v%zu", m->n);
    m->params[m->n] = (struct param){.name = name, .type = PARAM_TEXT, .text = value};
    m->types[m->n++] = type;
    buf_addf(out, "{%s:%s}", name, type);
}

static enum err_code made_check(const struct made *m, struct err *err)
{
    TRY(buf_check(&m->text, err));
    for (size_t i = 0; i < FROM_COUNT; i++)
        TRY(buf_check(&m->from[i], err));
    return arena_check(&m->arena, err);
}

static enum err_code made_read(struct engine *engine, const struct made *m, const char *name,
                               size_t most, audience_each *each, void *ctx, struct err *err)
{
    const struct statement made = {.name = name, .text = buf_cstr(&m->text)};
    TM_CLEANUP(result_freep) struct result *res = NULL;

    TRY(made_check(m, err));
    TRY(engine_query_made(engine, &made, m->params, m->types, m->n, &res, err));
    return read_people(res, most, each, ctx, err);
}

enum err_code audience_load_each(struct engine *engine, uint64_t low, uint64_t high,
                                 audience_each *each, void *ctx, struct err *err)
{
    char from[24], to[24];
    struct made m;
    enum err_code rc;

    snprintf(from, sizeof(from), "%" PRIu64, low);
    snprintf(to, sizeof(to), "%" PRIu64, high);
    made_begin(&m);
    for (size_t i = 0; i < FROM_COUNT; i++) {
        buf_addz(&m.from[i], "person >= ");
        add_value(&m, &m.from[i], str_of(from), "UInt64");
        buf_addz(&m.from[i], " AND person <= ");
        add_value(&m, &m.from[i], str_of(to), "UInt64");
    }
    add_all_cells(&m.text, m.from);
    rc = made_read(engine, &m, "segments/person", SIZE_MAX, each, ctx, err);
    made_release(&m);
    return rc;
}

/* ---- some of their rows -------------------------------------------------------------------- */

/* The first value of the statement: the people. */
#define PEOPLE "{v0:Array(UInt64)}"

static void add_days(struct buf *out, const struct audience_row_read *read, int64_t today)
{
    const int64_t back = today - read->back_days;

    if (read->all_days)
        buf_addz(out, "1");
    else
        buf_addf(out, "day >= %" PRId64,
                 read->back_days && back < read->first_day ? back : read->first_day);
}

/* The source's rows that any segment reads. Of messages one that is told a second time is known by
 * the first, however long ago. */
static void add_read(struct made *m, const struct audience_loading *l, enum word_source source)
{
    const int names = audience_name_column(source);
    struct buf *out = &m->from[source];

    buf_addz(out, " AND (0");
    for (size_t i = 0; i < l->rows->n; i++) {
        const struct audience_row_read *read = &l->rows->list[i];

        if (read->source != source)
            continue;
        buf_addz(out, " OR (");
        if (source == FROM_MESSAGES)
            buf_addz(out, "1");
        else
            add_days(out, read, l->today);
        if (read->name_n) {
            buf_addf(out, " AND %s = ", column_infos[names].name);
            add_value(m, out, (struct str){read->name, read->name_n}, "String");
        }
        buf_addc(out, ')');
    }
    if (source == FROM_EVENTS)
        buf_addz(out, " OR (person, at) IN (SELECT person, max(at) FROM audience_event"
                      " WHERE person IN " PEOPLE " GROUP BY person)");
    buf_addc(out, ')');
}

enum err_code audience_load_some(struct engine *engine, const struct audience_loading *l,
                                 audience_each *each, void *ctx, struct err *err)
{
    struct buf list = BUF_INIT(STATEMENT_BYTES_MAX);
    struct made m;
    enum err_code rc;

    for (size_t i = 0; i < l->n; i++)
        buf_addf(&list, "%c%" PRIu64, i ? ',' : '[', l->people[i]);
    buf_addc(&list, ']');
    made_begin(&m);
    for (enum word_source i = FROM_PERSON; i < FROM_COUNT; i++) {
        buf_addz(&m.from[i], "person IN ");
        if (i == FROM_PERSON)
            add_value(&m, &m.from[i], buf_str(&list), "Array(UInt64)");
        else
            buf_addz(&m.from[i], PEOPLE);
        if (l->rows && (i == FROM_LINES || i == FROM_EVENTS || i == FROM_MESSAGES))
            add_read(&m, l, i);
        buf_addf(&m.from[i], " LIMIT %zu BY person", l->most + 1);
    }
    add_all_cells(&m.text, m.from);
    rc = buf_check(&list, err);
    if (rc == ERR_OK)
        rc = made_read(engine, &m, "segments/people", l->most, each, ctx, err);
    made_release(&m);
    buf_release(&list);
    return rc;
}

/* ---- those of whom time tells -------------------------------------------------------------- */

enum err_code audience_load_timed(struct engine *engine, const struct audience_rows *rows,
                                  int64_t now_us, size_t most, uint64_t **out, size_t *out_n,
                                  struct err *err)
{
    struct result *res = NULL;
    struct made m;
    enum err_code rc;
    bool any = false;

    *out = xcalloc(most + 1, sizeof(**out));
    *out_n = 0;
    made_begin(&m);
    buf_addz(&m.text, "SELECT DISTINCT person FROM (");
    for (size_t i = 0; i < rows->n; i++) {
        const struct audience_row_read *read = &rows->list[i];

        if (!read->span_us)
            continue;
        buf_addf(&m.text, "%sSELECT person FROM %s WHERE at >= %" PRId64, any ? " UNION ALL " : "",
                 source_tables[read->source], now_us - read->span_us);
        if (read->name_n) {
            buf_addf(&m.text, " AND %s = ", column_infos[audience_name_column(read->source)].name);
            add_value(&m, &m.text, (struct str){read->name, read->name_n}, "String");
        }
        any = true;
    }
    buf_addf(&m.text, ") LIMIT %zu", most);
    const struct statement made = {.name = "segments/timed", .text = buf_cstr(&m.text)};

    rc = made_check(&m, err);
    if (rc == ERR_OK && any)
        rc = engine_query_made(engine, &made, m.params, m.types, m.n, &res, err);
    while (rc == ERR_OK && res && *out_n < most && result_next(res))
        (*out)[(*out_n)++] = result_uint(res, 0);
    if (rc == ERR_OK && res)
        rc = result_status(res, err);
    result_free(res); /* before the text that it is of */
    made_release(&m);
    return rc;
}

/* ---- one ----------------------------------------------------------------------------------- */

static enum err_code take(void *ctx, uint64_t person, struct audience_facts *facts, struct err *err)
{
    struct audience_facts **out = ctx;

    (void)person, (void)err;
    *out = facts;
    return ERR_OK;
}

enum err_code audience_load(struct engine *engine, uint64_t person,
                            struct audience_facts **out_facts, struct err *err)
{
    char number[24];

    *out_facts = NULL;
    TRY(audience_load_each(engine, person, person, take, out_facts, err));
    if (*out_facts)
        return ERR_OK;
    snprintf(number, sizeof(number), "%" PRIu64, person);
    return err_set(err, ERR_NOT_FOUND, "nobody here has the number %s", number);
}

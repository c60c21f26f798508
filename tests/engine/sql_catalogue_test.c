/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Every statement of sql/, asked of the real engine: it is understood, its parameters are
 * accepted, and its columns are those that its header declares.
 *
 * A second set of statements is made from the first: DESCRIBE of what has columns, EXPLAIN of the
 * rest. Tables of schema/ were made when the engine opened.
 */
#include "live.h"

#include "engine/catalogue.h"

enum { MAX_FILE = 256 * 1024 };

/* The statement without its comments' first lines, for a look at its first words. */
static struct str first_words(const struct statement *s)
{
    struct str text = str_of(s->text);

    while (str_starts(text = str_trim(text), "--")) {
        const char *end = memchr(text.p, '\n', text.n);

        if (!end)
            return STR_NONE;
        text = (struct str){end, (size_t)(text.p + text.n - end)};
    }
    return text;
}

static bool starts(const struct statement *s, const char *word)
{
    struct str text = first_words(s);
    size_t n = strlen(word);

    return text.n > n && str_ieqz((struct str){text.p, n}, word);
}

static bool has(const struct statement *s, const char *needle)
{
    return str_icontains(str_of(s->text), needle);
}

/* How a statement is looked at without running it. NULL: not at all. */
static const char *way(const struct statement *s)
{
    if (s->column_count)
        return "DESCRIBE (\n";
    if (starts(s, "INSERT") && has(s, "FORMAT Native"))
        return NULL; /* tests/engine/insert_test.c runs these */
    if (starts(s, "INSERT") && has(s, "SELECT"))
        return "EXPLAIN PIPELINE\n";
    return "EXPLAIN AST\n";
}

/* A file name for the statement's look-alike: "measure/x" -> "measure--x". */
static void look_alike(const struct statement *s, char *name, size_t size)
{
    size_t n = 0;

    for (const char *p = s->name; *p && n + 3 < size; p++) {
        name[n++] = *p == '/' ? '-' : *p;
        if (*p == '/')
            name[n++] = '-';
    }
    name[n] = '\0';
}

static void write_look_alike(const struct statement *s)
{
    struct buf b = BUF_INIT(MAX_FILE);
    char name[200];

    if (!way(s))
        return;
    if (s->param_count)
        buf_addz(&b, "-- params: ");
    for (size_t i = 0; i < s->param_count; i++)
        buf_addf(&b, "%s%s %s", i ? ", " : "", s->params[i].name, s->params[i].type);
    buf_addf(&b, "\n%s%s%s", way(s), s->text, s->column_count ? "\n)" : "");
    look_alike(s, name, sizeof(name));
    live_sql(name, buf_cstr(&b));
    buf_release(&b);
}

static struct param dummy(const char *name, const char *type)
{
    struct param day = PARAM_AT(name, INT64_C(1795162500250001));
    struct param list = PARAM_STRZ(name, "[]"), one = PARAM_I64(name, 1);
    struct param zone = PARAM_STRZ(name, "Asia/Dubai"), text = PARAM_STRZ(name, "x"),
                 real = PARAM_F64(name, 0.5);

    if (strncmp(type, "Nullable(", 9) == 0)
        type += 9;
    if (strncmp(type, "Date", 4) == 0)
        return day;
    if (strncmp(type, "Array", 5) == 0)
        return list;
    if (strncmp(type, "Float", 5) == 0 || strncmp(type, "Decimal", 7) == 0)
        return real;
    if (strcmp(name, "tz") == 0)
        return zone;
    if (strncmp(type, "String", 6) == 0)
        return text;
    return one;
}

/* Blanks do not matter, nor how the engine stores a text. */
static bool same_type(const char *declared, struct str got)
{
    bool quoted = false;

    if (str_starts(got, "LowCardinality(") && strncmp(declared, "LowCardinality(", 15) != 0)
        got = (struct str){got.p + 15, got.n - 16};
    for (size_t i = 0; i < got.n; i++) {
        if (got.p[i] == '\'')
            quoted = !quoted;
        if (!quoted && got.p[i] == ' ')
            continue;
        if (*declared != got.p[i])
            return false;
        declared++;
    }
    return *declared == '\0';
}

static void check_columns(const struct statement *s, struct result *res)
{
    size_t i = 0;

    while (result_next(res)) {
        struct str name = result_text(res, 0), type = result_text(res, 1);
        bool declared = i < s->column_count;

        CHECK_MSG(declared && str_eqz(name, s->columns[i].name) &&
                      same_type(s->columns[i].type, type),
                  "%s: column %zu is declared as %s %s, and is %.*s %.*s", s->name, i + 1,
                  declared ? s->columns[i].name : "(none)", declared ? s->columns[i].type : "",
                  (int)name.n, name.p, (int)type.n, type.p);
        i++;
    }
    CHECK_MSG(i == s->column_count, "%s: %zu columns are declared, %zu come", s->name,
              s->column_count, i);
}

static void check_statement(struct engine *e, const struct statement *s)
{
    struct param params[TM_COUNT(s->params)];
    TM_CLEANUP(result_freep) struct result *res = NULL;
    char name[256] = "test/";
    enum err_code rc;

    if (!way(s))
        return;
    look_alike(s, name + 5, sizeof(name) - 5);
    for (size_t i = 0; i < s->param_count; i++)
        params[i] = dummy(s->params[i].name, s->params[i].type);
    live_err = ERR_INIT;
    if (!s->column_count) {
        rc = engine_run(e, name, params, s->param_count, &live_err);
    } else {
        rc = engine_query(e, name, params, s->param_count, &res, &live_err);
        if (rc == ERR_OK) {
            check_columns(s, res);
            rc = result_status(res, &live_err);
        }
    }
    CHECK_MSG(rc == ERR_OK, "%s is understood%s%s", s->name, rc ? ": " : "",
              rc ? live_err.msg : "");
}

/* What selects has to say what it selects: a reader of columns relies on it. */
static void check_form(const struct statement *s)
{
    bool selects = starts(s, "SELECT") || starts(s, "WITH");

    CHECK_MSG(selects == (s->column_count > 0), "%s: columns are declared where there are any",
              s->name);
    CHECK_MSG(!s->column_count || !has(s, "\nFORMAT "), "%s leaves the format to the caller",
              s->name);
    CHECK_MSG(!str_ends(str_trim(str_of(s->text)), ";"), "%s does not end in a semicolon", s->name);
}

int main(void)
{
    struct catalogue *c = NULL;
    struct engine *e;

    live_begin();
    CHECK_OK(catalogue_open(SQL_DIR, &c, &live_err), live_err);
    if (!c)
        return tap_done();
    for (size_t i = 0; i < catalogue_count(c); i++)
        write_look_alike(catalogue_at(c, i));
    e = live_start((struct engine_options){0});
    for (size_t i = 0; i < catalogue_count(c); i++) {
        check_form(catalogue_at(c, i));
        check_statement(e, catalogue_at(c, i));
    }
    engine_close(e);
    catalogue_close(c);
    return tap_done();
}

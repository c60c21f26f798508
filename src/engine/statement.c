/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* One file of sql/: its header comment, and the check that header and text agree. */
#include "engine/catalogue.h"

#include "base/arena.h"

/* What a header line declares, until a line that does not go on with it. */
enum section { SECTION_NONE, SECTION_PARAMS, SECTION_COLUMNS };

struct header {
    struct buf params, columns;
    struct str name;
    enum section section;
};

/* The next line without its end; false at the end of the text. */
static bool next_line(struct str *rest, struct str *out_line)
{
    const char *end;

    if (rest->n == 0)
        return false;
    end = memchr(rest->p, '\n', rest->n);
    out_line->p = rest->p;
    out_line->n = end ? (size_t)(end - rest->p) : rest->n;
    rest->p += out_line->n + (end ? 1 : 0);
    rest->n -= out_line->n + (end ? 1 : 0);
    return true;
}

static struct str after(struct str s, size_t n)
{
    return str_trim((struct str){s.p + n, s.n - n});
}

static void read_header_line(struct header *h, struct str line)
{
    if (str_starts(line, "-- name:")) {
        h->name = after(line, 8);
        h->section = SECTION_NONE;
    } else if (str_starts(line, "-- params:")) {
        buf_adds(&h->params, after(line, 10));
        h->section = SECTION_PARAMS;
    } else if (str_starts(line, "-- columns:")) {
        buf_adds(&h->columns, after(line, 11));
        h->section = SECTION_COLUMNS;
    } else if (str_starts(line, "--   ") && h->section != SECTION_NONE) {
        struct buf *list = h->section == SECTION_PARAMS ? &h->params : &h->columns;

        buf_addc(list, ' ');
        buf_adds(list, after(line, 2));
    } else {
        h->section = SECTION_NONE;
    }
}

/* Length of one "name Type" up to a comma outside parentheses and quotes. */
static size_t item_length(struct str s)
{
    int depth = 0;
    bool quoted = false;

    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];

        if (quoted && c == '\\')
            i++;
        else if (c == '\'')
            quoted = !quoted;
        else if (!quoted && c == '(')
            depth++;
        else if (!quoted && c == ')')
            depth--;
        else if (!quoted && depth == 0 && c == ',')
            return i;
    }
    return s.n;
}

/* A type without blanks outside quotes, so that "DateTime64(6, 'UTC')" equals
 * "DateTime64(6,'UTC')". */
static const char *plain_type(struct arena *arena, struct str type)
{
    struct buf b = BUF_INIT(1024);
    bool quoted = false;
    char *copy;

    for (size_t i = 0; i < type.n; i++) {
        if (type.p[i] == '\'')
            quoted = !quoted;
        if (quoted || type.p[i] != ' ')
            buf_addc(&b, type.p[i]);
    }
    copy = arena_strdup(arena, buf_str(&b));
    buf_release(&b);
    return copy;
}

struct declared {
    const char **name, **type;
};

static enum err_code read_item(struct arena *arena, struct str item, struct declared to,
                               struct err *err)
{
    size_t space = 0;

    while (space < item.n && item.p[space] != ' ')
        space++;
    if (space == 0 || space == item.n)
        return err_set(err, ERR_INVALID, "\"%.*s\" is not a name and a type", (int)item.n, item.p);
    *to.name = arena_strdup(arena, (struct str){item.p, space});
    *to.type = plain_type(arena, after(item, space));
    return ERR_OK;
}

#define READ_LIST(arena, text, array, out_count, err)                                              \
    do {                                                                                           \
        struct str rest_ = str_trim(text);                                                         \
        while (rest_.n) {                                                                          \
            size_t n_ = item_length(rest_), i_ = (out_count);                                      \
            if (i_ == TM_COUNT(array))                                                             \
                return err_set(err, ERR_INVALID, "more than %zu entries in %s", TM_COUNT(array),   \
                               #array);                                                            \
            TRY(read_item(arena, str_trim((struct str){rest_.p, n_}),                              \
                          (struct declared){&(array)[i_].name, &(array)[i_].type}, err));          \
            (out_count)++;                                                                         \
            rest_ = n_ == rest_.n ? STR_NONE : after(rest_, n_ + 1);                               \
        }                                                                                          \
    } while (0)

static enum err_code read_lists(struct arena *arena, const struct header *h, struct statement *s,
                                struct err *err)
{
    READ_LIST(arena, buf_str(&h->params), s->params, s->param_count, err);
    READ_LIST(arena, buf_str(&h->columns), s->columns, s->column_count, err);
    return ERR_OK;
}

static bool is_name_char(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* Finds the next `{name:Type}`; quotes and comments are left out. */
static bool next_use(struct str *rest, struct str *out_name, struct str *out_type)
{
    bool quoted = false;

    for (size_t i = 0; i < rest->n; i++) {
        char c = rest->p[i];
        size_t colon = i + 1, end;

        if (quoted && c == '\\') {
            i++;
        } else if (c == '\'') {
            quoted = !quoted;
        } else if (!quoted && c == '-' && i + 1 < rest->n && rest->p[i + 1] == '-') {
            while (i < rest->n && rest->p[i] != '\n')
                i++;
        } else if (!quoted && c == '{') {
            while (colon < rest->n && is_name_char(rest->p[colon]))
                colon++;
            for (end = colon; end < rest->n && rest->p[end] != '}';)
                end++;
            if (colon == i + 1 || end >= rest->n || rest->p[colon] != ':')
                continue;
            *out_name = (struct str){rest->p + i + 1, colon - i - 1};
            *out_type = str_trim((struct str){rest->p + colon + 1, end - colon - 1});
            *rest = (struct str){rest->p + end + 1, rest->n - end - 1};
            return true;
        }
    }
    return false;
}

/* The declared parameters are exactly those used, with the same types. */
static enum err_code check_uses(struct arena *arena, const struct statement *s, struct err *err)
{
    struct str rest = str_of(s->text), name, type;
    bool used[TM_COUNT(s->params)] = {false};

    while (next_use(&rest, &name, &type)) {
        size_t i = 0;

        while (i < s->param_count && !str_eqz(name, s->params[i].name))
            i++;
        if (i == s->param_count)
            return err_set(err, ERR_INVALID, "{%.*s:...} is not declared in params", (int)name.n,
                           name.p);
        if (strcmp(plain_type(arena, type), s->params[i].type) != 0)
            return err_set(err, ERR_INVALID, "{%.*s:%.*s} is declared as %s", (int)name.n, name.p,
                           (int)type.n, type.p, s->params[i].type);
        used[i] = true;
    }
    for (size_t i = 0; i < s->param_count; i++)
        if (!used[i])
            return err_set(err, ERR_INVALID, "the parameter %s is declared but not used",
                           s->params[i].name);
    return ERR_OK;
}

enum err_code statement_parse(struct arena *arena, const char *name, struct str text,
                              struct statement *out_statement, struct err *err)
{
    struct header h = {.params = BUF_INIT(16384), .columns = BUF_INIT(16384)};
    struct statement s = {0};
    struct str rest = text, line;
    enum err_code rc;

    s.name = arena_strdup(arena, str_of(name));
    s.text = arena_strdup(arena, text);
    while (next_line(&rest, &line) && str_starts(line, "--"))
        read_header_line(&h, line);
    if (!str_eqz(h.name, name)) {
        rc = err_set(err, ERR_INVALID, "the header's name is \"%.*s\"", (int)h.name.n, h.name.p);
        err_hint(err, "The first line has to be: -- name: %s", name);
    } else {
        rc = read_lists(arena, &h, &s, err);
    }
    if (rc == ERR_OK)
        rc = check_uses(arena, &s, err);
    if (rc == ERR_OK)
        rc = arena_check(arena, err);
    buf_release(&h.params);
    buf_release(&h.columns);
    if (rc == ERR_OK)
        *out_statement = s;
    else
        err_context(err, "sql/%s.sql", name);
    return rc;
}

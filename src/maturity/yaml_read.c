/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "maturity/yaml_read.h"

enum err_code yaml_read_file(const char *path, struct buf *out_text, struct err *err)
{
    TM_CLEANUP(fclose_filep) FILE *f = fopen(path, "rb");
    char piece[16384];
    size_t n;

    if (!f)
        return err_errno(err, "could not open \"%s\"", path);
    *out_text = BUF_INIT(YAML_FILE_MAX);
    while ((n = fread(piece, 1, sizeof(piece), f)) > 0 && !out_text->failed)
        buf_add(out_text, piece, n);
    if (ferror(f))
        return err_errno(err, "could not read \"%s\"", path);
    if (out_text->failed)
        return err_set(err, ERR_TOO_LARGE, "\"%s\" is larger than %d bytes", path, YAML_FILE_MAX);
    return ERR_OK;
}

/* Encoding mistakes carry an offset instead of a line. */
static size_t line_of(struct str text, size_t offset)
{
    size_t line = 1;

    for (size_t i = 0; i < offset && i < text.n; i++)
        line += text.p[i] == '\n';
    return line;
}

static enum err_code parse_failed(struct yaml_reader *r, const yaml_parser_t *parser,
                                  struct str text)
{
    const char *problem = parser->problem ? parser->problem : "it cannot be read";
    size_t line = parser->problem_mark.line + 1;

    if (parser->error == YAML_READER_ERROR)
        line = line_of(text, parser->problem_offset);
    err_set(r->err, ERR_INVALID, "%s:%zu: not well-formed YAML: %s%s%s", r->name, line, problem,
            parser->context ? " " : "", parser->context ? parser->context : "");
    if (parser->error == YAML_READER_ERROR)
        err_hint(r->err, "save the file as plain text in UTF-8");
    else
        err_hint(r->err, "keep the indentation as it was, and put a text that holds : or # "
                         "between double quotes");
    return ERR_INVALID;
}

/* libyaml looks at every open bracket again for every token: ten thousand of them would take
 * minutes. Brackets in texts count too; they close again. */
static enum err_code check_depth(struct yaml_reader *r, struct str text)
{
    size_t depth = 0;

    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '[' || text.p[i] == '{')
            depth++;
        else if ((text.p[i] == ']' || text.p[i] == '}') && depth)
            depth--;
        if (depth > YAML_BRACKETS_MAX)
            return err_set(r->err, ERR_INVALID, "%s:%zu: more than %d brackets are open", r->name,
                           line_of(text, i), YAML_BRACKETS_MAX);
    }
    return ERR_OK;
}

enum err_code yaml_reader_open(struct yaml_reader *r, struct str text)
{
    yaml_parser_t parser;
    yaml_document_t second;
    enum err_code code = ERR_OK;

    TRY(check_depth(r, text));
    if (!yaml_parser_initialize(&parser))
        return err_set(r->err, ERR_MEMORY, "no memory left to read \"%s\"", r->name);
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)text.p, text.n);
    if (!yaml_parser_load(&parser, &r->document)) {
        code = parse_failed(r, &parser, text);
        goto out;
    }
    r->loaded = true;
    if (!yaml_root(r)) {
        code = err_set(r->err, ERR_INVALID, "%s: the file is empty", r->name);
    } else if (!yaml_parser_load(&parser, &second)) {
        code = parse_failed(r, &parser, text);
    } else {
        yaml_node_t *root = yaml_document_get_root_node(&second);

        if (root)
            code = yaml_fail(r, root, "a second document begins here; one is allowed");
        yaml_document_delete(&second);
    }
out:
    yaml_parser_delete(&parser);
    if (code != ERR_OK)
        yaml_reader_close(r);
    return code;
}

void yaml_reader_close(struct yaml_reader *r)
{
    if (r->loaded)
        yaml_document_delete(&r->document);
    r->loaded = false;
}

yaml_node_t *yaml_root(struct yaml_reader *r)
{
    return yaml_document_get_root_node(&r->document);
}

size_t yaml_enter(struct yaml_reader *r, const char *fmt, ...)
{
    size_t mark = r->field_n;
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vsnprintf(r->field + mark, sizeof(r->field) - mark, fmt, ap);
    va_end(ap);
    if (n > 0)
        r->field_n += (size_t)n < sizeof(r->field) - mark ? (size_t)n : sizeof(r->field) - mark - 1;
    return mark;
}

void yaml_leave(struct yaml_reader *r, size_t mark)
{
    r->field_n = mark;
    r->field[mark] = '\0';
}

enum err_code yaml_fail(struct yaml_reader *r, const yaml_node_t *node, const char *fmt, ...)
{
    char what[320];
    const char *field = r->field[0] == '.' ? r->field + 1 : r->field;
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(what, sizeof(what), fmt, ap);
    va_end(ap);
    return err_set(r->err, ERR_INVALID, "%s:%zu: %s%s%s", r->name, node->start_mark.line + 1, field,
                   field[0] ? ": " : "", what);
}

struct str yaml_scalar(const yaml_node_t *node)
{
    if (!node || node->type != YAML_SCALAR_NODE)
        return STR_NONE;
    return (struct str){(const char *)node->data.scalar.value, node->data.scalar.length};
}

bool yaml_is_null(const yaml_node_t *node)
{
    struct str s = yaml_scalar(node);

    return node->type == YAML_SCALAR_NODE && node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
           (s.n == 0 || str_eqz(s, "~"));
}

yaml_node_t *yaml_item(struct yaml_reader *r, yaml_node_t *list, size_t i)
{
    return yaml_document_get_node(&r->document, list->data.sequence.items.start[i]);
}

bool yaml_pair(struct yaml_reader *r, yaml_node_t *map, size_t i, yaml_node_t **out_key,
               yaml_node_t **out_value)
{
    yaml_node_pair_t *pair = map->data.mapping.pairs.start + i;

    if (pair >= map->data.mapping.pairs.top)
        return false;
    *out_key = yaml_document_get_node(&r->document, pair->key);
    *out_value = yaml_document_get_node(&r->document, pair->value);
    return true;
}

yaml_node_t *yaml_get(struct yaml_reader *r, yaml_node_t *map, const char *key)
{
    yaml_node_t *k, *v;

    if (map->type != YAML_MAPPING_NODE)
        return NULL;
    for (size_t i = 0; yaml_pair(r, map, i, &k, &v); i++)
        if (str_eqz(yaml_scalar(k), key))
            return v;
    return NULL;
}

enum err_code yaml_list(struct yaml_reader *r, yaml_node_t *node, size_t min, size_t max,
                        size_t *out_n)
{
    size_t n;

    if (node->type != YAML_SEQUENCE_NODE)
        return yaml_fail(r, node, "must be a list");
    n = (size_t)(node->data.sequence.items.top - node->data.sequence.items.start);
    if (min == max && n != min)
        return yaml_fail(r, node, "must have %zu entries, has %zu", min, n);
    if (n < min)
        return yaml_fail(r, node, "must have at least %zu %s", min, min == 1 ? "entry" : "entries");
    if (n > max)
        return yaml_fail(r, node, "may have at most %zu entries, has %zu", max, n);
    *out_n = n;
    return ERR_OK;
}

static enum err_code check_keys(struct yaml_reader *r, yaml_node_t *map,
                                const struct yaml_field *fields, size_t count)
{
    yaml_node_t *k, *v, *k2;

    for (size_t i = 0; yaml_pair(r, map, i, &k, &v); i++) {
        struct str key = yaml_scalar(k);
        size_t f = 0;

        while (f < count && !str_eqz(key, fields[f].key))
            f++;
        if (f == count)
            return yaml_fail(r, k, "unknown field \"%.*s\"", (int)(key.n < 60 ? key.n : 60), key.p);
        for (size_t j = 0; j < i && yaml_pair(r, map, j, &k2, &v); j++)
            if (str_eq(yaml_scalar(k2), key))
                return yaml_fail(r, k, "\"%s\" is given twice", fields[f].key);
    }
    return ERR_OK;
}

enum err_code yaml_read_map(struct yaml_reader *r, yaml_node_t *node,
                            const struct yaml_field *fields, size_t count, void *out)
{
    if (node->type != YAML_MAPPING_NODE)
        return yaml_fail(r, node, "must be a block of \"name: value\" lines");
    TRY(check_keys(r, node, fields, count));
    for (size_t i = 0; i < count; i++) {
        yaml_node_t *value = yaml_get(r, node, fields[i].key);
        size_t mark;

        if (!value && fields[i].optional)
            continue;
        if (!value)
            return yaml_fail(r, node, "\"%s\" is missing", fields[i].key);
        mark = yaml_enter(r, ".%s", fields[i].key);
        TRY(fields[i].read(r, value, (char *)out + fields[i].offset, fields[i].arg));
        yaml_leave(r, mark);
    }
    return ERR_OK;
}

/* Control characters could steer the terminal on which the text is shown. */
static bool has_controls(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];

        if ((c < 0x20 && c != '\n') || c == 0x7F)
            return true;
        if (c == 0xC2 && i + 1 < s.n && (unsigned char)s.p[i + 1] < 0xA0) /* U+0080..U+009F */
            return true;
    }
    return false;
}

enum err_code yaml_read_optional_text(struct yaml_reader *r, yaml_node_t *node, void *out,
                                      const void *arg)
{
    struct str s;

    (void)arg;
    if (node->type != YAML_SCALAR_NODE)
        return yaml_fail(r, node, "must be a text");
    s = yaml_is_null(node) ? STR_NONE : str_trim(yaml_scalar(node));
    if (s.n > YAML_TEXT_MAX)
        return yaml_fail(r, node, "the text is longer than %d bytes", YAML_TEXT_MAX);
    if (has_controls(s))
        return yaml_fail(r, node, "the text holds control characters");
    *(const char **)out = arena_strdup(r->arena, s);
    return arena_check(r->arena, r->err);
}

enum err_code yaml_read_string(struct yaml_reader *r, yaml_node_t *node, void *out, const void *arg)
{
    TRY(yaml_read_optional_text(r, node, out, arg));
    if (**(const char **)out == '\0')
        return yaml_fail(r, node, "the text is empty");
    return ERR_OK;
}

enum err_code yaml_read_number(struct yaml_reader *r, yaml_node_t *node, void *out, const void *arg)
{
    const struct yaml_range *range = arg;
    struct str s = yaml_scalar(node);
    char *end = NULL;
    double x = 0;

    if (s.n > 0 && s.n < 40 && strspn(s.p, "0123456789.+-eE") == s.n)
        x = strtod(s.p, &end);
    if (!end || *end || !isfinite(x))
        return yaml_fail(r, node, "must be a number, is \"%.*s\"", (int)(s.n < 60 ? s.n : 60), s.p);
    if (range && range->above && x <= range->min)
        return yaml_fail(r, node, "must be above %g, is %g", range->min, x);
    if (range && (x < range->min || x > range->max))
        return yaml_fail(r, node, "must lie between %g and %g, is %g", range->min, range->max, x);
    *(double *)out = x;
    return ERR_OK;
}

enum err_code yaml_read_int(struct yaml_reader *r, yaml_node_t *node, void *out, const void *arg)
{
    double x;

    TRY(yaml_read_number(r, node, &x, arg));
    if (x != floor(x) || fabs(x) > 1e9)
        return yaml_fail(r, node, "must be a whole number, is %g", x);
    *(int *)out = (int)x;
    return ERR_OK;
}

enum err_code yaml_read_word(struct yaml_reader *r, yaml_node_t *node, void *out, const void *arg)
{
    const char *const *words = arg;
    struct str s = yaml_scalar(node);
    char known[160] = "";
    size_t n = 0;

    for (int i = 0; words[i]; i++) {
        if (str_eqz(s, words[i])) {
            *(int *)out = i;
            return ERR_OK;
        }
        n += (size_t)snprintf(known + n, sizeof(known) - n, "%s%s", i ? ", " : "",
                              words[i][0] ? words[i] : "\"\"");
        n = n < sizeof(known) ? n : sizeof(known) - 1;
    }
    return yaml_fail(r, node, "must be one of %s; is \"%.*s\"", known, (int)(s.n < 60 ? s.n : 60),
                     s.p);
}

/* Levenshtein distance, ASCII case folded; words of up to 31 bytes. */
static size_t distance(struct str a, struct str b)
{
    size_t row[33];

    for (size_t j = 0; j <= b.n; j++)
        row[j] = j;
    for (size_t i = 1; i <= a.n; i++) {
        size_t diagonal = row[0];

        row[0] = i;
        for (size_t j = 1; j <= b.n; j++) {
            bool same = toupper((unsigned char)a.p[i - 1]) == toupper((unsigned char)b.p[j - 1]);
            size_t best = diagonal + !same;

            diagonal = row[j];
            best = best < row[j] + 1 ? best : row[j] + 1;
            row[j] = best < row[j - 1] + 1 ? best : row[j - 1] + 1;
        }
    }
    return row[b.n];
}

const char *yaml_nearest(struct str word, const char *const *words, size_t count)
{
    const char *best = NULL;
    size_t least = word.n / 3 + 1;

    if (word.n == 0 || word.n > 31)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        struct str candidate = str_of(words[i]);
        size_t d = candidate.n > 31 ? SIZE_MAX : distance(word, candidate);

        if (d < least) {
            least = d;
            best = words[i];
        }
    }
    return best;
}

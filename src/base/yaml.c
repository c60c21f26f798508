/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/yaml.h"

#include "base/i18n.h"

static TM_PRINTF(3, 4) enum err_code
    fail_at(struct yaml_reader *r, size_t line, const char *fmt, ...)
{
    char what[320];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(what, sizeof(what), i18n_text(fmt), ap);
    va_end(ap);
    if (r->faults)
        r->faults->fresh = true;
    if (!r->name)
        return err_set(r->err, ERR_INVALID, "%s", what);
    return err_set(r->err, ERR_INVALID, "%s:%zu: %s", r->name, line, what);
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
    const char *problem = parser->problem ? parser->problem : _("it cannot be read");
    size_t line = parser->problem_mark.line + 1;

    if (parser->error == YAML_READER_ERROR)
        line = line_of(text, parser->problem_offset);
    fail_at(r, line, "not well-formed YAML: %s%s%s", problem, parser->context ? " " : "",
            parser->context ? parser->context : "");
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
            return fail_at(r, line_of(text, i), "more than %d brackets are open",
                           YAML_BRACKETS_MAX);
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
        return err_set(r->err, ERR_MEMORY, "no memory left to read YAML");
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)text.p, text.n);
    if (!yaml_parser_load(&parser, &r->document)) {
        code = parse_failed(r, &parser, text);
        goto out;
    }
    r->loaded = true;
    if (!yaml_root(r) && !r->may_be_empty) {
        code = err_set(r->err, ERR_INVALID, "%s: the file is empty", r->name ? r->name : "YAML");
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

bool yaml_go_on(struct yaml_reader *r, enum err_code code, size_t mark)
{
    struct yaml_faults *faults = r->faults;

    if (!faults || code != ERR_INVALID)
        return false;
    if (faults->fresh && faults->n < faults->cap) {
        faults->items[faults->n++] = *r->err;
        *r->err = ERR_INIT;
    }
    faults->fresh = false;
    yaml_leave(r, mark);
    return true;
}

enum err_code yaml_fail(struct yaml_reader *r, const yaml_node_t *node, const char *fmt, ...)
{
    char what[320];
    const char *field = r->field[0] == '.' ? r->field + 1 : r->field;
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(what, sizeof(what), i18n_text(fmt), ap);
    va_end(ap);
    return fail_at(r, yaml_line(node), "%s%s%s", field, field[0] ? ": " : "", what);
}

size_t yaml_line(const yaml_node_t *node)
{
    return node->start_mark.line + 1;
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

/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/yaml_edit.h"

#include "base/yaml.h"

enum { EDIT_ARENA = 4 << 20 };

/* A file under the knife. */
struct edit {
    struct yaml_reader reader;
    struct arena arena;
    struct str text;
};

/* Byte of a mark: libyaml counts characters, and a mark at the file's head no byte order mark. */
static size_t byte_of(struct str text, yaml_mark_t mark)
{
    size_t at = text.n >= 3 && memcmp(text.p, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;

    for (size_t i = 0; i < mark.index && at < text.n; i++)
        do
            at++;
        while (at < text.n && ((unsigned char)text.p[at] & 0xC0) == 0x80);
    return at;
}

/* Item i of a list; NULL past its end, and where there is no list. */
static yaml_node_t *item_of(struct edit *e, yaml_node_t *list, size_t i)
{
    const yaml_node_item_t *items = list->data.sequence.items.start;

    if (list->type != YAML_SEQUENCE_NODE || i >= (size_t)(list->data.sequence.items.top - items))
        return NULL;
    return yaml_item(&e->reader, list, i);
}

static size_t begin_of(const struct edit *e, const yaml_node_t *node)
{
    return byte_of(e->text, node->start_mark);
}

static bool in_brackets(const yaml_node_t *node)
{
    return (node->type == YAML_MAPPING_NODE &&
            node->data.mapping.style == YAML_FLOW_MAPPING_STYLE) ||
           (node->type == YAML_SEQUENCE_NODE &&
            node->data.sequence.style == YAML_FLOW_SEQUENCE_STYLE);
}

/* Past its last byte. A block's own end mark lies past the comments that follow it. */
static size_t end_of(struct edit *e, yaml_node_t *node)
{
    yaml_node_t *key, *value = NULL;
    size_t n = 0;

    if (node->type == YAML_SCALAR_NODE || in_brackets(node))
        return byte_of(e->text, node->end_mark);
    if (node->type == YAML_MAPPING_NODE) {
        while (yaml_pair(&e->reader, node, n, &key, &value))
            n++;
        if (!value)
            return begin_of(e, node);
        n = end_of(e, key) + 1; /* the colon */
        return end_of(e, value) > n ? end_of(e, value) : n;
    }
    while (item_of(e, node, n))
        value = item_of(e, node, n++);
    return value ? end_of(e, value) : begin_of(e, node);
}

static size_t line_begin(struct str text, size_t at)
{
    while (at > 0 && text.p[at - 1] != '\n')
        at--;
    return at;
}

/* Past the line break, or at the end of the text. */
static size_t line_end(struct str text, size_t at)
{
    while (at < text.n && text.p[at] != '\n')
        at++;
    return at < text.n ? at + 1 : at;
}

static struct str slice(const struct edit *e, size_t from, size_t to)
{
    return (struct str){e->text.p + from, to > from ? to - from : 0};
}

/* What stands between two bytes becomes `with`. */
static void splice(const struct edit *e, size_t from, size_t to, struct str with, struct buf *out)
{
    buf_adds(out, slice(e, 0, from));
    buf_adds(out, with);
    buf_adds(out, slice(e, to, e->text.n));
}

/* "a: {b: value}" */
static void add_nested(struct buf *out, const char *const *path, size_t depth, const char *value)
{
    for (size_t i = 0; i < depth; i++)
        buf_addf(out, "%s%s: ", i ? "{" : "", path[i]);
    buf_addz(out, value);
    for (size_t i = 1; i < depth; i++)
        buf_addc(out, '}');
}

/* A line after the block's last one, `column` characters in. */
static void insert_line(struct edit *e, yaml_node_t *block, size_t column, struct str line,
                        struct buf *out)
{
    size_t at = line_end(e->text, end_of(e, block));

    buf_adds(out, slice(e, 0, at));
    if (at > 0 && e->text.p[at - 1] != '\n')
        buf_addc(out, '\n');
    for (size_t i = 0; i < column; i++)
        buf_addc(out, ' ');
    buf_adds(out, line);
    buf_addc(out, '\n');
    buf_adds(out, slice(e, at, e->text.n));
}

/* A mapping in brackets without pair `but`, and with `more` at its end. */
static void rewrite_flow(struct edit *e, yaml_node_t *map, size_t but, const char *more,
                         struct buf *out)
{
    struct buf flow = BUF_INIT(YAML_FILE_MAX);
    yaml_node_t *key, *value;

    buf_addc(&flow, '{');
    for (size_t i = 0; yaml_pair(&e->reader, map, i, &key, &value); i++) {
        if (i == but)
            continue;
        buf_addz(&flow, flow.n > 1 ? ", " : "");
        buf_adds(&flow, slice(e, begin_of(e, key), end_of(e, key)));
        buf_addz(&flow, ": ");
        buf_adds(&flow, slice(e, begin_of(e, value), end_of(e, value)));
    }
    if (more)
        buf_addf(&flow, "%s%s", flow.n > 1 ? ", " : "", more);
    buf_addc(&flow, '}');
    splice(e, begin_of(e, map), end_of(e, map), buf_str(&flow), out);
    out->failed = out->failed || flow.failed;
    buf_release(&flow);
}

static void add_entry(struct edit *e, yaml_node_t *map, const char *const *path, size_t depth,
                      const char *value, struct buf *out)
{
    struct buf entry = BUF_INIT(YAML_FILE_MAX);
    yaml_node_t *key, *first;

    add_nested(&entry, path, depth, value);
    if (!map) { /* an empty file, or nothing but comments */
        splice(e, e->text.n, e->text.n, STR_LIT(""), out);
        if (e->text.n && e->text.p[e->text.n - 1] != '\n')
            buf_addc(out, '\n');
        buf_adds(out, buf_str(&entry));
        buf_addc(out, '\n');
    } else if (in_brackets(map) || !yaml_pair(&e->reader, map, 0, &key, &first)) {
        rewrite_flow(e, map, SIZE_MAX, buf_cstr(&entry), out);
    } else {
        insert_line(e, map, key->start_mark.column, buf_str(&entry), out);
    }
    out->failed = out->failed || entry.failed;
    buf_release(&entry);
}

/* A block's value that begins at the line's head would end the mapping in one line. */
static void replace_value(struct edit *e, yaml_node_t *key, yaml_node_t *value, struct str with,
                          struct buf *out)
{
    size_t from = begin_of(e, value), to = end_of(e, value);
    struct buf text = BUF_INIT(YAML_FILE_MAX);

    if (yaml_is_null(value) && from == to)
        from = to = end_of(e, key) + 1;
    if (from > 0 && (e->text.p[from - 1] == ':' || e->text.p[from - 1] == '\n'))
        buf_addc(&text, ' ');
    buf_adds(&text, with);
    splice(e, from, to, buf_str(&text), out);
    out->failed = out->failed || text.failed;
    buf_release(&text);
}

static void remove_entry(struct edit *e, yaml_node_t *map, size_t i, struct buf *out)
{
    yaml_node_t *key, *value;
    size_t end;

    if (in_brackets(map)) {
        rewrite_flow(e, map, i, NULL, out);
        return;
    }
    yaml_pair(&e->reader, map, i, &key, &value);
    end = end_of(e, value) > end_of(e, key) ? end_of(e, value) : end_of(e, key);
    splice(e, line_begin(e->text, begin_of(e, key)), line_end(e->text, end), STR_LIT(""), out);
}

/* One level down the path at a time. */
static void set_in(struct edit *e, yaml_node_t *map, const char *const *path, size_t depth,
                   const char *value, struct buf *out)
{
    yaml_node_t *key, *found;
    size_t i = 0;

    while (map && yaml_pair(&e->reader, map, i, &key, &found) &&
           !str_eqz(yaml_scalar(key), path[0]))
        i++;
    if (!map || !yaml_pair(&e->reader, map, i, &key, &found)) {
        if (value)
            add_entry(e, map, path, depth, value, out);
        else
            buf_adds(out, e->text);
    } else if (depth > 1 && found->type == YAML_MAPPING_NODE) {
        set_in(e, found, path + 1, depth - 1, value, out);
    } else if (depth > 1) {
        struct buf nested = BUF_INIT(YAML_FILE_MAX);

        if (value) {
            buf_addc(&nested, '{');
            add_nested(&nested, path + 1, depth - 1, value);
            buf_addc(&nested, '}');
            replace_value(e, key, found, buf_str(&nested), out);
        } else {
            buf_adds(out, e->text);
        }
        out->failed = out->failed || nested.failed;
        buf_release(&nested);
    } else if (value) {
        replace_value(e, key, found, str_of(value), out);
    } else {
        remove_entry(e, map, i, out);
    }
}

static enum err_code edit_open(struct edit *e, const struct buf *text, struct err *err)
{
    *e = (struct edit){.arena = ARENA_INIT(EDIT_ARENA), .text = buf_str(text)};
    e->reader = (struct yaml_reader){.arena = &e->arena, .err = err, .may_be_empty = true};
    TRY(yaml_reader_open(&e->reader, e->text));
    if (yaml_root(&e->reader) && yaml_root(&e->reader)->type != YAML_MAPPING_NODE)
        return err_set(err, ERR_INVALID, "the file must be a block of \"key: value\" lines");
    return ERR_OK;
}

/* `out` takes the place of `text`. */
static enum err_code edit_close(struct edit *e, enum err_code rc, struct buf *out, struct buf *text,
                                struct err *err)
{
    yaml_reader_close(&e->reader);
    arena_release(&e->arena);
    if (rc == ERR_OK)
        rc = buf_check(out, err);
    if (rc == ERR_OK) {
        buf_reset(text);
        buf_adds(text, buf_str(out));
        rc = buf_check(text, err);
    }
    buf_release(out);
    return rc;
}

enum err_code yaml_edit(struct buf *text, const char *const *path, size_t depth, const char *value,
                        struct err *err)
{
    struct buf out = BUF_INIT(YAML_FILE_MAX);
    struct edit e;
    enum err_code rc = edit_open(&e, text, err);

    assert(depth >= 1 && depth <= YAML_EDIT_DEPTH);
    if (rc == ERR_OK)
        set_in(&e, yaml_root(&e.reader), path, depth, value, &out);
    return edit_close(&e, rc, &out, text, err);
}

/* A list that is no block of lines, written anew. */
static void rewrite_list(struct edit *e, yaml_node_t *key, yaml_node_t *list, const char *item,
                         size_t times, struct buf *out)
{
    struct buf flow = BUF_INIT(YAML_FILE_MAX);
    yaml_node_t *one;

    buf_addc(&flow, '[');
    for (size_t i = 0; (one = item_of(e, list, i)); i++) {
        if (str_eqz(yaml_scalar(one), item))
            continue;
        buf_addz(&flow, flow.n > 1 ? ", " : "");
        buf_adds(&flow, slice(e, begin_of(e, one), end_of(e, one)));
    }
    for (size_t i = 0; i < times; i++)
        buf_addf(&flow, "%s%s", flow.n > 1 ? ", " : "", item);
    buf_addc(&flow, ']');
    replace_value(e, key, list, buf_str(&flow), out);
    out->failed = out->failed || flow.failed;
    buf_release(&flow);
}

/* Lines of a block: those of the item go, as many as are wanted come after the last one. */
static void edit_lines(struct edit *e, yaml_node_t *list, const char *item, size_t times,
                       struct buf *out)
{
    size_t at = 0, last = line_end(e->text, end_of(e, list));
    yaml_node_t *one;

    for (size_t i = 0; (one = item_of(e, list, i)); i++) {
        if (!str_eqz(yaml_scalar(one), item))
            continue;
        buf_adds(out, slice(e, at, line_begin(e->text, begin_of(e, one))));
        at = line_end(e->text, end_of(e, one));
    }
    buf_adds(out, slice(e, at, last));
    if (times && out->n && out->p[out->n - 1] != '\n')
        buf_addc(out, '\n');
    for (size_t i = 0; i < times; i++)
        buf_addf(out, "%*s- %s\n", (int)list->start_mark.column, "", item);
    buf_adds(out, slice(e, last, e->text.n));
}

enum err_code yaml_edit_list(struct buf *text, const char *key, const char *item, size_t times,
                             struct err *err)
{
    struct buf out = BUF_INIT(YAML_FILE_MAX), flow = BUF_INIT(4096);
    struct edit e;
    enum err_code rc = edit_open(&e, text, err);
    yaml_node_t *root = rc == ERR_OK ? yaml_root(&e.reader) : NULL, *name, *list;
    size_t i = 0;

    while (root && yaml_pair(&e.reader, root, i, &name, &list) && !str_eqz(yaml_scalar(name), key))
        i++;
    if (rc == ERR_OK && root && yaml_pair(&e.reader, root, i, &name, &list)) {
        if (list->type == YAML_SEQUENCE_NODE && !in_brackets(list))
            edit_lines(&e, list, item, times, &out);
        else
            rewrite_list(&e, name, list, item, times, &out);
    } else if (rc == ERR_OK) {
        for (size_t k = 0; k < times; k++)
            buf_addf(&flow, "%s%s", k ? ", " : "[", item);
        buf_addz(&flow, times ? "]" : "");
        set_in(&e, root, &key, 1, times ? buf_cstr(&flow) : NULL, &out);
    }
    buf_release(&flow);
    return edit_close(&e, rc, &out, text, err);
}

void yaml_edit_quote(struct str text, struct buf *out)
{
    buf_addc(out, '"');
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];

        if (c == '"' || c == '\\')
            buf_addc(out, '\\');
        buf_addc(out, c < ' ' || c == 0x7F ? ' ' : (char)c);
    }
    buf_addc(out, '"');
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* yaml_value.c - tables of fields, and the readers of single values. */
#include "base/yaml.h"

#include "base/i18n.h"
#include "base/nearest.h"

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
        return yaml_fail(r, node,
                         P_("must have at least %zu entry", "must have at least %zu entries", min),
                         min);
    if (n > max)
        return yaml_fail(r, node, "may have at most %zu entries, has %zu", max, n);
    *out_n = n;
    return ERR_OK;
}

enum err_code yaml_read_list(struct yaml_reader *r, yaml_node_t *node, void *out, const void *arg)
{
    const struct yaml_list *list = arg;
    struct yaml_items *items = out;
    size_t n;

    TRY(yaml_list(r, node, list->min, list->max, &n));
    items->p = arena_alloc(r->arena, n * list->size);
    TRY(arena_check(r->arena, r->err));
    items->n = n;
    for (size_t i = 0; i < n; i++) {
        size_t mark = yaml_enter(r, "[%zu]", i);

        TRY(list->read(r, yaml_item(r, node, i), (char *)items->p + i * list->size, list->arg));
        yaml_leave(r, mark);
    }
    return ERR_OK;
}

/* What would be valid: the key that was probably meant, or all of them. */
static void hint_keys(struct yaml_reader *r, struct str key, const struct yaml_field *fields,
                      size_t count)
{
    const char *keys[YAML_KEYS_MAX], *nearest;
    char known[400];
    size_t n = 0;

    assert(count <= YAML_KEYS_MAX);
    known[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        keys[i] = fields[i].key;
        n += (size_t)snprintf(known + n, sizeof(known) - n, "%s%s", i ? ", " : "", keys[i]);
        n = n < sizeof(known) ? n : sizeof(known) - 1;
    }
    nearest = nearest_of(key, keys, count);
    if (nearest)
        err_hint(r->err, "perhaps \"%s\" was meant", nearest);
    else
        err_hint(r->err, "known here: %s", known);
}

static enum err_code check_keys(struct yaml_reader *r, yaml_node_t *map,
                                const struct yaml_field *fields, size_t count)
{
    yaml_node_t *k, *v, *k2;
    enum err_code code = ERR_OK;

    for (size_t i = 0; yaml_pair(r, map, i, &k, &v); i++) {
        struct str key = yaml_scalar(k);
        size_t f = 0;

        while (f < count && !str_eqz(key, fields[f].key))
            f++;
        if (f == count) {
            yaml_fail(r, k, "unknown field \"%.*s\"", (int)(key.n < 60 ? key.n : 60), key.p);
            hint_keys(r, key, fields, count);
            code = ERR_INVALID;
            if (!yaml_go_on(r, code, r->field_n))
                return code;
            continue;
        }
        for (size_t j = 0; j < i && yaml_pair(r, map, j, &k2, &v); j++)
            if (str_eq(yaml_scalar(k2), key))
                return yaml_fail(r, k, "\"%s\" is given twice", fields[f].key);
    }
    return code;
}

enum err_code yaml_read_map(struct yaml_reader *r, yaml_node_t *node,
                            const struct yaml_field *fields, size_t count, void *out)
{
    enum err_code code;

    if (node->type != YAML_MAPPING_NODE)
        return yaml_fail(r, node, "must be a block of \"name: value\" lines");
    code = check_keys(r, node, fields, count);
    if (code != ERR_OK && !yaml_go_on(r, code, r->field_n))
        return code;
    for (size_t i = 0; i < count; i++) {
        yaml_node_t *value = yaml_get(r, node, fields[i].key);
        size_t mark = r->field_n;
        enum err_code one;

        if (!value && fields[i].optional)
            continue;
        if (value) {
            yaml_enter(r, ".%s", fields[i].key);
            one = fields[i].read(r, value, (char *)out + fields[i].offset, fields[i].arg);
        } else {
            one = yaml_fail(r, node, "\"%s\" is missing", fields[i].key);
        }
        if (one == ERR_OK) {
            yaml_leave(r, mark);
            continue;
        }
        code = one;
        if (!yaml_go_on(r, one, mark))
            return one;
    }
    return code;
}

/* Control characters could steer the terminal on which the text is shown. U+2028, U+2029 and the
 * non-characters U+FFFE and U+FFFF cannot be written to YAML again as they are. */
static bool has_controls(struct str s)
{
    static const char *const others[] = {"\u2028", "\u2029", "\xEF\xBF\xBE", "\xEF\xBF\xBF"};

    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];

        if ((c < 0x20 && c != '\n') || c == 0x7F)
            return true;
        if (c == 0xC2 && i + 1 < s.n && (unsigned char)s.p[i + 1] < 0xA0) /* U+0080..U+009F */
            return true;
        for (size_t k = 0; k < TM_COUNT(others) && c >= 0xE0; k++)
            if (str_starts((struct str){s.p + i, s.n - i}, others[k]))
                return true;
    }
    return false;
}

enum err_code yaml_read_optional_text(struct yaml_reader *r, yaml_node_t *node, void *out,
                                      const void *arg)
{
    size_t max = arg ? *(const size_t *)arg : YAML_TEXT_MAX;
    struct str s;

    if (node->type != YAML_SCALAR_NODE)
        return yaml_fail(r, node, "must be a text");
    s = yaml_is_null(node) ? STR_NONE : str_trim(yaml_scalar(node));
    if (s.n > max)
        return yaml_fail(r, node, "the text is longer than %zu bytes", max);
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
    char known[240] = "";
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

enum err_code yaml_read_flag(struct yaml_reader *r, yaml_node_t *node, void *out, const void *arg)
{
    struct str s = yaml_scalar(node);
    bool yes = str_ieqz(s, "yes") || str_ieqz(s, "true");

    (void)arg;
    if (!yes && !str_ieqz(s, "no") && !str_ieqz(s, "false"))
        return yaml_fail(r, node, "must be yes or no, is \"%.*s\"", (int)(s.n < 60 ? s.n : 60),
                         s.p);
    *(bool *)out = yes;
    return ERR_OK;
}

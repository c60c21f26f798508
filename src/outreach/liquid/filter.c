/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/liquid/filter.h"

#include "base/nearest.h"

/* Sorted by name, which filter_by_name() relies on. */
static const struct filter filters[] = {
    {"abs", filter_abs, 0, 0, false, false},
    {"append", filter_append, 1, 1, false, false},
    {"at_least", filter_at_least, 1, 1, false, false},
    {"at_most", filter_at_most, 1, 1, false, false},
    {"base64_decode", filter_base64_decode, 0, 0, false, false},
    {"base64_encode", filter_base64_encode, 0, 0, false, false},
    {"base64_url_safe_decode", filter_base64_url_safe_decode, 0, 0, false, false},
    {"base64_url_safe_encode", filter_base64_url_safe_encode, 0, 0, false, false},
    {"capitalize", filter_capitalize, 0, 0, false, false},
    {"ceil", filter_ceil, 0, 0, false, false},
    {"compact", filter_compact, 0, 1, false, false},
    {"concat", filter_concat, 1, 1, false, false},
    {"date", filter_date, 0, 1, false, false},
    {"default", filter_default, 0, 1, true, true},
    {"divided_by", filter_divided_by, 1, 1, false, false},
    {"downcase", filter_downcase, 0, 0, false, false},
    {"escape", filter_escape, 0, 0, false, false},
    {"escape_once", filter_escape_once, 0, 0, false, false},
    {"find", filter_find, 1, 2, false, false},
    {"find_index", filter_find_index, 1, 2, false, false},
    {"first", filter_first, 0, 0, false, false},
    {"floor", filter_floor, 0, 0, false, false},
    {"h", filter_escape, 0, 0, false, false},
    {"has", filter_has, 1, 2, false, false},
    {"join", filter_join, 0, 1, false, false},
    {"last", filter_last, 0, 0, false, false},
    {"lstrip", filter_lstrip, 0, 0, false, false},
    {"map", filter_map, 1, 1, false, false},
    {"minus", filter_minus, 1, 1, false, false},
    {"modulo", filter_modulo, 1, 1, false, false},
    {"money", filter_money, 0, 1, false, false},
    {"money_with_currency", filter_money_with_currency, 0, 1, false, false},
    {"newline_to_br", filter_newline_to_br, 0, 0, false, false},
    {"plus", filter_plus, 1, 1, false, false},
    {"prepend", filter_prepend, 1, 1, false, false},
    {"raw", filter_raw, 0, 0, false, false},
    {"reject", filter_reject, 1, 2, false, false},
    {"remove", filter_remove, 1, 1, false, false},
    {"remove_first", filter_remove_first, 1, 1, false, false},
    {"remove_last", filter_remove_last, 1, 1, false, false},
    {"replace", filter_replace, 1, 2, false, false},
    {"replace_first", filter_replace_first, 1, 2, false, false},
    {"replace_last", filter_replace_last, 1, 2, false, false},
    {"reverse", filter_reverse, 0, 0, false, false},
    {"round", filter_round, 0, 1, false, false},
    {"rstrip", filter_rstrip, 0, 0, false, false},
    {"size", filter_size, 0, 0, false, false},
    {"slice", filter_slice, 1, 2, false, false},
    {"sort", filter_sort, 0, 1, false, false},
    {"sort_natural", filter_sort_natural, 0, 1, false, false},
    {"split", filter_split, 1, 1, false, false},
    {"squish", filter_squish, 0, 0, false, false},
    {"strip", filter_strip, 0, 0, false, false},
    {"strip_html", filter_strip_html, 0, 0, false, false},
    {"strip_newlines", filter_strip_newlines, 0, 0, false, false},
    {"sum", filter_sum, 0, 1, false, false},
    {"t", filter_t, 0, 0, true, false},
    {"times", filter_times, 1, 1, false, false},
    {"translate", filter_t, 0, 0, true, false},
    {"truncate", filter_truncate, 0, 2, false, false},
    {"truncatewords", filter_truncatewords, 0, 2, false, false},
    {"uniq", filter_uniq, 0, 1, false, false},
    {"upcase", filter_upcase, 0, 0, false, false},
    {"url_decode", filter_url_decode, 0, 0, false, false},
    {"url_encode", filter_url_encode, 0, 0, false, false},
    {"where", filter_where, 1, 2, false, false},
};

static int order(const void *key, const void *element)
{
    const struct str *name = key;
    const char *z = ((const struct filter *)element)->name;
    size_t n = strlen(z);
    int found = memcmp(name->p, z, name->n < n ? name->n : n);

    return found ? found : (name->n > n) - (name->n < n);
}

const struct filter *filter_by_name(struct str name)
{
    return bsearch(&name, filters, TM_COUNT(filters), sizeof(filters[0]), order);
}

const struct filter *filter_at(size_t i)
{
    return i < TM_COUNT(filters) ? &filters[i] : NULL;
}

void filter_hint(struct str name, struct err *err)
{
    struct nearest near = nearest_to(name);

    for (size_t i = 0; i < TM_COUNT(filters); i++)
        nearest_consider(&near, filters[i].name);
    if (near.best)
        err_hint(err, "Did you mean \"%s\"?", near.best);
}

enum err_code filter_check(const struct call *call, struct err *err)
{
    const struct filter *filter = call->filter;
    size_t n = 0, named = 0;

    for (const struct argument *arg = call->args; arg; arg = arg->next) {
        if (arg->name.n)
            named++;
        else
            n++;
    }
    if (named && !filter->named)
        return err_set(err, ERR_INVALID, "the filter \"%s\" takes no values by name", filter->name);
    if (n < filter->least || n > filter->most || named > FILTER_ARGS_MAX)
        return err_set(err, ERR_INVALID, "the filter \"%s\" takes %d to %d values, not %zu",
                       filter->name, filter->least, filter->most, n);
    return ERR_OK;
}

struct str filter_text(struct render *r, struct value v)
{
    if (v.type == VALUE_STRING)
        return value_text(v);
    buf_reset(&r->scratch);
    value_print(v, &r->scratch);
    return arena_str(r->arena, buf_str(&r->scratch));
}

struct str filter_arg(struct render *r, const struct filter_args *args, size_t i,
                      const char *fallback)
{
    return i < args->n ? filter_text(r, args->at[i]) : str_of(fallback);
}

struct value filter_result(struct render *r, bool own)
{
    struct value v = value_str(arena_str(r->arena, buf_str(&r->scratch)));

    v.flags = own ? VALUE_OWN : 0;
    return v;
}

bool filter_own(struct value v)
{
    if (v.type == VALUE_STRING)
        return v.flags & VALUE_OWN;
    return v.type != VALUE_ARRAY && v.type != VALUE_MAP && v.type != VALUE_DROP;
}

bool filter_all_own(struct value v, const struct filter_args *args)
{
    bool own = filter_own(v);

    for (size_t i = 0; i < args->n; i++)
        own = own && filter_own(args->at[i]);
    return own;
}

void filter_count(struct value v, struct value *out)
{
    size_t n = value_count(v);

    if (v.type == VALUE_STRING) {
        for (uint32_t i = 0; i < v.n; i++)
            n += ((unsigned char)v.s[i] & 0xC0) != 0x80;
    }
    *out = value_int((int64_t)n);
}

static size_t count_flat(struct value v, int depth)
{
    size_t n = 0;

    for (uint32_t i = 0; i < v.n; i++)
        n += v.items[i].type == VALUE_ARRAY && depth ? count_flat(v.items[i], depth - 1) : 1;
    return n;
}

static void copy_flat(struct value v, int depth, struct value **to)
{
    for (uint32_t i = 0; i < v.n; i++) {
        if (v.items[i].type == VALUE_ARRAY && depth)
            copy_flat(v.items[i], depth - 1, to);
        else
            *(*to)++ = v.items[i];
    }
}

enum err_code filter_items(struct render *r, struct value v, struct value *out_array)
{
    enum { FLATTEN_MAX = 32 };
    bool array = v.type == VALUE_ARRAY, range = v.type == VALUE_RANGE;
    size_t n = array ? count_flat(v, FLATTEN_MAX) : range ? value_count(v) : v.type != VALUE_NIL;
    struct value *items, *at;

    TRY(render_step(r, n / 16 + 1));
    if (array && n == v.n) {
        *out_array = v;
        return ERR_OK;
    }
    at = items = arena_alloc(r->arena, n * sizeof(*items));
    TRY(render_room(r));
    if (array)
        copy_flat(v, FLATTEN_MAX, &at);
    else if (!range && n)
        items[0] = v;
    for (size_t i = 0; range && i < n; i++)
        items[i] = value_at(v, i, r->arena);
    *out_array = value_array(items, n);
    return ERR_OK;
}

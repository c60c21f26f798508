/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/liquid/filter.h"

#include "outreach/liquid/number.h"

FILTER(size)
{
    (void)r;
    (void)args;
    filter_count(v, out);
    return ERR_OK;
}

/* An element of an array or range, a pair of a map, a character of a text. */
static enum err_code end_of(struct render *r, struct value v, bool last, struct value *out)
{
    size_t n = value_count(v);
    bool own = filter_own(v);

    *out = VALUE_NOTHING;
    if (v.type == VALUE_STRING && v.n) {
        size_t from = last ? v.n - 1 : 0, length = 1;

        while (last && from && ((unsigned char)v.s[from] & 0xC0) == 0x80)
            from--;
        while (from + length < v.n && ((unsigned char)v.s[from + length] & 0xC0) == 0x80)
            length++;
        *out = value_str((struct str){v.s + from, length});
        out->flags = own ? VALUE_OWN : 0;
    } else if (n && !(last && v.type == VALUE_MAP)) {
        *out = value_at(v, last ? n - 1 : 0, r->arena);
    }
    return ERR_OK;
}

FILTER(first)
{
    (void)args;
    return end_of(r, v, false, out);
}

FILTER(last)
{
    (void)args;
    return end_of(r, v, true, out);
}

FILTER(join)
{
    struct value glue = args->n ? args->at[0] : value_strz(" ");
    struct str between = filter_text(r, glue);
    bool html = r->liquid->kind == LIQUID_HTML, safe = html && glue.flags & VALUE_SAFE;
    bool own = !args->n || filter_own(glue);
    struct value items;

    TRY(filter_items(r, v, &items));
    for (uint32_t i = 0; i < items.n; i++) {
        own = own && filter_own(items.items[i]);
        safe = safe || (html && items.items[i].flags & VALUE_SAFE);
    }
    buf_reset(&r->scratch);
    for (uint32_t i = 0; i < items.n; i++) {
        struct value item = items.items[i];

        if (i && safe && !(glue.flags & VALUE_SAFE))
            buf_add_html(&r->scratch, between);
        else if (i)
            buf_adds(&r->scratch, between);
        if (safe && item.type == VALUE_STRING && !(item.flags & VALUE_SAFE))
            buf_add_html(&r->scratch, value_text(item));
        else if (safe && item.type == VALUE_MAP)
            continue; /* its printed form is no HTML */
        else
            value_print(item, &r->scratch);
    }
    *out = filter_result(r, own);
    out->flags |= safe ? VALUE_SAFE : 0;
    return ERR_OK;
}

FILTER(concat)
{
    struct value items;
    struct value *all;

    if (args->at[0].type != VALUE_ARRAY && args->at[0].type != VALUE_RANGE)
        return err_set(r->err, ERR_INVALID, "concat takes a list");
    TRY(filter_items(r, v, &items));
    size_t more = value_count(args->at[0]);

    TRY(render_step(r, more / 16));
    all = arena_alloc(r->arena, (items.n + more) * sizeof(*all));
    TRY(render_room(r));
    if (items.n)
        memcpy(all, items.items, items.n * sizeof(*all));
    for (size_t i = 0; i < more; i++)
        all[items.n + i] = value_at(args->at[0], i, r->arena);
    *out = value_array(all, items.n + more);
    return ERR_OK;
}

FILTER(reverse)
{
    struct value items;
    struct value *turned;

    (void)args;
    TRY(filter_items(r, v, &items));
    turned = arena_alloc(r->arena, items.n * sizeof(*turned));
    TRY(render_room(r));
    for (uint32_t i = 0; i < items.n; i++)
        turned[i] = items.items[items.n - 1 - i];
    *out = value_array(turned, items.n);
    return ERR_OK;
}

/* item[property]; an error for what has no members. */
static enum err_code property_of(struct render *r, struct value item, struct value property,
                                 struct value *out)
{
    struct str name = filter_text(r, property);
    bool known;

    if (item.type == VALUE_MAP || item.type == VALUE_DROP)
        return eval_member(r, item, name, str_hash(name), out, &known);
    *out = VALUE_NOTHING;
    if (item.type == VALUE_STRING || item.type == VALUE_NIL)
        return ERR_OK;
    return err_set(r->err, ERR_INVALID, "a number or date has no member \"%.*s\"",
                   (int)(name.n < 60 ? name.n : 60), name.p);
}

FILTER(map)
{
    struct value items;
    struct value *mapped;

    TRY(filter_items(r, v, &items));
    mapped = arena_alloc(r->arena, items.n * sizeof(*mapped));
    TRY(render_room(r));
    for (uint32_t i = 0; i < items.n; i++)
        TRY(property_of(r, items.items[i], args->at[0], &mapped[i]));
    *out = value_array(mapped, items.n);
    return ERR_OK;
}

/* Whether the element is one that where, find and the like look for. */
static enum err_code fits(struct render *r, struct value item, const struct filter_args *args,
                          bool *out_fits)
{
    struct value found;

    TRY(render_step(r, 1));
    TRY(property_of(r, item, args->at[0], &found));
    if (args->n < 2 || args->at[1].type == VALUE_NIL)
        *out_fits = value_truthy(found);
    else
        *out_fits = value_equal(found, args->at[1]);
    return ERR_OK;
}

static enum err_code choose(struct render *r, struct value v, const struct filter_args *args,
                            bool want, struct value *out)
{
    struct value items;
    struct value *chosen;
    size_t n = 0;
    bool fit;

    TRY(filter_items(r, v, &items));
    chosen = arena_alloc(r->arena, items.n * sizeof(*chosen));
    TRY(render_room(r));
    for (uint32_t i = 0; i < items.n; i++) {
        TRY(fits(r, items.items[i], args, &fit));
        if (fit == want)
            chosen[n++] = items.items[i];
    }
    *out = value_array(chosen, n);
    return ERR_OK;
}

FILTER(where)
{
    return choose(r, v, args, true, out);
}

FILTER(reject)
{
    return choose(r, v, args, false, out);
}

/* The first item that fits and its index, or -1. */
static enum err_code find(struct render *r, struct value v, const struct filter_args *args,
                          struct value *out_item, int64_t *out_at)
{
    struct value items;
    bool fit = false;

    *out_item = VALUE_NOTHING;
    *out_at = -1;
    TRY(filter_items(r, v, &items));
    for (uint32_t i = 0; i < items.n && !fit; i++) {
        TRY(fits(r, items.items[i], args, &fit));
        if (fit) {
            *out_item = items.items[i];
            *out_at = i;
        }
    }
    return ERR_OK;
}

FILTER(find)
{
    int64_t at;

    return find(r, v, args, out, &at);
}

FILTER(find_index)
{
    struct value item;
    int64_t at;

    TRY(find(r, v, args, &item, &at));
    *out = at < 0 ? VALUE_NOTHING : value_int(at);
    return ERR_OK;
}

FILTER(has)
{
    struct value item;
    int64_t at;

    TRY(find(r, v, args, &item, &at));
    *out = value_bool(at >= 0);
    return ERR_OK;
}

FILTER(compact)
{
    struct value items, found;
    struct value *kept;
    size_t n = 0;

    TRY(filter_items(r, v, &items));
    kept = arena_alloc(r->arena, items.n * sizeof(*kept));
    TRY(render_room(r));
    for (uint32_t i = 0; i < items.n; i++) {
        found = items.items[i];
        if (args->n)
            TRY(property_of(r, found, args->at[0], &found));
        if (found.type != VALUE_NIL)
            kept[n++] = items.items[i];
    }
    *out = value_array(kept, n);
    return ERR_OK;
}

FILTER(uniq)
{
    struct value items;
    struct value *kept, *keys;
    size_t n = 0;

    TRY(filter_items(r, v, &items));
    kept = arena_alloc(r->arena, items.n * sizeof(*kept));
    keys = arena_alloc(r->arena, items.n * sizeof(*keys));
    TRY(render_room(r));
    for (uint32_t i = 0; i < items.n; i++) {
        size_t j = 0;

        keys[n] = kept[n] = items.items[i];
        if (args->n)
            TRY(property_of(r, kept[n], args->at[0], &keys[n]));
        TRY(render_step(r, n / 64));
        while (j < n && !value_equal(keys[j], keys[n]))
            j++;
        n += j == n;
    }
    *out = value_array(kept, n);
    return ERR_OK;
}

FILTER(sum)
{
    struct value items, found;

    TRY(filter_items(r, v, &items));
    *out = value_int(0);
    for (uint32_t i = 0; i < items.n; i++) {
        found = items.items[i];
        if (args->n)
            TRY(property_of(r, found, args->at[0], &found));
        TRY(number_calculate(NUMBER_PLUS, *out, found, out, r->err));
    }
    return ERR_OK;
}

/* What is sorted: an element by its key, equal ones as they stood. */
struct sorted {
    struct value key, item;
    size_t at;
};

struct sorting {
    bool natural; /* letters of either case are the same */
    bool mixed;   /* a text met a number */
};

static int natural_order(struct value a, struct value b)
{
    for (uint32_t i = 0; i < a.n && i < b.n; i++) {
        int x = tolower((unsigned char)a.s[i]), y = tolower((unsigned char)b.s[i]);

        if (x != y)
            return x < y ? -1 : 1;
    }
    return (a.n > b.n) - (a.n < b.n);
}

/* Nothing comes last. */
static int by_key(const void *left, const void *right, void *context)
{
    const struct sorted *a = left, *b = right;
    struct sorting *sorting = context;
    int order = 0;

    if (a->key.type == VALUE_NIL || b->key.type == VALUE_NIL)
        order = (a->key.type == VALUE_NIL) - (b->key.type == VALUE_NIL);
    else if (sorting->natural)
        order = natural_order(a->key, b->key);
    else if (!value_order(a->key, b->key, &order) && !value_equal(a->key, b->key))
        sorting->mixed = true;
    return order ? order : (a->at > b->at) - (a->at < b->at);
}

static enum err_code sort(struct render *r, struct value v, const struct filter_args *args,
                          bool natural, struct value *out)
{
    struct sorting sorting = {.natural = natural};
    struct sorted *rows;
    struct value *items;

    TRY(filter_items(r, v, &v));
    TRY(render_step(r, v.n));
    rows = arena_alloc(r->arena, v.n * sizeof(*rows));
    items = arena_alloc(r->arena, v.n * sizeof(*items));
    TRY(render_room(r));
    for (uint32_t i = 0; i < v.n; i++) {
        rows[i] = (struct sorted){v.items[i], v.items[i], i};
        if (args->n && args->at[0].type != VALUE_NIL)
            TRY(property_of(r, v.items[i], args->at[0], &rows[i].key));
        if (natural && rows[i].key.type != VALUE_NIL)
            rows[i].key = value_str(filter_text(r, rows[i].key));
    }
    TRY(render_room(r));
    if (v.n)
        qsort_r(rows, v.n, sizeof(*rows), by_key, &sorting);
    if (sorting.mixed)
        return err_set(r->err, ERR_INVALID, "texts, numbers and lists cannot be sorted together");
    for (uint32_t i = 0; i < v.n; i++)
        items[i] = rows[i].item;
    *out = value_array(items, v.n);
    return ERR_OK;
}

FILTER(sort)
{
    return sort(r, v, args, false, out);
}

FILTER(sort_natural)
{
    return sort(r, v, args, true, out);
}

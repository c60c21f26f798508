/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/liquid/value.h"

#include "base/timestamp.h"
#include "outreach/liquid/number.h"

enum { NESTING_MAX = 64 }; /* what json_read.h allows, too */

static enum err_code array_from_json(struct json_value json, uint8_t flags, struct arena *a,
                                     struct value *out_value, struct err *err)
{
    size_t n = 0;
    struct value *items;

    for (struct json_iter it = json_iter(json); json_iter_next(&it);)
        n++;
    items = arena_alloc(a, n * sizeof(*items));
    TRY(arena_check(a, err));
    n = 0;
    for (struct json_iter it = json_iter(json); json_iter_next(&it);)
        TRY(value_from_json(it.value, flags, a, &items[n++], err));
    *out_value = value_array(items, n);
    return ERR_OK;
}

static enum err_code map_from_json(struct json_value json, uint8_t flags, struct arena *a,
                                   struct value *out_value, struct err *err)
{
    size_t n = 0;
    struct value_pair *pairs;

    for (struct json_iter it = json_iter(json); json_iter_next(&it);)
        n++;
    pairs = arena_alloc(a, n * sizeof(*pairs));
    TRY(arena_check(a, err));
    n = 0;
    for (struct json_iter it = json_iter(json); json_iter_next(&it); n++) {
        pairs[n] = value_pair(arena_str(a, it.key), VALUE_NOTHING);
        TRY(value_from_json(it.value, flags, a, &pairs[n].value, err));
    }
    *out_value = value_map(pairs, n);
    return ERR_OK;
}

/* As deep as the parser lets a document be. */
enum err_code value_from_json(struct json_value json, uint8_t flags, struct arena *a,
                              struct value *out_value, struct err *err)
{
    switch (json_type_of(json)) {
    case JSON_BOOL:
        *out_value = value_bool(json_boolean(json, false));
        return ERR_OK;
    case JSON_INT:
        *out_value = value_int(json_integer(json, 0));
        return ERR_OK;
    case JSON_REAL:
        *out_value = value_float(json_real(json, 0));
        return ERR_OK;
    case JSON_STRING:
        *out_value = value_str(arena_str(a, json_text(json, STR_NONE)));
        out_value->flags = flags;
        return arena_check(a, err);
    case JSON_ARRAY:
        return array_from_json(json, flags, a, out_value, err);
    case JSON_OBJECT:
        return map_from_json(json, flags, a, out_value, err);
    default:
        *out_value = VALUE_NOTHING;
        return ERR_OK;
    }
}

enum err_code value_member(struct value v, struct str key, uint64_t hash, struct arena *a,
                           struct value *out_value, bool *out_known, struct err *err)
{
    *out_known = false;
    if (v.type == VALUE_DROP)
        return v.drop->get(v.drop, key, a, out_value, out_known, err);
    for (uint32_t i = 0; v.type == VALUE_MAP && i < v.n; i++) {
        if (v.pairs[i].hash == hash && str_eq(v.pairs[i].key, key)) {
            *out_value = v.pairs[i].value;
            *out_known = true;
            break;
        }
    }
    return ERR_OK;
}

bool value_is_empty(struct value v)
{
    return (v.type == VALUE_STRING || v.type == VALUE_ARRAY || v.type == VALUE_MAP) && v.n == 0;
}

bool value_is_blank(struct value v)
{
    return !value_truthy(v) || value_is_empty(v) ||
           (v.type == VALUE_STRING && strspn(v.n ? v.s : "", " \t\r\n\v\f") >= v.n);
}

static bool equal_at(struct value a, struct value b, int depth);

static bool maps_equal(struct value a, struct value b, int depth)
{
    for (uint32_t i = 0; i < a.n; i++) {
        uint32_t j = 0;

        while (j < b.n &&
               !(a.pairs[i].hash == b.pairs[j].hash && str_eq(a.pairs[i].key, b.pairs[j].key)))
            j++;
        if (j == b.n || !equal_at(a.pairs[i].value, b.pairs[j].value, depth))
            return false;
    }
    return true;
}

static bool equal_at(struct value a, struct value b, int depth)
{
    int order;

    if (depth == 0)
        return false;
    if (b.type == VALUE_EMPTY || b.type == VALUE_BLANK) {
        struct value word = b;

        b = a;
        a = word;
    }
    if (a.type == VALUE_EMPTY || a.type == VALUE_BLANK)
        return a.type == b.type || (a.type == VALUE_EMPTY ? value_is_empty(b) : value_is_blank(b));
    if (value_order(a, b, &order))
        return order == 0;
    if (a.type != b.type)
        return false;
    switch (a.type) {
    case VALUE_NIL:
        return true;
    case VALUE_BOOL:
        return a.b == b.b;
    case VALUE_ARRAY:
        for (uint32_t i = 0; i < a.n && a.n == b.n; i++) {
            if (!equal_at(a.items[i], b.items[i], depth - 1))
                return false;
        }
        return a.n == b.n;
    case VALUE_MAP:
        return a.n == b.n && maps_equal(a, b, depth - 1);
    case VALUE_RANGE:
        return a.range->from == b.range->from && a.range->to == b.range->to;
    default:
        return a.drop == b.drop;
    }
}

bool value_equal(struct value a, struct value b)
{
    return equal_at(a, b, NESTING_MAX);
}

static int order_of_doubles(double a, double b)
{
    return a < b ? -1 : a > b;
}

bool value_order(struct value a, struct value b, int *out_order)
{
    bool a_number = a.type == VALUE_INT || a.type == VALUE_FLOAT;
    bool b_number = b.type == VALUE_INT || b.type == VALUE_FLOAT;

    if ((a.type == VALUE_INT && b.type == VALUE_INT) ||
        (a.type == VALUE_TIME && b.type == VALUE_TIME)) {
        *out_order = a.i < b.i ? -1 : a.i > b.i;
        return true;
    }
    if (a_number && b_number) {
        *out_order = order_of_doubles(a.type == VALUE_INT ? (double)a.i : a.f,
                                      b.type == VALUE_INT ? (double)b.i : b.f);
        return true;
    }
    if (a.type == VALUE_STRING && b.type == VALUE_STRING) {
        size_t least = a.n < b.n ? a.n : b.n;
        int order = least ? memcmp(a.s, b.s, least) : 0;

        *out_order = order ? (order < 0 ? -1 : 1) : order_of_doubles(a.n, b.n);
        return true;
    }
    return false;
}

size_t value_count(struct value v)
{
    if (v.type == VALUE_ARRAY || v.type == VALUE_MAP)
        return v.n;
    if (v.type == VALUE_RANGE && v.range->to >= v.range->from) {
        uint64_t span = (uint64_t)v.range->to - (uint64_t)v.range->from;

        return span < UINT32_MAX ? (size_t)span + 1 : UINT32_MAX;
    }
    return 0;
}

struct value value_at(struct value v, size_t i, struct arena *a)
{
    struct value *pair;

    if (v.type == VALUE_ARRAY)
        return v.items[i];
    if (v.type == VALUE_RANGE)
        return value_int(v.range->from + (int64_t)i);
    pair = arena_alloc(a, 2 * sizeof(*pair));
    if (!pair)
        return VALUE_NOTHING;
    pair[0] = value_str(v.pairs[i].key);
    pair[1] = v.pairs[i].value;
    return value_array(pair, 2);
}

static void print_at(struct value v, bool quoted, int depth, struct buf *out);

/* As Ruby shows a hash: {"a"=>1, "b"=>"c"}. */
static void print_map(struct value v, int depth, struct buf *out)
{
    buf_addc(out, '{');
    for (uint32_t i = 0; i < v.n; i++) {
        buf_addz(out, i ? ", " : "");
        print_at(value_str(v.pairs[i].key), true, depth, out);
        buf_addz(out, "=>");
        print_at(v.pairs[i].value, true, depth, out);
    }
    buf_addc(out, '}');
}

static void print_array(struct value v, bool quoted, int depth, struct buf *out)
{
    buf_addz(out, quoted ? "[" : "");
    for (uint32_t i = 0; i < v.n; i++) {
        buf_addz(out, quoted && i ? ", " : "");
        print_at(v.items[i], quoted, depth, out);
    }
    buf_addz(out, quoted ? "]" : "");
}

static void print_time(int64_t at_us, struct buf *out)
{
    struct civil c = civil_from_utc(at_us);

    buf_addf(out, "%04d-%02d-%02d %02d:%02d:%02d UTC", c.year, c.month, c.day, c.hour, c.minute,
             c.second);
}

/* `quoted`: inside a map, where texts stand between quotes. */
static void print_at(struct value v, bool quoted, int depth, struct buf *out)
{
    if (depth == 0)
        return;
    switch (v.type) {
    case VALUE_NIL:
        buf_addz(out, quoted ? "nil" : "");
        break;
    case VALUE_BOOL:
        buf_addz(out, v.b ? "true" : "false");
        break;
    case VALUE_INT:
        number_print_int(v.i, out);
        break;
    case VALUE_FLOAT:
        number_print_float(v.f, out);
        break;
    case VALUE_STRING:
        if (quoted)
            buf_add_json(out, value_text(v));
        else
            buf_add(out, v.s, v.n);
        break;
    case VALUE_TIME:
        print_time(v.i, out);
        break;
    case VALUE_ARRAY:
        print_array(v, quoted, depth - 1, out);
        break;
    case VALUE_MAP:
        print_map(v, depth - 1, out);
        break;
    case VALUE_RANGE:
        buf_addf(out, "%" PRId64 "..%" PRId64, v.range->from, v.range->to);
        break;
    default: /* a drop and the two words print nothing */
        break;
    }
}

void value_print(struct value v, struct buf *out)
{
    if (v.type == VALUE_STRING)
        buf_add(out, v.s, v.n);
    else
        print_at(v, false, NESTING_MAX, out);
}

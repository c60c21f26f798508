/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "engine/type.h"

/* Types without parameters, or with parameters that do not matter to the reader. */
static const struct {
    const char *name;
    enum cell_kind kind;
    size_t width;
} plain[] = {
    {"UInt8", CELL_UINT, 1},      {"UInt16", CELL_UINT, 2},   {"UInt32", CELL_UINT, 4},
    {"UInt64", CELL_UINT, 8},     {"Int8", CELL_INT, 1},      {"Int16", CELL_INT, 2},
    {"Int32", CELL_INT, 4},       {"Int64", CELL_INT, 8},     {"Bool", CELL_UINT, 1},
    {"Float32", CELL_REAL, 4},    {"Float64", CELL_REAL, 8},  {"Date", CELL_UINT, 2},
    {"Date32", CELL_INT, 4},      {"DateTime", CELL_UINT, 4}, {"DateTime64", CELL_INT, 8},
    {"Enum8", CELL_INT, 1},       {"Enum16", CELL_INT, 2},    {"String", CELL_TEXT, 0},
    {"Nothing", CELL_NOTHING, 0},
};

/* The text between "NAME(" and the last ")", when s has that form. */
static bool inside(struct str s, const char *name, struct str *out_inner)
{
    size_t n = strlen(name);

    if (s.n < n + 2 || !str_starts(s, name) || s.p[n] != '(' || s.p[s.n - 1] != ')')
        return false;
    *out_inner = str_trim((struct str){s.p + n + 1, s.n - n - 2});
    return true;
}

static size_t number(struct str s)
{
    size_t n = 0;

    for (size_t i = 0; i < s.n && isdigit((unsigned char)s.p[i]) && n < 1000000; i++)
        n = n * 10 + (size_t)(s.p[i] - '0');
    return n;
}

static bool parse_plain(struct str s, struct cell_type *t)
{
    struct str inner;

    if (inside(s, "Decimal", &inner)) {
        size_t digits = number(inner);

        t->kind = CELL_INT;
        t->width = digits <= 9 ? 4 : 8;
        return digits >= 1 && digits <= 18;
    }
    if (inside(s, "FixedString", &inner)) {
        t->kind = CELL_TEXT;
        t->width = number(inner);
        return t->width > 0;
    }
    for (size_t i = 0; i < TM_COUNT(plain); i++)
        if (str_eqz(s, plain[i].name) || inside(s, plain[i].name, &inner)) {
            t->kind = plain[i].kind;
            t->width = plain[i].width;
            return true;
        }
    return false;
}

enum err_code cell_type_parse(const char *type, struct cell_type *out_type, struct err *err)
{
    struct cell_type t = {0};
    struct str s = str_of(type), inner;
    bool ok;

    if (inside(s, "SimpleAggregateFunction", &inner)) {
        const char *comma = memchr(inner.p, ',', inner.n);

        if (comma)
            s = str_trim((struct str){comma + 1, (size_t)(inner.p + inner.n - comma - 1)});
    }
    if (inside(s, "Array", &inner)) {
        t.array = true;
        s = inner;
    }
    if (inside(s, "LowCardinality", &inner))
        s = inner;
    if (inside(s, "Nullable", &inner)) {
        t.nullable = true;
        s = inner;
    }
    ok = parse_plain(s, &t);
    if (ok && t.array)
        ok = !t.nullable && t.kind != CELL_TEXT;
    if (!ok)
        return err_set(err, ERR_ENGINE, "the column type %s cannot be read", type);
    *out_type = t;
    return ERR_OK;
}

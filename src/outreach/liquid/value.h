/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* value.h - what a template works with: small values that never change once they are made.
 *
 * A value is 16 bytes and is passed by copy; what it points to lives in an arena (or, for names in
 * a compiled template, as long as that) and is shared, never owned. There are the types of Liquid
 * and one more, the drop: an object whose members are asked for one by one through a function, so
 * that of a person's record only what a message uses is looked up.
 *
 * Two marks travel with a text. VALUE_SAFE: it is HTML already, printing does not escape it again.
 * VALUE_OWN: every part of it was written by the shop (in the template, its translations, its own
 * catalogue) and none came from a person; only such text may be declared safe by `raw`.
 */
#ifndef TM_OUTREACH_LIQUID_VALUE_H
#define TM_OUTREACH_LIQUID_VALUE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/json_read.h"

enum value_type {
    VALUE_NIL,
    VALUE_BOOL,
    VALUE_INT,
    VALUE_FLOAT,
    VALUE_STRING,
    VALUE_TIME, /* UTC microseconds */
    VALUE_ARRAY,
    VALUE_MAP,
    VALUE_RANGE, /* both ends count */
    VALUE_DROP,
    VALUE_EMPTY, /* the word `empty`, which equals "", [] and {} */
    VALUE_BLANK  /* the word `blank`, which also equals nil, false and white space */
};

enum { VALUE_SAFE = 1, VALUE_OWN = 2 };

struct value;
struct value_pair;
struct value_drop;

struct value_range {
    int64_t from, to;
};

struct value {
    uint8_t type;
    uint8_t flags;
    uint32_t n; /* bytes of a text, elements of an array, pairs of a map */
    union {
        bool b;
        int64_t i; /* also of a time */
        double f;
        const char *s;
        const struct value *items;
        const struct value_pair *pairs;
        const struct value_range *range;
        const struct value_drop *drop;
    };
};

_Static_assert(sizeof(struct value) == 16, "values are passed by copy");

struct value_pair {
    struct str key;
    uint64_t hash; /* str_hash(key) */
    struct value value;
};

/* Members in their order; the first of equal keys counts. Embedded as the first member of the
 * caller's object. `get` sets *out_value and returns true in *out_known, or returns false there
 * when it has no such member. It may allocate from the arena and must keep nothing. */
struct value_drop {
    enum err_code (*get)(const struct value_drop *drop, struct str key, struct arena *arena,
                         struct value *out_value, bool *out_known, struct err *err);
};

#define VALUE_NOTHING ((struct value){.type = VALUE_NIL})

static inline struct value value_bool(bool b)
{
    return (struct value){.type = VALUE_BOOL, .b = b};
}

static inline struct value value_int(int64_t i)
{
    return (struct value){.type = VALUE_INT, .i = i};
}

static inline struct value value_float(double f)
{
    return (struct value){.type = VALUE_FLOAT, .f = f};
}

static inline struct value value_time(int64_t at_us)
{
    return (struct value){.type = VALUE_TIME, .i = at_us};
}

static inline struct value value_array(const struct value *items, size_t n)
{
    return (struct value){.type = VALUE_ARRAY, .n = (uint32_t)n, .items = items};
}

static inline struct value value_map(const struct value_pair *pairs, size_t n)
{
    return (struct value){.type = VALUE_MAP, .n = (uint32_t)n, .pairs = pairs};
}

static inline struct value value_drop(const struct value_drop *drop)
{
    return (struct value){.type = VALUE_DROP, .drop = drop};
}

/* The text is not copied. Beyond 4 GiB it is cut, which no limit of ours lets happen. */
static inline struct value value_str(struct str s)
{
    return (struct value){.type = VALUE_STRING, .n = (uint32_t)s.n, .s = s.p};
}

static inline struct value value_strz(const char *z)
{
    return value_str(str_of(z));
}

/* Of a text; "" of anything else. */
static inline struct str value_text(struct value v)
{
    return v.type == VALUE_STRING ? (struct str){v.s, v.n} : STR_NONE;
}

static inline struct value_pair value_pair(struct str key, struct value v)
{
    return (struct value_pair){.key = key, .hash = str_hash(key), .value = v};
}

/* A copy of a document of JSON, texts and all. `flags` goes to every text. */
TM_MUST_CHECK enum err_code value_from_json(struct json_value json, uint8_t flags, struct arena *a,
                                            struct value *out_value, struct err *err);

/* The member of a map or drop. *out_known: there is one. */
TM_MUST_CHECK enum err_code value_member(struct value v, struct str key, uint64_t hash,
                                         struct arena *a, struct value *out_value, bool *out_known,
                                         struct err *err);

/* Only nil and false are not. */
static inline bool value_truthy(struct value v)
{
    return v.type != VALUE_NIL && !(v.type == VALUE_BOOL && !v.b);
}

bool value_is_empty(struct value v); /* as the word `empty` means it */
bool value_is_blank(struct value v);
bool value_equal(struct value a, struct value b);
/* -1, 0, 1 for two numbers, two texts or two times; false when they have no order. */
bool value_order(struct value a, struct value b, int *out_order);

/* Elements of an array, pairs of a map, numbers of a range; 0 for anything else. */
size_t value_count(struct value v);
/* The i-th of these; a pair of a map as an array of two. NIL when the arena is full. */
struct value value_at(struct value v, size_t i, struct arena *a);

/* As {{ }} prints it, without escaping: nothing for nil, arrays glued together. */
void value_print(struct value v, struct buf *out);

#endif

/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The standard headers come first here: base.h poisons names that they mention, and they must
 * not be read inside extern "C". */
#include <cassert>
#include <cctype>
#include <cerrno>
#include <cinttypes>
#include <climits>
#include <cmath>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <math.h>
#include <new>
#include <simdjson.h>
#include <stdlib.h>

extern "C" {
#include "base/json_read.h"

#include "base/json_locate.h"
}

using simdjson::dom::element;
using simdjson::dom::element_type;
using simdjson::internal::tape_ref;

namespace
{

constexpr int max_depth = 64;
constexpr size_t first_capacity = 4096;

/* A json_value is simdjson's reference into its tape: a document and an index. */
static_assert(sizeof(json_value) == sizeof(tape_ref), "json_value must hold a tape_ref");
static_assert(sizeof(element) == sizeof(tape_ref), "an element must be a tape_ref");
static_assert(std::is_trivially_copyable<element>::value, "an element must be plain memory");

element to_element(json_value v)
{
    element e;

    memcpy(static_cast<void *>(&e), &v, sizeof(e));
    return e;
}

json_value to_value(const element &e)
{
    json_value v;

    memcpy(&v, &e, sizeof(v));
    return v;
}

tape_ref to_tape(json_value v)
{
    return tape_ref(static_cast<const simdjson::dom::document *>(v.doc), v.at);
}

str to_str(std::string_view s)
{
    return str{s.data(), s.size()};
}

constexpr json_value no_value = {nullptr, 0};

} // namespace

struct json_parser {
    explicit json_parser(size_t max_bytes) : parser(max_bytes), max_bytes(max_bytes)
    {
    }

    simdjson::dom::parser parser;
    size_t max_bytes;
    char *padded = nullptr; /* owned: the text with the padding that the parser reads past it */
    size_t capacity = 0;    /* without the padding */
};

json_parser *json_parser_new(size_t max_bytes)
{
    json_parser *p = new (std::nothrow) json_parser(max_bytes);

    if (!p || p->parser.allocate(first_capacity, max_depth) != simdjson::SUCCESS)
        abort(); /* like xmalloc(): some KiB were not to be had */
    return p;
}

void json_parser_free(json_parser *p)
{
    if (!p)
        return;
    free(p->padded);
    delete p;
}

static void copy_padded(json_parser *p, str text)
{
    if (!p->padded || text.n > p->capacity) {
        p->capacity = text.n > first_capacity ? text.n * 2 : first_capacity;
        p->padded =
            static_cast<char *>(xrealloc(p->padded, p->capacity + simdjson::SIMDJSON_PADDING));
    }
    memcpy(p->padded, text.p, text.n);
    memset(p->padded + text.n, 0, simdjson::SIMDJSON_PADDING);
}

enum err_code json_parse(json_parser *p, str text, json_value *out_root, struct err *err)
{
    element root;
    simdjson::error_code code;
    size_t at;

    if (text.n > p->max_bytes)
        return err_set(err, ERR_TOO_LARGE, "a JSON document of %zu bytes; the limit is %zu", text.n,
                       p->max_bytes);
    copy_padded(p, text);
    code = p->parser.parse(p->padded, text.n, false).get(root);
    if (code == simdjson::SUCCESS) {
        *out_root = to_value(root);
        return ERR_OK;
    }
    if (code == simdjson::MEMALLOC)
        return err_set(err, ERR_MEMORY, "there is no memory for a JSON document of %zu bytes",
                       text.n);
    at = json_locate_error(text, max_depth);
    if (at == text.n)
        return err_set(err, ERR_TRUNCATED, "the JSON ends too early, at byte %zu", at);
    if (at == SIZE_MAX)
        return err_set(err, ERR_INVALID, "not valid JSON: %s", simdjson::error_message(code));
    return err_set(err, ERR_INVALID, "not valid JSON at byte %zu: %s", at,
                   simdjson::error_message(code));
}

enum json_type json_type_of(json_value v)
{
    if (!v.doc)
        return JSON_NONE;
    switch (to_element(v).type()) {
    case element_type::NULL_VALUE:
        return JSON_NULL;
    case element_type::BOOL:
        return JSON_BOOL;
    case element_type::INT64:
        return JSON_INT;
    case element_type::UINT64: /* only above INT64_MAX */
    case element_type::DOUBLE:
        return JSON_REAL;
    case element_type::STRING:
        return JSON_STRING;
    case element_type::ARRAY:
        return JSON_ARRAY;
    case element_type::OBJECT:
        return JSON_OBJECT;
    }
    return JSON_NONE;
}

str json_text(json_value v, str fallback)
{
    std::string_view s;

    if (!v.doc || to_element(v).get(s) != simdjson::SUCCESS)
        return fallback;
    return to_str(s);
}

static int64_t integer_of_text(str s, int64_t fallback)
{
    bool negative = s.n > 0 && s.p[0] == '-';
    int64_t n = 0;

    if (s.n == negative)
        return fallback;
    for (size_t i = negative; i < s.n; i++) {
        int digit = s.p[i] - '0';

        if (digit < 0 || digit > 9 || __builtin_mul_overflow(n, 10, &n) ||
            __builtin_add_overflow(n, negative ? -digit : digit, &n))
            return fallback;
    }
    return n;
}

int64_t json_integer(json_value v, int64_t fallback)
{
    switch (json_type_of(v)) {
    case JSON_INT:
        return to_tape(v).next_tape_value<int64_t>();
    case JSON_STRING:
        return integer_of_text(json_text(v, STR_NONE), fallback);
    default:
        return fallback;
    }
}

double json_real(json_value v, double fallback)
{
    double x;

    if (!v.doc || to_element(v).get(x) != simdjson::SUCCESS)
        return fallback;
    return x;
}

bool json_boolean(json_value v, bool fallback)
{
    bool b;

    if (!v.doc || to_element(v).get(b) != simdjson::SUCCESS)
        return fallback;
    return b;
}

json_value json_get(json_value v, const char *key)
{
    simdjson::dom::object object;
    element e;

    if (!v.doc || to_element(v).get(object) != simdjson::SUCCESS ||
        object.at_key(key).get(e) != simdjson::SUCCESS)
        return no_value;
    return to_value(e);
}

struct json_iter json_iter(json_value v)
{
    enum json_type type = json_type_of(v);
    struct json_iter it = {v, 0, 0, type == JSON_OBJECT, STR_NONE, no_value};

    if (type == JSON_OBJECT || type == JSON_ARRAY) {
        it.next = v.at + 1;
        it.end = to_tape(v).after_element() - 1;
    }
    return it;
}

bool json_iter_next(struct json_iter *it)
{
    if (it->next >= it->end)
        return false;
    if (it->has_keys) {
        it->key = to_str(to_tape({it->container.doc, it->next}).get_string_view());
        it->next++;
    }
    it->value = {it->container.doc, it->next};
    it->next = to_tape(it->value).after_element();
    return true;
}

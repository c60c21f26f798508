/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* json_read.h - JSON in, by simdjson behind a C door (json_read.cc is the one C++ file).
 *
 * A parser is reused from document to document and belongs to one thread. A json_value is a view
 * into the parser's last document: copy what must live longer. Strict RFC 8259; depth at most 64,
 * document at most the parser's capacity.
 */
#ifndef TM_BASE_JSON_READ_H
#define TM_BASE_JSON_READ_H

#include "base/base.h"

struct json_parser;

struct json_value {
    const void *doc; /* NULL: no value */
    size_t at;
};

enum json_type {
    JSON_NONE, /* there is no such value */
    JSON_NULL,
    JSON_BOOL,
    JSON_INT, /* fits int64_t */
    JSON_REAL,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT
};

#ifdef __cplusplus
extern "C" {
#endif

struct json_parser *json_parser_new(size_t max_bytes);
void json_parser_free(struct json_parser *parser);
/* The error's message says what is wrong and at which byte. */
TM_MUST_CHECK enum err_code json_parse(struct json_parser *parser, struct str text,
                                       struct json_value *out_root, struct err *err);

enum json_type json_type_of(struct json_value v);
/* Lenient readers: the fallback when the value is absent or of another type. json_int also reads
 * integers written as text ("123"), as BigQuery's exports do. */
struct str json_text(struct json_value v, struct str fallback);
int64_t json_integer(struct json_value v, int64_t fallback);
double json_real(struct json_value v, double fallback);
bool json_boolean(struct json_value v, bool fallback);

/* Member of an object; JSON_NONE when absent or v is no object. */
struct json_value json_get(struct json_value v, const char *key);

/* for (struct json_iter it = json_iter(v); json_iter_next(&it);) use(it.key, it.value);
 * walks an object's members, or an array's elements with an empty key. */
struct json_iter {
    struct json_value container;
    size_t next, end;
    bool has_keys;
    struct str key;
    struct json_value value;
};
struct json_iter json_iter(struct json_value v);
bool json_iter_next(struct json_iter *it);

#ifdef __cplusplus
}
#endif

#endif

/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "fuzz.h"

#include "base/json_locate.h"
#include "base/json_read.h"

enum { DEPTH = 64 };

static size_t walk(struct json_value v, int depth)
{
    size_t sum = (size_t)json_type_of(v) + json_text(v, STR_NONE).n;

    MUST(depth <= DEPTH);
    sum += (size_t)json_integer(v, 1) + (json_real(v, 2) > 1) + json_boolean(v, true);
    for (struct json_iter it = json_iter(v); json_iter_next(&it);)
        sum += it.key.n + walk(it.value, depth + 1);
    return sum;
}

/* Absent, unless the bytes hold it, which the fuzzer learns from this comparison. */
static const char absent_key[] = "no such key, surely";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct json_parser *parser;
    struct str text = {(const char *)data, size};
    struct err err = ERR_INIT;
    struct json_value root;

    if (!parser)
        parser = json_parser_new(1 << 20);
    if (size && json_parse(parser, text, &root, &err) == ERR_OK) {
        MUST(json_locate_error(text, DEPTH) == SIZE_MAX);
        walk(root, 1);
        MUST(json_type_of(json_get(root, absent_key)) == JSON_NONE ||
             memmem(data, size, absent_key, sizeof(absent_key) - 1) || memchr(data, '\\', size));
    } else if (size) {
        /* What is well-formed is refused only for a number beyond what a double holds, or an
         * integer beyond 64 bits. */
        MUST(json_locate_error(text, DEPTH) != SIZE_MAX || strstr(err.msg, "number"));
    }
    return 0;
}

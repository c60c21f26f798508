/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/json_slice.h"

#include "base/buf.h"
#include "base/json_amount.h"
#include "tap.h"

static const char *walk(const char *text)
{
    static struct buf b = BUF_INIT(1024);
    struct json_slice s = json_slice(str_of(text));

    buf_reset(&b);
    while (json_slice_next(&s)) {
        buf_adds(&b, s.value);
        buf_addc(&b, '|');
    }
    return buf_cstr(&b);
}

static void amounts(void)
{
    struct json_parser *p = json_parser_new(1024);
    struct json_value v;
    struct err err = ERR_INIT;

    CHECK_OK(json_parse(p, STR_LIT("[25, 19.99, \"1.005\", true, \"x\", 1e300, null]"), &v, &err),
             err);
    static const int64_t minor[] = {2500,        1999,        101,        AMOUNT_NONE,
                                    AMOUNT_NONE, AMOUNT_NONE, AMOUNT_NONE};
    size_t i = 0;

    for (struct json_iter it = json_iter(v); json_iter_next(&it); i++)
        CHECK_INT(json_minor(it.value, 2), minor[i]);
    v.at = 0;
    CHECK_OK(json_parse(p, STR_LIT("{\"a\":0.29,\"b\":\"3.5\"}"), &v, &err), err);
    CHECK_INT(json_micros(json_get(v, "a")), 290000);
    CHECK_INT(json_micros(json_get(v, "b")), 3500000);
    json_parser_free(p);
}

int main(void)
{
    CHECK_STR(walk(" { \"a\" : 1.10 , \"b\\\"}\":\"x,\\\"}\" ,\"c\":{\"d\":[1,{}]},\"e\":null } "),
              "1.10|\"x,\\\"}\"|{\"d\":[1,{}]}|null|");
    CHECK_STR(walk("[1, [2,\"]\"] ,true,\"\\\\\" ]"), "1|[2,\"]\"]|true|\"\\\\\"|");
    CHECK_STR(walk("{}"), "");
    CHECK_STR(walk("[ ]"), "");
    CHECK_STR(walk("\"text\""), "");
    CHECK_STR(walk(""), "");
    {
        struct json_slice none = json_slice((struct str){NULL, 0});

        CHECK(!json_slice_next(&none));
    }
    /* what is no JSON does not lead beyond its end */
    CHECK_STR(walk("{\"a"), "");
    CHECK_STR(walk("{\"a\":"), "");
    CHECK_STR(walk("[\"a\\"), "\"a\\|");
    CHECK_STR(walk("[[1"), "[1|");
    amounts();
    return tap_done();
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/json_read.h"

#include "base/buf.h"
#include "tap.h"

static void values(struct json_parser *p)
{
    static const char text[] =
        "{\"s\":\"a\\u00e9\\n\",\"i\":-5,\"t\":\"123\",\"r\":1.5,\"b\":true,\"z\":null,"
        "\"big\":18446744073709551615,\"o\":{\"k\":[1,2,3]},\"e\":{},\"\":7,\"i\":9}";
    struct err err = ERR_INIT;
    struct json_value v, k;

    CHECK_OK(json_parse(p, str_of(text), &v, &err), err);
    CHECK(json_type_of(v) == JSON_OBJECT);
    CHECK(str_eqz(json_text(json_get(v, "s"), STR_NONE), "a\xC3\xA9\n"));
    CHECK_INT(json_integer(json_get(v, "i"), 0), -5);
    CHECK_INT(json_integer(json_get(v, "t"), 0), 123);
    CHECK_INT(json_integer(json_get(v, "s"), 77), 77);
    CHECK_INT(json_integer(json_get(v, "r"), 77), 77);
    CHECK_NEAR(json_real(json_get(v, "r"), 0), 1.5, 0);
    CHECK_NEAR(json_real(json_get(v, "i"), 0), -5, 0);
    CHECK_NEAR(json_real(json_get(v, "t"), 8), 8, 0);
    CHECK(json_boolean(json_get(v, "b"), false) && json_boolean(json_get(v, "z"), true));
    CHECK(json_type_of(json_get(v, "z")) == JSON_NULL);
    CHECK(json_type_of(json_get(v, "big")) == JSON_REAL);
    CHECK(json_type_of(json_get(v, "none")) == JSON_NONE);
    CHECK(json_type_of(json_get(json_get(v, "none"), "x")) == JSON_NONE);
    CHECK(str_eqz(json_text(json_get(v, "i"), STR_LIT("-")), "-"));
    CHECK_INT(json_integer(json_get(v, ""), 0), 7);
    k = json_get(json_get(v, "o"), "k");
    CHECK(json_type_of(k) == JSON_ARRAY);
    CHECK(json_type_of(json_get(k, "x")) == JSON_NONE);
}

static const char *walk(struct json_value v)
{
    static struct buf b = BUF_INIT(1024);

    buf_reset(&b);
    for (struct json_iter it = json_iter(v); json_iter_next(&it);) {
        buf_adds(&b, it.key);
        buf_addf(&b, ":%d ", (int)json_type_of(it.value));
    }
    return buf_cstr(&b);
}

static void walks(struct json_parser *p)
{
    struct err err = ERR_INIT;
    struct json_value v;

    CHECK_OK(
        json_parse(p, STR_LIT(" {\"a\":[{},2],\"b\":1,\"c\":{\"x\":\"y\"},\"d\":2.5} "), &v, &err),
        err);
    CHECK_STR(walk(v), "a:6 b:3 c:7 d:4 ");
    CHECK_STR(walk(json_get(v, "a")), ":7 :3 ");
    CHECK_STR(walk(json_get(v, "b")), "");
    CHECK_STR(walk(json_get(v, "none")), "");
    CHECK_OK(json_parse(p, STR_LIT("[]"), &v, &err), err);
    CHECK_STR(walk(v), "");
    CHECK_OK(json_parse(p, STR_LIT("42"), &v, &err), err);
    CHECK_INT(json_integer(v, 0), 42);
}

static void texts_of_integers(struct json_parser *p)
{
    static const struct {
        const char *text;
        int64_t want;
    } cases[] = {
        {"\"9223372036854775807\"", INT64_MAX},
        {"\"-9223372036854775808\"", INT64_MIN},
        {"\"9223372036854775808\"", 7},
        {"\"\"", 7},
        {"\"-\"", 7},
        {"\"1 \"", 7},
        {"\"1.0\"", 7},
        {"-9223372036854775808", INT64_MIN},
    };
    struct err err = ERR_INIT;
    struct json_value v;

    for (size_t i = 0; i < TM_COUNT(cases); i++) {
        CHECK_OK(json_parse(p, str_of(cases[i].text), &v, &err), err);
        CHECK_INT(json_integer(v, 7), cases[i].want);
    }
}

static void refusals(struct json_parser *p)
{
    static const struct {
        const char *text;
        enum err_code code;
        const char *words;
    } cases[] = {
        {"", ERR_TRUNCATED, "byte 0"},
        {"{\"a\":1", ERR_TRUNCATED, "byte 6"},
        {"{\"a\":\"x", ERR_TRUNCATED, "byte 7"},
        {"[1,2", ERR_TRUNCATED, "byte 4"},
        {"tru", ERR_TRUNCATED, "byte 3"},
        {"{\"a\":1,}", ERR_INVALID, "byte 7"},
        {"[1,]", ERR_INVALID, "byte 3"},
        {"[1 2]", ERR_INVALID, "byte 3"},
        {"{a:1}", ERR_INVALID, "byte 1"},
        {"{\"a\" 1}", ERR_INVALID, "byte 5"},
        {"{} {}", ERR_INVALID, "byte 3"},
        {"[01]", ERR_INVALID, "byte 2"},
        {"[-]", ERR_INVALID, "byte 2"},
        {"[1.]", ERR_INVALID, "byte 3"},
        {"[NaN]", ERR_INVALID, "byte 1"},
        {"[\"a\nb\"]", ERR_INVALID, "byte 3"},
        {"[\"\\x\"]", ERR_INVALID, "byte 3"},
        {"[\"\\u12g4\"]", ERR_INVALID, "byte 6"},
        {"[\"\xFF\"]", ERR_INVALID, "byte 2"},
        {"[\"\\ud83dx\"]", ERR_INVALID, "byte 8"},
        {"[\"\\ud83d\\u0041\"]", ERR_INVALID, "byte 14"},
        {"[\"\\ude00\"]", ERR_INVALID, "byte 8"},
        {"['a']", ERR_INVALID, "byte 1"},
        {"[1}", ERR_INVALID, "byte 2"},
        {"[99999999999999999999999999]", ERR_INVALID, "JSON"},
        {"/* */ {}", ERR_INVALID, "byte 0"},
    };
    struct json_value v;

    for (size_t i = 0; i < TM_COUNT(cases); i++) {
        struct err err = ERR_INIT;
        enum err_code got = json_parse(p, str_of(cases[i].text), &v, &err);

        CHECK_MSG(got == cases[i].code, "%s: %s", cases[i].text, err.msg);
        CHECK_MSG(strstr(err.msg, cases[i].words) != NULL, "%s: %s", cases[i].text, err.msg);
    }
}

static void limits(struct json_parser *p)
{
    char deep[200];
    struct err err = ERR_INIT;
    struct json_value v;
    struct buf big = BUF_INIT(1 << 20);

    memset(deep, '[', 65);
    memset(deep + 65, ']', 65);
    CHECK_OK(json_parse(p, (struct str){deep + 1, 128}, &v, &err), err);
    CHECK(json_parse(p, (struct str){deep, 130}, &v, &err) == ERR_INVALID);
    CHECK(strstr(err.msg, "byte 64") != NULL);

    buf_addc(&big, '"');
    for (int i = 0; i < 20000; i++)
        buf_addz(&big, "0123456789");
    buf_addc(&big, '"');
    CHECK_OK(json_parse(p, buf_str(&big), &v, &err), err);
    CHECK_INT(json_text(v, STR_NONE).n, 200000);
    buf_addz(&big, "                   ");
    for (int i = 0; i < 20000; i++)
        buf_addz(&big, "          ");
    CHECK(json_parse(p, buf_str(&big), &v, &err) == ERR_TOO_LARGE);
    buf_release(&big);
}

int main(void)
{
    struct json_parser *p = json_parser_new(300000);

    values(p);
    walks(p);
    texts_of_integers(p);
    refusals(p);
    limits(p);
    values(p);
    json_parser_free(p);
    json_parser_free(NULL);
    return tap_done();
}

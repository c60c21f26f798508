/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/buf.h"

#include "base/arena.h"
#include "base/json_write.h"
#include "tap.h"

static void limits(void)
{
    struct buf b = BUF_INIT(8);
    struct err err = ERR_INIT;

    buf_addz(&b, "12345678");
    CHECK_OK(buf_check(&b, &err), err);
    buf_addz(&b, "9");
    CHECK_STR(buf_cstr(&b), "12345678");
    CHECK(buf_check(&b, &err) == ERR_TOO_LARGE);
    buf_release(&b);
}

static const char *quoted(void (*add)(struct buf *, struct str), struct str s)
{
    static struct buf b = BUF_INIT(1024);

    buf_reset(&b);
    add(&b, s);
    return buf_cstr(&b);
}

static void quoting(void)
{
    CHECK_STR(quoted(buf_add_json, STR_LIT("a\"b\\\n\x01\xC3\xA9\xFF")),
              "\"a\\\"b\\\\\\n\\u0001\xC3\xA9\xEF\xBF\xBD\"");
    CHECK_STR(quoted(buf_add_html, STR_LIT("<a href='x'>&\"")),
              "&lt;a href=&#39;x&#39;&gt;&amp;&quot;");
    CHECK_STR(quoted(buf_add_shell, STR_LIT("shop/2026")), "shop/2026");
    CHECK_STR(quoted(buf_add_shell, STR_LIT("\xD9\x88\xD8\xB1\xD8\xB4\xD8\xA9")),
              "\xD9\x88\xD8\xB1\xD8\xB4\xD8\xA9");
    CHECK_STR(quoted(buf_add_shell, STR_LIT("my shop")), "'my shop'");
    CHECK_STR(quoted(buf_add_shell, STR_LIT("Ming's; rm *")), "'Ming'\\''s; rm *'");
    CHECK_STR(quoted(buf_add_shell, STR_LIT("")), "''");
    CHECK_STR(quoted(buf_add_url, STR_LIT("a b/\xE0\xB8\x81")), "a%20b%2F%E0%B8%81");
    CHECK_STR(quoted(buf_add_csv, STR_LIT("=1+2")), "\"'=1+2\"");
    CHECK_STR(quoted(buf_add_csv, STR_LIT("-12.50")), "-12.50");
    CHECK_STR(quoted(buf_add_csv, STR_LIT("a,\"b\"")), "\"a,\"\"b\"\"\"");
}

static void json(void)
{
    struct buf b = BUF_INIT(1024);
    struct json_writer w = JSON_WRITER(&b);

    json_begin_object(&w);
    json_key_double(&w, "x", 0.1);
    json_key(&w, "list");
    json_begin_array(&w);
    json_int(&w, -3);
    json_double(&w, (double)NAN);
    json_double(&w, 300);
    json_double(&w, -0.0);
    json_double(&w, 1e300);
    json_double(&w, -12345678901234.0);
    json_end_array(&w);
    json_end_object(&w);
    CHECK_STR(
        buf_cstr(&b),
        "{\n  \"x\": 0.1,\n  \"list\": [\n    -3,\n    null,\n    300,\n    0,\n    1e+300,\n    "
        "-12345678901234\n  ]\n}");
    buf_release(&b);
}

static void arenas(void)
{
    struct arena a = ARENA_INIT(100000);
    struct err err = ERR_INIT;
    char *big = arena_alloc(&a, 90000);

    CHECK(big && ((uintptr_t)big & 15) == 0);
    CHECK_STR(arena_strdup(&a, STR_LIT("abc")), "abc");
    CHECK_OK(arena_check(&a, &err), err);
    CHECK(arena_alloc(&a, 90000) == NULL);
    CHECK(arena_check(&a, &err) == ERR_TOO_LARGE);
    arena_release(&a);
}

static void errors(void)
{
    struct err err = ERR_INIT;

    errno = ENOSPC;
    CHECK(err_errno(&err, "writing \"%s\"", "x") == ERR_NO_SPACE);
    CHECK_STR(err.msg, "writing \"x\": the disk is full");
    CHECK(err.hint[0]);
    err_context(&err, "importing");
    err_context(&err, "row %d", 42);
    CHECK_STR(err.context, "importing; row 42");
    CHECK_INT(err_exit_code(ERR_USAGE), 64);
    CHECK_STR(err_name(ERR_TOO_LARGE), "TOO_LARGE");
}

int main(void)
{
    limits();
    quoting();
    json();
    arenas();
    errors();
    return tap_done();
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "engine/catalogue.h"

#include "base/arena.h"
#include "tap.h"

static enum err_code parse(const char *text, struct statement *s, struct err *err)
{
    static struct arena arena;

    arena_release(&arena);
    arena = ARENA_INIT(1 << 20);
    *err = ERR_INIT;
    return statement_parse(&arena, "measure/x", str_of(text), s, err);
}

static void test_header(void)
{
    struct statement s;
    struct err err = ERR_INIT;
    const char *text =
        "-- name: measure/x\n"
        "-- What it does, with a: colon, and {no:Use} in a comment.\n"
        "-- params: as_of DateTime64(6, 'UTC'), names Array(String),\n"
        "--   days UInt32\n"
        "-- columns: k LowCardinality(Nullable(String)), e Enum8('a,(' = 1, 'b' = 2),\n"
        "--   n UInt64\n"
        "SELECT '{q:String}' -- {c:String}\n"
        "FROM t WHERE at < {as_of:DateTime64(6,'UTC')} AND d < {days:UInt32}\n"
        "AND {days:UInt32} > 0 AND name IN {names:Array(String)}\n";

    CHECK_OK(parse(text, &s, &err), err);
    CHECK_STR(s.name, "measure/x");
    CHECK_STR(s.text, text);
    CHECK_INT(s.param_count, 3);
    CHECK_STR(s.params[0].name, "as_of");
    CHECK_STR(s.params[0].type, "DateTime64(6,'UTC')");
    CHECK_STR(s.params[2].name, "days");
    CHECK_STR(s.params[2].type, "UInt32");
    CHECK_INT(s.column_count, 3);
    CHECK_STR(s.columns[0].type, "LowCardinality(Nullable(String))");
    CHECK_STR(s.columns[1].name, "e");
    CHECK_STR(s.columns[1].type, "Enum8('a,('=1,'b'=2)");
    CHECK_STR(s.columns[2].name, "n");
}

static void test_faults(void)
{
    static const struct {
        const char *text, *msg;
    } cases[] = {
        {"-- name: measure/y\nSELECT 1\n", "the header's name is \"measure/y\""},
        {"SELECT 1\n", "the header's name is \"\""},
        {"-- name: measure/x\nSELECT {a:UInt8}\n", "{a:...} is not declared in params"},
        {"-- name: measure/x\n-- params: a UInt8\nSELECT 1\n",
         "the parameter a is declared but not used"},
        {"-- name: measure/x\n-- params: a UInt8\nSELECT {a:UInt16}\n",
         "{a:UInt16} is declared as UInt8"},
        {"-- name: measure/x\n-- params: a\nSELECT 1\n", "\"a\" is not a name and a type"},
    };

    for (size_t i = 0; i < TM_COUNT(cases); i++) {
        struct statement s;
        struct err err = ERR_INIT;

        CHECK_INT(parse(cases[i].text, &s, &err), ERR_INVALID);
        CHECK_STR(err.msg, cases[i].msg);
        CHECK_STR(err.context, "sql/measure/x.sql");
    }
}

static void test_built_in(void)
{
    struct catalogue *c = NULL;
    struct err err = ERR_INIT;

    CHECK_OK(catalogue_open(NULL, &c, &err), err);
    if (!c)
        return;
    CHECK(catalogue_find(c, "engine/version") != NULL);
    CHECK(catalogue_find(c, "engine/none") == NULL);
    for (size_t i = 1; i < catalogue_count(c); i++)
        CHECK(strcmp(catalogue_at(c, i - 1)->name, catalogue_at(c, i)->name) < 0);
    catalogue_close(c);
}

static void test_folder(void)
{
    struct catalogue *c = NULL;
    struct err err = ERR_INIT;

    CHECK_INT(catalogue_open("/nonexistent/sql", &c, &err), ERR_NOT_FOUND);
    CHECK_OK(catalogue_open(SQL_DIR, &c, &err), err);
    if (c)
        CHECK(catalogue_find(c, "engine/version") != NULL);
    catalogue_close(c);
}

int main(void)
{
    test_header();
    test_faults();
    test_built_in();
    test_folder();
    return tap_done();
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Statements, parameters, results of every type, errors. */
#include "live.h"

static void statements(void)
{
    live_sql("texts", "-- params: a String, b String, c String, n Nullable(String)\n"
                      "-- columns: a String, b String, c String, n Nullable(String)\n"
                      "SELECT {a:String} AS a, {b:String} AS b, {c:String} AS c,\n"
                      "    {n:Nullable(String)} AS n");
    live_sql("numbers",
             "-- params: i Int64, u UInt64, d Float64, at DateTime64(6,'UTC'), day Date32,\n"
             "--   none Nullable(Int64)\n"
             "-- columns: i Int64, u UInt64, d Float64, at DateTime64(6,'UTC'), day Date32,\n"
             "--   none Nullable(Int64)\n"
             "SELECT {i:Int64} AS i, {u:UInt64} AS u, {d:Float64} AS d,\n"
             "    {at:DateTime64(6,'UTC')} AS at, {day:Date32} AS day,\n"
             "    {none:Nullable(Int64)} AS none");
    live_sql(
        "types",
        "SELECT toUInt8(255) AS u8, toUInt16(65535) AS u16, toUInt32(4294967295) AS u32,\n"
        "    18446744073709551615::UInt64 AS u64, toInt8(-128) AS i8, toInt16(-32768) AS i16,\n"
        "    toInt32(-2147483648) AS i32, toInt64(-9223372036854775808) AS i64, true AS b,\n"
        "    toFloat32(1.5) AS f32, toFloat64(-0.25) AS f64,\n"
        "    toDate('2026-11-20') AS date, toDate32('1960-01-01') AS date32,\n"
        "    toDateTime('2026-11-20 08:15:00', 'UTC') AS datetime,\n"
        "    toDateTime64('2026-11-20 08:15:00.25', 6, 'UTC') AS datetime64,\n"
        "    toDecimal32(-1.25, 4) AS d32, toDecimal64(12345678.9, 2) AS d64,\n"
        "    CAST('y', 'Enum8(\\'x\\' = 1, \\'y\\' = -2)') AS e,\n"
        "    toFixedString('ab', 4) AS fixed, toLowCardinality('lc') AS lc,\n"
        "    CAST(NULL, 'LowCardinality(Nullable(String))') AS lcn,\n"
        "    CAST(NULL, 'Nullable(Float64)') AS fn, NULL AS nothing,\n"
        "    [1, 2, 18446744073709551615]::Array(UInt64) AS ua, [0.5, -1]::Array(Float64) AS da,\n"
        "    [1, 2]::Array(UInt8) AS narrow, []::Array(UInt64) AS none,\n"
        "    repeat('x', 300) AS long");
    live_sql("wide", "SELECT toInt128(1) AS x");
    live_sql("syntax", "SELECT FROM WHERE");
    live_sql("bare", "garbage");
    live_sql("late",
             "SELECT number, throwIf(number = 400000, 'too far') AS t FROM numbers(500000)\n"
             "SETTINGS max_block_size = 8192");
    live_sql("million", "SELECT number, toString(number) AS s FROM numbers(1000000)");
    live_sql("one", "-- columns: x UInt8\nSELECT 1 AS x");
    live_sql("empty", "-- columns: x UInt8\nSELECT 1 AS x WHERE x = 2");
}

static void check_text(struct engine *e, struct str a, const char *b)
{
    const struct param params[] = {PARAM_STR("a", a), PARAM_STRZ("b", b), PARAM_STRZ("c", ""),
                                   PARAM_STRZ("n", "\\N")};
    TM_CLEANUP(result_freep) struct result *res = NULL;

    CHECK_OK(engine_query(e, "test/texts", params, TM_COUNT(params), &res, &live_err), live_err);
    if (!res || !CHECK(result_next(res)))
        return;
    CHECK(str_eq(result_text(res, 0), a));
    CHECK(str_eqz(result_text(res, 1), b));
    CHECK(str_eqz(result_text(res, 2), ""));
    CHECK(!result_null(res, 3) && str_eqz(result_text(res, 3), "\\N"));
    CHECK(!result_next(res));
    CHECK_OK(result_status(res, &live_err), live_err);
}

static void test_text_params(struct engine *e)
{
    static char all[256];

    for (size_t i = 0; i < sizeof(all); i++)
        all[i] = (char)i;
    check_text(e, STR_LIT("tab\tnewline\nback\\slash\\n NUL\0quote' {a:String} %&=+"), "x");
    check_text(e, (struct str){all, 128}, "مرحبا بالعالم สวัสดี");
    check_text(e, STR_LIT("'; DROP TABLE raw_order; --"), "\\");
}

static void test_number_params(struct engine *e)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;
    const int64_t at = INT64_C(1795162500250001);
    const struct param params[] = {
        PARAM_I64("i", INT64_MIN + 1), PARAM_I64("u", INT64_MAX),
        PARAM_F64("d", 0.1),           PARAM_AT("at", at),
        PARAM_I64("day", 20777),       PARAM_I64("none", AMOUNT_NONE),
    };

    CHECK_OK(engine_query(e, "test/numbers", params, TM_COUNT(params), &res, &live_err), live_err);
    if (!res || !CHECK(result_next(res)))
        return;
    CHECK_INT(result_int(res, 0), INT64_MIN + 1);
    CHECK_INT(result_int(res, 1), INT64_MAX);
    CHECK(result_real(res, 2) == 0.1);
    CHECK_INT(result_int(res, 3), at);
    CHECK_INT(result_int(res, 4), 20777);
    CHECK(result_null(res, 5));
    CHECK_INT(result_int(res, 5), AMOUNT_NONE);
}

static void test_types(struct engine *e)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;
    static const struct {
        const char *name;
        int64_t want;
    } ints[] = {
        {"u8", 255},
        {"u16", 65535},
        {"u32", 4294967295},
        {"i8", -128},
        {"i16", -32768},
        {"i32", INT32_MIN},
        {"i64", INT64_MIN},
        {"b", 1},
        {"date", 20777},
        {"date32", -3653},
        {"datetime", 1795162500},
        {"datetime64", 1795162500250000},
        {"d32", -12500},
        {"d64", 1234567890},
        {"e", -2},
    };
    const uint64_t *u;
    const double *d;
    size_t n;

    CHECK_OK(engine_query(e, "test/types", NULL, 0, &res, &live_err), live_err);
    if (!res || !CHECK(result_next(res)))
        return;
    for (size_t i = 0; i < TM_COUNT(ints); i++)
        CHECK_MSG(result_int(res, result_column(res, ints[i].name)) == ints[i].want,
                  "%s is %" PRId64, ints[i].name, ints[i].want);
    CHECK(result_uint(res, result_column(res, "u64")) == UINT64_MAX);
    CHECK(result_real(res, result_column(res, "f32")) == 1.5);
    CHECK(result_real(res, result_column(res, "f64")) == -0.25);
    CHECK(result_real(res, result_column(res, "i8")) == -128.0);
    CHECK(str_eq(result_text(res, result_column(res, "fixed")), (struct str){"ab\0", 4}));
    CHECK(str_eqz(result_text(res, result_column(res, "lc")), "lc"));
    CHECK_INT(result_text(res, result_column(res, "long")).n, 300);
    CHECK(result_null(res, result_column(res, "lcn")));
    CHECK_INT(result_text(res, result_column(res, "lcn")).n, 0);
    CHECK(result_null(res, result_column(res, "fn")));
    CHECK(isnan(result_real(res, result_column(res, "fn"))));
    CHECK(result_null(res, result_column(res, "nothing")));
    u = result_uints(res, result_column(res, "ua"), &n);
    CHECK(n == 3 && u[0] == 1 && u[1] == 2 && u[2] == UINT64_MAX);
    d = result_reals(res, result_column(res, "da"), &n);
    CHECK(n == 2 && d[0] == 0.5 && d[1] == -1);
    u = result_uints(res, result_column(res, "narrow"), &n);
    CHECK(n == 2 && u[0] == 1 && u[1] == 2);
    result_uints(res, result_column(res, "none"), &n);
    CHECK_INT(n, 0);
    CHECK_STR(result_column_type(res, result_column(res, "datetime64")), "DateTime64(6, 'UTC')");
    CHECK(!result_next(res));
    CHECK_OK(result_status(res, &live_err), live_err);
}

static void test_errors(struct engine *e)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;
    const struct param extra = PARAM_I64("x", 1);

    live_err = ERR_INIT;
    CHECK_INT(engine_query(e, "test/wide", NULL, 0, &res, &live_err), ERR_ENGINE);
    CHECK_STR(live_err.msg, "the column type Int128 cannot be read");
    live_err = ERR_INIT;
    CHECK_INT(engine_query(e, "test/syntax", NULL, 0, &res, &live_err), ERR_ENGINE);
    CHECK(strstr(live_err.msg, "[code 62]") != NULL);
    CHECK_STR(live_err.context, "statement test/syntax");
    CHECK_INT(engine_query(e, "test/bare", NULL, 0, &res, &live_err), ERR_ENGINE);
    CHECK_INT(engine_query(e, "test/absent", NULL, 0, &res, &live_err), ERR_INTERNAL);
    CHECK_INT(engine_query(e, "test/one", &extra, 1, &res, &live_err), ERR_INTERNAL);
    CHECK_INT(engine_query(e, "test/texts", NULL, 0, &res, &live_err), ERR_INTERNAL);
    CHECK_INT(live_number(e, "test/one"), 1);
    CHECK_INT(live_number(e, "test/empty"), -1);
    CHECK_INT(live_err.code, ERR_OK);
}

/* The error comes after 400,000 good rows, in the middle of an answer with status 200. */
static void test_late_error(struct engine *e)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;
    int64_t rows = 0, wrong = 0;

    CHECK_OK(engine_query(e, "test/late", NULL, 0, &res, &live_err), live_err);
    while (res && result_next(res))
        wrong += result_int(res, 0) != rows++ || result_int(res, 1) != 0;
    CHECK(rows > 0 && rows <= 400000);
    CHECK_INT(wrong, 0);
    live_err = ERR_INIT;
    CHECK_INT(result_status(res, &live_err), ERR_ENGINE);
    CHECK(strstr(live_err.msg, "too far") && strstr(live_err.msg, "[code 395]"));
    CHECK_STR(live_err.context, "statement test/late");
    CHECK(!result_next(res));
    CHECK_INT(live_number(e, "test/one"), 1);
}

static long resident_kb(void)
{
    TM_CLEANUP(fclose_filep) FILE *f = fopen("/proc/self/statm", "re");
    long total, resident = 0;

    if (!f || fscanf(f, "%ld %ld", &total, &resident) != 2)
        return 0;
    return resident * 4;
}

/* While the rows stream another statement runs on the same engine; text stays valid. */
static void test_million(struct engine *e)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;
    int64_t rows = 0, wrong = 0;
    long before = resident_kb(), most = 0;

    CHECK_OK(engine_query(e, "test/million", NULL, 0, &res, &live_err), live_err);
    while (res && result_next(res)) {
        struct str s = result_text(res, 1);
        char want[24];

        if (rows == 1000)
            CHECK_INT(live_number(e, "test/one"), 1);
        snprintf(want, sizeof(want), "%" PRId64, rows);
        wrong += result_int(res, 0) != rows || !str_eqz(s, want);
        if (rows++ % 100000 == 0 && resident_kb() > most)
            most = resident_kb();
    }
    CHECK_OK(result_status(res, &live_err), live_err);
    CHECK_INT(rows, 1000000);
    CHECK_INT(wrong, 0);
    CHECK_MSG(most - before < 16 * 1024, "a million rows need %ld KiB", most - before);
}

static void test_abandoned(struct engine *e)
{
    struct result *res = NULL;

    CHECK_OK(engine_query(e, "test/million", NULL, 0, &res, &live_err), live_err);
    CHECK(res && result_next(res));
    result_free(res);
    CHECK_INT(live_number(e, "test/one"), 1);
}

int main(void)
{
    struct engine *e;

    live_begin();
    statements();
    e = live_start((struct engine_options){0});
    CHECK(strncmp(engine_version(e), "26.7.", 5) == 0);
    test_text_params(e);
    test_number_params(e);
    test_types(e);
    test_errors(e);
    test_late_error(e);
    test_million(e);
    test_abandoned(e);
    engine_close(e);
    return tap_done();
}

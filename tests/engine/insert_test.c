/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Rows in: plain inserts, input(), tokens, records of every kind, staging and moving. */
#include "live.h"

static const struct insert_column pair[] = {{"n", "UInt64"}, {"s", "String"}};

static void statements(void)
{
    live_sql("table", "CREATE TABLE t (n UInt64, s LowCardinality(String)) ENGINE = MergeTree\n"
                      "ORDER BY n SETTINGS non_replicated_deduplication_window = 100");
    live_sql("into", "INSERT INTO t (n, s) FORMAT Native");
    live_sql("into_input",
             "INSERT INTO t (n, s)\n"
             "SELECT n * 10, upper(s) FROM input('n UInt64, s String') FORMAT Native");
    live_sql("into_nothing", "INSERT INTO nowhere (n, s) FORMAT Native");
    live_sql("count", "-- columns: n UInt64\nSELECT count() AS n FROM t");
    live_sql("sum", "-- columns: n UInt64\nSELECT sum(n) AS n FROM t");
    live_sql("upper", "-- columns: n UInt64\nSELECT countIf(s = 'A') AS n FROM t");
    live_sql("distinct", "-- columns: n UInt64\nSELECT uniqExact(s) AS n FROM t");
    live_sql("empty", "-- columns: n UInt64\nSELECT countIf(s = '') AS n FROM t");
    live_sql("matching", "-- columns: n UInt64\nSELECT countIf(s = concat('w', toString(\n"
                         "    if(n < 70000, n, n % 300)))) AS n FROM t");
    live_sql("clear", "TRUNCATE TABLE t");
    live_sql("null_table", "CREATE TABLE nulls (i Nullable(Int64), d Nullable(Float64),\n"
                           "    f Int8, at DateTime64(6, 'UTC'), day Date32)\n"
                           "ENGINE = MergeTree ORDER BY tuple()");
    live_sql("into_nulls", "INSERT INTO nulls (i, d, f, at, day) FORMAT Native");
    live_sql("nulls", "SELECT i, d, f, at, day FROM nulls ORDER BY i NULLS LAST");
}

static struct insert *open_pair(struct engine *e, const char *statement, const char *token)
{
    struct insert *in = NULL;

    CHECK_OK(insert_open(e, statement, token, pair, TM_COUNT(pair), &in, &live_err), live_err);
    if (!in)
        exit(tap_done());
    return in;
}

static enum err_code put_pairs(struct insert *in, uint64_t from, uint64_t n, const char *s)
{
    enum err_code rc = ERR_OK;

    live_err = ERR_INIT;
    for (uint64_t i = 0; i < n && rc == ERR_OK; i++) {
        insert_uint(in, from + i);
        insert_text(in, str_of(s));
        rc = insert_row(in, &live_err);
    }
    return rc;
}

static void test_plain(struct engine *e)
{
    struct insert *in = open_pair(e, "test/into", NULL);

    CHECK_OK(put_pairs(in, 0, 300000, "a"), live_err); /* several blocks */
    CHECK_INT(live_number(e, "test/count") >= 0, 1);   /* the engine may be used meanwhile */
    CHECK_OK(insert_finish(in, &live_err), live_err);
    insert_free(in);
    CHECK_INT(live_number(e, "test/count"), 300000);
    CHECK_INT(live_number(e, "test/sum"), INT64_C(299999) * 150000);
    CHECK_OK(engine_run(e, "test/clear", NULL, 0, &live_err), live_err);
    in = open_pair(e, "test/into", NULL);
    CHECK_OK(insert_finish(in, &live_err), live_err); /* no row at all */
    insert_free(in);
    CHECK_INT(live_number(e, "test/count"), 0);
}

/* Texts of which there are few, or not so few: several blocks, each with words of its own. */
static void test_words(struct engine *e)
{
    static const struct insert_column words[] = {{"n", "UInt64"}, {"s", "LowCardinality(String)"}};
    struct insert *in = NULL;
    char text[32];

    CHECK_OK(insert_open(e, "test/into", NULL, words, TM_COUNT(words), &in, &live_err), live_err);
    for (uint64_t i = 0; in && i < 200000; i++) {
        /* first each another (as many as a block has rows), then 300, then "" and long ones */
        uint64_t word = i < 70000 ? i : i % 300;

        snprintf(text, sizeof(text), "w%" PRIu64, word);
        insert_uint(in, i < 70000 ? word : i);
        insert_text(in, i >= 150000 && i % 2 ? STR_NONE : str_of(text));
        if (insert_row(in, &live_err) != ERR_OK)
            break;
    }
    CHECK_OK(in ? insert_finish(in, &live_err) : ERR_INTERNAL, live_err);
    insert_free(in);
    CHECK_INT(live_number(e, "test/count"), 200000);
    CHECK_INT(live_number(e, "test/distinct"), 70001);
    CHECK_INT(live_number(e, "test/empty"), 25000);
    CHECK_INT(live_number(e, "test/matching"), 175000); /* every text stands in its own row */
    CHECK_OK(engine_run(e, "test/clear", NULL, 0, &live_err), live_err);
}

static void test_input(struct engine *e)
{
    struct insert *in = open_pair(e, "test/into_input", NULL);

    CHECK_OK(put_pairs(in, 1, 3, "a"), live_err);
    CHECK_OK(insert_finish(in, &live_err), live_err);
    insert_free(in);
    CHECK_INT(live_number(e, "test/sum"), 60);
    CHECK_INT(live_number(e, "test/upper"), 3);
    CHECK_OK(engine_run(e, "test/clear", NULL, 0, &live_err), live_err);
}

static void put_with_token(struct engine *e, const char *token, uint64_t from)
{
    struct insert *in = open_pair(e, "test/into", token);

    CHECK_OK(put_pairs(in, from, 100000, "a"), live_err);
    CHECK_OK(insert_finish(in, &live_err), live_err);
    insert_free(in);
}

static void test_tokens(struct engine *e)
{
    put_with_token(e, "file 1 & offset=0", 0);
    put_with_token(e, "file 1 & offset=0", 0);
    CHECK_INT(live_number(e, "test/count"), 100000);
    put_with_token(e, "file 2", 0); /* the same rows, and they count */
    CHECK_INT(live_number(e, "test/count"), 200000);
    put_with_token(e, NULL, 500);
    CHECK_INT(live_number(e, "test/count"), 300000);
    CHECK_OK(engine_run(e, "test/clear", NULL, 0, &live_err), live_err);
}

static void test_abandoned(struct engine *e)
{
    struct insert *in = open_pair(e, "test/into", NULL);

    CHECK_OK(put_pairs(in, 0, 200000, "a"), live_err);
    insert_free(in);
    CHECK_INT(live_number(e, "test/count"), 0);
    in = open_pair(e, "test/into", NULL);
    CHECK_OK(put_pairs(in, 0, 1, "a"), live_err);
    insert_free(in); /* nothing sent yet */
    CHECK_INT(live_number(e, "test/count"), 0);
}

static void test_faults(struct engine *e)
{
    struct insert *in = open_pair(e, "test/into_nothing", NULL);
    enum err_code rc = put_pairs(in, 0, 1000000, "a");

    if (rc == ERR_OK)
        rc = insert_finish(in, &live_err);
    CHECK_INT(rc, ERR_ENGINE);
    CHECK(strstr(live_err.msg, "[code 60]") != NULL);
    CHECK_STR(live_err.context, "statement test/into_nothing");
    live_err = ERR_INIT;
    CHECK_INT(insert_finish(in, &live_err), ERR_ENGINE); /* and stays so */
    insert_free(in);
    CHECK_INT(live_number(e, "test/count"), 0);
}

static void test_nulls(struct engine *e)
{
    static const struct insert_column columns[] = {{"i", "Nullable(Int64)"},
                                                   {"d", "Nullable(Float64)"},
                                                   {"f", "Int8"},
                                                   {"at", "DateTime64(6, 'UTC')"},
                                                   {"day", "Date32"}};
    TM_CLEANUP(insert_freep) struct insert *in = NULL;
    TM_CLEANUP(result_freep) struct result *res = NULL;

    CHECK_OK(insert_open(e, "test/into_nulls", NULL, columns, 5, &in, &live_err), live_err);
    for (int i = 0; i < 2 && in; i++) {
        insert_int(in, i ? AMOUNT_NONE : -7);
        insert_real(in, i ? (double)NAN : 0.5);
        insert_int(in, -1);
        insert_int(in, i ? 0 : INT64_C(1795162500250001));
        insert_int(in, i ? 0 : -3653);
        CHECK_OK(insert_row(in, &live_err), live_err);
    }
    CHECK_OK(insert_finish(in, &live_err), live_err);
    CHECK_OK(engine_query(e, "test/nulls", NULL, 0, &res, &live_err), live_err);
    CHECK(res && result_next(res));
    CHECK_INT(result_int(res, 0), -7);
    CHECK(result_real(res, 1) == 0.5);
    CHECK_INT(result_int(res, 2), -1);
    CHECK_INT(result_int(res, 3), INT64_C(1795162500250001));
    CHECK_INT(result_int(res, 4), -3653);
    CHECK(result_next(res) && result_null(res, 0) && result_null(res, 1));
    CHECK_INT(result_int(res, 3), 0);
    insert_freep(&in);
    in = NULL;
    CHECK_OK(insert_open(e, "test/into_nulls", NULL, columns, 5, &in, &live_err), live_err);
    insert_int(in, 1);
    insert_real(in, 1);
    insert_int(in, 128);
    insert_int(in, 0);
    insert_int(in, 0);
    CHECK_INT(insert_row(in, &live_err), ERR_TOO_LARGE);
    CHECK_STR(live_err.msg, "128 does not fit into column f (Int8)");
}

/* A record whose every field tells its column: text "f7", numbers 7. */
static void fill(const struct record_layout *layout, char *record)
{
    static char texts[64][24];
    int64_t line = 42;

    memcpy(record, &line, sizeof(line));
    for (size_t i = 0; i < layout->column_count; i++) {
        char *at = record + layout->columns[i].offset;
        struct str s = {texts[i], 0};
        double d = (double)i;
        int64_t v = (int64_t)i;

        s.n = (size_t)snprintf(texts[i], sizeof(texts[i]), "f%zu", i);
        if (layout->columns[i].type == COL_STR)
            memcpy(at, &s, sizeof(s));
        else if (layout->columns[i].type == COL_REAL)
            memcpy(at, &d, sizeof(d));
        else
            memcpy(at, &v, sizeof(v));
    }
}

static int64_t count_of(struct engine *e, const char *what, const char *kind)
{
    char name[64];

    snprintf(name, sizeof(name), "test/%s_%s", what, kind);
    return live_number(e, name);
}

/* The table's type is the one that shop/record.h names; text may be LowCardinality. */
static bool right_type(const char *type, enum column_type want)
{
    static const char *const types[] = {
        [COL_STR] = "String",
        [COL_TIME] = "DateTime64(6, 'UTC')",
        [COL_DAY] = "Date32",
        [COL_MONEY] = "Nullable(Int64)",
        [COL_PRICE] = "Nullable(Int64)",
        [COL_INT] = "Nullable(Int64)",
        [COL_REAL] = "Nullable(Float64)",
        [COL_FLAG] = "Int8",
    };

    return strcmp(type, types[want]) == 0 ||
           (want == COL_STR && strcmp(type, "LowCardinality(String)") == 0);
}

static void check_row(struct engine *e, const struct record_layout *layout)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;
    char name[64], want[24];

    snprintf(name, sizeof(name), "test/all_%s", layout->name);
    CHECK_OK(engine_query(e, name, NULL, 0, &res, &live_err), live_err);
    if (!res || !CHECK(result_next(res)))
        return;
    CHECK_INT(result_column_count(res), layout->column_count + 3);
    CHECK_INT(result_int(res, 0), 7);
    CHECK(str_eqz(result_text(res, 1), "shop"));
    CHECK_INT(result_int(res, 2), 42);
    for (size_t i = 0; i < layout->column_count; i++) {
        bool right = strcmp(result_column_name(res, i + 3), layout->columns[i].name) == 0;

        right = right && right_type(result_column_type(res, i + 3), layout->columns[i].type);
        snprintf(want, sizeof(want), "f%zu", i);
        if (layout->columns[i].type == COL_STR)
            right = right && str_eqz(result_text(res, i + 3), want);
        else if (layout->columns[i].type == COL_REAL)
            right = right && result_real(res, i + 3) == (double)i;
        else
            right = right && result_int(res, i + 3) == (int64_t)i;
        CHECK_MSG(right, "%s.%s comes back", layout->name, layout->columns[i].name);
    }
}

static void run_on(struct engine *e, const char *what, const char *kind)
{
    const struct param id = PARAM_I64("import_id", 7);
    char name[64];

    snprintf(name, sizeof(name), "import/%s_%s", what, kind);
    CHECK_OK(engine_run(e, name, &id, 1, &live_err), live_err);
}

static void put_record(struct engine *e, enum record_kind kind, const char *token)
{
    const struct record_layout *layout = record_layout(kind);
    TM_CLEANUP(insert_freep) struct insert *in = NULL;
    char record[1024];

    assert(layout->size <= sizeof(record));
    fill(layout, record);
    CHECK_OK(insert_open_records(e, kind, token, &in, &live_err), live_err);
    if (!in)
        return;
    CHECK_OK(insert_record(in, 7, STR_LIT("shop"), record, &live_err), live_err);
    CHECK_OK(insert_finish(in, &live_err), live_err);
}

/* In, moved at once, taken back; and a token does not bar an import that is tried again. */
static void test_kind(struct engine *e, enum record_kind kind)
{
    const char *name = record_layout(kind)->name;

    put_record(e, kind, "token");
    CHECK_INT(count_of(e, "staged", name), 1);
    CHECK_INT(count_of(e, "raw", name), 0);
    run_on(e, "drop_stage", name);
    CHECK_INT(count_of(e, "staged", name), 0);
    put_record(e, kind, "token");
    CHECK_INT(count_of(e, "staged", name), 1);
    run_on(e, "move", name);
    CHECK_INT(count_of(e, "staged", name), 0);
    CHECK_INT(count_of(e, "raw", name), 1);
    check_row(e, record_layout(kind));
    run_on(e, "move", name); /* nothing there: no harm */
    run_on(e, "drop", name);
    CHECK_INT(count_of(e, "raw", name), 0);
    put_record(e, kind, "token");
    CHECK_INT(count_of(e, "staged", name), 1);
}

static void kind_statements(void)
{
    for (int k = 0; k < RECORD_KIND_COUNT; k++) {
        const char *name = record_layout((enum record_kind)k)->name;
        char file[64], text[128];

        snprintf(file, sizeof(file), "staged_%s", name);
        snprintf(text, sizeof(text), "SELECT count() FROM stage_%s", name);
        live_sql(file, text);
        snprintf(file, sizeof(file), "raw_%s", name);
        snprintf(text, sizeof(text), "SELECT count() FROM raw_%s", name);
        live_sql(file, text);
        snprintf(file, sizeof(file), "all_%s", name);
        snprintf(text, sizeof(text), "SELECT * FROM raw_%s", name);
        live_sql(file, text);
    }
}

int main(void)
{
    struct engine *e;

    live_begin();
    statements();
    kind_statements();
    e = live_start((struct engine_options){0});
    CHECK_OK(engine_run(e, "test/table", NULL, 0, &live_err), live_err);
    CHECK_OK(engine_run(e, "test/null_table", NULL, 0, &live_err), live_err);
    test_plain(e);
    test_words(e);
    test_input(e);
    test_tokens(e);
    test_abandoned(e);
    test_faults(e);
    test_nulls(e);
    for (int k = 0; k < RECORD_KIND_COUNT; k++)
        test_kind(e, (enum record_kind)k);
    engine_close(e);
    return tap_done();
}

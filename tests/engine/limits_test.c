/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Memory, time, cancellation, and several threads. */
#include "live.h"

#include <pthread.h>
#include <signal.h>
#include <sys/time.h>

#include "base/timestamp.h"

static void statements(void)
{
    live_sql("one", "SELECT 1 AS x");
    live_sql("hungry", "SELECT length(groupArray(number)) AS n FROM numbers(200000000)");
    live_sql("many", "SELECT count() FROM (SELECT number AS k, count() FROM numbers(8000000)\n"
                     "GROUP BY k)");
    live_sql("slow", "SELECT sum(sleepEachRow(0.02)) AS n FROM numbers(100000)\n"
                     "SETTINGS max_block_size = 1");
    live_sql("trickle", "SELECT number, sleepEachRow(0.02) FROM numbers(100000)\n"
                        "SETTINGS max_block_size = 1");
    live_sql("busy", "-- columns: n UInt64\nSELECT count() - 1 AS n FROM system.processes");
    live_sql("flaky", "SELECT throwIf(1, 'connection', toInt16(209))\n"
                      "SETTINGS allow_custom_error_code_in_throwif = 1");
    live_sql("flaky_write", "INSERT INTO raw_refund (import_id)\n"
                            "SELECT throwIf(1, 'connection', toInt16(210))\n"
                            "SETTINGS allow_custom_error_code_in_throwif = 1");
    live_sql("shared", "-- columns: n UInt64\n"
                       "SELECT countIf(explain LIKE '%AggregatingTransform × 2%') AS n FROM (\n"
                       "    EXPLAIN PIPELINE SELECT sum(number) FROM numbers_mt(10000000))");
    live_sql("attempts_209", "SELECT sum(value) AS n FROM system.errors WHERE code = 209");
    live_sql("attempts_210", "SELECT sum(value) AS n FROM system.errors WHERE code = 210");
}

static int64_t now_ms(void)
{
    return timestamp_now() / 1000;
}

static void test_memory(void)
{
    char dir[1024];
    struct engine *e;

    snprintf(dir, sizeof(dir), "%s", temp_path("small"));
    e = live_start(
        (struct engine_options){.dir = dir, .memory_bytes = UINT64_C(450) << 20, .threads = 2});
    CHECK_INT(live_number(e, "test/shared"), 1); /* little memory is no reason for one thread */
    CHECK_INT(live_number(e, "test/hungry"), -1);
    CHECK_INT(live_err.code, ERR_MEMORY);
    CHECK(*live_err.hint && strstr(live_err.context, "statement test/hungry"));
    CHECK_INT(live_number(e, "test/many"), 8000000); /* goes to the disk instead */
    CHECK_INT(live_number(e, "test/one"), 1);
    engine_close(e);
}

static void test_timeout(void)
{
    char dir[1024];
    struct engine *e;
    int64_t start;

    snprintf(dir, sizeof(dir), "%s", temp_path("hasty"));
    e = live_start((struct engine_options){.dir = dir, .timeout_ms = 400});
    start = now_ms();
    CHECK_INT(live_number(e, "test/slow"), -1);
    CHECK_INT(live_err.code, ERR_TIMEOUT);
    CHECK(now_ms() - start >= 400 && now_ms() - start < 2000);
    CHECK_INT(live_number(e, "test/one"), 1);
    CHECK_INT(live_number(e, "test/busy"), 1); /* the node's own waiting statement */
    engine_close(e);
}

static struct engine *to_cancel;

static void *cancel_later(void *unused)
{
    (void)unused;
    nanosleep(&(struct timespec){.tv_nsec = 150 * 1000000L}, NULL);
    engine_cancel(to_cancel);
    return NULL;
}

static void on_alarm(int unused)
{
    (void)unused;
    engine_cancel(to_cancel);
}

static void check_cancelled(struct engine *e, int64_t start)
{
    CHECK_INT(live_err.code, ERR_CANCELLED);
    CHECK_MSG(now_ms() - start < 1500, "cancelled after %" PRId64 " ms", now_ms() - start);
    CHECK_INT(live_number(e, "test/busy"), 1);
    CHECK_INT(live_number(e, "test/one"), 1);
}

static void test_cancel(struct engine *e)
{
    const struct itimerval soon = {.it_value.tv_usec = 150000};
    TM_CLEANUP(result_freep) struct result *res = NULL;
    int64_t start = now_ms();
    pthread_t thread;

    to_cancel = e;
    pthread_create(&thread, NULL, cancel_later, NULL);
    CHECK_INT(live_number(e, "test/slow"), -1);
    pthread_join(thread, NULL);
    check_cancelled(e, start);

    signal(SIGALRM, on_alarm);
    setitimer(ITIMER_REAL, &soon, NULL);
    start = now_ms();
    CHECK_OK(engine_query(e, "test/trickle", NULL, 0, &res, &live_err), live_err);
    while (res && result_next(res))
        ;
    live_err = ERR_INIT;
    CHECK_INT(result_status(res, &live_err), ERR_CANCELLED);
    result_freep(&res);
    res = NULL;
    check_cancelled(e, start);
    engine_cancel(e); /* between statements: the next one is cancelled */
    CHECK_INT(live_number(e, "test/one"), -1);
    CHECK_INT(live_err.code, ERR_CANCELLED);
    CHECK_INT(live_number(e, "test/one"), 1);
}

static void test_cancel_insert(struct engine *e)
{
    struct insert *in = NULL;
    struct refund_record r = RECORD_INIT(refund, REFUND_COLUMNS);
    enum err_code rc = ERR_OK;
    int64_t start = now_ms();
    pthread_t thread;

    CHECK_OK(insert_open_records(e, RECORD_REFUND, NULL, &in, &live_err), live_err);
    pthread_create(&thread, NULL, cancel_later, NULL);
    while (rc == ERR_OK && now_ms() - start < 5000)
        rc = insert_record(in, 1, STR_LIT("shop"), &r, &live_err);
    CHECK_INT(rc, ERR_CANCELLED);
    pthread_join(thread, NULL);
    insert_free(in);
    check_cancelled(e, start);
}

static void test_retries(struct engine *e)
{
    int64_t reads = live_number(e, "test/attempts_209");
    int64_t writes = live_number(e, "test/attempts_210");

    CHECK_INT(live_number(e, "test/flaky"), -1);
    CHECK(strstr(live_err.msg, "[code 209]") != NULL);
    CHECK_INT(live_number(e, "test/attempts_209"), reads + 3);
    CHECK_INT(live_number(e, "test/flaky_write"), -1);
    CHECK(strstr(live_err.msg, "[code 210]") != NULL);
    CHECK_INT(live_number(e, "test/attempts_210"), writes + 1);
}

static void *work(void *opaque)
{
    struct engine *first = opaque, *e = NULL;
    intptr_t good = 0;

    if (engine_attach(first, &e, NULL) != ERR_OK)
        return NULL;
    for (int i = 0; i < 50; i++) {
        TM_CLEANUP(result_freep) struct result *res = NULL;

        if (engine_query(e, "test/one", NULL, 0, &res, NULL) == ERR_OK && result_next(res))
            good += result_int(res, 0);
    }
    engine_close(e);
    return (void *)good;
}

static void test_threads(struct engine *e)
{
    pthread_t threads[4];
    void *good;

    for (size_t i = 0; i < TM_COUNT(threads); i++)
        pthread_create(&threads[i], NULL, work, e);
    for (size_t i = 0; i < TM_COUNT(threads); i++) {
        pthread_join(threads[i], &good);
        CHECK_INT((intptr_t)good, 50);
    }
}

int main(void)
{
    struct engine *e;

    live_begin();
    statements();
    e = live_start((struct engine_options){0});
    CHECK_INT(live_number(e, "test/busy"), 1);
    test_cancel(e);
    test_cancel_insert(e);
    test_retries(e);
    test_threads(e);
    engine_close(e);
    test_timeout();
    test_memory();
    return tap_done();
}

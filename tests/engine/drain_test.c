/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The journal and a real engine: each message once, whatever happens in between. */
#include "live_shop.h"

/* A protocol of the test's own: the body is the event's name, "bad..." is rejected, "none" gives no
 * record. */
static enum err_code records(struct live_run *run, const struct live_message *message,
                             struct err *err)
{
    struct event_record event = RECORD_INIT(event, EVENT_COLUMNS);

    run->rejected = NULL;
    if (str_starts(message->body, "bad"))
        live_reject(run, LIVE_NO_EVENT);
    if (run->rejected || str_eqz(message->body, "none"))
        return ERR_OK;
    if (str_eqz(message->body, "fault"))
        return err_set(err, ERR_INVALID, "a fault");
    event.event_key = message->id;
    event.name = message->body;
    event.occurred_at = message->received_us;
    event.line = message->seq;
    return live_put(run, RECORD_EVENT, &event, err);
}

static struct source_entry source = {.protocol = "segment", .name = "Site"};
static int64_t sent;

static void append(int n, const char *body)
{
    for (int i = 0; i < n; i++) {
        char id[32];
        int length = snprintf(id, sizeof(id), "m%" PRId64, ++sent);
        struct journal_record r = {.source = source.id,
                                   .id = {id, (size_t)length},
                                   .body = str_of(body),
                                   .received_us = timestamp_now()};
        struct err err = ERR_INIT;

        CHECK_OK(journal_append(journal, &r, 1, &err), err);
    }
}

static struct drain_summary drain_now(void)
{
    struct drain_ctx ctx = shop_drain_ctx();
    struct drain_summary out;
    struct err err = ERR_INIT;

    ctx.records = records;
    CHECK_OK(drain(&ctx, &out, &err), err);
    return out;
}

static struct range only_range(void)
{
    static struct range ranges[RANGES_MAX];
    struct err err = ERR_INIT;
    size_t n = 0;

    CHECK_OK(store_ranges(store, ranges, RANGES_MAX, &n, &err), err);
    CHECK_INT(n, 1);
    return ranges[0];
}

/* count() = count(distinct id) = stored */
static void holds(int64_t want)
{
    CHECK_INT(live_number(engine, "test/events"), want);
    CHECK_INT(live_number(engine, "test/ids"), want);
    CHECK_INT(live_number(engine, "test/staged"), 0);
}

static void batches(void)
{
    struct drain_summary told;
    struct drain_state state;
    struct err err = ERR_INIT;

    append(3, "seen");
    append(1, "bad one");
    append(1, "none");
    append(1, "fault");
    CHECK_OK(drain_state(store, journal, &state, &err), err);
    CHECK_INT(state.waiting, 6);
    told = drain_now();
    CHECK_INT(told.messages, 6);
    CHECK_INT(told.records, 3);
    CHECK_INT(told.rejected, 2);
    holds(3);
    CHECK_INT(drain_now().messages, 0);
    append(2, "seen");
    told = drain_now();
    CHECK_INT(told.messages, 2);
    holds(5);
    CHECK_INT(only_range().done.messages, 8);
    CHECK_INT(only_range().done.rejected, 2);
    CHECK_INT(only_range().done.empty, 1);
    CHECK_OK(drain_state(store, journal, &state, &err), err);
    CHECK_INT(state.waiting, 0);
    CHECK_INT(state.journal_last, 8);
}

/* The process ended when the batch was staged and prepared; when it was moved; before both. */
static void interrupted(void)
{
    struct range range = only_range();
    struct range_batch batch = range.done;
    struct err err = ERR_INIT;

    /* moved and not noted: what is there is taken as it is */
    batch.last = range.done.last;
    range.done = (struct range_batch){.last = 0};
    CHECK_OK(store_range_empty(store, &range, &err), err);
    CHECK_OK(store_range_prepare(store, &range, &batch, NULL, 0, &err), err);
    CHECK_INT(drain_now().again, 0);
    holds(5);
    CHECK_INT(only_range().done.messages, 8);
    /* prepared, and still staged */
    range = only_range();
    batch = range.done;
    CHECK_OK(store_range_empty(store, &range, &err), err);
    CHECK_OK(store_range_prepare(store, &range, &batch, NULL, 0, &err), err);
    CHECK_OK(engine_run(engine, "test/move_back", NULL, 0, &err), err);
    CHECK_INT(live_number(engine, "test/events"), 0);
    CHECK_INT(drain_now().again, 0);
    holds(5);
    /* prepared, and the staged records are gone with the power */
    range = only_range();
    batch = (struct range_batch){.last = range.done.last + 7, .messages = 7};
    batch.records[RECORD_EVENT] = 7;
    append(7, "seen");
    CHECK_OK(store_range_prepare(store, &range, &batch, NULL, 0, &err), err);
    CHECK_INT(drain_now().again, 15);
    holds(12);
    /* staged and nothing more */
    CHECK_OK(engine_run(engine, "test/copy_back", NULL, 0, &err), err);
    CHECK_INT(live_number(engine, "test/staged"), 12);
    append(1, "seen");
    CHECK_INT(drain_now().messages, 1);
    holds(13);
}

/* The engine has lost records, or everything. */
static void lost(void)
{
    uint64_t before = (uint64_t)live_number(engine, "test/content");
    struct err err = ERR_INIT;

    CHECK_OK(engine_run(engine, "test/lose_some", NULL, 0, &err), err);
    CHECK(live_number(engine, "test/events") < 13);
    CHECK(drain_now().again > 0);
    holds(13);
    CHECK((uint64_t)live_number(engine, "test/content") == before);
    shop_end_engine();
    folder_remove(temp_path("node"));
    shop_start_engine();
    CHECK_INT(live_number(engine, "test/events"), 0);
    CHECK(drain_now().again > 0);
    holds(13);
    CHECK((uint64_t)live_number(engine, "test/content") == before);
}

/* Many small batches leave few parts. */
static void parts_are_merged(void)
{
    for (int i = 0; i < 70; i++) {
        append(1, "seen");
        CHECK_INT(drain_now().messages, 1);
    }
    CHECK(live_number(engine, "test/parts") < 34);
    holds(83);
}

/* A range that closes: the next messages begin another. */
static void next_range(void)
{
    static struct range ranges[RANGES_MAX];
    struct range range = only_range();
    struct err err = ERR_INIT;
    size_t n = 0;

    CHECK_OK(store_range_close(store, &range, &err), err);
    append(4, "seen");
    CHECK_INT(drain_now().messages, 4);
    CHECK_OK(store_ranges(store, ranges, RANGES_MAX, &n, &err), err);
    CHECK_INT(n, 2);
    CHECK_INT(ranges[1].first, ranges[0].done.last + 1);
    holds(87);
    /* The closed one is read again on its own. */
    CHECK_OK(engine_run(engine, "test/lose_first", NULL, 0, &err), err);
    drain_now();
    holds(87);
}

int main(void)
{
    struct source_entry *const sources[] = {&source};

    live_begin();
    live_sql("events", "-- columns: n UInt64\nSELECT count() AS n FROM raw_event");
    live_sql("ids", "-- columns: n UInt64\nSELECT uniqExact(event_key) AS n FROM raw_event");
    live_sql("staged", "-- columns: n UInt64\nSELECT count() AS n FROM stage_event");
    live_sql("content",
             "-- columns: n UInt64\nSELECT bitAnd(groupBitXor(cityHash64(source, line,"
             " event_key, name, occurred_at)), 9223372036854775807) AS n FROM raw_event");
    live_sql("parts", "-- columns: n UInt64\nSELECT count() AS n FROM system.parts WHERE active AND"
                      " table = 'raw_event'");
    live_sql("move_back", "ALTER TABLE raw_event MOVE PARTITION 1 TO TABLE stage_event");
    live_sql("copy_back", "INSERT INTO stage_event SELECT * FROM raw_event");
    live_sql("lose_some",
             "ALTER TABLE raw_event DELETE WHERE line > 9 SETTINGS mutations_sync = 1");
    live_sql("lose_first", "ALTER TABLE raw_event DROP PARTITION 1");
    shop_begin(sources, TM_COUNT(sources));
    batches();
    interrupted();
    lost();
    parts_are_merged();
    next_range();
    return shop_end();
}

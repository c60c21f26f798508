/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Whose live messages are, at once, beside what the figures say of it: the numbers that the engine
 * gives identifiers, and people after random messages of several sources in a random order of
 * times. */
#include "engine/hash.h"
#include "identity/live_people.h"

#include "live_shop.h"

#define RECEIVED INT64_C(1795004800000000) /* 2026-11-18T12:26:40Z */

static struct source_entry site = {.protocol = "segment", .name = "Site"};
static struct source_entry shop = {.protocol = "shopify", .name = "Shop"};
static struct live_people *people;
static uint64_t state = 11;
static int sent;

static uint64_t draw(uint64_t below)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (state >> 33) % below;
}

/* ---- hashes ------------------------------------------------------------------------------- */

static void hashes(void)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;
    struct err err = ERR_INIT;
    size_t n = 0, wrong = 0;

    CHECK_OK(engine_query(engine, "test/hashes", NULL, 0, &res, &err), err);
    while (result_next(res)) {
        struct str text = result_text(res, 0);

        n++;
        wrong += engine_hash(text) != result_uint(res, 1);
        wrong += engine_hash_and(engine_hash(STR_LIT("device")), text) != result_uint(res, 2);
        wrong +=
            engine_hash_and(engine_hash_and(engine_hash(STR_LIT("customer")), STR_LIT("live:1")),
                            text) != result_uint(res, 3);
    }
    CHECK_OK(result_status(res, &err), err);
    CHECK_INT(n, 300);
    CHECK_INT(wrong, 0);
}

/* ---- messages ----------------------------------------------------------------------------- */

static int64_t bring(const struct source_entry *source, struct buf *body)
{
    char id[32];
    struct journal_record record = {
        .source = source->id, .received_us = RECEIVED + ++sent, .body = buf_str(body)};
    struct err err = ERR_INIT;

    snprintf(id, sizeof(id), "m%d", sent);
    record.id = str_of(id);
    if (journal_append(journal, &record, 1, &err) != ERR_OK)
        CHECK_MSG(false, "%s", err.msg);
    live_people_came(people);
    return record.seq;
}

/* Of few people, so that they meet; a device is shared, log-ins of some are customer numbers. */
static void of_site(void)
{
    static const char *const types[] = {"track", "page", "identify", "identify", "track", "alias"};
    TM_CLEANUP(buf_release) struct buf b = BUF_INIT(4 << 10);
    const char *type = types[draw(20) == 0 ? 5 : draw(5)];
    bool has_user = draw(2) == 0 || strcmp(type, "alias") == 0;

    buf_addf(&b, "{\"type\":\"%s\",\"timestamp\":\"2026-11-%02dT%02d:00:00.000Z\"", type,
             (int)draw(17) + 1, (int)draw(24));
    if (has_user)
        buf_addf(&b, ",\"userId\":\"%d\"", 100 + (int)draw(25));
    if (!has_user || draw(2) == 0)
        buf_addf(&b, ",\"anonymousId\":\"d%d\"", (int)(draw(4) ? draw(60) : 0));
    if (strcmp(type, "alias") == 0)
        buf_addf(&b, ",\"previousId\":\"%d\"", 100 + (int)draw(30));
    if (strcmp(type, "identify") == 0 && draw(2) == 0)
        buf_addf(&b, ",\"traits\":{\"email\":\"p%d@example.com\"}", (int)draw(40));
    if (strcmp(type, "identify") == 0 && draw(2) == 0)
        buf_addf(&b, ",\"context\":{\"traits\":{\"phone\":\"+4915112345%02d\"}}", (int)draw(30));
    if (strcmp(type, "track") == 0)
        buf_addf(&b, ",\"event\":\"%s\",\"properties\":{\"order_id\":\"%s%d\"}",
                 draw(2) ? "Order Completed" : "Product Viewed", draw(2) ? "#" : "",
                 1000 + (int)draw(40));
    buf_addc(&b, '}');
    (void)bring(&site, &b);
}

static void of_shop(void)
{
    TM_CLEANUP(buf_release) struct buf b = BUF_INIT(4 << 10);
    int order = 1000 + (int)draw(40);

    buf_addf(&b,
             "{\"topic\":\"orders/create\",\"payload\":{\"id\":%d,\"name\":\"#%d\",\"created_at\":"
             "\"2026-11-%02dT10:00:00Z\",\"processed_at\":\"2026-11-%02dT10:00:00Z\",\"currency\":"
             "\"EUR\",\"total_price\":\"20.00\",\"financial_status\":\"paid\"",
             5000000 + order, order, (int)draw(17) + 1, (int)draw(17) + 1);
    if (draw(3))
        buf_addf(&b, ",\"email\":\"p%d@example.com\"", (int)draw(40));
    if (draw(3))
        buf_addf(&b, ",\"customer\":{\"id\":%d}", 100 + (int)draw(40));
    buf_addz(&b, ",\"line_items\":[]}}");
    (void)bring(&shop, &b);
}

static void resolve_all(void)
{
    shop_resolve(RECEIVED + 60 * US_PER_SECOND);
}

static void fill(int64_t after)
{
    struct err err = ERR_INIT;

    CHECK_OK(live_people_fill(people, engine, store, &settings, after, &err), err);
}

static void wait_for_all(void)
{
    struct live_people_state now;

    live_people_state(people, &now);
    for (int i = 0; i < 2000 && now.ready == PEOPLE_READY && now.behind > 0; i++) {
        usleep(5000);
        live_people_state(people, &now);
    }
    CHECK_STR(live_people_ready_names[now.ready], "ready");
    CHECK_INT(now.behind, 0);
}

/* Every identifier has the person that the figures give it, and there are no others. */
static void agree(void)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;
    struct err err = ERR_INIT;
    struct live_people_state now;
    size_t n = 0, others = 0;

    wait_for_all();
    live_people_state(people, &now);
    CHECK_OK(engine_query(engine, "test/people", NULL, 0, &res, &err), err);
    while (result_next(res)) {
        n++;
        others += live_people_of(people, result_uint(res, 0)) != result_uint(res, 1);
    }
    CHECK_OK(result_status(res, &err), err);
    CHECK(n > 100);
    CHECK_INT(now.identifiers, n);
    CHECK_INT(others, 0);
}

static void streams(void)
{
    enum { BEFORE = 150, LIVE = 400, ROUNDS = 2 };

    for (int i = 0; i < BEFORE; i++)
        (draw(3) ? of_site : of_shop)();
    resolve_all();
    fill(0); /* reads again from the journal what the tables have */
    agree();
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < LIVE; i++)
            (draw(3) ? of_site : of_shop)();
        wait_for_all();
        resolve_all();
        agree();
        fill(journal_last(journal));
        agree();
    }
}

/* What is told of one message. */
static void told(void)
{
    static const char *const said[] = {
        "{\"type\":\"page\",\"timestamp\":\"2026-11-18T10:00:00.000Z\",\"anonymousId\":\"dx\"}",
        "{\"type\":\"identify\",\"timestamp\":\"2026-11-18T10:01:00.000Z\",\"anonymousId\":\"dx\","
        "\"userId\":\"x1\"}",
        "{\"type\":\"page\",\"timestamp\":\"2026-11-18T10:02:00.000Z\",\"anonymousId\":\"dx\"}",
        "{\"type\":\"identify\",\"timestamp\":\"2026-11-18T10:03:00.000Z\",\"anonymousId\":\"dy\","
        "\"traits\":{\"email\":\"x@example.com\"}}",
        "{\"type\":\"identify\",\"timestamp\":\"2026-11-18T10:04:00.000Z\",\"userId\":\"x1\","
        "\"traits\":{\"email\":\"x@example.com\"}}",
        "{\"type\":\"identify\",\"timestamp\":\"2026-11-18T10:05:00.000Z\",\"anonymousId\":\"dz\","
        "\"traits\":{\"email\":\"z@example.com\"}}",
        "{\"type\":\"identify\",\"timestamp\":\"2026-11-18T10:06:00.000Z\",\"userId\":\"z1\","
        "\"traits\":{\"email\":\"z@example.com\"}}",
        "{\"type\":\"page\",\"timestamp\":\"2026-11-18T10:07:00.000Z\",\"userId\":\"z1\"}",
    };
    struct live_whose whose[TM_COUNT(said)], later;
    int64_t seqs[TM_COUNT(said)];

    for (size_t i = 0; i < TM_COUNT(said); i++) {
        TM_CLEANUP(buf_release) struct buf b = BUF_INIT(4 << 10);

        buf_addz(&b, said[i]);
        seqs[i] = bring(&site, &b);
        wait_for_all();
        live_people_whose(people, seqs[i], &whose[i]);
    }
    CHECK(whose[0].state == WHOSE_VISITOR && !whose[0].created);
    CHECK(whose[1].state == WHOSE_PERSON && whose[1].created && !whose[1].page);
    CHECK(whose[2].state == WHOSE_PERSON && !whose[2].created);
    CHECK(whose[2].person == whose[1].person);
    CHECK(whose[3].created && whose[3].person != whose[1].person);
    CHECK(!whose[4].created && whose[4].joined_count == 2);
    CHECK_STR(whose[4].label, "x@example.com");
    live_people_whose(people, seqs[0], &later); /* the device is known by now */
    CHECK(later.state == WHOSE_PERSON && later.person == whose[4].person);
    CHECK(whose[6].learnt && whose[6].person != whose[5].person);
    CHECK_MSG(whose[6].was == whose[5].person && !whose[6].joined_count,
              "who gets another number is told as who they were");
    live_people_whose(people, seqs[7], &later);
    CHECK(!later.was && later.person == whose[6].person);
    live_people_whose(people, seqs[7] + 1, &later);
    CHECK(later.state == WHOSE_SOON);
}

/* Reading and linking a message takes a millisecond at most, of 99 in 100. It is processor time:
 * other processes make it no longer. */
static void soon(void)
{
    enum { MANY = 5000, AT_ONCE = 500 };
    static struct journal_record records[AT_ONCE];
    static char ids[AT_ONCE][16], bodies[AT_ONCE][256];
    struct live_people_state before, now;
    struct err err = ERR_INIT;

    live_people_state(people, &before);
    for (int done = 0; done < MANY; done += AT_ONCE) {
        for (int i = 0; i < AT_ONCE; i++) {
            snprintf(ids[i], sizeof(ids[i]), "s%d", done + i);
            snprintf(bodies[i], sizeof(bodies[i]),
                     "{\"type\":\"%s\",\"event\":\"Product Viewed\",\"timestamp\":"
                     "\"2026-11-18T11:%02d:00.000Z\",\"userId\":\"s%d\",\"anonymousId\":\"s%d\"}",
                     draw(3) ? "track" : "identify", (int)draw(60), (int)draw(MANY),
                     (int)draw(MANY));
            records[i] = (struct journal_record){.source = site.id,
                                                 .received_us = RECEIVED + ++sent,
                                                 .id = str_of(ids[i]),
                                                 .body = str_of(bodies[i])};
        }
        CHECK_OK(journal_append(journal, records, AT_ONCE, &err), err);
        live_people_came(people);
    }
    wait_for_all();
    live_people_state(people, &now);
    CHECK(now.messages >= before.messages + MANY);
    CHECK(now.identifiers > before.identifiers);
    if (now.processor.most_us > 1000)
        CHECK_INT(now.processor.most_us, 1000);
    CHECK(now.processor.most_us > 0 && now.processor.longest_us >= now.processor.half_us);
}

/* Nobody is known of whom nobody may be. */
static void forgotten(void)
{
    const int64_t seq = journal_last(journal);
    struct live_whose whose;
    struct live_people_state now;
    int64_t seqs[2], n = 0;

    live_people_whose(people, seq, &whose);
    CHECK(whose.state == WHOSE_PERSON);
    CHECK_INT(live_people_waiting(people, whose.person, seq - 1, seqs, TM_COUNT(seqs), &n), 1);
    CHECK(n == 1 && seqs[0] == seq);
    CHECK_INT(live_people_waiting(people, whose.person, seq, seqs, TM_COUNT(seqs), &n), 0);
    live_people_forget(people);
    live_people_whose(people, seq, &whose);
    CHECK(whose.state == WHOSE_UNKNOWN && !whose.person && !whose.label[0]);
    CHECK_INT(live_people_waiting(people, whose.person, 0, seqs, TM_COUNT(seqs), &n), 0);
    live_people_state(people, &now);
    CHECK_STR(live_people_ready_names[now.ready], "waiting");
    resolve_all();
    fill(seq);
    wait_for_all();
    live_people_whose(people, seq, &whose);
    CHECK(whose.state == WHOSE_PERSON &&
          whose.page == whose.person); /* the newest are read again */
}

/* A second source that numbers customers: nobody is known until the figures are made anew. */
static void renumbered(void)
{
    struct source_entry second = {.protocol = "woocommerce", .name = "Second"};
    TM_CLEANUP(buf_release) struct buf b = BUF_INIT(4 << 10);
    struct live_people_state now;
    struct err err = ERR_INIT;

    CHECK_OK(store_source_add(store, &second, &err), err);
    buf_addz(&b, "{\"topic\":\"customer.created\",\"payload\":{\"id\":120,\"email\":"
                 "\"w@example.com\",\"date_created_gmt\":\"2026-11-18T10:00:00\","
                 "\"date_modified_gmt\":\"2026-11-18T10:00:00\"}}");
    (void)bring(&second, &b);
    for (int i = 0; i < 400; i++) {
        live_people_state(people, &now);
        if (now.ready != PEOPLE_READY)
            break;
        usleep(5000);
    }
    CHECK_STR(live_people_ready_names[now.ready], "renumbered");
    resolve_all();
    fill(0);
    agree();
}

static bool find_source(void *ctx, int64_t id, struct source_entry *out)
{
    struct err err = ERR_INIT;

    (void)ctx;
    return store_source_get(store, id, out, &err) == ERR_OK;
}

int main(void)
{
    struct source_entry *const sources[] = {&site, &shop};
    struct live_people_ctx ctx = {.source = find_source, .bytes_max = 64 << 20};
    struct err err = ERR_INIT;

    live_begin();
    live_sql("people", "-- columns: id UInt64, person UInt64\nSELECT id, person FROM identity");
    live_sql("hashes",
             "-- columns: text String, a UInt64, b UInt64, c UInt64\n"
             "SELECT substring(repeat(concat('aZ9é-', toString(number)), 80), 1, number) AS text,"
             " cityHash64(text) AS a, cityHash64('device', text) AS b,"
             " cityHash64('customer', 'live:1', text) AS c FROM numbers(300)");
    shop_begin(sources, TM_COUNT(sources));
    ctx.journal = journal;
    CHECK_OK(live_people_new(&ctx, &people, &err), err);
    hashes();
    streams();
    told();
    soon();
    forgotten();
    renumbered();
    live_people_free(people);
    return shop_end();
}

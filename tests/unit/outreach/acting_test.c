/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Live messages through flows. A process that is killed at any point of it, and goes on, leaves the
 * same as one that never was, however late it looks; what a shop tells twice counts once; and what
 * cannot be asked now waits without holding up the rest.
 *
 * With TIDEMARK_TEST_LONG it is killed at each call, else at every third. */
#include "outreach/acting/acting.h"
#include "store/memberships.h"

#include "outreach/reached.h"
#include "tap.h"
#include "temp_dir.h"

#include <signal.h>
#include <sqlite3.h>
#include <sys/wait.h>

#define START (civil_to_utc(&(struct civil){2026, 3, 20, 6, 0, 0, 0}))
#define MINUTE (60 * US_PER_SECOND)
enum { SEGMENT = 1, SHOPIFY = 2, MESSAGES = 200, NEVER = 1 << 20 };

static struct err err = ERR_INIT;

static void must(enum err_code rc)
{
    must_not_fail(rc, &err);
}

/* ---- a world ------------------------------------------------------------------------------ */

/* Whose the messages are is told by the test; kills the process at a call of anything. */
struct world {
    struct live_whose whose[MESSAGES];
    uint64_t became[64]; /* another number of these people since the turn changed; 0: the same */
    uint64_t turn;
    bool waiting, away;       /* nobody is known; nothing can be fetched */
    bool turns;               /* 3 becomes 1 between what is read and what is written down */
    uint64_t fetched, wanted; /* bits of people, below 64 */
    int calls, kill_at;
};

static void call(struct world *w)
{
    if (++w->calls == w->kill_at)
        kill(getpid(), SIGKILL);
}

static bool source(void *ctx, int64_t id, struct source_entry *out)
{
    call(ctx);
    *out = (struct source_entry){.id = id};
    snprintf(out->protocol, sizeof(out->protocol), "%s", id == SEGMENT ? "segment" : "shopify");
    return true;
}

static bool ready(void *ctx)
{
    return !((struct world *)ctx)->waiting;
}

static void whose(void *ctx, int64_t seq, struct live_whose *out)
{
    struct world *w = ctx;

    call(w);
    *out = w->whose[seq % MESSAGES];
    if (w->waiting)
        *out = (struct live_whose){.state = WHOSE_UNKNOWN};
}

static uint64_t person_now(void *ctx, uint64_t number)
{
    struct world *w = ctx;

    return number < 64 && w->became[number] ? w->became[number] : number;
}

static uint64_t turn(void *ctx)
{
    return ((struct world *)ctx)->turn;
}

/* Whom nobody can write to is number 13. */
static bool who(void *ctx, uint64_t person, struct pseudonym *out)
{
    (void)ctx;
    *out = (struct pseudonym){{0}};
    memcpy(out->bytes, &person, sizeof(person));
    return person != 13;
}

static bool has(struct world *w, uint64_t person)
{
    const uint64_t bit = UINT64_C(1) << person % 64;

    call(w);
    w->wanted |= w->fetched & bit ? 0 : bit;
    return w->fetched & bit;
}

static enum err_code lacking(struct err *e)
{
    return err_set(e, ERR_UNAVAILABLE, "not fetched");
}

/* Even people are champions. */
static enum err_code holds(void *ctx, uint64_t person, const char *condition, bool *out,
                           struct err *e)
{
    (void)condition;
    *out = person % 2 == 0;
    return has(ctx, person) ? ERR_OK : lacking(e);
}

/* Every seventh has no address. */
static enum err_code reach(void *ctx, uint64_t person, struct str data, struct outbox_message *io,
                           bool *out_found, struct err *e)
{
    (void)data, (void)e;
    call(ctx);
    *out_found = person % 7 != 0;
    snprintf(io->address, sizeof(io->address), "p%" PRIu64 "@example.com", person);
    memcpy(io->who.bytes, &person, sizeof(person));
    return ERR_OK;
}

static enum err_code zone_of(void *ctx, uint64_t person, char *out, size_t size, struct err *e)
{
    (void)person, (void)e;
    call(ctx);
    snprintf(out, size, "Asia/Bangkok");
    return ERR_OK;
}

static void expect(void *ctx, uint64_t person)
{
    struct world *w = ctx;

    if (!w->turns || person != 3)
        return;
    w->turns = false;
    w->became[3] = 1;
    for (int i = 0; i < MESSAGES; i++)
        if (w->whose[i].person == 3)
            w->whose[i].person = 1;
    w->turn++;
}

static bool lacks(void *ctx)
{
    return ((struct world *)ctx)->wanted != 0;
}

static enum err_code fetch(void *ctx, struct err *e)
{
    struct world *w = ctx;

    call(w);
    if (!w->away)
        w->fetched |= w->wanted;
    w->wanted = 0;
    return w->away ? err_set(e, ERR_UNAVAILABLE, "the engine is away") : ERR_OK;
}

static void done(void *ctx)
{
    struct world *w = ctx;

    call(w);
    w->fetched = 0;
}

/* ---- a shop ------------------------------------------------------------------------------- */

struct desk {
    struct world world;
    struct store *store;
    struct journal *journal;
    struct acting *acting;
    struct acting_done last;
    struct flow_counts counts;
};

static void open_desk(struct desk *d, const char *folder, int kill_at)
{
    static struct settings settings; /* outlives the desk */
    const struct acting_world world = {source, ready, whose, person_now, turn,
                                       who,    holds, reach, zone_of,    NULL,
                                       expect, lacks, fetch, done,       &d->world};

    *d = (struct desk){.world = {.kill_at = kill_at}};
    settings = settings_default();
    snprintf(settings.currency, sizeof(settings.currency), "EUR");
    must(store_open(temp_path(folder), &d->store, &err));
    must(journal_open(temp_path(folder), &d->journal, &err));
    must(acting_open(d->store, d->journal, &settings, &world, &d->acting, &err));
}

static void close_desk(struct desk *d)
{
    acting_close(d->acting);
    journal_close(d->journal);
    store_close(d->store);
}

static void reopen(struct desk *d, const char *folder)
{
    struct world world = d->world;

    close_desk(d);
    open_desk(d, folder, 0);
    d->world = world;
}

/* Kept, and switched on before anything happens. */
static int64_t keep(struct desk *d, const char *text, enum named_state state)
{
    struct named named = {.kind = NAMED_FLOW, .text = str_of(text), .actor = "test"};
    TM_CLEANUP(flow_freep) struct flow *flow = NULL;
    TM_CLEANUP(buf_release) struct buf was = BUF_INIT(FLOW_TEXT_MAX);
    struct named kept = {.id = 0};
    struct err none = ERR_INIT;
    int64_t id = 0;

    must(flow_read(named.text, NULL, NULL, &flow, &err));
    snprintf(named.name, sizeof(named.name), "%s", flow->name);
    if (store_named_find(d->store, NAMED_FLOW, flow->name, &kept, &was, &none) == ERR_OK)
        named.id = kept.id;
    must(store_named_put(d->store, &named, &id, &err));
    must(store_named_switch(d->store, NAMED_FLOW, id, state, "test", &err));
    acting_changed(d->acting);
    return id;
}

/* Flows are switched on by the machine's clock: all that happens in a test happens after. */
static int64_t at_minute(int minutes)
{
    static int64_t base;

    if (!base)
        base = START + (timestamp_now() / US_PER_DAY + 2 - START / US_PER_DAY) * US_PER_DAY;
    return base + minutes * MINUTE;
}

static void append(struct desk *d, int minutes, int64_t from, const char *body)
{
    char id[24];
    struct journal_record r = {
        .source = from, .body = str_of(body), .received_us = at_minute(minutes)};

    snprintf(id, sizeof(id), "m%" PRId64, journal_last(d->journal) + 1);
    r.id = str_of(id);
    must(journal_append(d->journal, &r, 1, &err));
}

static void set_whose(struct desk *d, uint64_t person)
{
    d->world.whose[journal_last(d->journal) % MESSAGES] =
        (struct live_whose){.state = person ? WHOSE_PERSON : WHOSE_NOBODY, .person = person};
}

static void iso(int64_t at_us, char out[40])
{
    struct civil c = civil_from_utc(at_us);

    snprintf(out, 40, "%04d-%02d-%02dT%02d:%02d:%02dZ", c.year, c.month, c.day, c.hour, c.minute,
             c.second);
}

/* A track of that person, who is known. */
static void track(struct desk *d, int minutes, const char *event, uint64_t person,
                  const char *properties)
{
    char body[2000], at[40];

    iso(at_minute(minutes), at);
    snprintf(
        body, sizeof(body),
        "{\"type\": \"track\", \"event\": \"%s\", \"userId\": \"u%" PRIu64
        "\", \"timestamp\": \"%s\", \"context\": {\"locale\": \"ar-EG\", \"traits\": {\"email\":"
        " \"p%" PRIu64 "@example.com\", \"firstName\": \"Ann\"}}, \"properties\": {%s}}",
        event, person, at, person, properties);
    append(d, minutes, SEGMENT, body);
    set_whose(d, person);
}

/* Everything that is to be done by that time. */
static void run_until(struct desk *d, int minutes)
{
    do {
        must(acting_step(d->acting, at_minute(minutes), &d->last, &err));
        d->counts.started += d->last.counts.started;
        d->counts.planned += d->last.counts.planned;
        d->counts.withdrawn += d->last.counts.withdrawn;
        d->counts.ended += d->last.counts.ended;
    } while (d->last.more);
}

static int64_t number(const char *folder, const char *sql)
{
    char path[1100];
    sqlite3 *db = NULL;
    sqlite3_stmt *s = NULL;
    int64_t n = -1;

    snprintf(path, sizeof(path), "%s/outbox.db", temp_path(folder));
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK &&
        sqlite3_prepare_v2(db, sql, -1, &s, NULL) == SQLITE_OK && sqlite3_step(s) == SQLITE_ROW)
        n = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    sqlite3_close(db);
    return n;
}

static void dump(const char *folder, struct buf *out)
{
    static const char *const tables[] = {
        "SELECT * FROM message ORDER BY id",
        "SELECT * FROM tally ORDER BY campaign, state, reason",
        /* Not by what identifier: pseudonyms of two workspaces are two. */
        ("SELECT id, flow, occurrence, person, outcome, held_out, step, wake_us, event, started_us,"
         " changed_us, data FROM run ORDER BY id"),
        "SELECT * FROM run_tally ORDER BY flow, step, outcome, held_out",
        "SELECT id, run, flow, step, person, text, made_us, due_us FROM task ORDER BY id",
        "SELECT * FROM run_cursor",
        "SELECT * FROM happened ORDER BY key",
    };
    char path[1100];
    sqlite3 *db = NULL;

    snprintf(path, sizeof(path), "%s/outbox.db", temp_path(folder));
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
        exit(1);
    for (size_t i = 0; i < TM_COUNT(tables); i++) {
        sqlite3_stmt *s = NULL;

        if (sqlite3_prepare_v2(db, tables[i], -1, &s, NULL) != SQLITE_OK)
            CHECK_MSG(false, "%s: %s", tables[i], sqlite3_errmsg(db));
        while (sqlite3_step(s) == SQLITE_ROW) {
            for (int c = 0; c < sqlite3_column_count(s); c++) {
                const void *bytes = sqlite3_column_blob(s, c);

                buf_addc(out, '|');
                buf_add(out, bytes ? bytes : "", (size_t)sqlite3_column_bytes(s, c));
            }
            buf_addc(out, '\n');
        }
        sqlite3_finalize(s);
    }
    sqlite3_close(db);
}

/* ---- killed anywhere ---------------------------------------------------------------------- */

static const char cart_flow[] = "name: Cart\n"
                                "start: {event: cart_add}\n"
                                "again: 1 day\n"
                                "goal: order_complete\n"
                                "leave: [order_cancelled]\n"
                                "steps:\n"
                                "  - {name: hours, wait: 4 hours}\n"
                                "  - {name: best, if: rfm_group = 'CHAMPIONS', then: ring}\n"
                                "  - {name: one, send: cart-1, channel: email}\n"
                                "  - {name: back, wait_for: checkout_start, at_most: 1 day,"
                                " then: end}\n"
                                "  - {name: two, send: cart-2, channel: email, next: end}\n"
                                "  - {name: ring, ask: Ring, due: 1 day, next: end}\n";
static const char thanks_flow[] = "name: Thanks\n"
                                  "start: {event: order_complete, where: rfm_group = 'CHAMPIONS'}\n"
                                  "again: always\n"
                                  "steps:\n"
                                  "  - {name: thanks, send: thanks-1, channel: email}\n";

/* What is told, in order; an event of "Page": time alone. */
static const struct {
    int minutes;
    const char *event, *properties;
    uint64_t person, joined;
} script[] = {
    {0, "Product Added", "\"product_id\": \"7\", \"name\": \"Shirt\", \"price\": 12.5", 1, 0},
    {1, "Product Added", "", 2, 0},
    {2, "Product Added", "", 3, 0},
    {3, "Product Added", "", 5, 0},
    {3, "Product Added", "", 7, 0},
    {5, "Order Completed", "\"order_id\": \"1001\", \"total\": 20", 3, 0},
    {6, "Order Completed", "\"order_id\": \"#1001\", \"total\": 20", 3, 0},
    {7, "Order Completed", "\"order_id\": \"1002\", \"total\": 20", 4, 0},
    {8, "Order Completed", "\"order_id\": \"1003\", \"total\": 20", 6, 0},
    {9, "Product Added", "", 8, 0},
    {20, "Page Viewed", "", 9, 5},
    {300, "Page Viewed", "", 1, 0},
    {310, "Checkout Started", "", 1, 0},
    {2000, "Page Viewed", "", 1, 0},
    {2001, "Product Added", "", 1, 0},
    {4000, "Page Viewed", "", 1, 0},
};

static void tell_script(struct desk *d, size_t i)
{
    track(d, script[i].minutes, script[i].event, script[i].person, script[i].properties);
}

static void know_script(struct desk *d, size_t i)
{
    struct live_whose *w = &d->world.whose[(i + 1) % MESSAGES];

    *w = (struct live_whose){.state = WHOSE_PERSON, .person = script[i].person};
    if (script[i].joined) {
        w->joined[w->joined_count++] = script[i].joined;
        w->joined[w->joined_count++] = script[i].person;
    }
}

/* From where the journal ends; `late`: looks only when all was told. */
static void play(struct desk *d, bool late)
{
    size_t told = (size_t)journal_last(d->journal);

    for (size_t i = 0; i < TM_COUNT(script); i++)
        know_script(d, i);
    if (told)
        run_until(d, script[late ? TM_COUNT(script) - 1 : told - 1].minutes);
    for (size_t i = told; i < TM_COUNT(script); i++) {
        tell_script(d, i);
        know_script(d, i);
        if (!late)
            run_until(d, script[i].minutes);
    }
    run_until(d, script[TM_COUNT(script) - 1].minutes);
}

static void begin_shop(const char *folder)
{
    struct desk d;

    open_desk(&d, folder, 0);
    keep(&d, cart_flow, NAMED_ON);
    keep(&d, thanks_flow, NAMED_ON);
    close_desk(&d);
}

static int play_in_child(const char *folder, int kill_at, bool late)
{
    pid_t pid;
    int status = 0;

    fflush(stdout);
    pid = fork();
    if (pid == 0) {
        struct desk d;

        open_desk(&d, folder, kill_at);
        play(&d, late);
        close_desk(&d);
        _exit(0);
    }
    waitpid(pid, &status, 0);
    return status;
}

static void killed_anywhere(void)
{
    TM_CLEANUP(buf_release) struct buf want = BUF_INIT(4 << 20);
    struct desk d;
    int other = 0, unkilled = 0, kills = 0, calls;

    begin_shop("whole");
    open_desk(&d, "whole", 0);
    play(&d, false);
    calls = d.world.calls;
    CHECK_INT(d.counts.planned, 6);
    CHECK_INT(number("whole", "SELECT count(*) FROM task"), 2);
    CHECK_INT(number("whole", "SELECT count(*) FROM run WHERE flow = 2"), 2);
    CHECK_INT(number("whole", "SELECT count(*) FROM run WHERE person = 9"), 1);
    CHECK_INT(number("whole", "SELECT count(*) FROM run WHERE outcome = 2"), 1);
    close_desk(&d);
    dump("whole", &want);
    for (int k = 1; k <= calls; k += getenv("TIDEMARK_TEST_LONG") ? 1 : 3) {
        TM_CLEANUP(buf_release) struct buf got = BUF_INIT(4 << 20);
        int status;

        kills++;
        begin_shop("killed");
        status = play_in_child("killed", k, false);
        unkilled += !WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL;
        unkilled += play_in_child("killed", NEVER, false) != 0;
        dump("killed", &got);
        if (!str_eq(buf_str(&want), buf_str(&got)) && !other++)
            printf("# killed at call %d:\n%s\n# want:\n%s\n", k, buf_cstr(&got), buf_cstr(&want));
        folder_remove(temp_path("killed"));
    }
    CHECK_INT(unkilled, 0);
    CHECK_MSG(!other, "of %d kills %d left something else", kills, other);
}

/* Nobody looked for days: times and messages are seen to in the order in which they came. */
static void looks_late(void)
{
    struct desk d, late;

    begin_shop("soon");
    open_desk(&d, "soon", 0);
    play(&d, false);
    begin_shop("late");
    open_desk(&late, "late", 0);
    play(&late, true);
    CHECK_INT(late.counts.planned, d.counts.planned);
    CHECK_INT(late.counts.started, d.counts.started);
    CHECK_INT(late.counts.ended, d.counts.ended);
    CHECK_INT(late.counts.withdrawn, d.counts.withdrawn);
    close_desk(&d);
    close_desk(&late);
}

/* ---- what is told ------------------------------------------------------------------------- */

static void data_of_first(const char *folder, struct buf *out)
{
    char path[1100];
    sqlite3 *db = NULL;
    sqlite3_stmt *s = NULL;

    snprintf(path, sizeof(path), "%s/outbox.db", temp_path(folder));
    sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL);
    sqlite3_prepare_v2(db, "SELECT data FROM message ORDER BY id LIMIT 1", -1, &s, NULL);
    if (sqlite3_step(s) == SQLITE_ROW)
        buf_addz(out, (const char *)sqlite3_column_text(s, 0));
    sqlite3_finalize(s);
    sqlite3_close(db);
}

static void a_message_knows_its_cart(void)
{
    TM_CLEANUP(buf_release) struct buf data = BUF_INIT(1 << 16);
    static const char *const want[] = {
        "\"message\": \"cart-1\"",
        "\"event\": \"cart_add\"",
        "\"email\": \"p1@example.com\"",
        "\"first_name\": \"Ann\"",
        "\"language\": \"ar-EG\"",
        "\"title\": \"Shirt\"",
        "\"price\": 1250",
        "\"quantity\": 2",
        "\"image\": \"https://x.example/s.png\"",
        "\"url\": \"https://x.example/cart\"",
    };
    struct desk d;

    open_desk(&d, "data", 0);
    keep(&d, cart_flow, NAMED_ON);
    track(&d, 0, "Product Added", 1,
          "\"product_id\": 7, \"name\": \"Shirt\", \"price\": \"12.50\", \"quantity\": 2,"
          " \"image_url\": \"https://x.example/s.png\", \"url\": \"javascript:alert(1)\","
          " \"cart_url\": \"https://x.example/cart\"");
    run_until(&d, 0);
    CHECK_INT(d.counts.started, 1);
    CHECK(d.last.until_us == at_minute(240));
    run_until(&d, 241);
    data_of_first("data", &data);
    for (size_t i = 0; i < TM_COUNT(want); i++)
        CHECK_MSG(strstr(buf_cstr(&data), want[i]), "%s in %s", want[i], buf_cstr(&data));
    CHECK(!strstr(buf_cstr(&data), "javascript"));
    close_desk(&d);
}

static void hook_order(struct desk *d, int minutes, const char *topic, uint64_t person,
                       const char *more)
{
    char body[2000], at[40];

    iso(at_minute(minutes), at);
    snprintf(body, sizeof(body),
             "{\"topic\": \"%s\", \"shop\": \"x.myshopify.com\", \"payload\": {\"id\": 5551,"
             " \"name\": \"#1001\", \"email\": \"p%" PRIu64 "@example.com\", \"currency\": \"EUR\","
             " \"total_price\": \"20.00\", \"created_at\": \"%s\", \"updated_at\": \"%s\","
             " \"processed_at\": \"%s\", \"financial_status\": \"paid\"%s}}",
             topic, person, at, at, at, more);
    append(d, minutes, SHOPIFY, body);
    set_whose(d, person);
}

#define FLOW_ON(name, event)                                                                       \
    "name: " name "\nstart: {event: " event "}\nagain: always\nsteps:\n"                           \
    "  - {name: a, send: m, channel: email}\n"

/* The browser tells an order, and then the shop does, more than once. */
static void told_twice_counts_once(void)
{
    struct desk d;

    open_desk(&d, "twice", 0);
    keep(&d, FLOW_ON("Bought", "order_complete"), NAMED_ON);
    keep(&d, FLOW_ON("Paid", "order_paid"), NAMED_ON);
    keep(&d, FLOW_ON("Sent", "order_shipped"), NAMED_ON);
    track(&d, 0, "Order Completed", 2, "\"order_id\": \"1001\", \"total\": 20");
    hook_order(&d, 1, "orders/create", 2, "");
    hook_order(&d, 2, "orders/updated", 2, "");
    hook_order(&d, 3, "orders/fulfilled", 2,
               ", \"fulfillment_status\": \"fulfilled\", \"fulfillments\": [{\"created_at\":"
               " \"2099-01-01T00:00:00Z\"}]");
    run_until(&d, 5);
    CHECK_INT(number("twice", "SELECT count(*) FROM run WHERE flow = 1"), 1);
    CHECK_INT(number("twice", "SELECT count(*) FROM run WHERE flow = 2"), 1);
    CHECK_INT(number("twice", "SELECT count(*) FROM run WHERE flow = 3"), 1);
    close_desk(&d);
}

static void history_starts_nobody(void)
{
    struct desk d;
    char body[600], at[40];

    open_desk(&d, "history", 0);
    keep(&d, FLOW_ON("Bought", "order_complete"), NAMED_ON);
    iso(at_minute(-3 * 1440), at);
    snprintf(body, sizeof(body),
             "{\"type\": \"track\", \"event\": \"Order Completed\", \"userId\": \"u1\","
             " \"timestamp\": \"%s\", \"properties\": {\"order_id\": \"9\", \"total\": 3}}",
             at);
    append(&d, 0, SEGMENT, body);
    set_whose(&d, 1);
    run_until(&d, 1);
    CHECK_INT(d.counts.started, 0);
    CHECK_INT(acting_behind(d.acting), 0);
    close_desk(&d);
}

/* ---- whose it is -------------------------------------------------------------------------- */

static void waits_for_whose_it_is(void)
{
    struct desk d;
    struct live_whose *w;

    open_desk(&d, "soon2", 0);
    keep(&d, cart_flow, NAMED_ON);
    track(&d, 0, "Product Added", 1, "");
    w = &d.world.whose[1];
    w->state = WHOSE_SOON;
    run_until(&d, 0);
    CHECK(d.last.soon);
    CHECK_INT(d.counts.started, 0);
    w->state = WHOSE_VISITOR;
    run_until(&d, 0);
    CHECK(!d.last.soon);
    CHECK_INT(d.counts.started, 0);
    track(&d, 1, "Product Added", 2, "");
    d.world.waiting = true;
    run_until(&d, 1);
    CHECK_INT(d.counts.started, 0);
    d.world.waiting = false;
    run_until(&d, 1);
    CHECK_INT(d.counts.started, 1);
    close_desk(&d);
}

static void times_wait_for_what_came_before(void)
{
    struct desk d;

    open_desk(&d, "before", 0);
    keep(&d, cart_flow, NAMED_ON);
    track(&d, 0, "Product Added", 1, "");
    run_until(&d, 0);
    track(&d, 100, "Order Completed", 1, "\"order_id\": \"1\"");
    d.world.whose[2].state = WHOSE_SOON;
    run_until(&d, 300);
    CHECK_INT(d.counts.planned, 0);
    d.world.whose[2].state = WHOSE_PERSON;
    run_until(&d, 300);
    CHECK_INT(d.counts.planned, 0);
    CHECK_INT(d.counts.ended, 1);
    close_desk(&d);
}

static void people_become_one(void)
{
    struct desk d;

    open_desk(&d, "one", 0);
    keep(&d, cart_flow, NAMED_ON);
    track(&d, 0, "Product Added", 1, "");
    track(&d, 1, "Product Added", 3, "");
    run_until(&d, 1);
    CHECK_INT(d.counts.started, 2);
    d.world.became[3] = 1; /* as new figures tell */
    d.world.turn++;
    run_until(&d, 2);
    CHECK_INT(number("one", "SELECT count(*) FROM run WHERE person = 1"), 2);
    CHECK_INT(number("one", "SELECT count(*) FROM run WHERE person = 1 AND outcome = 0"), 1);
    d.world.became[1] = 5;
    reopen(&d, "one"); /* another process asks once, too */
    run_until(&d, 3);
    CHECK_INT(number("one", "SELECT count(*) FROM run WHERE person = 5 AND outcome = 0"), 1);
    close_desk(&d);
}

/* What was read of who is who before it changed is not written down after. */
static void people_become_one_in_the_midst(void)
{
    struct desk d;

    open_desk(&d, "midst", 0);
    keep(&d, cart_flow, NAMED_ON);
    track(&d, 0, "Product Added", 1, "");
    run_until(&d, 0);
    track(&d, 1, "Product Added", 3, "");
    d.world.turns = true;
    run_until(&d, 1);
    CHECK(!d.world.turns);
    CHECK_INT(number("midst", "SELECT count(*) FROM run WHERE person = 3"), 0);
    CHECK_INT(number("midst", "SELECT count(*) FROM run WHERE person = 1"), 1);
    CHECK_INT(acting_behind(d.acting), 0);
    close_desk(&d);
}

/* ---- switches ----------------------------------------------------------------------------- */

static void switched(void)
{
    struct desk d;
    int64_t id;

    open_desk(&d, "switch", 0);
    keep(&d, FLOW_ON("Other", "sign_up"), NAMED_OFF);
    track(&d, 0, "Product Added", 1, "");
    run_until(&d, 0);
    CHECK_INT(access(temp_path("switch/outbox.db"), F_OK), -1); /* nothing is made for nobody */
    id = keep(&d, cart_flow, NAMED_ON);
    track(&d, 1, "Product Added", 3, "");
    run_until(&d, 1);
    CHECK_INT(d.counts.started, 1);
    keep(&d, cart_flow, NAMED_OFF);
    track(&d, 2, "Product Added", 5, "");
    run_until(&d, 2);
    CHECK_INT(d.counts.started, 1);
    run_until(&d, 300); /* who is on the way goes on */
    CHECK_INT(d.counts.planned, 1);
    keep(&d, cart_flow, NAMED_ENDED);
    run_until(&d, 301);
    CHECK_INT(number("switch", "SELECT count(*) FROM run WHERE outcome = 5"), 1);
    CHECK_INT(number("switch", "SELECT count(*) FROM message WHERE state = 6"), 1);
    CHECK_INT(number("switch", "SELECT state FROM campaign"), CAMPAIGN_ENDED);
    keep(&d, cart_flow, NAMED_ON);
    run_until(&d, 302);
    CHECK_INT(number("switch", "SELECT state FROM campaign"), CAMPAIGN_RUNNING);
    track(&d, 303, "Product Added", 9, "");
    run_until(&d, 303);
    must(store_named_remove(d.store, NAMED_FLOW, id, &err));
    acting_changed(d.acting);
    run_until(&d, 304);
    CHECK_INT(number("switch", "SELECT count(*) FROM run WHERE outcome = 0"), 0);
    close_desk(&d);
}

static void a_changed_text_counts_at_once(void)
{
    struct desk d;

    open_desk(&d, "text", 0);
    keep(&d, FLOW_ON("One", "cart_add"), NAMED_ON);
    keep(&d, FLOW_ON("One", "sign_up"), NAMED_ON);
    track(&d, 0, "Product Added", 1, "");
    track(&d, 1, "Signed Up", 2, "");
    run_until(&d, 1);
    CHECK_INT(d.counts.started, 1);
    CHECK_INT(number("text", "SELECT person FROM run"), 2);
    close_desk(&d);
}

/* ---- segments ----------------------------------------------------------------------------- */

static void note(struct desk *d, int minutes, int64_t segment, uint64_t person, bool in)
{
    TM_CLEANUP(outbox_closep) struct outbox *o = NULL;
    bool changed = false;

    must(outbox_open(d->store, &o, &err));
    must(outbox_begin(o, &err));
    must(outbox_end(o, membership_note(o, segment, person, in, at_minute(minutes), &changed, &err),
                    &err));
    CHECK(changed);
}

static void who_comes_into_a_segment_starts(void)
{
    struct named named = {.kind = NAMED_SEGMENT,
                          .name = "At risk",
                          .text = STR_LIT("number_of_orders > 0"),
                          .actor = "test"};
    TM_CLEANUP(outbox_closep) struct outbox *o = NULL;
    struct desk d;
    int64_t segment = 0;

    open_desk(&d, "segment", 0);
    must(store_named_put(d.store, &named, &segment, &err));
    keep(&d,
         "name: Back\nstart: {enters: at RISK}\nagain: always\nsteps:\n"
         "  - {name: a, send: m, channel: email}\n",
         NAMED_ON);
    keep(&d,
         "name: Gone\nstart: {leaves: At risk}\nsteps:\n"
         "  - {name: a, send: m, channel: email}\n",
         NAMED_ON);
    run_until(&d, 0);
    must(outbox_open(d.store, &o, &err));
    must(outbox_begin(o, &err));
    must(outbox_end(o, membership_fill(o, segment, "m", &err), &err));
    must(outbox_begin(o, &err));
    must(outbox_end(o, membership_filled(o, segment, 0, at_minute(0), &err), &err));
    note(&d, 1, segment, 1, true);
    note(&d, 1, segment, 13, true);
    note(&d, 2, segment, 1, false);
    run_until(&d, 3);
    CHECK_INT(d.counts.started, 2);
    CHECK_INT(number("segment", "SELECT count(*) FROM run WHERE flow = 2"), 1);
    CHECK_INT(number("segment", "SELECT count(*) FROM run WHERE flow = 3"), 1);
    CHECK_INT(number("segment", "SELECT count(*) FROM run WHERE person = 13"), 0);
    note(&d, 4, segment, 1, true);
    reopen(&d, "segment"); /* each change is told once, whoever reads it */
    run_until(&d, 5);
    reopen(&d, "segment");
    run_until(&d, 6);
    CHECK_INT(number("segment", "SELECT count(*) FROM run WHERE flow = 2"), 2);
    close_desk(&d);
}

/* ---- what cannot be asked ----------------------------------------------------------------- */

static void the_engine_is_away(void)
{
    struct desk d;

    open_desk(&d, "away", 0);
    keep(&d, cart_flow, NAMED_ON);
    keep(&d,
         "name: Plain\nstart: {event: sign_up}\nsteps:\n  - {name: w, wait: 4 hours}\n"
         "  - {name: a, send: m, channel: email}\n",
         NAMED_ON);
    track(&d, 0, "Product Added", 1, "");
    track(&d, 1, "Signed Up", 3, "");
    run_until(&d, 1);
    d.world.away = true;
    run_until(&d, 300);
    CHECK_INT(d.counts.planned, 1); /* the plain flow asks nothing */
    CHECK(d.last.until_us > at_minute(300) && d.last.until_us <= at_minute(301));
    keep(&d, thanks_flow, NAMED_ON);
    track(&d, 301, "Order Completed", 4, "\"order_id\": \"1\"");
    run_until(&d, 301);
    CHECK_INT(d.last.held.code, ERR_UNAVAILABLE);
    CHECK_INT(acting_behind(d.acting), 1);
    d.world.away = false;
    run_until(&d, 302);
    CHECK_INT(acting_behind(d.acting), 0);
    CHECK_INT(d.counts.planned, 3);
    close_desk(&d);
}

int main(void)
{
    temp_dir_make();
    killed_anywhere();
    looks_late();
    a_message_knows_its_cart();
    told_twice_counts_once();
    history_starts_nobody();
    waits_for_whose_it_is();
    times_wait_for_what_came_before();
    people_become_one();
    people_become_one_in_the_midst();
    switched();
    a_changed_text_counts_at_once();
    who_comes_into_a_segment_starts();
    the_engine_is_away();
    return tap_done();
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* People through flows. A process that is killed before or after any of its commits, and goes on,
 * leaves the same as one that never was; timers wake everybody once, however often the process
 * ends; and what a person gets follows from the text.
 *
 * With TIDEMARK_TEST_LONG a million timers, fifty restarts. */
#include "outreach/flow/drive.h"

#include "base/json_read.h"
#include "outreach/reached.h"
#include "tap.h"
#include "temp_dir.h"

#include <signal.h>
#include <sqlite3.h>
#include <sys/wait.h>

#define START (civil_to_utc(&(struct civil){2026, 3, 20, 6, 0, 0, 0}))
#define MINUTE (60 * US_PER_SECOND)

static struct err err = ERR_INIT;

/* ---- a world ------------------------------------------------------------------------------ */

/* Even people are champions; every seventh has no address, every fifth no phone. */
static enum err_code holds(void *ctx, uint64_t person, const char *condition, bool *out,
                           struct err *e)
{
    (void)ctx;
    if (strstr(condition, "BROKEN"))
        return err_set(e, ERR_INVALID, "the segment is broken");
    *out = strstr(condition, "PROMISING") || person % 2 == 0;
    return ERR_OK;
}

static enum err_code reach(void *ctx, uint64_t person, struct str data, struct outbox_message *io,
                           bool *out_found, struct err *e)
{
    const bool mail = strcmp(io->channel, "email") == 0;

    (void)ctx, (void)data, (void)e;
    *out_found = person % 7 != 0 && (mail || person % 5 != 0);
    if (!*out_found)
        return ERR_OK;
    if (mail)
        snprintf(io->address, sizeof(io->address), "p%" PRIu64 "@example.com", person);
    else
        snprintf(io->address, sizeof(io->address), "+66%" PRIu64, person);
    snprintf(io->zone, sizeof(io->zone), "Asia/Bangkok");
    memcpy(io->who.bytes, &person, sizeof(person));
    return ERR_OK;
}

static enum err_code zone_of(void *ctx, uint64_t person, char *out, size_t size, struct err *e)
{
    (void)ctx, (void)e;
    snprintf(out, size, "%s", person % 3 ? "Asia/Bangkok" : "");
    return ERR_OK;
}

struct desk {
    struct store *store;
    struct flow_driver d;
    struct flow_live live[2];
    struct flow_counts counts;
};

static struct flow *flow_from(const char *text)
{
    struct flow *flow = NULL;

    CHECK_OK(flow_read(str_of(text), NULL, NULL, &flow, &err), err);
    if (!flow)
        exit(1);
    return flow;
}

static void open_desk(struct desk *desk, const char *folder, const struct flow *flow)
{
    struct outbox *o = NULL;

    *desk = (struct desk){.live = {{.id = 7, .flow = flow}}};
    desk->d = (struct flow_driver){.flows = desk->live,
                                   .count = 1,
                                   .quiet = quiet_new(),
                                   .holds = holds,
                                   .reach = reach,
                                   .zone_of = zone_of};
    if (store_open(temp_path(folder), &desk->store, &err) != ERR_OK ||
        outbox_open(desk->store, &o, &err) != ERR_OK ||
        zone_open("Europe/Berlin", &desk->d.zone, &err) != ERR_OK) {
        fprintf(stderr, "%s\n", err.msg);
        exit(1);
    }
    desk->d.outbox = o;
}

static void close_desk(struct desk *desk)
{
    outbox_close(desk->d.outbox);
    zone_close(desk->d.zone);
    quiet_free(desk->d.quiet);
    store_close(desk->store);
}

static void must(enum err_code rc)
{
    must_not_fail(rc, &err);
}

static void happens(struct desk *desk, int64_t now_us, const char *event, uint64_t person,
                    int64_t key)
{
    const struct flow_happening h = cart_event(event, person, key);

    must(flow_happened(&desk->d, now_us, &h, &desk->counts, &err));
}

/* ---- everything of an outbox, as text ----------------------------------------------------- */

static void add_rows(sqlite3 *db, const char *sql, struct buf *out)
{
    sqlite3_stmt *s = NULL;

    if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK)
        CHECK_MSG(false, "%s: %s", sql, sqlite3_errmsg(db));
    while (sqlite3_step(s) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(s); i++) {
            const void *bytes = sqlite3_column_blob(s, i);

            buf_addc(out, '|');
            buf_add(out, bytes ? bytes : "", (size_t)sqlite3_column_bytes(s, i));
        }
        buf_addc(out, '\n');
    }
    sqlite3_finalize(s);
}

static void dump(const char *folder, struct buf *out)
{
    static const char *const tables[] = {
        "SELECT * FROM message ORDER BY id",
        "SELECT * FROM tally ORDER BY campaign, state, reason",
        "SELECT * FROM run ORDER BY id",
        "SELECT * FROM run_tally ORDER BY flow, step, outcome, held_out",
        "SELECT * FROM task ORDER BY id",
        "SELECT * FROM run_cursor",
    };
    char path[1100];
    sqlite3 *db = NULL;

    snprintf(path, sizeof(path), "%s/outbox.db", temp_path(folder));
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
        CHECK_MSG(false, "%s: %s", path, sqlite3_errmsg(db));
    for (size_t i = 0; i < TM_COUNT(tables); i++)
        add_rows(db, tables[i], out);
    sqlite3_close(db);
}

/* ---- killed at each commit ---------------------------------------------------------------- */

static const char all_kinds[] =
    "name: All\n"
    "start: {event: cart_add, where: rfm_group = 'PROMISING'}\n"
    "again: 1 day\n"
    "holdout: 20\n"
    "goal: order_complete\n"
    "leave: [sign_up]\n"
    "steps:\n"
    "  - {name: hour, wait: 1 hour}\n"
    "  - {name: first, send: cart-1, channel: email}\n"
    "  - {name: back, wait_for: checkout_start, at_most: 1 day, then: which}\n"
    "  - {name: morning, until: \"09:00\"}\n"
    "  - {name: vip, if: rfm_group = 'CHAMPIONS', then: call, else: which}\n"
    "  - {name: call, ask: Ring, due: 1 day}\n"
    "  - {name: which, split: [{share: 50, then: a}, {share: 50, then: b}]}\n"
    "  - {name: a, send: cart-a, channel: email, next: last}\n"
    "  - {name: b, send: cart-b, channel: email}\n"
    "  - {name: last, wait: 12 hours}\n"
    "  - {name: bye, send: bye, channel: email}\n";

/* What happens, in order; an event of NULL: time alone. */
static const struct {
    int minutes;
    const char *event;
    uint64_t person;
} script[] = {
    {0, "cart_add", 1},          {1, "cart_add", 2},
    {2, "cart_add", 3},          {3, "cart_add", 4},
    {4, "cart_add", 5},          {5, "cart_add", 6},
    {6, "cart_add", 7},          {7, "cart_add", 8},
    {30, "sign_up", 4},          {70, NULL, 0},
    {80, "checkout_start", 1},   {90, "cart_add", 1},
    {100, "order_complete", 3},  {1600, NULL, 0},
    {2000, "checkout_start", 2}, {3000, NULL, 0},
    {3001, "cart_add", 4},       {9000, NULL, 0},
};

enum { BATCH = 3, NEVER = 1 << 20 };

/* Kills itself around the commit with that number, from 1; after it unless `before`. */
struct killing {
    int at;
    bool before;
    int commits;
};

static void commit(struct desk *desk, struct killing *k)
{
    k->commits++;
    if (k->commits == k->at && k->before)
        kill(getpid(), SIGKILL);
    must(outbox_end(desk->d.outbox, ERR_OK, &err));
    if (k->commits == k->at)
        kill(getpid(), SIGKILL);
}

static void wake_all(struct desk *desk, int64_t now_us, struct killing *k)
{
    size_t n = BATCH;

    while (n == BATCH) {
        must(outbox_begin(desk->d.outbox, &err));
        must(flow_wake(&desk->d, now_us, BATCH, &n, &desk->counts, &err));
        commit(desk, k);
    }
}

/* From where the cursor says. Whoever is due wakes before what happens next. */
static void play(struct desk *desk, struct killing *k)
{
    int64_t next = 0;

    must(outbox_begin(desk->d.outbox, &err));
    must(run_cursor(desk->d.outbox, "script", &next, &err));
    must(outbox_end(desk->d.outbox, ERR_OK, &err));
    for (size_t i = (size_t)next; i < TM_COUNT(script); i++) {
        int64_t now_us = START + script[i].minutes * MINUTE;

        wake_all(desk, now_us, k);
        must(outbox_begin(desk->d.outbox, &err));
        if (script[i].event)
            happens(desk, now_us, script[i].event, script[i].person, (int64_t)i + 1);
        must(run_cursor_set(desk->d.outbox, "script", (int64_t)i + 1, &err));
        commit(desk, k);
    }
}

static int play_in_child(const char *folder, const struct flow *flow, struct killing k)
{
    pid_t pid;
    int status = 0;

    fflush(stdout);
    pid = fork();
    if (pid == 0) {
        struct desk desk;

        open_desk(&desk, folder, flow);
        play(&desk, &k);
        close_desk(&desk);
        _exit(0);
    }
    waitpid(pid, &status, 0);
    return status;
}

static int commits_of(const struct flow *flow)
{
    struct killing k = {.at = NEVER};
    struct desk desk;

    open_desk(&desk, "whole", flow);
    play(&desk, &k);
    CHECK_MSG(desk.counts.planned >= 10 && desk.counts.asked >= 1 && desk.counts.held_out >= 1 &&
                  desk.counts.unreached >= 1 && desk.counts.withdrawn >= 1,
              "all that can happen does: %" PRId64 " planned, %" PRId64 " asked, %" PRId64
              " held out, %" PRId64 " unreached, %" PRId64 " withdrawn",
              desk.counts.planned, desk.counts.asked, desk.counts.held_out, desk.counts.unreached,
              desk.counts.withdrawn);
    close_desk(&desk);
    return k.commits;
}

static void killed_anywhere(void)
{
    TM_CLEANUP(flow_freep) struct flow *flow = flow_from(all_kinds);
    TM_CLEANUP(buf_release) struct buf want = BUF_INIT(4 << 20);
    int commits = commits_of(flow), other = 0, unkilled = 0;

    dump("whole", &want);
    for (int k = 1; k <= 2 * commits; k++) {
        TM_CLEANUP(buf_release) struct buf got = BUF_INIT(4 << 20);
        struct killing killing = {.at = (k + 1) / 2, .before = k % 2};
        int status = play_in_child("killed", flow, killing);

        unkilled += !WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL;
        unkilled += play_in_child("killed", flow, (struct killing){.at = NEVER}) != 0;
        dump("killed", &got);
        other += !str_eq(buf_str(&want), buf_str(&got));
        folder_remove(temp_path("killed"));
    }
    CHECK_INT(unkilled, 0);
    CHECK_MSG(other == 0 && commits > 30,
              "killed before and after each of %d commits: %d times another end", commits, other);
}

/* ---- what a person gets ------------------------------------------------------------------- */

static int64_t counted(struct desk *desk, enum run_outcome outcome)
{
    struct run_count counts[64];
    int64_t sum = 0;
    size_t n;

    must(run_counts(desk->d.outbox, 7, counts, TM_COUNT(counts), &n, &err));
    for (size_t i = 0; i < n; i++)
        if (!counts[i].step && counts[i].outcome == outcome)
            sum += counts[i].n;
    return sum;
}

static void wake_until(struct desk *desk, int64_t now_us)
{
    struct killing k = {.at = NEVER};

    wake_all(desk, now_us, &k);
}

static void one_event(struct desk *desk, int64_t now_us, const char *event, uint64_t person,
                      int64_t key)
{
    must(outbox_begin(desk->d.outbox, &err));
    happens(desk, now_us, event, person, key);
    must(outbox_end(desk->d.outbox, ERR_OK, &err));
}

static void one_way(void)
{
    TM_CLEANUP(flow_freep)
    struct flow *flow =
        flow_from("name: x\nstart: {event: cart_add}\ngoal: order_complete\nagain: 2 days\nsteps:\n"
                  "  - {name: day, until: \"09:00\"}\n"
                  "  - {name: s, send: m, channel: email}\n"
                  "  - {name: w, wait: 1 day}\n"
                  "  - {name: t, send: n, channel: email}\n");
    struct run run;
    struct desk desk;
    size_t n;

    open_desk(&desk, "one", flow);
    one_event(&desk, START, "cart_add", 1, 1);
    one_event(&desk, START, "cart_add", 1, 1);
    one_event(&desk, START, "cart_add", 1, 2);
    CHECK_MSG(desk.counts.started == 1, "who is on the way does not start again");
    must(runs_of(desk.d.outbox, 1, &run, 1, &n, &err));
    CHECK_MSG(n == 1 && run.wake_us == START + 20 * US_PER_HOUR,
              "nine o'clock in Bangkok, by the person's own zone");
    wake_until(&desk, run.wake_us - 1);
    CHECK_INT(desk.counts.planned, 0);
    wake_until(&desk, run.wake_us);
    CHECK_INT(desk.counts.planned, 1);
    one_event(&desk, START + 21 * US_PER_HOUR, "order_complete", 1, 3);
    CHECK_MSG(desk.counts.withdrawn == 1, "what was not sent when the goal was reached never is");
    CHECK(counted(&desk, RUN_GOAL) == 1 && counted(&desk, RUN_GOING) == 0);
    one_event(&desk, START + 30 * US_PER_HOUR, "cart_add", 1, 4);
    CHECK_MSG(desk.counts.started == 1, "not again within two days");
    one_event(&desk, START + 2 * US_PER_DAY, "cart_add", 1, 5);
    CHECK_INT(desk.counts.started, 2);
    close_desk(&desk);
}

/* What starts a flow may be its goal: the next one is. */
static void second_order(void)
{
    TM_CLEANUP(flow_freep)
    struct flow *flow =
        flow_from("name: x\nstart: {event: order_complete}\ngoal: order_complete\nsteps:\n"
                  "  - {name: w, wait: 6 weeks}\n  - {name: s, send: m, channel: email}\n");
    struct desk desk;

    open_desk(&desk, "second", flow);
    one_event(&desk, START, "order_complete", 1, 1);
    one_event(&desk, START, "order_complete", 2, 2);
    CHECK(counted(&desk, RUN_GOAL) == 0 && counted(&desk, RUN_GOING) == 2);
    one_event(&desk, START + US_PER_DAY, "order_complete", 1, 3);
    CHECK(counted(&desk, RUN_GOAL) == 1 && desk.counts.started == 2);
    wake_until(&desk, START + 42 * US_PER_DAY);
    CHECK_MSG(desk.counts.planned == 1, "who ordered once is written to");
    close_desk(&desk);
}

static void changed_text(void)
{
    TM_CLEANUP(flow_freep)
    struct flow *before =
        flow_from("name: x\nstart: {event: cart_add}\nsteps:\n"
                  "  - {name: w, wait: 1 day}\n  - {name: s, send: m, channel: email}\n");
    TM_CLEANUP(flow_freep)
    struct flow *after =
        flow_from("name: x\nstart: {event: cart_add}\nsteps:\n"
                  "  - {name: v, wait: 1 day}\n  - {name: s, send: m, channel: email}\n");
    TM_CLEANUP(flow_freep)
    struct flow *broken =
        flow_from("name: x\nstart: {event: cart_add}\nwhile: customer_language = 'BROKEN'\nsteps:\n"
                  "  - {name: v, wait: 1 day}\n  - {name: s, send: m, channel: email}\n");
    struct desk desk;

    open_desk(&desk, "changed", before);
    one_event(&desk, START, "cart_add", 1, 1);
    desk.live[0].flow = after;
    one_event(&desk, START, "cart_add", 2, 2);
    wake_until(&desk, START + US_PER_DAY);
    CHECK_MSG(counted(&desk, RUN_CHANGED) == 1 && counted(&desk, RUN_DONE) == 1,
              "who stood at a step that is gone leaves, others go on");
    desk.live[0].flow = broken;
    one_event(&desk, START + US_PER_DAY, "cart_add", 3, 3);
    CHECK_MSG(counted(&desk, RUN_CHANGED) == 2, "a broken segment stops nobody else");
    close_desk(&desk);
}

/* Held-out people are as many as the text says, go the same way and get nothing. */
static void held_out(void)
{
    TM_CLEANUP(flow_freep)
    struct flow *flow =
        flow_from("name: x\nstart: {event: cart_add}\nholdout: 25\nsteps:\n"
                  "  - {name: p, split: [{share: 10, then: s}, {share: 90, then: t}]}\n"
                  "  - {name: s, send: m, channel: email, next: end}\n"
                  "  - {name: t, send: m, channel: sms}\n");
    enum { PEOPLE = 8000 };
    struct run_count counts[16];
    int64_t ten = 0, all = 0;
    struct desk desk;
    size_t n;

    open_desk(&desk, "held", flow);
    must(outbox_begin(desk.d.outbox, &err));
    for (uint64_t p = 1; p <= PEOPLE; p++)
        happens(&desk, START, "cart_add", p, 1);
    must(outbox_end(desk.d.outbox, ERR_OK, &err));
    CHECK_MSG(llabs(desk.counts.held_out - PEOPLE / 4) < 160, "%" PRId64 " of %d are held out",
              desk.counts.held_out, PEOPLE); /* four standard deviations are 155 */
    CHECK_INT(desk.counts.planned + desk.counts.unreached + desk.counts.held_out, PEOPLE);
    must(run_counts(desk.d.outbox, 7, counts, TM_COUNT(counts), &n, &err));
    for (size_t i = 0; i < n; i++) {
        all += counts[i].step == flow->steps[0].id ? counts[i].n : 0;
        ten += counts[i].step == flow->steps[1].id ? counts[i].n : 0;
    }
    CHECK_INT(all, PEOPLE);
    CHECK_MSG(llabs(ten - PEOPLE / 10) < 110, "%" PRId64 " of %d draw the tenth", ten, PEOPLE);
    close_desk(&desk);
}

/* ---- channels, and other systems ------------------------------------------------------------ */

struct sent {
    struct outbox_message m;
    struct buf data;
};

static void planned_one(struct desk *desk, int64_t id, struct sent *out)
{
    bool found = false;

    *out = (struct sent){.data = BUF_INIT(OUTBOX_DATA_MAX)};
    must(outbox_begin(desk->d.outbox, &err));
    must(outbox_find(desk->d.outbox, id, &out->m, &out->data, &found, &err));
    must(outbox_end(desk->d.outbox, ERR_OK, &err));
    CHECK_MSG(found, "message %" PRId64 " is planned", id);
}

/* Members of the data, as text. */
static void data_is(const struct sent *sent, const char *event, const char *cart)
{
    struct json_parser *parser = json_parser_new(OUTBOX_DATA_MAX);
    struct json_value root = {NULL, 0};

    CHECK_OK(json_parse(parser, buf_str(&sent->data), &root, &err), err);
    CHECK(str_eqz(json_text(json_get(root, "event"), STR_NONE), event));
    CHECK(str_eqz(json_text(json_get(root, "flow"), STR_NONE), "A \"B\""));
    CHECK(str_eqz(json_text(json_get(root, "step"), STR_NONE), "t"));
    CHECK(str_eqz(json_text(json_get(root, "person"), STR_NONE), "18446744073709551608"));
    CHECK_INT(json_integer(json_get(root, "cart"), -1), strtoll(cart, NULL, 10));
    json_parser_free(parser);
}

static void told_with(struct desk *desk, enum flow_start_kind kind, const char *name, int64_t key,
                      const char *data)
{
    const uint64_t person = UINT64_MAX - 7; /* more than a double holds */
    struct flow_happening h = {
        .kind = kind, .name = name, .person = person, .key = key, .data = str_of(data)};

    memcpy(h.who.bytes, &person, sizeof(person));
    must(outbox_begin(desk->d.outbox, &err));
    must(flow_happened(&desk->d, START, &h, &desk->counts, &err));
    must(outbox_end(desk->d.outbox, ERR_OK, &err));
}

/* By the first that reaches, once. */
static void several_channels(void)
{
    TM_CLEANUP(flow_freep)
    struct flow *flow = flow_from("name: x\nstart: {event: cart_add}\nsteps:\n"
                                  "  - {name: s, send: m, channels: [sms, email]}\n");
    struct sent phone, mail;
    struct desk desk;

    open_desk(&desk, "channels", flow);
    one_event(&desk, START, "cart_add", 1, 1);
    one_event(&desk, START, "cart_add", 5, 2);
    one_event(&desk, START, "cart_add", 7, 3);
    CHECK_MSG(desk.counts.planned == 2 && desk.counts.unreached == 1,
              "one message a person; whom no channel reaches is counted once");
    planned_one(&desk, 1, &phone);
    planned_one(&desk, 2, &mail);
    CHECK_STR(phone.m.channel, "sms");
    CHECK_STR(phone.m.address, "+661");
    CHECK_STR(mail.m.channel, "email");
    CHECK_STR(mail.m.address, "p5@example.com");
    CHECK(strstr(buf_cstr(&phone.data), "\"message\": \"m\""));
    buf_release(&phone.data);
    buf_release(&mail.data);
    close_desk(&desk);
}

/* Nobody waits for a service that the shop does not have. */
static void by_what_the_shop_has(void)
{
    TM_CLEANUP(flow_freep)
    struct flow *flow = flow_from("name: x\nstart: {event: cart_add}\nsteps:\n"
                                  "  - {name: s, send: m, channels: [sms, email]}\n");
    const struct sending mail_alone = {.smtp = {.host = "mail.shop.example"}};
    struct sent mail;
    struct desk desk;

    open_desk(&desk, "ways", flow);
    desk.d.sending = &mail_alone;
    one_event(&desk, START, "cart_add", 1, 1); /* has a phone, too */
    CHECK_INT(desk.counts.planned, 1);
    planned_one(&desk, 1, &mail);
    CHECK_STR(mail.m.channel, "email");
    buf_release(&mail.data);
    close_desk(&desk);
}

static void told_to_systems(void)
{
    TM_CLEANUP(flow_freep)
    struct flow *on_event =
        flow_from("name: 'A \"B\"'\nstart: {event: cart_add}\nagain: always\nsteps:\n"
                  "  - {name: t, webhook: https://crm.example/in}\n");
    TM_CLEANUP(flow_freep)
    struct flow *on_enters = flow_from("name: 'A \"B\"'\nstart: {enters: VIP}\nsteps:\n"
                                       "  - {name: t, webhook: https://crm.example/in}\n");
    struct sent sent[3];
    struct desk desk;

    open_desk(&desk, "systems", on_event);
    told_with(&desk, FLOW_ON_EVENT, "cart_add", 1, "{\"event\": \"cart_add\", \"cart\": 3}");
    told_with(&desk, FLOW_ON_EVENT, "cart_add", 2, "");
    desk.live[0].flow = on_enters;
    desk.live[0].id = 8;
    told_with(&desk, FLOW_ON_ENTERS, "VIP", 3, "");
    CHECK(desk.counts.planned == 3 && desk.counts.unreached == 0);
    for (int i = 0; i < 3; i++)
        planned_one(&desk, i + 1, &sent[i]);
    CHECK_STR(sent[0].m.channel, OUTBOX_SYSTEM);
    CHECK_STR(sent[0].m.address, "https://crm.example/in");
    CHECK(sent[0].m.transactional && sent[0].m.not_after_us == START + 4 * US_PER_DAY);
    CHECK_MSG(sent[0].m.who.bytes[0] == 0xf8, "whom it is about is kept with it");
    data_is(&sent[0], "cart_add", "3");
    data_is(&sent[1], "cart_add", "-1");
    data_is(&sent[2], "segment_entered", "-1");
    for (int i = 0; i < 3; i++)
        buf_release(&sent[i].data);
    close_desk(&desk);
}

/* ---- merging and erasing ------------------------------------------------------------------ */

static void joined_and_erased(void)
{
    TM_CLEANUP(flow_freep)
    struct flow *flow =
        flow_from("name: x\nstart: {event: cart_add}\nsteps:\n"
                  "  - {name: c, ask: Ring, due: 1 day}\n"
                  "  - {name: w, wait: 1 day}\n  - {name: s, send: m, channel: email}\n");
    struct pseudonym who = {{0}};
    int64_t n_messages = 0;
    struct desk desk;

    open_desk(&desk, "joined", flow);
    one_event(&desk, START, "cart_add", 1, 1);
    one_event(&desk, START + MINUTE, "cart_add", 2, 2);
    must(outbox_begin(desk.d.outbox, &err));
    must(runs_merge(desk.d.outbox, 2, 1, START + 2 * MINUTE, &err));
    must(outbox_end(desk.d.outbox, ERR_OK, &err));
    CHECK(counted(&desk, RUN_GOING) == 1 && counted(&desk, RUN_LEFT) == 1);
    wake_until(&desk, START + US_PER_DAY);
    CHECK_MSG(desk.counts.planned == 1, "two who turned out to be one get one message");
    one_event(&desk, START, "cart_add", 5, 3);
    who.bytes[0] = 5;
    must(outbox_begin(desk.d.outbox, &err));
    must(outbox_forget(desk.d.outbox, &who, 1, START, &n_messages, &err));
    must(outbox_end(desk.d.outbox, ERR_OK, &err));
    CHECK_MSG(counted(&desk, RUN_GOING) == 0 && counted(&desk, RUN_STOPPED) == 1,
              "who is erased is on no way");
    wake_until(&desk, START + 3 * US_PER_DAY);
    CHECK_INT(desk.counts.planned, 1);
    close_desk(&desk);
}

/* ---- what the team is asked, and a flow that is ended ------------------------------------- */

static enum err_code take_task(void *ctx, const struct task *task, struct err *e)
{
    struct buf *told = ctx;

    (void)e;
    buf_addf(told, "%" PRId64 " %.*s for %" PRIu64 " by %" PRId64 " %.*s%.*s;", task->id,
             (int)task->text.n, task->text.p, task->person, (task->due_us - START) / US_PER_HOUR,
             (int)task->assignee.n, task->assignee.p, (int)task->done_by.n, task->done_by.p);
    return ERR_OK;
}

static void tasks_are(struct desk *desk, bool open_only, const char *want)
{
    TM_CLEANUP(buf_release) struct buf told = BUF_INIT(4096);

    must(tasks_each(desk->d.outbox, open_only, take_task, &told, &err));
    CHECK_STR(buf_cstr(&told), want);
}

static void asked_and_ended(void)
{
    TM_CLEANUP(flow_freep)
    struct flow *flow =
        flow_from("name: x\nstart: {event: cart_add}\nsteps:\n"
                  "  - {name: c, ask: Ring, assignee: Mona, due: 2 days}\n"
                  "  - {name: d, ask: Write, due: 1 day}\n"
                  "  - {name: s, send: m, channel: email}\n"
                  "  - {name: w, wait: 1 day}\n  - {name: t, send: n, channel: email}\n");
    struct desk desk;
    size_t n = 0;

    open_desk(&desk, "asked", flow);
    one_event(&desk, START, "cart_add", 1, 1);
    tasks_are(&desk, true, "2 Write for 1 by 24 ;1 Ring for 1 by 48 Mona;");
    must(task_done(desk.d.outbox, 2, "Ben", START + US_PER_HOUR, &err));
    must(task_done(desk.d.outbox, 2, "Cyd", START + 2 * US_PER_HOUR, &err));
    tasks_are(&desk, true, "1 Ring for 1 by 48 Mona;");
    tasks_are(&desk, false, "1 Ring for 1 by 48 Mona;2 Write for 1 by 24 Ben;");
    CHECK_INT(task_done(desk.d.outbox, 9, "Ben", START, &err), ERR_NOT_FOUND);
    one_event(&desk, START, "cart_add", 2, 2);
    must(outbox_begin(desk.d.outbox, &err));
    must(flow_stop(&desk.d, 7, START + US_PER_HOUR, 100, &n, &desk.counts, &err));
    must(outbox_end(desk.d.outbox, ERR_OK, &err));
    CHECK_MSG(n == 2 && desk.counts.withdrawn == 2 && counted(&desk, RUN_STOPPED) == 2,
              "a flow that is ended lets nobody go on, and takes back what was not sent");
    wake_until(&desk, START + 3 * US_PER_DAY);
    CHECK_INT(desk.counts.planned, 2);
    close_desk(&desk);
}

/* ---- timers ------------------------------------------------------------------------------- */

static void timers(uint64_t people, int restarts)
{
    TM_CLEANUP(flow_freep)
    struct flow *flow =
        flow_from("name: x\nstart: {event: cart_add}\nsteps:\n"
                  "  - {name: w, wait: 1 hour}\n  - {name: s, send: m, channel: email}\n");
    int64_t woken = 0, planned = 0, unreached = 0, early = 0;
    struct desk desk;

    open_desk(&desk, "timers", flow);
    for (uint64_t p = 1; p <= people;) {
        must(outbox_begin(desk.d.outbox, &err));
        for (int i = 0; i < 1000 && p <= people; i++, p++)
            happens(&desk, START + (int64_t)(p % 3600) * US_PER_SECOND, "cart_add", p, 1);
        must(outbox_end(desk.d.outbox, ERR_OK, &err));
    }
    for (int r = 1; r <= restarts; r++) {
        int64_t now_us = START + US_PER_HOUR + r * US_PER_HOUR / restarts;
        size_t n = 200;

        close_desk(&desk);
        open_desk(&desk, "timers", flow);
        while (n == 200) {
            must(outbox_begin(desk.d.outbox, &err));
            must(flow_wake(&desk.d, now_us, 200, &n, &desk.counts, &err));
            must(outbox_end(desk.d.outbox, ERR_OK, &err));
        }
        early += desk.counts.moved > (int64_t)(people / (uint64_t)restarts) + 1000;
        woken += desk.counts.moved;
        planned += desk.counts.planned;
        unreached += desk.counts.unreached;
    }
    CHECK_MSG(woken == (int64_t)people && planned + unreached == woken && early == 0,
              "%" PRIu64 " timers, %d restarts: %" PRId64 " woken, %" PRId64 " planned", people,
              restarts, woken, planned);
    CHECK_INT(counted(&desk, RUN_DONE), (int64_t)people);
    close_desk(&desk);
}

int main(void)
{
    bool all = getenv("TIDEMARK_TEST_LONG") != NULL;

    if (access("/dev/shm", W_OK) == 0) /* thousands of commits */
        setenv("TMPDIR", "/dev/shm", 0);
    temp_dir_make();
    one_way();
    second_order();
    changed_text();
    held_out();
    several_channels();
    by_what_the_shop_has();
    told_to_systems();
    joined_and_erased();
    asked_and_ended();
    killed_anywhere();
    timers(all ? 1000000 : 3000, all ? 50 : 5);
    return tap_done();
}

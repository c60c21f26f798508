/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The people of a campaign into the outbox: each once, whatever dies, pauses or runs beside it.
 *
 * With TIDEMARK_TEST_LONG 200,000 people, and how long others wait for the file. */
#include "outreach/campaign/plan.h"

#include "outreach/campaign/schedule.h"
#include "tap.h"
#include "temp_dir.h"

#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <sys/wait.h>

#define LAUNCHED (civil_to_utc(&(struct civil){2026, 11, 20, 8, 0, 0, 0}))
#define MINUTE (60 * US_PER_SECOND)

static struct err err = ERR_INIT;

/* ---- a world ------------------------------------------------------------------------------ */

struct world {
    size_t people;
    size_t asked;       /* batches so far */
    size_t stop_at;     /* the process ends after so many; 0: never */
    int64_t ordered_us; /* when every third ordered */
};

static enum err_code crowd(void *ctx, const struct campaign *campaign, struct crowd *out,
                           struct err *e)
{
    const struct world *w = ctx;

    (void)campaign, (void)e;
    *out = (struct crowd){.people = xcalloc(w->people + 1, sizeof(uint64_t)), .n = w->people};
    for (size_t i = 0; i < w->people; i++)
        out->people[i] = (i + 1) * UINT64_C(1000003);
    return ERR_OK;
}

static uint64_t place_of(uint64_t person)
{
    return person / UINT64_C(1000003);
}

/* Every tenth has no e-mail address, every twentieth nothing. */
static enum err_code reach(void *ctx, struct outbox_message *io, bool *out_found, size_t n,
                           struct err *e)
{
    struct world *w = ctx;
    static const char *const zones[] = {"Asia/Bangkok", "Europe/Berlin", ""};

    (void)e;
    w->asked++;
    for (size_t i = 0; i < n; i++) {
        uint64_t at = place_of(io[i].person);

        out_found[i] = strcmp(io[i].channel, "email") == 0 ? at % 10 != 0 : at % 20 != 0;
        if (!out_found[i])
            continue;
        snprintf(io[i].address, sizeof(io[i].address), "p%" PRIu64 "@example.com", at);
        snprintf(io[i].zone, sizeof(io[i].zone), "%s", zones[at % 3]);
        memcpy(io[i].who.bytes, &at, sizeof(at));
    }
    return ERR_OK;
}

static enum err_code ordered(void *ctx, const uint64_t *people, size_t n, int64_t *out_us,
                             struct err *e)
{
    const struct world *w = ctx;

    (void)e;
    for (size_t i = 0; i < n; i++)
        out_us[i] = place_of(people[i]) % 3 == 0 ? w->ordered_us : TIME_NONE;
    return ERR_OK;
}

static int commits, kill_at;
static bool kill_before;

static bool stops(void *ctx)
{
    const struct world *w = ctx;

    if (kill_at > 0 && !kill_before && commits >= kill_at)
        kill(getpid(), SIGKILL);
    return w->stop_at && w->asked >= w->stop_at;
}

/* Of another desk in the same folder; NULL. */
static struct store *shared;

struct desk {
    struct world w;
    struct campaign_world calls;
    struct store *store;
    struct campaign_planner p;
    struct campaign *campaign;
    struct campaign_live live;
    struct campaign_planned got;
};

static void open_desk(struct desk *d, const char *folder, const char *text, size_t people)
{
    *d = (struct desk){.w = {.people = people}};
    d->calls = (struct campaign_world){
        .crowd = crowd, .reach = reach, .ordered = ordered, .stops = stops, .ctx = &d->w};
    d->p.world = &d->calls;
    d->p.quiet = quiet_new();
    if (campaign_read(str_of(text), NULL, NULL, &d->campaign, &err) != ERR_OK ||
        (!shared && store_open(temp_path(folder), &d->store, &err) != ERR_OK) ||
        outbox_open(shared ? shared : d->store, &d->p.outbox, &err) != ERR_OK ||
        zone_open("Europe/Berlin", &d->p.zone, &err) != ERR_OK) {
        CHECK_MSG(false, "the desk opens: %s", err.msg);
        exit(1);
    }
    d->live = (struct campaign_live){
        .id = 5, .campaign = d->campaign, .launched_us = LAUNCHED, .expected = (int64_t)people};
}

static void close_desk(struct desk *d)
{
    campaign_free(d->campaign);
    quiet_free(d->p.quiet);
    zone_close(d->p.zone);
    outbox_close(d->p.outbox);
    store_close(d->store);
}

static void plan_at(struct desk *d, int64_t now_us)
{
    CHECK_OK(campaign_plan(&d->p, &d->live, now_us, &d->got, &err), err);
}

/* A number out of the outbox. */
static int64_t ask(const char *folder, const char *sql)
{
    char path[1100];
    sqlite3 *db = NULL;
    sqlite3_stmt *s = NULL;
    int64_t n = -1;

    snprintf(path, sizeof(path), "%s/outbox.db", temp_path(folder));
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK || sqlite3_step(s) != SQLITE_ROW)
        CHECK_MSG(false, "%s: %s", sql, sqlite3_errmsg(db));
    else
        n = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    sqlite3_close(db);
    return n;
}

/* All that was planned, as one text. */
static void dump(const char *folder, struct buf *out)
{
    char path[1100];
    sqlite3 *db = NULL;
    sqlite3_stmt *s = NULL;

    snprintf(path, sizeof(path), "%s/outbox.db", temp_path(folder));
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(db,
                           "SELECT step, person, variant, next_us, not_after_us, data FROM message"
                           " UNION ALL SELECT send, people, planned, unreached, held_out, stage"
                           " FROM piece ORDER BY 1, 2",
                           -1, &s, NULL) != SQLITE_OK)
        CHECK_MSG(false, "%s", sqlite3_errmsg(db));
    while (s && sqlite3_step(s) == SQLITE_ROW) {
        for (int i = 0; i < 6; i++)
            buf_addf(out, "%s ", (const char *)sqlite3_column_text(s, i));
        buf_addc(out, '\n');
    }
    sqlite3_finalize(s);
    sqlite3_close(db);
}

#define ONE                                                                                        \
    "name: c\nto: {include: Buyers}\nholdout: 10\n"                                                \
    "sends:\n  - {name: s, message: m, channel: [email, sms], when: at once}\n"

/* ---- each once ---------------------------------------------------------------------------- */

static void each_once(void)
{
    struct desk d;
    int64_t out = 0, out_reached = 0;

    open_desk(&d, "once", ONE, 2000);
    for (uint64_t i = 1; i <= 2000; i++) {
        bool held_out = schedule_held_out(d.campaign, 5, i * UINT64_C(1000003));

        out += held_out;
        out_reached += held_out && i % 20 != 0;
    }
    plan_at(&d, LAUNCHED);
    CHECK_INT(d.got.too_many, -1);
    CHECK(!d.got.finished);
    CHECK(out > 140 && out < 260);
    CHECK_INT(ask("once", "SELECT held_out FROM piece"), out);
    CHECK_INT(ask("once", "SELECT people FROM piece"), 2000);
    /* Those whom a message would have reached, as those who get one. */
    CHECK_INT(ask("once", "SELECT count(*) FROM piece_held"), out_reached);
    CHECK_INT(ask("once", "SELECT count(*) FROM piece_held h JOIN message m"
                          " ON m.person = h.person"),
              0);
    CHECK_INT(ask("once", "SELECT planned + unreached + held_out FROM piece"), 2000);
    CHECK_INT(ask("once", "SELECT count(*) FROM message"),
              ask("once", "SELECT planned FROM piece"));
    CHECK(ask("once", "SELECT count(*) FROM message WHERE channel = 'sms'") > 60);
    CHECK_INT(ask("once", "SELECT min(next_us) FROM message"), LAUNCHED + MINUTE);
    CHECK_INT(ask("once", "SELECT max(not_after_us - next_us) FROM message"), US_PER_DAY);
    CHECK_INT(ask("once", "SELECT count(*) FROM message WHERE data LIKE '%\"m\"%'"),
              ask("once", "SELECT count(*) FROM message"));
    plan_at(&d, LAUNCHED + US_PER_HOUR);
    CHECK_INT(d.got.planned, 0);
    close_desk(&d);
}

/* ---- killed ------------------------------------------------------------------------------- */

static int before_commit(void *ctx)
{
    (void)ctx;
    if (++commits == kill_at && kill_before)
        kill(getpid(), SIGKILL);
    return 0;
}

/* Of every connection that is opened from now on. */
static int hook(sqlite3 *db, char **problem, const struct sqlite3_api_routines *api)
{
    (void)problem, (void)api;
    sqlite3_commit_hook(db, before_commit, NULL);
    return SQLITE_OK;
}

#define TRIED                                                                                      \
    "name: c\nto: {include: Buyers}\nholdout: 10\nthrottle: 3600\nsends:\n"                        \
    "  - name: s\n    channel: email\n    when: at once\n"                                         \
    "    variants: [{name: A, message: a, share: 50}, {name: B, message: b, share: 50}]\n"         \
    "    winner: {test: 20, after: 1 hour, by: clicks}\n"

/* From launch to the end of planning; returns commits, or -1 when it was killed. */
static int play(const char *folder, int at, bool before)
{
    int status = 0, fds[2];
    pid_t pid;

    if (pipe(fds) != 0 || (pid = fork()) < 0)
        return CHECK(false), 0;
    if (pid == 0) {
        struct desk d;

        kill_at = -1;
        kill_before = before;
        commits = 0;
        sqlite3_auto_extension((void (*)(void))hook);
        open_desk(&d, folder, TRIED, 600);
        int opened = commits; /* those of opening do not count */

        if (at)
            kill_at = opened + at;
        for (int64_t now = LAUNCHED; now < LAUNCHED + 3 * US_PER_HOUR; now += US_PER_HOUR)
            if (campaign_plan(&d.p, &d.live, now, &d.got, &err) != ERR_OK)
                _exit(1);
        commits -= opened;
        _exit(write(fds[1], &commits, sizeof(commits)) == sizeof(commits) ? 0 : 1);
    }
    close(fds[1]);
    if (read(fds[0], &commits, sizeof(commits)) != sizeof(commits))
        commits = -1;
    close(fds[0]);
    waitpid(pid, &status, 0);
    return WIFSIGNALED(status) ? -1 : WEXITSTATUS(status) == 0 ? commits : 0;
}

/* never_10: a campaign that goes on begins again at its first people (listmonk #2070, #2313); some
 * got three copies, the last third none. */
static void never_10(void)
{
    TM_CLEANUP(buf_release) struct buf want = BUF_INIT(8 << 20);
    int n = play("whole", 0, false), other = 0, alive = 0;

    CHECK_MSG(n > 8, "%d commits", n);
    dump("whole", &want);
    for (int k = 1; k <= n; k++) {
        for (int before = 0; before < 2; before++) {
            TM_CLEANUP(buf_release) struct buf got = BUF_INIT(8 << 20);

            alive += play("killed", k, before) != -1;
            alive += play("killed", 0, false) < 0;
            dump("killed", &got);
            /* When it was decided may differ, whom it reached may not. */
            other += got.n != want.n || memcmp(got.p, want.p, got.n) != 0;
            folder_remove(temp_path("killed"));
        }
    }
    CHECK_MSG(alive <= 1, "%d ended as if not killed: after the last commit", alive);
    CHECK_MSG(other == 0, "killed before and after each of %d commits: %d differ", n, other);
}

/* ---- paused, stopped, beside another ------------------------------------------------------ */

static void set_state(struct desk *d, enum campaign_state state)
{
    CHECK_OK(outbox_begin(d->p.outbox, &err), err);
    CHECK_OK(
        outbox_end(d->p.outbox, outbox_campaign_set(d->p.outbox, 5, state, "a test", &err), &err),
        err);
}

/* never_11: "finished" although people were not written to (listmonk #2278, #1931): by a pause, a
 * restart, a batch that reached nobody. */
static void never_11(void)
{
    struct desk d;

    open_desk(&d, "never11", ONE, 1000);
    d.w.stop_at = 2; /* the process ends in the middle */
    plan_at(&d, LAUNCHED);
    CHECK(!d.got.finished && ask("never11", "SELECT people FROM piece") < 1000);
    d.w.stop_at = 0;
    set_state(&d, CAMPAIGN_PAUSED);
    plan_at(&d, LAUNCHED);
    CHECK(!d.got.finished && d.got.planned == 0);
    set_state(&d, CAMPAIGN_RUNNING);
    plan_at(&d, LAUNCHED);
    CHECK_INT(ask("never11", "SELECT planned + unreached + held_out FROM piece"), 1000);
    CHECK(!d.got.finished); /* they are planned, and nothing was sent */
    CHECK_OK(outbox_begin(d.p.outbox, &err), err);
    for (int64_t id = ask("never11", "SELECT max(id) FROM message"); id > 0; id--) {
        const struct outbox_change c = {
            .id = id, .from = OUTBOX_PLANNED, .to = OUTBOX_SKIPPED, .now_us = LAUNCHED};
        bool done;

        if (outbox_change(d.p.outbox, &c, &done, NULL, &err) != ERR_OK)
            CHECK(false);
    }
    CHECK_OK(outbox_end(d.p.outbox, ERR_OK, &err), err);
    plan_at(&d, LAUNCHED);
    CHECK(d.got.finished);
    close_desk(&d);
}

/* never_12: after a pause the old worker ends its successor, and nothing goes on (listmonk #2610).
 * Here two plan at once, each is paused in the middle, and either may finish. */
static void never_12(void)
{
    struct desk a, b;

    open_desk(&a, "never12", ONE, 1500);
    shared = a.store;
    open_desk(&b, "never12", ONE, 1500);
    shared = NULL;
    a.w.stop_at = 2;
    plan_at(&a, LAUNCHED);
    set_state(&b, CAMPAIGN_PAUSED);
    plan_at(&b, LAUNCHED);
    set_state(&a, CAMPAIGN_RUNNING);
    b.w.stop_at = b.w.asked + 2;
    plan_at(&b, LAUNCHED);
    a.w.stop_at = 0;
    plan_at(&a, LAUNCHED);
    b.w.stop_at = 0;
    plan_at(&b, LAUNCHED);
    CHECK_INT(ask("never12", "SELECT planned + unreached + held_out FROM piece"), 1500);
    CHECK_INT(ask("never12", "SELECT count(*) FROM message"),
              ask("never12", "SELECT planned FROM piece"));
    close_desk(&b);
    close_desk(&a);
}

static void cancelled(void)
{
    struct desk d;

    open_desk(&d, "cancelled", ONE, 1000);
    d.w.stop_at = 1;
    plan_at(&d, LAUNCHED);
    d.w.stop_at = 0;
    set_state(&d, CAMPAIGN_ENDED);
    plan_at(&d, LAUNCHED);
    CHECK_INT(ask("cancelled", "SELECT people FROM piece"), CAMPAIGN_BATCH);
    close_desk(&d);
}

/* never_21 for campaigns: what turns out to be more people than were seen waits for a word. */
static void too_many(void)
{
    struct desk d;

    open_desk(&d, "many", ONE, 1201);
    d.live.expected = 1000;
    plan_at(&d, LAUNCHED);
    CHECK_INT(d.got.too_many, 1201);
    CHECK_INT(ask("many", "SELECT count(*) FROM message"), 0);
    d.w.people = 1200;
    plan_at(&d, LAUNCHED);
    CHECK_INT(d.got.too_many, -1);
    CHECK_INT(ask("many", "SELECT people FROM piece"), 1200);
    close_desk(&d);
}

/* ---- times -------------------------------------------------------------------------------- */

static void throttled(void)
{
    struct desk d;

    open_desk(&d, "slow",
              "name: c\nto: {include: B}\nthrottle: 600\nsends:\n"
              "  - {name: s, message: m, channel: email, when: 2026-11-21 09:00, zone: person}\n",
              3000);
    plan_at(&d, LAUNCHED - US_PER_HOUR);
    CHECK_INT(ask("slow", "SELECT count(*) FROM piece"), 0); /* not yet */
    plan_at(&d, LAUNCHED + US_PER_DAY / 2);
    CHECK_INT(ask("slow", "SELECT count(*) FROM message"), 2700);
    CHECK_INT(ask("slow", "SELECT max(n) FROM (SELECT count(*) AS n FROM message GROUP BY"
                          " next_us / 6000000)"),
              1); /* 3600 s by 600: one in each six seconds */
    CHECK_INT(ask("slow", "SELECT count(*) FROM message WHERE zone = 'Asia/Bangkok' AND next_us <"
                          " 1795226400000000"),
              0); /* 2:00 UTC is 9:00 there */
    CHECK_INT(ask("slow", "SELECT min(next_us) FROM message WHERE zone = 'Asia/Bangkok'"),
              INT64_C(1795226400000000));
    CHECK_INT(ask("slow", "SELECT min(next_us) FROM message WHERE zone <> 'Asia/Bangkok'"),
              INT64_C(1795248000000000)); /* 8:00 UTC is 9:00 in Berlin, and by the shop's clock */
    CHECK_INT(ask("slow", "SELECT max(not_after_us - next_us) FROM message"), US_PER_HOUR);
    close_desk(&d);
}

/* Nobody looked for two hours: what may be an hour late is too late, and is told as that. */
static void late(void)
{
    struct desk d;

    open_desk(&d, "late",
              "name: c\nto: {include: B}\nsends:\n"
              "  - {name: s, message: m, channel: email, when: 2026-11-20 10:00}\n",
              100);
    plan_at(&d, LAUNCHED + 3 * US_PER_HOUR);
    CHECK_INT(ask("late", "SELECT count(*) FROM message WHERE not_after_us < next_us"), 90);
    close_desk(&d);
}

static void slots(void)
{
    struct slots s, again;
    char text[SLOTS_TEXT_BYTES];
    int64_t at = 1000 * US_PER_HOUR;

    CHECK_OK(slots_read(&s, 3600, "", &err), err);
    CHECK_INT(slots_take(&s, at), at);
    CHECK_INT(slots_take(&s, at), at + US_PER_SECOND);
    CHECK_INT(slots_take(&s, at + 3 * US_PER_SECOND), at + 3 * US_PER_SECOND);
    CHECK_INT(s.n, 2);
    slots_write(&s, text);
    CHECK_OK(slots_read(&again, 3600, text, &err), err);
    CHECK_INT(slots_take(&again, at), at + 2 * US_PER_SECOND);
    CHECK_INT(again.n, 1);
    CHECK_INT(slots_take(&again, at), at + 4 * US_PER_SECOND);
    CHECK_INT(slots_take(&again, at - US_PER_SECOND), at - US_PER_SECOND);
    CHECK_INT(again.n, 1);
    CHECK(slots_read(&again, 3600, "12-", &err) == ERR_STORE);
    CHECK(slots_read(&again, 3600, "9-7", &err) == ERR_STORE);
}

/* ---- variants and what comes after -------------------------------------------------------- */

static void send_all(struct desk *d, const char *folder, int64_t now_us)
{
    int64_t most = ask(folder, "SELECT max(id) FROM message");

    CHECK_OK(outbox_begin(d->p.outbox, &err), err);
    for (int64_t id = 1; id <= most; id++) {
        struct outbox_message m;
        bool found, done;

        if (outbox_find(d->p.outbox, id, &m, NULL, &found, &err) != ERR_OK || !found ||
            m.state != OUTBOX_PLANNED || m.next_us > now_us)
            continue;
        struct outbox_change c = {.id = id,
                                  .from = OUTBOX_PLANNED,
                                  .to = OUTBOX_CLAIMED,
                                  .now_us = m.next_us,
                                  .lease_us = now_us + US_PER_DAY};

        if (outbox_change(d->p.outbox, &c, &done, &c.claim, &err) != ERR_OK)
            CHECK(false);
        c.from = OUTBOX_CLAIMED;
        c.to = OUTBOX_HANDED_OVER;
        if (outbox_change(d->p.outbox, &c, &done, NULL, &err) != ERR_OK)
            CHECK(false);
        c.from = OUTBOX_HANDED_OVER;
        c.to = OUTBOX_ACCEPTED;
        if (outbox_change(d->p.outbox, &c, &done, NULL, &err) != ERR_OK)
            CHECK(false);
    }
    CHECK_OK(outbox_end(d->p.outbox, ERR_OK, &err), err);
}

/* On the first messages of a variant. */
static void click(struct desk *d, const char *folder, int variant, int64_t n, bool machine)
{
    CHECK_OK(outbox_begin(d->p.outbox, &err), err);
    for (int64_t i = 0; i < n; i++) {
        struct response r = {.campaign = 5, .kind = RESPONSE_CLICK, .machine = machine};
        char sql[200];

        snprintf(sql, sizeof(sql),
                 "SELECT id FROM message WHERE variant = %d ORDER BY id LIMIT 1 OFFSET %d", variant,
                 (int)i);
        r.message = ask(folder, sql);
        r.at_us = LAUNCHED + US_PER_HOUR;
        if (r.message < 0 || outbox_respond(d->p.outbox, &r, &err) != ERR_OK)
            CHECK_MSG(false, "a click: %s", err.msg);
    }
    CHECK_OK(outbox_end(d->p.outbox, ERR_OK, &err), err);
}

#define FAR "253402300799000000"

static void winner(const char *folder, int64_t clicks_a, int64_t clicks_b, int want)
{
    struct desk d;
    int64_t all, tried;

    open_desk(&d, folder, TRIED, 2000);
    plan_at(&d, LAUNCHED);
    all = ask(folder, "SELECT count(*) FROM message");
    tried = ask(folder, "SELECT count(*) FROM message WHERE variant >= 0");
    CHECK_MSG(tried > all / 8 && tried < all / 3, "%" PRId64 " of %" PRId64, tried, all);
    CHECK_INT(ask(folder, "SELECT count(*) FROM message WHERE variant = -1 AND next_us = " FAR),
              all - tried);
    send_all(&d, folder, LAUNCHED + US_PER_HOUR);
    plan_at(&d, LAUNCHED + US_PER_HOUR - MINUTE);
    CHECK_INT(ask(folder, "SELECT winner FROM piece"), -1);
    click(&d, folder, 0, clicks_a, false);
    click(&d, folder, 1, clicks_b, false);
    click(&d, folder, 0, 100, true); /* scanners: promise B-15 */
    plan_at(&d, LAUNCHED + US_PER_HOUR + 2 * MINUTE);
    CHECK_INT(ask(folder, "SELECT winner FROM piece"), want);
    CHECK_INT(ask(folder, "SELECT count(*) FROM message WHERE variant < 0"), 0);
    CHECK_INT(ask(folder, "SELECT count(*) FROM message WHERE variant = 1 AND data NOT LIKE"
                          " '%\"b\"%'"),
              0);
    if (want == 1)
        CHECK_INT(ask(folder, "SELECT count(*) FROM message WHERE state = 0 AND variant = 0"), 0);
    else
        CHECK(ask(folder, "SELECT count(*) FROM message WHERE state = 0 AND variant = 0") > 500);
    CHECK_INT(ask(folder, "SELECT max(n) FROM (SELECT count(*) AS n FROM message GROUP BY"
                          " next_us / 1000000)"),
              1);
    close_desk(&d);
}

static void best(void)
{
    CHECK_INT(schedule_best((int64_t[]){100, 100}, (int64_t[]){5, 6}, 2), 1);
    CHECK_INT(schedule_best((int64_t[]){100, 50}, (int64_t[]){5, 5}, 2), 1);
    CHECK_INT(schedule_best((int64_t[]){100, 100}, (int64_t[]){5, 5}, 2), -1);
    CHECK_INT(schedule_best((int64_t[]){100, 100, 100}, (int64_t[]){5, 5, 9}, 3), 2);
    CHECK_INT(schedule_best((int64_t[]){100, 100, 100}, (int64_t[]){9, 5, 9}, 3), -1);
    CHECK_INT(schedule_best((int64_t[]){100, 100}, (int64_t[]){0, 0}, 2), -1);
    CHECK_INT(schedule_best((int64_t[]){0, 0}, (int64_t[]){0, 0}, 2), -1);
}

static void reminder(void)
{
    struct desk d;
    int64_t first, second;

    open_desk(&d, "after",
              "name: c\nto: {include: B}\nthrottle: 600\nsends:\n"
              "  - {name: s, message: m, channel: email, when: at once}\n"
              "  - {name: t, message: n, channel: email, after: 2 days, only: not ordered}\n",
              1000);
    plan_at(&d, LAUNCHED);
    first = d.campaign->sends[0].id;
    CHECK_INT(ask("after", "SELECT count(*) FROM message"), 900);
    d.w.ordered_us = LAUNCHED + US_PER_DAY;
    for (int64_t now = LAUNCHED; now < LAUNCHED + 3 * US_PER_DAY; now += 15 * MINUTE) {
        send_all(&d, "after", now);
        plan_at(&d, now);
    }
    second = ask("after", "SELECT count(*) FROM message WHERE data LIKE '%\"n\"%'");
    CHECK_MSG(second == 600, "%" PRId64 " of 900 did not order", second);
    CHECK_INT(ask("after", "SELECT count(*) FROM message a JOIN message b ON a.person = b.person"
                           " AND a.step <> b.step AND a.data LIKE '%\"n\"%'"
                           " AND a.next_us < b.next_us + 172800000000"),
              0);
    CHECK_INT(ask("after", "SELECT count(*) FROM message WHERE not_after_us < next_us"), 0);
    (void)first;
    CHECK(d.got.finished);
    close_desk(&d);
}

/* ---- many --------------------------------------------------------------------------------- */

struct waiter {
    struct store *store;
    atomic_bool over;
    int64_t worst_us;
    int64_t times;
};

/* Somebody else who writes to the outbox all the time. */
static void *wait_often(void *arg)
{
    struct waiter *w = arg;
    struct outbox *o = NULL;
    struct err e = ERR_INIT;

    if (outbox_open(w->store, &o, &e) != ERR_OK)
        return NULL;
    while (!atomic_load(&w->over)) {
        int64_t from = timestamp_now(), took;

        if (outbox_begin(o, &e) == ERR_OK && outbox_end(o, ERR_OK, &e) == ERR_OK)
            w->times++;
        took = timestamp_now() - from;
        if (took > w->worst_us)
            w->worst_us = took;
        usleep(1000);
    }
    outbox_close(o);
    return NULL;
}

static void many(size_t people)
{
    struct desk d;
    struct waiter w = {.worst_us = 0};
    pthread_t thread;
    int64_t from;

    open_desk(&d, "crowd", ONE, people);
    w.store = d.store;
    if (pthread_create(&thread, NULL, wait_often, &w) != 0)
        exit(1);
    from = timestamp_now();
    plan_at(&d, LAUNCHED);
    from = timestamp_now() - from;
    atomic_store(&w.over, true);
    pthread_join(thread, NULL);
    CHECK_INT(ask("crowd", "SELECT planned + unreached + held_out FROM piece"), people);
    CHECK_MSG(w.times > 3 && w.worst_us < 10 * US_PER_SECOND,
              "%zu people in %.1f s; another waited %.1f ms at most, %" PRId64 " times", people,
              (double)from / 1e6, (double)w.worst_us / 1e3, w.times);
    close_desk(&d);
}

int main(void)
{
    temp_dir_make();
    each_once();
    never_11();
    never_12();
    cancelled();
    too_many();
    throttled();
    late();
    slots();
    best();
    winner("wins", 1, 20, 1);
    winner("divided", 0, 0, -2);
    reminder();
    many(getenv("TIDEMARK_TEST_LONG") ? 200000 : 5000);
    never_10();
    return tap_done();
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A paused campaign goes on in the distances in which it was planned, batch by batch: killed at any
 * of them it comes out as if it had not been.
 *
 * With TIDEMARK_TEST_LONG 300,000 people, and how long others wait for the file. */
#include "outreach/campaign/resume.h"

#include "outreach/campaign/schedule.h"
#include "store/pieces.h"
#include "tap.h"
#include "temp_dir.h"

#include <signal.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CAMPAIGN = 7, FIRST = 1, SECOND = 2, THIRD = 3, PER_HOUR = 3600 };
#define BEGAN (civil_to_utc(&(struct civil){2026, 11, 20, 8, 0, 0, 0}))
#define PAUSED (BEGAN + US_PER_HOUR / 10) /* the first 360 were sent by then */
#define RESUMED (BEGAN + 2 * US_PER_DAY)

static struct err err = ERR_INIT;

static struct campaign throttled = {.per_hour = PER_HOUR};

struct desk {
    struct store *store;
    struct outbox *outbox;
};

static void open_desk(struct desk *d, const char *folder)
{
    CHECK_OK(store_open(temp_path(folder), &d->store, &err), err);
    CHECK_OK(outbox_open(d->store, &d->outbox, &err), err);
}

static void close_desk(struct desk *d)
{
    outbox_close(d->outbox);
    store_close(d->store);
}

static enum err_code plan_one(struct outbox *o, int64_t step, int64_t person, int64_t next_us)
{
    struct outbox_message m = {.campaign = CAMPAIGN,
                               .step = step,
                               .person = (uint64_t)(person + 1) * UINT64_C(1000003),
                               .channel = "email",
                               .next_us = next_us,
                               .not_after_us = next_us + 30 * US_PER_DAY};
    bool new;

    snprintf(m.channel, sizeof(m.channel), person % 3 ? "email" : "sms");
    memcpy(m.who.bytes, &m.person, sizeof(m.person));
    return outbox_plan(o, &m, STR_LIT("{}"), &new, &err);
}

/* Of the first message each second one, with every tenth waiting for its variant; of the second two
 * that were late and some to come; the third is for next week. */
static void plan_all(struct outbox *o, int64_t people)
{
    struct piece was = {.stage = PIECE_WAITS}, piece;
    struct slots slots = {.width_us = US_PER_HOUR / PER_HOUR};
    enum err_code rc;
    bool done;

    for (int64_t at = 0; at < people;) {
        rc = outbox_begin(o, &err);
        for (int64_t batch = at + 10000; rc == ERR_OK && at < people && at < batch; at++) {
            int64_t due_us = slots_take(&slots, BEGAN);

            rc = plan_one(o, FIRST, at, at % 10 == 9 ? PIECE_FAR_US : due_us);
            if (rc == ERR_OK && at % 5 == 0)
                rc = plan_one(o, SECOND, at, PAUSED + (at + 1) * 60 * US_PER_SECOND);
            if (rc == ERR_OK && at % 5 == 1)
                rc = plan_one(o, THIRD, at, BEGAN + 7 * US_PER_DAY);
        }
        CHECK_OK(outbox_end(o, rc, &err), err);
    }
    CHECK_OK(outbox_begin(o, &err), err);
    rc = piece_get(o, CAMPAIGN, FIRST, &was, &err);
    piece = was;
    piece.stage = PIECE_PLANNED;
    slots_write(&slots, piece.slots);
    if (rc == ERR_OK)
        rc = piece_put(o, &was, &piece, &done, &err);
    if (rc == ERR_OK)
        rc = outbox_campaign_set(o, CAMPAIGN, CAMPAIGN_PAUSED, "ann", &err);
    CHECK_OK(outbox_end(o, rc, &err), err);
}

static void say(struct outbox *o, int64_t now_us)
{
    CHECK_OK(outbox_begin(o, &err), err);
    CHECK_OK(outbox_end(o, resume_say(o, CAMPAIGN, "ann", now_us, &err), &err), err);
}

static bool go_on(struct outbox *o, int64_t now_us, bool (*stops)(void *ctx), void *ctx)
{
    const struct resume_work work = {.outbox = o,
                                     .id = CAMPAIGN,
                                     .campaign = &throttled,
                                     .now_us = now_us,
                                     .stops = stops,
                                     .ctx = ctx};
    bool left = true;

    CHECK_OK(resume_do(&work, &left, &err), err);
    return left;
}

static enum campaign_state state_of(struct outbox *o)
{
    enum campaign_state state = CAMPAIGN_STATES;

    CHECK_OK(outbox_campaign(o, CAMPAIGN, &state, &err), err);
    return state;
}

/* All that it came to. */
static void dump(const char *folder, struct buf *out)
{
    static const char *const asked[] = {
        "SELECT id, step, person, next_us, not_after_us FROM message ORDER BY id",
        "SELECT send, stage, slots, 0, 0 FROM piece ORDER BY send",
        "SELECT campaign, since_us, by, 0, 0 FROM resuming",
        "SELECT campaign, step, by_us, next_person, 0 FROM put_off",
        "SELECT id, state, why, 0, 0 FROM campaign ORDER BY id"};
    char path[600];
    sqlite3 *db = NULL;

    buf_reset(out);
    snprintf(path, sizeof(path), "%s/outbox.db", temp_path(folder));
    CHECK(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK);
    for (size_t i = 0; i < TM_COUNT(asked); i++) {
        sqlite3_stmt *s = NULL;

        CHECK(sqlite3_prepare_v2(db, asked[i], -1, &s, NULL) == SQLITE_OK);
        while (sqlite3_step(s) == SQLITE_ROW) {
            for (int c = 0; c < 5; c++)
                buf_addf(out, "%s ", (const char *)sqlite3_column_text(s, c));
            buf_addc(out, '\n');
        }
        sqlite3_finalize(s);
    }
    sqlite3_close(db);
}

static int64_t ask(const char *folder, const char *sql)
{
    char path[600];
    sqlite3 *db = NULL;
    sqlite3_stmt *s = NULL;
    int64_t got = INT64_MIN;

    snprintf(path, sizeof(path), "%s/outbox.db", temp_path(folder));
    CHECK(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK);
    CHECK(sqlite3_prepare_v2(db, sql, -1, &s, NULL) == SQLITE_OK);
    if (sqlite3_step(s) == SQLITE_ROW)
        got = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    sqlite3_close(db);
    return got;
}

/* ---- what it comes to --------------------------------------------------------------------- */

static void goes_on(void)
{
    struct desk d;
    struct piece piece;
    struct slots slots;

    open_desk(&d, "goes");
    plan_all(d.outbox, 700);
    say(d.outbox, RESUMED);
    CHECK_MSG(state_of(d.outbox) == CAMPAIGN_PAUSED, "said is not yet done");
    CHECK(!go_on(d.outbox, RESUMED, NULL, NULL));
    CHECK(state_of(d.outbox) == CAMPAIGN_RUNNING);
    CHECK_INT(ask("goes", "SELECT min(next_us) FROM message WHERE step = 1"), RESUMED);
    CHECK_MSG(ask("goes", "SELECT count(DISTINCT next_us) FROM message WHERE step = 1"
                          " AND next_us < 253402300799000000") == 630,
              "in the distances of the plan");
    CHECK_INT(ask("goes", "SELECT max(next_us) FROM message WHERE step = 1"
                          " AND next_us < 253402300799000000"),
              RESUMED + 698 * US_PER_SECOND);
    CHECK_MSG(ask("goes", "SELECT count(*) FROM message WHERE next_us = 253402300799000000") == 70,
              "who waits for a variant still does");
    CHECK_MSG(ask("goes", "SELECT count(DISTINCT next_us) FROM message WHERE step = 3") == 1 &&
                  ask("goes", "SELECT min(next_us) FROM message WHERE step = 3") ==
                      BEGAN + 7 * US_PER_DAY,
              "a message of which nothing was late stays where it is");
    /* Who is planned from now on comes after those that were put off. */
    CHECK_OK(piece_get(d.outbox, CAMPAIGN, FIRST, &piece, &err), err);
    CHECK_OK(slots_read(&slots, PER_HOUR, piece.slots, &err), err);
    CHECK(slots_take(&slots, BEGAN) >= RESUMED + 700 * US_PER_SECOND);
    close_desk(&d);
}

static bool after_one(void *ctx)
{
    return ++*(int *)ctx >= 3;
}

/* A pause while it is put off: it is not done further, and the next word goes on with it. */
static void paused_again(void)
{
    struct desk d;
    int asked = 0;

    open_desk(&d, "again");
    plan_all(d.outbox, 2000);
    say(d.outbox, RESUMED);
    CHECK_MSG(go_on(d.outbox, RESUMED, after_one, &asked), "there is more to be done");
    CHECK(state_of(d.outbox) == CAMPAIGN_PAUSED);
    CHECK_OK(outbox_begin(d.outbox, &err), err);
    CHECK_OK(outbox_end(d.outbox, resume_take_back(d.outbox, CAMPAIGN, false, &err), &err), err);
    CHECK_MSG(!go_on(d.outbox, RESUMED, NULL, NULL), "without a word nothing is done");
    CHECK(state_of(d.outbox) == CAMPAIGN_PAUSED);
    say(d.outbox, RESUMED + US_PER_DAY);
    CHECK(!go_on(d.outbox, RESUMED + US_PER_DAY, NULL, NULL));
    CHECK(state_of(d.outbox) == CAMPAIGN_RUNNING);
    CHECK_INT(ask("again", "SELECT min(next_us) FROM message WHERE step = 1"),
              RESUMED + US_PER_DAY);
    CHECK_INT(ask("again", "SELECT max(next_us) FROM message WHERE step = 1"
                           " AND next_us < 253402300799000000"),
              RESUMED + US_PER_DAY + 1998 * US_PER_SECOND);
    close_desk(&d);
}

/* ---- killed ------------------------------------------------------------------------------- */

static int commits, kill_at;
static bool kill_before;

static int before_commit(void *ctx)
{
    (void)ctx;
    if (++commits == kill_at && kill_before)
        kill(getpid(), SIGKILL);
    return 0;
}

static int hook(sqlite3 *db, char **problem, const struct sqlite3_api_routines *api)
{
    (void)problem, (void)api;
    sqlite3_commit_hook(db, before_commit, NULL);
    return SQLITE_OK;
}

static bool after_commit(void *ctx)
{
    (void)ctx;
    if (kill_at > 0 && !kill_before && commits >= kill_at)
        kill(getpid(), SIGKILL);
    return false;
}

/* Resumes what stands in the folder; its commits, or -1 when it was killed. */
static int play(const char *folder, int at, bool before)
{
    int status = 0, fds[2];
    pid_t pid;

    if (pipe(fds) != 0 || (pid = fork()) < 0)
        return CHECK(false), 0;
    if (pid == 0) {
        struct desk d;

        if (!freopen("/dev/null", "w", stdout)) /* its checks are not numbered */
            _exit(1);
        sqlite3_auto_extension((void (*)(void))hook);
        open_desk(&d, folder);
        commits = 0;
        kill_at = at;
        kill_before = before;
        (void)go_on(d.outbox, RESUMED, after_commit, NULL);
        _exit(write(fds[1], &commits, sizeof(commits)) == sizeof(commits) ? 0 : 1);
    }
    close(fds[1]);
    if (read(fds[0], &commits, sizeof(commits)) != sizeof(commits))
        commits = -1;
    close(fds[0]);
    waitpid(pid, &status, 0);
    return WIFSIGNALED(status) ? -1 : WEXITSTATUS(status) == 0 ? commits : 0;
}

static void begin(const char *folder)
{
    struct desk d;

    open_desk(&d, folder);
    plan_all(d.outbox, 1200);
    say(d.outbox, RESUMED);
    close_desk(&d);
}

static void killed(void)
{
    TM_CLEANUP(buf_release) struct buf want = BUF_INIT(8 << 20);
    int n, alive = 0, other = 0;

    begin("whole");
    n = play("whole", 0, false);
    CHECK_MSG(n >= 5, "%d commits", n);
    dump("whole", &want);
    for (int k = 1; k <= n; k++)
        for (int before = 0; before < 2; before++) {
            TM_CLEANUP(buf_release) struct buf got = BUF_INIT(8 << 20);

            begin("killed");
            alive += play("killed", k, before) != -1;
            alive += play("killed", 0, false) < 0;
            dump("killed", &got);
            other += got.n != want.n || memcmp(got.p, want.p, got.n) != 0;
            folder_remove(temp_path("killed"));
        }
    CHECK_MSG(alive <= 1, "%d ended as if not killed: after the last commit", alive);
    CHECK_MSG(other == 0, "killed before and after each of %d commits: %d differ", n, other);
}

/* ---- many --------------------------------------------------------------------------------- */

static int64_t held_from, held_longest, held_sum, held_times;

static int begun(unsigned mask, void *ctx, void *p, void *x)
{
    const char *text = sqlite3_sql(p);

    (void)mask, (void)ctx, (void)x;
    if (strcmp(text, "BEGIN IMMEDIATE") == 0) {
        held_from = timestamp_now();
    } else if (strcmp(text, "COMMIT") == 0) {
        int64_t held = timestamp_now() - held_from;

        held_longest = held > held_longest ? held : held_longest;
        held_sum += held;
        held_times++;
    }
    return 0;
}

static int watch(sqlite3 *db, char **problem, const struct sqlite3_api_routines *api)
{
    (void)problem, (void)api;
    sqlite3_trace_v2(db, SQLITE_TRACE_PROFILE, begun, NULL);
    return SQLITE_OK;
}

static void many(int64_t people)
{
    struct desk d;
    int64_t from_us;

    open_desk(&d, "many");
    plan_all(d.outbox, people);
    say(d.outbox, RESUMED);
    close_desk(&d);
    sqlite3_auto_extension((void (*)(void))watch);
    open_desk(&d, "many");
    held_longest = held_sum = held_times = 0;
    from_us = timestamp_now();
    CHECK(!go_on(d.outbox, RESUMED, NULL, NULL));
    CHECK_MSG(held_times > people / PUT_OFF_BATCH,
              "%" PRId64 " people in %.1f s: the file held %.1f ms on average, %.1f at most",
              people, (double)(timestamp_now() - from_us) / 1e6,
              (double)held_sum / 1e3 / (double)held_times, (double)held_longest / 1e3);
    sqlite3_cancel_auto_extension((void (*)(void))watch);
    close_desk(&d);
}

int main(void)
{
    temp_dir_make();
    goes_on();
    paused_again();
    killed();
    many(getenv("TIDEMARK_TEST_LONG") ? 300000 : 3000);
    return tap_done();
}

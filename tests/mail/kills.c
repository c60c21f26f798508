/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The sender is killed, thousands of times: at any moment, and before and after each of its
 * commits. Services that die before, in and after their answers take its e-mails, text messages and
 * webhooks (taker.h). Nothing that is marketing comes twice, nothing is lost, no kill leaves more
 * unknown than there were connections, and in the end every planned message is accounted for.
 *
 * 150 kills; TIDEMARK_TEST_KILLS says how many, TIDEMARK_TEST_LONG is 10,000. */
#include "base/file.h"
#include "outreach/sender/sender.h"
#include "taker.h"
#include "tap.h"

#include <signal.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    PLANNED = 3000, /* for each shop */
    LEFT = 150,     /* fewer than that: the next shop */
    CONNECTIONS = 8,
    HOOKS = 32, /* on their way at once */
    COMMITS = 60
};

static struct err err = ERR_INIT;
static struct taker taker;
static char folder[512];
static uint64_t random_state = 0x9e3779b97f4a7c15U;

static struct {
    int64_t kills, planned, accepted, failed, skipped, uncertain, again;
    int64_t most_mails, most_texts;
} sum;

static unsigned draw(unsigned below)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (unsigned)(random_state >> 33) % below;
}

/* ---- a shop ------------------------------------------------------------------------------- */

static void write_settings(void)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(8192), path = BUF_INIT(1024);

    buf_addf(&text,
             "shop: Blue Hat\ncurrency: EUR\nsending:\n"
             "  marketing: {name: Blue Hat, address: news@shop.example}\n"
             "  transactional: {name: Blue Hat, address: orders@shop.example}\n"
             "  postal_address: 1 High Street\n  url: https://shop.example\n"
             "  smtp: {host: 127.0.0.1, port: %d, tls: off, connections: %d}\n"
             "  sms: {base: \"http://127.0.0.1:%d\", account: AC1, password_env: KILLS_TOKEN,"
             " from: \"+15551230000\"}\n  private_network: yes\n"
             "  caps: []\n  hours: {email: always, sms: always}\n  same_after_days: 0\n",
             taker.smtp_port, CONNECTIONS, taker.http_port);
    buf_addf(&path, "%s/tidemark.yaml", folder);
    CHECK_OK(file_replace(buf_cstr(&path), buf_str(&text), &err), err);
}

/* Mostly well; the number says who it is. */
static void choose(int n, struct outbox_message *m)
{
    static const enum taker_word words[] = {TAKER_DIE_AFTER, TAKER_DIE_BEFORE, TAKER_DIE_IN,
                                            TAKER_HARD, TAKER_SPAM};
    const enum taker_word word = draw(100) < 12 ? words[draw(5)] : TAKER_OK;
    const unsigned kind = draw(20);

    if (kind < 14) {
        snprintf(m->channel, sizeof(m->channel), "email");
        snprintf(m->address, sizeof(m->address), "%s.%d@d%d.example", taker_words[word], n, n % 40);
        m->transactional = kind < 2;
    } else if (kind < 17) {
        snprintf(m->channel, sizeof(m->channel), "sms");
        snprintf(m->address, sizeof(m->address), "+1555%d%06d", word, n);
    } else {
        snprintf(m->channel, sizeof(m->channel), OUTBOX_SYSTEM);
        snprintf(m->address, sizeof(m->address), "http://127.0.0.1:%d/%s.%d", taker.http_port,
                 taker_words[word], n);
        m->transactional = true;
    }
}

static enum err_code plan_one(struct outbox *o, struct consents *c, int n)
{
    const int64_t now_us = timestamp_now();
    struct outbox_message m = {.campaign = 1 + n % 3,
                               .person = (uint64_t)n + 1,
                               .purpose = "marketing",
                               .zone = "UTC",
                               .planned_us = now_us,
                               .next_us = now_us,
                               .not_after_us = now_us + US_PER_DAY};
    struct consent_fact fact = {.state = CONSENT_GRANTED,
                                .when_us = now_us - US_PER_DAY,
                                .source = STR_LIT("shop"),
                                .method = STR_LIT("form")};
    char about[64];
    bool new;

    choose(n, &m);
    fact.kind = m.channel[0] == 's' ? IDENTIFIER_PHONE : IDENTIFIER_EMAIL;
    fact.address = str_of(m.address);
    fact.channel = str_of(m.channel);
    if (!m.transactional)
        TRY(consents_add(c, &fact, &new, &err));
    snprintf(about, sizeof(about), "about%d@shop.example", n);
    if (strcmp(m.channel, OUTBOX_SYSTEM) == 0)
        CHECK(pseudonym_email(consents_keys(c), str_of(about), &m.who));
    else if (!suppression_address(consents_keys(c), m.channel, str_of(m.address), "", &m.who))
        CHECK_MSG(false, "no address: %s", m.address);
    return outbox_plan(o, &m, STR_LIT("{\"event\": \"test\"}"), &new, &err);
}

static void make_shop(void)
{
    struct store *store = NULL;
    struct consents *c = NULL;
    struct outbox *o = NULL;
    enum err_code rc = ERR_OK;

    CHECK_OK(folder_temporary(folder, sizeof(folder), &err), err);
    write_settings();
    CHECK_OK(store_open(folder, &store, &err), err);
    CHECK_OK(consents_open(store, &c, &err), err);
    CHECK_OK(outbox_open(store, &o, &err), err);
    CHECK_OK(consents_begin(c, &err), err);
    CHECK_OK(outbox_begin(o, &err), err);
    for (int n = 0; rc == ERR_OK && n < PLANNED; n++)
        rc = plan_one(o, c, n);
    if (rc == ERR_OK)
        rc = outbox_arm(o, &err);
    CHECK_OK(outbox_end(o, rc, &err), err);
    CHECK_OK(consents_end(c, rc, &err), err);
    outbox_close(o);
    consents_close(c);
    store_close(store);
    sum.planned += PLANNED;
}

/* ---- the sender, to be killed --------------------------------------------------------------- */

static int commits, kill_at;
static bool kill_before;

static int before_commit(void *ctx)
{
    (void)ctx;
    if (++commits == kill_at && kill_before)
        kill(getpid(), SIGKILL);
    return 0;
}

/* The statement that committed has just ended. */
static int after_commit(unsigned what, void *ctx, void *statement, void *took)
{
    (void)what, (void)ctx, (void)statement, (void)took;
    if (kill_at && commits >= kill_at)
        kill(getpid(), SIGKILL);
    return 0;
}

static int hook(sqlite3 *db, char **problem, const struct sqlite3_api_routines *api)
{
    (void)problem, (void)api;
    sqlite3_commit_hook(db, before_commit, NULL);
    sqlite3_trace_v2(db, SQLITE_TRACE_PROFILE, after_commit, NULL);
    return SQLITE_OK;
}

static enum err_code say(void *ctx, const struct outbox_message *m, struct str data,
                         const char *url, int64_t now_us, struct composed *out, struct err *e)
{
    (void)ctx, (void)m, (void)data, (void)now_us, (void)e;
    buf_addz(&out->parts[MESSAGE_SUBJECT], "Hello");
    buf_addf(&out->parts[MESSAGE_TEXT], "Hello. Reply STOP to end. %s\n", url);
    buf_addz(&out->parts[MESSAGE_BRIEF], "Hello. Reply STOP to end.");
    return ERR_OK;
}

/* Ends when nothing is left, or by the kill. */
static void send_all(void)
{
    struct store *store = NULL;
    struct settings settings;
    struct sender_settings how = {.settings = &settings,
                                  .base = "https://links.shop.example",
                                  .words = {say, NULL},
                                  .alone = true};
    struct sender *sender = NULL;
    enum err_code rc = store_open(folder, &store, &err);
    bool busy = true;

    how.store = store;
    if (rc == ERR_OK)
        rc = settings_of(store, &settings, &err);
    if (rc == ERR_OK)
        rc = sender_open(&how, &sender, &err);
    if (rc == ERR_OK)
        rc = sender_connect(sender, timestamp_now(), &err);
    while (rc == ERR_OK && busy)
        rc = sender_turn(sender, 20, &busy, &err);
    if (rc == ERR_OK)
        rc = sender_end(sender, &err);
    if (rc != ERR_OK)
        fprintf(stderr, "# %s %s\n", err.msg, err.context);
    sender_close(sender);
    store_close(store);
    _exit(rc != ERR_OK);
}

/* True: it was killed. `after_us` 0: by its commits, or not at all. */
static bool run(int at, bool before, unsigned after_us)
{
    int status = 0;
    pid_t pid;

    fflush(stdout);
    pid = fork();
    if (pid == 0) {
        kill_at = at;
        kill_before = before;
        sqlite3_auto_extension((void (*)(void))hook);
        send_all();
    }
    if (after_us) {
        usleep(after_us);
        kill(pid, SIGKILL);
    }
    waitpid(pid, &status, 0);
    CHECK_MSG(WIFSIGNALED(status) || WEXITSTATUS(status) == 0, "the sender failed by itself");
    return WIFSIGNALED(status);
}

/* ---- what is left of it -------------------------------------------------------------------- */

static sqlite3 *open_outbox(void)
{
    char path[600];
    sqlite3 *db = NULL;

    snprintf(path, sizeof(path), "%s/outbox.db", folder);
    CHECK(sqlite3_open(path, &db) == SQLITE_OK);
    sqlite3_busy_timeout(db, 20000);
    return db;
}

static int64_t number(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *s = NULL;
    int64_t n = -1;

    if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) == SQLITE_OK && sqlite3_step(s) == SQLITE_ROW)
        n = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    CHECK_MSG(n >= 0, "%s: %s", sql, sqlite3_errmsg(db));
    return n;
}

static void must_run(sqlite3 *db, const char *sql)
{
    CHECK_MSG(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK, "%s", sqlite3_errmsg(db));
}

/* How many are left; those that wait for hours need not. */
static int64_t look(void)
{
    sqlite3 *db = open_outbox();
    int64_t mails, texts, hooks, left;

    mails = number(db, "SELECT count(*) FROM message WHERE state = 2 AND channel = 'email'");
    texts = number(db, "SELECT count(*) FROM message WHERE state = 2 AND channel = 'sms'");
    hooks = number(db, "SELECT count(*) FROM message WHERE state = 2 AND channel = 'webhook'");
    if (mails > CONNECTIONS || texts > CONNECTIONS || hooks > HOOKS)
        CHECK_MSG(false, "%" PRId64 " e-mails, %" PRId64 " texts and %" PRId64 " webhooks unknown",
                  mails, texts, hooks);
    sum.most_mails = mails > sum.most_mails ? mails : sum.most_mails;
    sum.most_texts = texts > sum.most_texts ? texts : sum.most_texts;
    left = number(db, "SELECT count(*) FROM message WHERE state < 3");
    must_run(db, "UPDATE message SET next_us = 0 WHERE state = 0");
    sqlite3_close(db);
    return left;
}

static void judge(sqlite3_stmt *s)
{
    int state = sqlite3_column_int(s, 1), times;
    bool transactional = sqlite3_column_int(s, 2) != 0;

    times = taker.seen->times[sqlite3_column_int(s, 0) - 1];
    sum.accepted += state == OUTBOX_ACCEPTED;
    sum.failed += state == OUTBOX_FAILED;
    sum.skipped += state == OUTBOX_SKIPPED;
    sum.uncertain += state == OUTBOX_UNCERTAIN;
    sum.again += transactional && times > 1;
    if (!transactional && times > 1)
        CHECK_MSG(false, "%s came %d times", sqlite3_column_text(s, 3), times);
    if (state == OUTBOX_ACCEPTED && times == 0)
        CHECK_MSG(false, "%s was accepted and never came", sqlite3_column_text(s, 3));
    if (state < OUTBOX_ACCEPTED || (state == OUTBOX_SKIPPED && times))
        CHECK_MSG(false, "%s is %d in the end and came %d times", sqlite3_column_text(s, 3), state,
                  times);
}

static void end_shop(void)
{
    sqlite3_stmt *s = NULL;
    int64_t left = 1;
    sqlite3 *db;

    taker.seen->well = true;
    for (int i = 0; i < 20 && left; i++) {
        run(0, false, 0);
        left = look();
    }
    taker.seen->well = false;
    db = open_outbox();
    CHECK(sqlite3_prepare_v2(db, "SELECT person, state, transactional, address FROM message", -1,
                             &s, NULL) == SQLITE_OK);
    while (sqlite3_step(s) == SQLITE_ROW)
        judge(s);
    sqlite3_finalize(s);
    CHECK_INT(number(db, "SELECT sum(n) FROM tally"), PLANNED);
    sqlite3_close(db);
    folder_remove(folder);
    taker_forget(&taker);
}

int main(void)
{
    const char *asked = getenv("TIDEMARK_TEST_KILLS");
    int64_t want = asked ? strtol(asked, NULL, 10) : getenv("TIDEMARK_TEST_LONG") ? 10000 : 150;

    signal(SIGPIPE, SIG_IGN);
    setenv("KILLS_TOKEN", "s3cret", 1);
    if (access("/dev/shm", W_OK) == 0)
        setenv("TMPDIR", "/dev/shm", 1);
    CHECK(taker_start(&taker));
    while (sum.kills < want) {
        int64_t left = PLANNED;

        make_shop();
        while (sum.kills < want && left > LEFT) {
            bool by_commit = sum.kills % 2;
            int at = by_commit ? 1 + (int)(sum.kills / 4 % COMMITS) : 0;

            sum.kills += run(at, sum.kills / 2 % 2, by_commit ? 0 : 1 + draw(40000));
            left = look();
        }
        end_shop();
    }
    CHECK_INT(sum.accepted + sum.failed + sum.skipped + sum.uncertain, sum.planned);
    CHECK_INT(sum.skipped, 0); /* else a channel is not tried at all */
    printf("# %" PRId64 " kills, %" PRId64 " planned: %" PRId64 " accepted, %" PRId64
           " failed, %" PRId64 " skipped, %" PRId64 " uncertain; at most %" PRId64
           " e-mails and %" PRId64
           " texts of one kill; transactional ones that came again: %" PRId64 "\n",
           sum.kills, sum.planned, sum.accepted, sum.failed, sum.skipped, sum.uncertain,
           sum.most_mails, sum.most_texts, sum.again);
    taker_end(&taker);
    return tap_done();
}

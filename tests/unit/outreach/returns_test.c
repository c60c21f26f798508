/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What comes back by mail, out of a folder: what is proved counts once, what is not counts for
 * nothing, no mail is lost, and a campaign of which too much comes back is paused.
 */
#include "outreach/sender/returns.h"

#include "base/file.h"
#include "base/timestamp.h"
#include "outreach/mail/token.h"
#include "tap.h"
#include "temp_dir.h"

#include <dirent.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PEOPLE = 600, ORDER = PEOPLE + 1 /* a message about an order, of another campaign */ };

static struct err err;
static struct store *store;
static struct outbox *outbox;
static struct consents *consents;
static char dir[1000];

static void plan(void)
{
    const int64_t now = timestamp_now();
    bool new;

    CHECK_OK(outbox_begin(outbox, &err), err);
    for (int i = 1; i <= ORDER; i++) {
        struct outbox_message m = {.campaign = i == ORDER ? 8 : 7,
                                   .transactional = i == ORDER,
                                   .person = (uint64_t)i,
                                   .channel = "email",
                                   .purpose = "marketing",
                                   .planned_us = now,
                                   .next_us = now,
                                   .not_after_us = now + US_PER_DAY};
        struct response sent = {
            .message = i, .campaign = m.campaign, .kind = RESPONSE_SENT, .at_us = now};

        snprintf(m.address, sizeof(m.address), "p%d@mail.example", i);
        CHECK(pseudonym_email(consents_keys(consents), str_of(m.address), &m.who));
        if (outbox_plan(outbox, &m, STR_LIT("{}"), &new, &err) != ERR_OK ||
            outbox_respond(outbox, &sent, &err) != ERR_OK)
            CHECK_MSG(false, "%s", err.msg);
    }
    CHECK_OK(outbox_end(outbox, ERR_OK, &err), err);
}

/* A report of a mail server, with the message's token as the address that it came to. */
static void put(const char *name, int64_t message, const char *status, bool ours)
{
    char path[1200], token[MAIL_TOKEN + 1], text[2000];

    mail_token_write(consents_keys(consents), message, token);
    if (!ours)
        token[10] = token[10] == 'a' ? 'b' : 'a';
    snprintf(text, sizeof(text),
             "From: MAILER-DAEMON@mx.example\r\nTo: %s@bounce.shop.example\r\n"
             "Subject: Undelivered\r\nMIME-Version: 1.0\r\n"
             "Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\n\r\n"
             "--x\r\nContent-Type: text/plain\r\n\r\nIt could not be delivered.\r\n"
             "--x\r\nContent-Type: message/delivery-status\r\n\r\n"
             "Reporting-MTA: dns; mx.example\r\n\r\n"
             "Final-Recipient: rfc822; somebody@else.example\r\nAction: failed\r\n"
             "Status: %s\r\nDiagnostic-Code: smtp; 550 %s no\r\n\r\n--x--\r\n",
             token, status, status);
    snprintf(path, sizeof(path), "%s/new/%s", dir, name);
    CHECK_OK(file_replace(path, str_of(text), &err), err);
}

static void put_complaint(const char *name, int64_t message)
{
    char path[1200], token[MAIL_TOKEN + 1], text[2000];

    mail_token_write(consents_keys(consents), message, token);
    snprintf(text, sizeof(text),
             "From: fbl@mx.example\r\nTo: complaints@shop.example\r\nMIME-Version: 1.0\r\n"
             "Content-Type: multipart/report; report-type=feedback-report; boundary=x\r\n\r\n"
             "--x\r\nContent-Type: text/plain\r\n\r\nA complaint.\r\n"
             "--x\r\nContent-Type: message/feedback-report\r\n\r\n"
             "Feedback-Type: abuse\r\nUser-Agent: x/1\r\nVersion: 1\r\n\r\n"
             "--x\r\nContent-Type: message/rfc822\r\n\r\n"
             "Message-ID: <%s@shop.example>\r\nSubject: News\r\n\r\nHello\r\n--x--\r\n",
             token);
    snprintf(path, sizeof(path), "%s/new/%s", dir, name);
    CHECK_OK(file_replace(path, str_of(text), &err), err);
}

static struct returns_counts look(size_t most, size_t *out_n)
{
    const struct breaker_rules rules = breaker_rules_default();
    const struct returns r = {.dir = dir, .outbox = outbox, .consents = consents, .rules = &rules};
    struct returns_counts counts = {0};

    CHECK_OK(returns_read(&r, most, &counts, out_n, &err), err);
    return counts;
}

static int files_in(const char *sub)
{
    char path[1200];
    struct dirent *entry;
    int n = 0;
    DIR *folder;

    snprintf(path, sizeof(path), "%s/%s", dir, sub);
    folder = opendir(path);
    while (folder && (entry = readdir(folder)))
        n += entry->d_name[0] != '.';
    closedir(folder);
    return n;
}

static enum suppression_reason closed(const char *address)
{
    enum suppression_reason reason = SUPPRESSED_NOT;

    CHECK_OK(suppression_check(consents, "email", str_of(address), "", &reason, &err), err);
    return reason;
}

static struct campaign_health health(void)
{
    struct campaign_health out = {0};
    size_t n = 0;

    CHECK_OK(outbox_health(outbox, 7, timestamp_now() / US_PER_DAY - 1, &out, 1, &n, &err), err);
    return out;
}

/* What comes back of a message about an order, or before the outbox knows that it was sent, counts
 * as much (never_25: listmonk #2193; never_16: dittofeed 088d3c942). */
static void test_of_an_order(void)
{
    struct outbox_message m;
    bool found = false;
    size_t n;

    CHECK_OK(outbox_begin(outbox, &err), err);
    CHECK_OK(outbox_find(outbox, ORDER, &m, NULL, &found, &err), err);
    CHECK_OK(outbox_end(outbox, ERR_OK, &err), err);
    CHECK(found && m.transactional && m.state == OUTBOX_PLANNED);
    put("0.order", ORDER, "5.1.1", true);
    CHECK_INT(look(100, &n).hard, 1);
    CHECK_INT(closed("p601@mail.example"), SUPPRESSED_BOUNCED);
}

static void test_each_kind(void)
{
    struct returns_counts c;
    char path[1200];
    size_t n;

    put("1.hard", 1, "5.1.1", true);
    put("2.soft", 2, "5.2.2", true);
    put("3.forged", 3, "5.1.1", false);
    put("4.unknown", 999999, "5.1.1", true);
    put_complaint("5.complaint", 5);
    snprintf(path, sizeof(path), "%s/new/6.note", dir);
    CHECK_OK(file_replace(path, STR_LIT("Subject: hello\n\nWhen do you open?\n"), &err), err);
    snprintf(path, sizeof(path), "%s/new/7.link", dir);
    CHECK(symlink("/etc/passwd", path) == 0);
    snprintf(path, sizeof(path), "%s/new/8.empty", dir);
    CHECK_OK(file_replace(path, STR_NONE, &err), err);
    c = look(100, &n);
    CHECK(c.hard == 1 && c.soft == 1 && c.complaints == 1 && c.unproved == 4);
    CHECK_INT(closed("p1@mail.example"), SUPPRESSED_BOUNCED);
    CHECK_INT(closed("p2@mail.example"), SUPPRESSED_NOT);
    CHECK_INT(closed("p3@mail.example"), SUPPRESSED_NOT);
    CHECK_INT(closed("p5@mail.example"), SUPPRESSED_COMPLAINT);
    CHECK_INT(closed("somebody@else.example"), SUPPRESSED_NOT);
    CHECK_INT(files_in("cur"), 8);
    CHECK_INT(files_in("new"), 1); /* what is no file stays where it is */
    CHECK(unlink((snprintf(path, sizeof(path), "%s/new/7.link", dir), path)) == 0);
}

static void test_once(void)
{
    size_t n;

    put("9.again", 1, "5.1.1", true);
    put("10.again", 1, "5.1.1", true);
    put_complaint("11.again", 5);
    CHECK_INT(look(100, &n).hard, 2);
    CHECK(health().n[RESPONSE_HARD] == 1 && health().n[RESPONSE_COMPLAINT] == 1);
    CHECK(health().n[RESPONSE_SOFT] == 1 && health().state == CAMPAIGN_RUNNING);
}

/* Eight in a hundred of six hundred. */
static void test_breaker(void)
{
    int64_t paused = 0;
    char name[32];
    size_t n = 5;

    for (int i = 20; i < 72; i++) {
        snprintf(name, sizeof(name), "20.%d", i);
        put(name, i, "5.1.1", true);
    }
    for (int turns = 0; n == 5 && turns < 20; turns++)
        paused += look(5, &n).paused;
    CHECK_INT(paused, 1);
    CHECK_INT(health().state, CAMPAIGN_PAUSED);
    CHECK_INT(files_in("new"), 0);
}

static int64_t ask_file(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *s = NULL;
    int64_t n = -1;

    CHECK(sqlite3_prepare_v2(db, sql, -1, &s, NULL) == SQLITE_OK);
    if (sqlite3_step(s) == SQLITE_ROW)
        n = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    return n;
}

static bool was_heard(const char *id)
{
    bool heard = false;

    CHECK_OK(outbox_heard(outbox, str_of(id), &heard, &err), err);
    return heard;
}

/* What would be refused by its age goes, some at a time; what may be told again stays. */
static void test_heard(void)
{
    const int64_t now = timestamp_now();
    static const char many[] =
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)"
        " INSERT INTO heard_until SELECT randomblob(32), i FROM n";
    static const char count[] = "SELECT count(*) FROM heard_until";
    sqlite3 *db = NULL;

    CHECK_OK(outbox_hear(outbox, STR_LIT("sms SM1"), now - 900 * US_PER_DAY, TIME_NONE, &err), err);
    CHECK_OK(outbox_hear(outbox, STR_LIT("mailgun 1"), now, now, &err), err);
    CHECK(sqlite3_open(temp_path("shop/outbox.db"), &db) == SQLITE_OK);
    CHECK(sqlite3_exec(db, many, NULL, NULL, NULL) == SQLITE_OK);
    CHECK_OK(outbox_hear(outbox, STR_LIT("mailgun 2"), now, now + 1, &err), err);
    CHECK_INT(ask_file(db, count), 1502);
    CHECK_OK(outbox_hear(outbox, STR_LIT("mailgun 3"), now, now + 2, &err), err);
    CHECK_OK(outbox_hear(outbox, STR_LIT("mailgun 4"), now, now + 2, &err), err);
    CHECK_INT(ask_file(db, count), 4);
    CHECK(was_heard("mailgun 1") && was_heard("mailgun 2") && was_heard("sms SM1"));
    CHECK_OK(outbox_hear(outbox, STR_LIT("mailgun 5"), now + 2, now + 9, &err), err);
    CHECK(!was_heard("mailgun 1") && !was_heard("mailgun 2"));
    CHECK(was_heard("mailgun 3") && was_heard("mailgun 5") && was_heard("sms SM1"));
    sqlite3_close(db);
}

int main(void)
{
    const struct breaker_rules rules = breaker_rules_default();
    struct returns_counts counts = {0};
    size_t n;

    temp_dir_make();
    CHECK_OK(store_open(temp_path("shop"), &store, &err), err);
    CHECK_OK(outbox_open(store, &outbox, &err), err);
    CHECK_OK(consents_open(store, &consents, &err), err);
    plan();
    snprintf(dir, sizeof(dir), "%s", temp_path("mail"));
    CHECK(returns_read(&(struct returns){dir, outbox, consents, &rules}, 10, &counts, &n, &err) !=
          ERR_OK);
    CHECK(mkdir(dir, 0700) == 0);
    CHECK(mkdir(temp_path("mail/new"), 0700) == 0 && mkdir(temp_path("mail/cur"), 0700) == 0);
    test_of_an_order();
    test_each_kind();
    test_once();
    test_breaker();
    test_heard();
    consents_close(consents);
    outbox_close(outbox);
    store_close(store);
    return tap_done();
}

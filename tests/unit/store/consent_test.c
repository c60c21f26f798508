/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The ledger of consent and what follows from it for suppression. */
#include "store/suppression.h"

#include "base/timestamp.h"
#include "shop/identifier.h"

#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include "tap.h"
#include "temp_dir.h"

#define DAY(n) (INT64_C(1700000000) * US_PER_SECOND + (n)*US_PER_DAY)

static struct store *store;
static struct consents *ledger;
static struct err err = ERR_INIT;

static struct consent_fact fact(const char *address, enum consent_state state, int64_t when_us)
{
    return (struct consent_fact){.kind = address[0] == '+' ? IDENTIFIER_PHONE : IDENTIFIER_EMAIL,
                                 .address = str_of(address),
                                 .channel = address[0] == '+' ? STR_LIT("sms") : STR_LIT("email"),
                                 .state = state,
                                 .when_us = when_us,
                                 .source = STR_LIT("klaviyo"),
                                 .method = STR_LIT("form"),
                                 .proof = STR_LIT("Newsletter, spring"),
                                 .ip = STR_LIT("192.0.2.0"),
                                 .wording = STR_LIT("v2")};
}

static bool tell(const struct consent_fact *f)
{
    bool added = false;
    enum err_code rc;

    CHECK_OK(consents_begin(ledger, &err), err);
    rc = consents_add(ledger, f, &added, &err);
    CHECK_OK(consents_end(ledger, rc, &err), err);
    return added;
}

static bool say(const char *address, enum consent_state state, int64_t when_us)
{
    const struct consent_fact f = fact(address, state, when_us);

    return tell(&f);
}

static enum suppression_reason gate(const char *address)
{
    enum suppression_reason reason = SUPPRESSION_REASONS;

    CHECK_OK(suppression_check(ledger, address[0] == '+' ? "sms" : "email", str_of(address), "",
                               &reason, &err),
             err);
    return reason;
}

static struct consent_health health(void)
{
    struct consent_health h;

    CHECK_OK(consents_verify(ledger, &h, &err), err);
    return h;
}

/* ---- facts -------------------------------------------------------------------------------- */

struct seen {
    int64_t n, erased;
    char text[400];
};

static enum err_code see(void *ctx, const struct consent_entry *e, struct err *ignored)
{
    struct seen *seen = ctx;

    (void)ignored;
    seen->n++;
    seen->erased += e->erased;
    snprintf(seen->text, sizeof(seen->text), "%s %s %s %s %s %.*s|%.*s|%.*s|%.*s",
             e->erased ? "-" : "", consent_state_name(e->fact.state), e->fact.channel.p,
             e->fact.purpose.p, e->fact.wording.p, (int)e->fact.address.n, e->fact.address.p,
             (int)e->fact.proof.n, e->fact.proof.p, (int)e->fact.ip.n, e->fact.ip.p,
             (int)e->fact.source.n, e->fact.source.p);
    return ERR_OK;
}

static struct seen look(const char *address)
{
    struct seen seen = {0, 0, ""};
    struct pseudonym who;

    CHECK(pseudonym_email(consents_keys(ledger), str_of(address), &who));
    CHECK_OK(consents_of(ledger, &who, see, &seen, &err), err);
    return seen;
}

static void facts(void)
{
    struct consent_fact f = fact("nobody", CONSENT_GRANTED, DAY(0));

    CHECK_MSG(say("ann@example.com", CONSENT_GRANTED, DAY(1)), "a fact is kept");
    CHECK_MSG(!say("ann@example.com", CONSENT_GRANTED, DAY(1)), "once");
    CHECK_MSG(!say("Ann@Example.com", CONSENT_GRANTED, DAY(1)), "however the address is written");
    CHECK_MSG(!tell(&f), "of nobody there is none");
    CHECK_STR(look("ann@example.com").text,
              " granted email marketing v2 ann@example.com|Newsletter, spring|192.0.2.0|klaviyo");
    CHECK_MSG(say("ann@example.com", CONSENT_GRANTED, TIME_NONE), "an undated one is another");
    CHECK_MSG(!say("ann@example.com", CONSENT_GRANTED, TIME_NONE), "and is kept once, too");
    CHECK_INT(look("ann@example.com").n, 2);
    f = fact("dee@example.com", CONSENT_DENIED, DAY(1));
    f.method = STR_LIT("identify");
    CHECK(tell(&f));
    f.when_us = DAY(2);
    CHECK_MSG(!tell(&f), "what each log-in repeats is kept once");
    CHECK_MSG(health().entries == 3, "three in all");
}

/* ---- suppression -------------------------------------------------------------------------- */

static void stands_and_falls(void)
{
    struct consent_fact f;

    CHECK_INT(gate("ben@example.com"), SUPPRESSED_NOT);
    say("ben@example.com", CONSENT_GRANTED, DAY(1));
    say("ben@example.com", CONSENT_WITHDRAWN, DAY(5));
    CHECK_INT(gate("BEN@example.com"), SUPPRESSED_UNSUBSCRIBED);
    say("ben@example.com", CONSENT_GRANTED, DAY(4));
    CHECK_MSG(gate("ben@example.com") != SUPPRESSED_NOT, "an older grant lifts nothing");
    say("ben@example.com", CONSENT_GRANTED, DAY(5));
    CHECK_MSG(gate("ben@example.com") != SUPPRESSED_NOT, "nor one of the same instant");
    say("ben@example.com", CONSENT_GRANTED, TIME_NONE);
    CHECK_MSG(gate("ben@example.com") != SUPPRESSED_NOT, "nor an undated one");
    say("ben@example.com", CONSENT_GRANTED, timestamp_now() + 40 * US_PER_DAY);
    CHECK_MSG(gate("ben@example.com") != SUPPRESSED_NOT, "nor one of a day to come");
    for (size_t i = 0; i < 4; i++) {
        f = fact("ben@example.com", CONSENT_GRANTED, DAY(6));
        f.method = str_of((const char *const[]){"", "import", "List: Migration", "identify"}[i]);
        tell(&f);
        CHECK_MSG(gate("ben@example.com") != SUPPRESSED_NOT, "nor one without evidence (%s)",
                  f.method.p);
    }
    f = fact("ben@example.com", CONSENT_GRANTED, DAY(6));
    f.channel = STR_LIT("sms");
    tell(&f);
    CHECK_MSG(gate("ben@example.com") != SUPPRESSED_NOT, "nor one of another channel");
    say("ben@example.com", CONSENT_PENDING, DAY(7));
    CHECK_MSG(gate("ben@example.com") != SUPPRESSED_NOT, "nor one not yet confirmed");
    say("ben@example.com", CONSENT_GRANTED, DAY(8));
    CHECK_MSG(gate("ben@example.com") == SUPPRESSED_NOT, "a newer one with its way told does");
    say("ben@example.com", CONSENT_WITHDRAWN, DAY(7));
    CHECK_MSG(gate("ben@example.com") == SUPPRESSED_NOT, "an older withdrawal comes too late");
    say("ben@example.com", CONSENT_WITHDRAWN, DAY(9));
    CHECK_MSG(gate("ben@example.com") == SUPPRESSED_UNSUBSCRIBED, "a newer one stands");
}

static void reasons(void)
{
    struct consent_fact f = fact("eve@example.com", CONSENT_WITHDRAWN, DAY(3));

    say("+66812345678", CONSENT_UNREACHABLE, DAY(1));
    CHECK_INT(gate("+66812345678"), SUPPRESSED_BOUNCED);
    tell(&f);
    f.complained = f.of_message = true;
    f.method = STR_LIT("complained");
    CHECK_MSG(!tell(&f), "the message that tells it as well is no second fact");
    CHECK_MSG(gate("eve@example.com") == SUPPRESSED_COMPLAINT,
              "but that it was a complaint counts");
    say("fay@example.com", CONSENT_DENIED, DAY(1));
    CHECK_MSG(gate("fay@example.com") == SUPPRESSED_NOT, "who never subscribed is not suppressed");
    say("gil@example.com", CONSENT_GRANTED, DAY(1));
    say("gil@example.com", CONSENT_DENIED, TIME_NONE);
    CHECK_MSG(gate("gil@example.com") == SUPPRESSED_UNSUBSCRIBED, "who did and is told off, is");
}

static bool put(const char *address, enum suppression_reason reason, int64_t since_us)
{
    struct pseudonym who;
    enum err_code rc;

    CHECK(suppression_address(consents_keys(ledger), "email", str_of(address), "", &who));
    CHECK_OK(consents_begin(ledger, &err), err);
    rc = reason == SUPPRESSED_BOUNCED
             ? suppression_bounce(ledger, "email", &who, since_us, STR_LIT("live"), &err)
             : suppression_add(ledger, "email", &who, reason, since_us, STR_LIT("hand"), &err);
    CHECK_OK(consents_end(ledger, rc, &err), err);
    return gate(address) == reason;
}

static void bounces_and_hands(void)
{
    struct consent_fact f;

    for (int i = 0; i < 4; i++)
        CHECK_MSG(!put("hal@example.com", SUPPRESSED_BOUNCED, DAY(10 * i)), "bounce %d", i + 1);
    CHECK_MSG(!put("hal@example.com", SUPPRESSED_BOUNCED, DAY(0)), "the same one again");
    CHECK_MSG(!put("hal@example.com", SUPPRESSED_BOUNCED, DAY(45)), "five in 45 days");
    CHECK_MSG(put("hal@example.com", SUPPRESSED_BOUNCED, DAY(22)), "five in 30 days, in any order");
    CHECK_MSG(put("ian@example.com", SUPPRESSED_BY_HAND, DAY(1)), "by hand");
    say("ian@example.com", CONSENT_GRANTED, DAY(2));
    CHECK_MSG(gate("ian@example.com") == SUPPRESSED_BY_HAND, "no other's word lifts it");
    f = fact("ian@example.com", CONSENT_GRANTED, DAY(3));
    f.source = STR_LIT("hand");
    tell(&f);
    CHECK_MSG(gate("ian@example.com") == SUPPRESSED_NOT, "another by hand does");
}

/* Words of one person in all orders leave the gate the same; nothing but a newer grant with its
 * evidence lifts a withdrawal (never_20: listmonk d6f5292d). */
static void any_order(void)
{
    static const struct {
        enum consent_state state;
        int day;
    } words[] = {{CONSENT_GRANTED, 1},
                 {CONSENT_WITHDRAWN, 2},
                 {CONSENT_GRANTED, 3},
                 {CONSENT_UNREACHABLE, 4},
                 {CONSENT_GRANTED, 4}};
    size_t order[] = {0, 1, 2, 3, 4}, n = TM_COUNT(order);
    enum suppression_reason first = SUPPRESSION_REASONS;
    bool same = true;

    for (int round = 0; round < 120; round++) { /* all of them, by next permutation */
        char address[64];
        size_t i = n - 1, k = n - 1;

        snprintf(address, sizeof(address), "jo%d@example.com", round);
        for (size_t w = 0; w < n; w++)
            say(address, words[order[w]].state, DAY(words[order[w]].day));
        if (round == 0)
            first = gate(address);
        same = same && gate(address) == first;
        while (i > 0 && order[i - 1] >= order[i])
            i--;
        while (i > 0 && order[k] <= order[i - 1])
            k--;
        for (size_t t = i ? order[i - 1] : 0; i > 0; i = 0) {
            size_t lo = i, hi = n - 1;

            order[i - 1] = order[k];
            order[k] = t;
            for (; lo < hi; lo++, hi--) {
                t = order[lo];
                order[lo] = order[hi];
                order[hi] = t;
            }
        }
    }
    CHECK_MSG(same && first == SUPPRESSED_BOUNCED, "the order of words does not matter");
}

static void one_person(void)
{
    struct pseudonym who[3];
    enum err_code rc;
    int64_t n = 0;

    say("kay@example.com", CONSENT_WITHDRAWN, DAY(5));
    say("kay@work.example.com", CONSENT_GRANTED, DAY(4));
    say("kay@new.example.com", CONSENT_GRANTED, DAY(6));
    for (size_t i = 0; i < 3; i++)
        CHECK(
            pseudonym_email(consents_keys(ledger),
                            str_of((const char *const[]){"kay@example.com", "kay@work.example.com",
                                                         "kay@new.example.com"}[i]),
                            &who[i]));
    CHECK_OK(consents_begin(ledger, &err), err);
    rc = suppression_spread(ledger, "email", who, 3, &n, &err);
    CHECK_OK(consents_end(ledger, rc, &err), err);
    CHECK_MSG(gate("kay@work.example.com") == SUPPRESSED_UNSUBSCRIBED,
              "what stands for one address of a person stands for all");
    CHECK_MSG(gate("kay@new.example.com") == SUPPRESSED_NOT, "but not what subscribed later");
    CHECK_MSG(n == 2, "two were told");
    CHECK_OK(consents_begin(ledger, &err), err);
    rc = suppression_spread(ledger, "email", who, 3, &n, &err);
    CHECK_OK(consents_end(ledger, rc, &err), err);
    CHECK_MSG(n == 0, "once");
}

/* ---- adrift ------------------------------------------------------------------------------- */

static enum err_code see_adrift(void *ctx, const struct consent_entry *e, struct err *ignored)
{
    struct buf *out = ctx;

    (void)ignored;
    buf_addf(out, " %.*s", (int)e->fact.address.n, e->fact.address.p);
    return ERR_OK;
}

static const char *adrift(int64_t after, struct buf *out)
{
    buf_reset(out);
    CHECK_OK(consents_adrift(ledger, after, see_adrift, out, &err), err);
    return buf_cstr(out);
}

/* Words against writing that name another thing than what the channel reaches. */
static void words_adrift(void)
{
    static const struct {
        enum pseudonym_kind kind;
        const char *address, *channel;
        enum consent_state state;
    } told[] = {
        {IDENTIFIER_PROFILE, "login-1", "email", CONSENT_WITHDRAWN},
        {IDENTIFIER_PROFILE, "login-2", "email", CONSENT_GRANTED},
        {IDENTIFIER_CUSTOMER, "1001", "sms", CONSENT_UNREACHABLE},
        {IDENTIFIER_EMAIL, "adrift@example.com", "sms", CONSENT_WITHDRAWN},
        {IDENTIFIER_EMAIL, "adrift@example.com", "email", CONSENT_WITHDRAWN},
        {IDENTIFIER_PHONE, "+447700900111", "email", CONSENT_WITHDRAWN},
        {IDENTIFIER_PHONE, "+447700900111", "sms", CONSENT_WITHDRAWN},
        {IDENTIFIER_PROFILE, "login-3", "ads", CONSENT_WITHDRAWN},
    };
    TM_CLEANUP(buf_release) struct buf out = BUF_INIT(1000);
    struct pseudonym who;
    int64_t n = 0;

    CHECK_STR(adrift(0, &out), "");
    for (size_t i = 0; i < TM_COUNT(told); i++) {
        struct consent_fact f = fact(told[i].address, told[i].state, DAY(1));

        f.kind = told[i].kind;
        f.channel = str_of(told[i].channel);
        CHECK(tell(&f));
    }
    CHECK_STR(adrift(0, &out), " login-1 1001 adrift@example.com +447700900111 login-3");
    CHECK_STR(adrift(health().entries - 1, &out), " login-3");
    CHECK(pseudonym_of(consents_keys(ledger), IDENTIFIER_PROFILE, STR_LIT("klaviyo"),
                       STR_LIT("login-1"), "", &who));
    CHECK_OK(consent_erase(ledger, &who, 1, &n, &err), err);
    CHECK_STR(adrift(0, &out), " 1001 adrift@example.com +447700900111 login-3");
}

/* ---- erasing ------------------------------------------------------------------------------ */

static bool any_file_holds(const char *needle)
{
    static const char *const names[] = {"consent.db", "consent.db-wal", "store.db", "store.db-wal"};
    bool found = false;

    for (size_t i = 0; i < TM_COUNT(names); i++) {
        char path[400];
        struct buf text = BUF_INIT(64 << 20);

        snprintf(path, sizeof(path), "%s/%s", store_dir(store), names[i]);
        if (file_read(path, 64 << 20, &text, &(struct err){0}) == ERR_OK)
            found = found || (text.n && memmem(text.p, text.n, needle, strlen(needle)));
        buf_release(&text);
    }
    return found;
}

static void erasing(void)
{
    struct consent_fact f = fact("canary@example.com", CONSENT_GRANTED, DAY(1));
    struct consent_health before, after;
    struct pseudonym who;
    int64_t n = 0;

    f.proof = STR_LIT("proof-of-canary");
    f.method = STR_LIT("way-of-canary");
    f.agent = STR_LIT("agent-of-canary");
    f.page = STR_LIT("https://shop.example/page-of-canary");
    tell(&f);
    say("canary@example.com", CONSENT_WITHDRAWN, DAY(2));
    before = health();
    CHECK(any_file_holds("canary"));
    CHECK(pseudonym_email(consents_keys(ledger), STR_LIT("canary@example.com"), &who));
    CHECK_OK(consent_erase(ledger, &who, 1, &n, &err), err);
    after = health();
    CHECK_INT(n, 2);
    CHECK_MSG(consent_is_sound(&after) && after.entries == before.entries &&
                  after.erased == before.erased + 2 && strcmp(after.head, before.head) == 0,
              "the chain verifies, and has the same end");
    CHECK_MSG(!any_file_holds("canary"), "nothing of the person is in the files");
    CHECK_INT(look("canary@example.com").n, 0);
    CHECK_INT(gate("canary@example.com"), SUPPRESSED_ERASED);
    CHECK_MSG(!tell(&f) && !say("canary@example.com", CONSENT_GRANTED, TIME_NONE),
              "what was told before is not taken again");
    CHECK_INT(gate("canary@example.com"), SUPPRESSED_ERASED);
    CHECK(say("canary@example.com", CONSENT_GRANTED, timestamp_now() + US_PER_SECOND));
    CHECK_MSG(gate("canary@example.com") == SUPPRESSED_NOT, "who comes back may be written to");
}

/* ---- tampering ---------------------------------------------------------------------------- */

static int64_t wrong_after(const char *sql)
{
    struct consent_health h;
    char path[400], *problem = NULL;
    sqlite3 *db;

    snprintf(path, sizeof(path), "%s/consent.db", store_dir(store));
    CHECK(sqlite3_open(path, &db) == SQLITE_OK);
    sqlite3_exec(db, "SAVEPOINT x", NULL, NULL, NULL);
    CHECK_MSG(sqlite3_exec(db, sql, NULL, NULL, &problem) == SQLITE_OK, "%s: %s", sql,
              problem ? problem : "");
    CHECK_MSG(sqlite3_changes(db) > 0, "it changed something: %s", sql);
    sqlite3_exec(db, "RELEASE x", NULL, NULL, NULL);
    h = health();
    sqlite3_close(db);
    return h.end_missing ? -2 : h.unsuppressed && !h.first_wrong ? -3 : h.first_wrong;
}

static void copy_aside(bool back)
{
    char path[400], aside[420];
    struct buf text = BUF_INIT(64 << 20);

    consents_close(ledger);
    ledger = NULL;
    snprintf(path, sizeof(path), "%s/consent.db", store_dir(store));
    snprintf(aside, sizeof(aside), "%s.aside", path);
    CHECK_OK(file_read(back ? aside : path, 64 << 20, &text, &err), err);
    CHECK_OK(file_replace(back ? path : aside, buf_str(&text), &err), err);
    buf_release(&text);
    CHECK_OK(consents_open(store, &ledger, &err), err);
}

static void tampering(void)
{
    static const char *const columns[] = {"noted_us = noted_us + 1",
                                          "when_us = when_us - 1",
                                          "import_id = 7",
                                          "line = line + 1",
                                          "channel = 'sms'",
                                          "purpose = 'news'",
                                          "state = 1",
                                          "source = 'mailchimp'",
                                          "wording = 'v3'",
                                          "complained = 1",
                                          "commitment = zeroblob(32)",
                                          "link = zeroblob(32)",
                                          "salt = zeroblob(16)",
                                          "who = zeroblob(16)",
                                          "kind = 2",
                                          "address = 'x@example.com'",
                                          "method = 'paper'",
                                          "proof = ''",
                                          "ip = '198.51.100.0'",
                                          "agent = 'x'",
                                          "page = 'https://x.example'",
                                          "salt = NULL",
                                          "proof = NULL"};
    struct consent_health h = health();

    CHECK_MSG(consent_is_sound(&h) && strlen(h.head) == 64, "untouched it verifies");
    copy_aside(false);
    for (size_t i = 0; i < TM_COUNT(columns); i++) {
        char sql[200];

        snprintf(sql, sizeof(sql), "UPDATE entry SET %s WHERE seq = %d", columns[i],
                 1 + (int)i % 2);
        CHECK_MSG(wrong_after(sql) == 1 + (int)i % 2, "found: %s", columns[i]);
        copy_aside(true);
    }
    CHECK_MSG(wrong_after("DELETE FROM entry WHERE seq = 5") == 6, "a row in the middle is missed");
    copy_aside(true);
    CHECK_MSG(wrong_after("DELETE FROM entry WHERE seq = (SELECT max(seq) FROM entry)") == -2,
              "so is the last one");
    copy_aside(true);
    CHECK_MSG(wrong_after("DELETE FROM last") == -2, "and the seal");
    copy_aside(true);
    CHECK_MSG(wrong_after("UPDATE last SET seal = zeroblob(16)") == -2, "which cannot be made up");
    copy_aside(true);
    CHECK_MSG(wrong_after("DELETE FROM suppression WHERE reason = 1") == -3,
              "a withdrawal that suppression has lost is told");
    copy_aside(true);
    h = health();
    CHECK_MSG(consent_is_sound(&h), "put back it verifies");
}

static void taken(void)
{
    const struct consent_taken want = {10, 70};
    struct consent_taken got;

    CHECK_OK(consents_begin(ledger, &err), err);
    CHECK_OK(consents_take(ledger, 3, &want, &err), err);
    CHECK_OK(consents_end(ledger, ERR_OK, &err), err);
    CHECK_OK(consents_taken(ledger, 3, &got, &err), err);
    CHECK(got.rows == 10 && got.last_line == 70);
    CHECK_OK(consents_taken(ledger, 4, &got, &err), err);
    CHECK(got.rows == 0 && got.last_line == 0);
    CHECK_OK(consents_begin(ledger, &err), err);
    CHECK_MSG(consents_end(ledger, ERR_CANCELLED, &err) == ERR_CANCELLED, "an error undoes all");
}

/* A ledger from before pages were kept goes on: its chain holds, and new entries have theirs. */
static void of_before(void)
{
    struct consent_fact f = fact("page@example.com", CONSENT_GRANTED, DAY(1));
    struct consent_health h;
    char path[400];
    sqlite3 *db;

    consents_close(ledger);
    ledger = NULL;
    snprintf(path, sizeof(path), "%s/consent.db", store_dir(store));
    CHECK(sqlite3_open(path, &db) == SQLITE_OK);
    CHECK(sqlite3_exec(db,
                       "ALTER TABLE entry DROP COLUMN page; DROP INDEX suppression_erased; PRAGMA "
                       "user_version=1",
                       NULL, NULL, NULL) == SQLITE_OK);
    sqlite3_close(db);
    CHECK_OK(consents_open(store, &ledger, &err), err);
    f.page = STR_LIT("https://shop.example/join");
    CHECK(tell(&f));
    h = health();
    CHECK_MSG(consent_is_sound(&h) && h.entries > 5, "it verifies");
    CHECK_MSG(wrong_after("UPDATE entry SET page = '' WHERE page != ''") == h.entries,
              "a page that is gone is missed");
}

/* ---- many who wait ------------------------------------------------------------------------- */

enum { TELLERS = 8, WORDS = 60 };

static void *tells(void *ctx)
{
    int64_t *longest_us = ctx;
    struct consents *own = NULL;
    struct err e = ERR_INIT;
    char address[64];
    bool added;

    if (consents_open(store, &own, &e) != ERR_OK)
        return NULL;
    for (int i = 0; i < WORDS; i++) {
        int64_t begun_us = timestamp_now(), took_us;
        struct consent_fact f;
        enum err_code rc;

        snprintf(address, sizeof(address), "t%p-%d@example.com", ctx, i);
        f = fact(address, CONSENT_WITHDRAWN, DAY(1));
        rc = consents_begin_first(own, &e);
        took_us = timestamp_now() - begun_us;
        *longest_us = took_us > *longest_us ? took_us : *longest_us;
        if (rc == ERR_OK)
            rc = consents_end(own, consents_add(own, &f, &added, &e), &e);
        if (rc != ERR_OK)
            *longest_us = INT64_MAX;
    }
    consents_close(own);
    return NULL;
}

/* Of many who tell at once each comes in turn: who is left waiting is answered too late. */
static void in_turn(void)
{
    int64_t longest_us[TELLERS] = {0}, begun_us = timestamp_now(), all_us, most_us = 0;
    pthread_t threads[TELLERS];

    for (int i = 0; i < TELLERS; i++)
        CHECK(pthread_create(&threads[i], NULL, tells, &longest_us[i]) == 0);
    for (int i = 0; i < TELLERS; i++) {
        pthread_join(threads[i], NULL);
        most_us = longest_us[i] > most_us ? longest_us[i] : most_us;
    }
    all_us = timestamp_now() - begun_us;
    CHECK_MSG(most_us < all_us / 4, "who waits longest waits %" PRId64 " of %" PRId64 " ms",
              most_us / 1000, all_us / 1000);
}

/* A long list to leave alone: whether anybody on it was erased was found out by reading all of it,
 * at each begin. */
static void long_list(void)
{
    char path[400];
    int64_t began_us;
    sqlite3 *db;

    snprintf(path, sizeof(path), "%s/consent.db", store_dir(store));
    CHECK(sqlite3_open(path, &db) == SQLITE_OK);
    CHECK(
        sqlite3_exec(db,
                     "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 200000)"
                     " INSERT INTO suppression SELECT randomblob(16), 'email', 1, 1, 0, 1, 'x'"
                     " FROM n",
                     NULL, NULL, NULL) == SQLITE_OK);
    sqlite3_close(db);
    began_us = timestamp_now();
    for (int i = 0; i < 400; i++) {
        struct err none = ERR_INIT;

        if (consents_begin(ledger, &err) != ERR_OK ||
            consents_end(ledger, ERR_CANCELLED, &none) != ERR_CANCELLED)
            CHECK_MSG(false, "begin %d: %s", i, err.msg);
    }
    CHECK_MSG(timestamp_now() - began_us < US_PER_SECOND, "400 times within a second");
}

int main(void)
{
    struct consents *none = NULL;

    temp_dir_make();
    CHECK_OK(store_open(temp_path("shop"), &store, &err), err);
    CHECK_OK(consents_open_kept(store, &none, &err), err);
    CHECK_MSG(!none, "nothing was kept yet");
    CHECK_OK(consents_open(store, &ledger, &err), err);
    facts();
    stands_and_falls();
    reasons();
    bounces_and_hands();
    any_order();
    one_person();
    in_turn();
    long_list();
    words_adrift();
    erasing();
    taken();
    tampering();
    of_before();
    consents_close(ledger);
    store_close(store);
    return tap_done();
}

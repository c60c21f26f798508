/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What a channel answered is written down, whatever fails while it is: nothing of it is forgotten,
 * told twice, or sent again (never_1 and never_6: an error after sending, and all is sent again).
 */
#include "outreach/fake_channel.h"
#include "outreach/sender/sender.h"
#include "tap.h"
#include "temp_dir.h"

#include <sqlite3.h>

enum { MESSAGES = 100 };

static struct err err;
static struct store *store;
static struct outbox *outbox;

/* Every fifth address is dead. */
static void fifth_dead(const struct fake_message *m, struct channel_answer *out)
{
    out->dead = m->id % 5 == 0;
    out->outcome = out->dead ? CLAIM_FAILED : CLAIM_ACCEPTED;
}

static struct fake_channel fake = {.answer = fifth_dead};

/* ---- the test ------------------------------------------------------------------------------ */

static void plan(void)
{
    struct pseudonyms *keys = NULL;
    const int64_t now = timestamp_now();

    CHECK_OK(pseudonyms_open(store, &keys, &err), err);
    CHECK_OK(outbox_begin(outbox, &err), err);
    for (int i = 0; i < MESSAGES; i++) {
        struct outbox_message m = {.campaign = 1,
                                   .person = (uint64_t)i + 1,
                                   .channel = "email",
                                   .purpose = "",
                                   .transactional = true,
                                   .zone = "UTC",
                                   .planned_us = now,
                                   .next_us = now,
                                   .not_after_us = now + US_PER_DAY};
        bool new;

        snprintf(m.address, sizeof(m.address), "p%d@mail.example", i);
        CHECK(pseudonym_email(keys, str_of(m.address), &m.who));
        CHECK_OK(outbox_plan(outbox, &m, STR_LIT("{}"), &new, &err), err);
    }
    CHECK_OK(outbox_end(outbox, outbox_arm(outbox, &err), &err), err);
    pseudonyms_close(keys);
}

static void run_sql(const char *file, const char *sql)
{
    sqlite3 *db = NULL;

    CHECK(sqlite3_open(temp_path(file), &db) == SQLITE_OK);
    CHECK(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK);
    sqlite3_close(db);
}

static int64_t in_state(enum outbox_state state)
{
    struct outbox_count counts[OUTBOX_COUNTS_MAX];
    int64_t sum = 0;
    size_t n = 0;

    CHECK_OK(outbox_counts(outbox, 0, counts, OUTBOX_COUNTS_MAX, &n, &err), err);
    for (size_t i = 0; i < n; i++)
        sum += counts[i].state == state ? counts[i].n : 0;
    return sum;
}

/* Works until something cannot be written down. */
static bool fails(struct sender *sender)
{
    bool busy = true;

    for (int i = 0; i < 10; i++) {
        struct err why = ERR_INIT;

        if (sender_turn(sender, 10, &busy, &why) != ERR_OK)
            return true;
    }
    return false;
}

/* Each of the three that write an answer down fails for a while. */
static void fail_at(struct sender *sender, const char *file, const char *when)
{
    char sql[300];
    bool busy;
    int put_before;

    snprintf(sql, sizeof(sql),
             "CREATE TRIGGER full BEFORE %s BEGIN SELECT RAISE(ABORT, 'no space'); END", when);
    run_sql(file, sql);
    CHECK(fails(sender));
    put_before = fake.put;
    CHECK(fails(sender));
    CHECK_MSG(fake.put == put_before, "nothing more is sent until it is written down");
    run_sql(file, "DROP TRIGGER full");
    CHECK_OK(sender_turn(sender, 10, &busy, &err), err);
}

int main(void)
{
    struct settings settings = settings_default();
    struct sender_settings how = {.settings = &settings,
                                  .base = "https://shop.example",
                                  .words = {fake_words, NULL},
                                  .alone = true};
    const struct channel channel = {.name = "email", .self = &fake, .calls = &fake_calls};
    const struct sender_counts *counts;
    struct sender *sender = NULL;
    bool busy = true;

    temp_dir_make();
    CHECK_OK(store_open(temp_path("shop"), &store, &err), err);
    CHECK_OK(outbox_open(store, &outbox, &err), err);
    plan();
    how.store = store;
    CHECK_OK(sender_open(&how, &sender, &err), err);
    sender_add(sender, &channel);
    fail_at(sender, "shop/consent.db", "INSERT ON suppression");
    fail_at(sender, "shop/outbox.db", "UPDATE OF state ON message WHEN NEW.state IN (3, 4)");
    fail_at(sender, "shop/outbox.db", "INSERT ON response_day");
    for (int i = 0; i < 100 && busy; i++)
        CHECK_OK(sender_turn(sender, 10, &busy, &err), err);
    counts = sender_counts(sender);
    CHECK_INT(fake.put, MESSAGES);
    CHECK_INT(counts->accepted, MESSAGES * 4 / 5);
    CHECK_INT(counts->failed, MESSAGES / 5);
    CHECK_INT(counts->late, 0);
    CHECK_INT(in_state(OUTBOX_ACCEPTED), MESSAGES * 4 / 5);
    CHECK_INT(in_state(OUTBOX_FAILED), MESSAGES / 5);
    CHECK_INT(in_state(OUTBOX_HANDED_OVER) + in_state(OUTBOX_UNCERTAIN), 0);
    CHECK_OK(sender_end(sender, &err), err);
    sender_close(sender);
    outbox_close(outbox);
    store_close(store);
    return tap_done();
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The queues of the outbox: each campaign and channel of which something is due stands there once,
 * those after the last turn's first; and finding them costs the same however much waits in them. */
#include "outreach/claim.h"
#include "tap.h"
#include "temp_dir.h"

#define NOW civil_to_utc(&(struct civil){2026, 3, 20, 6, 0, 0, 0})

enum { EACH = 15000, ASKED = 500 };

static struct err err = ERR_INIT;
static struct store *store;
static struct outbox *outbox;

static const struct {
    int64_t campaign;
    const char *channel;
    int n;
    bool due;
} queues[] = {{1, "email", EACH, true}, {1, "sms", EACH, true},     {2, "sms", 10, true},
              {3, "push", 10, false},   {4, "email", EACH, false},  {4, "sms", 1, true},
              {7, "email", 1, true},    {7, "webhook", EACH, true}, {9, "email", 3, true}};

static void plan_all(void)
{
    CHECK_OK(outbox_begin(outbox, &err), err);
    for (size_t q = 0; q < TM_COUNT(queues); q++) {
        for (int i = 0; i < queues[q].n; i++) {
            struct outbox_message m = {.campaign = queues[q].campaign,
                                       .step = (int)q,
                                       .person = (uint64_t)i + 1,
                                       .purpose = "marketing",
                                       .zone = "UTC",
                                       .planned_us = NOW,
                                       .next_us = NOW + (queues[q].due ? -i : US_PER_DAY),
                                       .not_after_us = NOW + 2 * US_PER_DAY};
            bool new;

            snprintf(m.channel, sizeof(m.channel), "%s", queues[q].channel);
            snprintf(m.address, sizeof(m.address), "p%d@example.com", i);
            memcpy(m.who.bytes, &m.person, sizeof(m.person));
            if (outbox_plan(outbox, &m, STR_LIT("{}"), &new, &err) != ERR_OK || !new)
                CHECK_MSG(false, "planning: %s", err.msg);
        }
    }
    CHECK_OK(outbox_end(outbox, ERR_OK, &err), err);
}

/* "1 email, 1 sms, ..." as the outbox tells them. */
static const char *due(int64_t now_us, int64_t after, size_t cap)
{
    static char text[400];
    struct outbox_queue found[64];
    size_t n = 0, len = 0;

    CHECK_OK(outbox_queues_due(outbox, now_us, after, found, cap, &n, &err), err);
    text[0] = '\0';
    for (size_t i = 0; i < n; i++)
        len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%" PRId64 " %s", i ? ", " : "",
                                found[i].campaign, found[i].channel);
    return text;
}

static void each_once(void)
{
    CHECK_STR(due(NOW, 0, 64), "1 email, 1 sms, 2 sms, 4 sms, 7 email, 7 webhook, 9 email");
    CHECK_STR(due(NOW, 2, 64), "4 sms, 7 email, 7 webhook, 9 email, 1 email, 1 sms, 2 sms");
    CHECK_STR(due(NOW, 9, 3), "1 email, 1 sms, 2 sms");
    CHECK_STR(due(NOW + US_PER_DAY, 2, 3), "3 push, 4 email, 4 sms");
    CHECK_STR(due(NOW - US_PER_DAY, 0, 64), "");
    CHECK_OK(outbox_campaign_set(outbox, 7, CAMPAIGN_PAUSED, "asked", &err), err);
    CHECK_STR(due(NOW, 0, 64), "1 email, 1 sms, 2 sms, 4 sms, 9 email");
}

/* One after the other by the index: 500 times take some milliseconds; message by message they took
 * 15 seconds. */
static void whatever_waits(void)
{
    const int64_t began = timestamp_now();
    struct outbox_queue found[64];
    size_t n;

    for (int i = 0; i < ASKED; i++)
        if (outbox_queues_due(outbox, NOW, i, found, 64, &n, &err) != ERR_OK || n != 5)
            CHECK_MSG(false, "%zu queues: %s", n, err.msg);
    CHECK_MSG(timestamp_now() - began < 3 * US_PER_SECOND, "asked %d times within 3 s", ASKED);
}

int main(void)
{
    if (access("/dev/shm", W_OK) == 0)
        setenv("TMPDIR", "/dev/shm", 0);
    temp_dir_make();
    CHECK_OK(store_open(temp_path("shop"), &store, &err), err);
    CHECK_OK(outbox_open(store, &outbox, &err), err);
    CHECK_STR(due(NOW, 0, 64), "");
    plan_all();
    each_once();
    whatever_waits();
    outbox_close(outbox);
    store_close(store);
    return tap_done();
}

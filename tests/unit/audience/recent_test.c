/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Live messages that the figures do not have, in the facts of a person: orders count, the newest
 * address is told, and the other people's messages stay theirs. */
#include "audience/recent.h"

#include "store/store.h"
#include "tap.h"
#include "temp_dir.h"

static struct err err;

static bool source(void *ctx, int64_t id, struct source_entry *out)
{
    (void)ctx;
    *out = (struct source_entry){.id = id, .ledger = true};
    snprintf(out->protocol, sizeof(out->protocol), "segment");
    return id == 1;
}

static void append(struct journal *journal, int64_t from, const char *body)
{
    struct journal_record r = {
        .source = from, .body = str_of(body), .received_us = timestamp_now()};
    char id[32];

    snprintf(id, sizeof(id), "m%" PRId64, journal_last(journal) + 1);
    r.id = str_of(id);
    CHECK_OK(journal_append(journal, &r, 1, &err), err);
}

static void identify(struct journal *journal, const char *user, const char *email)
{
    TM_CLEANUP(buf_release) struct buf body = BUF_INIT(1000);

    buf_addf(&body, "{\"type\": \"identify\", \"userId\": \"%s\", \"timestamp\": \"", user);
    timestamp_add_iso(&body, timestamp_now());
    buf_addf(&body, "\", \"traits\": {\"email\": \"%s\"}}", email);
    append(journal, 1, buf_cstr(&body));
}

static bool holds(const struct audience_facts *facts, const char *text,
                  const struct audience_now *now)
{
    struct audience_segment one = {.id = 1, .name = "one", .text = str_of(text)};
    struct audience_set set = {&one, 1};
    bool in;

    audience_set_link(&set, now);
    CHECK_MSG(one.tree != NULL, "%s: %s", text, one.err.msg);
    in = one.tree && audience_holds(&set, 0, facts, now);
    audience_set_release(&set);
    return in;
}

int main(void)
{
    struct settings settings = settings_default();
    struct audience_facts *facts = audience_facts_new();
    struct audience_touched touched = {0};
    struct recent_contact contact = {.email = ""};
    struct audience_now now = {.decimals = 2};
    struct audience_recent *recent = NULL;
    struct journal *journal = NULL;
    struct store *store = NULL;
    TM_CLEANUP(buf_release) struct buf at = BUF_INIT(64);
    char order[400];

    temp_dir_make();
    snprintf(settings.currency, sizeof(settings.currency), "EUR");
    CHECK_OK(store_open(temp_path("shop"), &store, &err), err);
    CHECK_OK(journal_open(temp_path("shop"), &journal, &err), err);
    CHECK_OK(audience_recent_open(journal, source, NULL, &recent, &err), err);
    CHECK_OK(audience_recent_set(recent, &settings, "EUR", NULL, &err), err);
    timestamp_add_iso(&at, timestamp_now() - 60 * US_PER_SECOND);
    snprintf(order, sizeof(order),
             "{\"type\": \"track\", \"event\": \"Order Completed\", \"userId\": \"u1\","
             " \"timestamp\": \"%s\", \"properties\": {\"order_id\": \"7\", \"total\": 42,"
             " \"currency\": \"EUR\"}}",
             buf_cstr(&at));
    identify(journal, "u1", "old@example.com");
    identify(journal, "u2", "other@example.com");
    append(journal, 1, order);
    append(journal, 2, order); /* of a source that is gone */
    identify(journal, "u1", "Ann@example.com");
    const int64_t hers[] = {1, 3, 4, 5};

    audience_recent_now(recent, &now);
    CHECK(!holds(facts, "last_order_date = today OR last_order_date = yesterday", &now));
    CHECK_OK(audience_recent_apply(recent, facts, hers, TM_COUNT(hers), &touched, &contact, &err),
             err);
    CHECK(holds(facts, "last_order_date = today OR last_order_date = yesterday", &now));
    CHECK(holds(facts, "number_of_orders = 1 AND amount_spent = 42", &now));
    CHECK(holds(facts, "customer_email = 'ann@example.com'", &now));
    CHECK_STR(contact.email, "ann@example.com");
    CHECK(touched.whole[FROM_ORDERS] && !touched.whole[FROM_MESSAGES]);
    audience_facts_free(facts);
    audience_recent_close(recent);
    journal_close(journal);
    store_close(store);
    return tap_done();
}

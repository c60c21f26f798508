/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Many segments asked after each event of a person, in memory: all of them, and those alone that
 * the index names.
 *   bench-followed [SEGMENTS [EVENTS]] */
#include "audience/complete.h"
#include "audience/shelf.h"
#include "base/timestamp.h"

enum { PEOPLE = 200, ROWS = 60 };
#define NOW INT64_C(1795162500250001)

static uint64_t state = 7;

static unsigned below(unsigned n)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(state >> 33) % n;
}

static const char *const names[] = {"page_view",   "product_view", "cart_add", "checkout_start",
                                    "search",      "wishlist_add", "sign_up",  "review",
                                    "cart_remove", "share"};

/* As a shop keeps them: by orders, by what was done on site, by messages, consent and profile. */
static void write_text(size_t n, char text[256])
{
    const unsigned a = below(9) + 1, b = below(60) + 1;

    switch (n % 10) {
    case 0:
        snprintf(text, 256, "number_of_orders >= %u AND last_order_date < -%ud", a, b);
        break;
    case 1:
        snprintf(text, 256, "events('%s', count >= %u, date >= -%ud)", names[below(10)], a, b);
        break;
    case 2:
        snprintf(text, 256, "events('%s', time >= -%uh) AND NOT orders(date >= -%ud)",
                 names[below(10)], a, b);
        break;
    case 3:
        snprintf(text, 256, "orders(amount >= %u0, date >= -%ud) AND customer_tags CONTAINS 'vip'",
                 a, b);
        break;
    case 4:
        snprintf(text, 256, "products_purchased MATCHES (type = 'kind%u', sum_quantity > %u)", b,
                 a);
        break;
    case 5:
        snprintf(text, 256, "messages(kind = 'clicked', channel = 'email', count >= %u)", a);
        break;
    case 6:
        snprintf(text, 256, "email_subscription_status = 'SUBSCRIBED' AND amount_spent > %u0", b);
        break;
    case 7:
        snprintf(text, 256,
                 "rfm_group IN ('AT_RISK', 'LOYAL') AND customer_countries CONTAINS 'DE'");
        break;
    case 8:
        snprintf(text, 256, "sequence(events('product_view') THEN events('%s') WITHIN %ud)",
                 names[below(10)], a);
        break;
    default:
        snprintf(text, 256, "last_open_date < -%ud OR birthday BETWEEN today AND +%ud", b, a);
    }
}

static void give(struct audience_facts *facts, struct completing *how, int64_t at_us)
{
    struct event_record event = RECORD_INIT(event, EVENT_COLUMNS);
    struct order_record order = RECORD_INIT(order, ORDER_COLUMNS);

    if (below(20) == 0) {
        order.ordered_at = at_us;
        order.total = (int64_t)below(200) * 100;
        order.status = str_of("paid");
        audience_complete(facts, how, RECORD_ORDER, &order);
        return;
    }
    event.name = str_of(names[below(10)]);
    event.occurred_at = at_us;
    event.channel = str_of("Email");
    audience_complete(facts, how, RECORD_EVENT, &event);
}

struct person {
    struct audience_facts *facts;
    struct audience_verdicts verdicts;
};

/* Nanoseconds an event; *out_asked: segments asked. */
static double run(const struct audience_set *set, bool indexed, size_t events, size_t *out_asked)
{
    static struct person people[PEOPLE];
    struct audience_index *index = audience_index_new(set);
    struct completing how = {.currency = "EUR", .source = "live:1", .order_at = TIME_NONE};
    struct audience_now now = {.today = NOW / US_PER_DAY, .decimals = 2};
    struct err err = ERR_INIT;
    int64_t took_us = 0, at_us = NOW - 20 * US_PER_DAY;

    if (zone_open("UTC", &how.zone, &err) != ERR_OK)
        exit(1);
    state = 7;
    *out_asked = 0;
    for (size_t i = 0; i < PEOPLE; i++) {
        people[i] = (struct person){.facts = audience_facts_new()};
        for (size_t k = 0; k < ROWS; k++)
            give(people[i].facts, &how, at_us + (int64_t)below(20 * 86400) * US_PER_SECOND);
        now.now_us = NOW;
        (void)audience_judge(index, people[i].facts, &now, NULL, &people[i].verdicts);
    }
    for (size_t i = 0; i < events; i++) {
        struct person *one = &people[below(PEOPLE)];
        struct audience_touched touched = {0};

        how.touched = &touched;
        how.order_at = TIME_NONE;
        now.now_us = NOW + (int64_t)i * US_PER_SECOND;
        now.today = now.now_us / US_PER_DAY;
        give(one->facts, &how, now.now_us);
        if (!indexed)
            audience_verdicts_release(&one->verdicts);
        at_us = timestamp_now();
        *out_asked += audience_judge(index, one->facts, &now, &touched, &one->verdicts);
        took_us += timestamp_now() - at_us;
    }
    for (size_t i = 0; i < PEOPLE; i++) {
        audience_verdicts_release(&people[i].verdicts);
        audience_facts_free(people[i].facts);
    }
    zone_close(how.zone);
    audience_index_free(index);
    return (double)took_us / (double)events;
}

int main(int argc, char **argv)
{
    const size_t n = argc > 1 ? strtoul(argv[1], NULL, 10) : 500,
                 events = argc > 2 ? strtoul(argv[2], NULL, 10) : 5000;
    const struct audience_now now = {.now_us = NOW, .today = NOW / US_PER_DAY, .decimals = 2};
    struct audience_segment *list = xcalloc(n, sizeof(*list));
    char(*texts)[256] = xcalloc(n, sizeof(*texts)), (*called)[24] = xcalloc(n, sizeof(*called));
    struct audience_set set = {list, n};
    size_t all, few;
    double before, after;

    for (size_t i = 0; i < n; i++) {
        write_text(i, texts[i]);
        snprintf(called[i], sizeof(called[i]), "s%zu", i);
        list[i] = (struct audience_segment){
            .id = (int64_t)i + 1, .name = called[i], .text = str_of(texts[i])};
    }
    audience_set_link(&set, &now);
    for (size_t i = 0; i < n; i++)
        if (!list[i].tree) {
            fprintf(stderr, "%s: %s\n", texts[i], list[i].err.msg);
            return 1;
        }
    before = run(&set, false, events, &all);
    after = run(&set, true, events, &few);
    printf("%zu segments, %zu events: all asked %.1f us an event; by the index %.1f us, %zu of %zu "
           "asked (%.1f %%); %.1f times as fast\n",
           n, events, before, after, few, all, 100.0 * (double)few / (double)all, before / after);
    audience_set_release(&set);
    free(list);
    free(texts);
    free(called);
    return 0;
}

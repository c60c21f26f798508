/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Only those segments asked that an event or time can have changed: the same answers as asking all
 * of them, for random segments, people, events and times. TIDEMARK_TEST_LONG=1: a hundred times as
 * many. */
#include "audience/complete.h"

#include "engine/audience_random.h"
#include "tap.h"

#define NOW INT64_C(1795162500250001)
enum { SEGMENTS = 120, PEOPLE = 4, EVENTS = 120, TEXTS = 4 };

static struct err err;
static struct completing how = {.currency = "EUR", .source = "live:1", .order_at = TIME_NONE};
static size_t compared, asked, changed;

static struct audience_now now_at(int64_t now_us)
{
    return (struct audience_now){
        .now_us = now_us, .today = now_us / US_PER_DAY, .decimals = 2, .currency = "EUR"};
}

/* ---- random events ------------------------------------------------------------------------- */

static struct str any_name(void)
{
    static const char *const names[] = {"product_view", "cart_add", "checkout_start",
                                        "page_view",    "Search",   "wishlist"};

    return str_of(names[below(TM_COUNT(names))]);
}

static int64_t lately(int64_t now_us)
{
    return now_us - (int64_t)below(below(3) ? 300 : 20000) * 60 * US_PER_SECOND;
}

static void give_event(struct audience_facts *facts, int64_t now_us)
{
    struct event_record r = RECORD_INIT(event, EVENT_COLUMNS);

    r.name = any_name();
    r.occurred_at = lately(now_us);
    r.channel = str_of(any_text());
    r.device = str_of(any_text());
    r.product_key = str_of(any_text());
    r.value = below(2) ? AMOUNT_NONE : (int64_t)below(200) * 100;
    r.currency = str_of("EUR");
    audience_complete(facts, &how, RECORD_EVENT, &r);
}

static void give_order(struct audience_facts *facts, int64_t now_us)
{
    struct order_record r = RECORD_INIT(order, ORDER_COLUMNS);
    struct line_record line = RECORD_INIT(line, LINE_COLUMNS);

    r.ordered_at = lately(now_us);
    r.total = (int64_t)below(250) * 100;
    r.currency = str_of("EUR");
    r.status = str_of(below(6) ? "paid" : "cancelled");
    r.country = str_of(any_text());
    r.channel = str_of(any_text());
    audience_complete(facts, &how, RECORD_ORDER, &r);
    line.sku = str_of(any_text());
    line.title = str_of(any_text());
    line.quantity = below(8);
    if (below(2))
        audience_complete(facts, &how, RECORD_LINE, &line);
    how.order_at = TIME_NONE;
}

static void give_word(struct audience_facts *facts, int64_t now_us)
{
    static const char *const channels[] = {"email", "sms", "push"};
    static const char *const kinds[] = {"sent", "delivered", "opened", "clicked", "unsubscribed"};
    struct message_record m = RECORD_INIT(message, MESSAGE_COLUMNS);
    struct consent_record c = RECORD_INIT(consent, CONSENT_COLUMNS);

    m.name = str_of(kinds[below(TM_COUNT(kinds))]);
    m.channel = c.channel = str_of(channels[below(3)]);
    m.campaign_key = str_of(any_text());
    m.occurred_at = c.changed_at = lately(now_us);
    c.state = str_of(below(2) ? "granted" : "withdrawn");
    if (below(2))
        audience_complete(facts, &how, RECORD_MESSAGE, &m);
    else
        audience_complete(facts, &how, RECORD_CONSENT, &c);
}

static void give_profile(struct audience_facts *facts, int64_t now_us)
{
    struct person_record r = RECORD_INIT(person, PERSON_COLUMNS);

    r.first_name = str_of(any_text());
    r.email = str_of(below(2) ? "a@b" : "");
    r.tags = str_of(any_text());
    r.country = str_of(any_text());
    r.birthday = str_of(below(2) ? "11-20" : "");
    r.created_at = now_us;
    audience_complete(facts, &how, RECORD_PERSON, &r);
}

static void give(struct audience_facts *facts, int64_t now_us)
{
    static void (*const all[])(struct audience_facts *, int64_t) = {
        give_event, give_event, give_event, give_order, give_word, give_profile};

    all[below(TM_COUNT(all))](facts, now_us);
}

/* ---- both ways ----------------------------------------------------------------------------- */

static void compare(const struct audience_set *set, const struct audience_facts *facts,
                    const struct audience_now *now, const struct audience_verdicts *verdicts)
{
    for (size_t i = 0; i < set->n; i++) {
        const bool in = set->segments[i].tree && audience_holds(set, i, facts, now);

        compared++;
        if (verdicts->in[i] != in)
            CHECK_MSG(false, "%s of: %.*s", in ? "in" : "out", (int)set->segments[i].text.n,
                      set->segments[i].text.p);
    }
}

static void follow(const struct audience_set *set, const struct audience_index *index)
{
    struct audience_facts *facts = audience_facts_new();
    struct audience_verdicts verdicts = {.in = NULL};
    unsigned char before[SEGMENTS];
    int64_t now_us = NOW;

    for (int i = 0; i < EVENTS; i++) {
        struct audience_touched touched = {0};
        struct audience_now now;

        how.touched = &touched;
        for (unsigned k = below(4); k > 0; k--)
            give(facts, now_us);
        now_us += (int64_t)below(below(4) ? 20 : 3000) * 60 * US_PER_SECOND;
        now = now_at(now_us);
        if (i)
            memcpy(before, verdicts.in, SEGMENTS);
        asked += audience_judge(index, facts, &now, &touched, &verdicts);
        changed += i && memcmp(before, verdicts.in, SEGMENTS) != 0;
        compare(set, facts, &now, &verdicts);
    }
    audience_verdicts_release(&verdicts);
    audience_facts_free(facts);
}

static void test_random(void)
{
    const struct audience_now now = now_at(NOW);
    struct audience_segment list[SEGMENTS] = {{0}};
    struct audience_set set = {list, SEGMENTS};
    struct buf texts[SEGMENTS];
    char names[SEGMENTS][8];
    struct audience_index *index;

    for (unsigned i = 0; i < SEGMENTS; i++) {
        texts[i] = BUF_INIT(AUDIENCE_TEXT_MAX);
        snprintf(names[i], sizeof(names[i]), "s%u", i);
        add_any(&texts[i], 2, i < 7 ? i : 7);
        list[i] = (struct audience_segment){.id = i, .name = names[i], .text = buf_str(&texts[i])};
    }
    audience_set_link(&set, &now);
    index = audience_index_new(&set);
    for (int i = 0; i < PEOPLE; i++)
        follow(&set, index);
    audience_index_free(index);
    audience_set_release(&set);
    for (unsigned i = 0; i < SEGMENTS; i++)
        buf_release(&texts[i]);
}

/* ---- what is asked ------------------------------------------------------------------------- */

static void test_few(void)
{
    static const char *const texts[] = {
        "events('cart_add')", "number_of_orders > 0", "events('cart_add', time >= -2h)",
        "events(page CONTAINS 'x')", "segment('0') AND life_stage = 'NEW'"};
    static const char *const names[] = {"0", "1", "2", "3", "4"};
    struct audience_segment list[TM_COUNT(texts)] = {{0}};
    struct audience_set set = {list, TM_COUNT(texts)};
    struct audience_now now = now_at(NOW);
    struct audience_facts *facts = audience_facts_new();
    struct event_record r = RECORD_INIT(event, EVENT_COLUMNS);
    struct audience_touched touched = {0};
    struct audience_verdicts v = {.in = NULL};
    struct audience_index *index;

    for (size_t i = 0; i < set.n; i++)
        list[i] =
            (struct audience_segment){.id = (int64_t)i, .name = names[i], .text = str_of(texts[i])};
    audience_set_link(&set, &now);
    for (size_t i = 0; i < set.n; i++)
        CHECK_MSG(list[i].tree != NULL, "%s", list[i].err.msg);
    index = audience_index_new(&set);
    CHECK_INT(audience_judge(index, facts, &now, NULL, &v), 5);
    CHECK_INT(audience_judge(index, facts, &now, NULL, &v), 0);
    r.name = str_of("Cart_Add");
    r.occurred_at = NOW - US_PER_HOUR;
    how.touched = &touched;
    audience_complete(facts, &how, RECORD_EVENT, &r);
    CHECK_INT(audience_judge(index, facts, &now, &touched, &v), 4);
    CHECK_MSG(v.in[0] && v.in[2] && !v.in[1], "an event in another case is the same one");
    now = now_at(NOW + US_PER_HOUR - 1);
    CHECK_INT(v.until_us, NOW + US_PER_HOUR);
    CHECK_INT(audience_judge(index, facts, &now, NULL, &v), 0);
    now = now_at(NOW + US_PER_HOUR + 1);
    CHECK_INT(audience_judge(index, facts, &now, NULL, &v), 1);
    CHECK(v.in[0] && !v.in[2]);
    now = now_at(NOW + US_PER_DAY);
    CHECK_INT(audience_judge(index, facts, &now, NULL, &v), 1); /* a day counts for life_stage */
    audience_verdicts_release(&v);
    audience_index_free(index);
    audience_facts_free(facts);
    audience_set_release(&set);
}

int main(void)
{
    const int rounds = getenv("TIDEMARK_TEST_LONG") ? 400 : 4;

    CHECK_OK(zone_open("UTC", &how.zone, &err), err);
    test_few();
    for (int i = 0; i < rounds; i++)
        test_random();
    CHECK_MSG(asked < compared / 2 && changed > 100, "%zu of %zu asked, %zu times one changed",
              asked, compared, changed);
    printf("# %zu comparisons, %zu asked by the index\n", compared, asked);
    zone_close(how.zone);
    return tap_done();
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Whose what is, from live messages through journal and drain into a real engine: aliases, and
 * visits in which somebody logs in. */
#include "live_shop.h"

#define RECEIVED INT64_C(1795004800000000) /* 2026-11-18T12:26:40Z */

static struct source_entry source = {.protocol = "segment", .name = "Site"};
static int sent;

/* {"type": type, ...rest} at so many minutes after ten. */
static void tell(const char *type, int minute, const char *rest)
{
    TM_CLEANUP(buf_release) struct buf b = BUF_INIT(4 << 10);
    char id[32];
    struct journal_record record = {.source = source.id, .received_us = RECEIVED + ++sent};
    struct err err = ERR_INIT;

    buf_addf(&b, "{\"type\":\"%s\",\"timestamp\":\"2026-11-18T%02d:%02d:00.000Z\",%s}", type,
             10 + minute / 60, minute % 60, rest);
    snprintf(id, sizeof(id), "m%d", sent);
    record.id = str_of(id);
    record.body = buf_str(&b);
    CHECK_OK(journal_append(journal, &record, 1, &err), err);
}

static void resolve_all(void)
{
    shop_resolve(RECEIVED + 60 * US_PER_SECOND);
}

#define PAGE(who) who ",\"name\":\"Home\",\"context\":{\"page\":{\"url\":\"https://s.example/\"}}"

static void aliases(void)
{
    /* Two accounts that were used on devices of their own, an address each. */
    tell("identify", 0,
         "\"userId\":\"a1\",\"anonymousId\":\"d1\",\"traits\":{\"email\":\"ann@example.com\"}");
    tell("identify", 1,
         "\"userId\":\"a2\",\"anonymousId\":\"d2\",\"traits\":{\"email\":\"ann@example.org\"}");
    resolve_all();
    CHECK_INT(live_number(engine, "test/ann"), 2);
    tell("alias", 2, "\"userId\":\"a2\",\"previousId\":\"a1\"");
    resolve_all();
    CHECK_INT(live_number(engine, "test/ann"), 1);
    CHECK_INT(live_number(engine, "test/why"), 1);
    /* One that nobody logged in with is a device's, and joins when somebody does. */
    tell("identify", 3, "\"userId\":\"b2\",\"traits\":{\"email\":\"bea@example.com\"}");
    tell("alias", 4, "\"userId\":\"b2\",\"previousId\":\"b1\"");
    resolve_all();
    CHECK_INT(live_number(engine, "test/bea"), 1);
    tell("identify", 5, "\"userId\":\"b1\",\"traits\":{\"email\":\"bea@example.org\"}");
    resolve_all();
    CHECK_INT(live_number(engine, "test/bea"), 1);
    CHECK_INT(live_number(engine, "test/bea_ids"), 5);
}

/* What the shop's people keep apart stays so. */
static void kept_apart(void)
{
    struct identity_decision apart = {.apart = true};
    struct err err = ERR_INIT;

    tell("identify", 6, "\"userId\":\"c1\"");
    tell("identify", 7, "\"userId\":\"c2\"");
    tell("alias", 8, "\"userId\":\"c2\",\"previousId\":\"c1\"");
    resolve_all();
    CHECK_INT(live_number(engine, "test/cy"), 1);
    apart.a = (uint64_t)live_number(engine, "test/c1");
    apart.b = (uint64_t)live_number(engine, "test/c2");
    CHECK_OK(identity_put_decisions(engine, &apart, 1, &err), err);
    resolve_all();
    CHECK_INT(live_number(engine, "test/cy"), 2);
    CHECK_OK(identity_put_decisions(engine, NULL, 0, &err), err);
}

static void visits(void)
{
    /* Looks, logs in, looks on: one visit, all of it Eve's. */
    tell("page", 10, PAGE("\"anonymousId\":\"e\""));
    tell("page", 20, PAGE("\"anonymousId\":\"e\",\"userId\":\"eve\""));
    tell("page", 30, PAGE("\"anonymousId\":\"e\""));
    /* After half an hour, another one. */
    tell("page", 65, PAGE("\"anonymousId\":\"e\""));
    /* A device that two log in on: Fay's visit ends where Gil's begins; what nobody logged in for
     * belongs to who was there. */
    tell("page", 10, PAGE("\"anonymousId\":\"f\""));
    tell("page", 11, PAGE("\"anonymousId\":\"f\",\"userId\":\"fay\""));
    tell("page", 12, PAGE("\"anonymousId\":\"f\""));
    tell("page", 13, PAGE("\"anonymousId\":\"f\",\"userId\":\"gil\""));
    tell("page", 14, PAGE("\"anonymousId\":\"f\""));
    /* Another word for the same person is no other person. */
    tell("identify", 9, "\"userId\":\"hal\",\"traits\":{\"email\":\"hal@example.com\"}");
    tell("page", 10, PAGE("\"anonymousId\":\"h\",\"userId\":\"hal\""));
    tell("page", 11,
         "\"anonymousId\":\"h\",\"context\":{\"traits\":{\"email\":\"hal@example.com\"}}");
    /* Whoever was there before the pause does not cut the visit after it. */
    tell("page", 10, PAGE("\"anonymousId\":\"i\",\"userId\":\"ian\""));
    tell("page", 50, PAGE("\"anonymousId\":\"i\""));
    tell("page", 60, PAGE("\"anonymousId\":\"i\",\"userId\":\"ivy\""));
    /* Without a device each log-in is followed by itself. */
    tell("page", 10, PAGE("\"userId\":\"jan\""));
    tell("page", 11, PAGE("\"userId\":\"jim\""));
    resolve_all();
    CHECK_INT(live_number(engine, "test/eve"), 2);
    CHECK_INT(live_number(engine, "test/eve_views"), 3);
    CHECK_INT(live_number(engine, "test/shared"), 2);
    CHECK_INT(live_number(engine, "test/fay_views"), 3);
    CHECK_INT(live_number(engine, "test/gil_views"), 2);
    CHECK_INT(live_number(engine, "test/hal"), 1);
    CHECK_INT(live_number(engine, "test/pause"), 2);
    CHECK_INT(live_number(engine, "test/ivy_views"), 2);
    CHECK_INT(live_number(engine, "test/servers"), 2);
}

#define LOGIN(id) "cityHash64('login', '" id "')"
#define OF(id) "(SELECT person FROM identity WHERE id = " LOGIN(id) ")"
#define ON(device) "anonymous = cityHash64('device', '" device "')"

static void statements(void)
{
    static const char head[] = "-- columns: n Int64\nSELECT ";
    static const struct {
        const char *name, *text;
    } all[] = {
        {"ann", "toInt64(uniqExact(person)) AS n FROM identity WHERE id IN (" LOGIN("a1") "," LOGIN(
                    "a2") ", cityHash64('email', 'ann@example.com'), cityHash64('device', 'd2'))"},
        {"why",
         "toInt64(count()) AS n FROM person_records WHERE record = 'alias' AND login = 'a1 → "
         "a2' AND person IN " OF("a1")},
        {"bea", "toInt64(uniqExact(person)) AS n FROM identity WHERE id IN (" LOGIN("b1") "," LOGIN(
                    "b2") ", cityHash64('email', 'bea@example.com'), cityHash64('email', "
                          "'bea@example.org'))"},
        {"bea_ids",
         "toInt64(count()) AS n FROM identity WHERE person IN " OF("b1") " AND id IN (" LOGIN(
             "b1") "," LOGIN("b2") ", cityHash64('email', "
                                   "'bea@example.com'), cityHash64('email', 'bea@example.org'), "
                                   "cityHash64('device', 'b1'))"},
        {"cy", "toInt64(uniqExact(person)) AS n FROM identity WHERE id IN (" LOGIN("c1") "," LOGIN(
                   "c2") ")"},
        {"c1", "reinterpretAsInt64(" LOGIN("c1") ") AS n"},
        {"c2", "reinterpretAsInt64(" LOGIN("c2") ") AS n"},
        {"eve", "toInt64(count()) AS n FROM sessions WHERE " ON("e") " AND person IN " OF("eve")},
        {"eve_views", "toInt64(max(page_views)) AS n FROM sessions WHERE " ON("e")},
        {"shared", "toInt64(count()) AS n FROM sessions WHERE " ON("f")},
        {"fay_views", "toInt64(sum(page_views)) AS n FROM sessions WHERE person IN " OF("fay")},
        {"gil_views", "toInt64(sum(page_views)) AS n FROM sessions WHERE person IN " OF("gil")},
        {"hal", "toInt64(count()) AS n FROM sessions WHERE " ON("h")},
        {"pause", "toInt64(count()) AS n FROM sessions WHERE " ON("i")},
        {"ivy_views", "toInt64(sum(page_views)) AS n FROM sessions WHERE person IN " OF("ivy")},
        {"servers",
         "toInt64(count()) AS n FROM sessions WHERE person IN (" OF("jan") "," OF("jim") ")"},
    };
    char text[1024];

    for (size_t i = 0; i < TM_COUNT(all); i++) {
        snprintf(text, sizeof(text), "%s%s", head, all[i].text);
        live_sql(all[i].name, text);
    }
}

int main(void)
{
    struct source_entry *const sources[] = {&source};

    live_begin();
    statements();
    shop_begin(sources, TM_COUNT(sources));
    aliases();
    kept_apart();
    visits();
    return shop_end();
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What is known of people whom the shop writes to, out of a real engine. */
#include "live_shop.h"

#include "engine/hash.h"
#include "outreach/person/person.h"

static struct pseudonyms *keys;
static struct consents *ledger;
static struct err err = ERR_INIT;

static const char fill_people[] =
    "INSERT INTO raw_person (import_id, source, line, profile_key, email, phone, customer_id,"
    " first_name, last_name, country, city, language, created_at, updated_at, is_deleted) VALUES"
    " (1, 'shop', 1, 'p1', 'ann@old.example', '+66812345678', 'c1', 'Ann', 'Ng', '', '', 'en',"
    " '2026-01-01 00:00:00', '1970-01-01 00:00:00', 0),"
    " (1, 'shop', 2, 'p1', 'ann@new.example', '', 'c1', '', '', '', '', 'th',"
    " '2026-03-01 00:00:00', '1970-01-01 00:00:00', 0),"
    " (1, 'shop', 3, 'p2', 'bob@example.com', '', 'c2', 'Bob', '', 'Germany', 'Ulm', '',"
    " '2026-01-01 00:00:00', '1970-01-01 00:00:00', 0),"
    " (1, 'shop', 4, 'p3', 'cy@example.com', '', 'c3', 'Cy', '', 'us', '', 'en-US',"
    " '2026-01-01 00:00:00', '1970-01-01 00:00:00', 0),"
    " (1, 'shop', 5, 'p4', 'gone@example.com', '', 'c4', 'Gone', '', '', '', '',"
    " '2026-01-01 00:00:00', '1970-01-01 00:00:00', 1)";
static const char fill_orders[] =
    "INSERT INTO raw_order (import_id, source, line, order_key, number, status, ordered_at,"
    " currency, total, email, customer_id, country) VALUES"
    " (2, 'shop', 1, 'o1', '1', 'paid', '2026-02-01 00:00:00', 'EUR', 500, 'cy@new.example', 'c3',"
    " 'FR')";

static uint64_t person_of(const char *kind, const char *value)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;
    const struct param params[] = {PARAM_STRZ("kind", kind), PARAM_STRZ("source", ""),
                                   PARAM_STRZ("value", value)};
    uint64_t person = 0;

    CHECK_OK(engine_query(engine, "identity/find_named", params, 3, &res, &err), err);
    while (result_next(res))
        person = result_uint(res, 0);
    CHECK_OK(result_status(res, &err), err);
    return person;
}

static struct outbox_message message(const char *channel, uint64_t person)
{
    struct outbox_message m = {.person = person};

    snprintf(m.channel, sizeof(m.channel), "%s", channel);
    return m;
}

static struct person_reader reader(void)
{
    return (struct person_reader){
        .engine = engine, .pseudonyms = keys, .consents = ledger, .country = "TH"};
}

static void newest_words(void)
{
    const struct person_reader r = reader();
    struct outbox_message m[] = {
        message("email", person_of("customer", "c1")), message("sms", person_of("customer", "c1")),
        message("email", person_of("customer", "c2")),
        message("email", person_of("customer", "c3")), message("sms", person_of("customer", "c3")),
        message("push", person_of("customer", "c1")), message("email", 12345),
        /* a number that the person might have had before */
        message("email",
                engine_hash_and(engine_hash(STR_LIT("email")), STR_LIT("ann@old.example")))};
    bool found[TM_COUNT(m)];
    struct pseudonym who;

    CHECK_OK(person_reach(&r, m, found, TM_COUNT(m), &err), err);
    CHECK(found[0] && found[1] && found[2] && found[3]);
    CHECK(!found[4] && !found[5] && !found[6]);
    CHECK_STR(m[0].address, "ann@new.example");
    CHECK(pseudonym_email(keys, STR_LIT("ann@new.example"), &who));
    CHECK(memcmp(&who, &m[0].who, sizeof(who)) == 0);
    CHECK_STR(m[0].language, "th");
    CHECK_STR(m[0].country, "TH"); /* by the phone number */
    CHECK_STR(m[0].zone, "Asia/Bangkok");
    CHECK_STR(m[1].address, "+66812345678");
    CHECK_STR(m[2].country, "DE");
    CHECK_STR(m[3].address, "cy@new.example");
    CHECK_STR(m[3].country, "US"); /* the profile's word stands above the order's */
    CHECK_STR(m[3].zone, "");      /* of several none is guessed */
    CHECK_STR(m[4].address, "");
    CHECK(found[7]);
    CHECK_STR(m[7].address, "ann@new.example");
}

static void zones(void)
{
    const struct person_reader r = reader();
    char zone[64];

    CHECK_OK(person_zone(&r, person_of("customer", "c1"), zone, sizeof(zone), &err), err);
    CHECK_STR(zone, "Asia/Bangkok");
    CHECK_OK(person_zone(&r, 99, zone, sizeof(zone), &err), err);
    CHECK_STR(zone, "");
}

static void contacts(void)
{
    static const char data[] =
        "{\"contact\":{\"email\":\" Dee@Example.com \",\"phone\":\"0812345679\","
        "\"language\":\"ar\",\"country\":\"AE\"}}";
    const struct person_reader r = reader();
    struct outbox_message mail = message("email", 7), sms = message("sms", 7),
                          none = message("email", 7);
    bool found = false;

    CHECK_OK(person_reach_contact(&r, STR_LIT(data), &mail, &found, &err), err);
    CHECK(found);
    CHECK_STR(mail.address, "dee@example.com");
    CHECK_STR(mail.country, "AE");
    CHECK_STR(mail.zone, "Asia/Dubai");
    CHECK_STR(mail.language, "ar");
    CHECK_OK(person_reach_contact(&r, STR_LIT(data), &sms, &found, &err), err);
    CHECK(found);
    CHECK_STR(sms.address, "+66812345679");
    CHECK_OK(person_reach_contact(&r, STR_LIT("{}"), &none, &found, &err), err);
    CHECK(!found);
    CHECK_OK(person_reach_contact(&r, STR_NONE, &none, &found, &err), err);
    CHECK(!found);
}

static void erase(const char *email)
{
    struct pseudonym who;
    enum err_code rc;

    CHECK(pseudonym_email(keys, str_of(email), &who));
    CHECK_OK(consents_begin(ledger, &err), err);
    rc = suppression_add(ledger, SUPPRESSION_ALL, &who, SUPPRESSED_ERASED, timestamp_now(),
                         STR_LIT("test"), &err);
    CHECK_OK(consents_end(ledger, rc, &err), err);
}

static void erased(void)
{
    const struct person_reader r = reader();
    struct outbox_message bob = message("email", person_of("customer", "c2")),
                          ann = message("email", person_of("customer", "c1")),
                          contact = message("email", 7);
    struct person_known known;
    bool found = true;

    erase("bob@example.com");
    erase("dee@example.com");
    CHECK_OK(person_reach(&r, &bob, &found, 1, &err), err);
    CHECK(!found);
    CHECK_OK(person_look_up(&r, &bob.person, 1, &known, &err), err);
    CHECK(!known.found);
    CHECK_OK(person_reach(&r, &ann, &found, 1, &err), err);
    CHECK(found);
    CHECK_OK(person_reach_contact(&r, STR_LIT("{\"contact\":{\"email\":\"dee@example.com\"}}"),
                                  &contact, &found, &err),
             err);
    CHECK(!found);
}

/* What is resolved anew is asked anew. */
static void resolved_anew(void)
{
    const struct person_reader r = reader();
    struct outbox_message m = message("email", 0);
    bool found = false;

    CHECK_OK(engine_run(engine, "test/more", NULL, 0, &err), err);
    shop_resolve(TIME_NONE);
    m.person = person_of("customer", "c5");
    CHECK_OK(person_reach(&r, &m, &found, 1, &err), err);
    CHECK(found);
    CHECK_STR(m.address, "eve@example.com");
    CHECK_INT(live_number(engine, "test/gone"), 0);
}

int main(void)
{
    live_begin();
    live_sql("people", fill_people);
    live_sql("orders", fill_orders);
    live_sql("more",
             "INSERT INTO raw_person (import_id, source, line, profile_key, email,"
             " customer_id, created_at) VALUES (3, 'shop', 1, 'p5', 'eve@example.com', 'c5',"
             " '2026-05-01 00:00:00')");
    live_sql("gone", "-- columns: n Int64\nSELECT toInt64(count()) AS n FROM contact_person"
                     " WHERE email = 'gone@example.com'");
    shop_begin(NULL, 0);
    CHECK_OK(pseudonyms_open(store, &keys, &err), err);
    CHECK_OK(consents_open(store, &ledger, &err), err);
    CHECK_OK(person_prepare(engine, &err), err); /* nothing is resolved */
    CHECK_OK(engine_run(engine, "test/people", NULL, 0, &err), err);
    CHECK_OK(engine_run(engine, "test/orders", NULL, 0, &err), err);
    shop_resolve(TIME_NONE);
    newest_words();
    zones();
    contacts();
    erased();
    resolved_anew();
    consents_close(ledger);
    pseudonyms_close(keys);
    return shop_end();
}

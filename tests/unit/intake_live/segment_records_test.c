/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What Segment's messages say in the words of a shop. */
#include "live_fake.h"

#include "base/file.h"
#include "tap.h"

#define ID "\"messageId\":\"m\",\"userId\":\"u1\",\"anonymousId\":\"a1\""
#define WHO "occurred_at=2026-11-18T12:26:40Z anonymous_id=a1 user_id=u1"

static void events(void)
{
    CHECK_STR(fake_one(SEGMENT_PAGE,
                       "{" ID ",\"properties\":{\"url\":\"https://e.example/?utm_source=Face%20Book"
                       "&utm_medium=cpc&utm_campaign=Sale&fbclid=1\",\"referrer\":"
                       "\"https://m.facebook.com/x\"},\"context\":{\"page\":{},\"userAgent\":"
                       "\"Mozilla/5.0 (iPhone) Mobile/1\",\"sessionId\":12}}"),
              "event line=1 event_key=m name=page_view " WHO
              " session_id=12 platform=web device=mobile"
              " utm_source=face book utm_medium=cpc utm_campaign=sale click_id=fbclid"
              " referrer=https://m.facebook.com/x page=https://e.example/?utm_source=Face%20Book"
              "&utm_medium=cpc&utm_campaign=Sale&fbclid=1 channel=Paid Other\n");
    /* from a page of the shop itself */
    CHECK_STR(fake_one(SEGMENT_TRACK,
                       "{" ID ",\"event\":\"Product Added\",\"properties\":{\"product_id\":9,"
                       "\"price\":\"18.99\",\"currency\":\"usd\"},\"context\":{\"page\":{\"url\":"
                       "\"https://e.example/b\",\"referrer\":\"https://E.example/a\"},"
                       "\"traits\":{\"email\":\"A@Example.com\"}}}"),
              "event line=1 event_key=m name=cart_add " WHO " email=a@example.com platform=web"
              " referrer=https://E.example/a page=https://e.example/b product_key=9 value=1899"
              " currency=USD\n");
    CHECK_STR(fake_one(SEGMENT_SCREEN, "{" ID ",\"name\":\"Home\",\"context\":{\"device\":"
                                       "{\"type\":\"android\"}}}"),
              "event line=1 event_key=m name=page_view " WHO " platform=android device=mobile\n");
    CHECK_STR(fake_one(SEGMENT_TRACK, "{" ID ",\"event\":\"Checkout Started\",\"properties\":"
                                      "{\"value\":30,\"revenue\":25,\"currency\":\"JPY\"}}"),
              "event line=1 event_key=m name=checkout_start " WHO " value=30 currency=JPY\n");
    CHECK_STR(fake_one(SEGMENT_TRACK, "{" ID ",\"event\":\"Completed Order\",\"properties\":"
                                      "{\"id\":\"#77\",\"total\":30,\"revenue\":25}}"),
              "event line=1 event_key=m name=order_complete " WHO " order_key=#77 value=3000"
              " currency=EUR\n");
}

static void orders(void)
{
    static const char sale[] =
        "{" ID ",\"event\":\"Order Completed\",\"properties\":{\"order_id\":\"77\","
        "\"revenue\":25,\"shipping\":3,\"tax\":2.5,\"discount\":1,\"coupon\":\"C\",\"currency\":"
        "\"USD\",\"products\":[{\"product_id\":\"p\",\"sku\":\"s\",\"name\":\"Game\",\"price\":"
        "12.5,\"quantity\":2}]}}";
    static const char event[] = "event line=1 event_key=m name=order_complete " WHO
                                " order_key=77 value=2500 currency=USD\n";
    char want[1024];

    CHECK_STR(fake_one(SEGMENT_TRACK, sale), event); /* the shop's ledger has the order */
    fake_ledger(true);
    snprintf(want, sizeof(want), "%s%s", event,
             "order line=1 order_key=77 number=77 kind=sale status=paid"
             " ordered_at=2026-11-18T12:26:40Z currency=USD subtotal=2500 shipping=300 tax=250"
             " discount=100 total=3050 discount_code=C user_id=u1 anonymous_id=a1\n"
             "line line=1 order_key=77 product_key=p sku=s title=Game quantity=2"
             " unit_price=12500000 total=25000000 currency=USD\n");
    CHECK_STR(fake_one(SEGMENT_TRACK, sale), want);
    CHECK(strstr(fake_one(SEGMENT_TRACK,
                          "{" ID ",\"event\":\"Order Refunded\",\"properties\":{\"order_id\":77,"
                          "\"products\":[{\"price\":1.25,\"quantity\":2},{\"price\":1}]}}"),
                 "refund line=1 refund_key=m order_key=77 refunded_at=2026-11-18T12:26:40Z"
                 " amount=350 currency=EUR\n") != NULL);
    /* nobody knows how much */
    /* nobody knows how much */
    CHECK(strstr(fake_one(SEGMENT_TRACK, "{" ID ",\"event\":\"Order Refunded\",\"properties\":"
                                         "{\"order_id\":77}}"),
                 "\nrefund ") == NULL);
    CHECK(strstr(fake_one(SEGMENT_TRACK, "{" ID ",\"event\":\"Order Cancelled\",\"properties\":"
                                         "{\"order_id\":77,\"total\":9}}"),
                 " status=cancelled ") != NULL);
    fake_ledger(false);
}

static void people(void)
{
    CHECK_STR(fake_one(SEGMENT_IDENTIFY,
                       "{" ID ",\"traits\":{\"first_name\":\"Na\",\"lastName\":\"Li\","
                       "\"email\":\"NA@example.com\",\"phone\":\"081 234 5678\",\"createdAt\":"
                       "\"2020-02-03T00:00:00Z\",\"address\":{\"city\":\"Bangkok\",\"postal_code\":"
                       "10110}},\"context\":{\"locale\":\"th-TH\"}}"),
              "person line=1 profile_key=u1 email=na@example.com phone=+66812345678 user_id=u1"
              " anonymous_id=a1 first_name=Na last_name=Li city=Bangkok postal_code=10110"
              " language=th-TH created_at=2020-02-03T00:00:00Z active_at=2026-11-18T12:26:40Z\n");
    CHECK_STR(fake_one(SEGMENT_IDENTIFY, "{\"anonymousId\":\"a1\",\"traits\":{\"name\":\"Prince\","
                                         "\"birthday\":\"1958-06-07T00:00:00.000Z\"}}"),
              "person line=1 profile_key=a1 anonymous_id=a1 first_name=Prince"
              " active_at=2026-11-18T12:26:40Z birthday=06-07\n");
    /* a company's traits are not the person's */
    CHECK_STR(fake_one(SEGMENT_GROUP, "{" ID ",\"groupId\":\"g\",\"traits\":{\"name\":\"Initech\","
                                      "\"email\":\"office@example.com\"}}"),
              "person line=1 profile_key=u1 user_id=u1 anonymous_id=a1"
              " active_at=2026-11-18T12:26:40Z\n");
    CHECK_STR(fake_one(SEGMENT_ALIAS, "{\"userId\":\"u1\",\"previousId\":\"old\"}"),
              "person line=1 profile_key=u1 user_id=u1 anonymous_id=old"
              " active_at=2026-11-18T12:26:40Z previous_id=old\n");
    CHECK_STR(fake_one(SEGMENT_ALIAS, "{\"userId\":\"u1\",\"previousId\":\"Jen@example.com\"}"),
              "person line=1 profile_key=u1 email=jen@example.com user_id=u1"
              " active_at=2026-11-18T12:26:40Z\n");
    /* ids that are nobody's */
    CHECK_STR(fake_one(SEGMENT_TRACK, "{\"messageId\":\"m\",\"userId\":\"anonymous\",\"event\":"
                                      "\"Signed Up\"}"),
              "event line=1 event_key=m name=sign_up occurred_at=2026-11-18T12:26:40Z\n");
}

/* A trait that grants is a copy of what was once said; one that forbids counts from now. */
static void consents(void)
{
    const char *got = fake_one(
        SEGMENT_IDENTIFY, "{\"userId\":\"u1\",\"traits\":{\"accepts_marketing\":true,"
                          "\"smsOptIn\":\"no\",\"unsubscribed\":true,\"push_opt_in\":\"maybe\"}}");

    CHECK(strstr(got, "consent line=1 profile_key=u1 channel=email state=granted method=identify"
                      " proof=accepts_marketing\n") != NULL);
    CHECK(strstr(got, "channel=email state=withdrawn changed_at=2026-11-18T12:26:40Z") != NULL);
    CHECK(strstr(got, "channel=sms state=denied changed_at=2026-11-18T12:26:40Z") != NULL);
    CHECK(strstr(got, "push") == NULL);
    CHECK_STR(
        fake_one(SEGMENT_TRACK,
                 "{\"userId\":\"u1\",\"event\":\"Unsubscribed\",\"messageId\":\"m\","
                 "\"properties\":{\"email_id\":\"e\",\"campaign_id\":5,\"list_name\":\"News\"},"
                 "\"context\":{\"traits\":{\"email\":\"a@example.com\"}}}"),
        "person line=1 profile_key=u1 email=a@example.com user_id=u1"
        " active_at=2026-11-18T12:26:40Z\n"
        "message line=1 message_key=e/u1 name=unsubscribed occurred_at=2026-11-18T12:26:40Z"
        " channel=email campaign_key=5 audience=News profile_key=u1 email=a@example.com\n"
        "consent line=1 profile_key=u1 email=a@example.com channel=email state=withdrawn"
        " changed_at=2026-11-18T12:26:40Z method=Unsubscribed proof=News\n");
    CHECK_STR(fake_one(SEGMENT_TRACK,
                       "{\"anonymousId\":\"a1\",\"event\":\"Subscribed\",\"messageId\":\"m\","
                       "\"properties\":{\"email\":\"b@example.com\",\"list_id\":4}}"),
              "consent line=1 profile_key=b@example.com email=b@example.com channel=email"
              " state=granted changed_at=2026-11-18T12:26:40Z method=Subscribed proof=4\n");
}

#define PAGE                                                                                       \
    "\"context\":{\"page\":{\"url\":\"https://e.example/join?token=1#x\"},\"userAgent\":"          \
    "\"Mozilla/5.0\",\"library\":{\"name\":\"tidemark.js\"},\"traits\":{\"email\":"                \
    "\"a@example.com\"}}"

/* What proves a consent comes with it, and an answer about being measured is none. */
static void proofs(void)
{
    static const char *const nothing[] = {
        "\"event\":\"Consent Given\",\"properties\":{\"purpose\":\"analytics\"}",
        "\"event\":\"Consent Given\",\"properties\":{\"purpose\":\"analytics\",\"channel\":"
        "\"email\"}",
        "\"event\":\"Consent Given\",\"properties\":{\"channel\":\"email\"}",
        "\"event\":\"Consent Given\",\"properties\":{\"purpose\":\"marketing\"}",
        "\"event\":\"Consent Given\",\"properties\":{\"purpose\":\"marketing\",\"channel\":"
        "\"pigeon\"}",
        "\"event\":\"Consent Given\",\"properties\":null",
        "\"event\":\"Consent Withdrawn\",\"properties\":{\"purpose\":\"analytics\",\"channel\":"
        "\"email\"}",
        "\"event\":\"Page Looked At\",\"context\":{\"consent\":{\"categoryPreferences\":{"
        "\"Advertising\":true}}}",
    };
    char body[1024];

    CHECK_STR(fake_one(SEGMENT_TRACK,
                       "{" ID ",\"event\":\"Consent Given\",\"properties\":{\"purpose\":"
                       "\"marketing\",\"channel\":\"email\",\"version\":\"2026-05\"}," PAGE "}"),
              "person line=1 profile_key=u1 email=a@example.com user_id=u1 anonymous_id=a1"
              " active_at=2026-11-18T12:26:40Z\n"
              "consent line=1 profile_key=u1 email=a@example.com channel=email state=granted"
              " changed_at=2026-11-18T12:26:40Z method=Consent Given wording=2026-05"
              " page=https://e.example/join?token=1#x ip=198.51.100.0 agent=Mozilla/5.0\n");
    CHECK(strstr(fake_fate(0), "198.51.100.23") == NULL);
    CHECK(strstr(fake_one(SEGMENT_TRACK,
                          "{" ID ",\"event\":\"Consent Withdrawn\",\"properties\":{\"channel\":"
                          "\"ads\"}}"),
                 " channel=ads state=withdrawn ") != NULL);
    CHECK(strstr(fake_one(SEGMENT_TRACK, "{" ID ",\"event\":\"Subscribed\",\"properties\":{"
                                         "\"version\":\"app 7\",\"consent_version\":3}}"),
                 " method=Subscribed wording=3\n") != NULL);
    CHECK(strstr(fake_one(SEGMENT_IDENTIFY,
                          "{" ID ",\"traits\":{\"email\":\"a@example.com\",\"email_opt_in\":true,"
                          "\"consentVersion\":\"v9\"},\"context\":{\"ip\":\"203.0.113.77\","
                          "\"user_agent\":\"Mail/1\"}}"),
                 " proof=email_opt_in wording=v9 ip=203.0.113.0 agent=Mail/1\n") != NULL);
    /* A server's own address is nobody's, and what is no consent needs none. */
    CHECK(strstr(fake_one(SEGMENT_TRACK, "{" ID ",\"event\":\"Subscribed\",\"context\":{"
                                         "\"library\":{\"name\":\"@segment/analytics-node\"}}}"),
                 " ip=") == NULL);
    (void)fake_one(SEGMENT_TRACK, "{" ID ",\"event\":\"Product Viewed\"," PAGE "}");
    CHECK(strstr(fake_fate(0), "\"ip\"") == NULL);
    for (size_t i = 0; i < TM_COUNT(nothing); i++) {
        snprintf(body, sizeof(body), "{" ID ",%s}", nothing[i]);
        CHECK_MSG(strstr(fake_one(SEGMENT_TRACK, body), "consent line") == NULL, "%s", nothing[i]);
    }
    /* Whom a device's word is of is known as soon as the device is. */
    CHECK_STR(fake_one(SEGMENT_TRACK, "{\"anonymousId\":\"a1\",\"event\":\"Consent Withdrawn\","
                                      "\"messageId\":\"m\",\"properties\":{\"purpose\":"
                                      "\"marketing\",\"channel\":\"email\"}}"),
              "person line=1 profile_key=a1 anonymous_id=a1 active_at=2026-11-18T12:26:40Z\n"
              "consent line=1 profile_key=a1 channel=email state=withdrawn"
              " changed_at=2026-11-18T12:26:40Z method=Consent Withdrawn\n");
}

/* Every example of Segment's own specification is stored or refused with its reason. */
static void specification(void)
{
    const char *folder = getenv("TIDEMARK_TEST_DATA");
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(0), batch = BUF_INIT(1 << 20);
    size_t n = 0, refused = 0, records[RECORD_KIND_COUNT] = {0};
    const struct segment_taken *taken;
    struct err err = ERR_INIT;
    enum err_code rc;
    char path[1024];

    snprintf(path, sizeof(path), "%s/connectors/segment/payloads.json", folder ? folder : "");
    if (file_read(path, 1 << 20, &text, &err) != ERR_OK) {
        tap_skip("the connectors' data are not here");
        return;
    }
    /* [{"_payload": {...}}, ...]: renamed, each is an item whose event stands one level deeper */
    buf_addz(&batch, "{\"batch\":[");
    for (const char *at = buf_cstr(&text); (at = strstr(at, "\"_payload\"")); n++) {
        const char *from = strchr(at, '{'), *p = from;
        int depth = 0;
        bool quoted = false;

        do {
            if (*p == '\\')
                p++;
            else if (*p == '"')
                quoted = !quoted;
            else if (!quoted)
                depth += (*p == '{') - (*p == '}');
        } while (*p++ && depth > 0);
        buf_addz(&batch, n ? "," : "");
        buf_add(&batch, from, (size_t)(p - from));
        at = p;
    }
    buf_addz(&batch, "]}");
    taken = fake_accept(SEGMENT_BATCH, buf_cstr(&batch), &rc);
    CHECK_MSG(n == 75 && taken->n == n, "%zu payloads, %zu records", n, taken->n);
    for (size_t i = 0; i < taken->n; i++) {
        const char *got = fake_records(i);

        refused += strcmp(got, "refused: no_person\n") == 0;
        for (int kind = 0; kind < RECORD_KIND_COUNT; kind++) {
            size_t length = strlen(record_layout((enum record_kind)kind)->name);

            for (const char *line = got; line && *line; line = strchr(line, '\n') + 1)
                records[kind] +=
                    strncmp(line, record_layout((enum record_kind)kind)->name, length) == 0 &&
                    strncmp(line + length, " line=", 6) == 0;
        }
    }
    CHECK_INT(refused, 4); /* they name nobody */
    CHECK_INT(records[RECORD_EVENT], 60);
    CHECK_INT(records[RECORD_PERSON], 11);
    CHECK_INT(records[RECORD_MESSAGE], 6);
    CHECK_INT(records[RECORD_CONSENT], 2);
}

static void sources(void)
{
    struct source_entry source = {.id = 12, .protocol = "segment"};
    char name[32];

    live_source_name(&source, name);
    CHECK_STR(name, "live:12");
    CHECK(live_protocol_find("segment") != NULL && live_protocol_find("telegraph") == NULL);
    CHECK_STR(live_reason_text("no_event"), "The event has no name.");
    CHECK_STR(live_reason_text("of another version"), "of another version");
}

int main(void)
{
    fake_begin();
    events();
    orders();
    people();
    consents();
    proofs();
    specification();
    sources();
    fake_end();
    return tap_done();
}

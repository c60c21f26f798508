/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What mail services tell: what proves it, what their words mean, and that only what names a
 * message of ours is about one. The whole way, with each service's own signatures, goes
 * tests/web/returns.py.
 */
#include "base/timestamp.h"
#include "outreach/mail/provider.h"

#include "outreach/mail/token.h"
#include "store/consent.h"
#include "tap.h"
#include "temp_dir.h"

static struct err err;
static struct store *store;
static struct consents *consents;
static struct json_parser *outer, *inner;
static char token[MAIL_TOKEN + 1];

struct seen {
    int n;
    enum response_kind kind;
    int64_t message;
};

static enum err_code see(void *ctx, const struct provider_event *e, struct err *unused)
{
    struct seen *s = ctx;

    (void)unused;
    s->n++;
    s->kind = e->kind;
    s->message = e->message;
    return ERR_OK;
}

/* `text` with %s where the token stands. */
static struct seen events_of(enum sending_provider provider, const char *text)
{
    struct provider_call call = {0};
    struct seen seen = {0};
    const char *at = strstr(text, "%s");
    char body[4096];

    snprintf(body, sizeof(body), "%.*s%s%s", (int)(at ? at - text : (ptrdiff_t)strlen(text)), text,
             at ? token : "", at ? at + 2 : "");
    call.body = str_of(body);
    CHECK_OK(json_parse(outer, call.body, &call.root, &err), err);
    CHECK_OK(provider_events(provider, consents_keys(consents), &call, inner, see, &seen, &err),
             err);
    return seen;
}

static void test_words(void)
{
    static const struct {
        enum sending_provider provider;
        const char *text;
        enum response_kind kind;
        int n;
    } cases[] = {
        {SENDING_PROVIDER_POSTMARK,
         "{\"RecordType\":\"Bounce\",\"Type\":\"HardBounce\",\"Metadata\":{\"tidemark\":\"%s\"}}",
         RESPONSE_HARD, 1},
        {SENDING_PROVIDER_POSTMARK,
         "{\"RecordType\":\"Bounce\",\"Type\":\"AutoResponder\",\"Metadata\":{\"t\":\"%s\"}}",
         RESPONSE_SENT, 0},
        {SENDING_PROVIDER_POSTMARK, "{\"RecordType\":\"Bounce\",\"Type\":\"NewOne\",\"a\":\"%s\"}",
         RESPONSE_SOFT, 1},
        {SENDING_PROVIDER_POSTMARK, "{\"RecordType\":\"Bounce\",\"Type\":\"HardBounce\"}",
         RESPONSE_SENT, 0},
        {SENDING_PROVIDER_MAILGUN,
         "{\"event-data\":{\"event\":\"failed\",\"severity\":\"temporary\",\"id\":\"%s\"}}",
         RESPONSE_SENT, 0},
        {SENDING_PROVIDER_MAILGUN, "{\"event-data\":{\"event\":\"complained\",\"id\":\"<%s@x>\"}}",
         RESPONSE_COMPLAINT, 1},
        {SENDING_PROVIDER_MAILGUN, "{\"event\":\"complained\",\"id\":\"%s\"}", RESPONSE_SENT, 0},
        {SENDING_PROVIDER_SENDGRID,
         "[{\"event\":\"open\"},7,[],{\"event\":\"unsubscribe\",\"x\":[{\"y\":\"%s\"}]}]",
         RESPONSE_WITHDRAWN, 1},
        {SENDING_PROVIDER_BREVO, "{\"event\":\"SPAM\",\"X-Mailin-custom\":\"tidemark:%s\"}",
         RESPONSE_COMPLAINT, 1},
        {SENDING_PROVIDER_BREVO, "{\"event\":7,\"X-Mailin-custom\":\"%s\"}", RESPONSE_SENT, 0},
        {SENDING_PROVIDER_SES, "{\"Message\":\"Successfully validated SNS topic\"}", RESPONSE_SENT,
         0},
        {SENDING_PROVIDER_SES,
         "{\"Message\":\"{\\\"notificationType\\\":\\\"Complaint\\\",\\\"mail\\\":{\\\"source\\\":"
         "\\\"%s@bounce.shop.example\\\"}}\"}",
         RESPONSE_COMPLAINT, 1},
    };

    for (size_t i = 0; i < TM_COUNT(cases); i++) {
        struct seen s = events_of(cases[i].provider, cases[i].text);

        CHECK_MSG(s.n == cases[i].n && s.kind == cases[i].kind, "%s", cases[i].text);
        CHECK_MSG(s.n == 0 || s.message == 77, "%s", cases[i].text);
    }
}

static bool proven(enum sending_provider provider, const char *secret, const char *body,
                   const char *first, const char *second)
{
    struct provider_call call = {.body = str_of(body), .headers = {first, second}};
    const struct provider_secret s = {.secret = secret, .topic = "", .certificate = STR_NONE};

    CHECK_OK(json_parse(outer, call.body, &call.root, &err), err);
    return provider_proven(provider, &s, &call);
}

/* As long as each service tries; none is of later than now, but for clocks that differ. */
static void test_fresh(void)
{
    static const int64_t now = 1588788367 * US_PER_SECOND; /* 2020-05-06T18:06:07Z */
    static const struct {
        enum sending_provider provider;
        const char *body, *header;
        int64_t until; /* after now, in seconds; below 0: it is not fresh */
    } cases[] = {
        {SENDING_PROVIDER_MAILGUN, "{\"signature\":{\"timestamp\":\"1588788367\"}}", NULL, 43200},
        {SENDING_PROVIDER_MAILGUN, "{\"signature\":{\"timestamp\":\"1588745168\"}}", NULL, 1},
        {SENDING_PROVIDER_MAILGUN, "{\"signature\":{\"timestamp\":\"1588745166\"}}", NULL, -1},
        {SENDING_PROVIDER_MAILGUN, "{\"signature\":{\"timestamp\":\"1588788668\"}}", NULL, -1},
        {SENDING_PROVIDER_MAILGUN, "{\"signature\":{\"timestamp\":\"99999999999\"}}", NULL, -1},
        {SENDING_PROVIDER_MAILGUN, "{\"signature\":{\"timestamp\":\"soon\"}}", NULL, -1},
        {SENDING_PROVIDER_MAILGUN, "{\"signature\":{}}", NULL, -1},
        {SENDING_PROVIDER_SENDGRID, "[]", "1588788367", 90000},
        {SENDING_PROVIDER_SENDGRID, "[]", "1588698366", -1},
        {SENDING_PROVIDER_SENDGRID, "[]", "1588788368x", -1},
        {SENDING_PROVIDER_SENDGRID, "[]", NULL, -1},
        {SENDING_PROVIDER_SES, "{\"Timestamp\":\"2020-05-06T18:06:07.123Z\"}", NULL, 28800},
        {SENDING_PROVIDER_SES, "{\"Timestamp\":\"2020-05-06T10:06:06Z\"}", NULL, -1},
        {SENDING_PROVIDER_SES, "{\"Timestamp\":\"2020-05-06T18:12:07.000Z\"}", NULL, -1},
        {SENDING_PROVIDER_SES, "{\"Timestamp\":\"2020-13-06T18:06:07.000Z\"}", NULL, -1},
        {SENDING_PROVIDER_SES, "{}", NULL, -1},
    };
    int64_t until;

    for (size_t i = 0; i < TM_COUNT(cases); i++) {
        struct provider_call call = {.body = str_of(cases[i].body),
                                     .headers = {NULL, cases[i].header}};
        bool fresh;

        CHECK_OK(json_parse(outer, call.body, &call.root, &err), err);
        fresh = provider_fresh(cases[i].provider, &call, now, &until);
        CHECK_MSG(fresh == (cases[i].until >= 0), "%s %s", cases[i].body,
                  cases[i].header ? cases[i].header : "");
        CHECK_MSG(!fresh || until == now + cases[i].until * US_PER_SECOND, "%s", cases[i].body);
    }
    CHECK(provider_fresh(SENDING_PROVIDER_POSTMARK, &(struct provider_call){0}, now, &until) &&
          until == TIME_NONE);
}

/* SendGrid's own example. */
static void test_sendgrid(void)
{
    static const char key[] = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEEDr2LjtURuePQzplybdC+u4CwrqDqBaW"
                              "jcMMsTbhdbcwHBcepxo7yAQGhHPTnlvFYPAZFceEu/1FwCM/QmGUhA==";
    static const char sign[] =
        "MEUCIQCtIHJeH93Y+qpYeWrySphQgpNGNr/U+UyUlBkU6n7RAwIgJTz2C+8a8xonZGi6"
        "BpSzoQsbVRamr2nlxFDWYNH2j/0=";
    static const char body[] = "{\"category\":\"example_payload\",\"event\":\"test_event\","
                               "\"message_id\":\"message_id\"}";
    const enum sending_provider p = SENDING_PROVIDER_SENDGRID;

    CHECK(proven(p, key, body, sign, "1588788367"));
    CHECK(!proven(p, key, body, sign, "1588788368"));
    CHECK(!proven(p, key, "{}", sign, "1588788367"));
    CHECK(!proven(p, key, body, "MEUCIQ==", "1588788367"));
    CHECK(!proven(p, key, body, NULL, "1588788367"));
    CHECK(!proven(p, "", body, sign, "1588788367"));
    CHECK(!proven(p, "AAAA", body, sign, "1588788367"));
}

static void test_password(void)
{
    const enum sending_provider p = SENDING_PROVIDER_POSTMARK;
    char own[PROVIDER_PASSWORD_MAX], other[PROVIDER_PASSWORD_MAX];

    provider_password(consents_keys(consents), p, own);
    provider_password(consents_keys(consents), SENDING_PROVIDER_BREVO, other);
    CHECK(strlen(own) == 32 && strcmp(own, other) != 0);
    provider_password(consents_keys(consents), SENDING_PROVIDER_MAILGUN, other);
    CHECK_STR(other, "");
    CHECK(proven(p, "s3cret", "{}", "Basic dGlkZW1hcms6czNjcmV0", NULL));
    CHECK(proven(p, "s3cret", "{}", "Bearer s3cret", NULL));
    CHECK(!proven(p, "s3cret", "{}", "Bearer s3cre", NULL));
    CHECK(!proven(p, "s3cret", "{}", "s3cret", NULL));
    CHECK(!proven(p, "s3cret", "{}", NULL, NULL));
    CHECK(!proven(p, "", "{}", "Bearer ", NULL));
    CHECK(!proven(p, "", "{}", "Basic dGlkZW1hcms6", NULL));
}

static bool asks_there(const char *url, bool certificate)
{
    struct provider_call call = {0};
    char body[600];

    snprintf(body, sizeof(body), "{\"Type\":\"SubscriptionConfirmation\",\"%s\":\"%s\"}",
             certificate ? "SigningCertURL" : "SubscribeURL", url);
    CHECK_OK(json_parse(outer, str_of(body), &call.root, &err), err);
    return (certificate ? provider_certificate_url(&call) : provider_confirm_url(&call)).n > 0;
}

static void test_amazon(void)
{
    static const char *const good[] = {
        "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-0123abcdef.pem",
        "https://sns.cn-north-1.amazonaws.com.cn/SimpleNotificationService-1.pem"};
    static const char *const bad[] = {
        "http://sns.eu-central-1.amazonaws.com/SimpleNotificationService-1.pem",
        "https://sns.eu-central-1.amazonaws.com.evil.example/SimpleNotificationService-1.pem",
        "https://sns.eu-central-1.amazonaws.com@evil.example/SimpleNotificationService-1.pem",
        "https://sns.evil.example/.amazonaws.com/SimpleNotificationService-1.pem",
        "https://bucket.s3.amazonaws.com/SimpleNotificationService-1.pem",
        "https://sns..amazonaws.com/SimpleNotificationService-1.pem",
        "https://sns.eu.amazonaws.com/SimpleNotificationService-1.pem?x=../evil.pem",
        "https://sns.eu.amazonaws.com/SimpleNotificationService-../../evil.pem/x",
        "https://sns.eu.amazonaws.com/other.pem",
        "https://sns.eu.amazonaws.com:444/SimpleNotificationService-1.pem",
        "",
    };

    for (size_t i = 0; i < TM_COUNT(good); i++)
        CHECK_MSG(asks_there(good[i], true), "%s", good[i]);
    for (size_t i = 0; i < TM_COUNT(bad); i++)
        CHECK_MSG(!asks_there(bad[i], true), "%s", bad[i]);
    CHECK(asks_there("https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription", false));
    CHECK(!asks_there("https://sns.evil.example/?Action=ConfirmSubscription", false));
    CHECK(!asks_there("https://127.0.0.1/", false));
}

static void test_headers(void)
{
    char value[PROVIDER_HEADER_MAX];
    const char *name;

    CHECK(!provider_header(SENDING_PROVIDER_NONE, token, &name, value));
    for (int p = 1; p < SENDING_PROVIDERS; p++) {
        CHECK(provider_header((enum sending_provider)p, token, &name, value));
        CHECK(strstr(value, token) && strlen(value) < PROVIDER_HEADER_MAX - 1);
    }
}

int main(void)
{
    temp_dir_make();
    outer = json_parser_new(PROVIDER_BODY_MAX);
    inner = json_parser_new(PROVIDER_BODY_MAX);
    CHECK_OK(store_open(temp_path("shop"), &store, &err), err);
    CHECK_OK(consents_open(store, &consents, &err), err);
    mail_token_write(consents_keys(consents), 77, token);
    test_words();
    test_fresh();
    test_sendgrid();
    test_password();
    test_amazon();
    test_headers();
    consents_close(consents);
    store_close(store);
    json_parser_free(outer);
    json_parser_free(inner);
    return tap_done();
}

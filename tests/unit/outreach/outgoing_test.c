/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What goes out over HTTP: which addresses may be asked, signatures against published examples,
 * text messages' lengths, answers and the words by which people say stop.
 */
#include "base/timestamp.h"
#include "outreach/sms/sms.h"
#include "outreach/webhook/webhook.h"
#include "tap.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

static struct err err;

/* ---- addresses ---------------------------------------------------------------------------- */

static bool is_public(const char *text)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};

    if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
        return egress_public((const struct sockaddr *)&v4);
    CHECK(inet_pton(AF_INET6, text, &v6.sin6_addr) == 1);
    return egress_public((const struct sockaddr *)&v6);
}

static void test_ranges(void)
{
    static const char *const yes[] = {
        "1.1.1.1",         "8.8.8.8",          "9.255.255.255",  "11.0.0.0",
        "100.63.255.255",  "100.128.0.0",      "126.255.0.1",    "128.0.0.1",
        "169.253.255.255", "172.15.255.255",   "172.32.0.0",     "192.0.1.0",
        "192.167.0.1",     "192.169.0.1",      "198.17.255.255", "198.20.0.0",
        "223.255.1.1",     "2606:4700::11",    "2a00:1450::1",   "2001:4860:4860::8888",
        "::ffff:8.8.8.8",  "64:ff9b::808:808", "2003::1",
    };
    static const char *const no[] = {
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "10.255.255.255",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.255",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.7",
        "203.0.113.9",
        "224.0.0.1",
        "239.1.1.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a00:1",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "2002:a00:1::1",
        "3fff::1",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fec0::1",
        "ff02::1",
        "5f00::1",
        "2001:10::1",
        "2001:20::1",
    };

    for (size_t i = 0; i < TM_COUNT(yes); i++)
        CHECK_INT(is_public(yes[i]) ? 0 : (int)i + 1, 0);
    for (size_t i = 0; i < TM_COUNT(no); i++)
        CHECK_INT(is_public(no[i]) ? (int)i + 1 : 0, 0);
}

static enum err_code check(const char *url, struct egress_rules rules)
{
    return egress_check(str_of(url), &rules, &err);
}

static void test_addresses(void)
{
    static const char *const good[] = {"https://shop.example/hook?a=b",
                                       "https://hooks.shop.example:443/",
                                       "https://[2606:4700::11]/", "https://1.1.1.1/x"};
    static const char *const bad[] = {
        "",
        "shop.example/hook",
        "http://shop.example/",
        "ftp://shop.example/",
        "file:///etc/passwd",
        "gopher://shop.example/",
        "https://",
        "https:///x",
        "https://shop.example:8443/",
        "https://user@shop.example/",
        "https://user:pass@shop.example/",
        "https://shop.example@127.0.0.1/",
        "https://localhost/",
        "https://LOCALHOST./",
        "https://db.internal/",
        "https://printer.local/",
        "https://intranet/",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0x7f.0.0.1/",
        "https://0177.0.0.1/",
        "https://0/",
        "https://[::1]/",
        "https://[::]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:7f00:1]/",
        "https://[fe80::1%25eth0]/",
        "https://[64:ff9b::7f00:1]/",
        "https://169.254.169.254/latest/meta-data/",
        "https://10.0.0.1/",
        "https://shop.example/ x",
        "https://shop.example/\r\nHost: other",
        "https://sh\xc3\xb6p.example/",
        "javascript:alert(1)",
        "data:text/html,x",
    };

    for (size_t i = 0; i < TM_COUNT(good); i++)
        CHECK_INT(check(good[i], (struct egress_rules){0}) == ERR_OK ? 0 : (int)i + 1, 0);
    for (size_t i = 0; i < TM_COUNT(bad); i++) {
        if (check(bad[i], (struct egress_rules){0}) != ERR_INVALID)
            CHECK_STR(bad[i], "refused");
    }
    CHECK_INT(check("http://127.0.0.1:8080/", (struct egress_rules){true, true, true}), ERR_OK);
    CHECK_INT(check("http://127.0.0.1:8080/", (struct egress_rules){true, true, false}),
              ERR_INVALID);
}

/* Every way to write down every special address, as numbers that programs read as addresses. */
static void test_disguises(void)
{
    static const uint32_t special[] = {0x7f000001, 0x7f0000ff, 0x0a000001, 0xac100001, 0xc0a80001,
                                       0xa9fea9fe, 0x64400001, 0xc6120001, 0x00000000, 0xe0000001,
                                       0xffffffff, 0xc0000201, 0xcb007101, 0xc6336401};
    int asked = 0, let = 0;

    for (size_t i = 0; i < TM_COUNT(special); i++) {
        const uint32_t a = special[i];
        const unsigned b[4] = {a >> 24, a >> 16 & 255, a >> 8 & 255, a & 255};
        char forms[22][80];
        int n = 0;

        snprintf(forms[n++], 80, "%u.%u.%u.%u", b[0], b[1], b[2], b[3]);
        snprintf(forms[n++], 80, "%u.%u.%u.%u.", b[0], b[1], b[2], b[3]);
        snprintf(forms[n++], 80, "%u", a);
        snprintf(forms[n++], 80, "0x%x", a);
        snprintf(forms[n++], 80, "0X%08X", a);
        snprintf(forms[n++], 80, "0%o", a);
        snprintf(forms[n++], 80, "0x%x.0x%x.0x%x.0x%x", b[0], b[1], b[2], b[3]);
        snprintf(forms[n++], 80, "0%o.0%o.0%o.0%o", b[0], b[1], b[2], b[3]);
        snprintf(forms[n++], 80, "%u.%u", b[0], a & 0xffffff);
        snprintf(forms[n++], 80, "%u.%u.%u", b[0], b[1], a & 0xffff);
        snprintf(forms[n++], 80, "0x%x.%u", b[0], a & 0xffffff);
        snprintf(forms[n++], 80, "[::ffff:%u.%u.%u.%u]", b[0], b[1], b[2], b[3]);
        snprintf(forms[n++], 80, "[::ffff:%x:%x]", a >> 16, a & 0xffff);
        snprintf(forms[n++], 80, "[0:0:0:0:0:FFFF:%x:%x]", a >> 16, a & 0xffff);
        snprintf(forms[n++], 80, "[::%x:%x]", a >> 16, a & 0xffff);
        snprintf(forms[n++], 80, "[64:ff9b::%x:%x]", a >> 16, a & 0xffff);
        snprintf(forms[n++], 80, "[2002:%x:%x::1]", a >> 16, a & 0xffff);
        snprintf(forms[n++], 80, "user@%u.%u.%u.%u", b[0], b[1], b[2], b[3]);
        snprintf(forms[n++], 80, "shop.example:x@%u.%u.%u.%u", b[0], b[1], b[2], b[3]);
        snprintf(forms[n++], 80, "%%%02x%u.%u.%u.%u", '0' + b[0] / 100, b[0] % 100, b[1], b[2],
                 b[3]);
        snprintf(forms[n++], 80, "%u.%u.%u.%u:443", b[0], b[1], b[2], b[3]);
        snprintf(forms[n++], 80, "%u.%u.%u.%u%%00.shop.example", b[0], b[1], b[2], b[3]);
        for (int k = 0; k < n; k++, asked++) {
            char url[1800];

            snprintf(url, sizeof(url), "https://%s/", forms[k]);
            if (check(url, (struct egress_rules){0}) != ERR_INVALID) {
                let++;
                printf("# let through: %s\n", url);
            }
        }
    }
    CHECK(asked >= 300);
    CHECK_INT(let, 0);
}

/* ---- webhooks ----------------------------------------------------------------------------- */

static void test_webhook(void)
{
    struct webhook_key key;
    char secret[WEBHOOK_SECRET_MAX], headers[3][WEBHOOK_HEADER_MAX];
    const int64_t now = INT64_C(1795425300) * US_PER_SECOND;
    struct egress_answer answer = {.end = EGRESS_ANSWERED, .status = 204};
    struct webhook_end end;

    for (unsigned i = 0; i < WEBHOOK_KEY_BYTES; i++)
        key.bytes[i] = (unsigned char)i;
    webhook_secret(&key, secret);
    CHECK_STR(secret, "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
    webhook_headers(&key, "b-7", now, STR_LIT("{\"type\":\"order_complete\"}"), headers);
    CHECK_STR(headers[0], "webhook-id: b-7");
    CHECK_STR(headers[1], "webhook-timestamp: 1795425300");
    CHECK_STR(headers[2], "webhook-signature: v1,OEYUl0mRLGJW/YryBwoXHyIx3Fo396GcDyG+Os/TFnQ=");

    webhook_judge(&answer, 0, now, 10, &end);
    CHECK_INT(end.outcome, CLAIM_ACCEPTED);
    answer.status = 410;
    webhook_judge(&answer, 0, now, 10, &end);
    CHECK(end.outcome == CLAIM_FAILED && end.gone);
    answer.status = 302;
    webhook_judge(&answer, 0, now, 10, &end);
    CHECK(end.outcome == CLAIM_LATER && end.next_us == now + 5 * US_PER_SECOND);
    answer = (struct egress_answer){.end = EGRESS_ANSWERED, .status = 503, .retry_after_s = 90};
    webhook_judge(&answer, 0, now, 10, &end);
    CHECK_INT(end.next_us, now + 90 * US_PER_SECOND);
    answer = (struct egress_answer){.end = EGRESS_UNKNOWN};
    webhook_judge(&answer, 3, now, 10, &end);
    CHECK(end.outcome == CLAIM_LATER && end.next_us == now + 2 * US_PER_HOUR);
    webhook_judge(&answer, 9, now, 10, &end);
    CHECK_INT(end.outcome, CLAIM_UNCERTAIN);
    answer = (struct egress_answer){.end = EGRESS_NOT_SENT};
    webhook_judge(&answer, 9, now, 10, &end);
    CHECK_INT(end.outcome, CLAIM_FAILED);
}

/* ---- text messages ------------------------------------------------------------------------ */

static void check_parts(const char *letter, int times, bool wide, int units, int parts)
{
    struct buf text = BUF_INIT(1 << 16);
    struct sms_parts out;

    for (int i = 0; i < times; i++)
        buf_addz(&text, letter);
    sms_parts(buf_str(&text), &out);
    CHECK(out.wide == wide && out.units == units && out.parts == parts);
    buf_release(&text);
}

static void test_parts(void)
{
    check_parts("a", 0, false, 0, 0);
    check_parts("a", 160, false, 160, 1);
    check_parts("a", 161, false, 161, 2);
    check_parts("a", 306, false, 306, 2);
    check_parts("a", 307, false, 307, 3);
    check_parts("é", 160, false, 160, 1);
    check_parts("€", 80, false, 160, 1);
    check_parts("€", 81, false, 162, 2);
    check_parts("€", 153, false, 306, 3); /* 76 in each: none is cut in two */
    check_parts("`", 70, true, 70, 1);
    check_parts("ก", 70, true, 70, 1);
    check_parts("ก", 71, true, 71, 2);
    check_parts("م", 134, true, 134, 2);
    check_parts("م", 135, true, 135, 3);
    check_parts("\xf0\x9f\x8e\x81", 35, true, 70, 1);
    check_parts("\xf0\x9f\x8e\x81", 36, true, 72, 2);
    check_parts("\xf0\x9f\x8e\x81", 67, true, 134, 3); /* 33 in each */
}

static const struct sms_service service = {.base = "https://api.sms.example",
                                           .account = "AC0123456789abcdef0123456789abcdef",
                                           .user = "AC0123456789abcdef0123456789abcdef",
                                           .token = "secret",
                                           .from = "+15551230000",
                                           .callback = ""};

static void test_request(void)
{
    struct buf url = BUF_INIT(4096), body = BUF_INIT(65536);
    struct sms_service other = service;
    const struct egress_rules rules = {0};

    CHECK_OK(sms_service_check(&service, &rules, &err), err);
    CHECK_OK(sms_request(&service, "+66812345678", STR_LIT("สวัสดี & 50%"), &body, &err), err);
    sms_url(&service, &url);
    CHECK_STR(buf_cstr(&url), "https://api.sms.example/2010-04-01/Accounts/"
                              "AC0123456789abcdef0123456789abcdef/Messages.json");
    CHECK_STR(buf_cstr(&body), "To=%2B66812345678&From=%2B15551230000&Body=%E0%B8%AA%E0%B8%A7%E0%B8"
                               "%B1%E0%B8%AA%E0%B8%94%E0%B8%B5%20%26%2050%25");
    CHECK_INT(sms_request(&service, "0812345678", STR_LIT("x"), &body, &err), ERR_INVALID);
    CHECK_INT(sms_request(&service, "+66812345678", STR_LIT(" "), &body, &err), ERR_INVALID);
    CHECK_INT(sms_request(&service, "+66812345678", STR_LIT("\xff"), &body, &err), ERR_ENCODING);
    other.account = "../../x";
    CHECK_INT(sms_service_check(&other, &rules, &err), ERR_INVALID);
    other = service;
    other.base = "https://127.0.0.1";
    CHECK_INT(sms_service_check(&other, &rules, &err), ERR_INVALID);
    other = service;
    other.from = "A name that is too long";
    CHECK_INT(sms_service_check(&other, &rules, &err), ERR_INVALID);
    other.from = "Palm Shop";
    CHECK_OK(sms_service_check(&other, &rules, &err), err);
    buf_release(&url);
    buf_release(&body);
}

static struct sms_end judged(enum egress_end how, int status, const char *body)
{
    struct egress_answer answer = {.end = how, .status = status, .body = BUF_INIT(4096)};
    struct sms_end out;

    buf_addz(&answer.body, body);
    sms_judge(&answer, 0, 0, 0, &out);
    buf_release(&answer.body);
    return out;
}

static void test_answers(void)
{
    struct sms_end e = judged(EGRESS_ANSWERED, 201, "{\"sid\":\"SM1\",\"status\":\"queued\"}");

    CHECK_INT(e.outcome, CLAIM_ACCEPTED);
    CHECK_STR(e.id, "SM1");
    e = judged(EGRESS_ANSWERED, 400, "{\"code\":21211,\"message\":\"Invalid\\nnumber\"}");
    CHECK(e.outcome == CLAIM_FAILED && e.dead && !e.stopped && e.about == SMS_ABOUT_NUMBER);
    CHECK_STR(e.text, "Invalid?number");
    e = judged(EGRESS_ANSWERED, 400, "{\"code\":21610}");
    CHECK(e.outcome == CLAIM_FAILED && e.stopped && !e.dead);
    e = judged(EGRESS_ANSWERED, 401, "{\"code\":20003}");
    CHECK(e.outcome == CLAIM_LATER && e.about == SMS_ABOUT_SERVICE && e.next_us > 0);
    e = judged(EGRESS_ANSWERED, 429, "");
    CHECK(e.outcome == CLAIM_LATER && e.slower);
    e = judged(EGRESS_ANSWERED, 500, "not JSON");
    CHECK(e.outcome == CLAIM_UNCERTAIN && e.about == SMS_ABOUT_SERVICE);
    CHECK_STR(e.text, "HTTP 500");
    CHECK_INT(judged(EGRESS_ANSWERED, 503, "").outcome, CLAIM_LATER);
    CHECK_INT(judged(EGRESS_ANSWERED, 504, "").outcome, CLAIM_UNCERTAIN);
    CHECK_INT(judged(EGRESS_NOT_SENT, 0, "").outcome, CLAIM_LATER);
    CHECK_INT(judged(EGRESS_UNKNOWN, 0, "").outcome, CLAIM_UNCERTAIN);
    CHECK_INT(sms_status(STR_LIT("delivered")), SMS_DELIVERED);
    CHECK_INT(sms_status(STR_LIT("undelivered")), SMS_LOST);
    CHECK_INT(sms_status(STR_LIT("sent")), SMS_UNDER_WAY);
}

/* The example of Twilio's documentation ("Security", validating requests). */
static void test_signature(void)
{
    const struct sms_field fields[] = {{STR_LIT("To"), STR_LIT("+18005551212")},
                                       {STR_LIT("Digits"), STR_LIT("1234")},
                                       {STR_LIT("CallSid"), STR_LIT("CA1234567890ABCDE")},
                                       {STR_LIT("From"), STR_LIT("+14158675309")},
                                       {STR_LIT("Caller"), STR_LIT("+14158675309")}};
    const struct str url = STR_LIT("https://mycompany.com/myapp.php?foo=1&bar=2");
    const struct str good = STR_LIT("RSOYDt4T1cUTdK1PDd93/VVr8B8=");

    CHECK(sms_verify("12345", url, fields, 5, good));
    CHECK(!sms_verify("12346", url, fields, 5, good));
    CHECK(!sms_verify("", url, fields, 5, good));
    CHECK(!sms_verify("12345", url, fields, 4, good));
    CHECK(!sms_verify("12345", STR_LIT("https://mycompany.com/"), fields, 5, good));
    CHECK(!sms_verify("12345", url, fields, 5, STR_NONE));
}

static void check_form(const char *text, size_t expected, const char *name, const char *value)
{
    struct sms_field fields[4];
    char body[200];
    size_t n;

    snprintf(body, sizeof(body), "%s", text);
    n = sms_fields(body, strlen(body), fields, TM_COUNT(fields));
    CHECK_INT(n, expected);
    CHECK_MSG(str_eqz(sms_field(fields, n, name), value), "%s of %s", name, text);
}

static void test_form(void)
{
    check_form("From=%2B66812345678&Body=Stop%21+now", 2, "From", "+66812345678");
    check_form("From=%2B66812345678&Body=Stop%21+now", 2, "Body", "Stop! now");
    check_form("&&a=1&&b=2&", 2, "b", "2");
    check_form("a", 1, "a", "");
    check_form("a=b=c", 1, "a", "b=c");
    check_form("a=%e0%b8%aB", 1, "a", "\xe0\xb8\xab");
    check_form("a=%4&b=%zz%", 2, "b", "%zz%");
    check_form("a=%4", 1, "a", "%4");
    check_form("a=1&a=2", 2, "a", "1");
    check_form("a=1&b=2&c=3&d=4&e=5", 0, "a", ""); /* more than there is room for */
    check_form("", 0, "a", "");
}

static void test_words(void)
{
    static const char *const stop[] = {
        "STOP",       "stop",        " Stop. ",     "S T O P",  "stop!!!",  "Stop please",
        "QUIT",       "End",         "REVOKE",      "opt out",  "OPT-OUT",  "OptOut",
        "Cancel",     "UNSUBSCRIBE", "unsubscribe", "STOPALL",  "stop all", "ＳＴＯＰ",
        "arrêt",      "ARRÊTER",     "Désabonner",  "STOPP",    "abmelden", "BAJA",
        "Cancelar",   "parar",       "sair",        "basta",    "afmelden", "avsluta",
        "wypisz",     "odhlásit",    "dur",         "İPTAL",    "СТОП",     "стоп",
        "отписаться", "διακοπή",     "הסר",         "إلغاء",    "إِلْغَاء",    "إلغاء الاشتراك",
        "توقّف",       "قف",          "หยุด",         "ยกเลิก",    "berhenti", "hủy",
        "từ chối",    "停止",        "退订",        "ストップ", "중지",     "수신거부",
        "रोकें",        "\"stop\"",    "“Stop”",      "stop\n",   "pls stop", "STOP NOW",
    };
    static const char *const maybe[] = {"please stop texting me",
                                        "why do you not stop",
                                        "remove me from your list",
                                        "Wrong number",
                                        "don't text me",
                                        "Don’t text me",
                                        "กรุณาหยุดส่ง"};
    static const char *const other[] = {
        "",   "thanks!", "when do you open?", "endless", "nice", "order 123", "👍",
        "ok", "retour",  "the end was good"};
    int missed = 0;

    for (size_t i = 0; i < TM_COUNT(stop); i++)
        if (sms_word(str_of(stop[i])) != SMS_STOP) {
            printf("# not understood: %s\n", stop[i]);
            missed++;
        }
    for (size_t i = 0; i < TM_COUNT(maybe); i++)
        if (sms_word(str_of(maybe[i])) != SMS_MAYBE) {
            printf("# not held: %s\n", maybe[i]);
            missed++;
        }
    for (size_t i = 0; i < TM_COUNT(other); i++)
        if (sms_word(str_of(other[i])) != SMS_OTHER) {
            printf("# too much: %s\n", other[i]);
            missed++;
        }
    CHECK_INT(missed, 0);
    CHECK_INT(sms_word(STR_LIT("START")), SMS_START);
    CHECK_INT(sms_word(STR_LIT("Help")), SMS_HELP);
    CHECK_INT(sms_word(STR_LIT("\xff\xfe stop")), SMS_STOP);
}

int main(void)
{
    test_ranges();
    test_addresses();
    test_disguises();
    test_webhook();
    test_parts();
    test_request();
    test_answers();
    test_signature();
    test_form();
    test_words();
    return tap_done();
}

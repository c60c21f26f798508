/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Whether mailboxes will believe a domain: forty domains as shops have them, each with the verdict
 * that its records deserve.
 */
#include "outreach/preflight/preflight.h"
#include "tap.h"

#define RSA2048                                                                                    \
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA47cL3c2GfjuzFh+mHWtAKZuIjXjIvmqSroN+"             \
    "SC040CFLLdM3+aE6qjnAF6NG1PXfOElGK+b6+qywuhl1DEPi6eFQO+Zp5k2m4LiSvE16JqdhMT6oI+5O9C+"          \
    "9IQhMdVVtArPS71Bw1ZUSE9OTZ0qsXaKKnwclxQ1dTxmBDl0gxIQXWxFqMsI/"                                \
    "Z4ffKOsnv7wTu2xRzoF2DABikyydWIG01L6QPz7dKKeD+"                                                \
    "KCChMDgSZ3iv6xerbB74oXPZqt3jFkgANSOzQUSV5ByroWuFAB5X2SCU5X3ke9gPqjm16d6AGXZzL+MMtI/"          \
    "Ob5GpbhsS6v4x4aI4I++EUkFRpw8z3LrVQIDAQAB"
#define RSA1024                                                                                    \
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDfvr0AY3Om8GX2oSj9VA+PVe4mkDyHklONDrf/"                 \
    "fSTMiGOk7JFxQm4yVX4eBl6HZtjt+FmQtM5KjWXm7JovX9uUmgSQ6Ct5RD4MrYR2fYcg/"                        \
    "s4CZCJX7Jn0tkmgD87HiUgys2OLul3p/yIDy9PcdIoVCkB9ruAk1PxxENmAsW1s1wIDAQAB"
#define RSA768                                                                                     \
    "MHwwDQYJKoZIhvcNAQEBBQADawAwaAJhANRtFyvKRHtF/1tPFVoUTtLp9iVOa/"                               \
    "jzNWthL+BFiw+zEPd6MV2g6VUhVngTA2j/KdoTUD9PwpYV/"                                              \
    "h6B46mIzA++scwfB8RbmwEmUQ3ugV8AGwdBzDZ6wozcg7X22thlcQIDAQAB"
#define RSA4096                                                                                    \
    "MIICIjANBgkqhkiG9w0BAQEFAAOCAg8AMIICCgKCAgEAu4dpFnayUXH7nvQxdR70l8XYQRFx5vTlgokGKb7tAkdVLIhs" \
    "yBM/"                                                                                         \
    "bLxRwAV+"                                                                                     \
    "A9jSGL8fDdCfkzvvRWeC7jR0UzVKqnSrrt3yxZBFZeBtM60KaTwl3LMji9pJXE6RJq4xPPr2HdYflN0VxrpDxcuYJe74" \
    "DqyamAXHmS7WHx5xWPkhRJ5LueFVCnWxbcExBeZvb2dV5RlNRp35LQOFuWRXiRTZSYJa+"                        \
    "qyzh4FN3hXftbjaKe1MfwNdeUqwz6m7ij1uO3ykwCrsdIaq/+zNP/"                                        \
    "TRx69f3MMhkLmDq32iXsFmECC0FOY2+"                                                              \
    "A3N8oj9UeadVhuEgZXrHeyX4Z4PteTMduOuLKyCO7r4Ii4xEQLv41tTqMJr9XEal8hDu1oGnHxqsDz2i9fa4QYNR8dAq" \
    "8uo6DUiyVDmm2mGZv5WgV5CzZ4C21R8FozwjWmGTyU96A7DCFTsM+"                                        \
    "aF5lkTtzXBYTT0BnZ8FpwrUisVXSFf4ydjny4bx0kPy9sWn0al7kGYwqMWcwv4XTYO71giNHZQvtzyF1OCEhiIKF70zT" \
    "ntUB8i3cT2ZIvI4tJplYoK1qMfVJuei0GCuRkDSNzXtlaMhcmbQWP5mzfR1vsq4SwinZ4no7RPOSlWV/"             \
    "VCgUi+HfWgkG07t8Xan3CSTDKiaIH7ns98JojYgFRGkWanJrtAcDCYtjvA/M8CAwEAAQ=="
#define ED25519 "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
#define KEY "v=DKIM1; k=rsa; p=" RSA2048
#define DMARC "v=DMARC1; p=quarantine; rua=mailto:d@shop.example"

/* name, text; a text "?" is a server that does not answer. */
static const char *const (*zone)[2];

static enum dns_state texts(void *ctx, const char *name, struct dns_texts *out)
{
    size_t lengths[PREFLIGHT_RECORDS], at = 0;

    (void)ctx;
    for (size_t i = 0; zone[i][0]; i++) {
        if (strcasecmp(zone[i][0], name) != 0)
            continue;
        if (strcmp(zone[i][1], "?") == 0)
            return DNS_FAILED;
        lengths[out->n++] = strlen(zone[i][1]);
        buf_addz(&out->bytes, zone[i][1]);
    }
    for (size_t i = 0; i < out->n; at += lengths[i++])
        out->texts[i] = (struct str){out->bytes.p + at, lengths[i]};
    return out->n ? DNS_FOUND : DNS_NONE;
}

static enum dns_state exists(void *ctx, const char *name, bool mail)
{
    (void)ctx, (void)mail;
    return strncmp(name, "void", 4) == 0 ? DNS_NONE : DNS_FOUND;
}

static const struct preflight_dns dns = {texts, exists, NULL};

/* In order: SPF, DKIM, DMARC, aligned; g(ood), w(eak), x (wrong), ? (unknown). */
static void check(const char *const (*records)[2], struct preflight_sender sender,
                  const char *expected, const char *about)
{
    char seen[PREFLIGHT_CHECKS + 1] = "";
    struct preflight p;

    zone = records;
    preflight_judge(&sender, &dns, &p);
    for (int i = 0; i < PREFLIGHT_CHECKS; i++) {
        seen[i] = "gwx?"[p.findings[i].verdict];
        if (!p.findings[i].what ||
            (p.findings[i].verdict == PREFLIGHT_WRONG && !p.findings[i].hint))
            seen[i] = '!';
    }
    tap_check(strcmp(seen, expected) == 0, __FILE__, __LINE__, "%s: %s, expected %s", about, seen,
              expected);
}

static const struct preflight_sender usual = {.from = "shop.example",
                                              .return_path = "bounce.shop.example",
                                              .dkim_domain = "shop.example",
                                              .dkim_selector = "s1",
                                              .dkim_record = KEY};

#define GOOD_SPF                                                                                   \
    {"bounce.shop.example", "v=spf1 include:relay.example -all"},                                  \
    {                                                                                              \
        "relay.example", "v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 ~all"                          \
    }
#define GOOD_KEY                                                                                   \
    {                                                                                              \
        "s1._domainkey.shop.example", KEY                                                          \
    }
#define GOOD_DMARC                                                                                 \
    {                                                                                              \
        "_dmarc.shop.example", DMARC                                                               \
    }
#define END                                                                                        \
    {                                                                                              \
        NULL, NULL                                                                                 \
    }
#define CASE(expected, about, ...)                                                                 \
    check((const char *const[][2]){__VA_ARGS__, END}, usual, expected, about)

static void test_spf(void)
{
#define SPF(expected, about, text)                                                                 \
    CASE(expected, about, {"bounce.shop.example", text}, GOOD_KEY, GOOD_DMARC)
    CASE("gggg", "all is well", GOOD_SPF, GOOD_KEY, GOOD_DMARC);
    CASE("xggg", "no SPF", GOOD_KEY, GOOD_DMARC);
    CASE("?ggg", "SPF's servers are silent", {"bounce.shop.example", "?"}, GOOD_KEY, GOOD_DMARC);
    CASE("xggg", "two SPF records", GOOD_SPF, {"bounce.shop.example", "v=spf1 a -all"}, GOOD_KEY,
         GOOD_DMARC);
    CASE("gggg", "other records beside it", GOOD_SPF,
         {"bounce.shop.example", "google-site-verification=x"},
         {"bounce.shop.example", "v=spf10 nonsense"}, GOOD_KEY, GOOD_DMARC);
    SPF("gggg", "softfail", "v=spf1 mx a:mail.shop.example ~all");
    SPF("wggg", "neutral", "v=spf1 mx ?all");
    SPF("wggg", "no end", "v=spf1 mx");
    SPF("xggg", "everybody", "v=spf1 mx +all");
    SPF("xggg", "everybody, unsaid", "v=spf1 all");
    SPF("xggg", "nobody", "v=spf1 -all");
    SPF("xggg", "a typing error", "v=spf1 inclde:relay.example -all");
    SPF("xggg", "an include of nothing", "v=spf1 include: -all");
    SPF("xggg", "an include without a record", "v=spf1 include:none.example -all");
    SPF("gggg", "capital letters", "V=SPF1 IP4:192.0.2.1 -ALL");
    SPF("gggg", "macros", "v=spf1 exists:%{i}._spf.shop.example -all");
    SPF("gggg", "an unknown modifier", "v=spf1 mx -all x-note=hello");
    SPF("xggg", "too many look-ups",
        "v=spf1 a:1.x a:2.x a:3.x a:4.x a:5.x a:6.x a:7.x a:8.x a:9.x a:10.x a:11.x -all");
    SPF("gggg", "ten look-ups",
        "v=spf1 a:1.x a:2.x a:3.x a:4.x a:5.x a:6.x a:7.x a:8.x a:9.x a:10.x -all");
    SPF("xggg", "three that find nothing", "v=spf1 a:void1 a:void2 mx:void3 mx -all");
    CASE("gggg", "a redirect", {"bounce.shop.example", "v=spf1 redirect=other.example"},
         {"other.example", "v=spf1 mx -all"}, GOOD_KEY, GOOD_DMARC);
    CASE("xggg", "a circle", {"bounce.shop.example", "v=spf1 include:bounce.shop.example -all"},
         GOOD_KEY, GOOD_DMARC);
}

static void test_dkim(void)
{
#define DKIM(expected, about, text)                                                                \
    CASE(expected, about, GOOD_SPF, {"s1._domainkey.shop.example", text}, GOOD_DMARC)
    struct preflight_sender other = usual;

    CASE("gxgw", "no key", GOOD_SPF, GOOD_DMARC);
    DKIM("g?gg", "the key's servers are silent", "?");
    DKIM("gxgw", "another key", "v=DKIM1; k=rsa; p=" RSA4096);
    DKIM("gxgw", "taken back", "v=DKIM1; k=rsa; p=");
    DKIM("gxgw", "no key in it", "v=DKIM1; k=rsa");
    DKIM("gxgw", "an unknown version", "v=DKIM2; p=" RSA2048);
    DKIM("gxgw", "no Base64", "v=DKIM1; p=???");
    DKIM("gwgg", "a test", "v=DKIM1; t=y:s; p=" RSA2048);
    DKIM("gggg", "without a version", "p=" RSA2048);
    CASE("gxgw", "two records", GOOD_SPF, GOOD_KEY, GOOD_KEY, GOOD_DMARC);
    other.dkim_record = "";
#define LENGTH(expected, about, key)                                                               \
    check(                                                                                         \
        (const char *const[][2]){GOOD_SPF, {"s1._domainkey.shop.example", key}, GOOD_DMARC, END},  \
        other, expected, about)
    LENGTH("gggg", "4096 bits", "p=" RSA4096);
    LENGTH("gwgg", "1024 bits", "p=" RSA1024);
    LENGTH("gxgw", "768 bits", "p=" RSA768);
    LENGTH("gggg", "Ed25519", "v=DKIM1; k=ed25519; p=" ED25519);
    LENGTH("gxgw", "half of Ed25519", "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg==");
    other.dkim_domain = "";
    check((const char *const[][2]){GOOD_SPF, GOOD_DMARC, END}, other, "g?gw",
          "the mail service signs");
    other.return_path = "bounce.service.example";
    check((const char *const[][2]){{"bounce.service.example", "v=spf1 mx -all"}, GOOD_DMARC, END},
          other, "g?g?", "the mail service signs and has its own return path");
}

static void test_dmarc(void)
{
#define POLICY(expected, about, text)                                                              \
    CASE(expected, about, GOOD_SPF, GOOD_KEY, {"_dmarc.shop.example", text})
    struct preflight_sender news = usual;

    CASE("ggxg", "no DMARC", GOOD_SPF, GOOD_KEY);
    POLICY("gg?g", "DMARC's servers are silent", "?");
    POLICY("ggwg", "none", "v=DMARC1; p=none; rua=mailto:d@shop.example");
    POLICY("gggg", "reject", "v=DMARC1;p=reject");
    POLICY("ggxg", "no policy", "v=DMARC1");
    POLICY("ggxg", "a policy that is none", "v=DMARC1; p=maybe");
    POLICY("ggwg", "a policy that is none, and reports",
           "v=DMARC1; p=maybe; rua=mailto:x@y.example");
    POLICY("ggxg", "v is not the first", "p=none; v=DMARC1");
    CASE("ggxg", "two of them", GOOD_SPF, GOOD_KEY, GOOD_DMARC, GOOD_DMARC);
    CASE("gggg", "another record beside it", GOOD_SPF, GOOD_KEY, GOOD_DMARC,
         {"_dmarc.shop.example", "v=spf1 -all"});
    news.from = "news.shop.example";
    check((const char *const[][2]){GOOD_SPF, GOOD_KEY, GOOD_DMARC, END}, news, "gggg",
          "the policy of the domain above");
    check((const char *const[][2]){GOOD_SPF,
                                   GOOD_KEY,
                                   {"_dmarc.shop.example", "v=DMARC1; p=reject; adkim=s; aspf=s"},
                                   END},
          news, "gggx", "strict, and neither is the same");
    news.dkim_domain = "service.example";
    check((const char *const[][2]){{"bounce.shop.example", "v=spf1 mx -all"},
                                   {"s1._domainkey.service.example", KEY},
                                   GOOD_DMARC,
                                   END},
          news, "gggw", "another's key, own return path");
    news.return_path = "service.example";
    check((const char *const[][2]){{"service.example", "v=spf1 mx -all"},
                                   {"s1._domainkey.service.example", KEY},
                                   GOOD_DMARC,
                                   END},
          news, "gggx", "nothing of the shop's own");
    news.return_path = "other.example";
    news.dkim_domain = "example";
    check(
        (const char *const[][2]){
            {"other.example", "v=spf1 mx -all"}, {"s1._domainkey.example", KEY}, GOOD_DMARC, END},
        news, "gggx", "a name above all is nobody's own");
}

/* ---- answers of servers ------------------------------------------------------------------- */

static void test_bytes(void)
{
    /* One answer with a TXT record of two pieces, for "a.b". */
    static const unsigned char answer[] = {
        0, 1,    0x81, 0x80, 0,  1, 0, 1, 0, 0, 0,  0, 1, 'a', 1,   'b', 0,   0, 16,  0,
        1, 0xc0, 12,   0,    16, 0, 1, 0, 0, 0, 60, 0, 7, 3,   'o', 'n', 'e', 2, ' ', '2'};
    struct dns_texts out = {.bytes = BUF_INIT(4096)};

    CHECK_INT(dns_texts_read(answer, sizeof(answer), &out), DNS_FOUND);
    CHECK(out.n == 1 && str_eqz(out.texts[0], "one 2"));
    dns_texts_release(&out);
    for (size_t n = 0; n < sizeof(answer); n++) {
        out.bytes = BUF_INIT(4096);
        if (dns_texts_read(answer, n, &out) != DNS_FAILED)
            CHECK_INT((int64_t)n, -1);
        dns_texts_release(&out);
    }
}

int main(void)
{
    test_spf();
    test_dkim();
    test_dmarc();
    test_bytes();
    return tap_done();
}

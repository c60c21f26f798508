/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* provider_sign.c - whether a call is the mail service's. */
#include "outreach/mail/provider_parts.h"

#include "base/timestamp.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sodium.h>

enum { KEY_BYTES = 1024, SIGNATURE_BYTES = 1024, SIGNED_MAX = PROVIDER_BODY_MAX + 4096 };

static bool same(struct str a, const char *b)
{
    return a.n && a.n == strlen(b) && sodium_memcmp(a.p, b, a.n) == 0;
}

/* Base64 with its padding; how many bytes, 0: it is none. */
static size_t from_base64(struct str text, unsigned char *out, size_t cap)
{
    size_t n = 0;

    return text.n && sodium_base642bin(out, cap, text.p, text.n, " \r\n", &n, NULL,
                                       sodium_base64_VARIANT_ORIGINAL) == 0
               ? n
               : 0;
}

static bool digest_fits(EVP_PKEY *key, const EVP_MD *digest, struct str text,
                        const unsigned char *signature, size_t n)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool fits = ctx && EVP_DigestVerifyInit(ctx, NULL, digest, NULL, key) == 1 &&
                EVP_DigestVerify(ctx, signature, n, (const unsigned char *)text.p, text.n) == 1;

    EVP_MD_CTX_free(ctx);
    return fits;
}

/* ---- a password: Postmark, Brevo ----------------------------------------------------------- */

void provider_password(const struct pseudonyms *keys, enum sending_provider provider,
                       char out[PROVIDER_PASSWORD_MAX])
{
    const char name = (char)('0' + provider);
    struct pseudonym half;

    out[0] = '\0';
    if (provider != SENDING_PROVIDER_POSTMARK && provider != SENDING_PROVIDER_BREVO)
        return;
    pseudonym_digest(keys, "mail service", (struct str){&name, 1}, &half);
    sodium_bin2hex(out, PROVIDER_PASSWORD_MAX, half.bytes, sizeof(half.bytes));
}

/* As Basic, with any name, or as Bearer. */
static bool shows_password(const struct provider_secret *s, const struct provider_call *c)
{
    const char *shown = c->headers[0];
    char pair[256], *password;
    size_t n;

    if (!shown || !s->secret[0])
        return false;
    if (strncasecmp(shown, "Bearer ", 7) == 0)
        return same(str_of(shown + 7), s->secret);
    if (strncasecmp(shown, "Basic ", 6) != 0)
        return false;
    n = from_base64(str_of(shown + 6), (unsigned char *)pair, sizeof(pair) - 1);
    pair[n] = '\0';
    password = strchr(pair, ':');
    return password && same(str_of(password + 1), s->secret);
}

/* ---- Mailgun ------------------------------------------------------------------------------ */

static bool mailgun_signed(const struct provider_secret *s, const struct provider_call *c)
{
    const struct str time = json_text(provider_at(c->root, "signature.timestamp"), STR_NONE);
    const struct str token = json_text(provider_at(c->root, "signature.token"), STR_NONE);
    const struct str told = json_text(provider_at(c->root, "signature.signature"), STR_NONE);
    unsigned char mac[32];
    char text[512], expected[65];
    unsigned n = sizeof(mac);

    if (!s->secret[0] || !time.n || !token.n || time.n + token.n >= sizeof(text))
        return false;
    memcpy(text, time.p, time.n);
    memcpy(text + time.n, token.p, token.n);
    if (!HMAC(EVP_sha256(), s->secret, (int)strlen(s->secret), (const unsigned char *)text,
              time.n + token.n, mac, &n))
        return false;
    sodium_bin2hex(expected, sizeof(expected), mac, sizeof(mac));
    return same(told, expected);
}

/* ---- SendGrid ----------------------------------------------------------------------------- */

static bool sendgrid_signed(const struct provider_secret *s, const struct provider_call *c)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(SIGNED_MAX);
    unsigned char bytes[KEY_BYTES], signature[SIGNATURE_BYTES];
    const unsigned char *p = bytes;
    EVP_PKEY *key;
    size_t n;
    bool fits;

    if (!c->headers[0] || !c->headers[1])
        return false;
    n = from_base64(str_of(s->secret), bytes, sizeof(bytes));
    key = n ? d2i_PUBKEY(NULL, &p, (long)n) : NULL;
    if (!key)
        return false;
    buf_addz(&text, c->headers[1]);
    buf_adds(&text, c->body);
    n = from_base64(str_of(c->headers[0]), signature, sizeof(signature));
    fits = !text.failed && n && EVP_PKEY_base_id(key) == EVP_PKEY_EC &&
           digest_fits(key, EVP_sha256(), buf_str(&text), signature, n);
    EVP_PKEY_free(key);
    return fits;
}

/* ---- SNS ---------------------------------------------------------------------------------- */

static struct str of_root(const struct provider_call *c, const char *name)
{
    return json_text(json_get(c->root, name), STR_NONE);
}

bool provider_is_confirmation(const struct provider_call *c)
{
    const struct str type = of_root(c, "Type");

    return str_eqz(type, "SubscriptionConfirmation") || str_eqz(type, "UnsubscribeConfirmation");
}

/* https://sns.REGION.amazonaws.com/, and China's. */
static bool is_of_amazon(struct str url, struct str *out_path)
{
    static const char *const ends[] = {".amazonaws.com/", ".amazonaws.com.cn/"};
    size_t at = 12;

    if (!str_starts(url, "https://sns."))
        return false;
    while (at < url.n && (islower((unsigned char)url.p[at]) || isdigit((unsigned char)url.p[at]) ||
                          url.p[at] == '-'))
        at++;
    for (size_t i = 0; at > 12 && i < TM_COUNT(ends); i++)
        if (str_starts((struct str){url.p + at, url.n - at}, ends[i])) {
            at += strlen(ends[i]);
            *out_path = (struct str){url.p + at, url.n - at};
            return true;
        }
    return false;
}

struct str provider_certificate_url(const struct provider_call *c)
{
    const struct str url = of_root(c, "SigningCertURL");
    struct str path;

    if (!is_of_amazon(url, &path) || !str_starts(path, "SimpleNotificationService-") ||
        path.n < 5 || memcmp(path.p + path.n - 4, ".pem", 4) != 0)
        return STR_NONE;
    for (size_t i = 0; i < path.n; i++)
        if (!isalnum((unsigned char)path.p[i]) && path.p[i] != '-' && path.p[i] != '.')
            return STR_NONE;
    return url;
}

struct str provider_confirm_url(const struct provider_call *c)
{
    const struct str url = of_root(c, "SubscribeURL");
    struct str path;

    return str_eqz(of_root(c, "Type"), "SubscriptionConfirmation") && is_of_amazon(url, &path)
               ? url
               : STR_NONE;
}

/* "Verifying the signatures of Amazon SNS messages": name and value of each, a line each. */
static void add_signed(const struct provider_call *c, struct buf *out)
{
    static const char *const told[] = {"Message",   "MessageId", "Subject",
                                       "Timestamp", "TopicArn",  "Type"};
    static const char *const asked[] = {"Message", "MessageId", "SubscribeURL", "Timestamp",
                                        "Token",   "TopicArn",  "Type"};
    const bool asks = provider_is_confirmation(c);
    const char *const *names = asks ? asked : told;

    for (size_t i = 0; i < (asks ? TM_COUNT(asked) : TM_COUNT(told)); i++) {
        const struct json_value v = json_get(c->root, names[i]);

        if (json_type_of(v) != JSON_STRING)
            continue;
        buf_addf(out, "%s\n", names[i]);
        buf_adds(out, json_text(v, STR_NONE));
        buf_addc(out, '\n');
    }
}

static bool is_in_force(const X509 *certificate)
{
    return X509_cmp_current_time(X509_get0_notBefore(certificate)) < 0 &&
           X509_cmp_current_time(X509_get0_notAfter(certificate)) > 0;
}

static bool sns_signed(const struct provider_secret *s, const struct provider_call *c)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(SIGNED_MAX);
    const bool newer = str_eqz(of_root(c, "SignatureVersion"), "2");
    unsigned char signature[SIGNATURE_BYTES];
    size_t n = from_base64(of_root(c, "Signature"), signature, sizeof(signature));
    BIO *pem = s->certificate.n ? BIO_new_mem_buf(s->certificate.p, (int)s->certificate.n) : NULL;
    X509 *certificate = pem ? PEM_read_bio_X509(pem, NULL, NULL, NULL) : NULL;
    EVP_PKEY *key = certificate ? X509_get0_pubkey(certificate) : NULL;
    bool fits = false;

    if (key && n && same(of_root(c, "TopicArn"), s->topic) && is_in_force(certificate) &&
        (newer || str_eqz(of_root(c, "SignatureVersion"), "1"))) {
        add_signed(c, &text);
        fits = !text.failed && EVP_PKEY_base_id(key) == EVP_PKEY_RSA &&
               digest_fits(key, newer ? EVP_sha256() : EVP_sha1(), buf_str(&text), signature, n);
    }
    X509_free(certificate);
    BIO_free(pem);
    return fits;
}

/* ---- all ---------------------------------------------------------------------------------- */

bool provider_proven(enum sending_provider provider, const struct provider_secret *s,
                     const struct provider_call *c)
{
    static bool (*const ways[SENDING_PROVIDERS])(const struct provider_secret *s,
                                                 const struct provider_call *c) = {
        [SENDING_PROVIDER_SES] = sns_signed,         [SENDING_PROVIDER_POSTMARK] = shows_password,
        [SENDING_PROVIDER_MAILGUN] = mailgun_signed, [SENDING_PROVIDER_SENDGRID] = sendgrid_signed,
        [SENDING_PROVIDER_BREVO] = shows_password,
    };

    return ways[provider] && ways[provider](s, c);
}

/* Seconds since 1970, or "2026-11-23T10:00:00.000Z". TIME_NONE: neither. */
static int64_t moment_of(struct str text)
{
    struct civil c = {0};
    char copy[32];
    int end = 0;

    if (!text.n || text.n >= sizeof(copy))
        return TIME_NONE;
    snprintf(copy, sizeof(copy), "%.*s", (int)text.n, text.p);
    if (strspn(copy, "0123456789") == text.n && text.n <= 11)
        return strtoll(copy, NULL, 10) * US_PER_SECOND;
    if (sscanf(copy, "%4d-%2d-%2dT%2d:%2d:%2d%n", &c.year, &c.month, &c.day, &c.hour, &c.minute,
               &c.second, &end) != 6 ||
        (copy[end] != '.' && copy[end] != 'Z') || !civil_valid(&c))
        return TIME_NONE;
    return civil_to_utc(&c);
}

bool provider_fresh(enum sending_provider provider, const struct provider_call *c, int64_t now_us,
                    int64_t *out_until_us)
{
    static const int64_t early_us = 300 * US_PER_SECOND;
    struct str told;
    int64_t at_us, while_us;

    *out_until_us = TIME_NONE;
    switch (provider) {
    case SENDING_PROVIDER_MAILGUN:
        told = json_text(provider_at(c->root, "signature.timestamp"), STR_NONE);
        while_us = 12 * US_PER_HOUR;
        break;
    case SENDING_PROVIDER_SENDGRID:
        told = c->headers[1] ? str_of(c->headers[1]) : STR_NONE;
        while_us = 25 * US_PER_HOUR;
        break;
    case SENDING_PROVIDER_SES:
        told = of_root(c, "Timestamp");
        while_us = 8 * US_PER_HOUR;
        break;
    default:
        return true;
    }
    at_us = moment_of(told);
    if (at_us == TIME_NONE || at_us > now_us + early_us || at_us + while_us < now_us)
        return false;
    *out_until_us = at_us + while_us;
    return true;
}

struct str provider_call_name(enum sending_provider provider, const struct provider_call *c)
{
    return provider == SENDING_PROVIDER_MAILGUN
               ? json_text(provider_at(c->root, "signature.token"), STR_NONE)
               : STR_NONE;
}

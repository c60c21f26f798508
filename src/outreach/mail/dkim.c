/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/mail/dkim.h"

#include "base/file.h"
#include "base/timestamp.h"
#include "outreach/mail/address.h"
#include "outreach/mail/dkim_hash.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

enum { PEM_MAX = 65536, HEADER_MAX = 1 << 20, BODY_MAX = 1 << 25, FOLD = 72 };

struct dkim_key {
    EVP_PKEY *pair; /* owned */
    char domain[MAIL_DOMAIN_MAX + 1];
    char selector[DKIM_SELECTOR_MAX + 1];
};

/* Fields that are signed where they are there. Whether once more, so that a second one of the name
 * breaks the signature: those of which a message has one, and a reader might be shown the other. */
static const struct {
    const char *name;
    bool once_more;
} signed_fields[] = {
    {"From", true},
    {"Reply-To", true},
    {"To", true},
    {"Subject", true},
    {"Date", true},
    {"Message-ID", true},
    {"MIME-Version", true},
    {"Content-Type", true},
    {"Content-Transfer-Encoding", false},
    {"List-Id", false},
    {"List-Unsubscribe", true},
    {"List-Unsubscribe-Post", true},
    {"Auto-Submitted", false},
    {"Feedback-ID", false},
};

void dkim_key_free(struct dkim_key *key)
{
    if (key)
        EVP_PKEY_free(key->pair);
    free(key);
}

void dkim_key_freep(struct dkim_key **key)
{
    dkim_key_free(*key);
}

const char *dkim_key_domain(const struct dkim_key *key)
{
    return key->domain;
}

static bool selector_valid(const char *selector)
{
    size_t n = strlen(selector);

    if (n == 0 || n > DKIM_SELECTOR_MAX || !isalnum((unsigned char)selector[0]) ||
        !isalnum((unsigned char)selector[n - 1]))
        return false;
    for (const char *p = selector; *p; p++)
        if (!isalnum((unsigned char)*p) && !strchr("-_.", *p))
            return false;
    return !strstr(selector, "..");
}

static enum err_code check_strength(EVP_PKEY *pair, struct err *err)
{
    int bits = EVP_PKEY_get_bits(pair);

    if (EVP_PKEY_is_a(pair, "ED25519"))
        return ERR_OK;
    if (!EVP_PKEY_is_a(pair, "RSA"))
        return err_set(err, ERR_INVALID, "a DKIM key is of RSA or Ed25519, and this one is not");
    if (bits < DKIM_RSA_BITS_MIN || bits > DKIM_RSA_BITS_MAX)
        return err_set(err, ERR_INVALID, "the DKIM key has %d bits; it needs %d to %d", bits,
                       DKIM_RSA_BITS_MIN, DKIM_RSA_BITS_MAX);
    return ERR_OK;
}

/* Without it the library asks for a password at the terminal. */
static int no_password(char *out, int size, int writing, void *user)
{
    (void)out, (void)size, (void)writing, (void)user;
    return -1;
}

enum err_code dkim_key_read(struct str pem, const char *domain, const char *selector,
                            struct dkim_key **out, struct err *err)
{
    TM_CLEANUP(dkim_key_freep) struct dkim_key *key = xcalloc(1, sizeof(*key));
    BIO *bio;

    TRY(mail_domain_read(str_of(domain), key->domain, err));
    if (!selector_valid(selector))
        return err_set(err, ERR_INVALID, "\"%.80s\" is no DKIM selector", selector);
    snprintf(key->selector, sizeof(key->selector), "%s", selector);
    if (pem.n > PEM_MAX)
        return err_set(err, ERR_TOO_LARGE, "the DKIM key is too large");
    bio = BIO_new_mem_buf(pem.p, (int)pem.n);
    key->pair = bio ? PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL) : NULL;
    BIO_free(bio);
    ERR_clear_error();
    if (!key->pair) {
        err_set(err, ERR_INVALID, "the DKIM key is no private key in PEM without a password");
        err_hint(err, "Make one with: openssl genrsa -out dkim.pem 2048");
        return ERR_INVALID;
    }
    TRY(check_strength(key->pair, err));
    *out = key;
    key = NULL;
    return ERR_OK;
}

enum err_code dkim_key_open(const char *path, const char *domain, const char *selector,
                            struct dkim_key **out, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf pem = {0};
    enum err_code rc;

    TRY(file_read(path, PEM_MAX, &pem, err));
    rc = dkim_key_read(buf_str(&pem), domain, selector, out, err);
    if (pem.p)
        explicit_bzero(pem.p, pem.n);
    if (rc != ERR_OK)
        err_context(err, "reading \"%s\"", path);
    return rc;
}

enum err_code dkim_record(const struct dkim_key *key, struct buf *out_name, struct buf *out_text,
                          struct err *err)
{
    unsigned char raw[DKIM_HASH];
    size_t raw_n = sizeof(raw);
    unsigned char *der = NULL;
    int n;

    buf_addf(out_name, "%s._domainkey.%s", key->selector, key->domain);
    TRY(buf_check(out_name, err));
    if (EVP_PKEY_is_a(key->pair, "ED25519")) {
        if (EVP_PKEY_get_raw_public_key(key->pair, raw, &raw_n) != 1)
            return err_set(err, ERR_INTERNAL, "the public half of the DKIM key cannot be had");
        buf_addz(out_text, "v=DKIM1; k=ed25519; p=");
        dkim_add_base64(out_text, raw, raw_n);
        return buf_check(out_text, err);
    }
    n = i2d_PUBKEY(key->pair, &der);
    if (n <= 0)
        return err_set(err, ERR_INTERNAL, "the public half of the DKIM key cannot be had");
    buf_addz(out_text, "v=DKIM1; k=rsa; p=");
    dkim_add_base64(out_text, der, (size_t)n);
    OPENSSL_free(der);
    return buf_check(out_text, err);
}

/* h= into `out`, and the fields in canonical form, each with its line break, into `canonical`. */
static void collect_fields(struct str header, struct buf *out, struct buf *canonical)
{
    struct str field;
    const char *between = "";

    for (size_t i = 0; i < TM_COUNT(signed_fields); i++) {
        size_t n = 0;

        while (dkim_field(header, signed_fields[i].name, n, &field)) {
            dkim_relaxed_field(field, canonical);
            buf_addz(canonical, "\r\n");
            buf_addf(out, "%s%s", between, signed_fields[i].name);
            between = n == 0 ? ":\r\n\t " : ":";
            n++;
        }
        if (n > 0 && signed_fields[i].once_more)
            buf_addf(out, ":%s", signed_fields[i].name);
        if (n > 0)
            between = ":\r\n\t ";
    }
}

static void add_folded(struct buf *out, struct str base64)
{
    for (size_t i = 0; i < base64.n; i += FOLD) {
        size_t n = base64.n - i < FOLD ? base64.n - i : FOLD;

        buf_addz(out, i ? "\r\n\t " : "");
        buf_add(out, base64.p + i, n);
    }
    buf_addz(out, "\r\n");
}

enum err_code dkim_sign(const struct dkim_key *key, struct str message, int64_t at_us,
                        struct buf *out, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf canonical = BUF_INIT(HEADER_MAX);
    TM_CLEANUP(buf_release) struct buf body = BUF_INIT(BODY_MAX);
    TM_CLEANUP(buf_release) struct buf field = BUF_INIT(HEADER_MAX);
    TM_CLEANUP(buf_release) struct buf signature = BUF_INIT(HEADER_MAX);
    const char *end = message.n ? memmem(message.p, message.n, "\r\n\r\n", 4) : NULL;
    unsigned char hash[DKIM_HASH];
    struct str header;

    if (!end)
        return err_set(err, ERR_INTERNAL, "a message to be signed has no end of its header");
    header = (struct str){message.p, (size_t)(end - message.p) + 2};
    dkim_relaxed_body((struct str){end + 4, message.n - header.n - 2}, &body);
    TRY(dkim_sha256(&body, hash, err));
    buf_addf(&field,
             "DKIM-Signature: v=1; a=%s-sha256; c=relaxed/relaxed;\r\n\td=%s;\r\n\ts=%s; t=%" PRId64
             ";\r\n\th=",
             EVP_PKEY_is_a(key->pair, "RSA") ? "rsa" : "ed25519", key->domain, key->selector,
             at_us / US_PER_SECOND);
    collect_fields(header, &field, &canonical);
    buf_addz(&field, ";\r\n\tbh=");
    dkim_add_base64(&field, hash, sizeof(hash));
    buf_addz(&field, ";\r\n\tb=");
    TRY(buf_check(&field, err));
    dkim_relaxed_field(buf_str(&field), &canonical);
    TRY(dkim_signature(key->pair, &canonical, &signature, err));
    buf_adds(out, buf_str(&field));
    add_folded(out, buf_str(&signature));
    return buf_check(out, err);
}

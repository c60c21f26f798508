/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Signatures against the published examples (RFC 8463, appendix A; its RSA key is that of RFC
 * 6376), canonical forms against those of RFC 6376, 3.4.4 and 3.4.5. */
#include "outreach/mail/dkim.h"

#include "base/timestamp.h"
#include "outreach/mail/dkim_hash.h"
#include "tap.h"

#include <openssl/pem.h>

static const char example_header[] =
    "From: Joe SixPack <joe@football.example.com>\r\n"
    "To: Suzie Q <suzie@shopping.example.net>\r\n"
    "Subject: Is dinner ready?\r\n"
    "Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\n"
    "Message-ID: <20030712040037.46341.5F8J@football.example.com>\r\n";
static const char example_body[] =
    "Hi.\r\n\r\nWe lost the game.  Are you hungry yet?\r\n\r\nJoe.\r\n";

/* Too short for use today, and refused as a key; its signature is still the published one. */
static const char example_rsa[] =
    "-----BEGIN RSA PRIVATE KEY-----\n"
    "MIICXQIBAAKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQi\n"
    "Y/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqM\n"
    "KrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB\n"
    "AoGAH0cxOhFZDgzXWhDhnAJDw5s4roOXN4OhjiXa8W7Y3rhX3FJqmJSPuC8N9vQm\n"
    "6SVbaLAE4SG5mLMueHlh4KXffEpuLEiNp9Ss3O4YfLiQpbRqE7Tm5SxKjvvQoZZe\n"
    "zHorimOaChRL2it47iuWxzxSiRMv4c+j70GiWdxXnxe4UoECQQDzJB/0U58W7RZy\n"
    "6enGVj2kWF732CoWFZWzi1FicudrBFoy63QwcowpoCazKtvZGMNlPWnC7x/6o8Gc\n"
    "uSe0ga2xAkEA8C7PipPm1/1fTRQvj1o/dDmZp243044ZNyxjg+/OPN0oWCbXIGxy\n"
    "WvmZbXriOWoSALJTjExEgraHEgnXssuk7QJBALl5ICsYMu6hMxO73gnfNayNgPxd\n"
    "WFV6Z7ULnKyV7HSVYF0hgYOHjeYe9gaMtiJYoo0zGN+L3AAtNP9huqkWlzECQE1a\n"
    "licIeVlo1e+qJ6Mgqr0Q7Aa7falZ448ccbSFYEPD6oFxiOl9Y9se9iYHZKKfIcst\n"
    "o7DUw1/hz2Ck4N5JrgUCQQCyKveNvjzkkd8HjYs0SwM0fPjK16//5qDZ2UiDGnOe\n"
    "uEzxBDAr518Z8VFbR41in3W4Y3yCDgQlLlcETrS+zYcL\n"
    "-----END RSA PRIVATE KEY-----\n";
/* RFC 8032, 7.1, test 1. */
static const unsigned char example_edwards[32] = {
    0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c, 0xc4,
    0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60};

static void relaxed(const char *raw, bool body, const char *want)
{
    struct buf out = BUF_INIT(4096);

    (body ? dkim_relaxed_body : dkim_relaxed_field)(str_of(raw), &out);
    CHECK_STR(buf_cstr(&out), want);
    buf_release(&out);
}

static void test_canonical_forms(void)
{
    relaxed("A: X", false, "a:X");
    relaxed("B : Y\t\r\n\tZ  ", false, "b:Y Z");
    relaxed("Subject:", false, "subject:");
    relaxed("Subject: \t \r\n ", false, "subject:");
    relaxed(" C \r\nD \t E\r\n\r\n\r\n", true, " C\r\nD E\r\n");
    relaxed("", true, "");
    relaxed("\r\n \t\r\n\r\n", true, "");
    relaxed("a\r\n\r\n\t\r\nb", true, "a\r\n\r\n\r\nb\r\n");
}

static void test_fields(void)
{
    struct str header = STR_LIT("From: a\r\nX: 1\r\n 2\r\nfrom : no\r\nFROM: b\r\n");
    struct str field;

    CHECK(dkim_field(header, "From", 0, &field) && str_eqz(field, "FROM: b"));
    CHECK(dkim_field(header, "From", 1, &field) && str_eqz(field, "From: a"));
    CHECK(!dkim_field(header, "From", 2, &field));
    CHECK(dkim_field(header, "X", 0, &field) && str_eqz(field, "X: 1\r\n 2"));
}

/* What RFC 8463 prints: the field up to b=, and the signature. */
static void published(EVP_PKEY *key, const char *field, const char *want)
{
    static const char *const names[] = {"from", "to", "subject", "date", "message-id"};
    struct buf canonical = BUF_INIT(4096), signature = BUF_INIT(1024);
    struct err err = ERR_INIT;

    for (size_t i = 0; i < TM_COUNT(names); i++) {
        struct str one;

        if (CHECK(dkim_field(str_of(example_header), names[i], 0, &one)))
            dkim_relaxed_field(one, &canonical);
        buf_addz(&canonical, "\r\n");
    }
    dkim_relaxed_field(str_of(field), &canonical);
    CHECK_OK(dkim_signature(key, &canonical, &signature, &err), err);
    CHECK_STR(buf_cstr(&signature), want);
    buf_release(&canonical);
    buf_release(&signature);
}

static void test_published_examples(void)
{
    EVP_PKEY *edwards = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, example_edwards,
                                                     sizeof(example_edwards));
    BIO *bio = BIO_new_mem_buf(example_rsa, -1);
    EVP_PKEY *rsa = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
    struct buf body = BUF_INIT(4096), base64 = BUF_INIT(100);
    unsigned char hash[DKIM_HASH];
    struct err err = ERR_INIT;

    dkim_relaxed_body(str_of(example_body), &body);
    CHECK_OK(dkim_sha256(&body, hash, &err), err);
    dkim_add_base64(&base64, hash, sizeof(hash));
    CHECK_STR(buf_cstr(&base64), "2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=");
    published(edwards,
              "DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;\r\n"
              " d=football.example.com; i=@football.example.com;\r\n"
              " q=dns/txt; s=brisbane; t=1528637909; h=from : to :\r\n"
              " subject : date : message-id : from : subject : date;\r\n"
              " bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n b=",
              "/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus"
              "Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==");
    published(rsa,
              "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;\r\n"
              " d=football.example.com; i=@football.example.com;\r\n"
              " q=dns/txt; s=test; t=1528637909; h=from : to : subject :\r\n"
              " date : message-id : from : subject : date;\r\n"
              " bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n b=",
              "F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3"
              "DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz"
              "dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=");
    EVP_PKEY_free(edwards);
    EVP_PKEY_free(rsa);
    BIO_free(bio);
    buf_release(&body);
    buf_release(&base64);
}

static char *pem_of(EVP_PKEY *key)
{
    BIO *bio = BIO_new(BIO_s_mem());
    char *text, *kept;
    long n;

    PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL);
    n = BIO_get_mem_data(bio, &text);
    kept = xcalloc(1, (size_t)n + 1);
    memcpy(kept, text, (size_t)n);
    BIO_free(bio);
    return kept;
}

static void refused(const char *pem, const char *domain, const char *selector, const char *want)
{
    struct dkim_key *key = NULL;
    struct err err = ERR_INIT;

    CHECK(dkim_key_read(str_of(pem), domain, selector, &key, &err) == ERR_INVALID);
    CHECK_MSG(strstr(err.msg, want), "\"%s\" says %s", err.msg, want);
    CHECK(!key);
}

static void test_keys(void)
{
    EVP_PKEY *rsa = EVP_RSA_gen(2048), *curve = EVP_EC_gen("P-256");
    char *pem = pem_of(rsa), *curve_pem = pem_of(curve);
    struct dkim_key *key = NULL;
    struct buf name = BUF_INIT(400), text = BUF_INIT(2000);
    struct err err = ERR_INIT;

    refused(example_rsa, "shop.example", "s1", "1024 bits");
    refused(curve_pem, "shop.example", "s1", "RSA or Ed25519");
    refused("-----BEGIN PRIVATE KEY-----\nAA\n", "shop.example", "s1", "PEM");
    refused(pem, "shop", "s1", "no domain");
    refused(pem, "shop.example", "s 1", "selector");
    refused(pem, "shop.example", "s;d=x", "selector");
    CHECK_OK(dkim_key_read(str_of(pem), "Shop.example", "s1", &key, &err), err);
    CHECK_OK(dkim_record(key, &name, &text, &err), err);
    CHECK_STR(buf_cstr(&name), "s1._domainkey.shop.example");
    CHECK(str_starts(buf_str(&text), "v=DKIM1; k=rsa; p=MII"));
    dkim_key_free(key);
    free(pem);
    free(curve_pem);
    EVP_PKEY_free(rsa);
    EVP_PKEY_free(curve);
    buf_release(&name);
    buf_release(&text);
}

/* h= names every signed field as often as it is there, and once more. */
static void test_signing(void)
{
    EVP_PKEY *pair = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, example_edwards,
                                                  sizeof(example_edwards));
    char *pem = pem_of(pair);
    struct dkim_key *key = NULL;
    struct buf message = BUF_INIT(4096), out = BUF_INIT(4096), again = BUF_INIT(4096);
    struct err err = ERR_INIT;

    buf_addf(&message,
             "%sList-Unsubscribe: <https://a.example/u>\r\n"
             "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n\r\n%s",
             example_header, example_body);
    CHECK_OK(dkim_key_read(str_of(pem), "football.example.com", "brisbane", &key, &err), err);
    CHECK_OK(dkim_sign(key, buf_str(&message), 1528637909 * US_PER_SECOND, &out, &err), err);
    CHECK(strstr(buf_cstr(&out), "h=From:From:\r\n\t To:To:"));
    CHECK(strstr(buf_cstr(&out), " List-Unsubscribe:List-Unsubscribe:"));
    CHECK(strstr(buf_cstr(&out), " List-Unsubscribe-Post:List-Unsubscribe-Post;"));
    CHECK(strstr(buf_cstr(&out), "t=1528637909;"));
    CHECK(strstr(buf_cstr(&out), "bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;"));
    CHECK(str_ends(buf_str(&out), "\r\n"));
    CHECK_OK(dkim_sign(key, buf_str(&message), 1528637909 * US_PER_SECOND, &again, &err), err);
    CHECK_STR(buf_cstr(&again), buf_cstr(&out));
    CHECK(dkim_sign(key, STR_LIT("no header"), 0, &again, &err) == ERR_INTERNAL);
    dkim_key_free(key);
    free(pem);
    EVP_PKEY_free(pair);
    buf_release(&message);
    buf_release(&out);
    buf_release(&again);
}

int main(void)
{
    test_canonical_forms();
    test_fields();
    test_published_examples();
    test_keys();
    test_signing();
    return tap_done();
}

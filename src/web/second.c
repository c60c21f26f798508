/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* second.c - the second factor: set up, checked, taken away. */
#include "web/second.h"

#include "base/digest.h"
#include "store/vault.h"
#include "web/auth.h"
#include "web/totp.h"

#include <qrencode.h>

static void purpose_of(int64_t user_id, char out[48])
{
    snprintf(out, 48, "second factor %" PRId64, user_id);
}

static enum err_code open_secret(struct web *web, const struct second_entry *second,
                                 unsigned char out[TOTP_SECRET], struct err *err)
{
    TM_CLEANUP(buf_release) struct buf plain = BUF_INIT(256);
    char purpose[48];

    purpose_of(second->user_id, purpose);
    TRY(vault_open(web->store, purpose, str_of(second->sealed), &plain, err));
    if (plain.n != TOTP_SECRET)
        return err_set(err, ERR_STORE, "a sealed secret cannot be opened");
    memcpy(out, plain.p, TOTP_SECRET);
    sodium_memzero(plain.p, plain.n);
    return ERR_OK;
}

static enum err_code by_app(struct web *web, const struct second_entry *second, const char *code,
                            bool *out_good, struct err *err)
{
    unsigned char secret[TOTP_SECRET];
    int64_t step = 0;

    TRY(open_secret(web, second, secret, err));
    *out_good = totp_fits(secret, code, timestamp_now(), &step);
    sodium_memzero(secret, sizeof(secret));
    return *out_good ? store_second_use(web->store, second->user_id, step, out_good, err) : ERR_OK;
}

/* As people copy it: in any case, with or without its dashes. */
static enum err_code by_recovery(struct web *web, int64_t user_id, const char *code, bool *out_good,
                                 struct err *err)
{
    char plain[RECOVERY_CODE] = "", hash[65];
    size_t n = 0;

    for (; *code; code++)
        if (isalnum((unsigned char)*code) && n < sizeof(plain) - 1)
            plain[n++] = (char)toupper((unsigned char)*code);
    digest_of((struct str){plain, n}, hash);
    sodium_memzero(plain, sizeof(plain));
    return store_recovery_take(web->store, user_id, hash, out_good, err);
}

enum err_code second_check(struct web *web, struct request *q, const struct user_entry *user,
                           const char *code, struct err *err)
{
    struct second_entry second;
    bool found, good = false;

    TRY(store_second_get(web->store, user->id, &second, &found, err));
    if (!found || second.confirmed_us == TIME_NONE)
        return ERR_OK;
    if (*code && strlen(code) == TOTP_DIGITS)
        TRY(by_app(web, &second, code, &good, err));
    else if (*code)
        TRY(by_recovery(web, user->id, code, &good, err));
    if (good)
        return ERR_OK;
    q->need = "code";
    refuse(q, 401, ERR_DENIED);
    if (*code) {
        err_set(err, ERR_DENIED, "the code is wrong or was used before");
        err_hint(err, "Wait for the app's next number, or use a recovery code.");
        return ERR_DENIED;
    }
    err_set(err, ERR_DENIED, "a code is needed, too");
    err_hint(err, "Send the number of your app, or a recovery code, as code.");
    return ERR_DENIED;
}

/* The code as one path of an SVG drawing: a row's dark runs are one pixel high. */
static enum err_code add_qr(struct json_writer *w, const char *uri, struct err *err)
{
    QRcode *qr = QRcode_encodeString8bit(uri, 0, QR_ECLEVEL_M);
    TM_CLEANUP(buf_release) struct buf path = BUF_INIT(1 << 20);

    if (!qr)
        return err_errno(err, "drawing the code");
    for (int y = 0; y < qr->width; y++)
        for (int x = 0; x < qr->width; x++) {
            int from = x;

            while (x < qr->width && (qr->data[y * qr->width + x] & 1))
                x++;
            if (x > from)
                buf_addf(&path, "M%d %dh%dv1h-%dz", from, y, x - from, x - from);
        }
    json_key(w, "qr");
    json_begin_object(w);
    json_key_int(w, "size", qr->width);
    json_key_stringz(w, "path", buf_cstr(&path));
    json_end_object(w);
    QRcode_free(qr);
    return ERR_OK;
}

static enum err_code show_secret(const struct user_entry *user,
                                 const unsigned char secret[TOTP_SECRET], struct buf *out,
                                 struct err *err)
{
    TM_CLEANUP(buf_release) struct buf uri = BUF_INIT(2048);
    TM_CLEANUP(buf_release) struct buf letters = BUF_INIT(64);
    struct json_writer w = JSON_WRITER(out);
    enum err_code rc;

    totp_uri(secret, user->email, &uri);
    base32_add(&letters, secret, TOTP_SECRET);
    json_begin_object(&w);
    json_key_stringz(&w, "secret", buf_cstr(&letters));
    json_key_stringz(&w, "uri", buf_cstr(&uri));
    rc = add_qr(&w, buf_cstr(&uri), err);
    json_end_object(&w);
    return rc;
}

static enum err_code has_one(struct err *err)
{
    err_set(err, ERR_EXISTS, "there is a second factor already");
    err_hint(err, "Take it away first.");
    return ERR_EXISTS;
}

/* Begun: it counts once a number of the app was shown. */
enum err_code do_second_begin(struct web *web, struct request *q, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf sealed = BUF_INIT(256);
    struct second_entry second = {.user_id = q->user.id};
    unsigned char secret[TOTP_SECRET];
    char purpose[48];
    enum err_code rc;

    if (q->user.second)
        return has_one(err);
    randombytes_buf(secret, sizeof(secret));
    purpose_of(q->user.id, purpose);
    rc = vault_seal(web->store, purpose, (struct str){(const char *)secret, sizeof(secret)},
                    &sealed, err);
    if (rc == ERR_OK) {
        snprintf(second.sealed, sizeof(second.sealed), "%s", buf_cstr(&sealed));
        rc = store_second_put(web->store, &second, err);
    }
    if (rc == ERR_OK)
        rc = show_secret(&q->user, secret, &q->out, err);
    sodium_memzero(secret, sizeof(secret));
    return rc;
}

static void new_code(char out[RECOVERY_CODE], char out_hash[65])
{
    TM_CLEANUP(buf_release) struct buf letters = BUF_INIT(64);
    unsigned char bytes[10]; /* 80 bits, 16 letters */
    size_t n = 0;

    randombytes_buf(bytes, sizeof(bytes));
    base32_add(&letters, bytes, sizeof(bytes));
    digest_of(buf_str(&letters), out_hash);
    for (size_t i = 0; i < letters.n; i++) {
        if (i && i % 4 == 0)
            out[n++] = '-';
        out[n++] = (char)tolower((unsigned char)letters.p[i]);
    }
    out[n] = '\0';
    sodium_memzero(bytes, sizeof(bytes));
}

/* Whoever is in by the password alone is out; this session goes on under a new name. */
static enum err_code begin_anew(struct web *web, struct request *q, struct err *err)
{
    TRY(store_user_update(web->store, &q->user, NULL, err));
    return session_begin(web, q, q->user.id, err);
}

enum err_code do_second_confirm(struct web *web, struct request *q, struct err *err)
{
    char codes[RECOVERY_CODES][RECOVERY_CODE], hashes[RECOVERY_CODES][65], code[16];
    struct json_writer w = JSON_WRITER(&q->out);
    struct second_entry second;
    struct json_value body;
    bool found, good = false;

    TRY(request_json(q, &body, err));
    TRY(request_text(body, "code", code, sizeof(code), err));
    TRY(store_second_get(web->store, q->user.id, &second, &found, err));
    if (!found)
        return not_here(q, "second-factor", err);
    if (second.confirmed_us)
        return has_one(err);
    TRY(by_app(web, &second, code, &good, err));
    if (!good)
        return field_wrong("code", err);
    for (size_t i = 0; i < RECOVERY_CODES; i++)
        new_code(codes[i], hashes[i]);
    TRY(store_second_confirm(web->store, q->user.id, timestamp_now(), (const char(*)[65])hashes,
                             RECOVERY_CODES, err));
    TRY(begin_anew(web, q, err));
    json_begin_object(&w);
    json_key_stringz(&w, "csrf", q->session.csrf);
    json_key(&w, "recovery_codes");
    json_begin_array(&w);
    for (size_t i = 0; i < RECOVERY_CODES; i++)
        json_stringz(&w, codes[i]);
    json_end_array(&w);
    json_end_object(&w);
    sodium_memzero(codes, sizeof(codes));
    return ERR_OK;
}

enum err_code do_second_delete(struct web *web, struct request *q, struct err *err)
{
    return store_second_delete(web->store, q->user.id, err);
}

enum err_code do_second(struct web *web, struct request *q, struct err *err)
{
    struct json_writer w = JSON_WRITER(&q->out);
    int64_t codes;

    TRY(store_recovery_count(web->store, q->user.id, &codes, err));
    json_begin_object(&w);
    json_key_bool(&w, "on", q->user.second);
    json_key_int(&w, "recovery_codes_left", codes);
    json_end_object(&w);
    return ERR_OK;
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/pseudonym.h"

#include "shop/identifier.h"
#include "store/key_file.h"

#include <sodium.h>

#define KEY_FILE "pseudonym.key"
#define CHECK_NAME "pseudonym check" /* among the store's values */

enum { KEY = crypto_generichash_KEYBYTES, HEX = 2 * PSEUDONYM_BYTES + 1 };

struct pseudonyms {
    unsigned char key[KEY];
};

/* They are hashed: never change them. */
static const char *const kind_words[IDENTIFIER_KINDS] = {
    [IDENTIFIER_EMAIL] = "email",       [IDENTIFIER_PHONE] = "phone",
    [IDENTIFIER_CUSTOMER] = "customer", [IDENTIFIER_PROFILE] = "profile",
    [IDENTIFIER_LOGIN] = "login",       [IDENTIFIER_DEVICE] = "device",
};

/* Each part with its length in front, so that no two rows of parts give the same bytes. */
static void hash_parts(const struct pseudonyms *p, const struct str *parts, size_t n,
                       struct pseudonym *out)
{
    crypto_generichash_state state;

    crypto_generichash_init(&state, p->key, KEY, PSEUDONYM_BYTES);
    for (size_t i = 0; i < n; i++) {
        unsigned char length[4] = {
            (unsigned char)(parts[i].n >> 24 & 0xff), (unsigned char)(parts[i].n >> 16 & 0xff),
            (unsigned char)(parts[i].n >> 8 & 0xff), (unsigned char)(parts[i].n & 0xff)};

        crypto_generichash_update(&state, length, sizeof(length));
        crypto_generichash_update(&state, (const unsigned char *)parts[i].p, parts[i].n);
    }
    crypto_generichash_final(&state, out->bytes, PSEUDONYM_BYTES);
}

/* What the store keeps tells the workspace's own key from any other. */
static enum err_code check_key(struct store *store, const struct pseudonyms *p, bool known,
                               struct str kept, struct err *err)
{
    struct pseudonym check;
    char hex[HEX];

    pseudonym_digest(p, "check", STR_NONE, &check);
    sodium_bin2hex(hex, sizeof(hex), check.bytes, sizeof(check.bytes));
    if (!known)
        return store_put(store, CHECK_NAME, str_of(hex), err);
    if (str_eqz(kept, hex))
        return ERR_OK;
    err_set(err, ERR_STORE, "\"%s/%s\" is not this workspace's key", store_dir(store), KEY_FILE);
    err_hint(err, "Bring the file back from a copy of the workspace.");
    return ERR_STORE;
}

enum err_code pseudonyms_open(struct store *store, struct pseudonyms **out, struct err *err)
{
    TM_CLEANUP(pseudonyms_closep) struct pseudonyms *p = xcalloc(1, sizeof(*p));
    TM_CLEANUP(buf_release) struct buf kept = BUF_INIT(HEX);
    bool known = false;
    enum err_code rc;

    TRY(store_get(store, CHECK_NAME, &kept, &known, err));
    rc = key_file_load(store, KEY_FILE, !known, p->key, KEY, err);
    if (rc == ERR_NOT_FOUND) {
        err_set(err, ERR_STORE, "the key \"%s/%s\" is missing", store_dir(store), KEY_FILE);
        err_hint(err, "Bring the file back from a copy of the workspace: without it nobody is "
                      "known again who must not be written to.");
        rc = ERR_STORE;
    }
    TRY(rc);
    TRY(check_key(store, p, known, buf_str(&kept), err));
    *out = p;
    p = NULL;
    return ERR_OK;
}

void pseudonyms_close(struct pseudonyms *p)
{
    if (p)
        sodium_memzero(p->key, sizeof(p->key));
    free(p);
}

void pseudonyms_closep(struct pseudonyms **p)
{
    pseudonyms_close(*p);
}

static void normalise(enum pseudonym_kind kind, struct str value, const char *country,
                      struct identifier *out)
{
    if (kind == IDENTIFIER_EMAIL)
        identifier_email(value, out);
    else if (kind == IDENTIFIER_PHONE)
        identifier_phone(value, country, out);
    else
        identifier_id(value, out);
}

bool pseudonym_of(const struct pseudonyms *p, enum pseudonym_kind kind, struct str source,
                  struct str value, const char *country, struct pseudonym *out)
{
    struct identifier id;

    normalise(kind, value, country, &id);
    if (id.n == 0)
        return false;
    hash_parts(p,
               (const struct str[]){STR_LIT("identifier"), str_of(kind_words[kind]), source,
                                    identifier_str(&id)},
               4, out);
    return true;
}

bool pseudonym_email(const struct pseudonyms *p, struct str raw, struct pseudonym *out)
{
    return pseudonym_of(p, IDENTIFIER_EMAIL, STR_NONE, raw, "", out);
}

bool pseudonym_phone(const struct pseudonyms *p, struct str raw, const char *country,
                     struct pseudonym *out)
{
    return pseudonym_of(p, IDENTIFIER_PHONE, STR_NONE, raw, country, out);
}

void pseudonym_digest(const struct pseudonyms *p, const char *purpose, struct str bytes,
                      struct pseudonym *out)
{
    hash_parts(p, (const struct str[]){STR_LIT("digest"), str_of(purpose), bytes}, 3, out);
}

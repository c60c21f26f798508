/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/vault.h"

#include "store/key_file.h"

#include <sodium.h>

enum {
    KEY = crypto_aead_xchacha20poly1305_ietf_KEYBYTES,
    NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    MARK = crypto_aead_xchacha20poly1305_ietf_ABYTES,
    SECRET_MAX = 4096
};

enum err_code vault_seal(const struct store *store, const char *purpose, struct str secret,
                         struct buf *out_text, struct err *err)
{
    unsigned char key[KEY], sealed[NONCE + SECRET_MAX + MARK];
    char hex[2 * sizeof(sealed) + 1];
    unsigned long long n;

    if (secret.n > SECRET_MAX)
        return err_set(err, ERR_TOO_LARGE, "the secret is too long");
    TRY(key_file_load(store, "secret.key", true, key, KEY, err));
    randombytes_buf(sealed, NONCE);
    crypto_aead_xchacha20poly1305_ietf_encrypt(sealed + NONCE, &n, (const unsigned char *)secret.p,
                                               secret.n, (const unsigned char *)purpose,
                                               strlen(purpose), NULL, sealed, key);
    sodium_memzero(key, sizeof(key));
    sodium_bin2hex(hex, sizeof(hex), sealed, NONCE + (size_t)n);
    buf_addz(out_text, hex);
    return buf_check(out_text, err);
}

enum err_code vault_open(const struct store *store, const char *purpose, struct str text,
                         struct buf *out_secret, struct err *err)
{
    unsigned char key[KEY], sealed[NONCE + SECRET_MAX + MARK], plain[SECRET_MAX];
    unsigned long long n = 0;
    size_t sealed_n = 0;
    bool good;

    TRY(key_file_load(store, "secret.key", false, key, KEY, err));
    good = sodium_hex2bin(sealed, sizeof(sealed), text.p, text.n, NULL, &sealed_n, NULL) == 0 &&
           sealed_n >= NONCE + MARK &&
           crypto_aead_xchacha20poly1305_ietf_decrypt(
               plain, &n, NULL, sealed + NONCE, sealed_n - NONCE, (const unsigned char *)purpose,
               strlen(purpose), sealed, key) == 0;
    sodium_memzero(key, sizeof(key));
    if (good)
        buf_add(out_secret, plain, (size_t)n);
    sodium_memzero(plain, sizeof(plain));
    if (!good) {
        err_set(err, ERR_STORE, "a sealed secret cannot be opened");
        err_hint(err, "The workspace's secret.key is not the one it was sealed with.");
        return ERR_STORE;
    }
    return buf_check(out_secret, err);
}

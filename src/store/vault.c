/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/vault.h"

#include "store/key_file.h"

#include <sodium.h>

enum {
    KEY = crypto_aead_xchacha20poly1305_ietf_KEYBYTES,
    NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    MARK = crypto_aead_xchacha20poly1305_ietf_ABYTES,
    SECRET_MAX = 8 << 20 /* all that names many people */
};

enum err_code vault_seal(const struct store *store, const char *purpose, struct str secret,
                         struct buf *out_text, struct err *err)
{
    const size_t size = NONCE + secret.n + MARK;
    unsigned char key[KEY], *sealed;
    unsigned long long n;
    char *hex;

    if (secret.n > SECRET_MAX)
        return err_set(err, ERR_TOO_LARGE, "the secret is too long");
    TRY(key_file_load(store, "secret.key", true, key, KEY, err));
    sealed = xmalloc(size);
    hex = xmalloc(2 * size + 1);
    randombytes_buf(sealed, NONCE);
    crypto_aead_xchacha20poly1305_ietf_encrypt(sealed + NONCE, &n, (const unsigned char *)secret.p,
                                               secret.n, (const unsigned char *)purpose,
                                               strlen(purpose), NULL, sealed, key);
    sodium_memzero(key, sizeof(key));
    sodium_bin2hex(hex, 2 * size + 1, sealed, NONCE + (size_t)n);
    buf_addz(out_text, hex);
    free(sealed);
    free(hex);
    return buf_check(out_text, err);
}

static bool open_sealed(const unsigned char key[KEY], const char *purpose, struct str text,
                        struct buf *out_secret)
{
    const size_t size = text.n / 2 + 1;
    unsigned char *sealed = xmalloc(size), *plain = xmalloc(size);
    unsigned long long n = 0;
    size_t sealed_n = 0;
    bool good = sodium_hex2bin(sealed, size, text.p, text.n, NULL, &sealed_n, NULL) == 0 &&
                sealed_n >= NONCE + MARK &&
                crypto_aead_xchacha20poly1305_ietf_decrypt(
                    plain, &n, NULL, sealed + NONCE, sealed_n - NONCE,
                    (const unsigned char *)purpose, strlen(purpose), sealed, key) == 0;

    if (good)
        buf_add(out_secret, plain, (size_t)n);
    sodium_memzero(plain, size);
    free(sealed);
    free(plain);
    return good;
}

enum err_code vault_open(const struct store *store, const char *purpose, struct str text,
                         struct buf *out_secret, struct err *err)
{
    unsigned char key[KEY];
    bool good;

    TRY(key_file_load(store, "secret.key", false, key, KEY, err));
    good = open_sealed(key, purpose, text, out_secret);
    sodium_memzero(key, sizeof(key));
    if (!good) {
        err_set(err, ERR_STORE, "a sealed secret cannot be opened");
        err_hint(err, "The workspace's secret.key is not the one it was sealed with.");
        return ERR_STORE;
    }
    return buf_check(out_secret, err);
}

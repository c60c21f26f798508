/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/digest.h"

void digest_begin(struct digest *d)
{
    crypto_hash_sha256_init(&d->state);
}

void digest_add(struct digest *d, struct str bytes)
{
    crypto_hash_sha256_update(&d->state, (const unsigned char *)bytes.p, bytes.n);
}

void digest_end(struct digest *d, char out_hex[DIGEST_HEX])
{
    unsigned char hash[crypto_hash_sha256_BYTES];

    crypto_hash_sha256_final(&d->state, hash);
    sodium_bin2hex(out_hex, DIGEST_HEX, hash, sizeof(hash));
}

void digest_of(struct str bytes, char out_hex[DIGEST_HEX])
{
    struct digest d;

    digest_begin(&d);
    digest_add(&d, bytes);
    digest_end(&d, out_hex);
}

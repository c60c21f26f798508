/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/consent_link.h"

#include <sodium.h>

/* Numbers little-endian in 8 bytes; texts behind their length, so that none runs into the next. */
static void hash_number(crypto_generichash_state *h, int64_t value)
{
    unsigned char bytes[8];

    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (unsigned char)((uint64_t)value >> (8 * i) & 0xff);
    crypto_generichash_update(h, bytes, sizeof(bytes));
}

static void hash_text(crypto_generichash_state *h, struct str text)
{
    hash_number(h, (int64_t)text.n);
    crypto_generichash_update(h, (const unsigned char *)text.p, text.n);
}

void consent_link_salt(unsigned char out[CONSENT_SALT])
{
    randombytes_buf(out, CONSENT_SALT);
}

void consent_link_commit(const unsigned char salt[CONSENT_SALT], const struct pseudonym *who,
                         const struct consent_fact *fact, unsigned char out[CONSENT_LINK])
{
    const struct str texts[] = {fact->address, fact->method, fact->proof, fact->ip, fact->agent};
    crypto_generichash_state h;

    crypto_generichash_init(&h, salt, CONSENT_SALT, CONSENT_LINK);
    crypto_generichash_update(&h, who->bytes, sizeof(who->bytes));
    hash_number(&h, fact->kind);
    for (size_t i = 0; i < TM_COUNT(texts); i++)
        hash_text(&h, texts[i]);
    if (fact->page.n) /* entries from before pages were kept have none */
        hash_text(&h, fact->page);
    crypto_generichash_final(&h, out, CONSENT_LINK);
}

void consent_link_next(const unsigned char before[CONSENT_LINK], const struct consent_entry *entry,
                       const unsigned char commitment[CONSENT_LINK],
                       unsigned char out[CONSENT_LINK])
{
    const struct consent_fact *f = &entry->fact;
    const int64_t numbers[] = {entry->seq, entry->noted_us, f->when_us,   f->import_id,
                               f->line,    f->state,        f->complained};
    const struct str texts[] = {f->channel, f->purpose, f->source, f->wording};
    crypto_generichash_state h;

    crypto_generichash_init(&h, NULL, 0, CONSENT_LINK);
    crypto_generichash_update(&h, before, CONSENT_LINK);
    for (size_t i = 0; i < TM_COUNT(numbers); i++)
        hash_number(&h, numbers[i]);
    for (size_t i = 0; i < TM_COUNT(texts); i++)
        hash_text(&h, texts[i]);
    crypto_generichash_update(&h, commitment, CONSENT_LINK);
    crypto_generichash_final(&h, out, CONSENT_LINK);
}

void consent_link_seal(const struct pseudonyms *keys, int64_t seq,
                       const unsigned char link[CONSENT_LINK], struct pseudonym *out)
{
    char bytes[8 + CONSENT_LINK];

    memcpy(bytes, &seq, sizeof(seq));
    memcpy(bytes + 8, link, CONSENT_LINK);
    pseudonym_digest(keys, "consent end", (struct str){bytes, sizeof(bytes)}, out);
}

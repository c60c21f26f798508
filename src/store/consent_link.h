/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* consent_link.h - the hashes that chain the ledger of consent. Inside src/store only. */
#ifndef TM_STORE_CONSENT_LINK_H
#define TM_STORE_CONSENT_LINK_H

#include "store/consent_file.h"

void consent_link_salt(unsigned char out[CONSENT_SALT]);
/* To what an entry says of a person. */
void consent_link_commit(const unsigned char salt[CONSENT_SALT], const struct pseudonym *who,
                         const struct consent_fact *fact, unsigned char out[CONSENT_LINK]);
/* The link of an entry, from the one before, from what it says in public and from its commitment.
 */
void consent_link_next(const unsigned char before[CONSENT_LINK], const struct consent_entry *entry,
                       const unsigned char commitment[CONSENT_LINK],
                       unsigned char out[CONSENT_LINK]);
/* Of the chain's end, under the workspace's key. */
void consent_link_seal(const struct pseudonyms *keys, int64_t seq,
                       const unsigned char link[CONSENT_LINK], struct pseudonym *out);

#endif

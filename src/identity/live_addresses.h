/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* live_addresses.h - the pseudonym of every e-mail address and phone that is known, by the number
 * of the identifier (engine/hash.h): whom a withdrawal that names a log-in shuts out cannot wait
 * for the engine. For live_people.h alone. One thread. */
#ifndef TM_IDENTITY_LIVE_ADDRESSES_H
#define TM_IDENTITY_LIVE_ADDRESSES_H

#include "store/pseudonym.h"

struct live_addresses {
    uint64_t *ids; /* owned, as the other; open addressing, 0: a free place */
    struct pseudonym *who;
    size_t n, slots;
};

void live_addresses_release(struct live_addresses *a);
size_t live_addresses_bytes(const struct live_addresses *a);
/* Bytes that the next one takes more; 0: there is room. */
size_t live_addresses_need(const struct live_addresses *a);
/* One that is known stays as it is. */
void live_addresses_add(struct live_addresses *a, uint64_t id, const struct pseudonym *who);
/* NULL when it is not known. */
const struct pseudonym *live_addresses_find(const struct live_addresses *a, uint64_t id);

#endif

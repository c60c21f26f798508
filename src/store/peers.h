/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* peers.h - other shops' exports, one a shop: its newest. */
#ifndef TM_STORE_PEERS_H
#define TM_STORE_PEERS_H

#include "store/store.h"

enum { STORE_PEERS_MAX = 10000, STORE_PEER_BYTES = 256 << 10 };

struct kept_peer {
    char shop[65];   /* public key that signed it, hex */
    int64_t made_us; /* by its own word */
    struct str text; /* the export as it was read */
};

/* Keeps the newer of this and what is kept of the same shop. *out_kept: this one is. ERR_TOO_LARGE
 * when there are STORE_PEERS_MAX shops. */
TM_MUST_CHECK enum err_code store_peer_put(struct store *store, const struct kept_peer *peer,
                                           bool *out_kept, struct err *err);
/* By shop. `each` must not call the store. */
TM_MUST_CHECK enum err_code
store_peers_each(struct store *store,
                 enum err_code (*each)(void *ctx, const struct kept_peer *peer, struct err *err),
                 void *ctx, struct err *err);

#endif

/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* peers.h - a shop among others: what it may tell of itself, and where it stands
 * (maturity.md 6.12).
 *
 * docs/peers.md describes the file. It holds values of measures, rounded to two digits, the kind
 * of shop and a band of its size; no name, no identifier, no amount. It is signed (Ed25519,
 * Bernstein et al. 2012) with a key of the workspace, so that a shop counts once and nobody can
 * speak for it. Nothing is sent anywhere.
 *
 * Where a shop stands is told only among PEERS_MIN shops or more, as an interval: of k shops b are
 * worse and e equal, so the share of shops that are worse is about Beta(b + e/2 + 1/2,
 * k - b - e/2 + 1/2) (Jeffreys), shown with 90 %.
 */
#ifndef TM_MATURITY_PEERS_H
#define TM_MATURITY_PEERS_H

#include "base/buf.h"
#include "maturity/score.h"

enum {
    PEERS_MIN = 5, /* shops: with fewer a value could be led back to one */
    PEERS_SEED_BYTES = 32,
    PEERS_FILE_MAX = 16 << 20,
    PEERS_PAYLOAD_MAX = 64 << 10,
    PEERS_IN_FILE_MAX = 10000,
    PEERS_VALUES_MAX = 400
};

/* One value that a shop tells. */
struct peer_value {
    char measure[48];
    char definition[17]; /* of the measure's statement and window; only equal ones compare */
    double value;
};

/* What one shop tells. */
struct peer {
    char shop[65]; /* its public key */
    char vertical[48], size[16];
    int64_t made_us;
    struct peer_value *values; /* in the caller's arena */
    size_t count;
};

/* Bands by orders of the last 365 days: "0-99", "100-999", "1000-9999", "10000+"; "" unknown. */
const char *peers_size_band(double orders);

/* The signed file of this shop. Values that are thin, answered or plain counts are left out. */
TM_MUST_CHECK enum err_code peers_export(const struct assessment *a, const char *vertical,
                                         const unsigned char seed[PEERS_SEED_BYTES],
                                         int64_t made_us, struct buf *out, struct err *err);
/* The public key of a seed, in hex. */
void peers_shop(const unsigned char seed[PEERS_SEED_BYTES], char out_shop[65]);

/* Reads a file of one or many shops, checks each signature, and calls `each` with the shop and
 * its payload. An error names the file and the entry; entries before it were given already. */
TM_MUST_CHECK enum err_code peers_read(struct str text, const char *name, struct arena *arena,
                                       enum err_code (*each)(void *ctx, const struct peer *peer,
                                                             struct str payload, struct err *err),
                                       void *ctx, struct err *err);
/* A payload whose signature was checked before. */
TM_MUST_CHECK enum err_code peer_payload_read(struct str payload, const char *shop,
                                              const char *name, struct arena *arena,
                                              struct peer *out_peer, struct err *err);

enum peer_group { PEERS_LIKE, PEERS_VERTICAL, PEERS_ALL }; /* kind and size, kind, any */

struct peer_standing {
    size_t practice, indicator;
    double value;
    size_t shops;          /* compared with; below PEERS_MIN nothing else is told */
    enum peer_group group; /* the narrowest with PEERS_MIN shops */
    struct interval worse; /* share of them that this shop is better than; NAN when not told */
    double median;         /* of them; NAN when not told */
};

struct peers {
    struct peer_standing *items; /* one a measured indicator that can be compared, model's order */
    size_t count;
    size_t shops; /* all that are known */
    struct arena arena;
};

TM_MUST_CHECK enum err_code peers_compare(const struct assessment *a, const char *vertical,
                                          const struct peer *others, size_t n,
                                          struct peers **out_peers, struct err *err);
void peers_free(struct peers *peers);
void peers_freep(struct peers **peers);

#endif

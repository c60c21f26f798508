/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* erasures_file.h - finished erasures in a file, to be applied again to a copy of the workspace
 * that was made before them (privacy/again.h).
 *
 * Lines of text: the keyed hashes that the store has (erasures.h), beside each other an erasure's,
 * with its time; which key made them, told by a fingerprint; and at the end a keyed checksum, so
 * that a file that was changed or cut off is known. It names nobody to who has not the workspace's
 * key. Sources of live data that were forgotten are in it by number and by when they were made,
 * so that another one of that number is not taken for them.
 */
#ifndef TM_STORE_ERASURES_FILE_H
#define TM_STORE_ERASURES_FILE_H

#include "store/erasures.h"

enum { ERASURES_FILE_MAX = 512 << 20 };

struct erasure_filed {
    int64_t requested_us;
    int64_t source;  /* 0: a person */
    int64_t made_us; /* the source */
    size_t first, n; /* its identifiers in `ids` */
};

struct erasures_filed {
    int64_t written_us;
    struct erasure_filed *list; /* owned */
    size_t n;
    struct erasure_id *ids; /* owned */
    size_t id_count;
};
void erasures_filed_release(struct erasures_filed *filed);

struct erasures_besides {
    int64_t erasure;                    /* one that is about to be done; 0 */
    const struct erasures_filed *filed; /* those of a file that are not on record here; NULL */
    int64_t from_us;                    /* of them those that were asked for since */
};
/* All that are done, and these (NULL: none). *out_n: how many. */
TM_MUST_CHECK enum err_code store_erasures_write(struct store *store,
                                                 const struct erasures_besides *besides,
                                                 struct buf *out, int64_t *out_n, struct err *err);
/* ERR_INVALID: no such file, changed or cut off, or of a workspace with another key. */
TM_MUST_CHECK enum err_code store_erasures_read(struct store *store, struct str text,
                                                struct erasures_filed *out, struct err *err);
/* The checksum of a file as store_erasures_write() made it, without a look at the rest. False: it
 * has none. */
enum { ERASURES_SUM_MAX = 40 };
bool erasures_file_sum(struct str text, char out[ERASURES_SUM_MAX]);
/* Whether it is on record here, done or not. */
TM_MUST_CHECK enum err_code store_erasure_known(struct store *store,
                                                const struct erasures_filed *filed,
                                                const struct erasure_filed *one, bool *out_known,
                                                struct err *err);

#endif

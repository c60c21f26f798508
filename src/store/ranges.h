/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* ranges.h - which messages of the journal are in the engine.
 *
 * A range is a run of the journal's numbers whose records make up one import. Ranges do not
 * overlap; together they cover the journal from its begin. The last one is open: it grows batch by
 * batch until it has RANGE_MESSAGES, so that there are few, however long messages come. A batch is
 * first prepared, when its records are staged, and done once they are among the others: whoever
 * finds a prepared one finishes it.
 */
#ifndef TM_STORE_RANGES_H
#define TM_STORE_RANGES_H

#include "store/store.h"

enum { RANGE_MESSAGES = 1000000, RANGES_MAX = 4096 };

#define RANGE_OPEN INT64_MAX

struct range_batch {
    int64_t last;                      /* number of its last message; 0: none is prepared */
    int64_t messages, empty, rejected; /* empty: no record came of it */
    int64_t newest_us;
    int64_t records[STORE_KINDS];
};

struct range {
    uint32_t import_id;
    int64_t first, end;       /* end: the last number it may take; RANGE_OPEN */
    struct range_batch done;  /* its last: first - 1 while there is nothing */
    struct range_batch batch; /* prepared */
};

/* By `first`; at most RANGES_MAX. */
TM_MUST_CHECK enum err_code store_ranges(struct store *store, struct range *out, size_t cap,
                                         size_t *out_n, struct err *err);
/* An empty open one that begins there, with an import of its own: format and source "live". */
TM_MUST_CHECK enum err_code store_range_add(struct store *store, int64_t first, struct range *out,
                                            struct err *err);
/* Notes the batch and its rejected messages (`n` of them). */
TM_MUST_CHECK enum err_code store_range_prepare(struct store *store, struct range *range,
                                                const struct range_batch *batch,
                                                const struct store_reject *rejects, size_t n,
                                                struct err *err);
/* The prepared batch is among the others; a range that is full closes. */
TM_MUST_CHECK enum err_code store_range_finish(struct store *store, struct range *range,
                                               struct err *err);
/* As if nothing of it had been read; its records must go, too. */
TM_MUST_CHECK enum err_code store_range_empty(struct store *store, struct range *range,
                                              struct err *err);
/* It takes no more. */
TM_MUST_CHECK enum err_code store_range_close(struct store *store, struct range *range,
                                              struct err *err);

#endif

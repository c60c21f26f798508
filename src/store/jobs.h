/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* jobs.h - long work that was asked for, and what became of it: kept, so that a restart forgets
 * nothing. What the numbers of kind and state mean is the caller's. */
#ifndef TM_STORE_JOBS_H
#define TM_STORE_JOBS_H

#include "store/store.h"

enum { STORE_JOBS_KEPT = 1000 }; /* the newest of them */

struct job_entry {
    int64_t id; /* given by the caller, never twice */
    int kind, state;
    char object[256];                    /* what it was about: a file's name, an import's number */
    int64_t made_us, begun_us, ended_us; /* TIME_NONE: not yet */
    int error;                           /* enum err_code */
    char problem[512], hint[512];
};

/* Writes it anew, with its report (JSON, or STR_NONE). */
TM_MUST_CHECK enum err_code store_job_put(struct store *store, const struct job_entry *job,
                                          struct str report, struct err *err);
TM_MUST_CHECK enum err_code store_job_get(struct store *store, int64_t id, struct job_entry *out,
                                          struct buf *out_report, bool *out_found, struct err *err);
/* The newest before `before` (0: the newest of all), at most `cap`. */
TM_MUST_CHECK enum err_code store_jobs_list(struct store *store, int64_t before,
                                            struct job_entry *out, size_t cap, size_t *out_n,
                                            struct err *err);
/* Those in a state below `over` get the state `lost`, ended now. *out_last: the newest id. */
TM_MUST_CHECK enum err_code store_jobs_lost(struct store *store, int over, int lost, int64_t now_us,
                                            int64_t *out_last, struct err *err);

#endif

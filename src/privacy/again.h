/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* again.h - erasures that were done elsewhere, applied to a copy of the workspace from before.
 *
 * The file (store/erasures_file.h) names nobody; so everybody's identifiers here, in the engine's
 * records and in the journal's messages, are compared with its hashes. Who is found is erased as
 * anybody else, step by step and with the proof (erase.h), but for what came after the erasure was
 * asked for. Who is not found is put on record all the same, so that what is old stays out and
 * nobody writes to them. A source of live data that was forgotten is forgotten. What is on record
 * already is passed over: to be cut off and to be called
 * again is harmless.
 */
#ifndef TM_PRIVACY_AGAIN_H
#define TM_PRIVACY_AGAIN_H

#include "privacy/erase.h"
#include "store/erasures_file.h"

struct again_counts {
    int64_t people;                         /* erasures of people in the file */
    int64_t known;                          /* of them on record here already */
    int64_t present;                        /* of them found here */
    int64_t absent;                         /* of whom nothing is here */
    int64_t sources;                        /* that were forgotten there and not here */
    int64_t messages, records, orders;      /* of those that were erased now */
    int64_t searched_bytes, searched_files; /* in the last search of all of them */
};

/* Applies the file; with `only_look` only counts. Everything is drained. */
TM_MUST_CHECK enum err_code again_apply(const struct erase_ctx *ctx,
                                        const struct erasures_filed *filed, bool only_look,
                                        struct again_counts *out, struct err *err);

#endif

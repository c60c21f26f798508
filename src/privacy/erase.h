/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* erase.h - takes a person out of everything that is kept, and proves it.
 *
 * First it is written down (store/erasures.h); from then on nothing that is older comes in any more
 * (intake/erased.h). Then the steps, each of which may be cut off anywhere and done again: the
 * journal's messages are replaced by what is left of them, the engine's tables of records are made
 * anew without the person, those derived from them are emptied with their files, the store's texts
 * are emptied, the folder's other files are looked through. At last everything is searched: an
 * erasure is done when nothing was found.
 *
 * Orders stay for the books, with number, time, amounts and products, without anything that tells
 * whose they were: sums of revenue do not change. Files that the shop imported from its own folders
 * are the shop's: they are named, not changed.
 */
#ifndef TM_PRIVACY_ERASE_H
#define TM_PRIVACY_ERASE_H

#include "privacy/who.h"
#include "store/journal.h"
#include "store/settings.h"

struct erase_ctx {
    struct store *store; /* borrowed, as everything here */
    struct engine *engine;
    const struct settings *settings;
    struct journal *journal; /* the one that is open; NULL: opened for as long as it is needed */
    /* Told before each step; may be NULL. */
    void (*progress)(void *ctx, enum erasure_step step);
    void *progress_ctx;
    /* Nobody may read the derived tables from true to false; may be NULL. */
    void (*hold)(void *ctx, bool on);
    void *hold_ctx;
    /* What holds anything of the person in memory lets go of it: told before the first step and
     * after the last; may be NULL. */
    void (*forget)(void *ctx, const struct who *who);
    void *forget_ctx;
};

/* How much there is: fills the counts of *out, and its files, and changes nothing. *out_any:
 * whether there is anything at all, in the ledger of consent or the store's texts if nowhere else;
 * may be NULL. */
TM_MUST_CHECK enum err_code erase_count(const struct erase_ctx *ctx, const struct who *who,
                                        struct erasure *out, bool *out_any, struct err *err);
/* Writes down that the person is to be erased; erase_resume() does it. `actor` of
 * *io_erasure is read. */
TM_MUST_CHECK enum err_code erase_begin(const struct erase_ctx *ctx, const struct who *who,
                                        struct erasure *io_erasure, struct err *err);
/* The same of one that was asked for earlier, whose hashes are known (privacy/again.h): also
 * `requested_us` is read. `who`: as many of them as are named here. */
TM_MUST_CHECK enum err_code erase_begin_known(const struct erase_ctx *ctx, const struct who *who,
                                              const struct erasure_id *ids, size_t n,
                                              struct erasure *io_erasure, struct err *err);
/* Does what is written down and not done. The engine is awake and nothing was drained into it
 * since. *out_n: how many were finished. ERR_STORE with where something was found that should be
 * gone: the next call does it all again. */
TM_MUST_CHECK enum err_code erase_resume(const struct erase_ctx *ctx, int64_t *out_n,
                                         struct err *err);

/* Whether somebody erased is anywhere still, by what is known of them: the hashes. Counts records
 * and messages of before an erasure that bear an identifier of the erased. */
TM_MUST_CHECK enum err_code erase_recheck(const struct erase_ctx *ctx, int64_t *out_erased,
                                          int64_t *out_found, struct err *err);

/* What is found of a person, or was erased, as a JSON object; nobody's name. */
void erasure_json(const struct erasure *erasure, struct json_writer *w);

#endif

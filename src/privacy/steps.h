/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* steps.h - one erasure being done, of a person or of a source: what both have. Inside of
 * src/privacy only. */
#ifndef TM_PRIVACY_STEPS_H
#define TM_PRIVACY_STEPS_H

#include "intake/erased.h"
#include "privacy/erase.h"
#include "privacy/files.h"
#include "store/journal.h"
#include "store/ranges.h"

struct erasing {
    const struct erase_ctx *ctx;
    struct erasure *erasure;
    struct who who;          /* of a source: some of those whom only it knew */
    struct journal *journal; /* NULL: nothing came live */
    struct journal *opened;  /* the same when it is owned */
    /* Of a person. */
    struct erasure_id *hashes; /* owned */
    size_t hash_count;
    struct erased *erased; /* owned; of this erasure alone */
    /* Of a source. */
    struct source_entry *source; /* owned */
    char name[32];               /* of its rows */
    uint32_t *imports;           /* owned; of what came live */
    size_t import_count;
    int64_t *others; /* owned; ascending: messages of other sources of that name */
    size_t other_count;
};

typedef enum err_code erasing_step(struct erasing *e, struct err *err);

/* What is to go from each import, noted before it goes. */
struct erase_plan {
    struct erasure_count *list; /* owned */
    size_t n;
    int64_t named[RECORD_KIND_COUNT], gone;
    struct buf imports; /* numbers of those that name the person: " 3 7 " */
};
#define ERASE_PLAN_INIT                                                                            \
    {                                                                                              \
        .imports = BUF_INIT(1 << 20)                                                               \
    }
void erase_plan_release(struct erase_plan *plan);
void erase_plan_add(struct erase_plan *plan, uint32_t import_id, enum record_kind kind,
                    int64_t gone);
/* Unless a process that ended before the records were gone has noted it. */
TM_MUST_CHECK enum err_code erase_plan_note(struct erasing *e, const struct erase_plan *plan,
                                            struct err *err);

/* Messages of the journal that are about to go are counted, and the count kept, before they do:
 * once each, wherever a process ends. `erasing`: a struct erasing. */
TM_MUST_CHECK enum err_code erasing_count_messages(void *erasing, const struct journal_edit *edits,
                                                   size_t n, struct err *err);
journal_going erasing_count_refused;

/* Messages in the outbox to those with these pseudonyms lose address and words, what was not sent
 * is skipped, and advertising places are told to take them out (store/advertised.h). */
TM_MUST_CHECK enum err_code erasing_empty_outbox(struct erasing *e, const struct pseudonym *who,
                                                 size_t n, struct err *err);

/* Empty tables take the place of all that was derived; they are filled when next asked for. */
erasing_step erasing_empty_derived;
TM_MUST_CHECK enum err_code erasing_look_at_files(struct erasing *e, bool clean,
                                                  struct file_search *search, struct buf *own,
                                                  struct err *err);
/* What the last search means: an error when anything was found. Who goes on sending while the
 * erasure is under way is in the journal again, and may be: whatever stands in its file has to be
 * of such messages. */
TM_MUST_CHECK enum err_code erasing_judge_files(struct erasing *e, const struct file_search *search,
                                                struct err *err);
/* The open one, or the workspace's own. */
erasing_step erasing_take_journal;
/* An error unless n is 0. */
TM_MUST_CHECK enum err_code erasing_found(struct erasing *e, const char *where, int64_t n,
                                          struct err *err);

extern erasing_step *const forget_source_steps[ERASE_DONE];
/* For an erasure of a source, whose sealed text is in e->who. */
erasing_step forget_source_prepare;

#endif

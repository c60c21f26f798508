/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* redact.h - messages of the journal that name somebody, and what is left of them without.
 *
 * A message names a person when one of its records does (intake/erased.h), when it bears one of the
 * person's ids where its protocol has them, or when a text that is the person's alone, such as an
 * address, stands in it anywhere: as it is, percent-encoded or escaped as JSON may.
 */
#ifndef TM_INTAKE_LIVE_REDACT_H
#define TM_INTAKE_LIVE_REDACT_H

#include "intake/erased.h"
#include "intake/live/live.h"
#include "store/journal.h"
#include "store/settings.h"

struct redact_ctx {
    struct store *store; /* borrowed, as everything here */
    struct journal *journal;
    const struct settings *settings;
    const struct erased *erased;
    const struct str *needles; /* in lower case */
    size_t needle_count;
    int64_t until_us; /* needles are looked for in what came until then */
    /* redact_journal() only: told what goes, before it does, with ascending numbers; may be NULL.
     */
    enum err_code (*going)(void *ctx, const struct journal_edit *edits, size_t n, struct err *err);
    void *going_ctx;
};

/* Calls `each` for the messages with first <= seq <= last that name somebody, with what is left of
 * them (left.h). `each` may edit the journal. */
TM_MUST_CHECK enum err_code redact_each(const struct redact_ctx *ctx, int64_t first, int64_t last,
                                        enum err_code (*each)(void *ctx,
                                                              const struct journal_entry *entry,
                                                              struct str left, struct err *err),
                                        void *each_ctx, struct err *err);
/* Puts what is left in their place. */
TM_MUST_CHECK enum err_code redact_journal(const struct redact_ctx *ctx, int64_t first,
                                           int64_t last, struct err *err);
/* Calls `each` with every identifier that a message names, whoever's it is, some many times. Of the
 * context store, journal and settings are read. */
TM_MUST_CHECK enum err_code redact_identifiers(const struct redact_ctx *ctx,
                                               void (*each)(void *ctx, enum personal kind,
                                                            struct str source, struct str value),
                                               void *each_ctx, struct err *err);
/* Whether one of the needles stands in a text, as a word of its own. */
bool redact_names(const struct str *needles, size_t n, struct str text);

/* ---- for the drain -------------------------------------------------------------------------- */

/* What came late: kept out of the engine, and then of the journal. */
struct live_guard;
/* NULL when nobody was ever erased. */
TM_MUST_CHECK enum err_code live_guard_open(struct store *store, struct journal *journal,
                                            const struct settings *settings,
                                            struct live_guard **out, struct err *err);
void live_guard_free(struct live_guard *guard); /* NULL is fine */
/* The message whose records come now. */
void live_guard_message(struct live_guard *guard, const struct live_message *message);
/* False: the record does not get in. */
bool live_guard_admits(struct live_guard *guard, enum record_kind kind, const void **io_record);
/* Before what was read counts as read: the journal no longer has what did not get in. */
TM_MUST_CHECK enum err_code live_guard_settle(struct live_guard *guard, struct err *err);

#endif

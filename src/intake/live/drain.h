/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* drain.h - from the journal into the engine, each message exactly once.
 *
 * Messages are read in the journal's order, turned into records by their source's protocol and
 * put among the raw tables' rows batch by batch (store/ranges.h): staged first, then noted as
 * prepared, then moved, then noted as done. A process that ends anywhere in between leaves what the
 * next one finishes or does over, with equal result. The engine does not sync what it is given, so
 * a loss of power can take from it what it has confirmed: every drain first compares what it should
 * hold with what it does, and reads again what is not whole. So its folder may be deleted, too.
 */
#ifndef TM_INTAKE_LIVE_DRAIN_H
#define TM_INTAKE_LIVE_DRAIN_H

#include "intake/live/live.h"
#include "intake/target.h"
#include "store/journal.h"
#include "store/ranges.h"
#include "store/settings.h"

#include <signal.h>

struct drain_ctx {
    struct store *store; /* borrowed, as everything here */
    struct journal *journal;
    struct engine *engine;
    struct target target; /* of that engine */
    const struct settings *settings;
    const volatile sig_atomic_t *cancel; /* not 0: stop after the batch; may be NULL */
    bool in_haste; /* small parts stay as they are: another drain comes soon */
    /* Makes records of a message; NULL: live_records(), and another one only in tests. */
    enum err_code (*records)(struct live_run *run, const struct live_message *message,
                             struct err *err);
    /* Told after each batch how many messages were read; may be NULL. */
    void (*progress)(void *ctx, int64_t messages);
    void *progress_ctx;
};

struct drain_summary {
    int64_t messages; /* read now */
    int64_t rejected, records;
    int64_t again;   /* of the messages: had been in, and were gone from the engine */
    int64_t lacking; /* ranges that the engine does not have whole, nor the journal any more */
};

/* Until the journal has no more of what it had at the begin. ERR_CANCELLED; other errors of store,
 * journal or engine, after which everything done stays done. */
TM_MUST_CHECK enum err_code drain(const struct drain_ctx *ctx, struct drain_summary *out,
                                  struct err *err);

/* How far it is, without the engine. */
struct drain_state {
    int64_t journal_last; /* newest message */
    int64_t waiting;      /* messages that are not in the engine yet */
};
TM_MUST_CHECK enum err_code drain_state(struct store *store, struct journal *journal,
                                        struct drain_state *out, struct err *err);

/* What the raw tables hold of each import: [import id][kind]. */
struct holdings {
    struct holding {
        uint32_t import_id;
        int64_t records[RECORD_KIND_COUNT], parts[RECORD_KIND_COUNT];
    } * list; /* owned; by no order */
    size_t n;
};
TM_MUST_CHECK enum err_code holdings_read(struct engine *engine, struct holdings *out,
                                          struct err *err);
void holdings_release(struct holdings *holdings);
/* Zeros when it has nothing of that import. */
struct holding holdings_of(const struct holdings *holdings, uint32_t import_id);

#endif

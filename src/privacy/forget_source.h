/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* forget_source.h - takes everything that came by one source of live data out of all that is kept.
 *
 * The work behind a platform's request to forget a shop (Shopify's shop/redact), and for whoever
 * ends a connection for good. It goes by the same way as a person's erasure (erase.h): written down
 * first (store/erasures.h, with `source`), then the same steps, done again after an end anywhere by
 * erase_resume(), a search of everything at last.
 *
 * What goes: all its messages in the journal, those that were refused among them (number, source
 * and time stay, so that counts hold); its rows in the engine, orders too; people whom only it
 * knew, with decisions on them, and address and words of messages to them (store/outbox.h); its
 * secret and domain. The ledger of consent keeps its chain and what is public of the source's
 * entries, without who they were of. Suppression stays as it is: an address that must not be
 * written to is not to be written to because nobody knows any more who said so.
 *
 * What stays: what others told, also of the same people and under the same numbers; files that were
 * imported, be they of the same shop's exports; the counts of what came; marks as they were.
 */
#ifndef TM_PRIVACY_FORGET_SOURCE_H
#define TM_PRIVACY_FORGET_SOURCE_H

#include "privacy/erase.h"
#include "store/sources.h"

struct forget_counts {
    int64_t messages;    /* in the journal, with refused ones */
    int64_t records;     /* rows in the engine */
    int64_t orders;      /* of them */
    int64_t entries;     /* of the ledger of consent */
    int64_t identifiers; /* e-mail addresses and phones that only it knew */
    /* Of the records: those whose message the journal no longer has, where another source bears the
     * same name. Whose they were cannot be told; they go. */
    int64_t unclear;
};
/* How much there is; changes nothing. Everything is drained, as for erase_resume(). ERR_NOT_FOUND.
 */
TM_MUST_CHECK enum err_code forget_source_count(const struct erase_ctx *ctx, int64_t source,
                                                struct forget_counts *out, struct err *err);
/* Revokes the source and writes down that it is to be forgotten; erase_resume() does it. Who runs a
 * server tells it first that the source takes nothing any more (web/live.h, live_reload()). `actor`
 * of *io_erasure is read, and `requested_us` where it is given. ERR_NOT_FOUND. */
TM_MUST_CHECK enum err_code forget_source_begin(const struct erase_ctx *ctx, int64_t source,
                                                struct erasure *io_erasure, struct err *err);

#endif

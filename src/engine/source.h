/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* source.h - the raw tables' rows that came by one live source: to be counted, or to go.
 *
 * They bear the source's name and stand in the imports of what came live. Where several sources
 * bear one name, as all shops of one system do, the numbers of the others' messages tell them
 * apart; what bears a number that is nobody's any more is taken for this source's.
 *
 * Nothing else may use the connection's "beside" (engine_aside_begin()) meanwhile.
 */
#ifndef TM_ENGINE_SOURCE_H
#define TM_ENGINE_SOURCE_H

#include "engine/engine.h"
#include "shop/personal.h"

struct source_rows_of {
    const char *name;        /* "shopify", "live:3" */
    const uint32_t *imports; /* of what came live */
    size_t import_count;
    const int64_t *others; /* numbers of messages of other sources with that name */
    size_t other_count;
};

struct source_rows;
/* Of `of` nothing is kept but the text of a condition. */
TM_MUST_CHECK enum err_code source_rows_open(struct engine *engine, const struct source_rows_of *of,
                                             struct source_rows **out, struct err *err);
/* Results end before it. NULL is fine. */
void source_rows_close(struct source_rows *r);
void source_rows_closep(struct source_rows **r);

/* Columns import_id, n. */
TM_MUST_CHECK enum err_code source_rows_count(struct source_rows *r, enum record_kind kind,
                                              struct result **out, struct err *err);
/* Column n: of them those of messages before a number. */
TM_MUST_CHECK enum err_code source_rows_before(struct source_rows *r, enum record_kind kind,
                                               int64_t number, struct result **out,
                                               struct err *err);
/* E-mail addresses or phones that stand in no other rows: column value, by no order that means
 * anything. */
TM_MUST_CHECK enum err_code source_rows_only(struct source_rows *r, enum personal what,
                                             struct result **out, struct err *err);
/* Makes the kind's table anew without them. */
TM_MUST_CHECK enum err_code source_rows_remove(struct source_rows *r, enum record_kind kind,
                                               struct err *err);
/* Numbers in the table `identity_decision` that no row's identifier has any more: column id. */
TM_MUST_CHECK enum err_code source_rows_decided(struct source_rows *r, struct result **out,
                                                struct err *err);

#endif

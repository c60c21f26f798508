/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* anew.h - a table of raw records made anew without some of its rows, beside the old one whose
 * place it then takes. Inside of src/engine only.
 *
 * The old one is dropped with its files: deleting rows in place would leave old parts, and
 * statements that name whom they delete, on the disk for minutes. The names of tables and the texts
 * of statements are the program's own.
 */
#ifndef TM_ENGINE_ANEW_H
#define TM_ENGINE_ANEW_H

#include "engine/engine.h"

/* After COPY: what it costs in memory does not grow with the table. */
#define ANEW_SETTINGS                                                                              \
    " SETTINGS max_partitions_per_insert_block = 0, max_insert_threads = 1,"                       \
    " min_insert_block_size_rows = 262144, min_insert_block_size_bytes = 33554432"

/* A place for tables beside the others, empty; and away with it. */
TM_MUST_CHECK enum err_code anew_begin(struct engine *engine, struct err *err);
void anew_end(struct engine *engine);

/* Runs a statement that was made; the text is released in any case. */
TM_MUST_CHECK enum err_code anew_run(struct engine *engine, const char *name, struct buf *text,
                                     struct err *err);
/* An empty table of the same form. */
TM_MUST_CHECK enum err_code anew_beside(struct engine *engine, const char *table, struct err *err);
/* The one beside takes the other's place, which goes with its files. */
TM_MUST_CHECK enum err_code anew_take_place(struct engine *engine, const char *table,
                                            struct err *err);
/* All of it: with the rows (`t`) for which `where` holds; NULL: with all. */
TM_MUST_CHECK enum err_code anew_copy(struct engine *engine, const char *table, const char *where,
                                      struct err *err);

#endif

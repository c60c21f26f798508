/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* catalogue.h - the statements of sql/, read from the program or from a folder, and checked.
 *
 * Immutable after catalogue_open(), so that several threads may read it.
 */
#ifndef TM_ENGINE_CATALOGUE_H
#define TM_ENGINE_CATALOGUE_H

#include "engine/engine.h"

struct catalogue;

/* The files built into the program, or those below sql_dir. ERR_INVALID names the file and what
 * is wrong with its header. */
TM_MUST_CHECK enum err_code catalogue_open(const char *sql_dir, struct catalogue **out_catalogue,
                                           struct err *err);
void catalogue_close(struct catalogue *catalogue);

/* In the order of their names. */
size_t catalogue_count(const struct catalogue *catalogue);
const struct statement *catalogue_at(const struct catalogue *catalogue, size_t i);
const struct statement *catalogue_find(const struct catalogue *catalogue, const char *name);

/* Reads a statement file's header and checks it against its text; strings live in `arena`.
 * Only for catalogue.c and tests. */
struct arena;
TM_MUST_CHECK enum err_code statement_parse(struct arena *arena, const char *name, struct str text,
                                            struct statement *out_statement, struct err *err);

#endif

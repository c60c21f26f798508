/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* header.h - names of columns: compared, bound to what an importer knows. */
#ifndef TM_INTAKE_IMPORT_HEADER_H
#define TM_INTAKE_IMPORT_HEADER_H

#include "intake/import/importer.h"

enum { IMPORT_COLUMNS_MAX = 192, HEADER_BYTES_MAX = 8 << 20 };

struct header {
    struct arena arena;
    struct str *cells; /* trimmed */
    size_t n;
    int bound[IMPORT_COLUMNS_MAX]; /* cell of an importer's column, or -1 */
    size_t bound_count;
};

#define HEADER_INIT ((struct header){.arena = ARENA_INIT(HEADER_BYTES_MAX)})

/* As importer.h says: without case, blanks and underscores as one blank; a name's final '*'
 * matches any rest. */
bool header_name_matches(struct str cell, const char *name);
/* Writes the cell of each column to bound[]; returns how many were found. *out_missing is the
 * number of required columns that were not. */
size_t header_bind(const struct importer *importer, const struct str *cells, size_t n, int *bound,
                   size_t *out_missing);
/* Takes a copy of the row as header and binds it; false, and nothing changes, when a required
 * column is missing or the row is too large to be a header. */
bool header_take(struct header *header, const struct importer *importer, const struct csv_row *row);
void header_release(struct header *header);

#endif

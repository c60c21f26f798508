/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* table.h - limits of the files' shape, and the rows above a header. Inside src/intake only. */
#ifndef TM_INTAKE_IMPORT_TABLE_H
#define TM_INTAKE_IMPORT_TABLE_H

#include "intake/import/run.h"

enum {
    TABLE_HEADER_ROWS = 50,   /* the header is one of these */
    TABLE_LINE_MAX = 16 << 20 /* bytes of one JSON object */
};

void table_add_preamble(struct import_run *run, const struct csv_row *row);

#endif

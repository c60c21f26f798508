/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* run.h - one reading of one file: the driver's side of importer.h. Inside src/intake only. */
#ifndef TM_INTAKE_IMPORT_RUN_H
#define TM_INTAKE_IMPORT_RUN_H

#include "base/input.h"
#include "intake/import.h"
#include "intake/import/header.h"

enum { ROW_BYTES_MAX = 16 << 20, FILE_BYTES_MAX = 512 << 20, PREAMBLE_MAX = 64 << 10 };

enum row_fate { ROW_STORED, ROW_MERGED, ROW_REJECTED, ROW_SKIPPED };

struct import_run {
    const struct importer *importer;
    const struct import_ctx *ctx;
    struct import_file *file; /* the report that is being filled */
    struct header header;
    struct buf preamble;
    struct arena row_arena, file_arena;
    void *state;
    struct read_style style;
    struct zone *zone; /* owned; the shop's */
    bool evidence;     /* reads for the style only: nothing is put, ambiguity is passed over */
    int64_t line;      /* of the row at hand; 0 between rows */
    enum row_fate fate;
    int64_t newest_limit_us; /* times beyond it are mistakes and do not count as newest */
    struct err cell_err;     /* scratch of the cell parsers */
};

/* `file` and `ctx` are borrowed. */
TM_MUST_CHECK enum err_code run_init(struct import_run *run, const struct import_ctx *ctx,
                                     struct import_file *file, struct err *err);
/* Everything as before the first row, but the style and the importer stay. */
void run_restart(struct import_run *run, bool evidence);
void run_release(struct import_run *run);

/* Around each row or object: counts it by what the importer said of it. */
void run_row_begin(struct import_run *run, int64_t line);
void run_row_end(struct import_run *run);

/* Now and then: tells how far the reading is; ERR_CANCELLED when it is not wanted any more. */
TM_MUST_CHECK enum err_code run_check_time(const struct import_run *run, struct input *input,
                                           struct err *err);

/* "orders.csv", for messages. */
const char *run_name(const struct import_run *run);
const struct importer *run_importer(const struct import_run *run);

/* Adds what another reading of the same file came to. */
void run_add_total(struct import_run *run, const struct import_total *part);

void import_file_clear(struct import_file *file); /* counts, notes, totals, rejects */

#endif

/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* fake_run.h - reads a text through one importer and keeps what it makes of it in memory.
 *
 * Stands in for the driver, with the same readers and parsers beneath: header rows, styles of
 * dates and numbers, rejected rows. One reading at a time.
 */
#ifndef TM_TESTS_UNIT_INTAKE_MARKETING_FAKE_RUN_H
#define TM_TESTS_UNIT_INTAKE_MARKETING_FAKE_RUN_H

#include "intake/import/importer.h"

struct fake_options {
    const char *currency, *country;
    bool keep_nothing; /* count records only, for measuring */
};

struct fake_result {
    enum err_code code;
    struct err err;
    size_t records;
    int64_t skipped, rejected, rows;
    int64_t cpu_us;   /* of the reading */
    char reject[512]; /* the first reason */
    char notes[2048];
};

/* The text of a CSV file; for JSON formats one object a line. */
const struct fake_result *fake_import(const struct importer *importer, const char *text,
                                      struct fake_options options);
const struct fake_result *fake_import_bytes(const struct importer *importer, const char *text,
                                            size_t n, struct fake_options options);
/* A field of record i as text: "" for unknown. */
const char *fake_field(size_t i, const char *column);
const char *fake_kind(size_t i);
/* The last reading's records are dropped. */
void fake_release(void);

#endif

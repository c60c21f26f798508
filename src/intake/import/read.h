/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* read.h - from a file's text to an importer's callbacks: which format it is, and reading it.
 * Inside src/intake only. */
#ifndef TM_INTAKE_IMPORT_READ_H
#define TM_INTAKE_IMPORT_READ_H

#include "intake/import/run.h"

/* A format that a file may have. The user's own mappings stand before the built-in formats and
 * win over them. */
struct candidate {
    const struct importer *importer;
    char delimiter;              /* that the file must have; 0 = any */
    const struct csv_row *names; /* of the columns of files without header row; else NULL */
    bool is_mapping;
};

struct candidates {
    const struct candidate *list;
    size_t n;
};

/* Finds the format of the input and leaves it in run->importer, with its candidate. Reads the
 * beginning only. ERR_UNRECOGNISED names the closest format and what it lacks. */
TM_MUST_CHECK enum err_code read_recognise(struct import_run *run, struct input *input,
                                           struct candidates candidates,
                                           const struct candidate **out_candidate, struct err *err);

/* Reads the whole input into the target; again where only all of it tells how its dates and
 * numbers are meant. */
TM_MUST_CHECK enum err_code read_all(struct import_run *run, struct input *input,
                                     const struct candidate *candidate, struct err *err);

/* One line of a file of JSON objects, as a row of its own; a blank line is none. */
TM_MUST_CHECK enum err_code read_object(struct import_run *run, struct json_parser *parser,
                                        struct str line, int64_t number, struct err *err);

/* What is said of a line that is not JSON: run->cell_err with its place and what to do. */
enum err_code read_bad_json(const struct import_run *run, int64_t line, struct err *err);

#endif

/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* import_view.h - what became of imported files, for people and as JSON. */
#ifndef TM_CMD_IMPORT_VIEW_H
#define TM_CMD_IMPORT_VIEW_H

#include "base/buf.h"
#include "base/json_write.h"
#include "intake/import.h"

TM_MUST_CHECK enum err_code import_view_text(const struct import_report *report, struct buf *out,
                                             struct err *err);
/* Those of the files that were stored, each with its import. */
TM_MUST_CHECK enum err_code import_view_keep(const struct import_report *report,
                                             struct store *store, struct err *err);
void import_view_json(const struct import_report *report, struct json_writer *w);

/* Options that import and assess share; include the rows in the command's table. */
#define IMPORT_OPTION_ROWS                                                                         \
    {"dates", 0, "dmy|mdy", N_("How to read dates such as 03/04/2026.")},                          \
        {"decimals", 0, "point|comma", N_("How to read numbers such as 1,234.")},                  \
        {"buddhist", 0, NULL, N_("Years such as 2569 are of the Buddhist calendar.")},             \
        {"currency", 0, "CODE", N_("Currency of files that name none.")},                          \
    {                                                                                              \
        "mapping", 0, "FILE", N_("A mapping file (YAML) for CSV of another shape.")                \
    }

struct option_row;
struct options;
TM_MUST_CHECK enum err_code import_take_options(const struct option_row *rows, size_t n,
                                                const struct options *options,
                                                struct import_options *out, struct err *err);

#endif

/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Matrixify (Excelify) exports look like Shopify's, but hold a row for anything: recognised only to
 * say so. */
#include "intake/import/fields.h"

enum { TOP_ROW, ID, COLUMNS };

static const struct import_column columns[COLUMNS] = {
    [TOP_ROW] = {{"Top Row", "Command"}, true},
    [ID] = {{"ID"}, true},
};

static enum err_code begin(struct import_run *run, struct err *err)
{
    (void)run;
    err_set(err, ERR_UNRECOGNISED, "this is a Matrixify export, which is not read");
    err_hint(err, "export orders, customers and products from Shopify's own admin: Orders, Export, "
                  "\"CSV for Excel, Numbers or other spreadsheet programs\"");
    return ERR_UNRECOGNISED;
}

static enum err_code read_row(struct import_run *run, const struct csv_row *row, struct err *err)
{
    (void)row;
    (void)err;
    import_skipped(run);
    return ERR_OK;
}

const struct importer matrixify_importer = {
    .name = "matrixify",
    .source = "shopify",
    .title = N_("Matrixify export"),
    .columns = columns,
    .column_count = COLUMNS,
    .begin = begin,
    .row = read_row,
};

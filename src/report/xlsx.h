/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* xlsx.h - what the sheets of the workbook are written with.
 *
 * Text goes into cells as text, whatever it looks like: nothing from outside becomes a formula or
 * a link. The first failure is kept and reported at the end.
 */
#ifndef TM_REPORT_XLSX_H
#define TM_REPORT_XLSX_H

#include <xlsxwriter.h> /* first: its macros name functions that base.h poisons */

#include "report/words_worth.h"

enum cell_format {
    CELL_TEXT,
    CELL_WRAP,
    CELL_HEAD,
    CELL_TITLE,
    CELL_NOTE,
    CELL_INT,
    CELL_NUMBER, /* 0.00 */
    CELL_SHARE,  /* 0.0% */
    CELL_MONEY,
    CELL_DATE,
    CELL_RESULT, /* a live formula */
    CELL_RESULT_SHARE,
    CELL_FORMATS
};

struct xlsx {
    struct page *page;
    lxw_workbook *book;
    lxw_format *formats[CELL_FORMATS];
    lxw_error error;
    const char *practices, *dimensions; /* names of sheets, quoted for formulas */
};

/* A column's title and width in characters. */
struct column {
    const char *title;
    double width;
};

/* A sheet whose first row is a head that stays in sight. */
lxw_worksheet *xlsx_sheet(struct xlsx *x, const char *name, const struct column *columns, size_t n);
void xlsx_text(struct xlsx *x, lxw_worksheet *sheet, size_t row, size_t column,
               enum cell_format format, const char *text);
/* Nothing for what is not finite. */
void xlsx_number(struct xlsx *x, lxw_worksheet *sheet, size_t row, size_t column,
                 enum cell_format format, double v);
/* Minor units, as major ones. */
void xlsx_money(struct xlsx *x, lxw_worksheet *sheet, size_t row, size_t column, double minor);
/* A day since 1970. */
void xlsx_day(struct xlsx *x, lxw_worksheet *sheet, size_t row, size_t column, int64_t day);
/* The day of an instant; nothing for TIME_NONE. */
void xlsx_date(struct xlsx *x, lxw_worksheet *sheet, size_t row, size_t column, int64_t at_us);
/* With the value that it has now, for who opens the file without computing; NAN: "". */
void xlsx_formula(struct xlsx *x, lxw_worksheet *sheet, size_t row, size_t column,
                  enum cell_format format, const char *formula, double value);

/* Each adds its sheet. */
void xlsx_summary(struct xlsx *x);
void xlsx_practices(struct xlsx *x);
void xlsx_dimensions(struct xlsx *x);
void xlsx_gaps(struct xlsx *x);
void xlsx_levers(struct xlsx *x);
void xlsx_road(struct xlsx *x);
void xlsx_road_left(struct xlsx *x);
void xlsx_peers(struct xlsx *x);
void xlsx_sources(struct xlsx *x);

#endif

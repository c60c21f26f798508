/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* importer.h - what an importer of one export format is, and what it may use.
 *
 * A format is recognised by the names in its header, whatever their order, case and the file's
 * name. An importer lists the columns it knows with their synonyms; the driver (import.h) finds
 * the header row, binds the columns, and hands over row after row. The importer turns cells into
 * records and puts them into the sink. It never sees where they are stored.
 *
 * A row that cannot be used is rejected with a reason (import_reject) and the file goes on; an
 * error returned from a callback ends the file and nothing of it is stored.
 * ERR_AMBIGUOUS from a parser is passed on as it is: the driver then reads the whole file for
 * evidence of the style and starts again, or refuses it with the choice to make.
 */
#ifndef TM_INTAKE_IMPORT_IMPORTER_H
#define TM_INTAKE_IMPORT_IMPORTER_H

#include "base/arena.h"
#include "base/csv.h"
#include "base/i18n.h"
#include "base/json_read.h"
#include "base/parse.h"
#include "intake/sink.h"

struct import_run; /* one reading of one file, owned by the driver */

/* A column: an id of the importer's own enum is its index in the table. Names are compared
 * without case, surrounding blanks, and with runs of blanks and underscores as one blank.
 * A name that ends in '*' matches any rest ("Amount spent (*"). */
struct import_column {
    const char *names[10]; /* synonyms, also in other languages; the first is the usual one */
    bool required;         /* the format is not recognised without it */
};

struct importer {
    const char *name;   /* "shopify_orders" */
    const char *source; /* namespace of its keys: "shopify" */
    const char *title;  /* "Shopify orders", for people; marked for translation */

    /* CSV formats. */
    const struct import_column *columns; /* NULL for JSON formats */
    size_t column_count;
    /* Extra proof beyond the required columns; NULL for none. The format with most bound columns
     * wins among those that match. */
    bool (*matches)(const struct import_run *run);
    enum err_code (*row)(struct import_run *run, const struct csv_row *row, struct err *err);

    /* JSON formats: one object a line. */
    bool (*matches_json)(struct json_value first);
    enum err_code (*object)(struct import_run *run, struct json_value value, int64_t line,
                            struct err *err);
    /* Each object stands for itself: several threads may read a file, each with a state of its
     * own. Needs `begin` and `end` to be NULL. */
    bool independent;

    /* Both: before the first and after the last row; may be NULL. */
    enum err_code (*begin)(struct import_run *run, struct err *err);
    enum err_code (*end)(struct import_run *run, struct err *err);
    size_t state_size; /* zeroed memory at import_state() */
    void (*release)(void *state);
};

/* The importer's own memory, and one that is emptied before each row. */
void *import_state(struct import_run *run);
struct arena *import_row_arena(struct import_run *run);
/* Lives until the end of the file; capped. */
struct arena *import_file_arena(struct import_run *run);

/* The cell of a bound column, trimmed and without a spreadsheet's leading apostrophe; "" when the
 * file lacks the column or the row ends before it. */
struct str import_cell(const struct import_run *run, const struct csv_row *row, size_t column);
bool import_has_column(const struct import_run *run, size_t column);
/* The column's name as the file spells it ("Amount spent (EUR)"); "" when absent. */
struct str import_column_name(const struct import_run *run, size_t column);
/* Rows that came before the header (report titles, "# Start date: 20260701"), joined by
 * newlines; at most 64 KiB. */
struct str import_preamble(const struct import_run *run);
/* The header's own cells, for columns outside the table (metafields, merge fields). */
size_t import_header_count(const struct import_run *run);
struct str import_header_cell(const struct import_run *run, size_t i);
/* Binds the columns anew to a header row in the middle of the file (reports of several tables).
 * False, and nothing changes, when the row lacks a required column. */
bool import_rebind(struct import_run *run, const struct csv_row *row);

struct read_style *import_style(struct import_run *run);
/* Settings of the shop: "" or NULL when not set. */
const char *import_currency(const struct import_run *run);
const char *import_country(const struct import_run *run);
/* The choice the user made for this file's currency when it names none: as import_currency, but
 * an error with the choice to make when there is none. */
TM_MUST_CHECK enum err_code import_need_currency(struct import_run *run, const char **out_code,
                                                 struct err *err);

TM_MUST_CHECK enum err_code import_put(struct import_run *run, enum record_kind kind,
                                       const void *record, struct err *err);
/* The row (or object) of that line is not used; counted and kept with its reason. */
void import_reject(struct import_run *run, int64_t line, const char *fmt, ...) TM_PRINTF(3, 4);
/* The row added to a record already put (a second line of the same order). */
void import_merged(struct import_run *run);
/* The row is no data: a total, a repeated header, a comment. */
void import_skipped(struct import_run *run);
/* Something the user should know about the file as a whole; shown once for each text. */
void import_note(struct import_run *run, const char *fmt, ...) TM_PRINTF(2, 3);
/* Adds to a control total of the file, such as "order total EUR". */
void import_total(struct import_run *run, const char *name, const char *currency, int64_t minor);

/* Parsers that turn an invalid cell into a rejection with line and column. `*out_ok` is false
 * then, and the caller returns ERR_OK at once. Other errors (ERR_AMBIGUOUS) are returned. */
TM_MUST_CHECK enum err_code import_money(struct import_run *run, const struct csv_row *row,
                                         size_t column, const char *currency, int64_t *out_minor,
                                         bool *out_ok, struct err *err);
TM_MUST_CHECK enum err_code import_micros(struct import_run *run, const struct csv_row *row,
                                          size_t column, int64_t *out_micros, bool *out_ok,
                                          struct err *err);
TM_MUST_CHECK enum err_code import_count(struct import_run *run, const struct csv_row *row,
                                         size_t column, int64_t *out_n, bool *out_ok,
                                         struct err *err);
TM_MUST_CHECK enum err_code import_real(struct import_run *run, const struct csv_row *row,
                                        size_t column, double *out_x, bool *out_ok,
                                        struct err *err);
TM_MUST_CHECK enum err_code import_time(struct import_run *run, const struct csv_row *row,
                                        size_t column, int64_t *out_at_us, bool *out_ok,
                                        struct err *err);
TM_MUST_CHECK enum err_code import_day(struct import_run *run, const struct csv_row *row,
                                       size_t column, int64_t *out_day, bool *out_ok,
                                       struct err *err);

/* All formats, ended by NULL; one `extern` a format, defined in its own file. */
extern const struct importer *const importers[];

#endif

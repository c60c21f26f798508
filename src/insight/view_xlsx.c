/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <xlsxwriter.h> /* first: its macros name functions that base.h poisons */

#include "insight/view_xlsx.h"

#include "base/file.h"
#include "base/i18n.h"
#include "base/money.h"

enum { WORKBOOK_MAX = 64 << 20, COLUMNS_MAX = 24, TEXT_MAX = 32000, WIDTH = 16, WIDTH_TEXT = 28 };

struct writer {
    const struct view_context *context;
    lxw_workbook *book;
    lxw_worksheet *sheet;
    lxw_format *head, *formats[VIEW_KIND_MONEY + 1];
    const struct view_column *columns[COLUMNS_MAX];
    size_t n;
    lxw_row_t row;
    lxw_error error;
};

static void keep_error(struct writer *w, lxw_error error)
{
    if (w->error == LXW_NO_ERROR)
        w->error = error;
}

static void make_formats(struct writer *w)
{
    static const char *const shown[] = {
        [VIEW_KIND_DAY] = "yyyy-mm-dd", [VIEW_KIND_TIME] = "yyyy-mm-dd hh:mm",
        [VIEW_KIND_COUNT] = "#,##0",    [VIEW_KIND_REAL] = "#,##0.00",
        [VIEW_KIND_SHARE] = "0.0%",     [VIEW_KIND_MONEY] = "#,##0.00"};
    char text[40];

    for (size_t i = 0; i < TM_COUNT(shown); i++) {
        w->formats[i] = workbook_add_format(w->book);
        if (!shown[i])
            continue;
        snprintf(text, sizeof(text), "%s%s",
                 locale_sheet_mark(i18n_current(), w->context->ways,
                                   i == VIEW_KIND_DAY || i == VIEW_KIND_TIME),
                 i == VIEW_KIND_MONEY && w->context->decimals == 0 ? "#,##0" : shown[i]);
        format_set_num_format(w->formats[i], text);
    }
    w->head = workbook_add_format(w->book);
    format_set_bold(w->head);
    format_set_text_wrap(w->head);
    format_set_bg_color(w->head, 0xD3E8E8);
}

static void begin(void *ctx, const struct view_column *const *columns, size_t n)
{
    struct writer *w = ctx;

    w->n = n < COLUMNS_MAX ? n : COLUMNS_MAX;
    for (size_t i = 0; i < w->n; i++) {
        lxw_col_t at = (lxw_col_t)i;

        w->columns[i] = columns[i];
        worksheet_set_column(w->sheet, at, at,
                             columns[i]->kind <= VIEW_KIND_WORD ? WIDTH_TEXT : WIDTH, NULL);
        keep_error(w, worksheet_write_string(w->sheet, 0, at, _(columns[i]->label), w->head));
    }
    worksheet_freeze_panes(w->sheet, 1, 0);
    worksheet_repeat_rows(w->sheet, 0, 0);
}

/* As text, whatever it looks like: nothing from outside becomes a formula or a link. */
static void write_text(struct writer *w, lxw_col_t at, struct str text, lxw_format *format)
{
    char shown[TEXT_MAX + 1];
    size_t n = text.n < TEXT_MAX ? text.n : TEXT_MAX;

    while (n < text.n && n > 0 && ((unsigned char)text.p[n] & 0xC0) == 0x80)
        n--; /* not inside a character */
    for (size_t i = 0; i < n; i++)
        shown[i] = iscntrl((unsigned char)text.p[i]) ? ' ' : text.p[i];
    shown[n] = '\0';
    if (n)
        keep_error(w, worksheet_write_string(w->sheet, w->row, at, shown, format));
}

static void write_time(struct writer *w, lxw_col_t at, int64_t at_us, lxw_format *format)
{
    struct civil c = civil_from_utc(at_us);
    lxw_datetime shown = {.year = c.year,
                          .month = c.month,
                          .day = c.day,
                          .hour = c.hour,
                          .min = c.minute,
                          .sec = c.second};

    keep_error(w, worksheet_write_datetime(w->sheet, w->row, at, &shown, format));
}

static void write_cell(struct writer *w, lxw_col_t at, const struct view_cell *cell)
{
    enum view_kind kind = w->columns[at]->kind;
    lxw_format *format = w->formats[kind];
    double v = kind == VIEW_KIND_MONEY   ? (double)cell->i / pow(10, w->context->decimals)
               : kind == VIEW_KIND_COUNT ? (double)cell->i
                                         : cell->d;

    if (cell->none)
        return;
    if (kind == VIEW_KIND_WORD && cell->text.n)
        write_text(w, at, str_of(view_word(cell->text)), format);
    else if (kind <= VIEW_KIND_ID)
        write_text(w, at, cell->text, format);
    else if (kind == VIEW_KIND_DAY)
        write_time(w, at, cell->i * US_PER_DAY, format);
    else if (kind == VIEW_KIND_TIME)
        write_time(w, at, cell->i, format);
    else
        keep_error(w, worksheet_write_number(w->sheet, w->row, at, v, format));
}

static void row(void *ctx, const struct view_cell *cells, size_t n)
{
    struct writer *w = ctx;

    w->row++;
    for (size_t i = 0; i < n && i < w->n; i++)
        write_cell(w, (lxw_col_t)i, &cells[i]);
}

/* The library writes no clock but the one given here. */
static void set_clock(struct writer *w)
{
    struct civil c = civil_from_utc(w->context->as_of);
    struct tm day = {.tm_year = c.year - 1900, .tm_mon = c.month - 1, .tm_mday = c.day};
    lxw_doc_properties properties = {.created = timegm(&day)};

    workbook_set_properties(w->book, &properties);
}

/* The library writes files only: into a folder of our own, and from there into `out`. */
static enum err_code write_book(const struct view *view, const struct view_request *request,
                                const char *path, struct buf *out, struct err *err)
{
    struct writer w = {.context = request->context};
    struct view_sink sink = {&w, begin, row};
    struct view_end end;
    lxw_error closed;
    enum err_code rc;

    w.book = workbook_new(path);
    if (!w.book)
        return err_set(err, ERR_MEMORY, "%s", _("no memory for the workbook"));
    w.sheet = workbook_add_worksheet(w.book, view->name);
    if (language_is_rtl(i18n_current()))
        worksheet_right_to_left(w.sheet);
    make_formats(&w);
    set_clock(&w);
    rc = view_send(view, request, &sink, &end, err);
    closed = workbook_close(w.book);
    TRY(rc);
    keep_error(&w, closed);
    if (w.error != LXW_NO_ERROR)
        return err_set(err, ERR_IO, _("the workbook could not be written: %s"),
                       lxw_strerror(w.error));
    return file_read(path, WORKBOOK_MAX, out, err);
}

enum err_code view_xlsx(const struct view *view, const struct view_request *request,
                        struct buf *out, struct err *err)
{
    char folder[4096], path[4200];
    enum err_code rc;

    TRY(folder_temporary(folder, sizeof(folder), err));
    snprintf(path, sizeof(path), "%s/view.xlsx", folder);
    rc = write_book(view, request, path, out, err);
    folder_remove(folder);
    return rc ? rc : buf_check(out, err);
}

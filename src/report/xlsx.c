/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The workbook as a whole. The same assessment gives the same bytes: the library writes no clock
 * but the one given here. */
#include "report/xlsx.h"

#include "base/file.h"
#include "report/roadmap.h"

#include <ctype.h>
#include <unistd.h>

enum { WORKBOOK_MAX = 64 << 20 };

static void make_formats(struct xlsx *x)
{
    static const char *const numbers[CELL_FORMATS] = {
        [CELL_INT] = "#,##0",         [CELL_NUMBER] = "0.00",     [CELL_SHARE] = "0.0%",
        [CELL_MONEY] = "#,##0",       [CELL_DATE] = "yyyy-mm-dd", [CELL_RESULT] = "0.00",
        [CELL_RESULT_SHARE] = "0.0%",
    };
    char text[40];

    for (size_t i = 0; i < CELL_FORMATS; i++) {
        lxw_format *format = workbook_add_format(x->book);

        if (numbers[i]) {
            snprintf(text, sizeof(text), "%s%s",
                     locale_sheet_mark(x->page->language, locale_used(), i == CELL_DATE),
                     numbers[i]);
            format_set_num_format(format, text);
        }
        format_set_align(format, LXW_ALIGN_VERTICAL_TOP);
        x->formats[i] = format;
    }
    format_set_text_wrap(x->formats[CELL_WRAP]);
    format_set_text_wrap(x->formats[CELL_HEAD]);
    format_set_text_wrap(x->formats[CELL_NOTE]);
    format_set_bold(x->formats[CELL_HEAD]);
    format_set_bg_color(x->formats[CELL_HEAD], 0xD3E8E8);
    format_set_bold(x->formats[CELL_TITLE]);
    format_set_font_size(x->formats[CELL_TITLE], 16);
    format_set_font_color(x->formats[CELL_NOTE], 0x52606D);
    format_set_bg_color(x->formats[CELL_RESULT], 0xE3F1F1);
    format_set_bg_color(x->formats[CELL_RESULT_SHARE], 0xE3F1F1);
}

static void keep_error(struct xlsx *x, lxw_error error)
{
    if (x->error == LXW_NO_ERROR)
        x->error = error;
}

lxw_worksheet *xlsx_sheet(struct xlsx *x, const char *name, const struct column *columns, size_t n)
{
    lxw_worksheet *sheet = workbook_add_worksheet(x->book, name);

    if (!sheet) { /* a name of a translation that spreadsheets refuse */
        keep_error(x, LXW_ERROR_INVALID_SHEETNAME_CHARACTER);
        sheet = workbook_add_worksheet(x->book, NULL);
    }
    if (language_is_rtl(x->page->language))
        worksheet_right_to_left(sheet);
    worksheet_set_landscape(sheet);
    worksheet_set_paper(sheet, 9); /* A4 */
    worksheet_fit_to_pages(sheet, 1, 0);
    for (size_t i = 0; i < n; i++) {
        worksheet_set_column(sheet, (lxw_col_t)i, (lxw_col_t)i, columns[i].width, NULL);
        if (columns[i].title)
            xlsx_text(x, sheet, 0, i, CELL_HEAD, columns[i].title);
    }
    if (n && columns[0].title) {
        worksheet_freeze_panes(sheet, 1, 0);
        worksheet_repeat_rows(sheet, 0, 0);
    }
    return sheet;
}

/* Whether a Latin letter stands before the isolate's end. */
static bool is_latin(const char *text)
{
    while (*text && strncmp(text, POP_DIRECTIONAL_ISOLATE, 3) != 0 &&
           !isalpha((unsigned char)*text))
        text++;
    return isalpha((unsigned char)*text);
}

/* Spreadsheets draw boxes for directional isolates. Around Latin words left-to-right marks do as
 * well; what has none needs nothing. */
static void add_without_isolates(struct buf *out, const char *text)
{
    static const char mark[] = "\xe2\x80\x8e";
    bool latin = false;

    for (; *text; text++) {
        bool opens = strncmp(text, FIRST_STRONG_ISOLATE, 3) == 0;

        if (!opens && strncmp(text, POP_DIRECTIONAL_ISOLATE, 3) != 0) {
            buf_addc(out, *text);
            continue;
        }
        text += 2;
        if (opens)
            latin = is_latin(text + 1);
        if (latin)
            buf_addz(out, mark);
        latin = opens && latin;
    }
}

void xlsx_text(struct xlsx *x, lxw_worksheet *sheet, size_t row, size_t column,
               enum cell_format format, const char *text)
{
    TM_CLEANUP(buf_release) struct buf shown = BUF_INIT(64 << 10);

    if (!text || !*text)
        return;
    add_without_isolates(&shown, text);
    keep_error(x, worksheet_write_string(sheet, (lxw_row_t)row, (lxw_col_t)column, buf_cstr(&shown),
                                         x->formats[format]));
}

void xlsx_number(struct xlsx *x, lxw_worksheet *sheet, size_t row, size_t column,
                 enum cell_format format, double v)
{
    if (isfinite(v))
        keep_error(x, worksheet_write_number(sheet, (lxw_row_t)row, (lxw_col_t)column, v,
                                             x->formats[format]));
}

void xlsx_money(struct xlsx *x, lxw_worksheet *sheet, size_t row, size_t column, double minor)
{
    int decimals = x->page->options->money ? x->page->options->money->decimals : 2;

    xlsx_number(x, sheet, row, column, CELL_MONEY, minor / pow(10, decimals));
}

void xlsx_day(struct xlsx *x, lxw_worksheet *sheet, size_t row, size_t column, int64_t day)
{
    lxw_datetime written = {0};

    civil_from_days(day, &written.year, &written.month, &written.day);
    keep_error(x, worksheet_write_datetime(sheet, (lxw_row_t)row, (lxw_col_t)column, &written,
                                           x->formats[CELL_DATE]));
}

void xlsx_date(struct xlsx *x, lxw_worksheet *sheet, size_t row, size_t column, int64_t at_us)
{
    if (at_us != TIME_NONE && at_us != INT64_MIN)
        xlsx_day(x, sheet, row, column, locale_day(x->page->locale, at_us));
}

void xlsx_formula(struct xlsx *x, lxw_worksheet *sheet, size_t row, size_t column,
                  enum cell_format format, const char *formula, double value)
{
    lxw_row_t r = (lxw_row_t)row;
    lxw_col_t c = (lxw_col_t)column;

    keep_error(x, isfinite(value)
                      ? worksheet_write_formula_num(sheet, r, c, formula, x->formats[format], value)
                      : worksheet_write_formula_str(sheet, r, c, formula, x->formats[format], ""));
}

static void describe(struct xlsx *x)
{
    const struct report_facts *facts = x->page->options->facts;
    struct civil c = civil_from_utc(x->page->a->evidence->as_of);
    struct tm day = {.tm_year = c.year - 1900,
                     .tm_mon = c.month - 1,
                     .tm_mday = c.day,
                     .tm_hour = c.hour,
                     .tm_min = c.minute,
                     .tm_sec = c.second};
    lxw_doc_properties properties = {.created = timegm(&day)};
    /* The library only reads them. */
    const char *title =
        arena_strdup(&x->page->arena, str_of(facts && facts->shop ? facts->shop : "Tidemark"));

    memcpy(&properties.title, &title, sizeof(title));
    workbook_set_properties(x->book, &properties);
}

static void write_sheets(struct xlsx *x)
{
    const struct report_options *options = x->page->options;

    xlsx_summary(x);
    xlsx_practices(x);
    xlsx_dimensions(x);
    xlsx_gaps(x);
    if (options->money)
        xlsx_levers(x);
    if (options->roadmap)
        xlsx_road(x);
    if (options->peers && options->peers->count)
        xlsx_peers(x);
    if (options->input_count)
        xlsx_sources(x);
}

static void write_road(struct xlsx *x)
{
    xlsx_road(x);
    xlsx_road_left(x);
}

/* The library writes files only: into a folder of our own, and from there into `out`. */
static enum err_code write_book(struct page *page, const char *path, void (*write)(struct xlsx *),
                                struct buf *out, struct err *err)
{
    struct xlsx x = {.page = page};
    lxw_error closed;

    x.practices = _("Practices");
    x.dimensions = _("Dimensions");
    x.book = workbook_new(path);
    if (!x.book)
        return err_set(err, ERR_MEMORY, "%s", _("no memory for the workbook"));
    make_formats(&x);
    describe(&x);
    write(&x);
    closed = workbook_close(x.book);
    if (x.error == LXW_NO_ERROR)
        x.error = closed;
    if (x.error != LXW_NO_ERROR)
        return err_set(err, ERR_IO, _("the workbook could not be written: %s"),
                       lxw_strerror(x.error));
    return file_read(path, WORKBOOK_MAX, out, err);
}

static enum err_code make_book(const struct assessment *a, const struct report_options *options,
                               void (*write)(struct xlsx *), struct buf *out, struct err *err)
{
    char folder[4096], path[4200];
    struct buf content = {0};
    struct page page;
    enum err_code code;

    TRY(folder_temporary(folder, sizeof(folder), err));
    snprintf(path, sizeof(path), "%s/report.xlsx", folder);
    code = page_open(a, options, &page, err);
    if (code == ERR_OK) {
        code = write_book(&page, path, write, &content, err);
        if (code == ERR_OK)
            code = page_check(&page, err);
        page_close(&page);
    }
    buf_adds(out, buf_str(&content));
    buf_release(&content);
    folder_remove(folder);
    return code ? code : buf_check(out, err);
}

enum err_code report_xlsx(const struct assessment *a, const struct report_options *options,
                          struct buf *out, struct err *err)
{
    return make_book(a, options, write_sheets, out, err);
}

enum err_code report_roadmap_xlsx(const struct assessment *a, const struct roadmap *map,
                                  const struct report_options *options, struct buf *out,
                                  struct err *err)
{
    struct report_options how = *options;

    how.roadmap = map;
    return make_book(a, &how, write_road, out, err);
}

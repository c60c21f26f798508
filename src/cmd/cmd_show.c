/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* tidemark show: the numbers of the pages, in the terminal, as JSON or as CSV. */
#include "cmd/cmd.h"

#include "base/locale.h"
#include "cmd/records.h"
#include "cmd/workspace.h"
#include "insight/views.h"

enum { OUTPUT_MAX = 64 << 20, CELL_MAX = 40, COLUMNS_MAX = 24 };

/* After the fixed ones each row is a parameter of views, by its name. */
static const struct option_row rows[] = {
    {"workspace", 'w', "DIR", N_("The workspace.")},
    {"json", 0, NULL, N_("Print the result as JSON.")},
    {"csv", 0, NULL, N_("Print the table as CSV.")},
    {"from", 0, "DAY", N_("The first day, as 2026-09-30.")},
    {"to", 0, "DAY", N_("The last day.")},
    {"by", 0, "WHAT", N_("What the rows stand for.")},
    {"group", 0, "NAME", N_("Only this group.")},
    {"sort", 0, "WHAT", N_("Which come first.")},
    {"q", 0, "TEXT", N_("The beginning of a name or address, or a whole number or address.")},
    {"person", 0, "NUMBER", N_("The person's number.")},
    {"step", 0, "DAYS", N_("Days from one row to the next.")},
    {"horizon", 0, "DAYS", N_("Days that the curve covers.")},
    {"goal", 0, "AMOUNT",
     N_("The quarter's goal, in the currency's smallest unit, instead of the one that is kept; 0 "
        "for "
        "none.")},
    {"weeks", 0, "N", N_("Weeks to look back.")},
    {"limit", 0, "N", N_("How many rows at most.")},
    {"cursor", 0, "TEXT", N_("Where the page before ended.")},
};
enum { FIRST_PARAMETER = 3 };

static const char *value(const struct options *options, const char *name)
{
    return option_value(rows, TM_COUNT(rows), options, name);
}

/* The table as it comes: all cells as text, so that widths are known before the first line. */
struct table {
    const struct view_context *context;
    struct locale *locale;
    const struct view_column *columns[COLUMNS_MAX];
    size_t n, width[COLUMNS_MAX];
    struct buf text; /* cells, each ended by NUL */
    size_t rows;
};

static bool is_number(enum view_kind kind)
{
    return kind >= VIEW_KIND_COUNT;
}

static void widen(struct table *t, size_t i, const char *text)
{
    size_t width = layout_width(str_of(text));

    width = width > CELL_MAX ? CELL_MAX : width;
    if (width > t->width[i])
        t->width[i] = width;
}

static void table_begin(void *ctx, const struct view_column *const *columns, size_t n)
{
    struct table *t = ctx;

    t->n = n < COLUMNS_MAX ? n : COLUMNS_MAX;
    for (size_t i = 0; i < t->n; i++) {
        t->columns[i] = columns[i];
        widen(t, i, _(columns[i]->label));
    }
}

/* What others wrote may hold what steers a terminal. */
static void add_text(struct buf *out, struct str text)
{
    for (size_t i = 0; i < text.n; i++)
        buf_addc(out, iscntrl((unsigned char)text.p[i]) ? ' ' : text.p[i]);
}

static void add_cell(struct table *t, enum view_kind kind, const struct view_cell *cell)
{
    struct buf *out = &t->text;

    switch (kind) {
    case VIEW_KIND_TEXT:
    case VIEW_KIND_ID:
        add_text(out, cell->text);
        break;
    case VIEW_KIND_WORD:
        buf_addz(out, cell->text.n ? view_word(cell->text) : "");
        break;
    case VIEW_KIND_DAY:
        locale_add_day(t->locale, out, cell->i);
        break;
    case VIEW_KIND_TIME:
        timestamp_add_iso(out, cell->i / US_PER_SECOND * US_PER_SECOND);
        break;
    case VIEW_KIND_COUNT:
        locale_add_int(t->locale, out, cell->i);
        break;
    case VIEW_KIND_REAL:
        locale_add_number(t->locale, out, cell->d, fabs(cell->d) < 1 ? 3 : 1);
        break;
    case VIEW_KIND_SHARE:
        locale_add_percent(t->locale, out, cell->d, 1);
        break;
    case VIEW_KIND_MONEY:
        locale_add_money(t->locale, out, cell->i, t->context->currency, t->context->decimals, true);
        break;
    }
}

static void table_row(void *ctx, const struct view_cell *cells, size_t n)
{
    struct table *t = ctx;

    for (size_t i = 0; i < n && i < t->n; i++) {
        bool isolated = language_is_rtl(i18n_current()); /* else neighbours change places */
        size_t at = t->text.n;

        if (isolated)
            buf_addz(&t->text, FIRST_STRONG_ISOLATE);
        if (cells[i].none)
            buf_addz(&t->text, "–");
        else
            add_cell(t, t->columns[i]->kind, &cells[i]);
        if (isolated)
            buf_addz(&t->text, POP_DIRECTIONAL_ISOLATE);
        widen(t, i, t->text.n > at ? t->text.p + at : "");
        buf_addc(&t->text, '\0');
    }
    t->rows++;
}

static void put_cell(const struct table *t, struct sheet *sheet, enum style style, size_t column,
                     const char *text)
{
    sheet_cell(sheet, style, text, t->width[column], is_number(t->columns[column]->kind));
    sheet_put(sheet, STYLE_PLAIN, "  ");
}

/* The columns from `first` up to `past`; beside those that begin the table, its first one again. */
static void draw_panel(const struct table *t, struct sheet *sheet, const char *const *cells,
                       size_t first, size_t past)
{
    for (size_t r = 0; r <= t->rows; r++) {
        enum style style = r ? STYLE_PLAIN : STYLE_BOLD;

        for (size_t i = first ? first - 1 : 0; i < past; i++) {
            size_t column = first && i < first ? 0 : i;

            put_cell(t, sheet, style, column,
                     r ? cells[(r - 1) * t->n + column] : _(t->columns[column]->label));
        }
        sheet_end_line(sheet);
    }
}

/* As many of the columns from `first` on as fit beside the first one; at least one. */
static size_t panel_end(const struct table *t, size_t first, size_t width)
{
    size_t used = first ? t->width[0] + 2 : 0, i = first;

    while (i < t->n && (i == first || used + t->width[i] <= width))
        used += t->width[i++] + 2;
    return i;
}

/* What does not fit the terminal stands below, in panels, with the first column once more. */
static void draw(const struct table *t, struct sheet *sheet)
{
    const char **cells = xcalloc(t->rows * t->n + 1, sizeof(*cells)), *p = buf_cstr(&t->text);
    size_t width = cmd_on_terminal() ? sheet->width : SIZE_MAX;

    for (size_t i = 0; i < t->rows * t->n; i++, p += strlen(p) + 1)
        cells[i] = p;
    for (size_t first = 0, past; first < t->n; first = past) {
        past = panel_end(t, first, width);
        if (first)
            sheet_end_line(sheet);
        draw_panel(t, sheet, cells, first, past);
    }
    free(cells);
}

static void draw_end(const struct table *t, const struct view_end *end, struct buf *out)
{
    if (end->next_cursor[0])
        buf_addf(out, _("There are more rows: --cursor %s\n"), end->next_cursor);
    if (t->rows)
        return;
    if (end->missing[0])
        buf_addf(out, _("Nothing to show: no export of this kind was imported yet: %s\n"),
                 end->missing);
    else
        buf_addz(out, _("Nothing to show for these days.\n"));
}

static enum err_code as_table(const struct view *view, const struct view_request *request,
                              struct buf *out, struct err *err)
{
    TM_CLEANUP(locale_closep) struct locale *locale = NULL;
    struct table t = {.context = request->context, .text = BUF_INIT(OUTPUT_MAX)};
    struct view_sink sink = {&t, table_begin, table_row};
    struct sheet sheet = cmd_sheet(out);
    struct view_end end;
    enum err_code rc = locale_open(i18n_current(), &locale, err);

    t.locale = locale;
    if (rc == ERR_OK)
        rc = view_send(view, request, &sink, &end, err);
    if (rc == ERR_OK)
        rc = buf_check(&t.text, err);
    if (rc == ERR_OK) {
        if (t.rows)
            draw(&t, &sheet);
        draw_end(&t, &end, out);
    }
    buf_release(&t.text);
    return rc;
}

static enum err_code answer(struct workspace *ws, const struct view *view,
                            const struct options *options, struct buf *out, struct err *err)
{
    struct view_context context;
    struct view_arg args[TM_COUNT(rows)];
    struct view_request request = {.engine = ws->engine, .context = &context, .args = args};

    for (size_t i = FIRST_PARAMETER; i < TM_COUNT(rows); i++)
        if (options->values[i])
            args[request.arg_count++] = (struct view_arg){rows[i].name, str_of(options->values[i])};
    TRY(records_make_fresh(ws, NULL, &context, err));
    records_warn_unconverted(context.unconverted, context.unconverted_count, context.currency);
    if (value(options, "json"))
        return view_answer(view, &request, VIEW_JSON, out, err);
    if (value(options, "csv"))
        return view_answer(view, &request, VIEW_CSV, out, err);
    return as_table(view, &request, out, err);
}

static enum err_code print_list(struct err *err)
{
    struct buf out = BUF_INIT(65536);
    enum err_code rc;

    for (size_t i = 0; views[i]; i++)
        buf_addf(&out, "  %-16s %s\n", views[i]->name, _(views[i]->summary));
    rc = cmd_print_words(&out, err);
    buf_release(&out);
    return rc;
}

static enum err_code find(const struct options *options, const struct view **out_view,
                          struct err *err)
{
    const char *given = options->operands[0];

    *out_view = view_find(given);
    if (*out_view && options->operand_count == 1)
        return ERR_OK;
    if (*out_view)
        return err_set(err, ERR_USAGE, "\"%s\" is one argument too many", options->operands[1]);
    err_set(err, ERR_USAGE, "there is no table \"%s\"", given);
    err_hint(err, "\"tidemark show\" lists the tables.");
    return ERR_USAGE;
}

static enum err_code run(int argc, char **argv, struct err *err)
{
    struct options options;
    const struct view *view;
    struct workspace ws;
    struct buf out = BUF_INIT(OUTPUT_MAX);
    const char *dir;
    enum err_code rc;

    TRY(options_parse(rows, TM_COUNT(rows), argc, argv, &options, err));
    if (!options.operand_count)
        return print_list(err);
    TRY(find(&options, &view, err));
    dir = workspace_named(value(&options, "workspace"));
    if (!dir)
        return err_set(err, ERR_USAGE, "name the workspace with --workspace DIR");
    TRY(workspace_open(dir, &ws, err));
    rc = answer(&ws, view, &options, &out, err);
    if (rc == ERR_OK)
        rc = cmd_print(&out, err);
    workspace_close(&ws);
    buf_release(&out);
    return rc;
}

const struct command command_show = {
    .name = "show",
    .usage = N_("[TABLE] --workspace DIR [OPTIONS]"),
    .summary = N_("Show the shop's numbers: revenue, customers, forecast, alerts."),
    .text = N_("Without TABLE it lists the tables. Each takes those of the options that stand with "
               "it in\ndocs/views.md.\n"),
    .options = rows,
    .option_count = TM_COUNT(rows),
    .run = run,
};

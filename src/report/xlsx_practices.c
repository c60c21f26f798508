/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Practices, and the dimensions as live formulas over them: the same sums as maturity/profile.c,
 * for people to check. */
#include "report/xlsx.h"

#include "maturity/practice.h"

/* Columns that the formulas read. */
#define COL_DIMENSION "C"
#define COL_WEIGHT "D"
#define COL_APPLIES "E"
#define COL_KNOWN "F"
#define COL_LEVEL "G"

static const char *unit_title(const struct indicator *indicator)
{
    return indicator->unit ? indicator->unit : "";
}

static void figures(struct xlsx *x, lxw_worksheet *sheet, size_t row,
                    const struct practice_result *r)
{
    struct page *page = x->page;
    const struct indicator *in = &r->practice->indicators[0];
    const struct finding *f = &r->evidence->findings[0];
    bool percent = in->unit && strcmp(in->unit, "percent") == 0;
    enum cell_format format = percent ? CELL_SHARE : CELL_NUMBER;
    bool counted = in->form == FORM_SHARE || in->form == FORM_RATE;

    if (!r->practice->indicator_count)
        return;
    xlsx_text(x, sheet, row, 16, CELL_TEXT,
              *page_text(page, &in->title) ? page_text(page, &in->title) : in->measure);
    xlsx_text(x, sheet, row, 17, CELL_TEXT, unit_title(in));
    if (f->known) {
        xlsx_number(x, sheet, row, 18, format, r->value[0].mid);
        xlsx_number(x, sheet, row, 19, format, r->value[0].low);
        xlsx_number(x, sheet, row, 20, format, r->value[0].high);
        xlsx_number(x, sheet, row, 21, CELL_INT, counted ? f->k : (double)NAN);
        xlsx_number(x, sheet, row, 22, CELL_INT,
                    counted || in->form == FORM_VALUE ? f->n : f->clusters);
    }
    for (int level = 2; level <= 4; level++)
        xlsx_number(x, sheet, row, 21 + (size_t)level, format, page_cut_value(page, in, level));
}

static void practice(struct xlsx *x, lxw_worksheet *sheet, size_t row,
                     const struct practice_result *r)
{
    struct page *page = x->page;
    const struct practice *p = r->practice;
    bool known = practice_applies(r) && practice_known(r);

    xlsx_text(x, sheet, row, 0, CELL_TEXT, p->id);
    xlsx_text(x, sheet, row, 1, CELL_TEXT, page_text(page, &p->title));
    xlsx_text(x, sheet, row, 2, CELL_TEXT, page->model->dimensions[p->dimension].id);
    xlsx_number(x, sheet, row, 3, CELL_NUMBER, p->weight);
    xlsx_number(x, sheet, row, 4, CELL_INT, practice_applies(r));
    xlsx_number(x, sheet, row, 5, CELL_INT, known);
    xlsx_number(x, sheet, row, 6, CELL_NUMBER, known ? r->continuous : (double)NAN);
    xlsx_number(x, sheet, row, 7, CELL_INT, r->level_best ? r->level_best : (double)NAN);
    xlsx_number(x, sheet, row, 8, CELL_INT, r->level_best ? r->level_confirmed : (double)NAN);
    xlsx_text(x, sheet, row, 9, CELL_TEXT, words_state(r->state));
    xlsx_text(x, sheet, row, 10, CELL_TEXT, words_class_letters[page_class(r)]);
    for (size_t l = 0; l < 4; l++)
        xlsx_number(x, sheet, row, 11 + l, CELL_SHARE, r->level_best ? r->p[l] : (double)NAN);
    xlsx_number(x, sheet, row, 15, CELL_INT, p->essential ? p->essential : (double)NAN);
    figures(x, sheet, row, r);
    xlsx_date(x, sheet, row, 26, r->evidence->newest_at);
    xlsx_text(x, sheet, row, 27, CELL_TEXT, r->evidence->sources);
}

void xlsx_practices(struct xlsx *x)
{
    struct page *page = x->page;
    const struct column columns[] = {
        {_("Practice"), 10},
        {_("Title"), 38},
        {_("Dimension"), 11},
        {_("Weight"), 8},
        {_("Applies"), 8},
        {_("Known"), 8},
        {_("Level, continuous"), 11},
        {_("Level"), 8},
        {_("Level confirmed"), 11},
        {_("State"), 20},
        {_("Class of evidence"), 10},
        {page_printf(page, _("P(level %s)"), page_int(page, 1)), 10},
        {page_printf(page, _("P(level %s)"), page_int(page, 2)), 10},
        {page_printf(page, _("P(level %s)"), page_int(page, 3)), 10},
        {page_printf(page, _("P(level %s)"), page_int(page, 4)), 10},
        {_("Required from stage"), 10},
        {_("Measure"), 30},
        {_("Unit"), 10},
        {_("Value"), 10},
        {_("Low (90% range)"), 10},
        {_("High (90% range)"), 10},
        {_("Cases that count"), 10},
        {_("Cases"), 10},
        {page_printf(page, _("Level %s"), page_int(page, 2)), 9},
        {page_printf(page, _("Level %s"), page_int(page, 3)), 9},
        {page_printf(page, _("Level %s"), page_int(page, 4)), 9},
        {_("Newest record"), 12},
        {_("Sources"), 24},
    };
    lxw_worksheet *sheet = xlsx_sheet(x, x->practices, columns, TM_COUNT(columns));
    size_t n = page->model->practice_count;

    for (size_t i = 0; i < n; i++)
        practice(x, sheet, i + 1, &page->a->practices[i]);
    worksheet_freeze_panes(sheet, 1, 2);
    worksheet_autofilter(sheet, 0, 0, (lxw_row_t)n, TM_COUNT(columns) - 1);
}

/* A column of the sheet of practices as a range. */
static const char *range(const struct xlsx *x, const char *column)
{
    return page_code(x->page, "'%s'!$%s$2:$%s$%zu", x->practices, column, column,
                     x->page->model->practice_count + 1);
}

/* Sum over the practices of a dimension (its id in column A of `row`) that apply. `times` is one
 * more factor, "" for none. */
static const char *sum_of(const struct xlsx *x, size_t row, const char *times)
{
    return page_code(x->page, "SUMPRODUCT((%s=$A%zu)*%s*%s%s)", range(x, COL_DIMENSION), row + 1,
                     range(x, COL_APPLIES), range(x, COL_WEIGHT), times);
}

static void dimension(struct xlsx *x, lxw_worksheet *sheet, size_t row, size_t i)
{
    struct page *page = x->page;
    const struct dimension_result *d = &page->a->dimensions[i];
    const char *all = sum_of(x, row, "");
    const char *known = sum_of(x, row, page_code(page, "*%s", range(x, COL_KNOWN)));
    const char *reached =
        sum_of(x, row, page_code(page, "*%s*%s", range(x, COL_KNOWN), range(x, COL_LEVEL)));
    const struct {
        const char *formula;
        double value;
        enum cell_format format;
    } cells[] = {
        {page_code(page, "=IF(%s>0,%s/%s,\"\")", known, reached, known), d->value, CELL_RESULT},
        {page_code(page, "=IF(%s>0,(%s+(%s-%s))/%s,\"\")", all, reached, all, known, all), d->low,
         CELL_RESULT},
        {page_code(page, "=IF(%s>0,(%s+4*(%s-%s))/%s,\"\")", all, reached, all, known, all),
         d->high, CELL_RESULT},
        {page_code(page, "=IF(%s>0,%s/%s,0)", all, known, all), d->coverage, CELL_RESULT_SHARE},
    };

    xlsx_text(x, sheet, row, 0, CELL_TEXT, d->dimension->id);
    xlsx_text(x, sheet, row, 1, CELL_TEXT, page_text(page, &d->dimension->title));
    xlsx_number(x, sheet, row, 2, CELL_NUMBER, d->dimension->weight);
    for (size_t k = 0; k < TM_COUNT(cells); k++)
        xlsx_formula(x, sheet, row, 3 + k, cells[k].format, cells[k].formula, cells[k].value);
    xlsx_number(x, sheet, row, 7, CELL_NUMBER, page->a->dimensions[i].target);
}

void xlsx_dimensions(struct xlsx *x)
{
    struct page *page = x->page;
    const struct column columns[] = {
        {_("Dimension"), 11},
        {_("Title"), 38},
        {_("Weight"), 8},
        {_("Level"), 9},
        {_("Lowest possible"), 11},
        {_("Highest possible"), 11},
        {_("Known"), 9},
        {page_printf(page, _("Enough for stage %s"), page_int(page, page->a->target)), 14},
    };
    lxw_worksheet *sheet = xlsx_sheet(x, x->dimensions, columns, TM_COUNT(columns));

    for (size_t i = 0; i < page->model->dimension_count; i++)
        dimension(x, sheet, i + 1, i);
}

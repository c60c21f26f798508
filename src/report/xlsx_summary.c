/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The verdict with the index as a live formula, and the files that went in. */
#include "report/xlsx.h"

struct cursor {
    struct xlsx *x;
    lxw_worksheet *sheet;
    size_t row;
};

static void text_row(struct cursor *at, const char *label, const char *text)
{
    if (!*text)
        return;
    xlsx_text(at->x, at->sheet, at->row, 0, CELL_TEXT, label);
    xlsx_text(at->x, at->sheet, at->row++, 1, CELL_TEXT, text);
}

static void number_row(struct cursor *at, const char *label, enum cell_format format, double v)
{
    xlsx_text(at->x, at->sheet, at->row, 0, CELL_TEXT, label);
    xlsx_number(at->x, at->sheet, at->row++, 1, format, v);
}

static void heading_row(struct cursor *at, const char *text)
{
    at->row++;
    xlsx_text(at->x, at->sheet, at->row, 0, CELL_HEAD, text);
    xlsx_text(at->x, at->sheet, at->row++, 1, CELL_HEAD, " ");
}

static void formula_row(struct cursor *at, const char *label, enum cell_format format,
                        const char *formula, double value)
{
    xlsx_text(at->x, at->sheet, at->row, 0, CELL_TEXT, label);
    xlsx_formula(at->x, at->sheet, at->row++, 1, format, formula, value);
}

/* A column of the sheet of dimensions. */
static const char *range(const struct xlsx *x, const char *column)
{
    return page_code(x->page, "'%s'!$%s$2:$%s$%zu", x->dimensions, column, column,
                     x->page->model->dimension_count + 1);
}

/* 70 % the weighted mean of the dimensions' levels, 30 % the lowest, from 1..4 to 0..100. */
static const char *index_formula(const struct xlsx *x, const char *column)
{
    const char *levels = range(x, column), *weights = range(x, "C");

    return page_code(x->page,
                     "(0.7*SUMPRODUCT(%s,%s)/SUMPRODUCT(ISNUMBER(%s)*%s)+0.3*MIN(%s)-1)/3*100",
                     weights, levels, levels, weights, levels);
}

/* The index from the figures of the other sheets; below 60 % known there is none. */
static void index_rows(struct cursor *at)
{
    struct xlsx *x = at->x;
    struct page *page = x->page;
    const struct assessment *a = page->a;
    size_t n = page->model->practice_count + 1;
    const char *weight = page_code(page, "'%s'!$D$2:$D$%zu", x->practices, n);
    const char *applies = page_code(page, "'%s'!$E$2:$E$%zu", x->practices, n);
    const char *known = page_code(page, "'%s'!$F$2:$F$%zu", x->practices, n);
    size_t coverage = at->row + 5; /* below the note and three rows, counted from 1 */

    xlsx_text(x, at->sheet, at->row++, 0, CELL_NOTE,
              _("Live: change a level, a weight or \"known\" on the sheet of practices, and these "
                "follow."));
    formula_row(
        at, _("Index, 0 to 100"), CELL_RESULT,
        page_code(page, "=IF(ROUND($B$%zu,9)<0.6,\"\",%s)", coverage, index_formula(x, "D")),
        a->index);
    formula_row(at, _("Lowest possible"), CELL_RESULT,
                page_code(page, "=%s", index_formula(x, "E")), a->index_low);
    formula_row(at, _("Highest possible"), CELL_RESULT,
                page_code(page, "=%s", index_formula(x, "F")), a->index_high);
    formula_row(at, _("Known of what is looked at"), CELL_RESULT_SHARE,
                page_code(page, "=SUMPRODUCT(%s,%s,%s)/SUMPRODUCT(%s,%s)", weight, applies, known,
                          weight, applies),
                a->coverage);
}

static void stage_rows(struct cursor *at)
{
    struct page *page = at->x->page;
    const struct assessment *a = page->a;

    number_row(at, _("Stage"), CELL_INT, a->stage_best);
    text_row(at, _("Title"), page_text(page, &page->model->stages[a->stage_best - 1]));
    text_row(at, _("State"), words_standing(page));
    number_row(
        at, page_printf(page, _("Probability of stage %s or above"), page_int(page, a->stage_best)),
        CELL_SHARE, words_at_least(a, a->stage_best));
    number_row(at, _("Confirmed stage"), CELL_INT, a->stage_confirmed);
    for (int s = 1; s <= 4; s++)
        number_row(at, page_printf(page, _("Probability of stage %s"), page_int(page, s)),
                   CELL_SHARE, a->stage_p[s - 1]);
}

static void origin_rows(struct cursor *at)
{
    struct page *page = at->x->page;
    const struct model *model = page->model;

    text_row(at, "Tidemark", TIDEMARK_VERSION);
    text_row(at, _("Model"), page_printf(page, "%s %s", model->id, model->version));
    text_row(at, _("Model file"), model->content_hash);
    text_row(at, _("What can change a score"), model->scoring_hash);
    text_row(at, _("Input"), page->a->evidence->input_hash);
    text_row(at, _("Result"), page->a->result_hash);
}

void xlsx_summary(struct xlsx *x)
{
    static const struct column columns[] = {{NULL, 44}, {NULL, 40}};
    struct page *page = x->page;
    const struct report_facts *facts = page->options->facts;
    struct fact known[FACTS_MAX];
    size_t n = words_facts(page, known);
    struct cursor at = {x, xlsx_sheet(x, _("Summary"), columns, TM_COUNT(columns)), 0};

    xlsx_text(x, at.sheet, at.row++, 0, CELL_TITLE,
              facts && facts->shop && *facts->shop ? facts->shop : _("Your shop"));
    xlsx_text(x, at.sheet, at.row, 0, CELL_TEXT, _("As of"));
    xlsx_date(x, at.sheet, at.row++, 1, page->a->evidence->as_of);
    heading_row(&at, _("Stage"));
    stage_rows(&at);
    heading_row(&at, _("Index"));
    index_rows(&at);
    if (n)
        heading_row(&at, _("The shop in the last 365 days"));
    for (size_t i = 0; i < n; i++)
        text_row(&at, known[i].label, known[i].value);
    heading_row(&at, _("How this was found"));
    origin_rows(&at);
}

void xlsx_sources(struct xlsx *x)
{
    const struct column columns[] = {
        {_("File"), 40},   {_("Recognised as"), 30}, {_("Rows"), 11},          {_("Stored"), 11},
        {_("Merged"), 11}, {_("Rejected"), 11},      {_("Newest record"), 12}, {_("Problem"), 50},
    };
    const struct report_options *options = x->page->options;
    lxw_worksheet *sheet = xlsx_sheet(x, _("Sources"), columns, TM_COUNT(columns));

    for (size_t i = 0; i < options->input_count; i++) {
        const struct report_input *in = &options->inputs[i];
        const int64_t figures[] = {in->rows, in->stored, in->merged, in->rejected};

        xlsx_text(x, sheet, i + 1, 0, CELL_TEXT, in->name);
        xlsx_text(x, sheet, i + 1, 1, CELL_TEXT, in->format);
        for (size_t k = 0; k < TM_COUNT(figures); k++)
            xlsx_number(x, sheet, i + 1, 2 + k, CELL_INT, (double)figures[k]);
        xlsx_date(x, sheet, i + 1, 6, in->newest_at);
        xlsx_text(x, sheet, i + 1, 7, CELL_WRAP, in->problem);
    }
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What is missing, what it is worth, and when to do it. */
#include "report/xlsx.h"

#include "report/roadmap_words.h"

static void money_cells(struct xlsx *x, lxw_worksheet *sheet, size_t row, size_t column,
                        const struct estimate *e)
{
    xlsx_money(x, sheet, row, column, e->low);
    xlsx_money(x, sheet, row, column + 1, e->median);
    xlsx_money(x, sheet, row, column + 2, e->high);
}

static void gap_row(struct xlsx *x, lxw_worksheet *sheet, size_t row, const struct gap *gap)
{
    struct page *page = x->page;
    const struct money *money = page->options->money;
    const struct practice *practice = &page->model->practices[gap->practice];

    xlsx_number(x, sheet, row, 0, CELL_INT, (double)row);
    xlsx_text(x, sheet, row, 1, CELL_TEXT, practice->id);
    xlsx_text(x, sheet, row, 2, CELL_WRAP, page_text(page, &practice->title));
    xlsx_text(x, sheet, row, 3, CELL_WRAP, words_gap_reason(page, gap));
    xlsx_number(x, sheet, row, 4, CELL_INT, gap->target);
    xlsx_number(x, sheet, row, 5, CELL_SHARE, gap->unknown ? (double)NAN : gap->p_met);
    xlsx_text(x, sheet, row, 6, CELL_WRAP, words_gap_distance(page, gap));
    xlsx_text(x, sheet, row, 7, CELL_WRAP, page_text(page, &practice->how));
    if (!money)
        return;
    if (money->practices[gap->practice].known) {
        money_cells(x, sheet, row, 8, &money->practices[gap->practice].gain);
        xlsx_money(x, sheet, row, 11, money->practices[gap->practice].at_stake);
    } else {
        xlsx_text(x, sheet, row, 8, CELL_TEXT,
                  words_worth_unknown(&money->practices[gap->practice]));
    }
}

void xlsx_gaps(struct xlsx *x)
{
    struct page *page = x->page;
    const struct money *money = page->options->money;
    const char *currency = money ? money->currency : "";
    const struct column columns[] = {
        {"#", 5},
        {_("Practice"), 10},
        {_("Title"), 34},
        {_("Why"), 24},
        {_("Level needed"), 9},
        {_("Probability"), 10},
        {_("What is missing"), 50},
        {_("First step"), 50},
        {page_printf(page, _("Low, %s a year"), currency), 12},
        {page_printf(page, _("Median, %s a year"), currency), 12},
        {page_printf(page, _("High, %s a year"), currency), 12},
        {page_printf(page, _("At stake, %s a year"), currency), 12},
    };
    lxw_worksheet *sheet =
        xlsx_sheet(x, _("Gaps"), columns, money ? TM_COUNT(columns) : TM_COUNT(columns) - 4);

    for (size_t i = 0; i < page->a->gap_count; i++)
        gap_row(x, sheet, i + 1, &page->a->gaps[i]);
}

static void lever_row(struct xlsx *x, lxw_worksheet *sheet, size_t row, const struct lever_money *l)
{
    struct page *page = x->page;
    const struct practice *practice = &page->model->practices[l->practice];

    xlsx_text(x, sheet, row, 0, CELL_TEXT, practice->id);
    xlsx_text(x, sheet, row, 1, CELL_WRAP, page_text(page, &practice->title));
    if (!l->known) {
        xlsx_text(x, sheet, row, 2, CELL_WRAP, l->missing ? _(l->missing) : _("not known"));
        return;
    }
    xlsx_number(x, sheet, row, 3, CELL_NUMBER, l->now);
    xlsx_number(x, sheet, row, 4, CELL_NUMBER, l->cut);
    money_cells(x, sheet, row, 5, &l->alone);
    money_cells(x, sheet, row, 8, &l->share);
}

void xlsx_levers(struct xlsx *x)
{
    const struct money *money = x->page->options->money;
    const struct column columns[] = {
        {_("Practice"), 10},      {_("Title"), 36},       {_("What is missing"), 40},
        {_("Today"), 10},         {_("Asked"), 10},       {_("Alone: low"), 12},
        {_("Alone: median"), 12}, {_("Alone: high"), 12}, {_("Share: low"), 12},
        {_("Share: median"), 12}, {_("Share: high"), 12},
    };
    lxw_worksheet *sheet = xlsx_sheet(x, _("Money"), columns, TM_COUNT(columns));
    size_t row = 1;

    for (size_t i = 0; i < money->lever_count; i++)
        lever_row(x, sheet, row++, &money->levers[i]);
    xlsx_text(x, sheet, row, 1, CELL_HEAD, _("All together"));
    money_cells(x, sheet, row, 8, &money->joint);
    row += 2;
    xlsx_text(x, sheet, row, 1, CELL_TEXT, _("Currency"));
    xlsx_text(x, sheet, row++, 2, CELL_TEXT, money->currency);
    xlsx_text(x, sheet, row, 1, CELL_TEXT,
              money->margin_known ? _("Contribution margin") : _("Contribution margin (assumed)"));
    xlsx_number(x, sheet, row++, 2, CELL_SHARE, money->margin);
    xlsx_text(x, sheet, row, 1, CELL_NOTE,
              _("Amounts of levers alone overlap and must not be added up; shares may be."));
}

void xlsx_road_left(struct xlsx *x)
{
    struct page *page = x->page;
    const struct roadmap *map = page->options->roadmap;
    const struct column columns[] = {{_("Practice"), 10}, {_("Title"), 36}, {_("From level"), 8},
                                     {_("To level"), 8},  {_("Hours"), 9},  {_("Why not"), 40}};
    lxw_worksheet *sheet = xlsx_sheet(x, _("Not in the plan"), columns, TM_COUNT(columns));

    for (size_t i = 0; i < map->left_count; i++) {
        const struct road_left *left = &map->left[i];

        xlsx_text(x, sheet, i + 1, 0, CELL_TEXT, page->model->practices[left->practice].id);
        xlsx_text(x, sheet, i + 1, 1, CELL_WRAP,
                  page_text(page, &page->model->practices[left->practice].title));
        xlsx_number(x, sheet, i + 1, 2, CELL_INT, left->from);
        xlsx_number(x, sheet, i + 1, 3, CELL_INT, left->to);
        xlsx_number(x, sheet, i + 1, 4, CELL_INT, left->hours);
        xlsx_text(x, sheet, i + 1, 5, CELL_WRAP, road_left_reason(left->why));
    }
}

void xlsx_road(struct xlsx *x)
{
    struct page *page = x->page;
    const struct roadmap *map = page->options->roadmap;
    const struct column columns[] = {
        {"#", 5},
        {_("Practice"), 10},
        {_("Title"), 36},
        {_("From level"), 8},
        {_("To level"), 8},
        {_("Starts"), 12},
        {_("Ends"), 12},
        {_("Hours"), 9},
        {_("Who"), 20},
        {_("Median gain a year"), 13},
        {_("Works with probability"), 12},
    };
    lxw_worksheet *sheet = xlsx_sheet(x, _("Road map"), columns, TM_COUNT(columns));

    for (size_t i = 0; i < map->step_count; i++) {
        const struct road_step *step = &map->steps[i];
        const struct practice *practice = &page->model->practices[step->practice];
        const double numbers[] = {step->from, step->to};

        xlsx_number(x, sheet, i + 1, 0, CELL_INT, (double)i + 1);
        xlsx_text(x, sheet, i + 1, 1, CELL_TEXT, practice->id);
        xlsx_text(x, sheet, i + 1, 2, CELL_WRAP, page_text(page, &practice->title));
        for (size_t k = 0; k < TM_COUNT(numbers); k++)
            xlsx_number(x, sheet, i + 1, 3 + k, CELL_INT, numbers[k]);
        xlsx_day(x, sheet, i + 1, 5, step->start_day);
        xlsx_day(x, sheet, i + 1, 6, step->end_day);
        xlsx_number(x, sheet, i + 1, 7, CELL_INT, step->hours);
        xlsx_text(x, sheet, i + 1, 8, CELL_TEXT, step->owner);
        xlsx_money(x, sheet, i + 1, 9, step->gain.median);
        xlsx_number(x, sheet, i + 1, 10, CELL_SHARE, step->p_success);
    }
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The shop among others, with the marks of the levels beside each figure. */
#include "report/xlsx.h"

#include "report/words_peers.h"

static void row_of(struct xlsx *x, lxw_worksheet *sheet, size_t row, const struct peer_standing *s)
{
    struct page *page = x->page;
    const struct practice *p = peer_practice(page, s);
    const struct indicator *in = peer_indicator(page, s);
    bool percent = in->unit && strcmp(in->unit, "percent") == 0;
    enum cell_format format = percent ? CELL_SHARE : CELL_NUMBER;

    xlsx_text(x, sheet, row, 0, CELL_TEXT, p->id);
    xlsx_text(x, sheet, row, 1, CELL_WRAP, words_peer_title(page, s));
    xlsx_number(x, sheet, row, 2, format, s->value);
    if (peer_told(s)) {
        xlsx_number(x, sheet, row, 3, CELL_SHARE, s->worse.low);
        xlsx_number(x, sheet, row, 4, CELL_SHARE, s->worse.high);
        xlsx_number(x, sheet, row, 5, format, s->median);
        xlsx_text(x, sheet, row, 6, CELL_TEXT, words_peer_group(page, s));
    }
    for (int level = 2; level <= 4; level++)
        xlsx_number(x, sheet, row, 5 + (size_t)level, format, page_cut_value(page, in, level));
    xlsx_text(x, sheet, row, 10, CELL_WRAP, words_citation(page, &p->citation));
}

void xlsx_peers(struct xlsx *x)
{
    struct page *page = x->page;
    const struct peers *peers = page->options->peers;
    const struct column columns[] = {
        {_("Practice"), 10},
        {_("Title"), 38},
        {_("Yours"), 10},
        {_("Better than: low"), 11},
        {_("Better than: high"), 11},
        {_("Their middle"), 10},
        {_("Other shops"), 28},
        {page_printf(page, _("Level %s"), page_int(page, 2)), 9},
        {page_printf(page, _("Level %s"), page_int(page, 3)), 9},
        {page_printf(page, _("Level %s"), page_int(page, 4)), 9},
        {_("Where these marks come from"), 60},
    };
    lxw_worksheet *sheet = xlsx_sheet(x, _("Among other shops"), columns, TM_COUNT(columns));

    for (size_t i = 0; i < peers->count; i++)
        row_of(x, sheet, i + 1, &peers->items[i]);
    xlsx_text(x, sheet, peers->count + 2, 1, CELL_NOTE, words_peers(page));
}

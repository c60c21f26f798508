/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The terminal page of "tidemark peers": where the shop stands, figure by figure. */
#include "report/layout.h"
#include "report/peers.h"
#include "report/words_peers.h"

enum { WIDTH_MIN = 60, WIDTH_MAX = 120, INDENT = 3 };

static void standing(struct sheet *sheet, struct page *page, const struct peer_standing *s)
{
    const bool told = peer_told(s);

    sheet_put(sheet, STYLE_PLAIN, " ");
    sheet_wrap(sheet, STYLE_BOLD,
               page_printf(page, "%s %s: %s", page_isolate(page, peer_practice(page, s)->id),
                           words_peer_title(page, s),
                           page_value(page, peer_indicator(page, s), s->value)),
               INDENT);
    sheet_to(sheet, INDENT);
    sheet_wrap(sheet, told ? STYLE_PLAIN : STYLE_DIM,
               told ? words_peer_place(page, s) : words_peer_anchors(page, s), INDENT);
}

static void known(struct sheet *sheet, struct page *page)
{
    sheet_end_line(sheet);
    sheet_put(sheet, STYLE_PLAIN, " ");
    sheet_wrap(sheet, STYLE_DIM,
               page_printf(
                   page, _("Other shops known: %s. A place is told among %s shops or more."),
                   page_int(page, (int64_t)page->options->peers->shops), page_int(page, PEERS_MIN)),
               1);
}

enum err_code report_peers_text(const struct assessment *a, const struct report_options *options,
                                struct buf *out, struct err *err)
{
    struct sheet sheet = {.out = out, .colour = options->colour, .language = options->language};
    struct page page;
    enum err_code code;

    TRY(page_open(a, options, &page, err));
    sheet.width = (size_t)(options->width < WIDTH_MIN   ? WIDTH_MIN
                           : options->width > WIDTH_MAX ? WIDTH_MAX
                                                        : options->width);
    sheet_put(&sheet, STYLE_PLAIN, " ");
    sheet_wrap(&sheet, STYLE_PLAIN, words_peers(&page), 1);
    sheet_end_line(&sheet);
    for (size_t i = 0; i < options->peers->count; i++)
        standing(&sheet, &page, &options->peers->items[i]);
    if (peers_told(options->peers))
        known(&sheet, &page);
    code = page_check(&page, err);
    page_close(&page);
    return code ? code : buf_check(out, err);
}

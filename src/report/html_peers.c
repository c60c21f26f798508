/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The shop among others, and the marks of the levels that stand in where too few are known. */
#include "report/html.h"
#include "report/words_peers.h"

static void head(struct html *html, const char *const *titles, size_t n)
{
    buf_addz(html->out, "<div class=\"wide\"><table>\n<thead><tr>");
    for (size_t i = 0; i < n; i++)
        html_head_cell(html, titles[i], false);
    buf_addz(html->out, "</tr></thead>\n<tbody>\n");
}

static void tail(struct html *html)
{
    buf_addz(html->out, "</tbody>\n</table></div>\n");
}

static void first_cells(struct html *html, const struct peer_standing *s)
{
    struct page *page = html->page;

    buf_addz(html->out, "<tr>");
    html_head_cell(html, words_peer_title(page, s), true);
    html_element(html, "td", "figure strong", page_value(page, peer_indicator(page, s), s->value));
}

static void places(struct html *html)
{
    struct page *page = html->page;
    const struct peers *peers = page->options->peers;
    const char *const titles[] = {_("Practice"), _("Yours"), _("Better than"), _("Their middle"),
                                  _("Other shops")};

    head(html, titles, TM_COUNT(titles));
    for (size_t i = 0; i < peers->count; i++) {
        const struct peer_standing *s = &peers->items[i];

        if (!peer_told(s))
            continue;
        first_cells(html, s);
        html_element(html, "td", "figure", words_peer_range(page, s));
        html_element(html, "td", "figure", page_value(page, peer_indicator(page, s), s->median));
        html_element(html, "td", NULL, words_peer_group(page, s));
        buf_addz(html->out, "</tr>\n");
    }
    tail(html);
    html_element(html, "p", "muted",
                 _("\"Better than\" is the part of the other shops that yours is ahead of: nine "
                   "times out of ten it lies in this range. With few shops the range is wide."));
}

static void anchors(struct html *html)
{
    struct page *page = html->page;
    const struct peers *peers = page->options->peers;
    const char *const titles[] = {_("Practice"),
                                  _("Yours"),
                                  page_printf(page, _("Level %s"), page_int(page, 2)),
                                  page_printf(page, _("Level %s"), page_int(page, 3)),
                                  page_printf(page, _("Level %s"), page_int(page, 4)),
                                  _("Where these marks come from")};

    buf_addz(html->out, "<details class=\"more\"><summary>");
    html_text(html, _("Your figures beside the marks of the levels"));
    buf_addz(html->out, "</summary>\n");
    head(html, titles, TM_COUNT(titles));
    for (size_t i = 0; i < peers->count; i++) {
        const struct peer_standing *s = &peers->items[i];

        if (peer_told(s))
            continue;
        first_cells(html, s);
        for (int level = 2; level <= 4; level++) {
            const char *cut = page_cut(page, peer_indicator(page, s), level);

            html_element(html, "td", "figure", *cut ? cut : "–");
        }
        html_element(html, "td", "source", words_citation(page, &peer_practice(page, s)->citation));
        buf_addz(html->out, "</tr>\n");
    }
    tail(html);
    buf_addz(html->out, "</details>\n");
}

void html_peers(struct html *html)
{
    const struct peers *peers = html->page->options->peers;
    size_t told = peers ? peers_told(peers) : 0;

    if (!peers || !peers->count)
        return;
    html_section(html, "peers", _("Among other shops"));
    html_element(html, "p", told ? "lead" : NULL, words_peers(html->page));
    if (told)
        places(html);
    if (told < peers->count)
        anchors(html);
    html_element(html, "p", "muted",
                 _("Shops can give each other small files of rounded figures, without names or "
                   "amounts: tidemark peers export makes yours, tidemark peers import takes over "
                   "theirs. Nothing is sent by itself."));
    html_section_end(html);
}

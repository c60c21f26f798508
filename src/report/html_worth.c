/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the gaps are worth, and what they cost in work. */
#include "report/canvas_svg.h"
#include "report/chart.h"
#include "report/words_worth.h"

static double most_gain(const struct money *money)
{
    double most = 0;

    for (size_t i = 0; i < money->lever_count; i++)
        if (money->levers[i].known)
            most = fmax(most, money->levers[i].alone.high);
    return most;
}

static void lever(struct html *html, const struct lever_money *l, double most)
{
    struct page *page = html->page;
    struct canvas canvas;

    buf_addz(html->out, "<tr>");
    html_head_cell(html, page_text(page, &page->model->practices[l->practice].title), true);
    buf_addz(html->out, "<td class=\"bar\">");
    canvas = canvas_svg_open(html, "level", CHART_RANGE_WIDTH, CHART_RANGE_HEIGHT, "");
    chart_range(&canvas, &l->alone, most);
    canvas_svg_close(html);
    buf_addz(html->out, "</td>");
    buf_addz(html->out, "<td class=\"figure\"><strong>");
    html_text(html, words_amount(page, l->alone.median));
    buf_addz(html->out, "</strong>");
    html_element(html, "small", NULL, words_amount_range(page, &l->alone)); /* on a phone */
    buf_addz(html->out, "</td>");
    html_element(html, "td", "figure", words_amount_range(page, &l->alone));
    html_element(html, "td", "figure", words_amount(page, l->share.median));
    buf_addz(html->out, "</tr>\n");
}

/* Known, and not at its level already: raising it brings 1 of the currency or more. */
static bool brings(const struct money *money, const struct lever_money *l)
{
    return l->known && l->alone.high >= pow(10, money->decimals);
}

static void table(struct html *html)
{
    const struct money *money = html->page->options->money;
    const char *const titles[] = {_("What is raised"), "", _("Median a year"), _("90% range"),
                                  _("Its share of the whole")};

    buf_addz(html->out, "<div class=\"wide\"><table class=\"bars worth\">\n<thead><tr>");
    for (size_t i = 0; i < TM_COUNT(titles); i++)
        html_head_cell(html, titles[i], false);
    buf_addz(html->out, "</tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < money->lever_count; i++)
        if (brings(money, &money->levers[i]))
            lever(html, &money->levers[i], most_gain(money));
    buf_addz(html->out, "</tbody>\n</table></div>\n");
}

static const char *missing(const struct lever_money *l)
{
    return l->missing ? _(l->missing) : _("not known");
}

/* The levers without an amount, under the reason that they share. */
static void unknown(struct html *html)
{
    struct page *page = html->page;
    const struct money *money = page->options->money;

    for (size_t i = 0; i < money->lever_count; i++) {
        const char *reason = missing(&money->levers[i]);
        bool told = money->levers[i].known;

        for (size_t k = 0; k < i && !told; k++)
            told = !money->levers[k].known && strcmp(missing(&money->levers[k]), reason) == 0;
        if (told)
            continue;
        buf_addz(html->out, "<p class=\"muted\">");
        html_text(html, reason);
        for (size_t k = i; k < money->lever_count; k++) {
            const struct lever_money *l = &money->levers[k];

            if (l->known || strcmp(missing(l), reason) != 0)
                continue;
            buf_addz(html->out, k == i ? " <span class=\"names\">" : " · <span class=\"names\">");
            html_text(html, page_text(page, &page->model->practices[l->practice].title));
            buf_addz(html->out, "</span>");
        }
        buf_addz(html->out, "</p>\n");
    }
}

static void levers(struct html *html)
{
    const struct money *money = html->page->options->money;
    size_t bring = 0, nothing = 0;

    for (size_t i = 0; i < money->lever_count; i++) {
        bring += brings(money, &money->levers[i]);
        nothing += money->levers[i].known && !brings(money, &money->levers[i]);
    }
    if (bring)
        table(html);
    if (nothing)
        html_element(html, "p", "muted",
                     _("Left out is what brings nothing more: there the shop already is where the "
                       "next stage asks."));
    unknown(html);
}

static void assumptions(struct html *html)
{
    struct page *page = html->page;
    const struct money *m = page->options->money;

    buf_addz(html->out, "<h3>");
    html_text(html, _("What these amounts assume"));
    buf_addz(html->out, "</h3>\n<ul class=\"plain\">\n");
    html_element(html, "li", NULL,
                 m->margin_known
                     ? page_printf(page,
                                   _("Of 1 of revenue, %s is left after goods, shipping and "
                                     "fees, as you told."),
                                   page_percent(page, m->margin))
                     : page_printf(page,
                                   _("Of 1 of revenue, %s to %s is left after goods, shipping and "
                                     "fees. This is a guess: tell yours with --margin."),
                                   page_percent(page, m->margin_low),
                                   page_percent(page, m->margin_high)));
    html_element(html, "li", NULL,
                 page_printf(page,
                             m->incrementality_own
                                 ? _("Of the sales after messages, %s would not have come without "
                                     "them, by your own test.")
                                 : _("Of the sales after messages, about %s would not have come "
                                     "without them. This is a general figure, not yours."),
                             page_percent(page, m->incrementality)));
    html_element(html, "li", NULL,
                 _("Nine times out of ten the true amount lies in the range. Levers overlap: only "
                   "their shares may be added up."));
    buf_addz(html->out, "</ul>\n");
}

static const char *bubble_words(struct page *page, const struct gap_bubble *b)
{
    return page_printf(page, _("%s: %s, %s"), page_text(page, &b->practice->title),
                       words_hours(page, b->hours),
                       isfinite(b->worth) ? words_a_year(page, b->worth) : _("not known"));
}

static void picture(struct html *html, const struct gap_bubble *rows, size_t n)
{
    struct canvas canvas;

    buf_addz(html->out, "<figure class=\"wide\">\n");
    for (size_t i = 0; i < CANVAS_WIDTHS; i++) {
        canvas = canvas_svg_open(html, canvas_widths[i].class_,
                                 canvas_widths[i].narrow ? CHART_NARROW : CHART_GAPS_WIDTH,
                                 CHART_GAPS_HEIGHT,
                                 _("Gaps by effort and distance; the list below has the figures."));
        chart_gaps(&canvas, rows, n);
        canvas_svg_close(html);
    }
    html_element(html, "figcaption", NULL,
                 _("To the right: more hours. Higher: farther from the level that is asked. The "
                   "larger a circle, the more money a year; an empty one: not known."));
    buf_addz(html->out, "</figure>\n");
}

/* One gap alone makes no picture. */
static void bubbles(struct html *html)
{
    struct page *page = html->page;
    struct gap_bubble rows[BUBBLES_MAX];
    size_t n = chart_gaps_rows(page, rows);

    if (!n)
        return;
    html_element(html, "h3", NULL, _("Gap against effort"));
    if (n > 1)
        picture(html, rows, n);
    buf_addz(html->out, "<ol class=\"keyed\">\n");
    for (size_t i = 0; i < n; i++)
        html_element(html, "li", NULL, bubble_words(page, &rows[i]));
    buf_addz(html->out, "</ol>\n");
}

void html_worth(struct html *html)
{
    struct page *page = html->page;
    const struct money *money = page->options->money;

    if (!money && !page->a->gap_count)
        return;
    html_section(html, "worth", money ? _("What it is worth") : _("What it costs in work"));
    if (money) {
        html_element(html, "p", "lead", words_joint(page, money));
        levers(html);
        assumptions(html);
    }
    bubbles(html);
    html_section_end(html);
}

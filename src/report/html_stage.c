/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the next stage asks, what stands in the way, and what to connect. */
#include "report/html.h"
#include "report/words_worth.h"

enum { GAPS_OPEN = 5, CONNECTIONS_OPEN = 3 };

/* One condition of the stage: met, open, or in doubt by its probability. */
static void check(struct html *html, double p, const char *text, const char *figure)
{
    const char *class_ = p >= .8 ? "good" : p >= .2 ? "warn" : "bad";
    const char *word = p >= .8 ? _("met") : p >= .2 ? _("in doubt") : _("not met");

    buf_addz(html->out, "<tr>");
    html_head_cell(html, text, true);
    buf_addz(html->out, "<td>");
    html_text(html, figure);
    buf_addf(html->out, "</td><td><span class=\"chip %s\">", class_);
    html_text(html, word);
    buf_addz(html->out, "</span></td></tr>\n");
}

static void checks(struct html *html)
{
    struct page *page = html->page;
    struct stage_condition rows[STAGE_CONDITIONS];
    const char *stage = page_int(page, page->a->target);

    buf_addz(html->out, "<div class=\"wide\"><table class=\"checks\">\n<caption>");
    html_text(html, page_printf(page, _("What stage %s asks"), stage));
    buf_addz(html->out, "</caption>\n<thead><tr>");
    html_head_cell(html, _("Condition"), false);
    html_head_cell(html, _("Today"), false);
    html_head_cell(html, _("State"), false);
    buf_addz(html->out, "</tr></thead>\n<tbody>\n");
    words_conditions(page, rows);
    for (size_t i = 0; i < TM_COUNT(rows); i++)
        check(html, rows[i].p, rows[i].text, rows[i].today);
    buf_addz(html->out, "</tbody>\n</table></div>\n");
}

static void gap(struct html *html, const struct gap *g)
{
    struct page *page = html->page;
    const struct practice *practice = &page->model->practices[g->practice];

    buf_addz(html->out, "<li class=\"gap\">\n<h3>");
    html_text(html, page_text(page, &practice->title));
    buf_addz(html->out, "</h3>\n<p class=\"tags\">");
    html_element(html, "span", g->reason == GAP_ESSENTIAL ? "chip bad" : "chip",
                 words_gap_reason(page, g));
    buf_addf(html->out, "<a class=\"chip id\" href=\"#");
    html_text(html, practice->id);
    buf_addz(html->out, "\"><bdi>");
    html_text(html, practice->id);
    buf_addz(html->out, "</bdi></a></p>\n");
    html_element(html, "p", "distance", words_gap_distance(page, g));
    html_element(html, "p", "money", words_gap_worth(page, g));
    html_element(html, "p", "why", page_text(page, &practice->why));
    if (*page_text(page, &practice->how)) {
        buf_addz(html->out, "<p class=\"first\"><strong>");
        html_text(html, words_first_step(&page->a->practices[g->practice]));
        buf_addz(html->out, "</strong> ");
        html_text(html, page_text(page, &practice->how));
        buf_addz(html->out, "</p>\n");
    }
    buf_addz(html->out, "</li>\n");
}

/* The rest of a list, counted on from `shown`; closed by </ol></details>. */
static void open_more(struct html *html, const char *title, int shown)
{
    buf_addz(html->out, "<details class=\"more\"><summary>");
    html_text(html, title);
    buf_addf(html->out, "</summary>\n<ol class=\"cards after%d\" start=\"%d\">\n", shown,
             shown + 1);
}

void html_gaps(struct html *html)
{
    struct page *page = html->page;
    const struct assessment *a = page->a;

    if (!a->gap_count)
        return;
    html_section(
        html, "gaps",
        page_printf(page, _("What stands between you and stage %s"), page_int(page, a->target)));
    checks(html);
    html_element(html, "p", "muted", _("The nearest gaps first."));
    buf_addz(html->out, "<ol class=\"cards\">\n");
    for (size_t i = 0; i < a->gap_count && i < GAPS_OPEN; i++)
        gap(html, &a->gaps[i]);
    buf_addz(html->out, "</ol>\n");
    if (a->gap_count > GAPS_OPEN) {
        size_t rest = a->gap_count - GAPS_OPEN;

        open_more(html,
                  page_printf(page, P_("%s further gap", "%s further gaps", rest),
                              page_int(page, (int64_t)rest)),
                  GAPS_OPEN);
        for (size_t i = GAPS_OPEN; i < a->gap_count; i++)
            gap(html, &a->gaps[i]);
        buf_addz(html->out, "</ol></details>\n");
    }
    html_section_end(html);
}

static void connection(struct html *html, const struct connection *c)
{
    struct page *page = html->page;
    const struct data_need *need = &page->model->needs[c->need];

    buf_addz(html->out, "<li>\n");
    html_element(html, "h3", NULL, page_text(page, &need->title));
    html_element(html, "p", "distance", words_connection(page, c));
    html_element(html, "p", NULL, page_text(page, &need->how));
    buf_addz(html->out, "</li>\n");
}

void html_connections(struct html *html)
{
    struct page *page = html->page;
    const struct assessment *a = page->a;

    if (!a->connection_count)
        return;
    html_section(html, "connect", _("What to connect next"));
    html_element(html, "p", "muted", _("The data that would tell most comes first."));
    buf_addz(html->out, "<ol class=\"cards\">\n");
    for (size_t i = 0; i < a->connection_count && i < CONNECTIONS_OPEN; i++)
        connection(html, &a->connections[i]);
    buf_addz(html->out, "</ol>\n");
    if (a->connection_count > CONNECTIONS_OPEN) {
        size_t rest = a->connection_count - CONNECTIONS_OPEN;

        open_more(html,
                  page_printf(page, P_("%s further kind of data", "%s further kinds of data", rest),
                              page_int(page, (int64_t)rest)),
                  CONNECTIONS_OPEN);
        for (size_t i = CONNECTIONS_OPEN; i < a->connection_count; i++)
            connection(html, &a->connections[i]);
        buf_addz(html->out, "</ol></details>\n");
    }
    html_section_end(html);
}

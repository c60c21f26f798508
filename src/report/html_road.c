/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The road map over its quarters, and the assessments so far. */
#include "report/canvas_svg.h"
#include "report/chart.h"
#include "report/words_worth.h"

enum { ROWS_A_PICTURE = 12 }; /* a page of paper holds it */

static void step(struct html *html, const struct roadmap *map, size_t i)
{
    struct page *page = html->page;
    const struct road_step *s = &map->steps[i];
    const struct practice *practice = &page->model->practices[s->practice];

    buf_addz(html->out, "<tr>");
    html_head_cell(html, words_step(page, s->practice, s->from, s->to), true);
    html_element(
        html, "td", "figure",
        page_printf(page, _("%s to %s"), page_day(page, s->start_day), page_day(page, s->end_day)));
    html_element(html, "td", "figure", words_hours(page, s->hours));
    html_element(html, "td", "figure",
                 isfinite(s->gain.median) ? words_a_year(page, s->gain.median) : "–");
    html_element(html, "td", NULL,
                 *page_text(page, &practice->how) ? page_text(page, &practice->how) : "–");
    buf_addz(html->out, "</tr>\n");
}

/* In several pictures, so that none is torn between two pages. */
static void timeline(struct html *html, const struct roadmap *map)
{
    for (size_t first = 0; first < map->step_count; first += ROWS_A_PICTURE) {
        size_t left = map->step_count - first, rows = left < ROWS_A_PICTURE ? left : ROWS_A_PICTURE;

        buf_addz(html->out, "<figure class=\"wide\">\n");
        for (size_t i = 0; i < CANVAS_WIDTHS; i++) {
            double width = canvas_widths[i].narrow ? CHART_NARROW : CHART_TIMELINE_WIDTH;
            struct canvas canvas = canvas_svg_open(
                html, canvas_widths[i].class_, width, chart_timeline_height(width, rows),
                _("Steps over the quarters; the table below has the days."));

            chart_timeline(&canvas, map, first, rows);
            canvas_svg_close(html);
        }
        buf_addz(html->out, "</figure>\n");
    }
}

void html_road(struct html *html)
{
    struct page *page = html->page;
    const struct roadmap *map = page->options->roadmap;
    const char *const titles[] = {_("Step"), _("When"), _("Effort"), _("Gain"), _("How")};

    if (!map || !map->step_count)
        return;
    html_section(html, "road", _("Road map"));
    html_element(html, "p", "lead", words_road_end(page, map));
    timeline(html, map);
    buf_addz(html->out, "<details class=\"more\"><summary>");
    html_text(html, _("Every step with its days"));
    buf_addz(html->out, "</summary>\n<div class=\"wide\"><table>\n<thead><tr>");
    for (size_t i = 0; i < TM_COUNT(titles); i++)
        html_head_cell(html, titles[i], false);
    buf_addz(html->out, "</tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < map->step_count; i++)
        step(html, map, i);
    buf_addz(html->out, "</tbody>\n</table></div></details>\n");
    html_element(html, "p", "muted",
                 _("Made with usual hours a quarter. tidemark roadmap takes your own hours, budget "
                   "and wishes."));
    html_section_end(html);
}

void html_history(struct html *html)
{
    struct page *page = html->page;
    const struct trend *trend = page->options->trend;
    const char *const titles[] = {_("As of"), _("Stage"), _("Index"), _("Better"), _("Worse")};
    struct canvas canvas;

    if (!trend || trend->count < 2)
        return;
    html_section(html, "history", _("History"));
    buf_addz(html->out, "<figure class=\"wide\">\n");
    for (size_t i = 0; i < CANVAS_WIDTHS; i++) {
        canvas = canvas_svg_open(html, canvas_widths[i].class_,
                                 canvas_widths[i].narrow ? CHART_NARROW : CHART_HISTORY_WIDTH,
                                 CHART_HISTORY_HEIGHT,
                                 _("The index over time; the table below has the figures."));
        chart_history(&canvas, trend);
        canvas_svg_close(html);
    }
    html_element(html, "figcaption", NULL,
                 _("The index from 0 to 100; pale: what is possible while something is unknown."));
    buf_addz(html->out, "</figure>\n<div class=\"wide\"><table>\n<thead><tr>");
    for (size_t i = 0; i < TM_COUNT(titles); i++)
        html_head_cell(html, titles[i], false);
    buf_addz(html->out, "</tr></thead>\n<tbody>\n");
    for (size_t i = trend->count; i-- > 0;) {
        const struct trend_point *p = &trend->points[i];

        buf_addz(html->out, "<tr>");
        html_head_cell(html, page_date(page, p->as_of), true);
        html_element(html, "td", "figure", page_int(page, p->stage_best));
        html_element(html, "td", "figure",
                     isfinite(p->index) ? page_number(page, p->index, 0) : "–");
        html_element(html, "td", "figure", page_int(page, (int64_t)p->up_count));
        html_element(html, "td", "figure", page_int(page, (int64_t)p->down_count));
        buf_addz(html->out, "</tr>\n");
    }
    buf_addz(html->out, "</tbody>\n</table></div>\n");
    html_section_end(html);
}

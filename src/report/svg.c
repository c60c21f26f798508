/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "report/svg.h"

#include "report/canvas_svg.h"

void svg_brand(struct html *html)
{
    buf_addz(html->out, "<svg class=\"mark\" viewBox=\"0 0 32 24\" aria-hidden=\"true\">"
                        "<path class=\"s-wave\" d=\"M1 9q5-6 10 0t10 0 10 0\"/>"
                        "<path class=\"s-wave faint\" d=\"M1 17q5-6 10 0t10 0 10 0\"/></svg>");
}

void svg_steps(struct html *html)
{
    struct canvas canvas = canvas_svg_open(html, "steps", CHART_STEPS_WIDTH, CHART_STEPS_HEIGHT,
                                           chart_steps_words(html->page));

    chart_steps(&canvas);
    canvas_svg_close(html);
}

void svg_radar(struct html *html)
{
    struct canvas canvas;

    if (html->page->model->dimension_count < 3)
        return;
    canvas = canvas_svg_open(html, "radar", CHART_RADAR_WIDTH, CHART_RADAR_HEIGHT,
                             _("Levels of all dimensions; the table beside it has the figures."));
    chart_radar(&canvas);
    canvas_svg_close(html);
}

void svg_level_bar(struct html *html, const struct dimension_result *d)
{
    struct canvas canvas =
        canvas_svg_open(html, "level", CHART_LEVEL_WIDTH, CHART_LEVEL_HEIGHT, "");

    chart_level(&canvas, d);
    canvas_svg_close(html);
}

void svg_coverage(struct html *html, const struct coverage *coverage)
{
    struct canvas canvas =
        canvas_svg_open(html, "coverage", CHART_COVERAGE_WIDTH, CHART_COVERAGE_HEIGHT, "");

    chart_coverage(&canvas, coverage);
    canvas_svg_close(html);
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The road map: a row for each step, a column for each quarter. */
#include "report/chart.h"

#include "report/words_worth.h"

/* Names beside the bars; above them where the picture is narrow. */
enum { NAMES = 300, HEAD = 26, ROW = 40, BAR = 16, NARROW_ROW = 56, NARROW_NAME = 19 };

static bool narrow(const struct canvas *canvas)
{
    return canvas->width < CHART_TIMELINE_WIDTH;
}

double chart_timeline_height(double width, size_t rows)
{
    return HEAD + (width < CHART_TIMELINE_WIDTH ? NARROW_ROW : ROW) * (double)rows + 4;
}

static double at_day(const struct canvas *canvas, const struct roadmap *map, int64_t day)
{
    int64_t first = map->quarter_days[0], last = map->quarter_days[map->quarters];
    double share = last > first ? (double)(day - first) / (double)(last - first) : 0;
    double names = narrow(canvas) ? 4 : NAMES;

    return names + (canvas->width - names - 4) * fmin(fmax(share, 0), 1);
}

static void grid(struct canvas *canvas, const struct roadmap *map)
{
    for (int q = 0; q <= map->quarters; q++) {
        double x = at_day(canvas, map, map->quarter_days[q]);

        canvas_line(canvas, LOOK_FRAME, x, HEAD - 4, x, canvas->height);
        if (q < map->quarters)
            canvas_text(canvas, LOOK_TICK, ANCHOR_START, x + 4, HEAD - 11,
                        at_day(canvas, map, map->quarter_days[q + 1]) - x - 6, true,
                        page_day(canvas->page, map->quarter_days[q]));
    }
}

static void row(struct canvas *canvas, const struct roadmap *map, const struct road_step *step,
                double y)
{
    struct page *page = canvas->page;
    double from = at_day(canvas, map, step->start_day);
    double to = at_day(canvas, map, step->end_day + 1);
    double width = fmax(to - from, 6);
    double name = y + (narrow(canvas) ? NARROW_NAME : ROW / 2.0);
    double middle = narrow(canvas) ? y + NARROW_ROW - BAR / 2.0 - 4 : name;
    bool after = to + 70 < canvas->width;

    canvas_line(canvas, LOOK_FRAME, 0, y, canvas->width, y);
    canvas_text(canvas, LOOK_LABEL_HERE, ANCHOR_START, 2, name,
                narrow(canvas) ? canvas->width - 4 : NAMES - 12, false,
                words_step(page, step->practice, step->from, step->to));
    canvas_rect(canvas, step->quick_win ? LOOK_BAR_QUICK : LOOK_BAR, from, middle - BAR / 2.0,
                width, BAR, 4);
    canvas_text(canvas, LOOK_TICK, after ? ANCHOR_START : ANCHOR_END, after ? to + 5 : from - 5,
                middle, 80, false, words_hours(page, step->hours));
}

void chart_timeline(struct canvas *canvas, const struct roadmap *map, size_t first, size_t rows)
{
    double height = narrow(canvas) ? NARROW_ROW : ROW;

    grid(canvas, map);
    for (size_t i = 0; i < rows && first + i < map->step_count; i++)
        row(canvas, map, &map->steps[first + i], HEAD + height * (double)i);
}

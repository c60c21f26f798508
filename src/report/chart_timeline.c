/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The road map: a row for each step, a column for each quarter. */
#include "report/chart.h"

#include "report/words_worth.h"

enum { NAMES = 300, HEAD = 26, ROW = 40, BAR = 16 };

double chart_timeline_height(size_t rows)
{
    return HEAD + ROW * (double)rows + 4;
}

static double at_day(const struct roadmap *map, int64_t day)
{
    int64_t first = map->quarter_days[0], last = map->quarter_days[map->quarters];
    double share = last > first ? (double)(day - first) / (double)(last - first) : 0;

    return NAMES + (CHART_TIMELINE_WIDTH - NAMES - 4) * fmin(fmax(share, 0), 1);
}

static void grid(struct canvas *canvas, const struct roadmap *map)
{
    for (int q = 0; q <= map->quarters; q++) {
        double x = at_day(map, map->quarter_days[q]);

        canvas_line(canvas, LOOK_FRAME, x, HEAD - 4, x, canvas->height);
        if (q < map->quarters)
            canvas_text(canvas, LOOK_TICK, ANCHOR_START, x + 4, HEAD - 11,
                        at_day(map, map->quarter_days[q + 1]) - x - 6, true,
                        words_day(canvas->page, map->quarter_days[q]));
    }
}

static void row(struct canvas *canvas, const struct roadmap *map, const struct road_step *step,
                double y)
{
    struct page *page = canvas->page;
    double from = at_day(map, step->start_day), to = at_day(map, step->end_day + 1);
    double width = fmax(to - from, 6), middle = y + ROW / 2.0;
    const char *hours = words_hours(page, step->hours);
    bool after = to + 70 < CHART_TIMELINE_WIDTH;

    canvas_line(canvas, LOOK_FRAME, 0, y, CHART_TIMELINE_WIDTH, y);
    canvas_text(canvas, LOOK_LABEL_HERE, ANCHOR_START, 2, middle, NAMES - 12, false,
                words_step(page, step->practice, step->from, step->to));
    canvas_rect(canvas, step->quick_win ? LOOK_BAR_QUICK : LOOK_BAR, from, middle - BAR / 2.0,
                width, BAR, 4);
    canvas_text(canvas, LOOK_TICK, after ? ANCHOR_START : ANCHOR_END, after ? to + 5 : from - 5,
                middle, 80, false, hours);
}

void chart_timeline(struct canvas *canvas, const struct roadmap *map, size_t rows)
{
    grid(canvas, map);
    for (size_t i = 0; i < rows && i < map->step_count; i++)
        row(canvas, map, &map->steps[i], HEAD + ROW * (double)i);
}

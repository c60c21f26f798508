/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The index over time with its possible range; each assessment a dot with its stage. */
#include "report/chart.h"

enum { LEFT = 40, RIGHT = 30, TOP = 26, BOTTOM = 30, LABEL = 100, POINTS = POLYGON_MAX / 2 };

static double y_of(double index)
{
    return CHART_HISTORY_HEIGHT - BOTTOM - (CHART_HISTORY_HEIGHT - TOP - BOTTOM) * index / 100;
}

/* The newest ones that fit. */
static const struct trend_point *shown(const struct trend *trend, size_t *out_n)
{
    *out_n = trend->count < POINTS ? trend->count : POINTS;
    return trend->points + (trend->count - *out_n);
}

static double x_of(const struct canvas *canvas, const struct trend_point *points, size_t n,
                   size_t i)
{
    int64_t first = points[0].as_of, last = points[n - 1].as_of;
    double share = last > first ? (double)(points[i].as_of - first) / (double)(last - first)
                   : n > 1      ? (double)i / (double)(n - 1)
                                : .5;

    return LEFT + 20 + (canvas->width - LEFT - RIGHT - 40) * share;
}

static double middle(const struct trend_point *p)
{
    return isfinite(p->index) ? p->index : (p->index_low + p->index_high) / 2;
}

static void frame(struct canvas *canvas)
{
    for (int index = 0; index <= 100; index += 25) {
        canvas_line(canvas, LOOK_FRAME, LEFT, y_of(index), canvas->width - RIGHT, y_of(index));
        canvas_text(canvas, LOOK_TICK, ANCHOR_END, LEFT - 6, y_of(index), 34, false,
                    page_int(canvas->page, index));
    }
}

void chart_history(struct canvas *canvas, const struct trend *trend)
{
    struct point band[POLYGON_MAX], line[POINTS];
    size_t n;
    const struct trend_point *points = shown(trend, &n);
    double last = -1000;

    frame(canvas);
    for (size_t i = 0; i < n; i++) {
        double x = x_of(canvas, points, n, i);

        line[i] = (struct point){x, y_of(middle(&points[i]))};
        band[i] = (struct point){x, y_of(points[i].index_high)};
        band[2 * n - 1 - i] = (struct point){x, y_of(points[i].index_low)};
    }
    canvas_polygon(canvas, LOOK_POSSIBLE, band, 2 * n, true);
    canvas_polygon(canvas, LOOK_CURVE, line, n, false);
    for (size_t i = 0; i < n; i++) {
        bool room = line[i].x - last >= LABEL - 6 || i == 0;

        canvas_circle(canvas, isfinite(points[i].index) ? LOOK_DOT : LOOK_DOT_UNKNOWN, line[i].x,
                      line[i].y, 4.5);
        if (!room)
            continue;
        last = line[i].x;
        canvas_text(
            canvas, LOOK_LABEL_HERE, ANCHOR_MIDDLE, line[i].x, line[i].y - 12, LABEL, true,
            page_printf(canvas->page, _("stage %s"), page_int(canvas->page, points[i].stage_best)));
        canvas_text(canvas, LOOK_TICK, ANCHOR_MIDDLE, line[i].x, CHART_HISTORY_HEIGHT - 10, LABEL,
                    true, page_date(canvas->page, points[i].as_of));
    }
}

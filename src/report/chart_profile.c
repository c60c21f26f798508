/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The profile: every dimension on its axis, and one dimension as a bar with whiskers. */
#include "report/chart.h"

enum { RADIUS = 150, LABEL_WIDTH = 150, PER_LEVEL = 100 };

/* A level (1..4) on axis i of n; the centre is level 0, so that level 1 is seen too. */
static struct point on_axis(size_t i, size_t n, double level)
{
    double angle = -M_PI / 2 + 2 * M_PI * (double)i / (double)n;
    double r = RADIUS * level / 4;

    return (struct point){CHART_RADAR_WIDTH / 2.0 + r * cos(angle),
                          CHART_RADAR_HEIGHT / 2.0 + r * sin(angle)};
}

typedef double (*level_fn)(const struct page *, size_t dimension);

static double value_level(const struct page *page, size_t i)
{
    const struct dimension_result *d = &page->a->dimensions[i];

    return isfinite(d->value) ? d->value : isfinite(d->low) ? d->low : 1;
}

static double high_level(const struct page *page, size_t i)
{
    return isfinite(page->a->dimensions[i].high) ? page->a->dimensions[i].high : 1;
}

static double target_level(const struct page *page, size_t i)
{
    double target = page->a->dimensions[i].target;

    return isfinite(target) ? target : 1;
}

static double same_level(const struct page *page, size_t level)
{
    (void)page;
    return (double)level;
}

static void around(struct canvas *canvas, enum look look, size_t n, level_fn level, size_t fixed)
{
    struct point points[POLYGON_MAX];

    for (size_t i = 0; i < n; i++)
        points[i] = on_axis(i, n, level(canvas->page, fixed ? fixed : i));
    canvas_polygon(canvas, look, points, n, true);
}

static void axis_label(struct canvas *canvas, size_t i, size_t n)
{
    struct point p = on_axis(i, n, 4);
    double dx = p.x - CHART_RADAR_WIDTH / 2.0, dy = p.y - CHART_RADAR_HEIGHT / 2.0;
    enum anchor anchor = dx > 10 ? ANCHOR_START : dx < -10 ? ANCHOR_END : ANCHOR_MIDDLE;
    bool pole = anchor == ANCHOR_MIDDLE;
    double room = pole ? 220 : CHART_RADAR_WIDTH / 2.0 - fabs(dx) - 14;

    canvas_text(canvas, LOOK_LABEL, anchor,
                p.x + (pole     ? 0
                       : dx > 0 ? 12
                                : -12),
                p.y + dy / RADIUS * 18, fmin(room, LABEL_WIDTH), false,
                page_text(canvas->page, &canvas->page->model->dimensions[i].title));
}

void chart_radar(struct canvas *canvas)
{
    struct page *page = canvas->page;
    size_t n = page->model->dimension_count;

    if (n < 3 || n > POLYGON_MAX)
        return;
    for (size_t level = 1; level <= 4; level++)
        around(canvas, LOOK_RING, n, same_level, level);
    for (size_t i = 0; i < n; i++) {
        struct point p = on_axis(i, n, 4);

        canvas_line(canvas, LOOK_RING, CHART_RADAR_WIDTH / 2.0, CHART_RADAR_HEIGHT / 2.0, p.x, p.y);
    }
    around(canvas, LOOK_POSSIBLE, n, high_level, 0);
    around(canvas, LOOK_PROFILE, n, value_level, 0);
    around(canvas, LOOK_GOAL, n, target_level, 0);
    for (size_t i = 0; i < n; i++) {
        struct point p = on_axis(i, n, value_level(page, i));

        canvas_circle(canvas, isfinite(page->a->dimensions[i].value) ? LOOK_DOT : LOOK_DOT_UNKNOWN,
                      p.x, p.y, 4);
        axis_label(canvas, i, n);
    }
    for (int level = 1; level <= 4; level++) {
        struct point p = on_axis(0, n, level);

        canvas_text(canvas, LOOK_TICK, ANCHOR_MIDDLE, p.x - 9, p.y + 4, 40, true,
                    page_int(page, level));
    }
}

/* Only rectangles: the picture is stretched to its cell. */
void chart_level(struct canvas *canvas, const struct dimension_result *d)
{
    const double left = 4;

    canvas_rect(canvas, LOOK_TRACK, left, 6, 3 * PER_LEVEL, 8, 0);
    for (int level = 2; level <= 3; level++)
        canvas_rect(canvas, LOOK_GRID, left + (level - 1) * PER_LEVEL, 3, 1, 14, 0);
    if (d->high > d->low)
        canvas_rect(canvas, LOOK_RANGE, left + PER_LEVEL * (d->low - 1), 6,
                    PER_LEVEL * (d->high - d->low), 8, 0);
    if (isfinite(d->value))
        canvas_rect(canvas, LOOK_VALUE, left, 6, PER_LEVEL * (d->value - 1), 8, 0);
    if (d->high > d->low) {
        canvas_rect(canvas, LOOK_WHISKER, left + PER_LEVEL * (d->low - 1), 9.5,
                    PER_LEVEL * (d->high - d->low), 1, 0);
        canvas_rect(canvas, LOOK_WHISKER, left + PER_LEVEL * (d->low - 1), 6, 1.5, 8, 0);
        canvas_rect(canvas, LOOK_WHISKER, left + PER_LEVEL * (d->high - 1), 6, 1.5, 8, 0);
    }
    if (isfinite(d->target))
        canvas_rect(canvas, LOOK_TARGET, left + PER_LEVEL * (d->target - 1) - 1.5, 1, 3, 18, 0);
}

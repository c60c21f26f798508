/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Gaps against effort with money as area, and an estimate as a bar with whiskers. */
#include "report/chart.h"

#include "maturity/sensitivity.h"

enum { LEFT = 54, RIGHT = 24, TOP = 16, BOTTOM = 44, LARGEST = 34, SMALLEST = 9, APART = 19 };

/* In levels; what is unknown counts as level 1. */
static double distance(const struct page *page, const struct gap *gap)
{
    const struct practice_result *r = &page->a->practices[gap->practice];
    double level = r->level_best ? r->continuous : 1;

    return fmax(gap->target - level, .05);
}

size_t chart_gaps_rows(const struct page *page, struct gap_bubble out_rows[BUBBLES_MAX])
{
    const struct money *money = page->options->money;
    size_t n = 0;

    for (size_t i = 0; i < page->a->gap_count && n < BUBBLES_MAX; i++) {
        const struct gap *gap = &page->a->gaps[i];
        const struct practice_result *r = &page->a->practices[gap->practice];
        bool known = money && money->practices[gap->practice].known;
        int from = r->level_best ? r->level_best : 1;

        if (from >= gap->target) /* it is there, not yet surely: no work is left */
            continue;
        out_rows[n++] = (struct gap_bubble){
            .practice = r->practice,
            .hours = upgrade_hours(r->practice, from, gap->target),
            .levels = distance(page, gap),
            .worth = known ? fmax(money->practices[gap->practice].gain.median, 0) : (double)NAN,
        };
    }
    return n;
}

struct scale {
    double hours, levels, worth; /* the largest */
};

static double x_of(const struct canvas *canvas, const struct scale *scale, double hours)
{
    return LEFT + (canvas->width - LEFT - RIGHT) * sqrt(hours / scale->hours);
}

static double y_of(const struct scale *scale, double levels)
{
    return CHART_GAPS_HEIGHT - BOTTOM - (CHART_GAPS_HEIGHT - TOP - BOTTOM) * levels / scale->levels;
}

static void axes(struct canvas *canvas, const struct scale *scale)
{
    static const double hours[] = {2, 5, 10, 20, 40, 80, 160, 320, 640};
    double floor_y = y_of(scale, 0), last = -100;

    for (int level = 0; level <= (int)scale->levels; level++) {
        double y = y_of(scale, level);

        canvas_line(canvas, LOOK_FRAME, LEFT, y, canvas->width - RIGHT, y);
        canvas_text(canvas, LOOK_TICK, ANCHOR_END, LEFT - 8, y, 40, false,
                    page_int(canvas->page, level));
    }
    for (size_t i = 0; i < TM_COUNT(hours) && hours[i] <= scale->hours; i++) {
        double x = x_of(canvas, scale, hours[i]);

        if (x - last < 34)
            continue;
        last = x;
        canvas_line(canvas, LOOK_FRAME, x, floor_y, x, floor_y + 5);
        canvas_text(canvas, LOOK_TICK, ANCHOR_MIDDLE, x, floor_y + 18, 60, true,
                    page_number(canvas->page, hours[i], 0));
    }
    canvas_text(canvas, LOOK_LABEL, ANCHOR_END, canvas->width - RIGHT, CHART_GAPS_HEIGHT - 6, 300,
                true, _("hours of work"));
    canvas_text(canvas, LOOK_LABEL, ANCHOR_START, 2, 12, 300, true, _("levels missing"));
}

static double radius(const struct scale *scale, double worth)
{
    if (!isfinite(worth))
        return SMALLEST;
    return scale->worth > 0 ? fmax(LARGEST * sqrt(worth / scale->worth), SMALLEST) : SMALLEST;
}

/* Numbers that would lie on one another move aside: to the right, else to the left. */
static void place(const struct canvas *canvas, struct point *at, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        double x = at[i].x;

        for (int try = 1; try < 2 * BUBBLES_MAX; try++) {
            bool free = at[i].x >= LEFT && at[i].x <= canvas->width - RIGHT;

            for (size_t k = 0; k < i && free; k++)
                free = hypot(at[i].x - at[k].x, at[i].y - at[k].y) >= APART;
            if (free)
                break;
            at[i].x = x + (try % 2 ? 1 : -1) * ((try + 1) / 2) * APART;
        }
    }
}

/* The large ones first, so that they hide no other. */
static void circles(struct canvas *canvas, const struct gap_bubble *rows, const struct point *at,
                    const double *radii, size_t n)
{
    bool drawn[BUBBLES_MAX] = {false};

    for (size_t turn = 0; turn < n; turn++) {
        size_t next = n;

        for (size_t i = 0; i < n; i++)
            if (!drawn[i] && (next == n || radii[i] > radii[next]))
                next = i;
        drawn[next] = true;
        canvas_circle(canvas, isfinite(rows[next].worth) ? LOOK_BUBBLE : LOOK_BUBBLE_UNKNOWN,
                      at[next].x, at[next].y, radii[next]);
    }
}

void chart_gaps(struct canvas *canvas, const struct gap_bubble *rows, size_t n)
{
    struct scale scale = {10, 1.2, 0};
    struct point at[BUBBLES_MAX];
    double radii[BUBBLES_MAX];

    for (size_t i = 0; i < n; i++) {
        scale.hours = fmax(scale.hours, rows[i].hours * 1.15);
        scale.levels = fmax(scale.levels, rows[i].levels * 1.15);
        scale.worth = isfinite(rows[i].worth) ? fmax(scale.worth, rows[i].worth) : scale.worth;
    }
    axes(canvas, &scale);
    for (size_t i = 0; i < n; i++) {
        at[i] = (struct point){x_of(canvas, &scale, rows[i].hours), y_of(&scale, rows[i].levels)};
        radii[i] = radius(&scale, rows[i].worth);
    }
    place(canvas, at, n);
    circles(canvas, rows, at, radii, n);
    for (size_t i = 0; i < n; i++)
        canvas_text(canvas, LOOK_BUBBLE_NUMBER, ANCHOR_MIDDLE, at[i].x, at[i].y, 40, false,
                    page_int(canvas->page, (int64_t)i + 1));
}

/* Only rectangles: the picture is stretched to its cell. */
void chart_range(struct canvas *canvas, const struct estimate *e, double most)
{
    double unit = most > 0 ? (CHART_RANGE_WIDTH - 8) / most : 0;
    double low = 4 + fmax(e->low, 0) * unit, high = 4 + fmax(e->high, 0) * unit;

    canvas_rect(canvas, LOOK_TRACK, 4, 6, CHART_RANGE_WIDTH - 8, 8, 0);
    canvas_rect(canvas, LOOK_VALUE, 4, 6, fmax(e->median, 0) * unit, 8, 0);
    canvas_rect(canvas, LOOK_WHISKER, low, 9.5, high - low, 1, 0);
    canvas_rect(canvas, LOOK_WHISKER, low, 5, 1.5, 10, 0);
    canvas_rect(canvas, LOOK_WHISKER, high - 1.5, 5, 1.5, 10, 0);
}

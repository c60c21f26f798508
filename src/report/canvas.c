/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "report/canvas.h"

const struct look_style look_styles[LOOK_COUNT] = {
    [LOOK_WATER] = {"s-water", COLOUR_WATER, 1, COLOUR_NONE, 0, 0, 0, false},
    [LOOK_STEP] = {"s-step", COLOUR_CARD, 1, COLOUR_LINE, 1.5, 0, 0, false},
    [LOOK_STEP_DONE] = {"s-step done", COLOUR_ACCENT_SOFT, 1, COLOUR_NONE, 0, 0, 0, false},
    [LOOK_STEP_HERE] = {"s-step here", COLOUR_ACCENT, 1, COLOUR_NONE, 0, 0, 0, false},
    [LOOK_STEP_NEXT] = {"s-step next", COLOUR_CARD, 1, COLOUR_GOAL, 1.5, 5, 0, false},
    [LOOK_TRACK] = {"s-track", COLOUR_EMPTY, 1, COLOUR_NONE, 0, 0, 0, false},
    [LOOK_GRID] = {"s-grid", COLOUR_CARD, 1, COLOUR_NONE, 0, 0, 0, false},
    [LOOK_RANGE] = {"s-range", COLOUR_ACCENT_SOFT, 1, COLOUR_NONE, 0, 0, 0, false},
    [LOOK_VALUE] = {"s-value", COLOUR_ACCENT, 1, COLOUR_NONE, 0, 0, 0, false},
    [LOOK_WHISKER] = {"s-whisker", COLOUR_INK, .55, COLOUR_NONE, 0, 0, 0, false},
    [LOOK_TARGET] = {"s-target", COLOUR_GOAL, 1, COLOUR_NONE, 0, 0, 0, false},
    [LOOK_RING] = {"s-ring", COLOUR_NONE, 0, COLOUR_LINE, 1, 0, 0, false},
    [LOOK_POSSIBLE] = {"s-possible", COLOUR_ACCENT_SOFT, .55, COLOUR_NONE, 0, 0, 0, false},
    [LOOK_PROFILE] = {"s-profile", COLOUR_ACCENT, .22, COLOUR_ACCENT, 2, 0, 0, false},
    [LOOK_GOAL] = {"s-goal", COLOUR_NONE, 0, COLOUR_GOAL, 2, 6, 0, false},
    [LOOK_DOT] = {"s-dot", COLOUR_ACCENT, 1, COLOUR_NONE, 0, 0, 0, false},
    [LOOK_DOT_UNKNOWN] = {"s-dot unknown", COLOUR_CARD, 1, COLOUR_ACCENT, 1.5, 0, 0, false},
    [LOOK_MEASURED] = {"s-measured", COLOUR_ACCENT, 1, COLOUR_NONE, 0, 0, 0, false},
    [LOOK_OBSERVED] = {"s-observed", COLOUR_OBSERVED, 1, COLOUR_NONE, 0, 0, 0, false},
    [LOOK_ATTESTED] = {"s-attested", COLOUR_ATTESTED, 1, COLOUR_NONE, 0, 0, 0, false},
    [LOOK_CLAIMED] = {"s-claimed", COLOUR_CLAIMED, 1, COLOUR_NONE, 0, 0, 0, false},
    [LOOK_NONE] = {"s-none", COLOUR_EMPTY, 1, COLOUR_NONE, 0, 0, 0, false},
    [LOOK_BUBBLE] = {"s-bubble", COLOUR_ACCENT, .3, COLOUR_ACCENT, 1.5, 0, 0, false},
    [LOOK_BUBBLE_UNKNOWN] = {"s-bubble unknown", COLOUR_CARD, 1, COLOUR_SOFT, 1.2, 3, 0, false},
    [LOOK_FRAME] = {"s-frame", COLOUR_NONE, 0, COLOUR_LINE, 1, 0, 0, false},
    [LOOK_BAR] = {"s-bar", COLOUR_ACCENT, 1, COLOUR_NONE, 0, 0, 0, false},
    [LOOK_BAR_QUICK] = {"s-bar quick", COLOUR_OBSERVED, 1, COLOUR_NONE, 0, 0, 0, false},
    [LOOK_CURVE] = {"s-curve", COLOUR_NONE, 0, COLOUR_ACCENT, 2, 0, 0, false},
    [LOOK_LABEL] = {"s-label", COLOUR_SOFT, 1, COLOUR_NONE, 0, 0, 14, false},
    [LOOK_LABEL_HERE] = {"s-label here", COLOUR_INK, 1, COLOUR_NONE, 0, 0, 14, true},
    [LOOK_NUMBER] = {"s-number", COLOUR_SOFT, 1, COLOUR_NONE, 0, 0, 20, true},
    [LOOK_NUMBER_HERE] = {"s-number here", COLOUR_CARD, 1, COLOUR_NONE, 0, 0, 20, true},
    [LOOK_PERCENT] = {"s-percent", COLOUR_SOFT, 1, COLOUR_NONE, 0, 0, 16, false},
    [LOOK_PERCENT_HERE] = {"s-percent here", COLOUR_INK, 1, COLOUR_NONE, 0, 0, 19, true},
    [LOOK_TICK] = {"s-tick", COLOUR_SOFT, 1, COLOUR_NONE, 0, 0, 12, false},
    [LOOK_BUBBLE_NUMBER] = {"s-bubble-number", COLOUR_INK, 1, COLOUR_NONE, 0, 0, 12, true},
};

/* The light colours of report.css. */
static const unsigned colours[COLOUR_COUNT] = {
    [COLOUR_INK] = 0x17232e,      [COLOUR_SOFT] = 0x52606d,    [COLOUR_LINE] = 0xdfdcd3,
    [COLOUR_CARD] = 0xffffff,     [COLOUR_ACCENT] = 0x0b6e75,  [COLOUR_ACCENT_SOFT] = 0xd3e8e8,
    [COLOUR_WATER] = 0xe3f1f1,    [COLOUR_GOAL] = 0xc05a00,    [COLOUR_GOOD] = 0x1c6b40,
    [COLOUR_WARN] = 0x8a4b00,     [COLOUR_BAD] = 0x9b2c2c,     [COLOUR_OBSERVED] = 0x4a9aa8,
    [COLOUR_ATTESTED] = 0x7f8fb8, [COLOUR_CLAIMED] = 0xc3a86b, [COLOUR_EMPTY] = 0xe4e2db,
};

struct rgb colour_on_paper(enum colour colour)
{
    unsigned c = colours[colour];

    return (struct rgb){(double)(c >> 16) / 255, (double)(c >> 8 & 255) / 255,
                        (double)(c & 255) / 255};
}

static double turn(const struct canvas *canvas, double x)
{
    return canvas->mirrored ? canvas->width - x : x;
}

void canvas_rect(struct canvas *canvas, enum look look, double x, double y, double width,
                 double height, double radius)
{
    struct point at = {canvas->mirrored ? canvas->width - x - width : x, y};

    canvas->ops->rect(canvas, look, at, width, height, radius);
}

void canvas_polygon(struct canvas *canvas, enum look look, const struct point *points, size_t n,
                    bool closed)
{
    struct point turned[POLYGON_MAX];

    assert(n <= POLYGON_MAX);
    for (size_t i = 0; i < n; i++)
        turned[i] = (struct point){turn(canvas, points[i].x), points[i].y};
    canvas->ops->polygon(canvas, look, turned, n, closed);
}

void canvas_line(struct canvas *canvas, enum look look, double x1, double y1, double x2, double y2)
{
    const struct point ends[] = {{x1, y1}, {x2, y2}};

    canvas_polygon(canvas, look, ends, 2, false);
}

void canvas_circle(struct canvas *canvas, enum look look, double x, double y, double radius)
{
    canvas->ops->circle(canvas, look, (struct point){turn(canvas, x), y}, radius);
}

void canvas_text(struct canvas *canvas, enum look look, enum anchor anchor, double x, double y,
                 double width, bool below, const char *text)
{
    if (*text)
        canvas->ops->text(canvas, look, anchor, (struct point){turn(canvas, x), y}, width, below,
                          text);
}

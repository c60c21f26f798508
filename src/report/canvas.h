/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* canvas.h - the door through which every chart is drawn: inline SVG for HTML, Cairo for PDF.
 *
 * A chart computes its geometry once, in units of its own (about a pixel on a screen), with x from
 * where reading starts: canvases of languages that run from right to left turn it around. How a
 * thing looks is one of a table of looks; SVG writes the look's class, which the style sheet
 * colours, Cairo takes the colours of the table. Charts never write markup.
 */
#ifndef TM_REPORT_CANVAS_H
#define TM_REPORT_CANVAS_H

#include "report/page.h"

enum look {
    LOOK_WATER,
    LOOK_STEP,
    LOOK_STEP_DONE,
    LOOK_STEP_HERE,
    LOOK_STEP_NEXT,
    LOOK_TRACK,
    LOOK_GRID,
    LOOK_RANGE,
    LOOK_VALUE,
    LOOK_WHISKER,
    LOOK_TARGET,
    LOOK_RING,
    LOOK_POSSIBLE,
    LOOK_PROFILE,
    LOOK_GOAL,
    LOOK_DOT,
    LOOK_DOT_UNKNOWN,
    LOOK_MEASURED,
    LOOK_OBSERVED,
    LOOK_ATTESTED,
    LOOK_CLAIMED,
    LOOK_NONE,
    LOOK_BUBBLE,
    LOOK_BUBBLE_UNKNOWN,
    LOOK_FRAME,
    LOOK_BAR,
    LOOK_BAR_QUICK,
    LOOK_CURVE,
    /* texts */
    LOOK_LABEL,
    LOOK_LABEL_HERE,
    LOOK_NUMBER,
    LOOK_NUMBER_HERE,
    LOOK_PERCENT,
    LOOK_PERCENT_HERE,
    LOOK_TICK,
    LOOK_BUBBLE_NUMBER,
    LOOK_COUNT
};

enum colour {
    COLOUR_NONE,
    COLOUR_INK,
    COLOUR_SOFT,
    COLOUR_LINE,
    COLOUR_CARD,
    COLOUR_ACCENT,
    COLOUR_ACCENT_SOFT,
    COLOUR_WATER,
    COLOUR_GOAL,
    COLOUR_GOOD,
    COLOUR_WARN,
    COLOUR_BAD,
    COLOUR_OBSERVED,
    COLOUR_ATTESTED,
    COLOUR_CLAIMED,
    COLOUR_EMPTY,
    COLOUR_COUNT
};

/* Of 0 to 1, on paper. */
struct rgb {
    double r, g, b;
};
struct rgb colour_on_paper(enum colour colour);

struct look_style {
    const char *class_; /* in report.css */
    enum colour fill;
    double alpha; /* of the fill */
    enum colour stroke;
    double stroke_width, dash;
    double size; /* of texts */
    bool bold;
};
extern const struct look_style look_styles[LOOK_COUNT];

enum anchor { ANCHOR_START, ANCHOR_MIDDLE, ANCHOR_END };

struct point {
    double x, y;
};

struct canvas;

/* What a backend draws; x runs from the left here, and anchors are as in SVG: of the text's own
 * direction, which is the page's. */
struct canvas_ops {
    void (*rect)(struct canvas *canvas, enum look look, struct point at, double width,
                 double height, double radius);
    void (*polygon)(struct canvas *canvas, enum look look, const struct point *points, size_t n,
                    bool closed);
    void (*circle)(struct canvas *canvas, enum look look, struct point at, double radius);
    void (*text)(struct canvas *canvas, enum look look, enum anchor anchor, struct point at,
                 double width, bool below, const char *text);
};

struct canvas {
    const struct canvas_ops *ops;
    struct page *page;
    void *to; /* the backend's own: struct html or struct pdf */
    double width, height;
    bool mirrored;
};

enum { POLYGON_MAX = 256 };

void canvas_rect(struct canvas *canvas, enum look look, double x, double y, double width,
                 double height, double radius);
/* At most POLYGON_MAX points. */
void canvas_polygon(struct canvas *canvas, enum look look, const struct point *points, size_t n,
                    bool closed);
void canvas_line(struct canvas *canvas, enum look look, double x1, double y1, double x2, double y2);
void canvas_circle(struct canvas *canvas, enum look look, double x, double y, double radius);
/* In lines of at most `width`; `below`: y is the first line's base, else the lines' middle. */
void canvas_text(struct canvas *canvas, enum look look, enum anchor anchor, double x, double y,
                 double width, bool below, const char *text);

#endif

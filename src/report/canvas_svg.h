/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* canvas_svg.h - a canvas that writes an <svg> element into the HTML page. */
#ifndef TM_REPORT_CANVAS_SVG_H
#define TM_REPORT_CANVAS_SVG_H

#include "report/canvas.h"
#include "report/html.h"

/* A chart that fits both is drawn twice, for a desk or paper and for a phone; the style sheet shows
 * one of the two. */
struct canvas_width {
    const char *class_;
    bool narrow;
};
enum { CANVAS_WIDTHS = 2 };
extern const struct canvas_width canvas_widths[CANVAS_WIDTHS];

/* Opens the element; `description` is for who cannot see the picture. "": the text beside it says
 * the same, and the picture is stretched to its place. */
struct canvas canvas_svg_open(struct html *html, const char *class_, double width, double height,
                              const char *description);
void canvas_svg_close(struct html *html);

#endif

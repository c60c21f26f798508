/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* pdf.h - what the two pages of the PDF are drawn with.
 *
 * Lengths are points of A4. x runs from where reading starts: pages of languages that run from
 * right to left are turned around as a whole. Text is measured before it is drawn; a page that
 * would not hold its text is drawn with smaller letters (`scale`), and a line that has no room
 * ends in an ellipsis, so that nothing overlaps in any language.
 */
#ifndef TM_REPORT_PDF_H
#define TM_REPORT_PDF_H

#include "report/canvas.h"
#include "report/words.h"

#include <cairo.h>
#include <pango/pango.h>

#define PDF_WIDTH 595.28
#define PDF_HEIGHT 841.89
#define PDF_MARGIN 40.0
#define PDF_INNER (PDF_WIDTH - 2 * PDF_MARGIN)
#define PDF_FLOOR (PDF_HEIGHT - 46) /* where the foot begins */

enum face {
    FACE_BRAND,
    FACE_SHOP,
    FACE_STAGE,
    FACE_FIGURE,
    FACE_LEAD,
    FACE_HEADING,
    FACE_STRONG,
    FACE_BODY,
    FACE_SOFT,
    FACE_SMALL,
    FACE_CAUTION,
    FACE_GOOD,
    FACE_ACCENT,
    FACE_ON_DARK
};

struct pdf {
    struct page *page;
    cairo_t *cr;
    PangoLayout *layout;
    double scale; /* of letters */
    bool dry;     /* only measured */
    bool rtl;
};

/* How high the text is when set in `width`. */
double pdf_height(struct pdf *pdf, enum face face, double width, const char *text);
/* The width of its longest line, at most `width`. */
double pdf_extent(struct pdf *pdf, enum face face, double width, const char *text);
/* Sets it with its top at y; `most` lines, 0: as many as it takes. Returns its height; "" has
 * none. */
double pdf_text(struct pdf *pdf, enum face face, enum anchor anchor, double x, double y,
                double width, int most, const char *text);
void pdf_box(struct pdf *pdf, enum colour fill, double x, double y, double width, double height,
             double radius);
void pdf_rule(struct pdf *pdf, double x, double y, double width);
void pdf_disc(struct pdf *pdf, enum colour fill, double x, double y, double radius);

/* canvas_cairo.c: a canvas in a frame of the page, `inner_*` being the chart's own size. Fills the
 * frame: for pictures that keep their shape give a frame of the same shape. */
struct canvas pdf_canvas_open(struct pdf *pdf, double x, double y, double width, double height,
                              double inner_width, double inner_height);
void pdf_canvas_close(struct pdf *pdf);

/* Each draws its page and returns where its content ends. */
double pdf_first_page(struct pdf *pdf);
double pdf_second_page(struct pdf *pdf);

#endif

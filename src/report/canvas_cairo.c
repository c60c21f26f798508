/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The canvas on a page of the PDF. */
#include "report/pdf.h"

#include <pango/pangocairo.h>

static cairo_t *cr_of(struct canvas *canvas)
{
    return ((struct pdf *)canvas->to)->cr;
}

static bool set_source(cairo_t *cr, enum colour colour, double alpha)
{
    struct rgb c = colour_on_paper(colour);

    if (colour == COLOUR_NONE)
        return false;
    cairo_set_source_rgba(cr, c.r, c.g, c.b, alpha);
    return true;
}

/* Fills and strokes the path. */
static void paint(cairo_t *cr, enum look look)
{
    const struct look_style *style = &look_styles[look];

    if (set_source(cr, style->fill, style->alpha))
        cairo_fill_preserve(cr);
    if (set_source(cr, style->stroke, 1)) {
        cairo_set_line_width(cr, style->stroke_width);
        cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
        cairo_set_dash(cr, &style->dash, style->dash > 0, 0);
        cairo_stroke_preserve(cr);
    }
}

static void draw_rect(struct canvas *canvas, enum look look, struct point at, double width,
                      double height, double radius)
{
    cairo_t *cr = cr_of(canvas);
    double r = fmin(radius, fmin(width, height) / 2);

    if (((struct pdf *)canvas->to)->dry)
        return;
    cairo_new_path(cr);
    if (r > 0) {
        cairo_new_sub_path(cr);
        cairo_arc(cr, at.x + width - r, at.y + r, r, -M_PI / 2, 0);
        cairo_arc(cr, at.x + width - r, at.y + height - r, r, 0, M_PI / 2);
        cairo_arc(cr, at.x + r, at.y + height - r, r, M_PI / 2, M_PI);
        cairo_arc(cr, at.x + r, at.y + r, r, M_PI, 3 * M_PI / 2);
        cairo_close_path(cr);
    } else {
        cairo_rectangle(cr, at.x, at.y, width, height);
    }
    paint(cr, look);
}

static void draw_polygon(struct canvas *canvas, enum look look, const struct point *points,
                         size_t n, bool closed)
{
    cairo_t *cr = cr_of(canvas);

    if (((struct pdf *)canvas->to)->dry)
        return;
    cairo_new_path(cr);
    for (size_t i = 0; i < n; i++)
        cairo_line_to(cr, points[i].x, points[i].y);
    if (closed)
        cairo_close_path(cr);
    paint(cr, look);
}

static void draw_circle(struct canvas *canvas, enum look look, struct point at, double radius)
{
    cairo_t *cr = cr_of(canvas);

    if (((struct pdf *)canvas->to)->dry)
        return;
    cairo_new_path(cr);
    cairo_arc(cr, at.x, at.y, radius, 0, 2 * M_PI);
    paint(cr, look);
}

static void draw_text(struct canvas *canvas, enum look look, enum anchor anchor, struct point at,
                      double width, bool below, const char *text)
{
    static const PangoAlignment alignments[] = {PANGO_ALIGN_LEFT, PANGO_ALIGN_CENTER,
                                                PANGO_ALIGN_RIGHT};
    struct pdf *pdf = canvas->to;
    const struct look_style *style = &look_styles[look];
    enum anchor side = !pdf->rtl || anchor == ANCHOR_MIDDLE ? anchor
                       : anchor == ANCHOR_START             ? ANCHOR_END
                                                            : ANCHOR_START;
    PangoLayout *layout = pdf->layout;
    PangoFontDescription *font;
    PangoRectangle logical;
    double x, y;

    if (pdf->dry)
        return;
    font = pango_font_description_copy(
        pango_context_get_font_description(pango_layout_get_context(layout)));
    pango_font_description_set_absolute_size(font, style->size * PANGO_SCALE);
    pango_font_description_set_weight(font, style->bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
    pango_layout_set_height(layout, -2);
    pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
    pango_layout_set_alignment(layout, alignments[side]);
    pango_layout_set_text(layout, text, -1);
    pango_layout_get_extents(layout, NULL, &logical);
    x = at.x - (side == ANCHOR_START ? 0 : side == ANCHOR_END ? width : width / 2);
    y = below ? at.y - (double)pango_layout_get_baseline(layout) / PANGO_SCALE
              : at.y - (double)logical.height / PANGO_SCALE / 2;
    set_source(cr_of(canvas), style->fill, 1);
    cairo_move_to(cr_of(canvas), x, y);
    pango_cairo_show_layout(cr_of(canvas), layout);
    cairo_new_path(cr_of(canvas));
}

static const struct canvas_ops ops = {draw_rect, draw_polygon, draw_circle, draw_text};

struct canvas pdf_canvas_open(struct pdf *pdf, double x, double y, double width, double height,
                              double inner_width, double inner_height)
{
    cairo_save(pdf->cr);
    cairo_translate(pdf->cr, pdf->rtl ? PDF_WIDTH - x - width : x, y);
    cairo_scale(pdf->cr, width / inner_width, height / inner_height);
    return (struct canvas){.ops = &ops,
                           .page = pdf->page,
                           .to = pdf,
                           .width = inner_width,
                           .height = inner_height,
                           .mirrored = pdf->rtl};
}

void pdf_canvas_close(struct pdf *pdf)
{
    cairo_restore(pdf->cr);
}

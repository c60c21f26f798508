/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Text and simple shapes on the page, by Pango and Cairo. */
#include "report/pdf.h"

#include <pango/pangocairo.h>

static const struct {
    double size;
    bool bold;
    enum colour colour;
} faces[] = {
    [FACE_BRAND] = {10.5, true, COLOUR_ACCENT}, [FACE_SHOP] = {19, true, COLOUR_INK},
    [FACE_STAGE] = {20, true, COLOUR_INK},      [FACE_FIGURE] = {17, true, COLOUR_ACCENT},
    [FACE_LEAD] = {10.5, false, COLOUR_INK},    [FACE_HEADING] = {12.5, true, COLOUR_INK},
    [FACE_STRONG] = {9.5, true, COLOUR_INK},    [FACE_BODY] = {9, false, COLOUR_INK},
    [FACE_SOFT] = {9, false, COLOUR_SOFT},      [FACE_SMALL] = {7.6, false, COLOUR_SOFT},
    [FACE_CAUTION] = {9, false, COLOUR_WARN},   [FACE_GOOD] = {9.5, true, COLOUR_GOOD},
    [FACE_ACCENT] = {9.5, true, COLOUR_ACCENT}, [FACE_ON_DARK] = {9, true, COLOUR_CARD},
};

static void set_colour(struct pdf *pdf, enum colour colour)
{
    struct rgb c = colour_on_paper(colour);

    cairo_set_source_rgb(pdf->cr, c.r, c.g, c.b);
}

/* Text from where reading starts is text at the right in Arabic. */
static PangoAlignment alignment(const struct pdf *pdf, enum anchor anchor)
{
    if (anchor == ANCHOR_MIDDLE)
        return PANGO_ALIGN_CENTER;
    return (anchor == ANCHOR_END) != pdf->rtl ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT;
}

static void prepare(struct pdf *pdf, enum face face, enum anchor anchor, double width, int most,
                    const char *text)
{
    PangoLayout *layout = pdf->layout;
    PangoFontDescription *font = pango_font_description_copy(
        pango_context_get_font_description(pango_layout_get_context(layout)));

    pango_font_description_set_absolute_size(font, faces[face].size * pdf->scale * PANGO_SCALE);
    pango_font_description_set_weight(font,
                                      faces[face].bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
    pango_layout_set_height(layout, most ? -most : -10000);
    pango_layout_set_ellipsize(layout, most ? PANGO_ELLIPSIZE_END : PANGO_ELLIPSIZE_NONE);
    pango_layout_set_alignment(layout, alignment(pdf, anchor));
    pango_layout_set_text(layout, text, -1);
}

double pdf_height(struct pdf *pdf, enum face face, double width, const char *text)
{
    PangoRectangle logical;

    if (!*text)
        return 0;
    prepare(pdf, face, ANCHOR_START, width, 0, text);
    pango_layout_get_extents(pdf->layout, NULL, &logical);
    return (double)logical.height / PANGO_SCALE;
}

double pdf_extent(struct pdf *pdf, enum face face, double width, const char *text)
{
    PangoRectangle logical;

    prepare(pdf, face, ANCHOR_START, width, 0, text);
    pango_layout_get_extents(pdf->layout, NULL, &logical);
    return fmin((double)logical.width / PANGO_SCALE, width);
}

static double turned(const struct pdf *pdf, double x, double width)
{
    return pdf->rtl ? PDF_WIDTH - x - width : x;
}

double pdf_text(struct pdf *pdf, enum face face, enum anchor anchor, double x, double y,
                double width, int most, const char *text)
{
    PangoRectangle logical;

    if (!*text)
        return 0;
    prepare(pdf, face, anchor, width, most, text);
    pango_layout_get_extents(pdf->layout, NULL, &logical);
    if (!pdf->dry) {
        set_colour(pdf, faces[face].colour);
        cairo_move_to(pdf->cr, turned(pdf, x, width), y);
        pango_cairo_show_layout(pdf->cr, pdf->layout);
    }
    return (double)logical.height / PANGO_SCALE;
}

void pdf_box(struct pdf *pdf, enum colour fill, double x, double y, double width, double height,
             double radius)
{
    double left = turned(pdf, x, width), r = fmin(radius, fmin(width, height) / 2);

    if (pdf->dry)
        return;
    set_colour(pdf, fill);
    cairo_new_path(pdf->cr);
    cairo_arc(pdf->cr, left + width - r, y + r, r, -M_PI / 2, 0);
    cairo_arc(pdf->cr, left + width - r, y + height - r, r, 0, M_PI / 2);
    cairo_arc(pdf->cr, left + r, y + height - r, r, M_PI / 2, M_PI);
    cairo_arc(pdf->cr, left + r, y + r, r, M_PI, 3 * M_PI / 2);
    cairo_close_path(pdf->cr);
    cairo_fill(pdf->cr);
}

void pdf_rule(struct pdf *pdf, double x, double y, double width)
{
    pdf_box(pdf, COLOUR_LINE, x, y, width, .7, 0);
}

void pdf_disc(struct pdf *pdf, enum colour fill, double x, double y, double radius)
{
    pdf_box(pdf, fill, x - radius, y - radius, 2 * radius, 2 * radius, radius);
}

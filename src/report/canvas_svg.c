/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The canvas as inline SVG, coloured by the page's style sheet. */
#include "report/canvas_svg.h"

#include "report/layout.h"

const struct canvas_width canvas_widths[CANVAS_WIDTHS] = {
    {"picture roomy", false},
    {"picture narrow", true},
};

static struct buf *out_of(struct canvas *canvas)
{
    return ((struct html *)canvas->to)->out;
}

static void svg_rect(struct canvas *canvas, enum look look, struct point at, double width,
                     double height, double radius)
{
    struct buf *out = out_of(canvas);

    buf_addf(out, "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"",
             look_styles[look].class_, at.x, at.y, width, height);
    if (radius > 0)
        buf_addf(out, " rx=\"%.1f\"", radius);
    buf_addz(out, "/>\n");
}

static void svg_polygon(struct canvas *canvas, enum look look, const struct point *points, size_t n,
                        bool closed)
{
    struct buf *out = out_of(canvas);

    buf_addf(out, "<%s class=\"%s\" points=\"", closed ? "polygon" : "polyline",
             look_styles[look].class_);
    for (size_t i = 0; i < n; i++)
        buf_addf(out, "%s%.1f,%.1f", i ? " " : "", points[i].x, points[i].y);
    buf_addz(out, "\"/>\n");
}

static void svg_circle(struct canvas *canvas, enum look look, struct point at, double radius)
{
    buf_addf(out_of(canvas), "<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\"/>\n",
             look_styles[look].class_, at.x, at.y, radius);
}

/* Lines are broken by columns: an average letter is a bit more than half as wide as high. */
static void svg_text(struct canvas *canvas, enum look look, enum anchor anchor, struct point at,
                     double width, bool below, const char *text)
{
    static const char *const anchors[] = {"start", "middle", "end"};
    double size = look_styles[look].size, step = size * 1.22;
    struct buf wrapped = BUF_INIT(4096), *out = out_of(canvas);
    struct sheet sheet = {.out = &wrapped,
                          .width = (size_t)fmax(width / (.54 * size), 4),
                          .language = canvas->page->language};
    size_t lines = 0;

    sheet_wrap(&sheet, STYLE_PLAIN, text, 0);
    for (size_t i = 0; i < wrapped.n; i++)
        lines += wrapped.p[i] == '\n';
    if (!below)
        at.y += .35 * size - step * ((double)lines - 1) / 2;
    buf_addf(out, "<text class=\"%s\" font-size=\"%.0f\" text-anchor=\"%s\">",
             look_styles[look].class_, size, anchors[anchor]);
    for (const char *p = buf_cstr(&wrapped); *p; p += strcspn(p, "\n") + 1) {
        buf_addf(out, "<tspan x=\"%.1f\" y=\"%.1f\">", at.x, at.y);
        buf_add_html(out, (struct str){p, strcspn(p, "\n")});
        buf_addz(out, "</tspan>");
        at.y += step;
    }
    buf_addz(out, "</text>\n");
    buf_release(&wrapped);
}

static const struct canvas_ops ops = {svg_rect, svg_polygon, svg_circle, svg_text};

struct canvas canvas_svg_open(struct html *html, const char *class_, double width, double height,
                              const char *description)
{
    buf_addf(html->out, "<svg class=\"%s\" viewBox=\"0 0 %.0f %.0f\"", class_, width, height);
    if (!*description) { /* the words stand beside it; stretched to its place */
        buf_addz(html->out, " preserveAspectRatio=\"none\" aria-hidden=\"true\">\n");
    } else {
        buf_addz(html->out, " role=\"img\" aria-label=\"");
        html_text(html, description);
        buf_addz(html->out, "\">\n");
    }
    return (struct canvas){.ops = &ops,
                           .page = html->page,
                           .to = html,
                           .width = width,
                           .height = height,
                           .mirrored = language_is_rtl(html->page->language)};
}

void canvas_svg_close(struct html *html)
{
    buf_addz(html->out, "</svg>\n");
}

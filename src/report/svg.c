/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "report/svg.h"

#include "report/layout.h"

/* The text in lines of at most `width` columns, each a <tspan> centred on `lines` around y. */
static void label(struct html *html, const char *class_, const char *anchor, double x, double y,
                  const char *text, size_t width, bool below)
{
    struct buf wrapped = BUF_INIT(4096);
    struct sheet sheet = {.out = &wrapped, .width = width, .language = html->page->language};
    size_t lines = 0;
    const double step = 17;

    sheet_wrap(&sheet, STYLE_PLAIN, text, 0);
    for (size_t i = 0; i < wrapped.n; i++)
        lines += wrapped.p[i] == '\n';
    if (!below)
        y -= step * ((double)lines - 1) / 2;
    buf_addf(html->out, "<text class=\"%s\" text-anchor=\"%s\">", class_, anchor);
    for (const char *p = buf_cstr(&wrapped); *p; p += strcspn(p, "\n") + 1) {
        buf_addf(html->out, "<tspan x=\"%.1f\" y=\"%.1f\">", x, y);
        buf_add_html(html->out, (struct str){p, strcspn(p, "\n")});
        buf_addz(html->out, "</tspan>");
        y += step;
    }
    buf_addz(html->out, "</text>\n");
    buf_release(&wrapped);
}

static void open_image(struct html *html, const char *class_, int width, int height,
                       const char *title)
{
    buf_addf(html->out, "<svg class=\"%s\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"",
             class_, width, height);
    html_text(html, title);
    buf_addz(html->out, "\">\n");
}

void svg_brand(struct html *html)
{
    buf_addz(html->out, "<svg class=\"mark\" viewBox=\"0 0 32 24\" aria-hidden=\"true\">"
                        "<path class=\"s-wave\" d=\"M1 9q5-6 10 0t10 0 10 0\"/>"
                        "<path class=\"s-wave faint\" d=\"M1 17q5-6 10 0t10 0 10 0\"/></svg>");
}

enum { STEPS_WIDTH = 480, STEPS_HEIGHT = 250, STEP_WIDTH = 106, STEP_GAP = 12, BASE = 186 };

static double step_x(const struct html *html, int stage)
{
    double x = 6 + (STEP_WIDTH + STEP_GAP) * (stage - 1);

    return language_is_rtl(html->page->language) ? STEPS_WIDTH - x - STEP_WIDTH : x;
}

static double step_top(int stage)
{
    return BASE - 34 - 38 * (stage - 1);
}

/* Percentages of the stages as one sentence, for who cannot see the picture. */
static const char *steps_description(struct page *page)
{
    const char *all = "";

    for (int s = 1; s <= 4; s++)
        all = page_printf(page, "%s%s%s: %s", all, *all ? "; " : "", words_stage(page, s),
                          page_percent(page, page->a->stage_p[s - 1]));
    return all;
}

void svg_steps(struct html *html)
{
    struct page *page = html->page;
    const struct assessment *a = page->a;
    double water = step_top(a->stage_best) - 1;

    open_image(html, "steps", STEPS_WIDTH, STEPS_HEIGHT, steps_description(page));
    buf_addf(html->out,
             "<path class=\"s-water\" d=\"M0 %.1fq30 -10 60 0t60 0 60 0 60 0 60 0 60 0 60 0 60 0"
             "V%dH0Z\"/>\n",
             water, BASE);
    for (int s = 1; s <= 4; s++) {
        bool here = s == a->stage_best;
        double x = step_x(html, s), top = step_top(s), middle = x + STEP_WIDTH / 2.0;

        buf_addf(html->out,
                 "<rect class=\"s-step%s\" x=\"%.1f\" y=\"%.1f\" width=\"%d\" height=\"%.1f\" "
                 "rx=\"4\"/>\n",
                 here                      ? " here"
                 : s <= a->stage_confirmed ? " done"
                 : s == a->target          ? " next"
                                           : "",
                 x, top, STEP_WIDTH, BASE - top);
        label(html, here ? "s-number here" : "s-number", "middle", middle, BASE - 12,
              page_int(page, s), 4, true);
        label(html, here ? "s-percent here" : "s-percent", "middle", middle, top - 12,
              page_percent(page, a->stage_p[s - 1]), 8, true);
        label(html, here ? "s-label here" : "s-label", "middle", middle, BASE + 20,
              page_text(page, &page->model->stages[s - 1]), 14, true);
    }
    buf_addz(html->out, "</svg>\n");
}

void svg_level_bar(struct html *html, const struct dimension_result *d, double target)
{
    /* 100 units a level; stretched to the cell, so only rectangles. */
    buf_addz(html->out, "<svg class=\"level\" viewBox=\"-4 0 308 20\" preserveAspectRatio=\"none\" "
                        "aria-hidden=\"true\"><rect class=\"s-track\" x=\"0\" y=\"6\" "
                        "width=\"300\" height=\"8\"/>");
    for (int level = 2; level <= 3; level++)
        buf_addf(html->out, "<rect class=\"s-grid\" x=\"%d\" y=\"3\" width=\"1\" height=\"14\"/>",
                 (level - 1) * 100);
    if (d->high > d->low)
        buf_addf(html->out,
                 "<rect class=\"s-range\" x=\"%.1f\" y=\"6\" width=\"%.1f\" height=\"8\"/>",
                 100 * (d->low - 1), 100 * (d->high - d->low));
    if (isfinite(d->value))
        buf_addf(html->out, "<rect class=\"s-value\" x=\"0\" y=\"6\" width=\"%.1f\" height=\"8\"/>",
                 100 * (d->value - 1));
    if (d->high > d->low)
        buf_addf(html->out,
                 "<rect class=\"s-whisker\" x=\"%.1f\" y=\"9.5\" width=\"%.1f\" height=\"1\"/>"
                 "<rect class=\"s-whisker\" x=\"%.1f\" y=\"6\" width=\"1.5\" height=\"8\"/>"
                 "<rect class=\"s-whisker\" x=\"%.1f\" y=\"6\" width=\"1.5\" height=\"8\"/>",
                 100 * (d->low - 1), 100 * (d->high - d->low), 100 * (d->low - 1),
                 100 * (d->high - 1));
    if (isfinite(target))
        buf_addf(html->out,
                 "<rect class=\"s-target\" x=\"%.1f\" y=\"1\" width=\"3\" height=\"18\"/>",
                 100 * (target - 1) - 1.5);
    buf_addz(html->out, "</svg>");
}

enum { RADAR_WIDTH = 600, RADAR_HEIGHT = 470, RADAR_RADIUS = 150 };

struct point {
    double x, y;
};

/* A level (1..4) on axis i of n; the centre is level 0, so that level 1 is seen too. */
static struct point on_axis(size_t i, size_t n, double level)
{
    double angle = -M_PI / 2 + 2 * M_PI * (double)i / (double)n;
    double r = RADAR_RADIUS * level / 4;

    return (struct point){RADAR_WIDTH / 2.0 + r * cos(angle), RADAR_HEIGHT / 2.0 + r * sin(angle)};
}

typedef double (*level_fn)(const struct page *, size_t dimension);

static void polygon(struct html *html, const char *class_, size_t n, level_fn level)
{
    buf_addf(html->out, "<polygon class=\"%s\" points=\"", class_);
    for (size_t i = 0; i < n; i++) {
        struct point p = on_axis(i, n, level(html->page, i));

        buf_addf(html->out, "%s%.1f,%.1f", i ? " " : "", p.x, p.y);
    }
    buf_addz(html->out, "\"/>\n");
}

static void ring(struct html *html, size_t n, int level)
{
    buf_addz(html->out, "<polygon class=\"s-ring\" points=\"");
    for (size_t i = 0; i < n; i++) {
        struct point p = on_axis(i, n, level);

        buf_addf(html->out, "%s%.1f,%.1f", i ? " " : "", p.x, p.y);
    }
    buf_addz(html->out, "\"/>\n");
}

/* An unknown dimension is drawn at its lowest. */
static double value_level(const struct page *page, size_t i)
{
    const struct dimension_result *d = &page->a->dimensions[i];

    return isfinite(d->value) ? d->value : d->low;
}

static double high_level(const struct page *page, size_t i)
{
    return page->a->dimensions[i].high;
}

static double target_level(const struct page *page, size_t i)
{
    double target = page_target(page, i);

    return isfinite(target) ? target : 1;
}

static void axis_label(struct html *html, size_t i, size_t n)
{
    struct page *page = html->page;
    struct point p = on_axis(i, n, 4.45);
    double side = p.x - RADAR_WIDTH / 2.0;
    bool rtl = language_is_rtl(page->language);
    const char *anchor = fabs(side) < 20 ? "middle" : (side > 0) != rtl ? "start" : "end";

    label(html, "s-axis-label", anchor, p.x, p.y + 5,
          page_text(page, &page->a->dimensions[i].dimension->title), 17, false);
}

void svg_radar(struct html *html)
{
    struct page *page = html->page;
    size_t n = page->model->dimension_count;

    if (n < 3)
        return;
    open_image(html, "radar", RADAR_WIDTH, RADAR_HEIGHT,
               _("Levels of all dimensions; the table beside it has the figures."));
    for (int level = 1; level <= 4; level++)
        ring(html, n, level);
    for (size_t i = 0; i < n; i++) {
        struct point p = on_axis(i, n, 4);

        buf_addf(html->out, "<path class=\"s-axis\" d=\"M%d %dL%.1f %.1f\"/>\n", RADAR_WIDTH / 2,
                 RADAR_HEIGHT / 2, p.x, p.y);
    }
    polygon(html, "s-possible", n, high_level);
    polygon(html, "s-profile", n, value_level);
    polygon(html, "s-goal", n, target_level);
    for (size_t i = 0; i < n; i++) {
        struct point p = on_axis(i, n, value_level(page, i));

        buf_addf(html->out, "<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"4\"/>\n",
                 isfinite(page->a->dimensions[i].value) ? "s-dot" : "s-dot unknown", p.x, p.y);
        axis_label(html, i, n);
    }
    for (int level = 1; level <= 4; level++) {
        struct point p = on_axis(0, n, level);

        buf_addf(html->out,
                 "<text class=\"s-tick\" text-anchor=\"middle\" x=\"%.1f\" y=\"%.1f\">%d</text>\n",
                 p.x - 9, p.y + 4, level);
    }
    buf_addz(html->out, "</svg>\n");
}

struct coverage coverage_of(const struct page *page)
{
    struct coverage coverage = {0};

    for (size_t i = 0; i < page->model->practice_count; i++) {
        const struct practice_result *result = &page->a->practices[i];
        enum evidence_class class_ =
            result->state == STATE_UNKNOWN ? CLASS_NONE : page_class(result);

        if (result->state == STATE_NOT_APPLICABLE) {
            coverage.not_applicable++;
            continue;
        }
        coverage.weight[class_] += result->practice->weight;
        coverage.practices[class_]++;
    }
    return coverage;
}

void svg_coverage(struct html *html, const struct coverage *coverage)
{
    static const char *const classes[] = {"none", "measured", "observed", "attested", "claimed"};
    double all = 0, x = 0;

    for (size_t c = 0; c < TM_COUNT(classes); c++)
        all += coverage->weight[c];
    buf_addz(html->out, "<svg class=\"coverage\" viewBox=\"0 0 600 24\" "
                        "preserveAspectRatio=\"none\" role=\"img\" aria-label=\"");
    html_text(html, words_coverage(html->page));
    buf_addz(html->out, "\">");
    for (size_t k = 0; all > 0 && k < TM_COUNT(classes); k++) {
        size_t c = (k + 1) % TM_COUNT(classes); /* the unknown come last */
        double width = 600 * coverage->weight[c] / all;

        if (width > 0)
            buf_addf(html->out,
                     "<rect class=\"s-%s\" x=\"%.1f\" y=\"0\" width=\"%.1f\" height=\"24\"/>",
                     classes[c], x, width);
        x += width;
    }
    buf_addz(html->out, "</svg>\n");
}

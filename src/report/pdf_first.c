/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The first page: where the shop stands. */
#include "report/chart.h"
#include "report/pdf.h"
#include "report/words_peers.h"

static const double LEFT = PDF_MARGIN;

static double masthead(struct pdf *pdf, double y)
{
    struct page *page = pdf->page;
    const struct report_facts *facts = page->options->facts;
    const char *shop = facts && facts->shop && *facts->shop ? facts->shop : _("Your shop");

    y += pdf_text(pdf, FACE_BRAND, ANCHOR_START, LEFT, y, PDF_INNER, 1, "Tidemark") + 2;
    y += pdf_text(pdf, FACE_SHOP, ANCHOR_START, LEFT, y, PDF_INNER, 1, page_isolate(page, shop));
    y += pdf_text(pdf, FACE_SOFT, ANCHOR_START, LEFT, y, PDF_INNER, 1,
                  page_printf(page, _("Marketing maturity, %s"), words_as_of(page)));
    return y + 10;
}

/* The words beside the steps. */
static double verdict_words(struct pdf *pdf, double x, double y, double width)
{
    struct page *page = pdf->page;
    const struct assessment *a = page->a;
    double top = y;

    y += pdf_text(pdf, words_confirmed(a) ? FACE_GOOD : FACE_CAUTION, ANCHOR_START, x, y, width, 1,
                  words_standing(page));
    y += pdf_text(pdf, FACE_STAGE, ANCHOR_START, x, y, width, 2, words_stage(page, a->stage_best));
    y += 3;
    y += pdf_text(pdf, FACE_LEAD, ANCHOR_START, x, y, width, 0, words_verdict(page));
    if (*words_caution(page))
        y += 4 + pdf_text(pdf, FACE_CAUTION, ANCHOR_START, x, y + 4, width, 0, words_caution(page));
    if (*words_stage_what(page))
        y += 4 + pdf_text(pdf, FACE_SOFT, ANCHOR_START, x, y + 4, width, 0, words_stage_what(page));
    return y - top;
}

static double verdict(struct pdf *pdf, double y)
{
    const double pad = 14, chart = 226, words = PDF_INNER - chart - 3 * pad;
    const double chart_height = chart * CHART_STEPS_HEIGHT / CHART_STEPS_WIDTH;
    bool dry = pdf->dry;
    struct canvas canvas;
    double height;

    pdf->dry = true;
    height = fmax(verdict_words(pdf, LEFT + pad, y + pad, words), chart_height);
    pdf->dry = dry;
    pdf_box(pdf, COLOUR_WATER, LEFT, y, PDF_INNER, height + 2 * pad, 8);
    verdict_words(pdf, LEFT + pad, y + pad, words);
    pdf_box(pdf, COLOUR_CARD, LEFT + words + 2 * pad - 4, y + pad - 6, chart + 8, height + 12, 6);
    canvas = pdf_canvas_open(pdf, LEFT + words + 2 * pad, y + pad + (height - chart_height) / 2,
                             chart, chart_height, CHART_STEPS_WIDTH, CHART_STEPS_HEIGHT);
    chart_steps(&canvas);
    pdf_canvas_close(pdf);
    return y + height + 2 * pad + 12;
}

/* Figures side by side: a label above a value. */
static double figures(struct pdf *pdf, const struct fact *facts, size_t n, enum face face, double y)
{
    double width = PDF_INNER / (double)n - 8, most = 0, label = 0;

    for (size_t i = 0; i < n; i++)
        label = fmax(label, pdf_height(pdf, FACE_SMALL, width, facts[i].label));
    for (size_t i = 0; i < n; i++) {
        double x = LEFT + (width + 8) * (double)i;

        pdf_text(pdf, FACE_SMALL, ANCHOR_START, x, y, width, 0, facts[i].label);
        most =
            fmax(most, pdf_text(pdf, face, ANCHOR_START, x, y + label, width, 2, facts[i].value));
    }
    return y + label + most + 9;
}

static double key_figures(struct pdf *pdf, double y)
{
    struct page *page = pdf->page;
    const struct assessment *a = page->a;
    struct fact shop[FACTS_MAX];
    size_t n = words_facts(page, shop);
    const char *low = page_number(page, a->index_low, 0);
    const char *high = page_number(page, a->index_high, 0);
    double at_least = words_at_least(a, a->stage_best);
    struct fact rows[5] = {
        {page_printf(page, _("Probability of stage %s or above"), page_int(page, a->stage_best)),
         a->stage_best == 1 ? page_percent(page, 1) : page_chance(page, at_least)},
        {_("Confirmed stage"), page_int(page, a->stage_confirmed)},
        {_("Known of what is looked at"), page_percent(page, a->coverage)},
        {_("Index, 0 to 100"), isfinite(a->index) ? page_number(page, a->index, 0) : "–"},
        {_("Could be"), page_printf(page, _("%s to %s"), low, high)},
    };
    size_t shown = TM_COUNT(rows) - (strcmp(low, high) == 0); /* nothing is open: no range */

    y = figures(pdf, rows, shown, FACE_FIGURE, y);
    if (n) {
        pdf_rule(pdf, LEFT, y - 3, PDF_INNER);
        y += 4;
        pdf_text(pdf, FACE_SMALL, ANCHOR_START, LEFT, y, PDF_INNER, 1,
                 _("The shop in the last 365 days"));
        y = figures(pdf, shop, n, FACE_STRONG, y + 11 * pdf->scale);
    }
    return y;
}

/* Up, down or level since the assessment before; "" where that is not known. */
static const char *arrow(const struct page *page, size_t dimension)
{
    const struct trend *trend = page->options->trend;
    const char *id = page->model->dimensions[dimension].id;

    if (!trend || trend->count < 2 || trend->points[trend->count - 1].model_changed)
        return "";
    for (size_t i = 0; i < trend->dimension_count; i++) {
        double now = trend->points[trend->count - 1].dimensions[i];
        double before = trend->points[trend->count - 2].dimensions[i];

        if (strcmp(trend->dimension_ids[i], id) == 0 && isfinite(now) && isfinite(before))
            return now - before >= .05 ? "▲" : before - now >= .05 ? "▼" : "=";
    }
    return "";
}

static double dimension_row(struct pdf *pdf, size_t i, double x, double y, double width,
                            double least)
{
    struct page *page = pdf->page;
    const struct dimension_result *d = &page->a->dimensions[i];
    const char *title = page_text(page, &d->dimension->title), *way = arrow(page, i);
    const double name = width * .44, value = 24, mark = 12;
    double height = fmax(pdf_height(pdf, FACE_BODY, name, title), least), bar;
    struct canvas canvas;

    pdf_text(pdf, FACE_BODY, ANCHOR_START, x, y, name, 0, title);
    bar = width - name - value - mark - 8;
    canvas = pdf_canvas_open(pdf, x + name + 6, y, bar, 13, CHART_LEVEL_WIDTH, CHART_LEVEL_HEIGHT);
    chart_level(&canvas, d);
    pdf_canvas_close(pdf);
    pdf_text(pdf, FACE_STRONG, ANCHOR_END, x + width - value - mark, y, value, 1,
             isfinite(d->value) ? page_number(page, d->value, 1) : "–");
    pdf_text(pdf, *way == '=' ? FACE_SMALL : FACE_ACCENT, ANCHOR_END, x + width - mark, y, mark, 1,
             way);
    return height;
}

/* A coloured square and what it stands for; returns the x after it. */
static double key(struct pdf *pdf, enum colour colour, double x, double y, const char *text)
{
    double width = pdf_extent(pdf, FACE_SMALL, PDF_INNER - 12, text);

    if (colour == COLOUR_NONE) { /* the text has its own sign */
        pdf_text(pdf, FACE_SMALL, ANCHOR_START, x, y, width + 2, 1, text);
        return x + width + 14;
    }
    pdf_box(pdf, colour, x, y + 2 * pdf->scale, 7 * pdf->scale, 7 * pdf->scale, 1.5);
    pdf_text(pdf, FACE_SMALL, ANCHOR_START, x + 10, y, width + 2, 1, text);
    return x + 10 + width + 14;
}

struct key_row {
    enum colour colour;
    const char *text;
};

/* The keys one after the other, on as many lines as they need. */
static double keys(struct pdf *pdf, const struct key_row *rows, size_t n, double y)
{
    double x = LEFT, line = 12 * pdf->scale;

    for (size_t i = 0; i < n; i++) {
        double width = pdf_extent(pdf, FACE_SMALL, PDF_INNER - 12, rows[i].text) + 10;

        if (x > LEFT && x + width > LEFT + PDF_INNER) {
            x = LEFT;
            y += line;
        }
        x = key(pdf, rows[i].colour, x, y, rows[i].text);
    }
    return y + line;
}

static double profile(struct pdf *pdf, double y)
{
    struct page *page = pdf->page;
    size_t n = page->model->dimension_count;
    const double radar = 252, height = radar * CHART_RADAR_HEIGHT / CHART_RADAR_WIDTH;
    const struct trend *trend = page->options->trend;
    bool arrows = n && *arrow(page, 0);
    const struct key_row rows[] = {
        {COLOUR_ACCENT, _("your level")},
        {COLOUR_ACCENT_SOFT, _("possible range, as long as something is unknown")},
        {COLOUR_GOAL, page_printf(page, _("enough for stage %s"), page_int(page, page->a->target))},
        {COLOUR_NONE, arrows ? page_printf(page, _("▲ better, ▼ worse, = the same since %s"),
                                           page_date(page, trend->points[trend->count - 2].as_of))
                             : ""},
    };
    double x = LEFT + radar + 10, at, top;
    struct canvas canvas;

    y += pdf_text(pdf, FACE_HEADING, ANCHOR_START, LEFT, y, PDF_INNER, 1, _("Profile")) + 4;
    top = y;
    canvas =
        pdf_canvas_open(pdf, LEFT - 6, top, radar, height, CHART_RADAR_WIDTH, CHART_RADAR_HEIGHT);
    chart_radar(&canvas);
    pdf_canvas_close(pdf);
    at = top + 2;
    for (size_t i = 0; i < n; i++)
        at += dimension_row(pdf, i, x, at, PDF_INNER - radar - 10, 14) +
              fmax(2, (height - 16 * (double)n) / (double)n * .4);
    y = fmax(top + height, at) + 4;
    return keys(pdf, rows, TM_COUNT(rows) - !arrows, y) + 8;
}

static double evidence(struct pdf *pdf, double y)
{
    static const enum colour colours[] = {
        [CLASS_NONE] = COLOUR_EMPTY,        [CLASS_MEASURED] = COLOUR_ACCENT,
        [CLASS_OBSERVED] = COLOUR_OBSERVED, [CLASS_ATTESTED] = COLOUR_ATTESTED,
        [CLASS_CLAIMED] = COLOUR_CLAIMED,
    };
    struct page *page = pdf->page;
    struct coverage coverage = coverage_of(page);
    struct key_row rows[TM_COUNT(colours)];
    struct canvas canvas;

    y += pdf_text(pdf, FACE_HEADING, ANCHOR_START, LEFT, y, PDF_INNER, 1,
                  _("What the verdict rests on")) +
         4;
    canvas =
        pdf_canvas_open(pdf, LEFT, y, PDF_INNER, 12, CHART_COVERAGE_WIDTH, CHART_COVERAGE_HEIGHT);
    chart_coverage(&canvas, &coverage);
    pdf_canvas_close(pdf);
    for (size_t i = 0; i < TM_COUNT(rows); i++) {
        size_t c = (i + 1) % TM_COUNT(rows);

        rows[i].colour = colours[c];
        rows[i].text = page_printf(
            page, "%s: %s", c ? words_class((enum evidence_class)c) : words_state(STATE_UNKNOWN),
            page_int(page, (int64_t)coverage.practices[c]));
    }
    return keys(pdf, rows, TM_COUNT(rows), y + 17) + 6;
}

/* One line where a place may be told. */
static double others(struct pdf *pdf, double y)
{
    const struct peers *peers = pdf->page->options->peers;

    if (!peers || !peers_told(peers))
        return y;
    return y +
           pdf_text(pdf, FACE_BODY, ANCHOR_START, LEFT, y, PDF_INNER, 0, words_peers(pdf->page)) +
           8;
}

static double condition(struct pdf *pdf, double p, const char *text, const char *figure, double y)
{
    const char *word = p >= .8 ? _("met") : p >= .2 ? _("in doubt") : _("not met");
    const double width = PDF_INNER * .62, today = PDF_INNER * .2;
    double height = pdf_text(pdf, FACE_BODY, ANCHOR_START, LEFT, y, width, 0, text);

    height = fmax(
        height, pdf_text(pdf, FACE_BODY, ANCHOR_START, LEFT + width + 8, y, today - 8, 0, figure));
    height =
        fmax(height, pdf_text(pdf, p >= .8 ? FACE_GOOD : FACE_CAUTION, ANCHOR_START,
                              LEFT + width + today + 8, y, PDF_INNER - width - today - 8, 0, word));
    pdf_rule(pdf, LEFT, y + height + 1.5, PDF_INNER);
    return y + height + 4;
}

static double conditions(struct pdf *pdf, double y)
{
    struct page *page = pdf->page;
    struct stage_condition rows[STAGE_CONDITIONS];

    words_conditions(page, rows);
    y += pdf_text(pdf, FACE_HEADING, ANCHOR_START, LEFT, y, PDF_INNER, 1,
                  page_printf(page, _("What stage %s asks"), page_int(page, page->a->target))) +
         4;
    for (size_t i = 0; i < TM_COUNT(rows); i++)
        y = condition(pdf, rows[i].p, rows[i].text, rows[i].today, y);
    return y;
}

double pdf_first_page(struct pdf *pdf)
{
    double y = masthead(pdf, 34);

    y = verdict(pdf, y);
    y = key_figures(pdf, y);
    y = profile(pdf, y);
    y = others(pdf, y);
    y = evidence(pdf, y);
    return conditions(pdf, y);
}

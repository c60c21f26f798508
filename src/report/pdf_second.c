/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The second page: what to do about it, and how to read it all. */
#include "report/chart.h"
#include "report/pdf.h"
#include "report/words_worth.h"

enum { GAPS = 5, CONNECTIONS = 3, STEPS = 7, STEPS_CROWDED = 4, FIRST_STEPS = 3 };

static const double LEFT = PDF_MARGIN;

static double heading(struct pdf *pdf, double y, const char *text)
{
    return y + pdf_text(pdf, FACE_HEADING, ANCHOR_START, LEFT, y, PDF_INNER, 1, text) + 5;
}

static void number(struct pdf *pdf, size_t i, double y)
{
    const char *text = page_int(pdf->page, (int64_t)i);
    double height = pdf_height(pdf, FACE_STRONG, 16, text);

    pdf_disc(pdf, COLOUR_ACCENT_SOFT, LEFT + 8, y + 8, 8);
    pdf_text(pdf, FACE_ACCENT, ANCHOR_MIDDLE, LEFT, y + 8 - height / 2, 16, 1, text);
}

static double gap_worth(struct pdf *pdf, const struct gap *gap, double x, double y, double width)
{
    const struct money *money = pdf->page->options->money;
    const struct practice_money *worth;
    double top = y;

    if (!money)
        return 0;
    worth = &money->practices[gap->practice];
    if (!worth->known) /* where no effect is modelled at all, one note below says so */
        return worth->missing ? pdf_text(pdf, FACE_SMALL, ANCHOR_END, x, y, width, 0,
                                         words_worth_unknown(worth))
                              : 0;
    y += pdf_text(pdf, FACE_ACCENT, ANCHOR_END, x, y, width, 2,
                  words_a_year(pdf->page, worth->gain.median));
    y += pdf_text(pdf, FACE_SMALL, ANCHOR_END, x, y, width, 2,
                  words_amount_range(pdf->page, &worth->gain));
    y += pdf_text(pdf, FACE_SMALL, ANCHOR_END, x, y, width, 2,
                  words_at_stake(pdf->page, worth->at_stake));
    return y - top;
}

static double gap(struct pdf *pdf, size_t i, double y)
{
    struct page *page = pdf->page;
    const struct gap *g = &page->a->gaps[i];
    const struct practice *practice = &page->model->practices[g->practice];
    const double worth = page->options->money ? 120 : 0, words = PDF_INNER - 24 - worth;
    double x = LEFT + 24, top = y, right;

    number(pdf, i + 1, y);
    right = gap_worth(pdf, g, LEFT + PDF_INNER - worth, y, worth);
    y += pdf_text(
        pdf, FACE_STRONG, ANCHOR_START, x, y, words - 10, 2,
        page_printf(page, "%s · %s", page_text(page, &practice->title), words_gap_reason(page, g)));
    y += pdf_text(pdf, FACE_SOFT, ANCHOR_START, x, y, words - 10, 3, words_gap_distance(page, g));
    return fmax(y, fmax(top + right, top + 17)) + 5;
}

/* One of the gaps that are shown has no amount, and there is no reason that could be mended. */
static bool unmodelled(const struct page *page, const struct money *money)
{
    bool any = false;

    for (size_t i = 0; i < page->a->gap_count && i < GAPS; i++) {
        const struct practice_money *worth = &money->practices[page->a->gaps[i].practice];

        any = any || (!worth->known && !worth->missing);
    }
    return any;
}

static double gaps(struct pdf *pdf, double y)
{
    struct page *page = pdf->page;
    const struct assessment *a = page->a;
    const struct money *money = page->options->money;

    if (!a->gap_count)
        return y;
    y = heading(
        pdf, y,
        page_printf(page, _("What stands between you and stage %s"), page_int(page, a->target)));
    for (size_t i = 0; i < a->gap_count && i < GAPS; i++)
        y = gap(pdf, i, y);
    if (a->gap_count > GAPS)
        y += pdf_text(pdf, FACE_SMALL, ANCHOR_START, LEFT + 24, y, PDF_INNER - 24, 1,
                      page_printf(page, P_("and %s more", "and %s more", a->gap_count - GAPS),
                                  page_int(page, (int64_t)(a->gap_count - GAPS))));
    if (money && unmodelled(page, money))
        y += pdf_text(pdf, FACE_SMALL, ANCHOR_START, LEFT + 24, y, PDF_INNER - 24, 1,
                      _("Where no amount stands, no direct money effect is modelled."));
    if (money && *words_joint(page, money))
        y += 2 + pdf_text(pdf, FACE_BODY, ANCHOR_START, LEFT + 24, y + 2, PDF_INNER - 24, 0,
                          words_joint(page, money));
    return y + 10;
}

static double timeline(struct pdf *pdf, double y)
{
    const struct roadmap *map = pdf->page->options->roadmap;
    /* Letters that can be read are worth more than the later steps. */
    size_t most = pdf->scale >= .9 ? STEPS : STEPS_CROWDED;
    size_t rows = map->step_count < most ? map->step_count : most;
    double inner = chart_timeline_height(CHART_TIMELINE_WIDTH, rows),
           height = inner * PDF_INNER / CHART_TIMELINE_WIDTH;
    struct canvas canvas;

    y = heading(pdf, y, _("Road map: the first steps"));
    canvas = pdf_canvas_open(pdf, LEFT, y, PDF_INNER, height, CHART_TIMELINE_WIDTH, inner);
    chart_timeline(&canvas, map, 0, rows);
    pdf_canvas_close(pdf);
    y += height + 3;
    y += pdf_text(pdf, FACE_BODY, ANCHOR_START, LEFT, y, PDF_INNER, 0,
                  words_road_end(pdf->page, map));
    return y + 10;
}

static double first_steps(struct pdf *pdf, double y)
{
    struct page *page = pdf->page;
    const struct assessment *a = page->a;
    size_t shown = 0;

    for (size_t i = 0; i < a->gap_count && shown < FIRST_STEPS; i++) {
        const struct practice *practice = &page->model->practices[a->gaps[i].practice];

        if (!*page_text(page, &practice->how))
            continue;
        if (!shown)
            y = heading(pdf, y, _("What to do first"));
        number(pdf, ++shown, y);
        y += fmax(17, pdf_text(pdf, FACE_BODY, ANCHOR_START, LEFT + 24, y, PDF_INNER - 24, 0,
                               page_printf(page, _("%s: %s"), page_text(page, &practice->title),
                                           page_text(page, &practice->how)))) +
             4;
    }
    return shown ? y + 8 : y;
}

static double connection(struct pdf *pdf, const struct road_data *data, double x, double y,
                         double width)
{
    const double pad = 8;
    double inner = width - 2 * pad, top = y;

    y += pad;
    y += pdf_text(pdf, FACE_STRONG, ANCHOR_START, x + pad, y, inner, 0, data->title);
    y += pdf_text(pdf, FACE_ACCENT, ANCHOR_START, x + pad, y, inner, 0, data->tells) + 2;
    y += pdf_text(pdf, FACE_SOFT, ANCHOR_START, x + pad, y, inner, 0, data->how);
    return y + pad - top;
}

static double connections(struct pdf *pdf, double y)
{
    struct road_data data[CONNECTIONS];
    size_t n = words_next_data(pdf->page, data, CONNECTIONS);
    const double between = 10;
    double width = (PDF_INNER - between * (CONNECTIONS - 1)) / CONNECTIONS, height = 0;
    bool dry = pdf->dry;

    if (!n)
        return y;
    y = heading(pdf, y, _("What to connect next"));
    pdf->dry = true;
    for (size_t i = 0; i < n; i++)
        height = fmax(height, connection(pdf, &data[i], LEFT, y, width));
    pdf->dry = dry;
    for (size_t i = 0; i < n; i++) {
        double x = LEFT + (width + between) * (double)i;

        pdf_box(pdf, COLOUR_WATER, x, y, width, height, 6);
        connection(pdf, &data[i], x, y, width);
    }
    return y + height + 14;
}

static double term(struct pdf *pdf, const struct term *row, double x, double y, double width)
{
    double top = y;

    y += pdf_text(pdf, FACE_STRONG, ANCHOR_START, x, y, width, 0, _(row->term));
    y += pdf_text(pdf, FACE_SOFT, ANCHOR_START, x, y, width, 0, _(row->text)) + 6;
    return y - top;
}

/* In two columns of about the same height. */
static double terms(struct pdf *pdf, double y)
{
    const double width = (PDF_INNER - 20) / 2;
    double heights[TERMS_MAX], all = 0, so_far = 0, end = y, at[2];
    size_t n = 0;
    bool dry = pdf->dry;

    y = heading(pdf, y, _("How to read this"));
    pdf->dry = true;
    for (; n < TERMS_MAX && words_terms[n].term; n++)
        all += heights[n] = term(pdf, &words_terms[n], LEFT, y, width);
    pdf->dry = dry;
    at[0] = at[1] = y;
    for (size_t i = 0; i < n; i++) {
        size_t column = so_far + heights[i] / 2 > all / 2;

        term(pdf, &words_terms[i], LEFT + (column ? width + 20 : 0), at[column], width);
        at[column] += heights[i];
        so_far += heights[i];
        end = fmax(at[0], at[1]);
    }
    return end;
}

double pdf_second_page(struct pdf *pdf)
{
    const struct roadmap *map = pdf->page->options->roadmap;
    double y = gaps(pdf, 34);

    y = map && map->step_count ? timeline(pdf, y) : first_steps(pdf, y);
    y = connections(pdf, y);
    return terms(pdf, y);
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The four stages as steps in the tide, and what is known as a bar. */
#include "report/chart.h"

#include "report/words.h"

enum { STEP_WIDTH = 106, STEP_GAP = 12, BASE = 186, WAVE_STEPS = 96 };

static double step_x(int stage)
{
    return 6 + (STEP_WIDTH + STEP_GAP) * (stage - 1);
}

static double step_top(int stage)
{
    return BASE - 34 - 38 * (stage - 1);
}

const char *chart_steps_words(struct page *page)
{
    const char *all = "";

    for (int s = 1; s <= 4; s++)
        all = page_printf(page, "%s%s%s: %s", all, *all ? "; " : "", words_stage(page, s),
                          page_chance(page, page->a->stage_p[s - 1]));
    return all;
}

static void water(struct canvas *canvas, double level)
{
    struct point points[WAVE_STEPS + 3];

    for (size_t i = 0; i <= WAVE_STEPS; i++) {
        double x = canvas->width * (double)i / WAVE_STEPS;

        points[i] = (struct point){x, level - 4 * sin(M_PI * x / 60)};
    }
    points[WAVE_STEPS + 1] = (struct point){canvas->width, BASE};
    points[WAVE_STEPS + 2] = (struct point){0, BASE};
    canvas_polygon(canvas, LOOK_WATER, points, TM_COUNT(points), true);
}

void chart_steps(struct canvas *canvas)
{
    struct page *page = canvas->page;
    const struct assessment *a = page->a;

    water(canvas, step_top(a->stage_best) - 1);
    for (int s = 1; s <= 4; s++) {
        bool here = s == a->stage_best;
        double x = step_x(s), top = step_top(s), middle = x + STEP_WIDTH / 2.0;
        enum look look = here                      ? LOOK_STEP_HERE
                         : s <= a->stage_confirmed ? LOOK_STEP_DONE
                         : s == a->target          ? LOOK_STEP_NEXT
                                                   : LOOK_STEP;

        canvas_rect(canvas, look, x, top, STEP_WIDTH, BASE - top, 4);
        canvas_text(canvas, here ? LOOK_NUMBER_HERE : LOOK_NUMBER, ANCHOR_MIDDLE, middle, BASE - 12,
                    STEP_WIDTH, true, page_int(page, s));
        canvas_text(canvas, here ? LOOK_PERCENT_HERE : LOOK_PERCENT, ANCHOR_MIDDLE, middle,
                    top - 12, STEP_WIDTH, true, page_chance(page, a->stage_p[s - 1]));
        canvas_text(canvas, here ? LOOK_LABEL_HERE : LOOK_LABEL, ANCHOR_MIDDLE, middle, BASE + 20,
                    STEP_WIDTH + 4, true, page_text(page, &page->model->stages[s - 1]));
    }
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

void chart_coverage(struct canvas *canvas, const struct coverage *coverage)
{
    static const enum look looks[] = {
        [CLASS_NONE] = LOOK_NONE,         [CLASS_MEASURED] = LOOK_MEASURED,
        [CLASS_OBSERVED] = LOOK_OBSERVED, [CLASS_ATTESTED] = LOOK_ATTESTED,
        [CLASS_CLAIMED] = LOOK_CLAIMED,
    };
    double all = 0, x = 0;

    for (size_t c = 0; c < TM_COUNT(looks); c++)
        all += coverage->weight[c];
    for (size_t k = 0; all > 0 && k < TM_COUNT(looks); k++) {
        size_t c = (k + 1) % TM_COUNT(looks); /* the unknown come last */
        double width = canvas->width * coverage->weight[c] / all;

        if (width > 0)
            canvas_rect(canvas, looks[c], x, 0, width, canvas->height, 0);
        x += width;
    }
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* chart.h - the charts, drawn on any canvas. Each has a size of its own, in the canvas's units;
 * those of gaps, history and time line also fit a canvas of CHART_NARROW, for a phone. */
#ifndef TM_REPORT_CHART_H
#define TM_REPORT_CHART_H

#include "report/canvas.h"

enum {
    CHART_STEPS_WIDTH = 480,
    CHART_STEPS_HEIGHT = 250,
    CHART_RADAR_WIDTH = 600,
    CHART_RADAR_HEIGHT = 470,
    CHART_LEVEL_WIDTH = 308,
    CHART_LEVEL_HEIGHT = 20,
    CHART_COVERAGE_WIDTH = 600,
    CHART_COVERAGE_HEIGHT = 24,
    CHART_TIMELINE_WIDTH = 820,
    CHART_GAPS_WIDTH = 720,
    CHART_GAPS_HEIGHT = 360,
    CHART_RANGE_WIDTH = 308,
    CHART_RANGE_HEIGHT = 20,
    CHART_HISTORY_WIDTH = 720,
    CHART_HISTORY_HEIGHT = 260,
    CHART_NARROW = 360
};

/* Weight and number of practices by the class of evidence that counted; CLASS_NONE: unknown. */
struct coverage {
    double weight[CLASS_CLAIMED + 1];
    size_t practices[CLASS_CLAIMED + 1];
    size_t not_applicable;
};
struct coverage coverage_of(const struct page *page);

/* Four steps with their probabilities, under water up to the present one. */
void chart_steps(struct canvas *canvas);
/* The same as one sentence. */
const char *chart_steps_words(struct page *page);
/* All dimensions around a centre, with the target profile; nothing for fewer than three. */
void chart_radar(struct canvas *canvas);
/* One dimension on 1..4: value, possible range as whiskers, target. May be stretched. */
void chart_level(struct canvas *canvas, const struct dimension_result *d);
/* What is known, by class of evidence; the unknown comes last. May be stretched. */
void chart_coverage(struct canvas *canvas, const struct coverage *coverage);

/* The gaps that ask for work, nearest first. */
struct gap_bubble {
    const struct practice *practice;
    double hours;  /* of work to the level that is asked */
    double levels; /* missing */
    double worth;  /* median gain a year, minor units; NAN: not known */
};
enum { BUBBLES_MAX = 15 };
size_t chart_gaps_rows(const struct page *page, struct gap_bubble out_rows[BUBBLES_MAX]);
/* Gap against effort, money as area; the numbers count the rows from 1. */
void chart_gaps(struct canvas *canvas, const struct gap_bubble *rows, size_t n);
/* An estimate on 0 to `most` with its whiskers. May be stretched. */
void chart_range(struct canvas *canvas, const struct estimate *e, double most);
/* The index over time; at least one point. */
void chart_history(struct canvas *canvas, const struct trend *trend);
/* The steps of a road map from `first` on over its quarters, in a picture of this height. */
double chart_timeline_height(double width, size_t rows);
void chart_timeline(struct canvas *canvas, const struct roadmap *map, size_t first, size_t rows);

#endif

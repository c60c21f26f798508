/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* svg.h - the drawings of the HTML page, as inline SVG that the page's style sheet colours. */
#ifndef TM_REPORT_SVG_H
#define TM_REPORT_SVG_H

#include "report/chart.h"
#include "report/html.h"

void svg_brand(struct html *html);
/* Four steps with their probabilities, under water up to the present one. */
void svg_steps(struct html *html);
/* One dimension on 1..4: value, possible range, target. */
void svg_level_bar(struct html *html, const struct dimension_result *d);
/* All dimensions around a centre, with the target profile. */
void svg_radar(struct html *html);
void svg_coverage(struct html *html, const struct coverage *coverage);

#endif

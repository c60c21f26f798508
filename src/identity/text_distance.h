/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* text_distance.h - how alike two short texts are: names as people write them, numbers as people
 * mistype them.
 *
 * Texts are UTF-16 units, already folded (suggest_text.h); of longer ones the first
 * DISTANCE_TEXT_MAX units count. No memory, no errors, any thread.
 */
#ifndef TM_IDENTITY_TEXT_DISTANCE_H
#define TM_IDENTITY_TEXT_DISTANCE_H

#include "base/base.h"

enum { DISTANCE_TEXT_MAX = 64 };

struct text16 {
    const uint16_t *p;
    size_t n;
};

/* Jaro's similarity (1989, JASA 84, 414-420), raised by a common beginning of up to four units:
 * s + 0.1 l (1 - s) (Winkler 1990, Proc. Survey Research Methods, 354-359). 0 nothing in common,
 * 1 equal; two empty texts are equal. */
double distance_jaro_winkler(struct text16 a, struct text16 b);

/* Insertions, deletions, changes and swaps of neighbours that make b of a, no unit touched twice
 * (optimal string alignment; Damerau 1964, CACM 7(3), 171-176). */
unsigned distance_edits(struct text16 a, struct text16 b);

#endif

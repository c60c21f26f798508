/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* nearest.h - which of the known words was probably meant.
 *
 *     struct nearest n = nearest_to(given);
 *     for (...) nearest_consider(&n, name);
 *     if (n.best) err_hint(err, "Did you mean \"%s\"?", n.best);
 *
 * By edit distance (V. Levenshtein, 1966), ASCII case aside: within two edits, or a third of a long
 * word's bytes. Nothing is near to a word that would have to be written anew.
 */
#ifndef TM_BASE_NEAREST_H
#define TM_BASE_NEAREST_H

#include "base/base.h"

struct nearest {
    struct str word;
    const char *best; /* NULL: none is near; the first of those that are equally near */
    size_t edits;     /* of `best`; without one, one more than a near word may have */
};

struct nearest nearest_to(struct str word);
void nearest_consider(struct nearest *n, const char *candidate);
/* All of it for a list. */
const char *nearest_of(struct str word, const char *const *candidates, size_t count);

#endif

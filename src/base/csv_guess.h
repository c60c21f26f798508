/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* csv_guess.h - which delimiter a text uses, from its first rows.
 *
 * The one that cuts the most rows into the same number of cells, beginning with the earliest row:
 * in "price;qty / 1,50;2" a comma cuts the rows alike too, but not the header. Runs of blanks
 * only for tables of numbers in which nothing else delimits. A single column is ','.
 */
#ifndef TM_BASE_CSV_GUESS_H
#define TM_BASE_CSV_GUESS_H

#include "base/csv_scan.h"

char csv_guess(struct str sample, bool last, struct csv_scan *scratch);

#endif

/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* digits.h - Arabic-Indic digits in Arabic texts that hold Latin ones. */
#ifndef TM_BASE_DIGITS_H
#define TM_BASE_DIGITS_H

#include "base/buf.h"

/* The text with "90%" as "٩٠٪" and "20,000" as "٢٠٬٠٠٠". As it was stays what is typed or named
 * so: everything between directional isolates (options, files, what came from outside), words
 * with a Latin letter ("GA4", "EML-3"), days ("2026-09-30"), and directives of printf ("%1$s"). */
void digits_add_arabic(struct buf *out, struct str text);

#endif

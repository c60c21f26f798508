/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* ranges_file.h - what imports.c and ranges.c share; inside src/store only. */
#ifndef TM_STORE_RANGES_FILE_H
#define TM_STORE_RANGES_FILE_H

#include "store/sqlite.h"

enum { COUNTS_TEXT = STORE_KINDS * 21 + 1 };

/* "12 0 3": one count a kind. */
void store_write_counts(char *to, size_t size, const int64_t counts[STORE_KINDS]);
void store_read_counts(const char *from, int64_t counts[STORE_KINDS]);

#endif

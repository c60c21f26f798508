/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* word_table.h - constant lists of words, found by hash.
 *
 * Used within this folder for lists that every event passes through. A table is filled once
 * (pthread_once of its owner) and only read afterwards, so that any thread may use it. Words are
 * constants in lower case; a word given twice keeps its first value.
 */
#ifndef TM_SHOP_WORD_TABLE_H
#define TM_SHOP_WORD_TABLE_H

#include "base/base.h"

enum { WORD_SLOTS = 2048, WORD_MAX = 255 };

struct word {
    const char *text;
    int value;
};

struct word_table {
    struct {
        const struct word *word;
        uint32_t n;
        uint32_t hash;
    } slots[WORD_SLOTS];
};

/* At most WORD_SLOTS / 2 words. */
void word_table_fill(struct word_table *table, const struct word *words, size_t count);
/* NULL when it is not listed. */
const struct word *word_find(const struct word_table *table, struct str s);

/* `s` trimmed, in lower case (ASCII), cut at WORD_MAX bytes. */
struct str word_lower(struct str s, char out[WORD_MAX + 1]);

#endif

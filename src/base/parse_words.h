/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* parse_words.h - the words in written dates, in the languages that shops' tools write. */
#ifndef TM_BASE_PARSE_WORDS_H
#define TM_BASE_PARSE_WORDS_H

#include "base/base.h"

/* 1 to 12 for a month's name or abbreviation, with or without its point; 0 for another word. */
int parse_month_word(struct str word);
/* 1 for am, 2 for pm, 0 for another word. */
int parse_half_day_word(struct str word);
/* Days of the week, ordinal endings, "of", "at" and the like. */
bool parse_is_filler(struct str word);

#endif

/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* country.h - countries as sources write them: by a code of ISO 3166 (two letters or three), by
 * their English name, or by another one that is in use (country_names.def). Any thread. */
#ifndef TM_SHOP_COUNTRY_H
#define TM_SHOP_COUNTRY_H

#include "base/buf.h"

/* The two letters; false, and "", for no country. */
bool country_code(struct str said, char out[3]);
/* All words for the country that `said` is one for; 0: for none. At most `cap`; they stay. */
enum { COUNTRY_WORDS_MAX = 8 };
size_t country_words(struct str said, struct str *out, size_t cap);

#endif

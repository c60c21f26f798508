/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* terms.h - what the last figures went by: the rates into the shop's currency, and the bounds of
 * the fifths that the group by recency, frequency and value is made of. So that what live messages
 * add to somebody's facts is what the figures would have made of it, people's places among each
 * other aside: these are of the last figures. Read by any number of threads.
 */
#ifndef TM_AUDIENCE_TERMS_H
#define TM_AUDIENCE_TERMS_H

#include "engine/engine.h"

enum { TERMS_BOUNDS = 4 }; /* between five fifths */

/* What a fifth is of, in the order of the columns of audience_person. */
enum terms_score { SCORE_RECENCY, SCORE_FREQUENCY, SCORE_MONETARY, SCORE_COUNT };

struct audience_terms;
struct audience_terms *audience_terms_new(void);
void audience_terms_free(struct audience_terms *terms); /* NULL is fine */
/* By currency and day, ascending. */
void audience_terms_add_rate(struct audience_terms *terms, struct str currency, int64_t day,
                             double factor);
void audience_terms_set_bounds(struct audience_terms *terms, enum terms_score score,
                               const int64_t bounds[TERMS_BOUNDS]);

/* Those of the figures; *io as it is when it is of them already. */
TM_MUST_CHECK enum err_code audience_terms_read(struct engine *engine, struct audience_terms **io,
                                                struct err *err);

/* An amount in minor units of a currency ("" is the figures' own) on a day of the shop, in those of
 * the figures. AMOUNT_NONE where the amount or a rate is not known. */
int64_t audience_terms_amount(const struct audience_terms *terms, int64_t amount,
                              struct str currency, int64_t day);
/* 1 to 5, 5 the best. */
int64_t audience_terms_score(const struct audience_terms *terms, enum terms_score score,
                             int64_t value);

#endif

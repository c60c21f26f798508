/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* facts.h - all that segments can ask of one person, in memory, and whether a segment holds.
 *
 * Pure: no I/O, no clock. Facts are loaded from the engine (members.h), put together by a test, or
 * loaded and completed by an event that has just come.
 */
#ifndef TM_AUDIENCE_FACTS_H
#define TM_AUDIENCE_FACTS_H

#include "audience/audience.h"
#include "audience/words.h"

struct fact {
    int64_t i;       /* AMOUNT_NONE: not known */
    struct str text; /* folded; "" : not known */
    const struct str *list;
    size_t n;
};

struct audience_facts;
struct audience_facts *audience_facts_new(void);
void audience_facts_free(struct audience_facts *facts); /* NULL is fine */
void audience_facts_freep(struct audience_facts **facts);

/* A row of a source with nothing known, to be filled at once; the person's row is there already.
 * NULL past the memory that facts of one person may take. */
struct fact *audience_facts_row(struct audience_facts *facts, enum word_source source);
/* One that is there; dropping it changes the order of the others. */
struct fact *audience_facts_at(struct audience_facts *facts, enum word_source source, size_t i);
void audience_facts_drop(struct audience_facts *facts, enum word_source source, size_t i);
/* Memory of rows and texts. */
size_t audience_facts_bytes(const struct audience_facts *facts);
void fact_int(struct fact *row, enum column_id column, int64_t value);
/* Texts are copied; `fold`: they are not folded yet. */
void fact_text(struct audience_facts *facts, struct fact *row, enum column_id column,
               struct str text, bool fold);
void fact_list(struct audience_facts *facts, struct fact *row, enum column_id column,
               const struct str *texts, size_t n, bool fold);
TM_MUST_CHECK enum err_code audience_facts_check(const struct audience_facts *facts,
                                                 struct err *err);

/* Whether the person belongs to a linked segment that is not broken. */
bool audience_holds(const struct audience_set *set, size_t segment,
                    const struct audience_facts *facts, const struct audience_now *now);

/* Why: a line a condition, with what is known of the person and the verdict, in the language of
 * the thread, as text or as JSON ({member, conditions: [{condition, means, value, verdict}]}). */
void audience_explain(const struct audience_set *set, size_t segment,
                      const struct audience_facts *facts, const struct audience_now *now,
                      struct buf *out);
void audience_explain_json(const struct audience_set *set, size_t segment,
                           const struct audience_facts *facts, const struct audience_now *now,
                           struct json_writer *w);

#endif

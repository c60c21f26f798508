/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* erased.h - keeps those who were erased from coming back with what is old.
 *
 * Every record on its way into the engine, of a file or of a live message, goes by here. One that
 * names an identifier of somebody erased and tells of a time before the erasure does not get in; an
 * order gets in without what tells whose it is, because it belongs to the books. What the person
 * brings later, such as a new purchase, is nobody's to hold back. A record without a time of its
 * own, or with one that is yet to come, is old.
 *
 * Read only once made: any thread.
 */
#ifndef TM_INTAKE_ERASED_H
#define TM_INTAKE_ERASED_H

#include "shop/personal.h"
#include "store/erasures.h"

union record_any {
    int64_t number; /* its line: the first of each */
#define RECORD_MEMBER(upper, lower, columns) struct lower##_record lower;
    RECORD_KINDS(RECORD_MEMBER)
#undef RECORD_MEMBER
};

struct erased;
/* NULL when nobody was ever erased: nothing is looked at then. */
TM_MUST_CHECK enum err_code erased_load(struct store *store, struct erased **out, struct err *err);
/* Of these alone, whether on record or not, up to that time: to find what is theirs. */
TM_MUST_CHECK enum err_code erased_of(struct store *store, const struct erasure_id *ids, size_t n,
                                      int64_t until_us, struct erased **out, struct err *err);
void erased_free(struct erased *erased); /* NULL is fine */
void erased_freep(struct erased **erased);

enum erased_verdict {
    ERASED_NOBODY,  /* let it in as it is */
    ERASED_EMPTIED, /* let *out in instead */
    ERASED_KEPT_OUT /* let nothing in */
};
/* `came_us`: when it came, for a live message; TIME_NONE for a file. */
enum erased_verdict erased_look(const struct erased *erased, enum record_kind kind,
                                struct str source, const void *record, int64_t came_us,
                                union record_any *out);
/* Whether an identifier is one of somebody who was erased at or after that time. */
bool erased_has(const struct erased *erased, enum personal kind, struct str source,
                struct str value, int64_t at_us);

#endif

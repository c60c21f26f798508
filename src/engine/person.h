/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* person.h - the raw tables' rows of one person, found by identifiers: to be told, or to go.
 *
 * Identifiers stand in a table in memory beside the others for as long as the work lasts
 * (tidemark_next.person_id), so that no statement and no file of the engine names anybody. What the
 * statements do to each column is shop/personal.h's word on it.
 *
 * Rows go by the table being made anew without them and taking the old one's place, which is then
 * dropped with its files: deleting rows in place would leave old parts, and statements that name
 * whom they delete, on the disk for minutes.
 *
 * Nothing else may use the connection's "beside" (engine_aside_begin()) meanwhile.
 */
#ifndef TM_ENGINE_PERSON_H
#define TM_ENGINE_PERSON_H

#include "engine/engine.h"
#include "shop/personal.h"

struct person_id {
    enum personal kind;
    struct str source; /* "" for one that counts everywhere */
    struct str value;
    bool other; /* of somebody else: a row that names it, too, is not this person's */
};

struct person_rows;
TM_MUST_CHECK enum err_code person_rows_open(struct engine *engine, struct person_rows **out,
                                             struct err *err);
/* Results end before it. NULL is fine. */
void person_rows_close(struct person_rows *p);
void person_rows_closep(struct person_rows **p);

/* Only rows that tell of a time up to then, of none, or of one that is yet to come are the
 * person's; what came later is left alone. Before person_rows_are(). */
void person_rows_until(struct person_rows *p, int64_t until_us);
/* All identifiers in the raw table of a kind, whoever's they are: columns kind, source, value, some
 * twice; of orders their numbers, too. Needs no person_rows_are(). */
TM_MUST_CHECK enum err_code person_rows_every(struct person_rows *p, enum record_kind kind,
                                              struct result **out, struct err *err);
/* Identifiers that belong to people, as the table `identity` has it, in the raw table of a kind:
 * columns kind, source, value, by which they are sorted, some twice. Needs no person_rows_are(). */
TM_MUST_CHECK enum err_code person_rows_ids(struct person_rows *p, enum record_kind kind,
                                            const uint64_t *people, size_t n, struct result **out,
                                            struct err *err);
/* From here on these are the person's. `needles`: texts that name the person wherever they stand,
 * at most PERSON_NEEDLES. */
enum { PERSON_NEEDLES = 250 };
TM_MUST_CHECK enum err_code person_rows_are(struct person_rows *p, const struct person_id *ids,
                                            size_t n, const struct str *needles,
                                            size_t needle_count, struct err *err);
/* Their numbers in the table `identity`: column id. */
TM_MUST_CHECK enum err_code person_rows_hashes(struct person_rows *p, struct result **out,
                                               struct err *err);
/* Identifiers of others than these people that stand in rows with the person's: columns as above.
 */
TM_MUST_CHECK enum err_code person_rows_others(struct person_rows *p, enum record_kind kind,
                                               const uint64_t *people, size_t n,
                                               struct result **out, struct err *err);
/* The person's rows, in a fixed order: import_id, source, line and the kind's own columns. `all`:
 * those of others, too, that name the person somewhere. */
TM_MUST_CHECK enum err_code person_rows_query(struct person_rows *p, enum record_kind kind,
                                              bool all, struct result **out, struct err *err);
/* Columns import_id, gone (the person's rows of a kind that goes), named (rows that would change or
 * go). */
TM_MUST_CHECK enum err_code person_rows_count(struct person_rows *p, enum record_kind kind,
                                              struct result **out, struct err *err);
/* Makes the kind's table anew without the person. */
TM_MUST_CHECK enum err_code person_rows_remove(struct person_rows *p, enum record_kind kind,
                                               struct err *err);
#endif

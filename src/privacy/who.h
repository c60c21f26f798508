/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* who.h - the front of src/privacy: one person with all that names them.
 *
 * Everything begins here: export.h tells what there is of a person, erase.h takes it away, and both
 * go by the same list of identifiers: those that identity has joined, over all sources.
 */
#ifndef TM_PRIVACY_WHO_H
#define TM_PRIVACY_WHO_H

#include "base/arena.h"
#include "base/json_write.h"
#include "engine/person.h"
#include "store/erasures.h"

enum { WHO_PEOPLE_MAX = 40, WHO_IDS_MAX = 100000 };

struct who {
    uint64_t people[WHO_PEOPLE_MAX]; /* numbers in the engine */
    size_t people_count;
    struct person_id *ids; /* owned; with orders' numbers, and what is of others */
    size_t n;
    struct str needles[PERSON_NEEDLES]; /* texts that are this person's alone, in lower case */
    size_t needle_count;
    int64_t until_us;   /* what tells of a later time is not looked at; TIME_NONE: all is */
    struct arena arena; /* of all text here */
};

#define WHO_INIT ((struct who){.until_us = TIME_NONE, .arena = ARENA_INIT(64 << 20)})
void who_release(struct who *who);

/* One whose number, e-mail address, phone, customer number, log-in or device `text` is. Nobody in
 * the engine is no error when it is an address or a phone: it may stand in the journal. The records
 * must be resolved. ERR_NOT_FOUND; ERR_AMBIGUOUS names the people it may be. */
TM_MUST_CHECK enum err_code who_find(struct engine *engine, const char *text, const char *country,
                                     struct who *who, struct err *err);
/* The same of several identifiers that name one person, as a platform's request does, orders'
 * numbers among them: an order counts that is of nobody's account, or of the customer's who is
 * named, and whoever placed it is the person. Nobody is no error. */
TM_MUST_CHECK enum err_code who_find_all(struct engine *engine, const struct person_id *named,
                                         size_t n, struct who *who, struct err *err);

/* People of these numbers, at most WHO_PEOPLE_MAX, as the resolved records have them: taken
 * together as one, beside whom everybody else is another. */
TM_MUST_CHECK enum err_code who_of_people(struct engine *engine, const uint64_t *people, size_t n,
                                          struct who *who, struct err *err);

/* One more identifier; twice the same is once. */
TM_MUST_CHECK enum err_code who_add(struct who *who, enum personal kind, struct str source,
                                    struct str value, struct err *err);

/* The same, as somebody else's where `other` is set. */
TM_MUST_CHECK enum err_code who_add_id(struct who *who, const struct person_id *id,
                                       struct err *err);

/* As text to be sealed, and back. */
void who_write(const struct who *who, struct buf *out);
TM_MUST_CHECK enum err_code who_read(struct str text, struct who *who, struct err *err);

/* Keyed hashes of all identifiers; the caller frees. *out_n at most who->n. */
TM_MUST_CHECK enum err_code who_hashes(const struct who *who, struct store *store,
                                       struct erasure_id **out, size_t *out_n, struct err *err);
/* Begins to look for the person in the engine. */
TM_MUST_CHECK enum err_code who_rows(const struct who *who, struct engine *engine,
                                     struct person_rows **out, struct err *err);
/* Neither a person nor an order was found. */
bool who_is_nobody(const struct who *who);
/* Identifiers that are the person's own, without orders. */
size_t who_identifiers(const struct who *who);

#endif

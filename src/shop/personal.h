/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* personal.h - which columns of a record tell who somebody is, and what becomes of a record when
 * that person is erased.
 *
 * The one list that export, erasure and the filter of what comes in later read; a test holds it to
 * shop/record.h, so that no column of text is without its word here.
 */
#ifndef TM_SHOP_PERSONAL_H
#define TM_SHOP_PERSONAL_H

#include "shop/record.h"

enum personal {
    PERSONAL_NOT, /* a fact of the shop or of its books; stays */
    PERSONAL_EMAIL,
    PERSONAL_PHONE,
    PERSONAL_CUSTOMER, /* the source's number of a customer */
    PERSONAL_PROFILE,  /* the source's number of a profile */
    PERSONAL_LOGIN,
    PERSONAL_DEVICE,
    PERSONAL_ORDER, /* the source's number of an order: no identifier, but of whose orders' parts */
    PERSONAL_DETAIL, /* tells of the person whose record it is */
    PERSONAL_TEXT,   /* words from outside, in which anybody may be named */
    PERSONAL_UNSAID /* a column of text that is not in the list: taken for a detail; a test fails */
};

/* Constants of SQL: "email". NULL for what is no identifier. */
const char *personal_name(enum personal what);
/* And back: PERSONAL_NOT for another word. */
enum personal personal_named(struct str name);
static inline bool personal_is_id(enum personal what)
{
    return what > PERSONAL_NOT && what < PERSONAL_ORDER;
}
/* Whether values count only within their source, where several sources number alike. */
static inline bool personal_is_scoped(enum personal what)
{
    return what == PERSONAL_CUSTOMER || what == PERSONAL_PROFILE || what == PERSONAL_ORDER;
}

/* Of the i-th column of a kind. */
enum personal personal_of(enum record_kind kind, size_t column);
/* Whether an erased person's records of the kind go; else they stay for the books, without what
 * tells whose they are. */
bool personal_goes(enum record_kind kind);
/* Whether the kind has a column with an identifier or with words: what has none is of nobody. */
bool personal_any(enum record_kind kind);
/* When what the record tells of happened: the latest of its own times, an order's own day.
 * TIME_NONE when it tells none. */
int64_t personal_time(enum record_kind kind, const void *record);

/* The text in the i-th column. */
struct str record_text(enum record_kind kind, const void *record, size_t column);
/* Empties the i-th column, whatever its type. */
void record_empty(enum record_kind kind, void *record, size_t column);

#endif

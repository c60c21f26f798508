/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* tables.h - the contact tables made of the resolved records, and lists of numbers as
 * parameters of statements. Inside of src/outreach/person only. */
#ifndef TM_OUTREACH_PERSON_TABLES_H
#define TM_OUTREACH_PERSON_TABLES_H

#include "outreach/person/person.h"

enum { NUMBERS_MAX = 20000 }; /* of one statement */
/* A statement whose one parameter is a list of numbers. */
TM_MUST_CHECK enum err_code query_numbers(struct engine *engine, const char *statement,
                                          const char *name, const uint64_t *numbers, size_t n,
                                          struct result **out, struct err *err);

#endif

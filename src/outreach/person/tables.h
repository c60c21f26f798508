/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* tables.h - the contact tables made of the resolved records, and people as parameters of
 * statements. Inside of src/outreach/person only. */
#ifndef TM_OUTREACH_PERSON_TABLES_H
#define TM_OUTREACH_PERSON_TABLES_H

#include "outreach/person/person.h"

enum { PEOPLE_LIST_MAX = PERSON_BATCH * 21 + 3 };
/* "[1,2]", as the engine reads arrays; written into `out`. */
struct str people_list(const uint64_t *people, size_t n, char out[PEOPLE_LIST_MAX]);

#endif

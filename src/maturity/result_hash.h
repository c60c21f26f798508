/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* result_hash.h - one number to compare two assessments by. */
#ifndef TM_MATURITY_RESULT_HASH_H
#define TM_MATURITY_RESULT_HASH_H

#include "maturity/score.h"

/* Fills a->result_hash: SHA-256 over everything that was judged, written as text with six decimals
 * so that the last bit of a library's arithmetic does not matter. */
TM_MUST_CHECK enum err_code result_hash(struct assessment *a, struct err *err);

#endif

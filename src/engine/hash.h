/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* hash.h - the engine's cityHash64() without the engine, so that what comes in now has the numbers
 * that its tables use for identifiers.
 *
 * CityHash64 in its version 1.0.2 (Pike and Alakuijala 2011), which the engine has kept; several
 * arguments are combined one after the other. The engine's own answers are the test's. Any thread.
 */
#ifndef TM_ENGINE_HASH_H
#define TM_ENGINE_HASH_H

#include "base/base.h"

/* cityHash64(text) */
uint64_t engine_hash(struct str text);
/* cityHash64(..., text), with the hash of what stands before. */
uint64_t engine_hash_and(uint64_t before, struct str text);

#endif

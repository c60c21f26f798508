/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* fuzz_engine.h - an engine without a node: its answers are the fuzzer's bytes.
 *
 * fuzz_engine.c takes the place of src/engine/transfer.c; reading answers (result.c), checking
 * and writing parameters (request.c, param.c) and the statements are the real ones.
 */
#ifndef TM_TESTS_FUZZ_FUZZ_ENGINE_H
#define TM_TESTS_FUZZ_FUZZ_ENGINE_H

#include "engine/engine.h"

/* One for the whole process. The bytes are borrowed: `bytes` is the answer to the next statement,
 * in pieces of `piece`; with `rows` they are only the rows and the columns in front of them are
 * those that the statement declares; a line "--" divides the rows of several statements. */
struct engine *fuzz_engine(struct str bytes, size_t piece, bool rows);

#endif

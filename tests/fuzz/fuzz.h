/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* fuzz.h - what the fuzz targets share.
 *
 * A target is one function that takes any bytes. libFuzzer calls it when built with -Dfuzz=true;
 * replay_main.c calls it with the corpus, as an ordinary test with any compiler.
 */
#ifndef TM_TESTS_FUZZ_FUZZ_H
#define TM_TESTS_FUZZ_FUZZ_H

#include "base/base.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What must hold for every input: ends the program where it does not, also without asserts. */
#define MUST(cond)                                                                                 \
    do {                                                                                           \
        if (!(cond)) {                                                                             \
            fprintf(stderr, "%s:%d: %s does not hold\n", __FILE__, __LINE__, #cond);               \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

/* A path under which the bytes can be opened as a file, until the next call. */
const char *fuzz_file(const uint8_t *data, size_t size);

#endif

/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* base.h - the front of src/base: what every file of the program stands on.
 *
 * The room holds what has no subject of its own: errors, bounded buffers and arenas, money and
 * time, reading and writing of JSON and CSV, logging. It knows nothing of shops, engines or
 * marketing, and includes no other folder.
 *
 * Every header includes this one first. It pulls in the C library and then forbids the calls
 * that have caused the most harm in C programs.
 */
#ifndef TM_BASE_BASE_H
#define TM_BASE_BASE_H

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define TM_MUST_CHECK __attribute__((warn_unused_result))
#define TM_PRINTF(fmt, first) __attribute__((format(printf, fmt, first)))
#define TM_CLEANUP(fn) __attribute__((cleanup(fn)))
#define TM_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Return at once when a call fails: for functions that own nothing at that point, or own it
 * through TM_CLEANUP. */
#define TRY(call)                                                                                  \
    do {                                                                                           \
        enum err_code try_code_ = (call);                                                          \
        if (try_code_ != ERR_OK)                                                                   \
            return try_code_;                                                                      \
    } while (0)

#include "base/err.h"

/* Small allocations: these end the program with a message when memory is exhausted. Anything
 * whose size follows from input goes through struct buf or struct arena, which are capped. */
void *xmalloc(size_t n) __attribute__((malloc));
void *xcalloc(size_t n, size_t size) __attribute__((malloc));
void *xrealloc(void *p, size_t n);
char *xstrdup(const char *s) __attribute__((malloc));

/* A view of text: not owned, not terminated. */
struct str {
    const char *p;
    size_t n;
};

#define STR_NONE ((struct str){"", 0})
#define STR_LIT(literal) ((struct str){(literal), sizeof(literal) - 1})

static inline struct str str_of(const char *z)
{
    return z ? (struct str){z, strlen(z)} : STR_NONE;
}

static inline bool str_eq(struct str a, struct str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool str_eqz(struct str a, const char *z)
{
    /* In tables most differ in the first byte. */
    return a.n ? *a.p == *z && str_eq(a, str_of(z)) : !*z;
}

/* ASCII case is folded; other bytes must be equal. */
bool str_ieq(struct str a, struct str b);
bool str_ieqz(struct str a, const char *z);
bool str_starts(struct str s, const char *prefix);
bool str_ends(struct str s, const char *suffix);
bool str_icontains(struct str s, const char *needle);
/* Without ASCII white space, and without a no-break space or BOM at either end. */
struct str str_trim(struct str s);
/* 64-bit FNV-1a: for hash tables and keys that never leave the process. */
uint64_t str_hash(struct str s);

/* For cleanup attributes. */
void free_charp(char **p);
void fclose_filep(FILE **f);

/* Poisoned after the system headers: their own declarations would trip it. With clang and
 * _FORTIFY_SOURCE sprintf is a macro, and must not be one. */
#undef sprintf
#pragma GCC poison strcpy strcat strncpy strncat strtok sprintf vsprintf gets
#pragma GCC poison atoi atol atof gmtime localtime ctime asctime

#endif

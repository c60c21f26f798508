/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* arena.h - memory with one lifetime: allocated piece by piece, freed at once.
 *
 * One per command, request or job, with a hard cap; allocations past the cap return NULL and
 * latch `failed`. Not thread-safe.
 */
#ifndef TM_BASE_ARENA_H
#define TM_BASE_ARENA_H

#include "base/base.h"

struct arena_block;

struct arena {
    struct arena_block *head; /* owned */
    size_t used;
    size_t limit;
    bool failed;
};

#define ARENA_INIT(max) ((struct arena){.limit = (max)})

void arena_release(struct arena *a);
void arena_reset(struct arena *a); /* frees all but one block */
/* Zeroed, aligned for any type; NULL past the limit. */
void *arena_alloc(struct arena *a, size_t n);
/* A NUL-terminated copy; a copy of "" past the limit. */
char *arena_strdup(struct arena *a, struct str s);
struct str arena_str(struct arena *a, struct str s);
TM_MUST_CHECK enum err_code arena_check(const struct arena *a, struct err *err);

#endif

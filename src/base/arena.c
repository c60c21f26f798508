/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/arena.h"

enum { BLOCK_BYTES = 64 * 1024, ALIGNMENT = 16 };

struct arena_block {
    struct arena_block *next;
    size_t n;
    size_t cap;
    size_t pad; /* keeps data[] aligned to 16 */
    char data[];
};

_Static_assert(sizeof(struct arena_block) % ALIGNMENT == 0, "data[] must stay aligned");

void arena_release(struct arena *a)
{
    while (a->head) {
        struct arena_block *next = a->head->next;

        free(a->head);
        a->head = next;
    }
    a->used = 0;
    a->failed = false;
}

void arena_reset(struct arena *a)
{
    struct arena_block *keep = a->head;

    if (!keep)
        return;
    a->head = keep->next;
    arena_release(a);
    keep->next = NULL;
    keep->n = 0;
    a->head = keep;
}

void *arena_alloc(struct arena *a, size_t n)
{
    size_t need = (n + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    void *p;

    if (need < n || need > a->limit - a->used) {
        a->failed = true;
        return NULL;
    }
    if (!a->head || a->head->cap - a->head->n < need) {
        size_t cap = need > BLOCK_BYTES ? need : BLOCK_BYTES;
        struct arena_block *block = xmalloc(sizeof(*block) + cap);

        block->next = a->head;
        block->n = 0;
        block->cap = cap;
        a->head = block;
    }
    p = a->head->data + a->head->n;
    a->head->n += need;
    a->used += need;
    return memset(p, 0, need);
}

struct str arena_str(struct arena *a, struct str s)
{
    char *p = arena_alloc(a, s.n + 1);

    if (!p)
        return STR_NONE;
    if (s.n)
        memcpy(p, s.p, s.n);
    return (struct str){p, s.n};
}

char *arena_strdup(struct arena *a, struct str s)
{
    static char empty[1];
    struct str copy = arena_str(a, s);

    return copy.n || s.n == 0 ? (copy.n ? (char *)(uintptr_t)copy.p : empty) : empty;
}

enum err_code arena_check(const struct arena *a, struct err *err)
{
    if (a->failed)
        return err_set(err, ERR_TOO_LARGE, "more than %zu bytes of memory were needed", a->limit);
    return ERR_OK;
}

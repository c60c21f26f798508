/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "intake/import/mapping_group.h"

enum { FIRST_SLOTS = 4096 };

static void place(struct groups *groups, struct grouped *g)
{
    size_t i = (size_t)g->hash & (groups->cap - 1);

    while (groups->slots[i])
        i = (i + 1) & (groups->cap - 1);
    groups->slots[i] = g;
}

static void grow(struct groups *groups)
{
    free(groups->slots);
    groups->cap = groups->cap ? 2 * groups->cap : FIRST_SLOTS;
    groups->slots = xcalloc(groups->cap, sizeof(struct grouped *));
    for (struct grouped *g = groups->first; g; g = g->next)
        place(groups, g);
}

struct grouped *groups_get(struct groups *groups, struct str key, size_t key_at, size_t kept_count,
                           struct arena *arena, bool *out_is_new)
{
    uint64_t hash = str_hash(key);
    struct grouped *g;

    *out_is_new = false;
    if (2 * (groups->n + 1) > groups->cap)
        grow(groups);
    for (size_t i = (size_t)hash & (groups->cap - 1); groups->slots[i];
         i = (i + 1) & (groups->cap - 1))
        if (groups->slots[i]->hash == hash && str_eq(groups->slots[i]->values[key_at].text, key))
            return groups->slots[i];
    g = arena_alloc(arena, sizeof(*g) + kept_count * sizeof(union kept_value));
    if (!g)
        return NULL;
    g->hash = hash;
    g->values[key_at].text = arena_str(arena, key);
    if (groups->last)
        groups->last->next = g;
    else
        groups->first = g;
    groups->last = g;
    groups->n++;
    place(groups, g);
    *out_is_new = true;
    return g;
}

void groups_release(struct groups *groups)
{
    free(groups->slots);
    *groups = (struct groups){NULL, 0, 0, NULL, NULL};
}

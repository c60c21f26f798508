/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* links.h: people of whom it matters at once what else is theirs. */
#include "identity/links_parts.h"

size_t links_of_kind(struct links *l, uint64_t id, int kind, uint64_t *out, size_t most)
{
    const int32_t node = links_find(l, id);
    const uint64_t person = node == NONE ? 0 : links_person_of(l, node);
    int32_t seen = person ? l->nodes[links_root_of(l, node)].first : NONE;
    size_t n = 0;

    for (; seen != NONE && n < most; seen = l->seen[seen].next) {
        const int32_t of = l->seen[seen].nodes[kind];
        size_t i = 0;

        if (of == NONE || links_person_of(l, of) != person)
            continue;
        while (i < n && out[i] != l->nodes[of].id)
            i++;
        if (i == n)
            out[n++] = l->nodes[of].id;
    }
    return n;
}

bool links_watch(struct links *l, uint64_t id)
{
    int32_t node = links_find(l, id);

    if (node != NONE)
        l->nodes[links_root_of(l, node)].is_watched = true;
    if (links_has_watched(l, id))
        return true;
    if (!MAKE_ROOM(l, watched, watched_count, watched_cap))
        return false;
    l->watched[l->watched_count++] = id;
    if (!links_is_full(&l->by_watched, l->watched_count)) {
        links_put(&l->by_watched, id, l->watched_count - 1);
        return true;
    }
    links_table_init(&l->by_watched, (l->by_watched.mask + 1) * 2);
    for (size_t i = 0; i < l->watched_count; i++)
        links_put(&l->by_watched, l->watched[i], i);
    return true;
}

bool links_is_watched(const struct links *l, uint64_t id)
{
    int32_t node = links_find(l, id);

    return node != NONE && l->nodes[links_root_of(l, node)].is_watched;
}

uint64_t links_changes(const struct links *l)
{
    return l->changes;
}

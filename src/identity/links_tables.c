/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* links.h: tables of numbers by a key, and room for more. */
#include "identity/links_parts.h"

enum { ENTRIES_MAX = INT32_MAX / 4 };

void links_table_init(struct table *t, size_t slots)
{
    free(t->slots);
    t->slots = xmalloc(slots * sizeof(*t->slots));
    memset(t->slots, 0xff, slots * sizeof(*t->slots));
    t->mask = slots - 1;
}

/* Keys are hashes already; the multiplication spreads what low bits are left in common. */
size_t links_place(const struct table *t, uint64_t key)
{
    return (size_t)((key * UINT64_C(0x9E3779B97F4A7C15)) >> 20) & t->mask;
}

uint64_t links_content_key(const int32_t nodes[ID_KIND_COUNT])
{
    uint64_t key = 0;

    for (int kind = 0; kind < ID_KIND_COUNT; kind++)
        key = (key ^ (uint32_t)nodes[kind]) * UINT64_C(0x100000001b3) + (key >> 29);
    return key;
}

void links_put(struct table *t, uint64_t key, size_t entry)
{
    size_t at = links_place(t, key);

    while (t->slots[at] != NONE)
        at = (at + 1) & t->mask;
    t->slots[at] = (int32_t)entry;
}

bool links_is_full(const struct table *t, size_t count)
{
    return count * 2 > t->mask;
}

int32_t links_find(const struct links *l, uint64_t id)
{
    size_t at = links_place(&l->by_id, id);

    while (l->by_id.slots[at] != NONE && l->nodes[l->by_id.slots[at]].id != id)
        at = (at + 1) & l->by_id.mask;
    return l->by_id.slots[at];
}

int32_t links_find_seen(const struct links *l, const int32_t nodes[ID_KIND_COUNT])
{
    size_t at = links_place(&l->by_content, links_content_key(nodes));

    while (l->by_content.slots[at] != NONE &&
           memcmp(l->seen[l->by_content.slots[at]].nodes, nodes, sizeof(l->seen[0].nodes)) != 0)
        at = (at + 1) & l->by_content.mask;
    return l->by_content.slots[at];
}

bool links_has_watched(const struct links *l, uint64_t id)
{
    size_t at = links_place(&l->by_watched, id);

    while (l->by_watched.slots[at] != NONE && l->watched[l->by_watched.slots[at]] != id)
        at = (at + 1) & l->by_watched.mask;
    return l->by_watched.slots[at] != NONE;
}

int32_t links_find_maybe(const struct links *l, uint64_t customer)
{
    size_t at = links_place(&l->by_customer, customer);

    while (l->by_customer.slots[at] != NONE &&
           l->maybes[l->by_customer.slots[at]].customer != customer)
        at = (at + 1) & l->by_customer.mask;
    return l->by_customer.slots[at];
}

/* The newest of that name; the others follow it. */
size_t links_name_place(const struct links *l, uint64_t name)
{
    size_t at = links_place(&l->by_name, name);

    while (l->by_name.slots[at] != NONE && l->named[l->by_name.slots[at]].name != name)
        at = (at + 1) & l->by_name.mask;
    return at;
}

static size_t table_bytes(const struct table *t)
{
    return (t->mask + 1) * sizeof(*t->slots);
}

size_t links_bytes(const struct links *l)
{
    return l->node_cap * sizeof(*l->nodes) + l->seen_cap * sizeof(*l->seen) +
           l->maybe_cap * sizeof(*l->maybes) + l->named_cap * sizeof(*l->named) +
           l->join_cap * sizeof(*l->joins) + l->watched_cap * sizeof(*l->watched) +
           table_bytes(&l->by_watched) + table_bytes(&l->by_id) + table_bytes(&l->by_content) +
           table_bytes(&l->by_customer) + table_bytes(&l->by_name) + table_bytes(&l->by_joined);
}

bool links_grow(const struct links *l, void **list, size_t size, size_t *io_cap)
{
    size_t cap = *io_cap ? *io_cap + *io_cap / 2 : 256;

    if (cap > ENTRIES_MAX || links_bytes(l) + (cap - *io_cap) * (size + 8) > l->bytes_max)
        return false;
    *list = xrealloc(*list, cap * size);
    *io_cap = cap;
    return true;
}

bool links_spend(struct links *l, size_t bytes)
{
    if (links_bytes(l) + bytes > l->bytes_max)
        return false;
    l->bytes_max -= bytes;
    return true;
}

enum err_code links_too_many(struct err *err)
{
    return err_set(err, ERR_TOO_LARGE, "more people than fit in memory beside the engine");
}

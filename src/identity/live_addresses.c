/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "identity/live_addresses.h"

enum { SLOTS_LEAST = 256 };

void live_addresses_release(struct live_addresses *a)
{
    free(a->ids);
    free(a->who);
    *a = (struct live_addresses){0};
}

size_t live_addresses_bytes(const struct live_addresses *a)
{
    return a->slots * (sizeof(*a->ids) + sizeof(*a->who));
}

/* Three of four places may be taken. */
static bool is_full(const struct live_addresses *a)
{
    return (a->n + 1) * 4 > a->slots * 3;
}

size_t live_addresses_need(const struct live_addresses *a)
{
    size_t more = a->slots ? a->slots : SLOTS_LEAST;

    return is_full(a) ? more * (sizeof(*a->ids) + sizeof(*a->who)) : 0;
}

/* Of the id, or the free one where it would be. Ids are hashes already. */
static size_t place_of(const struct live_addresses *a, uint64_t id)
{
    size_t mask = a->slots - 1, at = (size_t)((id * UINT64_C(0x9E3779B97F4A7C15)) >> 20) & mask;

    while (a->ids[at] && a->ids[at] != id)
        at = (at + 1) & mask;
    return at;
}

static void grow(struct live_addresses *a)
{
    struct live_addresses before = *a;

    a->slots = before.slots ? 2 * before.slots : SLOTS_LEAST;
    a->ids = xcalloc(a->slots, sizeof(*a->ids));
    a->who = xcalloc(a->slots, sizeof(*a->who));
    for (size_t i = 0; i < before.slots; i++)
        if (before.ids[i]) {
            size_t at = place_of(a, before.ids[i]);

            a->ids[at] = before.ids[i];
            a->who[at] = before.who[i];
        }
    free(before.ids);
    free(before.who);
}

void live_addresses_add(struct live_addresses *a, uint64_t id, const struct pseudonym *who)
{
    size_t at;

    if (is_full(a))
        grow(a);
    at = place_of(a, id);
    if (a->ids[at])
        return;
    a->ids[at] = id;
    a->who[at] = *who;
    a->n++;
}

const struct pseudonym *live_addresses_find(const struct live_addresses *a, uint64_t id)
{
    size_t at = a->slots ? place_of(a, id) : 0;

    return a->slots && a->ids[at] ? &a->who[at] : NULL;
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* links.h: orders and purchases by the order's name. */
#include "identity/links_parts.h"

static enum err_code add_named(struct links *l, const struct named *named, struct err *err)
{
    size_t at;

    if (!MAKE_ROOM(l, named, named_count, named_cap))
        return links_too_many(err);
    at = links_name_place(l, named->name);
    l->named[l->named_count] = *named;
    l->named[l->named_count].next = l->by_name.slots[at];
    l->by_name.slots[at] = (int32_t)l->named_count++;
    if (!links_is_full(&l->by_name, l->named_count))
        return ERR_OK;
    links_table_init(&l->by_name, (l->by_name.mask + 1) * 2);
    for (size_t i = 0; i < l->named_count; i++) /* the newest of a name takes its place */
        l->by_name.slots[links_name_place(l, l->named[i].name)] = (int32_t)i;
    return ERR_OK;
}

/* Whose the order is, on the device of the purchase. */
static enum err_code bring_together(struct links *l, const struct named *order, uint64_t device,
                                    int64_t at_us, struct err *err)
{
    uint64_t ids[ID_KIND_COUNT];
    int32_t observation;

    links_ids(l, &l->seen[order->observation], ids);
    ids[ID_DEVICE] = device;
    return links_observe(l, ids, order->other, at_us, NULL, &observation, err);
}

enum err_code links_order(struct links *l, uint64_t name, const uint64_t told[ID_KIND_COUNT],
                          uint64_t maybe, int64_t at_us, struct err *err)
{
    struct named order = {.name = name, .other = maybe};
    uint64_t ids[ID_KIND_COUNT];
    bool any = false;

    memcpy(ids, told, sizeof(ids));
    ids[ID_DEVICE] = 0;
    for (int kind = 0; kind < ID_KIND_COUNT; kind++)
        any |= ids[kind] != 0;
    if (!any)
        return ERR_OK;
    TRY(links_observe(l, ids, maybe, at_us, NULL, &order.observation, err));
    for (int32_t i = l->by_name.slots[links_name_place(l, name)]; i != NONE; i = l->named[i].next)
        if (l->named[i].observation == order.observation)
            return ERR_OK;
    TRY(add_named(l, &order, err));
    for (int32_t i = l->by_name.slots[links_name_place(l, name)]; i != NONE; i = l->named[i].next)
        if (l->named[i].observation == NONE)
            TRY(bring_together(l, &order, l->named[i].other, l->named[i].at_us, err));
    return ERR_OK;
}

enum err_code links_purchase(struct links *l, uint64_t name, uint64_t device, int64_t at_us,
                             struct err *err)
{
    const struct named purchase = {
        .name = name, .other = device, .at_us = at_us, .observation = NONE};
    bool is_known = false;

    for (int32_t i = l->by_name.slots[links_name_place(l, name)]; i != NONE; i = l->named[i].next) {
        struct named *one = &l->named[i];

        if (one->observation != NONE || one->other != device)
            continue;
        if (one->at_us <= at_us)
            return ERR_OK;
        one->at_us = at_us;
        is_known = true;
    }
    if (!is_known)
        TRY(add_named(l, &purchase, err));
    for (int32_t i = l->by_name.slots[links_name_place(l, name)]; i != NONE; i = l->named[i].next)
        if (l->named[i].observation != NONE) {
            const struct named order = l->named[i];

            TRY(bring_together(l, &order, device, at_us, err));
        }
    return ERR_OK;
}

uint64_t links_order_owner(struct links *l, uint64_t name)
{
    uint64_t owner = 0, person = 0;

    for (int32_t i = l->by_name.slots[links_name_place(l, name)]; i != NONE; i = l->named[i].next) {
        uint64_t ids[ID_KIND_COUNT];
        int kind = 0;

        if (l->named[i].observation == NONE)
            continue;
        links_ids(l, &l->seen[l->named[i].observation], ids);
        while (kind < ID_KIND_COUNT && !ids[kind])
            kind++;
        if (kind == ID_KIND_COUNT)
            continue;
        if (person && links_person(l, ids[kind]) != person)
            return 0;
        owner = ids[kind];
        person = links_person(l, owner);
    }
    return owner;
}

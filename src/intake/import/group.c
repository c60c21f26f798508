/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "intake/import/group.h"

enum { KEY_MAX = 4096, FIRST_SLOTS = 1024 };

static bool insert(struct key_set *set, uint64_t hash)
{
    size_t i = (size_t)hash & (set->cap - 1);

    while (set->slots[i]) {
        if (set->slots[i] == hash)
            return false;
        i = (i + 1) & (set->cap - 1);
    }
    set->slots[i] = hash;
    set->n++;
    return true;
}

static void grow(struct key_set *set)
{
    struct key_set next = {.cap = set->cap ? 2 * set->cap : FIRST_SLOTS};

    next.slots = xcalloc(next.cap, sizeof(*next.slots));
    for (size_t i = 0; i < set->cap; i++)
        if (set->slots[i])
            insert(&next, set->slots[i]);
    free(set->slots);
    *set = next;
}

static bool contains(const struct key_set *set, uint64_t hash)
{
    for (size_t i = (size_t)hash & (set->cap - 1); set->slots[i]; i = (i + 1) & (set->cap - 1))
        if (set->slots[i] == hash)
            return true;
    return false;
}

bool key_set_add(struct key_set *set, struct str key)
{
    uint64_t hash = str_hash(key);

    hash = hash ? hash : 1;
    if (set->n == KEY_SET_MAX)
        return !contains(set, hash);
    if (2 * (set->n + 1) > set->cap)
        grow(set);
    return insert(set, hash);
}

void key_set_release(struct key_set *set)
{
    free(set->slots);
    *set = (struct key_set){NULL, 0, 0};
}

void group_open(struct group *group, struct str key)
{
    group->key.limit = KEY_MAX;
    buf_reset(&group->key);
    buf_add(&group->key, key.p, key.n < KEY_MAX ? key.n : KEY_MAX);
    group->is_open = true;
    group->is_refused = false;
}

enum group_step group_next(struct group *group, struct str key)
{
    bool is_new;

    if (group->is_open && str_eq(buf_str(&group->key), key))
        return GROUP_SAME;
    is_new = key_set_add(&group->seen, key);
    group_open(group, key);
    return is_new ? GROUP_NEW : GROUP_AGAIN;
}

void group_release(struct group *group)
{
    key_set_release(&group->seen);
    buf_release(&group->key);
}

bool group_goes_on(struct group *group, enum group_step step, struct import_run *run, int64_t line)
{
    const char *key = buf_cstr(&group->key);

    if (step == GROUP_AGAIN) {
        group->is_refused = true;
        import_reject(
            run, line,
            "the order \"%s\" stands in this file twice: its rows do not follow each other", key);
        return false;
    }
    if (group->is_refused) {
        import_reject(run, line, "the first row of the order \"%s\" was not used", key);
        return false;
    }
    import_merged(run);
    return true;
}

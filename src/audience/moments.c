/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A heap by moment, and a table of what counts of each person: an entry of the heap that says
 * otherwise is an earlier word, and passed over. */
#include "audience/moments.h"

struct entry {
    uint64_t person; /* 0: an empty place */
    int64_t at_us;   /* table: INT64_MAX when nothing counts any more */
};

struct moments {
    size_t most, count;
    struct entry *heap; /* owned; 2 * most */
    size_t n;
    struct entry *table; /* owned; a power of two */
    size_t slots, used;
};

struct moments *moments_new(size_t most)
{
    struct moments *m = xcalloc(1, sizeof(*m));

    m->most = most;
    m->slots = 4;
    while (m->slots < 2 * most)
        m->slots *= 2;
    m->heap = xcalloc(2 * most + 1, sizeof(*m->heap));
    m->table = xcalloc(m->slots, sizeof(*m->table));
    return m;
}

void moments_free(struct moments *m)
{
    if (!m)
        return;
    free(m->heap);
    free(m->table);
    free(m);
}

void moments_clear(struct moments *m)
{
    m->count = m->n = m->used = 0;
    memset(m->table, 0, m->slots * sizeof(*m->table));
}

static struct entry *place_of(const struct moments *m, uint64_t person)
{
    uint64_t at = person * UINT64_C(0x9E3779B97F4A7C15) >> 24;

    while (m->table[at & (m->slots - 1)].person && m->table[at & (m->slots - 1)].person != person)
        at++;
    return &m->table[at & (m->slots - 1)];
}

static void push(struct moments *m, struct entry one)
{
    size_t at = m->n++;

    for (; at && m->heap[(at - 1) / 2].at_us > one.at_us; at = (at - 1) / 2)
        m->heap[at] = m->heap[(at - 1) / 2];
    m->heap[at] = one;
}

static void drop_first(struct moments *m)
{
    const struct entry last = m->heap[--m->n];
    size_t at = 0, child;

    while ((child = 2 * at + 1) < m->n) {
        child += child + 1 < m->n && m->heap[child + 1].at_us < m->heap[child].at_us;
        if (m->heap[child].at_us >= last.at_us)
            break;
        m->heap[at] = m->heap[child];
        at = child;
    }
    m->heap[at] = last;
}

/* Without earlier words. */
static void tidy(struct moments *m)
{
    struct entry *kept = xcalloc(m->count + 1, sizeof(*kept));
    size_t n = 0;

    for (size_t i = 0; i < m->slots; i++)
        if (m->table[i].person && m->table[i].at_us != INT64_MAX)
            kept[n++] = m->table[i];
    moments_clear(m);
    m->count = m->used = n;
    for (size_t i = 0; i < n; i++) {
        *place_of(m, kept[i].person) = kept[i];
        push(m, kept[i]);
    }
    free(kept);
}

bool moments_set(struct moments *m, uint64_t person, int64_t at_us)
{
    struct entry *known;

    if (m->n == 2 * m->most || m->used >= m->slots / 4 * 3)
        tidy(m);
    known = place_of(m, person);
    if (known->person ? known->at_us == at_us : at_us == INT64_MAX)
        return true;
    if ((!known->person || known->at_us == INT64_MAX) && m->count == m->most)
        return false;
    m->used += !known->person;
    m->count -= known->person && known->at_us != INT64_MAX;
    m->count += at_us != INT64_MAX;
    *known = (struct entry){person, at_us};
    if (at_us != INT64_MAX)
        push(m, *known);
    return true;
}

static bool is_earlier_word(const struct moments *m, const struct entry *one)
{
    return place_of(m, one->person)->at_us != one->at_us;
}

int64_t moments_next(struct moments *m)
{
    while (m->n && is_earlier_word(m, &m->heap[0]))
        drop_first(m);
    return m->n ? m->heap[0].at_us : INT64_MAX;
}

size_t moments_take(struct moments *m, int64_t now_us, uint64_t *out, size_t most)
{
    size_t n = 0;

    while (n < most && moments_next(m) <= now_us) {
        if (m->n == 0)
            break;
        out[n] = m->heap[0].person;
        drop_first(m);
        place_of(m, out[n++])->at_us = INT64_MAX;
        m->count--;
    }
    return n;
}

size_t moments_count(const struct moments *m)
{
    return m->count;
}

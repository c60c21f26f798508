/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Those who were looked at since the figures were made: of them more is known than the figures
 * have, and the worker leaves them as they are. */
#include "web/segments_parts.h"

static struct touched *slot_of(struct touched *slots, uint64_t person)
{
    uint64_t at = person * UINT64_C(0x9E3779B97F4A7C15);

    for (at >>= 40;; at++) {
        struct touched *t = &slots[at & (TOUCHED_SLOTS - 1)];

        if (!t->person || t->person == person)
            return t;
    }
}

bool touched_after(struct segments *s, uint64_t person, int64_t seq)
{
    bool after;

    pthread_mutex_lock(&s->lock);
    after = s->touched && slot_of(s->touched, person)->seq > seq;
    pthread_mutex_unlock(&s->lock);
    return after;
}

bool touched_joined(struct segments *s, uint64_t person)
{
    bool joined;

    pthread_mutex_lock(&s->lock);
    joined = s->touched && slot_of(s->touched, person)->joined;
    pthread_mutex_unlock(&s->lock);
    return joined;
}

bool touched_note(struct segments *s, const struct touched *one)
{
    struct touched *t;
    bool room;

    pthread_mutex_lock(&s->lock);
    if (!s->touched)
        s->touched = xcalloc(TOUCHED_SLOTS, sizeof(*s->touched));
    t = slot_of(s->touched, one->person);
    room = t->person || s->touched_count < TOUCHED_SLOTS / 2;
    if (room) {
        const bool joined = t->person && t->joined;

        s->touched_count += !t->person;
        *t = *one;
        t->joined = joined || one->joined;
    }
    pthread_mutex_unlock(&s->lock);
    return room;
}

void touched_sweep(struct segments *s, int64_t figures)
{
    struct touched *old, *kept = NULL;

    pthread_mutex_lock(&s->lock);
    old = s->touched;
    s->touched = NULL;
    s->touched_count = 0;
    for (size_t i = 0; old && i < TOUCHED_SLOTS; i++) {
        if (old[i].seq <= figures)
            continue;
        if (!kept)
            kept = xcalloc(TOUCHED_SLOTS, sizeof(*kept));
        *slot_of(kept, old[i].person) = old[i];
        s->touched_count++;
    }
    s->touched = kept;
    pthread_mutex_unlock(&s->lock);
    free(old);
}

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

bool touched_find(struct segments *s, uint64_t person, struct touched *out)
{
    *out = (struct touched){.person = 0};
    pthread_mutex_lock(&s->lock);
    if (s->touched)
        *out = *slot_of(s->touched, person);
    pthread_mutex_unlock(&s->lock);
    return out->person != 0;
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
        const struct touched before = *t;

        s->touched_count += !t->person;
        *t = *one;
        t->joined |= before.joined;
        t->scattered |= before.scattered;
        t->seq = before.seq > t->seq ? before.seq : t->seq;
        if (!t->pages[0])
            memcpy(t->pages, before.pages, sizeof(t->pages));
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
        old[i].scattered |= old[i].joined;
        memset(old[i].pages, 0, sizeof(old[i].pages)); /* of the tables before */
        *slot_of(kept, old[i].person) = old[i];
        s->touched_count++;
    }
    s->touched = kept;
    pthread_mutex_unlock(&s->lock);
    free(old);
}

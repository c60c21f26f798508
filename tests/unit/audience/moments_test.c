/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Who is looked at when: as a plain list of the latest words on everybody says. */
#include "audience/moments.h"

#include "tap.h"

enum { PEOPLE = 60, MOST = 15, STEPS = 20000 };

static uint64_t state = 5;

static unsigned below(unsigned n)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(state >> 33) % n;
}

static int64_t plain[PEOPLE]; /* INT64_MAX: at no moment */
static size_t refused, taken;

static size_t plain_count(void)
{
    size_t n = 0;

    for (int i = 0; i < PEOPLE; i++)
        n += plain[i] != INT64_MAX;
    return n;
}

static int64_t plain_next(void)
{
    int64_t next = INT64_MAX;

    for (int i = 0; i < PEOPLE; i++)
        next = plain[i] < next ? plain[i] : next;
    return next;
}

static bool set(struct moments *m, int64_t now)
{
    const unsigned who = below(PEOPLE);
    const int64_t at = below(5) ? now + below(100) : INT64_MAX;
    const bool fits = plain[who] != INT64_MAX || at == INT64_MAX || plain_count() < MOST;

    refused += !fits;
    if (moments_set(m, who + 1, at) != fits)
        return false;
    if (fits)
        plain[who] = at;
    return true;
}

static bool take(struct moments *m, int64_t now)
{
    uint64_t out[3];
    const size_t n = moments_take(m, now, out, TM_COUNT(out));

    for (size_t i = 0; i < n; i++) {
        if (plain[out[i] - 1] != plain_next() || plain[out[i] - 1] > now)
            return false;
        plain[out[i] - 1] = INT64_MAX;
    }
    taken += n;
    return n == TM_COUNT(out) || plain_next() > now;
}

int main(void)
{
    struct moments *m = moments_new(MOST);
    bool right = true;
    int64_t now = 0;
    uint64_t one;

    for (int i = 0; i < PEOPLE; i++)
        plain[i] = INT64_MAX;
    CHECK(moments_next(m) == INT64_MAX);
    for (int i = 0; i < STEPS && right; i++) {
        now += below(3);
        right = below(3) ? set(m, now) : take(m, now);
        right = right && moments_next(m) == plain_next() && moments_count(m) == plain_count();
    }
    CHECK(right);
    CHECK_MSG(refused > 100 && taken > 1000, "%zu refused, %zu taken", refused, taken);
    moments_clear(m);
    CHECK_INT(moments_count(m), 0);
    CHECK_INT(moments_take(m, INT64_MAX, &one, 1), 0);
    moments_free(m);
    return tap_done();
}

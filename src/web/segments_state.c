/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* How long it takes until it is known who belongs to segments, and what else is told of it. */
#include "web/segments_parts.h"

static int64_t spread_us(int step)
{
    int64_t base = INT64_C(1) << step / 4;

    return base + base * (step % 4) / 4;
}

void segments_took(struct segments *s, int64_t us)
{
    int at = 0;

    while (at + 1 < SPREAD_STEPS && spread_us(at) < us)
        at++;
    s->spread[at]++;
    s->longest_us = us > s->longest_us ? us : s->longest_us;
}

static int64_t spread_at(const struct segments *s, int64_t per_mille)
{
    int64_t all = 0, sum = 0;

    for (int i = 0; i < SPREAD_STEPS; i++)
        all += s->spread[i];
    for (int i = 0; i < SPREAD_STEPS && all; i++) {
        sum += s->spread[i];
        if (sum * 1000 >= all * per_mille)
            return spread_us(i);
    }
    return 0;
}

void segments_show_state(struct segments *s, struct json_writer *w)
{
    pthread_mutex_lock(&s->lock);
    json_key(w, "live");
    json_begin_object(w);
    json_key_bool(w, "counting", s->at_work || s->due);
    json_key_double(w, "done", s->per_mille / 1000.0);
    json_key_bool(w, "failing", s->failing);
    json_key_int(w, "followed", s->followed);
    json_key_int(w, "half_ms", spread_at(s, 500) / 1000);
    json_key_int(w, "p99_ms", spread_at(s, 990) / 1000);
    json_key_int(w, "longest_ms", s->longest_us / 1000);
    json_key_int(w, "asked", s->asked);
    json_key_int(w, "askable", s->askable);
    json_key_int(w, "too_large", s->boxed);
    json_key_int(w, "joined", s->joined);
    json_key_int(w, "not_known", s->unknown);
    json_end_object(w);
    pthread_mutex_unlock(&s->lock);
}

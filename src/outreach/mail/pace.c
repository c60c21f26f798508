/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/mail/pace.h"

static const double slowest = 10;       /* a minute */
static const double no_longer = 100000; /* a minute: what has recovered to that is not slowed */
static const double faster = 1.1;       /* every recovery */
static const int64_t minute = 60 * US_PER_SECOND;
static const int64_t recovery = 600 * US_PER_SECOND;
static const int64_t together = 5 * US_PER_SECOND; /* refusals within that are one */

void pace_init(struct pace *pace, const struct pace_rules *rules)
{
    *pace = (struct pace){.window = rules->start > 0 ? rules->start : 1};
}

double pace_rate(const struct pace *pace, const struct pace_rules *rules)
{
    if (pace->slowed > 0 && (rules->per_minute == 0 || pace->slowed < rules->per_minute))
        return pace->slowed;
    return rules->per_minute;
}

/* Messages that may go at one moment: those of a second. They are taken off what may follow within
 * the minute, so that no sixty seconds have more than the rate. */
static double burst_of(double rate)
{
    return rate < 60 ? 1 : floor(rate / 60);
}

static int64_t interval_of(double rate)
{
    return (int64_t)ceil((double)minute / (rate - (burst_of(rate) - 1)));
}

bool pace_may(const struct pace *pace, const struct pace_rules *rules, int64_t now_us,
              int64_t *out_us)
{
    double rate = pace_rate(pace, rules);
    int64_t ready;

    *out_us = TIME_NONE;
    if (pace->in_flight >= rules->most || pace->in_flight >= (int)pace->window)
        return false;
    if (rate <= 0)
        return true;
    ready = pace->due_us - (int64_t)((burst_of(rate) - 1) * (double)interval_of(rate));
    if (now_us >= ready)
        return true;
    *out_us = ready;
    return false;
}

static void count(struct pace *pace, int64_t now_us)
{
    if (now_us - pace->minute_us >= minute) {
        pace->counted_before = now_us - pace->minute_us < 2 * minute ? pace->counted : 0;
        pace->counted = 0;
        pace->minute_us = now_us;
    }
    pace->counted++;
}

static void recover(struct pace *pace, int64_t now_us)
{
    if (pace->slowed <= 0 || now_us - pace->changed_us < recovery)
        return;
    pace->slowed *= faster;
    pace->changed_us = now_us;
    if (pace->slowed > no_longer)
        pace->slowed = 0;
}

void pace_begin(struct pace *pace, const struct pace_rules *rules, int64_t now_us)
{
    double rate;

    recover(pace, now_us);
    rate = pace_rate(pace, rules);
    count(pace, now_us);
    pace->in_flight++;
    if (rate > 0)
        pace->due_us = (pace->due_us > now_us ? pace->due_us : now_us) + interval_of(rate);
}

static void slow_down(struct pace *pace, const struct pace_rules *rules, int64_t now_us)
{
    double rate = pace_rate(pace, rules);

    if (pace->slowed > 0 && now_us - pace->changed_us < together)
        return;
    if (rate <= 0)
        rate = pace->counted > pace->counted_before ? pace->counted : pace->counted_before;
    pace->slowed = rate / 2 > slowest ? rate / 2 : slowest;
    pace->changed_us = now_us;
    pace->due_us = now_us + interval_of(pace->slowed);
}

void pace_end(struct pace *pace, const struct pace_rules *rules, int64_t now_us,
              enum pace_word word)
{
    pace->in_flight--;
    pace->proven = word != PACE_LOST;
    if (word == PACE_TAKEN && pace->window < rules->most)
        pace->window++;
    if (word == PACE_SLOWER || word == PACE_LOST)
        pace->window = pace->window > 2 ? pace->window / 2 : 1;
    if (word == PACE_SLOWER)
        slow_down(pace, rules, now_us);
}

void pace_undo(struct pace *pace)
{
    pace->in_flight--;
}

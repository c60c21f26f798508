/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* pace.h - how fast and how many at once: for one destination, or for all together.
 *
 * A limit holds for every stretch of sixty seconds, whenever it begins (a token bucket whose
 * filling counts towards the limit). At once there are as many as the window allows: few at first,
 * one more for each message that is taken. A destination that asks for less (421, 4.7.x) is sent to
 * half as fast from then on, and at most a tenth faster every ten minutes.
 *
 * Pure: the clock is given to it.
 */
#ifndef TM_OUTREACH_MAIL_PACE_H
#define TM_OUTREACH_MAIL_PACE_H

#include "base/timestamp.h"

struct pace_rules {
    int per_minute; /* 0: no limit */
    int start;      /* at once, as long as nothing is known; at least 1 */
    int most;       /* at once */
};
struct pace {
    double window;
    double slowed; /* messages a minute since it was asked for less; 0: never */
    int in_flight;
    bool proven;        /* the last one that ended was taken or answered */
    int64_t due_us;     /* when the bucket will be full again */
    int64_t changed_us; /* when `slowed` was last made smaller or larger */
    int64_t minute_us;  /* since when `counted` counts */
    int counted, counted_before;
};

enum pace_word {
    PACE_TAKEN,
    PACE_ANSWERED, /* refused for another reason than too much mail */
    PACE_SLOWER,   /* it asks for less */
    PACE_LOST      /* no answer */
};

void pace_init(struct pace *pace, const struct pace_rules *rules);
/* Whether one more may begin; else *out_us is when to ask again (TIME_NONE: when one has ended). */
bool pace_may(const struct pace *pace, const struct pace_rules *rules, int64_t now_us,
              int64_t *out_us);
void pace_begin(struct pace *pace, const struct pace_rules *rules, int64_t now_us);
void pace_end(struct pace *pace, const struct pace_rules *rules, int64_t now_us,
              enum pace_word word);
/* One that began and was not sent after all. */
void pace_undo(struct pace *pace);
/* Messages a minute now; 0: no limit. */
double pace_rate(const struct pace *pace, const struct pace_rules *rules);

#endif

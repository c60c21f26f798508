/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/campaign/schedule.h"

#include "outreach/flow/walk.h"

/* ---- lots --------------------------------------------------------------------------------- */

bool schedule_held_out(const struct campaign *campaign, int64_t id, uint64_t person)
{
    return flow_lot(id, 0, person) < campaign->holdout;
}

int schedule_variant(const struct campaign_send *send, int64_t id, uint64_t person)
{
    double lot = flow_lot(id, send->id, person), sum = 0;
    size_t i = 0;

    while (i + 1 < send->variant_count && lot >= (sum += send->variants[i].share))
        i++;
    return (int)i;
}

/* Another lot than that of the variant, so that each variant is tried out by its share. */
bool schedule_tried(const struct campaign_send *send, int64_t id, uint64_t person)
{
    return flow_lot(id, ~send->id, person) < send->test;
}

int schedule_best(const int64_t *sent, const int64_t *did, size_t n)
{
    int best = -1;
    bool alone = false;

    for (size_t i = 0; i < n; i++) {
        double here = sent[i] > 0 ? (double)did[i] / (double)sent[i] : 0,
               there = best < 0 ? 0 : (double)did[best] / (double)sent[best];

        if (here > there) {
            best = (int)i;
            alone = true;
        } else if (best >= 0 && here >= there) {
            alone = false;
        }
    }
    return alone ? best : -1;
}

/* ---- times -------------------------------------------------------------------------------- */

int64_t schedule_due(const struct campaign_send *send, struct zone *zone, int64_t launched_us)
{
    return send->time == CAMPAIGN_AT ? zone_to_utc(zone, &send->at) : launched_us;
}

int64_t schedule_first_due(const struct campaign_send *send, struct zone *shop, int64_t launched_us)
{
    if (send->time == CAMPAIGN_AT && send->persons_clock) /* no clock is further ahead of UTC */
        return civil_to_utc(&send->at) - 14 * US_PER_HOUR;
    return schedule_due(send, shop, launched_us);
}

/* ---- so many an hour ---------------------------------------------------------------------- */

int64_t slot_width_us(int per_hour)
{
    return per_hour ? (US_PER_HOUR + per_hour - 1) / per_hour : 0;
}

enum err_code slots_read(struct slots *out, int per_hour, const char *text, struct err *err)
{
    const char *p = text;

    *out = (struct slots){.width_us = slot_width_us(per_hour)};
    while (*p) {
        char *end;
        int64_t from = strtoll(p, &end, 10), to = *end == '-' ? strtoll(end + 1, &end, 10) : 0;

        if (to <= from || from <= 0 || (*end && *end != ' ') || out->n == SLOT_RANGES_MAX)
            return err_set(err, ERR_STORE, "what was planned of a campaign cannot be read");
        out->ranges[out->n].from = from;
        out->ranges[out->n++].to = to;
        p = end + (*end == ' ');
    }
    return ERR_OK;
}

void slots_write(const struct slots *slots, char out[SLOTS_TEXT_BYTES])
{
    size_t at = 0;

    out[0] = '\0';
    for (size_t i = 0; i < slots->n; i++)
        at += (size_t)snprintf(out + at, SLOTS_TEXT_BYTES - at, "%s%" PRId64 "-%" PRId64,
                               i ? " " : "", slots->ranges[i].from, slots->ranges[i].to);
}

/* Two ranges that touch are one. */
static void join(struct slots *s, size_t i)
{
    if (i + 1 >= s->n || s->ranges[i].to < s->ranges[i + 1].from)
        return;
    s->ranges[i].to = s->ranges[i + 1].to;
    memmove(&s->ranges[i + 1], &s->ranges[i + 2], (s->n - i - 2) * sizeof(s->ranges[0]));
    s->n--;
}

int64_t slots_take(struct slots *s, int64_t at_us)
{
    int64_t slot;
    size_t i = 0;

    if (!s->width_us)
        return at_us;
    slot = (at_us + s->width_us - 1) / s->width_us;
    while (i < s->n && s->ranges[i].to < slot)
        i++;
    if (i == s->n && s->n == SLOT_RANGES_MAX)
        i--; /* more times than zones: after the last */
    if (i < s->n && (s->ranges[i].from <= slot || s->n == SLOT_RANGES_MAX)) {
        slot = s->ranges[i].to++;
        join(s, i);
        return slot * s->width_us;
    }
    memmove(&s->ranges[i + 1], &s->ranges[i], (s->n - i) * sizeof(s->ranges[0]));
    s->ranges[i].from = slot;
    s->ranges[i].to = slot + 1;
    s->n++;
    join(s, i);
    return slot * s->width_us;
}

/* Whoever is still to be planned for a time that is over must come after all who were. */
void slots_put_off(struct slots *s, int64_t by_us)
{
    for (size_t i = 0; s->width_us && i < s->n; i++)
        s->ranges[i].to += (by_us + s->width_us - 1) / s->width_us;
    for (size_t i = s->n; i-- > 1;) {
        if (s->ranges[i - 1].to < s->ranges[i].from)
            continue;
        if (s->ranges[i].to > s->ranges[i - 1].to)
            s->ranges[i - 1].to = s->ranges[i].to;
        memmove(&s->ranges[i], &s->ranges[i + 1], (s->n - i - 1) * sizeof(s->ranges[0]));
        s->n--;
    }
}

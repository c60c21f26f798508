/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* schedule.h - who gets which variant of a campaign's message, when, and who is held out. Pure.
 *
 * Lots are those of flows (flow/walk.h): a person draws the same one each time.
 */
#ifndef TM_OUTREACH_CAMPAIGN_SCHEDULE_H
#define TM_OUTREACH_CAMPAIGN_SCHEDULE_H

#include "outreach/campaign/campaign.h"

bool schedule_held_out(const struct campaign *campaign, int64_t id, uint64_t person);
/* By the shares. */
int schedule_variant(const struct campaign_send *send, int64_t id, uint64_t person);
/* Whether the person is one of those on whom variants are tried out. */
bool schedule_tried(const struct campaign_send *send, int64_t id, uint64_t person);
/* The one that did best of those it was sent to; -1 when none is better than all others. */
int schedule_best(const int64_t *sent, const int64_t *did, size_t n);

/* When the message is due by the clocks of a zone (of the person, or of the shop). `launched_us`:
 * from when on it may be sent at all. */
int64_t schedule_due(const struct campaign_send *send, struct zone *zone, int64_t launched_us);
/* The first time at which it is due anywhere. */
int64_t schedule_first_due(const struct campaign_send *send, struct zone *shop,
                           int64_t launched_us);

/* Times to send at, at most so many an hour, spread evenly: each is given away once. Taken ones are
 * kept as ranges, of which there are as many as times at which people are due. */
int64_t slot_width_us(int per_hour); /* 0: any number */
enum { SLOT_RANGES_MAX = 64, SLOTS_TEXT_BYTES = SLOT_RANGES_MAX * 40 + 1 };
struct slots {
    int64_t width_us; /* 0: any number at any time */
    struct {
        int64_t from, to; /* in widths since 1970; `to` is free */
    } ranges[SLOT_RANGES_MAX];
    size_t n;
};
/* `text` is what slots_write() wrote; "" for none. What cannot be read is an error. */
TM_MUST_CHECK enum err_code slots_read(struct slots *out, int per_hour, const char *text,
                                       struct err *err);
void slots_write(const struct slots *slots, char out[SLOTS_TEXT_BYTES]);
/* The first free time not before at_us. */
int64_t slots_take(struct slots *slots, int64_t at_us);
/* Those that are taken were put off by so much. */
void slots_put_off(struct slots *slots, int64_t by_us);

#endif

/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* people.h - who somebody is: names, addresses and devices, made from their index alone. */
#ifndef TM_SIMULATE_PEOPLE_H
#define TM_SIMULATE_PEOPLE_H

#include "simulate/world.h"

struct contact {
    const char *first, *last, *city;
    char email[80];
    char phone[24]; /* with plus */
    char street[48];
    char zip[8];
};

uint64_t person_hash(const struct world *w, uint32_t person, uint64_t what);
void person_contact(const struct world *w, uint32_t person, struct contact *out);
void person_email(const struct world *w, uint32_t person, char out[80]);
/* The shop's customer number, which is also the log-in id that analytics sees. */
int64_t person_customer_id(uint32_t person);
/* "K0000012": the mailing tool's own id. */
void person_profile_id(uint32_t person, char out[16]);
/* The id of a browser in analytics: "123456789.1727740800". */
void device_id(uint64_t hash, int64_t first_seen_s, char out[32]);
/* True in `share` of people, always the same ones for one purpose. */
bool person_is(const struct world *w, uint32_t person, uint64_t what, double share);

/* Numbers, fast. */
void add_int(struct buf *b, int64_t v);
void add_padded(struct buf *b, int64_t v, int digits);
/* "2026-09-30T08:00:00Z" and "2026-09-30 10:00:00" of a local day. */
void add_utc(struct buf *b, int64_t at_us);
void add_local(const struct world *w, struct buf *b, int day, int second, bool with_zone);
void add_day(const struct world *w, struct buf *b, int day);
void add_money(const struct world *w, struct buf *b, int64_t minor);

#endif

/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* quiet.h - the hours in which a person may be written to, by the person's own clock.
 *
 * A person's zone is often not known. Then the hours count that are allowed in all zones of the
 * person's country at once; where the country is not known either, nobody is written to (the
 * caller holds the message and says so). An instant that the clocks show twice is judged by what
 * they show; one that they skip is followed by the next that exists.
 *
 * One thread at a time. Zones are opened once and kept.
 */
#ifndef TM_OUTREACH_QUIET_H
#define TM_OUTREACH_QUIET_H

#include "base/timestamp.h"

enum { MINUTES_PER_DAY = 1440 };

/* Minutes of the local day: allowed from `from` until before `until`; over midnight when `until`
 * is the smaller. Equal: at any time. */
struct sending_hours {
    int from_minute, until_minute;
};
bool sending_hours_allow(const struct sending_hours *hours, int minute);
/* Those allowed by both; where they share none, *out is untouched and it returns false. For hours
 * that do not go over midnight. */
bool sending_hours_meet(const struct sending_hours *a, const struct sending_hours *b,
                        struct sending_hours *out);

struct quiet;
struct quiet *quiet_new(void);
void quiet_free(struct quiet *quiet); /* NULL is fine */

/* A zone by its IANA name, NULL for "" and unknown ones. Borrowed, until the next call. */
struct zone *quiet_zone(struct quiet *quiet, const char *name);

/* The first instant not before at_us at which these hours allow writing to somebody in `zone` (an
 * IANA name; "" or an unknown one: not known) of `country` (two letters; "": not known). False
 * when the zone can be told by neither, or the zones of the country share no such hour within a
 * week. *out may be as late as the next day but one. */
bool quiet_next(struct quiet *quiet, const struct sending_hours *hours, const char *zone,
                const char *country, int64_t at_us, int64_t *out_us);

#endif

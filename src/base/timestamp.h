/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* timestamp.h - time as UTC microseconds since 1970, and the days that people live by.
 *
 * A time that is not known is TIME_NONE (0): no record of a shop is from that instant. Days are
 * counted from 1970-01-01 in the proleptic Gregorian calendar. Local days and clock times follow
 * an IANA zone by ICU's data.
 */
#ifndef TM_BASE_TIMESTAMP_H
#define TM_BASE_TIMESTAMP_H

#include "base/buf.h"

#define TIME_NONE INT64_C(0)
#define US_PER_SECOND INT64_C(1000000)
#define US_PER_HOUR (3600 * US_PER_SECOND)
#define US_PER_DAY (86400 * US_PER_SECOND)

struct civil {
    int year;  /* 1..9999 */
    int month; /* 1..12 */
    int day;   /* 1..31 */
    int hour, minute, second;
    int micros;
};

/* False where the fields name no real instant (month 13, 30 February, hour 24). */
bool civil_valid(const struct civil *c);
int civil_month_days(int year, int month); /* how many; month: 1..12 */
int64_t civil_to_days(int year, int month, int day);
void civil_from_days(int64_t days, int *out_year, int *out_month, int *out_day);
/* As if the clock showed UTC. */
int64_t civil_to_utc(const struct civil *c);
struct civil civil_from_utc(int64_t at_us);

/* A time zone, opened once and used by one thread. */
struct zone;
TM_MUST_CHECK enum err_code zone_open(const char *iana_name, struct zone **out_zone,
                                      struct err *err);
void zone_close(struct zone *zone);
/* The instant at which the zone's clocks show `c`. In the hour that a change skips, the instant
 * after the jump; in the hour that it repeats, the first of the two. */
int64_t zone_to_utc(struct zone *zone, const struct civil *c);
struct civil zone_from_utc(struct zone *zone, int64_t at_us);
enum { ZONE_NAME_MAX = 64, ZONES_OF_COUNTRY_MAX = 64 };
/* The zones that are in use in a country (ISO 3166, two letters), each once by its common name; 0
 * for a country that is not known. Returns how many. */
size_t zones_of_country(const char *country, char out_names[][ZONE_NAME_MAX], size_t cap);

/* The present. */
int64_t timestamp_now(void);

/* "2026-11-20T08:15:00Z", with microseconds only where there are any. */
void timestamp_add_iso(struct buf *b, int64_t at_us);
/* "2026-11-20" */
void timestamp_add_date(struct buf *b, int64_t at_us);

#endif

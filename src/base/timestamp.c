/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/timestamp.h"

#include <unicode/ucal.h>
#include <unicode/ustring.h>

struct zone {
    UCalendar *calendar;
};

int civil_month_days(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return days[month - 1] + (month == 2 && leap);
}

bool civil_valid(const struct civil *c)
{
    if (c->year < 1 || c->year > 9999 || c->month < 1 || c->month > 12)
        return false;
    return c->day >= 1 && c->day <= civil_month_days(c->year, c->month) && c->hour >= 0 &&
           c->hour < 24 && c->minute >= 0 && c->minute < 60 && c->second >= 0 && c->second < 60 &&
           c->micros >= 0 && c->micros < 1000000;
}

/* Days from the era's start: years begin in March, so that the leap day comes last
 * (H. Hinnant, "chrono-compatible low-level date algorithms", 2014). */
int64_t civil_to_days(int year, int month, int day)
{
    int64_t y = year - (month <= 2);
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t yoe = y - era * 400;
    int64_t doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;

    return era * 146097 + doe - 719468;
}

void civil_from_days(int64_t days, int *out_year, int *out_month, int *out_day)
{
    int64_t z = days + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;

    *out_day = (int)(doy - (153 * mp + 2) / 5 + 1);
    *out_month = (int)(mp < 10 ? mp + 3 : mp - 9);
    *out_year = (int)(yoe + era * 400 + (*out_month <= 2));
}

int64_t civil_to_utc(const struct civil *c)
{
    int64_t seconds = civil_to_days(c->year, c->month, c->day) * 86400 + c->hour * 3600 +
                      c->minute * 60 + c->second;

    return seconds * US_PER_SECOND + c->micros;
}

struct civil civil_from_utc(int64_t at_us)
{
    int64_t days = at_us / US_PER_DAY, rest = at_us % US_PER_DAY;
    struct civil c;

    if (rest < 0) {
        rest += US_PER_DAY;
        days--;
    }
    civil_from_days(days, &c.year, &c.month, &c.day);
    c.micros = (int)(rest % US_PER_SECOND);
    rest /= US_PER_SECOND;
    c.hour = (int)(rest / 3600);
    c.minute = (int)(rest / 60 % 60);
    c.second = (int)(rest % 60);
    return c;
}

enum err_code zone_open(const char *iana_name, struct zone **out_zone, struct err *err)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar name[64], canonical[64];
    int32_t n;
    UBool known = false;
    struct zone *zone;

    u_strFromUTF8(name, TM_COUNT(name), &n, iana_name, -1, &status);
    if (U_SUCCESS(status))
        ucal_getCanonicalTimeZoneID(name, n, canonical, TM_COUNT(canonical), &known, &status);
    if (U_FAILURE(status) || !known) {
        err_set(err, ERR_INVALID, "\"%s\" is not a time zone", iana_name);
        err_hint(err, "Use a name of the IANA data base, such as Asia/Bangkok or Europe/Berlin.");
        return ERR_INVALID;
    }
    zone = xcalloc(1, sizeof(*zone));
    zone->calendar = ucal_open(name, n, "en", UCAL_GREGORIAN, &status);
    if (U_FAILURE(status)) {
        zone_close(zone);
        return err_set(err, ERR_INTERNAL, "the calendar of zone %s cannot be opened: %s", iana_name,
                       u_errorName(status));
    }
    /* Gregorian throughout, also before 1582. */
    ucal_setGregorianChange(zone->calendar, -8.64e15, &status);
    ucal_setAttribute(zone->calendar, UCAL_SKIPPED_WALL_TIME, UCAL_WALLTIME_LAST);
    ucal_setAttribute(zone->calendar, UCAL_REPEATED_WALL_TIME, UCAL_WALLTIME_FIRST);
    *out_zone = zone;
    return ERR_OK;
}

void zone_close(struct zone *zone)
{
    if (!zone)
        return;
    if (zone->calendar)
        ucal_close(zone->calendar);
    free(zone);
}

int64_t zone_to_utc(struct zone *zone, const struct civil *c)
{
    UErrorCode status = U_ZERO_ERROR;
    double ms;

    ucal_clear(zone->calendar);
    ucal_setDateTime(zone->calendar, c->year, c->month - 1, c->day, c->hour, c->minute, c->second,
                     &status);
    ms = ucal_getMillis(zone->calendar, &status);
    assert(U_SUCCESS(status));
    return (int64_t)ms * 1000 + c->micros;
}

struct civil zone_from_utc(struct zone *zone, int64_t at_us)
{
    UErrorCode status = U_ZERO_ERROR;
    int64_t offset_ms, seconds = at_us / US_PER_SECOND;

    if (at_us % US_PER_SECOND < 0)
        seconds--;
    ucal_setMillis(zone->calendar, (double)(seconds * 1000), &status);
    offset_ms = ucal_get(zone->calendar, UCAL_ZONE_OFFSET, &status) +
                ucal_get(zone->calendar, UCAL_DST_OFFSET, &status);
    assert(U_SUCCESS(status));
    return civil_from_utc(at_us + offset_ms * 1000);
}

size_t zones_of_country(const char *country, char out_names[][ZONE_NAME_MAX], size_t cap)
{
    UErrorCode status = U_ZERO_ERROR;
    UEnumeration *ids;
    const char *id;
    int32_t length;
    size_t n = 0;

    if (strlen(country) != 2)
        return 0;
    ids = ucal_openTimeZoneIDEnumeration(UCAL_ZONE_TYPE_CANONICAL_LOCATION, country, NULL, &status);
    while (U_SUCCESS(status) && n < cap && (id = uenum_next(ids, &length, &status)) != NULL)
        if (length < ZONE_NAME_MAX)
            snprintf(out_names[n++], ZONE_NAME_MAX, "%s", id);
    uenum_close(ids);
    return n;
}

int64_t timestamp_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * US_PER_SECOND + now.tv_nsec / 1000;
}

static void put_digits(char *at, int n, int value)
{
    for (; n > 0; value /= 10)
        at[--n] = (char)('0' + value % 10);
}

/* Without a printf: every live message gets one. */
void timestamp_add_iso(struct buf *b, int64_t at_us)
{
    struct civil c = civil_from_utc(at_us);
    char text[] = "0000-00-00T00:00:00.000000Z";

    if (c.year >= 0 && c.year <= 9999)
        put_digits(text, 4, c.year);
    else
        buf_addf(b, "%04d", c.year);
    put_digits(text + 5, 2, c.month);
    put_digits(text + 8, 2, c.day);
    put_digits(text + 11, 2, c.hour);
    put_digits(text + 14, 2, c.minute);
    put_digits(text + 17, 2, c.second);
    if (c.micros)
        put_digits(text + 20, 6, c.micros);
    else
        memcpy(text + 19, "Z", 2);
    buf_addz(b, c.year >= 0 && c.year <= 9999 ? text : text + 4);
}

void timestamp_add_date(struct buf *b, int64_t at_us)
{
    struct civil c = civil_from_utc(at_us);

    buf_addf(b, "%04d-%02d-%02d", c.year, c.month, c.day);
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Hours in which people may be written to: every zone, around every change of its clocks from 2024
 * to 2035. With TIDEMARK_TEST_LONG every minute of every zone, else a part of them. */
#include "outreach/quiet.h"

#include <unicode/ucal.h>
#include <unicode/ustring.h>

#include "tap.h"

#define MINUTE (60 * US_PER_SECOND)
#define AT(y, mo, d, h, mi) civil_to_utc(&(struct civil){y, mo, d, h, mi, 0, 0})

static struct quiet *quiet;
static const struct sending_hours day = {9 * 60, 20 * 60}, night = {22 * 60, 2 * 60 + 30},
                                  narrow = {2 * 60 + 10, 2 * 60 + 40}, always = {0, 0};

static struct {
    int64_t asked, early, late, inside, beyond, unsteady;
} seen;

static int minute_in(struct zone *zone, int64_t at_us)
{
    struct civil c = zone_from_utc(zone, at_us);

    return c.hour * 60 + c.minute;
}

static void ask(struct zone *zone, const char *name, const struct sending_hours *hours,
                int64_t at_us)
{
    int64_t next_us = 0, again_us = 0;

    seen.asked++;
    if (!quiet_next(quiet, hours, name, "", at_us, &next_us)) {
        seen.beyond++;
        return;
    }
    seen.early += next_us < at_us;
    seen.late += next_us > at_us + 50 * US_PER_HOUR;
    seen.inside += !sending_hours_allow(hours, minute_in(zone, next_us));
    /* Asked at that instant, it is now; and nobody who may be written to waits. */
    seen.unsteady += !quiet_next(quiet, hours, name, "", next_us, &again_us) || again_us != next_us;
    seen.unsteady += sending_hours_allow(hours, minute_in(zone, at_us)) && next_us != at_us;
}

static void around(struct zone *zone, const char *name, int64_t change_us, int step)
{
    static const struct sending_hours *const tables[] = {&day, &night, &narrow};

    for (int64_t at_us = change_us - 240 * MINUTE; at_us < change_us + 240 * MINUTE;
         at_us += step * MINUTE)
        for (size_t i = 0; i < TM_COUNT(tables); i++)
            ask(zone, name, tables[i], at_us);
    for (int h = -30; h < 30; h += 3)
        ask(zone, name, &day, change_us + h * US_PER_HOUR);
}

static int changes_of(const char *name, int step)
{
    UErrorCode status = U_ZERO_ERROR;
    struct err err = ERR_INIT;
    struct zone *zone = NULL;
    UChar wide[ZONE_NAME_MAX];
    UCalendar *calendar;
    UDate change;
    int n = 0;

    u_strFromUTF8(wide, TM_COUNT(wide), NULL, name, -1, &status);
    calendar = ucal_open(wide, -1, "en", UCAL_GREGORIAN, &status);
    if (U_FAILURE(status) || zone_open(name, &zone, &err) != ERR_OK) {
        ucal_close(calendar);
        return 0;
    }
    ucal_setMillis(calendar, (double)(AT(2024, 1, 1, 0, 0) / 1000), &status);
    while (ucal_getTimeZoneTransitionDate(calendar, UCAL_TZ_TRANSITION_NEXT, &change, &status) &&
           change < (double)(AT(2036, 1, 1, 0, 0) / 1000)) {
        around(zone, name, (int64_t)change * 1000, step);
        ucal_setMillis(calendar, change, &status);
        n++;
    }
    if (n == 0)
        around(zone, name, AT(2026, 3, 29, 1, 0), step);
    ucal_close(calendar);
    zone_close(zone);
    return n;
}

static void every_zone(void)
{
    bool all = getenv("TIDEMARK_TEST_LONG") != NULL;
    UErrorCode status = U_ZERO_ERROR;
    UEnumeration *zones = ucal_openTimeZones(&status);
    int n = 0, changes = 0;
    const char *name;

    while ((name = uenum_next(zones, NULL, &status)) != NULL)
        if (all || n++ % 16 == 0)
            changes += changes_of(name, all ? 1 : 13);
    uenum_close(zones);
    CHECK_MSG(changes > 20, "%d changes of clocks, %" PRId64 " questions", changes, seen.asked);
    CHECK_INT(seen.early, 0);
    CHECK_INT(seen.late, 0);
    CHECK_INT(seen.inside, 0);
    CHECK_INT(seen.beyond, 0);
    CHECK_INT(seen.unsteady, 0);
}

static int64_t next(const struct sending_hours *hours, const char *zone, const char *country,
                    int64_t at_us)
{
    int64_t next_us = -1;

    return quiet_next(quiet, hours, zone, country, at_us, &next_us) ? next_us : -1;
}

static void by_example(void)
{
    const struct sending_hours wide = {0, 1440}, out = {9 * 60, 9 * 60 + 5};

    /* Bangkok is seven hours ahead. */
    CHECK_INT(next(&day, "Asia/Bangkok", "", AT(2026, 11, 22, 1, 59)), AT(2026, 11, 22, 2, 0));
    CHECK_INT(next(&day, "Asia/Bangkok", "", AT(2026, 11, 22, 12, 59)), AT(2026, 11, 22, 12, 59));
    CHECK_INT(next(&day, "Asia/Bangkok", "", AT(2026, 11, 22, 13, 0)), AT(2026, 11, 23, 2, 0));
    /* New York skips 2:00 to 3:00 on 8 March 2026: half past two does not come. */
    CHECK_INT(next(&narrow, "America/New_York", "", AT(2026, 3, 8, 6, 30)), AT(2026, 3, 9, 6, 10));
    /* Over midnight. */
    CHECK_INT(next(&night, "Europe/Berlin", "", AT(2026, 6, 1, 12, 0)), AT(2026, 6, 1, 20, 0));
    CHECK_INT(next(&night, "Europe/Berlin", "", AT(2026, 6, 1, 23, 0)), AT(2026, 6, 1, 23, 0));
    CHECK_INT(next(&always, "Europe/Berlin", "", AT(2026, 6, 1, 1, 1)), AT(2026, 6, 1, 1, 1));
    /* A country of one zone is as good as the zone; one of many waits for all of them. */
    CHECK_INT(next(&day, "", "TH", AT(2026, 11, 22, 1, 0)), AT(2026, 11, 22, 2, 0));
    CHECK_INT(next(&day, "", "US", AT(2026, 11, 22, 14, 0)), AT(2026, 11, 22, 19, 0));
    CHECK_INT(next(&out, "", "US", AT(2026, 11, 22, 14, 0)), -1);
    CHECK_INT(next(&wide, "", "US", AT(2026, 11, 22, 14, 0)), AT(2026, 11, 22, 14, 0));
    /* Not known: nobody is written to. */
    CHECK_INT(next(&day, "", "", AT(2026, 11, 22, 12, 0)), -1);
    CHECK_INT(next(&day, "Mars/Olympus", "", AT(2026, 11, 22, 12, 0)), -1);
    CHECK_INT(next(&day, "Mars/Olympus", "TH", AT(2026, 11, 22, 1, 0)), AT(2026, 11, 22, 2, 0));
    CHECK_INT(next(&day, "", "XX", AT(2026, 11, 22, 12, 0)), -1);
}

static void hours_meet(void)
{
    const struct sending_hours called = {8 * 60, 21 * 60}, early = {6 * 60, 8 * 60};
    struct sending_hours both = {1, 2};

    CHECK(sending_hours_meet(&day, &called, &both) && both.from_minute == 540 &&
          both.until_minute == 1200);
    CHECK(sending_hours_meet(&always, &called, &both) && both.from_minute == 480 &&
          both.until_minute == 1260);
    both = day;
    CHECK(!sending_hours_meet(&early, &called, &both) && both.from_minute == 540);
}

/* More zones and countries than are kept open. */
static void many_zones(void)
{
    UErrorCode status = U_ZERO_ERROR;
    UEnumeration *zones = ucal_openTimeZones(&status);
    int64_t known = 0, n = 0;
    const char *name;

    while ((name = uenum_next(zones, NULL, &status)) != NULL && n < 200) {
        n++;
        known += next(&day, name, "", AT(2026, 5, 5, 5, 5)) >= AT(2026, 5, 5, 5, 5);
    }
    uenum_close(zones);
    CHECK_INT(known, n);
}

int main(void)
{
    quiet = quiet_new();
    by_example();
    hours_meet();
    many_zones();
    every_zone();
    quiet_free(quiet);
    return tap_done();
}

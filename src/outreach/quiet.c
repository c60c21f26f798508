/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/quiet.h"

enum { ZONES_KEPT = 64, COUNTRIES_KEPT = 8, DAYS_TRIED = 3, ROUNDS = 64 };

struct kept_zone {
    char name[ZONE_NAME_MAX];
    struct zone *zone; /* owned; NULL where the name is none */
    uint64_t used;
};

struct kept_country {
    char code[3];
    size_t n;
    struct zone *zones[ZONES_OF_COUNTRY_MAX]; /* owned */
    uint64_t used;
};

struct quiet {
    struct kept_zone zones[ZONES_KEPT];
    struct kept_country countries[COUNTRIES_KEPT];
    uint64_t clock; /* counts what was asked: the longest unused makes room */
};

/* ---- hours -------------------------------------------------------------------------------- */

bool sending_hours_allow(const struct sending_hours *hours, int minute)
{
    if (hours->from_minute == hours->until_minute)
        return true;
    if (hours->from_minute < hours->until_minute)
        return minute >= hours->from_minute && minute < hours->until_minute;
    return minute >= hours->from_minute || minute < hours->until_minute;
}

bool sending_hours_meet(const struct sending_hours *a, const struct sending_hours *b,
                        struct sending_hours *out)
{
    int from = a->from_minute > b->from_minute ? a->from_minute : b->from_minute;
    int until = a->until_minute < b->until_minute ? a->until_minute : b->until_minute;

    if (a->from_minute == a->until_minute || b->from_minute == b->until_minute) {
        *out = a->from_minute == a->until_minute ? *b : *a;
        return true;
    }
    if (from >= until)
        return false;
    *out = (struct sending_hours){from, until};
    return true;
}

/* ---- zones -------------------------------------------------------------------------------- */

struct quiet *quiet_new(void)
{
    return xcalloc(1, sizeof(struct quiet));
}

static void release_country(struct kept_country *c)
{
    for (size_t i = 0; i < c->n; i++)
        zone_close(c->zones[i]);
    *c = (struct kept_country){0};
}

void quiet_free(struct quiet *quiet)
{
    if (!quiet)
        return;
    for (size_t i = 0; i < ZONES_KEPT; i++)
        zone_close(quiet->zones[i].zone);
    for (size_t i = 0; i < COUNTRIES_KEPT; i++)
        release_country(&quiet->countries[i]);
    free(quiet);
}

struct zone *quiet_zone(struct quiet *quiet, const char *name)
{
    struct kept_zone *kept = &quiet->zones[0];
    struct err ignored = ERR_INIT;

    if (!*name || strlen(name) >= ZONE_NAME_MAX)
        return NULL;
    quiet->clock++;
    for (size_t i = 0; i < ZONES_KEPT; i++) {
        if (strcmp(quiet->zones[i].name, name) == 0) {
            quiet->zones[i].used = quiet->clock;
            return quiet->zones[i].zone;
        }
        if (quiet->zones[i].used < kept->used)
            kept = &quiet->zones[i];
    }
    zone_close(kept->zone);
    *kept = (struct kept_zone){.used = quiet->clock};
    snprintf(kept->name, sizeof(kept->name), "%s", name);
    if (zone_open(name, &kept->zone, &ignored) != ERR_OK)
        kept->zone = NULL;
    return kept->zone;
}

static const struct kept_country *country_coded(struct quiet *quiet, const char *code)
{
    char names[ZONES_OF_COUNTRY_MAX][ZONE_NAME_MAX];
    struct kept_country *kept = &quiet->countries[0];
    struct err ignored = ERR_INIT;
    size_t n;

    if (strlen(code) != 2)
        return NULL;
    quiet->clock++;
    for (size_t i = 0; i < COUNTRIES_KEPT; i++) {
        if (strcmp(quiet->countries[i].code, code) == 0) {
            quiet->countries[i].used = quiet->clock;
            return &quiet->countries[i];
        }
        if (quiet->countries[i].used < kept->used)
            kept = &quiet->countries[i];
    }
    release_country(kept);
    kept->used = quiet->clock;
    snprintf(kept->code, sizeof(kept->code), "%s", code);
    n = zones_of_country(code, names, ZONES_OF_COUNTRY_MAX);
    for (size_t i = 0; i < n; i++)
        if (zone_open(names[i], &kept->zones[kept->n], &ignored) == ERR_OK)
            kept->n++;
    return kept;
}

/* ---- the next instant --------------------------------------------------------------------- */

static bool allowed_at(struct zone *zone, const struct sending_hours *hours, int64_t at_us)
{
    struct civil c = zone_from_utc(zone, at_us);

    return sending_hours_allow(hours, c.hour * 60 + c.minute);
}

/* The opening of these hours on the local day that is `days` after that of at_us. */
static int64_t opening(struct zone *zone, const struct sending_hours *hours, int64_t at_us,
                       int days)
{
    struct civil c = zone_from_utc(zone, at_us), open = {0};

    civil_from_days(civil_to_days(c.year, c.month, c.day) + days, &open.year, &open.month,
                    &open.day);
    open.hour = hours->from_minute / 60;
    open.minute = hours->from_minute % 60;
    return zone_to_utc(zone, &open);
}

/* An opening that the clocks skip may be followed by one that these hours do not allow (a jump over
 * all of them), and one in an hour that comes twice may lie behind at_us: then the next day's. */
static bool next_in(struct zone *zone, const struct sending_hours *hours, int64_t at_us,
                    int64_t *out_us)
{
    if (allowed_at(zone, hours, at_us)) {
        *out_us = at_us;
        return true;
    }
    for (int day = 0; day < DAYS_TRIED; day++) {
        int64_t open_us = opening(zone, hours, at_us, day);

        if (open_us > at_us && allowed_at(zone, hours, open_us)) {
            *out_us = open_us;
            return true;
        }
    }
    return false;
}

/* Each zone moves the instant on to where it allows it, until all allow the same one. */
static bool next_in_all(const struct kept_country *country, const struct sending_hours *hours,
                        int64_t at_us, int64_t *out_us)
{
    int64_t next_us = at_us;

    for (int round = 0; round < ROUNDS && next_us < at_us + 7 * US_PER_DAY; round++) {
        int64_t before_us = next_us;

        for (size_t i = 0; i < country->n; i++)
            if (!next_in(country->zones[i], hours, next_us, &next_us))
                return false;
        if (next_us == before_us) {
            *out_us = next_us;
            return country->n > 0;
        }
    }
    return false;
}

bool quiet_next(struct quiet *quiet, const struct sending_hours *hours, const char *zone,
                const char *country, int64_t at_us, int64_t *out_us)
{
    struct zone *known = quiet_zone(quiet, zone);
    const struct kept_country *of;

    if (known)
        return next_in(known, hours, at_us, out_us);
    of = country_coded(quiet, country);
    return of && next_in_all(of, hours, at_us, out_us);
}

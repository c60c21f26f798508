/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "intake/live/pulse.h"

#include "base/timestamp.h"
#include "store/ranges.h"

enum { DAY_HOURS = 24, WINDOW_HOURS = PULSE_DAYS * DAY_HOURS };

const char *const pulse_state_names[] = {"waiting", "fresh", "late", "silent", "revoked"};

struct pulse_now pulse_now(const char *time_zone)
{
    struct pulse_now now = {.at_us = timestamp_now()};
    struct err unheard = ERR_INIT;
    struct zone *zone = NULL;
    struct civil c;

    now.day_us = now.at_us / US_PER_DAY * US_PER_DAY;
    if (!*time_zone || zone_open(time_zone, &zone, &unheard) != ERR_OK)
        return now;
    c = zone_from_utc(zone, now.at_us);
    c.hour = c.minute = c.second = c.micros = 0;
    now.day_us = zone_to_utc(zone, &c);
    zone_close(zone);
    return now;
}

/* When something was stored. */
struct profile {
    bool came[WINDOW_HOURS + 1]; /* by hours since the window's begin */
};

struct reading {
    const struct source_entry *sources;
    size_t n;
    const struct pulse_now *now;
    struct pulse *out;
    struct profile *profiles; /* owned */
    int64_t first_hour;
};

/* n when there is no such source. */
static size_t find(const struct reading *r, int64_t source)
{
    size_t i = 0;

    while (i < r->n && r->sources[i].id != source)
        i++;
    return i;
}

static void add(struct pulse_counts *counts, const struct came_hour *h)
{
    if (strcmp(h->what, CAME_STORED) == 0)
        counts->stored += h->n;
    else if (strcmp(h->what, CAME_REPEATED) == 0)
        counts->repeated += h->n;
    else
        counts->refused += h->n;
}

static void add_reason(struct pulse *p, const struct came_hour *h)
{
    size_t i = 0;

    if (strcmp(h->what, CAME_STORED) == 0 || strcmp(h->what, CAME_REPEATED) == 0)
        return;
    while (i < p->reason_count && strcmp(p->reasons[i].name, h->what) != 0)
        i++;
    if (i == PULSE_REASONS)
        return;
    if (i == p->reason_count)
        snprintf(p->reasons[p->reason_count++].name, CAME_WHAT, "%s", h->what);
    p->reasons[i].n += h->n;
}

static enum err_code take_hour(void *ctx, const struct came_hour *h, struct err *err)
{
    struct reading *r = ctx;
    const int64_t now_hour = r->now->at_us / US_PER_HOUR;
    size_t i = find(r, h->source);

    (void)err;
    if (i == r->n || h->hour > now_hour)
        return ERR_OK;
    add(&r->out[i].month, h);
    add_reason(&r->out[i], h);
    if (h->hour > now_hour - DAY_HOURS)
        add(&r->out[i].day, h);
    if (h->hour >= r->now->day_us / US_PER_HOUR)
        add(&r->out[i].today, h);
    if (strcmp(h->what, CAME_STORED) == 0)
        r->profiles[i].came[h->hour - r->first_hour] = true;
    return ERR_OK;
}

static enum err_code take_tally(void *ctx, const struct journal_tally *tally, struct err *err)
{
    struct reading *r = ctx;
    size_t i = find(r, tally->source);

    (void)err;
    if (i < r->n)
        r->out[i].tally = *tally;
    return ERR_OK;
}

static enum err_code take_waiting(void *ctx, int64_t source, int64_t n, struct err *err)
{
    struct reading *r = ctx;
    size_t i = find(r, source);

    (void)err;
    if (i < r->n)
        r->out[i].waiting = n;
    return ERR_OK;
}

/* ---- the door ----------------------------------------------------------------------------- */

static void add_error(struct pulse_errors *errors, const struct turned *one, int64_t now_hour)
{
    size_t i = 0;

    while (i < errors->n && strcmp(errors->list[i].why, one->why) != 0)
        i++;
    if (i == PULSE_ERRORS)
        return;
    if (i == errors->n)
        snprintf(errors->list[errors->n++].why, TURNED_WHY, "%s", one->why);
    errors->list[i].n += one->n;
    if (one->hour > now_hour - DAY_HOURS)
        errors->list[i].day += one->n;
    if (one->last_us > errors->list[i].last_us)
        errors->list[i].last_us = one->last_us;
}

static enum err_code take_turned(void *ctx, const struct turned *one, struct err *err)
{
    struct reading *r = ctx;
    size_t i = find(r, one->source);

    (void)err;
    if (i < r->n)
        add_error(&r->out[i].errors, one, r->now->at_us / US_PER_HOUR);
    return ERR_OK;
}

struct strangers {
    struct pulse_errors *errors;
    int64_t now_hour;
};

static enum err_code take_stranger(void *ctx, const struct turned *one, struct err *err)
{
    struct strangers *s = ctx;

    (void)err;
    if (one->source == 0)
        add_error(s->errors, one, s->now_hour);
    return ERR_OK;
}

enum err_code pulse_strangers(struct store *store, const struct pulse_now *now,
                              struct pulse_strangers *out, struct err *err)
{
    struct strangers s = {&out->errors, now->at_us / US_PER_HOUR};

    *out = (struct pulse_strangers){0};
    TRY(store_turned_each(store, s.now_hour - WINDOW_HOURS, take_stranger, &s, err));
    return store_turned_strangers(store, s.now_hour - WINDOW_HOURS, out->last, PULSE_STRANGERS,
                                  &out->n, err);
}

/* ---- the pace ----------------------------------------------------------------------------- */

static void judge_silence(struct pulse *p, const struct profile *profile, int64_t first_hour)
{
    int64_t with[DAY_HOURS] = {0}, days[DAY_HOURS] = {0}, first = -1, last = -1;

    for (int64_t i = 0; i <= WINDOW_HOURS; i++)
        if (profile->came[i]) {
            first = first < 0 ? i : first;
            last = i;
        }
    p->quiet_hours = last < 0 ? 0 : WINDOW_HOURS - last - 1;
    p->quiet_hours = p->quiet_hours > 0 ? p->quiet_hours : 0;
    if (last < 0 || last - first < PULSE_LEAST_DAYS * DAY_HOURS)
        return;
    for (int64_t i = first; i <= last; i++) {
        int64_t hour = (first_hour + i) % DAY_HOURS;

        days[hour]++;
        with[hour] += profile->came[i];
    }
    p->usual_a_day = (double)p->month.stored / ((double)(last - first + 1) / DAY_HOURS);
    for (int64_t i = last + 1; i < WINDOW_HOURS; i++) {
        int64_t hour = (first_hour + i) % DAY_HOURS;

        p->quiet_chance *= 1 - ((double)with[hour] + 0.5) / ((double)days[hour] + 1);
    }
}

static enum pulse_state state_of(const struct pulse *p, const struct source_entry *source)
{
    if (source->revoked_us != TIME_NONE)
        return PULSE_REVOKED;
    if (!p->tally.stored)
        return PULSE_WAITING;
    if (!p->month.stored) /* not for as long as is looked at */
        return PULSE_SILENT_STATE;
    return p->quiet_chance < PULSE_SILENT ? PULSE_SILENT_STATE
           : p->quiet_chance < PULSE_LATE ? PULSE_LATE_STATE
                                          : PULSE_FRESH;
}

/* ---- reading ------------------------------------------------------------------------------ */

/* The newest message that is in the engine, and all before it. */
static enum err_code brought_in(struct store *store, int64_t *out_seq, struct err *err)
{
    struct range *ranges = xcalloc(RANGES_MAX, sizeof(*ranges));
    size_t n = 0;
    enum err_code rc = store_ranges(store, ranges, RANGES_MAX, &n, err);

    *out_seq = 0;
    for (size_t i = 0; rc == ERR_OK && i < n; i++) {
        *out_seq = ranges[i].done.last;
        if (ranges[i].end != RANGE_OPEN && ranges[i].done.last < ranges[i].end)
            break; /* it is being read again */
    }
    free(ranges);
    return rc;
}

static enum err_code read_all(struct reading *r, struct store *store, struct journal *journal,
                              struct err *err)
{
    int64_t seq;

    TRY(store_turned_each(store, r->first_hour, take_turned, r, err));
    if (!journal)
        return ERR_OK;
    TRY(journal_tallies(journal, take_tally, r, err));
    TRY(journal_hours(journal, r->first_hour, take_hour, r, err));
    TRY(brought_in(store, &seq, err));
    return journal_after(journal, seq, take_waiting, r, err);
}

enum err_code pulse_read(struct store *store, struct journal *journal,
                         const struct source_entry *sources, size_t n, const struct pulse_now *now,
                         struct pulse *out, struct err *err)
{
    struct reading r = {.sources = sources,
                        .n = n,
                        .now = now,
                        .out = out,
                        .profiles = xcalloc(n ? n : 1, sizeof(*r.profiles)),
                        .first_hour = now->at_us / US_PER_HOUR - WINDOW_HOURS};
    enum err_code rc;

    for (size_t i = 0; i < n; i++)
        out[i] = (struct pulse){.quiet_chance = 1};
    rc = read_all(&r, store, journal, err);
    for (size_t i = 0; i < n && rc == ERR_OK; i++) {
        judge_silence(&out[i], &r.profiles[i], r.first_hour);
        out[i].state = state_of(&out[i], &sources[i]);
    }
    free(r.profiles);
    return rc;
}

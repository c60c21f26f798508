/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* dates.c - people who start because a day has come.
 *
 * Who has a date is asked of the figures for the days of the next hours, wherever people live; each
 * starts when their own clock shows the hour: the latest of their country's where the zone is not
 * known, the shop's where neither is. Who was due while nothing ran, or whose date became known
 * meanwhile, starts late, and not at all after the flow's `not_after`. Whether it is their date
 * still is asked again at the moment of the start, when live messages count, too. Nothing of this
 * is kept: the key of a start is the date, or its year, so that nobody starts twice by the same one
 * (store/runs.h). */
#include "outreach/acting/acting_parts.h"

#include "audience/dated.h"
#include "engine/hash.h"

#define AHEAD_US (6 * US_PER_HOUR) /* so far it is found out who is due */
#define AGAIN_US (3 * US_PER_HOUR) /* and so often */
enum { DATES_MAX = 4 << 20, AT_ONCE = 100, TEXT_MAX = 4096 };

void acting_dates_reset(struct acting *a)
{
    a->dates.begun = a->dates.whole = false;
    a->dates.n = a->dates.next = 0;
}

int64_t acting_dates_next(const struct acting *a)
{
    const struct dates *d = &a->dates;

    if (!a->asks_dates || !d->whole)
        return TIME_NONE;
    return d->next < d->n && d->list[d->next].due_us < d->found_us + AGAIN_US
               ? d->list[d->next].due_us
               : d->found_us + AGAIN_US;
}

/* ---- when a person is due ----------------------------------------------------------------- */

static int64_t shown_at(struct zone *zone, int64_t day, int minute)
{
    struct civil c = {.hour = minute / 60, .minute = minute % 60};

    civil_from_days(day, &c.year, &c.month, &c.day);
    return zone_to_utc(zone, &c);
}

static int64_t due_at(struct acting *a, const char *zone_name, const char *country, int minute)
{
    char names[ZONES_OF_COUNTRY_MAX][ZONE_NAME_MAX];
    struct zone *zone = quiet_zone(a->quiet, zone_name);
    size_t n = zone ? 0 : zones_of_country(country, names, ZONES_OF_COUNTRY_MAX);
    int64_t due_us = shown_at(zone ? zone : a->zone, a->dates.day, minute);

    for (size_t i = 0; i < n; i++) {
        int64_t at_us;

        zone = quiet_zone(a->quiet, names[i]);
        at_us = zone ? shown_at(zone, a->dates.day, minute) : due_us;
        due_us = i == 0 || at_us > due_us ? at_us : due_us;
    }
    return due_us;
}

/* ---- finding out -------------------------------------------------------------------------- */

static int64_t date_of(const struct flow *flow, int64_t day)
{
    return day - flow->days;
}

/* The date that somebody starts by: a yearly one by its year. */
static int64_t key_of(const struct flow *flow, int64_t day)
{
    char text[64];
    int year, month, d;

    civil_from_days(date_of(flow, day), &year, &month, &d);
    if (flow->every_year)
        snprintf(text, sizeof(text), "%d", year);
    else
        snprintf(text, sizeof(text), "%04d-%02d-%02d", year, month, d);
    return (int64_t)engine_hash_and(engine_hash(str_of(flow->start_name)), str_of(text));
}

static void add_person(void *ctx, uint64_t number, const char *zone, const char *country)
{
    struct acting *a = ctx;
    struct dates *d = &a->dates;
    const struct flow *flow = a->live[d->flow].flow;
    const int64_t due_us = due_at(a, zone, country, flow->minute);

    if (due_us <= d->after_us || due_us > d->found_us + AHEAD_US || d->n == DATES_MAX)
        return;
    if (d->n == d->capacity) {
        d->capacity = d->capacity ? 2 * d->capacity : 256;
        d->list = xrealloc(d->list, d->capacity * sizeof(*d->list));
    }
    d->list[d->n++] = (struct dated){.due_us = due_us,
                                     .key = key_of(flow, d->day),
                                     .person = a->world.person(a->world.ctx, number),
                                     .flow = d->flow,
                                     .day = d->day};
}

static int by_time(const void *x, const void *y)
{
    const struct dated *a = x, *b = y;

    return a->due_us != b->due_us ? (a->due_us > b->due_us) - (a->due_us < b->due_us)
           : a->flow != b->flow   ? (a->flow > b->flow) - (a->flow < b->flow)
                                  : (a->person > b->person) - (a->person < b->person);
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static bool starts_by_date(const struct acting *a, size_t flow)
{
    return !a->live[flow].ends && a->live[flow].flow->start == FLOW_ON_DATE;
}

/* The days of the next flow that starts by dates, from the one after `flow` on; false: all flows
 * were looked at. Local days are a day ahead of UTC or behind it. */
static bool next_flow(struct acting *a, size_t flow)
{
    struct dates *d = &a->dates;

    while (flow < a->live_count && !starts_by_date(a, flow))
        flow++;
    d->flow = flow;
    if (flow == a->live_count)
        return false;
    d->after_us = later(a->live[flow].since_us - 1, d->found_us - a->live[flow].flow->late_us);
    d->day = d->after_us / US_PER_DAY - 1;
    d->last = (d->found_us + AHEAD_US) / US_PER_DAY + 1;
    return true;
}

static void begin(struct acting *a, int64_t now_us)
{
    struct dates *d = &a->dates;

    acting_dates_reset(a);
    d->turn = a->world.turn(a->world.ctx);
    d->found_us = now_us;
    d->begun = true;
    d->whole = !next_flow(a, 0);
}

/* One day of one flow. */
static enum err_code find_out(struct acting *a, struct acting_done *out, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(TEXT_MAX);
    struct dates *d = &a->dates;
    const struct flow *flow = a->live[d->flow].flow;

    audience_dated_text(flow->start_name, flow->every_year, date_of(flow, d->day), &text);
    TRY(buf_check(&text, err));
    if (a->world.everybody(a->world.ctx, buf_cstr(&text), add_person, a, &out->held) != ERR_OK) {
        d->begun = false;
        return ERR_OK;
    }
    if (d->n == DATES_MAX)
        err_set(&out->held, ERR_TOO_LARGE, "more than %d people start by dates within hours",
                DATES_MAX);
    d->whole = d->n == DATES_MAX || (d->day++ == d->last && !next_flow(a, d->flow + 1));
    if (d->whole && d->n)
        qsort(d->list, d->n, sizeof(*d->list), by_time);
    return ERR_OK;
}

/* ---- starting ----------------------------------------------------------------------------- */

/* Those whose time has come: at most AT_ONCE from the next one on. */
static size_t due_now(const struct dates *d, int64_t now_us)
{
    size_t n = 0;

    while (n < AT_ONCE && d->next + n < d->n && d->list[d->next + n].due_us <= now_us)
        n++;
    return n;
}

/* What came since the figures may have moved the date: an order the day of the last one. */
static enum err_code still_has(struct acting *a, const struct flow *flow, const struct dated *one,
                               bool *out, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(TEXT_MAX);

    audience_dated_text(flow->start_name, flow->every_year, date_of(flow, one->day), &text);
    TRY(buf_check(&text, err));
    return a->world.holds(a->world.ctx, one->person, buf_cstr(&text), out, err);
}

static enum err_code start(struct acting *a, struct flow_driver *driver, const struct dated *one,
                           int64_t now_us, struct flow_counts *io, struct err *err)
{
    const struct flow *flow = a->live[one->flow].flow;
    struct flow_happening h = {.kind = FLOW_ON_DATE,
                               .name = flow->start_name,
                               .flow = a->live[one->flow].id,
                               .person = one->person,
                               .key = one->key,
                               .data = STR_NONE};
    bool has = false;

    if (!h.person || now_us - one->due_us > flow->late_us ||
        !a->world.who(a->world.ctx, h.person, &h.who))
        return ERR_OK;
    TRY(still_has(a, flow, one, &has, err));
    return has ? flow_happened(driver, one->due_us, &h, io, err) : ERR_OK;
}

static enum err_code take(struct acting *a, int64_t now_us, struct flow_counts *io, struct err *err)
{
    const struct dates *d = &a->dates;
    struct flow_driver driver = acting_driver(a);
    const size_t n = due_now(d, now_us);

    for (size_t i = 0; i < n; i++)
        TRY(start(a, &driver, &d->list[d->next + i], now_us, io, err));
    TRY(acting_same_turn(a, d->turn, err));
    return acting_find_next(a, err);
}

static enum err_code take_some(struct acting *a, int64_t now_us, struct acting_done *out,
                               struct err *err)
{
    struct dates *d = &a->dates;
    const size_t n = due_now(d, now_us);
    enum err_code rc;

    for (size_t i = 0; i < n; i++)
        a->world.expect(a->world.ctx, d->list[d->next + i].person);
    rc = acting_commit(a, take, now_us, out, err);
    if (rc == ERR_BUSY) {
        *err = ERR_INIT;
        acting_dates_reset(a);
        out->more = true;
        return ERR_OK;
    }
    if (rc == ERR_OK && out->held.code == ERR_OK) {
        d->next += n;
        out->more = true;
    }
    return rc;
}

enum err_code acting_dates(struct acting *a, int64_t now_us, struct acting_done *out,
                           struct err *err)
{
    struct dates *d = &a->dates;

    if (!d->begun || d->turn != a->world.turn(a->world.ctx) || now_us < d->found_us ||
        (d->whole && now_us - d->found_us >= AGAIN_US))
        begin(a, now_us);
    if (d->whole)
        return due_now(d, now_us) ? take_some(a, now_us, out, err) : ERR_OK;
    TRY(find_out(a, out, err));
    out->more = out->held.code == ERR_OK;
    return ERR_OK;
}

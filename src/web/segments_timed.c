/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Whom time alone brings into a segment or out of it: when somebody is looked at it is known until
 * when the answer holds if nothing comes, and then they are looked at again. After everybody was
 * looked at, those come into the list whose rows are younger than the hours that segments count. */
#include "base/log.h"
#include "web/desk.h"
#include "web/request.h"
#include "web/segments_look.h"
#include "web/whose.h"

enum {
    MOMENTS_MOST = 1 << 17, /* people who wait for theirs */
    AT_ONCE = 128
};
#define GRID_US (15 * US_PER_SECOND) /* those of so long are looked at together */

void timed_note(struct segments *s, uint64_t person, int64_t until_us)
{
    const int64_t at_us =
        until_us < INT64_MAX - GRID_US ? (until_us + GRID_US - 1) / GRID_US * GRID_US : INT64_MAX;

    if (!s->moments && at_us == INT64_MAX)
        return;
    if (!s->moments)
        s->moments = moments_new(MOMENTS_MOST);
    if (!moments_set(s->moments, person, at_us) && !s->moments_full)
        log_line(LOG_INFO, "web",
                 "more than %d people wait for a moment: others are looked at later", MOMENTS_MOST);
    s->moments_full = moments_count(s->moments) == MOMENTS_MOST;
}

int64_t timed_next(struct segments *s)
{
    return s->moments ? moments_next(s->moments) : INT64_MAX;
}

static bool any_counts_hours(const struct segments *s)
{
    for (size_t i = 0; i < s->rows.n; i++)
        if (s->rows.list[i].span_us)
            return true;
    return false;
}

/* False: not now. */
bool timed_refill(struct segments *s)
{
    struct err err = ERR_INIT;
    struct desk_loan *loan = NULL;
    struct engine *engine;
    uint64_t *people = NULL;
    size_t n = 0;
    enum err_code rc;

    if (s->moments)
        moments_clear(s->moments);
    if (!any_counts_hours(s) || !segments_are_of_today(s))
        return true;
    if (desk_lend(s->web->desk, NULL, &loan, &engine, &err) != ERR_OK)
        return false;
    rc = audience_load_timed(engine, &s->rows, s->looked_us, MOMENTS_MOST, &people, &n, &err);
    (void)desk_take_back(loan);
    for (size_t i = 0; rc == ERR_OK && i < n; i++)
        timed_note(s, people[i], s->looked_us);
    free(people);
    if (rc != ERR_OK && rc != ERR_CANCELLED)
        log_line(LOG_ERROR, "web", "whom time brings in or out is not known: %s", err.msg);
    return rc == ERR_OK;
}

/* As they are numbered by now. */
static void add(struct look *look, uint64_t id)
{
    struct segments *s = look->s;
    struct live_people *people = whose_people(s->web->whose);
    const uint64_t now = live_people_of(people, id), person = now ? now : id,
                   page = now ? live_people_page(people, now) : id;
    struct subject *one = look_at(look, person, page);

    one->timed = true;
    one->received_us = timestamp_now();
}

/* False: nobody's moment has come, or it cannot be done now. */
bool timed_some(struct segments *s, struct err *err)
{
    const int64_t now_us = timestamp_now();
    uint64_t people[AT_ONCE];
    struct look *look;
    enum err_code rc;
    size_t n;

    if (timed_next(s) > now_us || !segments_are_of_today(s) ||
        !live_people_is_ready(whose_people(s->web->whose)))
        return false;
    n = moments_take(s->moments, now_us, people, AT_ONCE);
    look = xcalloc(1, sizeof(*look));
    look->s = s;
    for (size_t i = 0; i < n; i++)
        add(look, people[i]);
    rc = look_settle(look, err);
    for (size_t i = 0; rc != ERR_OK && i < n; i++)
        timed_note(s, people[i], now_us + GRID_US);
    look_release(look);
    free(look);
    return rc == ERR_OK && n == AT_ONCE;
}

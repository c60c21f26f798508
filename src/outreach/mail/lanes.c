/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/mail/lanes.h"

enum { LANES_MAX = 50000 };

static struct lane **lane_place(struct lanes *lanes, const char *domain)
{
    struct lane **at = &lanes->buckets[str_hash(str_of(domain)) % LANES];

    while (*at && strcmp((*at)->domain, domain) != 0)
        at = &(*at)->next;
    return at;
}

/* Forgets destinations that have nothing here: first those of which nothing is to be remembered. */
static void forget_lanes(struct lanes *lanes, bool slowed)
{
    for (size_t i = 0; i < LANES; i++)
        for (struct lane **at = &lanes->buckets[i]; *at;) {
            struct lane *lane = *at;

            if (lane->waiting || lane->pace.in_flight || (lane->pace.slowed > 0 && !slowed)) {
                at = &lane->next;
                continue;
            }
            *at = lane->next;
            free(lane);
            lanes->count--;
        }
}

struct lane *lane_known(const struct lanes *lanes, const char *domain)
{
    struct lane *lane = lanes->buckets[str_hash(str_of(domain)) % LANES];

    while (lane && strcmp(lane->domain, domain) != 0)
        lane = lane->next;
    return lane;
}

struct lane *lane_of(struct lanes *lanes, const char *domain)
{
    struct lane **place = lane_place(lanes, domain), *known = *place;

    if (known)
        return known;
    if (lanes->count >= LANES_MAX)
        forget_lanes(lanes, false);
    if (lanes->count >= LANES_MAX)
        forget_lanes(lanes, true);
    place = lane_place(lanes, domain);
    *place = xcalloc(1, sizeof(**place));
    snprintf((*place)->domain, sizeof((*place)->domain), "%s", domain);
    pace_init(&(*place)->pace, &lanes->rules);
    lanes->count++;
    return *place;
}

static void ring_add(struct lanes *lanes, struct lane *lane)
{
    if (!lanes->turn) {
        lanes->turn = lane->after = lane->before = lane;
        return;
    }
    lane->after = lanes->turn;
    lane->before = lanes->turn->before;
    lane->before->after = lane;
    lane->after->before = lane;
}

static void ring_remove(struct lanes *lanes, struct lane *lane)
{
    if (lane->after == lane) {
        lanes->turn = NULL;
    } else {
        lane->before->after = lane->after;
        lane->after->before = lane->before;
        if (lanes->turn == lane)
            lanes->turn = lane->after;
    }
    lane->after = lane->before = NULL;
}

void lane_add(struct lanes *lanes, struct lane *lane, struct job *job, bool front)
{
    if (lane->waiting++ == 0)
        ring_add(lanes, lane);
    if (!lane->first)
        lane->last = job;
    if (front || !lane->first) {
        job->next = lane->first;
        lane->first = job;
    } else {
        job->next = NULL;
        lane->last->next = job;
        lane->last = job;
    }
}

struct job *lane_take(struct lanes *lanes, struct lane *lane)
{
    struct job *job = lane->first;

    lane->first = job->next;
    job->next = NULL;
    if (--lane->waiting == 0)
        ring_remove(lanes, lane);
    return job;
}

void job_free(struct job *job)
{
    if (job)
        buf_release(&job->text);
    free(job);
}

void lanes_release(struct lanes *lanes)
{
    for (size_t i = 0; i < LANES; i++)
        while (lanes->buckets[i]) {
            struct lane *lane = lanes->buckets[i];

            lanes->buckets[i] = lane->next;
            free(lane);
        }
}

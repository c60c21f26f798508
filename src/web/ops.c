/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* ops.c - for those who keep the server running: health and figures. */
#include "web/desk.h"
#include "web/edits.h"
#include "web/request.h"
#include "web/whose.h"

#include <sys/statvfs.h>

/* Free bytes below which imports and the store may fail half way. */
static const uint64_t disk_least = 256 << 20;

static bool disk_is_full(const struct site *site)
{
    struct statvfs fs;

    for (size_t i = 0; i < site->shop_count; i++)
        if (statvfs(store_dir(site->shops[i].store), &fs) != 0 ||
            (uint64_t)fs.f_bavail * fs.f_frsize < disk_least)
            return true;
    return false;
}

/* Also when nobody looks any more. */
static bool is_stalled(const struct site *site)
{
    if (timestamp_now() - site->looked_us > site->options->stall_after * US_PER_SECOND)
        return true;
    for (size_t i = 0; i < site->shop_count; i++)
        if (jobs_stalled(site->shops[i].jobs))
            return true;
    return false;
}

/* Files that people write by hand and that cannot be taken: the former ones go on, so all is well
 * for who only asks whether the server serves. */
static int files_wrong(const struct site *site)
{
    int n = 0;

    for (size_t i = 0; i < site->shop_count; i++)
        n += edits_wrong(site->shops[i].edits);
    return n;
}

enum err_code do_health(struct web *web, struct request *q, struct err *err)
{
    const struct site *site = web->site;
    bool full = disk_is_full(site), stalled = is_stalled(site);
    struct json_writer w = JSON_WRITER(&q->out);

    json_begin_object(&w);
    json_key_bool(&w, "ok", !full && !stalled && !site->draining);
    json_key_bool(&w, "disk_nearly_full", full);
    json_key_bool(&w, "worker_stalled", stalled);
    json_key_bool(&w, "files_wrong", files_wrong(site) > 0);
    json_key_bool(&w, "ending", site->draining);
    json_end_object(&w);
    if (full || stalled || site->draining)
        q->status = 503;
    return buf_check(&q->out, err);
}

static void add_times(struct buf *out, const char *of, const struct live_people_times *times)
{
    const struct {
        const char *share;
        int64_t us;
    } rows[] = {{"0.5", times->half_us}, {"0.99", times->most_us}, {"1", times->longest_us}};

    for (size_t i = 0; i < TM_COUNT(rows); i++)
        buf_addf(out, "tidemark_live_people_seconds{of=\"%s\",share=\"%s\"} %.6f\n", of,
                 rows[i].share, (double)rows[i].us / 1e6);
}

static void raise_times(struct live_people_times *all, const struct live_people_times *of)
{
    all->half_us = of->half_us > all->half_us ? of->half_us : all->half_us;
    all->most_us = of->most_us > all->most_us ? of->most_us : all->most_us;
    all->longest_us = of->longest_us > all->longest_us ? of->longest_us : all->longest_us;
}

/* Times are those of the shop where it takes longest. */
static void add_live_people(const struct site *site, struct buf *out)
{
    struct live_people_state all = {0}, one;
    int ready = 0;

    for (size_t i = 0; i < site->shop_count; i++) {
        live_people_state(whose_people(site->shops[i].whose), &one);
        ready += one.ready == PEOPLE_READY;
        all.behind += one.behind;
        all.filling_us = one.filling_us > all.filling_us ? one.filling_us : all.filling_us;
        raise_times(&all.known_after, &one.known_after);
        raise_times(&all.processor, &one.processor);
    }
    buf_addf(out,
             "# HELP tidemark_live_people_ready Shops whose live messages' people are known.\n"
             "# TYPE tidemark_live_people_ready gauge\ntidemark_live_people_ready %d\n"
             "# HELP tidemark_live_people_behind Messages of which it is not known yet.\n"
             "# TYPE tidemark_live_people_behind gauge\ntidemark_live_people_behind %" PRId64 "\n"
             "# HELP tidemark_live_people_fill_seconds What the last filling took.\n"
             "# TYPE tidemark_live_people_fill_seconds gauge\n"
             "tidemark_live_people_fill_seconds %.3f\n"
             "# HELP tidemark_live_people_seconds Until it is known; processor time of a message.\n"
             "# TYPE tidemark_live_people_seconds gauge\n",
             ready, all.behind, (double)all.filling_us / 1e6);
    add_times(out, "known", &all.known_after);
    add_times(out, "processor", &all.processor);
}

/* shop="none": it came to the address that several shops share, with a key that none knows. */
static void add_turned_away(const struct site *site, struct buf *out)
{
    static const char *const shops[] = {"none", "one"};

    buf_addz(out, "# HELP tidemark_live_turned_away_total Live requests that got no good answer.\n"
                  "# TYPE tidemark_live_turned_away_total counter\n");
    for (size_t shop = 0; shop < TM_COUNT(shops); shop++)
        for (int why = 0; why < DOOR_WHY_COUNT; why++)
            if (why != DOOR_NO_SHOP) /* told by the shop */
                buf_addf(out, "tidemark_live_turned_away_total{shop=\"%s\",why=\"%s\"} %lld\n",
                         shops[shop], door_name((enum door_why)why),
                         (long long)site->turned_away[shop][why]);
}

enum err_code do_metrics(struct web *web, struct request *q, struct err *err)
{
    const struct site *site = web->site;
    int64_t done = 0, failed = 0, found = 0, made = 0;
    int waiting = 0, running = 0;

    for (size_t i = 0; i < site->shop_count; i++) {
        int64_t some_done, some_failed, some_found, some_made;
        int some_waiting, some_running;

        jobs_count(site->shops[i].jobs, &some_waiting, &some_running, &some_done, &some_failed);
        waiting += some_waiting;
        running += some_running;
        done += some_done;
        failed += some_failed;
        desk_count(site->shops[i].desk, &some_found, &some_made);
        found += some_found;
        made += some_made;
    }
    q->type = "text/plain; version=0.0.4";
    add_live_people(site, &q->out);
    add_turned_away(site, &q->out);
    buf_addz(&q->out, "# HELP tidemark_requests_total Answers given, by hundreds of status.\n"
                      "# TYPE tidemark_requests_total counter\n");
    for (int i = 1; i < 6; i++)
        buf_addf(&q->out, "tidemark_requests_total{status=\"%dxx\"} %lld\n", i,
                 (long long)site->answered[i]);
    buf_addf(&q->out,
             "# HELP tidemark_request_seconds_total Time spent on answers.\n"
             "# TYPE tidemark_request_seconds_total counter\n"
             "tidemark_request_seconds_total %.6f\n"
             "# HELP tidemark_requests_active Requests under way.\n"
             "# TYPE tidemark_requests_active gauge\ntidemark_requests_active %d\n",
             (double)site->answered_us / 1e6, site->active);
    buf_addf(&q->out,
             "# HELP tidemark_jobs Jobs waiting and running.\n# TYPE tidemark_jobs gauge\n"
             "tidemark_jobs{state=\"waiting\"} %d\ntidemark_jobs{state=\"running\"} %d\n"
             "# HELP tidemark_jobs_total Jobs that ended.\n# TYPE tidemark_jobs_total counter\n"
             "tidemark_jobs_total{state=\"done\"} %" PRId64 "\n"
             "tidemark_jobs_total{state=\"failed\"} %" PRId64 "\n",
             waiting, running, done, failed);
    buf_addf(&q->out,
             "# HELP tidemark_views_total Answers of views, by whether they were there already.\n"
             "# TYPE tidemark_views_total counter\n"
             "tidemark_views_total{kept=\"yes\"} %" PRId64 "\n"
             "tidemark_views_total{kept=\"no\"} %" PRId64 "\n",
             found, made);
    buf_addf(&q->out,
             "# HELP tidemark_shops Shops served.\n# TYPE tidemark_shops gauge\n"
             "tidemark_shops %zu\n"
             "# HELP tidemark_engines_awake Analytics engines that run.\n"
             "# TYPE tidemark_engines_awake gauge\ntidemark_engines_awake %d\n"
             "# HELP tidemark_files_wrong Files changed by hand that cannot be taken.\n"
             "# TYPE tidemark_files_wrong gauge\ntidemark_files_wrong %d\n"
             "# HELP tidemark_healthy Whether /healthz answers 200.\n"
             "# TYPE tidemark_healthy gauge\ntidemark_healthy %d\n"
             "# HELP tidemark_build_info The version.\n# TYPE tidemark_build_info gauge\n"
             "tidemark_build_info{version=\"" TIDEMARK_VERSION "\"} 1\n",
             site->shop_count, engines_awake(web->site), files_wrong(site),
             !disk_is_full(site) && !is_stalled(site) && !site->draining);
    buf_addf(&q->out,
             "# HELP tidemark_start_time_seconds When the server began.\n"
             "# TYPE tidemark_start_time_seconds gauge\ntidemark_start_time_seconds %.3f\n",
             (double)site->started_us / 1e6);
    return buf_check(&q->out, err);
}

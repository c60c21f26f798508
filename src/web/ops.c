/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* ops.c - for those who keep the server running: health and figures. */
#include "web/desk.h"
#include "web/request.h"

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

enum err_code do_health(struct web *web, struct request *q, struct err *err)
{
    const struct site *site = web->site;
    bool full = disk_is_full(site), stalled = is_stalled(site);
    struct json_writer w = JSON_WRITER(&q->out);

    json_begin_object(&w);
    json_key_bool(&w, "ok", !full && !stalled && !site->draining);
    json_key_bool(&w, "disk_nearly_full", full);
    json_key_bool(&w, "worker_stalled", stalled);
    json_key_bool(&w, "ending", site->draining);
    json_end_object(&w);
    if (full || stalled || site->draining)
        q->status = 503;
    return buf_check(&q->out, err);
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
             "# HELP tidemark_healthy Whether /healthz answers 200.\n"
             "# TYPE tidemark_healthy gauge\ntidemark_healthy %d\n"
             "# HELP tidemark_build_info The version.\n# TYPE tidemark_build_info gauge\n"
             "tidemark_build_info{version=\"" TIDEMARK_VERSION "\"} 1\n",
             site->shop_count, engines_awake(web->site),
             !disk_is_full(site) && !is_stalled(site) && !site->draining);
    buf_addf(&q->out,
             "# HELP tidemark_start_time_seconds When the server began.\n"
             "# TYPE tidemark_start_time_seconds gauge\ntidemark_start_time_seconds %.3f\n",
             (double)site->started_us / 1e6);
    return buf_check(&q->out, err);
}

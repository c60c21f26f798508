/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* api_campaigns.c - the shop's campaigns (docs/campaigns.md): texts, previews, approval, launch and
 * what became of their messages. When what is sent is api_calendar.c's. */
#include "base/i18n.h"
#include "outreach/campaign/show.h"
#include "outreach/campaign/try.h"
#include "store/settings.h"
#include "web/campaigns.h"
#include "web/changing.h"
#include "web/segments.h"
#include "web/sending.h"

#include <time.h>

enum { FAULTS_MAX = 20, READY_WAITS = 40, READY_WAIT_MS = 100 };
#define DNS_WAIT_US (5 * US_PER_SECOND)
/* A busy machine looks at fewer people, and tells that: an answer is due within 30 seconds. */
#define LOOK_PATIENCE_US (10 * US_PER_SECOND)

/* A campaign that a request is about, with connections of the request's own: its store may be asked
 * while others write. */
struct work {
    struct web *web;
    struct request *q;
    struct store *store;
    struct outbox *outbox; /* NULL when nothing was ever planned */
    struct buf text;
    struct campaign_file file;
    char actor[CHANGING_ACTOR];
};

static void work_end(struct work *w)
{
    campaign_file_close(&w->file);
    buf_release(&w->text);
    outbox_close(w->outbox);
    store_close(w->store);
}

/* Ended by work_end(), also after an error. */
static enum err_code work_begin(struct work *w, struct web *web, struct request *q, struct err *err)
{
    *w = (struct work){.web = web, .q = q, .text = BUF_INIT(CAMPAIGN_TEXT_MAX)};
    changing_actor(q, w->actor);
    TRY(store_again(web->store, &w->store, err));
    return outbox_open_kept(w->store, &w->outbox, err);
}

static enum err_code work_find(struct work *w, struct err *err)
{
    char number[24];
    int64_t id;
    enum err_code rc;

    TRY(request_id(w->q, &id, err));
    snprintf(number, sizeof(number), "%" PRId64, id);
    rc = campaign_file_open(w->store, number, &w->text, &w->file, err);
    if (rc == ERR_NOT_FOUND || (rc == ERR_OK && w->file.named.id != id))
        return not_here(w->q, w->q->arg, err);
    TRY(rc);
    snprintf(w->q->object, sizeof(w->q->object), "campaign %" PRId64, id);
    return ERR_OK;
}

/* ---- what goes out ------------------------------------------------------------------------ */

/* With its text, unless that is NULL. */
static enum err_code show(struct work *w, const struct campaign_file *file, const struct buf *text,
                          struct json_writer *out, struct err *err)
{
    char problem[CAMPAIGNS_PROBLEM_BYTES];
    enum campaign_status status;
    bool resuming;

    TRY(campaign_status_of(file, w->outbox, &status, err));
    TRY(campaign_resumes(file, w->outbox, &resuming, err));
    campaigns_problem(w->web->campaigns, file->named.id, problem);
    json_begin_object(out);
    campaign_show_file(file, status, out);
    json_key_stringz(out, "waits_for", problem[0] ? problem : NULL);
    json_key_bool(out, "resuming", resuming);
    if (text) {
        json_key_stringz(out, "version", w->q->version); /* for If-Match */
        json_key_string(out, "text", buf_str(text));
        json_key(out, "campaign");
        if (file->campaign)
            campaign_write_json(file->campaign, out);
        else
            json_null(out);
    }
    json_end_object(out);
    return ERR_OK;
}

static void version_of(const struct work *w, char out[CHANGING_VERSION])
{
    snprintf(out, CHANGING_VERSION, "%.16s", w->file.digest);
}

/* As it is after a change. */
static enum err_code answer(struct work *w, const char *name, struct err *err)
{
    struct json_writer out = JSON_WRITER(&w->q->out);

    campaign_file_close(&w->file);
    buf_reset(&w->text);
    TRY(campaign_file_open(w->store, name, &w->text, &w->file, err));
    version_of(w, w->q->version);
    return show(w, &w->file, &w->text, &out, err);
}

static enum err_code answer_same(struct work *w, struct err *err)
{
    char number[24];

    snprintf(number, sizeof(number), "%" PRId64, w->file.named.id);
    return answer(w, number, err);
}

struct listing {
    struct work *w;
    struct json_writer *out;
};

static enum err_code show_each(void *ctx, struct campaign_file *file, struct str text,
                               struct err *err)
{
    struct listing *l = ctx;

    (void)text;
    return show(l->w, file, NULL, l->out, err);
}

enum err_code do_campaigns(struct web *web, struct request *q, struct err *err)
{
    struct json_writer out = JSON_WRITER(&q->out);
    struct work w;
    enum err_code rc = work_begin(&w, web, q, err);

    json_begin_object(&out);
    json_key(&out, "campaigns");
    json_begin_array(&out);
    if (rc == ERR_OK)
        rc = campaign_each(w.store, show_each, &(struct listing){&w, &out}, err);
    json_end_array(&out);
    json_end_object(&out);
    work_end(&w);
    return rc;
}

/* A request about one campaign. */
static enum err_code about_one(struct web *web, struct request *q,
                               enum err_code (*act)(struct work *w, struct err *err),
                               struct err *err)
{
    struct work w;
    enum err_code rc = work_begin(&w, web, q, err);

    if (rc == ERR_OK)
        rc = work_find(&w, err);
    if (rc == ERR_OK)
        rc = act(&w, err);
    work_end(&w);
    return rc;
}

enum err_code do_campaign(struct web *web, struct request *q, struct err *err)
{
    return about_one(web, q, answer_same, err);
}

static enum err_code show_numbers(struct work *w, struct err *err)
{
    struct json_writer out = JSON_WRITER(&w->q->out);
    enum campaign_status status;

    TRY(campaign_status_of(&w->file, w->outbox, &status, err));
    json_begin_object(&out);
    json_key_stringz(&out, "status", campaign_status_word(status));
    TRY(campaign_show_numbers(&w->file, w->outbox, &out, err));
    json_end_object(&out);
    return ERR_OK;
}

enum err_code do_campaign_numbers(struct web *web, struct request *q, struct err *err)
{
    return about_one(web, q, show_numbers, err);
}

/* ---- texts -------------------------------------------------------------------------------- */

static enum err_code text_of(struct request *q, struct str *out, struct err *err)
{
    struct json_value body;

    TRY(request_json(q, &body, err));
    if (json_type_of(json_get(body, "text")) != JSON_STRING)
        return field_wrong("text", err);
    *out = json_text(json_get(body, "text"), STR_NONE);
    return ERR_OK;
}

/* `id`: 0 for a new one, whose name must be new. */
static enum err_code keep(struct work *w, int64_t id, struct err *err)
{
    TM_CLEANUP(campaign_freep) struct campaign *campaign = NULL;
    TM_CLEANUP(buf_release) struct buf other = BUF_INIT(CAMPAIGN_TEXT_MAX);
    struct named named;
    struct str text;
    struct err none = ERR_INIT;
    int64_t kept = 0;

    TRY(text_of(w->q, &text, err));
    TRY(campaign_read(text, NULL, NULL, &campaign, err));
    TRY(crowd_check(w->store, campaign, err));
    if (!id &&
        store_named_find(w->store, NAMED_CAMPAIGN, campaign->name, &named, &other, &none) == ERR_OK)
        return err_set(err, ERR_EXISTS, "there is such a campaign already: \"%s\"", campaign->name);
    TRY(campaign_put(w->store, campaign, text, id, w->actor, &kept, err));
    snprintf(w->q->object, sizeof(w->q->object), "campaign %" PRId64, kept);
    return answer(w, campaign->name, err);
}

enum err_code do_campaign_add(struct web *web, struct request *q, struct err *err)
{
    struct work w;
    enum err_code rc = work_begin(&w, web, q, err);

    if (rc == ERR_OK)
        rc = keep(&w, 0, err);
    work_end(&w);
    return rc;
}

static enum err_code check_version(const struct work *w, struct err *err)
{
    char version[CHANGING_VERSION];

    version_of(w, version);
    return changing_check(w->q, version, w->file.named.actor, err);
}

static enum err_code change(struct work *w, struct err *err)
{
    TRY(check_version(w, err));
    return keep(w, w->file.named.id, err);
}

enum err_code do_campaign_put(struct web *web, struct request *q, struct err *err)
{
    return about_one(web, q, change, err);
}

static enum err_code take_away(struct work *w, struct err *err)
{
    TRY(check_version(w, err));
    return campaign_remove(w->store, w->file.named.id, err);
}

enum err_code do_campaign_delete(struct web *web, struct request *q, struct err *err)
{
    return about_one(web, q, take_away, err);
}

/* All mistakes of a text, each with its line in it where it has one. */
static void show_faults(const struct err *list, size_t n, struct json_writer *w)
{
    json_key_bool(w, "ok", false);
    json_key(w, "problems");
    json_begin_array(w);
    for (size_t i = 0; i < n; i++) {
        const char *colon = strchr(list[i].msg, ':');
        long line = colon ? strtol(colon + 1, NULL, 10) : 0;

        json_begin_object(w);
        json_key_stringz(w, "problem", list[i].msg);
        json_key_stringz(w, "hint", list[i].hint);
        json_key(w, "line");
        if (line > 0)
            json_int(w, line);
        else
            json_null(w);
        json_end_object(w);
    }
    json_end_array(w);
}

static enum err_code check_text(struct work *w, struct err *list, struct err *err)
{
    TM_CLEANUP(campaign_freep) struct campaign *campaign = NULL;
    struct yaml_faults faults = {.items = list, .cap = FAULTS_MAX};
    struct json_writer out = JSON_WRITER(&w->q->out);
    struct err wrong = ERR_INIT;
    struct str text;

    TRY(text_of(w->q, &text, err));
    json_begin_object(&out);
    if (campaign_read(text, NULL, &faults, &campaign, &wrong) != ERR_OK) {
        show_faults(faults.n ? list : &wrong, faults.n ? faults.n : 1, &out);
    } else if (crowd_check(w->store, campaign, &wrong) != ERR_OK) {
        show_faults(&wrong, 1, &out);
    } else {
        json_key_bool(&out, "ok", true);
        json_key(&out, "campaign");
        campaign_write_json(campaign, &out);
    }
    json_end_object(&out);
    return ERR_OK;
}

enum err_code do_campaign_check(struct web *web, struct request *q, struct err *err)
{
    struct err *list = xcalloc(FAULTS_MAX, sizeof(*list));
    struct work w;
    enum err_code rc = work_begin(&w, web, q, err);

    if (rc == ERR_OK)
        rc = check_text(&w, list, err);
    work_end(&w);
    free(list);
    return rc;
}

enum err_code do_campaign_starters(struct web *web, struct request *q, struct err *err)
{
    struct json_writer out = JSON_WRITER(&q->out);
    const struct campaign_starter *s;

    (void)web, (void)err;
    json_begin_object(&out);
    json_key(&out, "starters");
    json_begin_array(&out);
    for (size_t i = 0; (s = campaign_starter(i)); i++) {
        struct buf text = BUF_INIT(CAMPAIGN_TEXT_MAX);

        campaign_starter_write(s, &text);
        json_begin_object(&out);
        json_key_stringz(&out, "code", s->code);
        json_key_stringz(&out, "name", _(s->name));
        json_key_stringz(&out, "about", _(s->about));
        json_key_string(&out, "text", buf_str(&text));
        json_end_object(&out);
        buf_release(&text);
    }
    json_end_array(&out);
    json_end_object(&out);
    return ERR_OK;
}

/* ---- tried out ---------------------------------------------------------------------------- */

static enum err_code show_tried(void *ctx, const struct campaign_tried *tried, struct err *err)
{
    (void)err;
    campaign_tried_json(tried, ctx);
    return ERR_OK;
}

static enum err_code try_out(struct work *w, struct err *err)
{
    struct json_writer out = JSON_WRITER(&w->q->out);
    char to[OUTBOX_ADDRESS_MAX + 1], base[SENDER_BASE_MAX];
    struct settings settings;
    struct json_value body;

    TRY(request_json(w->q, &body, err));
    TRY(request_text(body, "to", to, sizeof(to), err));
    TRY(settings_of(w->store, &settings, err));
    sending_base(w->web, base, sizeof(base));
    json_begin_object(&out);
    json_key(&out, "tried");
    json_begin_array(&out);
    TRY(campaign_try(w->store, &settings, &w->file, to, base, show_tried, &out, err));
    json_end_array(&out);
    json_end_object(&out);
    return ERR_OK;
}

enum err_code do_campaign_test(struct web *web, struct request *q, struct err *err)
{
    q->traced = true;
    return about_one(web, q, try_out, err);
}

/* ---- how many ----------------------------------------------------------------------------- */

/* How people are reached is made when it is first asked for, and takes longer than a request may.
 */
static enum err_code must_be_ready(struct campaign_door *door, struct err *err)
{
    struct engine *engine = NULL;
    bool ready = false;
    enum err_code rc;

    TRY(door->asker.enter(door->asker.ctx, &engine, err));
    rc = person_is_ready(engine, &ready, err);
    door->asker.leave(door->asker.ctx, engine);
    TRY(rc);
    if (ready)
        return ERR_OK;
    err_set(err, ERR_UNAVAILABLE, "how people are reached is being made ready");
    err_hint(err, "Ask again in a minute.");
    return ERR_UNAVAILABLE;
}

/* The worker makes what segments ask for when it is first asked. */
static enum err_code look(struct work *w, struct campaign_door *door, struct quiet *quiet,
                          struct zone *zone, struct campaign_preview *out, struct err *err)
{
    const struct timespec pause = {.tv_nsec = READY_WAIT_MS * 1000000L};
    struct campaign_world world = campaign_world_of(&door->asker);
    struct campaign_planner planner = {.quiet = quiet, .zone = zone, .world = &world};
    enum err_code rc = ERR_UNAVAILABLE;

    world.patience_us = LOOK_PATIENCE_US;

    for (int i = 0; i < READY_WAITS && rc == ERR_UNAVAILABLE; i++) {
        if (i)
            nanosleep(&pause, NULL);
        *err = (struct err)ERR_INIT;
        rc = must_be_ready(door, err);
        if (rc == ERR_OK)
            rc = campaign_look(&planner, w->file.named.id, w->file.campaign, timestamp_now(), out,
                               err);
        if (rc == ERR_UNAVAILABLE && i == 0)
            segments_want(w->web->segments);
    }
    return rc;
}

static enum err_code look_by_clocks(struct work *w, struct campaign_door *door,
                                    struct campaign_preview *out, struct err *err)
{
    struct settings settings;
    struct quiet *quiet;
    struct zone *zone = NULL;
    enum err_code rc;

    TRY(settings_of(w->store, &settings, err));
    TRY(zone_open(settings.time_zone, &zone, err));
    quiet = quiet_new();
    rc = look(w, door, quiet, zone, out, err);
    quiet_free(quiet);
    zone_close(zone);
    return rc;
}

static enum err_code preview(struct work *w, struct err *err)
{
    struct json_writer out = JSON_WRITER(&w->q->out);
    struct campaign_preview got;
    struct campaign_door door;
    const char *sending = NULL;
    enum err_code rc;

    if (!w->file.campaign) {
        *err = w->file.broken;
        return err->code;
    }
    rc = campaign_door_open(&door, w->web, err);
    door.connection = w->q->connection;
    if (rc == ERR_OK)
        rc = look_by_clocks(w, &door, &got, err);
    if (rc == ERR_OK)
        rc = campaign_sending_word(&door.sending, w->outbox, &sending, err);
    campaign_door_close(&door);
    if (rc == ERR_OK)
        rc = campaign_seen(w->store, &w->file, got.people, timestamp_now(), err);
    TRY(rc);
    json_begin_object(&out);
    TRY(campaign_show_preview(w->file.campaign, &got, sending, &out, err));
    json_end_object(&out);
    return ERR_OK;
}

enum err_code do_campaign_preview(struct web *web, struct request *q, struct err *err)
{
    return about_one(web, q, preview, err);
}

/* ---- its way ------------------------------------------------------------------------------ */

static enum err_code approve(struct work *w, struct err *err)
{
    TRY(campaign_approve(w->store, &w->file, w->actor, timestamp_now(), err));
    return answer_same(w, err);
}

enum err_code do_campaign_approve(struct web *web, struct request *q, struct err *err)
{
    return about_one(web, q, approve, err);
}

/* 422 when mailboxes would refuse what it sends: with "anyway" nobody is asked. */
static enum err_code check_believed(struct work *w, const struct settings *settings,
                                    struct err *err)
{
    struct preflight_patience patience = {.until_us = timestamp_now() + DNS_WAIT_US};
    const struct preflight_dns dns = preflight_system_dns(&patience);
    struct json_value body;

    TRY(request_json(w->q, &body, err));
    if (json_boolean(json_get(body, "anyway"), false) ||
        campaign_believed(w->store, settings, &w->file, &dns, err) == ERR_OK)
        return ERR_OK;
    return refuse(w->q, 422, ERR_INVALID);
}

static enum err_code launch(struct work *w, struct err *err)
{
    struct settings settings;
    struct zone *zone = NULL;
    enum err_code rc;

    TRY(settings_of(w->store, &settings, err));
    TRY(check_believed(w, &settings, err));
    TRY(zone_open(settings.time_zone, &zone, err));
    rc = campaign_launch(w->store, &w->file, zone, w->actor, timestamp_now(), err);
    zone_close(zone);
    TRY(rc);
    campaigns_look(w->web->campaigns);
    return answer_same(w, err);
}

enum err_code do_campaign_launch(struct web *web, struct request *q, struct err *err)
{
    return about_one(web, q, launch, err);
}

static enum err_code confirm(struct work *w, struct err *err)
{
    TRY(campaign_confirm(w->store, &w->file, err));
    campaigns_look(w->web->campaigns);
    return answer_same(w, err);
}

enum err_code do_campaign_confirm(struct web *web, struct request *q, struct err *err)
{
    return about_one(web, q, confirm, err);
}

/* One that has no outbox yet is paused in a new one: it may be planned in a moment. */
static enum err_code need_outbox(struct work *w, struct err *err)
{
    return w->outbox ? ERR_OK : outbox_open(w->store, &w->outbox, err);
}

static enum err_code pause_it(struct work *w, struct err *err)
{
    TRY(need_outbox(w, err));
    TRY(campaign_pause(w->outbox, &w->file, true, w->actor, timestamp_now(), err));
    return answer_same(w, err);
}

enum err_code do_campaign_pause(struct web *web, struct request *q, struct err *err)
{
    return about_one(web, q, pause_it, err);
}

static enum err_code resume(struct work *w, struct err *err)
{
    TRY(need_outbox(w, err));
    TRY(campaign_pause(w->outbox, &w->file, false, w->actor, timestamp_now(), err));
    campaigns_look(w->web->campaigns);
    return answer_same(w, err);
}

enum err_code do_campaign_resume(struct web *web, struct request *q, struct err *err)
{
    return about_one(web, q, resume, err);
}

static enum err_code cancel(struct work *w, struct err *err)
{
    TRY(need_outbox(w, err));
    TRY(campaign_cancel(w->store, w->outbox, &w->file, w->actor, timestamp_now(), err));
    return answer_same(w, err);
}

enum err_code do_campaign_cancel(struct web *web, struct request *q, struct err *err)
{
    return about_one(web, q, cancel, err);
}

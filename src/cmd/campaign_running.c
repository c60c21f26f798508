/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* "tidemark campaign": whom one reaches, whose word it has, its way, and the calendar. Who plans
 * and sends is the server. */
#include "cmd/campaign.h"

#include "audience/members.h"
#include "cmd/records.h"
#include "outreach/campaign/ask.h"
#include "outreach/campaign/resume.h"
#include "outreach/campaign/show.h"
#include "outreach/campaign/try.h"
#include "store/settings.h"

static const char by[] = "command line";

static enum err_code open_outbox(struct campaign_cmd *c, bool make, struct err *err)
{
    if (c->outbox)
        return ERR_OK;
    return make ? outbox_open(c->store, &c->outbox, err)
                : outbox_open_kept(c->store, &c->outbox, err);
}

/* ---- how far it is ------------------------------------------------------------------------ */

static enum err_code status_of(struct campaign_cmd *c, enum campaign_status *out, struct err *err)
{
    TRY(open_outbox(c, false, err));
    return campaign_status_of(&c->file, c->outbox, out, err);
}

static void print_counts(struct buf *out, const struct piece_count *counts, size_t n, int64_t send)
{
    for (size_t i = 0; i < n; i++) {
        if (counts[i].send != send)
            continue;
        buf_addf(out, "      %s %s%s%s\n", cmd_number(counts[i].n).text,
                 outbox_state_name(counts[i].state), counts[i].reason ? ": " : "",
                 gate_reason_text(counts[i].reason));
    }
}

static enum err_code print_numbers(struct campaign_cmd *c, struct err *err)
{
    struct piece_count *counts = xcalloc(PIECE_COUNTS_MAX, sizeof(*counts));
    enum err_code rc = ERR_OK;
    size_t n = 0;

    if (c->outbox)
        rc = piece_counts(c->outbox, c->file.named.id, counts, PIECE_COUNTS_MAX, &n, err);
    for (size_t i = 0; rc == ERR_OK && c->outbox && i < c->file.campaign->send_count; i++) {
        const struct campaign_send *s = &c->file.campaign->sends[i];
        struct piece p;

        rc = piece_get(c->outbox, c->file.named.id, s->id, &p, err);
        if (rc != ERR_OK || p.stage == PIECE_WAITS)
            continue;
        buf_addf(&c->out, _("  %s: %s people, %s planned, %s held out, %s not reached\n"), s->name,
                 cmd_number(p.people).text, cmd_number(p.planned).text, cmd_number(p.held_out).text,
                 cmd_number(p.unreached).text);
        print_counts(&c->out, counts, n, s->id);
    }
    free(counts);
    return rc;
}

enum err_code campaign_cmd_status(struct campaign_cmd *c, struct err *err)
{
    enum campaign_status status;
    bool resuming;

    TRY(campaign_cmd_find(c, err));
    TRY(status_of(c, &status, err));
    TRY(campaign_resumes(&c->file, c->outbox, &resuming, err));
    if (c->json) {
        json_begin_object(&c->w);
        campaign_show_file(&c->file, status, &c->w);
        json_key_bool(&c->w, "resuming", resuming);
        TRY(campaign_show_numbers(&c->file, c->outbox, &c->w, err));
        json_end_object(&c->w);
        return ERR_OK;
    }
    buf_addf(&c->out, "%s%s: %s\n", cmd_line_start(), c->file.named.name,
             campaign_status_text(status));
    if (resuming)
        buf_addz(&c->out, _("  goes on when its waiting messages have their new times\n"));
    if (status == CAMPAIGN_IS_HELD)
        buf_addf(&c->out, "  %s\n", _(c->file.kept.held_why));
    return print_numbers(c, err);
}

/* ---- whom it reaches ---------------------------------------------------------------------- */

static enum err_code enter(void *ctx, struct engine **out, struct err *err)
{
    struct campaign_cmd *c = ctx;

    (void)err;
    *out = c->ws.engine;
    return ERR_OK;
}

static void leave(void *ctx, struct engine *engine)
{
    (void)ctx, (void)engine;
}

static bool stops(void *ctx)
{
    (void)ctx;
    return cmd_cancelled != 0;
}

static enum err_code look(struct campaign_cmd *c, struct campaign_preview *out, struct err *err)
{
    struct view_context context;
    struct settings settings;
    struct pseudonyms *pseudonyms = NULL;
    struct campaign_planner planner = {.quiet = NULL};
    enum err_code rc;

    TRY(settings_of(c->store, &settings, err));
    TRY(records_make_fresh(&c->ws, NULL, &context, err));
    TRY(audience_prepare(c->ws.engine, err));
    TRY(pseudonyms_open(c->store, &pseudonyms, err));
    struct campaign_asker asker = {.store = c->store,
                                   .pseudonyms = pseudonyms,
                                   .country = settings.country,
                                   .sending = &settings.sending,
                                   .enter = enter,
                                   .leave = leave,
                                   .stops = stops,
                                   .ctx = c};
    struct campaign_world world = campaign_world_of(&asker);

    planner.world = &world;
    planner.quiet = quiet_new();
    rc = zone_open(settings.time_zone, &planner.zone, err);
    if (rc == ERR_OK)
        rc = campaign_look(&planner, c->file.named.id, c->file.campaign, timestamp_now(), out, err);
    zone_close(planner.zone);
    quiet_free(planner.quiet);
    pseudonyms_close(pseudonyms);
    return rc;
}

/* Of a sample with how far off it may be. */
static void add_people(struct buf *out, const struct campaign_preview *p, int64_t n)
{
    struct campaign_about about = campaign_about(p, n);

    buf_addz(out, cmd_number(about.n).text);
    if (about.low < about.high)
        buf_addf(out, " (%s-%s)", cmd_number(about.low).text, cmd_number(about.high).text);
}

struct printing {
    struct buf *out;
    const struct campaign_preview *preview;
};

static enum err_code print_outcome(void *ctx, const struct campaign_outcome *one, struct err *err)
{
    static const char *const words[] = {[GATE_SEND] = N_("are sent it"),
                                        [GATE_HOLD] = N_("get it later"),
                                        [GATE_SKIP] = N_("do not get it")};
    struct printing *p = ctx;

    (void)err;
    buf_addf(p->out, "  %s: ", one->channel ? one->channel : _("no channel"));
    add_people(p->out, p->preview, one->people);
    buf_addf(p->out, " %s%s%s\n", _(words[one->verdict]), one->reason ? ": " : "",
             gate_reason_text(one->reason));
    return ERR_OK;
}

static enum err_code shops_zone(struct campaign_cmd *c, struct zone **out, struct err *err)
{
    struct settings settings;

    TRY(settings_of(c->store, &settings, err));
    return zone_open(settings.time_zone, out, err);
}

/* Hours, or minutes of less than one, begun ones among them. */
static struct length spread_length(int64_t us)
{
    int64_t unit_us = us > US_PER_HOUR ? US_PER_HOUR : 60 * US_PER_SECOND;

    return cmd_length(us < unit_us ? unit_us : (us + unit_us - 1) / unit_us * unit_us);
}

static enum err_code print_throttle(struct campaign_cmd *c, const struct campaign_preview *p,
                                    struct err *err)
{
    struct campaign_spread spread;
    struct zone *zone = NULL;
    char last[17];

    if (!campaign_spread(c->file.campaign, p, &spread))
        return ERR_OK;
    TRY(shops_zone(c, &zone, err));
    const struct civil at = zone_from_utc(zone, spread.last_us);

    campaign_at_text(&at, last);
    zone_close(zone);
    buf_addf(&c->out, _("  at most %s an hour: spread over %s, the last about %s\n"),
             cmd_number(c->file.campaign->per_hour).text,
             spread_length(spread.last_us - spread.first_us).text, last);
    return ERR_OK;
}

/* Unless what is planned leaves. */
static enum err_code print_sending(struct campaign_cmd *c, struct err *err)
{
    struct outbox_switch shop = {.disarmed = true};

    if (c->outbox)
        TRY(outbox_switch(c->outbox, &shop, err));
    if (!c->ws.settings.sending.given || shop.disarmed || shop.stopped)
        buf_addf(&c->out, "  %s\n", cmd_sending_text(&c->ws.settings, &shop));
    return ERR_OK;
}

static enum err_code print_preview(struct campaign_cmd *c, const struct campaign_preview *p,
                                   struct err *err)
{
    const struct campaign_send *first = &c->file.campaign->sends[0];

    buf_addf(&c->out, _("%s people, %s more left out\n"), cmd_number(p->people).text,
             cmd_number(p->left_out).text);
    buf_addf(&c->out, _("  %s held out, %s not reached by any channel\n"),
             cmd_number(p->held_out).text, cmd_number(campaign_about(p, p->unreached).n).text);
    if (p->looked_at < p->people - p->held_out)
        buf_addf(&c->out,
                 _("  counted of %s people drawn by lot; within the brackets in 95 of 100 cases\n"),
                 cmd_number(p->looked_at).text);
    TRY(campaign_outcomes(c->file.campaign, p, print_outcome, &(struct printing){&c->out, p}, err));
    for (size_t i = 0; first->variant_count > 1 && i < first->variant_count; i++)
        buf_addf(&c->out, "  %s: %s\n", first->variants[i].name,
                 cmd_number(campaign_about(p, p->by_variant[i]).n).text);
    TRY(print_throttle(c, p, err));
    return print_sending(c, err);
}

enum err_code campaign_cmd_preview(struct campaign_cmd *c, struct err *err)
{
    struct campaign_preview got;
    const char *sending;

    TRY(campaign_cmd_find(c, err));
    TRY(look(c, &got, err));
    TRY(campaign_seen(c->store, &c->file, got.people, timestamp_now(), err));
    TRY(open_outbox(c, false, err));
    if (!c->json)
        return print_preview(c, &got, err);
    TRY(campaign_sending_word(&c->ws.settings.sending, c->outbox, &sending, err));
    json_begin_object(&c->w);
    TRY(campaign_show_preview(c->file.campaign, &got, sending, &c->w, err));
    json_end_object(&c->w);
    return ERR_OK;
}

/* ---- tried out ---------------------------------------------------------------------------- */

static enum err_code print_tried(void *ctx, const struct campaign_tried *tried, struct err *err)
{
    struct campaign_cmd *c = ctx;

    (void)err;
    if (c->json)
        campaign_tried_json(tried, &c->w);
    else
        buf_addf(&c->out, "%s: %s %s\n", tried->message, claim_outcome_word(tried->answer.outcome),
                 tried->answer.text);
    return ERR_OK;
}

/* Each of its messages, to an address of the shop's own. */
enum err_code campaign_cmd_test(struct campaign_cmd *c, struct err *err)
{
    struct settings settings;

    if (!c->to)
        return err_set(err, ERR_USAGE, "say to whom: test NAME --to ADDRESS");
    TRY(campaign_cmd_find(c, err));
    TRY(settings_of(c->store, &settings, err));
    if (c->json)
        json_begin_array(&c->w);
    TRY(campaign_try(c->store, &settings, &c->file, c->to, "", print_tried, c, err));
    if (c->json)
        json_end_array(&c->w);
    return ERR_OK;
}

/* ---- its way ------------------------------------------------------------------------------ */

static enum err_code told(struct campaign_cmd *c, struct err *err)
{
    buf_reset(&c->text);
    campaign_file_close(&c->file);
    return campaign_cmd_status(c, err);
}

enum err_code campaign_cmd_approve(struct campaign_cmd *c, struct err *err)
{
    TRY(campaign_cmd_find(c, err));
    TRY(campaign_approve(c->store, &c->file, by, timestamp_now(), err));
    return told(c, err);
}

static enum err_code check_believed(struct campaign_cmd *c, struct err *err)
{
    struct preflight_patience patience = {.until_us = timestamp_now() + 5 * US_PER_SECOND};
    const struct preflight_dns dns = preflight_system_dns(&patience);
    struct settings settings;

    TRY(settings_of(c->store, &settings, err));
    return c->anyway ? ERR_OK : campaign_believed(c->store, &settings, &c->file, &dns, err);
}

enum err_code campaign_cmd_launch(struct campaign_cmd *c, struct err *err)
{
    struct zone *zone = NULL;
    enum err_code rc;

    TRY(campaign_cmd_find(c, err));
    TRY(check_believed(c, err));
    TRY(shops_zone(c, &zone, err));
    rc = campaign_launch(c->store, &c->file, zone, by, timestamp_now(), err);
    zone_close(zone);
    TRY(rc);
    return told(c, err);
}

enum err_code campaign_cmd_confirm(struct campaign_cmd *c, struct err *err)
{
    TRY(campaign_cmd_find(c, err));
    TRY(campaign_confirm(c->store, &c->file, err));
    return told(c, err);
}

static enum err_code set_paused(struct campaign_cmd *c, bool paused, struct err *err)
{
    bool left;

    TRY(campaign_cmd_find(c, err));
    TRY(open_outbox(c, true, err));
    TRY(campaign_pause(c->outbox, &c->file, paused, by, timestamp_now(), err));
    if (!paused)
        TRY(resume_do(&(struct resume_work){.outbox = c->outbox,
                                            .id = c->file.named.id,
                                            .campaign = c->file.campaign,
                                            .now_us = timestamp_now(),
                                            .stops = stops},
                      &left, err));
    return told(c, err);
}

enum err_code campaign_cmd_pause(struct campaign_cmd *c, struct err *err)
{
    return set_paused(c, true, err);
}

enum err_code campaign_cmd_resume(struct campaign_cmd *c, struct err *err)
{
    return set_paused(c, false, err);
}

enum err_code campaign_cmd_cancel(struct campaign_cmd *c, struct err *err)
{
    TRY(campaign_cmd_find(c, err));
    TRY(open_outbox(c, true, err));
    TRY(campaign_cancel(c->store, c->outbox, &c->file, by, timestamp_now(), err));
    return told(c, err);
}

/* ---- the calendar ------------------------------------------------------------------------- */

struct calendar_page {
    struct campaign_cmd *c;
    struct zone *zone;
    int year, month; /* 0: all that is to come */
};

static enum err_code add_dates(void *ctx, struct campaign_file *file, struct str text,
                               struct err *err)
{
    struct calendar_page *page = ctx;
    struct campaign_cmd *c = page->c;
    struct campaign_date dates[CAMPAIGN_SENDS_MAX];
    enum campaign_status status;
    size_t n;

    (void)text;
    TRY(campaign_status_of(file, c->outbox, &status, err));
    n = campaign_dates(file, status, page->zone, dates);
    for (size_t i = 0; i < n; i++) {
        struct civil at = zone_from_utc(page->zone, dates[i].at_us);
        char when[17];

        if (page->month ? at.year != page->year || at.month != page->month
                        : dates[i].at_us < timestamp_now())
            continue;
        campaign_at_text(&at, when);
        if (!c->json) {
            buf_addf(&c->out, "%s  %s: %s (%s)\n", when, dates[i].name, dates[i].send,
                     campaign_status_text(dates[i].status));
            continue;
        }
        json_begin_object(&c->w);
        json_key_int(&c->w, "campaign", dates[i].campaign);
        json_key_stringz(&c->w, "name", dates[i].name);
        json_key_stringz(&c->w, "send", dates[i].send);
        json_key_time(&c->w, "at", dates[i].at_us);
        json_key_stringz(&c->w, "status", campaign_status_word(dates[i].status));
        json_end_object(&c->w);
    }
    return ERR_OK;
}

static int by_time(const void *a, const void *b)
{
    const struct str *x = a, *y = b;

    return memcmp(x->p, y->p, x->n < y->n ? x->n : y->n);
}

/* Each line begins with its time. */
static void sort_lines(struct buf *io)
{
    struct buf sorted = BUF_INIT(io->n + 1);
    struct str *lines = xcalloc(io->n + 1, sizeof(*lines));
    size_t n = 0;

    for (const char *p = buf_cstr(io), *end; (end = strchr(p, '\n')); p = end + 1)
        lines[n++] = (struct str){p, (size_t)(end - p) + 1};
    qsort(lines, n, sizeof(*lines), by_time);
    for (size_t i = 0; i < n; i++)
        buf_adds(&sorted, lines[i]);
    buf_reset(io);
    buf_adds(io, buf_str(&sorted));
    buf_release(&sorted);
    free(lines);
}

enum err_code campaign_cmd_calendar(struct campaign_cmd *c, struct err *err)
{
    struct calendar_page page = {.c = c};
    enum err_code rc;
    char past;

    if (c->month && (strlen(c->month) != 7 ||
                     sscanf(c->month, "%4d-%2d%c", &page.year, &page.month, &past) != 2 ||
                     page.month < 1 || page.month > 12))
        return err_set(err, ERR_USAGE, "\"%s\" is no month such as 2026-11", c->month);
    TRY(open_outbox(c, false, err));
    TRY(shops_zone(c, &page.zone, err));
    if (c->json)
        json_begin_array(&c->w);
    rc = campaign_each(c->store, add_dates, &page, err);
    if (c->json)
        json_end_array(&c->w);
    else if (rc == ERR_OK && !c->out.n)
        buf_addz(&c->out, _("Nothing is on the calendar.\n"));
    else if (rc == ERR_OK)
        sort_lines(&c->out);
    zone_close(page.zone);
    return rc;
}

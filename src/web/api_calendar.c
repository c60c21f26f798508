/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* api_calendar.c - when campaigns send what, and which flows are on: as JSON and as iCalendar. */
#include "base/i18n.h"
#include "outreach/campaign/show.h"
#include "report/ics.h"
#include "store/settings.h"
#include "web/request.h"

struct shown {
    struct store *store;
    struct outbox *outbox; /* NULL when nothing was ever planned */
    struct zone *zone;
    int64_t from_us, to_us;
    struct request *q;
    struct json_writer w;
    bool ics;
};

/* ---- which days --------------------------------------------------------------------------- */

static int64_t day_start(struct zone *zone, int64_t day)
{
    struct civil c = {0};

    civil_from_days(day, &c.year, &c.month, &c.day);
    return zone_to_utc(zone, &c);
}

static enum err_code day_of(const char *text, const char *name, int64_t *out, struct err *err)
{
    struct civil c = {0};
    char past;

    if (strlen(text) != 10 ||
        sscanf(text, "%4d-%2d-%2d%c", &c.year, &c.month, &c.day, &past) != 3 || !civil_valid(&c))
        return field_wrong(name, err);
    *out = civil_to_days(c.year, c.month, c.day);
    return ERR_OK;
}

static enum err_code read_days(struct shown *c, struct err *err)
{
    const char *from = request_query(c->q, "from"), *to = request_query(c->q, "to");
    struct civil first = zone_from_utc(c->zone, timestamp_now());
    int64_t from_day = civil_to_days(first.year, first.month, 1), to_day;

    if (from)
        TRY(day_of(from, "from", &from_day, err));
    civil_from_days(from_day, &first.year, &first.month, &first.day);
    to_day = civil_to_days(first.year + first.month / 12, first.month % 12 + 1, 1) - 1;
    if (to)
        TRY(day_of(to, "to", &to_day, err));
    if (to_day < from_day || to_day - from_day > 400)
        return field_wrong("to", err);
    c->from_us = day_start(c->zone, from_day);
    c->to_us = day_start(c->zone, to_day + 1);
    return ERR_OK;
}

/* ---- what is on them ---------------------------------------------------------------------- */

static void write_event(struct shown *c, const struct campaign_date *d)
{
    struct buf title = BUF_INIT(4096), uid = BUF_INIT(256);

    buf_addf(&title, "%s: %s", d->name, d->send);
    buf_addf(&uid, "campaign-%" PRId64 "-%016" PRIx64 "@tidemark.example.com", d->campaign,
             str_hash(str_of(d->send)));
    buf_addz(&c->q->out, "BEGIN:VEVENT\r\n");
    ics_line(&c->q->out, "UID:", buf_cstr(&uid));
    ics_time(&c->q->out, "DTSTAMP", c->from_us);
    ics_time(&c->q->out, "DTSTART", d->at_us);
    ics_time(&c->q->out, "DTEND", d->at_us + US_PER_HOUR);
    ics_text(&c->q->out, "SUMMARY:", buf_cstr(&title));
    ics_text(&c->q->out, "DESCRIPTION:", campaign_status_text(d->status));
    buf_addz(&c->q->out, "TRANSP:TRANSPARENT\r\nEND:VEVENT\r\n");
    buf_release(&title);
    buf_release(&uid);
}

static void write_date(struct shown *c, const struct campaign_date *d)
{
    json_begin_object(&c->w);
    json_key_int(&c->w, "campaign", d->campaign);
    json_key_stringz(&c->w, "name", d->name);
    json_key_stringz(&c->w, "send", d->send);
    json_key_stringz(&c->w, "message", d->message);
    json_key_time(&c->w, "at", d->at_us);
    json_key_stringz(&c->w, "zone", d->persons_clock ? "person" : "shop");
    json_key_stringz(&c->w, "status", campaign_status_word(d->status));
    json_end_object(&c->w);
}

static enum err_code add_campaign(void *ctx, struct campaign_file *file, struct str text,
                                  struct err *err)
{
    struct shown *c = ctx;
    struct campaign_date dates[CAMPAIGN_SENDS_MAX];
    enum campaign_status status;
    size_t n;

    (void)text;
    TRY(campaign_status_of(file, c->outbox, &status, err));
    n = campaign_dates(file, status, c->zone, dates);
    for (size_t i = 0; i < n; i++) {
        if (dates[i].at_us < c->from_us || dates[i].at_us >= c->to_us)
            continue;
        (c->ics ? write_event : write_date)(c, &dates[i]);
    }
    return ERR_OK;
}

static enum err_code add_flow(void *ctx, const struct named *named, struct err *err)
{
    struct shown *c = ctx;

    (void)err;
    json_begin_object(&c->w);
    json_key_int(&c->w, "id", named->id);
    json_key_stringz(&c->w, "name", named->name);
    json_key_bool(&c->w, "on", named->state == NAMED_ON);
    json_key_time(&c->w, "since", named->state_us);
    json_end_object(&c->w);
    return ERR_OK;
}

static enum err_code write_json(struct shown *c, struct err *err)
{
    c->w = (struct json_writer)JSON_WRITER(&c->q->out);
    json_begin_object(&c->w);
    json_key_time(&c->w, "from", c->from_us);
    json_key_time(&c->w, "to", c->to_us);
    json_key(&c->w, "dates");
    json_begin_array(&c->w);
    TRY(campaign_each(c->store, add_campaign, c, err));
    json_end_array(&c->w);
    json_key(&c->w, "flows");
    json_begin_array(&c->w);
    TRY(store_named_each(c->store, NAMED_FLOW, add_flow, c, err));
    json_end_array(&c->w);
    json_end_object(&c->w);
    return ERR_OK;
}

static enum err_code write_ics(struct shown *c, struct err *err)
{
    buf_addz(&c->q->out, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//tidemark//campaigns//EN\r\n"
                         "CALSCALE:GREGORIAN\r\nMETHOD:PUBLISH\r\n");
    ics_text(&c->q->out, "X-WR-CALNAME:", _("Campaigns"));
    TRY(campaign_each(c->store, add_campaign, c, err));
    buf_addz(&c->q->out, "END:VCALENDAR\r\n");
    c->q->type = "text/calendar; charset=utf-8";
    snprintf(c->q->attachment, sizeof(c->q->attachment), "campaigns.ics");
    return ERR_OK;
}

static enum err_code answer(struct shown *c, struct err *err)
{
    const char *format = request_query(c->q, "format");
    struct settings settings;

    c->ics = format && strcmp(format, "ics") == 0;
    if (format && !c->ics && strcmp(format, "json") != 0)
        return field_wrong("format", err);
    TRY(outbox_open_kept(c->store, &c->outbox, err));
    TRY(settings_of(c->store, &settings, err));
    TRY(zone_open(settings.time_zone, &c->zone, err));
    TRY(read_days(c, err));
    return (c->ics ? write_ics : write_json)(c, err);
}

enum err_code do_calendar(struct web *web, struct request *q, struct err *err)
{
    struct shown c = {.q = q};
    enum err_code rc = store_again(web->store, &c.store, err);

    if (rc == ERR_OK)
        rc = answer(&c, err);
    zone_close(c.zone);
    outbox_close(c.outbox);
    store_close(c.store);
    return rc;
}

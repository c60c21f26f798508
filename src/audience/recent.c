/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "audience/recent.h"

#include "audience/complete.h"
#include "base/log.h"

enum { MESSAGE_MEMORY = 16 << 20 };

struct audience_recent {
    bool (*source)(void *ctx, int64_t id, struct source_entry *out);
    void *source_ctx;
    struct journal_follower *follower;
    struct json_parser *parser; /* owned, as the next */
    struct arena arena;         /* of one message */
    struct settings settings;
    char currency[4];
    struct zone *zone; /* owned; NULL before audience_recent_set() */
    const struct audience_terms *terms;
    struct line_record *lines; /* owned: of one message */
    size_t line_count, line_room;
};

enum err_code audience_recent_open(struct journal *journal,
                                   bool (*source)(void *ctx, int64_t id, struct source_entry *out),
                                   void *ctx, struct audience_recent **out, struct err *err)
{
    struct audience_recent *r = xcalloc(1, sizeof(*r));
    enum err_code rc = journal_follow(journal, &r->follower, err);

    r->source = source;
    r->source_ctx = ctx;
    r->arena = (struct arena)ARENA_INIT(MESSAGE_MEMORY);
    r->parser = json_parser_new(LIVE_BODY_MAX);
    if (rc == ERR_OK)
        *out = r;
    else
        audience_recent_close(r);
    return rc;
}

void audience_recent_close(struct audience_recent *r)
{
    if (!r)
        return;
    journal_unfollow(r->follower);
    json_parser_free(r->parser);
    arena_release(&r->arena);
    zone_close(r->zone);
    free(r->lines);
    free(r);
}

enum err_code audience_recent_set(struct audience_recent *r, const struct settings *settings,
                                  const char *currency, const struct audience_terms *terms,
                                  struct err *err)
{
    struct zone *zone = NULL;

    r->terms = terms;
    TRY(zone_open(settings->time_zone, &zone, err));
    zone_close(r->zone);
    r->zone = zone;
    r->settings = *settings;
    snprintf(r->currency, sizeof(r->currency), "%s", currency);
    return ERR_OK;
}

void audience_recent_now(const struct audience_recent *r, struct audience_now *io)
{
    struct civil c;

    io->now_us = timestamp_now();
    c = zone_from_utc(r->zone, io->now_us);
    io->today = civil_to_days(c.year, c.month, c.day);
}

/* ---- one message --------------------------------------------------------------------------- */

struct applying {
    struct audience_recent *recent;
    struct audience_facts *facts;
    struct recent_contact *contact;
    struct completing how;
    struct live_run run;
    char source[32];
};

/* The newest word counts; what does not fit is none. */
static void set_text(char *out, size_t size, struct str text)
{
    if (text.n && text.n < size)
        snprintf(out, size, "%.*s", (int)text.n, text.p);
}

static void note_contact(struct recent_contact *c, enum record_kind kind, const void *record)
{
    if (kind == RECORD_PERSON) {
        const struct person_record *r = record;

        set_text(c->email, sizeof(c->email), r->email);
        set_text(c->phone, sizeof(c->phone), r->phone);
        set_text(c->language, sizeof(c->language), r->language);
        set_text(c->country, sizeof(c->country), r->country);
    } else if (kind == RECORD_EVENT) {
        const struct event_record *r = record;

        set_text(c->email, sizeof(c->email), r->email);
        set_text(c->phone, sizeof(c->phone), r->phone);
    } else if (kind == RECORD_ORDER) {
        const struct order_record *r = record;

        set_text(c->email, sizeof(c->email), r->email);
        set_text(c->phone, sizeof(c->phone), r->phone);
        set_text(c->country, sizeof(c->country), r->country);
    }
}

/* Some tell the lines before the order, to which they are added. */
static void keep_line(struct audience_recent *r, const struct line_record *line)
{
    if (r->line_count == r->line_room) {
        r->line_room = r->line_room ? 2 * r->line_room : 16;
        r->lines = xrealloc(r->lines, r->line_room * sizeof(*r->lines));
    }
    r->lines[r->line_count++] = *line;
}

static enum err_code put(void *ctx, enum record_kind kind, const void *record, struct err *err)
{
    struct applying *a = ctx;

    (void)err;
    if (kind == RECORD_LINE)
        keep_line(a->recent, record);
    else
        audience_complete(a->facts, &a->how, kind, record);
    if (a->contact)
        note_contact(a->contact, kind, record);
    return ERR_OK;
}

/* What is wrong with a message is told by the drain, which comes by it. */
static enum err_code apply(void *ctx, const struct journal_entry *entry, struct err *err)
{
    struct applying *a = ctx;
    struct source_entry source;
    const struct live_message message = {.source = &source,
                                         .seq = entry->seq,
                                         .received_us = entry->received_us,
                                         .id = entry->id,
                                         .body = entry->body};
    struct err fault = ERR_INIT;

    (void)err;
    if (entry->damaged || !a->recent->source(a->recent->source_ctx, entry->source, &source))
        return ERR_OK;
    live_source_name(&source, a->source);
    a->how.source = a->source;
    a->how.order_at = TIME_NONE;
    a->recent->line_count = 0;
    arena_reset(&a->recent->arena);
    if (live_records(&a->run, &message, &fault) != ERR_OK)
        log_line(LOG_DEBUG, "audience", "message=%" PRId64 " %s", entry->seq, fault.msg);
    for (size_t i = 0; i < a->recent->line_count; i++)
        audience_complete(a->facts, &a->how, RECORD_LINE, &a->recent->lines[i]);
    return ERR_OK;
}

enum err_code audience_recent_apply(struct audience_recent *r, struct audience_facts *facts,
                                    const int64_t *seqs, size_t n, struct audience_touched *touched,
                                    struct recent_contact *contact, struct err *err)
{
    struct applying a = {.recent = r, .facts = facts, .contact = contact};
    enum err_code rc = ERR_OK;

    a.how = (struct completing){
        .zone = r->zone, .currency = r->currency, .terms = r->terms, .touched = touched};
    a.run = (struct live_run){.sink = {put, &a},
                              .parser = r->parser,
                              .arena = &r->arena,
                              .currency = r->settings.currency,
                              .country = r->settings.country};
    for (size_t i = 0; i < n && rc == ERR_OK; i++)
        rc = journal_follow_each(r->follower, seqs[i] - 1, 1, apply, &a, err);
    return rc == ERR_OK ? audience_facts_check(facts, err) : rc;
}

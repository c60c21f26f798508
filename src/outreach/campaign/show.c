/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/campaign/show.h"

#include "base/i18n.h"
#include "outreach/campaign/schedule.h"
#include "store/put_off.h"

enum err_code campaign_status_of(const struct campaign_file *file, struct outbox *outbox,
                                 enum campaign_status *out, struct err *err)
{
    enum campaign_state state = CAMPAIGN_RUNNING;
    bool begun = false;

    if (outbox) {
        TRY(outbox_campaign(outbox, file->named.id, &state, err));
        for (size_t i = 0; file->campaign && i < file->campaign->send_count && !begun; i++) {
            struct piece piece;

            TRY(piece_get(outbox, file->named.id, file->campaign->sends[i].id, &piece, err));
            begun = piece.stage != PIECE_WAITS;
        }
    }
    *out = campaign_status(file, state, begun);
    return ERR_OK;
}

enum err_code campaign_resumes(const struct campaign_file *file, struct outbox *outbox, bool *out,
                               struct err *err)
{
    struct resuming said = {.wanted = false};

    if (outbox)
        TRY(resuming_get(outbox, file->named.id, &said, err));
    *out = said.wanted;
    return ERR_OK;
}

void campaign_show_file(const struct campaign_file *file, enum campaign_status status,
                        struct json_writer *w)
{
    const struct campaign_kept *k = &file->kept;
    bool seen = strcmp(k->seen, file->digest) == 0,
         approved = strcmp(k->approved, file->digest) == 0;

    json_key_int(w, "id", file->named.id);
    json_key_stringz(w, "name", file->named.name);
    json_key_stringz(w, "about", file->named.about);
    json_key_stringz(w, "status", campaign_status_word(status));
    json_key_stringz(w, "status_text", campaign_status_text(status));
    json_key_stringz(w, "problem", file->campaign ? NULL : file->broken.msg);
    json_key_bool(w, "needs_approval", campaign_needs_second(file));
    json_key_stringz(w, "changed_by", file->named.actor);
    json_key_time(w, "changed_at", file->named.changed_us);
    json_key(w, "people");
    if (seen)
        json_int(w, k->seen_people);
    else
        json_null(w);
    json_key_time(w, "counted_at", seen ? k->seen_us : TIME_NONE);
    json_key_stringz(w, "approved_by", approved ? k->approved_by : NULL);
    json_key_time(w, "approved_at", approved ? k->approved_us : TIME_NONE);
    json_key_stringz(w, "launched_by", k->launched_us ? k->launched_by : NULL);
    json_key_time(w, "launched_at", k->launched_us);
    json_key_time(w, "ended_at", k->ended_us);
    json_key_stringz(w, "held_why", k->stage == CAMPAIGN_HELD ? _(k->held_why) : NULL);
    json_key(w, "held_people");
    if (k->stage == CAMPAIGN_HELD && k->held_people >= 0)
        json_int(w, k->held_people);
    else
        json_null(w);
}

static void show_about(const struct campaign_preview *p, int64_t n, struct json_writer *w)
{
    struct campaign_about about = campaign_about(p, n);

    json_key_int(w, "people", about.n);
    json_key_int(w, "low", about.low);
    json_key_int(w, "high", about.high);
}

struct outcomes {
    const struct campaign_preview *preview;
    struct json_writer *w;
    int64_t all[GATE_SKIP + 1];
};

static enum err_code show_outcome(void *ctx, const struct campaign_outcome *one, struct err *err)
{
    struct outcomes *o = ctx;

    (void)err;
    o->all[one->verdict] += one->people;
    json_begin_object(o->w);
    json_key_stringz(o->w, "channel", one->channel);
    json_key_stringz(o->w, "verdict", campaign_verdict_word(one->verdict));
    json_key_stringz(o->w, "reason", gate_reason_word(one->reason));
    json_key_stringz(o->w, "reason_text", gate_reason_text(one->reason));
    show_about(o->preview, one->people, o->w);
    json_end_object(o->w);
    return ERR_OK;
}

static enum err_code show_outcomes(const struct campaign *campaign,
                                   const struct campaign_preview *p, struct json_writer *w,
                                   struct err *err)
{
    struct outcomes o = {.preview = p, .w = w};

    json_key(w, "outcomes");
    json_begin_array(w);
    TRY(campaign_outcomes(campaign, p, show_outcome, &o, err));
    json_end_array(w);
    for (enum gate_verdict v = GATE_SEND; v <= GATE_SKIP; v++) {
        json_key(w, campaign_verdict_word(v));
        json_begin_object(w);
        show_about(p, o.all[v], w);
        json_end_object(w);
    }
    return ERR_OK;
}

enum err_code campaign_sending_word(const struct sending *sending, struct outbox *outbox,
                                    const char **out, struct err *err)
{
    struct outbox_switch shop = {.disarmed = true};

    if (outbox)
        TRY(outbox_switch(outbox, &shop, err));
    *out = !sending->given ? "unset"
           : shop.disarmed ? "unarmed"
           : shop.stopped  ? "stopped"
                           : "ready";
    return ERR_OK;
}

static void show_throttle(const struct campaign *campaign, const struct campaign_preview *p,
                          struct json_writer *w)
{
    struct campaign_spread spread;

    json_key(w, "throttle");
    if (!campaign_spread(campaign, p, &spread)) {
        json_null(w);
        return;
    }
    json_begin_object(w);
    json_key_int(w, "per_hour", campaign->per_hour);
    json_key_int(w, "seconds", (spread.last_us - spread.first_us) / US_PER_SECOND);
    json_key_time(w, "last_at", spread.last_us);
    json_end_object(w);
}

enum err_code campaign_show_preview(const struct campaign *campaign,
                                    const struct campaign_preview *p, const char *sending,
                                    struct json_writer *w, struct err *err)
{
    const struct campaign_send *first = &campaign->sends[0];
    int64_t all = p->people - p->held_out, unreached = campaign_about(p, p->unreached).n;

    json_key_int(w, "people", p->people);
    json_key_int(w, "excluded", p->left_out);
    json_key_int(w, "held_out", p->held_out);
    json_key(w, "sample");
    if (p->looked_at < all)
        json_int(w, p->looked_at);
    else
        json_null(w);
    json_key_int(w, "unreached", unreached);
    json_key_int(w, "reached", all - unreached);
    json_key(w, "channels");
    json_begin_object(w);
    for (size_t i = 0; i < first->channel_count; i++)
        json_key_int(w, first->channels[i], campaign_about(p, p->by_channel[i]).n);
    json_end_object(w);
    json_key(w, "variants");
    json_begin_array(w);
    for (size_t i = 0; i < first->variant_count; i++) {
        json_begin_object(w);
        json_key_stringz(w, "name", first->variants[i].name);
        json_key_stringz(w, "message", first->variants[i].message);
        json_key_int(w, "people", campaign_about(p, p->by_variant[i]).n);
        json_end_object(w);
    }
    json_end_array(w);
    show_throttle(campaign, p, w);
    json_key_stringz(w, "sending", sending);
    return show_outcomes(campaign, p, w, err);
}

/* ---- numbers ------------------------------------------------------------------------------ */

/* Of one variant of a message, by state and reason. */
static void show_counts(const struct piece_count *counts, size_t n, int64_t send, int variant,
                        struct json_writer *w)
{
    json_key(w, "messages");
    json_begin_array(w);
    for (size_t i = 0; i < n; i++) {
        if (counts[i].send != send || counts[i].variant != variant)
            continue;
        json_begin_object(w);
        json_key_stringz(w, "state", outbox_state_name(counts[i].state));
        json_key_stringz(w, "reason", gate_reason_word(counts[i].reason));
        json_key_stringz(w, "reason_text", gate_reason_text(counts[i].reason));
        json_key_int(w, "count", counts[i].n);
        json_end_object(w);
    }
    json_end_array(w);
}

static void show_piece(const struct campaign_send *s, const struct piece *p, const int64_t *clicks,
                       const struct piece_count *counts, size_t n, struct json_writer *w)
{
    json_begin_object(w);
    json_key_stringz(w, "name", s->name);
    json_key_stringz(w, "stage", piece_stage_name(p->stage));
    json_key_time(w, "begun_at", p->begun_us);
    json_key_int(w, "people", p->people);
    json_key_int(w, "planned", p->planned);
    json_key_int(w, "unreached", p->unreached);
    json_key_int(w, "held_out", p->held_out);
    json_key_int(w, "left_out", p->left_out);
    json_key_stringz(w, "winner",
                     p->winner >= 0 && (size_t)p->winner < s->variant_count
                         ? s->variants[p->winner].name
                         : NULL);
    json_key_bool(w, "as_divided", p->winner == PIECE_AS_DIVIDED);
    json_key_time(w, "decided_at", p->decided_us);
    json_key(w, "variants");
    json_begin_array(w);
    for (int v = s->has_winner ? PIECE_UNDECIDED : 0; v < (int)s->variant_count; v++) {
        json_begin_object(w);
        json_key_stringz(w, "name", v < 0 ? NULL : s->variants[v].name);
        json_key_stringz(w, "message", v < 0 ? NULL : s->variants[v].message);
        json_key_int(w, "clicked", v < 0 ? 0 : clicks[v]);
        show_counts(counts, n, s->id, v, w);
        json_end_object(w);
    }
    json_end_array(w);
    json_end_object(w);
}

enum err_code campaign_show_numbers(const struct campaign_file *file, struct outbox *outbox,
                                    struct json_writer *w, struct err *err)
{
    struct piece_count *counts = xcalloc(PIECE_COUNTS_MAX, sizeof(*counts));
    enum err_code rc = ERR_OK;
    size_t n = 0;

    if (outbox)
        rc = piece_counts(outbox, file->named.id, counts, PIECE_COUNTS_MAX, &n, err);
    json_key(w, "sends");
    json_begin_array(w);
    for (size_t i = 0; rc == ERR_OK && file->campaign && i < file->campaign->send_count; i++) {
        const struct campaign_send *s = &file->campaign->sends[i];
        struct piece piece = {.winner = PIECE_UNDECIDED};
        int64_t clicks[CAMPAIGN_VARIANTS_MAX] = {0};

        if (outbox)
            rc = piece_get(outbox, file->named.id, s->id, &piece, err);
        if (rc == ERR_OK && outbox)
            rc = piece_clicks(outbox, file->named.id, s->id, clicks, s->variant_count, err);
        show_piece(s, &piece, clicks, counts, n, w);
    }
    json_end_array(w);
    free(counts);
    return rc;
}

/* ---- the calendar ------------------------------------------------------------------------- */

size_t campaign_dates(const struct campaign_file *file, enum campaign_status status,
                      struct zone *zone, struct campaign_date out[CAMPAIGN_SENDS_MAX])
{
    const struct campaign *c = file->campaign;
    int64_t launched_us = file->kept.launched_us, first_us;
    size_t n = 0;

    if (!c || status == CAMPAIGN_IS_CANCELLED)
        return 0;
    first_us = schedule_due(&c->sends[0], zone, launched_us);
    for (size_t i = 0; i < c->send_count; i++) {
        const struct campaign_send *s = &c->sends[i];
        int64_t at_us = s->time == CAMPAIGN_AFTER ? first_us ? first_us + s->after_us : TIME_NONE
                                                  : schedule_due(s, zone, launched_us);

        if (at_us == TIME_NONE) /* at once, of a draft */
            continue;
        out[n++] = (struct campaign_date){.campaign = file->named.id,
                                          .name = file->named.name,
                                          .send = s->name,
                                          .message = s->variants[0].message,
                                          .at_us = at_us,
                                          .persons_clock = s->persons_clock,
                                          .status = status};
    }
    return n;
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/campaign/campaign.h"

#include "base/i18n.h"

void campaign_free(struct campaign *campaign)
{
    struct arena *memory = campaign ? campaign->memory : NULL;

    if (!memory)
        return;
    arena_release(memory); /* the campaign is in it */
    free(memory);
}

void campaign_freep(struct campaign **campaign)
{
    campaign_free(*campaign);
    *campaign = NULL;
}

/* The message of the variant `at`, counted over all that is sent; NULL past the last. */
static const char *message_at(const struct campaign *campaign, size_t at)
{
    for (size_t i = 0; i < campaign->send_count; i++) {
        if (at < campaign->sends[i].variant_count)
            return campaign->sends[i].variants[at].message;
        at -= campaign->sends[i].variant_count;
    }
    return NULL;
}

const char *campaign_message(const struct campaign *campaign, size_t i)
{
    const char *name;

    for (size_t at = 0; (name = message_at(campaign, at)); at++) {
        bool told = false;

        for (size_t before = 0; before < at && !told; before++)
            told = strcmp(message_at(campaign, before), name) == 0;
        if (!told && i-- == 0)
            return name;
    }
    return NULL;
}

void campaign_at_text(const struct civil *at, char out[17])
{
    struct buf text = BUF_INIT(64);

    buf_addf(&text, "%04d-%02d-%02d %02d:%02d", at->year, at->month, at->day, at->hour, at->minute);
    snprintf(out, 17, "%s", buf_cstr(&text));
    buf_release(&text);
}

/* ---- starters ----------------------------------------------------------------------------- */

static const struct campaign_starter starters[] = {
#define STARTER(code, name, about, text) {code, name, about, text},
#include "outreach/campaign/starters.def"
};

const struct campaign_starter *campaign_starter(size_t i)
{
    return i < TM_COUNT(starters) ? &starters[i] : NULL;
}

void campaign_starter_write(const struct campaign_starter *starter, struct buf *out)
{
    buf_addf(out, "name: \"%s\"\nabout: \"%s\"\n%s", i18n_text(starter->name),
             i18n_text(starter->about), starter->text);
}

/* ---- as JSON ------------------------------------------------------------------------------ */

static void write_groups(struct json_writer *w, const char *key,
                         const struct campaign_groups *groups)
{
    json_key(w, key);
    json_begin_array(w);
    for (size_t i = 0; i < groups->n; i++) {
        const struct campaign_group *g = &groups->list[i];

        json_begin_object(w);
        json_key_stringz(w, g->segment ? "segment" : "where", g->segment ? g->segment : g->where);
        json_end_object(w);
    }
    json_end_array(w);
}

static void write_time(struct json_writer *w, const struct campaign_send *s)
{
    static const char *const only[] = {[CAMPAIGN_EVERYBODY] = "everybody",
                                       [CAMPAIGN_ORDERED] = "ordered",
                                       [CAMPAIGN_NOT_ORDERED] = "not ordered"};
    char at[17];

    if (s->time == CAMPAIGN_AFTER) {
        json_key_int(w, "after_seconds", s->after_us / US_PER_SECOND);
    } else if (s->time == CAMPAIGN_AT) {
        campaign_at_text(&s->at, at);
        json_key_stringz(w, "when", at);
        json_key_stringz(w, "zone", s->persons_clock ? "person" : "shop");
    } else {
        json_key_stringz(w, "when", "at once");
    }
    json_key_stringz(w, "only", only[s->only]);
    json_key_int(w, "not_after_seconds", s->not_after_us / US_PER_SECOND);
}

static void write_variants(struct json_writer *w, const struct campaign_send *s)
{
    json_key(w, "variants");
    json_begin_array(w);
    for (size_t i = 0; i < s->variant_count; i++) {
        json_begin_object(w);
        json_key_stringz(w, "name", s->variants[i].name);
        json_key_stringz(w, "message", s->variants[i].message);
        json_key_double(w, "share_percent", s->variants[i].share);
        json_end_object(w);
    }
    json_end_array(w);
    if (!s->has_winner)
        return;
    json_key(w, "winner");
    json_begin_object(w);
    json_key_double(w, "test_percent", s->test);
    json_key_int(w, "after_seconds", s->winner_after_us / US_PER_SECOND);
    json_key_stringz(w, "by", s->winner_by == CAMPAIGN_BY_CLICKS ? "clicks" : "orders");
    json_end_object(w);
}

static void write_send(struct json_writer *w, const struct campaign_send *s)
{
    json_begin_object(w);
    json_key_stringz(w, "name", s->name);
    json_key_int(w, "line", (int64_t)s->line);
    json_key(w, "channels");
    json_begin_array(w);
    for (size_t i = 0; i < s->channel_count; i++)
        json_stringz(w, s->channels[i]);
    json_end_array(w);
    write_time(w, s);
    write_variants(w, s);
    json_end_object(w);
}

void campaign_write_json(const struct campaign *campaign, struct json_writer *w)
{
    json_begin_object(w);
    json_key_stringz(w, "name", campaign->name);
    json_key_stringz(w, "about", campaign->about);
    json_key_stringz(w, "practice", campaign->practice);
    write_groups(w, "include", &campaign->include);
    write_groups(w, "exclude", &campaign->exclude);
    json_key_stringz(w, "purpose", campaign->purpose);
    json_key_double(w, "holdout_percent", campaign->holdout);
    json_key_int(w, "throttle", campaign->per_hour);
    json_key_bool(w, "needs_approval", campaign->needs_second);
    json_key(w, "sends");
    json_begin_array(w);
    for (size_t i = 0; i < campaign->send_count; i++)
        write_send(w, &campaign->sends[i]);
    json_end_array(w);
    json_end_object(w);
}

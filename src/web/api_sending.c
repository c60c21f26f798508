/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* api_sending.c - whether messages leave, what became of them, and the switch. */
#include "outreach/sender/trial.h"
#include "web/sending.h"

enum { HEALTH_MOST = 200, DAYS = BREAKER_DAYS };

/* The outbox as it is; NULL when nothing was ever planned, unless it is to be made. */
static enum err_code open_outbox(struct web *web, bool make, struct outbox **out, struct err *err)
{
    enum err_code rc;

    pthread_mutex_lock(&web->lock);
    rc = make ? outbox_open(web->store, out, err) : outbox_open_kept(web->store, out, err);
    pthread_mutex_unlock(&web->lock);
    return rc;
}

static enum err_code show_counts(struct outbox *o, struct json_writer *w, struct err *err)
{
    struct outbox_count counts[OUTBOX_COUNTS_MAX];
    size_t n = 0;

    if (o)
        TRY(outbox_counts(o, 0, counts, TM_COUNT(counts), &n, err));
    json_key(w, "messages");
    json_begin_array(w);
    for (size_t i = 0; i < n; i++) {
        json_begin_object(w);
        json_key_stringz(w, "state", outbox_state_name(counts[i].state));
        json_key_stringz(w, "reason", counts[i].reason ? gate_reason_word(counts[i].reason) : NULL);
        json_key_stringz(w, "text", counts[i].reason ? gate_reason_text(counts[i].reason) : NULL);
        json_key_int(w, "n", counts[i].n);
        json_end_object(w);
    }
    json_end_array(w);
    return ERR_OK;
}

static void show_campaign(const struct campaign_health *h, struct json_writer *w)
{
    static const char *const states[CAMPAIGN_STATES] = {"running", "paused", "ended"};
    static const char *const words[] = {"well", "warn", "stop"};
    const struct breaker_rules rules = breaker_rules_default();
    char why[512];

    campaign_why(h, why, sizeof(why));
    json_begin_object(w);
    json_key_int(w, "campaign", h->campaign);
    json_key_stringz(w, "state", states[h->state]);
    json_key_stringz(w, "why", why[0] ? why : NULL);
    json_key_stringz(w, "breaker", words[breaker_judge(&rules, h)]);
    for (int k = 0; k < RESPONSE_KINDS; k++)
        json_key_int(w, response_kind_name((enum response_kind)k), h->n[k]);
    json_key_int(w, "machine_opens", h->machines[RESPONSE_OPEN]);
    json_key_int(w, "machine_clicks", h->machines[RESPONSE_CLICK]);
    json_end_object(w);
}

static enum err_code show_campaigns(struct outbox *o, struct json_writer *w, struct err *err)
{
    struct campaign_health *all = xcalloc(HEALTH_MOST, sizeof(*all));
    enum err_code rc = ERR_OK;
    size_t n = 0;

    if (o)
        rc =
            outbox_health(o, 0, timestamp_now() / US_PER_DAY - DAYS + 1, all, HEALTH_MOST, &n, err);
    json_key(w, "campaigns");
    json_begin_array(w);
    for (size_t i = 0; i < n; i++)
        show_campaign(&all[i], w);
    json_end_array(w);
    free(all);
    return rc;
}

static enum err_code show_switch(struct outbox *o, struct json_writer *w, struct err *err)
{
    struct outbox_switch shop = {.disarmed = true};

    if (o)
        TRY(outbox_switch(o, &shop, err));
    json_key_bool(w, "armed", !shop.disarmed);
    json_key_bool(w, "stopped", shop.stopped);
    return ERR_OK;
}

static enum err_code show(struct web *web, struct request *q, struct outbox *o, struct err *err)
{
    struct json_writer w = JSON_WRITER(&q->out);
    struct sending_news news;

    sending_news(web->sending, &news);
    json_begin_object(&w);
    json_key_stringz(&w, "state", sending_state_words[news.state]);
    json_key_stringz(&w, "problem", news.problem[0] ? news.problem : NULL);
    TRY(show_switch(o, &w, err));
    json_key_int(&w, "per_minute", news.per_minute);
    json_key(&w, "since_start");
    json_begin_object(&w);
    json_key_int(&w, "accepted", news.counts.accepted);
    json_key_int(&w, "failed", news.counts.failed);
    json_key_int(&w, "later", news.counts.later);
    json_key_int(&w, "uncertain", news.counts.uncertain);
    json_key_int(&w, "unfit", news.counts.unfit);
    json_key_int(&w, "paused_campaigns", news.counts.broken);
    json_end_object(&w);
    TRY(show_counts(o, &w, err));
    TRY(show_campaigns(o, &w, err));
    json_end_object(&w);
    return ERR_OK;
}

enum err_code do_sending(struct web *web, struct request *q, struct err *err)
{
    TM_CLEANUP(outbox_closep) struct outbox *o = NULL;

    TRY(open_outbox(web, false, &o, err));
    return show(web, q, o, err);
}

static enum err_code stop(struct outbox *o, struct err *err)
{
    return outbox_stop(o, true, err);
}

static enum err_code start(struct outbox *o, struct err *err)
{
    return outbox_stop(o, false, err);
}

static enum err_code turn_switch(struct web *web, struct request *q,
                                 enum err_code (*how)(struct outbox *o, struct err *err),
                                 struct err *err)
{
    TM_CLEANUP(outbox_closep) struct outbox *o = NULL;

    TRY(open_outbox(web, true, &o, err));
    TRY(outbox_begin(o, err));
    TRY(outbox_end(o, how(o, err), err));
    sending_look(web->sending);
    return show(web, q, o, err);
}

enum err_code do_sending_stop(struct web *web, struct request *q, struct err *err)
{
    return turn_switch(web, q, stop, err);
}

enum err_code do_sending_start(struct web *web, struct request *q, struct err *err)
{
    return turn_switch(web, q, start, err);
}

enum err_code do_sending_arm(struct web *web, struct request *q, struct err *err)
{
    return turn_switch(web, q, outbox_arm, err);
}

enum { NAME_BYTES = 201, LANGUAGE_BYTES = 16 };

/* A connection of its own: the mail server may take its time. */
enum err_code do_sending_test(struct web *web, struct request *q, struct err *err)
{
    TM_CLEANUP(store_closep) struct store *store = NULL;
    char to[OUTBOX_ADDRESS_MAX + 1], message[NAME_BYTES], base[SENDER_BASE_MAX];
    char language[LANGUAGE_BYTES] = "";
    struct json_writer w = JSON_WRITER(&q->out);
    struct channel_answer answer;
    struct settings settings;
    struct json_value body;

    q->traced = true;
    TRY(request_json(q, &body, err));
    TRY(request_text(body, "to", to, sizeof(to), err));
    TRY(request_text(body, "message", message, sizeof(message), err));
    if (json_type_of(json_get(body, "language")) != JSON_NONE)
        TRY(request_text(body, "language", language, sizeof(language), err));
    sending_base(web, base, sizeof(base));
    TRY(store_again(web->store, &store, err));
    TRY(settings_of(store, &settings, err));
    TRY(trial_send(store, &settings, &(struct trial){to, message, language, base, !base[0]},
                   &answer, err));
    json_begin_object(&w);
    json_key_stringz(&w, "outcome", claim_outcome_word(answer.outcome));
    json_key_stringz(&w, "answer", answer.text);
    json_end_object(&w);
    return ERR_OK;
}

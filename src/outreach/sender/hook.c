/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/sender/hook.h"

#include "base/json_read.h"
#include "base/json_write.h"
#include "base/timestamp.h"
#include "outreach/mail/token.h"
#include "outreach/webhook/webhook.h"

enum { MOST = 32 /* on their way at once */, BODY_MAX = OUTBOX_DATA_MAX + 4096 };

struct hook {
    const struct pseudonyms *keys; /* borrowed */
    struct egress *egress;         /* owned */
    struct json_parser *parser;    /* owned */
};

/* ---- the calls ---------------------------------------------------------------------------- */

static enum err_code tell(void *self, const struct outbox_message *m, struct str data,
                          struct buf *out, struct err *err)
{
    struct hook *h = self;
    struct json_writer w = JSON_WRITER(out);
    struct json_value root;

    TRY(json_parse(h->parser, data, &root, err));
    json_begin_object(&w);
    json_key_string(&w, "type", json_text(json_get(root, "event"), STR_LIT("flow_step")));
    json_key_time(&w, "timestamp", m->planned_us);
    json_key(&w, "data");
    json_raw(&w, data);
    json_end_object(&w);
    return buf_check(out, err);
}

static size_t pending(const void *self)
{
    return egress_pending(((const struct hook *)self)->egress);
}

static size_t free_places(void *self, int64_t now_us, size_t *out_most)
{
    (void)now_us;
    *out_most = MOST;
    return MOST - pending(self);
}

static bool room(void *self, const char *address, int64_t now_us, int64_t *out_us)
{
    (void)self, (void)address;
    *out_us = now_us;
    return true;
}

static enum err_code put(void *self, const struct outbox_message *m, struct buf *text,
                         struct err *err)
{
    char lines[3][WEBHOOK_HEADER_MAX], id[MAIL_TOKEN + 1];
    const char *headers[4] = {lines[0], lines[1], lines[2], "Content-Type: application/json"};
    struct hook *h = self;
    struct webhook_key key;

    if (pending(h) == MOST)
        return err_set(err, ERR_BUSY, "too many webhooks are on their way");
    mail_token_write(h->keys, m->id, id);
    webhook_key(h->keys, str_of(m->address), WEBHOOK_KEY, &key);
    webhook_headers(&key, id, timestamp_now(), buf_str(text), lines);
    TRY(egress_put(h->egress,
                   &(struct egress_request){.tag = m->id,
                                            .tries = m->tries,
                                            .url = str_of(m->address),
                                            .body = buf_str(text),
                                            .headers = headers,
                                            .header_count = TM_COUNT(headers)},
                   err));
    return ERR_OK;
}

static size_t poll_answers(void *self, int timeout_ms, struct channel_answer *out, size_t cap)
{
    struct egress_answer answers[MOST];
    struct hook *h = self;
    size_t n = egress_poll(h->egress, timeout_ms, answers, cap < MOST ? cap : MOST);

    for (size_t i = 0; i < n; i++) {
        const struct egress_answer *a = &answers[i];
        struct webhook_end end;

        webhook_judge(a, a->tries, timestamp_now(), a->tag, &end);
        out[i] =
            (struct channel_answer){.id = a->tag, .outcome = end.outcome, .next_us = end.next_us};
        if (a->end == EGRESS_ANSWERED)
            snprintf(out[i].text, sizeof(out[i].text), "HTTP %d", a->status);
        else
            snprintf(out[i].text, sizeof(out[i].text), "%s", a->text);
        buf_release(&answers[i].body);
    }
    return n;
}

static void give_up(void *self)
{
    egress_give_up(((struct hook *)self)->egress);
}

static void close_hook(void *self)
{
    struct hook *h = self;

    egress_free(h->egress);
    json_parser_free(h->parser);
    free(h);
}

static const struct channel_calls calls = {.tell = tell,
                                           .free = free_places,
                                           .room = room,
                                           .put = put,
                                           .pending = pending,
                                           .poll = poll_answers,
                                           .give_up = give_up,
                                           .close = close_hook};

enum err_code hook_channel_open(const struct pseudonyms *keys, const struct egress_settings *way,
                                struct channel *out, struct err *err)
{
    struct hook *h = xcalloc(1, sizeof(*h));
    enum err_code rc = egress_new(way, &h->egress, err);

    if (rc != ERR_OK) {
        free(h);
        return rc;
    }
    h->keys = keys;
    h->parser = json_parser_new(BODY_MAX);
    *out = (struct channel){.name = OUTBOX_SYSTEM, .self = h, .calls = &calls};
    return ERR_OK;
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/sender/short.h"

#include "base/timestamp.h"
#include "outreach/mail/token.h"
#include "outreach/sender/password.h"
#include "outreach/sms/sms.h"

enum { MOST = 8 /* on their way at once: the connections of egress */, BODY_MAX = 64 << 10 };

/* How long nothing is sent after the service asked for less, or refused us. */
static const int64_t slower_us = 2 * US_PER_SECOND, refused_us = 60 * US_PER_SECOND;

struct texting {
    struct sending sending;
    char password[SENDER_PASSWORD_MAX + 1];
    struct sms_service service;    /* points into the above */
    const struct pseudonyms *keys; /* borrowed */
    char base[1024];               /* of where it tells what became of a message; "": nowhere */
    struct egress *egress;         /* owned */
    int64_t again_us;              /* nothing is sent before */
};

/* ---- the calls ---------------------------------------------------------------------------- */

/* One text without blanks at its ends; the request itself is made when it is put. */
static enum err_code write_one(void *self, const struct outbox_message *m,
                               const struct composed *words, const char *unsubscribe_url,
                               struct buf *out, struct err *err)
{
    const struct texting *t = self;
    struct str text = str_trim(buf_str(&words->parts[MESSAGE_BRIEF]));
    char token[MAIL_TOKEN + 1], callback[sizeof(t->base) + sizeof(token) + 8] = "";
    struct sms_service service = t->service;

    (void)unsubscribe_url;
    if (t->base[0]) {
        mail_token_write(t->keys, m->id, token);
        snprintf(callback, sizeof(callback), "%s" SMS_CALLS "/%s", t->base, token);
    }
    service.callback = callback;
    return sms_request(&service, m->address, text, out, err);
}

static size_t pending(const void *self)
{
    return egress_pending(((const struct texting *)self)->egress);
}

static size_t free_places(void *self, int64_t now_us, size_t *out_most)
{
    const struct texting *t = self;

    *out_most = MOST;
    return now_us < t->again_us ? 0 : MOST - pending(t);
}

static bool room(void *self, const char *address, int64_t now_us, int64_t *out_us)
{
    const struct texting *t = self;

    (void)address;
    *out_us = now_us < t->again_us ? t->again_us : now_us;
    return now_us >= t->again_us;
}

static enum err_code put(void *self, const struct outbox_message *m, struct buf *text,
                         struct err *err)
{
    static const char *const headers[] = {"Content-Type: application/x-www-form-urlencoded",
                                          "Accept: application/json"};
    TM_CLEANUP(buf_release) struct buf url = BUF_INIT(BODY_MAX);
    struct texting *t = self;

    if (pending(t) == MOST)
        return err_set(err, ERR_BUSY, "too many text messages are on their way");
    sms_url(&t->service, &url);
    TRY(buf_check(&url, err));
    TRY(egress_put(t->egress,
                   &(struct egress_request){.tag = m->id,
                                            .tries = m->tries,
                                            .url = buf_str(&url),
                                            .body = buf_str(text),
                                            .headers = headers,
                                            .header_count = TM_COUNT(headers),
                                            .user = t->service.user,
                                            .password = t->service.token,
                                            .once = true},
                   err));
    return ERR_OK;
}

static void judge(struct texting *t, const struct egress_answer *a, struct channel_answer *out)
{
    const int64_t now_us = timestamp_now();
    struct sms_end end;

    sms_judge(a, a->tries, now_us, a->tag, &end);
    *out = (struct channel_answer){.id = a->tag,
                                   .outcome = end.outcome,
                                   .next_us = end.next_us,
                                   .dead = end.dead,
                                   .stopped = end.stopped,
                                   .returned = end.outcome == CLAIM_FAILED && !end.dead &&
                                               !end.stopped && end.about == SMS_ABOUT_NUMBER};
    memcpy(out->provider_id, end.id, sizeof(end.id));
    memcpy(out->text, end.text, sizeof(out->text));
    if (end.about == SMS_ABOUT_SERVICE && end.outcome == CLAIM_LATER)
        t->again_us = now_us + refused_us;
    else if (end.slower)
        t->again_us = now_us + slower_us;
}

static size_t poll_answers(void *self, int timeout_ms, struct channel_answer *out, size_t cap)
{
    struct egress_answer answers[MOST];
    struct texting *t = self;
    size_t n = egress_poll(t->egress, timeout_ms, answers, cap < MOST ? cap : MOST);

    for (size_t i = 0; i < n; i++) {
        judge(t, &answers[i], &out[i]);
        buf_release(&answers[i].body);
    }
    return n;
}

static void give_up(void *self)
{
    egress_give_up(((struct texting *)self)->egress);
}

static void close_texting(void *self)
{
    struct texting *t = self;

    egress_free(t->egress);
    free(t);
}

static const struct channel_calls calls = {.write = write_one,
                                           .free = free_places,
                                           .room = room,
                                           .put = put,
                                           .pending = pending,
                                           .poll = poll_answers,
                                           .give_up = give_up,
                                           .close = close_texting};

/* ---- opening ------------------------------------------------------------------------------ */

static enum err_code connect(const struct store *store, struct texting *t,
                             const struct egress_settings *way, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf password = BUF_INIT(SENDER_PASSWORD_MAX + 1);
    const struct sending *s = &t->sending;

    TRY(sender_password(store, s->sms.password_file, s->sms.password_env, &password, err));
    snprintf(t->password, sizeof(t->password), "%s", buf_cstr(&password));
    t->service = (struct sms_service){.base = s->sms.base,
                                      .account = s->sms.account,
                                      .user = s->sms.user[0] ? s->sms.user : s->sms.account,
                                      .token = t->password,
                                      .from = s->sms.from,
                                      .callback = ""};
    TRY(sms_service_check(&t->service, &way->rules, err));
    return egress_new(way, &t->egress, err);
}

enum err_code sms_channel_open(const struct store *store, const struct sending *sending,
                               const struct pseudonyms *keys, const char *base,
                               const struct egress_settings *way, struct channel *out,
                               struct err *err)
{
    struct texting *t = xcalloc(1, sizeof(*t));
    enum err_code rc;

    t->sending = *sending;
    t->keys = keys;
    snprintf(t->base, sizeof(t->base), "%s", base);
    rc = connect(store, t, way, err);
    if (rc == ERR_OK)
        *out = (struct channel){.name = "sms", .self = t, .calls = &calls};
    else
        free(t);
    return rc;
}

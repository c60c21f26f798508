/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/sender/email.h"

#include "outreach/mail/address.h"
#include "outreach/mail/mail.h"
#include "outreach/mail/provider.h"
#include "outreach/mail/smtp.h"
#include "outreach/mail/token.h"
#include "outreach/sender/password.h"

enum { MAIL_BYTES = 8 << 20, CONNECT_MS = 15000, COMMAND_MS = 60000 };

struct email {
    struct sending sending;
    const struct pseudonyms *keys; /* borrowed */
    struct dkim_key *key;          /* owned; NULL: unsigned */
    struct smtp *smtp;             /* owned */
};

static const char *domain_of(const char *address)
{
    const char *at = strchr(address, '@');

    return at ? at + 1 : address;
}

static const struct sending_from *from_of(const struct email *e, const struct outbox_message *m)
{
    return m->transactional ? &e->sending.transactional : &e->sending.marketing;
}

/* ---- opening ------------------------------------------------------------------------------ */

static enum err_code open_smtp(const struct store *store, struct email *e, int64_t now_us,
                               struct err *err)
{
    static const enum smtp_tls tls[] = {[SENDING_TLS_OFF] = SMTP_TLS_OFF,
                                        [SENDING_TLS_OPPORTUNISTIC] = SMTP_TLS_OPPORTUNISTIC,
                                        [SENDING_TLS_REQUIRED] = SMTP_TLS_REQUIRED,
                                        [SENDING_TLS_IMPLICIT] = SMTP_TLS_IMPLICIT};
    TM_CLEANUP(buf_release) struct buf password = BUF_INIT(SENDER_PASSWORD_MAX + 1);
    const struct sending *s = &e->sending;
    struct smtp_settings settings;
    char ca[2048] = "";

    smtp_settings_default(&settings);
    TRY(sender_password(store, s->smtp.password_file, s->smtp.password_env, &password, err));
    if (s->smtp.ca_file[0])
        TRY(sender_path(store, s->smtp.ca_file, ca, sizeof(ca), err));
    settings.host = s->smtp.host;
    settings.port = s->smtp.port;
    settings.tls = tls[s->smtp.tls];
    settings.user = s->smtp.user;
    settings.password = buf_cstr(&password);
    settings.ca_file = ca;
    settings.name = s->smtp.name[0]           ? s->smtp.name
                    : s->marketing.address[0] ? domain_of(s->marketing.address)
                                              : domain_of(s->transactional.address);
    settings.connections = s->smtp.connections;
    settings.destination.most = s->smtp.connections;
    settings.pending = s->smtp.connections; /* more would wait, and be uncertain after a crash */
    settings.per_minute = sending_per_minute(s, now_us / US_PER_DAY);
    settings.destination.per_minute = s->per_minute_domain;
    settings.connect_ms = CONNECT_MS;
    settings.command_ms = COMMAND_MS;
    return smtp_open(&settings, &e->smtp, err);
}

static enum err_code open_key(const struct store *store, struct email *e, struct err *err)
{
    const struct sending *s = &e->sending;
    char path[2048];

    if (!s->dkim.key_file[0])
        return ERR_OK;
    TRY(sender_path(store, s->dkim.key_file, path, sizeof(path), err));
    return dkim_key_open(path, s->dkim.domain, s->dkim.selector, &e->key, err);
}

/* ---- the calls ---------------------------------------------------------------------------- */

static enum err_code write_one(void *self, const struct outbox_message *m,
                               const struct composed *words, const char *unsubscribe_url,
                               struct buf *out, struct err *err)
{
    const struct email *e = self;
    const struct sending_from *from = from_of(e, m);
    char token[MAIL_TOKEN + 1], id[MAIL_TOKEN + 260], list[OUTBOX_WORD_MAX + 260], feedback[400];
    struct mail_header headers[3];
    char value[PROVIDER_HEADER_MAX];
    const char *name;
    size_t n = 0;
    struct mail mail;

    if (!from->address[0])
        return err_set(err, ERR_INVALID, "sending.%s.address is not set",
                       m->transactional ? "transactional" : "marketing");
    mail_token_write(e->keys, m->id, token);
    snprintf(id, sizeof(id), "%s@%s", token, domain_of(from->address));
    snprintf(list, sizeof(list), "%s.%s", m->purpose, domain_of(from->address));
    snprintf(feedback, sizeof(feedback), "%" PRId64 ":%" PRId64 ":%s:%s", m->campaign, m->step,
             m->purpose[0] ? m->purpose : "transactional", domain_of(from->address));
    headers[n++] = (struct mail_header){"Feedback-ID", str_of(feedback)};
    if (m->transactional)
        headers[n++] = (struct mail_header){"Auto-Submitted", str_of("auto-generated")};
    if (provider_header((enum sending_provider)e->sending.provider.name, token, &name, value))
        headers[n++] = (struct mail_header){name, str_of(value)};
    mail = (struct mail){
        .from_name = str_of(from->name),
        .from = str_of(from->address),
        .to = str_of(m->address),
        .reply_to = str_of(e->sending.reply_to),
        .subject = buf_str(&words->parts[MESSAGE_SUBJECT]),
        .html = buf_str(&words->parts[MESSAGE_HTML]),
        .text = buf_str(&words->parts[MESSAGE_TEXT]),
        .message_id = str_of(id),
        .date_us = timestamp_now(),
        .list_id = m->transactional ? STR_NONE : str_of(list),
        .unsubscribe_url = m->transactional ? STR_NONE : str_of(unsubscribe_url),
        .headers = headers,
        .header_count = n,
    };
    return mail_write(&mail, e->key, out, err);
}

static size_t free_places(void *self, int64_t now_us, size_t *out_most)
{
    struct email *e = self;

    *out_most = (size_t)e->sending.smtp.connections;
    return (size_t)smtp_round(e->smtp, now_us);
}

static bool begins(void *self, const char *address, int64_t now_us)
{
    return smtp_begins(((struct email *)self)->smtp, str_of(address), now_us);
}

static bool room(void *self, const char *address, int64_t now_us, int64_t *out_us)
{
    struct email *e = self;

    return smtp_soon(e->smtp, str_of(address), now_us, out_us);
}

static enum err_code put(void *self, const struct outbox_message *m, struct buf *text,
                         struct err *err)
{
    struct email *e = self;
    char sender[MAIL_TOKEN + 260];
    struct smtp_message out = {
        .tag = m->id, .recipient = str_of(m->address), .tries = m->tries, .text = text};

    if (e->sending.bounce_domain[0]) {
        mail_token_write(e->keys, m->id, sender);
        snprintf(sender + MAIL_TOKEN, sizeof(sender) - MAIL_TOKEN, "@%s", e->sending.bounce_domain);
    } else {
        snprintf(sender, sizeof(sender), "%s", from_of(e, m)->address);
    }
    out.sender = str_of(sender);
    return smtp_put(e->smtp, &out, err);
}

static size_t pending(const void *self)
{
    return smtp_pending(((const struct email *)self)->smtp);
}

static size_t poll_answers(void *self, int timeout_ms, struct channel_answer *out, size_t cap)
{
    struct email *e = self;
    struct smtp_answer answers[64];
    size_t n =
        smtp_poll(e->smtp, timeout_ms, answers, cap < TM_COUNT(answers) ? cap : TM_COUNT(answers));

    for (size_t i = 0; i < n; i++) {
        const struct smtp_answer *a = &answers[i];

        out[i] = (struct channel_answer){.id = a->tag,
                                         .outcome = a->outcome,
                                         .next_us = a->next_us,
                                         .dead = a->dead,
                                         .returned = a->outcome == CLAIM_FAILED && !a->dead &&
                                                     a->about == SMTP_ABOUT_RECIPIENT};
        memcpy(out[i].text, a->text, sizeof(out[i].text));
    }
    return n;
}

static void give_up(void *self)
{
    smtp_give_up(((struct email *)self)->smtp);
}

static void close_email(void *self)
{
    struct email *e = self;

    if (!e)
        return;
    smtp_close(e->smtp);
    dkim_key_free(e->key);
    free(e);
}

static const struct channel_calls calls = {.write = write_one,
                                           .free = free_places,
                                           .room = room,
                                           .begins = begins,
                                           .put = put,
                                           .pending = pending,
                                           .poll = poll_answers,
                                           .give_up = give_up,
                                           .close = close_email};

enum err_code email_channel_open(const struct store *store, const struct sending *sending,
                                 const struct pseudonyms *keys, int64_t now_us, struct channel *out,
                                 struct err *err)
{
    struct email *e = xcalloc(1, sizeof(*e));
    enum err_code rc;

    e->sending = *sending;
    e->keys = keys;
    rc = open_key(store, e, err);
    if (rc == ERR_OK)
        rc = open_smtp(store, e, now_us, err);
    if (rc == ERR_OK)
        *out = (struct channel){.name = "email", .self = e, .calls = &calls};
    else
        close_email(e);
    return rc;
}

enum err_code email_channel_try(const struct channel *channel, struct err *err)
{
    return smtp_try(((const struct email *)channel->self)->smtp, err);
}

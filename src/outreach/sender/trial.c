/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/sender/trial.h"

#include "base/i18n.h"
#include "base/json_write.h"
#include "outreach/mail/dkim.h"
#include "outreach/sender/email.h"
#include "outreach/sender/links.h"
#include "outreach/sender/mailbox.h"
#include "outreach/sender/password.h"
#include "outreach/sender/words.h"

enum { WAIT_MS = 60000, DATA_MAX = 8192, TEXT_MAX = 8 << 20 };

/* ---- one message -------------------------------------------------------------------------- */

/* What messages print (docs/templates.md). */
static const char sample[] =
    "\"contact\": {\"first_name\": \"Ada\", \"last_name\": \"Lovelace\"},"
    "\"cart\": {\"url\": \"https://shop.example/cart\", \"value\": 5900, \"products\": ["
    "{\"id\": \"1\", \"title\": \"Blue hat\", \"url\": \"https://shop.example/hat\","
    " \"price\": 2900, \"quantity\": 1},"
    "{\"id\": \"2\", \"title\": \"Grey scarf\", \"url\": \"https://shop.example/scarf\","
    " \"price\": 3000, \"quantity\": 1}]},"
    "\"order\": {\"number\": \"1001\", \"total\": 5900, \"currency\": \"EUR\","
    " \"url\": \"https://shop.example/orders/1001\", \"products\": ["
    "{\"id\": \"1\", \"title\": \"Blue hat\", \"url\": \"https://shop.example/hat\","
    " \"price\": 2900, \"quantity\": 1}]},"
    "\"product\": {\"id\": \"1\", \"title\": \"Blue hat\", \"url\": \"https://shop.example/hat\","
    " \"price\": 2900}}";

static enum err_code check_address(struct consents *ledger, const struct outbox_message *m,
                                   struct err *err)
{
    enum suppression_reason reason;

    TRY(suppression_check_known(ledger, m->channel, &m->who, &reason, err));
    if (reason != SUPPRESSED_BOUNCED && reason != SUPPRESSED_ERASED && reason != SUPPRESSED_BY_HAND)
        return ERR_OK;
    return err_set(err, ERR_DENIED, "this address must not be written to (%s)",
                   suppression_reason_name(reason));
}

static enum err_code check_switch(struct store *store, struct err *err)
{
    TM_CLEANUP(outbox_closep) struct outbox *o = NULL;
    struct outbox_switch shop;

    TRY(outbox_open_kept(store, &o, err));
    if (!o)
        return ERR_OK;
    TRY(outbox_switch(o, &shop, err));
    return shop.stopped ? err_set(err, ERR_DENIED, "all sending is stopped") : ERR_OK;
}

static enum err_code say(struct store *store, const struct settings *settings,
                         const struct trial *trial, struct consents *ledger,
                         struct outbox_message *m, struct composed *out, struct buf *url,
                         struct err *err)
{
    TM_CLEANUP(buf_release) struct buf data = BUF_INIT(DATA_MAX);
    struct link_leave leave = {.who = m->who, .channel = "email", .purpose = "marketing"};
    struct words *words = NULL;
    struct str text;
    enum err_code rc;

    if (!m->transactional && trial->base[0]) {
        buf_addf(url, "%s/u/", trial->base);
        link_leave_write(consents_keys(ledger), &leave, url);
    }
    buf_addz(&data, "{\"message\": ");
    buf_add_json(&data, str_of(trial->message));
    buf_addf(&data, ", %s", sample);
    TRY(buf_check(&data, err));
    TRY(words_open(store, settings, ledger, &words, err));
    text = buf_str(&data);
    rc = words_read(words, NULL, m, &text, 1, timestamp_now(), err);
    if (rc == ERR_OK)
        rc = words_compose(words, 0, buf_cstr(url), timestamp_now(), out, err);
    words_close(words);
    return rc;
}

static enum err_code wait_for(struct channel *c, struct channel_answer *out, struct err *err)
{
    if (c->calls->poll(c->self, WAIT_MS, out, 1))
        return ERR_OK;
    c->calls->give_up(c->self);
    if (c->calls->poll(c->self, 0, out, 1))
        return ERR_OK;
    return err_set(err, ERR_UNAVAILABLE, "the mail server gave no answer within a minute");
}

static enum err_code hand_over(struct store *store, const struct settings *settings,
                               const struct trial *trial, struct consents *ledger,
                               struct outbox_message *m, struct channel_answer *out,
                               struct err *err)
{
    TM_CLEANUP(buf_release) struct buf url = BUF_INIT(LINK_MAX), text = BUF_INIT(TEXT_MAX);
    struct composed words;
    struct channel c;
    enum err_code rc;

    composed_init(&words);
    rc = email_channel_open(store, &settings->sending, consents_keys(ledger), timestamp_now(), &c,
                            err);
    if (rc != ERR_OK) {
        composed_release(&words);
        return rc;
    }
    rc = say(store, settings, trial, ledger, m, &words, &url, err);
    if (rc == ERR_OK)
        rc = c.calls->write(c.self, m, &words, buf_cstr(&url), &text, err);
    if (rc == ERR_OK)
        rc = c.calls->put(c.self, m, &text, err);
    if (rc == ERR_OK)
        rc = wait_for(&c, out, err);
    c.calls->close(c.self);
    composed_release(&words);
    return rc;
}

enum err_code trial_send(struct store *store, const struct settings *settings,
                         const struct trial *trial, struct channel_answer *out, struct err *err)
{
    TM_CLEANUP(consents_closep) struct consents *ledger = NULL;
    /* No planned message has the number, and no other trial: mailboxes show one of those that have
     * the same Message-ID. */
    struct outbox_message m = {.id = -timestamp_now(),
                               .channel = "email",
                               .purpose = "marketing",
                               .transactional = trial->transactional};

    if (!settings->sending.given)
        return err_set(err, ERR_INVALID, "tidemark.yaml has no section \"sending\"");
    snprintf(m.address, sizeof(m.address), "%s", trial->address);
    snprintf(m.language, sizeof(m.language), "%s", trial->language ? trial->language : "");
    TRY(check_switch(store, err));
    TRY(consents_open(store, &ledger, err));
    if (!suppression_address(consents_keys(ledger), "email", str_of(m.address), "", &m.who))
        return err_set(err, ERR_INVALID, "\"%.80s\" is no e-mail address", trial->address);
    TRY(check_address(ledger, &m, err));
    return hand_over(store, settings, trial, ledger, &m, out, err);
}

/* ---- the settings tried out ------------------------------------------------------------------ */

static struct trial_check *begin(struct trial_check *out, size_t *io_n, const char *name)
{
    struct trial_check *c = &out[(*io_n)++];

    *c = (struct trial_check){.name = name, .good = true};
    return c;
}

static void fail(struct trial_check *c, const struct err *err)
{
    c->good = false;
    snprintf(c->text, sizeof(c->text), "%s", err->msg);
}

/* `record`: what has to be published. */
static void check_key(struct store *store, const struct sending *s, struct trial_check *c,
                      struct buf *record)
{
    TM_CLEANUP(buf_release) struct buf name = BUF_INIT(512);
    TM_CLEANUP(dkim_key_freep) struct dkim_key *key = NULL;
    struct err err = ERR_INIT;
    char path[2048];
    enum err_code rc = sender_path(store, s->dkim.key_file, path, sizeof(path), &err);

    if (rc == ERR_OK)
        rc = dkim_key_open(path, s->dkim.domain, s->dkim.selector, &key, &err);
    if (rc == ERR_OK)
        rc = dkim_record(key, &name, record, &err);
    if (rc == ERR_OK)
        snprintf(c->text, sizeof(c->text), "%s TXT \"%s\"", buf_cstr(&name), buf_cstr(record));
    else
        fail(c, &err);
}

static void check_server(struct store *store, const struct sending *s, struct trial_check *c)
{
    struct pseudonyms *keys = NULL;
    struct err err = ERR_INIT;
    struct channel channel;

    if (pseudonyms_open(store, &keys, &err) != ERR_OK ||
        email_channel_open(store, s, keys, timestamp_now(), &channel, &err) != ERR_OK) {
        fail(c, &err);
    } else {
        if (email_channel_try(&channel, &err) != ERR_OK)
            fail(c, &err);
        else
            snprintf(c->text, sizeof(c->text), "%s:%d", s->smtp.host, s->smtp.port);
        channel.calls->close(channel.self);
    }
    pseudonyms_close(keys);
}

static void check_mailbox(struct store *store, const struct sending *s, struct trial_check *c)
{
    const struct mailbox_way way = mailbox_way_default(store, s);
    struct err err = ERR_INIT;

    if (mailbox_try(&way, &err) != ERR_OK)
        fail(c, &err);
    else
        snprintf(c->text, sizeof(c->text), "%s", s->mailbox.url);
}

static const char *domain_of(const char *address)
{
    const char *at = strchr(address, '@');

    return at ? at + 1 : "";
}

static void judge_dns(const struct sending *s, const struct preflight_dns *dns, const char *record,
                      struct preflight *out)
{
    const struct sending_from *from = s->marketing.address[0] ? &s->marketing : &s->transactional;
    const struct preflight_sender sender = {.from = domain_of(from->address),
                                            .return_path = s->bounce_domain,
                                            .dkim_domain =
                                                s->dkim.key_file[0] ? s->dkim.domain : "",
                                            .dkim_selector = s->dkim.selector,
                                            .dkim_record = record};

    preflight_judge(&sender, dns, out);
}

static void check_dns(const struct sending *s, const struct preflight_dns *dns, const char *record,
                      struct trial_check *out, size_t *io_n)
{
    static const char *const names[PREFLIGHT_CHECKS] = {"dns spf", "dns dkim", "dns dmarc",
                                                        "dns aligned"};
    struct preflight found;

    judge_dns(s, dns, record, &found);
    for (int i = 0; i < PREFLIGHT_CHECKS; i++) {
        const struct preflight_finding *f = &found.findings[i];
        struct trial_check *c = begin(out, io_n, names[i]);

        c->good = f->verdict != PREFLIGHT_WRONG;
        snprintf(c->text, sizeof(c->text), "%s%s%s%s%s", f->name, f->name[0] ? ": " : "",
                 i18n_text(f->what), f->hint ? "; " : "", f->hint ? i18n_text(f->hint) : "");
    }
}

size_t trial_checks(struct store *store, const struct settings *settings,
                    const struct preflight_dns *dns, struct trial_check *out)
{
    TM_CLEANUP(buf_release) struct buf record = BUF_INIT(2048);
    const struct sending *s = &settings->sending;
    struct trial_check *c;
    struct err err = ERR_INIT;
    size_t n = 0;

    c = begin(out, &n, "settings");
    if (!s->given) {
        err_set(&err, ERR_INVALID, "tidemark.yaml has no section \"sending\"");
        fail(c, &err);
        return n;
    }
    if (s->dkim.key_file[0])
        check_key(store, s, begin(out, &n, "dkim"), &record);
    if (s->smtp.host[0])
        check_server(store, s, begin(out, &n, "server"));
    if (s->mailbox.url[0])
        check_mailbox(store, s, begin(out, &n, "mailbox"));
    if (dns && s->smtp.host[0])
        check_dns(s, dns, buf_cstr(&record), out, &n);
    return n;
}

enum err_code trial_believed(struct store *store, const struct settings *settings,
                             const struct preflight_dns *dns, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf record = BUF_INIT(2048);
    const struct sending *s = &settings->sending;
    struct trial_check key = {.good = true};
    struct preflight found;

    if (!s->given || !s->smtp.host[0])
        return ERR_OK;
    if (s->dkim.key_file[0])
        check_key(store, s, &key, &record);
    judge_dns(s, dns, buf_cstr(&record), &found);
    for (int i = 0; i < PREFLIGHT_CHECKS; i++) {
        const struct preflight_finding *f = &found.findings[i];

        if (f->verdict != PREFLIGHT_WRONG)
            continue;
        err_set(err, ERR_INVALID, "mailboxes will refuse these e-mails: %s%s%s", f->name,
                f->name[0] ? ": " : "", i18n_text(f->what));
        err_hint(err, "%s", f->hint ? i18n_text(f->hint) : "");
        return err->code;
    }
    return ERR_OK;
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/sender/trial.h"

#include "base/json_write.h"
#include "outreach/mail/dkim.h"
#include "outreach/sender/email.h"
#include "outreach/sender/links.h"
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
    struct outbox_message m = {
        .channel = "email", .purpose = "marketing", .transactional = trial->transactional};

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

static void check_key(struct store *store, const struct sending *s, struct trial_check *c)
{
    TM_CLEANUP(buf_release) struct buf name = BUF_INIT(512), text = BUF_INIT(2048);
    TM_CLEANUP(dkim_key_freep) struct dkim_key *key = NULL;
    struct err err = ERR_INIT;
    char path[2048];
    enum err_code rc = ERR_OK;

    if (s->dkim.key_file[0] == '/')
        snprintf(path, sizeof(path), "%s", s->dkim.key_file);
    else
        rc = store_path(store, s->dkim.key_file, path, sizeof(path), &err);
    if (rc == ERR_OK)
        rc = dkim_key_open(path, s->dkim.domain, s->dkim.selector, &key, &err);
    if (rc == ERR_OK)
        rc = dkim_record(key, &name, &text, &err);
    if (rc == ERR_OK)
        snprintf(c->text, sizeof(c->text), "%s TXT \"%s\"", buf_cstr(&name), buf_cstr(&text));
    else
        fail(c, &err);
}

size_t trial_checks(struct store *store, const struct settings *settings, struct trial_check *out)
{
    const struct sending *s = &settings->sending;
    struct trial_check *c;
    struct pseudonyms *keys = NULL;
    struct err err = ERR_INIT;
    struct channel channel;
    size_t n = 0;

    c = begin(out, &n, "settings");
    if (!s->given) {
        err_set(&err, ERR_INVALID, "tidemark.yaml has no section \"sending\"");
        fail(c, &err);
        return n;
    }
    if (s->dkim.key_file[0])
        check_key(store, s, begin(out, &n, "dkim"));
    c = begin(out, &n, "server");
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
    return n;
}

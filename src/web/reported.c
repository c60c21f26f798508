/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* reported.c - what the shop's mail service tells of messages (outreach/mail/provider.h).
 *
 * Who tells is proven as that service proves it; no session, no cookie. An answer of 200 means that
 * what was told is on stable storage; anything else is told again by the service. */
#include "base/file.h"
#include "base/log.h"
#include "outreach/egress/egress.h"
#include "outreach/mail/provider.h"
#include "outreach/sender/password.h"
#include "store/settings.h"
#include "web/returned.h"

#include <sodium.h>

enum {
    FETCH_MS = 10000,
    FETCHES_A_MINUTE = 30, /* of certificates, for one address: anybody may name one */
    CERTIFICATE_MAX = EGRESS_BODY_MAX
};

struct told {
    enum sending_provider provider;
    struct sending sending;
    struct provider_call call;
    int64_t until_us; /* as long as the service may tell it again; TIME_NONE: for ever */
    struct buf secret, certificate;
    struct returned books;
};

static void release(struct told *t)
{
    if (t->secret.p)
        sodium_memzero(t->secret.p, t->secret.n);
    buf_release(&t->secret);
    buf_release(&t->certificate);
    returned_close(&t->books);
}

/* ---- SNS's certificate -------------------------------------------------------------------- */

/* One request by GET to a server of Amazon's; nothing else is asked for here. */
static enum err_code fetch(struct str url, struct buf *out, struct err *err)
{
    struct egress_settings settings;

    egress_settings_default(&settings);
    settings.whole_ms = FETCH_MS;
    return egress_get(&settings, url, out, err);
}

/* The last one that verified something, for all shops: Amazon has one for each region at a time. */
static struct {
    pthread_mutex_t lock;
    char url[EGRESS_URL_MAX];
    char pem[CERTIFICATE_MAX + 1];
} kept = {.lock = PTHREAD_MUTEX_INITIALIZER};

static bool recall(struct str url, struct buf *out)
{
    bool same;

    pthread_mutex_lock(&kept.lock);
    same = str_eqz(url, kept.url);
    if (same)
        buf_addz(out, kept.pem);
    pthread_mutex_unlock(&kept.lock);
    return same;
}

static void keep(struct str url, struct str pem)
{
    if (url.n >= sizeof(kept.url) || pem.n >= sizeof(kept.pem))
        return;
    pthread_mutex_lock(&kept.lock);
    snprintf(kept.url, sizeof(kept.url), "%.*s", (int)url.n, url.p);
    snprintf(kept.pem, sizeof(kept.pem), "%.*s", (int)pem.n, pem.p);
    pthread_mutex_unlock(&kept.lock);
}

static enum err_code fetch_certificate(struct web *web, struct request *q, struct str url,
                                       struct buf *out, struct err *err)
{
    int seconds = limits_take(web->site->limits, "certificate", q->ip, FETCHES_A_MINUTE);

    return seconds ? live_wait(q, seconds, err) : fetch(url, out, err);
}

static enum err_code find_certificate(struct web *web, struct request *q, struct told *t,
                                      struct err *err)
{
    const struct str url = provider_certificate_url(&t->call);
    char path[2048];

    if (t->provider != SENDING_PROVIDER_SES)
        return ERR_OK;
    if (t->sending.provider.certificate_file[0]) {
        TRY(sender_path(web->store, t->sending.provider.certificate_file, path, sizeof(path), err));
        return file_read(path, CERTIFICATE_MAX, &t->certificate, err);
    }
    if (!url.n)
        return returned_unsigned(web, q, err);
    return recall(url, &t->certificate) ? ERR_OK
                                        : fetch_certificate(web, q, url, &t->certificate, err);
}

/* ---- whose it is -------------------------------------------------------------------------- */

static enum err_code read_settings(struct web *web, struct told *t, struct err *err)
{
    struct settings *settings = xcalloc(1, sizeof(*settings));
    enum err_code rc;

    pthread_mutex_lock(&web->lock);
    rc = settings_of(web->store, settings, err);
    t->sending = settings->sending;
    t->provider = (enum sending_provider)t->sending.provider.name;
    if (rc == ERR_OK)
        rc = sender_password(web->store, t->sending.provider.secret_file,
                             t->sending.provider.secret_env, &t->secret, err);
    pthread_mutex_unlock(&web->lock);
    free(settings);
    return rc;
}

static enum err_code check_proof(struct web *web, struct request *q, struct told *t,
                                 struct err *err)
{
    const char *const *names = provider_call_headers(t->provider);
    char password[PROVIDER_PASSWORD_MAX];
    struct provider_secret secret;

    for (size_t i = 0; i < PROVIDER_CALL_HEADERS; i++)
        if (names[i])
            t->call.headers[i] =
                MHD_lookup_connection_value(q->connection, MHD_HEADER_KIND, names[i]);
    TRY(find_certificate(web, q, t, err));
    provider_password(web->keys, t->provider, password);
    secret = (struct provider_secret){.secret = password[0] ? password : buf_cstr(&t->secret),
                                      .topic = t->sending.provider.topic,
                                      .certificate = buf_str(&t->certificate)};
    if (!provider_proven(t->provider, &secret, &t->call))
        return returned_unsigned(web, q, err);
    if (!provider_fresh(t->provider, &t->call, timestamp_now(), &t->until_us)) {
        log_line(LOG_WARN, "web", "id=%s a call of %s was signed too long ago: is the clock right?",
                 q->id, sending_provider_words[t->provider]);
        return returned_unsigned(web, q, err);
    }
    if (t->provider == SENDING_PROVIDER_SES && !t->sending.provider.certificate_file[0])
        keep(provider_certificate_url(&t->call), secret.certificate);
    return ERR_OK;
}

static enum err_code read_told(struct web *web, struct request *q, struct told *t, struct err *err)
{
    struct err unreadable = ERR_INIT;

    TRY(read_settings(web, t, err));
    if (!t->provider || strcmp(q->arg, sending_provider_words[t->provider]) != 0)
        return not_here(q, q->route->path, err);
    if (!q->parser)
        q->parser = json_parser_new(PROVIDER_BODY_MAX);
    t->call.body = buf_str(&q->body);
    if (json_parse(q->parser, t->call.body, &t->call.root, &unreadable) != ERR_OK)
        return returned_unsigned(web, q, err);
    return check_proof(web, q, t, err);
}

/* ---- what it says ------------------------------------------------------------------------- */

static enum err_code take(void *ctx, const struct provider_event *e, struct err *err)
{
    struct told *t = ctx;
    struct outbox_message m;
    bool found = false;
    char proof[100];

    TRY(outbox_find(t->books.books.outbox, e->message, &m, NULL, &found, err));
    if (!found || strcmp(m.channel, "email") != 0)
        return ERR_OK;
    snprintf(proof, sizeof(proof), "message %" PRId64 ", %s", m.id, e->word);
    return feedback_take(&t->books.books, &m,
                         &(struct feedback){.kind = e->kind,
                                            .at_us = TIME_NONE,
                                            .source = str_of(sending_provider_words[t->provider]),
                                            .method = STR_LIT("mail service"),
                                            .proof = str_of(proof)},
                         NULL, err);
}

static enum err_code take_events(struct web *web, struct told *t, struct err *err)
{
    struct json_parser *inner = json_parser_new(PROVIDER_BODY_MAX);
    enum err_code rc = provider_events(t->provider, web->keys, &t->call, inner, take, t, err);

    json_parser_free(inner);
    return rc;
}

/* A call that is signed without its content counts once by its name. */
static enum err_code take_once(struct web *web, struct told *t, struct err *err)
{
    const struct str name = provider_call_name(t->provider, &t->call);
    struct outbox *o = t->books.books.outbox;
    bool heard = false;
    char id[128];

    snprintf(id, sizeof(id), "%s %.*s", sending_provider_words[t->provider],
             (int)(name.n < 100 ? name.n : 100), name.p ? name.p : "");
    if (name.n)
        TRY(outbox_heard(o, str_of(id), &heard, err));
    if (heard)
        return ERR_OK;
    TRY(take_events(web, t, err));
    return name.n ? outbox_hear(o, str_of(id), timestamp_now(), t->until_us, err) : ERR_OK;
}

static enum err_code confirm(struct web *web, struct request *q, const struct told *t,
                             struct err *err)
{
    TM_CLEANUP(buf_release) struct buf answer = BUF_INIT(EGRESS_BODY_MAX + 1);
    const struct str url = provider_confirm_url(&t->call);

    if (!str_eqz(json_text(json_get(t->call.root, "Type"), STR_NONE), "SubscriptionConfirmation"))
        return ERR_OK; /* somebody left the topic: nothing to be done here */
    if (!url.n)
        return returned_unsigned(web, q, err);
    TRY(fetch(url, &answer, err));
    log_line(LOG_INFO, "web", "id=%s the topic's subscription is confirmed", q->id);
    return ERR_OK;
}

enum err_code do_report_of_mail(struct web *web, struct request *q, struct err *err)
{
    struct told *t = xcalloc(1, sizeof(*t));
    enum err_code rc;

    t->secret = BUF_INIT(SENDER_PASSWORD_MAX + 1);
    t->certificate = BUF_INIT(CERTIFICATE_MAX + 1);
    rc = read_told(web, q, t, err);
    if (rc == ERR_OK && t->provider == SENDING_PROVIDER_SES && provider_is_confirmation(&t->call)) {
        rc = confirm(web, q, t, err);
    } else if (rc == ERR_OK) {
        rc = returned_open(web, false, &t->books, err);
        if (rc == ERR_OK && t->books.books.outbox)
            rc = take_once(web, t, err);
    }
    release(t);
    free(t);
    if (rc == ERR_OK)
        buf_addz(&q->out, "{}\n");
    return rc;
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* texted.c - what the service of text messages tells (outreach/sms): what people answer, and what
 * became of messages.
 *
 * Who tells is proven by the signature over the shop's public address and all fields; no session,
 * no cookie. An answer of 200 means that what was told is on stable storage. Each STOP and START of
 * a person is taken in once, by the service's number of it: one that is told again does not take
 * back a later one. The signature has no time, so these numbers are known for ever, as the words
 * themselves are in the ledger; other answers change nothing and are not kept.
 */
#include "base/i18n.h"
#include "outreach/mail/token.h"
#include "outreach/sender/password.h"
#include "outreach/sender/short.h"
#include "outreach/sms/sms.h"
#include "store/settings.h"
#include "web/returned.h"
#include "web/sending.h"

#include <sodium.h>

struct call {
    struct settings settings;
    struct sms_field fields[SMS_FIELDS_MAX];
    size_t n;
};

static struct str field(const struct call *call, const char *name)
{
    return sms_field(call->fields, call->n, name);
}

/* ---- whose it is -------------------------------------------------------------------------- */

/* Calls are signed with the account's own token, which is the password unless that is an API key's.
 */
static enum err_code read_token(struct web *web, struct settings *settings, struct buf *out,
                                struct err *err)
{
    const struct sending *s = &settings->sending;
    enum err_code rc;

    pthread_mutex_lock(&web->lock);
    rc = settings_of(web->store, settings, err);
    if (rc == ERR_OK && (s->sms.token_file[0] || s->sms.token_env[0]))
        rc = sender_password(web->store, s->sms.token_file, s->sms.token_env, out, err);
    else if (rc == ERR_OK && s->sms.account[0])
        rc = sender_password(web->store, s->sms.password_file, s->sms.password_env, out, err);
    pthread_mutex_unlock(&web->lock);
    return rc;
}

static enum err_code read_call(struct web *web, struct request *q, struct call *out,
                               struct err *err)
{
    TM_CLEANUP(buf_release) struct buf token = BUF_INIT(SENDER_PASSWORD_MAX + 1);
    const char *signature =
        MHD_lookup_connection_value(q->connection, MHD_HEADER_KIND, "X-Twilio-Signature");
    char base[SENDER_BASE_MAX], url[SENDER_BASE_MAX + PATH_MAX_BYTES];
    bool signed_by_it;

    TRY(read_token(web, &out->settings, &token, err));
    sending_base(web, base, sizeof(base));
    if (!out->settings.sending.sms.account[0] || !base[0])
        return not_here(q, q->route->path, err);
    snprintf(url, sizeof(url), "%s%s", base, q->path);
    out->n = q->body.n ? sms_fields(q->body.p, q->body.n, out->fields, SMS_FIELDS_MAX) : 0;
    signed_by_it =
        out->n && signature &&
        sms_verify(buf_cstr(&token), str_of(url), out->fields, out->n, str_of(signature));
    sodium_memzero(token.p, token.n);
    return signed_by_it ? ERR_OK : returned_unsigned(web, q, err);
}

/* TwiML; `text` NULL: nobody is answered. */
static void answer(struct request *q, const char *text)
{
    q->type = "text/xml; charset=utf-8";
    buf_addz(&q->out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response>");
    if (text) {
        buf_addz(&q->out, "<Message>");
        buf_add_html(&q->out, str_of(text));
        buf_addz(&q->out, "</Message>");
    }
    buf_addz(&q->out, "</Response>\n");
}

/* ---- what people answer ------------------------------------------------------------------- */

/* A service that answers STOP, START and HELP by itself says so. */
static enum sms_wish wish_of(const struct call *call)
{
    static const struct {
        const char *word;
        enum sms_wish wish;
    } taken[] = {{"STOP", SMS_STOP}, {"START", SMS_START}};
    const struct str type = field(call, "OptOutType");

    for (size_t i = 0; i < TM_COUNT(taken); i++)
        if (str_ieqz(type, taken[i].word))
            return taken[i].wish;
    return type.n ? SMS_OTHER : sms_word(field(call, "Body"));
}

/* The newest message to a number, so that its campaign is known; else the number alone. */
static enum err_code message_to(const struct returned *r, const struct pseudonym *who,
                                struct str number, struct outbox_message *out, struct err *err)
{
    bool found;

    TRY(outbox_newest(r->books.outbox, who, "sms", out, &found, err));
    if (!found)
        *out = (struct outbox_message){.who = *who, .channel = "sms"};
    if (!found)
        snprintf(out->address, sizeof(out->address), "%.*s", (int)number.n, number.p);
    snprintf(out->purpose, sizeof(out->purpose), "marketing");
    return ERR_OK;
}

static enum err_code withdraw(const struct returned *r, const struct outbox_message *m, bool clear,
                              const char *proof, struct err *err)
{
    return feedback_take(&r->books, m,
                         &(struct feedback){.kind = RESPONSE_WITHDRAWN,
                                            .at_us = timestamp_now(),
                                            .source = STR_LIT("sms"),
                                            .method = clear ? STR_LIT("reply STOP")
                                                            : STR_LIT("reply in other words"),
                                            .proof = str_of(proof),
                                            .own_word = true},
                         NULL, err);
}

/* Of those alone who had withdrawn: START from the number itself is a subscription of its own, with
 * the service's number of the answer as evidence. Dead numbers, and those that somebody of the shop
 * closed, stay closed. */
static enum err_code subscribe(const struct returned *r, const struct pseudonym *who,
                               struct str number, const char *proof, struct err *err)
{
    const struct consent_fact fact = {.kind = IDENTIFIER_PHONE,
                                      .address = number,
                                      .channel = STR_LIT("sms"),
                                      .purpose = STR_LIT("marketing"),
                                      .state = CONSENT_GRANTED,
                                      .when_us = timestamp_now(),
                                      .source = STR_LIT("sms"),
                                      .method = STR_LIT("reply START"),
                                      .proof = str_of(proof)};
    enum suppression_reason stands;
    enum err_code rc;
    bool new;

    TRY(consents_begin_first(r->books.consents, err));
    rc = suppression_check_known(r->books.consents, "sms", who, &stands, err);
    if (rc == ERR_OK && stands == SUPPRESSED_UNSUBSCRIBED)
        rc = consents_add(r->books.consents, &fact, &new, err);
    return consents_end(r->books.consents, rc, err);
}

static void help(struct request *q, const struct call *call, const struct outbox_message *m)
{
    const enum language language = language_of(m->language);
    const enum language before = i18n_use(language == LANG_COUNT ? i18n_current() : language);
    char text[512];

    snprintf(text, sizeof(text), _("%s: news of the shop. Answer STOP and you get no more."),
             call->settings.shop[0] ? call->settings.shop : "-");
    i18n_use(before);
    answer(q, text);
}

static enum err_code take_answer(struct request *q, const struct call *call,
                                 const struct returned *r, const struct pseudonym *who,
                                 struct err *err)
{
    const struct str number = field(call, "From"), sid = field(call, "MessageSid");
    const enum sms_wish wish = wish_of(call);
    const bool stops = wish == SMS_STOP || wish == SMS_MAYBE;
    struct outbox_message m;
    bool heard = false;
    char id[100];

    snprintf(id, sizeof(id), "sms %.*s", (int)(sid.n < 80 ? sid.n : 80), sid.p ? sid.p : "");
    TRY(message_to(r, who, number, &m, err));
    if (stops || wish == SMS_START)
        TRY(outbox_heard(r->books.outbox, str_of(id), &heard, err));
    if (!heard && stops)
        TRY(withdraw(r, &m, wish == SMS_STOP, id, err));
    else if (!heard && wish == SMS_START)
        TRY(subscribe(r, who, number, id, err));
    if (!heard && (stops || wish == SMS_START))
        TRY(outbox_hear(r->books.outbox, str_of(id), timestamp_now(), TIME_NONE, err));
    if (wish == SMS_HELP)
        help(q, call, &m);
    else
        answer(q, NULL);
    return ERR_OK;
}

enum err_code do_texts(struct web *web, struct request *q, struct err *err)
{
    struct returned r = {0};
    struct pseudonym who;
    struct call call;
    enum err_code rc;

    TRY(read_call(web, q, &call, err));
    if (!field(&call, "MessageSid").n ||
        !suppression_address(web->keys, "sms", field(&call, "From"), call.settings.country, &who)) {
        answer(q, NULL); /* no number that could be written to */
        return ERR_OK;
    }
    rc = returned_open(web, true, &r, err);
    if (rc == ERR_OK)
        rc = take_answer(q, &call, &r, &who, err);
    returned_close(&r);
    return rc;
}

/* ---- what became of messages -------------------------------------------------------------- */

/* Of the service's dictionary; 0 for none. */
static int64_t code_of(struct str text)
{
    int64_t code = 0;

    for (size_t i = 0; i < text.n && i < 9; i++)
        code = isdigit((unsigned char)text.p[i]) ? code * 10 + (text.p[i] - '0') : code;
    return code;
}

/* False: it says nothing of the number. */
static bool judge(const struct call *call, struct feedback *out)
{
    struct sms_end end = {.about = SMS_ABOUT_NUMBER};

    switch (sms_status(field(call, "MessageStatus"))) {
    case SMS_DELIVERED:
        out->kind = RESPONSE_DELIVERED;
        return true;
    case SMS_LOST:
        break;
    default:
        return false;
    }
    sms_error(code_of(field(call, "ErrorCode")), &end);
    out->kind = end.stopped ? RESPONSE_WITHDRAWN : end.dead ? RESPONSE_HARD : RESPONSE_SOFT;
    return end.stopped || end.dead || (end.about == SMS_ABOUT_NUMBER && !end.slower);
}

static enum err_code take_status(const struct call *call, const struct returned *r, int64_t id,
                                 struct err *err)
{
    const struct str code = field(call, "ErrorCode");
    struct feedback f = {
        .at_us = TIME_NONE, .source = STR_LIT("sms"), .method = STR_LIT("service")};
    struct outbox_message m;
    bool found = false;
    char proof[64];

    snprintf(proof, sizeof(proof), "code %.*s", (int)(code.n < 20 ? code.n : 20),
             code.p ? code.p : "");
    f.proof = str_of(proof);
    if (r->books.outbox && judge(call, &f))
        TRY(outbox_find(r->books.outbox, id, &m, NULL, &found, err));
    return found && strcmp(m.channel, "sms") == 0 ? feedback_take(&r->books, &m, &f, NULL, err)
                                                  : ERR_OK;
}

enum err_code do_text_status(struct web *web, struct request *q, struct err *err)
{
    struct returned r = {0};
    struct call call;
    enum err_code rc;
    int64_t id;

    TRY(read_call(web, q, &call, err));
    if (!mail_token_find(web->keys, str_of(q->arg), &id))
        return not_here(q, q->route->path, err);
    rc = returned_open(web, false, &r, err);
    if (rc == ERR_OK)
        rc = take_status(&call, &r, id, err);
    returned_close(&r);
    if (rc == ERR_OK)
        answer(q, NULL);
    return rc;
}

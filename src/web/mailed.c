/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* mailed.c - where links in messages lead: the way out of marketing (RFC 8058).
 *
 * Whoever has the link may use it; nobody is known otherwise, no cookie is set or looked at, and
 * nothing is redirected. Only a POST does anything: scanners of mailboxes follow links.
 */
#include "base/i18n.h"
#include "base/log.h"
#include "outreach/sender/links.h"
#include "store/suppression.h"
#include "web/sending.h"

/* ---- the withdrawal ----------------------------------------------------------------------- */

/* The address itself, while it is kept: the ledger has words of addresses, suppression knows them
 * by their pseudonyms alone. */
static enum err_code address_of(struct web *web, const struct link_leave *leave, bool *out_known,
                                struct outbox_message *m, struct err *err)
{
    TM_CLEANUP(outbox_closep) struct outbox *o = NULL;
    enum err_code rc;

    *out_known = false;
    if (!leave->message)
        return ERR_OK;
    pthread_mutex_lock(&web->lock);
    rc = outbox_open_kept(web->store, &o, err);
    pthread_mutex_unlock(&web->lock);
    if (rc != ERR_OK || !o)
        return rc;
    TRY(outbox_find(o, leave->message, m, NULL, out_known, err));
    *out_known = *out_known && m->address[0] &&
                 memcmp(m->who.bytes, leave->who.bytes, sizeof(m->who.bytes)) == 0;
    return ERR_OK;
}

static enum err_code note(struct consents *ledger, const struct link_leave *leave,
                          const struct outbox_message *m, bool known, struct err *err)
{
    char proof[64];
    const struct consent_fact fact = {
        .kind = strcmp(leave->channel, "email") == 0 ? IDENTIFIER_EMAIL : IDENTIFIER_PHONE,
        .address = str_of(m->address),
        .channel = str_of(leave->channel),
        .purpose = str_of(leave->purpose),
        .state = CONSENT_WITHDRAWN,
        .when_us = timestamp_now(),
        .source = STR_LIT("unsubscribe"),
        .method = STR_LIT("one-click"),
        .proof =
            (snprintf(proof, sizeof(proof), "message %" PRId64, leave->message), str_of(proof))};
    enum suppression_reason stands;
    bool new;

    TRY(suppression_check_known(ledger, leave->channel, &leave->who, &stands, err));
    if (known && stands != SUPPRESSED_UNSUBSCRIBED)
        TRY(consents_add(ledger, &fact, &new, err));
    return suppression_add(ledger, leave->channel, &leave->who, SUPPRESSED_UNSUBSCRIBED,
                           timestamp_now(), STR_LIT("unsubscribe"), err);
}

static enum err_code withdraw(struct web *web, const struct link_leave *leave, struct err *err)
{
    TM_CLEANUP(consents_closep) struct consents *ledger = NULL;
    struct outbox_message m = {.address = ""};
    enum err_code rc;
    bool known;

    TRY(address_of(web, leave, &known, &m, err));
    pthread_mutex_lock(&web->lock);
    rc = consents_open(web->store, &ledger, err);
    pthread_mutex_unlock(&web->lock);
    TRY(rc);
    TRY(consents_begin_first(ledger, err));
    return consents_end(ledger, note(ledger, leave, &m, known, err), err);
}

/* ---- the page ----------------------------------------------------------------------------- */

static void begin_page(struct request *q, const char *title)
{
    enum language language = i18n_current();

    q->type = "text/html; charset=utf-8";
    buf_addf(&q->out,
             "<!doctype html><html lang=\"%s\" dir=\"%s\"><head><meta charset=\"utf-8\">"
             "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
             "<meta name=\"robots\" content=\"noindex\"><title>",
             language_codes[language], language_is_rtl(language) ? "rtl" : "ltr");
    buf_add_html(&q->out, str_of(title));
    buf_addz(&q->out, "</title></head><body><main><h1>");
    buf_add_html(&q->out, str_of(title));
    buf_addz(&q->out, "</h1>");
}

static void add_text(struct request *q, const char *text)
{
    buf_addz(&q->out, "<p>");
    buf_add_html(&q->out, str_of(text));
    buf_addz(&q->out, "</p>");
}

static void end_page(struct request *q)
{
    buf_addz(&q->out, "</main></body></html>\n");
}

static enum err_code read_link(struct web *web, struct request *q, struct link_leave *out,
                               struct err *err)
{
    if (!link_leave_read(web->keys, str_of(q->arg), out))
        return not_here(q, q->route->path, err);
    return ERR_OK;
}

enum err_code do_leave_page(struct web *web, struct request *q, struct err *err)
{
    struct link_leave leave;

    TRY(read_link(web, q, &leave, err));
    begin_page(q, _("Unsubscribe"));
    add_text(q, _("Do you want no more of these messages? One click is enough."));
    buf_addz(&q->out, "<form method=\"post\"><input type=\"hidden\" name=\"List-Unsubscribe\" "
                      "value=\"One-Click\"><button>");
    buf_add_html(&q->out, str_of(_("Unsubscribe")));
    buf_addz(&q->out, "</button></form>");
    end_page(q);
    return ERR_OK;
}

/* RFC 8058: List-Unsubscribe=One-Click, in either form of a body. */
static bool is_one_click(const struct request *q)
{
    static const char words[] = "One-Click";

    return q->body.n && memmem(q->body.p, q->body.n, "List-Unsubscribe", 16) &&
           memmem(q->body.p, q->body.n, words, sizeof(words) - 1);
}

enum err_code do_leave(struct web *web, struct request *q, struct err *err)
{
    struct link_leave leave;

    TRY(read_link(web, q, &leave, err));
    if (!is_one_click(q)) {
        refuse(q, 400, ERR_INVALID);
        return err_set(err, ERR_INVALID, "the body must be List-Unsubscribe=One-Click");
    }
    TRY(withdraw(web, &leave, err));
    begin_page(q, _("You are unsubscribed"));
    add_text(q, _("You will get no more of these messages. What was on its way already may still "
                  "arrive."));
    end_page(q);
    return ERR_OK;
}

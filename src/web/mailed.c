/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* mailed.c - where links in messages lead: the way out of marketing (RFC 8058), and to where the
 * message leads, counted.
 *
 * Whoever has the link may use it; nobody is known otherwise, no cookie is set or looked at. Only a
 * POST withdraws anything: scanners of mailboxes follow links. A click leads only to an address
 * that is signed in the link.
 */
#include "base/i18n.h"
#include "base/log.h"
#include "outreach/sender/track.h"
#include "web/returned.h"
#include "web/sending.h"

/* ---- the withdrawal ----------------------------------------------------------------------- */

/* The message that the link came in, while it is kept; else what the link says alone. */
static enum err_code message_of(struct outbox *o, const struct link_leave *leave,
                                struct outbox_message *out, struct err *err)
{
    struct outbox_message m;
    bool found = false;

    *out = (struct outbox_message){.who = leave->who};
    if (o && leave->message)
        TRY(outbox_find(o, leave->message, &m, NULL, &found, err));
    if (found && memcmp(m.who.bytes, leave->who.bytes, sizeof(m.who.bytes)) == 0)
        *out = m;
    snprintf(out->channel, sizeof(out->channel), "%s", leave->channel);
    snprintf(out->purpose, sizeof(out->purpose), "%s", leave->purpose);
    return ERR_OK;
}

static enum err_code withdraw(const struct returned *r, const struct link_leave *leave,
                              struct err *err)
{
    struct outbox_message m;
    char proof[64];

    TRY(message_of(r->books.outbox, leave, &m, err));
    snprintf(proof, sizeof(proof), "message %" PRId64, leave->message);
    return feedback_take(&r->books, &m,
                         &(struct feedback){.kind = RESPONSE_WITHDRAWN,
                                            .at_us = timestamp_now(),
                                            .source = STR_LIT("unsubscribe"),
                                            .method = STR_LIT("one-click"),
                                            .proof = str_of(proof),
                                            .own_word = true},
                         NULL, err);
}

/* ---- the page ----------------------------------------------------------------------------- */

static void begin_page(struct request *q, const char *title)
{
    enum language language = i18n_current();

    q->type = "text/html; charset=utf-8";
    buf_addf(&q->out,
             "<!doctype html><html lang=\"%s\" dir=\"%s\"><head><meta charset=\"utf-8\">"
             "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
             "<meta name=\"color-scheme\" content=\"light dark\">"
             "<meta name=\"robots\" content=\"noindex\">"
             "<link rel=\"stylesheet\" href=\"%s/mailed.css\"><title>",
             language_codes[language], language_is_rtl(language) ? "rtl" : "ltr", q->web->prefix);
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

/* False: it is none of ours, and its reader is told what can be done. */
static bool read_link(struct web *web, struct request *q, struct link_leave *out)
{
    if (link_leave_read(web->keys, str_of(q->arg), out))
        return true;
    q->status = 404;
    begin_page(q, _("This link does not work"));
    add_text(q, _("It is not whole, or it is not from this shop. Nothing was changed."));
    add_text(q, _("Open the link in the message itself once more, or answer the message: the shop "
                  "can unsubscribe you, too."));
    end_page(q);
    return false;
}

enum err_code do_leave_page(struct web *web, struct request *q, struct err *err)
{
    struct link_leave leave;

    (void)err;
    if (!read_link(web, q, &leave))
        return ERR_OK;
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

/* The ledger could not be had in time: nothing is lost where the sender of the click is told so. */
static enum err_code ask_again(struct request *q)
{
    q->status = 503;
    begin_page(q, _("Please try once more"));
    add_text(q, _("So much is going on here just now that your click could not be written down. "
                  "Nothing was changed; in a moment the same link works."));
    end_page(q);
    return ERR_OK;
}

enum err_code do_leave(struct web *web, struct request *q, struct err *err)
{
    struct link_leave leave;
    struct returned r = {0};
    enum err_code rc;

    if (!read_link(web, q, &leave))
        return ERR_OK;
    if (!is_one_click(q)) {
        refuse(q, 400, ERR_INVALID);
        return err_set(err, ERR_INVALID, "the body must be List-Unsubscribe=One-Click");
    }
    rc = returned_open(web, false, &r, err);
    if (rc == ERR_OK)
        rc = withdraw(&r, &leave, err);
    returned_close(&r);
    if (rc == ERR_BUSY)
        return ask_again(q);
    TRY(rc);
    begin_page(q, _("You are unsubscribed"));
    add_text(q, _("You will get no more of these messages. What was on its way already may still "
                  "arrive."));
    end_page(q);
    return ERR_OK;
}

/* ---- clicks and opens --------------------------------------------------------------------- */

static const char *header(const struct request *q, const char *name)
{
    return MHD_lookup_connection_value(q->connection, MHD_HEADER_KIND, name);
}

static const char *purpose(const struct request *q)
{
    static const char *const names[] = {"Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"};

    for (size_t i = 0; i < TM_COUNT(names); i++)
        if (header(q, names[i]))
            return header(q, names[i]);
    return NULL;
}

/* What cannot be counted does not keep the reader from the page. */
static void count(struct web *web, struct request *q, const struct link_track *link)
{
    TM_CLEANUP(outbox_closep) struct outbox *o = NULL;
    struct track_asker asker = {.kind = link->kind,
                                .agent = header(q, "User-Agent"),
                                .purpose = purpose(q),
                                .looks_only = strcmp(q->method, "HEAD") == 0};
    struct err err = ERR_INIT;
    enum err_code rc;

    if (asker.looks_only)
        return;
    pthread_mutex_lock(&web->lock);
    rc = outbox_open_kept(web->store, &o, &err);
    pthread_mutex_unlock(&web->lock);
    if (rc == ERR_OK && o)
        rc = outbox_begin(o, &err);
    if (rc == ERR_OK && o)
        rc = outbox_end(o, track_note(o, link, &asker, timestamp_now(), &err), &err);
    if (rc != ERR_OK)
        log_line(LOG_ERROR, "web", "id=%s counting a response: %s", q->id, err.msg);
    else
        web_live_came(web);
}

static enum err_code read_track(struct web *web, struct request *q, bool opens,
                                struct link_track *out, struct err *err)
{
    const char *token = request_query(q, "t");

    if (!token || !link_track_read(web->keys, str_of(token), out) ||
        (out->kind == LINK_OPEN) != opens)
        return not_here(q, q->route->path, err);
    return ERR_OK;
}

enum err_code do_click(struct web *web, struct request *q, struct err *err)
{
    struct link_track link;

    TRY(read_track(web, q, false, &link, err));
    count(web, q, &link);
    if (link.kind == LINK_TRAP) {
        q->status = 204;
        return ERR_OK;
    }
    snprintf(q->location, sizeof(q->location), "%s", link.target);
    return ERR_OK;
}

enum err_code do_open(struct web *web, struct request *q, struct err *err)
{
    static const char pixel[] = "GIF89a\1\0\1\0\200\0\0\0\0\0\0\0\0!\371\4\1\0\0\0\0"
                                ",\0\0\0\0\1\0\1\0\0\2\2D\1\0;";
    struct link_track link;

    TRY(read_track(web, q, true, &link, err));
    count(web, q, &link);
    q->type = "image/gif";
    q->any_site = true; /* mailboxes in a browser */
    buf_add(&q->out, pixel, sizeof(pixel) - 1);
    return ERR_OK;
}

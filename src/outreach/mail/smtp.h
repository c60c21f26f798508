/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* smtp.h - hands messages to a mail server, thousands of them at a time, each at most once.
 *
 *     smtp_soon()   whether a message to this address could go soon; asked before it is handed over
 *     smtp_put()    takes it
 *     smtp_poll()   works, and tells what became of those that ended
 *
 * What became of one (in the words of claim.h):
 *
 *     CLAIM_ACCEPTED    the server answered that it has it
 *     CLAIM_FAILED      the server answered that it never will (5xx about message or recipient)
 *     CLAIM_LATER       it surely was not taken: refused for now (4xx), or the connection ended
 *                       before the line that ends a message was sent; next_us is when to ask again
 *     CLAIM_UNCERTAIN   that line was sent, and no whole answer came
 *
 * Nothing is ever sent again here once the server might have it. libcurl connects, speaks TLS and
 * signs in; the transaction itself is ours (link.h), for libcurl waits for the last answer
 * in a call that lets nothing else go on, and does not tell whether the message had gone.
 *
 * Connections are kept and used for many messages. Each destination (domain of the recipient) has a
 * pace of its own (pace.h). Destinations that do not answer, or of which nothing is known yet, have
 * at most half of the connections together: they cannot hold up the others. Where those that do not
 * answer have that half, those of which nothing is known get half of the rest.
 *
 * One thread at a time for each struct; any number may work side by side. SIGPIPE must be ignored.
 */
#ifndef TM_OUTREACH_MAIL_SMTP_H
#define TM_OUTREACH_MAIL_SMTP_H

#include "outreach/claim.h"
#include "outreach/mail/pace.h"
#include "outreach/mail/status.h"

enum smtp_tls {
    SMTP_TLS_OFF,
    SMTP_TLS_OPPORTUNISTIC, /* STARTTLS where it is offered; the certificate is not looked at */
    SMTP_TLS_REQUIRED,      /* STARTTLS */
    SMTP_TLS_IMPLICIT       /* from the first byte, as on port 465 */
};
enum { SMTP_CONNECTIONS_MAX = 64, SMTP_PENDING_MAX = 100000 };

struct smtp_settings {
    const char *host;
    int port;
    enum smtp_tls tls;
    const char *user, *password; /* "": without signing in. Needs TLS_REQUIRED or TLS_IMPLICIT */
    const char *ca_file;         /* "": those that the system trusts */
    const char *name;            /* of this host, for EHLO */
    int connect_ms, command_ms, last_ms; /* last_ms: for the answer to the whole message */
    int idle_ms;                         /* an unused connection is closed after that */
    int connections;                     /* at most; 1 to SMTP_CONNECTIONS_MAX */
    int per_connection;                  /* messages, then a new one */
    int pending; /* messages that may be here at once; to SMTP_PENDING_MAX */
    struct pace_rules destination;
    int per_minute; /* over all destinations; 0: no limit */
};
/* Timeouts of RFC 5321, eight connections of 100 messages each, two at once for a destination that
 * is new; no host yet. */
void smtp_settings_default(struct smtp_settings *out);
/* Whether they can work at all; connects to nothing. */
TM_MUST_CHECK enum err_code smtp_settings_check(const struct smtp_settings *settings,
                                                struct err *err);

enum smtp_about {
    SMTP_ABOUT_RECIPIENT, /* or about this message to it */
    SMTP_ABOUT_SERVER /* it cannot be reached, or does not take our mail: true for all messages */
};
struct smtp_answer {
    int64_t tag;
    enum claim_outcome outcome;
    enum smtp_about about;
    bool dead;   /* CLAIM_FAILED, and nobody will ever be at this address: suppress it */
    bool slower; /* the destination asks for less */
    int code;    /* of SMTP; 0: none came */
    struct mail_status status;
    int64_t next_us;                  /* of CLAIM_LATER */
    char text[OUTBOX_ANSWER_MAX + 1]; /* the server's words, or ours; UTF-8, one line */
};

struct smtp;
/* Copies the settings; connects to nothing yet. ERR_INVALID for settings that cannot work. */
TM_MUST_CHECK enum err_code smtp_open(const struct smtp_settings *settings, struct smtp **out,
                                      struct err *err);
/* What is still here is gone without an answer: smtp_give_up() and smtp_poll() first. */
void smtp_close(struct smtp *smtp); /* NULL is fine */
void smtp_closep(struct smtp **smtp);

/* Whether a message to this address could begin soon, once others ended. Else false, and *out_us is
 * when to ask again (of the message, by CLAIM_GIVEN_BACK). How many are here is not looked at. */
bool smtp_soon(struct smtp *smtp, struct str recipient, int64_t now_us, int64_t *out_us);
/* Those who hand over many at once ask before, so that each has a connection and none waits for one
 * when it may not be given back any more: smtp_round() begins, and tells how many more there may
 * be; then smtp_begins() of each takes one of the places, where it can begin now. */
int smtp_round(struct smtp *smtp, int64_t now_us);
bool smtp_begins(struct smtp *smtp, struct str recipient, int64_t now_us);

struct smtp_message {
    int64_t tag;                  /* comes back with the answer */
    struct str sender, recipient; /* of the envelope; an empty sender is "<>" */
    int tries;                    /* how often it was tried before */
    struct buf *text;             /* as mail_write() makes it; taken, and empty afterwards */
};
/* ERR_BUSY: no room. ERR_INVALID: an address or text that cannot be sent, whenever it is tried. */
TM_MUST_CHECK enum err_code smtp_put(struct smtp *smtp, const struct smtp_message *message,
                                     struct err *err);
/* How many are here and not answered. */
size_t smtp_pending(const struct smtp *smtp);
/* Works until there is an answer or timeout_ms are over; at most `cap` answers. */
size_t smtp_poll(struct smtp *smtp, int timeout_ms, struct smtp_answer *out, size_t cap);
/* Ends everything now: what has not begun is CLAIM_LATER, what may have arrived CLAIM_UNCERTAIN.
 * The answers are told by smtp_poll(). */
void smtp_give_up(struct smtp *smtp);

/* When a message is tried again after `tries`: 5, 15, 30 minutes, 1, 2, 4, 4 ... hours, more or
 * less a tenth, by its tag. */
int64_t smtp_again_us(int64_t now_us, int tries, int64_t tag);

/* Connects, speaks TLS and signs in as it would to send, and hangs up. Waits for connect_ms at
 * most.
 */
TM_MUST_CHECK enum err_code smtp_try(const struct smtp *smtp, struct err *err);

struct smtp_counts {
    int64_t connected, accepted;
    int connections; /* open now */
};
void smtp_counts(const struct smtp *smtp, struct smtp_counts *out);

#endif

/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* trial.h - whether sending works before anything is sent: the settings tried out, and one message
 * to an address of the shop's own.
 *
 * A trial message is put together like any other, with invented data, and goes past the outbox: it
 * is of no campaign and counts nowhere. Its way out works.
 */
#ifndef TM_OUTREACH_SENDER_TRIAL_H
#define TM_OUTREACH_SENDER_TRIAL_H

#include "outreach/preflight/preflight.h"
#include "outreach/sender/channel.h"
#include "store/settings.h"
#include "store/suppression.h"

struct trial {
    const char *address, *message, *language; /* language "": the first one */
    const char *base;                         /* of links; "" without */
    bool transactional;
};
/* Sends it now and waits for the answer, a minute at most. ERR_DENIED for an address that is dead,
 * erased or closed by hand, and while sending is stopped. */
TM_MUST_CHECK enum err_code trial_send(struct store *store, const struct settings *settings,
                                       const struct trial *trial, struct channel_answer *out,
                                       struct err *err);

/* One thing that was looked at. */
enum { TRIAL_CHECKS_MAX = 8 };
struct trial_check {
    const char *name; /* "settings", "dkim", "server", "mailbox"; of the DNS "dns spf" and so on */
    bool good;
    char text[768]; /* what is wrong, or what to publish */
};
/* The settings, the key with the record to publish, whether the server takes a connection and
 * signs us in, whether the mailbox of what comes back does and has its folders, and what the DNS
 * says of the shop's domains (preflight.h; `dns` NULL: it is not asked). Nothing is sent. */
size_t trial_checks(struct store *store, const struct settings *settings,
                    const struct preflight_dns *dns, struct trial_check *out);

/* Whether mailboxes will believe the shop's e-mails: ERR_INVALID says what the DNS lacks and what
 * to do. What it does not answer, and a shop without a mail server, is no fault. */
TM_MUST_CHECK enum err_code trial_believed(struct store *store, const struct settings *settings,
                                           const struct preflight_dns *dns, struct err *err);

#endif

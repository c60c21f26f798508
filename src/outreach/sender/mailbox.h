/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* mailbox.h - what comes back by mail, out of a mailbox on a mail server (IMAP4), over libcurl.
 *
 * How far it was read is in the outbox: each mail is taken first (returns.h) and then written down
 * as read, so none is lost by a crash, and one that is read again counts no more. Of a mail at most
 * BOUNCE_BYTES are fetched, however long it is. What is no report of ours stays as it was, unread;
 * the others stay, too, unless the settings say that they are moved or deleted.
 *
 * TLS with a certificate that holds, but to this very machine.
 *
 * One thread at a time. A call waits for the server; `over` ends it early.
 */
#ifndef TM_OUTREACH_SENDER_MAILBOX_H
#define TM_OUTREACH_SENDER_MAILBOX_H

#include "outreach/sender/returns.h"
#include "store/sending_settings.h"

struct mailbox_way {
    const struct store *store; /* for paths of the settings */
    const struct sending *sending;
    int connect_ms, answer_ms, whole_ms; /* whole_ms: for a mail, however slowly it comes */
    bool (*over)(void *ctx);             /* NULL: never */
    void *ctx;
};
struct mailbox_way mailbox_way_default(const struct store *store, const struct sending *sending);

/* Of a mail that could not be fetched: kept between calls, zero at first. */
struct mailbox_trouble {
    int64_t uid;
    int times;
};
/* One visit: takes at most `most` mails. *out_more: there are more. ERR_DENIED: the server refuses
 * user and password. An error after some were taken loses none of them. */
TM_MUST_CHECK enum err_code mailbox_read(const struct mailbox_way *way,
                                         const struct returns *returns, size_t most,
                                         struct mailbox_trouble *io_trouble,
                                         struct returns_counts *io, bool *out_more,
                                         struct err *err);
/* Connects, signs in and looks for the folders that the settings name; reads no mail. */
TM_MUST_CHECK enum err_code mailbox_try(const struct mailbox_way *way, struct err *err);

#endif

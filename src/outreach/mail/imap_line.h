/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* imap_line.h - what a mail server tells of a mailbox (RFC 9051), line by line. Pure. */
#ifndef TM_OUTREACH_MAIL_IMAP_LINE_H
#define TM_OUTREACH_MAIL_IMAP_LINE_H

#include "base/buf.h"

/* The next line of what was told, without its line break. False: there is none. */
bool imap_line(struct str *io_told, struct str *out);

/* "* STATUS box (UIDVALIDITY 1 UIDNEXT 5)"; both are above 0. */
bool imap_status(struct str line, int64_t *out_validity, int64_t *out_next);

struct imap_mail {
    int64_t uid;   /* above 0 */
    int64_t at_us; /* when it came; TIME_NONE: not told */
    bool seen;
};
/* "* 5 FETCH (UID 7 FLAGS (\Seen) INTERNALDATE "17-Jul-1996 02:44:25 -0700")", in any order. */
bool imap_mail(struct str line, struct imap_mail *out);

#endif

/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* mail.h - one e-mail written down, ready to be handed over (smtp.h).
 *
 * A message for people: plain text, and HTML beside it (multipart/alternative), in UTF-8, which
 * travels as quoted-printable or Base64, whichever is shorter. Every line has less than 998 bytes
 * and ends with CRLF, every byte is ASCII: no server on the way needs to change anything, and the
 * signature holds.
 *
 * Whatever has a line break or another control character where none belongs is refused, and so is
 * text that is not UTF-8: nothing is repaired silently. The same mail and key give the same bytes
 * (RSA and Ed25519 signatures are without chance).
 *
 * Any thread; nothing is kept between calls.
 */
#ifndef TM_OUTREACH_MAIL_MAIL_H
#define TM_OUTREACH_MAIL_MAIL_H

#include "outreach/mail/dkim.h"

enum {
    MAIL_HEADERS_MAX = 16,
    MAIL_VALUE_MAX = 900,
    MAIL_SUBJECT_MAX = 2000,
    MAIL_TEXT_MAX = 4 << 20
};

/* A header of one's own ("Auto-Submitted", "Feedback-ID"), in printable ASCII. */
struct mail_header {
    const char *name;
    struct str value;
};
struct mail {
    struct str from_name, from; /* a name may be STR_NONE */
    struct str to_name, to;
    struct str reply_to; /* STR_NONE: answers go to `from` */
    struct str subject;
    struct str html; /* STR_NONE: plain text alone */
    struct str text;
    struct str message_id; /* without its <>; the same one when a message is sent again */
    int64_t date_us;
    struct str list_id; /* "news.shop.example", or STR_NONE */
    /* https, with a token that names person and list (RFC 8058: a POST of
     * List-Unsubscribe=One-Click there is the withdrawal); STR_NONE for a message that is no
     * marketing. */
    struct str unsubscribe_url;
    struct str unsubscribe_mail; /* an address beside it, or STR_NONE */
    const struct mail_header *headers;
    size_t header_count; /* at most MAIL_HEADERS_MAX */
};

/* Appends the whole message. `key` NULL: unsigned. ERR_INVALID and ERR_ENCODING are about this
 * message and will be the same the next time. The key's domain is that of `from`, or one above. */
TM_MUST_CHECK enum err_code mail_write(const struct mail *mail, const struct dkim_key *key,
                                       struct buf *out, struct err *err);

#endif

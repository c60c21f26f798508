/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* buf.h - a growing byte buffer with a mandatory limit and a failure that sticks.
 *
 * Additions never fail at the call: past the limit they are refused as a whole, `failed` is
 * latched and buf_check() reports it once. The content is always followed by a NUL that does
 * not count, so `b.p` may be used as a C string when the content holds none.
 * Quoting belongs to the writer: text from outside goes through the quoting additions.
 */
#ifndef TM_BASE_BUF_H
#define TM_BASE_BUF_H

#include "base/base.h"

struct buf {
    char *p; /* owned; NULL until the first addition */
    size_t n;
    size_t cap;
    size_t limit; /* content bytes at most */
    bool failed;
};

#define BUF_INIT(max) ((struct buf){.limit = (max)})

void buf_release(struct buf *b);
void buf_reset(struct buf *b); /* empties it, keeps the memory, clears `failed` */

void buf_add(struct buf *b, const void *p, size_t n);
void buf_addz(struct buf *b, const char *z);
void buf_addc(struct buf *b, char c);
void buf_adds(struct buf *b, struct str s);
void buf_addf(struct buf *b, const char *fmt, ...) TM_PRINTF(2, 3);
/* `n` bytes to be written by the caller, or NULL when the limit is reached. */
void *buf_space(struct buf *b, size_t n);

/* Text between quotes as JSON; bytes that are not UTF-8 become U+FFFD. */
void buf_add_json(struct buf *b, struct str s);
/* Text for HTML content and quoted attributes: & < > " ' are escaped. */
void buf_add_html(struct buf *b, struct str s);
/* Percent-encoded as a URL component (RFC 3986 unreserved stay). */
void buf_add_url(struct buf *b, struct str s);
/* As one word of a command that is typed into a shell: between quotes where it needs them. */
void buf_add_shell(struct buf *b, struct str s);
/* One CSV cell (RFC 4180). A leading = + - @ TAB CR gets a ' in front unless the cell is a
 * number, so that spreadsheets do not run it. */
void buf_add_csv(struct buf *b, struct str s);

struct str buf_str(const struct buf *b);
/* "" when nothing was added. */
const char *buf_cstr(const struct buf *b);
/* The content as heap memory that the caller frees; the buffer is empty afterwards. */
char *buf_detach(struct buf *b);
TM_MUST_CHECK enum err_code buf_check(const struct buf *b, struct err *err);

#endif

/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* track.h - links and opens of marketing messages that are counted, over the shop's own address,
 * and who it was: a person or a machine.
 *
 * Scanners of mailboxes follow every link within seconds, mailboxes load pictures before anybody
 * reads, programs look ahead. What they do is kept and counted apart.
 *
 * All but track_note() is pure; any thread.
 */
#ifndef TM_OUTREACH_SENDER_TRACK_H
#define TM_OUTREACH_SENDER_TRACK_H

#include "outreach/sender/links.h"

struct track {
    const struct pseudonyms *keys;
    const char *base;      /* "https://shop.example" */
    const char *untouched; /* an address that stays: to unsubscribe; "" for none */
    int64_t message;
    bool clicks, opens;
};
/* Puts the counted links in place of those of an HTML message, with one that no person sees, and
 * the picture of opens at its end. */
void track_html(const struct track *track, struct buf *io_html);

/* What is known of a request. */
struct track_asker {
    enum link_kind kind;
    const char *agent;   /* User-Agent; NULL: none */
    const char *purpose; /* Sec-Purpose, Purpose, X-Purpose or X-Moz; NULL: none */
    bool looks_only;     /* HEAD */
    int64_t after_us;    /* since the mail server took the message; below 0: not known */
};
bool track_is_machine(const struct track_asker *asker);

struct outbox;
/* Counts what was followed or loaded, as a person's or a machine's; what came of the same message
 * before it may turn out to be a machine's by it: two links within a second, or the hidden one.
 * Fills asker->after_us. Within the outbox's transaction. */
TM_MUST_CHECK enum err_code track_note(struct outbox *o, const struct link_track *link,
                                       struct track_asker *asker, int64_t now_us, struct err *err);

#endif

/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* taker.h - a mail server and an HTTP service in a process of their own, for benches and for tests
 * that need many thousands of messages: they take what comes, do what the recipient's name says,
 * and count each recipient in memory that both processes see. Fast enough to cost a sender little.
 *
 * By mail WORD.NUMBER@..., by webhook the path /WORD.NUMBER, a text message to the phone
 * +1555DNNNNNN with D the word's place in TAKER_WORDS:
 */
#ifndef TM_TESTS_MAIL_TAKER_H
#define TM_TESTS_MAIL_TAKER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum taker_word {
    TAKER_OK,
    TAKER_DIE_AFTER,  /* "after": takes it, and is gone without an answer */
    TAKER_DIE_BEFORE, /* "before": is gone while it is told what comes */
    TAKER_DIE_IN,     /* "in": is gone in the middle of its answer */
    TAKER_HARD,       /* "hard": refuses the recipient for good */
    TAKER_SPAM,       /* "spam": refuses the message for good */
    TAKER_WORDS
};
extern const char *const taker_words[TAKER_WORDS];

enum { TAKER_NUMBERS = 1 << 20, TAKER_IDS = 1 << 22 };
struct taker_seen {
    _Atomic int64_t taken;                /* messages that were read to their end */
    _Atomic int64_t ids;                  /* different Message-IDs among them */
    _Atomic int64_t bytes;                /* of all mail taken */
    _Atomic int64_t open;                 /* connections */
    _Atomic bool well;                    /* set by its maker: every word is taken as "ok" */
    _Atomic bool down;                    /* set by its maker: connections end at once */
    _Atomic uint8_t times[TAKER_NUMBERS]; /* of each recipient; at most 255 */
};
struct taker {
    pid_t pid;
    int smtp_port, http_port;
    struct taker_seen *seen;
};
/* False: the machine gives no process or port. It ends with its maker. */
bool taker_start(struct taker *out);
void taker_forget(struct taker *taker); /* all counts of recipients are nothing again */
double taker_end(struct taker *taker);  /* seconds of processor time that it took */

#endif

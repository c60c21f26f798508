/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* glance.h - what a live message is about, at a glance: for who watches what comes in.
 *
 * No records come of it, and nothing is kept but in memory. Reads any protocol's journal body.
 */
#ifndef TM_INTAKE_LIVE_GLANCE_H
#define TM_INTAKE_LIVE_GLANCE_H

#include "base/json_read.h"
#include "base/json_write.h"

/* What "tidemark.js" and the page send to try a connection: kept in the journal, no record. */
#define GLANCE_TEST_EVENT "tidemark_test"

struct glance {
    const char *kind; /* one of glance_kinds */
    char name[64];    /* the sender's word: an event's name, a topic; "" */
    int64_t minor;    /* AMOUNT_NONE without any */
    char currency[4]; /* "" */
    int64_t micros;   /* of an amount that names none: it is in the shop's; else AMOUNT_NONE */
    char country[3];  /* two letters, or "" */
    char person[64];  /* an e-mail address, number or device; "" when nobody is named */
};

extern const char *const glance_kinds[]; /* ended by NULL; the last one is "other" */

/* The parser takes the body's bytes. What cannot be read is "other". `currency` is the shop's, of
 * amounts that name none; "" when it is not set. */
void glance_at(struct json_parser *parser, struct str body, const char *currency,
               struct glance *out);
/* All of it but who it was, as members. */
void glance_json(const struct glance *glance, struct json_writer *w);

/* The shop's currency is another one from now on: amounts that name none are in it. */
void glance_assume(struct glance *glance, const char *currency);

#endif

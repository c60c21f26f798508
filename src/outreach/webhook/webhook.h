/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* webhook.h - the front of src/outreach/webhook: tells another system what happened, in the form
 * of Standard Webhooks 1.0 (standardwebhooks.com, 2023): a JSON text with its number, time and
 * signature.
 *
 * Other than people, a system bears to be told twice: it knows the number again. So what may have
 * arrived is told again, until it answers, by the schedule of Standard Webhooks; and who answers
 * 410 is told nothing any more.
 *
 * Pure; any thread. The request itself goes by egress.h.
 */
#ifndef TM_OUTREACH_WEBHOOK_WEBHOOK_H
#define TM_OUTREACH_WEBHOOK_WEBHOOK_H

#include "outreach/claim.h"
#include "outreach/egress/egress.h"

enum {
    WEBHOOK_KEY = 1, /* the number that is used */
    WEBHOOK_KEY_BYTES = 32,
    WEBHOOK_SECRET_MAX = 64,
    WEBHOOK_HEADER_MAX = 200
};

/* The secret that the shop and the system at this address share, made of the workspace's key:
 * nothing of it is kept. `number` 1, 2, ...: another one after it became known to others. */
struct webhook_key {
    unsigned char bytes[WEBHOOK_KEY_BYTES];
};
void webhook_key(const struct pseudonyms *keys, struct str url, int number,
                 struct webhook_key *out);
/* As the other system wants it: "whsec_" and Base64. */
void webhook_secret(const struct webhook_key *key, char out[WEBHOOK_SECRET_MAX]);

/* The three headers, "Name: value" each. HMAC-SHA256 over "id.seconds.body". `id` is the same one
 * each time that the message is told. */
void webhook_headers(const struct webhook_key *key, const char *id, int64_t now_us, struct str body,
                     char out[3][WEBHOOK_HEADER_MAX]);

/* What became of it after `tries` earlier ones. */
struct webhook_end {
    enum claim_outcome outcome;
    int64_t next_us; /* of CLAIM_LATER */
    bool gone;       /* the system wants nothing any more (410) */
};
void webhook_judge(const struct egress_answer *answer, int tries, int64_t now_us, int64_t tag,
                   struct webhook_end *out);

#endif

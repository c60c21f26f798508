/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* suppression.h - addresses that must not be written to, known by their pseudonyms alone.
 *
 * For each address, channel and reason two times are kept: the last word against writing, and the
 * last explicit subscription with evidence. It stands while the first is not before the second;
 * either only grows. So the order in which words arrive does not matter, nothing but a newer
 * subscription lifts it, and it outlives the erasure of the person, the file it came from and
 * every rebuilding of the analytics engine.
 *
 * What counts as such a subscription: a dated grant of the same address and channel whose way is
 * told (form, double opt-in, event, ...): not an undated word, a list joined by import, or a trait
 * that is repeated at every log-in. Suppression by hand is lifted by hand alone.
 */
#ifndef TM_STORE_SUPPRESSION_H
#define TM_STORE_SUPPRESSION_H

#include "store/consent.h"

enum suppression_reason {
    SUPPRESSED_NOT,
    SUPPRESSED_UNSUBSCRIBED,
    SUPPRESSED_COMPLAINT,
    SUPPRESSED_BOUNCED,
    SUPPRESSED_ERASED, /* of every channel */
    SUPPRESSED_BY_HAND,
    SUPPRESSION_REASONS
};
const char *suppression_reason_name(enum suppression_reason reason); /* "unsubscribed" */

/* The channel of those that stand for all of them. */
#define SUPPRESSION_ALL "*"

/* The gate before anything is sent: why this address must not be written to on this channel.
 * `country` is where local phone numbers are from. A malformed address is ERR_INVALID. */
TM_MUST_CHECK enum err_code suppression_check(struct consents *c, const char *channel,
                                              struct str address, const char *country,
                                              enum suppression_reason *out, struct err *err);
/* The same for a pseudonym. */
TM_MUST_CHECK enum err_code suppression_check_known(struct consents *c, const char *channel,
                                                    const struct pseudonym *who,
                                                    enum suppression_reason *out, struct err *err);
/* The pseudonym of an address as the channel has them: e-mail address or phone. False: neither. */
bool suppression_address(const struct pseudonyms *keys, const char *channel, struct str address,
                         const char *country, struct pseudonym *out);

/* A word against writing at since_us. Within consents_begin() and consents_end(). */
TM_MUST_CHECK enum err_code suppression_add(struct consents *c, const char *channel,
                                            const struct pseudonym *who,
                                            enum suppression_reason reason, int64_t since_us,
                                            struct str source, struct err *err);
/* A bounce of a single message that says nothing of its being final: five within 30 days count as
 * SUPPRESSED_BOUNCED. Within a transaction as above. */
TM_MUST_CHECK enum err_code suppression_bounce(struct consents *c, const char *channel,
                                               const struct pseudonym *who, int64_t at_us,
                                               struct str source, struct err *err);
/* Addresses of one person on a channel: what stands for one of them stands for all (the strictest
 * wins). *out_n: how many were added. Within a transaction as above. */
TM_MUST_CHECK enum err_code suppression_spread(struct consents *c, const char *channel,
                                               const struct pseudonym *who, size_t n,
                                               int64_t *out_n, struct err *err);

struct suppression {
    struct pseudonym who;
    char channel[CONSENT_WORD_MAX + 1];
    enum suppression_reason reason;
    int64_t since_us, resubscribed_us;
    char source[CONSENT_WORD_MAX + 1];
    bool stands;
};
/* Those of an address; the ones that stand come first. */
TM_MUST_CHECK enum err_code
suppression_of(struct consents *c, const struct pseudonym *who,
               enum err_code (*each)(void *ctx, const struct suppression *s, struct err *err),
               void *ctx, struct err *err);
/* How many stand, by channel and reason. */
struct suppression_count {
    char channel[CONSENT_WORD_MAX + 1];
    enum suppression_reason reason;
    int64_t n, newest_us;
};
enum { SUPPRESSION_COUNTS_MAX = 128 };
TM_MUST_CHECK enum err_code suppression_counts(struct consents *c, struct suppression_count *out,
                                               size_t cap, size_t *out_n, struct err *err);

#endif

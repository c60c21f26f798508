/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/webhook/webhook.h"

#include "base/timestamp.h"

#include <sodium.h>

/* Standard Webhooks, "Retry schedule": how long after each try. */
static const int64_t waits_s[] = {5,         5 * 60,    30 * 60,   2 * 3600, 5 * 3600,
                                  10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600};

void webhook_key(const struct pseudonyms *keys, struct str url, int number, struct webhook_key *out)
{
    struct pseudonym half;
    char purpose[64];

    for (size_t i = 0; i < 2; i++) {
        snprintf(purpose, sizeof(purpose), "webhook %d %zu", number, i);
        pseudonym_digest(keys, purpose, url, &half);
        memcpy(out->bytes + i * PSEUDONYM_BYTES, half.bytes, PSEUDONYM_BYTES);
    }
}

void webhook_secret(const struct webhook_key *key, char out[WEBHOOK_SECRET_MAX])
{
    char text[WEBHOOK_SECRET_MAX];

    sodium_bin2base64(text, sizeof(text), key->bytes, sizeof(key->bytes),
                      sodium_base64_VARIANT_ORIGINAL);
    snprintf(out, WEBHOOK_SECRET_MAX, "whsec_%.50s", text);
}

void webhook_headers(const struct webhook_key *key, const char *id, int64_t now_us, struct str body,
                     char out[3][WEBHOOK_HEADER_MAX])
{
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    char text[WEBHOOK_SECRET_MAX];
    crypto_auth_hmacsha256_state state;
    char head[WEBHOOK_HEADER_MAX];

    snprintf(head, sizeof(head), "%s.%" PRId64 ".", id, now_us / US_PER_SECOND);
    crypto_auth_hmacsha256_init(&state, key->bytes, sizeof(key->bytes));
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)head, strlen(head));
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)body.p, body.n);
    crypto_auth_hmacsha256_final(&state, mac);
    sodium_bin2base64(text, sizeof(text), mac, sizeof(mac), sodium_base64_VARIANT_ORIGINAL);
    snprintf(out[0], WEBHOOK_HEADER_MAX, "webhook-id: %s", id);
    snprintf(out[1], WEBHOOK_HEADER_MAX, "webhook-timestamp: %" PRId64, now_us / US_PER_SECOND);
    snprintf(out[2], WEBHOOK_HEADER_MAX, "webhook-signature: v1,%s", text);
}

/* More or less a tenth, so that all who failed together do not come together. */
static int64_t spread(int64_t wait_us, int64_t tag)
{
    return wait_us + wait_us / 10 * (tag % 21 - 10) / 10;
}

void webhook_judge(const struct egress_answer *answer, int tries, int64_t now_us, int64_t tag,
                   struct webhook_end *out)
{
    bool answered = answer->end == EGRESS_ANSWERED;
    int64_t asked_us = answer->retry_after_s * US_PER_SECOND;

    *out = (struct webhook_end){.outcome = CLAIM_LATER};
    if (answered && answer->status / 100 == 2) {
        out->outcome = CLAIM_ACCEPTED;
    } else if (answered && answer->status == 410) {
        out->outcome = CLAIM_FAILED;
        out->gone = true;
    } else if (tries < 0 || (size_t)tries >= TM_COUNT(waits_s)) {
        out->outcome = answer->end == EGRESS_UNKNOWN ? CLAIM_UNCERTAIN : CLAIM_FAILED;
    } else {
        out->next_us = spread(waits_s[tries] * US_PER_SECOND, tag);
        out->next_us = now_us + (out->next_us > asked_us ? out->next_us : asked_us);
    }
}

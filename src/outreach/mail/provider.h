/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* provider.h - what mail services tell over HTTP of messages that they took: came back, called
 * spam, left, delivered. Amazon SES (over SNS), Postmark, Mailgun, SendGrid, Brevo; a table says of
 * each how its calls are proven and what its words mean (provider.c).
 *
 * Nothing of a call is believed before it is proven. What proves it:
 *
 * - SES: SNS's signature over the fields of the message, by a certificate that is fetched from
 *   Amazon's own servers alone (or kept as a file), and the topic's name.
 * - Mailgun: HMAC-SHA256 of time and token with the account's webhook key; the body is not signed,
 *   so each token counts once.
 * - SendGrid: ECDSA over time and body with the account's public key.
 * - Postmark and Brevo sign nothing: a password that the workspace makes (provider_password()).
 *
 * A call that is signed together with a time counts as long as the service goes on trying with the
 * same signature, and no longer: half a day at Mailgun, which tries for eight hours; a day and an
 * hour at SendGrid, which tries for a day; eight hours at SNS, which tries for one. The five
 * minutes of Standard Webhooks are for services that sign each try anew, as none of these says it
 * does; within its time a call that is told again changes nothing.
 *
 * An event is about the message whose token (token.h) stands in it: in Message-ID, return path, or
 * a header that the service gives back (provider_header()). One without is about nobody.
 *
 * Pure; any thread.
 */
#ifndef TM_OUTREACH_MAIL_PROVIDER_H
#define TM_OUTREACH_MAIL_PROVIDER_H

#include "base/json_read.h"
#include "store/responses.h"
#include "store/sending_settings.h"

enum {
    PROVIDER_BODY_MAX = 1 << 20,
    PROVIDER_PASSWORD_MAX = 64,
    PROVIDER_HEADER_MAX = 128,
    PROVIDER_CALL_HEADERS = 2
};

/* The header by which the service tells a message's token back: "Name" and its value. False: it has
 * none. */
bool provider_header(enum sending_provider provider, const char *token, const char **out_name,
                     char out_value[PROVIDER_HEADER_MAX]);
/* Which headers of a call are looked at; NULL for none. */
const char *const *provider_call_headers(enum sending_provider provider);
/* What the service has to show, with the name "tidemark"; made of the workspace's key, kept
 * nowhere.
 * "": it signs by itself. */
void provider_password(const struct pseudonyms *keys, enum sending_provider provider,
                       char out[PROVIDER_PASSWORD_MAX]);

struct provider_call {
    struct str body;
    struct json_value root; /* the body, read */
    const char *headers[PROVIDER_CALL_HEADERS];
};
struct provider_secret {
    const char *secret;     /* Mailgun's key, SendGrid's public key, the password of the others */
    const char *topic;      /* SNS's: "arn:aws:sns:..." */
    struct str certificate; /* of SNS, as PEM */
};
bool provider_proven(enum sending_provider provider, const struct provider_secret *secret,
                     const struct provider_call *call);
/* Whether a proven call was signed lately enough. *out_until_us: when it is not any more;
 * TIME_NONE: it tells no time. */
bool provider_fresh(enum sending_provider provider, const struct provider_call *call,
                    int64_t now_us, int64_t *out_until_us);
/* A name of the call that is the same when it is told again; STR_NONE where the call need not be
 * told apart. */
struct str provider_call_name(enum sending_provider provider, const struct provider_call *call);

/* SNS: where its certificate is, and where a subscription is confirmed; STR_NONE: not asked for, or
 * not at Amazon's own servers. */
struct str provider_certificate_url(const struct provider_call *call);
struct str provider_confirm_url(const struct provider_call *call);
/* A confirmation of SNS is no event. */
bool provider_is_confirmation(const struct provider_call *call);

struct provider_event {
    enum response_kind kind; /* RESPONSE_HARD, SOFT, COMPLAINT, WITHDRAWN or DELIVERED */
    int64_t message;
    char word[64]; /* the service's own: "bounce" */
};
/* `keys` NULL: none is ours. Those that mean something and are about a message of ours, in their
 * order. `inner` reads what is JSON within JSON. */
TM_MUST_CHECK enum err_code
provider_events(enum sending_provider provider, const struct pseudonyms *keys,
                const struct provider_call *call, struct json_parser *inner,
                enum err_code (*each)(void *ctx, const struct provider_event *e, struct err *err),
                void *ctx, struct err *err);

#endif

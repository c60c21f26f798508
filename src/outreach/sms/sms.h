/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* sms.h - the front of src/outreach/sms: text messages over a service with Twilio's API
 * (2010-04-01), and what comes back from it.
 *
 *     sms_parts()   how long a text is, as phone networks count and services charge
 *     sms_request() what is asked of the service
 *     sms_judge()   what its answer means
 *     sms_verify()  whether what comes in is the service's (X-Twilio-Signature)
 *     sms_fields()  what a call from it says (form.c)
 *     sms_word()    whether what a person wrote is a wish to hear no more (stop.c)
 *
 * A service has no number by which it would know a message again: what may have arrived is never
 * sent again.
 *
 * Pure; any thread. The request itself goes by egress.h, with `once`.
 */
#ifndef TM_OUTREACH_SMS_SMS_H
#define TM_OUTREACH_SMS_SMS_H

#include "outreach/claim.h"
#include "outreach/egress/egress.h"

enum { SMS_PARTS_MAX = 10, SMS_ID_MAX = 64, SMS_TEXT_MAX = 1600 };

/* GSM 03.38: 160 septets, or 153 in each of several parts; with any letter that is not in its
 * alphabet UCS-2: 70, or 67. */
struct sms_parts {
    bool wide; /* UCS-2 */
    int units; /* septets or UTF-16 units */
    int parts; /* 0 of an empty text */
    int left;  /* units that the last part still takes */
};
void sms_parts(struct str text, struct sms_parts *out);

struct sms_service {
    const char *base;         /* "https://api.twilio.com" */
    const char *account;      /* its SID */
    const char *user, *token; /* signs in: an API key, or the account itself */
    const char *from;         /* a number in E.164, a name, or a messaging service ("MG...") */
    const char *callback;     /* where it tells what became of a message; "" for nowhere */
};
/* Whether they can work; connects to nothing. */
TM_MUST_CHECK enum err_code sms_service_check(const struct sms_service *service,
                                              const struct egress_rules *rules, struct err *err);
/* The address of requests. */
void sms_url(const struct sms_service *service, struct buf *out);
/* Appends the body of a request. ERR_INVALID: a number that is none, a text that is
 * empty, longer than SMS_PARTS_MAX or not UTF-8. */
TM_MUST_CHECK enum err_code sms_request(const struct sms_service *service, const char *to,
                                        struct str text, struct buf *out, struct err *err);

enum sms_about { SMS_ABOUT_NUMBER, SMS_ABOUT_SERVICE /* true for all messages */ };
struct sms_end {
    enum claim_outcome outcome;
    enum sms_about about;
    bool dead;    /* nobody can be reached at this number: suppress it */
    bool stopped; /* its owner told the service to stop: a withdrawal */
    bool slower;
    int64_t next_us;                  /* of CLAIM_LATER */
    char id[SMS_ID_MAX + 1];          /* the service's, of CLAIM_ACCEPTED; "" */
    char text[OUTBOX_ANSWER_MAX + 1]; /* one line */
};
void sms_judge(const struct egress_answer *answer, int tries, int64_t now_us, int64_t tag,
               struct sms_end *out);

/* One field of what came in, decoded. */
struct sms_field {
    struct str name, value;
};
enum { SMS_FIELDS_MAX = 64 };
/* Those of a form, which is decoded in place and lives as long as they. 0: there is none, or more
 * than `cap`. */
size_t sms_fields(char *body, size_t n, struct sms_field *out, size_t cap);
struct str sms_field(const struct sms_field *fields, size_t n, const char *name);
/* HMAC-SHA1 over the address that the service was given and all fields by name, in Base64; compared
 * in constant time. */
bool sms_verify(const char *token, struct str url, const struct sms_field *fields, size_t n,
                struct str signature);

/* "delivered", "undelivered", "failed": what the service says later. */
enum sms_later { SMS_UNDER_WAY, SMS_DELIVERED, SMS_LOST };
enum sms_later sms_status(struct str word);
/* Of the service's numbers of errors: what it means for the number. */
void sms_error(int64_t code, struct sms_end *out);

enum sms_wish {
    SMS_OTHER, /* an answer for people to read */
    SMS_STOP,  /* hear no more: counts at once */
    SMS_START, /* hear again: takes back a withdrawal */
    SMS_HELP,
    SMS_MAYBE /* speaks of stopping among other words: counts as the wish, too */
};
enum sms_wish sms_word(struct str text);

#endif

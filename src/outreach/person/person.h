/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* person.h - the front of src/outreach/person: what is known of people whom the shop writes to.
 *
 * Asked of the engine in batches: a statement or two for some hundred people. Numbers that people
 * had before they became one are still known. The tables that are asked (sql/schema/contact_*) are
 * made of the resolved records when they are first needed after these were made anew; so what came
 * live since is not in them, and the `contact` that a message's data tell is used instead.
 *
 * Who was erased is nobody, from the moment on at which it was asked for.
 *
 * One thread at a time for each reader.
 */
#ifndef TM_OUTREACH_PERSON_PERSON_H
#define TM_OUTREACH_PERSON_PERSON_H

#include "engine/engine.h"
#include "store/outbox.h"
#include "store/suppression.h"

enum { PERSON_BATCH = 500, PERSON_REACH_MOST = 5000, PERSON_PHONE_MAX = 31, PERSON_NAME_MAX = 127 };

struct person_reader {
    struct engine *engine; /* borrowed, as the others; NULL: nobody is known */
    const struct pseudonyms *pseudonyms;
    struct consents *consents; /* NULL: nobody was erased */
    const char *country;       /* of the shop: where local phone numbers are from; "" */
};

struct person_known {
    bool found;
    uint64_t person; /* the number that the person has now */
    char email[OUTBOX_ADDRESS_MAX + 1], phone[PERSON_PHONE_MAX + 1]; /* the newest; "" */
    char zone[OUTBOX_WORD_MAX + 1];                                  /* "" when it is not known */
    char country[3];                                                 /* ISO 3166; "" */
    char language[OUTBOX_CHANNEL_MAX];                               /* as the source has it; "" */
    char first_name[PERSON_NAME_MAX + 1], last_name[PERSON_NAME_MAX + 1], city[PERSON_NAME_MAX + 1];
    char zip[PERSON_NAME_MAX + 1]; /* as the source has it */
    int64_t orders, spent; /* that stand; minor units of the reporting currency, less refunds */
};

/* Makes the tables unless they are fresh. Where nothing is resolved they stay empty. All calls
 * below do that, too; by itself it is for a good moment. Any number of threads. */
TM_MUST_CHECK enum err_code person_prepare(struct engine *engine, struct err *err);

/* Whether they are: to make them takes long where there are many people. */
TM_MUST_CHECK enum err_code person_is_ready(struct engine *engine, bool *out, struct err *err);

/* At most PERSON_REACH_MOST people; out[i] is of people[i]. A text that does not fit is "". */
TM_MUST_CHECK enum err_code person_look_up(const struct person_reader *r, const uint64_t *people,
                                           size_t n, struct person_known *out, struct err *err);

/* The address of io->channel: e-mail for "email", phone for "sms" and "whatsapp"; other channels
 * reach nobody. Fills address, who, zone, country and language; false: io is untouched. */
bool person_address(const struct person_reader *r, const struct person_known *known,
                    struct outbox_message *io);
/* Both, for at most PERSON_REACH_MOST messages whose person and channel are set. */
TM_MUST_CHECK enum err_code person_reach(const struct person_reader *r, struct outbox_message *io,
                                         bool *out_found, size_t n, struct err *err);
/* The same by what a message's data (JSON) tell in "contact": email, phone, language, country. For
 * whom the engine does not know, or knows no address of. */
TM_MUST_CHECK enum err_code person_reach_contact(const struct person_reader *r, struct str data,
                                                 struct outbox_message *io, bool *out_found,
                                                 struct err *err);
/* The person's zone, "" when it is not known. */
TM_MUST_CHECK enum err_code person_zone(const struct person_reader *r, uint64_t person, char *out,
                                        size_t size, struct err *err);

#endif

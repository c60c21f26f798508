/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* consent_file.h - consent.db as the ledger and suppression see it. Inside src/store only. */
#ifndef TM_STORE_CONSENT_FILE_H
#define TM_STORE_CONSENT_FILE_H

#include "store/sqlite.h"
#include "store/suppression.h"

enum { CONSENT_LINK = 32, CONSENT_SALT = 16 };

/* Of an entry: withdrawn or unreachable, told of another kind of identifier than its channel
 * reaches. The numbers are those of enum consent_state and enum pseudonym_kind; the index has the
 * same text. */
#define CONSENT_ADRIFT                                                                             \
    "state IN (3, 4) AND kind != CASE WHEN channel IN ('sms', 'whatsapp') THEN 1 ELSE 0 END"
_Static_assert(CONSENT_WITHDRAWN == 3 && CONSENT_UNREACHABLE == 4 && IDENTIFIER_EMAIL == 0 &&
                   IDENTIFIER_PHONE == 1,
               "as CONSENT_ADRIFT has them");

/* The same of suppression. */
#define SUPPRESSION_IS_ERASED "reason = 4"
_Static_assert(SUPPRESSED_ERASED == 4, "as SUPPRESSION_IS_ERASED has it");

/* Statements that are made once, when first used. */
enum consent_statement {
    CONSENT_INSERT,
    CONSENT_KNOWN,
    CONSENT_TAKEN,
    CONSENT_TAKE,
    CONSENT_NEWEST,
    CONSENT_LAST,
    SUPPRESSION_FIND,
    SUPPRESSION_PUT,
    SUPPRESSION_LIFT,
    SUPPRESSION_BOUNCE,
    SUPPRESSION_BOUNCES,
    SUPPRESSION_ANY_ERASED,
    CONSENT_STATEMENTS
};

struct consents {
    struct store file;       /* its connection */
    struct pseudonyms *keys; /* owned */
    struct stmt statements[CONSENT_STATEMENTS];
    /* Of the transaction under way. */
    int64_t last_seq, noted_us;
    unsigned char link[CONSENT_LINK];
    bool added, any_erased;
};

/* The statement, ready for its parameters. */
TM_MUST_CHECK enum err_code consent_statement(struct consents *c, enum consent_statement which,
                                              struct stmt **out, struct err *err);

/* Texts of the statements whose names begin with SUPPRESSION. */
extern const char *const suppression_statements[CONSENT_STATEMENTS];

/* What is in the ledger of an address and a channel already. */
struct consent_known {
    bool same;                 /* this very fact */
    bool told;                 /* the same state at the same time by the same source */
    enum consent_state newest; /* of the channel; CONSENT_STATES without any */
    int64_t newest_us;
    bool granted;            /* ever */
    int64_t resubscribed_us; /* the last explicit subscription; TIME_NONE */
};
TM_MUST_CHECK enum err_code consent_known(struct consents *c, const struct pseudonym *who,
                                          const struct consent_fact *fact,
                                          struct consent_known *out, struct err *err);
/* An explicit subscription with evidence. */
bool consent_is_explicit(enum consent_state state, int64_t when_us, struct str method,
                         int64_t noted_us);
/* What a fact means for suppression. */
TM_MUST_CHECK enum err_code suppression_follow(struct consents *c, const struct pseudonym *who,
                                               const struct consent_fact *fact,
                                               const struct consent_known *known, struct err *err);
/* Whether there is anybody who was erased: a ledger without them is filled faster. */
TM_MUST_CHECK enum err_code suppression_any_erased(struct consents *c, bool *out, struct err *err);
/* Whether the address was erased after the fact; undated facts count as before. */
TM_MUST_CHECK enum err_code suppression_forgot(struct consents *c, const struct pseudonym *who,
                                               int64_t when_us, bool *out, struct err *err);

#endif

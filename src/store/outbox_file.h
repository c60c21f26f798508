/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* outbox_file.h - outbox.db as its two files of code see it. Inside src/store only. */
#ifndef TM_STORE_OUTBOX_FILE_H
#define TM_STORE_OUTBOX_FILE_H

#include "store/home.h"
#include "store/outbox.h"
#include "store/sqlite.h"

/* Statements that are made once, when first used. */
enum outbox_statement {
    OUTBOX_CAMPAIGN_GET,
    OUTBOX_CAMPAIGNS_DUE,
    OUTBOX_SWITCH_GET,
    OUTBOX_INSERT,
    OUTBOX_FIND,
    OUTBOX_DUE,
    OUTBOX_CONTACTS,
    OUTBOX_CHANGE,
    OUTBOX_RENEW,
    OUTBOX_TALLY,
    OUTBOX_STATEMENTS
};
/* Texts of the statements from OUTBOX_INSERT on. */
extern const char *const outbox_message_statements[OUTBOX_STATEMENTS];

struct outbox {
    struct store file; /* its connection */
    struct stmt statements[OUTBOX_STATEMENTS];
    unsigned char home[HOME_BYTES]; /* which folder of which machine this is */
};

/* The statement, ready for its parameters. */
TM_MUST_CHECK enum err_code outbox_statement(struct outbox *o, enum outbox_statement which,
                                             struct stmt **out, struct err *err);

#endif

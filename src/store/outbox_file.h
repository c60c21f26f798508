/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* outbox_file.h - outbox.db as its files of code see it. Inside src/store only. */
#ifndef TM_STORE_OUTBOX_FILE_H
#define TM_STORE_OUTBOX_FILE_H

#include "store/home.h"
#include "store/outbox.h"
#include "store/sqlite.h"

/* Statements that are made once, when first used. */
enum outbox_statement {
    OUTBOX_CAMPAIGN_GET,
    OUTBOX_QUEUES_DUE,
    OUTBOX_SWITCH_GET,
    OUTBOX_INSERT,
    OUTBOX_FIND,
    OUTBOX_DUE,
    OUTBOX_CONTACTS,
    OUTBOX_CHANGE,
    OUTBOX_RENEW,
    OUTBOX_TALLY,
    OUTBOX_SENT_CHANGED,
    OUTBOX_RESPONSE_DAY,
    OUTBOX_RUN_INSERT,
    OUTBOX_RUN_LAST,
    OUTBOX_RUN_PUT,
    OUTBOX_RUN_DUE,
    OUTBOX_RUN_OF,
    OUTBOX_RUN_GOING,
    OUTBOX_RUN_TALLY,
    OUTBOX_RUN_CURSOR,
    OUTBOX_RUN_CURSOR_SET,
    OUTBOX_RUN_NEXT,
    OUTBOX_HAPPENED,
    OUTBOX_HAPPENED_ADD,
    OUTBOX_TASK_INSERT,
    OUTBOX_MEMBER_CHANGES,
    OUTBOX_MEMBER_OF,
    OUTBOX_MEMBER_PEOPLE,
    OUTBOX_MEMBER_IS,
    OUTBOX_MEMBER_SEGMENTS,
    OUTBOX_MEMBER_ENTER,
    OUTBOX_MEMBER_LEAVE,
    OUTBOX_MEMBER_COUNT,
    OUTBOX_MEMBER_TELL,
    OUTBOX_STATEMENTS
};
/* Texts of the statements from OUTBOX_INSERT, OUTBOX_RUN_INSERT and OUTBOX_MEMBER_CHANGES on. */
extern const char *const outbox_message_statements[OUTBOX_STATEMENTS];
extern const char *const outbox_run_statements[OUTBOX_STATEMENTS];
extern const char *const outbox_member_statements[OUTBOX_STATEMENTS];
/* The tables of responses.h, runs.h, memberships.h, pieces.h and sent.h, which is the last: it
 * reads those of outbox.h. */
extern const char *const outbox_response_schema,
    *const outbox_run_schema, *const outbox_member_schema, *const outbox_piece_schema,
                                                               *const outbox_sent_schema;
extern const char *const outbox_put_off_schema; /* of put_off.h */
/* What of a message sent.h tells has changed, or of all of a person before they are forgotten. */
TM_MUST_CHECK enum err_code outbox_sent_changed(struct outbox *o, int64_t message, struct err *err);
TM_MUST_CHECK enum err_code outbox_sent_forgotten(struct outbox *o, const struct pseudonym *who,
                                                  struct err *err);
/* Removes the ways of who started with that identifier, and what was asked about it; both are still
 * counted. */
TM_MUST_CHECK enum err_code outbox_forget_runs(struct outbox *o, const struct pseudonym *who,
                                               int64_t now_us, struct err *err);

/* The same of who was held out of campaigns. */
TM_MUST_CHECK enum err_code outbox_forget_arms(struct outbox *o, const struct pseudonym *who,
                                               struct err *err);

struct outbox {
    struct store file; /* its connection */
    struct stmt statements[OUTBOX_STATEMENTS];
    unsigned char home[HOME_BYTES]; /* which folder of which machine this is */
};

/* The statement, ready for its parameters. */
TM_MUST_CHECK enum err_code outbox_statement(struct outbox *o, enum outbox_statement which,
                                             struct stmt **out, struct err *err);

#endif

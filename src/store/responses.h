/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* responses.h - what came of messages after they were handed over: taken, come back, complained
 * about, opened, clicked, answered with a withdrawal.
 *
 * In the outbox's file (store/outbox.h), in its transactions. Each message's responses are rows;
 * what campaigns are judged by is counted by day besides, so that asking costs nothing.
 * An open or click that no person made is kept as well, and counted apart.
 */
#ifndef TM_STORE_RESPONSES_H
#define TM_STORE_RESPONSES_H

#include "store/outbox.h"

enum response_kind {
    RESPONSE_SENT, /* the channel took it; counted only */
    RESPONSE_HARD, /* came back: nobody is there */
    RESPONSE_SOFT, /* came back for another reason */
    RESPONSE_COMPLAINT,
    RESPONSE_WITHDRAWN,
    RESPONSE_OPEN,
    RESPONSE_CLICK,
    RESPONSE_DELIVERED, /* it reached the mailbox or phone, as the service says */
    RESPONSE_KINDS
};
const char *response_kind_name(enum response_kind kind); /* "complaint" */

enum { RESPONSE_TARGET_MAX = 2000, RESPONSES_OF_MESSAGE = 200 };

struct response {
    int64_t message, campaign;
    enum response_kind kind;
    int64_t at_us;
    bool machine;      /* no person did it: a scanner, a mailbox that loads pictures ahead */
    struct str target; /* of a click; cut to RESPONSE_TARGET_MAX */
};
/* Beyond RESPONSES_OF_MESSAGE rows of a message nothing is added. Each kind but opens and clicks is
 * once a message's: told again it changes nothing. */
TM_MUST_CHECK enum err_code outbox_respond(struct outbox *o, const struct response *response,
                                           struct err *err);
/* Whether a message has a response of that kind. */
TM_MUST_CHECK enum err_code outbox_responded(struct outbox *o, int64_t message,
                                             enum response_kind kind, bool *out, struct err *err);
/* What another system told under this name ("sms SM12..."): whether it was taken in before, and
 * that it is now: in a transaction of its own, after what it says. It is known until `until_us`,
 * TIME_NONE: for ever, which is for what a signature without a time proves on any later day. Only
 * what changed something need be known. */
TM_MUST_CHECK enum err_code outbox_heard(struct outbox *o, struct str id, bool *out,
                                         struct err *err);
TM_MUST_CHECK enum err_code outbox_hear(struct outbox *o, struct str id, int64_t now_us,
                                        int64_t until_us, struct err *err);
/* How far a mailbox was read, by its mail server's numbers (UIDVALIDITY, UID); all 0 for one that
 * never was. outbox_mailbox_set() in a transaction of its own. */
struct mailbox_mark {
    int64_t validity, uid;
};
TM_MUST_CHECK enum err_code outbox_mailbox(struct outbox *o, struct str name,
                                           struct mailbox_mark *out, struct err *err);
TM_MUST_CHECK enum err_code outbox_mailbox_set(struct outbox *o, struct str name,
                                               const struct mailbox_mark *mark, struct err *err);
/* Whether a machine clicked in that message since a time: what comes with it is a machine's, too.
 */
TM_MUST_CHECK enum err_code outbox_machine_clicked(struct outbox *o, int64_t message,
                                                   int64_t since_us, bool *out, struct err *err);
/* Whether another link of that message was followed since a time. */
TM_MUST_CHECK enum err_code outbox_clicked_another(struct outbox *o, int64_t message,
                                                   struct str target, int64_t since_us, bool *out,
                                                   struct err *err);
/* What was taken for a person's is a machine's after all: those of a message and kind since a time.
 */
TM_MUST_CHECK enum err_code outbox_respond_machine(struct outbox *o, int64_t message,
                                                   int64_t since_us, struct err *err);

/* A campaign since a day (1970). */
struct campaign_health {
    int64_t campaign;
    int64_t n[RESPONSE_KINDS];        /* of people; sent, hard, ... */
    int64_t machines[RESPONSE_KINDS]; /* the others */
    enum campaign_state state;
    char why[256]; /* it is not running; "" */
};
/* Those of which anything came, the newest campaign first; at most `cap` (0 in `campaign`: all). */
TM_MUST_CHECK enum err_code outbox_health(struct outbox *o, int64_t campaign, int64_t since_day,
                                          struct campaign_health *out, size_t cap, size_t *out_n,
                                          struct err *err);

/* When a campaign must stop (docs/sending.md): a share of those it was sent to in seven days. */
struct breaker_rules {
    int64_t least; /* recipients below which nothing is judged */
    double hard_most, complaint_most;
};
enum breaker_word { BREAKER_WELL, BREAKER_WARN, BREAKER_STOP };
enum { BREAKER_DAYS = 7 };
struct breaker_rules breaker_rules_default(void);
enum breaker_word breaker_judge(const struct breaker_rules *rules,
                                const struct campaign_health *health);
/* Why it is not running: the breaker's words in the thread's language, others' as they gave them.
 */
void campaign_why(const struct campaign_health *health, char *out, size_t size);
/* Pauses the running campaigns that must stop; `campaign` 0: looks at all. *out_n: how many. */
TM_MUST_CHECK enum err_code outbox_break(struct outbox *o, const struct breaker_rules *rules,
                                         int64_t campaign, int64_t now_us, int64_t *out_n,
                                         struct err *err);

#endif

/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* acting.h - the front of src/outreach/acting: what makes flows live.
 *
 * Follows the journal from where the outbox says. What a live message tells that a flow looks at
 * (told.h) becomes a happening of the person whose message it is; runs, planned messages, what was
 * counted and how far the journal was read are one transaction. Times that have come are seen to in
 * between, in the order in which they and messages came: also after hours in which nobody looked.
 * So a process that is killed anywhere leaves the same as one that was not.
 *
 * Who comes into a segment or leaves it is told by store/memberships.h, each once. Days that come
 * by a date of people are found out from the figures, some hours before.
 *
 * Whose a message is has to be known first: until then it waits, those behind it wait, and times
 * that come after it, too (it may tell that somebody has bought). What segments ask of a person and
 * where a person is reached is fetched outside of transactions; while it cannot be, only those wait
 * who hang on it, and messages.
 *
 * One thread, and one for a workspace. */
#ifndef TM_OUTREACH_ACTING_ACTING_H
#define TM_OUTREACH_ACTING_ACTING_H

#include "identity/live_people.h"
#include "outreach/acting/flows.h"
#include "store/settings.h"

enum { ACTING_BATCH = 256 /* messages of a transaction */, ACTING_WAKE = 100 /* people of one */ };

/* What is known of people. `holds`, `reach` and `zone_of` are those of struct flow_driver, and are
 * called within transactions: they wait for nothing. Where they lack something they fail, note what
 * it is, and `fetch` gets it. */
/* `number`: by which the figures have the person; zone and country "" where they are not known. */
typedef void acting_person_fn(void *each_ctx, uint64_t number, const char *zone,
                              const char *country);
struct acting_world {
    bool (*source)(void *ctx, int64_t id, struct source_entry *out);
    bool (*ready)(void *ctx);
    void (*whose)(void *ctx, int64_t seq, struct live_whose *out);
    uint64_t (*person)(void *ctx, uint64_t number); /* whose it is now (live_people_of()) */
    uint64_t (*turn)(void *ctx);                    /* live_people_turn() */
    /* Of an identifier of a person; false: no address of theirs is known. */
    bool (*who)(void *ctx, uint64_t person, struct pseudonym *out);
    enum err_code (*holds)(void *ctx, uint64_t person, const char *condition, bool *out,
                           struct err *err);
    enum err_code (*reach)(void *ctx, uint64_t person, struct str data, struct outbox_message *io,
                           bool *out_found, struct err *err);
    enum err_code (*zone_of)(void *ctx, uint64_t person, char *out, size_t size, struct err *err);
    /* Whom a segment of that text has, by the figures: outside of transactions. */
    enum err_code (*everybody)(void *ctx, const char *condition, acting_person_fn *each,
                               void *each_ctx, struct err *err);
    void (*expect)(void *ctx, uint64_t person); /* it will be asked about in the next transaction */
    bool (*lacks)(void *ctx);
    enum err_code (*fetch)(void *ctx, struct err *err);
    void (*done)(void *ctx); /* a transaction is over: what was fetched for it may go */
    void *ctx;
};

struct acting;
/* Store, journal and settings are borrowed. Nothing is made in a workspace without a flow that is
 * on. */
TM_MUST_CHECK enum err_code acting_open(struct store *store, struct journal *journal,
                                        const struct settings *settings,
                                        const struct acting_world *world, struct acting **out,
                                        struct err *err);
void acting_close(struct acting *acting); /* NULL is fine */
/* Flows may be others than before: they are read again with the next step. */
void acting_changed(struct acting *acting);

struct acting_done {
    bool more;        /* another step at once */
    int64_t until_us; /* else: when there is something to do although nothing comes; TIME_NONE */
    bool soon;        /* it waits for whose a message is, which is known in a moment */
    struct err held;  /* what cannot be asked now; code ERR_OK: nothing is held up */
    struct flow_counts counts;
};
/* A transaction or two. An error undid the one under way; the next step does it over. */
TM_MUST_CHECK enum err_code acting_step(struct acting *acting, int64_t now_us,
                                        struct acting_done *out, struct err *err);
/* Messages that were not looked at yet. */
int64_t acting_behind(const struct acting *acting);

#endif

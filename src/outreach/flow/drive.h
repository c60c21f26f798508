/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* drive.h - people through flows: what happens to them, and time.
 *
 * Each call stands between outbox_begin() and outbox_end(): a way, the messages that it plans, the
 * tasks that it makes and what was counted are committed together with how far the source of
 * happenings was read (run_cursor_set()), or not at all. So a process that dies anywhere goes on as
 * if it had not.
 *
 * What cannot be asked now (an engine that is away) is an error, and the caller undoes the
 * transaction; a person whose segment's text is broken leaves the flow.
 */
#ifndef TM_OUTREACH_FLOW_DRIVE_H
#define TM_OUTREACH_FLOW_DRIVE_H

#include "outreach/flow/walk.h"
#include "outreach/quiet.h"
#include "store/sending_settings.h"

/* A flow that is switched on, or was and has people on the way. */
struct flow_live {
    int64_t id; /* of the outbox's campaign, too */
    const struct flow *flow;
    int64_t since_us; /* what was before starts nobody */
    bool ends;        /* nobody starts any more */
};

struct flow_driver {
    struct outbox *outbox; /* borrowed, as the others */
    const struct flow_live *flows;
    size_t count;
    struct quiet *quiet;           /* keeps opened zones */
    struct zone *zone;             /* the shop's */
    const struct sending *sending; /* by which channels it can send; NULL: by all */
    /* Whether the person belongs to a segment of that text now. */
    enum err_code (*holds)(void *ctx, uint64_t person, const char *condition, bool *out,
                           struct err *err);
    /* The person's address for io->channel: fills address, who, zone, country and language. `data`:
     * of the run, whose event may have told one. */
    enum err_code (*reach)(void *ctx, uint64_t person, struct str data, struct outbox_message *io,
                           bool *out_found, struct err *err);
    /* The person's zone, "" when not known. */
    enum err_code (*zone_of)(void *ctx, uint64_t person, char *out, size_t size, struct err *err);
    void *ctx;
};

struct flow_happening {
    enum flow_start_kind kind;
    const char *name; /* of the event, canonical, or of the segment */
    int64_t flow;     /* FLOW_ON_DATE: whose date it is; no other starts */
    uint64_t person;
    struct pseudonym who; /* of an identifier of the person */
    int64_t key;          /* the same for the same happening, however often it is told */
    struct str data;      /* a JSON object; "" for nothing */
};

struct flow_counts {
    int64_t started, held_out; /* of those started */
    int64_t moved, ended, planned, unreached, asked, withdrawn;
};

/* Tells all flows: who waits for it goes on, whose goal it is leaves, and who may start starts. */
TM_MUST_CHECK enum err_code flow_happened(struct flow_driver *d, int64_t now_us,
                                          const struct flow_happening *h, struct flow_counts *io,
                                          struct err *err);
/* Moves on at most `most` people whose time has come; *out_n below that: nobody is left. */
TM_MUST_CHECK enum err_code flow_wake(struct flow_driver *d, int64_t now_us, size_t most,
                                      size_t *out_n, struct flow_counts *io, struct err *err);
/* Ends the way of all who are on it (a flow that is removed), `most` at once. */
TM_MUST_CHECK enum err_code flow_stop(struct flow_driver *d, int64_t flow, int64_t now_us,
                                      size_t most, size_t *out_n, struct flow_counts *io,
                                      struct err *err);

#endif

/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* pulse.h - how each source of live messages does: how much came, what became of it, what was
 * turned away at the door, and whether it is quieter than is usual for it.
 *
 * The usual pace is the source's own, of the last PULSE_DAYS: for each hour of the day the share of
 * days on which something came in it. How likely the present silence is follows from the whole
 * hours that it has lasted: the product of (1 - share) over them, each share taken as (k + 1/2) /
 * (n + 1) (Jeffreys). Below PULSE_LATE it is late, below PULSE_SILENT silent. A burst counts no
 * more than one message, so that a campaign does not make what follows look like a failure.
 */
#ifndef TM_INTAKE_LIVE_PULSE_H
#define TM_INTAKE_LIVE_PULSE_H

#include "store/came.h"
#include "store/sources.h"
#include "store/turned.h"

enum {
    PULSE_DAYS = 30,
    PULSE_LEAST_DAYS = 3,
    PULSE_REASONS = 16,
    PULSE_ERRORS = 8,
    PULSE_STRANGERS = 8
};
#define PULSE_LATE 0.01
#define PULSE_SILENT 0.0001

enum pulse_state {
    PULSE_WAITING, /* nothing was stored yet */
    PULSE_FRESH,
    PULSE_LATE_STATE,
    PULSE_SILENT_STATE,
    PULSE_REVOKED
};
extern const char *const pulse_state_names[]; /* "waiting", "fresh", "late", "silent", "revoked" */

struct pulse_counts {
    int64_t stored, repeated, refused;
};

/* What was turned away at the door, of PULSE_DAYS. */
struct pulse_errors {
    struct {
        char why[TURNED_WHY];
        int64_t n, day, last_us; /* day: of the last 24 hours */
    } list[PULSE_ERRORS];
    size_t n;
};
/* Of what is nobody's. */
struct pulse_strangers {
    struct pulse_errors errors;
    struct turned last[PULSE_STRANGERS]; /* the newest first, by hash of their key */
    size_t n;
};

struct pulse {
    struct journal_tally tally;            /* since it was made */
    struct pulse_counts today, day, month; /* the shop's day; 24 hours; PULSE_DAYS */
    struct {
        char name[CAME_WHAT];
        int64_t n;
    } reasons[PULSE_REASONS]; /* of PULSE_DAYS */
    size_t reason_count;
    struct pulse_errors errors;
    int64_t waiting;     /* messages that are not in the engine yet */
    double usual_a_day;  /* stored; 0: too little is known */
    int64_t quiet_hours; /* whole ones since the last was stored */
    double quiet_chance; /* of such a silence by its usual pace; 1: too little is known */
    enum pulse_state state;
};

struct pulse_now {
    int64_t at_us, day_us; /* the present, and the shop's last midnight */
};
/* The present in that zone; UTC when there is no such. */
struct pulse_now pulse_now(const char *time_zone);

/* out[i] is of sources[i]. `journal` NULL: nothing ever came. */
TM_MUST_CHECK enum err_code pulse_read(struct store *store, struct journal *journal,
                                       const struct source_entry *sources, size_t n,
                                       const struct pulse_now *now, struct pulse *out,
                                       struct err *err);
TM_MUST_CHECK enum err_code pulse_strangers(struct store *store, const struct pulse_now *now,
                                            struct pulse_strangers *out, struct err *err);
/* In the journal now, and of all that was stored in the engine. */
static inline int64_t pulse_held(const struct pulse *p)
{
    return p->tally.stored - p->tally.pruned;
}
static inline int64_t pulse_brought(const struct pulse *p)
{
    return p->tally.stored - p->waiting;
}

#endif

/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* plan.h - what the owner decides about the road map: time, money, wishes (docs/plan.md).
 *
 * plan.yaml is written with comments in the owner's language and read back strictly: a mistake is
 * reported with file, line and field. Read-only once read; may be shared between threads.
 */
#ifndef TM_MATURITY_PLAN_H
#define TM_MATURITY_PLAN_H

#include "base/buf.h"
#include "maturity/model.h"

enum { PLAN_QUARTERS_MAX = 12, PLAN_QUARTERS_DEFAULT = 4, PLAN_FIRST = -1 };
#define PLAN_NO_DAY INT64_MIN

struct plan_role {
    const char *owner;               /* who does it; "" when not named */
    double hours[PLAN_QUARTERS_MAX]; /* a quarter */
};

/* What is wanted of a practice's next step; more than one may hold. */
struct plan_wish {
    bool forbidden;
    bool pinned;
    int pin;            /* quarter from 0, or PLAN_FIRST: in the first one, before all others */
    bool begun;         /* it goes on in the first quarter */
    double left;        /* begun: hours left; NAN: as the model says */
    int done;           /* steps done since the assessment; counts as reached */
    const char *owner;  /* who does the practice's steps; "" : the role's */
    int64_t not_before; /* day on which its next step begins at the earliest; PLAN_NO_DAY */
};

struct plan {
    int64_t start; /* first day, from 1970-01-01; PLAN_NO_DAY: the day after the assessment's */
    int quarters;  /* of three months */
    int target;    /* stage; 0: the next one */
    bool friday_saturday;             /* weekend; else Saturday and Sunday */
    struct plan_role *roles;          /* the model's roles, in its order */
    double budget[PLAN_QUARTERS_MAX]; /* major units for tools a quarter; INFINITY: no limit */
    char currency[4];                 /* of the budget; "" when not told */
    double dollar;                    /* what one US dollar costs in it; NAN unknown */
    struct plan_wish *wishes;         /* the model's practices, in its order */
    double seconds;                   /* that the search may take */
    struct arena arena;               /* owns everything above */
};

/* The model's hours for every role, no wishes. */
struct plan *plan_new(const struct model *model);
TM_MUST_CHECK enum err_code plan_read(const char *path, const struct model *model,
                                      struct plan **out_plan, struct err *err);
/* The same from text; `name` of the file stands in messages. */
TM_MUST_CHECK enum err_code plan_parse(struct str text, const char *name, const struct model *model,
                                       struct plan **out_plan, struct err *err);
void plan_free(struct plan *plan);
void plan_freep(struct plan **plan);

/* The file to fill in; what it writes plan_read() reads back to plan_new(). */
void plan_write_template(const struct model *model, enum language language, struct buf *out);

#endif

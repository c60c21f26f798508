/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* assess.h - one assessment from start to end: import, resolve, measure, score. What follows from
 * it (cmd/outlook.h) needs no engine: what that asks of the data is read here. */
#ifndef TM_CMD_ASSESS_H
#define TM_CMD_ASSESS_H

#include "cmd/workspace.h"
#include "insight/economics.h"
#include "insight/resolve.h"
#include "maturity/answers.h"
#include "maturity/history.h"
#include "maturity/measure.h"
#include "maturity/roadmap.h"
#include "report/report.h"
#include "store/marks.h"

struct assess_wish {
    const char *workspace; /* NULL: a temporary one */
    /* The same one, opened already and served: its answers and plan as they are in force, and
     * nothing else; NULL: it is opened here. */
    const struct workspace *open;
    const char *const *paths; /* to import first */
    size_t path_count;
    const char *answers;   /* file; NULL: answers.yaml of the workspace or a folder, if there */
    const char *model;     /* file; NULL: the built-in one */
    const char *rates;     /* file of exchange rates; NULL: the one in the settings */
    int64_t as_of;         /* TIME_NONE: the newest record */
    const char *as_of_day; /* "2026-09-30": the end of that day in the shop's zone; or NULL */
    double margin;         /* NAN: from answers or settings */
    struct import_options import;
    const struct resolve_aside *aside; /* of struct resolve_options; NULL for none */
};

/* Everything that a report needs; released with assess_release(). */
struct assessed {
    struct model *model;
    struct answers *answers;        /* NULL when there are none */
    char answers_path[4096];        /* where they came from */
    char answers_passed_over[4096]; /* a folder's, as the workspace has its own; "" for none */
    char rests_on[DIGEST_HEX];      /* of a workspace that is served (store/marks.h); else "" */
    struct evidence_set *evidence;
    struct assessment *assessment;
    struct evidence_set *variants[MEASURE_VARIANTS]; /* measured otherwise; NULL without data */
    struct economics economics;                      /* nothing known without data */
    int *published; /* levels published before, per practice; all 0 in a temporary workspace */
    /* Of a workspace that is kept; NULL and 0 in a temporary one. */
    int64_t kept_id;
    struct trend *trend;           /* this one last */
    struct sensitivity_past *past; /* earlier ones under the same scoring, the oldest first */
    size_t past_count;
    struct success_prior *priors; /* per practice */
    struct arena arena;           /* of `past` */
    struct import_report imports;
    struct settings settings; /* with the answers' facts in them */
    struct resolve_summary resolved;
    struct report_facts facts;
    struct report_input *inputs; /* owned */
    size_t input_count;
    char shop[256];
};

TM_MUST_CHECK enum err_code assess(const struct assess_wish *wish, struct assessed *out,
                                   struct err *err);
void assess_release(struct assessed *done);

/* Logs how long `step` took since from_us; returns now. */
int64_t assess_took(int64_t from_us, const char *step);

/* The first of the paths that is a folder and holds `name`, else the workspace's; false when there
 * is no such file. */
bool assess_find_beside(const struct assess_wish *wish, const char *name, char *out, size_t size);

#endif

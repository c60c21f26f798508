/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* assess.h - one assessment from start to end: import, resolve, measure, score. */
#ifndef TM_CMD_ASSESS_H
#define TM_CMD_ASSESS_H

#include "cmd/workspace.h"
#include "insight/resolve.h"
#include "maturity/answers.h"
#include "maturity/history.h"
#include "maturity/score.h"
#include "report/report.h"

struct assess_wish {
    const char *workspace;    /* NULL: a temporary one */
    const char *const *paths; /* to import first */
    size_t path_count;
    const char *answers;   /* file; NULL: answers.yaml of the folder or workspace, if there */
    const char *model;     /* file; NULL: the built-in one */
    const char *rates;     /* file of exchange rates; NULL: the one in the settings */
    int64_t as_of;         /* TIME_NONE: the newest record */
    const char *as_of_day; /* "2026-09-30": the end of that day in the shop's zone; or NULL */
    double margin;         /* NAN: from answers or settings */
    struct import_options import;
};

/* Everything that a report needs; released with assess_release(). */
struct assessed {
    struct model *model;
    struct answers *answers; /* NULL when there are none */
    struct evidence_set *evidence;
    struct assessment *assessment;
    struct trend *trend; /* of the workspace, this one last; NULL in a temporary one */
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

#endif

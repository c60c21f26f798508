/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* outlook.h - what follows from an assessment: what would flip the stage, what the gaps are worth,
 * and what to do when. */
#ifndef TM_CMD_OUTLOOK_H
#define TM_CMD_OUTLOOK_H

#include "cmd/assess.h"

struct outlook {
    struct money *money; /* NULL when no gap's worth is known */
    struct sensitivity *sensitivity;
    struct plan *plan;
    struct roadmap *roadmap;
    struct peers *peers; /* outlook_ahead() only */
};

/* Where the shop stands among the shops whose exports the store keeps; NULL as store: among none.
 */
TM_MUST_CHECK enum err_code outlook_peers(struct store *store, const struct assessment *a,
                                          const char *vertical, struct peers **out_peers,
                                          struct err *err);

/* What the owner decided: the file, else plan.yaml of the folder or workspace, else the usual
 * hours and no wishes. `file` may be NULL. */
TM_MUST_CHECK enum err_code outlook_plan(const struct assess_wish *wish, const struct model *model,
                                         const char *file, struct plan **out_plan, struct err *err);

/* Takes `plan` over, also when it fails. The assessment must live longer. Release it in any case.
 */
TM_MUST_CHECK enum err_code outlook_make(const struct assessed *done, struct plan *plan,
                                         struct outlook *out, struct err *err);
/* All that a report of the assessment shows: with the plan that lies beside it, a road map that is
 * looked for no longer than a second (the command roadmap takes the time it needs), and the peers
 * of the workspace. Release it in any case. */
TM_MUST_CHECK enum err_code outlook_ahead(const struct assess_wish *wish,
                                          const struct assessed *done, struct outlook *out,
                                          struct err *err);
void outlook_release(struct outlook *outlook);

/* What reports are made from, in the thread's language; the terminal's own wishes are the
 * caller's. Points into both. */
struct report_options outlook_report(const struct assessed *done, const struct outlook *outlook);

#endif

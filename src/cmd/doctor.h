/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* doctor.h - whether a workspace holds together: settings, store, journal, engine, figures.
 *
 * Each finding is a sentence with what to do. The checks change nothing; doctor_rebuild() makes
 * anew in the engine what it lacks, as far as journal and files still have it.
 */
#ifndef TM_CMD_DOCTOR_H
#define TM_CMD_DOCTOR_H

#include "cmd/workspace.h"

enum finding_state { FINDING_FINE, FINDING_NOTE, FINDING_MENDED, FINDING_WRONG };

struct finding {
    const char *about; /* "journal": a constant */
    enum finding_state state;
    char text[1200];
    char hint[1200]; /* "" for none */
};

struct findings {
    struct finding *list; /* owned */
    size_t n;
    bool wrong;
};

void findings_release(struct findings *findings);
const char *finding_state_name(enum finding_state state); /* for JSON */

/* Opens the workspace and looks at all of it. `rebuild`: first makes anew what is not whole. An
 * error only where looking itself failed. */
TM_MUST_CHECK enum err_code doctor_look(const char *dir, bool rebuild, struct findings *out,
                                        struct err *err);

#endif

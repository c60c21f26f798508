/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* doctor.h - whether a workspace holds together: settings, store, journal, sources, engine,
 * figures.
 *
 * Each finding is a sentence with what to do. The checks change nothing. Rebuilding makes anew in
 * the engine what it lacks, as far as journal and files still have it; where a file is gone it
 * first says what cannot be made again, and does nothing until that is agreed. Cut off anywhere,
 * the next one goes on with it.
 */
#ifndef TM_CMD_DOCTOR_H
#define TM_CMD_DOCTOR_H

#include "cmd/sources_show.h"
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
    struct sources_told sources; /* owned */
};

void findings_release(struct findings *findings);
const char *finding_state_name(enum finding_state state); /* for JSON */

struct doctor_wish {
    bool rebuild; /* first makes anew what is not whole */
    bool yes;     /* also where something of it cannot be made again: without asking */
};
/* Opens the workspace and looks at all of it. An error only where looking itself failed, or where
 * what the rebuilding needs was not agreed to. */
TM_MUST_CHECK enum err_code doctor_look(const char *dir, const struct doctor_wish *wish,
                                        struct findings *out, struct err *err);

#endif

/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* team.h - the objects of one large file read by several threads. Inside src/intake only.
 *
 * One thread reads lines and fills chunks with them; the others parse the lines and run the
 * importer, each with a state, a report and a lane of the target of its own. The reports are added
 * up at the end. For importers whose objects do not depend on each other (importer.independent).
 */
#ifndef TM_INTAKE_IMPORT_TEAM_H
#define TM_INTAKE_IMPORT_TEAM_H

#include "intake/import/run.h"

/* Whether a team may and should read this input: the importer and the target allow it, the file is
 * large and there is more than one processor. */
bool team_wanted(const struct import_run *run, const struct input *input);

/* Reads the input to its end. An error names the first line at which there is one. */
TM_MUST_CHECK enum err_code team_read(struct import_run *run, struct input *input, struct err *err);

#endif

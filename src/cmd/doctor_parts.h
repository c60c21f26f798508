/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* doctor_parts.h - what the files of the doctor share; inside src/cmd only. */
#ifndef TM_CMD_DOCTOR_PARTS_H
#define TM_CMD_DOCTOR_PARTS_H

#include "cmd/cmd.h"
#include "cmd/doctor.h"
#include "intake/live/drain.h"

struct visit {
    struct workspace ws;
    struct doctor_wish wish;
    bool agreed;             /* that goes what cannot be read again */
    struct journal *journal; /* NULL: nothing came live */
    struct findings *out;
    struct import_entry *imports; /* owned; all that are done */
    size_t import_count;
    struct import_entry *again; /* owned; those that an earlier rebuilding did not come to */
    size_t again_count;
    struct range *ranges; /* owned */
    size_t range_count;
    struct holdings holdings; /* owned */
};

#define SAY(finding, ...) snprintf((finding)->text, sizeof((finding)->text), __VA_ARGS__)
#define ADVISE(finding, advice) snprintf((finding)->hint, sizeof((finding)->hint), "%s", (advice))

/* One more finding, to be filled in. */
struct finding *doctor_find(struct visit *v, const char *about, enum finding_state state);
/* Imports and ranges of the store, and what the engine holds. */
TM_MUST_CHECK enum err_code doctor_read_state(struct visit *v, struct err *err);
/* NULL: an import of a file. */
const struct range *doctor_range_of(const struct visit *v, uint32_t import_id);
/* Records that the engine has too few of (or too many: below 0). */
int64_t doctor_lacks(const struct visit *v, const struct import_entry *entry);
bool doctor_knows(const struct visit *v, uint32_t import_id);

/* doctor_sources.c: what came of each source, and whether it adds up. */
TM_MUST_CHECK enum err_code doctor_look_at_sources(struct visit *v, struct err *err);

/* doctor_rebuild.c. The engine awake; one that does not start is told, or begun anew. */
TM_MUST_CHECK enum err_code doctor_wake(struct visit *v, struct err *err);
/* ERR_CANCELLED, and nothing was changed: it was not agreed that something goes for good. */
TM_MUST_CHECK enum err_code doctor_rebuild(struct visit *v, struct err *err);

#endif

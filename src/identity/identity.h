/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* identity.h - the front of src/identity: who is who, over platforms and devices.
 *
 * Identifiers that were seen together belong to one person: union-find over all sources, with the
 * rules of Segment's identity resolution: every person may hold only so many identifiers of a
 * kind; a link that would exceed a limit is not made, and the identifier of lowest priority is
 * left where it is. So a device that two people log in on does not make them one. Values that
 * identify nobody never get here (shop/identifier.h).
 *
 * What the shop's own people decide stands above the records: two ids kept apart are never one
 * person, two that were joined are one beyond the limits. Decisions are kept in the workspace and
 * applied anew each time, so that taking one back undoes all of its effect.
 *
 * An alias (Segment's: this log-in id took that one's place) joins two log-in ids beyond the limits
 * as well, when somebody logged in with each of them; decisions stand above it.
 *
 * The outcome does not depend on the order of rows in files: links are made in the order in which
 * they were first seen, ties by their ids.
 */
#ifndef TM_IDENTITY_IDENTITY_H
#define TM_IDENTITY_IDENTITY_H

#include "engine/engine.h"

/* Kinds by priority, highest first. */
enum identifier_kind {
    ID_LOGIN,
    ID_CUSTOMER,
    ID_EMAIL,
    ID_PHONE,
    ID_PROFILE,
    ID_DEVICE,
    ID_KIND_COUNT
};

/* Identifiers of a kind that one person may hold at most. */
extern const unsigned identity_limits[ID_KIND_COUNT];

/* The linker: ids are 64-bit hashes, 0 means none. One thread. About 40 bytes an id. */
struct linker;
struct linker *linker_new(void);
void linker_free(struct linker *linker);
void linker_freep(struct linker **linker);
/* Identifiers of one observation, indexed by kind. ERR_TOO_LARGE past 200 million ids. */
TM_MUST_CHECK enum err_code linker_add(struct linker *linker, const uint64_t ids[ID_KIND_COUNT],
                                       struct err *err);
/* What people decided. These two are never brought together; said before anything is added. */
void linker_keep_apart(struct linker *linker, uint64_t a, uint64_t b);
/* These two are one, whatever the limits say; said after everything is added: first what people
 * decided, then aliases. False when one of them is not known or they are kept apart. */
bool linker_join(struct linker *linker, uint64_t a, uint64_t b);
/* The person an id belongs to: the smallest id of the highest kind among the person's own; 0 for
 * an id that was never added. */
uint64_t linker_person(struct linker *linker, uint64_t id);
/* Walks all ids: *io_at starts at 0; false at the end. */
bool linker_next(struct linker *linker, size_t *io_at, uint64_t *out_id, uint64_t *out_person);

struct identity_summary {
    uint64_t identifiers, persons;
    uint64_t refused; /* links not made because of a limit */
};

struct identity_summary linker_summary(const struct linker *linker);

/* A decision of the shop's own people on two ids: one person, or two. */
struct identity_decision {
    uint64_t a, b;
    bool apart;
};

/* Makes the engine's copy of the decisions that stand equal to these; the workspace keeps them. */
TM_MUST_CHECK enum err_code identity_put_decisions(struct engine *engine,
                                                   const struct identity_decision *decisions,
                                                   size_t n, struct err *err);

/* Reads the links out of the raw tables and writes the table `identity` anew. `*out_scoped`: the
 * shop's customer numbers count only within their source, because several sources number them. */
TM_MUST_CHECK enum err_code identity_build(struct engine *engine, bool *out_scoped,
                                           struct identity_summary *out_summary, struct err *err);

#endif

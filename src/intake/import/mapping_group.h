/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* mapping_group.h - orders made of rows that need not follow each other. Inside src/intake/import.
 *
 * Of each order only the fields that the mapping fills are kept, until the end of the file; what
 * they may need together is capped by the file's arena.
 */
#ifndef TM_INTAKE_IMPORT_MAPPING_GROUP_H
#define TM_INTAKE_IMPORT_MAPPING_GROUP_H

#include "intake/import/mapping_plan.h"

union kept_value {
    struct str text;
    int64_t i; /* micros, for a sum */
    double x;
};

struct grouped {
    struct grouped *next; /* in the order of first appearance */
    uint64_t hash;
    int64_t line;
    union kept_value values[]; /* as record_plan.kept */
};

struct groups {
    struct grouped **slots; /* owned; open addressing */
    size_t cap, n;
    struct grouped *first, *last;
};

/* The order of that key; made in the arena, zeroed, when it is new (*out_is_new). NULL when the
 * arena is full. */
struct grouped *groups_get(struct groups *groups, struct str key, size_t key_at, size_t kept_count,
                           struct arena *arena, bool *out_is_new);
void groups_release(struct groups *groups);

#endif

/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* sql.h - linked segments as one statement: each source table is read once and grouped by person,
 * whatever the number of segments; equal parts of different segments are worked out once.
 *
 * The text holds names and signs of words.def alone; every value is a typed parameter. Inside of
 * src/audience and its tests only.
 */
#ifndef TM_AUDIENCE_SQL_H
#define TM_AUDIENCE_SQL_H

#include "audience/tree.h"
#include "engine/engine.h"

struct sql_param {
    char name[16];
    char text[24]; /* of what is not text */
};

struct sql {
    struct buf text;
    struct arena arena;
    struct param *params; /* owned */
    const char **types;   /* owned */
    size_t param_count, param_room;
    /* Of each source what its rows are summed to, by place: "countIf(...)". */
    struct {
        struct str *list; /* owned */
        size_t n, room;
    } parts[FROM_COUNT];
    const struct audience_set *set;
    struct audience_now now;
    size_t lambdas; /* names of the arguments of lambdas so far */
};

void sql_begin(struct sql *s, const struct audience_set *set, const struct audience_now *now);
void sql_release(struct sql *s);

/* SELECT person and, as UInt8, g0, g1, ... for these segments (by place in the set) and those that
 * they speak of; people from `low` to `high`. */
TM_MUST_CHECK enum err_code sql_people(struct sql *s, const size_t *segments, size_t n,
                                       uint64_t low, uint64_t high, struct err *err);
/* `{name:Type}` into `out`. */
void sql_int(struct sql *s, struct buf *out, int64_t v);
void sql_text(struct sql *s, struct buf *out, struct str v);

#endif

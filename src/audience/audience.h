/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* audience.h - the front of src/audience: groups of people by what they are and do.
 *
 * A segment is a text that is a superset of the WHERE clause of Shopify's segments
 * (docs/segments.md). It is read into a tree; the tree is printed again, exchanged as JSON for a
 * builder, compiled to SQL over everybody (members.h), and evaluated in memory for one person
 * (facts.h). SQL and memory give the same members: both are made from
 * words.def, and a property test compares them.
 *
 * Logic is SQL's: what is not known of a person (an empty field, no order and so no last order) is
 * neither true nor false, also when negated; a person belongs to a segment when all of it is true.
 * Letters are compared without regard for case. Days are those of the shop's zone.
 *
 * Trees are read by any number of threads.
 */
#ifndef TM_AUDIENCE_AUDIENCE_H
#define TM_AUDIENCE_AUDIENCE_H

#include "base/buf.h"
#include "base/json_read.h"
#include "base/json_write.h"

enum { AUDIENCE_TEXT_MAX = 16 << 10 };

struct audience;

/* ERR_INVALID says line and column, what was expected and the nearest name; ERR_TOO_LARGE past a
 * limit. An empty text is nobody's segment and an error. */
TM_MUST_CHECK enum err_code audience_parse(struct str text, struct audience **out_audience,
                                           struct err *err);
void audience_free(struct audience *audience); /* NULL is fine */
void audience_freep(struct audience **audience);

/* The one way to write a tree: reading it gives the same tree. */
void audience_print(const struct audience *audience, struct buf *out);
bool audience_equal(const struct audience *a, const struct audience *b);

/* The tree for a builder: {"all": []}, {"any": []}, {"not": {}}, {"attribute", "op", "values"},
 * {"rows", "where": []}, {"sequence": []}, {"segment"}. */
void audience_write_json(const struct audience *audience, struct json_writer *w);
TM_MUST_CHECK enum err_code audience_read_json(struct json_value tree,
                                               struct audience **out_audience, struct err *err);
/* All words with their types, operators, choices and what they mean in the thread's language. */
void audience_write_words(struct json_writer *w);

/* When and where a segment is asked. */
struct audience_now {
    int64_t now_us;
    int64_t today; /* in the shop's zone, days since 1970 */
    int decimals;  /* of the shop's currency */
    char currency[4];
};

/* What depends on the shop: amounts with more decimals than its currency has. */
TM_MUST_CHECK enum err_code audience_check(const struct audience *audience,
                                           const struct audience_now *now, struct err *err);

/* Segments by name, so that one can speak of others. */
struct audience_segment {
    int64_t id;            /* the caller's; told with the members */
    const char *name;      /* the caller's */
    struct str text;       /* the caller's */
    struct audience *tree; /* owned by the set; NULL when broken */
    struct err err; /* why it is broken: its text, or one that it speaks of; code ERR_OK else */
};

struct audience_set {
    struct audience_segment *segments;
    size_t n;
};

/* Reads, checks and links all of `segments`: the broken ones are marked, and never stop the
 * others. */
void audience_set_link(struct audience_set *set, const struct audience_now *now);
void audience_set_release(struct audience_set *set); /* the trees alone */

#endif

/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* links_parts.h - the parts of links.h; inside src/identity only. */
#ifndef TM_IDENTITY_LINKS_PARTS_H
#define TM_IDENTITY_LINKS_PARTS_H

#include "identity/links.h"

enum { NONE = -1 };

/* An identifier; a root also describes what hangs together with it. */
struct node {
    uint64_t id;
    uint64_t best; /* root: smallest id of the highest kind */
    int32_t parent, size;
    int32_t first, last, observations; /* root: its list of them */
    int32_t first_join;                /* root: its list of joins */
    int32_t part;                      /* root: of `parts`; NONE: it is one person */
    uint8_t counts[ID_KIND_COUNT];
    uint8_t best_kind;
    bool is_apart : 1;   /* root: an id is kept apart from another one */
    bool is_number : 1;  /* the shop has this customer number */
    bool is_watched : 1; /* root: some id of it is */
};

struct observation {
    int64_t at_us;
    int32_t nodes[ID_KIND_COUNT]; /* NONE without one */
    int32_t next;                 /* of the same root */
};

/* What hangs together and is more than one person, or was joined beyond the limits. */
struct part {
    struct linker *linker; /* NULL: a free place */
    int32_t latest;        /* observation */
    bool is_joined;        /* at its end people were joined: nothing may be added after that */
};

/* Numbers by a key, several a key. */
struct table {
    int32_t *slots; /* entry, or NONE */
    size_t mask;
};

/* Log-in of a customer number that may be. */
struct maybe {
    uint64_t customer, login;
};

/* What is known by an order's name. */
struct named {
    uint64_t name;
    uint64_t other; /* purchase: its device; order: the customer number that may be */
    int64_t at_us;
    int32_t observation; /* of the order; NONE: a purchase */
    int32_t next;        /* of the same name */
};

/* Two ids that are one person beyond the limits; of no effect before both are known. */
struct join {
    uint64_t a, b;
    int64_t at_us;
    int32_t next; /* of the same root; itself: it hangs to none yet */
    bool is_alias;
};

struct links {
    struct node *nodes;
    size_t node_count, node_cap;
    struct observation *seen;
    size_t seen_count, seen_cap;
    struct maybe *maybes;
    size_t maybe_count, maybe_cap;
    struct named *named;
    size_t named_count, named_cap;
    struct table by_id, by_content, by_customer, by_name;
    struct table by_joined; /* joins by either id: 2 * join, + 1 for the second */
    struct table by_watched;
    uint64_t *watched;
    size_t watched_count, watched_cap;
    uint64_t changes;
    struct part *parts;
    size_t part_count;
    struct identity_decision *apart;
    size_t apart_count;
    struct join *joins; /* decisions in their order, then aliases */
    size_t join_count, join_cap;
    size_t bytes_max;
};

/* Room for one more entry of an array and its table's slots. False past the limit. */
#define MAKE_ROOM(l, list, count, cap)                                                             \
    ((l)->count < (l)->cap || links_grow((l), (void **)&(l)->list, sizeof(*(l)->list), &(l)->cap))

void links_table_init(struct table *t, size_t slots);
size_t links_place(const struct table *t, uint64_t key);
void links_put(struct table *t, uint64_t key, size_t entry);
bool links_is_full(const struct table *t, size_t count);
uint64_t links_content_key(const int32_t nodes[ID_KIND_COUNT]);
int32_t links_find(const struct links *l, uint64_t id);
int32_t links_root_of(const struct links *l, int32_t node);
uint64_t links_person_of(struct links *l, int32_t node);
int32_t links_find_seen(const struct links *l, const int32_t nodes[ID_KIND_COUNT]);
bool links_has_watched(const struct links *l, uint64_t id);
int32_t links_find_maybe(const struct links *l, uint64_t customer);
/* Of the newest of that name; the others follow it. */
size_t links_name_place(const struct links *l, uint64_t name);
bool links_grow(const struct links *l, void **list, size_t size, size_t *io_cap);
enum err_code links_too_many(struct err *err);
void links_ids(const struct links *l, const struct observation *o, uint64_t out[ID_KIND_COUNT]);
/* links_add() that also tells the observation. */
TM_MUST_CHECK enum err_code links_observe(struct links *l, const uint64_t told[ID_KIND_COUNT],
                                          uint64_t maybe, int64_t at_us,
                                          struct links_change *change, int32_t *out,
                                          struct err *err);

#endif

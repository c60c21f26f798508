/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* group.h - rows that belong together because they share a key: the lines of an order.
 *
 * Rows of a key usually follow each other. That a key comes again later is noticed by a set of
 * 64-bit hashes, for the first KEY_SET_MAX keys of a file.
 */
#ifndef TM_INTAKE_IMPORT_GROUP_H
#define TM_INTAKE_IMPORT_GROUP_H

#include "intake/import/importer.h"

enum { KEY_SET_MAX = 4 << 20 };

struct key_set {
    uint64_t *slots; /* owned; 0 = free */
    size_t n, cap;
};

/* True when the key was not in the set; it is then, unless the set is full. */
bool key_set_add(struct key_set *set, struct str key);
void key_set_release(struct key_set *set);

struct group {
    struct key_set seen;
    struct buf key; /* of the group at hand */
    bool is_open;
    bool is_refused; /* its first row could not be used */
};

enum group_step { GROUP_NEW, GROUP_SAME, GROUP_AGAIN };

/* What the next row's key means. NEW and AGAIN make it the group at hand. */
enum group_step group_next(struct group *group, struct str key);
/* Makes it the group at hand, whatever was seen. */
void group_open(struct group *group, struct str key);
void group_release(struct group *group);
/* Whether a row that begins no group (step SAME or AGAIN) goes on with the order at hand. Where it
 * does not, as the order came before or its first row was not used, the row is rejected. */
bool group_goes_on(struct group *group, enum group_step step, struct import_run *run, int64_t line);

#endif

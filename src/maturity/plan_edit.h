/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* plan_edit.h - changes of plan.yaml as text: what is not changed stays as it was written, with
 * its comments (base/yaml_edit.h).
 *
 * Each takes the file's text and leaves it changed, or as it was with an error that names the
 * field. `name` of the file stands in messages. Pure.
 */
#ifndef TM_MATURITY_PLAN_EDIT_H
#define TM_MATURITY_PLAN_EDIT_H

#include "maturity/plan.h"

/* Which parts of a wish are meant. */
enum {
    WISH_PIN = 1,
    WISH_FORBID = 2,
    WISH_BEGUN = 4,
    WISH_DONE = 8,
    WISH_OWNER = 16,
    WISH_NOT_BEFORE = 32
};

/* The parts `which` of what is wanted of a practice become those of `wish`. */
TM_MUST_CHECK enum err_code plan_edit_wish(struct buf *text, const char *name,
                                           const struct model *model, size_t practice,
                                           unsigned which, const struct plan_wish *wish,
                                           struct err *err);

/* One value under 1 to 3 keys, such as roles, owner, hours; `value` is YAML, NULL takes it away. */
TM_MUST_CHECK enum err_code plan_edit_value(struct buf *text, const char *name,
                                            const struct model *model, const char *const *path,
                                            size_t depth, const char *value, struct err *err);

#endif

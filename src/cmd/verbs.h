/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* verbs.h - the word after a command's name that says what to do, and what the commands that keep
 * texts by name (segments, flows, messages, campaigns) print alike.
 *
 *     TRY(VERB_FIND(verbs, &options, &v, err));
 *     return verbs[v].run(...);
 */
#ifndef TM_CMD_VERBS_H
#define TM_CMD_VERBS_H

#include "base/json_write.h"
#include "base/yaml.h"
#include "cmd/options.h"
#include "store/named.h"

/* The first operand's row in a table of `n` rows, `stride` bytes apart, each of which begins with
 * its name. ERR_USAGE lists them all, with the nearest as hint. */
TM_MUST_CHECK enum err_code verb_find(const char *const *first, size_t stride, size_t n,
                                      const struct options *options, size_t *out, struct err *err);
#define VERB_FIND(table, options, out, err)                                                        \
    verb_find(&(table)[0].name, sizeof((table)[0]), TM_COUNT(table), options, out, err)

/* What stands after the verb; NULL. */
const char *verb_operand(const struct options *options);

/* Tells all mistakes of a text on standard error but the last, which becomes the error. */
void faults_tell(const struct yaml_faults *faults, struct err *err);

/* One that is kept, or one to begin with, as the lists show it: the name, what is said of it in
 * brackets ("" for nothing) and what it is about. */
void named_print(struct buf *out, const char *name, const char *state, const char *about);
/* Its members in an object: id, name, about, actor, made_at, changed_at. */
void named_members(struct json_writer *w, const struct named *named);

/* One to begin with: "code: name", or an object; words in the thread's language. */
void starter_print(struct buf *out, const char *code, const char *name, const char *about);
void starter_json(struct json_writer *w, const char *code, const char *name, const char *about);

#endif

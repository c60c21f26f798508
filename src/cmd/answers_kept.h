/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* answers_kept.h - the owner's answers of a workspace: which are used, and when others are kept.
 *
 * Answers named by --answers are used and kept, in the place of those before. Else the workspace's
 * own are; a folder's answers.yaml serves, and is kept, where the workspace has none. What answers
 * tell as facts (currency, time zone, margin and so on) is kept among the settings, so that there
 * is one place where each is looked up and changed.
 */
#ifndef TM_CMD_ANSWERS_KEPT_H
#define TM_CMD_ANSWERS_KEPT_H

#include "cmd/assess.h"

/* Where the answers come from; "" for nowhere. *out_passed_over: those of a folder that are not
 * used, "" for none. */
void answers_find(const struct assess_wish *wish, char *out_path, size_t size,
                  char *out_passed_over, size_t passed_size);
/* Whether the file is the one that the kept answers were taken from: passing it over needs no word.
 */
TM_MUST_CHECK enum err_code answers_known(struct store *store, const char *path, bool *out_known,
                                          struct err *err);
/* Keeps what was found outside of the workspace in it. */
TM_MUST_CHECK enum err_code answers_keep(const struct assess_wish *wish, const char *path,
                                         const struct answers *from, const struct model *model,
                                         struct store *store, struct err *err);

#endif

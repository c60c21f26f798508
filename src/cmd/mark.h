/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* mark.h - an assessment, kept in its workspace as the newest mark (store/marks.h). */
#ifndef TM_CMD_MARK_H
#define TM_CMD_MARK_H

#include "cmd/outlook.h"

/* In every form and language. One of a day that was asked for does not take the place of a later
 * day's. */
TM_MUST_CHECK enum err_code mark_keep(struct store *store, const struct assess_wish *wish,
                                      const struct assessed *done, const struct outlook *outlook,
                                      struct err *err);

#endif

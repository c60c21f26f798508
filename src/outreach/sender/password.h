/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* password.h - paths and secrets that the settings name and do not hold. */
#ifndef TM_OUTREACH_SENDER_PASSWORD_H
#define TM_OUTREACH_SENDER_PASSWORD_H

#include "base/buf.h"
#include "store/store.h"

enum { SENDER_PASSWORD_MAX = 1024 };

/* A path of the settings counts from the workspace's folder. */
TM_MUST_CHECK enum err_code sender_path(const struct store *store, const char *name, char *out,
                                        size_t size, struct err *err);
/* From a file (one line), or a variable of the environment; nothing when neither is named. */
TM_MUST_CHECK enum err_code sender_password(const struct store *store, const char *file,
                                            const char *variable, struct buf *out, struct err *err);

#endif

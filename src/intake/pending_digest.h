/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* pending_digest.h - the digest of a large file, made by a thread of its own while the file is
 * read. For files that no earlier import can equal. Inside src/intake only. */
#ifndef TM_INTAKE_PENDING_DIGEST_H
#define TM_INTAKE_PENDING_DIGEST_H

#include "base/base.h"

struct pending_digest;

TM_MUST_CHECK enum err_code
pending_digest_start(const char *path, struct pending_digest **out_pending, struct err *err);
/* Waits for it. To be called once at most. */
TM_MUST_CHECK enum err_code pending_digest_take(struct pending_digest *pending, char out_hex[65],
                                                struct err *err);
/* Breaks off when it is still under way. NULL is fine. */
void pending_digest_free(struct pending_digest *pending);

#endif

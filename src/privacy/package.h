/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* package.h - what is kept of one person as one file, to be handed over. */
#ifndef TM_PRIVACY_PACKAGE_H
#define TM_PRIVACY_PACKAGE_H

#include "privacy/export.h"

/* A ZIP file with the files of the export, whole or not at all; only this user may read it. Its
 * folder is there. *out_bytes: its length. */
TM_MUST_CHECK enum err_code package_write(const struct person_export *made, const char *path,
                                          int64_t *out_bytes, struct err *err);

#endif

/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* export_parts.h - one export being made. Inside of src/privacy only. */
#ifndef TM_PRIVACY_EXPORT_PARTS_H
#define TM_PRIVACY_EXPORT_PARTS_H

#include "base/timestamp.h"
#include "privacy/export.h"

struct exporting {
    const struct export_ctx *ctx;
    const struct who *who;
    struct person_export *out;
    struct json_writer w;
    struct buf cell;
};

/* A CSV file of that name, to be filled. */
struct buf *export_csv(struct exporting *x, const char *list);
/* Lists "consent_ledger" and "suppressions". */
TM_MUST_CHECK enum err_code export_consent(struct exporting *x, struct err *err);

#endif

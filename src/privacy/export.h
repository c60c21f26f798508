/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* export.h - everything that is kept of one person, in forms that people and machines read.
 *
 * One JSON document with all of it, and a CSV file of each kind of record. What the sources said is
 * told as they said it, row by row; messages that came live are told whole. Rows of somebody else
 * are not told, even where they name the person.
 */
#ifndef TM_PRIVACY_EXPORT_H
#define TM_PRIVACY_EXPORT_H

#include "privacy/who.h"
#include "store/journal.h"
#include "store/settings.h"

enum { EXPORT_FILES_MAX = 32, EXPORT_BYTES_MAX = 256 << 20 };

struct export_file {
    char name[64]; /* "person.json", "orders.csv" */
    struct buf text;
};
struct person_export {
    struct export_file files[EXPORT_FILES_MAX]; /* the JSON document first */
    size_t n;
    int64_t records, messages;
};

struct export_ctx {
    struct store *store;     /* borrowed, as everything here */
    struct journal *journal; /* NULL: nothing came live */
    struct engine *engine;   /* its records resolved */
    const struct settings *settings;
};

/* The caller releases *out, also after an error. */
TM_MUST_CHECK enum err_code export_person(const struct export_ctx *ctx, const struct who *who,
                                          struct person_export *out, struct err *err);
void person_export_release(struct person_export *out);
/* Into a folder, which is made when it is missing; only this user may read the files. */
TM_MUST_CHECK enum err_code export_write(const struct person_export *out, const char *dir,
                                         struct err *err);

#endif

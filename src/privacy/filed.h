/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* filed.h - the file outside of the workspace's folder in which finished erasures are written down
 * as they come (the setting erasures_file), so that a copy of the folder which is brought back
 * beside it knows by itself whom to erase again, before anybody is answered.
 *
 * It is one of store/erasures_file.h, and replaced in one step. The store keeps the checksum of the
 * file as it was last written or applied here: another one tells that there are newer erasures.
 * What the file has and is not on record here is never lost when it is written again.
 */
#ifndef TM_PRIVACY_FILED_H
#define TM_PRIVACY_FILED_H

#include "store/erasures_file.h"
#include "store/settings.h"

enum filed_state {
    FILED_UNSET, /* there is no such setting */
    FILED_SAME,
    FILED_OTHER,  /* than this workspace wrote or applied */
    FILED_MISSING /* and was not written yet, or is away */
};
/* ERR_INVALID: it is no file of erasures, or lies in the workspace's folder, with which it would be
 * brought back. */
TM_MUST_CHECK enum err_code filed_look(struct store *store, const struct settings *settings,
                                       enum filed_state *out, struct err *err);
/* ERR_INVALID as for store_erasures_read(). */
TM_MUST_CHECK enum err_code filed_read(struct store *store, const struct settings *settings,
                                       struct erasures_filed *out, struct err *err);
/* Writes it, with one erasure that is about to be done (0: none). Nothing without the setting. */
TM_MUST_CHECK enum err_code filed_write(struct store *store, const struct settings *settings,
                                        int64_t also, struct err *err);

#endif

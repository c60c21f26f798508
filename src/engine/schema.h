/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* schema.h - the tables as this version wants them; inside of src/engine only.
 *
 * Each table is known by the hash of the statement of sql/schema/ that made it. Where the two
 * differ, the table is made anew beside the old one and takes its place in one step. Tables of
 * what sources said (raw_, stage_) carry the columns over that both forms have; all others are
 * built anew from those: nothing counts as resolved when any table is new. A step that fails leaves
 * the old table as it was.
 */
#ifndef TM_ENGINE_SCHEMA_H
#define TM_ENGINE_SCHEMA_H

#include "engine/transfer.h"

TM_MUST_CHECK enum err_code schema_make(struct engine *engine, struct err *err);

#endif

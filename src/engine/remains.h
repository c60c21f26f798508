/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* remains.h - tables of raw and staged records of which more is on the disk than counts: old parts
 * that the engine has merged or replaced and not yet removed. */
#ifndef TM_ENGINE_REMAINS_H
#define TM_ENGINE_REMAINS_H

#include "engine/engine.h"

TM_MUST_CHECK enum err_code remains_count(struct engine *engine, int64_t *out, struct err *err);
/* Makes them anew with what they hold, so that nothing else of them is on the disk. */
TM_MUST_CHECK enum err_code remains_renew(struct engine *engine, struct err *err);

#endif

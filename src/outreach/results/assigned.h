/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* assigned.h - who was to get messages and who was held out (store/arms.h), as the engine's table
 * `assigned`, by the names that flows and campaigns have now. */
#ifndef TM_OUTREACH_RESULTS_ASSIGNED_H
#define TM_OUTREACH_RESULTS_ASSIGNED_H

#include "engine/engine.h"
#include "store/store.h"

/* Into the table, which is empty: resolve()'s `assign`, with the store as its ctx. */
TM_MUST_CHECK enum err_code assigned_fill(void *store, struct engine *engine, struct err *err);

#endif

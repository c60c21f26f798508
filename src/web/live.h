/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* live.h - where a shop's live messages come in: its sources and its journal; inside src/web only.
 *
 * The sources are held in memory, as every message asks for one: who changes them in the store says
 * so. Any thread. */
#ifndef TM_WEB_LIVE_H
#define TM_WEB_LIVE_H

#include "store/journal.h"
#include "store/sources.h"

struct live;

TM_MUST_CHECK enum err_code live_open(struct store *store, struct live **out, struct err *err);
void live_close(struct live *live); /* NULL is fine */
/* Reads the sources anew. */
TM_MUST_CHECK enum err_code live_reload(struct live *live, struct store *store, struct err *err);
/* The source of that key; false when there is none or it was revoked. */
bool live_find(struct live *live, const char *key, struct source_entry *out);
/* The source of that number, revoked or not. */
bool live_source(struct live *live, int64_t id, struct source_entry *out);
/* Whose key that is, be it revoked; 0: nobody's. */
int64_t live_owner_of(struct live *live, const char *key);
struct journal *live_journal(struct live *live);
/* What the messages of that source are signed with; "" when it has nothing. The caller wipes it. */
void live_secret(struct live *live, int64_t source, char out[SOURCE_SECRET_MAX + 1]);

#endif

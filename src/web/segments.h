/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* segments.h - who belongs to the shop's segments, kept in step with figures and with what comes
 * in; inside src/web only.
 *
 * Two find it out and write it down (store/memberships.h). The worker looks at everybody whenever
 * figures were made anew, a segment was changed, or a night of the shop has begun, for time alone
 * brings people in and out. A thread of its own looks at whose each message is, as it comes.
 *
 * Whatever fails here is logged and told in the state: messages and figures do not hang on it.
 * Shops that keep no segments pay nothing. Any thread, but where the worker is named.
 */
#ifndef TM_WEB_SEGMENTS_H
#define TM_WEB_SEGMENTS_H

#include "base/json_write.h"
#include "engine/engine.h"

struct segments;
struct web;

TM_MUST_CHECK enum err_code segments_open(struct web *web, struct segments **out, struct err *err);
void segments_close(struct segments *segments); /* NULL is fine */

/* A segment was kept, changed or taken away. */
void segments_changed(struct segments *segments);
/* Somebody asks for people while there is no segment yet: the tables are to be made. */
void segments_want(struct segments *segments);
/* The worker: the tables are about to be others, until the next. */
void segments_hold(struct segments *segments);
/* The worker: the tables are of other records from now on, up to that message of the journal. */
void segments_figures(struct segments *segments, int64_t seq);
/* The last message that the tables have. */
int64_t segments_seq(const struct segments *segments);
/* Messages were stored. */
void segments_came(struct segments *segments);
/* Somebody is being erased: what is in memory of people goes. */
void segments_forget(struct segments *segments);

/* The worker: whether everybody is to be looked at; whether the shop has segments at all, so that
 * this is work to speak of; and that, with the shop's engine held. ERR_BUSY: other work goes first;
 * it stays due, and the next call goes on where this one was. */
bool segments_are_due(struct segments *segments);
bool segments_are_kept(struct segments *segments);
/* It cannot be done now: not before something changes. */
void segments_give_up(struct segments *segments);
TM_MUST_CHECK enum err_code segments_make(struct segments *segments, struct engine *engine,
                                          struct err *err);

/* A member "live" that says how far what comes in is followed. */
void segments_show_state(struct segments *segments, struct json_writer *w);

/* Counts of drafts: only so many at once. False: too many are under way. */
bool segments_count_begin(struct segments *segments);
void segments_count_end(struct segments *segments);

#endif

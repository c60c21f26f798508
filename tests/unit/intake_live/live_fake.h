/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* live_fake.h - live messages without server, journal and engine: a request in, text out. */
#ifndef TM_TESTS_UNIT_INTAKE_LIVE_FAKE_H
#define TM_TESTS_UNIT_INTAKE_LIVE_FAKE_H

#include "intake/live/hook.h"
#include "intake/live/segment.h"

#define FAKE_NOW INT64_C(1795004800000000) /* 2026-11-18T12:26:40Z */

void fake_begin(void);
void fake_end(void);
/* The source's orders are the shop's own; off unless told. */
void fake_ledger(bool on);

/* Accepts a body; the records stay until the next one. *out_rc: what segment_open() or
 * segment_accept() returned. */
const struct segment_taken *fake_accept(enum segment_call call, const char *body,
                                        enum err_code *out_rc);
/* What the i-th record of that became: "stored {...}" or "refused no_person {...}". */
const char *fake_fate(size_t i);
/* The records of the shop that the i-th message gives, a line each: "event line=1 name=page_view
 * ..."; only what is known. "rejected: bad_time" where it is. */
const char *fake_records(size_t i);
/* Both at once, for a request of one event. */
const char *fake_one(enum segment_call call, const char *body);

/* A delivery of a webhook, signed as the shop would, with the id "d1" and from the shop
 * example.myshopify.com: the fate of it as above, or "ping" or "unsigned". */
#define FAKE_SECRET "hush"
void fake_sign(struct str body, char out[64]);
const struct hook_taken *fake_deliver(const char *protocol, const char *topic, struct str body);
/* Its records, as fake_records(). */
const char *fake_hook(const char *protocol, const char *topic, const char *body);
const char *fake_hook_fate(const char *protocol, const char *topic, const char *body);

#endif

/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* pulse_show.h - a pulse as JSON, the same wherever it is asked for: page, API and command line. */
#ifndef TM_INTAKE_LIVE_PULSE_SHOW_H
#define TM_INTAKE_LIVE_PULSE_SHOW_H

#include "base/json_write.h"
#include "intake/live/pulse.h"

/* Adds members to the source's object. Texts are in the thread's language. */
void pulse_show(const struct pulse *pulse, struct json_writer *w);
/* Members "errors" and "strangers": what was turned away and is nobody's. */
void pulse_show_strangers(const struct pulse_strangers *strangers, struct json_writer *w);

#endif

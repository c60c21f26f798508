/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* frame.h - what is built in of messages: the partials that every HTML message may render, and
 * their translations. Inside of src/outreach/message only. */
#ifndef TM_OUTREACH_MESSAGE_FRAME_H
#define TM_OUTREACH_MESSAGE_FRAME_H

#include "outreach/message/message.h"

enum { FRAME_PARTIALS = 8 };
/* Fills out[], and returns how many there are. */
size_t frame_partials(struct liquid_text out[FRAME_PARTIALS]);
/* The frame's translations into that language, into English where it has none. Any thread. */
struct value frame_texts(const char *code);

#endif

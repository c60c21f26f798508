/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* answer.h - what goes back; inside src/web only. */
#ifndef TM_WEB_ANSWER_H
#define TM_WEB_ANSWER_H

#include "web/request.h"

/* The error as problem+json (RFC 9457) in q->out, with its status. */
void answer_problem(struct request *q, const struct err *err);
/* Sends q->out, or the events of a job. */
enum MHD_Result answer_send(struct web *web, struct request *q);

#endif

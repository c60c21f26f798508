/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* duties.h - the server does what shops' systems ask for by law (store/duties.h), one after the
 * other, each as a job; inside src/web only.
 *
 * What must be done without a word is begun here; what waits for one, when it is given
 * (api_duties.c). Everything that is begun goes on after a restart.
 */
#ifndef TM_WEB_DUTIES_H
#define TM_WEB_DUTIES_H

#include "store/duties.h"
#include "web/request.h"

/* At the start, when jobs can be taken, before anything is noted: what an earlier process was at
 * waits for its turn. */
TM_MUST_CHECK enum err_code duties_open(struct web *web, struct err *err);
/* Looks for what may begin, and what has been done by another way: called when something may have
 * come, when a job has ended, and once a day. Any thread; takes the store's lock. */
void duties_look(struct web *web);
/* By the worker: the job `job` does the duty. */
TM_MUST_CHECK enum err_code duties_do(struct web *web, int64_t duty, int64_t job, struct buf *out,
                                      struct err *err);
/* Somebody gave the word. ERR_NOT_FOUND; ERR_EXISTS when it is under way or done. */
TM_MUST_CHECK enum err_code duties_begin(struct web *web, int64_t duty, const char *actor,
                                         struct err *err);
/* Somebody did it, or sees to it otherwise; its file goes. Errors as above. */
TM_MUST_CHECK enum err_code duties_mark(struct web *web, int64_t duty, const char *actor,
                                        struct err *err);

#endif

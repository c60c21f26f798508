/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* work.h - what the worker's results become; inside src/web only. */
#ifndef TM_WEB_WORK_H
#define TM_WEB_WORK_H

#include "web/request.h"

/* Keeps an assessment's JSON and its road map's: what GET gives from then on. */
enum err_code work_keep(struct web *web, struct str assessment, struct str roadmap,
                        struct err *err);

#endif

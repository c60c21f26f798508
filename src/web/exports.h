/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* exports.h - files with all that is kept of one person, waiting to be fetched; inside src/web
 * only.
 *
 * They lie in the workspace's folder "exports", each by the number of the job that made it, for a
 * day, or until the day by which the law wants it handed over; any erasure takes all of them away
 * (privacy/files.h). Any thread.
 */
#ifndef TM_WEB_EXPORTS_H
#define TM_WEB_EXPORTS_H

#include "web/request.h"

enum { EXPORT_HOURS = 24 };

/* Where the job's file lies; its folder is made. */
TM_MUST_CHECK enum err_code exports_path(struct web *web, int64_t job, char *out, size_t size,
                                         struct err *err);
/* The job's file stays until then, if that is later than its day. */
void exports_keep(struct web *web, int64_t job, int64_t until_us);
/* By the worker: makes the job's file, and its report. */
TM_MUST_CHECK enum err_code exports_fill(struct web *web, int64_t job,
                                         const struct web_person *person, struct buf *out_report,
                                         struct err *err);
/* ERR_NOT_FOUND when it is not there, or not any more. The caller closes *out_fd. */
TM_MUST_CHECK enum err_code exports_open(struct web *web, int64_t job, int *out_fd,
                                         uint64_t *out_bytes, struct err *err);
/* Whether there is one to fetch. */
bool exports_has(struct web *web, int64_t job);
TM_MUST_CHECK enum err_code exports_remove(struct web *web, int64_t job, struct err *err);
/* Removes those whose day is over; once a minute, however often it is called, by one thread. */
void exports_sweep(struct web *web);

#endif

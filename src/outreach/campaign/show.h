/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* show.h - campaigns as JSON, for the command and the API: how far one is, what a launch would come
 * to, what became of its messages, and when what is sent. */
#ifndef TM_OUTREACH_CAMPAIGN_SHOW_H
#define TM_OUTREACH_CAMPAIGN_SHOW_H

#include "outreach/campaign/life.h"
#include "outreach/campaign/look.h"

/* Status and whether anything is planned. `outbox`: NULL when nothing ever was. */
TM_MUST_CHECK enum err_code campaign_status_of(const struct campaign_file *file,
                                               struct outbox *outbox, enum campaign_status *out,
                                               struct err *err);
/* It is paused, and goes on when its waiting messages have new times (resume.h). */
TM_MUST_CHECK enum err_code campaign_resumes(const struct campaign_file *file,
                                             struct outbox *outbox, bool *out, struct err *err);
/* The members of an object: number, name, status, whose word it has. */
void campaign_show_file(const struct campaign_file *file, enum campaign_status status,
                        struct json_writer *w);
/* The same of what a launch comes to; `sending`: of campaign_sending_word(). */
TM_MUST_CHECK enum err_code campaign_show_preview(const struct campaign *campaign,
                                                  const struct campaign_preview *preview,
                                                  const char *sending, struct json_writer *w,
                                                  struct err *err);
/* Whether what is planned leaves at all: "unset", "unarmed", "stopped" or "ready". */
TM_MUST_CHECK enum err_code campaign_sending_word(const struct sending *sending,
                                                  struct outbox *outbox, const char **out,
                                                  struct err *err);
/* The same of its messages: "sends", each with what became of it, and "reasons". */
TM_MUST_CHECK enum err_code campaign_show_numbers(const struct campaign_file *file,
                                                  struct outbox *outbox, struct json_writer *w,
                                                  struct err *err);

/* A message on the calendar of the shop. */
struct campaign_date {
    int64_t campaign;
    const char *name, *send, *message; /* the file's, until it is closed */
    int64_t at_us;
    bool persons_clock;
    enum campaign_status status;
};
/* When its messages go out, as far as that is known: those of a draft by its text. At most
 * CAMPAIGN_SENDS_MAX; returns how many. */
size_t campaign_dates(const struct campaign_file *file, enum campaign_status status,
                      struct zone *zone, struct campaign_date out[CAMPAIGN_SENDS_MAX]);

#endif

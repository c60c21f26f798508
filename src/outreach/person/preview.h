/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* preview.h - a message as one person would get it, for who writes it. The link to unsubscribe is
 * an example's, which leads nowhere. */
#ifndef TM_OUTREACH_PERSON_PREVIEW_H
#define TM_OUTREACH_PERSON_PREVIEW_H

#include "outreach/message/check.h"
#include "outreach/person/data.h"

struct preview {
    const struct message *message;
    const struct person_reader *reader; /* of `person`; NULL without */
    const struct settings *settings;
    uint64_t person;      /* 0: an example's */
    struct str data;      /* what the message is about, JSON; "": an example's */
    const char *language; /* "": the person's, else the first */
    int64_t now_us;
};

/* ERR_NOT_FOUND when nobody has that number. */
TM_MUST_CHECK enum err_code preview_compose(const struct preview *p, struct arena *arena,
                                            struct composed *out, struct err *err);
#endif

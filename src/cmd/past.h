/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* past.h - what a workspace keeps of its past, opened for a command. No engine is needed. */
#ifndef TM_CMD_PAST_H
#define TM_CMD_PAST_H

#include "base/locale.h"
#include "maturity/evidence_io.h"
#include "maturity/history.h"
#include "store/settings.h"

struct past {
    struct store *store;
    struct settings settings; /* the command speaks with their calendar, digits and days */
    struct model *model;
    struct assessment_entry *entries; /* the oldest first */
    size_t count;
    struct arena arena;
    struct locale *locale; /* of the shop's days, in the caller's language */
};

/* `workspace` and `model` as options gave them, either may be NULL. Close it in any case. */
TM_MUST_CHECK enum err_code past_open(const char *workspace, const char *model, struct past *out,
                                      struct err *err);
void past_close(struct past *past);

/* The assessment that `word` names: its number, or a day on which there is one (the last of it). */
TM_MUST_CHECK enum err_code past_find(const struct past *past, const char *word, size_t *out_at,
                                      struct err *err);

/* One of them judged again, under `model`; released with judged_again_release(). */
struct judged_again {
    struct evidence_set *set;
    struct evidence_kept kept;
    struct assessment *assessment;
};
TM_MUST_CHECK enum err_code past_judge(const struct past *past, size_t at,
                                       const struct model *model, struct judged_again *out,
                                       struct err *err);
void judged_again_release(struct judged_again *j);

#endif

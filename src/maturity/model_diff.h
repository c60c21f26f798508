/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* model_diff.h - what is wrong with a model, what it asks, and how two of them differ. */
#ifndef TM_MATURITY_MODEL_DIFF_H
#define TM_MATURITY_MODEL_DIFF_H

#include "maturity/model.h"

enum { MODEL_MISTAKES_MAX = 200 };

/* What a model may do, but hardly means. */
enum model_doubt_kind {
    DOUBT_MEASURE,   /* no such measure is built in: only an answer can show the practice */
    DOUBT_LANGUAGE,  /* texts are missing in a language: English stands in */
    DOUBT_ESSENTIAL, /* essential for a stage whose gate its evidence can never satisfy */
    DOUBT_QUORUM     /* too little weight can reach a stage's level, so the stage cannot be */
};

struct model_doubt {
    enum model_doubt_kind kind;
    const char *practice, *measure; /* MEASURE, ESSENTIAL */
    enum language language;         /* LANGUAGE */
    size_t texts;                   /* LANGUAGE */
    int stage;                      /* ESSENTIAL, QUORUM */
    double share;                   /* QUORUM: of the weight that can reach it */
};

struct model_check {
    struct err mistakes[MODEL_MISTAKES_MAX]; /* with file, line and field, in order of reading */
    size_t mistake_count;
    struct model *model; /* owned; NULL with mistakes */
    struct model_doubt *doubts;
    size_t doubt_count;
    size_t essential[3]; /* practices essential for stages 2, 3, 4 */
    struct arena arena;
};

/* All mistakes of the file, one after the other: after one the reader goes on with the next field
 * or practice. Fails only where the file cannot be read at all. */
TM_MUST_CHECK enum err_code model_check(const char *path, struct model_check **out_check,
                                        struct err *err);
void model_check_free(struct model_check *check);
void model_check_freep(struct model_check **check);

/* One difference. */
struct model_change {
    const char *practice;       /* its id; "" for the model as a whole */
    const char *field;          /* "weight"; "practice" when it is only in one of them */
    const char *before, *after; /* as text; "" where there is none */
    bool scores;                /* it can change a mark */
};

struct model_diff {
    struct model_change *changes; /* in the order of the new model, then what it lost */
    size_t count;
    size_t added, removed; /* practices */
    struct arena arena;
};

TM_MUST_CHECK enum err_code model_diff(const struct model *before, const struct model *after,
                                       struct model_diff **out_diff, struct err *err);
void model_diff_free(struct model_diff *diff);
void model_diff_freep(struct model_diff **diff);

#endif

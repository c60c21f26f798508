/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* view_run.h - what the views share: their checked parameters and the way of their rows. */
#ifndef TM_INSIGHT_VIEW_RUN_H
#define TM_INSIGHT_VIEW_RUN_H

#include "insight/views.h"

enum { VIEW_COLUMNS_MAX = 24, VIEW_EXTRA_MAX = 4 };

struct view_value {
    bool given; /* by the caller or by a default */
    struct str text;
    int64_t i; /* VIEW_DAY: days since 1970; VIEW_INT; VIEW_CURSOR: rows to pass over */
};

struct view_run {
    const struct view *view;
    const struct view_request *request;
    const struct view_sink *sink;
    struct view_end *end;
    struct view_value values[VIEW_PARAMS_MAX];
    int64_t limit, offset; /* of a page; the limit is INT32_MAX - 1 where the view has no pages */
    struct param extra[VIEW_EXTRA_MAX]; /* for statements, beside the view's own parameters */
    size_t extra_count;
    struct view_days *own_days; /* read for this run */
};

/* The request's, or read now. */
TM_MUST_CHECK enum err_code view_take_days(struct view_run *run, const struct view_days **out_days,
                                           struct err *err);

/* The value of a parameter of the view; asserts that it is one. */
const struct view_value *view_value(const struct view_run *run, const char *name);

/* Runs a statement of sql/insight with the parameters that it declares: those of the view by their
 * names, as_of, tz, week_start, `extra`, and limit (one more than the page) and offset. */
TM_MUST_CHECK enum err_code view_query(struct view_run *run, const char *statement,
                                       struct result **out_result, struct err *err);
/* The same, and its rows are the page. */
TM_MUST_CHECK enum err_code view_page(struct view_run *run, const char *statement, struct err *err);

/* Rows made here: the columns' names once, then row by row. */
void view_begin(struct view_run *run, const char *const *names, size_t n);
void view_row(struct view_run *run, const struct view_cell *cells, size_t n);

#define VIEW_CELL_INT(v)                                                                           \
    {                                                                                              \
        .i = (v)                                                                                   \
    }
#define VIEW_CELL_REAL(v)                                                                          \
    {                                                                                              \
        .d = (v), .none = isnan(v)                                                                 \
    }
#define VIEW_CELL_WORD(z)                                                                          \
    {                                                                                              \
        .text = str_of(z)                                                                          \
    }

/* Parameters that many views have. */
#define VIEW_PARAM_FROM(days_back)                                                                 \
    {                                                                                              \
        .name = "from", .type = VIEW_DAY, .preset = (days_back),                                   \
        .summary = N_("The first day, as 2026-09-30.")                                             \
    }
#define VIEW_PARAM_TO                                                                              \
    {                                                                                              \
        .name = "to", .type = VIEW_DAY, .preset = 0, .summary = N_("The last day.")                \
    }
#define VIEW_PARAM_LIMIT(preset_)                                                                  \
    {                                                                                              \
        .name = "limit", .type = VIEW_INT, .low = 1, .high = 5000, .preset = (preset_),            \
        .summary = N_("How many rows at most.")                                                    \
    }
#define VIEW_PARAM_CURSOR                                                                          \
    {                                                                                              \
        .name = "cursor", .type = VIEW_CURSOR, .summary = N_("Where the page before ended.")       \
    }

#endif

/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* view_run.h - what the views share: their checked parameters and the way of their rows. */
#ifndef TM_INSIGHT_VIEW_RUN_H
#define TM_INSIGHT_VIEW_RUN_H

#include "insight/views.h"

enum { VIEW_COLUMNS_MAX = 24 };

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
    const struct view_memory *memory; /* holds what the view is made of */
};

/* The value of a parameter of the view; asserts that it is one. */
const struct view_value *view_value(const struct view_run *run, const char *name);

/* Runs a statement of sql/insight with the parameters that it declares: those of the view by their
 * names, as_of, tz, week_start, and limit (one more than the page) and offset. */
TM_MUST_CHECK enum err_code view_query(struct view_run *run, const char *statement,
                                       struct result **out_result, struct err *err);
/* The same, and its rows are the page. */
TM_MUST_CHECK enum err_code view_page(struct view_run *run, const char *statement, struct err *err);

/* Rows made here: the columns' names once, then row by row. */
void view_begin(struct view_run *run, const char *const *names, size_t n);
void view_row(struct view_run *run, const struct view_cell *cells, size_t n);
/* Whether the row, counted from 0 over all pages, is for view_row(): of this page, or the one after
 * it that tells of a next page. */
static inline bool view_in_page(const struct view_run *run, int64_t row)
{
    return row >= run->offset && row <= run->offset + run->limit;
}
/* Days since 1970; none before 1970-01-02 and after the year 9999. */
struct view_cell view_cell_day(int64_t day);
/* The number's text in `id`, which the row outlives. */
struct view_cell view_cell_id(uint64_t number, char id[24]);

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

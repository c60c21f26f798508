/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* views.h - the numbers of the pages: named tables that are read from the resolved records.
 *
 * A view has parameters with bounds and defaults and gives rows of named columns. What a column
 * holds follows from its name alone (columns.def), in all views: money is in minor units of the
 * reporting currency, a share lies in 0..1, a day is the shop's own. The same rows go out as JSON,
 * as CSV (RFC 4180, amounts as plain decimals) or to a sink of the caller.
 *
 *     struct view_context context;
 *     TRY(view_context_read(engine, &options, week_start, &context, err));
 *     struct view_request request = {engine, NULL, &context, args, n};
 *     TRY(view_answer(view_find("revenue"), &request, VIEW_JSON, &out, err));
 *
 * JSON: {"view", "fresh", "currency", "decimals", "as_of", "columns": [names], "rows":
 * [{column: value}], "next_cursor", "missing": [needs of the model that would fill it, when there
 * are no rows]}.
 * Views only read; any number of threads may, each with an engine of its own.
 */
#ifndef TM_INSIGHT_VIEWS_H
#define TM_INSIGHT_VIEWS_H

#include "base/locale.h"
#include "insight/memory.h"
#include "insight/resolve.h"

enum view_param_type {
    VIEW_DAY,    /* "2026-09-30" */
    VIEW_CHOICE, /* one of `choices`; the first is the default */
    VIEW_INT,    /* low..high */
    VIEW_TEXT,   /* low..high bytes of UTF-8 */
    VIEW_ID,     /* a person's number, as views give it */
    VIEW_CURSOR  /* next_cursor of the page before */
};

struct view_param {
    const char *name;
    enum view_param_type type;
    bool required;
    int64_t low, high, preset;  /* VIEW_INT: bounds, default; VIEW_TEXT: bounds of its length;
                                   VIEW_DAY: the default, in days before as_of's */
    bool of_goal;               /* VIEW_INT: the default is the context's goal, not `preset` */
    const char *const *choices; /* ended by NULL */
    const char *summary;        /* marked for translation */
};

/* What all views of a workspace share. Filled by view_context_read(). */
struct view_context {
    char time_zone[64];
    char currency[4]; /* "" when no record names one */
    int decimals;
    int week_start;          /* 1 Monday, 6 Saturday, 7 Sunday */
    struct locale_ways ways; /* of a workbook's cells; the caller's to fill in */
    int64_t goal;            /* of a calendar quarter's revenue, minor units; 0: none is kept. The
                                caller's to fill in */
    int64_t as_of;        /* UTC microseconds: the records are complete up to here; now when there
                             are none (fingerprint 0) */
    int64_t as_of_day;    /* in the shop's zone, days since 1970 */
    uint64_t fingerprint; /* of the records it was resolved from; 0: never resolved */
    struct unconverted unconverted[UNCONVERTED_MAX];
    size_t unconverted_count;
    bool fresh; /* that is what the workspace holds now; false: resolve() first */
};

struct view_arg {
    const char *name;
    struct str value;
};

struct view_request {
    struct engine *engine; /* borrowed, as all of it; NULL will do with `memory` unless the view
                              asks the engine */
    const struct view_memory *memory; /* whole, of the same records; NULL: read when needed */
    const struct view_context *context;
    const struct view_arg *args;
    size_t arg_count;
};

enum { VIEW_PARAMS_MAX = 10 };

struct view_run;
struct view {
    const char *name;    /* "revenue": GET /api/v1/revenue, tidemark show revenue */
    const char *summary; /* marked for translation */
    const struct view_param *params;
    size_t param_count;
    const char *needs; /* "orders spend": needs of the model it is made of */
    bool personal;     /* its rows name people: not for everyone's eyes */
    unsigned memory;   /* what of memory.h it is made of: MEMORY_... joined */
    bool asks_engine;  /* not of memory alone */
    enum err_code (*run)(struct view_run *run, struct err *err);
};

/* All views in the order of the pages; ends with NULL. */
extern const struct view *const views[];
/* NULL when there is none of that name. */
const struct view *view_find(const char *name);

enum view_kind {
    VIEW_KIND_TEXT,
    VIEW_KIND_WORD, /* of a fixed list, to be translated: view_word() */
    VIEW_KIND_ID,   /* text of digits; too long for a JavaScript number */
    VIEW_KIND_DAY,
    VIEW_KIND_TIME,
    VIEW_KIND_COUNT,
    VIEW_KIND_REAL,
    VIEW_KIND_SHARE,
    VIEW_KIND_MONEY
};

struct view_column {
    const char *name;
    enum view_kind kind;
    const char *label; /* marked for translation */
};
extern const struct view_column view_columns[];
extern const size_t view_column_count;
/* Asserts that it exists. */
const struct view_column *view_column_find(const char *name);
/* What people read for a word of a VIEW_KIND_WORD column, in the current language; the word
 * itself when it is none of ours. */
const char *view_word(struct str word);

struct view_cell {
    bool none;
    int64_t i; /* COUNT; MONEY; DAY: days since 1970; TIME: UTC microseconds */
    double d;  /* REAL, SHARE */
    struct str text;
};

/* Where rows go. begin() comes once, before the rows; then all cells of a row at once. */
struct view_sink {
    void *ctx;
    void (*begin)(void *ctx, const struct view_column *const *columns, size_t n);
    void (*row)(void *ctx, const struct view_cell *cells, size_t n);
};

struct view_end {
    uint64_t rows;
    char next_cursor[48]; /* "" at the last page */
    char missing[64]; /* needs without any record, separated by blanks; "" when there are rows */
};

enum view_format { VIEW_JSON, VIEW_CSV };

/* Checks the parameters (errors as view_answer(); the engine is not asked) and adds a text to
 * `out` that is the same for the same parameters, whether given or by default. */
TM_MUST_CHECK enum err_code view_key(const struct view *view, const struct view_request *request,
                                     struct buf *out, struct err *err);
/* A VIEW_JSON answer, said to be no longer fresh. */
void view_add_stale(struct buf *out, struct str answer);

/* What was resolved last; it is fresh when that is what the workspace holds now: the same imports,
 * zone and currency, up to the newest record. `week_start` as in struct view_context. */
TM_MUST_CHECK enum err_code view_context_read(struct engine *engine,
                                              const struct resolve_options *options, int week_start,
                                              struct view_context *out_context, struct err *err);

/* The parameter's type in the words of the API's description: "day", "choice", "integer"... */
const char *view_param_type_name(enum view_param_type type);

/* ERR_INVALID names the parameter that is not known or out of bounds, in the hint as well, with
 * what would be right. */
TM_MUST_CHECK enum err_code view_answer(const struct view *view, const struct view_request *request,
                                        enum view_format format, struct buf *out, struct err *err);
TM_MUST_CHECK enum err_code view_send(const struct view *view, const struct view_request *request,
                                      const struct view_sink *sink, struct view_end *out_end,
                                      struct err *err);

#endif

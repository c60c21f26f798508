/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* desk.h - the shop's numbers for those who ask over the web; inside src/web only.
 *
 * A desk has a few engine connections of its own, so that views are answered while the worker
 * imports, and keeps answers by what they depend on: the records they were made from, settings,
 * view, parameters. It never gives a figure without knowing whether the records have changed
 * since: the worker tells it (desk_set, desk_doubt). Any thread may call.
 */
#ifndef TM_WEB_DESK_H
#define TM_WEB_DESK_H

#include "insight/views.h"

struct desk;
struct web;
struct MHD_Connection;

enum desk_format { DESK_JSON, DESK_CSV, DESK_XLSX, DESK_FORMATS };

struct desk_wish {
    const struct view *view;
    const struct view_arg *args;
    size_t arg_count;
    enum desk_format format;
    const char *etag; /* of the answer that the asker has already; or NULL */
    /* The asker's: when it is closed, and nobody else waits for the answer, its statement ends.
     * NULL: nobody leaves. */
    struct MHD_Connection *connection;
};

struct desk_told {
    char etag[48]; /* with its quotation marks */
    bool fresh;
    bool left; /* the asker has, and there may be no answer */
    bool same; /* it is the answer that the asker has: `out` got nothing */
};

struct desk *desk_new(struct web *web);
/* Nobody asks and the shop's engine is about to end: the connections are closed. NULL is fine. */
void desk_rest(struct desk *desk);
/* What is under way ends with ERR_CANCELLED, and so does what comes. */
void desk_stop(struct desk *desk);
/* Nobody asks any more. NULL is fine. */
void desk_free(struct desk *desk);

/* Nobody reads the tables until desk_set(), by the same thread. */
void desk_hold(struct desk *desk);
/* From now on this is what the tables hold; NULL: nothing that could be told. `memory`: what of it
 * is read without the engine, owned from now on; NULL: as before, or nothing after desk_hold(). */
void desk_set(struct desk *desk, const struct view_context *context, struct view_memory *memory);
/* What begins now sees all that has changed up to now: a later desk_doubt() outlives its
 * desk_set(). */
void desk_mark(struct desk *desk);
/* Records or settings may have changed: answers are not fresh until desk_set(). */
void desk_doubt(struct desk *desk);
/* Answers that were kept name somebody who is being erased: they go. */
void desk_forget(struct desk *desk);
bool desk_is_fresh(struct desk *desk);
/* There are figures, or there was an error instead. */
bool desk_is_settled(struct desk *desk);
/* They could not be made: nobody waits for them any longer. */
void desk_failed(struct desk *desk);

/* Adds the answer to `out`. ERR_INVALID as view_answer(); ERR_UNAVAILABLE while the records are
 * being made ready for the first time, or when too many ask at once. */
TM_MUST_CHECK enum err_code desk_answer(struct desk *desk, const struct desk_wish *wish,
                                        struct desk_told *out_told, struct buf *out,
                                        struct err *err);
/* Whether a number is a person's, or an identifier's, as the tables stand. */
TM_MUST_CHECK enum err_code desk_knows(struct desk *desk, const char *number, bool *out_known,
                                       struct err *err);
/* A connection to the tables that are read, for statements that are no views (segments): at most as
 * long as a statement of a page may take, each. `connection` as in desk_wish: when it is closed the
 * statement under way ends with ERR_CANCELLED. Given back by desk_take_back(), by the same thread.
 */
struct desk_loan;
TM_MUST_CHECK enum err_code desk_lend(struct desk *desk, struct MHD_Connection *connection,
                                      struct desk_loan **out, struct engine **out_engine,
                                      struct err *err);
/* NULL is fine. True: the asker has left. */
bool desk_take_back(struct desk_loan *loan);
/* What pages ask for first, so that nobody waits for it: every view that needs no parameter, with
 * its defaults. `go_on` says no when it shall end. */
TM_MUST_CHECK enum err_code desk_warm(struct desk *desk, bool (*go_on)(void *ctx, double done),
                                      void *ctx, struct err *err);
/* Answers that were found and that had to be made. */
void desk_count(struct desk *desk, int64_t *out_found, int64_t *out_made);

#endif

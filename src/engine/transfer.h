/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* transfer.h - one statement's way over HTTP to the node and back; inside of src/engine only.
 *
 * An engine keeps a few channels, each with a connection that stays open; a transfer borrows one
 * until transfer_close(), so that statements may be nested. What arrives waits in `in`, bounded:
 * past a mark the connection is paused until the reader has caught up.
 */
#ifndef TM_ENGINE_TRANSFER_H
#define TM_ENGINE_TRANSFER_H

#include <curl/curl.h>
#include <stdatomic.h>

#include "base/buf.h"
#include "engine/catalogue.h"
#include "engine/node.h"

enum { MAX_CHANNELS = 8, QUERY_ID_BYTES = 48 };

struct channel {
    CURLM *multi; /* owned */
    CURL *easy;   /* owned */
    bool busy;
};

struct engine {
    struct engine *first; /* whose node this one uses; NULL for the owner */
    struct node *node;
    struct catalogue *catalogue;
    struct curl_slist *headers; /* owned */
    struct channel channels[MAX_CHANNELS];
    atomic_bool cancelled;
    int64_t timeout_ms;
    unsigned threads; /* of one statement; 0: the node's own limit */
    char version[32];
    char id[17];             /* start of this connection's query ids */
    _Atomic uint64_t serial; /* of requests; lanes of an import send at the same time */
    const char *database;    /* of its statements; NULL while none exists */
    struct buf added;        /* columns that the tables of a workspace have got just now */
};

/* What a statement's request carries beside its text. */
struct request {
    const struct statement *statement;
    const struct param *params;
    size_t n;
    const char *const *types; /* of the parameters; NULL: as the statement declares them */
    const char *token;        /* insert_deduplication_token, or NULL */
    bool in_url;              /* the text goes into the URL: the body is data */
    bool uncancellable;       /* for the clearing up after a cancellation */
};

struct transfer {
    struct engine *engine;
    struct channel *channel;
    const struct statement *statement;
    struct buf url;
    struct buf in;  /* received */
    size_t taken;   /* of `in` */
    size_t scanned; /* of `in`, for a fault */
    size_t fault_at;
    size_t pause_at; /* size of `in` past which the connection rests */
    char query_id[QUERY_ID_BYTES];
    char marker[64]; /* announces a fault in mid-stream; "" while unknown */
    char curl_error[CURL_ERROR_SIZE];
    int64_t deadline_us;
    CURLcode result;
    long status;
    int fault_code; /* the engine's number, 0 for none */
    bool done, paused, faulty, closed_early, uncancellable;
};

/* Sends the statement. */
TM_MUST_CHECK enum err_code transfer_open(struct engine *engine, const struct request *request,
                                          struct transfer **out_transfer, struct err *err);
/* Waits for more bytes or the end; errors of the engine are found here. */
TM_MUST_CHECK enum err_code transfer_more(struct transfer *t, struct err *err);
/* What may be read as data; never bytes of a fault. */
struct str transfer_data(const struct transfer *t);
void transfer_take(struct transfer *t, size_t n);
/* Whether the same statement may succeed when sent again. */
bool transfer_retryable(const struct transfer *t);
/* Sends the statement and waits for its end; rows are let go. */
TM_MUST_CHECK enum err_code request_run(struct engine *engine, const struct request *request,
                                        struct err *err);
/* As engine_query(), of a statement that is made; it lives as long as the result. */
TM_MUST_CHECK enum err_code request_rows(struct engine *engine, const struct request *request,
                                         struct result **out_result, struct err *err);
/* Ends the statement in the engine when it is still under way. NULL is fine. */
void transfer_close(struct transfer *t);

/* For requests outside a transfer (insert.c). */
TM_MUST_CHECK enum err_code request_check(const struct request *request, struct err *err);
TM_MUST_CHECK enum err_code request_url(struct engine *engine, const struct request *request,
                                        char query_id[QUERY_ID_BYTES], struct buf *url,
                                        struct err *err);
void request_options(const struct engine *engine, CURL *easy, const char *url);
/* What a failed connection means: the node is gone, or the network is at fault. */
enum err_code connection_fault(struct engine *engine, const char *what, struct err *err);
/* Ends a statement in the node and waits, within bounds, until it has ended. */
void engine_kill(struct engine *engine, const char *query_id);

/* fault.c: the engine's "Code: N. DB::Exception: ..." as an error; returns its err_code. */
enum err_code fault_set(struct str text, int *out_code, struct err *err);

/* param.c: a value as the engine reads it in param_x, not yet percent-encoded. */
TM_MUST_CHECK enum err_code param_add(struct buf *b, const struct param *param, const char *type,
                                      struct err *err);

#endif

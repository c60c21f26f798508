/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* server.h - the front of src/web: the dashboard's server and its API (docs/serve.md).
 *
 * One process serves one workspace, at "/", or several, each below its own name; it holds their
 * locks. Nothing is shared between shops but the listening socket, limits by address and the
 * number of engines awake: people, sessions, keys and what was done stand in each workspace. A
 * thread a connection (of at most WEB_CONNECTIONS) answers requests, so that a slow one holds up no
 * other; one worker thread a shop does long work from a queue. Everything that comes in has a
 * limit: connections, header bytes, body bytes a route, time. What the worker does is the caller's:
 * rooms below this one know how.
 */
#ifndef TM_WEB_SERVER_H
#define TM_WEB_SERVER_H

#include "base/buf.h"
#include "base/parse.h"
#include "engine/engine.h"
#include "insight/views.h"
#include "maturity/model.h"
#include "privacy/who.h"
#include "store/duties.h"
#include "store/journal.h"
#include "web/proxies.h"

#include <signal.h>

enum {
    WEB_STREAMS = 200, /* connections of those who watch what comes in, at most */
    WEB_CONNECTIONS = WEB_STREAMS + 128,
    WEB_CONNECTIONS_PER_ADDRESS = 64,
    WEB_SHOPS_MAX = 64
};

struct web;

/* Kept in the store: identity/pairs.h as JSON. */
#define WEB_SUGGESTIONS "suggestions"

/* What a file does not say of itself and its bringer does; unknown and "" where nothing was said.
 */
struct web_reading {
    char currency[4];
    enum date_order dates;
    enum decimal_mark decimals;
};

/* One person whose data is told or erased (docs/privacy.md). */
struct web_person {
    struct journal *journal; /* the shop's */
    const char *who;         /* as privacy/who.h finds it */
    const char *actor;       /* who asked: "user 3" */
    bool dry_run;            /* only tell how much an erasure would take */
};

/* A request by law that came by a shop's system (store/duties.h). */
struct web_duty {
    struct journal *journal; /* the shop's */
    struct duty *duty;       /* its erasure is noted in it, and in the store, when it begins */
    const char *path;        /* of the file of an export */
    bool look;               /* no word was given: only if nothing is kept of the person */
    bool waits;              /* out: something is kept, and nothing was done */
};

/* A segment's list for an advertising place (outreach/ads/list.h), to be made anew. */
struct web_ads {
    int64_t segment, without; /* by number; 0: nobody is left out */
    char place[16];
    const char *actor; /* who asked */
};

/* Long work of one shop, called by its worker thread alone and with its engine awake. Each leaves
 * all of its effect or nothing. */
struct web_work {
    void *ctx;
    /* Once, before all others: where progress and tables are told. */
    void (*attach)(void *ctx, struct web *web);
    /* Any thread, one at a time: starts the shop's engine, ends it again. */
    enum err_code (*wake)(void *ctx, struct engine **out_engine, struct err *err);
    void (*sleep)(void *ctx);
    /* Assesses the workspace and keeps the mark (store/marks.h). */
    enum err_code (*assess)(void *ctx, struct err *err);
    enum err_code (*import)(void *ctx, const char *path, const struct web_reading *how,
                            struct buf *out_report, struct err *err);
    enum err_code (*undo)(void *ctx, uint32_t import_id, struct err *err);
    /* Brings what came live into the engine; called before `assess` and `resolve`, and in haste
     * while much comes. */
    enum err_code (*drain)(void *ctx, struct journal *journal, bool in_haste, struct err *err);
    /* Tells by web_tables_ready() what was resolved before this process, as old if it is; called
     * before `drain` and `resolve`, which may take long. Nothing where it was told already. */
    enum err_code (*show)(void *ctx, struct err *err);
    /* Resolves the records, when they are not, and tells it by web_tables_ready(). */
    enum err_code (*resolve)(void *ctx, struct err *err);
    /* Looks for people who may be one, when the records are others than at its last call, and keeps
     * what it found as WEB_SUGGESTIONS. */
    enum err_code (*suggest)(void *ctx, struct err *err);
    /* Right after `resolve`. Reports and errors name nobody, as they are kept. */
    enum err_code (*export_person)(void *ctx, const struct web_person *person, const char *path,
                                   struct buf *out_report, struct err *err);
    enum err_code (*erase_person)(void *ctx, const struct web_person *person,
                                  struct buf *out_report, struct err *err);
    /* The same for one duty. duty->nothing is told. */
    enum err_code (*do_duty)(void *ctx, struct web_duty *wish, struct buf *out_report,
                             struct err *err);
    /* Right after `resolve`. */
    enum err_code (*make_ads)(void *ctx, const struct web_ads *ads, struct buf *out_report,
                              struct err *err);
    /* Before the calls of one job, which `cancel` from then on ends together. */
    void (*begin)(void *ctx);
    /* Any thread, never beside `begin`: the job under way ends with ERR_CANCELLED. */
    void (*cancel)(void *ctx);
};

struct web_shop {
    const char *name;    /* in its address: letters, digits, - and _; "" for the only one */
    struct store *store; /* the server makes a connection of its own */
    struct web_work work;
};

struct web_ready {
    const char *url;
    const char *setup_token; /* of the first owner's link; NULL when there is an owner already */
    const char *reset_token; /* of the link that was asked for; NULL for none */
};

struct web_options {
    const char *listen;     /* "127.0.0.1:8420"; port 0: a free one */
    const char *public_url; /* as browsers see it; NULL: the address it listens on */
    struct proxies proxies; /* servers in front whose X-Forwarded-* is believed */
    const struct web_shop *shops;
    size_t shop_count;
    int engines_max; /* awake at once */
    int stall_after; /* seconds without a sign of life after which a job stands still */
    const struct model *model;
    const volatile sig_atomic_t *stop; /* not 0: end in order */
    const char *reset_owner; /* whose password a one-time link shall set anew; NULL: nobody's */
    bool reset_second;       /* and whose second factor goes with it */
    void (*ready)(void *ctx, struct web *web, const struct web_ready *ready);
};

/* Serves until *options->stop. `ready` is called once a shop (with its work.ctx and its address)
 * when the server answers. */
TM_MUST_CHECK enum err_code web_serve(const struct web_options *options, struct err *err);

/* From inside the work: how far it is, 0..1. */
void web_progress(struct web *web, const char *step, double done);

/* From inside the work, when resolved tables are about to change places: nobody reads them until
 * web_tables_ready(), which tells what they hold (NULL: nothing that could be told) and gives what
 * is read of it without the engine. Without the first one it tells what they have been holding, and
 * `memory` NULL leaves what was given before. */
void web_tables_hold(struct web *web);
void web_tables_ready(struct web *web, const struct view_context *context,
                      struct view_memory *memory);

/* From inside the work: what follows is not to be cancelled. False: it has been. */
bool web_commit(struct web *web);
/* From inside the work: nothing that is in memory names the person any more. */
void web_forget(struct web *web, const struct who *who);

/* The API's description, OpenAPI 3.1, from the route table. */
void web_openapi(struct buf *out);

#endif

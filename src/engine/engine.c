/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "engine/engine.h"

#include <pthread.h>

#include "base/log.h"
#include "engine/schema.h"
#include <sodium.h>

static const int64_t default_timeout_ms = 10 * 60 * 1000;

/* The engine of which the SQL in sql/ is a dialect. */
static const char wanted_version[] = "26.7.";

static void start_curl(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

static enum err_code add_header(struct engine *e, const char *name, const char *value,
                                struct err *err)
{
    struct buf line = BUF_INIT(512);
    struct curl_slist *longer;

    buf_addf(&line, "%s: %s", name, value);
    longer = curl_slist_append(e->headers, buf_cstr(&line));
    if (line.p)
        sodium_memzero(line.p, line.n);
    buf_release(&line);
    if (!longer)
        return err_set(err, ERR_INTERNAL, "could not make a request header");
    e->headers = longer;
    return ERR_OK;
}

/* What both engine_open() and engine_attach() need once there is a node. */
static enum err_code connect_to_node(struct engine *e, struct err *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    unsigned char id[8];

    pthread_once(&once, start_curl);
    randombytes_buf(id, sizeof(id));
    sodium_bin2hex(e->id, sizeof(e->id), id, sizeof(id));
    atomic_init(&e->cancelled, false);
    TRY(add_header(e, "X-Tidemark-Key", node_secret(e->node), err));
    TRY(add_header(e, "X-ClickHouse-User", "app", err));
    TRY(add_header(e, "X-ClickHouse-Key", node_password(e->node), err));
    TRY(add_header(e, "Content-Type", "application/octet-stream", err));
    return add_header(e, "Expect", "", err);
}

static enum err_code read_version(struct engine *e, struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;

    TRY(engine_query(e, "engine/version", NULL, 0, &res, err));
    if (result_next(res)) {
        struct str v = result_text(res, 0);

        snprintf(e->version, sizeof(e->version), "%.*s", (int)v.n, v.p);
    }
    TRY(result_status(res, err));
    if (strncmp(e->version, wanted_version, sizeof(wanted_version) - 1) != 0) {
        err_set(err, ERR_UNAVAILABLE, "the engine's library is version \"%s\", not %s*", e->version,
                wanted_version);
        err_hint(err, "Fetch the right one with: make deps");
        return ERR_UNAVAILABLE;
    }
    return ERR_OK;
}

enum err_code engine_open(const struct engine_options *options, struct engine **out_engine,
                          struct err *err)
{
    struct engine *e = xcalloc(1, sizeof(*e));
    int64_t start = timestamp_now(), ready = 0;
    enum err_code rc;

    e->added = BUF_INIT(64 * 1024);
    e->timeout_ms = options->timeout_ms ? options->timeout_ms : default_timeout_ms;
    rc = catalogue_open(options->sql_dir, &e->catalogue, err);
    if (rc == ERR_OK)
        rc = node_start(options, &e->node, err);
    if (rc == ERR_OK) {
        ready = timestamp_now();
        rc = connect_to_node(e, err);
    }
    if (rc == ERR_OK)
        rc = schema_make(e, err);
    if (rc == ERR_OK)
        rc = read_version(e, err);
    if (rc != ERR_OK) {
        err_context(err, "starting the analytics engine in %s", options->dir);
        engine_close(e);
        return rc;
    }
    log_line(LOG_DEBUG, "engine", "%s ready after %" PRId64 " ms, tables after %" PRId64 " ms",
             e->version, (ready - start) / 1000, (timestamp_now() - start) / 1000);
    *out_engine = e;
    return ERR_OK;
}

enum err_code engine_attach(struct engine *first, struct engine **out_engine, struct err *err)
{
    struct engine *e = xcalloc(1, sizeof(*e));
    enum err_code rc;

    e->first = first->first ? first->first : first;
    e->node = first->node;
    e->catalogue = first->catalogue;
    e->timeout_ms = first->timeout_ms;
    e->database = "tidemark"; /* not what the first one may be making aside just now */
    memcpy(e->version, first->version, sizeof(e->version));
    rc = connect_to_node(e, err);
    if (rc != ERR_OK) {
        engine_close(e);
        return rc;
    }
    *out_engine = e;
    return ERR_OK;
}

void engine_set_limits(struct engine *engine, int64_t timeout_ms, unsigned threads)
{
    engine->timeout_ms = timeout_ms;
    engine->threads = threads;
}

void engine_close(struct engine *engine)
{
    if (!engine)
        return;
    for (size_t i = 0; i < MAX_CHANNELS; i++) {
        assert(!engine->channels[i].busy);
        curl_easy_cleanup(engine->channels[i].easy);
        if (engine->channels[i].multi)
            curl_multi_cleanup(engine->channels[i].multi);
    }
    for (struct curl_slist *h = engine->headers; h; h = h->next)
        sodium_memzero(h->data, strlen(h->data));
    curl_slist_free_all(engine->headers);
    buf_release(&engine->added);
    if (!engine->first) {
        node_stop(engine->node);
        catalogue_close(engine->catalogue);
    }
    free(engine);
}

void engine_cancel(struct engine *engine)
{
    atomic_store(&engine->cancelled, true);
}

void engine_uncancel(struct engine *engine)
{
    atomic_store(&engine->cancelled, false);
}

const char *engine_version(const struct engine *engine)
{
    return engine->version;
}

const char *engine_added(const struct engine *engine)
{
    return engine->added.p ? engine->added.p : "";
}

const struct statement *engine_find_statement(const struct engine *engine, const char *name)
{
    return catalogue_find(engine->catalogue, name);
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What a request looks like: its URL with settings and parameters, and the options of curl. */
#include "engine/transfer.h"

enum { URL_LIMIT = 900 * 1024, VALUE_LIMIT = 512 * 1024 };

static const struct param *find_param(const struct request *r, const char *name)
{
    for (size_t i = 0; i < r->n; i++)
        if (strcmp(r->params[i].name, name) == 0)
            return &r->params[i];
    return NULL;
}

enum err_code request_check(const struct request *r, struct err *err)
{
    const struct statement *s = r->statement;

    if (r->types)
        return ERR_OK;
    for (size_t i = 0; i < s->param_count; i++)
        if (!find_param(r, s->params[i].name))
            return err_set(err, ERR_INTERNAL, "statement %s needs the parameter %s", s->name,
                           s->params[i].name);
    if (r->n != s->param_count)
        return err_set(err, ERR_INTERNAL, "statement %s takes %zu parameters, %zu were given",
                       s->name, s->param_count, r->n);
    return ERR_OK;
}

static enum err_code add_params(struct buf *url, const struct request *r, struct err *err)
{
    struct buf value = BUF_INIT(VALUE_LIMIT);
    enum err_code rc = ERR_OK;

    for (size_t i = 0; i < (r->types ? r->n : r->statement->param_count) && rc == ERR_OK; i++) {
        const char *name = r->types ? r->params[i].name : r->statement->params[i].name;
        const char *type = r->types ? r->types[i] : r->statement->params[i].type;

        buf_reset(&value);
        rc = param_add(&value, r->types ? &r->params[i] : find_param(r, name), type, err);
        buf_addf(url, "&param_%s=", name);
        buf_add_url(url, buf_str(&value));
    }
    buf_release(&value);
    return rc;
}

enum err_code request_url(struct engine *engine, const struct request *r,
                          char query_id[QUERY_ID_BYTES], struct buf *url, struct err *err)
{
    *url = BUF_INIT(URL_LIMIT);
    snprintf(query_id, QUERY_ID_BYTES, "%s-%" PRIu64, engine->id, ++engine->serial);
    buf_addf(url, "http://127.0.0.1:%u/?query_id=%s", node_port(engine->node), query_id);
    /* An insert lasts as long as its rows come; upload.c sees that the engine keeps taking them. */
    buf_addf(url, "&max_execution_time=%.3f",
             r->in_url ? 0.0 : (double)engine->timeout_ms / 1000.0);
    buf_addz(url, "&default_format=RowBinaryWithNamesAndTypes"
                  "&cancel_http_readonly_queries_on_client_close=1");
    if (engine->threads)
        buf_addf(url, "&max_threads=%u", engine->threads);
    if (engine->database)
        buf_addf(url, "&database=%s", engine->database);
    if (r->token) {
        buf_addz(url, "&insert_deduplication_token=");
        buf_add_url(url, str_of(r->token));
    }
    if (r->in_url) {
        /* Blocks are put together to parts of a bounded size: many inserts may run at once. */
        buf_addz(url, "&min_insert_block_size_rows=524288&min_insert_block_size_bytes=100000000"
                      "&max_insert_threads=1&http_receive_timeout=86400&query=");
        /* Without the last line's end: the data begins behind the first one. */
        buf_add_url(url, str_trim(str_of(r->statement->text)));
    }
    TRY(add_params(url, r, err));
    return buf_check(url, err);
}

static size_t ignore(char *data, size_t size, size_t n, void *opaque)
{
    (void)data, (void)opaque;
    return size * n;
}

bool engine_answers(const struct engine *engine, int wait_ms)
{
    CURL *easy = curl_easy_init();
    char url[64];
    bool answered;

    if (!easy)
        return true; /* nothing was learnt */
    snprintf(url, sizeof(url), "http://127.0.0.1:%u/ping", node_port(engine->node));
    request_options(engine, easy, url);
    curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, ignore);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)wait_ms);
    answered = curl_easy_perform(easy) == CURLE_OK;
    curl_easy_cleanup(easy);
    return answered;
}

/* Only this machine, only HTTP, and no proxy of the environment in between. */
void request_options(const struct engine *engine, CURL *easy, const char *url)
{
    curl_easy_reset(easy);
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, engine->headers);
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http");
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, 5000L);
    curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, 256L * 1024L);
    curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, 256L * 1024L);
}

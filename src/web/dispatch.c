/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "web/dispatch.h"

#include "base/digest.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/log.h"
#include "web/answer.h"
#include "web/page.h"
#include "web/repeat.h"
#include "web/trail.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *header(const struct request *q, const char *name)
{
    return MHD_lookup_connection_value(q->connection, MHD_HEADER_KIND, name);
}

/* "/a/{x}/b" against "/a/7/b"; what stands for {x} in out. */
static bool path_fits(const char *pattern, const char *path, char *out, size_t size)
{
    const char *open = strchr(pattern, '{'), *close = open ? strchr(open, '}') : NULL;
    size_t before = open ? (size_t)(open - pattern) : 0, n;

    *out = '\0';
    if (!open)
        return strcmp(pattern, path) == 0;
    if (strncmp(pattern, path, before) != 0)
        return false;
    n = strcspn(path + before, "/");
    if (n == 0 || n >= size || strcmp(path + before + n, close + 1) != 0)
        return false;
    memcpy(out, path + before, n);
    out[n] = '\0';
    return true;
}

static bool is_here(const struct route *route, const struct web *web)
{
    if (web->shop && !web->prefix[0]) /* the only one */
        return true;
    return route->place == AT_BOTH || route->place == (web->shop ? AT_SHOP : AT_ROOT);
}

/* "/acme" is "/acme/", from which the page finds its parts. */
static enum err_code to_folder(struct web *web, struct request *q, struct err *err)
{
    (void)err;
    snprintf(q->location, sizeof(q->location), "%s/", web->prefix);
    return ERR_OK;
}

static const struct route folder_route = {.method = "GET",
                                          .path = "/{shop}",
                                          .roles = MAY_PUBLIC,
                                          .unlocked = true,
                                          .status = 308,
                                          .handler = to_folder};

static enum err_code find_route(struct request *q, struct err *err)
{
    const char *method = strcmp(q->method, "HEAD") == 0 ? "GET" : q->method;
    bool other = false;

    if (!q->path[0] && q->web->prefix[0] && strcmp(method, "GET") == 0) {
        q->route = &folder_route;
        return ERR_OK;
    }
    for (size_t i = 0; i < route_count; i++) {
        bool page = routes[i].handler == do_page && page_find(q->path);

        if (!is_here(&routes[i], q->web))
            continue;
        if (!page && !path_fits(routes[i].path, q->path, q->arg, sizeof(q->arg)))
            continue;
        if (strcmp(routes[i].method, method) == 0) {
            q->route = &routes[i];
            return ERR_OK;
        }
        other = true;
    }
    if (!other)
        return not_here(q, q->path, err);
    refuse(q, 405, ERR_USAGE);
    return err_set(err, ERR_USAGE, "this address does not take %s", q->method);
}

static enum MHD_Result add_forwarded(void *ctx, enum MHD_ValueKind kind, const char *name,
                                     const char *value)
{
    struct buf *all = ctx;

    (void)kind;
    if (strcasecmp(name, "X-Forwarded-For") == 0 && value) {
        buf_addz(all, all->n ? "," : "");
        buf_addz(all, value);
    }
    return MHD_YES;
}

/* Behind a server that was named it is the client's address that counts. */
static void take_forwarded(const struct site *site, struct request *q)
{
    const struct proxies *proxies = &site->options->proxies;
    TM_CLEANUP(buf_release) struct buf all = BUF_INIT(HEADER_BYTES_MAX);

    q->forwarded = proxies_trust(proxies, q->ip);
    if (!q->forwarded)
        return;
    MHD_get_connection_values(q->connection, MHD_HEADER_KIND, add_forwarded, &all);
    proxies_client(proxies, buf_cstr(&all), q->ip);
}

/* The first of the wished languages that we speak. */
static void take_language(const struct request *q)
{
    const char *wish = header(q, "Accept-Language");
    enum language language = LANG_COUNT;

    while (wish && *wish && language == LANG_COUNT) {
        char code[16];
        size_t n;

        wish += strspn(wish, ", ");
        n = strcspn(wish, ",; ");
        snprintf(code, sizeof(code), "%.*s", (int)(n < 15 ? n : 15), wish);
        language = language_of(code);
        wish += strcspn(wish, ",");
    }
    i18n_use(language == LANG_COUNT ? LANG_EN : language);
}

static struct request *request_new(struct site *site, struct MHD_Connection *connection,
                                   const char *url, const char *method)
{
    struct request *q = xcalloc(1, sizeof(*q));
    const char *rest;
    unsigned char id[8];

    q->connection = connection;
    q->from_us = timestamp_now();
    q->upload_fd = q->file = -1;
    q->type = "application/json";
    q->out = BUF_INIT(ANSWER_MAX);
    q->body = BUF_INIT(JSON_BODY_MAX);
    randombytes_buf(id, sizeof(id));
    sodium_bin2hex(q->id, sizeof(q->id), id, sizeof(id));
    snprintf(q->method, sizeof(q->method), "%s", method);
    q->web = shop_find(site, url, &rest);
    snprintf(q->path, sizeof(q->path), "%s", rest);
    snprintf(q->ip, sizeof(q->ip), "%s", peer_of(connection).text);
    take_forwarded(site, q);
    return q;
}

static bool host_is_ours(const struct site *site, const char *host)
{
    return host && (strcmp(host, site->hosts[0]) == 0 || strcmp(host, site->hosts[1]) == 0);
}

static enum err_code too_large(struct request *q, uint64_t most, struct err *err)
{
    refuse(q, q->route && q->route->live ? 400 : 413, ERR_TOO_LARGE); /* as Segment answers */
    return err_set(err, ERR_TOO_LARGE, "the body is larger than %" PRIu64 " bytes", most);
}

/* What a server in front might read otherwise than we do, and then see other requests than we. */
struct framing {
    int lengths, codings;
    bool wrong;
};

/* Of a header that is folded over lines libmicrohttpd appends what follows to the name: the length
 * would go unseen under another one. */
static bool is_folded(const char *name, const char *known)
{
    size_t n = strlen(known);

    return strncasecmp(name, known, n) == 0 && name[n];
}

static bool has_control(const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (((unsigned char)text[i] < ' ' && text[i] != '\t') || text[i] == 127)
            return true;
    return false;
}

static enum MHD_Result count_header(void *ctx, enum MHD_ValueKind kind, const char *name,
                                    size_t name_size, const char *value, size_t value_size)
{
    struct framing *framing = ctx;

    (void)kind;
    if (is_folded(name, "Content-Length") || is_folded(name, "Transfer-Encoding") ||
        has_control(value, value_size))
        framing->wrong = true;
    for (size_t i = 0; i < name_size; i++)
        if (!isalnum((unsigned char)name[i]) && !memchr("!#$%&'*+-.^_`|~", name[i], 15))
            framing->wrong = true;
    if (strcasecmp(name, "Content-Length") == 0) {
        framing->lengths++;
        framing->wrong = framing->wrong || !value || !*value ||
                         strspn(value, "0123456789") != strlen(value) || strlen(value) > 18;
    }
    if (strcasecmp(name, "Transfer-Encoding") == 0) {
        framing->codings++;
        framing->wrong = framing->wrong || !value || strcasecmp(value, "chunked") != 0;
    }
    return MHD_YES;
}

static enum err_code check_form(struct web *web, struct request *q, const char *url,
                                struct err *err)
{
    const char *length = header(q, "Content-Length"), *host = header(q, "Host");
    const char *proto = q->forwarded ? header(q, "X-Forwarded-Proto") : NULL;
    struct framing framing = {0};

    if (strlen(url) >= PATH_MAX_BYTES) {
        refuse(q, 414, ERR_TOO_LARGE);
        return err_set(err, ERR_TOO_LARGE, "the address is too long");
    }
    if (q->forwarded && header(q, "X-Forwarded-Host"))
        host = header(q, "X-Forwarded-Host");
    if (!host_is_ours(web->site, host)) {
        refuse(q, 421, ERR_DENIED);
        err_set(err, ERR_DENIED, "the request is meant for another server");
        err_hint(err, "Use the address that \"tidemark serve\" shows, or tell it yours with "
                      "--public-url.");
        return ERR_DENIED;
    }
    if (proto && web->site->https && strcasecmp(proto, "https") != 0) {
        refuse(q, 421, ERR_DENIED);
        err_set(err, ERR_DENIED, "the request did not come by TLS");
        err_hint(err, "Use https.");
        return ERR_DENIED;
    }
    MHD_get_connection_values_n(q->connection, MHD_HEADER_KIND, count_header, &framing);
    if (framing.wrong || framing.lengths + framing.codings > 1) {
        q->hang_up = true;
        refuse(q, 400, ERR_INVALID);
        return err_set(err, ERR_INVALID, "the request can be read in two ways");
    }
    TRY(find_route(q, err));
    if (length && strtoull(length, NULL, 10) > q->route->body_max)
        return too_large(q, q->route->body_max, err);
    return ERR_OK;
}

/* A name of ours that keeps what is harmless of theirs: importers know files by their ends. */
static void safe_name(const char *given, char *out, size_t size)
{
    size_t n = 0;

    for (; given && *given && n < size - 1; given++) {
        bool fine = isalnum((unsigned char)*given) || *given == '-' || *given == '_' ||
                    (*given == '.' && n > 0);

        out[n++] = fine ? *given : '_';
    }
    out[n] = '\0';
    if (!n)
        snprintf(out, size, "upload");
}

static enum err_code open_upload(struct web *web, struct request *q, struct err *err)
{
    char name[101], folder[64];

    snprintf(folder, sizeof(folder), "imports/upload-%s", q->id);
    safe_name(request_query(q, "name"), name, sizeof(name));
    TRY(store_path(web->store, folder, q->upload_dir, sizeof(q->upload_dir), err));
    snprintf(q->upload_path, sizeof(q->upload_path), "%s/%s", q->upload_dir, name);
    if (mkdir(q->upload_dir, 0700) != 0)
        return err_errno(err, "making the folder \"%s\"", q->upload_dir);
    q->upload_fd = open(q->upload_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    return q->upload_fd < 0 ? err_errno(err, "writing \"%s\"", name) : ERR_OK;
}

/* All that can be refused is refused before a byte of the body is kept. */
static enum err_code begin(struct web *web, struct request *q, const char *url, struct err *err)
{
    enum err_code rc;

    TRY(check_form(web, q, url, err));
    watch_until(q->connection, q->route->upload ? UPLOAD_SECONDS : BODY_SECONDS);
    if (q->forwarded && !proxies_trust(&web->site->options->proxies, q->ip) &&
        !watch_client(q->connection, q->ip))
        return live_wait(q, 1, err);
    if (q->route->live || q->route->mailed) {
        q->body.limit = q->route->body_max;
        return ERR_OK;
    }
    if (web->store)
        pthread_mutex_lock(&web->lock);
    rc = auth_check(web, q, err);
    if (web->store)
        pthread_mutex_unlock(&web->lock);
    TRY(rc);
    return q->route->upload ? open_upload(web, q, err) : ERR_OK;
}

static enum err_code take_body(struct request *q, const char *bytes, size_t n, struct err *err)
{
    q->received += n;
    if (q->received > q->route->body_max)
        return too_large(q, q->route->body_max, err);
    if (q->upload_fd < 0) {
        buf_add(&q->body, bytes, n);
        return buf_check(&q->body, err);
    }
    while (n > 0) {
        ssize_t done = write(q->upload_fd, bytes, n);

        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return err_errno(err, "storing the file");
        bytes += done;
        n -= (size_t)done;
    }
    return ERR_OK;
}

static enum err_code handle(struct web *web, struct request *q, struct err *err)
{
    enum err_code rc;

    if (web->site->draining && strcmp(q->method, "GET") != 0)
        return err_set(err, ERR_UNAVAILABLE, "the server is ending");
    if (q->upload_fd >= 0 && close(q->upload_fd) != 0) {
        q->upload_fd = -1;
        return err_errno(err, "storing the file");
    }
    q->upload_fd = -1;
    q->status = q->route->status;
    if (q->route->unlocked)
        return q->route->handler(web, q, err);
    pthread_mutex_lock(&web->lock);
    rc = q->route->handler(web, q, err);
    pthread_mutex_unlock(&web->lock);
    return rc;
}

/* Who did what; reading leaves no trace unless it names people, trying in vain to come in does. */
static void audit(struct web *web, const struct request *q)
{
    const bool change = strcmp(q->method, "GET") != 0 && strcmp(q->method, "HEAD") != 0;
    struct audit_entry entry = {.at_us = timestamp_now(), .status = q->status};
    struct err err = ERR_INIT;

    if (!q->route || !web->store || q->route->live || q->route->mailed || (!q->traced && !change))
        return;
    if (q->route->scope == SCOPE_READ && !q->traced) /* a question with a body */
        return;
    if (q->key.id)
        snprintf(entry.actor, sizeof(entry.actor), "key %" PRId64, q->key.id);
    else if (q->user.id)
        snprintf(entry.actor, sizeof(entry.actor), "user %" PRId64, q->user.id);
    snprintf(entry.action, sizeof(entry.action), "%s %s", q->method, q->route->path);
    snprintf(entry.object, sizeof(entry.object), "%.127s", q->object[0] ? q->object : q->arg);
    snprintf(entry.ip, sizeof(entry.ip), "%s", q->ip);
    if (trail_add(web->trail, &entry, change, &err) != ERR_OK)
        log_line(LOG_ERROR, "web", "id=%s audit failed: %s", q->id, err.msg);
}

static enum MHD_Result finish(struct web *web, struct request *q, enum err_code rc, struct err *err)
{
    if (rc == ERR_OK)
        rc = buf_check(&q->out, err);
    if (rc != ERR_OK)
        answer_problem(q, err);
    if (q->status >= 500)
        log_line(LOG_ERROR, "web", "id=%s error=%s %s", q->id, err_name(rc), err->msg);
    audit(web, q);
    live_turned_away(q);
    watch_until(q->connection, q->streams ? 0 : q->file >= 0 ? UPLOAD_SECONDS : BODY_SECONDS);
    return answer_send(web, q);
}

static enum err_code go_on(struct web *web, struct request *q, struct err *err)
{
    const char *type = header(q, "Content-Type");

    if (q->body.n && !q->route->live && !q->route->mailed &&
        (!type || strncmp(type, "application/json", 16) != 0)) {
        refuse(q, 415, ERR_INVALID);
        return err_set(err, ERR_INVALID, "the body must be a JSON object");
    }
    if (strcmp(q->method, "POST") == 0 && header(q, "Idempotency-Key") && !q->route->upload &&
        q->user.id)
        return repeat_handle(web, q, header(q, "Idempotency-Key"), handle, err);
    return handle(web, q, err);
}

/* A client that is still sending may see a broken connection where the answer should be: what is
 * not all too much is let run out first. Not where it waits to be told to go on, nor where nobody
 * knows where the request ends. */
static bool sends_on(const struct request *q)
{
    const char *length = header(q, "Content-Length");
    uint64_t n = length ? strtoull(length, NULL, 10) : 0;

    return n > 0 && n <= LINGER_MAX && !q->hang_up && !header(q, "Expect");
}

enum MHD_Result dispatch(void *ctx, struct MHD_Connection *connection, const char *url,
                         const char *method, const char *version, const char *upload_data,
                         size_t *upload_size, void **request)
{
    struct request *q = *request;
    struct err err = ERR_INIT;
    struct site *site = ctx;
    struct web *web = q ? q->web : NULL;
    enum err_code rc;

    (void)version;
    if (!q) {
        q = *request = request_new(site, connection, url, method);
        web = q->web;
        site->active++;
        take_language(q);
        rc = begin(web, q, url, &err);
        if (rc == ERR_OK)
            return MHD_YES;
        if (!sends_on(q))
            return finish(web, q, rc, &err);
        answer_problem(q, &err);
        watch_until(q->connection, BODY_SECONDS);
        return MHD_YES;
    }
    if (*upload_size) {
        if (q->status >= 400) { /* refused already: the rest is not looked at */
            q->received += *upload_size;
            *upload_size = 0;
            return q->received <= LINGER_MAX ? MHD_YES : MHD_NO;
        }
        rc = take_body(q, upload_data, *upload_size, &err);
        *upload_size = 0;
        if (rc != ERR_OK) {
            answer_problem(q, &err);
            q->status = q->status ? q->status : 400;
        }
        return MHD_YES;
    }
    take_language(q);
    if (q->status >= 400) { /* the body was refused on its way */
        audit(web, q);
        live_turned_away(q);
        return answer_send(web, q);
    }
    rc = go_on(web, q, &err);
    return finish(web, q, rc, &err);
}

void dispatch_done(void *ctx, struct MHD_Connection *connection, void **request,
                   enum MHD_RequestTerminationCode why)
{
    struct request *q = *request;
    struct site *site = ctx;
    int64_t took_us;

    if (!q)
        return;
    took_us = timestamp_now() - q->from_us;
    if (!q->route || !q->route->live || q->status >= 400)
        log_line(LOG_INFO, "web",
                 "id=%s method=%s route=%s%s status=%d ms=%" PRId64 " address=%s%s", q->id,
                 q->method, q->web->prefix, q->route ? q->route->path : "-", q->status,
                 took_us / 1000, q->ip, why == MHD_REQUEST_TERMINATED_COMPLETED_OK ? "" : " cut");
    site->answered[q->status >= 100 && q->status < 600 ? q->status / 100 : 5]++;
    site->answered_us += took_us;
    if (q->upload_fd >= 0)
        close(q->upload_fd);
    if (q->file >= 0)
        close(q->file);
    if (q->upload_dir[0])
        folder_remove(q->upload_dir);
    feed_stream_drop(q);
    watch_stream_end(connection);
    watch_client_end(connection);
    json_parser_free(q->parser);
    sodium_memzero(q->body.p, q->body.p ? q->body.n : 0);
    buf_release(&q->body);
    buf_release(&q->out);
    sodium_memzero(q, sizeof(*q));
    free(q);
    *request = NULL;
    watch_until(connection, IDLE_SECONDS);
    site->active--;
}

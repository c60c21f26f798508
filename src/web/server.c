/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "web/server.h"

#include "base/file.h"
#include "base/log.h"
#include "web/auth.h"
#include "web/desk.h"
#include "web/dispatch.h"
#include "web/work.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <unistd.h>

enum { DRAIN_SECONDS = 10, TICK_MS = 50, STACK_BYTES = 1 << 20 };

static enum err_code listen_wrong(struct err *err)
{
    err_set(err, ERR_USAGE, "--listen needs an address and a port");
    err_hint(err, "For instance 127.0.0.1:8420, or [::1]:8420.");
    return ERR_USAGE;
}

struct place {
    struct sockaddr_storage address;
    bool six;
    char host[128];
    int port;
};

static enum err_code read_place(const char *text, struct place *out, struct err *err)
{
    const char *colon = strrchr(text, ':');
    size_t n = colon ? (size_t)(colon - text) : 0;
    struct sockaddr_in *four = (struct sockaddr_in *)&out->address;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)&out->address;
    char *end;
    long port = colon ? strtol(colon + 1, &end, 10) : -1;

    *out = (struct place){0};
    if (!colon || n >= sizeof(out->host) || !isdigit((unsigned char)colon[1]) || *end || port < 0 ||
        port > 65535)
        return listen_wrong(err);
    memcpy(out->host, text, n);
    out->port = (int)port;
    if (n > 2 && text[0] == '[' && text[n - 1] == ']') {
        memmove(out->host, out->host + 1, n - 2);
        out->host[n - 2] = '\0';
        out->six = true;
        six->sin6_family = AF_INET6;
        six->sin6_port = htons((uint16_t)port);
        return inet_pton(AF_INET6, out->host, &six->sin6_addr) == 1 ? ERR_OK : listen_wrong(err);
    }
    four->sin_family = AF_INET;
    four->sin_port = htons((uint16_t)port);
    return inet_pton(AF_INET, out->host, &four->sin_addr) == 1 ? ERR_OK : listen_wrong(err);
}

static bool is_loopback(const struct place *place)
{
    return place->six ? strcmp(place->host, "::1") == 0 : strncmp(place->host, "127.", 4) == 0;
}

/* Without a public name only this machine may come, by its own names: no page elsewhere can make
 * a browser speak to it under a name of its own. */
static enum err_code set_hosts(struct web *web, const struct place *place, int port,
                               struct err *err)
{
    const char *url = web->options->public_url, *host = url ? strstr(url, "://") : NULL;

    if (!url && !is_loopback(place)) {
        err_set(err, ERR_USAGE, "a server that others can reach needs its public address");
        err_hint(err, "Give it with --public-url https://..., as browsers see it behind the "
                      "server that speaks TLS.");
        return ERR_USAGE;
    }
    if (url && (!host || !host[3] || strpbrk(host + 3, "/?# \t")))
        return err_set(err, ERR_USAGE, "--public-url needs an address such as %s",
                       "https://mark.example.com");
    web->https = url && strncmp(url, "https://", 8) == 0;
    snprintf(web->hosts[0], sizeof(web->hosts[0]), place->six ? "[%s]:%d" : "%s:%d", place->host,
             port);
    snprintf(web->hosts[1], sizeof(web->hosts[1]), "localhost:%d", port);
    if (url)
        snprintf(web->hosts[1], sizeof(web->hosts[1]), "%s", host + 3);
    return ERR_OK;
}

static enum err_code start(struct web *web, const struct place *place, struct err *err)
{
    const unsigned flags = MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD |
                           MHD_USE_POLL | MHD_USE_ITC | (place->six ? MHD_USE_IPv6 : 0U);

    web->daemon = MHD_start_daemon(
        flags, (uint16_t)place->port, NULL, NULL, dispatch, web, MHD_OPTION_SOCK_ADDR,
        (const struct sockaddr *)&place->address, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)WEB_CONNECTIONS, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
        (unsigned)WEB_CONNECTIONS_PER_ADDRESS, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)IDLE_SECONDS, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEADER_BYTES_MAX,
        MHD_OPTION_NOTIFY_COMPLETED, dispatch_done, web, MHD_OPTION_NOTIFY_CONNECTION,
        watch_connection, web, MHD_OPTION_THREAD_STACK_SIZE, (size_t)STACK_BYTES,
        MHD_OPTION_LISTENING_ADDRESS_REUSE, 1U, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
    if (web->daemon)
        return ERR_OK;
    err_set(err, ERR_UNAVAILABLE, "the server cannot listen on %s", web->options->listen);
    err_hint(err, "Another program may be using that port: choose another one with --listen.");
    return ERR_UNAVAILABLE;
}

/* Files of uploads that no job took: their server ended before. */
static enum err_code remove_leftovers(const struct web *web, struct err *err)
{
    char dir[1200], path[1500];
    struct dirent *entry;
    DIR *folder;

    TRY(store_path(web->store, "imports", dir, sizeof(dir), err));
    folder = opendir(dir);
    while (folder && (entry = readdir(folder))) {
        if (strncmp(entry->d_name, "upload-", 7) != 0)
            continue;
        snprintf(path, sizeof(path), "%s/%.255s", dir, entry->d_name);
        folder_remove(path);
    }
    if (folder)
        closedir(folder);
    return ERR_OK;
}

static enum err_code open_web(struct web *web, struct err *err)
{
    pthread_mutex_init(&web->lock, NULL);
    pthread_mutex_init(&web->repeat_lock, NULL);
    web->started_us = timestamp_now();
    web->limits = limits_new();
    web->door = doorkeeper_new();
    TRY(store_again(web->options->store, &web->store, err));
    TRY(remove_leftovers(web, err));
    web->desk = desk_new(web->options->engine);
    web->jobs = jobs_new(web, &web->options->work, work_keep);
    return web->jobs ? ERR_OK : err_errno(err, "starting the worker");
}

static void sleep_ms(int ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000},
              NULL);
}

/* No new connections; requests under way get their answers; then what is left is cut. */
static void end_web(struct web *web)
{
    web->draining = true;
    if (web->daemon) {
        MHD_socket listening = MHD_quiesce_daemon(web->daemon);

        if (listening != MHD_INVALID_SOCKET)
            close(listening);
    }
    if (web->jobs)
        jobs_stop_following(web->jobs);
    for (int waited = 0; web->active > 0 && waited < DRAIN_SECONDS * 1000; waited += TICK_MS)
        sleep_ms(TICK_MS);
    if (web->desk)
        desk_stop(web->desk);
    if (web->daemon)
        MHD_stop_daemon(web->daemon);
    jobs_free(web->jobs);
    desk_free(web->desk);
    store_close(web->store);
    limits_free(web->limits);
    doorkeeper_free(web->door);
    pthread_mutex_destroy(&web->lock);
    pthread_mutex_destroy(&web->repeat_lock);
}

static int port_of(const struct web *web)
{
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(web->daemon, MHD_DAEMON_INFO_BIND_PORT);

    return info ? info->port : 0;
}

static enum err_code serve(struct web *web, struct err *err)
{
    char setup[65], url[400];
    struct place place;
    bool setup_open;

    TRY(read_place(web->options->listen, &place, err));
    TRY(set_hosts(web, &place, place.port, err));
    TRY(open_web(web, err));
    TRY(auth_open(web, setup, &setup_open, err));
    TRY(start(web, &place, err));
    TRY(set_hosts(web, &place, port_of(web), err));
    snprintf(url, sizeof(url), "http://%s", web->hosts[0]);
    web->options->ready(web->options->work.ctx, web,
                        web->options->public_url ? web->options->public_url : url,
                        setup_open ? setup : NULL);
    sodium_memzero(setup, sizeof(setup));
    while (!*web->options->stop) {
        watch_tick();
        sleep_ms(TICK_MS);
    }
    return ERR_OK;
}

enum err_code web_serve(const struct web_options *options, struct err *err)
{
    struct web *web = xcalloc(1, sizeof(*web));
    enum err_code rc;

    web->options = options;
    rc = serve(web, err);
    end_web(web);
    free(web);
    return rc;
}

void web_progress(struct web *web, const char *step, double done)
{
    jobs_progress(web->jobs, step, done);
}

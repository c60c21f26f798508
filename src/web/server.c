/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "web/server.h"

#include "base/log.h"
#include "web/auth.h"
#include "web/desk.h"
#include "web/feed.h"
#include "web/flowing.h"
#include "web/dispatch.h"
#include "web/edits.h"
#include "web/exports.h"
#include "web/live.h"
#include "web/noting.h"
#include "web/rounds.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <unistd.h>

enum {
    DRAIN_SECONDS = 10,
    TICK_MS = 50,
    LOOK_MS = EDITS_LOOK_MS,
    FIGURES_MS = 4000,
    STACK_BYTES = 1 << 20
};

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
static enum err_code set_hosts(struct site *site, const struct place *place, int port,
                               struct err *err)
{
    const char *url = site->options->public_url, *host = url ? strstr(url, "://") : NULL;

    if (!url && !is_loopback(place)) {
        err_set(err, ERR_USAGE, "a server that others can reach needs its public address");
        err_hint(err, "Give it with --public-url https://..., as browsers see it behind the "
                      "server that speaks TLS.");
        return ERR_USAGE;
    }
    if (url && (!host || !host[3] || strpbrk(host + 3, "/?# \t")))
        return err_set(err, ERR_USAGE, "--public-url needs an address such as %s",
                       "https://mark.example.com");
    site->https = url && strncmp(url, "https://", 8) == 0;
    snprintf(site->hosts[0], sizeof(site->hosts[0]), place->six ? "[%s]:%d" : "%s:%d", place->host,
             port);
    snprintf(site->hosts[1], sizeof(site->hosts[1]), "localhost:%d", port);
    if (url)
        snprintf(site->hosts[1], sizeof(site->hosts[1]), "%s", host + 3);
    return ERR_OK;
}

static enum err_code start(struct site *site, const struct place *place, struct err *err)
{
    const unsigned flags = MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD |
                           MHD_USE_POLL | MHD_USE_ITC | (place->six ? MHD_USE_IPv6 : 0U);

    site->daemon = MHD_start_daemon(
        flags, (uint16_t)place->port, watch_accept, site, dispatch, site, MHD_OPTION_SOCK_ADDR,
        (const struct sockaddr *)&place->address, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)WEB_CONNECTIONS, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEADER_BYTES_MAX, MHD_OPTION_NOTIFY_COMPLETED,
        dispatch_done, site, MHD_OPTION_NOTIFY_CONNECTION, watch_connection, site,
        MHD_OPTION_THREAD_STACK_SIZE, (size_t)STACK_BYTES, MHD_OPTION_LISTENING_ADDRESS_REUSE, 1U,
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
    if (site->daemon)
        return ERR_OK;
    err_set(err, ERR_UNAVAILABLE, "the server cannot listen on %s", site->options->listen);
    err_hint(err, "Another program may be using that port: choose another one with --listen.");
    return ERR_UNAVAILABLE;
}

static enum err_code open_site(struct site *site, struct err *err)
{
    const struct web_options *options = site->options;

    site->started_us = timestamp_now();
    site->looked_us = site->started_us;
    site->limits = limits_new();
    site->door = doorkeeper_new();
    site->root.site = site;
    site->root.options = options;
    site->shops = xcalloc(options->shop_count, sizeof(*site->shops));
    site->shop_count = options->shop_count;
    engines_init(&site->engines);
    for (size_t i = 0; i < site->shop_count; i++)
        TRY(shop_open(site, &options->shops[i], &site->shops[i], err));
    for (size_t i = 0; i < site->shop_count; i++)
        TRY(reset_open(&site->shops[i], err));
    TRY(rounds_begin(site, &site->rounds, err));
    return auth_init(site, err);
}

static void sleep_ms(int ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000},
              NULL);
}

/* No new connections; requests under way get their answers; then what is left is cut. */
static void end_site(struct site *site)
{
    site->draining = true;
    if (site->daemon) {
        MHD_socket listening = MHD_quiesce_daemon(site->daemon);

        if (listening != MHD_INVALID_SOCKET)
            close(listening);
    }
    for (size_t i = 0; i < site->shop_count; i++) {
        if (site->shops[i].jobs)
            jobs_stop_following(site->shops[i].jobs);
        if (site->shops[i].desk)
            desk_stop(site->shops[i].desk);
        if (site->shops[i].feed)
            feed_stop(site->shops[i].feed);
    }
    for (int waited = 0; site->active > 0 && waited < DRAIN_SECONDS * 1000; waited += TICK_MS)
        sleep_ms(TICK_MS);
    if (site->daemon)
        MHD_stop_daemon(site->daemon);
    /* Who notes what came may ask for work, and who moves people on for an engine. */
    for (size_t i = 0; i < site->shop_count; i++) {
        flowing_close(site->shops[i].flowing);
        site->shops[i].flowing = NULL;
        noting_close(site->shops[i].noting);
        site->shops[i].noting = NULL;
    }
    /* All workers first: one that needs an engine sends another shop's to sleep. */
    for (size_t i = 0; i < site->shop_count; i++) {
        jobs_free(site->shops[i].jobs);
        site->shops[i].jobs = NULL;
    }
    rounds_end(site->rounds);
    for (size_t i = 0; i < site->shop_count; i++)
        shop_close(&site->shops[i]);
    if (site->shops)
        engines_end(site);
    free(site->shops);
    limits_free(site->limits);
    doorkeeper_free(site->door);
}

static int port_of(const struct site *site)
{
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(site->daemon, MHD_DAEMON_INFO_BIND_PORT);

    return info ? info->port : 0;
}

/* Where each shop is, with the link of its first start. */
static enum err_code tell_ready(struct site *site, struct err *err)
{
    const struct web_options *options = site->options;
    char setup[65], url[600];
    bool setup_open;

    for (size_t i = 0; i < site->shop_count; i++) {
        struct web *web = &site->shops[i];

        TRY(auth_open(web, setup, &setup_open, err));
        snprintf(url, sizeof(url), "%s%s%s", options->public_url ? "" : "http://",
                 options->public_url ? options->public_url : site->hosts[0], web->prefix);
        options->ready(web->shop->work.ctx, web,
                       &(struct web_ready){url, setup_open ? setup : NULL,
                                           web->reset_token[0] ? web->reset_token : NULL});
        sodium_memzero(setup, sizeof(setup));
        sodium_memzero(web->reset_token, sizeof(web->reset_token));
    }
    return ERR_OK;
}

/* A single shop's engine is awake from the first, and what keeps it from that is told at once. Its
 * figures are read before the first request can ask for them, if that does not take long. Of
 * several shops each wakes when it is first asked for. */
static enum err_code wake_only(struct site *site, struct err *err)
{
    struct web *web = &site->shops[0];
    struct engine *first;

    if (site->shop_count > 1)
        return ERR_OK;
    TRY(engine_hold(web, &first, err));
    engine_release(web);
    jobs_want_resolve(web->jobs, false);
    for (int waited = 0;
         waited < FIGURES_MS && !*site->options->stop && !desk_is_settled(web->desk);
         waited += TICK_MS)
        sleep_ms(TICK_MS);
    return ERR_OK;
}

static void look_after_jobs(struct site *site)
{
    if (timestamp_now() - site->looked_us < LOOK_MS * 1000)
        return;
    for (size_t i = 0; i < site->shop_count; i++) {
        jobs_look(site->shops[i].jobs);
        exports_sweep(&site->shops[i]);
        edits_look(site->shops[i].edits);
    }
    site->looked_us = timestamp_now();
}

/* After a failed write nobody knows what the disk holds: a new start reads what is there. */
static bool journals_are_sound(const struct site *site)
{
    for (size_t i = 0; i < site->shop_count; i++)
        if (!journal_is_sound(live_journal(site->shops[i].live)))
            return false;
    return true;
}

static enum err_code serve(struct site *site, struct err *err)
{
    struct place place;

    TRY(read_place(site->options->listen, &place, err));
    TRY(set_hosts(site, &place, place.port, err));
    TRY(open_site(site, err));
    TRY(wake_only(site, err));
    TRY(start(site, &place, err));
    TRY(set_hosts(site, &place, port_of(site), err));
    TRY(tell_ready(site, err));
    while (!*site->options->stop && journals_are_sound(site)) {
        watch_tick();
        look_after_jobs(site);
        sleep_ms(TICK_MS);
    }
    if (*site->options->stop)
        return ERR_OK;
    err_set(err, ERR_STORE, "the journal of live messages could not be written");
    err_hint(err, "Look at the disk, then start the server again: it goes on from what is there.");
    return ERR_STORE;
}

enum err_code web_serve(const struct web_options *options, struct err *err)
{
    struct site *site = xcalloc(1, sizeof(*site));
    enum err_code rc;

    site->options = options;
    rc = serve(site, err);
    end_site(site);
    free(site);
    return rc;
}

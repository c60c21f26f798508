/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* watch.c - how many connections there are from where, and cuts those that send, however little,
 * past their time (dispatch.h). */
#include "base/timestamp.h"
#include "web/dispatch.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

enum { WATCHED_MAX = WEB_CONNECTIONS * 2 };

struct watched {
    bool used, streams;
    int socket;
    struct peer peer;
    struct peer client;  /* behind that peer, while a request is under way; "" for none */
    int64_t until_us;    /* 0: no limit */
    watch_left_fn *left; /* NULL: nobody wants to know */
    void *left_ctx;
};

static pthread_mutex_t watch_lock = PTHREAD_MUTEX_INITIALIZER;
static struct watched places[WATCHED_MAX];

static struct peer peer_text(const struct sockaddr *address)
{
    struct peer peer = {""};

    if (address && address->sa_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)address)->sin_addr,
                  peer.text, sizeof(peer.text));
    else if (address && address->sa_family == AF_INET6)
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr,
                  peer.text, sizeof(peer.text));
    return peer;
}

struct peer peer_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);

    return peer_text(info ? info->client_addr : NULL);
}

static struct watched *place_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

    return info ? info->socket_context : NULL;
}

/* For whom it counts. */
static const struct peer *who(const struct watched *place)
{
    return place->client.text[0] ? &place->client : &place->peer;
}

/* With the lock held. `peer` NULL: of all. */
static int count_places(const struct peer *peer, bool streams)
{
    int n = 0;

    for (size_t i = 0; i < WATCHED_MAX; i++)
        n += places[i].used && (!streams || places[i].streams) &&
             (!peer || strcmp(who(&places[i])->text, peer->text) == 0);
    return n;
}

/* Called by the thread that takes connections, one after the other. */
enum MHD_Result watch_accept(void *ctx, const struct sockaddr *address, socklen_t bytes)
{
    const struct site *site = ctx;
    const struct peer peer = peer_text(address);
    int n;

    (void)bytes;
    if (proxies_trust(&site->options->proxies, peer.text))
        return MHD_YES;
    pthread_mutex_lock(&watch_lock);
    n = count_places(&peer, false);
    pthread_mutex_unlock(&watch_lock);
    return n < WEB_CONNECTIONS_PER_ADDRESS ? MHD_YES : MHD_NO;
}

bool watch_client(struct MHD_Connection *connection, const char *ip)
{
    struct watched *place = place_of(connection);
    int n;

    if (!place)
        return true;
    pthread_mutex_lock(&watch_lock);
    snprintf(place->client.text, sizeof(place->client.text), "%s", ip);
    n = count_places(&place->client, false);
    pthread_mutex_unlock(&watch_lock);
    return n <= WEB_CONNECTIONS_PER_ADDRESS;
}

void watch_client_end(struct MHD_Connection *connection)
{
    struct watched *place = place_of(connection);

    if (!place)
        return;
    pthread_mutex_lock(&watch_lock);
    place->client.text[0] = '\0';
    pthread_mutex_unlock(&watch_lock);
}

bool watch_stream(struct MHD_Connection *connection, bool believed)
{
    struct watched *place = place_of(connection);
    bool room = false;

    pthread_mutex_lock(&watch_lock);
    if (place)
        room = count_places(NULL, true) < STREAMS_MAX &&
               ((believed && !place->client.text[0]) ||
                count_places(who(place), true) < STREAMS_PER_ADDRESS);
    if (room)
        place->streams = true;
    pthread_mutex_unlock(&watch_lock);
    return room;
}

void watch_stream_end(struct MHD_Connection *connection)
{
    struct watched *place = place_of(connection);

    pthread_mutex_lock(&watch_lock);
    if (place)
        place->streams = false;
    pthread_mutex_unlock(&watch_lock);
}

void watch_connection(void *ctx, struct MHD_Connection *connection, void **socket_context,
                      enum MHD_ConnectionNotificationCode code)
{
    const union MHD_ConnectionInfo *info;

    (void)ctx;
    pthread_mutex_lock(&watch_lock);
    if (code == MHD_CONNECTION_NOTIFY_CLOSED && *socket_context) {
        ((struct watched *)*socket_context)->used = false;
        *socket_context = NULL;
    }
    info = code == MHD_CONNECTION_NOTIFY_STARTED
               ? MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)
               : NULL;
    for (size_t i = 0; info && i < WATCHED_MAX; i++) {
        if (places[i].used)
            continue;
        places[i] = (struct watched){.used = true,
                                     .socket = info->connect_fd,
                                     .peer = peer_of(connection),
                                     .until_us = timestamp_now() + IDLE_SECONDS * US_PER_SECOND};
        *socket_context = &places[i];
        break;
    }
    pthread_mutex_unlock(&watch_lock);
}

void watch_until(struct MHD_Connection *connection, int seconds)
{
    struct watched *place = place_of(connection);

    if (!place)
        return;
    pthread_mutex_lock(&watch_lock);
    place->until_us = seconds ? timestamp_now() + seconds * US_PER_SECOND : 0;
    pthread_mutex_unlock(&watch_lock);
}

void watch_left(struct MHD_Connection *connection, watch_left_fn *left, void *ctx)
{
    struct watched *place = place_of(connection);

    if (!place)
        return;
    pthread_mutex_lock(&watch_lock);
    place->left = left;
    place->left_ctx = ctx;
    pthread_mutex_unlock(&watch_lock);
}

/* Nobody reads the socket while a handler works. */
static bool has_left(const struct watched *place)
{
    struct pollfd fd = {.fd = place->socket, .events = POLLRDHUP};

    return poll(&fd, 1, 0) > 0 && (fd.revents & (POLLRDHUP | POLLHUP | POLLERR));
}

void watch_tick(void)
{
    int64_t now_us = timestamp_now();

    pthread_mutex_lock(&watch_lock);
    for (size_t i = 0; i < WATCHED_MAX; i++) {
        struct watched *place = &places[i];

        if (place->used && place->until_us && place->until_us < now_us) {
            shutdown(place->socket, SHUT_RDWR);
            place->until_us = 0;
        }
        if (place->used && place->left && has_left(place))
            place->left(place->left_ctx);
    }
    pthread_mutex_unlock(&watch_lock);
}

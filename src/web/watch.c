/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* watch.c - cuts connections that send, however little, past their time (dispatch.h). */
#include "base/timestamp.h"
#include "web/dispatch.h"

#include <sys/socket.h>

enum { WATCHED_MAX = WEB_CONNECTIONS * 2 };

struct watched {
    bool used;
    int socket;
    int64_t until_us; /* 0: no limit */
};

static pthread_mutex_t watch_lock = PTHREAD_MUTEX_INITIALIZER;
static struct watched places[WATCHED_MAX];

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
                                     .until_us = timestamp_now() + IDLE_SECONDS * US_PER_SECOND};
        *socket_context = &places[i];
        break;
    }
    pthread_mutex_unlock(&watch_lock);
}

void watch_until(struct MHD_Connection *connection, int seconds)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    struct watched *place = info ? info->socket_context : NULL;

    if (!place)
        return;
    pthread_mutex_lock(&watch_lock);
    place->until_us = seconds ? timestamp_now() + seconds * US_PER_SECOND : 0;
    pthread_mutex_unlock(&watch_lock);
}

void watch_tick(void)
{
    int64_t now_us = timestamp_now();

    pthread_mutex_lock(&watch_lock);
    for (size_t i = 0; i < WATCHED_MAX; i++)
        if (places[i].used && places[i].until_us && places[i].until_us < now_us) {
            shutdown(places[i].socket, SHUT_RDWR);
            places[i].until_us = 0;
        }
    pthread_mutex_unlock(&watch_lock);
}

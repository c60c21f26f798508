/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* dispatch.h - from a connection to a handler and back; inside src/web only. */
#ifndef TM_WEB_DISPATCH_H
#define TM_WEB_DISPATCH_H

#include "web/request.h"

/* For MHD: a request's headers, pieces of its body, its end. */
enum MHD_Result dispatch(void *ctx, struct MHD_Connection *connection, const char *url,
                         const char *method, const char *version, const char *upload_data,
                         size_t *upload_size, void **request);
void dispatch_done(void *ctx, struct MHD_Connection *connection, void **request,
                   enum MHD_RequestTerminationCode why);

/* Whose address a connection comes from; "" when that is not known. */
struct peer {
    char text[64];
};
struct peer peer_of(struct MHD_Connection *connection);

/* An address has so many connections at most, and so many of them may be streams of what comes in:
 * others are answered and taken from meanwhile. A server in front has as many as there are; those
 * who come through it have as many requests under way, each by an address of its own. */
enum { STREAMS_MAX = WEB_STREAMS, STREAMS_PER_ADDRESS = WEB_CONNECTIONS_PER_ADDRESS / 2 };
enum MHD_Result watch_accept(void *site, const struct sockaddr *address, socklen_t bytes);
/* Until its request has ended the connection counts for this client. False: there are too many. */
bool watch_client(struct MHD_Connection *connection, const char *ip);
void watch_client_end(struct MHD_Connection *connection);
/* From now on the connection streams, until its request has ended. False: there are too many. */
bool watch_stream(struct MHD_Connection *connection, bool believed);
void watch_stream_end(struct MHD_Connection *connection);

/* While a handler works: called by watch_tick(), which must not be kept waiting, again and again
 * once the client has closed its end. NULL: no longer, and no call is under way. */
typedef void watch_left_fn(void *ctx);
void watch_left(struct MHD_Connection *connection, watch_left_fn *left, void *ctx);

/* Connections that are too slow are cut: the library only knows silence. */
void watch_connection(void *ctx, struct MHD_Connection *connection, void **socket_context,
                      enum MHD_ConnectionNotificationCode code);
/* From now on the connection has this long for what comes next; 0: as long as it likes. */
void watch_until(struct MHD_Connection *connection, int seconds);
void watch_tick(void);

#endif

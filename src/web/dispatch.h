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

/* Connections that are too slow are cut: the library only knows silence. */
void watch_connection(void *ctx, struct MHD_Connection *connection, void **socket_context,
                      enum MHD_ConnectionNotificationCode code);
/* From now on the connection has this long for what comes next; 0: as long as it likes. */
void watch_until(struct MHD_Connection *connection, int seconds);
void watch_tick(void);

#endif

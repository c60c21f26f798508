/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* sink.h - where importers put the records that they read.
 *
 * A record is one of shop/record.h's structs; its text is copied before sink_put() returns.
 */
#ifndef TM_INTAKE_SINK_H
#define TM_INTAKE_SINK_H

#include "shop/record.h"

struct sink {
    enum err_code (*put)(void *ctx, enum record_kind kind, const void *record, struct err *err);
    void *ctx;
};

TM_MUST_CHECK static inline enum err_code sink_put(struct sink *sink, enum record_kind kind,
                                                   const void *record, struct err *err)
{
    return sink->put(sink->ctx, kind, record, err);
}

#endif

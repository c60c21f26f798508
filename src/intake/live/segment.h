/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* segment.h - requests of the Segment HTTP Tracking API, as Segment's own libraries send them.
 *
 *     TRY(segment_open(&request, parser, &err));          malformed or too large: 400
 *     source = ... segment_write_key(&request) ...        unknown: 401
 *     TRY(segment_accept(&request, source.id, &taken, &err));
 *     ... journal_append(journal, taken.records, taken.n, &err) ...
 *
 * What is kept of an event is the event as it was written, without what is for Segment alone or
 * must not be kept: the write key, `integrations`, the last part of an IP address. A batch's
 * `context` is merged into each of its events, whose own members come first. `timestamp` is set
 * right by Segment's rule, so that a wrong clock of the sender does no harm:
 *
 *     timestamp = time of receipt - (sentAt - the event's own time)
 *
 * An event that another collector gave its `receivedAt` already keeps its `timestamp`.
 */
#ifndef TM_INTAKE_LIVE_SEGMENT_H
#define TM_INTAKE_LIVE_SEGMENT_H

#include "intake/live/live.h"
#include "store/journal.h"

enum {
    SEGMENT_EVENT_MAX = 32 << 10,  /* bytes of one event, with its batch's context */
    SEGMENT_CALL_MAX = 32 << 10,   /* of a request of one event */
    SEGMENT_BATCH_MAX = 500 << 10, /* of a request of several */
    SEGMENT_EVENTS_MAX = 2500,     /* taken of a request */
    SEGMENT_ITEMS_MAX = 10000      /* of a request that is looked at; those above are refused */
};

/* What a path says about its body. */
enum segment_call {
    SEGMENT_TRACK,
    SEGMENT_IDENTIFY,
    SEGMENT_PAGE,
    SEGMENT_SCREEN,
    SEGMENT_GROUP,
    SEGMENT_ALIAS,
    SEGMENT_BATCH, /* and import */
    SEGMENT_NO_CALL
};

struct segment_request {
    enum segment_call call;
    struct str body;
    int64_t received_us;
    struct str ip;          /* of who sent it; of a page's words on consent it is kept, cut short */
    struct json_value root; /* out of segment_open(); valid as long as the parser's document */
};

/* Records and all that they point to; owned. */
struct segment_taken {
    struct journal_record *records;
    size_t n;
    struct arena arena;
};

/* Bytes that a request of that kind may have. */
size_t segment_body_max(enum segment_call call);
/* ERR_TOO_LARGE, ERR_INVALID: the body is no JSON object, or one of a batch without its array. */
TM_MUST_CHECK enum err_code segment_open(struct segment_request *request,
                                         struct json_parser *parser, struct err *err);
/* In the body; "" when it is not there. */
struct str segment_write_key(const struct segment_request *request);
/* Of "Basic ..." into `out`; "" when there is none. */
void segment_basic_key(const char *authorization, char *out, size_t size);
/* One record an event, in their order: stored ones and refused ones. ERR_TOO_LARGE for a batch
 * that would grow beyond all measure. */
TM_MUST_CHECK enum err_code segment_accept(const struct segment_request *request, int64_t source,
                                           struct segment_taken *out, struct err *err);
void segment_taken_release(struct segment_taken *taken);

#endif

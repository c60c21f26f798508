/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "intake/live/live.h"

#include "base/i18n.h"
#include "intake/live/left.h"

static const struct {
    const char *name, *text;
} reasons[] = {
#define LIVE_REASON(id, name, text) [id] = {name, text},
    LIVE_REASONS(LIVE_REASON)
#undef LIVE_REASON
};

const char *live_reason_name(enum live_reason reason)
{
    return reasons[reason].name;
}

const char *live_reason_text(const char *name)
{
    for (size_t i = 0; i < TM_COUNT(reasons); i++)
        if (strcmp(reasons[i].name, name) == 0)
            return _(reasons[i].text);
    return name;
}

extern const struct live_protocol segment_protocol, shopify_protocol, woocommerce_protocol;

const struct live_protocol *const live_protocols[] = {&segment_protocol, &shopify_protocol,
                                                      &woocommerce_protocol, NULL};

const struct live_protocol *live_protocol_find(const char *name)
{
    for (size_t i = 0; live_protocols[i]; i++)
        if (strcmp(live_protocols[i]->name, name) == 0)
            return live_protocols[i];
    return NULL;
}

void live_source_name(const struct source_entry *source, char out[32])
{
    const struct live_protocol *protocol = live_protocol_find(source->protocol);

    if (protocol && protocol->keys)
        snprintf(out, 32, "%s", protocol->keys);
    else
        snprintf(out, 32, "live:%" PRId64, source->id);
}

enum err_code live_records(struct live_run *run, const struct live_message *message,
                           struct err *err)
{
    const struct live_protocol *protocol = live_protocol_find(message->source->protocol);

    run->rejected = NULL;
    if (left_is(message->body))
        return left_records(run, message, err);
    if (!protocol)
        return err_set(err, ERR_NOT_FOUND, "live messages of \"%s\" are not known here",
                       message->source->protocol);
    return protocol->records(run, message, err);
}

enum err_code live_put(struct live_run *run, enum record_kind kind, const void *record,
                       struct err *err)
{
    return sink_put(&run->sink, kind, record, err);
}

void live_reject(struct live_run *run, enum live_reason reason)
{
    run->rejected = live_reason_name(reason);
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/person/ready.h"

#include "outreach/message/check.h"
#include "outreach/message/kept.h"
#include "outreach/person/data.h"

static enum err_code may_market(const struct message *message, struct settings *settings,
                                struct err *err)
{
    struct arena arena = ARENA_INIT(1 << 20);
    enum err_code rc;

    if (!settings->sending.postal_address[0])
        snprintf(settings->sending.postal_address, sizeof(settings->sending.postal_address), "-");
    rc = message_marketing_allowed(message, person_shop(settings, &arena), err);
    arena_release(&arena);
    return rc;
}

enum err_code message_ready(struct store *store, const char *name, bool marketing, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(MESSAGE_TEXT_MAX);
    struct message *message = NULL;
    struct settings settings;
    int64_t id;
    enum err_code rc;

    TRY(kept_message_text(store, name, &id, &text, err));
    if (!marketing)
        return ERR_OK;
    TRY(settings_of(store, &settings, err));
    TRY(message_read(buf_str(&text), NULL, false, &message, err));
    rc = may_market(message, &settings, err);
    message_free(message);
    return rc;
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cmd/message.h"

#include "base/file.h"
#include "cmd/records.h"
#include "cmd/verbs.h"
#include "privacy/who.h"

enum { DATA_MAX = 16 << 20 };

static enum err_code needs_name(const struct message_cmd *c, struct err *err)
{
    return c->name ? ERR_OK : err_set(err, ERR_USAGE, "name a message");
}

enum err_code message_cmd_set(struct message_cmd *c, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(MESSAGE_TEXT_MAX);
    struct named kept;
    int64_t id;

    if (!c->name)
        return err_set(err, ERR_USAGE, "name the message's file");
    TRY(file_read(c->name, MESSAGE_TEXT_MAX, &text, err));
    if (kept_message_set(c->store, 0, buf_str(&text), "command line", &id, err) != ERR_OK) {
        err_context(err, "reading \"%s\"", c->name);
        return err->code;
    }
    snprintf(kept.name, sizeof(kept.name), "%" PRId64, id);
    buf_reset(&text);
    TRY(store_named_find(c->store, NAMED_MESSAGE, kept.name, &kept, &text, err));
    if (!c->json) {
        buf_addf(&c->out, _("The message \"%s\" is kept.\n"), kept.name);
        return ERR_OK;
    }
    json_begin_object(&c->w);
    json_key_int(&c->w, "id", id);
    json_key_stringz(&c->w, "name", kept.name);
    json_end_object(&c->w);
    return ERR_OK;
}

static enum err_code add_kept(void *ctx, const struct named *named, struct err *err)
{
    struct message_cmd *c = ctx;

    (void)err;
    if (!c->json) {
        named_print(&c->out, named->name, "", named->about);
        return ERR_OK;
    }
    json_begin_object(&c->w);
    named_members(&c->w, named);
    json_end_object(&c->w);
    return ERR_OK;
}

enum err_code message_cmd_list(struct message_cmd *c, struct err *err)
{
    if (c->json)
        json_begin_array(&c->w);
    TRY(store_named_each(c->store, NAMED_MESSAGE, add_kept, c, err));
    if (c->json)
        json_end_array(&c->w);
    else if (!c->out.n)
        buf_addz(&c->out,
                 _("There are no messages yet: \"tidemark message starters\" shows some to "
                   "begin with.\n"));
    return ERR_OK;
}

enum err_code message_cmd_text(struct message_cmd *c, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(MESSAGE_TEXT_MAX);
    int64_t id;

    TRY(needs_name(c, err));
    TRY(kept_message_text(c->store, c->name, &id, &text, err));
    c->json = false;
    buf_adds(&c->out, buf_str(&text));
    return ERR_OK;
}

enum err_code message_cmd_remove(struct message_cmd *c, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(MESSAGE_TEXT_MAX);
    struct named named;

    TRY(needs_name(c, err));
    TRY(store_named_find(c->store, NAMED_MESSAGE, c->name, &named, &text, err));
    TRY(store_named_remove(c->store, NAMED_MESSAGE, named.id, err));
    if (!c->json)
        buf_addf(&c->out, _("The message \"%s\" is gone.\n"), named.name);
    return ERR_OK;
}

/* ---- what is wrong with it ---------------------------------------------------------------- */

static void write_finding(struct message_cmd *c, const struct message_finding *f)
{
    if (!c->json) {
        buf_addf(&c->out, "  %s%s%s%s\n", f->language, *f->language ? ": " : "", f->text,
                 f->blocks ? _(" (not for marketing)") : "");
        return;
    }
    json_begin_object(&c->w);
    json_key_stringz(&c->w, "language", f->language);
    json_key_bool(&c->w, "blocks", f->blocks);
    json_key_stringz(&c->w, "text", f->text);
    json_end_object(&c->w);
}

enum err_code message_cmd_findings(struct message_cmd *c, struct err *err)
{
    struct message_finding *list = xcalloc(MESSAGE_FINDINGS_MAX, sizeof(*list));
    struct arena arena = ARENA_INIT(1 << 20);
    struct settings settings = settings_default();
    size_t n = 0;
    enum err_code rc = c->store ? settings_of(c->store, &settings, err) : ERR_OK;

    message_free(c->message); /* as it is sent: an example need not have all that it may print */
    c->message = NULL;
    if (rc == ERR_OK)
        rc = message_cmd_read(c, false, err);
    if (rc == ERR_OK)
        rc = message_findings(c->message, c->store ? person_shop(&settings, &arena) : VALUE_NOTHING,
                              list, &n, err);
    for (size_t i = 0; rc == ERR_OK && i < n; i++)
        write_finding(c, &list[i]);
    arena_release(&arena);
    free(list);
    return rc;
}

enum err_code message_cmd_show_kept(struct message_cmd *c, struct err *err)
{
    TRY(needs_name(c, err));
    TRY(message_cmd_read(c, false, err));
    if (!c->json) {
        named_print(&c->out, c->message->name, "", c->message->about);
        return message_cmd_findings(c, err);
    }
    json_begin_object(&c->w);
    json_key_stringz(&c->w, "name", c->message->name);
    json_key_stringz(&c->w, "about", c->message->about);
    json_key(&c->w, "findings");
    json_begin_array(&c->w);
    TRY(message_cmd_findings(c, err));
    json_end_array(&c->w);
    json_end_object(&c->w);
    return ERR_OK;
}

/* ---- as a person gets it ------------------------------------------------------------------ */

static enum err_code find_person(struct workspace *ws, const char *name, uint64_t *out,
                                 struct err *err)
{
    TM_CLEANUP(who_release) struct who who = WHO_INIT;
    struct view_context context;

    TRY(records_make_fresh(ws, NULL, &context, err));
    TRY(who_find(ws->engine, name, ws->settings.country, &who, err));
    if (!who.people_count)
        return err_set(err, ERR_NOT_FOUND, "nobody here is \"%s\"", name);
    *out = who.people[0];
    return ERR_OK;
}

static enum err_code compose(struct message_cmd *c, struct preview *p, struct err *err)
{
    struct arena arena = ARENA_INIT(64 << 20);
    struct composed composed;
    int part;
    enum err_code rc = message_cmd_part(c, &part, err);

    composed_init(&composed);
    if (rc == ERR_OK)
        rc = preview_compose(p, &arena, &composed, err);
    if (rc == ERR_OK)
        message_cmd_show(c, &composed, part);
    composed_release(&composed);
    arena_release(&arena);
    return rc;
}

static enum err_code preview_person(struct message_cmd *c, struct preview *p, const char *name,
                                    struct err *err)
{
    TM_CLEANUP(pseudonyms_closep) struct pseudonyms *keys = NULL;
    TM_CLEANUP(consents_closep) struct consents *ledger = NULL;
    struct preview own = *p; /* with what is there only as long as the workspace is open */
    struct workspace ws;
    struct person_reader reader;
    enum err_code rc;

    TRY(workspace_open(c->dir, &ws, err));
    cmd_engine_working(ws.engine);
    rc = pseudonyms_open(ws.store, &keys, err);
    if (rc == ERR_OK)
        rc = consents_open_kept(ws.store, &ledger, err);
    if (rc == ERR_OK)
        rc = find_person(&ws, name, &own.person, err);
    reader = (struct person_reader){ws.engine, keys, ledger, ws.settings.country};
    own.reader = &reader;
    own.settings = &ws.settings;
    if (rc == ERR_OK)
        rc = compose(c, &own, err);
    cmd_engine_working(NULL);
    consents_close(ledger);
    ledger = NULL;
    workspace_close(&ws);
    return rc;
}

enum err_code message_cmd_preview(struct message_cmd *c, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf data = BUF_INIT(DATA_MAX);
    const char *who = message_cmd_value(c, "person"), *path = message_cmd_value(c, "data");
    const char *language = message_cmd_value(c, "language");
    struct settings settings;
    struct preview p = {
        .language = language ? language : "", .now_us = timestamp_now(), .settings = &settings};

    TRY(needs_name(c, err));
    TRY(message_cmd_read(c, false, err));
    TRY(settings_of(c->store, &settings, err));
    if (path)
        TRY(file_read(path, DATA_MAX, &data, err));
    p.message = c->message;
    p.data = buf_str(&data);
    if (!who)
        return compose(c, &p, err);
    store_close(c->store); /* the workspace opens its own */
    c->store = NULL;
    return preview_person(c, &p, who, err);
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* api_messages.c - what is said to people: messages that are kept, looked at and seen as a person
 * would get them (docs/templates.md). */
#include "base/json_slice.h"
#include "outreach/campaign/campaign.h"
#include "outreach/flow/flow.h"
#include "outreach/message/kept.h"
#include "outreach/person/preview.h"
#include "web/changing.h"
#include "web/desk.h"
#include "web/previews.h"

enum { WHO_BYTES = 400, LANGUAGE_BYTES = 16 };

/* ---- one, as JSON ------------------------------------------------------------------------- */

static void write_named(const struct named *named, struct json_writer *w)
{
    json_key_int(w, "id", named->id);
    json_key_stringz(w, "name", named->name);
    json_key_stringz(w, "about", named->about);
    json_key_stringz(w, "changed_by", named->actor);
    json_key_time(w, "made_at", named->made_us);
    json_key_time(w, "changed_at", named->changed_us);
}

/* Each once, whatever part asks for it. */
static void write_names(const struct message *m, struct json_writer *w)
{
    const char *name, *before[200];
    size_t n = 0;

    json_key(w, "names");
    json_begin_array(w);
    for (int part = 0; part < MESSAGE_PARTS; part++)
        for (size_t i = 0; m->parts[part] && (name = liquid_name(m->parts[part], i)); i++) {
            size_t k = 0;

            while (k < n && strcmp(before[k], name) != 0)
                k++;
            if (k < n || n == TM_COUNT(before) || message_gives(name))
                continue;
            before[n++] = name;
            json_stringz(w, name);
        }
    json_end_array(w);
}

static enum err_code write_findings(const struct settings *settings, const struct message *m,
                                    struct json_writer *w, struct err *err)
{
    struct message_finding *list = xcalloc(MESSAGE_FINDINGS_MAX, sizeof(*list));
    struct arena arena = ARENA_INIT(1 << 20);
    size_t n = 0;
    enum err_code rc = message_findings(m, person_shop(settings, &arena), list, &n, err);

    json_key(w, "findings");
    json_begin_array(w);
    for (size_t i = 0; rc == ERR_OK && i < n; i++) {
        json_begin_object(w);
        json_key_stringz(w, "language", list[i].language);
        json_key_bool(w, "blocks", list[i].blocks);
        json_key_stringz(w, "text", list[i].text);
        json_end_object(w);
    }
    json_end_array(w);
    arena_release(&arena);
    free(list);
    return rc;
}

/* What is in the text, of which it was read. */
static enum err_code write_message(struct web *web, const struct message *m, struct json_writer *w,
                                   struct err *err)
{
    struct settings settings;

    TRY(settings_of(web->store, &settings, err));
    json_key(w, "languages");
    json_begin_array(w);
    for (size_t i = 0; i < m->language_count; i++)
        if (*m->languages[i].code)
            json_stringz(w, m->languages[i].code);
    json_end_array(w);
    write_names(m, w);
    return write_findings(&settings, m, w, err);
}

/* ---- those that are kept ------------------------------------------------------------------ */

static enum err_code add_kept(void *ctx, const struct named *named, struct err *err)
{
    struct json_writer *w = ctx;

    (void)err;
    json_begin_object(w);
    write_named(named, w);
    json_end_object(w);
    return ERR_OK;
}

enum err_code do_messages(struct web *web, struct request *q, struct err *err)
{
    struct json_writer w = JSON_WRITER(&q->out);

    json_begin_object(&w);
    json_key(&w, "messages");
    json_begin_array(&w);
    TRY(store_named_each(web->store, NAMED_MESSAGE, add_kept, &w, err));
    json_end_array(&w);
    json_end_object(&w);
    return ERR_OK;
}

static enum err_code find(struct web *web, struct request *q, struct named *out, struct buf *text,
                          struct err *err)
{
    char number[24];
    int64_t id;

    TRY(request_id(q, &id, err));
    snprintf(number, sizeof(number), "%" PRId64, id);
    if (store_named_find(web->store, NAMED_MESSAGE, number, out, text, err) != ERR_OK ||
        out->id != id)
        return not_here(q, q->arg, err);
    return ERR_OK;
}

/* ---- who sends it ------------------------------------------------------------------------- */

struct uses {
    const char *message;
    struct json_writer *w;
};

static void write_use(const struct named *named, struct json_writer *w)
{
    json_begin_object(w);
    json_key_int(w, "id", named->id);
    json_key_stringz(w, "name", named->name);
    json_key_bool(w, "on", named->state == NAMED_ON);
    json_end_object(w);
}

/* A text that is broken sends nothing. */
static enum err_code add_flow(void *ctx, const struct named *named, struct err *err)
{
    TM_CLEANUP(flow_freep) struct flow *flow = NULL;
    const struct uses *u = ctx;
    struct err broken = ERR_INIT;
    const char *sent;

    (void)err;
    if (flow_read(named->text, NULL, NULL, &flow, &broken) != ERR_OK)
        return ERR_OK;
    for (size_t i = 0; (sent = flow_message(flow, i)); i++)
        if (strcmp(sent, u->message) == 0)
            write_use(named, u->w);
    return ERR_OK;
}

static enum err_code add_campaign(void *ctx, const struct named *named, struct err *err)
{
    TM_CLEANUP(campaign_freep) struct campaign *campaign = NULL;
    const struct uses *u = ctx;
    struct err broken = ERR_INIT;
    const char *sent;

    (void)err;
    if (campaign_read(named->text, NULL, NULL, &campaign, &broken) != ERR_OK)
        return ERR_OK;
    for (size_t i = 0; (sent = campaign_message(campaign, i)); i++)
        if (strcmp(sent, u->message) == 0)
            write_use(named, u->w);
    return ERR_OK;
}

static enum err_code write_uses(struct store *store, const char *message, struct json_writer *w,
                                struct err *err)
{
    struct uses uses = {message, w};

    json_key(w, "used_by");
    json_begin_object(w);
    json_key(w, "flows");
    json_begin_array(w);
    TRY(store_named_each(store, NAMED_FLOW, add_flow, &uses, err));
    json_end_array(w);
    json_key(w, "campaigns");
    json_begin_array(w);
    TRY(store_named_each(store, NAMED_CAMPAIGN, add_campaign, &uses, err));
    json_end_array(w);
    json_end_object(w);
    return ERR_OK;
}

/* A text of an earlier version that is no message any more is shown, with why. */
enum err_code do_message(struct web *web, struct request *q, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(MESSAGE_TEXT_MAX);
    TM_CLEANUP(message_freep) struct message *m = NULL;
    struct json_writer w = JSON_WRITER(&q->out);
    struct err broken = ERR_INIT;
    struct named named;

    TRY(find(web, q, &named, &text, err));
    changing_version(&named, q->version);
    json_begin_object(&w);
    write_named(&named, &w);
    json_key_stringz(&w, "version", q->version);
    json_key_string(&w, "text", buf_str(&text));
    TRY(write_uses(web->store, named.name, &w, err));
    if (message_read(buf_str(&text), NULL, false, &m, &broken) == ERR_OK)
        TRY(write_message(web, m, &w, err));
    else
        json_key_stringz(&w, "problem", broken.msg);
    json_end_object(&w);
    return ERR_OK;
}

static enum err_code text_of(struct request *q, struct json_value *body, struct str *out,
                             struct err *err)
{
    TRY(request_json(q, body, err));
    *out = json_text(json_get(*body, "text"), STR_NONE);
    return out->n ? ERR_OK : field_wrong("text", err);
}

static enum err_code keep(struct web *web, struct request *q, int64_t id, struct err *err)
{
    struct json_writer w = JSON_WRITER(&q->out);
    struct json_value body;
    struct str text;
    char actor[CHANGING_ACTOR];

    TRY(text_of(q, &body, &text, err));
    changing_actor(q, actor);
    TRY(kept_message_set(web->store, id, text, actor, &id, err));
    snprintf(q->object, sizeof(q->object), "message %" PRId64, id);
    json_begin_object(&w);
    json_key_int(&w, "id", id);
    json_end_object(&w);
    return ERR_OK;
}

enum err_code do_message_put(struct web *web, struct request *q, struct err *err)
{
    return keep(web, q, 0, err);
}

enum err_code do_message_change(struct web *web, struct request *q, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(MESSAGE_TEXT_MAX);
    struct named named;

    TRY(find(web, q, &named, &text, err));
    TRY(changing_check_named(q, &named, err));
    return keep(web, q, named.id, err);
}

enum err_code do_message_delete(struct web *web, struct request *q, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(MESSAGE_TEXT_MAX);
    struct named named;

    TRY(find(web, q, &named, &text, err));
    TRY(changing_check_named(q, &named, err));
    snprintf(q->object, sizeof(q->object), "message %" PRId64, named.id);
    return store_named_remove(web->store, NAMED_MESSAGE, named.id, err);
}

enum err_code do_message_starters(struct web *web, struct request *q, struct err *err)
{
    struct json_writer w = JSON_WRITER(&q->out);
    const struct message_starter *s;

    (void)web;
    json_begin_object(&w);
    json_key(&w, "starters");
    json_begin_array(&w);
    for (size_t i = 0; (s = message_starter(i)); i++) {
        TM_CLEANUP(message_freep) struct message *m = NULL;

        TRY(message_read(s->text, s->name, false, &m, err));
        json_begin_object(&w);
        json_key_stringz(&w, "name", s->name);
        json_key_stringz(&w, "about", m->about);
        json_key_string(&w, "text", s->text);
        json_end_object(&w);
    }
    json_end_array(&w);
    json_end_object(&w);
    return ERR_OK;
}

/* ---- without keeping it ------------------------------------------------------------------- */

static void write_faults(const struct message_fault *faults, size_t n, struct json_writer *w)
{
    json_key(w, "problems");
    json_begin_array(w);
    for (size_t i = 0; i < n; i++) {
        json_begin_object(w);
        json_key_stringz(w, "problem", faults[i].why.msg);
        json_key_stringz(w, "hint", faults[i].why.hint);
        json_key(w, "line");
        if (faults[i].line)
            json_int(w, (int64_t)faults[i].line);
        else
            json_null(w);
        json_end_object(w);
    }
    json_end_array(w);
}

/* Strictly, as it would be kept. */
enum err_code do_message_check(struct web *web, struct request *q, struct err *err)
{
    TM_CLEANUP(message_freep) struct message *m = NULL;
    struct message_fault *faults;
    struct json_writer w = JSON_WRITER(&q->out);
    struct json_value body;
    struct str text;
    enum err_code rc = ERR_OK;
    size_t n;

    TRY(text_of(q, &body, &text, err));
    faults = xcalloc(MESSAGE_FAULTS_MAX, sizeof(*faults));
    n = message_faults(text, faults);
    json_begin_object(&w);
    json_key_bool(&w, "ok", n == 0);
    if (n)
        write_faults(faults, n, &w);
    else
        rc = message_read(text, NULL, false, &m, err);
    free(faults);
    if (m) {
        json_key_stringz(&w, "name", m->name);
        TRY(write_message(web, m, &w, err));
        TRY(write_uses(web->store, m->name, &w, err));
    }
    json_end_object(&w);
    return rc;
}

struct wish {
    struct settings settings;
    struct consents *ledger; /* owned */
    struct message *message; /* owned */
    struct buf data;         /* owned */
    char who[WHO_BYTES], language[LANGUAGE_BYTES];
    uint64_t person; /* 0: not by number */
    struct preview preview;
    struct arena arena; /* owned */
    struct composed composed;
};

static void wish_free(struct wish *w)
{
    consents_close(w->ledger);
    message_free(w->message);
    buf_release(&w->data);
    composed_release(&w->composed);
    arena_release(&w->arena);
    free(w);
}

static void wish_freep(struct wish **w)
{
    wish_free(*w);
}

/* A field that may be left out; too long: it is wrong. */
static enum err_code optional(struct json_value body, const char *key, char *out, size_t size,
                              struct err *err)
{
    struct str text = json_text(json_get(body, key), STR_NONE);

    if (text.n >= size || memchr(text.p, '\0', text.n))
        return field_wrong(key, err);
    snprintf(out, size, "%.*s", (int)text.n, text.p);
    return ERR_OK;
}

/* What the message is about, as it was written. */
static enum err_code read_data(struct request *q, struct json_value body, struct buf *out,
                               struct err *err)
{
    struct json_slice slice = json_slice(buf_str(&q->body));
    enum json_type type = json_type_of(json_get(body, "data"));

    if (type == JSON_NONE || type == JSON_NULL)
        return ERR_OK;
    if (type != JSON_OBJECT)
        return field_wrong("data", err);
    for (struct json_iter it = json_iter(body); json_iter_next(&it) && json_slice_next(&slice);)
        if (str_eqz(it.key, "data") && !out->n)
            buf_adds(out, slice.value);
    return buf_check(out, err);
}

/* The number of a page of somebody. */
static enum err_code read_person(struct json_value body, struct wish *wish, struct err *err)
{
    char number[WHO_BYTES], *rest;

    TRY(optional(body, "person", number, sizeof(number), err));
    wish->person = strtoull(number, &rest, 10);
    if (*rest || (*number && !wish->person))
        return field_wrong("person", err);
    if (wish->person)
        snprintf(wish->who, sizeof(wish->who), "%" PRIu64, wish->person);
    return ERR_OK;
}

static enum err_code read_message(struct web *web, struct json_value body, struct wish *wish,
                                  struct err *err)
{
    TM_CLEANUP(buf_release) struct buf kept = BUF_INIT(MESSAGE_TEXT_MAX);
    struct str text = json_text(json_get(body, "text"), STR_NONE);
    char name[NAMED_NAME_BYTES];
    int64_t id;

    if (!text.n) {
        TRY(request_text(body, "name", name, sizeof(name), err));
        TRY(kept_message_text(web->store, name, &id, &kept, err));
        text = buf_str(&kept);
    }
    return message_read(text, NULL, false, &wish->message, err);
}

static enum err_code read_wish(struct web *web, struct request *q, struct wish *wish,
                               struct err *err)
{
    struct json_value body;
    enum err_code rc;

    TRY(request_json(q, &body, err));
    TRY(optional(body, "who", wish->who, sizeof(wish->who), err));
    TRY(read_person(body, wish, err));
    TRY(optional(body, "language", wish->language, sizeof(wish->language), err));
    TRY(read_data(q, body, &wish->data, err));
    pthread_mutex_lock(&web->lock);
    rc = settings_of(web->store, &wish->settings, err);
    if (rc == ERR_OK)
        rc = read_message(web, body, wish, err);
    if (rc == ERR_OK && *wish->who)
        rc = consents_open(web->store, &wish->ledger, err);
    pthread_mutex_unlock(&web->lock);
    wish->preview = (struct preview){.message = wish->message,
                                     .settings = &wish->settings,
                                     .data = buf_str(&wish->data),
                                     .language = wish->language,
                                     .now_us = timestamp_now()};
    return rc;
}

/* By what customers are searched for, which writes nothing: figures may be made meanwhile. */
static enum err_code find_person(struct engine *engine, const char *who, uint64_t *out,
                                 struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;
    const struct param param = PARAM_STR("q", str_of(who));

    *out = 0;
    TRY(engine_query(engine, "insight/search_exact", &param, 1, &res, err));
    while (result_next(res))
        *out = result_uint(res, 0);
    TRY(result_status(res, err));
    return *out ? ERR_OK : err_set(err, ERR_NOT_FOUND, "nobody here is \"%s\"", who);
}

static enum err_code compose_for(struct wish *wish, struct engine *engine, struct err *err)
{
    struct person_reader reader = {.engine = engine,
                                   .pseudonyms = consents_keys(wish->ledger),
                                   .consents = wish->ledger,
                                   .country = wish->settings.country};

    wish->preview.reader = &reader;
    wish->preview.person = wish->person;
    if (!wish->person)
        TRY(find_person(engine, wish->who, &wish->preview.person, err));
    return preview_compose(&wish->preview, &wish->arena, &wish->composed, err);
}

static enum err_code compose_for_person(struct web *web, struct request *q, struct wish *wish,
                                        struct err *err)
{
    struct desk_loan *loan = NULL;
    struct engine *engine;
    enum err_code rc;

    TRY(desk_lend(web->desk, q->connection, &loan, &engine, err));
    rc = compose_for(wish, engine, err);
    q->left = desk_take_back(loan);
    return rc;
}

/* A person's number and a key's are told apart. */
static int64_t reader_of(const struct request *q)
{
    return q->key.id ? -q->key.id : q->user.id;
}

static void write_frame(struct web *web, const struct request *q, struct str html,
                        struct json_writer *w)
{
    TM_CLEANUP(buf_release) struct buf frame = BUF_INIT(200);
    char id[PREVIEW_ID_BYTES];

    if (html.n) {
        previews_keep(web->previews, reader_of(q), html, id);
        buf_addf(&frame, "/messages/previews/%s", id);
    }
    json_key_string(w, "frame", buf_str(&frame));
}

enum err_code do_message_framed(struct web *web, struct request *q, struct err *err)
{
    const char *dark = request_query(q, "dark");

    if (previews_read(web->previews, reader_of(q), q->arg, dark && strcmp(dark, "1") == 0, &q->out,
                      err) != ERR_OK)
        return refuse(q, 404, err->code);
    q->type = "text/html; charset=utf-8";
    q->framed = true;
    return ERR_OK;
}

enum err_code do_message_preview(struct web *web, struct request *q, struct err *err)
{
    TM_CLEANUP(wish_freep) struct wish *wish = xcalloc(1, sizeof(*wish));
    struct json_writer w = JSON_WRITER(&q->out);

    wish->data = BUF_INIT(MESSAGE_BODY_MAX);
    wish->arena = ARENA_INIT(32 << 20);
    composed_init(&wish->composed);
    TRY(read_wish(web, q, wish, err));
    q->traced = *wish->who != '\0'; /* somebody's data were looked at */
    snprintf(q->object, sizeof(q->object), "message");
    if (*wish->who)
        TRY(compose_for_person(web, q, wish, err));
    else
        TRY(preview_compose(&wish->preview, &wish->arena, &wish->composed, err));
    json_begin_object(&w);
    json_key_stringz(&w, "language", wish->composed.language);
    for (int part = 0; part < MESSAGE_PARTS; part++)
        json_key_string(&w, message_part_names[part], buf_str(&wish->composed.parts[part]));
    write_frame(web, q, buf_str(&wish->composed.parts[MESSAGE_HTML]), &w);
    TRY(write_findings(&wish->settings, wish->message, &w, err));
    json_end_object(&w);
    return ERR_OK;
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* api_flows.c - the shop's flows: texts, where each step leads to, switches, numbers, and flows to
 * begin with (docs/flows.md). */
#include "base/i18n.h"
#include "outreach/acting/flows.h"
#include "outreach/acting/numbers.h"
#include "web/changing.h"
#include "web/flowing.h"

enum { FAULTS_MAX = 50 };

/* ---- one that is kept --------------------------------------------------------------------- */

struct found {
    struct named named;
    struct buf text;
    struct flow *flow; /* NULL: its text is broken */
    struct err problem;
};

static void found_release(struct found *f)
{
    buf_release(&f->text);
    flow_free(f->flow);
}

static enum err_code find(struct web *web, struct request *q, struct found *out, struct err *err)
{
    char number[24];
    int64_t id;

    TRY(request_id(q, &id, err));
    snprintf(number, sizeof(number), "%" PRId64, id);
    TRY(store_named_find(web->store, NAMED_FLOW, number, &out->named, &out->text, err));
    if (flow_read(buf_str(&out->text), NULL, NULL, &out->flow, &out->problem) != ERR_OK)
        out->flow = NULL;
    snprintf(q->object, sizeof(q->object), "flow %" PRId64, out->named.id);
    return ERR_OK;
}

static enum err_code whole(const struct found *f, struct err *err)
{
    if (f->flow)
        return ERR_OK;
    *err = f->problem;
    return ERR_INVALID;
}

/* ---- what goes out ------------------------------------------------------------------------ */

static enum err_code numbers_of(struct store *store, int64_t flow, struct flow_numbers *out,
                                struct err *err)
{
    TM_CLEANUP(outbox_closep) struct outbox *outbox = NULL;

    *out = (struct flow_numbers){.step_count = 0};
    TRY(outbox_open_kept(store, &outbox, err));
    return outbox ? flow_numbers_read(outbox, flow, out, err) : ERR_OK;
}

static void put_named(const struct named *named, struct json_writer *w)
{
    json_key_int(w, "id", named->id);
    json_key_stringz(w, "name", named->name);
    json_key_stringz(w, "about", named->about);
    json_key_stringz(w, "state", flow_state_name(named->state));
    json_key_time(w, "switched_at", named->state_us);
    json_key_stringz(w, "switched_by", named->state_by);
    json_key_time(w, "changed_at", named->changed_us);
    json_key_stringz(w, "changed_by", named->actor);
}

struct listing {
    struct outbox *outbox; /* NULL: nobody ever started */
    struct json_writer *w;
};

static enum err_code list_one(void *ctx, const struct named *named, struct err *err)
{
    struct listing *l = ctx;
    struct flow_numbers n = {.step_count = 0};
    struct flow *flow = NULL;
    struct err why = ERR_INIT;

    if (l->outbox)
        TRY(flow_numbers_read(l->outbox, named->id, &n, err));
    json_begin_object(l->w);
    put_named(named, l->w);
    if (flow_read(named->text, NULL, NULL, &flow, &why) != ERR_OK)
        flow = NULL;
    json_key_stringz(l->w, "practice", flow ? flow->practice : "");
    json_key_stringz(l->w, "problem", flow ? NULL : why.msg);
    json_key_int(l->w, "started", n.people.started);
    json_key_int(l->w, "going", n.people.by_outcome[RUN_GOING]);
    json_key_int(l->w, "goal", n.people.by_outcome[RUN_GOAL]);
    json_key_int(l->w, "held_out", n.held_out.started);
    json_key_int(l->w, "sent", n.messages[OUTBOX_ACCEPTED]);
    json_end_object(l->w);
    flow_free(flow);
    return ERR_OK;
}

enum err_code do_flows(struct web *web, struct request *q, struct err *err)
{
    TM_CLEANUP(outbox_closep) struct outbox *outbox = NULL;
    struct json_writer w = JSON_WRITER(&q->out);
    struct listing listing = {.w = &w};

    TRY(outbox_open_kept(web->store, &outbox, err));
    listing.outbox = outbox;
    json_begin_object(&w);
    json_key(&w, "flows");
    json_begin_array(&w);
    TRY(store_named_each(web->store, NAMED_FLOW, list_one, &listing, err));
    json_end_array(&w);
    flowing_show_state(web->flowing, "live", &w);
    json_end_object(&w);
    return ERR_OK;
}

static void put_flow(const struct found *f, const char *version, struct json_writer *w)
{
    json_begin_object(w);
    put_named(&f->named, w);
    json_key_stringz(w, "version", version);
    json_key_string(w, "text", buf_str(&f->text));
    json_key_stringz(w, "problem", f->flow ? NULL : f->problem.msg);
    json_key(w, "flow");
    if (f->flow)
        flow_write_json(f->flow, w);
    else
        json_null(w);
    json_end_object(w);
}

enum err_code do_flow(struct web *web, struct request *q, struct err *err)
{
    TM_CLEANUP(found_release) struct found f = {.text = BUF_INIT(FLOW_TEXT_MAX)};
    struct json_writer w = JSON_WRITER(&q->out);

    TRY(find(web, q, &f, err));
    changing_version(&f.named, q->version);
    put_flow(&f, q->version, &w);
    return ERR_OK;
}

enum err_code do_flow_numbers(struct web *web, struct request *q, struct err *err)
{
    TM_CLEANUP(found_release) struct found f = {.text = BUF_INIT(FLOW_TEXT_MAX)};
    struct json_writer w = JSON_WRITER(&q->out);
    struct flow_numbers numbers;

    TRY(find(web, q, &f, err));
    TRY(whole(&f, err));
    TRY(numbers_of(web->store, f.named.id, &numbers, err));
    flow_numbers_json(&numbers, f.flow, &w);
    return ERR_OK;
}

/* ---- texts -------------------------------------------------------------------------------- */

static enum err_code text_of(struct request *q, struct str *out, struct err *err)
{
    struct json_value body, text;

    TRY(request_json(q, &body, err));
    text = json_get(body, "text");
    if (json_type_of(text) != JSON_STRING)
        return field_wrong("text", err);
    *out = json_text(text, STR_NONE);
    if (out->n > FLOW_TEXT_MAX)
        return err_set(err, ERR_TOO_LARGE, "a flow has at most %d bytes", FLOW_TEXT_MAX);
    return ERR_OK;
}

/* "flow:5: steps: ..." */
static void put_fault(const struct err *fault, struct json_writer *w)
{
    const char *said = fault->msg;
    int64_t line = 0;

    if (strncmp(said, "flow:", 5) == 0) {
        char *end;

        line = strtoll(said + 5, &end, 10);
        said = *end == ':' ? end + 1 + strspn(end + 1, " ") : said;
    }
    json_begin_object(w);
    json_key_int(w, "line", line);
    json_key_stringz(w, "detail", said);
    json_key_stringz(w, "hint", fault->hint);
    json_end_object(w);
}

static void put_faults(enum err_code rc, const struct yaml_faults *faults, const struct err *only,
                       struct json_writer *w)
{
    json_key(w, "faults");
    json_begin_array(w);
    for (size_t i = 0; rc != ERR_OK && i < faults->n; i++)
        put_fault(&faults->items[i], w);
    if (rc != ERR_OK && !faults->n)
        put_fault(only, w);
    json_end_array(w);
}

/* All mistakes of a text, with what the shop lacks for it to be switched on. */
enum err_code do_flow_check(struct web *web, struct request *q, struct err *err)
{
    struct err *list = xcalloc(FAULTS_MAX, sizeof(*list));
    struct yaml_faults faults = {.items = list, .cap = FAULTS_MAX};
    struct json_writer w = JSON_WRITER(&q->out);
    struct err why = ERR_INIT, lack = ERR_INIT;
    struct flow *flow = NULL;
    struct str text = STR_NONE;
    enum err_code rc = text_of(q, &text, err), read;

    if (rc == ERR_OK) {
        read = flow_read(text, "flow", &faults, &flow, &why);
        json_begin_object(&w);
        put_faults(read, &faults, &why, &w);
        if (read == ERR_OK && flow_may_be_on(web->store, flow, &lack) == ERR_OK)
            lack = ERR_INIT;
        json_key_stringz(&w, "lacks", lack.code != ERR_OK ? lack.msg : NULL);
        json_key(&w, "flow");
        if (read == ERR_OK)
            flow_write_json(flow, &w);
        else
            json_null(&w);
        json_end_object(&w);
    }
    flow_free(flow);
    free(list);
    return rc;
}

static enum err_code keep(struct web *web, struct request *q, struct str text, int64_t id,
                          int64_t *out_id, struct err *err)
{
    char actor[CHANGING_ACTOR];

    changing_actor(q, actor);
    TRY(flow_keep(web->store, text, "flow", id, actor, NULL, out_id, err));
    snprintf(q->object, sizeof(q->object), "flow %" PRId64, *out_id);
    flowing_changed(web->flowing);
    return ERR_OK;
}

static void put_id(struct request *q, int64_t id)
{
    struct json_writer w = JSON_WRITER(&q->out);

    json_begin_object(&w);
    json_key_int(&w, "id", id);
    json_end_object(&w);
}

enum err_code do_flow_add(struct web *web, struct request *q, struct err *err)
{
    struct str text;
    int64_t id;

    TRY(text_of(q, &text, err));
    TRY(keep(web, q, text, 0, &id, err));
    put_id(q, id);
    return ERR_OK;
}

enum err_code do_flow_put(struct web *web, struct request *q, struct err *err)
{
    TM_CLEANUP(found_release) struct found f = {.text = BUF_INIT(FLOW_TEXT_MAX)};
    struct str text;
    int64_t id;

    TRY(find(web, q, &f, err));
    TRY(changing_check_named(q, &f.named, err));
    TRY(text_of(q, &text, err));
    TRY(keep(web, q, text, f.named.id, &id, err));
    put_id(q, id);
    return ERR_OK;
}

static enum err_code let_nothing_out(struct web *web, int64_t flow, struct err *err)
{
    TM_CLEANUP(outbox_closep) struct outbox *outbox = NULL;

    TRY(outbox_open_kept(web->store, &outbox, err));
    return outbox ? flow_close(outbox, flow, err) : ERR_OK;
}

/* Who is on the way is stopped by who moves people on. */
enum err_code do_flow_delete(struct web *web, struct request *q, struct err *err)
{
    TM_CLEANUP(found_release) struct found f = {.text = BUF_INIT(FLOW_TEXT_MAX)};

    TRY(find(web, q, &f, err));
    TRY(let_nothing_out(web, f.named.id, err));
    TRY(store_named_remove(web->store, NAMED_FLOW, f.named.id, err));
    flowing_changed(web->flowing);
    return ERR_OK;
}

/* ---- switches ----------------------------------------------------------------------------- */

static enum err_code switch_to(struct web *web, struct request *q, int64_t id,
                               enum named_state state, struct err *err)
{
    char actor[CHANGING_ACTOR];

    changing_actor(q, actor);
    TRY(store_named_switch(web->store, NAMED_FLOW, id, state, actor, err));
    flowing_changed(web->flowing);
    return ERR_OK;
}

enum err_code do_flow_on(struct web *web, struct request *q, struct err *err)
{
    TM_CLEANUP(found_release) struct found f = {.text = BUF_INIT(FLOW_TEXT_MAX)};

    TRY(find(web, q, &f, err));
    TRY(whole(&f, err));
    TRY(flow_may_be_on(web->store, f.flow, err));
    TRY(flow_is_alone(web->store, f.flow, f.named.id, err));
    return switch_to(web, q, f.named.id, NAMED_ON, err);
}

enum err_code do_flow_off(struct web *web, struct request *q, struct err *err)
{
    TM_CLEANUP(found_release) struct found f = {.text = BUF_INIT(FLOW_TEXT_MAX)};
    struct json_value body;
    bool stop;

    TRY(find(web, q, &f, err));
    TRY(request_json(q, &body, err));
    stop = json_boolean(json_get(body, "stop"), false);
    if (stop)
        TRY(let_nothing_out(web, f.named.id, err));
    return switch_to(web, q, f.named.id, stop ? NAMED_ENDED : NAMED_OFF, err);
}

/* ---- to begin with ------------------------------------------------------------------------ */

/* The flow that was begun with it, in whatever language; 0: there is none. */
static enum err_code kept_of(struct store *store, const struct flow_starter *s, int64_t *out,
                             struct err *err)
{
    const enum language reader = i18n_current();
    enum err_code rc = ERR_NOT_FOUND;

    *out = 0;
    for (int l = 0; l < LANG_COUNT && rc == ERR_NOT_FOUND; l++) {
        TM_CLEANUP(buf_release) struct buf text = BUF_INIT(FLOW_TEXT_MAX);
        struct named named;

        (void)i18n_use((enum language)l);
        *err = (struct err)ERR_INIT;
        rc = store_named_find(store, NAMED_FLOW, _(s->name), &named, &text, err);
        *out = rc == ERR_OK ? named.id : 0;
    }
    (void)i18n_use(reader);
    if (rc == ERR_NOT_FOUND) {
        *err = (struct err)ERR_INIT;
        rc = ERR_OK;
    }
    return rc;
}

/* Its text in the language of who asks. */
static enum err_code put_starter(struct store *store, const struct flow_starter *s,
                                 const char *practice, struct json_writer *w, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(FLOW_TEXT_MAX);
    TM_CLEANUP(flow_freep) struct flow *flow = NULL;
    struct err why = ERR_INIT;
    int64_t kept;

    flow_starter_write(s, &text);
    if (flow_read(buf_str(&text), NULL, NULL, &flow, &why) != ERR_OK ||
        (practice && strcmp(flow->practice, practice) != 0))
        return ERR_OK;
    TRY(kept_of(store, s, &kept, err));
    json_begin_object(w);
    json_key_stringz(w, "code", s->code);
    json_key_stringz(w, "name", _(s->name));
    json_key_stringz(w, "about", _(s->about));
    json_key_stringz(w, "practice", flow->practice);
    json_key_string(w, "text", buf_str(&text));
    json_key_int(w, "kept", kept);
    json_end_object(w);
    return ERR_OK;
}

enum err_code do_flow_starters(struct web *web, struct request *q, struct err *err)
{
    const char *practice = request_query(q, "practice");
    struct json_writer w = JSON_WRITER(&q->out);
    const struct flow_starter *s;

    json_begin_object(&w);
    json_key(&w, "starters");
    json_begin_array(&w);
    for (size_t i = 0; (s = flow_starter(i)); i++)
        TRY(put_starter(web->store, s, practice && *practice ? practice : NULL, &w, err));
    json_end_array(&w);
    json_end_object(&w);
    return ERR_OK;
}

static enum err_code find_starter(struct json_value body, const struct flow_starter **out,
                                  struct err *err)
{
    struct str code = json_text(json_get(body, "code"), STR_NONE);
    size_t i = 0;

    while ((*out = flow_starter(i)) && !str_eqz(code, (*out)->code))
        i++;
    if (!*out)
        return err_set(err, ERR_NOT_FOUND, "there is no starter \"%.*s\"",
                       (int)(code.n < 40 ? code.n : 40), code.p);
    return ERR_OK;
}

/* Kept, and switched on unless that is not wished. */
enum err_code do_flow_start(struct web *web, struct request *q, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(FLOW_TEXT_MAX);
    TM_CLEANUP(flow_freep) struct flow *flow = NULL;
    const struct flow_starter *starter;
    struct json_value body;
    bool on;
    int64_t id;

    TRY(request_json(q, &body, err));
    TRY(find_starter(body, &starter, err));
    TRY(kept_of(web->store, starter, &id, err));
    if (id)
        return err_set(err, ERR_EXISTS, "%s: \"%s\"", _("there is such a flow already"),
                       _(starter->name));
    on = json_boolean(json_get(body, "on"), true);
    flow_starter_write(starter, &text);
    TRY(buf_check(&text, err));
    TRY(flow_read(buf_str(&text), NULL, NULL, &flow, err));
    if (on)
        TRY(flow_may_be_on(web->store, flow, err));
    if (on)
        TRY(flow_is_alone(web->store, flow, 0, err));
    TRY(keep(web, q, buf_str(&text), 0, &id, err));
    if (on)
        TRY(switch_to(web, q, id, NAMED_ON, err));
    put_id(q, id);
    return ERR_OK;
}

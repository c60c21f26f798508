/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* api_segments.c - the shop's segments as texts and as trees for a builder (docs/segments.md). Who
 * belongs to them is api_segment_people.c's. */
#include "audience/shelf.h"
#include "base/i18n.h"
#include "store/memberships.h"
#include "web/changing.h"
#include "web/segment_texts.h"
#include "web/segments.h"

/* ---- what comes in ------------------------------------------------------------------------- */

enum err_code segment_text_of(struct json_value body, struct buf *out, struct err *err)
{
    struct json_value tree = json_get(body, "tree");
    struct audience *audience = NULL;
    struct str text = json_text(json_get(body, "text"), STR_NONE);

    if (json_type_of(tree) != JSON_OBJECT) {
        if (json_type_of(json_get(body, "text")) != JSON_STRING)
            return field_wrong("text", err);
        if (text.n > AUDIENCE_TEXT_MAX)
            return err_set(err, ERR_TOO_LARGE, "a segment has at most %d bytes", AUDIENCE_TEXT_MAX);
        buf_adds(out, text);
        return buf_check(out, err);
    }
    TRY(audience_read_json(tree, &audience, err));
    audience_print(audience, out);
    audience_free(audience);
    return buf_check(out, err);
}

/* ---- what goes out ------------------------------------------------------------------------- */

static void show_counts(const struct membership *m, struct json_writer *w)
{
    json_key(w, "members");
    if (m && m->filled)
        json_int(w, m->members);
    else
        json_null(w);
    json_key(w, "people");
    if (m && m->filled)
        json_int(w, m->people);
    else
        json_null(w);
    json_key_time(w, "counted_at", m && m->filled ? m->counted_us : TIME_NONE);
}

bool segment_is_current(const struct audience_shelf *shelf, size_t i, const struct membership *m)
{
    char meaning[DIGEST_HEX];

    if (!m->filled || !shelf->set.segments[i].tree)
        return m->filled;
    audience_shelf_meaning(shelf, i, meaning);
    return strcmp(meaning, m->meaning) == 0;
}

/* What was counted of another text is told of nobody. */
static const struct membership *find_counts(const struct audience_shelf *shelf, size_t i,
                                            const struct membership *list, size_t n)
{
    for (size_t k = 0; k < n; k++)
        if (list[k].segment == shelf->entries[i].id)
            return segment_is_current(shelf, i, &list[k]) ? &list[k] : NULL;
    return NULL;
}

/* `version`: with the tree, and what it is for If-Match; NULL in a list. */
static void show_segment(const struct audience_shelf *shelf, size_t i, const struct membership *m,
                         const char *version, struct json_writer *w)
{
    const struct audience_segment *s = &shelf->set.segments[i];
    const struct named *e = &shelf->entries[i];

    json_begin_object(w);
    json_key_int(w, "id", e->id);
    json_key_stringz(w, "name", e->name);
    json_key_string(w, "text", e->text);
    json_key_stringz(w, "about", e->about);
    json_key_stringz(w, "changed_by", e->actor);
    json_key_time(w, "made_at", e->made_us);
    json_key_time(w, "changed_at", e->changed_us);
    json_key_stringz(w, "problem", s->err.code == ERR_OK ? NULL : s->err.msg);
    show_counts(m, w);
    if (version) {
        json_key_stringz(w, "version", version);
        json_key(w, "tree");
        if (s->tree)
            audience_write_json(s->tree, w);
        else
            json_null(w);
    }
    json_end_object(w);
}

/* The caller frees *out. */
static enum err_code read_counts(struct store *store, struct membership **out, size_t *out_n,
                                 struct err *err)
{
    TM_CLEANUP(outbox_closep) struct outbox *o = NULL;

    *out = xcalloc(NAMED_MOST, sizeof(**out));
    *out_n = 0;
    TRY(outbox_open_kept(store, &o, err));
    if (!o)
        return ERR_OK;
    TRY(outbox_begin(o, err));
    return outbox_end(o, memberships(o, *out, NAMED_MOST, out_n, err), err);
}

enum err_code do_segments(struct web *web, struct request *q, struct err *err)
{
    TM_CLEANUP(audience_shelf_close) struct audience_shelf shelf = {.entries = NULL};
    struct json_writer w = JSON_WRITER(&q->out);
    struct membership *counts = NULL;
    size_t n = 0;
    enum err_code rc = audience_shelf_open(web->store, NULL, NULL, &shelf, err);

    if (rc == ERR_OK)
        rc = read_counts(web->store, &counts, &n, err);
    if (rc == ERR_OK) {
        json_begin_object(&w);
        json_key(&w, "segments");
        json_begin_array(&w);
        for (size_t i = 0; i < shelf.set.n; i++)
            show_segment(&shelf, i, find_counts(&shelf, i, counts, n), NULL, &w);
        json_end_array(&w);
        segments_show_state(web->segments, &w);
        json_end_object(&w);
    }
    free(counts);
    return rc;
}

enum err_code segment_find(struct request *q, const struct audience_shelf *shelf, size_t *out,
                           struct err *err)
{
    int64_t id;

    TRY(request_id(q, &id, err));
    for (*out = 0; *out < shelf->set.n; ++*out)
        if (shelf->entries[*out].id == id)
            return ERR_OK;
    return not_here(q, q->arg, err);
}

static enum err_code answer_with(struct web *web, struct request *q, int64_t id, struct err *err)
{
    TM_CLEANUP(audience_shelf_close) struct audience_shelf shelf = {.entries = NULL};
    struct json_writer w = JSON_WRITER(&q->out);
    struct membership *counts = NULL;
    size_t n = 0, i = 0;
    enum err_code rc = audience_shelf_open(web->store, NULL, NULL, &shelf, err);

    if (rc == ERR_OK)
        rc = read_counts(web->store, &counts, &n, err);
    while (rc == ERR_OK && i < shelf.set.n && shelf.entries[i].id != id)
        i++;
    if (rc == ERR_OK && i == shelf.set.n)
        rc = not_here(q, q->arg, err);
    if (rc == ERR_OK) {
        changing_version(&shelf.entries[i], q->version);
        show_segment(&shelf, i, find_counts(&shelf, i, counts, n), q->version, &w);
    }
    free(counts);
    return rc;
}

enum err_code do_segment(struct web *web, struct request *q, struct err *err)
{
    int64_t id;

    TRY(request_id(q, &id, err));
    return answer_with(web, q, id, err);
}

/* ---- changing ------------------------------------------------------------------------------ */

/* `id`: 0 for a new one. */
static enum err_code keep(struct web *web, struct request *q, int64_t id, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(4 * AUDIENCE_TEXT_MAX);
    char name[NAMED_NAME_BYTES], actor[CHANGING_ACTOR];
    struct buf about = BUF_INIT(NAMED_ABOUT_BYTES - 1);
    struct json_value body;
    int64_t kept = 0;
    enum err_code rc;

    TRY(request_json(q, &body, err));
    TRY(request_text(body, "name", name, sizeof(name), err));
    TRY(segment_text_of(body, &text, err));
    const struct audience_draft draft = {.id = id, .name = name, .text = buf_str(&text)};

    buf_adds(&about, json_text(json_get(body, "about"), STR_NONE));
    rc = about.failed ? field_wrong("about", err) : ERR_OK;
    changing_actor(q, actor);
    if (rc == ERR_OK)
        rc = audience_shelf_put(web->store, &draft, about.n ? buf_cstr(&about) : "", actor, &kept,
                                err);
    buf_release(&about);
    TRY(rc);
    snprintf(q->object, sizeof(q->object), "segment %" PRId64, kept);
    segments_changed(web->segments);
    return answer_with(web, q, kept, err);
}

enum err_code do_segment_add(struct web *web, struct request *q, struct err *err)
{
    return keep(web, q, 0, err);
}

/* By name: who speaks of a segment that is called otherwise, or is gone, speaks of nobody. */
static enum err_code check_spoken_of(const struct audience_shelf *shelf, size_t i, struct err *err)
{
    size_t by = audience_shelf_speaker(shelf, i);

    if (by == shelf->set.n)
        return ERR_OK;
    err_set(err, ERR_EXISTS, "the segment \"%s\" speaks of this one by its name",
            shelf->entries[by].name);
    err_hint(err, "Take it out of there first.");
    return ERR_EXISTS;
}

enum err_code do_segment_put(struct web *web, struct request *q, struct err *err)
{
    TM_CLEANUP(audience_shelf_close) struct audience_shelf shelf = {.entries = NULL};
    struct json_value body;
    size_t i;

    TRY(audience_shelf_open(web->store, NULL, NULL, &shelf, err));
    TRY(segment_find(q, &shelf, &i, err));
    TRY(changing_check_named(q, &shelf.entries[i], err));
    TRY(request_json(q, &body, err));
    if (!str_ieqz(json_text(json_get(body, "name"), STR_NONE), shelf.entries[i].name))
        TRY(check_spoken_of(&shelf, i, err));
    return keep(web, q, shelf.entries[i].id, err);
}

enum err_code do_segment_delete(struct web *web, struct request *q, struct err *err)
{
    TM_CLEANUP(audience_shelf_close) struct audience_shelf shelf = {.entries = NULL};
    size_t i;

    TRY(audience_shelf_open(web->store, NULL, NULL, &shelf, err));
    TRY(segment_find(q, &shelf, &i, err));
    TRY(changing_check_named(q, &shelf.entries[i], err));
    TRY(check_spoken_of(&shelf, i, err));
    TRY(store_named_remove(web->store, NAMED_SEGMENT, shelf.entries[i].id, err));
    snprintf(q->object, sizeof(q->object), "segment %" PRId64, shelf.entries[i].id);
    segments_changed(web->segments);
    return ERR_OK;
}

/* ---- for who writes one -------------------------------------------------------------------- */

/* Where the text is wrong; 0 where that is of no place in it. Errors say it in the reader's
 * language, so it is read once more in English. */
static void find_place(struct store *store, const struct audience_draft *draft, int *out_line,
                       int *out_column)
{
    enum language before = i18n_use(LANG_EN);
    struct audience_shelf shelf = {.entries = NULL};
    int line = 0, column = 0;

    if (audience_shelf_open(store, NULL, draft, &shelf, NULL) == ERR_OK) {
        const struct err *fault = &shelf.set.segments[shelf.set.n - 1].err;

        if (sscanf(fault->msg, "line %d, column %d:", &line, &column) != 2)
            line = column = 0;
    }
    audience_shelf_close(&shelf);
    (void)i18n_use(before);
    *out_line = line;
    *out_column = column;
}

static void show_place(struct json_writer *w, const char *key, int at)
{
    json_key(w, key);
    if (at)
        json_int(w, at);
    else
        json_null(w);
}

static void show_fault(struct web *web, const struct audience_draft *draft, const struct err *fault,
                       struct json_writer *w)
{
    int line, column;

    find_place(web->store, draft, &line, &column);
    json_key_bool(w, "ok", false);
    json_key_stringz(w, "problem", fault->msg);
    json_key_stringz(w, "hint", fault->hint);
    show_place(w, "line", line);
    show_place(w, "column", column);
}

static void show_own(const struct audience *tree, struct json_writer *w)
{
    struct buf text = BUF_INIT(4 * AUDIENCE_TEXT_MAX);

    audience_print(tree, &text);
    json_key_bool(w, "ok", true);
    json_key_string(w, "text", buf_str(&text));
    json_key(w, "tree");
    audience_write_json(tree, w);
    buf_release(&text);
}

enum err_code do_segment_check(struct web *web, struct request *q, struct err *err)
{
    TM_CLEANUP(audience_shelf_close) struct audience_shelf shelf = {.entries = NULL};
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(4 * AUDIENCE_TEXT_MAX);
    struct json_writer w = JSON_WRITER(&q->out);
    struct json_value body;
    const struct audience_segment *own;
    struct err fault = ERR_INIT;
    struct audience_draft draft = {.name = ""};

    TRY(request_json(q, &body, err));
    draft.id = json_integer(json_get(body, "id"), 0);
    if (segment_text_of(body, &text, &fault) != ERR_OK) {
        if (json_type_of(json_get(body, "tree")) != JSON_OBJECT) {
            *err = fault;
            return err->code;
        }
        json_begin_object(&w);
        json_key_bool(&w, "ok", false);
        json_key_stringz(&w, "problem", fault.msg);
        json_key_stringz(&w, "hint", fault.hint);
        json_key(&w, "line");
        json_null(&w);
        json_key(&w, "column");
        json_null(&w);
        json_end_object(&w);
        return ERR_OK;
    }
    draft.text = buf_str(&text);
    TRY(audience_shelf_open(web->store, NULL, &draft, &shelf, err));
    own = &shelf.set.segments[shelf.set.n - 1];
    json_begin_object(&w);
    if (own->err.code != ERR_OK)
        show_fault(web, &draft, &own->err, &w);
    else
        show_own(own->tree, &w);
    json_end_object(&w);
    return ERR_OK;
}

enum err_code do_segment_words(struct web *web, struct request *q, struct err *err)
{
    struct json_writer w = JSON_WRITER(&q->out);

    (void)web, (void)err;
    audience_write_words(&w);
    return ERR_OK;
}

enum err_code do_segment_starters(struct web *web, struct request *q, struct err *err)
{
    struct json_writer w = JSON_WRITER(&q->out);
    const struct audience_starter *s;

    (void)web, (void)err;
    json_begin_object(&w);
    json_key(&w, "starters");
    json_begin_array(&w);
    for (size_t i = 0; (s = audience_starter(i)); i++) {
        json_begin_object(&w);
        json_key_stringz(&w, "code", s->code);
        json_key_stringz(&w, "name", _(s->name));
        json_key_stringz(&w, "about", _(s->about));
        json_key_stringz(&w, "text", s->text);
        json_end_object(&w);
    }
    json_end_array(&w);
    json_end_object(&w);
    return ERR_OK;
}

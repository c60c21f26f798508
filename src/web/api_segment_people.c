/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* api_segment_people.c - who belongs to segments: how many a draft has, the members of one that is
 * kept, what a person is in, and why. The engine is asked over the desk's connections, so that
 * nothing here waits for the worker. */
#include "audience/members.h"
#include "base/timestamp.h"
#include "store/memberships.h"
#include "web/desk.h"
#include "web/segment_texts.h"
#include "web/segments.h"

#include <time.h>

enum { READY_WAITS = 40, READY_WAIT_MS = 100, PAGE = 50, PAGE_MAX = 200 };

/* A question about one segment, kept or not. */
struct asking {
    struct web *web;
    struct request *q;
    struct desk_loan *loan;
    struct engine *engine;
    struct audience_now now;
    struct audience_shelf shelf;
    size_t segment; /* place in the shelf */
};

/* The worker makes the tables when they are first asked for. */
static enum err_code await_tables(struct asking *a, struct err *err)
{
    const struct timespec pause = {.tv_nsec = READY_WAIT_MS * 1000000L};
    bool ready = false;

    TRY(audience_is_ready(a->engine, &ready, err));
    if (!ready)
        segments_want(a->web->segments);
    for (int i = 0; i < READY_WAITS && !ready; i++) {
        nanosleep(&pause, NULL);
        TRY(audience_is_ready(a->engine, &ready, err));
    }
    if (ready)
        return ERR_OK;
    err_set(err, ERR_UNAVAILABLE, "what segments ask for is being made ready");
    err_hint(err, "Try again in a moment.");
    return ERR_UNAVAILABLE;
}

static enum err_code open_shelf(struct asking *a, const struct audience_draft *draft,
                                struct err *err)
{
    enum err_code rc;

    pthread_mutex_lock(&a->web->lock);
    rc = audience_shelf_open(a->web->store, &a->now, draft, &a->shelf, err);
    pthread_mutex_unlock(&a->web->lock);
    return rc;
}

/* The one that is meant: the body's text or tree, else the kept one of the body's `id`. */
static enum err_code choose(struct asking *a, struct json_value body, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(4 * AUDIENCE_TEXT_MAX);
    struct audience_draft draft = {.id = json_integer(json_get(body, "id"), 0), .name = ""};
    const bool kept = json_type_of(json_get(body, "text")) == JSON_NONE &&
                      json_type_of(json_get(body, "tree")) == JSON_NONE;

    if (kept && !draft.id)
        return field_wrong("text", err);
    if (!kept) {
        TRY(segment_text_of(body, &text, err));
        draft.text = buf_str(&text);
    }
    TRY(open_shelf(a, kept ? NULL : &draft, err));
    a->segment = a->shelf.set.n - 1;
    for (size_t i = 0; kept && i <= a->shelf.set.n; i++) {
        if (i == a->shelf.set.n)
            return not_here(a->q, "segment", err);
        a->segment = i;
        if (a->shelf.entries[i].id == draft.id)
            break;
    }
    if (a->shelf.set.segments[a->segment].err.code == ERR_OK)
        return ERR_OK;
    *err = a->shelf.set.segments[a->segment].err;
    return err->code;
}

static enum err_code begin(struct asking *a, struct web *web, struct request *q,
                           struct json_value body, struct err *err)
{
    *a = (struct asking){.web = web, .q = q};
    TRY(desk_lend(web->desk, q->connection, &a->loan, &a->engine, err));
    TRY(await_tables(a, err));
    TRY(audience_now_read(a->engine, &a->now, err));
    return choose(a, body, err);
}

static void end(struct asking *a)
{
    a->q->left = desk_take_back(a->loan);
    audience_shelf_close(&a->shelf);
}

/* ---- how many ------------------------------------------------------------------------------ */

static enum err_code count(struct asking *a, struct err *err)
{
    int64_t *counts = xcalloc(a->shelf.set.n + 1, sizeof(*counts)), people = 0;
    struct audience_segment *own = &a->shelf.set.segments[a->segment];
    struct json_writer w = JSON_WRITER(&a->q->out);
    const int64_t from = timestamp_now();
    enum err_code rc =
        audience_count(a->engine, &a->shelf.set, &a->now, a->segment, counts, &people, err);

    if (rc == ERR_OK && counts[a->segment] < 0) {
        *err = own->err;
        rc = err->code;
    }
    if (rc == ERR_OK) {
        json_begin_object(&w);
        json_key_int(&w, "members", counts[a->segment]);
        json_key_int(&w, "people", people);
        json_key_time(&w, "counted_at", from);
        json_key_time(&w, "as_of", a->now.now_us);
        json_key_int(&w, "ms", (timestamp_now() - from) / 1000);
        json_end_object(&w);
    }
    free(counts);
    return rc;
}

enum err_code do_segment_count(struct web *web, struct request *q, struct err *err)
{
    struct asking a;
    struct json_value body;
    enum err_code rc;

    TRY(request_json(q, &body, err));
    if (!segments_count_begin(web->segments)) {
        err_set(err, ERR_UNAVAILABLE, "too many segments are being counted at once");
        err_hint(err, "Try again in a moment.");
        q->retry_after = 2;
        return ERR_UNAVAILABLE;
    }
    rc = begin(&a, web, q, body, err);
    if (rc == ERR_OK)
        rc = count(&a, err);
    end(&a);
    segments_count_end(web->segments);
    return rc;
}

/* ---- why ----------------------------------------------------------------------------------- */

static bool number_of(struct str text, uint64_t *out)
{
    char z[24], *rest;

    if (!text.n || text.n > 20 || !isdigit((unsigned char)text.p[0]))
        return false;
    memcpy(z, text.p, text.n);
    z[text.n] = '\0';
    errno = 0;
    *out = strtoull(z, &rest, 10);
    return !*rest && !errno;
}

enum err_code do_segment_explain(struct web *web, struct request *q, struct err *err)
{
    TM_CLEANUP(audience_facts_freep) struct audience_facts *facts = NULL;
    struct json_writer w = JSON_WRITER(&q->out);
    struct json_value body;
    uint64_t person = 0;
    struct asking a;
    enum err_code rc;

    q->traced = true;
    TRY(request_json(q, &body, err));
    if (!number_of(json_text(json_get(body, "person"), STR_NONE), &person))
        return field_wrong("person", err);
    rc = begin(&a, web, q, body, err);
    if (rc == ERR_OK)
        rc = audience_load(a.engine, person, &facts, err);
    if (rc == ERR_OK)
        audience_explain_json(&a.shelf.set, a.segment, facts, &a.now, &w);
    end(&a);
    return rc;
}

/* ---- members ------------------------------------------------------------------------------- */

struct member {
    uint64_t person;
    int64_t since_us;
    char *name, *email; /* owned; NULL: not known */
    int64_t orders;
};

static enum err_code read_members(struct web *web, int64_t segment, int64_t after,
                                  struct member *out, size_t most, size_t *out_n,
                                  struct membership *out_counts, struct err *err)
{
    TM_CLEANUP(outbox_closep) struct outbox *o = NULL;
    uint64_t people[PAGE_MAX + 1];
    int64_t since[PAGE_MAX + 1];
    bool found = false;
    enum err_code rc;

    *out_n = 0;
    pthread_mutex_lock(&web->lock);
    rc = outbox_open_kept(web->store, &o, err);
    pthread_mutex_unlock(&web->lock);
    TRY(rc);
    if (!o)
        return ERR_OK;
    TRY(outbox_begin(o, err));
    rc = membership_of(o, segment, out_counts, &found, err);
    if (rc == ERR_OK)
        rc = membership_people(o, segment, after, people, since, most, out_n, err);
    TRY(outbox_end(o, rc, err));
    for (size_t i = 0; i < *out_n; i++)
        out[i] = (struct member){.person = people[i], .since_us = since[i]};
    return ERR_OK;
}

static char *copy(struct str text)
{
    char *z = xmalloc(text.n + 1);

    memcpy(z, text.p, text.n);
    z[text.n] = '\0';
    return z;
}

static enum err_code read_names(struct engine *engine, struct member *members, size_t n,
                                struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;
    TM_CLEANUP(buf_release) struct buf list = BUF_INIT(PAGE_MAX * 24);

    for (size_t i = 0; i < n; i++)
        buf_addf(&list, "%c%" PRIu64, i ? ',' : '[', members[i].person);
    buf_addc(&list, ']');
    const struct param params[] = {PARAM_STRZ("people", buf_cstr(&list))};

    TRY(engine_query(engine, "audience/names", params, TM_COUNT(params), &res, err));
    while (result_next(res))
        for (size_t i = 0; i < n; i++)
            if (members[i].person == result_uint(res, 0) && !members[i].name) {
                members[i].name = copy(result_text(res, 1));
                members[i].email = copy(result_text(res, 2));
                members[i].orders = (int64_t)result_uint(res, 3);
            }
    return result_status(res, err);
}

static void show_number(struct json_writer *w, const char *key, uint64_t number)
{
    char text[24];

    snprintf(text, sizeof(text), "%" PRIu64, number);
    json_key_stringz(w, key, text);
}

static void show_members(const struct member *members, size_t n, struct json_writer *w)
{
    json_key(w, "people");
    json_begin_array(w);
    for (size_t i = 0; i < n; i++) {
        json_begin_object(w);
        show_number(w, "person", members[i].person);
        json_key_stringz(w, "name", members[i].name);
        json_key_stringz(w, "email", members[i].email);
        json_key_int(w, "orders", members[i].orders);
        json_key_time(w, "since", members[i].since_us);
        json_end_object(w);
    }
    json_end_array(w);
}

static enum err_code name_members(struct web *web, struct request *q, struct member *members,
                                  size_t n, struct err *err)
{
    struct desk_loan *loan = NULL;
    struct engine *engine;
    enum err_code rc;

    if (!n)
        return ERR_OK;
    TRY(desk_lend(web->desk, q->connection, &loan, &engine, err));
    rc = read_names(engine, members, n, err);
    q->left = desk_take_back(loan);
    return rc;
}

static enum err_code open_kept(struct web *web, struct request *q, struct audience_shelf *shelf,
                               size_t *out, struct err *err)
{
    enum err_code rc;

    pthread_mutex_lock(&web->lock);
    rc = audience_shelf_open(web->store, NULL, NULL, shelf, err);
    pthread_mutex_unlock(&web->lock);
    return rc == ERR_OK ? segment_find(q, shelf, out, err) : rc;
}

enum err_code do_segment_members(struct web *web, struct request *q, struct err *err)
{
    TM_CLEANUP(audience_shelf_close) struct audience_shelf shelf = {.entries = NULL};
    struct member members[PAGE_MAX + 1];
    struct json_writer w = JSON_WRITER(&q->out);
    int64_t limit = request_number(q, "limit", PAGE);
    const char *cursor = request_query(q, "cursor");
    struct membership counts = {.filled = false};
    uint64_t after = 0;
    size_t n = 0, at = 0;
    enum err_code rc;

    q->traced = true;
    TRY(open_kept(web, q, &shelf, &at, err));
    if (cursor && !number_of(str_of(cursor), &after))
        return field_wrong("cursor", err);
    limit = limit < 1 ? 1 : limit > PAGE_MAX ? PAGE_MAX : limit;
    TRY(read_members(web, shelf.entries[at].id, cursor ? (int64_t)after : INT64_MIN, members,
                     (size_t)limit + 1, &n, &counts, err));
    bool more = n > (size_t)limit;

    n = more ? (size_t)limit : n;
    rc = name_members(web, q, members, n, err);
    json_begin_object(&w);
    json_key_int(&w, "members", counts.members);
    json_key_time(&w, "counted_at", counts.filled ? counts.counted_us : TIME_NONE);
    json_key_bool(&w, "ready", segment_is_current(&shelf, at, &counts));
    show_members(members, n, &w);
    if (more)
        show_number(&w, "next_cursor", members[n - 1].person);
    json_end_object(&w);
    for (size_t i = 0; i < n; i++) {
        free(members[i].name);
        free(members[i].email);
    }
    return rc;
}

/* ---- a person's ---------------------------------------------------------------------------- */

static enum err_code read_own(struct web *web, uint64_t person, int64_t *out, int64_t *out_since,
                              size_t *out_n, struct err *err)
{
    TM_CLEANUP(outbox_closep) struct outbox *o = NULL;

    *out_n = 0;
    TRY(outbox_open_kept(web->store, &o, err));
    if (!o)
        return ERR_OK;
    TRY(outbox_begin(o, err));
    return outbox_end(o, membership_segments(o, person, out, out_since, NAMED_MOST, out_n, err),
                      err);
}

enum err_code do_person_segments(struct web *web, struct request *q, struct err *err)
{
    TM_CLEANUP(audience_shelf_close) struct audience_shelf shelf = {.entries = NULL};
    int64_t segments[NAMED_MOST], since[NAMED_MOST];
    struct json_writer w = JSON_WRITER(&q->out);
    uint64_t person;
    size_t n = 0;

    if (!number_of(str_of(q->arg), &person))
        return not_here(q, q->arg, err);
    TRY(audience_shelf_open(web->store, NULL, NULL, &shelf, err));
    TRY(read_own(web, person, segments, since, &n, err));
    json_begin_object(&w);
    json_key(&w, "segments");
    json_begin_array(&w);
    for (size_t i = 0; i < shelf.set.n; i++)
        for (size_t k = 0; k < n; k++) {
            if (segments[k] != shelf.entries[i].id)
                continue;
            json_begin_object(&w);
            json_key_int(&w, "id", shelf.entries[i].id);
            json_key_stringz(&w, "name", shelf.entries[i].name);
            json_key_time(&w, "since", since[k]);
            json_end_object(&w);
        }
    json_end_array(&w);
    json_end_object(&w);
    return ERR_OK;
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "audience/written.h"

#include "audience/members.h"

enum { PAGE = 5000, CHANGES_AT_ONCE = 1000, FILLED_AT_ONCE = 20000, IDS_AT_ONCE = 1000 };

/* People by number as signed. */
struct people {
    uint64_t *list; /* owned */
    size_t n, room;
};

static void people_add(struct people *p, uint64_t person)
{
    if (p->n == p->room) {
        p->room = p->room ? 2 * p->room : 1024;
        p->list = xrealloc(p->list, p->room * sizeof(*p->list));
    }
    p->list[p->n++] = person;
}

struct one {
    const struct audience_writing *w;
    int64_t segment;
    bool filling;
    struct people in, come, gone;
};

static enum err_code read_members(struct one *o, struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;

    TRY(audience_members(o->w->engine, o->segment, &res, err));
    while (result_next(res)) {
        const uint64_t person = result_uint(res, 0);

        if (!o->in.n || o->in.list[o->in.n - 1] != person)
            people_add(&o->in, person);
    }
    return result_status(res, err);
}

static enum err_code read_page(const struct one *o, int64_t after, uint64_t *page, size_t *out_n,
                               struct err *err)
{
    struct outbox *outbox = o->w->outbox;

    TRY(outbox_begin(outbox, err));
    return outbox_end(
        outbox, membership_people(outbox, o->segment, after, page, NULL, PAGE, out_n, err), err);
}

/* Both ascend. */
static enum err_code compare(struct one *o, struct err *err)
{
    uint64_t *page = xcalloc(PAGE, sizeof(*page));
    int64_t after = INT64_MIN;
    enum err_code rc = ERR_OK;
    size_t n = PAGE, at = 0;

    while (rc == ERR_OK && n == PAGE) {
        rc = read_page(o, after, page, &n, err);
        for (size_t i = 0; rc == ERR_OK && i < n; i++) {
            after = (int64_t)page[i];
            while (at < o->in.n && (int64_t)o->in.list[at] < after)
                people_add(&o->come, o->in.list[at++]);
            if (at < o->in.n && o->in.list[at] == page[i])
                at++;
            else
                people_add(&o->gone, page[i]);
        }
    }
    while (at < o->in.n)
        people_add(&o->come, o->in.list[at++]);
    free(page);
    return rc;
}

static enum err_code merge(const struct one *o, struct result *res, struct err *err)
{
    struct outbox *outbox = o->w->outbox;
    enum err_code rc = ERR_OK;

    TRY(outbox_begin(outbox, err));
    while (rc == ERR_OK && result_next(res))
        rc = membership_merge(outbox, result_uint(res, 0), result_uint(res, 1), err);
    return outbox_end(outbox, rc == ERR_OK ? result_status(res, err) : rc, err);
}

/* Who went may be called otherwise now: that is no leaving. */
static enum err_code merge_gone(const struct one *o, struct err *err)
{
    for (size_t from = 0; from < o->gone.n; from += IDS_AT_ONCE) {
        TM_CLEANUP(result_freep) struct result *res = NULL;
        TM_CLEANUP(buf_release) struct buf list = BUF_INIT(IDS_AT_ONCE * 24);
        size_t n = o->gone.n - from < IDS_AT_ONCE ? o->gone.n - from : IDS_AT_ONCE;

        for (size_t i = 0; i < n; i++)
            buf_addf(&list, "%c%" PRIu64, i ? ',' : '[', o->gone.list[from + i]);
        buf_addc(&list, ']');
        const struct param params[] = {PARAM_STR("people", buf_str(&list))};

        TRY(engine_query(o->w->engine, "audience/became", params, TM_COUNT(params), &res, err));
        TRY(merge(o, res, err));
    }
    return ERR_OK;
}

/* A part of them, in one transaction. */
static enum err_code note_some(const struct one *o, const struct people *people, size_t from,
                               size_t most, bool in, struct err *err)
{
    const struct audience_writing *w = o->w;
    enum err_code rc = ERR_OK;
    bool changed;

    TRY(outbox_begin(w->outbox, err));
    for (size_t i = from; rc == ERR_OK && i < people->n && i < from + most; i++) {
        if (w->is_newer(w->ctx, people->list[i]))
            continue;
        if (o->filling && in)
            rc = membership_fill_in(w->outbox, o->segment, people->list[i], w->now_us, err);
        else
            rc = membership_note(w->outbox, o->segment, people->list[i], in, w->now_us, &changed,
                                 err);
    }
    return outbox_end(w->outbox, rc, err);
}

static enum err_code note_all(const struct one *o, const struct people *people, bool in,
                              struct err *err)
{
    const size_t most = o->filling && in ? FILLED_AT_ONCE : CHANGES_AT_ONCE;

    for (size_t from = 0; from < people->n; from += most) {
        TRY(o->w->go_on(o->w->ctx, err));
        TRY(note_some(o, people, from, most, in, err));
    }
    return ERR_OK;
}

/* Filled anew, and so told to nobody, where the text is another one. */
static enum err_code begin(struct one *o, const char *meaning, struct err *err)
{
    struct outbox *outbox = o->w->outbox;
    struct membership before;
    enum err_code rc;
    bool found;

    TRY(outbox_begin(outbox, err));
    rc = membership_of(outbox, o->segment, &before, &found, err);
    o->filling = !found || !before.filled || strcmp(before.meaning, meaning) != 0;
    if (rc == ERR_OK && (!found || strcmp(before.meaning, meaning) != 0))
        rc = membership_fill(outbox, o->segment, meaning, err);
    return outbox_end(outbox, rc, err);
}

static enum err_code write_one(struct one *o, const char *meaning, struct err *err)
{
    const struct audience_writing *w = o->w;

    TRY(begin(o, meaning, err));
    TRY(read_members(o, err));
    TRY(compare(o, err));
    TRY(merge_gone(o, err));
    TRY(note_all(o, &o->gone, false, err));
    TRY(note_all(o, &o->come, true, err));
    TRY(outbox_begin(w->outbox, err));
    return outbox_end(w->outbox,
                      membership_filled(w->outbox, o->segment, w->people, w->now_us, err), err);
}

enum err_code audience_write_members(const struct audience_writing *writing, int64_t segment,
                                     const char *meaning, struct err *err)
{
    struct one o = {.w = writing, .segment = segment};
    enum err_code rc = write_one(&o, meaning, err);

    free(o.in.list);
    free(o.come.list);
    free(o.gone.list);
    return rc;
}

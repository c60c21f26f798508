/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/campaign/crowd.h"

#include "audience/members.h"
#include "audience/shelf.h"

enum { PEOPLE_MOST = 20000000 };

/* The shop's segments with two more at the end: who is included and who is left out. */
struct asked {
    struct audience_shelf shelf; /* whose names and texts are used */
    struct audience_set set;
    struct buf include, exclude;
    size_t in, out; /* places; out: AUDIENCE_ALL when nobody is left out */
};

static void write_name(struct buf *out, const char *name)
{
    buf_addz(out, "segment('");
    for (const char *p = name; *p; p++) {
        if (*p == '\'')
            buf_addc(out, '\'');
        buf_addc(out, *p);
    }
    buf_addz(out, "')");
}

static void write_any(struct buf *out, const struct campaign_groups *groups)
{
    for (size_t i = 0; i < groups->n; i++) {
        buf_addz(out, i ? " OR (" : "(");
        if (groups->list[i].segment)
            write_name(out, groups->list[i].segment);
        else
            buf_addz(out, groups->list[i].where);
        buf_addc(out, ')');
    }
}

/* By its name, so that what is gone is told without a place in a text that nobody wrote. */
static enum err_code find_names(const struct asked *a, const struct campaign_groups *groups,
                                struct err *err)
{
    size_t at;

    for (size_t i = 0; i < groups->n; i++)
        if (groups->list[i].segment)
            TRY(audience_shelf_find(&a->shelf, groups->list[i].segment, &at, err));
    return ERR_OK;
}

static size_t add(struct audience_set *set, const struct buf *text)
{
    set->segments[set->n] = (struct audience_segment){.name = "", .text = buf_str(text)};
    return set->n++;
}

static void asked_close(struct asked *a)
{
    audience_set_release(&a->set);
    free(a->set.segments);
    audience_shelf_close(&a->shelf);
    buf_release(&a->include);
    buf_release(&a->exclude);
}

static enum err_code link_groups(struct asked *a, const struct campaign *campaign,
                                 const struct audience_now *now, struct err *err)
{
    static const struct audience_now any = {.decimals = 6};

    TRY(find_names(a, &campaign->include, err));
    TRY(find_names(a, &campaign->exclude, err));
    write_any(&a->include, &campaign->include);
    write_any(&a->exclude, &campaign->exclude);
    TRY(buf_check(&a->include, err));
    TRY(buf_check(&a->exclude, err));
    a->set.segments = xcalloc(a->shelf.set.n + 2, sizeof(*a->set.segments));
    for (; a->set.n < a->shelf.set.n; a->set.n++) {
        const struct audience_segment *kept = &a->shelf.set.segments[a->set.n];

        a->set.segments[a->set.n] =
            (struct audience_segment){.id = kept->id, .name = kept->name, .text = kept->text};
    }
    a->in = add(&a->set, &a->include);
    a->out = campaign->exclude.n ? add(&a->set, &a->exclude) : AUDIENCE_ALL;
    audience_set_link(&a->set, now ? now : &any);
    for (size_t i = a->in; i < a->set.n; i++) {
        if (a->set.segments[i].err.code == ERR_OK)
            continue;
        *err = a->set.segments[i].err;
        return err->code;
    }
    return ERR_OK;
}

/* Also closed by the caller after an error. */
static enum err_code asked_open(struct asked *a, struct store *store,
                                const struct campaign *campaign, const struct audience_now *now,
                                struct err *err)
{
    *a = (struct asked){.include = BUF_INIT(4 * AUDIENCE_TEXT_MAX),
                        .exclude = BUF_INIT(4 * AUDIENCE_TEXT_MAX)};
    TRY(audience_shelf_open(store, now, NULL, &a->shelf, err));
    return link_groups(a, campaign, now, err);
}

enum err_code crowd_check(struct store *store, const struct campaign *campaign, struct err *err)
{
    struct asked asked;
    enum err_code rc = asked_open(&asked, store, campaign, NULL, err);

    asked_close(&asked);
    return rc;
}

void crowd_release(struct crowd *crowd)
{
    free(crowd->people);
    *crowd = (struct crowd){0};
}

static enum err_code take(void *ctx, const uint64_t *people, size_t n, struct err *err)
{
    struct crowd *crowd = ctx;

    if (crowd->n + n > PEOPLE_MOST)
        return err_set(err, ERR_TOO_LARGE, "a campaign has at most %d people", PEOPLE_MOST);
    crowd->people = xrealloc(crowd->people, (crowd->n + n + 1) * sizeof(*people));
    memcpy(crowd->people + crowd->n, people, n * sizeof(*people));
    crowd->n += n;
    return ERR_OK;
}

enum err_code crowd_read(struct engine *engine, struct store *store,
                         const struct campaign *campaign, struct crowd *out, struct err *err)
{
    struct audience_now now;
    struct asked asked;
    enum err_code rc;

    bool ready = false;

    *out = (struct crowd){0};
    TRY(audience_is_ready(engine, &ready, err));
    if (!ready)
        return err_set(err, ERR_UNAVAILABLE, "what segments ask for is being made ready");
    TRY(audience_now_read(engine, &now, err));
    rc = asked_open(&asked, store, campaign, &now, err);
    if (rc == ERR_OK)
        rc = audience_list(engine, &asked.set, &now, asked.in, asked.out, take, out, &out->left_out,
                           err);
    asked_close(&asked);
    if (rc != ERR_OK)
        crowd_release(out);
    return rc;
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "audience/shelf.h"

#include "base/i18n.h"

static const struct audience_starter starters[] = {
#define STARTER(code, name, about, text) {code, name, about, text},
#include "audience/starters.def"
};

const struct audience_starter *audience_starter(size_t i)
{
    return i < TM_COUNT(starters) ? &starters[i] : NULL;
}

struct opening {
    struct audience_shelf *shelf;
    int64_t without; /* the draft's own */
};

static void add(struct audience_shelf *shelf, const struct named *entry)
{
    size_t n = shelf->set.n;
    char *text;

    if ((n & (n + 1)) == 0) { /* twice as many each time */
        shelf->entries = xrealloc(shelf->entries, 2 * (n + 1) * sizeof(*shelf->entries));
        shelf->set.segments =
            xrealloc(shelf->set.segments, 2 * (n + 1) * sizeof(*shelf->set.segments));
    }
    text = xmalloc(entry->text.n + 1);
    memcpy(text, entry->text.p, entry->text.n);
    text[entry->text.n] = '\0';
    shelf->entries[n] = *entry;
    shelf->entries[n].text = (struct str){text, entry->text.n};
    shelf->set.n++;
}

static enum err_code take(void *ctx, const struct named *entry, struct err *err)
{
    struct opening *o = ctx;

    (void)err;
    if (entry->id != o->without)
        add(o->shelf, entry);
    return ERR_OK;
}

enum err_code audience_shelf_open(struct store *store, const struct audience_now *now,
                                  const struct audience_draft *draft, struct audience_shelf *out,
                                  struct err *err)
{
    static const struct audience_now any = {.decimals = 6};
    struct opening o = {out, draft ? draft->id : 0};
    enum err_code rc;

    *out = (struct audience_shelf){.entries = NULL};
    rc = store_named_each(store, NAMED_SEGMENT, take, &o, err);
    if (rc != ERR_OK) {
        audience_shelf_close(out);
        return rc;
    }
    if (draft) {
        struct named entry = {.id = draft->id, .text = draft->text};

        snprintf(entry.name, sizeof(entry.name), "%s", draft->name);
        add(out, &entry);
    }
    for (size_t i = 0; i < out->set.n; i++)
        out->set.segments[i] = (struct audience_segment){
            .id = out->entries[i].id, .name = out->entries[i].name, .text = out->entries[i].text};
    audience_set_link(&out->set, now ? now : &any);
    return ERR_OK;
}

void audience_shelf_close(struct audience_shelf *shelf)
{
    audience_set_release(&shelf->set);
    for (size_t i = 0; i < shelf->set.n; i++)
        free((char *)(uintptr_t)shelf->entries[i].text.p);
    free(shelf->entries);
    free(shelf->set.segments);
    *shelf = (struct audience_shelf){.entries = NULL};
}

enum err_code audience_shelf_find(const struct audience_shelf *shelf, const char *name, size_t *out,
                                  struct err *err)
{
    char *end;
    int64_t id = strtoll(name, &end, 10);

    for (*out = 0; *out < shelf->set.n; ++*out)
        if (str_ieqz(str_of(name), shelf->entries[*out].name))
            return ERR_OK;
    for (*out = 0; *out < shelf->set.n && end != name && !*end; ++*out)
        if (shelf->entries[*out].id == id)
            return ERR_OK;
    return err_set(err, ERR_NOT_FOUND, "there is no segment \"%s\"", name);
}

enum err_code audience_shelf_put(struct store *store, const struct audience_draft *draft,
                                 const char *about, const char *actor, int64_t *out_id,
                                 struct err *err)
{
    struct named entry = {.id = draft->id};
    struct buf text = BUF_INIT(4 * AUDIENCE_TEXT_MAX);
    struct audience_segment *own;
    struct audience_shelf shelf = {.entries = NULL};
    enum err_code rc;

    if (strlen(draft->name) >= sizeof(entry.name) || strlen(about) >= sizeof(entry.about))
        return err_set(err, ERR_TOO_LARGE,
                       "a segment's name has at most %d bytes, what is said "
                       "about it at most %d",
                       NAMED_NAME_BYTES - 1, NAMED_ABOUT_BYTES - 1);
    TRY(audience_shelf_open(store, NULL, draft, &shelf, err));
    own = &shelf.set.segments[shelf.set.n - 1];
    rc = own->err.code;
    if (rc != ERR_OK && err)
        *err = own->err;
    if (rc == ERR_OK) {
        audience_print(own->tree, &text);
        entry.text = buf_str(&text);
        snprintf(entry.name, sizeof(entry.name), "%s", draft->name);
        snprintf(entry.about, sizeof(entry.about), "%s", about);
        snprintf(entry.actor, sizeof(entry.actor), "%s", actor);
        rc = buf_check(&text, err);
    }
    if (rc == ERR_OK)
        rc = store_named_put(store, &entry, out_id, err);
    audience_shelf_close(&shelf);
    buf_release(&text);
    return rc;
}

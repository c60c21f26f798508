/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "audience/shelf.h"

#include "audience/tree.h"
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

/* ---- those that speak of others ------------------------------------------------------------ */

static bool speaks_of(const struct node *node, size_t segment)
{
    if (node->kind == NODE_SEGMENT)
        return node->target == segment;
    for (const struct node *child = node->first; child; child = child->next)
        if (speaks_of(child, segment))
            return true;
    return false;
}

size_t audience_shelf_speaker(const struct audience_shelf *shelf, size_t of)
{
    size_t i = 0;

    while (i < shelf->set.n &&
           !(shelf->set.segments[i].tree && speaks_of(shelf->set.segments[i].tree->root, of)))
        i++;
    return i;
}

/* Marks what is spoken of below the node, and by those in turn. */
static void mark(const struct audience_set *set, const struct node *node, bool *marks)
{
    if (node->kind == NODE_SEGMENT && !marks[node->target]) {
        marks[node->target] = true;
        mark(set, set->segments[node->target].tree->root, marks);
    }
    for (const struct node *child = node->first; child; child = child->next)
        mark(set, child, marks);
}

void audience_shelf_meaning(const struct audience_shelf *shelf, size_t i, char out[DIGEST_HEX])
{
    bool *marks = xcalloc(shelf->set.n + 1, sizeof(*marks));
    struct buf text = BUF_INIT(4 * AUDIENCE_TEXT_MAX);
    struct digest digest;

    digest_begin(&digest);
    marks[i] = true;
    mark(&shelf->set, shelf->set.segments[i].tree->root, marks);
    for (size_t k = 0; k < shelf->set.n; k++) {
        if (!marks[k])
            continue;
        buf_addf(&text, "%" PRId64 " ", shelf->set.segments[k].id);
        audience_print(shelf->set.segments[k].tree, &text);
        buf_addc(&text, '\n');
        digest_add(&digest, buf_str(&text));
        buf_reset(&text);
    }
    digest_end(&digest, out);
    buf_release(&text);
    free(marks);
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

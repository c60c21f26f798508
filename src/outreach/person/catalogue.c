/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/person/catalogue.h"

#include "outreach/person/tables.h"

struct entry {
    uint64_t name;
    struct product shown;
};

struct catalogue {
    const char *site;
    struct arena *arena;
    uint64_t *names; /* owned: that are asked for */
    size_t name_count;
    bool full;             /* of names that differ */
    struct entry *entries; /* owned, by name */
    size_t n;
};

/* ---- looking up --------------------------------------------------------------------------- */

static int by_size(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return x < y ? -1 : x > y;
}

/* Carts hold the same products over and over. */
static void make_room(struct catalogue *c)
{
    size_t n = 0;

    qsort(c->names, c->name_count, sizeof(*c->names), by_size);
    for (size_t i = 0; i < c->name_count; i++)
        if (!n || c->names[n - 1] != c->names[i])
            c->names[n++] = c->names[i];
    c->name_count = n;
    c->full = n > NUMBERS_MAX / 2;
}

static void gather(struct catalogue *c, struct value product)
{
    uint64_t names[PRODUCT_NAMES];
    size_t n = product_names(product, names);

    if (c->name_count + n > NUMBERS_MAX && !c->full)
        make_room(c);
    for (size_t i = 0; i < n && c->name_count < NUMBERS_MAX; i++)
        c->names[c->name_count++] = names[i];
}

static void gather_all(struct catalogue *c, struct value about)
{
    struct value list = fields_member(about, "products");

    for (uint32_t i = 0; list.type == VALUE_ARRAY && i < list.n; i++)
        gather(c, list.items[i]);
    gather(c, fields_member(about, "product"));
}

static enum err_code look_up(struct catalogue *c, struct engine *engine, struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;

    c->entries = xcalloc(c->name_count, sizeof(*c->entries));
    TRY(query_numbers(engine, "outreach/catalogue", "names", c->names, c->name_count, &res, err));
    while (c->n < c->name_count && result_next(res))
        c->entries[c->n++] = (struct entry){result_uint(res, 0),
                                            {.title = arena_str(c->arena, result_text(res, 1)),
                                             .url = arena_str(c->arena, result_text(res, 2)),
                                             .image = arena_str(c->arena, result_text(res, 3))}};
    return result_status(res, err);
}

static int by_name(const void *key, const void *entry)
{
    const uint64_t name = *(const uint64_t *)key, other = ((const struct entry *)entry)->name;

    return name < other ? -1 : name > other;
}

static const struct product *known_of(const struct catalogue *c, struct value product)
{
    uint64_t names[PRODUCT_NAMES];
    size_t n = product_names(product, names);
    const struct entry *entry = NULL;

    for (size_t i = 0; !entry && i < n; i++)
        entry = bsearch(&names[i], c->entries, c->n, sizeof(*c->entries), by_name);
    return entry ? &entry->shown : NULL;
}

/* ---- putting in --------------------------------------------------------------------------- */

static struct value with_known(struct catalogue *c, struct value product)
{
    static const char *const members[] = {"title", "url", "image"};
    const struct product *known = product.type == VALUE_MAP ? known_of(c, product) : NULL;
    struct fields f;

    if (!known)
        return product;
    const struct str texts[] = {known->title, product_page(c->arena, known->url, c->site),
                                known->image};

    f = fields_begin(c->arena, product.n + TM_COUNT(members));
    for (uint32_t i = 0; i < product.n && f.n < f.cap; i++)
        if (product.pairs[i].value.type != VALUE_NIL)
            f.pairs[f.n++] = product.pairs[i];
    for (size_t i = 0; i < TM_COUNT(members); i++)
        if (fields_member(product, members[i]).type == VALUE_NIL)
            fields_text(&f, members[i], texts[i]);
    return fields_map(&f);
}

static struct value all_known(struct catalogue *c, struct value list)
{
    struct value *items;

    if (list.type != VALUE_ARRAY)
        return list;
    items = arena_alloc(c->arena, (list.n + 1) * sizeof(*items));
    for (uint32_t i = 0; items && i < list.n; i++)
        items[i] = with_known(c, list.items[i]);
    return items ? value_array(items, list.n) : list;
}

/* `inside`: of a cart or an order, which have none in them. */
static struct value fill(struct catalogue *c, struct value of, bool inside)
{
    struct fields f;

    if (of.type != VALUE_MAP)
        return of;
    f = fields_begin(c->arena, of.n + 1);
    for (uint32_t i = 0; i < of.n && f.n < f.cap; i++) {
        struct value_pair *pair = &f.pairs[f.n++];

        *pair = of.pairs[i];
        if (str_eqz(pair->key, "products"))
            pair->value = all_known(c, pair->value);
        else if (str_eqz(pair->key, "product"))
            pair->value = with_known(c, pair->value);
        else if (!inside && (str_eqz(pair->key, "cart") || str_eqz(pair->key, "order")))
            pair->value = fill(c, pair->value, true);
    }
    return fields_map(&f);
}

enum err_code catalogue_fill(struct engine *engine, const char *site, struct value *const *io_given,
                             size_t n, struct arena *arena, struct err *err)
{
    struct catalogue c = {.site = site, .arena = arena};
    enum err_code rc = ERR_OK;

    c.names = xcalloc(NUMBERS_MAX, sizeof(*c.names));
    for (size_t i = 0; i < n; i++) {
        if (!io_given[i])
            continue;
        gather_all(&c, *io_given[i]);
        gather_all(&c, fields_member(*io_given[i], "cart"));
        gather_all(&c, fields_member(*io_given[i], "order"));
    }
    if (engine && c.name_count)
        rc = look_up(&c, engine, err);
    for (size_t i = 0; rc == ERR_OK && c.n && i < n; i++)
        if (io_given[i])
            *io_given[i] = fill(&c, *io_given[i], false);
    free(c.names);
    free(c.entries);
    return rc == ERR_OK ? arena_check(arena, err) : rc;
}

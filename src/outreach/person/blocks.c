/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/person/blocks.h"

#include "outreach/person/fields.h"
#include "outreach/person/tables.h"

#include <math.h>

/* A product that a statement tells of, and from what or for whom. */
struct offer {
    uint64_t of; /* the person, or the seed */
    uint64_t product;
    double score;
    struct product shown;
};

struct offers {
    struct offer *list; /* owned; by `of` */
    size_t n, cap;
};

struct batch {
    struct engine *engine;
    const char *site;
    struct block_ask *asks;
    size_t n;
    struct arena *arena;
    struct offers together, next, viewed, best, bought, called; /* the last two: products alone */
};

/* ---- reading ------------------------------------------------------------------------------ */

static struct offer *add(struct offers *o)
{
    if (o->n == o->cap) {
        o->cap = o->cap ? 2 * o->cap : 256;
        o->list = xrealloc(o->list, o->cap * sizeof(*o->list));
    }
    o->list[o->n] = (struct offer){.score = 0};
    return &o->list[o->n++];
}

static void take_product(struct offer *o, struct result *res, size_t at, struct arena *arena)
{
    o->product = result_uint(res, at);
    o->shown.id = arena_str(arena, result_text(res, at + 1));
    o->shown.title = arena_str(arena, result_text(res, at + 2));
    o->shown.url = arena_str(arena, result_text(res, at + 3));
    o->shown.image = arena_str(arena, result_text(res, at + 4));
    o->shown.price = result_int(res, at + 5);
    o->shown.quantity = NAN;
}

/* Rows of columns of, product and what is shown, and, save of those viewed, score. */
static enum err_code read_offers(struct batch *b, const char *statement, const char *name,
                                 const uint64_t *numbers, size_t n, struct offers *out,
                                 struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;

    if (!n)
        return ERR_OK;
    TRY(query_numbers(b->engine, statement, name, numbers, n, &res, err));
    while (result_next(res)) {
        struct offer *o = add(out);

        o->of = result_uint(res, 0);
        take_product(o, res, 1, b->arena);
        if (out != &b->viewed)
            o->score = result_real(res, 7);
    }
    TRY(result_status(res, err));
    return arena_check(b->arena, err);
}

static enum err_code read_bought(struct batch *b, const uint64_t *people, size_t n, struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;

    if (!n)
        return ERR_OK;
    TRY(query_numbers(b->engine, "outreach/bought", "people", people, n, &res, err));
    while (result_next(res)) {
        size_t count;
        const uint64_t *products = result_uints(res, 1, &count);

        for (size_t i = 0; i < count; i++) {
            struct offer *o = add(&b->bought);

            o->of = result_uint(res, 0);
            o->product = products[i];
        }
    }
    return result_status(res, err);
}

static enum err_code read_best(struct batch *b, struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;

    TRY(engine_query(b->engine, "outreach/best", NULL, 0, &res, err));
    while (result_next(res))
        take_product(add(&b->best), res, 0, b->arena);
    return result_status(res, err);
}

/* The people of those who ask for any of these parts. */
static size_t people_of(const struct batch *b, unsigned parts, uint64_t *out)
{
    size_t n = 0;

    for (size_t i = 0; i < b->n; i++)
        if (b->asks[i].person && b->asks[i].parts & parts)
            out[n++] = b->asks[i].person;
    return n;
}

/* Into `out`, which has room for SEEDS_MAX each. */
static size_t seeds_of(const struct batch *b, unsigned parts, uint64_t *out)
{
    size_t n = 0;

    for (size_t i = 0; i < b->n; i++)
        for (size_t k = 0; b->asks[i].parts & parts && k < b->asks[i].seed_count; k++)
            out[n++] = b->asks[i].seeds[k];
    return n;
}

static enum err_code read_called(struct batch *b, const uint64_t *names, size_t n, struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;

    if (!n)
        return ERR_OK;
    TRY(query_numbers(b->engine, "outreach/called", "names", names, n, &res, err));
    while (result_next(res)) {
        struct offer *o = add(&b->called);

        o->of = result_uint(res, 0);
        o->product = result_uint(res, 1);
    }
    return result_status(res, err);
}

/* Those of one person or seed; rows come sorted by it. */
static struct offers offers_of(const struct offers *all, uint64_t of)
{
    size_t low = 0, high = all->n, n = 0;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (all->list[middle].of < of)
            low = middle + 1;
        else
            high = middle;
    }
    while (low + n < all->n && all->list[low + n].of == of)
        n++;
    return (struct offers){.list = n ? all->list + low : NULL, .n = n};
}

/* Names become products, each once; a name that no product has stays, and leads nowhere. */
static void name_seeds(const struct batch *b, struct block_ask *ask)
{
    size_t n = 0;

    for (size_t i = 0; i < ask->seed_count; i++) {
        struct offers called = offers_of(&b->called, ask->seeds[i]);
        uint64_t product = called.n ? called.list[0].product : ask->seeds[i];
        size_t k = 0;

        while (k < n && ask->seeds[k] != product)
            k++;
        if (k == n)
            ask->seeds[n++] = product;
    }
    ask->seed_count = n;
}

static enum err_code read_all(struct batch *b, struct err *err)
{
    uint64_t *list = xcalloc(b->n * SEEDS_MAX + 1, sizeof(*list));
    bool recommends = false;
    enum err_code rc = read_bought(b, list, people_of(b, PERSON_BLOCKS, list), err);

    for (size_t i = 0; i < b->n; i++)
        recommends = recommends || b->asks[i].parts & PERSON_RECOMMENDED;
    if (rc == ERR_OK)
        rc = read_called(b, list, seeds_of(b, PERSON_BLOCKS, list), err);
    for (size_t i = 0; rc == ERR_OK && i < b->n; i++)
        name_seeds(b, &b->asks[i]);
    if (rc == ERR_OK)
        rc = read_offers(b, "outreach/together", "products", list,
                         seeds_of(b, PERSON_TOGETHER, list), &b->together, err);
    if (rc == ERR_OK)
        rc = read_offers(b, "outreach/next", "people", list, people_of(b, PERSON_RECOMMENDED, list),
                         &b->next, err);
    if (rc == ERR_OK)
        rc = read_offers(b, "outreach/viewed", "people", list, people_of(b, PERSON_VIEWED, list),
                         &b->viewed, err);
    if (rc == ERR_OK && recommends)
        rc = read_best(b, err);
    free(list);
    return rc;
}

/* ---- choosing ----------------------------------------------------------------------------- */

/* Products that are not offered again, and those chosen so far. */
struct choice {
    const struct batch *batch;
    const struct block_ask *ask;
    struct offers bought;
    struct offers from[SEEDS_MAX]; /* what goes with each seed */
    struct offer chosen[BLOCK_MOST];
    size_t n;
};

static bool is_out(const struct choice *c, uint64_t product)
{
    for (size_t i = 0; i < c->bought.n; i++)
        if (c->bought.list[i].product == product)
            return true;
    for (size_t i = 0; i < c->ask->seed_count; i++)
        if (c->ask->seeds[i] == product)
            return true;
    return false;
}

static bool is_chosen(const struct choice *c, uint64_t product)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->chosen[i].product == product)
            return true;
    return false;
}

static void choose_in_order(struct choice *c, const struct offers *from)
{
    for (size_t i = 0; i < from->n && c->n < BLOCK_MOST; i++)
        if (!is_out(c, from->list[i].product) && !is_chosen(c, from->list[i].product))
            c->chosen[c->n++] = from->list[i];
}

/* Summed over the products of the message. */
static double score_of(const struct choice *c, uint64_t product)
{
    double sum = 0;

    for (size_t s = 0; s < c->ask->seed_count; s++)
        for (size_t i = 0; i < c->from[s].n; i++)
            if (c->from[s].list[i].product == product)
                sum += c->from[s].list[i].score;
    return sum;
}

/* Whether x stands before y: by score, then by name. */
static bool is_before(const struct offer *x, const struct offer *y)
{
    size_t least = x->shown.id.n < y->shown.id.n ? x->shown.id.n : y->shown.id.n;
    int order = memcmp(x->shown.id.p, y->shown.id.p, least);

    if (x->score > y->score || x->score < y->score)
        return x->score > y->score;
    return order ? order < 0 : x->shown.id.n < y->shown.id.n;
}

/* Keeps the best. */
static void choose_best(struct choice *c, const struct offer *o)
{
    struct offer scored = *o;
    size_t at;

    if (is_out(c, o->product) || is_chosen(c, o->product))
        return;
    scored.score = score_of(c, o->product);
    for (at = c->n; at > 0 && is_before(&scored, &c->chosen[at - 1]); at--)
        if (at < BLOCK_MOST)
            c->chosen[at] = c->chosen[at - 1];
    if (at < BLOCK_MOST)
        c->chosen[at] = scored;
    c->n += c->n < BLOCK_MOST;
}

static struct value chosen_list(const struct choice *c)
{
    struct value *items = arena_alloc(c->batch->arena, BLOCK_MOST * sizeof(*items));

    for (size_t i = 0; items && i < c->n; i++)
        items[i] = product_map(c->batch->arena, &c->chosen[i].shown, c->batch->site);
    return value_array(items, items ? c->n : 0);
}

static void choose(struct batch *b, struct block_ask *ask)
{
    struct choice c = {.batch = b, .ask = ask, .bought = offers_of(&b->bought, ask->person)};
    struct offers own;

    for (size_t s = 0; s < ask->seed_count; s++)
        c.from[s] = offers_of(&b->together, ask->seeds[s]);
    for (size_t s = 0; s < ask->seed_count && ask->parts & PERSON_TOGETHER; s++)
        for (size_t i = 0; i < c.from[s].n; i++)
            choose_best(&c, &c.from[s].list[i]);
    ask->together = chosen_list(&c);
    c.n = 0;
    own = offers_of(&b->next, ask->person);
    if (ask->parts & PERSON_RECOMMENDED) {
        choose_in_order(&c, &own);
        choose_in_order(&c, &b->best);
    }
    ask->recommended = chosen_list(&c);
    c.n = 0;
    own = offers_of(&b->viewed, ask->person);
    if (ask->parts & PERSON_VIEWED)
        choose_in_order(&c, &own);
    ask->viewed = chosen_list(&c);
}

enum err_code blocks_fill(struct engine *engine, const char *site, struct block_ask *asks, size_t n,
                          struct arena *arena, struct err *err)
{
    struct batch b = {.engine = engine, .site = site, .asks = asks, .n = n, .arena = arena};
    struct offers *all[] = {&b.together, &b.next, &b.viewed, &b.best, &b.bought, &b.called};
    enum err_code rc = engine ? read_all(&b, err) : ERR_OK;

    for (size_t i = 0; rc == ERR_OK && i < n; i++)
        choose(&b, &asks[i]);
    for (size_t i = 0; i < TM_COUNT(all); i++)
        free(all[i]->list);
    return rc == ERR_OK ? arena_check(arena, err) : rc;
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/person/data.h"

#include "outreach/person/blocks.h"
#include "outreach/person/catalogue.h"
#include "outreach/person/fields.h"
#include "outreach/person/tables.h"

#include <math.h>

enum { ORDER_PRODUCTS = 40 };

/* A person's first or last order. */
struct order_told {
    bool found;
    int64_t at_us, total;
    struct str number;
    struct product products[ORDER_PRODUCTS];
    size_t n;
};

struct told {
    struct person_known known;
    struct order_told *first, *last; /* in the arena; NULL: nothing was asked, or nobody bought */
    struct value given;              /* the message's own data */
    struct block_ask blocks;
};

struct batch {
    const struct person_reader *r;
    const char *site;
    int64_t now_us;
    const struct person_ask *asks;
    size_t n;
    struct arena *arena;
    struct told *told; /* owned */
};

static const struct {
    const char *name;
    unsigned part;
} parts[] = {
    {"person", PERSON_SELF},
    {"bought_together", PERSON_TOGETHER},
    {"recommended", PERSON_RECOMMENDED},
    {"recently_viewed", PERSON_VIEWED},
    {"cart", PERSON_ABOUT},
    {"order", PERSON_ABOUT},
    {"products", PERSON_ABOUT},
    {"product", PERSON_ABOUT},
};

unsigned person_parts(const struct message *message)
{
    unsigned asked = 0;
    const char *name;

    for (int part = 0; part < MESSAGE_PARTS; part++)
        for (size_t i = 0; message->parts[part] && (name = liquid_name(message->parts[part], i));
             i++)
            for (size_t k = 0; k < TM_COUNT(parts); k++)
                if (strcmp(name, parts[k].name) == 0)
                    asked |= parts[k].part;
    return asked;
}

/* ---- what is given ------------------------------------------------------------------------ */

static enum err_code read_given(struct batch *b, struct err *err)
{
    struct json_parser *parser = json_parser_new(OUTBOX_DATA_MAX);
    struct json_value json;
    enum err_code rc = ERR_OK;

    for (size_t i = 0; rc == ERR_OK && i < b->n; i++) {
        b->told[i].given = value_map(NULL, 0);
        if (b->asks[i].data.n)
            rc = json_parse(parser, b->asks[i].data, &json, err);
        if (rc == ERR_OK && b->asks[i].data.n)
            rc = value_from_json(json, 0, b->arena, &b->told[i].given, err);
        if (rc == ERR_OK && b->told[i].given.type != VALUE_MAP)
            rc = err_set(err, ERR_INVALID, "what a message is about must be a JSON object");
    }
    json_parser_free(parser);
    return rc;
}

/* ---- orders ------------------------------------------------------------------------------- */

static struct told *told_of(const struct batch *b, uint64_t person, size_t *io_from)
{
    for (size_t i = *io_from; i < b->n; i++) {
        if (b->told[i].known.found && b->told[i].known.person == person) {
            *io_from = i + 1;
            return &b->told[i];
        }
    }
    return NULL;
}

static void take_line(struct order_told *o, struct result *res, struct arena *arena)
{
    struct str title = result_text(res, 6);

    if (!o->found) {
        o->found = true;
        o->at_us = result_int(res, 2);
        o->number = arena_str(arena, result_text(res, 3));
        o->total = result_int(res, 4);
    }
    if (title.n && o->n < ORDER_PRODUCTS)
        o->products[o->n++] = (struct product){.id = arena_str(arena, result_text(res, 5)),
                                               .title = arena_str(arena, title),
                                               .url = arena_str(arena, result_text(res, 7)),
                                               .image = arena_str(arena, result_text(res, 8)),
                                               .price = result_int(res, 9),
                                               .quantity = result_real(res, 10)};
}

/* One person may be asked for twice. */
static void take_order(struct batch *b, struct result *res)
{
    struct told *told;

    for (size_t from = 0; (told = told_of(b, result_uint(res, 0), &from));) {
        struct order_told **o = result_int(res, 1) ? &told->last : &told->first;

        if (!*o)
            *o = arena_alloc(b->arena, sizeof(**o));
        if (*o)
            take_line(*o, res, b->arena);
    }
}

static enum err_code read_orders(struct batch *b, struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;
    uint64_t people[PERSON_BATCH];
    size_t n = 0;

    for (size_t i = 0; i < b->n; i++)
        if (b->told[i].known.found && b->told[i].known.orders > 0 &&
            b->asks[i].parts & (PERSON_SELF | PERSON_TOGETHER))
            people[n++] = b->told[i].known.person;
    if (!n)
        return ERR_OK;
    TRY(query_numbers(b->r->engine, "outreach/orders", "people", people, n, &res, err));
    while (result_next(res))
        take_order(b, res);
    TRY(result_status(res, err));
    return arena_check(b->arena, err);
}

static struct value order_map(const struct batch *b, const struct order_told *o)
{
    struct fields f = fields_begin(b->arena, 4);
    struct value *items;

    if (!o || !o->found)
        return VALUE_NOTHING;
    items = arena_alloc(b->arena, (o->n + 1) * sizeof(*items));
    for (size_t i = 0; items && i < o->n; i++)
        items[i] = product_map(b->arena, &o->products[i], b->site);
    fields_text(&f, "number", o->number);
    fields_amount(&f, "total", o->total);
    fields_add(&f, "ordered_at", value_time(o->at_us));
    fields_add(&f, "products", value_array(items, items ? o->n : 0));
    return fields_map(&f);
}

/* ---- the person --------------------------------------------------------------------------- */

static struct str known_or_told(const char *known, struct value contact, const char *name)
{
    return *known ? str_of(known) : value_text(fields_member(contact, name));
}

static struct value full_name(struct arena *arena, struct str first, struct str last)
{
    TM_CLEANUP(buf_release) struct buf name = BUF_INIT(2 * OUTBOX_DATA_MAX);

    buf_adds(&name, first);
    buf_addz(&name, first.n && last.n ? " " : "");
    buf_adds(&name, last);
    return name.n ? value_str(arena_str(arena, buf_str(&name))) : VALUE_NOTHING;
}

static void add_orders(struct fields *f, const struct batch *b, const struct told *t)
{
    const struct order_told *ends[] = {t->first, t->last};
    static const char *const names[] = {"first_order", "last_order"};
    static const char *const days[] = {"days_since_first_order", "days_since_last_order"};
    int64_t n = t->known.orders;

    fields_add(f, "orders_count", value_int(n));
    fields_add(f, "total_spent", value_int(t->known.spent));
    fields_amount(f, "average_order", n > 0 ? (t->known.spent + n / 2) / n : AMOUNT_NONE);
    for (size_t i = 0; i < TM_COUNT(ends); i++) {
        int64_t since = ends[i] && ends[i]->found && b->now_us >= ends[i]->at_us
                            ? (b->now_us - ends[i]->at_us) / US_PER_DAY
                            : AMOUNT_NONE;

        fields_add(f, names[i], order_map(b, ends[i]));
        fields_amount(f, days[i], since);
    }
}

static struct value person_map(const struct batch *b, const struct told *t)
{
    struct fields f = fields_begin(b->arena, 16);
    struct value contact = fields_member(t->given, "contact");
    struct str first = known_or_told(t->known.first_name, contact, "first_name");
    struct str last = known_or_told(t->known.last_name, contact, "last_name");

    if (*t->known.first_name || *t->known.last_name) { /* no name made of two people's words */
        first = str_of(t->known.first_name);
        last = str_of(t->known.last_name);
    }
    fields_text(&f, "first_name", first);
    fields_text(&f, "last_name", last);
    fields_add(&f, "name", full_name(b->arena, first, last));
    fields_text(&f, "email", known_or_told(t->known.email, contact, "email"));
    fields_text(&f, "phone", known_or_told(t->known.phone, contact, "phone"));
    fields_text(&f, "country", str_of(t->known.country));
    fields_text(&f, "city", str_of(t->known.city));
    fields_text(&f, "language", known_or_told(t->known.language, contact, "language"));
    add_orders(&f, b, t);
    return fields_map(&f);
}

/* ---- blocks ------------------------------------------------------------------------------- */

static void add_seeds_of(struct block_ask *ask, struct value product)
{
    uint64_t names[PRODUCT_NAMES];
    size_t n = product_names(product, names);

    for (size_t i = 0; i < n && ask->seed_count < SEEDS_MAX; i++)
        ask->seeds[ask->seed_count++] = names[i];
}

/* What the message is about: the first of these that names products. */
static void choose_seeds(struct told *t)
{
    const struct value lists[] = {fields_member(fields_member(t->given, "cart"), "products"),
                                  fields_member(fields_member(t->given, "order"), "products"),
                                  fields_member(t->given, "products")};
    struct block_ask *ask = &t->blocks;

    for (size_t l = 0; l < TM_COUNT(lists) && !ask->seed_count; l++)
        for (uint32_t i = 0; lists[l].type == VALUE_ARRAY && i < lists[l].n; i++)
            add_seeds_of(ask, lists[l].items[i]);
    if (!ask->seed_count)
        add_seeds_of(ask, fields_member(t->given, "product"));
    for (size_t i = 0; !ask->seed_count && t->last && i < t->last->n; i++)
        ask->seeds[ask->seed_count++] = product_hash(t->last->products[i].id);
}

static enum err_code fill_blocks(struct batch *b, struct err *err)
{
    struct block_ask *asks = xcalloc(b->n + 1, sizeof(*asks));
    unsigned wanted = 0;
    enum err_code rc = ERR_OK;

    for (size_t i = 0; i < b->n; i++) {
        struct told *t = &b->told[i];

        t->blocks.person = t->known.found ? t->known.person : 0;
        t->blocks.parts = b->asks[i].parts & PERSON_BLOCKS;
        if (t->blocks.parts)
            choose_seeds(t);
        asks[i] = t->blocks;
        wanted |= t->blocks.parts;
    }
    if (wanted)
        rc = blocks_fill(b->r->engine, b->site, asks, b->n, b->arena, err);
    for (size_t i = 0; i < b->n; i++)
        b->told[i].blocks = asks[i];
    free(asks);
    return rc;
}

static enum err_code fill_given(struct batch *b, struct err *err)
{
    struct value *given[PERSON_BATCH];
    unsigned wanted = 0;

    for (size_t i = 0; i < b->n; i++) {
        given[i] = b->asks[i].parts & PERSON_ABOUT ? &b->told[i].given : NULL;
        wanted |= b->asks[i].parts & PERSON_ABOUT;
    }
    return wanted ? catalogue_fill(b->r->engine, b->site, given, b->n, b->arena, err) : ERR_OK;
}

/* ---- all of it ---------------------------------------------------------------------------- */

static struct value own_text(const char *text)
{
    struct value v = *text ? value_strz(text) : VALUE_NOTHING;

    v.flags = VALUE_OWN;
    return v;
}

/* The settings' texts are copied: they need not live as long as the message. */
struct value person_shop(const struct settings *s, struct arena *arena)
{
    struct fields f = fields_begin(arena, 5);

    fields_add(&f, "name", own_text(arena_strdup(arena, str_of(s->shop))));
    fields_add(&f, "url", own_text(arena_strdup(arena, str_of(s->sending.url))));
    fields_add(&f, "address", own_text(arena_strdup(arena, str_of(s->sending.postal_address))));
    fields_add(&f, "logo", own_text(arena_strdup(arena, str_of(s->sending.logo))));
    fields_add(&f, "color", own_text(arena_strdup(arena, str_of(s->sending.color))));
    return fields_map(&f);
}

/* Ours come first: of equal names the first counts. */
static struct value root_map(const struct batch *b, const struct told *t, struct value shop)
{
    struct fields f = fields_begin(b->arena, t->given.n + 5);

    fields_add(&f, "shop", shop);
    fields_add(&f, "person", person_map(b, t));
    fields_add(&f, "bought_together", t->blocks.together);
    fields_add(&f, "recommended", t->blocks.recommended);
    fields_add(&f, "recently_viewed", t->blocks.viewed);
    for (uint32_t i = 0; i < t->given.n && f.n < f.cap; i++)
        f.pairs[f.n++] = t->given.pairs[i];
    return fields_map(&f);
}

static enum err_code read_people(struct batch *b, struct err *err)
{
    struct person_known *known = xcalloc(b->n + 1, sizeof(*known));
    uint64_t people[PERSON_BATCH];
    unsigned wanted = 0;
    enum err_code rc = ERR_OK;

    for (size_t i = 0; i < b->n; i++) {
        people[i] = b->asks[i].person;
        wanted |= b->asks[i].parts;
    }
    if (wanted)
        rc = person_look_up(b->r, people, b->n, known, err);
    for (size_t i = 0; i < b->n; i++)
        b->told[i].known = known[i];
    free(known);
    return rc;
}

enum err_code person_data(const struct person_reader *r, const struct settings *settings,
                          int64_t now_us, const struct person_ask *asks, size_t n,
                          struct arena *arena, struct value *out, struct err *err)
{
    struct batch b = {.r = r,
                      .site = settings->sending.url,
                      .now_us = now_us,
                      .asks = asks,
                      .n = n,
                      .arena = arena,
                      .told = xcalloc(n + 1, sizeof(*b.told))};
    struct value shop = person_shop(settings, arena);
    enum err_code rc;

    assert(n <= PERSON_BATCH);
    rc = read_given(&b, err);
    if (rc == ERR_OK)
        rc = read_people(&b, err);
    if (rc == ERR_OK)
        rc = read_orders(&b, err);
    if (rc == ERR_OK)
        rc = fill_blocks(&b, err);
    if (rc == ERR_OK)
        rc = fill_given(&b, err);
    for (size_t i = 0; rc == ERR_OK && i < n; i++)
        out[i] = root_map(&b, &b.told[i], shop);
    free(b.told);
    return rc == ERR_OK ? arena_check(arena, err) : rc;
}

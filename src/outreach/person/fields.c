/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/person/fields.h"

#include "engine/hash.h"
#include "shop/identifier.h"
#include "shop/landing.h"

#include <math.h>

struct fields fields_begin(struct arena *arena, size_t cap)
{
    struct value_pair *pairs = arena_alloc(arena, cap * sizeof(*pairs));

    return (struct fields){.arena = arena, .pairs = pairs, .cap = pairs ? cap : 0};
}

void fields_add(struct fields *f, const char *name, struct value v)
{
    if (f->n < f->cap)
        f->pairs[f->n++] = value_pair(str_of(name), v);
}

void fields_text(struct fields *f, const char *name, struct str text)
{
    fields_add(f, name, text.n ? value_str(arena_str(f->arena, text)) : VALUE_NOTHING);
}

void fields_amount(struct fields *f, const char *name, int64_t amount)
{
    fields_add(f, name, amount == AMOUNT_NONE ? VALUE_NOTHING : value_int(amount));
}

struct value fields_map(const struct fields *f)
{
    return value_map(f->pairs, f->n);
}

struct value fields_member(struct value of, const char *name)
{
    struct str key = str_of(name);

    for (uint32_t i = 0; of.type == VALUE_MAP && i < of.n; i++)
        if (str_eq(of.pairs[i].key, key))
            return of.pairs[i].value;
    return VALUE_NOTHING;
}

/* ---- products ----------------------------------------------------------------------------- */

static struct str site_host(struct str url)
{
    struct str host = landing_host(url);

    if (str_starts(host, "www."))
        host = (struct str){host.p + 4, host.n - 4};
    return host;
}

static struct str joined(struct arena *arena, struct str a, struct str b)
{
    char *p = arena_alloc(arena, a.n + b.n + 1);

    if (!p)
        return STR_NONE;
    memcpy(p, a.p, a.n);
    memcpy(p + a.n, b.p, b.n);
    return (struct str){p, a.n + b.n};
}

/* A path is the catalogue's word. Pages are told by browsers, too: one of another site is not the
 * product's. */
struct str product_page(struct arena *arena, struct str url, const char *site)
{
    struct str host = site_host(url);
    size_t n = strlen(site);

    if (str_starts(url, "/") && n)
        return joined(arena, (struct str){site, n - (site[n - 1] == '/')}, url);
    return host.n && str_ieq(host, site_host(str_of(site))) ? url : str_of(site);
}

static struct value quantity_value(double quantity)
{
    if (isnan(quantity))
        return VALUE_NOTHING;
    return quantity == floor(quantity) && fabs(quantity) < 1e9 ? value_int((int64_t)quantity)
                                                               : value_float(quantity);
}

struct value product_map(struct arena *arena, const struct product *p, const char *site)
{
    struct fields f = fields_begin(arena, 6);

    fields_text(&f, "id", p->id);
    fields_text(&f, "title", p->title);
    fields_text(&f, "url", product_page(arena, p->url, site));
    fields_text(&f, "image", p->image);
    fields_amount(&f, "price", p->price);
    fields_add(&f, "quantity", quantity_value(p->quantity));
    return fields_map(&f);
}

uint64_t product_hash(struct str name)
{
    char small[IDENTIFIER_MAX + 1];
    size_t n = 0;

    name = str_trim(name);
    for (; n < name.n && n < sizeof(small); n++)
        small[n] = (char)(name.p[n] >= 'A' && name.p[n] <= 'Z' ? name.p[n] + 32 : name.p[n]);
    return engine_hash((struct str){small, n});
}

/* A number is as good a name as a text. */
size_t product_names(struct value product, uint64_t out[PRODUCT_NAMES])
{
    static const char *const names[PRODUCT_NAMES] = {"id", "sku", "title"};
    size_t n = 0;

    for (size_t i = 0; i < TM_COUNT(names); i++) {
        struct value v = fields_member(product, names[i]);
        struct str name = value_text(v);
        char number[24];

        snprintf(number, sizeof(number), "%" PRId64, v.type == VALUE_INT ? v.i : 0);
        if (v.type == VALUE_INT)
            name = str_of(number);
        if (name.n)
            out[n++] = product_hash(name);
    }
    return n;
}

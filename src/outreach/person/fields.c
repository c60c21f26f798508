/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/person/fields.h"

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

static struct str site_host(struct str url)
{
    struct str host = landing_host(url);

    if (str_starts(host, "www."))
        host = (struct str){host.p + 4, host.n - 4};
    return host;
}

/* Pages are told by browsers: one of another site is not the product's. */
static struct str own_page(struct str url, const char *site)
{
    struct str host = site_host(url);

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
    fields_text(&f, "url", own_page(p->url, site));
    fields_text(&f, "image", STR_NONE); /* no source tells it yet */
    fields_amount(&f, "price", p->price);
    fields_add(&f, "quantity", quantity_value(p->quantity));
    return fields_map(&f);
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "insight/economics_io.h"

static const struct {
    const char *key;
    size_t offset;
} sums[] = {
#define SUM(field)                                                                                 \
    {                                                                                              \
#field, offsetof(struct ratio_sums, field)                                                 \
    }
    SUM(clusters), SUM(su), SUM(sd), SUM(suu), SUM(sud), SUM(sdd),
#undef SUM
};

static double *sum_at(struct ratio_sums *s, size_t i)
{
    return (double *)(void *)((char *)s + sums[i].offset);
}

static void write_figure(const struct figure *f, struct json_writer *w)
{
    struct ratio_sums copy = f->sums;

    json_begin_object(w);
    json_key_double(w, "k", f->k);
    json_key_double(w, "n", f->n);
    for (size_t i = 0; i < TM_COUNT(sums); i++)
        json_key_double(w, sums[i].key, *sum_at(&copy, i));
    json_end_object(w);
}

void economics_write(const struct economics *e, struct json_writer *w)
{
    const struct holdout *h = &e->messages;

    json_begin_object(w);
    json_key_int(w, "as_of", e->as_of);
    json_key_stringz(w, "currency", e->currency);
    json_key_int(w, "decimals", e->decimals);
    json_key(w, "figures");
    json_begin_object(w);
    for (size_t id = 0; id < FIGURE_COUNT; id++) {
        if (!e->figures[id].known)
            continue;
        json_key(w, figure_infos[id].name);
        write_figure(&e->figures[id], w);
    }
    json_end_object(w);
    if (h->known) {
        json_key(w, "messages");
        json_begin_object(w);
        json_key_double(w, "treated_k", h->treated_k);
        json_key_double(w, "treated_n", h->treated_n);
        json_key_double(w, "control_k", h->control_k);
        json_key_double(w, "control_n", h->control_n);
        json_end_object(w);
    }
    json_end_object(w);
}

static struct figure read_figure(struct json_value v)
{
    struct figure f = {.known = json_type_of(v) == JSON_OBJECT};

    f.k = json_real(json_get(v, "k"), 0);
    f.n = json_real(json_get(v, "n"), 0);
    for (size_t i = 0; i < TM_COUNT(sums); i++)
        *sum_at(&f.sums, i) = json_real(json_get(v, sums[i].key), 0);
    return f;
}

struct economics economics_read(struct json_value v)
{
    struct json_value figures = json_get(v, "figures"), h = json_get(v, "messages");
    struct economics e = economics_none();
    struct str currency = json_text(json_get(v, "currency"), STR_NONE);

    e.as_of = json_integer(json_get(v, "as_of"), e.as_of);
    e.decimals = (int)json_integer(json_get(v, "decimals"), e.decimals);
    snprintf(e.currency, sizeof(e.currency), "%.*s", (int)(currency.n < 3 ? currency.n : 3),
             currency.p ? currency.p : "");
    for (size_t id = 0; id < FIGURE_COUNT; id++)
        e.figures[id] = read_figure(json_get(figures, figure_infos[id].name));
    e.messages = (struct holdout){.known = json_type_of(h) == JSON_OBJECT,
                                  .treated_k = json_real(json_get(h, "treated_k"), 0),
                                  .treated_n = json_real(json_get(h, "treated_n"), 0),
                                  .control_k = json_real(json_get(h, "control_k"), 0),
                                  .control_n = json_real(json_get(h, "control_n"), 0)};
    return e;
}

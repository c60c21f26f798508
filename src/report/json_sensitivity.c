/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What would flip the stage, as JSON. */
#include "report/json_parts.h"

static const char *id(const struct page *page, size_t practice)
{
    return page->model->practices[practice].id;
}

static void essentials(struct json_writer *w, const struct page *page, const struct binding *b)
{
    json_key(w, "essentials");
    json_begin_array(w);
    for (size_t i = 0; i < b->essential_count; i++) {
        const struct unmet_essential *e = &b->essentials[i];

        json_begin_object(w);
        json_key_stringz(w, "practice", id(page, e->practice));
        json_key_int(w, "level", e->level);
        json_key_int(w, "needed", e->needed);
        json_key_bool(w, "unknown", e->unknown);
        json_key_bool(w, "proof", e->proof);
        json_end_object(w);
    }
    json_end_array(w);
}

/* What stands in the way of the target stage. */
static void binding(struct json_writer *w, const struct page *page, const struct binding *b)
{
    json_key(w, "binding");
    json_begin_object(w);
    essentials(w, page, b);
    json_key_double(w, "quorum_share", b->quorum_share);
    json_key_double(w, "quorum_needed", b->quorum_needed);
    json_key(w, "dimensions");
    json_begin_array(w);
    for (size_t i = 0; i < b->dimension_count; i++) {
        const struct short_dimension *d = &b->dimensions[i];

        json_begin_object(w);
        json_key_stringz(w, "dimension", page->model->dimensions[d->dimension].id);
        json_key_double(w, "mean", d->mean);
        json_key_double(w, "needed", d->needed);
        json_key_double(w, "levels", d->levels);
        json_end_object(w);
    }
    json_end_array(w);
    json_key_bool(w, "claims_only", b->claims_only);
    json_end_object(w);
}

/* How many more orders, consents, months: each cut in what is counted. */
static void units(struct json_writer *w, const struct page *page, const struct sensitivity *s)
{
    json_key(w, "units");
    json_begin_array(w);
    for (size_t i = 0; i < s->unit_count; i++) {
        const struct natural_unit *u = &s->units[i];
        const struct indicator *in = &page->model->practices[u->practice].indicators[u->indicator];

        json_begin_object(w);
        json_key_stringz(w, "practice", id(page, u->practice));
        json_key_stringz(w, "measure", in->measure);
        json_key_stringz(w, "form", json_form_names[u->form]);
        json_key_int(w, "level", u->level);
        json_key_double(w, "cut", u->cut);
        json_key_double(w, "k", u->k);
        json_key_double(w, "n", u->n);
        json_key_double(w, "value", u->value);
        json_key_bool(w, "met", u->met);
        json_key_double(w, "more", u->more);
        json_key_double(w, "more_confirmed", u->more_confirmed);
        json_end_object(w);
    }
    json_end_array(w);
}

/* What each kind of data that is not connected would tell. */
static void connections(struct json_writer *w, const struct page *page, const struct sensitivity *s)
{
    json_key(w, "connections");
    json_begin_array(w);
    for (size_t i = 0; i < s->connection_count; i++) {
        const struct connection_value *c = &s->connections[i];

        json_begin_object(w);
        json_key_stringz(w, "need", page->model->needs[c->need].id);
        json_key_double(w, "bits", c->bits);
        json_key_double(w, "share", c->share);
        json_key_double(w, "worth", c->worth);
        json_key_stringz(w, "practice", id(page, c->practice));
        json_end_object(w);
    }
    json_end_array(w);
}

static void sets(struct json_writer *w, const struct page *page, const struct sensitivity *s)
{
    json_key(w, "upgrade_sets");
    json_begin_array(w);
    for (size_t i = 0; i < s->set_count; i++) {
        json_begin_object(w);
        json_key_double(w, "hours", s->sets[i].hours);
        json_key(w, "steps");
        json_begin_array(w);
        for (size_t k = 0; k < s->sets[i].n; k++) {
            const struct upgrade *u = &s->sets[i].steps[k];

            json_begin_object(w);
            json_key_stringz(w, "practice", id(page, u->practice));
            json_key_int(w, "from", u->from);
            json_key_int(w, "to", u->to);
            json_key_bool(w, "unknown", u->unknown);
            json_key_double(w, "hours", u->hours);
            json_end_object(w);
        }
        json_end_array(w);
        json_end_object(w);
    }
    json_end_array(w);
}

static void fragile(struct json_writer *w, const struct page *page, const struct sensitivity *s)
{
    json_key(w, "fragile");
    json_begin_array(w);
    for (size_t i = 0; i < s->fragile_count; i++) {
        json_begin_object(w);
        json_key_stringz(w, "practice", id(page, s->fragile[i].practice));
        json_key_double(w, "p_drop", s->fragile[i].p_drop);
        json_key_double(w, "p_drop_trend", s->fragile[i].p_drop_trend);
        json_key_int(w, "stage_after", s->fragile[i].stage_after);
        json_end_object(w);
    }
    json_end_array(w);
}

static void importance(struct json_writer *w, const struct page *page, const struct sensitivity *s)
{
    json_key(w, "practices");
    json_begin_array(w);
    for (size_t i = 0; i < page->model->practice_count; i++) {
        json_begin_object(w);
        json_key_stringz(w, "practice", id(page, i));
        json_key_double(w, "birnbaum", s->practices[i].birnbaum);
        json_key_double(w, "information_bits", s->practices[i].information_bits);
        json_key_double(w, "information_share", s->practices[i].information_share);
        json_end_object(w);
    }
    json_end_array(w);
}

/* The same shop counted another way; under each the practices whose level differs then. */
static void definitions(struct json_writer *w, const struct page *page, const struct sensitivity *s)
{
    json_key(w, "definitions");
    json_begin_array(w);
    for (size_t i = 0; i < s->variant_count; i++) {
        const struct definition_variant *v = &s->variants[i];

        json_begin_object(w);
        json_key_stringz(w, "id", v->id);
        json_key_int(w, "measured", (int64_t)v->measured);
        json_key_int(w, "stage", v->stage_then);
        json_key(w, "changes");
        json_begin_array(w);
        for (size_t k = 0; k < s->definition_count; k++) {
            const struct definition_change *c = &s->definitions[k];

            if (strcmp(c->id, v->id) != 0)
                continue;
            json_begin_object(w);
            json_key_stringz(w, "practice", id(page, c->practice));
            json_key_int(w, "level", c->level);
            json_key_int(w, "level_then", c->level_then);
            json_key_double(w, "value", c->value);
            json_key_double(w, "value_then", c->value_then);
            json_end_object(w);
        }
        json_end_array(w);
        json_end_object(w);
    }
    json_end_array(w);
}

void json_sensitivity(struct json_writer *w, const struct page *page)
{
    const struct sensitivity *s = page->options->sensitivity;
    const struct robustness *r = &s->robustness;

    json_key(w, "sensitivity");
    json_begin_object(w);
    json_key_int(w, "target", s->target);
    json_key_double(w, "quorum_deficit", s->binding.quorum_deficit);
    binding(w, page, &s->binding);
    units(w, page, s);
    json_key_bool(w, "sets_proven", s->sets_proven);
    sets(w, page, s);
    fragile(w, page, s);
    json_key_double(w, "stage_bits", s->stage_bits);
    importance(w, page, s);
    connections(w, page, s);
    json_key(w, "robustness");
    json_begin_object(w);
    json_key_int(w, "draws", (int64_t)r->draws);
    json_key_double(w, "same_stage", r->same_stage);
    json_key_double(w, "thresholds_same", r->thresholds_same);
    json_key_double(w, "weights_same", r->weights_same);
    json_key_doubles(w, "stage_share", r->stage_share, 4);
    json_end_object(w);
    definitions(w, page, s);
    json_end_object(w);
}

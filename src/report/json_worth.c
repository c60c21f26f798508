/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What was worked out from the assessment: sensitivity, money, road map, history. Amounts are in
 * minor units of the reporting currency, not rounded. */
#include "report/json_parts.h"

static void key_estimate(struct json_writer *w, const char *key, const struct estimate *e)
{
    json_key(w, key);
    json_begin_object(w);
    json_key_double(w, "low", e->low);
    json_key_double(w, "median", e->median);
    json_key_double(w, "high", e->high);
    json_end_object(w);
}

void json_practice_money(struct json_writer *w, const struct page *page, size_t practice)
{
    const struct money *money = page->options->money;
    const struct practice_money *m = money ? &money->practices[practice] : NULL;

    if (!m || !m->known) {
        json_null(w);
        return;
    }
    json_begin_object(w);
    json_key_double(w, "low", m->gain.low);
    json_key_double(w, "median", m->gain.median);
    json_key_double(w, "high", m->gain.high);
    json_key_double(w, "at_stake", m->at_stake);
    json_end_object(w);
}

static const char *id(const struct page *page, size_t practice)
{
    return page->model->practices[practice].id;
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

static void sensitivity_part(struct json_writer *w, const struct page *page)
{
    const struct sensitivity *s = page->options->sensitivity;
    const struct robustness *r = &s->robustness;

    json_key(w, "sensitivity");
    json_begin_object(w);
    json_key_int(w, "target", s->target);
    json_key_double(w, "quorum_deficit", s->binding.quorum_deficit);
    json_key_bool(w, "sets_proven", s->sets_proven);
    sets(w, page, s);
    fragile(w, page, s);
    json_key_double(w, "stage_bits", s->stage_bits);
    importance(w, page, s);
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

static void money_part(struct json_writer *w, const struct page *page)
{
    const struct money *m = page->options->money;

    json_key(w, "money");
    json_begin_object(w);
    json_key_stringz(w, "currency", m->currency);
    json_key_int(w, "decimals", m->decimals);
    json_key_double(w, "margin", m->margin);
    json_key_bool(w, "margin_known", m->margin_known);
    json_key_double(w, "incrementality", m->incrementality);
    json_key_bool(w, "incrementality_own", m->incrementality_own);
    key_estimate(w, "joint", &m->joint);
    json_key(w, "levers");
    json_begin_array(w);
    for (size_t i = 0; i < m->lever_count; i++) {
        const struct lever_money *l = &m->levers[i];

        json_begin_object(w);
        json_key_stringz(w, "lever", l->lever);
        json_key_stringz(w, "practice", id(page, l->practice));
        json_key_bool(w, "known", l->known);
        json_key_double(w, "now", l->known ? l->now : (double)NAN);
        json_key_double(w, "cut", l->known ? l->cut : (double)NAN);
        key_estimate(w, "alone", &l->alone);
        key_estimate(w, "share", &l->share);
        json_end_object(w);
    }
    json_end_array(w);
    json_end_object(w);
}

static void road_part(struct json_writer *w, const struct page *page)
{
    const struct roadmap *map = page->options->roadmap;

    json_key(w, "roadmap");
    json_begin_object(w);
    json_key_int(w, "target", map->target);
    json_key_int(w, "quarters", map->quarters);
    json_key_int(w, "reached", map->reached);
    json_key(w, "steps");
    json_begin_array(w);
    for (size_t i = 0; i < map->step_count; i++) {
        const struct road_step *s = &map->steps[i];

        json_begin_object(w);
        json_key_stringz(w, "practice", id(page, s->practice));
        json_key_int(w, "from", s->from);
        json_key_int(w, "to", s->to);
        json_key_int(w, "quarter", s->quarter);
        json_key_time(w, "start", s->start_day * US_PER_DAY);
        json_key_time(w, "end", s->end_day * US_PER_DAY);
        json_key_double(w, "hours", s->hours);
        key_estimate(w, "gain", &s->gain);
        json_key_double(w, "p_success", s->p_success);
        json_end_object(w);
    }
    json_end_array(w);
    json_end_object(w);
}

static void history_part(struct json_writer *w, const struct page *page)
{
    const struct trend *trend = page->options->trend;

    json_key(w, "history");
    json_begin_array(w);
    for (size_t i = 0; i < trend->count; i++) {
        const struct trend_point *p = &trend->points[i];

        json_begin_object(w);
        json_key_time(w, "as_of", p->as_of);
        json_key_int(w, "stage", p->stage_best);
        json_key_int(w, "confirmed", p->stage_confirmed);
        json_key_double(w, "index", p->index);
        json_key_double(w, "index_low", p->index_low);
        json_key_double(w, "index_high", p->index_high);
        json_key_bool(w, "model_changed", p->model_changed);
        json_end_object(w);
    }
    json_end_array(w);
}

void json_worth(struct json_writer *w, struct page *page)
{
    const struct report_options *options = page->options;

    if (options->sensitivity)
        sensitivity_part(w, page);
    if (options->money)
        money_part(w, page);
    if (options->roadmap)
        road_part(w, page);
    if (options->trend)
        history_part(w, page);
}

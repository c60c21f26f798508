/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What was worked out from the assessment: money, road map, history. Amounts are in
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
        json_sensitivity(w, page);
    if (options->money)
        money_part(w, page);
    if (options->roadmap)
        road_part(w, page);
    if (options->trend)
        history_part(w, page);
    if (options->peers) {
        json_key(w, "peers");
        json_peers(w, page);
    }
}

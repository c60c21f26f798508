/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "report/roadmap.h"

#include "base/json_write.h"
#include "base/timestamp.h"
#include "report/roadmap_words.h"

static void key_day(struct json_writer *w, const char *key, int64_t day)
{
    struct buf b = BUF_INIT(40);

    timestamp_add_date(&b, day * US_PER_DAY);
    json_key_stringz(w, key, buf_cstr(&b));
    buf_release(&b);
}

static void add_check(struct json_writer *w, const struct road_check *check, const char *text)
{
    json_key(w, "check");
    json_begin_object(w);
    json_key_stringz(w, "text", text);
    json_key_stringz(w, "measure", check->measure);
    json_key_double(w, "cut", check->cut);
    key_day(w, "day", check->day);
    json_key_double(w, "sample", check->sample);
    json_key_double(w, "now", check->now);
    json_end_object(w);
}

static void add_gain(struct json_writer *w, const struct estimate *gain)
{
    json_key(w, "gain_minor_a_year");
    if (isnan(gain->median)) {
        json_null(w);
        return;
    }
    json_begin_object(w);
    json_key_int(w, "low", llround(gain->low));
    json_key_int(w, "median", llround(gain->median));
    json_key_int(w, "high", llround(gain->high));
    json_end_object(w);
}

static void key_step(struct json_writer *w, const char *key, size_t step)
{
    json_key(w, key);
    if (step == SIZE_MAX)
        json_null(w);
    else
        json_int(w, (int64_t)step + 1);
}

static void add_step(struct json_writer *w, struct page *page, const struct roadmap *map, size_t i)
{
    const struct road_step *s = &map->steps[i];

    json_begin_object(w);
    json_key_int(w, "number", (int64_t)i + 1);
    json_key_stringz(w, "practice", map->model->practices[s->practice].id);
    json_key_stringz(w, "title", road_title(page, s->practice));
    json_key_int(w, "from", s->from);
    json_key_int(w, "to", s->to);
    json_key_bool(w, "unknown", s->unknown);
    json_key_int(w, "quarter", s->quarter + 1);
    json_key_int(w, "last_quarter", s->last + 1);
    json_key_stringz(w, "role", map->model->roles[s->role].id);
    json_key_stringz(w, "owner", s->owner);
    json_key_stringz(w, "who", road_who(page, map, s));
    key_day(w, "start", s->start_day);
    key_day(w, "end", s->end_day);
    json_key_double(w, "hours", s->hours);
    json_key_double(w, "cost", s->cost);
    add_gain(w, &s->gain);
    json_key_double(w, "p_success", s->p_success);
    json_key_double(w, "birnbaum", s->birnbaum);
    json_key_double(w, "priority", s->priority);
    json_key_bool(w, "quick_win", s->quick_win);
    json_key_bool(w, "pinned", s->pinned);
    json_key_bool(w, "begun", s->begun);
    json_key_stringz(w, "why", road_why_names[s->why]);
    json_key_stringz(w, "hold", road_hold_names[s->hold]);
    key_step(w, "opens", s->opens);
    key_step(w, "waits_for", s->waits_for);
    json_key_stringz(w, "reason", road_reason(page, map, s));
    add_check(w, &s->check, road_check_text(page, s));
    json_end_object(w);
}

static void add_demands(struct json_writer *w, const char *key, struct page *page,
                        const struct roadmap *map, const struct road_demands *list)
{
    json_key(w, key);
    json_begin_array(w);
    for (size_t i = 0; i < list->n; i++) {
        const struct road_demand *d = &list->items[i];
        bool drop = d->kind == DEMAND_DROP_PIN || d->kind == DEMAND_DROP_BEGUN;

        json_begin_object(w);
        json_key_stringz(w, "kind", road_demand_names[d->kind]);
        json_key_int(w, "quarter", d->quarter + 1);
        if (d->kind == DEMAND_HOURS)
            json_key_stringz(w, "role", map->model->roles[d->role].id);
        if (drop)
            json_key_stringz(w, "practice", map->model->practices[d->practice].id);
        else
            json_key_double(w, "amount", d->amount);
        json_key_stringz(w, "text", road_demand_text(page, map, d));
        json_end_object(w);
    }
    json_end_array(w);
}

static void add_left(struct json_writer *w, struct page *page, const struct roadmap *map)
{
    json_key(w, "left_out");
    json_begin_array(w);
    for (size_t i = 0; i < map->left_count; i++) {
        const struct road_left *left = &map->left[i];

        json_begin_object(w);
        json_key_stringz(w, "practice", map->model->practices[left->practice].id);
        json_key_stringz(w, "title", road_title(page, left->practice));
        json_key_int(w, "from", left->from);
        json_key_int(w, "to", left->to);
        json_key_double(w, "hours", left->hours);
        json_key_stringz(w, "why", road_left_names[left->why]);
        json_key_stringz(w, "reason", road_left_reason(left->why));
        json_end_object(w);
    }
    json_end_array(w);
}

static void add_load(struct json_writer *w, const struct roadmap *map, const char *name,
                     const struct road_load *load)
{
    json_key(w, name);
    json_begin_array(w);
    for (int q = 0; q < map->quarters; q++) {
        json_begin_object(w);
        json_key_double(w, "used", load->used[q]);
        json_key_double(w, "have", load->have[q]);
        json_end_object(w);
    }
    json_end_array(w);
}

static void add_map(struct json_writer *w, struct page *page, const struct roadmap *map)
{
    json_key_stringz(w, "format", "tidemark-roadmap-1");
    json_key_int(w, "target", map->target);
    json_key(w, "quarters");
    json_begin_array(w);
    for (int q = 0; q < map->quarters; q++) {
        json_begin_object(w);
        key_day(w, "first", map->quarter_days[q]);
        key_day(w, "last", map->quarter_days[q + 1] - 1);
        json_end_object(w);
    }
    json_end_array(w);
    json_key_bool(w, "already", map->already);
    json_key(w, "reached_quarter");
    if (map->reached < 0)
        json_null(w);
    else
        json_int(w, map->reached + 1);
    json_key_stringz(w, "verdict", road_verdict(page, map));
    json_key_stringz(w, "proof", road_proof(page, map));
    json_key_bool(w, "feasible", map->feasible);
    json_key_bool(w, "can_fit", map->to_fit.possible);
    json_key_double(w, "gap", map->gap);
    json_key_stringz(w, "currency", map->currency);
    json_key_stringz(w, "gain_currency", map->gain_currency);
    json_key(w, "steps");
    json_begin_array(w);
    for (size_t i = 0; i < map->step_count; i++)
        add_step(w, page, map, i);
    json_end_array(w);
}

enum err_code report_roadmap_json(const struct assessment *a, const struct roadmap *map,
                                  const struct report_options *options, struct buf *out,
                                  struct err *err)
{
    struct json_writer w = JSON_WRITER(out);
    struct page page;
    enum err_code code;

    TRY(page_open(a, options, &page, err));
    json_begin_object(&w);
    add_map(&w, &page, map);
    json_key(&w, "roles");
    json_begin_object(&w);
    for (size_t r = 0; r < map->model->role_count; r++)
        add_load(&w, map, map->model->roles[r].id, &map->roles[r]);
    json_end_object(&w);
    add_load(&w, map, "tools", &map->budget);
    add_demands(&w, "to_reach", &page, map, &map->to_reach);
    add_demands(&w, "to_fit", &page, map, &map->to_fit);
    add_demands(&w, "dropped", &page, map, &map->to_drop);
    json_key(&w, "needs_proof");
    json_begin_array(&w);
    for (size_t i = 0; i < map->proof_count; i++)
        json_stringz(&w, map->model->practices[map->proofs[i]].id);
    json_end_array(&w);
    add_left(&w, &page, map);
    json_end_object(&w);
    buf_addc(out, '\n');
    code = page_check(&page, err);
    page_close(&page);
    return code ? code : buf_check(out, err);
}

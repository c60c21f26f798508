/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The assessment as JSON, after docs/assessment.schema.json. Modelled on OSCAL's assessment
 * results (observations with methods TEST, EXAMINE, INTERVIEW) with the result words of XCCDF. */
#include "report/report.h"

#include "base/money.h"
#include "report/json_parts.h"
#include "report/words.h"

static void key_amount(struct json_writer *w, const char *key, int64_t amount)
{
    json_key(w, key);
    if (amount == AMOUNT_NONE)
        json_null(w);
    else
        json_int(w, amount);
}

void json_key_doubles(struct json_writer *w, const char *key, const double *v, size_t n)
{
    json_key(w, key);
    json_begin_array(w);
    for (size_t i = 0; i < n; i++)
        json_double(w, v[i]);
    json_end_array(w);
}

/* A list written as "shopify, klaviyo". */
static void key_list(struct json_writer *w, const char *key, const char *list)
{
    json_key(w, key);
    json_begin_array(w);
    while (list && *list) {
        size_t n = strcspn(list, ",");
        struct str item = str_trim((struct str){list, n});

        if (item.n)
            json_string(w, item);
        list += n + (list[n] == ',');
    }
    json_end_array(w);
}

static void stage(struct json_writer *w, struct page *page)
{
    const struct assessment *a = page->a;

    json_key(w, "stage");
    json_begin_object(w);
    json_key_int(w, "best", a->stage_best);
    json_key_stringz(w, "title", page_text(page, &page->model->stages[a->stage_best - 1]));
    json_key_int(w, "confirmed", a->stage_confirmed);
    json_key_bool(w, "claimed", a->stage_claimed);
    json_key_int(w, "target", a->target);
    json_key_int(w, "without_not_applicable", a->stage_without_na);
    json_key_doubles(w, "probabilities", a->stage_p, 4);
    json_key(w, "checks");
    json_begin_array(w);
    for (int s = 2; s <= 4; s++) {
        const struct stage_check *check = &a->checks[s - 2];

        json_begin_object(w);
        json_key_int(w, "stage", s);
        json_key_double(w, "p_essentials", check->p_essentials);
        json_key_double(w, "p_quorum", check->p_quorum);
        json_key_double(w, "p_dimensions", check->p_dimensions);
        json_key_double(w, "quorum_share", check->quorum_share);
        json_key_double(w, "quorum_needed", page->model->quorum[s - 2]);
        json_key_double(w, "evidence", check->evidence);
        json_key_double(w, "evidence_needed", check->floor);
        json_key_bool(w, "evidence_met", check->floor_met);
        json_end_object(w);
    }
    json_end_array(w);
    json_end_object(w);
}

static void bounds(struct json_writer *w, const char *key, double value, double low, double high)
{
    json_key(w, key);
    json_begin_object(w);
    json_key_double(w, "value", value);
    json_key_double(w, "low", low);
    json_key_double(w, "high", high);
    json_end_object(w);
}

static void dimensions(struct json_writer *w, struct page *page)
{
    json_key(w, "dimensions");
    json_begin_array(w);
    for (size_t i = 0; i < page->model->dimension_count; i++) {
        const struct dimension_result *d = &page->a->dimensions[i];

        json_begin_object(w);
        json_key_stringz(w, "id", d->dimension->id);
        json_key_stringz(w, "title", page_text(page, &d->dimension->title));
        json_key_double(w, "value", d->value);
        json_key_double(w, "low", d->low);
        json_key_double(w, "high", d->high);
        json_key_double(w, "target", d->target);
        json_key_double(w, "coverage", d->coverage);
        json_key_doubles(w, "p_behind", d->p_behind, 3);
        json_end_object(w);
    }
    json_end_array(w);
}

const char *const json_form_names[] = {
    [FORM_SHARE] = "share", [FORM_FRACTION] = "fraction", [FORM_RATIO] = "ratio",
    [FORM_RATE] = "rate",   [FORM_VALUE] = "value",
};

static void indicator(struct json_writer *w, struct page *page,
                      const struct practice_result *result, size_t i)
{
    const struct indicator *in = &result->practice->indicators[i];
    const struct finding *f = &result->evidence->findings[i];
    bool counted = in->form == FORM_SHARE || in->form == FORM_RATE;
    double cuts[3];

    for (int level = 2; level <= 4; level++)
        cuts[level - 2] = page_cut_value(page, in, level);
    json_begin_object(w);
    json_key_stringz(w, "measure", in->measure);
    json_key_stringz(w, "title", page_text(page, &in->title));
    json_key_stringz(w, "form", json_form_names[in->form]);
    json_key_stringz(w, "unit", in->unit);
    json_key_bool(w, "lower_is_better", in->lower_is_better);
    json_key_bool(w, "known", f->known);
    json_key_double(w, "k", f->known && counted ? f->k : (double)NAN);
    json_key_double(w, "n",
                    !f->known                ? (double)NAN
                    : counted                ? f->n
                    : in->form == FORM_VALUE ? f->n
                                             : f->clusters);
    json_key_double(w, "value", f->known ? result->value[i].mid : (double)NAN);
    json_key_double(w, "low", f->known ? result->value[i].low : (double)NAN);
    json_key_double(w, "high", f->known ? result->value[i].high : (double)NAN);
    json_key_doubles(w, "cuts", cuts, 3);
    json_key_doubles(w, "upper", in->upper, 3);
    json_end_object(w);
}

void json_methods(struct json_writer *w, const struct practice_result *result)
{
    static const char *const names[] = {
        [CLASS_MEASURED] = "TEST",
        [CLASS_OBSERVED] = "EXAMINE",
        [CLASS_ATTESTED] = "EXAMINE",
        [CLASS_CLAIMED] = "INTERVIEW",
    };
    enum evidence_class class_ = page_class(result);

    json_key(w, "methods");
    json_begin_array(w);
    if (class_ != CLASS_NONE)
        json_stringz(w, names[class_]);
    if (class_ != CLASS_NONE && class_ != CLASS_CLAIMED &&
        result->evidence->answer.kind == ANSWER_LEVEL)
        json_stringz(w, "INTERVIEW");
    json_end_array(w);
}

/* The word for the practice against the stage that is aimed at. */
const char *json_result_word(const struct practice_result *result, int target)
{
    if (result->state == STATE_NOT_APPLICABLE)
        return "notapplicable";
    if (!result->level_best)
        return result->evidence->answer.kind == ANSWER_DONT_KNOW ? "unknown" : "notchecked";
    return result->level_best >= target ? "pass" : "fail";
}

static void levels(struct json_writer *w, const struct practice_result *result)
{
    json_key(w, "levels");
    json_begin_object(w);
    json_key_int(w, "best", result->level_best);
    json_key_int(w, "confirmed", result->level_confirmed);
    json_key_int(w, "published", result->level_published);
    json_key_int(w, "claimed", result->claimed_level);
    json_key_int(w, "optimism_gap", result->optimism_gap);
    json_end_object(w);
}

static void practice(struct json_writer *w, struct page *page, const struct practice_result *result)
{
    const struct practice *p = result->practice;
    const struct evidence *e = result->evidence;

    json_begin_object(w);
    json_key_stringz(w, "id", p->id);
    json_key_stringz(w, "dimension", page->model->dimensions[p->dimension].id);
    json_key_stringz(w, "title", page_text(page, &p->title));
    json_key_stringz(w, "state", state_name(result->state));
    json_key_stringz(w, "class", words_class_letters[page_class(result)]);
    json_key_stringz(w, "result", json_result_word(result, page->a->target));
    json_methods(w, result);
    json_key_int(w, "essential", p->essential);
    json_key_double(w, "weight", p->weight);
    levels(w, result);
    json_key_doubles(w, "probabilities", result->p, 4);
    json_key_double(w, "continuous", result->continuous);
    json_key_double(w, "needed_more", result->needed_more);
    json_key(w, "indicators");
    json_begin_array(w);
    for (size_t i = 0; i < p->indicator_count; i++)
        indicator(w, page, result, i);
    json_end_array(w);
    json_key(w, "window");
    json_begin_object(w);
    json_key_time(w, "from", e->window_from);
    json_key_time(w, "to", e->window_to);
    json_end_object(w);
    json_key_time(w, "newest", e->newest_at);
    json_key_stringz(w, "fingerprint", e->fingerprint);
    key_list(w, "sources", e->sources);
    json_key_stringz(w, "reason",
                     e->answer.kind == ANSWER_NOT_APPLICABLE ? e->answer.reason : NULL);
    json_end_object(w);
}

static void practices(struct json_writer *w, struct page *page)
{
    json_key(w, "practices");
    json_begin_array(w);
    for (size_t i = 0; i < page->model->practice_count; i++)
        practice(w, page, &page->a->practices[i]);
    json_end_array(w);
}

static void gaps(struct json_writer *w, const struct page *page)
{
    static const char *const reasons[] = {
        [GAP_ESSENTIAL] = "essential", [GAP_QUORUM] = "quorum", [GAP_DIMENSION] = "dimension"};

    json_key(w, "gaps");
    json_begin_array(w);
    for (size_t i = 0; i < page->a->gap_count; i++) {
        const struct gap *gap = &page->a->gaps[i];

        json_begin_object(w);
        json_key_stringz(w, "practice", page->model->practices[gap->practice].id);
        json_key_stringz(w, "reason", reasons[gap->reason]);
        json_key_int(w, "target", gap->target);
        json_key_double(w, "p_met", gap->p_met);
        json_key_bool(w, "unknown", gap->unknown);
        json_key_double(w, "more", gap->more);
        json_key(w, "money");
        json_practice_money(w, page, gap->practice);
        json_end_object(w);
    }
    json_end_array(w);
}

static void connections(struct json_writer *w, struct page *page)
{
    json_key(w, "connections");
    json_begin_array(w);
    for (size_t i = 0; i < page->a->connection_count; i++) {
        const struct connection *c = &page->a->connections[i];

        json_begin_object(w);
        json_key_stringz(w, "need", page->model->needs[c->need].id);
        json_key_stringz(w, "title", page_text(page, &page->model->needs[c->need].title));
        json_key_int(w, "practices", (int64_t)c->practices);
        json_key_int(w, "essential", (int64_t)c->essential);
        json_key_double(w, "weight", c->weight);
        json_end_object(w);
    }
    json_end_array(w);
}

static void inputs(struct json_writer *w, const struct report_options *options)
{
    json_key(w, "inputs");
    json_begin_array(w);
    for (size_t i = 0; i < options->input_count; i++) {
        const struct report_input *in = &options->inputs[i];

        json_begin_object(w);
        json_key_stringz(w, "name", in->name);
        json_key_stringz(w, "format", in->format);
        json_key_int(w, "rows", in->rows);
        json_key_int(w, "stored", in->stored);
        json_key_int(w, "merged", in->merged);
        json_key_int(w, "rejected", in->rejected);
        json_key_time(w, "newest", in->newest_at);
        json_key_stringz(w, "problem", in->problem && *in->problem ? in->problem : NULL);
        json_end_object(w);
    }
    json_end_array(w);
}

static void facts(struct json_writer *w, const struct report_facts *facts)
{
    json_key(w, "facts");
    if (!facts) {
        json_null(w);
        return;
    }
    json_begin_object(w);
    json_key_stringz(w, "shop", facts->shop);
    json_key_stringz(w, "currency", facts->currency && *facts->currency ? facts->currency : NULL);
    json_key_int(w, "decimals", facts->decimals);
    json_key_time(w, "first_order", facts->first_order_at);
    json_key_time(w, "last_order", facts->last_order_at);
    key_amount(w, "orders", facts->orders);
    key_amount(w, "customers", facts->customers);
    key_amount(w, "revenue", facts->revenue);
    key_amount(w, "refunds", facts->refunds);
    json_key_double(w, "repeat_share", facts->repeat_share);
    json_end_object(w);
}

static void head(struct json_writer *w, const struct page *page)
{
    json_key_stringz(w, "schema", "tidemark-assessment-1");
    json_key_stringz(w, "tool", "tidemark");
    json_key_stringz(w, "version", TIDEMARK_VERSION);
    json_key_stringz(w, "language", language_codes[page->language]);
    json_key_time(w, "as_of", page->a->evidence->as_of);
    json_key_bool(w, "as_of_from_data", page->options->from_data);
    json_key(w, "model");
    json_begin_object(w);
    json_key_stringz(w, "id", page->model->id);
    json_key_stringz(w, "version", page->model->version);
    json_key_stringz(w, "content_hash", page->model->content_hash);
    json_key_stringz(w, "scoring_hash", page->model->scoring_hash);
    json_end_object(w);
}

enum err_code report_json(const struct assessment *a, const struct report_options *options,
                          struct buf *out, struct err *err)
{
    struct json_writer w = JSON_WRITER(out);
    struct page page;
    enum err_code code;

    TRY(page_open(a, options, &page, err));
    json_begin_object(&w);
    head(&w, &page);
    stage(&w, &page);
    bounds(&w, "index", a->index, a->index_low, a->index_high);
    json_key_double(&w, "coverage", a->coverage);
    json_key_double(&w, "not_applicable_weight", a->na_weight);
    dimensions(&w, &page);
    practices(&w, &page);
    json_observations(&w, &page);
    gaps(&w, &page);
    connections(&w, &page);
    json_worth(&w, &page);
    inputs(&w, options);
    facts(&w, options->facts);
    json_key_stringz(&w, "input_hash", a->evidence->input_hash);
    json_key_stringz(&w, "result_hash", a->result_hash);
    json_end_object(&w);
    buf_addc(out, '\n');
    code = page_check(&page, err);
    page_close(&page);
    return code ? code : buf_check(out, err);
}

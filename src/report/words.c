/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "report/words.h"

#include "base/money.h"
#include "report/layout.h"

const char *words_as_of(struct page *page)
{
    const char *date = page_date(page, page->a->evidence->as_of);

    if (page->options->from_data)
        return page_printf(page, _("as of %s, the newest record"), date);
    return page_printf(page, _("as of %s"), date);
}

const char *words_stage(struct page *page, int stage)
{
    return page_printf(page, _("Stage %s: %s"), page_int(page, stage),
                       page_text(page, &page->model->stages[stage - 1]));
}

double words_at_least(const struct assessment *a, int stage)
{
    double p = 0;

    for (int i = stage - 1; i < 4; i++)
        p += a->stage_p[i];
    return fmin(p, 1);
}

/* Stage 1 needs no proof: where little is known it says nothing about the shop. */
static bool little_known(const struct assessment *a)
{
    return a->stage_best == 1 && a->coverage < .6;
}

bool words_confirmed(const struct assessment *a)
{
    return a->stage_confirmed >= a->stage_best && !little_known(a);
}

const char *words_standing(const struct page *page)
{
    if (little_known(page->a))
        return _("as far as is known");
    if (words_confirmed(page->a))
        return _("confirmed");
    return page->a->stage_claimed ? _("claimed") : _("likely");
}

const char *words_verdict(struct page *page)
{
    const struct assessment *a = page->a;
    const char *best = page_int(page, a->stage_best);
    const char *next = page_int(page, a->stage_best + 1);
    const char *p = page_chance_said(page, words_at_least(a, a->stage_best));

    if (a->stage_best >= 4 && a->stage_confirmed >= 4)
        return page_printf(page, _("The evidence confirms stage %s, the highest."), best);
    if (little_known(a))
        return page_printf(page,
                           _("Every shop starts at stage %s. Too little is known to tell whether "
                             "yours stands higher: connect data, or answer the questions."),
                           best);
    if (a->stage_confirmed >= a->stage_best && a->stage_best == 1)
        return page_printf(page, _("Stage %s is not reached yet; its probability is %s."), next,
                           page_chance_said(page, words_at_least(a, 2)));
    if (a->stage_confirmed >= a->stage_best)
        return page_printf(
            page, _("The evidence confirms stage %s; stage %s has a probability of %s."), best,
            next, page_chance_said(page, words_at_least(a, a->stage_best + 1)));
    if (a->stage_claimed)
        return page_printf(page, _("Answers point to stage %s (%s); data does not confirm it yet."),
                           best, p);
    if (a->stage_confirmed == 1)
        return page_printf(page, _("Stage %s is more likely than not (%s), not yet confirmed."),
                           best, p);
    return page_printf(page, _("Stage %s is more likely than not (%s); stage %s is confirmed."),
                       best, p, page_int(page, a->stage_confirmed));
}

const char *words_stage_what(struct page *page)
{
    if (little_known(page->a))
        return "";
    return page_text(page, &page->model->stage_what[page->a->stage_best - 1]);
}

/* Required practices of the target stage of which nothing is known. */
static const char *unknown_required(struct page *page)
{
    const struct assessment *a = page->a;
    size_t n = 0;

    for (size_t i = 0; i < a->gap_count; i++)
        n += a->gaps[i].reason == GAP_ESSENTIAL && a->gaps[i].unknown;
    if (!n)
        return "";
    return page_printf(page,
                       P_("Stage %s requires %s practice of which nothing is known yet; until then "
                          "it cannot count as reached.",
                          "Stage %s requires %s practices of which nothing is known yet; until "
                          "then it cannot count as reached.",
                          n),
                       page_int(page, a->target), page_int(page, (int64_t)n));
}

const char *words_caution(struct page *page)
{
    const struct assessment *a = page->a;
    const char *parts[3] = {unknown_required(page), "", ""}, *all = "";

    if (a->stage_confirmed < a->stage_best && a->stage_best >= 2) {
        const struct stage_check *check = &a->checks[a->stage_best - 2];

        if (!check->floor_met)
            parts[1] =
                page_printf(page,
                            _("To confirm stage %s, %s of the model's weight must rest on data "
                              "or attached evidence; today it is %s."),
                            page_int(page, a->stage_best), page_percent(page, check->floor),
                            page_percent(page, check->evidence));
    }
    if (a->stage_without_na != a->stage_best)
        parts[2] = page_printf(page,
                               _("If everything marked as not applicable counted as not known, it "
                                 "would be stage %s."),
                               page_int(page, a->stage_without_na));
    for (size_t i = 0; i < TM_COUNT(parts); i++)
        if (*parts[i])
            all = *all ? page_printf(page, "%s %s", all, parts[i]) : parts[i];
    return all;
}

const char *words_coverage(struct page *page)
{
    return page_printf(page, _("%s of what the model looks at is known."),
                       page_percent(page, page->a->coverage));
}

const char *words_index(struct page *page)
{
    const struct assessment *a = page->a;
    const char *low = page_number(page, a->index_low, 0);
    const char *high = page_number(page, a->index_high, 0);

    if (isnan(a->index))
        return page_printf(page, _("between %s and %s of 100; too little is known for one figure"),
                           low, high);
    if (strcmp(low, high) == 0)
        return page_printf(page, _("%s of 100"), page_number(page, a->index, 0));
    return page_printf(page, _("%s of 100 (could be %s to %s)"), page_number(page, a->index, 0),
                       low, high);
}

static bool amount_known(int64_t amount)
{
    return amount != AMOUNT_NONE;
}

size_t words_facts(struct page *page, struct fact out_facts[FACTS_MAX])
{
    const struct report_facts *facts = page->options->facts;
    size_t n = 0;

    if (!facts)
        return 0;
    if (amount_known(facts->orders))
        out_facts[n++] = (struct fact){_("Orders"), page_int(page, facts->orders)};
    if (amount_known(facts->customers))
        out_facts[n++] = (struct fact){_("Customers"), page_int(page, facts->customers)};
    if (amount_known(facts->revenue))
        out_facts[n++] = (struct fact){_("Net revenue"), page_money(page, facts->revenue)};
    if (amount_known(facts->refunds) && facts->refunds)
        out_facts[n++] = (struct fact){_("Refunds"), page_money(page, facts->refunds)};
    if (isfinite(facts->repeat_share))
        out_facts[n++] = (struct fact){_("Bought again"), page_percent(page, facts->repeat_share)};
    return n;
}

void words_conditions(struct page *page, struct stage_condition out_rows[STAGE_CONDITIONS])
{
    int target = page->a->target;
    const struct stage_check *c = &page->a->checks[target - 2];
    const char *stage = page_int(page, target);

    out_rows[0] = (struct stage_condition){
        c->p_essentials, page_printf(page, _("Every required practice is at level %s"), stage),
        page_printf(page, _("probability %s"), page_chance_said(page, c->p_essentials))};
    out_rows[1] = (struct stage_condition){
        c->p_quorum,
        page_printf(page, _("%s of all practices, by weight, are at level %s"),
                    page_percent(page, page->model->quorum[target - 2]), stage),
        page_percent(page, c->quorum_share)};
    out_rows[2] = (struct stage_condition){
        c->p_dimensions,
        page_printf(page, _("Every dimension is at level %s or above on average"),
                    page_int(page, target - 1)),
        page_printf(page, _("probability %s"), page_chance_said(page, c->p_dimensions))};
    out_rows[3] = (struct stage_condition){
        c->floor_met ? 1 : 0,
        page_printf(page, _("%s of the weight rests on data or attached evidence"),
                    page_percent(page, c->floor)),
        page_percent(page, c->evidence)};
}

const char *words_gap_reason(struct page *page, const struct gap *gap)
{
    const char *stage = page_int(page, page->a->target);

    switch (gap->reason) {
    case GAP_ESSENTIAL:
        return page_printf(page, _("stage %s requires it"), stage);
    case GAP_QUORUM:
        return page_printf(page, _("counts towards stage %s"), stage);
    case GAP_DIMENSION:
        return _("its dimension lags behind");
    }
    return "";
}

/* The needs of a practice that are connected, or those that are not, as a list. */
static const char *needs(struct page *page, const struct practice *practice, bool connected)
{
    const bool *there = page->a->evidence->connected;
    struct buf list = BUF_INIT(2000);
    const char *text;

    for (size_t i = 0; i < practice->need_count; i++)
        for (size_t k = 0; k < page->model->need_count; k++) {
            const struct data_need *need = &page->model->needs[k];

            if (strcmp(need->id, practice->needs[i]) != 0 || (there && there[k]) != connected)
                continue;
            if (list.n)
                buf_addz(&list, layout_comma(page->language));
            buf_addz(&list, page_text(page, &need->title));
        }
    text = arena_strdup(&page->arena, buf_str(&list));
    buf_release(&list);
    return text;
}

static const char *distance_unknown(struct page *page, const struct practice *practice)
{
    const char *missing = needs(page, practice, false), *there = needs(page, practice, true);
    bool asked = (practice->classes & CLASS_BIT_Q) && *page_text(page, &practice->question);

    if (*missing && asked)
        return page_printf(page, _("Not known yet. Connect: %s; or answer the question."), missing);
    if (*missing)
        return page_printf(page, _("Not known yet. Connect: %s."), missing);
    if (*there && asked)
        return page_printf(page,
                           _("Not known yet. The data is there (%s), but does not tell enough: a "
                             "longer or fuller export may, or answer the question."),
                           there);
    if (*there)
        return page_printf(page,
                           _("Not known yet. The data is there (%s), but does not tell enough: a "
                             "longer or fuller export may."),
                           there);
    return _("Not known yet. Answer the question.");
}

/* The first measured indicator that does not reach the target; SIZE_MAX when all do. */
static size_t short_indicator(const struct page *page, const struct practice_result *result,
                              int target)
{
    const struct practice *practice = result->practice;

    for (size_t i = 0; i < practice->indicator_count; i++) {
        const struct indicator *indicator = &practice->indicators[i];
        double cut = page_cut_value(page, indicator, target), value = result->value[i].mid;

        if (isfinite(cut) && isfinite(value) &&
            (indicator->lower_is_better ? value > cut : value < cut))
            return i;
    }
    return SIZE_MAX;
}

/* "Customers who bought again: 4 more among 540 reach level 3 (...)" */
static const char *natural_units(struct page *page, const struct gap *gap, size_t i,
                                 const char *cut)
{
    const struct practice_result *result = &page->a->practices[gap->practice];
    const struct indicator *indicator = &result->practice->indicators[i];
    const char *title = page_text(page, &indicator->title);
    const char *more = page_number(page, fabs(gap->more), 0);
    const char *n = page_number(page, result->evidence->findings[i].n, 0);
    const char *now = page_value(page, indicator, result->value[i].mid);
    const char *level = page_int(page, gap->target);
    uint64_t plural = (uint64_t)fabs(gap->more);
    const char *text =
        gap->more > 0 ? page_printf(page,
                                    P_("%s more among %s reaches level %s (%s; now %s).",
                                       "%s more among %s reach level %s (%s; now %s).", plural),
                                    more, n, level, cut, now)
                      : page_printf(page,
                                    P_("%s fewer among %s reaches level %s (%s; now %s).",
                                       "%s fewer among %s reach level %s (%s; now %s).", plural),
                                    more, n, level, cut, now);

    return *title ? page_printf(page, _("%s: %s"), title, text) : text;
}

static const char *distance_measured(struct page *page, const struct gap *gap)
{
    const struct practice_result *result = &page->a->practices[gap->practice];
    size_t i = short_indicator(page, result, gap->target);
    const struct indicator *indicator;
    const char *cut, *now;

    if (result->state == STATE_STALE)
        return _("The newest record is too old to count. Bring a new export.");
    if (i == SIZE_MAX)
        return page_printf(page,
                           _("The figure is there, but level %s is not sure yet (%s): more data "
                             "or a clearer lead will settle it."),
                           page_int(page, gap->target), page_chance_said(page, gap->p_met));
    indicator = &result->practice->indicators[i];
    cut = page_cut(page, indicator, gap->target);
    if (isfinite(gap->more) && fabs(gap->more) >= 1)
        return natural_units(page, gap, i, cut);
    now = page_value(page, indicator, result->value[i].mid);
    if (*page_text(page, &indicator->title))
        return page_printf(page, _("%s: now %s; level %s asks for %s."),
                           page_text(page, &indicator->title), now, page_int(page, gap->target),
                           cut);
    return page_printf(page, _("Now %s; level %s asks for %s."), now, page_int(page, gap->target),
                       cut);
}

const char *words_gap_distance(struct page *page, const struct gap *gap)
{
    const struct practice_result *result = &page->a->practices[gap->practice];
    const char *target = page_int(page, gap->target);

    if (gap->unknown)
        return distance_unknown(page, result->practice);
    if (result->evidence->measured != CLASS_NONE)
        return distance_measured(page, gap);
    if (result->claimed_level >= gap->target)
        return page_printf(page,
                           _("You answered level %s; it counts once data or attached "
                             "evidence shows it."),
                           page_int(page, result->claimed_level));
    if (result->claimed_level)
        return page_printf(page, _("You answered level %s; level %s is needed."),
                           page_int(page, result->claimed_level), target);
    return page_printf(page, _("Level %s is needed; its probability is %s."), target,
                       page_chance_said(page, gap->p_met));
}

const char *words_connection(struct page *page, const struct connection *connection)
{
    const char *all = page_printf(
        page, P_("helps to know %s practice", "helps to know %s practices", connection->practices),
        page_int(page, (int64_t)connection->practices));

    if (!connection->essential)
        return all;
    return page_printf(
        page, P_("%s, %s of them required", "%s, %s of them required", connection->essential), all,
        page_int(page, (int64_t)connection->essential));
}

const char *words_first_step(const struct practice_result *result)
{
    return result->level_best >= 2 ? _("If not done yet") : _("First step");
}

const char *words_conflict(struct page *page, const struct practice_result *result)
{
    return page_printf(page, _("You answered level %s; the data shows level %s."),
                       page_int(page, result->claimed_level),
                       page_int(page, result->claimed_level - result->optimism_gap));
}

const char *words_level(struct page *page, const struct practice_result *result)
{
    const char *best = page_int(page, result->level_best);
    double p = 0;

    if (result->state == STATE_NOT_APPLICABLE)
        return _("does not apply");
    if (!result->level_best)
        return _("not known");
    if (result->level_confirmed >= result->level_best)
        return page_printf(page, _("level %s, confirmed"), best);
    for (int i = result->level_best - 1; i < 4; i++)
        p += result->p[i];
    return page_printf(page, _("level %s, likely (%s)"), best, page_chance(page, p));
}

const char *words_reason(struct page *page, const struct practice_result *result)
{
    const struct answer *answer = &result->evidence->answer;

    if (answer->kind != ANSWER_NOT_APPLICABLE || !answer->reason || !*answer->reason)
        return "";
    if (answer->until == TIME_NONE)
        return page_printf(page, _("reason: %s"), page_isolate(page, answer->reason));
    return page_printf(page, _("reason: %s, until %s"), page_isolate(page, answer->reason),
                       page_date(page, answer->until));
}

const char *words_essential(struct page *page, const struct practice *practice)
{
    if (!practice->essential)
        return "";
    return page_printf(page, _("required for stage %s"), page_int(page, practice->essential));
}

const char *words_window(struct page *page, const struct evidence *evidence)
{
    if (evidence->window_from == TIME_NONE || evidence->window_to == TIME_NONE)
        return "";
    return page_printf(page, _("%s to %s"), page_date(page, evidence->window_from),
                       page_date(page, evidence->window_to));
}

const char *words_needed(struct page *page, const struct practice_result *result)
{
    double more = result->needed_more;

    if (!isfinite(more) || more < 1)
        return "";
    return page_printf(page,
                       P_("About %s more case would settle the level.",
                          "About %s more cases would settle the level.", (uint64_t)more),
                       page_number(page, more, 0));
}

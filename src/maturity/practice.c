/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "maturity/practice.h"

/* What is thought of a practice of which nothing is known, P(level = 1..4). */
static const double prior[4] = {.40, .30, .20, .10};

static const double na_budget = .15; /* share of weight that may be declared N/A */
static const double answer_ttl_days = 180;
static const double stale_after = 3; /* half-lives */
static const double best_at = .50, confirmed_at = .90, promote_at = .80, demote_at = .20;
static const double most_needed = 1e6; /* cases: more than that is no advice */

/* Reliability, the highest level a class may reach, and the last stage whose essential
 * practices it may satisfy (0: none). A claim's reliability is the table of selfreport.c. */
static const struct {
    enum state state;
    double rho;
    int level_cap;
    int gate_cap;
} classes[] = {
    [CLASS_NONE] = {STATE_UNKNOWN, 0, 4, 0},        [CLASS_MEASURED] = {STATE_MEASURED, 1.0, 4, 4},
    [CLASS_OBSERVED] = {STATE_OBSERVED, 0.9, 4, 4}, [CLASS_ATTESTED] = {STATE_ATTESTED, 0.75, 3, 3},
    [CLASS_CLAIMED] = {STATE_CLAIMED, 1.0, 3, 2},
};

const char *state_name(enum state state)
{
    static const char *const names[] = {
        [STATE_MEASURED] = "MEASURED", [STATE_OBSERVED] = "OBSERVED",
        [STATE_ATTESTED] = "ATTESTED", [STATE_CLAIMED] = "CLAIMED",
        [STATE_STALE] = "STALE",       [STATE_THIN] = "THIN",
        [STATE_UNKNOWN] = "UNKNOWN",   [STATE_NOT_APPLICABLE] = "NOT_APPLICABLE",
        [STATE_CONFLICT] = "CONFLICT",
    };

    return names[state];
}

bool practice_applies(const struct practice_result *r)
{
    return r->state != STATE_NOT_APPLICABLE;
}

bool practice_known(const struct practice_result *r)
{
    return r->rests_on != CLASS_NONE;
}

static void cumulate(const double p[4], double out_at_least[4])
{
    out_at_least[3] = p[3];
    out_at_least[2] = p[3] + p[2];
    out_at_least[1] = p[3] + p[2] + p[1];
    out_at_least[0] = 1;
}

double practice_at_least(const struct practice_result *r, int level)
{
    double at_least[4];

    cumulate(r->p, at_least);
    return at_least[level - 1];
}

double practice_prior_at_least(int level)
{
    double at_least[4];

    cumulate(prior, at_least);
    return at_least[level - 1];
}

double practice_reliability(enum evidence_class class)
{
    return classes[class].rho;
}

/* Half-lives gone by; a date that is missing or lies ahead counts as fresh. */
static double half_lives(int64_t as_of, int64_t at, double ttl_days)
{
    if (at == TIME_NONE || at >= as_of || !(ttl_days > 0))
        return 0;
    return (double)(as_of - at) / (double)US_PER_DAY / ttl_days;
}

static bool answered_level(const struct answer *a)
{
    return a->kind == ANSWER_LEVEL && a->level >= 1 && a->level <= 4;
}

static enum evidence_class answer_class(const struct answer *a)
{
    if (!answered_level(a))
        return CLASS_NONE;
    return a->attested && a->answered_at != TIME_NONE ? CLASS_ATTESTED : CLASS_CLAIMED;
}

static bool na_declared(const struct evidence *e, int64_t as_of)
{
    return e->answer.kind == ANSWER_NOT_APPLICABLE && e->answer.reason && e->answer.reason[0] &&
           e->answer.until > as_of;
}

static bool measured_stale(const struct evidence_set *set, const struct judged *j)
{
    return half_lives(set->as_of, j->evidence->newest_at, j->practice->ttl_days) > stale_after;
}

static enum err_code look(const struct evidence_set *set, struct judged *out_judged,
                          struct err *err)
{
    const struct model *model = set->model;

    for (size_t i = 0; i < model->practice_count; i++) {
        const struct practice *p = &model->practices[i];
        const struct evidence *e = &set->items[i];
        struct judged *j = &out_judged[i];

        *j = (struct judged){.practice = p, .evidence = e};
        j->na_declared = na_declared(e, set->as_of);
        j->measured = (e->measured == CLASS_MEASURED || e->measured == CLASS_OBSERVED) &&
                      p->indicator_count > 0;
        for (size_t k = 0; k < p->indicator_count; k++)
            j->measured = j->measured && finding_usable(&p->indicators[k], &e->findings[k]);
        if (!j->measured)
            continue;
        if (level_measure(p, e, set, &j->view, err) != ERR_OK) {
            err_context(err, "judging %s", p->id);
            return err ? err->code : ERR_INVALID;
        }
    }
    return ERR_OK;
}

/* Declarations are accepted in the order in which they were made, so that a new one never takes
 * the place of an older one; and the budget is a share of all weight, so that what the model
 * itself leaves out does not change it either (I9). */
static void accept_na(const struct evidence_set *set, struct judged *judged)
{
    size_t n = set->model->practice_count;
    double total = 0, used = 0;

    for (size_t i = 0; i < n; i++)
        total += judged[i].practice->weight;
    for (int64_t after = INT64_MIN;;) {
        int64_t next = INT64_MAX;

        for (size_t i = 0; i < n; i++) {
            int64_t at = judged[i].evidence->answer.answered_at;

            if (judged[i].na_declared && at >= after && at < next)
                next = at;
        }
        if (next == INT64_MAX)
            return;
        for (size_t i = 0; i < n; i++) {
            struct judged *j = &judged[i];

            if (!j->na_declared || j->evidence->answer.answered_at != next ||
                used + j->practice->weight > (na_budget + 1e-9) * total)
                continue;
            j->na_accepted = true;
            used += j->practice->weight;
        }
        after = next + 1;
    }
}

/* Overlaps of answers and measurements tell how this owner answers (6.4). They count whether or
 * not the practice applies: it is the owner that is gauged, not the practice. */
static struct selfreport gauge_owner(const struct evidence_set *set, const struct judged *judged)
{
    struct selfreport owner = {0};

    for (size_t i = 0; i < set->model->practice_count; i++) {
        const struct judged *j = &judged[i];
        const struct answer *a = &j->evidence->answer;

        if (j->measured && !j->view.thin && !measured_stale(set, j) && answered_level(a))
            selfreport_add(&owner, a->level, level_reached(j->view.at_least, best_at));
    }
    return owner;
}

/* Stale measurements give way to an answer that is not. */
static enum evidence_class choose_class(const struct evidence_set *set, const struct judged *j)
{
    const struct answer *a = &j->evidence->answer;
    enum evidence_class answer = answer_class(a);
    bool fresh = half_lives(set->as_of, a->answered_at, answer_ttl_days) <= stale_after;

    if (!j->measured)
        return answer;
    if (measured_stale(set, j) && answer != CLASS_NONE && fresh)
        return answer;
    return j->evidence->measured;
}

/* What was seen or said, before reliability and age. */
static void observed_levels(const struct judged *j, enum evidence_class class,
                            const struct selfreport *owner, double out_p[4])
{
    int level = j->evidence->answer.level;

    for (int l = 0; l < 4; l++)
        out_p[l] = class == CLASS_NONE ? prior[l] : 0;
    if (class == CLASS_MEASURED || class == CLASS_OBSERVED) {
        for (int l = 0; l < 4; l++)
            out_p[l] = j->view.at_least[l] - (l < 3 ? j->view.at_least[l + 1] : 0);
    } else if (class == CLASS_CLAIMED) {
        selfreport_levels(owner, level, out_p);
    } else if (class == CLASS_ATTESTED) {
        out_p[level - 1] = 1;
    }
}

/* pi = sure * pi + (1 - sure) * prior, and no level above the cap. */
static void mix(double p[4], double sure, int cap)
{
    for (int l = 0; l < 4; l++)
        p[l] = sure * p[l] + (1 - sure) * prior[l];
    for (int l = 3; l >= cap; l--) {
        p[l - 1] += p[l];
        p[l] = 0;
    }
}

/* Hysteresis (6.6): a level shown before stays until the evidence is clear. */
static int publish(const double at_least[4], int before, int best)
{
    int level = before;

    if (before < 1 || before > 4)
        return best;
    while (level < 4 && at_least[level] >= promote_at)
        level++;
    while (level > 1 && at_least[level - 1] < demote_at)
        level--;
    return level;
}

/* Cases that would show on which side of its two cuts the rate lies, less those at hand. */
static double needed_more(const struct judged *j, const struct practice_result *r)
{
    const struct indicator *indicator = &j->practice->indicators[0];
    const struct posterior *p = &j->view.posteriors[0];
    double most = 0;

    if (r->p[r->level_best - 1] >= confirmed_at)
        return 0;
    if (!j->measured || j->practice->indicator_count != 1 || indicator->form != FORM_SHARE)
        return NAN;
    for (int i = 0; i < 3; i++) {
        double cut = j->view.cuts[0].at[i];
        bool lies_next = i + 1 == (int)j->view.continuous || i + 2 == (int)j->view.continuous;

        if (!lies_next || isnan(cut) || cut <= 0)
            continue;
        most = fmax(most, cases_to_confirm(p->point, cut, confirmed_at, .80, most_needed));
    }
    if (isinf(most))
        return NAN;
    return fmax(ceil(most - p->n_eff), 1);
}

static void settle_state(struct practice_result *r, const struct judged *j, bool stale)
{
    const struct answer *a = &j->evidence->answer;
    bool measured = r->rests_on == CLASS_MEASURED || r->rests_on == CLASS_OBSERVED;

    r->state = classes[r->rests_on].state;
    r->claimed_level = answered_level(a) ? a->level : 0;
    if (stale) {
        r->state = STATE_STALE;
    } else if (measured && j->view.thin) {
        r->state = STATE_THIN;
    } else if (measured && r->claimed_level && r->claimed_level != r->level_best) {
        r->state = STATE_CONFLICT;
        r->optimism_gap = r->claimed_level - r->level_best;
    }
    for (int s = 2; s <= 4; s++)
        r->gate_ok[s - 2] = !stale && s <= classes[r->rests_on].gate_cap;
}

static void not_applicable(struct practice_result *r)
{
    r->state = STATE_NOT_APPLICABLE;
    r->rests_on = CLASS_NONE;
    r->continuous = NAN;
    r->needed_more = NAN;
    for (int l = 0; l < 4; l++)
        r->p[l] = 0;
}

static void judge_levels(struct practice_result *r, const struct judged *j, double age, int before)
{
    double at_least[4], fresh[4], p[4];

    memcpy(p, r->p, sizeof(p));
    mix(p, classes[r->rests_on].rho, classes[r->rests_on].level_cap);
    cumulate(p, fresh);
    mix(r->p, classes[r->rests_on].rho * exp2(-age), classes[r->rests_on].level_cap);
    cumulate(r->p, at_least);
    /* Age makes a level less sure; it is no reason to show a higher one. */
    r->level_best = level_reached(at_least, best_at);
    if (r->level_best > level_reached(fresh, best_at))
        r->level_best = level_reached(fresh, best_at);
    /* A claim alone confirms nothing (I10). */
    r->level_confirmed = r->rests_on == CLASS_CLAIMED ? 1 : level_reached(at_least, confirmed_at);
    if (r->level_confirmed > r->level_best)
        r->level_confirmed = r->level_best;
    r->level_published = publish(at_least, before, r->level_best);
    if (r->rests_on == CLASS_MEASURED || r->rests_on == CLASS_OBSERVED)
        r->continuous = j->view.continuous;
    else
        r->continuous = r->p[0] + 2 * r->p[1] + 3 * r->p[2] + 4 * r->p[3];
}

static void judge_one(const struct evidence_set *set, const struct judged *j,
                      const struct selfreport *owner, int before, bool full,
                      struct practice_result *r)
{
    const struct evidence *e = j->evidence;
    double age;

    *r = (struct practice_result){.practice = j->practice, .evidence = e};
    for (size_t k = 0; k < INDICATORS_MAX; k++) {
        r->value[k] = (struct interval){NAN, NAN, NAN};
        if (full && j->measured && k < j->practice->indicator_count)
            r->value[k] = level_interval(&j->view.posteriors[k]);
    }
    if (!e->applicable || j->na_accepted) {
        not_applicable(r);
        return;
    }
    r->na_refused = e->answer.kind == ANSWER_NOT_APPLICABLE;
    r->rests_on = choose_class(set, j);
    observed_levels(j, r->rests_on, owner, r->p);
    if (r->rests_on == CLASS_NONE) {
        r->state = STATE_UNKNOWN;
        r->continuous = NAN;
        r->needed_more = NAN;
        return;
    }
    age = r->rests_on == e->measured
              ? half_lives(set->as_of, e->newest_at, j->practice->ttl_days)
              : half_lives(set->as_of, e->answer.answered_at, answer_ttl_days);
    judge_levels(r, j, age, before);
    settle_state(r, j, age > stale_after);
    r->needed_more = full ? needed_more(j, r) : NAN;
}

enum err_code practices_judge(const struct evidence_set *set, const struct score_history *history,
                              const struct score_plan *plan, struct judged *out_judged,
                              struct practice_result *out_results, struct err *err)
{
    struct selfreport owner;

    TRY(look(set, out_judged, err));
    accept_na(set, out_judged);
    owner = gauge_owner(set, out_judged);
    for (size_t i = 0; i < set->model->practice_count; i++) {
        int before = history && history->published ? history->published[i] : 0;

        judge_one(set, &out_judged[i], &owner, before, plan->full, &out_results[i]);
    }
    return ERR_OK;
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "report/roadmap_words.h"

#include "base/money.h"

enum { AMOUNT_BYTES = 200 };

const char *const road_why_names[] = {"begun",  "pinned", "stage", "opens",
                                      "counts", "gain",   "safety"};
const char *const road_hold_names[] = {"nothing", "waits", "capacity", "budget",
                                       "pin",     "date",  "choice"};
const char *const road_left_names[] = {"forbidden", "behind", "hours", "budget", "date", "worth"};
const char *const road_demand_names[] = {"hours", "budget", "drop_pin", "drop_begun"};

const char *road_days(struct page *page, int64_t first, int64_t last)
{
    if (first == last)
        return page_day(page, first);
    return page_printf(page, _("%s to %s"), page_day(page, first), page_day(page, last));
}

const char *road_hours(struct page *page, double hours)
{
    const char *number = page_number(page, hours, 1);

    return page_printf(page, P_("%s hour", "%s hours", (uint64_t)ceil(hours)), number);
}

static const char *amount(struct page *page, double minor, const char *currency, int decimals)
{
    struct buf b = BUF_INIT(AMOUNT_BYTES);
    const char *text;

    locale_add_money(page->locale, &b, llround(fmin(fmax(minor, -9e15), 9e15)), currency, decimals,
                     true);
    text = page_printf(page, "%s", buf_cstr(&b));
    buf_release(&b);
    return text;
}

const char *road_cost(struct page *page, double major, const char *currency)
{
    int decimals = currency_decimals(str_of(currency));

    decimals = decimals < 0 ? 2 : decimals;
    return amount(page, major * pow(10, decimals), currency, decimals);
}

const char *road_gain(struct page *page, const struct roadmap *map, const struct estimate *gain)
{
    int decimals = currency_decimals(str_of(map->gain_currency));

    if (!map->gain_currency[0] || isnan(gain->median))
        return "";
    decimals = decimals < 0 ? 2 : decimals;
    return page_printf(page, _("%s to %s a year"),
                       amount(page, gain->low, map->gain_currency, decimals),
                       amount(page, gain->high, map->gain_currency, decimals));
}

const char *road_title(struct page *page, size_t practice)
{
    return page_text(page, &page->model->practices[practice].title);
}

const char *road_who(struct page *page, const struct roadmap *map, const struct road_step *step)
{
    const char *role = page_text(page, &map->model->roles[step->role].title);

    if (!step->owner[0])
        return role;
    return page_printf(page, "%s (%s)", page_isolate(page, step->owner), role);
}

const char *road_verdict(struct page *page, const struct roadmap *map)
{
    const char *stage = page_int(page, map->target);

    if (map->already)
        return page_printf(
            page, _("The levels already make up stage %s; these steps make it sure."), stage);
    if (map->reached >= 0)
        return page_printf(page, _("Stage %s can be reached by the end of quarter %s, %s."), stage,
                           page_int(page, map->reached + 1),
                           page_day(page, map->quarter_days[map->reached + 1] - 1));
    if (map->to_reach.n)
        return page_printf(page, _("Stage %s is out of reach within this plan's hours and money."),
                           stage);
    return page_printf(page, _("Stage %s cannot be reached within this plan."), stage);
}

static const char *why(struct page *page, const struct roadmap *map, const struct road_step *step)
{
    const char *stage = page_int(page, map->target);

    switch (step->why) {
    case ROAD_BEGUN:
        return _("It has begun.");
    case ROAD_PINNED:
        return _("You want it in this quarter.");
    case ROAD_STAGE:
        return page_printf(page, _("Stage %s cannot be reached without it."), stage);
    case ROAD_OPENS:
        return page_printf(page, _("It opens the way for \"%s\"."),
                           road_title(page, map->steps[step->opens].practice));
    case ROAD_COUNTS:
        return page_printf(
            page, _("It counts towards what stage %s asks of the practices together."), stage);
    case ROAD_GAIN:
        return _("It brings more than other uses of these hours.");
    case ROAD_SAFETY:
        break;
    }
    return page_printf(page, _("It makes stage %s surer."), stage);
}

static const char *hold(struct page *page, const struct roadmap *map, const struct road_step *step)
{
    const char *quarter = page_int(page, step->quarter);

    switch (step->hold) {
    case HOLD_WAITS:
        return page_printf(page, _("It waits for \"%s\"."),
                           road_title(page, map->steps[step->waits_for].practice));
    case HOLD_CAPACITY:
        return page_printf(page, _("In quarter %s the hours of this role (%s) are used up."),
                           quarter, page_text(page, &map->model->roles[step->role].title));
    case HOLD_BUDGET:
        return page_printf(page, _("In quarter %s the money for tools is used up."), quarter);
    case HOLD_DATE:
        return page_printf(page, _("You want it no earlier than %s."),
                           page_day(page, step->not_before));
    case HOLD_CHOICE:
        return _("It brings no more earlier.");
    case HOLD_NOTHING:
    case HOLD_PIN:
        break;
    }
    return "";
}

const char *road_reason(struct page *page, const struct roadmap *map, const struct road_step *step)
{
    const char *later = hold(page, map, step);

    return page_printf(page, "%s%s%s%s%s", why(page, map, step), *later ? " " : "", later,
                       step->unknown ? " " : "",
                       step->unknown ? _("Nothing is known of it yet: look first, it may be done.")
                                     : "");
}

const char *road_check_text(struct page *page, const struct road_step *step)
{
    const struct practice *p = &page->model->practices[step->practice];
    const struct indicator *ind = &p->indicators[step->check.indicator];
    const char *day = page_day(page, step->check.day), *head;

    if (isnan(step->check.cut))
        return page_printf(page, _("Check from %s on: level %s."), day, page_int(page, step->to));
    head = ind->title.in[LANG_EN] && *ind->title.in[LANG_EN] ? page_text(page, &ind->title)
                                                             : page_text(page, &p->title);
    if (isnan(step->check.now))
        head = page_printf(page, _("Check from %s on: %s: %s."), day, head,
                           page_cut(page, ind, step->to));
    else
        head = page_printf(page, _("Check from %s on: %s: %s; now %s."), day, head,
                           page_cut(page, ind, step->to), page_value(page, ind, step->check.now));
    if (isnan(step->check.sample))
        return head;
    return page_printf(page, "%s %s", head,
                       page_printf(page,
                                   P_("About %s case makes it sure.",
                                      "About %s cases make it sure.", (uint64_t)step->check.sample),
                                   page_int(page, (int64_t)step->check.sample)));
}

const char *road_left_reason(enum road_left_why why_left)
{
    static const char *const reasons[] = {
        [LEFT_FORBIDDEN] = N_("you ruled it out"),
        [LEFT_BEHIND] = N_("waits for steps that are not in the plan"),
        [LEFT_HOURS] = N_("no hours left"),
        [LEFT_BUDGET] = N_("no money left for tools"),
        [LEFT_DATE] = N_("you want it later than this plan reaches"),
        [LEFT_WORTH] = N_("brings too little within this time"),
    };

    return _(reasons[why_left]);
}

const char *road_demand_text(struct page *page, const struct roadmap *map,
                             const struct road_demand *demand)
{
    const char *quarter = page_int(page, demand->quarter + 1);

    switch (demand->kind) {
    case DEMAND_HOURS:
        return page_printf(page, _("%s more of %s in quarter %s"),
                           road_hours(page, ceil(demand->amount - 1e-6)),
                           page_text(page, &map->model->roles[demand->role].title), quarter);
    case DEMAND_BUDGET:
        return page_printf(page, _("%s more for tools in quarter %s"),
                           road_cost(page, ceil(demand->amount - 1e-6), map->currency), quarter);
    case DEMAND_DROP_PIN:
        return page_printf(page, _("give up \"%s\" in quarter %s"),
                           road_title(page, demand->practice), quarter);
    case DEMAND_DROP_BEGUN:
        break;
    }
    return page_printf(page, _("pause \"%s\""), road_title(page, demand->practice));
}

const char *road_proof(struct page *page, const struct roadmap *map)
{
    if (map->gap <= 0)
        return _("No better plan exists for these hours, wishes and estimates.");
    return page_printf(page, _("The search was cut short: the best plan is better by %s at most."),
                       page_percent(page, map->gap));
}

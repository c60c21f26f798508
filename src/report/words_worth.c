/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "report/words_worth.h"

double rounded_estimate(double amount)
{
    double unit;

    if (!isfinite(amount) || fabs(amount) < 1)
        return amount;
    unit = pow(10, floor(log10(fabs(amount))) - 1);
    return unit < 1 ? round(amount) : round(amount / unit) * unit;
}

const char *words_amount(struct page *page, double minor)
{
    const struct report_facts *facts = page->options->facts;
    struct buf b = BUF_INIT(256);
    const char *text;

    if (!isfinite(minor))
        return _("not known");
    locale_add_money(page->locale, &b, (int64_t)rounded_estimate(minor), facts->currency,
                     facts->decimals, true);
    text = arena_strdup(&page->arena, buf_str(&b));
    buf_release(&b);
    return text;
}

const char *words_a_year(struct page *page, double minor)
{
    return page_printf(page, _("%s a year"), words_amount(page, minor));
}

const char *words_amount_range(struct page *page, const struct estimate *estimate)
{
    return page_printf(page, _("%s to %s"), words_amount(page, estimate->low),
                       words_amount(page, estimate->high));
}

const char *words_at_stake(struct page *page, double minor)
{
    return page_printf(page, _("at stake: %s a year"), words_amount(page, minor));
}

const char *words_gain(struct page *page, const struct estimate *gain)
{
    return page_printf(page, _("%s a year (%s)"), words_amount(page, gain->median),
                       words_amount_range(page, gain));
}

const char *words_gap_worth(struct page *page, const struct gap *gap)
{
    const struct money *money = page->options->money;

    if (!money || !money->practices[gap->practice].known)
        return "";
    return page_printf(page, _("Worth about %s."),
                       words_gain(page, &money->practices[gap->practice].gain));
}

const char *words_worth_unknown(const struct practice_money *worth)
{
    return worth->missing ? _(worth->missing) : _("no direct money effect is modelled");
}

const char *words_joint(struct page *page, const struct money *money)
{
    if (!isfinite(money->joint.median) || money->joint.median < pow(10, money->decimals))
        return ""; /* not known, or nothing to speak of */
    return page_printf(page,
                       _("Closing every gap together: about %s of contribution margin. The single "
                         "amounts overlap and must not be added up."),
                       words_gain(page, &money->joint));
}

const char *words_hours(struct page *page, double hours)
{
    return page_printf(page, P_("%s hour", "%s hours", (uint64_t)ceil(fmax(hours, 0))),
                       page_number(page, hours, hours < 10 ? 1 : 0));
}

const char *words_step(struct page *page, size_t practice, int from, int to)
{
    const char *title = page_text(page, &page->model->practices[practice].title);

    if (from >= to)
        return page_printf(page, _("%s: bring proof of level %s"), title, page_int(page, to));
    return page_printf(page, _("%s: to level %s"), title, page_int(page, to));
}

const char *words_road_end(struct page *page, const struct roadmap *map)
{
    const char *stage = page_int(page, map->target);

    if (map->already)
        return page_printf(
            page, _("The levels already make up stage %s; these steps make it sure."), stage);
    if (map->reached >= 0)
        return page_printf(page, _("If every step works, stage %s is reached by %s."), stage,
                           page_day(page, map->quarter_days[map->reached + 1] - 1));
    return page_printf(page, _("Within this plan stage %s is not reached; the steps still count."),
                       stage);
}

static size_t by_value(struct page *page, struct road_data *out_data, size_t most)
{
    const struct sensitivity *s = page->options->sensitivity;
    size_t n = 0;

    for (size_t i = 0; i < s->connection_count && n < most; i++) {
        const struct connection_value *c = &s->connections[i];
        const struct data_need *need = &page->model->needs[c->need];

        if (c->share < .01) /* it tells too little to be sorted by that */
            continue;
        out_data[n++] = (struct road_data){
            .title = page_text(page, &need->title),
            .tells = page_printf(page, _("settles %s of the doubt about your stage"),
                                 page_percent(page, c->share)),
            .how = page_text(page, &need->how)};
    }
    return n;
}

size_t words_next_data(struct page *page, struct road_data *out_data, size_t most)
{
    const struct assessment *a = page->a;
    size_t n = page->options->sensitivity ? by_value(page, out_data, most) : 0;

    for (size_t i = 0; !n && i < a->connection_count && i < most; i++) {
        const struct data_need *need = &page->model->needs[a->connections[i].need];

        out_data[i] = (struct road_data){.title = page_text(page, &need->title),
                                         .tells = words_connection(page, &a->connections[i]),
                                         .how = page_text(page, &need->how)};
        if (i + 1 == a->connection_count || i + 1 == most)
            return i + 1;
    }
    return n;
}

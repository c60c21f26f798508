/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "report/roadmap.h"

#include "base/money.h"
#include "base/timestamp.h"
#include "report/roadmap_words.h"

static const char *const columns[] = {
    N_("No."),
    N_("Quarter"),
    N_("Start"),
    N_("End"),
    N_("Practice"),
    N_("Title"),
    N_("From level"),
    N_("To level"),
    N_("Role"),
    N_("Owner"),
    N_("Hours"),
    N_("Tools"),
    N_("Currency"),
    N_("Gain a year, low"),
    N_("Gain a year, median"),
    N_("Gain a year, high"),
    N_("Currency of the gain"),
    N_("Quick win"),
    N_("Why"),
    N_("Check from"),
    N_("Check"),
};

static void cell(struct buf *out, const char *text)
{
    buf_add_csv(out, str_of(text));
    buf_addc(out, ',');
}

/* Plain figures with a point: what every spreadsheet's import can be told to read. */
static void number(struct buf *out, double v, int decimals)
{
    if (isfinite(v))
        buf_addf(out, "%.*f", decimals, v);
    buf_addc(out, ',');
}

static void day(struct buf *out, int64_t at)
{
    timestamp_add_date(out, at * US_PER_DAY);
    buf_addc(out, ',');
}

static void row(struct buf *out, struct page *page, const struct roadmap *map, size_t i)
{
    const struct road_step *step = &map->steps[i];
    int decimals = currency_decimals(str_of(map->gain_currency));
    double minor = pow(10, decimals < 0 ? 0 : decimals);

    buf_addf(out, "%zu,%d,", i + 1, step->quarter + 1);
    day(out, step->start_day);
    day(out, step->end_day);
    cell(out, map->model->practices[step->practice].id);
    cell(out, road_title(page, step->practice));
    buf_addf(out, "%d,%d,", step->from, step->to);
    cell(out, page_text(page, &map->model->roles[step->role].title));
    cell(out, step->owner);
    number(out, step->hours, 1);
    number(out, step->cost, 2);
    cell(out, map->currency);
    number(out, step->gain.low / minor, 0);
    number(out, step->gain.median / minor, 0);
    number(out, step->gain.high / minor, 0);
    cell(out, isfinite(step->gain.median) ? map->gain_currency : "");
    cell(out, step->quick_win ? _("yes") : "");
    cell(out, road_reason(page, map, step));
    day(out, step->check.day);
    buf_add_csv(out, str_of(road_check_text(page, step)));
    buf_addz(out, "\r\n");
}

enum err_code report_roadmap_csv(const struct assessment *a, const struct roadmap *map,
                                 const struct report_options *options, struct buf *out,
                                 struct err *err)
{
    struct page page;
    enum err_code code;

    TRY(page_open(a, options, &page, err));
    buf_addz(out, "\xEF\xBB\xBF");
    for (size_t i = 0; i < TM_COUNT(columns); i++) {
        buf_add_csv(out, str_of(_(columns[i])));
        buf_addz(out, i + 1 < TM_COUNT(columns) ? "," : "\r\n");
    }
    for (size_t i = 0; i < map->step_count; i++)
        row(out, &page, map, i);
    code = page_check(&page, err);
    page_close(&page);
    return code ? code : buf_check(out, err);
}

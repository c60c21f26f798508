/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The road map in the terminal: a timeline of all steps, then what to do and why, by quarter. */
#include "report/roadmap.h"

#include "report/layout.h"
#include "report/roadmap_words.h"

enum { WIDTH_MIN = 60, WIDTH_MAX = 120, INDENT = 5, CELLS_MAX = 13, LEFT_SHOWN = 8 };

struct view {
    struct sheet *sheet;
    struct page *page;
    const struct roadmap *map;
    size_t cells; /* of a quarter in the timeline */
};

static double total_hours(const struct roadmap *map)
{
    double sum = 0;

    for (size_t i = 0; i < map->step_count; i++)
        sum += map->steps[i].hours;
    return sum;
}

static double total_cost(const struct roadmap *map)
{
    double sum = 0;

    for (int q = 0; q < map->quarters; q++)
        sum += map->budget.used[q];
    return sum;
}

static void head(struct view *v)
{
    struct page *page = v->page;
    const struct roadmap *map = v->map;
    const struct report_facts *facts = page->options->facts;
    const char *steps = page_printf(page, P_("%s step", "%s steps", map->step_count),
                                    page_int(page, (int64_t)map->step_count));

    sheet_put(v->sheet, STYLE_PLAIN, " ");
    sheet_put(v->sheet, STYLE_BOLD,
              facts && facts->shop && *facts->shop ? page_isolate(page, facts->shop) : "Tidemark");
    sheet_put(v->sheet, STYLE_DIM, " · ");
    sheet_put(v->sheet, STYLE_DIM,
              road_days(page, map->quarter_days[0], map->quarter_days[map->quarters] - 1));
    sheet_end_line(v->sheet);
    sheet_heading(v->sheet,
                  page_printf(page, _("Road map to stage %s"), page_int(page, map->target)));
    sheet_wrap(v->sheet, map->reached >= 0 || map->already ? STYLE_GOOD : STYLE_WARN,
               road_verdict(page, map), INDENT - 2);
    sheet_wrap(v->sheet, STYLE_PLAIN,
               page_printf(page, "%s · %s · %s", steps, road_hours(page, total_hours(map)),
                           page_printf(page, _("tools %s"),
                                       road_cost(page, total_cost(map), map->currency))),
               INDENT - 2);
    sheet_wrap(v->sheet, STYLE_DIM, road_proof(page, map), INDENT - 2);
}

static void demands(struct view *v, const char *title, const struct road_demands *list)
{
    if (!list->n)
        return;
    sheet_heading(v->sheet, title);
    for (size_t i = 0; i < list->n; i++) {
        sheet_put(v->sheet, STYLE_WARN, "   + ");
        sheet_wrap(v->sheet, STYLE_PLAIN, road_demand_text(v->page, v->map, &list->items[i]),
                   INDENT);
    }
}

static void what_would_give(struct view *v)
{
    const struct roadmap *map = v->map;

    if (!map->feasible) {
        demands(v, _("Your wishes do not all fit. These were left out"), &map->to_drop);
        demands(v, _("With this they would all fit"), &map->to_fit);
    }
    demands(
        v,
        page_printf(v->page, _("What stage %s would take besides"), page_int(v->page, map->target)),
        &map->to_reach);
}

/* The cells of the timeline that a step covers. */
static void bar(struct view *v, const struct road_step *step)
{
    const struct roadmap *map = v->map;

    for (int q = 0; q < map->quarters; q++) {
        int64_t first = map->quarter_days[q], days = map->quarter_days[q + 1] - first;

        sheet_put(v->sheet, STYLE_DIM, "│");
        for (size_t c = 0; c < v->cells; c++) {
            int64_t from = first + days * (int64_t)c / (int64_t)v->cells;
            int64_t past = first + days * (int64_t)(c + 1) / (int64_t)v->cells;
            bool on = step->start_day < past && step->end_day >= from;

            sheet_put(v->sheet,
                      !on                       ? STYLE_DIM
                      : step->why == ROAD_STAGE ? STYLE_ACCENT
                                                : STYLE_GOOD,
                      !on           ? "·"
                      : step->begun ? "▓"
                                    : "█");
        }
    }
    sheet_put(v->sheet, STYLE_DIM, "│");
}

static void timeline(struct view *v)
{
    const struct roadmap *map = v->map;
    size_t room = v->sheet->width - 1, quarters = (size_t)map->quarters, titles;

    v->cells = (room * 3 / 5 - quarters - 1) / quarters;
    v->cells = v->cells > CELLS_MAX ? CELLS_MAX : v->cells < 1 ? 1 : v->cells;
    titles = room - quarters * (v->cells + 1) - 1 - 6 - 3;
    sheet_heading(v->sheet, _("Timeline"));
    sheet_to(v->sheet, titles + 9);
    for (int q = 0; q < map->quarters; q++) {
        sheet_put(v->sheet, STYLE_DIM, " ");
        sheet_cell(v->sheet, STYLE_DIM, page_int(v->page, q + 1), v->cells, false);
    }
    sheet_end_line(v->sheet);
    for (size_t i = 0; i < map->step_count; i++) {
        const struct road_step *step = &map->steps[i];

        sheet_cell(v->sheet, STYLE_ACCENT, page_int(v->page, (int64_t)i + 1), 3, true);
        sheet_put(v->sheet, STYLE_PLAIN, " ");
        sheet_cell(v->sheet, STYLE_PLAIN, road_title(v->page, step->practice), titles - 1, false);
        sheet_put(v->sheet, STYLE_DIM,
                  page_printf(v->page, " %s%s%s ", page_int(v->page, step->from),
                              layout_arrow(v->page->language), page_int(v->page, step->to)));
        sheet_put(v->sheet, STYLE_GOOD, step->quick_win ? "*" : " ");
        bar(v, step);
        sheet_end_line(v->sheet);
    }
}

static const char *facts_of(struct view *v, const struct road_step *step)
{
    struct page *page = v->page;
    const char *gain = road_gain(page, v->map, &step->gain);
    const char *cost = step->cost > 0 ? page_printf(page, _("tools %s"),
                                                    road_cost(page, step->cost, v->map->currency))
                                      : "";

    return page_printf(page, "%s · %s · %s%s%s%s%s",
                       road_days(page, step->start_day, step->end_day),
                       road_who(page, v->map, step), road_hours(page, step->hours),
                       *cost ? " · " : "", cost, *gain ? " · " : "", gain);
}

static void details(struct view *v, size_t i)
{
    const struct road_step *step = &v->map->steps[i];
    const struct practice *practice = &v->map->model->practices[step->practice];
    struct page *page = v->page;

    sheet_cell(v->sheet, STYLE_ACCENT, page_int(page, (int64_t)i + 1), 3, true);
    sheet_put(v->sheet, STYLE_PLAIN, "  ");
    sheet_put(v->sheet, STYLE_BOLD, road_title(page, step->practice));
    sheet_put(v->sheet, STYLE_PLAIN, "  ");
    sheet_wrap(v->sheet, STYLE_DIM,
               page_printf(page, "%s · %s%s", page_isolate(page, practice->id),
                           page_printf(page, _("level %s to %s"), page_int(page, step->from),
                                       page_int(page, step->to)),
                           step->quick_win ? page_printf(page, " · %s", _("quick win")) : ""),
               INDENT);
    sheet_wrap(v->sheet, STYLE_PLAIN, facts_of(v, step), INDENT);
    sheet_wrap(v->sheet, STYLE_PLAIN, road_reason(page, v->map, step), INDENT);
    if (step->from == 1 && *page_text(page, &practice->how))
        sheet_wrap(v->sheet, STYLE_GOOD, page_text(page, &practice->how), INDENT);
    sheet_wrap(v->sheet, STYLE_DIM, road_check_text(page, step), INDENT);
}

static void quarters(struct view *v)
{
    const struct roadmap *map = v->map;
    size_t i = 0;

    for (int q = 0; q < map->quarters && i < map->step_count; q++) {
        if (map->steps[i].quarter != q)
            continue;
        sheet_heading(v->sheet, page_printf(v->page, _("Quarter %s: %s"), page_int(v->page, q + 1),
                                            road_days(v->page, map->quarter_days[q],
                                                      map->quarter_days[q + 1] - 1)));
        for (bool first = true; i < map->step_count && map->steps[i].quarter == q; i++) {
            if (!first)
                sheet_end_line(v->sheet);
            first = false;
            details(v, i);
        }
        if (!v->page->options->all)
            break;
    }
    if (i < map->step_count) {
        sheet_end_line(v->sheet);
        sheet_wrap(v->sheet, STYLE_DIM, _("The steps of later quarters in full: add --all"), 1);
    }
}

static void load_cell(struct view *v, double used, double have, size_t width)
{
    size_t full = have > 0 ? (size_t)lround(fmin(used / have, 1) * 6) : used > 0 ? 6 : 0;

    sheet_put(v->sheet, STYLE_PLAIN, "  ");
    sheet_repeat(v->sheet, used > .9 * have && have > 0 ? STYLE_WARN : STYLE_ACCENT, "█", full);
    sheet_repeat(v->sheet, STYLE_DIM, "░", 6 - full);
    sheet_put(v->sheet, STYLE_PLAIN, " ");
    sheet_cell(
        v->sheet, STYLE_PLAIN,
        page_printf(v->page, "%s/%s", page_number(v->page, used, 0), page_number(v->page, have, 0)),
        width, false);
}

static void loads(struct view *v)
{
    const struct roadmap *map = v->map;

    sheet_heading(v->sheet, _("Hours used of those there are"));
    for (size_t r = 0; r < map->model->role_count; r++) {
        sheet_put(v->sheet, STYLE_PLAIN, "   ");
        sheet_cell(v->sheet, STYLE_PLAIN, page_text(v->page, &map->model->roles[r].title), 18,
                   false);
        for (int q = 0; q < map->quarters; q++) {
            if (v->sheet->column + 17 > v->sheet->width) {
                sheet_end_line(v->sheet);
                sheet_to(v->sheet, 21);
            }
            load_cell(v, map->roles[r].used[q], map->roles[r].have[q], 8);
        }
        sheet_end_line(v->sheet);
    }
    for (int q = 0; q < map->quarters; q++)
        if (isfinite(map->budget.have[q]))
            sheet_wrap(v->sheet, STYLE_PLAIN,
                       page_printf(v->page, _("Quarter %s: tools %s of %s"),
                                   page_int(v->page, q + 1),
                                   road_cost(v->page, map->budget.used[q], map->currency),
                                   road_cost(v->page, map->budget.have[q], map->currency)),
                       INDENT - 2);
}

static void proofs(struct view *v)
{
    if (!v->map->proof_count)
        return;
    sheet_heading(v->sheet, page_printf(v->page, _("No work, but proof: stage %s needs data on"),
                                        page_int(v->page, v->map->target)));
    for (size_t i = 0; i < v->map->proof_count; i++) {
        sheet_put(v->sheet, STYLE_WARN, "   ! ");
        sheet_wrap(v->sheet, STYLE_PLAIN, road_title(v->page, v->map->proofs[i]), INDENT);
    }
}

static void left_out(struct view *v)
{
    const struct roadmap *map = v->map;
    size_t shown =
        v->page->options->all || map->left_count <= LEFT_SHOWN ? map->left_count : LEFT_SHOWN;

    if (!shown)
        return;
    sheet_heading(v->sheet, _("Not in this plan"));
    for (size_t i = 0; i < shown; i++) {
        const struct road_left *left = &map->left[i];

        sheet_put(v->sheet, STYLE_DIM, "   - ");
        sheet_put(v->sheet, STYLE_PLAIN, road_title(v->page, left->practice));
        sheet_put(v->sheet, STYLE_PLAIN, " ");
        sheet_wrap(v->sheet, STYLE_DIM,
                   page_printf(v->page, "%s%s%s · %s · %s", page_int(v->page, left->from),
                               layout_arrow(v->page->language), page_int(v->page, left->to),
                               road_hours(v->page, left->hours), road_left_reason(left->why)),
                   INDENT);
    }
    if (map->left_count > shown)
        sheet_wrap(v->sheet, STYLE_DIM,
                   page_printf(v->page, P_("and %s more", "and %s more", map->left_count - shown),
                               page_int(v->page, (int64_t)(map->left_count - shown))),
                   INDENT);
}

enum err_code report_roadmap_text(const struct assessment *a, const struct roadmap *map,
                                  const struct report_options *options, struct buf *out,
                                  struct err *err)
{
    struct page page;
    struct sheet sheet = {.out = out, .colour = options->colour, .language = options->language};
    struct view v = {.sheet = &sheet, .page = &page, .map = map};
    enum err_code code;

    TRY(page_open(a, options, &page, err));
    sheet.width = (size_t)(options->width < WIDTH_MIN   ? WIDTH_MIN
                           : options->width > WIDTH_MAX ? WIDTH_MAX
                                                        : options->width);
    head(&v);
    what_would_give(&v);
    if (map->step_count) {
        timeline(&v);
        quarters(&v);
    }
    loads(&v);
    proofs(&v);
    left_out(&v);
    code = page_check(&page, err);
    page_close(&page);
    return code ? code : buf_check(out, err);
}

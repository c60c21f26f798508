/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The terminal page: stage, profile, what is missing and what to do first. */
#include "report/report.h"

#include "report/layout.h"
#include "report/text_all.h"
#include "report/words_peers.h"
#include "report/words_worth.h"

enum {
    WIDTH_MIN = 60,
    WIDTH_MAX = 120,
    GAPS_SHOWN = 5,
    CONNECTIONS_SHOWN = 3,
    CONFLICTS_SHOWN = 5,
    INDENT = 5
};

static void title(struct sheet *sheet, struct page *page)
{
    const struct report_facts *facts = page->options->facts;
    struct fact known[FACTS_MAX];
    size_t n = words_facts(page, known);

    sheet_put(sheet, STYLE_PLAIN, " ");
    sheet_put(sheet, STYLE_BOLD,
              facts && facts->shop && *facts->shop ? page_isolate(page, facts->shop) : "Tidemark");
    sheet_put(sheet, STYLE_DIM, " · ");
    sheet_put(sheet, STYLE_DIM, words_as_of(page));
    sheet_end_line(sheet);
    if (!n)
        return;
    sheet_put(sheet, STYLE_DIM, " ");
    sheet_put(sheet, STYLE_DIM, _("Last 365 days:"));
    for (size_t i = 0; i < n; i++) {
        const char *pair = page_printf(page, "%s %s", known[i].label, known[i].value);

        if (sheet->column + layout_width(str_of(pair)) + 3 > sheet->width)
            sheet_end_line(sheet);
        sheet_put(sheet, STYLE_DIM, sheet->column && i ? " · " : " ");
        sheet_put(sheet, STYLE_DIM, known[i].label);
        sheet_put(sheet, STYLE_PLAIN, " ");
        sheet_put(sheet, STYLE_PLAIN, known[i].value);
    }
    sheet_end_line(sheet);
}

static void bar(struct sheet *sheet, double share, size_t width, enum style style)
{
    size_t full = (size_t)lround(fmin(fmax(share, 0), 1) * (double)width);

    sheet_repeat(sheet, style, "█", full);
    sheet_repeat(sheet, STYLE_DIM, "░", width - full);
}

static size_t names_width(struct page *page, size_t most)
{
    size_t width = 0;

    for (size_t i = 0; i < 4; i++) {
        size_t n = layout_width(str_of(page_text(page, &page->model->stages[i])));

        width = n > width ? n : width;
    }
    return width < most ? width : most;
}

static void ladder(struct sheet *sheet, struct page *page)
{
    const struct assessment *a = page->a;
    size_t names = names_width(page, sheet->width / 3);
    size_t room = sheet->width - names - 34;
    size_t width = room < 32 ? room : 32;

    for (int stage = 4; stage >= 1; stage--) {
        bool here = stage == a->stage_best;
        enum style style = here ? STYLE_BOLD : STYLE_PLAIN;

        sheet_put(sheet, STYLE_ACCENT, here ? " ▶ " : "   ");
        sheet_put(sheet, style, page_int(page, stage));
        sheet_put(sheet, style, "  ");
        sheet_cell(sheet, style, page_text(page, &page->model->stages[stage - 1]), names, false);
        sheet_put(sheet, style, "  ");
        bar(sheet, a->stage_p[stage - 1], width, here ? STYLE_ACCENT : STYLE_PLAIN);
        sheet_cell(sheet, style, page_chance(page, a->stage_p[stage - 1]), 6, true);
        sheet_put(sheet, style, "  ");
        if (here)
            sheet_put(sheet, words_confirmed(a) ? STYLE_GOOD : STYLE_WARN, words_standing(page));
        else if (stage <= a->stage_confirmed)
            sheet_put(sheet, STYLE_DIM, _("passed"));
        sheet_end_line(sheet);
    }
}

static void stage(struct sheet *sheet, struct page *page)
{
    const struct assessment *a = page->a;

    sheet_heading(sheet, words_stage(page, a->stage_best));
    ladder(sheet, page);
    sheet_end_line(sheet);
    sheet_wrap(sheet, STYLE_BOLD, words_verdict(page), INDENT - 2);
    sheet_wrap(sheet, STYLE_WARN, words_caution(page), INDENT - 2);
    sheet_wrap(sheet, STYLE_PLAIN, words_stage_what(page), INDENT - 2);
    sheet_end_line(sheet);
    sheet_to(sheet, INDENT - 2);
    bar(sheet, a->coverage, 20, STYLE_ACCENT);
    sheet_put(sheet, STYLE_PLAIN, "  ");
    sheet_wrap(sheet, STYLE_PLAIN, words_coverage(page), sheet->column);
    sheet_to(sheet, INDENT - 2);
    bar(sheet, isnan(a->index) ? 0 : a->index / 100, 20, STYLE_ACCENT);
    sheet_put(sheet, STYLE_PLAIN, "  ");
    sheet_wrap(sheet, STYLE_PLAIN, page_printf(page, _("Index: %s."), words_index(page)),
               sheet->column);
}

/* One dimension on 1..4 in `width` cells: at least, as known, at most, and the target's tick. */
static void profile_bar(struct sheet *sheet, const struct dimension_result *d, size_t width)
{
    size_t tick = SIZE_MAX;

    if (isfinite(d->target)) {
        tick = (size_t)((d->target - 1) / 3 * (double)width);
        tick = tick < width ? tick : width - 1;
    }
    for (size_t i = 0; i < width; i++) {
        double at = 1 + 3 * ((double)i + .5) / (double)width;

        if (i == tick)
            sheet_put(sheet, STYLE_WARN, "┃");
        else if (at <= d->low)
            sheet_put(sheet, STYLE_ACCENT, "█");
        else if (isfinite(d->value) && at <= d->value)
            sheet_put(sheet, STYLE_ACCENT, "▓");
        else if (at <= d->high)
            sheet_put(sheet, STYLE_DIM, "░");
        else
            sheet_put(sheet, STYLE_DIM, "·");
    }
}

static void ruler(struct sheet *sheet, struct page *page, size_t from, size_t width)
{
    for (int level = 1; level <= 4; level++) {
        size_t at = from + (size_t)lround((double)(level - 1) / 3 * (double)(width - 1));

        sheet_to(sheet, at);
        sheet_put(sheet, STYLE_DIM, page_int(page, level));
    }
    sheet_end_line(sheet);
}

static void profile(struct sheet *sheet, struct page *page)
{
    const struct assessment *a = page->a;
    size_t titles = sheet->width * 2 / 5, width = sheet->width - titles - 12;

    width = width < 42 ? width : 42;
    sheet_heading(sheet, _("Profile"));
    ruler(sheet, page, titles + 4, width);
    for (size_t i = 0; i < page->model->dimension_count; i++) {
        const struct dimension_result *d = &a->dimensions[i];

        sheet_put(sheet, STYLE_PLAIN, "   ");
        sheet_cell(sheet, STYLE_PLAIN, page_text(page, &d->dimension->title), titles, false);
        sheet_put(sheet, STYLE_PLAIN, " ");
        profile_bar(sheet, d, width);
        sheet_cell(sheet, STYLE_BOLD, isfinite(d->value) ? page_number(page, d->value, 1) : "?", 5,
                   true);
        sheet_end_line(sheet);
    }
    sheet_wrap(sheet, STYLE_DIM,
               page_printf(page, _("█ at least  ▓ as known  ░ possible  ┃ enough for stage %s"),
                           page_int(page, a->target)),
               INDENT - 2);
}

/* Where the shop stands among others; nothing where no place may be told. */
static void others(struct sheet *sheet, struct page *page)
{
    const struct peers *peers = page->options->peers;

    if (!peers || !peers_told(peers))
        return;
    sheet_end_line(sheet);
    sheet_wrap(sheet, STYLE_PLAIN, words_peers(page), INDENT - 2);
}

static void and_more(struct sheet *sheet, struct page *page, size_t rest)
{
    sheet_wrap(
        sheet, STYLE_DIM,
        page_printf(page, P_("and %s more", "and %s more", rest), page_int(page, (int64_t)rest)),
        INDENT);
}

/* What the road map begins with. */
static void first_step(struct sheet *sheet, struct page *page)
{
    const struct roadmap *map = page->options->roadmap;
    const struct road_step *step;

    if (!map || !map->step_count)
        return;
    step = &map->steps[0];
    sheet_heading(sheet, _("The first step"));
    sheet_put(sheet, STYLE_PLAIN, "   ");
    sheet_put(sheet, STYLE_BOLD, words_step(page, step->practice, step->from, step->to));
    sheet_put(sheet, STYLE_PLAIN, "  ");
    sheet_wrap(sheet, STYLE_DIM,
               page_printf(page, _("%s, %s"), words_hours(page, step->hours),
                           page_printf(page, _("%s to %s"), page_day(page, step->start_day),
                                       page_day(page, step->end_day))),
               INDENT - 2);
    sheet_wrap(sheet, STYLE_PLAIN, words_road_end(page, map), INDENT - 2);
}

static void gaps(struct sheet *sheet, struct page *page)
{
    const struct assessment *a = page->a;
    size_t most = page->options->all ? a->gap_count : GAPS_SHOWN;
    size_t shown = a->gap_count < most ? a->gap_count : most;

    if (!shown)
        return;
    sheet_heading(sheet, page_printf(page, _("What stands between you and stage %s"),
                                     page_int(page, a->target)));
    for (size_t i = 0; i < shown; i++) {
        const struct gap *gap = &a->gaps[i];
        const struct practice *practice = &page->model->practices[gap->practice];

        if (i)
            sheet_end_line(sheet);
        sheet_cell(sheet, STYLE_ACCENT, page_int(page, (int64_t)i + 1), 3, true);
        sheet_put(sheet, STYLE_PLAIN, "  ");
        sheet_put(sheet, STYLE_BOLD, page_text(page, &practice->title));
        sheet_put(sheet, STYLE_PLAIN, "  ");
        sheet_wrap(sheet, STYLE_DIM,
                   page_printf(page, "%s · %s", page_isolate(page, practice->id),
                               words_gap_reason(page, gap)),
                   INDENT);
        sheet_wrap(sheet, STYLE_PLAIN, words_gap_distance(page, gap), INDENT);
        sheet_wrap(sheet, STYLE_ACCENT, words_gap_worth(page, gap), INDENT);
        if (*page_text(page, &practice->how))
            sheet_wrap(sheet, STYLE_GOOD,
                       page_printf(page, _("%s: %s"),
                                   words_first_step(&a->practices[gap->practice]),
                                   page_text(page, &practice->how)),
                       INDENT);
    }
    if (a->gap_count > shown)
        and_more(sheet, page, a->gap_count - shown);
    if (page->options->money)
        sheet_wrap(sheet, STYLE_ACCENT, words_joint(page, page->options->money), INDENT);
}

static void connections(struct sheet *sheet, struct page *page)
{
    const struct assessment *a = page->a;
    size_t shown =
        a->connection_count < CONNECTIONS_SHOWN ? a->connection_count : CONNECTIONS_SHOWN;

    if (!shown)
        return;
    sheet_heading(sheet, _("What to connect next"));
    for (size_t i = 0; i < shown; i++) {
        const struct data_need *need = &page->model->needs[a->connections[i].need];

        sheet_cell(sheet, STYLE_ACCENT, page_int(page, (int64_t)i + 1), 3, true);
        sheet_put(sheet, STYLE_PLAIN, "  ");
        sheet_put(sheet, STYLE_BOLD, page_text(page, &need->title));
        sheet_put(sheet, STYLE_PLAIN, "  ");
        sheet_wrap(sheet, STYLE_DIM, words_connection(page, &a->connections[i]), INDENT);
        sheet_wrap(sheet, STYLE_PLAIN, page_text(page, &need->how), INDENT);
    }
}

static void conflicts(struct sheet *sheet, struct page *page)
{
    size_t found = 0;

    for (size_t i = 0; i < page->model->practice_count; i++) {
        const struct practice_result *result = &page->a->practices[i];

        if (!result->optimism_gap)
            continue;
        if (!found++)
            sheet_heading(sheet, _("Where answers and data differ"));
        if (found > CONFLICTS_SHOWN && !page->options->all)
            continue;
        sheet_put(sheet, STYLE_WARN, "   ! ");
        sheet_put(sheet, STYLE_BOLD, page_text(page, &result->practice->title));
        sheet_put(sheet, STYLE_PLAIN, "  ");
        sheet_wrap(sheet, STYLE_PLAIN, words_conflict(page, result), INDENT);
    }
    if (found > CONFLICTS_SHOWN && !page->options->all)
        and_more(sheet, page, found - CONFLICTS_SHOWN);
}

static void problems(struct sheet *sheet, struct page *page)
{
    bool first = true;

    for (size_t i = 0; i < page->options->input_count; i++) {
        const struct report_input *input = &page->options->inputs[i];

        if (!*input->problem)
            continue;
        if (first)
            sheet_heading(sheet, _("Files that need a look"));
        first = false;
        sheet_put(sheet, STYLE_WARN, "   ! ");
        sheet_put(sheet, STYLE_BOLD, page_isolate(page, input->name));
        sheet_put(sheet, STYLE_PLAIN, "  ");
        sheet_wrap(sheet, STYLE_PLAIN, page_isolate(page, input->problem), INDENT);
    }
}

static void hints(struct sheet *sheet, const struct page *page)
{
    sheet_end_line(sheet);
    if (!page->options->all)
        sheet_wrap(sheet, STYLE_DIM, _("Every practice with its evidence: add --all"), 1);
    sheet_wrap(sheet, STYLE_DIM, _("To read, print and pass on: add --html FILE or --pdf FILE"), 1);
}

enum err_code report_text(const struct assessment *a, const struct report_options *options,
                          struct buf *out, struct err *err)
{
    struct page page;
    struct sheet sheet = {.out = out, .colour = options->colour, .language = options->language};
    enum err_code code;

    TRY(page_open(a, options, &page, err));
    sheet.width = (size_t)(options->width < WIDTH_MIN   ? WIDTH_MIN
                           : options->width > WIDTH_MAX ? WIDTH_MAX
                                                        : options->width);
    title(&sheet, &page);
    stage(&sheet, &page);
    profile(&sheet, &page);
    others(&sheet, &page);
    gaps(&sheet, &page);
    first_step(&sheet, &page);
    connections(&sheet, &page);
    conflicts(&sheet, &page);
    problems(&sheet, &page);
    if (options->all)
        text_all(&sheet, &page);
    hints(&sheet, &page);
    code = page_check(&page, err);
    page_close(&page);
    return code ? code : buf_check(out, err);
}

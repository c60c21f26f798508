/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "report/text_all.h"

#include "report/words.h"

enum { ID_WIDTH = 9 };

/* The parts that are not empty, joined by a dot. */
static const char *join(struct page *page, const char *const *parts, size_t count)
{
    const char *all = "";

    for (size_t i = 0; i < count; i++)
        if (*parts[i])
            all = *all ? page_printf(page, "%s · %s", all, parts[i]) : parts[i];
    return all;
}

static enum style state_style(enum state state)
{
    switch (state) {
    case STATE_MEASURED:
    case STATE_OBSERVED:
    case STATE_ATTESTED:
        return STYLE_GOOD;
    case STATE_UNKNOWN:
    case STATE_NOT_APPLICABLE:
        return STYLE_DIM;
    default:
        return STYLE_WARN;
    }
}

static void indicator_line(struct sheet *sheet, struct page *page,
                           const struct practice_result *result, size_t i)
{
    const struct indicator *indicator = &result->practice->indicators[i];
    const struct evidence *e = result->evidence;
    int level = result->level_best < 4 ? result->level_best + 1 : 4;
    const char *cut = page_cut(page, indicator, level);
    const char *title = page_text(page, &indicator->title);
    const char *parts[3];

    if (!e->findings[i].known)
        return;
    parts[0] = page_interval(page, indicator, &result->value[i]);
    parts[1] = page_counts(page, indicator, &e->findings[i]);
    parts[2] = *cut ? page_printf(page, _("level %s asks for %s"), page_int(page, level), cut) : "";
    parts[0] = *title ? page_printf(page, _("%s: %s"), title, parts[0]) : parts[0];
    sheet_wrap(sheet, STYLE_PLAIN, join(page, parts, TM_COUNT(parts)), ID_WIDTH + 1);
}

static void practice(struct sheet *sheet, struct page *page, const struct practice_result *result)
{
    const struct practice *p = result->practice;
    const struct evidence *e = result->evidence;
    const char *level = words_level(page, result);
    size_t level_width = layout_width(str_of(level));
    const char *letter = words_class_letters[page_class(result)];
    const char *fixed[5], *source[4];

    sheet_put(sheet, STYLE_PLAIN, " ");
    sheet_cell(sheet, STYLE_ACCENT, p->id, ID_WIDTH, false);
    sheet_cell(sheet, STYLE_BOLD, page_text(page, &p->title),
               sheet->width - ID_WIDTH - level_width - 3, false);
    sheet_put(sheet, STYLE_PLAIN, "  ");
    sheet_put(sheet, state_style(result->state), level);
    sheet_end_line(sheet);
    for (size_t i = 0; i < p->indicator_count; i++)
        indicator_line(sheet, page, result, i);
    fixed[0] = words_state(result->state);
    if (letter)
        fixed[0] = page_printf(page, "%s (%s)", fixed[0], letter);
    fixed[1] = words_reason(page, result);
    fixed[2] = words_essential(page, p);
    fixed[3] = words_window(page, e);
    fixed[4] = words_needed(page, result);
    sheet_wrap(sheet, STYLE_DIM, join(page, fixed, TM_COUNT(fixed)), ID_WIDTH + 1);
    source[0] = page_isolate(page, e->sources ? e->sources : "");
    source[1] = e->fingerprint;
    source[2] = p->citation.basis ? p->citation.basis : "";
    source[3] =
        p->citation.mark && strcmp(p->citation.mark, source[2]) != 0 ? p->citation.mark : "";
    sheet_wrap(sheet, STYLE_DIM, join(page, source, TM_COUNT(source)), ID_WIDTH + 1);
}

void text_all(struct sheet *sheet, struct page *page)
{
    for (size_t d = 0; d < page->model->dimension_count; d++) {
        sheet_heading(sheet, page_text(page, &page->model->dimensions[d].title));
        for (size_t i = 0; i < page->model->practice_count; i++)
            if (page->model->practices[i].dimension == d)
                practice(sheet, page, &page->a->practices[i]);
    }
}

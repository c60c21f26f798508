/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Every practice: its level, the evidence behind it, and where its cuts come from. */
#include "report/html.h"

static const char *state_class(enum state state)
{
    switch (state) {
    case STATE_MEASURED:
    case STATE_OBSERVED:
    case STATE_ATTESTED:
        return "chip good";
    case STATE_CLAIMED:
    case STATE_STALE:
    case STATE_THIN:
    case STATE_CONFLICT:
        return "chip warn";
    case STATE_UNKNOWN:
    case STATE_NOT_APPLICABLE:
        break;
    }
    return "chip";
}

static void summary(struct html *html, const struct practice_result *result)
{
    struct page *page = html->page;

    buf_addz(html->out, "<summary><span class=\"pips\" aria-hidden=\"true\">");
    for (int level = 1; level <= 4; level++)
        buf_addf(html->out, "<i class=\"%s\"></i>",
                 level <= result->level_confirmed ? "full"
                 : level <= result->level_best    ? "half"
                                                  : "");
    buf_addz(html->out, "</span><span class=\"name\">");
    html_text(html, page_text(page, &result->practice->title));
    buf_addz(html->out, "</span><span class=\"level\">");
    html_text(html, words_level(page, result));
    buf_addz(html->out, "</span>");
    html_element(html, "span", state_class(result->state), words_state(result->state));
    buf_addz(html->out, "</summary>\n");
}

static void indicator(struct html *html, const struct practice_result *result, size_t i)
{
    struct page *page = html->page;
    const struct indicator *in = &result->practice->indicators[i];
    const struct finding *finding = &result->evidence->findings[i];

    buf_addz(html->out, "<tr>");
    if (result->practice->indicator_count > 1)
        html_head_cell(
            html, *page_text(page, &in->title) ? page_text(page, &in->title) : in->measure, true);
    html_element(html, "td", "figure strong",
                 finding->known ? page_value(page, in, result->value[i].mid) : _("not known"));
    html_element(html, "td", "figure",
                 finding->known ? page_range(page, in, &result->value[i]) : "–");
    html_element(html, "td", "figure",
                 *page_counts(page, in, finding) ? page_counts(page, in, finding) : "–");
    for (int level = 2; level <= 4; level++) {
        const char *cut = page_cut(page, in, level);

        html_element(html, "td", level == result->level_best ? "figure here" : "figure",
                     *cut ? cut : "–");
    }
    buf_addz(html->out, "</tr>\n");
}

static void indicators(struct html *html, const struct practice_result *result)
{
    struct page *page = html->page;

    if (!result->practice->indicator_count)
        return;
    buf_addz(html->out, "<div class=\"wide\"><table>\n<thead><tr>");
    if (result->practice->indicator_count > 1)
        html_head_cell(html, _("Measure"), false);
    html_head_cell(html, _("Value"), false);
    html_head_cell(html, _("90% range"), false);
    html_head_cell(html, _("Cases"), false);
    for (int level = 2; level <= 4; level++)
        html_head_cell(html, page_printf(page, _("Level %s"), page_int(page, level)), false);
    buf_addz(html->out, "</tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < result->practice->indicator_count; i++)
        indicator(html, result, i);
    buf_addz(html->out, "</tbody>\n</table></div>\n");
}

/* "level 1: 2% · level 2: 61% ..." */
static const char *distribution(struct page *page, const struct practice_result *result)
{
    const char *all = "";

    if (!result->level_best)
        return "";
    for (int level = 1; level <= 4; level++)
        all = page_printf(page, "%s%s%s", all, *all ? " · " : "",
                          page_printf(page, _("level %s: %s"), page_int(page, level),
                                      page_chance(page, result->p[level - 1])));
    return all;
}

static void evidence(struct html *html, const struct practice_result *result)
{
    struct page *page = html->page;
    const struct evidence *e = result->evidence;
    const struct answer *answer = &e->answer;

    buf_addz(html->out, "<dl class=\"pairs\">\n");
    html_pair(html, _("State"), words_state_explained(result->state));
    html_pair(html, _("Why it does not apply"), words_reason(page, result));
    html_pair(html, _("Needed for"), words_essential(page, result->practice));
    html_pair(html, _("Probability"), distribution(page, result));
    html_pair(html, _("To be sure"), words_needed(page, result));
    html_pair(html, _("Answer"),
              answer->kind == ANSWER_LEVEL
                  ? page_printf(page, _("level %s"), page_int(page, answer->level))
                  : "");
    html_pair(html, _("Evidence attached"),
              answer->evidence && answer->attested ? page_isolate(page, answer->evidence) : "");
    html_pair(html, _("Period"), words_window(page, e));
    html_pair(html, _("Newest record"), e->newest_at ? page_date(page, e->newest_at) : "");
    html_pair(html, _("Sources"), page_isolate(page, e->sources ? e->sources : ""));
    html_pair(html, _("Cuts"), words_citation(page, &result->practice->citation));
    html_pair(html, _("Note"), page_text(page, &result->practice->citation.note));
    html_pair(html, _("Definition"), e->fingerprint);
    buf_addz(html->out, "</dl>\n");
}

static void practice(struct html *html, const struct practice_result *result)
{
    struct page *page = html->page;
    const struct practice *p = result->practice;

    buf_addz(html->out, "<details class=\"practice\" id=\"");
    html_text(html, p->id);
    buf_addz(html->out, "\">");
    summary(html, result);
    buf_addz(html->out, "<div class=\"body\">\n<p><bdi class=\"id\">");
    html_text(html, p->id);
    buf_addz(html->out, "</bdi> ");
    html_text(html, page_text(page, &p->what));
    buf_addz(html->out, "</p>\n");
    indicators(html, result);
    html_element(html, "p", "why", page_text(page, &p->why));
    if (*page_text(page, &p->how) && result->level_best < 4) {
        buf_addz(html->out, "<p class=\"first\"><strong>");
        html_text(html, words_first_step(result));
        buf_addz(html->out, "</strong> ");
        html_text(html, page_text(page, &p->how));
        buf_addz(html->out, "</p>\n");
    }
    evidence(html, result);
    buf_addz(html->out, "</div></details>\n");
}

void html_practices(struct html *html)
{
    struct page *page = html->page;

    html_section(html, "practices", _("Every practice and its evidence"));
    html_element(html, "p", "muted",
                 _("Squares show the level: filled when confirmed, pale when likely. Open a line "
                   "to see the figures, what each level asks, and where that comes from. The true "
                   "value lies in the 90% range nine times out of ten."));
    for (size_t d = 0; d < page->model->dimension_count; d++) {
        const struct dimension *dimension = &page->model->dimensions[d];

        buf_addz(html->out, "<article id=\"");
        html_text(html, dimension->id);
        buf_addz(html->out, "\">\n");
        html_element(html, "h3", NULL, page_text(page, &dimension->title));
        html_element(html, "p", "muted", page_text(page, &dimension->what));
        for (size_t i = 0; i < page->model->practice_count; i++)
            if (page->model->practices[i].dimension == d)
                practice(html, &page->a->practices[i]);
        buf_addz(html->out, "</article>\n");
    }
    html_section_end(html);
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The profile by dimension, and how much of the model is known from what. */
#include "report/html.h"

#include "report/svg.h"

static void profile_table(struct html *html)
{
    struct page *page = html->page;

    buf_addz(html->out, "<div class=\"wide\"><table class=\"bars\">\n<thead><tr>");
    html_head_cell(html, _("Dimension"), false);
    buf_addz(html->out, "<th scope=\"col\"><div class=\"scale\">");
    for (int level = 1; level <= 4; level++)
        buf_addf(html->out, "<span>%s</span>", page_int(page, level));
    buf_addz(html->out, "</div></th>");
    html_head_cell(html, _("Level"), false);
    html_head_cell(html, _("Possible"), false);
    html_head_cell(html, _("Known"), false);
    buf_addz(html->out, "</tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < page->model->dimension_count; i++) {
        const struct dimension_result *d = &page->a->dimensions[i];
        const char *value = isfinite(d->value) ? page_number(page, d->value, 1) : "–";

        buf_addz(html->out, "<tr>");
        buf_addz(html->out, "<th scope=\"row\"><a href=\"#");
        html_text(html, d->dimension->id);
        buf_addz(html->out, "\">");
        html_text(html, page_text(page, &d->dimension->title));
        buf_addz(html->out, "</a></th><td class=\"bar\">");
        svg_level_bar(html, d);
        buf_addz(html->out, "</td>");
        html_element(html, "td", "figure strong", value);
        html_element(html, "td", "figure",
                     d->low < d->high
                         ? page_printf(page, _("%s to %s"), page_number(page, d->low, 1),
                                       page_number(page, d->high, 1))
                         : "–");
        html_element(html, "td", "figure", page_percent(page, d->coverage));
        buf_addz(html->out, "</tr>\n");
    }
    buf_addz(html->out, "</tbody>\n</table></div>\n");
}

static void legend(struct html *html, const char *class_, const char *text)
{
    buf_addf(html->out, "<li><span class=\"key %s\"></span>", class_);
    html_text(html, text);
    buf_addz(html->out, "</li>\n");
}

void html_profile(struct html *html)
{
    struct page *page = html->page;

    html_section(html, "profile", _("Profile"));
    buf_addz(html->out, "<div class=\"profile\">\n<figure class=\"radar\">\n");
    svg_radar(html);
    html_element(html, "figcaption", NULL,
                 page_printf(page, _("Your profile, and the smallest one that reaches stage %s."),
                             page_int(page, page->a->target)));
    buf_addz(html->out, "</figure>\n<div>\n");
    profile_table(html);
    buf_addz(html->out, "<ul class=\"legend\">\n");
    legend(html, "value", _("your level"));
    legend(html, "range", _("possible range, as long as something is unknown"));
    legend(html, "target",
           page_printf(page, _("enough for stage %s"), page_int(page, page->a->target)));
    buf_addz(html->out, "</ul>\n");
    html_element(html, "p", NULL, page_printf(page, _("Index: %s."), words_index(page)));
    buf_addz(html->out, "</div>\n</div>\n");
    html_section_end(html);
}

static void conflicts(struct html *html)
{
    struct page *page = html->page;
    bool any = false;

    for (size_t i = 0; i < page->model->practice_count; i++) {
        const struct practice_result *result = &page->a->practices[i];

        if (!result->optimism_gap)
            continue;
        if (!any) {
            html_element(html, "h3", NULL, _("Where answers and data differ"));
            buf_addz(html->out, "<ul class=\"plain\">\n");
        }
        any = true;
        buf_addz(html->out, "<li><strong>");
        html_text(html, page_text(page, &result->practice->title));
        buf_addz(html->out, "</strong> ");
        html_text(html, words_conflict(page, result));
        buf_addz(html->out, "</li>\n");
    }
    if (any)
        buf_addz(html->out, "</ul>\n");
}

void html_evidence(struct html *html)
{
    static const char *const keys[CLASS_CLAIMED + 1] = {"none", "measured", "observed", "attested",
                                                        "claimed"};
    struct page *page = html->page;
    struct coverage coverage = coverage_of(page);

    html_section(html, "evidence", _("What the verdict rests on"));
    html_element(html, "p", "lead", words_coverage(page));
    buf_addz(html->out, "<figure>\n");
    svg_coverage(html, &coverage);
    buf_addz(html->out, "<figcaption>\n<ul class=\"legend\">\n");
    for (int c = CLASS_MEASURED; c <= CLASS_CLAIMED; c++)
        legend(html, keys[c],
               page_printf(page, "%s: %s", words_class((enum evidence_class)c),
                           page_int(page, (int64_t)coverage.practices[c])));
    legend(html, keys[CLASS_NONE],
           page_printf(page, "%s: %s", words_state(STATE_UNKNOWN),
                       page_int(page, (int64_t)coverage.practices[CLASS_NONE])));
    if (coverage.not_applicable)
        legend(html, "na",
               page_printf(page, "%s: %s", words_state(STATE_NOT_APPLICABLE),
                           page_int(page, (int64_t)coverage.not_applicable)));
    buf_addz(html->out, "</ul></figcaption>\n</figure>\n");
    conflicts(html);
    html_section_end(html);
}

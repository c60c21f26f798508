/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The method in short, and the files that went in. */
#include "report/html.h"

void html_method(struct html *html)
{
    html_section(html, "method", _("How this was found"));
    buf_addz(html->out, "<dl class=\"terms\">\n");
    for (size_t i = 0; words_terms[i].term; i++)
        html_pair(html, _(words_terms[i].term), _(words_terms[i].text));
    buf_addz(html->out, "</dl>\n");
    html_section_end(html);
}

static void input(struct html *html, const struct report_input *in)
{
    struct page *page = html->page;
    const int64_t figures[] = {in->rows, in->stored, in->merged, in->rejected};

    buf_addz(html->out, "<tr><th scope=\"row\"><bdi>");
    html_text(html, in->name);
    buf_addz(html->out, "</bdi>");
    if (in->problem && *in->problem) {
        buf_addz(html->out, "<span class=\"problem\"><bdi>");
        html_text(html, in->problem);
        buf_addz(html->out, "</bdi></span>");
    }
    buf_addz(html->out, "</th>");
    html_element(html, "td", NULL, in->format && *in->format ? in->format : "–");
    for (size_t i = 0; i < TM_COUNT(figures); i++)
        html_element(html, "td", "figure", page_int(page, figures[i]));
    html_element(html, "td", "figure", in->newest_at ? page_date(page, in->newest_at) : "–");
    buf_addz(html->out, "</tr>\n");
}

void html_inputs(struct html *html)
{
    const struct report_options *options = html->page->options;

    if (!options->input_count)
        return;
    html_section(html, "files", _("Files and connections that were read"));
    buf_addz(html->out, "<div class=\"wide\"><table>\n<thead><tr>");
    html_head_cell(html, _("File"), false);
    html_head_cell(html, _("Recognised as"), false);
    html_head_cell(html, _("Rows"), false);
    html_head_cell(html, _("Stored"), false);
    html_head_cell(html, _("Merged"), false);
    html_head_cell(html, _("Rejected"), false);
    html_head_cell(html, _("Newest record"), false);
    buf_addz(html->out, "</tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < options->input_count; i++)
        input(html, &options->inputs[i]);
    buf_addz(html->out, "</tbody>\n</table></div>\n");
    html_section_end(html);
}

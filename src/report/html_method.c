/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The method in short, and the files that went in. */
#include "report/html.h"

static const struct {
    const char *term, *text;
} terms[] = {
    {N_("Practice and level"),
     N_("A practice is one thing that good marketing does. Each stands at a level from 1 to 4, "
        "found by holding a measured figure against published or stated cuts.")},
    {N_("Range"), N_("From a sample only a range can be known. Nine times out of ten the true "
                     "value lies in the 90% range; few cases make it wide.")},
    {N_("Confirmed and likely"),
     /* xgettext:no-c-format */
     N_("A level is confirmed when it is reached with 90% probability, and likely from 50% on. A "
        "stage is confirmed from 80% on, and only when enough of the evidence is data.")},
    {N_("Stage"),
     N_("A stage needs three things: every practice it requires is at its level; enough of all "
        "practices by weight are; and no dimension is two levels behind. The probability comes "
        "from 20,000 draws from all ranges together.")},
    {N_("Not known"), N_("What is not known is never counted as bad. It widens the possible range "
                         "until data or an answer settles it.")},
    {N_("Answers"),
     N_("Answers count less than data, never above level 3, and cannot confirm a stage above the "
        "first on their own. Where both exist the data counts.")},
    {N_("Age"), N_("Evidence fades: after its half-life it counts half, after three it is out of "
                   "date and can no longer carry a required practice.")},
    {N_("Index"),
     /* xgettext:no-c-format */
     N_("From 0 to 100: 70% the average of the dimensions and 30% the weakest one. "
        "The stage never follows from the index.")},
};

void html_method(struct html *html)
{
    html_section(html, "method", _("How this was found"));
    buf_addz(html->out, "<dl class=\"terms\">\n");
    for (size_t i = 0; i < TM_COUNT(terms); i++)
        html_pair(html, _(terms[i].term), _(terms[i].text));
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
    html_section(html, "files", _("Files that were read"));
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

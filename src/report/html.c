/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The HTML page as a whole: head, verdict, facts, foot. It needs no script, loads nothing, and
 * its policy forbids both. */
#include "report/html.h"

#include "base/embedded.h"
#include "report/svg.h"

extern const struct embedded_file report_style[];

void html_text(struct html *html, const char *text)
{
    buf_add_html(html->out, str_of(text));
}

void html_element(struct html *html, const char *tag, const char *class_, const char *text)
{
    if (!*text)
        return;
    if (class_)
        buf_addf(html->out, "<%s class=\"%s\">", tag, class_);
    else
        buf_addf(html->out, "<%s>", tag);
    html_text(html, text);
    buf_addf(html->out, "</%s>\n", tag);
}

void html_section(struct html *html, const char *id, const char *title)
{
    buf_addf(html->out, "<section id=\"%s\" aria-labelledby=\"%s-title\">\n<h2 id=\"%s-title\">",
             id, id, id);
    html_text(html, title);
    buf_addz(html->out, "</h2>\n");
}

void html_section_end(struct html *html)
{
    buf_addz(html->out, "</section>\n");
}

void html_pair(struct html *html, const char *term, const char *text)
{
    if (!*text)
        return;
    buf_addz(html->out, "<div>");
    html_element(html, "dt", NULL, term);
    html_element(html, "dd", NULL, text);
    buf_addz(html->out, "</div>\n");
}

void html_head_cell(struct html *html, const char *text, bool row)
{
    buf_addf(html->out, "<th scope=\"%s\">", row ? "row" : "col");
    html_text(html, text);
    buf_addz(html->out, "</th>");
}

static const char *shop(struct html *html)
{
    const struct report_facts *facts = html->page->options->facts;

    return facts && facts->shop && *facts->shop ? facts->shop : _("Your shop");
}

static void head(struct html *html)
{
    enum language language = html->page->language;

    buf_addf(html->out,
             "<!DOCTYPE html>\n<html lang=\"%s\" dir=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n",
             language_codes[language], language_is_rtl(language) ? "rtl" : "ltr");
    buf_addz(html->out,
             "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
             "style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n"
             "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
             "<meta name=\"color-scheme\" content=\"light dark\">\n"
             "<meta name=\"referrer\" content=\"no-referrer\">\n<title>");
    html_text(html, shop(html));
    buf_addz(html->out, " · ");
    html_text(html, words_stage(html->page, html->page->a->stage_best));
    buf_addz(html->out, "</title>\n<style>\n");
    buf_add(html->out, report_style[0].text, report_style[0].n);
    buf_addz(html->out, "</style>\n</head>\n");
    buf_addz(html->out, i18n_arabic_digits() ? "<body class=\"arab\">\n" : "<body>\n");
}

static void masthead(struct html *html)
{
    buf_addz(html->out, "<header class=\"masthead\">\n<p class=\"brand\">");
    svg_brand(html);
    buf_addz(html->out, "<span>Tidemark</span></p>\n<h1><bdi>");
    html_text(html, shop(html));
    buf_addz(html->out, "</bdi></h1>\n");
    html_element(html, "p", "muted",
                 page_printf(html->page, _("Marketing maturity, %s"), words_as_of(html->page)));
    buf_addz(html->out, "</header>\n<main>\n");
}

static void facts(struct html *html)
{
    struct fact known[FACTS_MAX];
    size_t n = words_facts(html->page, known);

    if (!n)
        return;
    buf_addz(html->out, "<div class=\"facts\">\n");
    html_element(html, "p", "muted", _("The shop in the last 365 days"));
    buf_addz(html->out, "<dl>\n");
    for (size_t i = 0; i < n; i++)
        html_pair(html, known[i].label, known[i].value);
    buf_addz(html->out, "</dl>\n</div>\n");
}

static void verdict(struct html *html)
{
    struct page *page = html->page;
    const struct assessment *a = page->a;
    bool confirmed = words_confirmed(a);

    buf_addz(html->out, "<section class=\"verdict\" aria-labelledby=\"verdict-title\">\n<div>\n");
    html_element(html, "p", confirmed ? "chip good" : "chip warn", words_standing(page));
    buf_addz(html->out, "<h2 id=\"verdict-title\">");
    html_text(html, words_stage(page, a->stage_best));
    buf_addz(html->out, "</h2>\n");
    html_element(html, "p", "lead", words_verdict(page));
    html_element(html, "p", "caution", words_caution(page));
    html_element(html, "p", NULL, words_stage_what(page));
    html_element(html, "p", "muted", words_coverage(page));
    buf_addz(html->out, "</div>\n<figure>\n");
    svg_steps(html);
    html_element(html, "figcaption", NULL,
                 _("The four stages and how probable each is. The water stands at yours."));
    buf_addz(html->out, "</figure>\n");
    facts(html);
    html_section_end(html);
}

static void contents(struct html *html)
{
    const struct report_options *options = html->page->options;
    const struct {
        const char *id, *title;
        bool shown;
    } rows[] = {
        {"gaps", _("Gaps"), html->page->a->gap_count > 0},
        {"flip", _("What would change it"), options->sensitivity != NULL},
        {"worth", _("Worth"), options->money || html->page->a->gap_count > 0},
        {"road", _("Road map"), options->roadmap && options->roadmap->step_count > 0},
        {"connect", _("Connect"), html->page->a->connection_count > 0},
        {"history", _("History"), options->trend && options->trend->count > 1},
        {"profile", _("Profile"), true},
        {"evidence", _("Evidence"), true},
        {"peers", _("Other shops"), options->peers && options->peers->count},
        {"practices", _("Practices"), true},
        {"method", _("Method"), true},
        {"files", _("Files"), html->page->options->input_count > 0},
    };

    buf_addz(html->out, "<nav aria-label=\"");
    html_text(html, _("Contents"));
    buf_addz(html->out, "\"><ul>\n");
    for (size_t i = 0; i < TM_COUNT(rows); i++) {
        if (!rows[i].shown)
            continue;
        buf_addf(html->out, "<li><a href=\"#%s\">", rows[i].id);
        html_text(html, rows[i].title);
        buf_addz(html->out, "</a></li>\n");
    }
    buf_addz(html->out, "</ul></nav>\n");
}

static void foot(struct html *html)
{
    const struct page *page = html->page;
    const struct model *model = page->model;

    buf_addz(html->out, "</main>\n<footer>\n<p>");
    html_text(html, page_printf(html->page, _("Made by Tidemark %s with model %s %s."),
                                TIDEMARK_VERSION, page_isolate(html->page, model->id),
                                page_isolate(html->page, model->version)));
    buf_addz(html->out, " ");
    html_text(html, _("The same input and model give the same result to the last digit; these "
                      "hashes prove it."));
    buf_addz(html->out, "</p>\n<dl class=\"hashes\">\n");
    html_pair(html, _("Model file"), model->content_hash);
    html_pair(html, _("What can change a score"), model->scoring_hash);
    html_pair(html, _("Input"), page->a->evidence->input_hash);
    html_pair(html, _("Result"), page->a->result_hash);
    buf_addz(html->out, "</dl>\n</footer>\n</body>\n</html>\n");
}

enum err_code report_html(const struct assessment *a, const struct report_options *options,
                          struct buf *out, struct err *err)
{
    struct page page;
    struct html html = {.page = &page, .out = out};
    enum err_code code;

    TRY(page_open(a, options, &page, err));
    head(&html);
    masthead(&html);
    verdict(&html);
    contents(&html);
    html_gaps(&html);
    html_flip(&html);
    html_worth(&html);
    html_road(&html);
    html_connections(&html);
    html_history(&html);
    html_profile(&html);
    html_evidence(&html);
    html_peers(&html);
    html_practices(&html);
    html_method(&html);
    html_inputs(&html);
    foot(&html);
    code = page_check(&page, err);
    page_close(&page);
    return code ? code : buf_check(out, err);
}

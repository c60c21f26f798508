/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The PDF as a document: two pages of A4, its fonts, its facts about itself. The same assessment
 * gives the same bytes: the day of making is the day that is judged. */
#include "report/pdf.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>

/* Families that are asked for first, and what stands in for them; what even those lack comes from
 * any font of the system that has it. */
static const char *const families[LANG_COUNT] = {
    [LANG_EN] = "Noto Sans, DejaVu Sans, Liberation Sans, sans-serif",
    [LANG_AR] = "Noto Sans Arabic, Noto Sans, DejaVu Sans, sans-serif",
    [LANG_TH] = "Noto Sans Thai, Noto Sans, Loma, DejaVu Sans, sans-serif",
};

static cairo_status_t write_bytes(void *closure, const unsigned char *data, unsigned int length)
{
    struct buf *out = closure;

    buf_add(out, data, length);
    return out->failed ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

static void describe(cairo_surface_t *surface, struct page *page)
{
    const struct report_facts *facts = page->options->facts;
    const char *shop = facts && facts->shop && *facts->shop ? facts->shop : _("Your shop");
    struct buf day = BUF_INIT(64);

    timestamp_add_iso(&day, page->a->evidence->as_of - page->a->evidence->as_of % US_PER_SECOND);
    cairo_pdf_surface_set_metadata(
        surface, CAIRO_PDF_METADATA_TITLE,
        page_printf(page, "%s · %s", shop, words_stage(page, page->a->stage_best)));
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_SUBJECT, _("Marketing maturity"));
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_KEYWORDS,
                                   page_code(page, "lang=%s", language_codes[page->language]));
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR,
                                   "Tidemark " TIDEMARK_VERSION);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, buf_cstr(&day));
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_MOD_DATE, buf_cstr(&day));
    buf_release(&day);
}

static PangoLayout *make_layout(cairo_t *cr, enum language language)
{
    PangoContext *context = pango_cairo_create_context(cr);
    PangoFontDescription *font = pango_font_description_from_string(families[language]);
    cairo_font_options_t *options = cairo_font_options_create();
    PangoLayout *layout;

    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(context, options);
    pango_context_set_language(context, pango_language_from_string(language_codes[language]));
    pango_context_set_base_dir(context, language_is_rtl(language) ? PANGO_DIRECTION_RTL
                                                                  : PANGO_DIRECTION_LTR);
    pango_context_set_font_description(context, font);
    layout = pango_layout_new(context);
    pango_layout_set_auto_dir(layout, FALSE);
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_font_description_free(font);
    cairo_font_options_destroy(options);
    g_object_unref(context);
    return layout;
}

static void foot(struct pdf *pdf, int number)
{
    struct page *page = pdf->page;
    const struct model *model = page->model;
    double y = PDF_FLOOR + 8;

    pdf->scale = 1;
    pdf_rule(pdf, PDF_MARGIN, PDF_FLOOR + 3, PDF_INNER);
    pdf_text(pdf, FACE_SMALL, ANCHOR_START, PDF_MARGIN, y, PDF_INNER - 60, 1,
             page_printf(page, _("Made by Tidemark %s with model %s %s."), TIDEMARK_VERSION,
                         page_isolate(page, model->id), page_isolate(page, model->version)));
    pdf_text(pdf, FACE_SMALL, ANCHOR_END, PDF_MARGIN + PDF_INNER - 60, y, 60, 1,
             page_printf(page, _("page %s of %s"), page_int(page, number), page_int(page, 2)));
    y += 11;
    pdf_text(pdf, FACE_SMALL, ANCHOR_START, PDF_MARGIN, y, PDF_INNER, 1,
             page_printf(page, "%s: %s", _("Result"), page_isolate(page, page->a->result_hash)));
}

/* With letters as large as the page allows. */
static void draw_page(struct pdf *pdf, double (*draw)(struct pdf *), int number)
{
    static const double scales[] = {1, .97, .94, .91, .88, .85, .82, .79, .76, .73, .7, .66, .62};
    size_t i = 0;

    pdf->dry = true;
    for (; i + 1 < TM_COUNT(scales); i++) {
        pdf->scale = scales[i];
        if (draw(pdf) <= PDF_FLOOR)
            break;
    }
    pdf->dry = false;
    pdf->scale = scales[i];
    draw(pdf);
    foot(pdf, number);
    cairo_show_page(pdf->cr);
}

static enum err_code check_surface(cairo_surface_t *surface, const struct buf *out, struct err *err)
{
    cairo_status_t status = cairo_surface_status(surface);

    TRY(buf_check(out, err));
    if (status != CAIRO_STATUS_SUCCESS)
        return err_set(err, ERR_INTERNAL, _("the PDF could not be drawn: %s"),
                       cairo_status_to_string(status));
    return ERR_OK;
}

enum err_code report_pdf(const struct assessment *a, const struct report_options *options,
                         struct buf *out, struct err *err)
{
    struct page page;
    struct pdf pdf = {.page = &page, .rtl = language_is_rtl(options->language)};
    cairo_surface_t *surface;
    enum err_code code;

    TRY(page_open(a, options, &page, err));
    surface = cairo_pdf_surface_create_for_stream(write_bytes, out, PDF_WIDTH, PDF_HEIGHT);
    describe(surface, &page);
    pdf.cr = cairo_create(surface);
    pdf.layout = make_layout(pdf.cr, page.language);
    draw_page(&pdf, pdf_first_page, 1);
    draw_page(&pdf, pdf_second_page, 2);
    g_object_unref(pdf.layout);
    cairo_destroy(pdf.cr);
    cairo_surface_finish(surface);
    code = check_surface(surface, out, err);
    cairo_surface_destroy(surface);
    if (code == ERR_OK)
        code = page_check(&page, err);
    page_close(&page);
    return code;
}

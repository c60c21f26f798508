/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "report/page.h"

#include "base/digits.h"
#include "base/money.h"

enum { PAGE_MEMORY = 16 << 20, PIECE_MAX = 1 << 16 };

enum err_code page_open(const struct assessment *a, const struct report_options *options,
                        struct page *out_page, struct err *err)
{
    struct locale *locale = NULL;

    TRY(locale_open(options->language, &locale, err));
    *out_page = (struct page){
        .a = a,
        .options = options,
        .model = a->evidence->model,
        .locale = locale,
        .language = options->language,
        .language_before = i18n_use(options->language),
        .digits_before = i18n_use_arabic_digits(locale_used().digits == DIGITS_ARABIC),
        .arena = ARENA_INIT(PAGE_MEMORY),
    };
    return ERR_OK;
}

enum err_code page_check(const struct page *page, struct err *err)
{
    return arena_check(&page->arena, err);
}

void page_close(struct page *page)
{
    i18n_use_arabic_digits(page->digits_before);
    i18n_use(page->language_before);
    locale_close(page->locale);
    arena_release(&page->arena);
}

/* Keeps what was written into a scratch buffer. */
static const char *keep(struct page *page, struct buf *scratch)
{
    const char *kept = arena_strdup(&page->arena, buf_str(scratch));

    buf_release(scratch);
    return kept;
}

__attribute__((format(printf, 2, 0))) static const char *format(struct page *page, const char *fmt,
                                                                va_list ap)
{
    char text[4096];
    int n = vsnprintf(text, sizeof(text), fmt, ap);

    if (n < 0 || (size_t)n >= sizeof(text)) {
        page->arena.failed = true;
        return "";
    }
    return arena_strdup(&page->arena, (struct str){text, (size_t)n});
}

const char *page_printf(struct page *page, const char *fmt, ...)
{
    const char *text;
    va_list ap;

    va_start(ap, fmt);
    text = format(page, fmt, ap);
    va_end(ap);
    return text;
}

const char *page_code(struct page *page, const char *fmt, ...)
{
    const char *text;
    va_list ap;

    va_start(ap, fmt);
    text = format(page, fmt, ap);
    va_end(ap);
    return text;
}

const char *page_text(struct page *page, const struct text3 *text)
{
    const char *own = text->in[page->language];
    struct buf b = BUF_INIT(PIECE_MAX);

    if (!own || !*own)
        return text->in[LANG_EN] ? text->in[LANG_EN] : "";
    if (!i18n_arabic_digits())
        return own;
    digits_add_arabic(&b, str_of(own));
    return keep(page, &b);
}

const char *page_isolate(struct page *page, const char *text)
{
    bool mixed = language_is_rtl(page->language);

    for (const char *p = text; *p && !mixed; p++)
        mixed = (unsigned char)*p >= 0x80;
    if (!mixed)
        return text;
    return arena_strdup(
        &page->arena,
        str_of(page_printf(page, FIRST_STRONG_ISOLATE "%s" POP_DIRECTIONAL_ISOLATE, text)));
}

const char *page_int(struct page *page, int64_t v)
{
    struct buf b = BUF_INIT(PIECE_MAX);

    locale_add_int(page->locale, &b, v);
    return keep(page, &b);
}

const char *page_year(struct page *page, int year)
{
    struct buf plain = BUF_INIT(PIECE_MAX), b = BUF_INIT(PIECE_MAX);

    buf_addf(&plain, "%d", year);
    if (i18n_arabic_digits())
        digits_add_arabic(&b, buf_str(&plain));
    else
        buf_adds(&b, buf_str(&plain));
    buf_release(&plain);
    return keep(page, &b);
}

const char *page_number(struct page *page, double v, int decimals)
{
    struct buf b = BUF_INIT(PIECE_MAX);

    locale_add_number(page->locale, &b, v, decimals);
    return keep(page, &b);
}

const char *page_percent(struct page *page, double share)
{
    struct buf b = BUF_INIT(PIECE_MAX);

    if (share > 0 && share < .01) {
        buf_addz(&b, "<");
        share = .01;
    } else if (share < 1 && share > .99) {
        buf_addz(&b, ">");
        share = .99;
    }
    locale_add_percent(page->locale, &b, share, 0);
    if (b.p[0] == '<' || b.p[0] == '>') /* these turn with the writing direction */
        return page_isolate(page, keep(page, &b));
    return keep(page, &b);
}

const char *page_chance(struct page *page, double p)
{
    return page_percent(page, p < .01 ? .005 : p > .99 ? .995 : p);
}

const char *page_chance_said(struct page *page, double p)
{
    if (p < .01)
        return page_printf(page, _("below %s"), page_percent(page, .01));
    if (p > .99)
        return page_printf(page, _("above %s"), page_percent(page, .99));
    return page_percent(page, p);
}

const char *page_money(struct page *page, int64_t minor)
{
    const struct report_facts *facts = page->options->facts;
    struct buf b = BUF_INIT(PIECE_MAX);
    int64_t thousand = 1000;

    for (int i = 0; i < facts->decimals; i++)
        thousand *= 10;
    locale_add_money(page->locale, &b, minor, facts->currency, facts->decimals,
                     minor >= thousand || minor <= -thousand);
    return keep(page, &b);
}

const char *page_day(struct page *page, int64_t day)
{
    struct buf b = BUF_INIT(PIECE_MAX);

    locale_add_day(page->locale, &b, day);
    return keep(page, &b);
}

const char *page_date(struct page *page, int64_t at_us)
{
    struct buf b = BUF_INIT(PIECE_MAX);

    locale_add_date(page->locale, &b, at_us);
    return keep(page, &b);
}

/* Digits after the point of a share: enough to tell it from a neighbouring cut. */
static const char *share(struct page *page, double v)
{
    struct buf b = BUF_INIT(PIECE_MAX);

    locale_add_percent(page->locale, &b, v, fabs(v) < .01 ? 2 : 1);
    return keep(page, &b);
}

static bool is_unit(const struct indicator *indicator, const char *unit)
{
    return indicator->unit && strcmp(indicator->unit, unit) == 0;
}

/* Without the unit's word: the further figures of a range. */
static const char *bare(struct page *page, const struct indicator *indicator, double v)
{
    if (!isfinite(v))
        return _("not known");
    if (is_unit(indicator, "percent"))
        return share(page, v);
    return page_number(page, v, fabs(v) < 10 && v != floor(v) ? 2 : 1);
}

const char *page_value(struct page *page, const struct indicator *indicator, double v)
{
    const char *number = bare(page, indicator, v);
    /* A fraction takes the plural form of the next whole number. */
    uint64_t n = isfinite(v) && fabs(v) < 1e15 ? (uint64_t)fabs(v) + (v != floor(v)) : 0;

    if (!isfinite(v) || is_unit(indicator, "percent"))
        return number;
    if (is_unit(indicator, "times"))
        return page_printf(page, _("%s×"), number);
    if (is_unit(indicator, "per_month"))
        return page_printf(page, _("%s a month"), number);
    if (is_unit(indicator, "level"))
        return page_printf(page, _("level %s"), number);
    if (is_unit(indicator, "months"))
        return page_printf(page, P_("%s month", "%s months", n), number);
    if (is_unit(indicator, "days"))
        return page_printf(page, P_("%s day", "%s days", n), number);
    if (is_unit(indicator, "hours"))
        return page_printf(page, P_("%s hour", "%s hours", n), number);
    return number;
}

const char *page_range(struct page *page, const struct indicator *indicator,
                       const struct interval *interval)
{
    if (!isfinite(interval->low) || !isfinite(interval->high) || interval->low == interval->high)
        return "–";
    return page_printf(page, _("%s to %s"), bare(page, indicator, interval->low),
                       bare(page, indicator, interval->high));
}

const char *page_interval(struct page *page, const struct indicator *indicator,
                          const struct interval *interval)
{
    const char *mid = page_value(page, indicator, interval->mid);

    if (!isfinite(interval->low) || !isfinite(interval->high) || interval->low == interval->high)
        return mid;
    return page_printf(page, "%s (%s)", mid, page_range(page, indicator, interval));
}

static double factor(const struct page *page, const struct indicator *indicator)
{
    if (indicator->multiplier && strcmp(indicator->multiplier, "vertical_repeat_median") == 0)
        return page->a->evidence->factors.vertical_repeat_median;
    return 1;
}

double page_cut_value(const struct page *page, const struct indicator *indicator, int level)
{
    return level < 2 ? (double)NAN : factor(page, indicator) * indicator->cuts[level - 2];
}

/* A level that asks only that the value is known: a ratio may be beyond all bounds, a count 0. */
static bool takes_any(const struct indicator *indicator, int level, double value)
{
    static const double beyond_all = 1e6;

    if (indicator->strict[level - 2])
        return false;
    return indicator->lower_is_better ? indicator->form == FORM_RATIO && value >= beyond_all
                                      : is_unit(indicator, "count") && value <= 0;
}

const char *page_cut(struct page *page, const struct indicator *indicator, int level)
{
    double value = page_cut_value(page, indicator, level), upper;
    const char *cut;

    if (isnan(value))
        return "";
    cut = page_value(page, indicator, value);
    upper = factor(page, indicator) * indicator->upper[level - 2];
    if (!isnan(upper))
        return page_printf(page, _("%s to %s"), bare(page, indicator, value),
                           page_value(page, indicator, upper));
    if (takes_any(indicator, level, value))
        return _("any value that is known");
    if (indicator->lower_is_better)
        return page_printf(page, indicator->strict[level - 2] ? _("below %s") : _("at most %s"),
                           cut);
    if (is_unit(indicator, "percent") && value >= 1)
        return cut; /* no share is above the whole */
    return page_printf(page, indicator->strict[level - 2] ? _("more than %s") : _("at least %s"),
                       cut);
}

const char *page_counts(struct page *page, const struct indicator *indicator,
                        const struct finding *finding)
{
    if (!finding->known)
        return "";
    switch (indicator->form) {
    case FORM_SHARE:
        return page_printf(page, _("%s of %s"), page_number(page, finding->k, 1),
                           page_number(page, finding->n, 1));
    case FORM_RATE:
        return page_printf(page,
                           P_("%s in %s month", "%s in %s months", (uint64_t)fmax(finding->n, 0)),
                           page_number(page, finding->k, 1), page_number(page, finding->n, 1));
    case FORM_FRACTION:
    case FORM_RATIO:
        return page_printf(page,
                           P_("%s independent case", "%s independent cases",
                              (uint64_t)fmax(round(finding->clusters), 0)),
                           page_number(page, finding->clusters, 0));
    case FORM_VALUE:
        break;
    }
    return "";
}

enum evidence_class page_class(const struct practice_result *result)
{
    const struct evidence *e = result->evidence;

    if (e->measured != CLASS_NONE)
        return e->measured;
    if (e->answer.kind != ANSWER_LEVEL)
        return CLASS_NONE;
    return e->answer.attested ? CLASS_ATTESTED : CLASS_CLAIMED;
}

const struct gap *page_gap(const struct page *page, size_t practice)
{
    for (size_t i = 0; i < page->a->gap_count; i++)
        if (page->a->gaps[i].practice == practice)
            return &page->a->gaps[i];
    return NULL;
}

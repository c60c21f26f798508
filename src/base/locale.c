/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/locale.h"

#include "base/money.h"
#include "base/timestamp.h"

#include <unicode/udat.h>
#include <unicode/udatpg.h>
#include <unicode/unumberformatter.h>
#include <unicode/ustring.h>

enum { DECIMALS_MAX = 3, FORMATTED_MAX = 128, MONEYS_KEPT = 4, AMOUNTS_KEPT = 256 };

/* Opening a formatter takes as long as writing twenty amounts, and the prices of a shop's products
 * are written again and again: both are kept. */
struct kept_money {
    char skeleton[64]; /* "": none yet */
    UNumberFormatter *formatter;
};
struct kept_amount {
    int64_t minor;
    char currency[4];
    int8_t decimals;
    bool whole;
    uint8_t n; /* 0: none yet */
    char text[48];
};

struct locale {
    char id[48];
    bool rtl;
    UNumberFormatter *numbers[DECIMALS_MAX + 1], *percents[DECIMALS_MAX + 1];
    struct kept_money moneys[MONEYS_KEPT];
    size_t moneys_next;          /* the one that makes room */
    struct kept_amount *amounts; /* owned; by hash; NULL until the first */
    UFormattedNumber *formatted;
    UDateFormat *dates; /* in UTC: of days */
    struct zone *zone;
};

const char *const calendar_words[] = {
    [CALENDAR_GREGORIAN] = "gregorian", [CALENDAR_BUDDHIST] = "buddhist", NULL};
const char *const digits_words[] = {[DIGITS_LATIN] = "latn", [DIGITS_ARABIC] = "arab", NULL};

static _Thread_local struct locale_ways current;

struct locale_ways locale_use(struct locale_ways ways)
{
    struct locale_ways before = current;

    current = ways;
    return before;
}

struct locale_ways locale_used(void)
{
    return current;
}

const char *locale_sheet_mark(enum language language, struct locale_ways ways, bool is_day)
{
    if (language == LANG_AR && ways.digits == DIGITS_ARABIC)
        return "[$-2000401]";
    if (language == LANG_TH && ways.calendar == CALENDAR_BUDDHIST && is_day)
        return "[$-107041E]";
    return "";
}

/* World English (day before month); digits and calendar as locale.h promises. */
static void choose_id(enum language language, char *id, size_t size)
{
    static const char *const names[LANG_COUNT] = {"en-001", "ar", "th"};
    enum calendar calendar = language == LANG_TH ? current.calendar : CALENDAR_GREGORIAN;
    enum digits digits = language == LANG_AR ? current.digits : DIGITS_LATIN;

    snprintf(id, size, "%s@calendar=%s;numbers=%s", names[language], calendar_words[calendar],
             digits_words[digits]);
}

static UNumberFormatter *formatter_open(const char *id, const char *skeleton, UErrorCode *status)
{
    UChar wide[64];
    int32_t n;

    u_strFromUTF8(wide, TM_COUNT(wide), &n, skeleton, -1, status);
    return unumf_openForSkeletonAndLocale(wide, n, id, status);
}

/* Day, short name of the month, year, in the language's own order. */
static UDateFormat *dates_open(const char *id, UErrorCode *status)
{
    UDateTimePatternGenerator *generator = udatpg_open(id, status);
    UChar pattern[FORMATTED_MAX];
    int32_t n = udatpg_getBestPattern(generator, u"yMMMd", -1, pattern, FORMATTED_MAX, status);

    udatpg_close(generator);
    return udat_open(UDAT_PATTERN, UDAT_PATTERN, id, u"UTC", -1, pattern, n, status);
}

enum err_code locale_open(enum language language, struct locale **out_locale, struct err *err)
{
    static const char *const precisions[DECIMALS_MAX + 1] = {"precision-integer", ".#", ".##",
                                                             ".###"};
    struct locale *locale = xcalloc(1, sizeof(*locale));
    UErrorCode status = U_ZERO_ERROR;

    choose_id(language, locale->id, sizeof(locale->id));
    locale->rtl = language_is_rtl(language);
    for (size_t i = 0; i <= DECIMALS_MAX; i++) {
        char skeleton[64];

        locale->numbers[i] = formatter_open(locale->id, precisions[i], &status);
        snprintf(skeleton, sizeof(skeleton), "percent scale/100 %s", precisions[i]);
        locale->percents[i] = formatter_open(locale->id, skeleton, &status);
    }
    locale->formatted = unumf_openResult(&status);
    locale->dates = dates_open(locale->id, &status);
    if (U_FAILURE(status)) {
        locale_close(locale);
        return err_set(err, ERR_INTERNAL, "the formats of language %s cannot be opened: %s",
                       language_codes[language], u_errorName(status));
    }
    if (zone_open(current.zone[0] ? current.zone : "UTC", &locale->zone, err) != ERR_OK) {
        locale_close(locale);
        return err->code;
    }
    *out_locale = locale;
    return ERR_OK;
}

void locale_close(struct locale *locale)
{
    if (!locale)
        return;
    for (size_t i = 0; i <= DECIMALS_MAX; i++) {
        unumf_close(locale->numbers[i]);
        unumf_close(locale->percents[i]);
    }
    for (size_t i = 0; i < MONEYS_KEPT; i++)
        unumf_close(locale->moneys[i].formatter);
    free(locale->amounts);
    unumf_closeResult(locale->formatted);
    if (locale->dates)
        udat_close(locale->dates);
    zone_close(locale->zone);
    free(locale);
}

void locale_closep(struct locale **locale)
{
    locale_close(*locale);
    *locale = NULL;
}

static bool add_wide(struct buf *out, const UChar *wide, int32_t n)
{
    char text[4 * FORMATTED_MAX];
    UErrorCode status = U_ZERO_ERROR;
    int32_t bytes = 0;

    u_strToUTF8(text, sizeof(text), &bytes, wide, n, &status);
    if (U_FAILURE(status))
        return false;
    buf_add(out, text, (size_t)bytes);
    return true;
}

static bool add_formatted(struct locale *locale, struct buf *out, UErrorCode *status)
{
    UChar wide[FORMATTED_MAX];
    int32_t n = unumf_resultToString(locale->formatted, wide, FORMATTED_MAX, status);

    return U_SUCCESS(*status) && add_wide(out, wide, n);
}

/* From where to where the currency's sign goes; begin = end when there is none. */
static void find_sign(struct locale *locale, int32_t *out_begin, int32_t *out_end)
{
    UErrorCode status = U_ZERO_ERROR;
    UFieldPositionIterator *fields = ufieldpositer_open(&status);
    int32_t begin, end, field;

    *out_begin = *out_end = 0;
    unumf_resultGetAllFieldPositions(locale->formatted, fields, &status);
    while (U_SUCCESS(status) && (field = ufieldpositer_next(fields, &begin, &end)) >= 0)
        if (field == UNUM_CURRENCY_FIELD) {
            *out_begin = begin;
            *out_end = end;
        }
    ufieldpositer_close(fields);
}

/* As add_formatted(), with the sign isolated. */
static bool add_isolated(struct locale *locale, struct buf *out, UErrorCode *status)
{
    UChar wide[FORMATTED_MAX];
    int32_t n = unumf_resultToString(locale->formatted, wide, FORMATTED_MAX, status), begin, end;
    size_t before = out->n;

    if (U_FAILURE(*status))
        return false;
    find_sign(locale, &begin, &end);
    if (begin == end)
        return add_wide(out, wide, n);
    if (add_wide(out, wide, begin)) {
        buf_addz(out, FIRST_STRONG_ISOLATE);
        if (add_wide(out, wide + begin, end - begin)) {
            buf_addz(out, POP_DIRECTIONAL_ISOLATE);
            if (add_wide(out, wide + end, n - end))
                return true;
        }
    }
    out->n = before;
    return false;
}

void locale_add_int(struct locale *locale, struct buf *out, int64_t v)
{
    UErrorCode status = U_ZERO_ERROR;

    unumf_formatInt(locale->numbers[0], v, locale->formatted, &status);
    if (!add_formatted(locale, out, &status))
        buf_addf(out, "%" PRId64, v);
}

void locale_add_number(struct locale *locale, struct buf *out, double v, int decimals)
{
    UErrorCode status = U_ZERO_ERROR;

    assert(decimals >= 0 && decimals <= DECIMALS_MAX);
    unumf_formatDouble(locale->numbers[decimals], v, locale->formatted, &status);
    if (!add_formatted(locale, out, &status))
        buf_addf(out, "%.*f", decimals, v);
}

void locale_add_percent(struct locale *locale, struct buf *out, double share, int decimals)
{
    UErrorCode status = U_ZERO_ERROR;

    assert(decimals >= 0 && decimals <= DECIMALS_MAX);
    unumf_formatDouble(locale->percents[decimals], share, locale->formatted, &status);
    if (!add_formatted(locale, out, &status))
        buf_addf(out, "%.*f%%", decimals, 100 * share);
}

static UNumberFormatter *money_formatter(struct locale *locale, const char *skeleton,
                                         UErrorCode *status)
{
    struct kept_money *kept;

    for (size_t i = 0; i < MONEYS_KEPT; i++)
        if (strcmp(locale->moneys[i].skeleton, skeleton) == 0)
            return locale->moneys[i].formatter;
    kept = &locale->moneys[locale->moneys_next++ % MONEYS_KEPT];
    unumf_close(kept->formatter);
    *kept = (struct kept_money){.formatter = formatter_open(locale->id, skeleton, status)};
    if (U_SUCCESS(*status))
        snprintf(kept->skeleton, sizeof(kept->skeleton), "%s", skeleton);
    return kept->formatter;
}

static void format_money(struct locale *locale, struct buf *out, int64_t minor,
                         const char *currency, int decimals, bool whole)
{
    UErrorCode status = U_ZERO_ERROR;
    struct buf plain = BUF_INIT(64);
    char skeleton[64];
    UNumberFormatter *formatter;

    money_add_plain(&plain, minor, decimals);
    if (currency_decimals(str_of(currency)) >= 0)
        snprintf(skeleton, sizeof(skeleton), "currency/%.3s%s", currency,
                 whole ? " precision-integer" : "");
    else
        snprintf(skeleton, sizeof(skeleton), "%s", whole ? "precision-integer" : ".00");
    formatter = money_formatter(locale, skeleton, &status);
    if (U_SUCCESS(status))
        unumf_formatDecimal(formatter, plain.p, (int32_t)plain.n, locale->formatted, &status);
    if (U_FAILURE(status) || !(locale->rtl ? add_isolated : add_formatted)(locale, out, &status))
        buf_adds(out, buf_str(&plain));
    buf_release(&plain);
}

static bool is_amount(const struct kept_amount *a, int64_t minor, const char *currency,
                      int decimals, bool whole)
{
    return a->n && a->minor == minor && a->decimals == decimals && a->whole == whole &&
           strcmp(a->currency, currency) == 0;
}

void locale_add_money(struct locale *locale, struct buf *out, int64_t minor, const char *currency,
                      int decimals, bool whole)
{
    struct kept_amount *kept;
    size_t before = out->n;

    if (!locale->amounts)
        locale->amounts = xcalloc(AMOUNTS_KEPT, sizeof(*locale->amounts));
    kept = &locale->amounts[((uint64_t)minor * UINT64_C(0x9E3779B97F4A7C15) >> 32) % AMOUNTS_KEPT];
    if (is_amount(kept, minor, currency, decimals, whole)) {
        buf_add(out, kept->text, kept->n);
        return;
    }
    format_money(locale, out, minor, currency, decimals, whole);
    if (out->failed || out->n - before > sizeof(kept->text) || strlen(currency) > 3)
        return;
    *kept = (struct kept_amount){.minor = minor,
                                 .decimals = (int8_t)decimals,
                                 .whole = whole,
                                 .n = (uint8_t)(out->n - before)};
    snprintf(kept->currency, sizeof(kept->currency), "%s", currency);
    memcpy(kept->text, out->p + before, kept->n);
}

int64_t locale_day(struct locale *locale, int64_t at_us)
{
    struct civil c = zone_from_utc(locale->zone, at_us);

    return civil_to_days(c.year, c.month, c.day);
}

void locale_add_day(struct locale *locale, struct buf *out, int64_t day)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar wide[FORMATTED_MAX];
    int32_t n = udat_format(locale->dates, (double)(day * US_PER_DAY / 1000), wide, FORMATTED_MAX,
                            NULL, &status);

    if (U_FAILURE(status) || !add_wide(out, wide, n))
        timestamp_add_date(out, day * US_PER_DAY);
}

void locale_add_date(struct locale *locale, struct buf *out, int64_t at_us)
{
    locale_add_day(locale, out, locale_day(locale, at_us));
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/i18n.h"

#include "base/digits.h"
#include "base/locale.h"
#include "base/timestamp.h"
#include "base/money.h"
#include "tap.h"

static void choosing(void)
{
    CHECK(language_of("en") == LANG_EN);
    CHECK(language_of("ar-EG") == LANG_AR);
    CHECK(language_of("th_TH.UTF-8") == LANG_TH);
    CHECK(language_of("TH") == LANG_TH);
    CHECK(language_of("the") == LANG_COUNT);
    CHECK(language_of("e") == LANG_COUNT);
    CHECK(language_of("") == LANG_COUNT);
    CHECK(language_of(NULL) == LANG_COUNT);
}

static void environment(void)
{
    unsetenv("LANGUAGE");
    unsetenv("LC_ALL");
    unsetenv("LC_MESSAGES");
    setenv("LANG", "C", 1);
    CHECK(language_of_environment() == LANG_EN);
    setenv("LANG", "th_TH.UTF-8", 1);
    CHECK(language_of_environment() == LANG_TH);
    setenv("LC_ALL", "C.UTF-8", 1);
    CHECK(language_of_environment() == LANG_EN);
    setenv("LANGUAGE", "fr:ar_EG:th", 1);
    CHECK(language_of_environment() == LANG_AR);
}

/* The Plural-Forms lines of po/, which po/check compares with these. */
static void plural_forms(void)
{
    static const struct {
        uint64_t n;
        size_t arabic;
    } rows[] = {{0, 0},  {1, 1},   {2, 2},   {3, 3},   {10, 3}, {11, 4},
                {99, 4}, {100, 5}, {102, 5}, {103, 3}, {111, 4}};

    for (size_t i = 0; i < TM_COUNT(rows); i++)
        CHECK_INT(i18n_plural_form(LANG_AR, rows[i].n), rows[i].arabic);
    CHECK_INT(i18n_plural_form(LANG_TH, 5), 0);
    CHECK_INT(i18n_plural_form(LANG_EN, 0), 1);
    CHECK_INT(i18n_plural_form(LANG_EN, 1), 0);
}

static void untranslated(void)
{
    /* Not marked, so that it stays out of the catalogues. */
    for (enum language l = LANG_EN; l < LANG_COUNT; l++) {
        i18n_use(l);
        CHECK_STR(i18n_text("no such text"), "no such text");
        CHECK_STR(i18n_plural("a thing", "things", 2), "things");
        CHECK_STR(i18n_plural("a thing", "things", 1), "a thing");
    }
    CHECK(i18n_use(LANG_EN) == LANG_TH);
    CHECK_STR(i18n_text(""), "");
}

/* A text with plural forms through the built-in catalogues. */
static void translated(void)
{
    static const struct {
        enum language language;
        uint64_t n;
        const char *want;
    } rows[] = {
        {LANG_EN, 1, "%s month"}, {LANG_EN, 3, "%s months"}, {LANG_AR, 1, "%s شهر"},
        {LANG_AR, 3, "%s أشهر"},  {LANG_AR, 11, "%s شهرًا"},  {LANG_AR, 100, "%s شهر"},
        {LANG_TH, 1, "%s เดือน"},  {LANG_TH, 3, "%s เดือน"},
    };

    for (size_t i = 0; i < TM_COUNT(rows); i++) {
        i18n_use(rows[i].language);
        CHECK_STR(i18n_plural("%s month", "%s months", rows[i].n), rows[i].want);
    }
    i18n_use(LANG_AR);
    CHECK_STR(i18n_text("Orders"), "الطلبات");
    i18n_use(LANG_EN);
}

static void formats(void)
{
    struct locale *locale;
    struct err err;
    struct buf b = BUF_INIT(1000);

    CHECK_OK(locale_open(LANG_EN, &locale, &err), err);
    locale_add_int(locale, &b, 1234567);
    buf_addc(&b, ' ');
    locale_add_number(locale, &b, 2.0, 2);
    buf_addc(&b, ' ');
    locale_add_number(locale, &b, 1234.567, 1);
    buf_addc(&b, ' ');
    locale_add_percent(locale, &b, .1234, 1);
    buf_addc(&b, ' ');
    locale_add_money(locale, &b, 123450, "EUR", 2, false);
    buf_addc(&b, ' ');
    locale_add_money(locale, &b, 123450, "EUR", 2, true);
    buf_addc(&b, ' ');
    locale_add_money(locale, &b, 123450, "", 2, false);
    buf_addc(&b, ' ');
    locale_add_date(locale, &b, INT64_C(1790726400) * 1000000);
    CHECK_STR(buf_cstr(&b), "1,234,567 2 1,234.6 12.3% €1,234.50 €1,234 1,234.50 30 Sept 2026");
    locale_close(locale);

    buf_reset(&b);
    CHECK_OK(locale_open(LANG_TH, &locale, &err), err);
    locale_add_date(locale, &b, INT64_C(1790726400) * 1000000);
    CHECK_STR(buf_cstr(&b), "30 ก.ย. 2026");
    locale_close(locale);

    buf_reset(&b);
    CHECK_OK(locale_open(LANG_AR, &locale, &err), err);
    locale_add_int(locale, &b, 1234);
    buf_addc(&b, ' ');
    locale_add_date(locale, &b, INT64_C(1790726400) * 1000000);
    CHECK_STR(buf_cstr(&b), "1,234 30 سبتمبر 2026");
    locale_close(locale);
    buf_release(&b);
}

static void date_and_int(enum language language, struct buf *out)
{
    struct locale *locale;
    struct err err;

    buf_reset(out);
    CHECK_OK(locale_open(language, &locale, &err), err);
    locale_add_int(locale, out, 1234);
    buf_addc(out, ' ');
    locale_add_percent(locale, out, .5, 0);
    buf_addc(out, ' ');
    locale_add_money(locale, out, 123450, "AED", 2, true);
    buf_addc(out, ' ');
    locale_add_date(locale, out, INT64_C(1790726400) * 1000000);
    locale_close(locale);
}

/* 30 September 2026, 00:30 in UTC: the evening before in New York. */
static void days(void)
{
    const int64_t at_us = INT64_C(1790728200) * US_PER_SECOND;
    const struct locale_ways before = locale_use((struct locale_ways){.zone = "America/New_York"});
    struct buf b = BUF_INIT(1000);
    struct locale *locale;
    struct err err;

    CHECK_OK(locale_open(LANG_EN, &locale, &err), err);
    locale_add_date(locale, &b, at_us);
    buf_addc(&b, ' ');
    locale_add_day(locale, &b, at_us / US_PER_DAY);
    CHECK_STR(buf_cstr(&b), "29 Sept 2026 30 Sept 2026");
    CHECK(locale_day(locale, at_us) == at_us / US_PER_DAY - 1);
    locale_close(locale);
    locale_use(before);
    buf_release(&b);
}

/* Each way concerns its own language only. */
static void ways(void)
{
    struct locale_ways both = {.calendar = CALENDAR_BUDDHIST, .digits = DIGITS_ARABIC}, before;
    struct buf b = BUF_INIT(1000);

    before = locale_use(both);
    CHECK(before.calendar == CALENDAR_GREGORIAN && before.digits == DIGITS_LATIN);
    date_and_int(LANG_TH, &b);
    CHECK_MSG(strstr(buf_cstr(&b), "2569") && strstr(buf_cstr(&b), "1,234"), "%s", buf_cstr(&b));
    date_and_int(LANG_AR, &b);
    CHECK_MSG(strstr(buf_cstr(&b), "٢٠٢٦") && strstr(buf_cstr(&b), "١٬٢٣٤") &&
                  strpbrk(buf_cstr(&b), "0123456789") == NULL,
              "%s", buf_cstr(&b));
    date_and_int(LANG_EN, &b);
    CHECK_MSG(strstr(buf_cstr(&b), "2026") && strstr(buf_cstr(&b), "1,234"), "%s", buf_cstr(&b));
    before = locale_use((struct locale_ways){0});
    CHECK(before.calendar == CALENDAR_BUDDHIST && before.digits == DIGITS_ARABIC);
    date_and_int(LANG_TH, &b);
    CHECK_MSG(strstr(buf_cstr(&b), "2026"), "%s", buf_cstr(&b));
    buf_release(&b);
}

/* Of texts that hold figures those are turned that people read, not what they type or what is
 * named so. */
static void arabic_digits(void)
{
    static const char *const rows[][2] = {
        {"90% من 20,000", "٩٠٪ من ٢٠٬٠٠٠"},
        {"%1$s من %s، نحو 10%%", "%1$s من %s، نحو ١٠٪"},
        {"GA4 وEML-3 و2026-09-30", "GA4 وEML-3 و2026-09-30"},
        {"\u2068--top 5\u2069 أو 0.5.", "\u2068--top 5\u2069 أو ٠٫٥."},
        {"المستوى 4", "المستوى ٤"},
        {"%", "%"},
    };
    struct buf b = BUF_INIT(1000);
    bool before;

    for (size_t i = 0; i < TM_COUNT(rows); i++) {
        buf_reset(&b);
        digits_add_arabic(&b, str_of(rows[i][0]));
        CHECK_STR(buf_cstr(&b), rows[i][1]);
    }
    i18n_use(LANG_AR);
    CHECK(strpbrk(_("The shop in the last 365 days"), "0123456789") != NULL);
    before = i18n_use_arabic_digits(true);
    CHECK(!before && i18n_arabic_digits());
    CHECK(strstr(_("The shop in the last 365 days"), "٣٦٥") != NULL);
    i18n_use(LANG_TH);
    CHECK(strstr(_("The shop in the last 365 days"), "365") != NULL);
    CHECK(i18n_use_arabic_digits(false));
    i18n_use(LANG_EN);
    buf_release(&b);
}

/* "UK£" beside a figure keeps its own direction; one that runs from left to right needs no help. */
static void money_signs(void)
{
    struct buf b = BUF_INIT(1000);
    struct locale *locale = NULL;
    struct err err;

    CHECK_OK(locale_open(LANG_AR, &locale, &err), err);
    locale_add_money(locale, &b, 123400, "GBP", 2, true);
    CHECK_MSG(strstr(buf_cstr(&b), "1,234") && strstr(buf_cstr(&b), "\u2068UK£\u2069"), "%s",
              buf_cstr(&b));
    locale_close(locale);
    buf_reset(&b);
    CHECK_OK(locale_open(LANG_TH, &locale, &err), err);
    locale_add_money(locale, &b, 123400, "GBP", 2, true);
    CHECK_STR(buf_cstr(&b), "£1,234");
    locale_close(locale);
    buf_release(&b);
}

/* Errors look their texts up themselves, once. */
static void errors(void)
{
    struct err err = ERR_INIT;

    i18n_use(LANG_AR);
    err_set(&err, ERR_NOT_FOUND, "there is no file or folder \"%s\"", "orders (2).csv");
    CHECK_STR(err.msg, "لا ملف ولا مجلد باسم \"\u2068orders (2).csv\u2069\"");
    err_hint(&err, "Unpack it first.");
    CHECK_STR(err.hint, "فكّ ضغطه أولًا.");
    errno = ENOENT;
    err_errno(&err, "opening \"%s\"", "x");
    CHECK_STR(err.msg, "فتح \"\u2068x\u2069\": غير موجود");
    CHECK_STR(err_summary(ERR_NO_SPACE), "القرص ممتلئ");
    /* An argument is not looked up, whatever it says; figures of 64 bits find their text. */
    err_set(&err, ERR_INVALID, "%s", "Orders");
    CHECK_STR(err.msg, "Orders");
    i18n_use(LANG_TH);
    err_set(&err, ERR_INVALID, "line %" PRId64 ": %s", INT64_C(12), "x");
    CHECK_STR(err.msg, "บรรทัด 12: x");
    i18n_use(LANG_EN);
    err_set(&err, ERR_INVALID, "line %" PRId64 ": %s", INT64_C(12), "x");
    CHECK_STR(err.msg, "line 12: x");
}

/* compile.sh writes these into the catalogues as they are on the systems Tidemark runs on. */
static void figures(void)
{
    CHECK_STR(PRId64, "ld");
    CHECK_STR(PRIu64, "lu");
    CHECK_STR(PRIu32, "u");
}

static const char *money_text(struct locale *locale, struct buf *out, int i, bool whole)
{
    static const char *const currencies[] = {"EUR", "JPY", "THB", "AED", "KWD", "USD", ""};
    const char *currency = currencies[i % 7];
    int decimals = currency_decimals(str_of(currency));

    buf_reset(out);
    locale_add_money(locale, out, (i * 7919) % 100003 - 50000, currency,
                     decimals < 0 ? 2 : decimals, whole);
    return buf_cstr(out);
}

/* What is kept of amounts is told as if it were made anew, whatever was written in between. */
static void amounts_again(void)
{
    for (int l = 0; l < LANG_COUNT; l++) {
        struct locale *kept = NULL, *fresh = NULL;
        struct buf a = BUF_INIT(100), b = BUF_INIT(100);
        struct err err = ERR_INIT;
        int wrong = 0;

        CHECK_OK(locale_open((enum language)l, &kept, &err), err);
        for (int round = 0; round < 2; round++)
            for (int i = 0; i < 600; i++)
                money_text(kept, &a, i, i % 2);
        for (int i = 0; i < 42; i++) {
            CHECK_OK(locale_open((enum language)l, &fresh, &err), err);
            money_text(fresh, &b, i, i % 2);
            wrong += strcmp(money_text(kept, &a, i, i % 2), buf_cstr(&b)) != 0;
            wrong += strcmp(money_text(kept, &a, i, i % 2), buf_cstr(&b)) != 0;
            locale_close(fresh);
        }
        CHECK_INT(wrong, 0);
        locale_close(kept);
        buf_release(&a);
        buf_release(&b);
    }
}

int main(void)
{
    choosing();
    environment();
    plural_forms();
    untranslated();
    translated();
    formats();
    ways();
    days();
    arabic_digits();
    money_signs();
    amounts_again();
    errors();
    figures();
    return tap_done();
}

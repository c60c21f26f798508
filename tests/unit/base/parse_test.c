/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/parse.h"

#include "tap.h"

#define U DECIMALS_UNKNOWN
#define P DECIMALS_POINT
#define C DECIMALS_COMMA
enum { OK = ERR_OK, BAD = ERR_INVALID, TWO = ERR_AMBIGUOUS };

static void micros(void)
{
    static const struct {
        const char *text;
        enum decimal_mark mark;
        int code;
        int64_t want; /* micros */
        enum decimal_mark proof;
    } cases[] = {
        {"0", U, OK, 0, U},
        {"12", U, OK, 12000000, U},
        {"-12.5", U, OK, -12500000, P},
        {"+3", U, OK, 3000000, U},
        {"1,234", U, TWO, 0, U},
        {"1.234", U, TWO, 0, U},
        {"123,456", U, TWO, 0, U},
        {"1,234", P, OK, 1234000000, U},
        {"1,234", C, OK, 1234000, U},
        {"1.234", P, OK, 1234000, U},
        {"1.234", C, OK, 1234000000, U},
        {"1,234.56", U, OK, 1234560000, P},
        {"1.234,56", U, OK, 1234560000, C},
        {"1,234.567", U, OK, 1234567000, P},
        {"12,34", U, OK, 12340000, C},
        {"12,3", U, OK, 12300000, C},
        {"1.234.567", U, OK, 1234567000000, C},
        {"1,234,567", U, OK, 1234567000000, P},
        {"1,23,456.78", U, OK, 123456780000, P},
        {"12,34,56,789", U, OK, 123456789000000, P},
        {"1 234,5", U, OK, 1234500000, C},
        {"1 234,567", U, OK, 1234567000, C},
        {"1'234.50", U, OK, 1234500000, P},
        {"1\xE2\x80\x99"
         "234.50",
         U, OK, 1234500000, P},
        {"1\xC2\xA0"
         "234",
         U, OK, 1234000000, 0},
        {"1\xE2\x80\xAF"
         "234,50",
         U, OK, 1234500000, C},
        {"0,123", U, OK, 123000, C},
        {"0.123", U, OK, 123000, P},
        {"1234,567", U, OK, 1234567000, C},
        {"1234.567", U, OK, 1234567000, P},
        {".5", U, OK, 500000, P},
        {",5", U, OK, 500000, C},
        {"12.", U, OK, 12000000, U},
        {"12,", U, BAD, 0, U},
        {"(12.50)", U, OK, -12500000, P},
        {"12.50-", U, OK, -12500000, P},
        {"\xE2\x88\x92"
         "12.50",
         U, OK, -12500000, P},
        {"'12.50", U, OK, 12500000, P},
        {" 12.50 ", U, OK, 12500000, P},
        {"€1.234,50", U, OK, 1234500000, C},
        {"1.234,50 €", U, OK, 1234500000, C},
        {"-$5.00", U, OK, -5000000, P},
        {"$-5.00", U, OK, -5000000, P},
        {"($5.00)", U, OK, -5000000, P},
        {"USD 12", U, OK, 12000000, U},
        {"12 THB", U, OK, 12000000, U},
        {"12USD", U, OK, 12000000, U},
        {"฿120", U, OK, 120000000, U},
        {"د.إ 12", U, OK, 12000000, U},
        {"\xE2\x80\x8F"
         "12.50 د.إ\xE2\x80\x8F",
         U, OK, 12500000, P},
        {"Rs. 1,23,456.00", U, OK, 123456000000, P},
        {"R$ 10,50", U, OK, 10500000, C},
        {"١٢٣٤٫٥", U, OK, 1234500000, U},
        {"١٬٢٣٤٫٥٦", U, OK, 1234560000, U},
        {"۱۲۳", U, OK, 123000000, U},
        {"๑๒๓.๕๐", U, OK, 123500000, P},
        {"1.0000005", U, OK, 1000001, P},
        {"-1.0000005", U, OK, -1000001, P},
        {"1.00000049", U, OK, 1000000, P},
        {"9223372036854.775807", U, OK, INT64_MAX, P},
        {"9223372036854.775808", U, BAD, 0, P},
        {"9223372036854.7758075", U, BAD, 0, P},
        {"99999999999999999999", U, BAD, 0, U},
        {"", U, OK, AMOUNT_NONE, U},
        {"  ", U, OK, AMOUNT_NONE, U},
        {"-", U, OK, AMOUNT_NONE, U},
        {"--", U, OK, AMOUNT_NONE, U},
        {"N/A", U, OK, AMOUNT_NONE, U},
        {"null", U, OK, AMOUNT_NONE, U},
        {"(not set)", U, OK, AMOUNT_NONE, U},
        {"1.2.3", U, BAD, 0, U},
        {"1,2,3", U, BAD, 0, U},
        {"12,34.567,8", U, BAD, 0, U},
        {"1.234,567.8", U, BAD, 0, U},
        {"12 34", U, BAD, 0, U},
        {"1'23.5", U, BAD, 0, U},
        {"1.5 2", U, BAD, 0, U},
        {"--5", U, BAD, 0, U},
        {"(5", U, BAD, 0, U},
        {"()", U, BAD, 0, U},
        {".", U, BAD, 0, U},
        {"abc", U, BAD, 0, U},
        {"12 items", U, BAD, 0, U},
        {"USD 12 EUR", U, BAD, 0, U},
        {"1e3", U, BAD, 0, U},
        {"5%", U, BAD, 0, U},
        {"2026-01-02", U, BAD, 0, U},
        {"12.50", C, BAD, 0, P},
        {"12,50", P, BAD, 0, C},
        {"1.234.567", P, BAD, 0, C},
    };

    for (size_t i = 0; i < TM_COUNT(cases); i++) {
        struct read_style style = {.decimals = cases[i].mark};
        struct err err = ERR_INIT;
        int64_t got = 0;
        enum err_code code = parse_micros(str_of(cases[i].text), &style, &got, &err);

        CHECK_MSG((int)code == cases[i].code && (code || got == cases[i].want),
                  "%s: %s, %" PRId64 " is %" PRId64 " %s", cases[i].text, err_name(code), got,
                  cases[i].want, err.msg);
        CHECK_MSG(style.saw_point == (cases[i].proof == P) &&
                      style.saw_comma == (cases[i].proof == C) &&
                      style.ambiguous_number == (cases[i].code == TWO),
                  "evidence of %s", cases[i].text);
        CHECK(code != ERR_AMBIGUOUS || strstr(err.hint, "--decimals") != NULL);
    }
}

static void money_and_counts(void)
{
    struct read_style style = {.decimals = DECIMALS_POINT};
    struct err err = ERR_INIT;
    int64_t got = 0;

    CHECK_OK(parse_money(STR_LIT("1,234.565"), 2, &style, &got, &err), err);
    CHECK_INT(got, 123457);
    CHECK_OK(parse_money(STR_LIT("-0.005"), 2, &style, &got, &err), err);
    CHECK_INT(got, -1);
    CHECK_OK(parse_money(STR_LIT("0.00499"), 2, &style, &got, &err), err);
    CHECK_INT(got, 0);
    CHECK_OK(parse_money(STR_LIT("1234"), 3, &style, &got, &err), err);
    CHECK_INT(got, 1234000);
    CHECK_OK(parse_money(STR_LIT("99.5"), 0, &style, &got, &err), err);
    CHECK_INT(got, 100);
    CHECK_OK(parse_count(STR_LIT("121401.0"), &style, &got, &err), err);
    CHECK_INT(got, 121401);
    CHECK_OK(parse_count(STR_LIT("1,234"), &style, &got, &err), err);
    CHECK_INT(got, 1234);
    CHECK_OK(parse_count(STR_LIT("9223372036854775807"), &style, &got, &err), err);
    CHECK_INT(got, INT64_MAX);
    CHECK(parse_count(STR_LIT("1.5"), &style, &got, &err) == ERR_INVALID);
    CHECK(parse_count(STR_LIT("$5"), &style, &got, &err) == ERR_INVALID);
    CHECK_OK(parse_count(STR_LIT("--"), &style, &got, &err), err);
    CHECK_INT(got, AMOUNT_NONE);
}

/* What one value proved settles the next; what contradicts it is refused. */
static void settling(void)
{
    struct read_style style = {0};
    struct err err = ERR_INIT;
    int64_t got;

    CHECK(parse_micros(STR_LIT("1,234"), &style, &got, &err) == ERR_AMBIGUOUS);
    CHECK(read_style_settle(&style, &err) == ERR_AMBIGUOUS);
    CHECK(strstr(err.hint, "--decimals point") != NULL && !strstr(err.hint, "--dates"));
    CHECK(parse_time(STR_LIT("03/04/2026"), &style, &got, &err) == ERR_AMBIGUOUS);
    CHECK(strstr(err.hint, "--dates dmy") && strstr(err.hint, "--dates mdy"));
    CHECK(read_style_settle(&style, &err) == ERR_AMBIGUOUS);
    CHECK(strstr(err.hint, "--decimals point") && strstr(err.hint, "--dates mdy"));
    CHECK_OK(parse_micros(STR_LIT("12,5"), &style, &got, &err), err);
    CHECK_OK(parse_time(STR_LIT("25/04/2026"), &style, &got, &err), err);
    CHECK_OK(read_style_settle(&style, &err), err);
    CHECK(style.decimals == DECIMALS_COMMA && style.dates == DATES_DMY);
    CHECK_OK(parse_micros(STR_LIT("1,234"), &style, &got, &err), err);
    CHECK_INT(got, 1234000);
    CHECK_OK(parse_day(STR_LIT("03/04/2026"), &style, &got, &err), err);
    CHECK_INT(got, civil_to_days(2026, 4, 3));
    CHECK(parse_micros(STR_LIT("12.5"), &style, &got, &err) == ERR_INVALID);
    CHECK(read_style_settle(&style, &err) == ERR_INVALID);

    style = (struct read_style){0};
    CHECK_OK(parse_day(STR_LIT("25/04/2026"), &style, &got, &err), err);
    CHECK(parse_day(STR_LIT("04/25/2026"), &style, &got, &err) == ERR_INVALID);
    CHECK(read_style_settle(&style, &err) == ERR_INVALID);
    style = (struct read_style){0};
    CHECK_OK(read_style_settle(&style, &err), err);
    CHECK(style.dates == DATES_UNKNOWN && style.decimals == DECIMALS_UNKNOWN);
    /* Between points the day comes first; said otherwise, it is read so; mixed, it is refused. */
    CHECK_OK(parse_day(STR_LIT("03.04.2026"), &style, &got, &err), err);
    CHECK_INT(got, civil_to_days(2026, 4, 3));
    CHECK(style.saw_dmy && !style.ambiguous_date);
    CHECK(parse_day(STR_LIT("04.25.2026"), &style, &got, &err) == ERR_INVALID);
    style = (struct read_style){.dates = DATES_MDY};
    CHECK_OK(parse_day(STR_LIT("03.04.2026"), &style, &got, &err), err);
    CHECK_INT(got, civil_to_days(2026, 3, 4));
    style = (struct read_style){.saw_mdy = true, .dates = DATES_DMY};
    CHECK(read_style_settle(&style, &err) == ERR_INVALID);
}

static void reals(void)
{
    static const struct {
        const char *text;
        double want;
    } cases[] = {
        {"1.5%", 0.015},    {"0.02%", 0.0002},
        {"0.0046", 0.0046}, {"1e3", 1000},
        {"1.5E-7", 1.5e-7}, {"-2", -2},
        {"100%", 1},        {"45,5 %", 0.455},
        {"0.1", 0.1},       {"3.141592653589793", 3.141592653589793},
        {"1e-300", 1e-300}, {"123456789012345678901234567890", 123456789012345678901234567890.0},
        {"٤٫٥٪", 0.045},
    };
    static const char *const unknown[] = {"", "--", "< 10%", "--%", "> 90%", "n/a"};
    static const char *const bad[] = {"x", "1e999", "1e", "5%%", "nan", "inf", "1e5x", "0x10"};
    struct err err = ERR_INIT;
    double x;

    for (size_t i = 0; i < TM_COUNT(cases); i++) {
        struct read_style style = {0};

        CHECK_OK(parse_real(str_of(cases[i].text), &style, &x, &err), err);
        CHECK_REL(x, cases[i].want, 0);
    }
    for (size_t i = 0; i < TM_COUNT(unknown); i++) {
        struct read_style style = {0};

        x = 0;
        CHECK_OK(parse_real(str_of(unknown[i]), &style, &x, &err), err);
        CHECK(isnan(x));
    }
    for (size_t i = 0; i < TM_COUNT(bad); i++) {
        struct read_style style = {0};

        CHECK_MSG(parse_real(str_of(bad[i]), &style, &x, &err) == ERR_INVALID, "%s", bad[i]);
    }
}

static void flags(void)
{
    static const struct {
        const char *text;
        int64_t want;
    } cases[] = {
        {"yes", 1},   {"No", 0},         {"TRUE", 1},         {"false", 0}, {"1", 1},    {"0", 0},
        {" yes ", 1}, {"SUBSCRIBED", 1}, {"unsubscribed", 0}, {"", -1},     {"n/a", -1}, {"'1", 1},
    };
    struct err err = ERR_INIT;
    int64_t got;

    for (size_t i = 0; i < TM_COUNT(cases); i++) {
        CHECK_OK(parse_flag(str_of(cases[i].text), &got, &err), err);
        CHECK_INT(got, cases[i].want);
    }
    CHECK(parse_flag(STR_LIT("maybe"), &got, &err) == ERR_INVALID);
}

static int64_t at(int year, int month, int day, int hour, int minute, int second)
{
    struct civil c = {year, month, day, hour, minute, second, 0};

    return civil_to_utc(&c);
}

enum { ANY = DATES_UNKNOWN, DMY = DATES_DMY, MDY = DATES_MDY };

static void times(void)
{
    const struct {
        const char *text;
        int order;
        int64_t want;
        int proof;
    } cases[] = {
        {"2025-10-07 09:50:26 +0200", ANY, at(2025, 10, 7, 7, 50, 26), 0},
        {"2016-04-18 13:51:14", ANY, at(2016, 4, 18, 13, 51, 14), 0},
        {"2025-04-06T11:00:00Z", ANY, at(2025, 4, 6, 11, 0, 0), 0},
        {"2025-10-07T09:50:26.123456+02:00", ANY, at(2025, 10, 7, 7, 50, 26) + 123456, 0},
        {"2025-10-07T09:50:26.5Z", ANY, at(2025, 10, 7, 9, 50, 26) + 500000, 0},
        {"2025-10-07T09:50:26.123456789Z", ANY, at(2025, 10, 7, 9, 50, 26) + 123456, 0},
        {"2025-10-07T09:50Z", ANY, at(2025, 10, 7, 9, 50, 0), 0},
        {"2025-10-07 09:50:26 UTC", ANY, at(2025, 10, 7, 9, 50, 26), 0},
        {"2025-10-07 23:50:26 -0530", ANY, at(2025, 10, 8, 5, 20, 26), 0},
        {"2025-10-07T09:50:26+07", ANY, at(2025, 10, 7, 2, 50, 26), 0},
        {"2025-10-07", ANY, at(2025, 10, 7, 0, 0, 0), 0},
        {"2025/10/07 9:50", ANY, at(2025, 10, 7, 9, 50, 0), 0},
        {"20260701", ANY, at(2026, 7, 1, 0, 0, 0), 0},
        {"20260701123456", ANY, at(2026, 7, 1, 12, 34, 56), 0},
        {"01/25/2026 3:05 PM", ANY, at(2026, 1, 25, 15, 5, 0), MDY},
        {"01/25/2026 12:05 am", ANY, at(2026, 1, 25, 0, 5, 0), MDY},
        {"01/25/2026 12:05:06 p.m.", ANY, at(2026, 1, 25, 12, 5, 6), MDY},
        {"25.04.2026 14:05", ANY, at(2026, 4, 25, 14, 5, 0), DMY},
        {"25/04/26", ANY, at(2026, 4, 25, 0, 0, 0), DMY},
        {"12/1/2010 8:26", MDY, at(2010, 12, 1, 8, 26, 0), 0},
        {"12/1/2010 8:26", DMY, at(2010, 1, 12, 8, 26, 0), 0},
        {"05/05/2026", ANY, at(2026, 5, 5, 0, 0, 0), 0},
        {"Sep 3, 2026", ANY, at(2026, 9, 3, 0, 0, 0), 0},
        {"September 1, 2026", ANY, at(2026, 9, 1, 0, 0, 0), 0},
        {"Sept. 1st, 2026 at 2:05 pm", ANY, at(2026, 9, 1, 14, 5, 0), 0},
        {"3 sept. 2026", ANY, at(2026, 9, 3, 0, 0, 0), 0},
        {"3 September 2026 14:05", ANY, at(2026, 9, 3, 14, 5, 0), 0},
        {"3. März 2026", ANY, at(2026, 3, 3, 0, 0, 0), 0},
        {"3 de septiembre de 2026", ANY, at(2026, 9, 3, 0, 0, 0), 0},
        {"1er août 2026", ANY, at(2026, 8, 1, 0, 0, 0), 0},
        {"Thu, 03 Sep 2026 14:05:00 +0200", ANY, at(2026, 9, 3, 12, 5, 0), 0},
        {"3-Sep-2026", ANY, at(2026, 9, 3, 0, 0, 0), 0},
        {"٣ سبتمبر ٢٠٢٦", ANY, at(2026, 9, 3, 0, 0, 0), 0},
        {"3 ก.ย. 2026", ANY, at(2026, 9, 3, 0, 0, 0), 0},
        {"1759830626", ANY, at(2025, 10, 7, 9, 50, 26), 0},
        {"1759830626123", ANY, at(2025, 10, 7, 9, 50, 26) + 123000, 0},
        {"1759830626123456", ANY, at(2025, 10, 7, 9, 50, 26) + 123456, 0},
        {"'2025-10-07", ANY, at(2025, 10, 7, 0, 0, 0), 0},
        {"", ANY, TIME_NONE, 0},
        {"--", ANY, TIME_NONE, 0},
        {"0000-00-00 00:00:00", ANY, TIME_NONE, 0},
    };

    for (size_t i = 0; i < TM_COUNT(cases); i++) {
        struct read_style style = {.dates = (enum date_order)cases[i].order};
        struct err err = ERR_INIT;
        int64_t got = 1;

        CHECK_OK(parse_time(str_of(cases[i].text), &style, &got, &err), err);
        CHECK_MSG(got == cases[i].want, "%s: %" PRId64 " is %" PRId64, cases[i].text, got,
                  cases[i].want);
        CHECK_MSG(style.saw_dmy == (cases[i].proof == DMY) &&
                      style.saw_mdy == (cases[i].proof == MDY),
                  "evidence of %s", cases[i].text);
    }
}

static void no_times(void)
{
    static const char *const bad[] = {
        "2025-13-07",
        "2025-02-30",
        "2025-10-07 24:00:00",
        "2025-10-07T09:60:00Z",
        "31/31/2026",
        "13/13/2026",
        "2025-10-07x",
        "2025-10-07 09:50:26 EST",
        "2025-10-07 09",
        "hello",
        "2025",
        "202510",
        "12345678901",
        "99999999",
        "25/04/026",
        "25/04/2026/1",
        "3 Sep",
        "Sep 2026",
        "2025-10-07T09:50:26+16:00",
        "2025-10-07T",
        "13:05",
        "1/2",
        "25.04.2026 13:05 PM",
        "Foo 3, 2026",
        "2025-10-07 09:5",
        "12.50",
        "2569-04-03",
        "3/25",
        "25//2026",
        "--5",
        "2025-10-07 09:50:26 +02:0",
    };
    struct err err = ERR_INIT;
    int64_t got;

    for (size_t i = 0; i < TM_COUNT(bad); i++) {
        struct read_style style = {0};
        enum err_code code = parse_time(str_of(bad[i]), &style, &got, &err);

        CHECK_MSG(code == ERR_INVALID, "%s: %s", bad[i], err_name(code));
    }
}

static void days_and_zones(void)
{
    struct read_style style = {0};
    struct err err = ERR_INIT;
    struct zone *zone;
    int64_t got;

    CHECK_OK(zone_open("Asia/Bangkok", &zone, &err), err);
    style.zone = zone;
    CHECK_OK(parse_time(STR_LIT("2025-10-07 09:50:26"), &style, &got, &err), err);
    CHECK_INT(got, at(2025, 10, 7, 2, 50, 26));
    CHECK_OK(parse_time(STR_LIT("2025-10-07T09:50:26Z"), &style, &got, &err), err);
    CHECK_INT(got, at(2025, 10, 7, 9, 50, 26));
    CHECK_OK(parse_time(STR_LIT("07.10.25 09:50 UTC+1"), &(struct read_style){.dates = DATES_DMY},
                        &got, &err),
             err);
    CHECK_INT(got, at(2025, 10, 7, 8, 50, 0));
    CHECK_OK(parse_day(STR_LIT("2025-10-07 23:50:26 -0800"), &style, &got, &err), err);
    CHECK_INT(got, civil_to_days(2025, 10, 7));
    CHECK_OK(parse_day(STR_LIT("1759858200"), &style, &got, &err), err); /* 17:30 UTC */
    CHECK_INT(got, civil_to_days(2025, 10, 8));
    CHECK_OK(parse_day(STR_LIT("n/a"), &style, &got, &err), err);
    CHECK_INT(got, 0);
    style.buddhist = true;
    CHECK_OK(parse_day(STR_LIT("2569-04-03"), &style, &got, &err), err);
    CHECK_INT(got, civil_to_days(2026, 4, 3));
    CHECK_OK(parse_day(STR_LIT("๒๕/๐๔/๖๙"), &style, &got, &err), err);
    CHECK_INT(got, civil_to_days(2026, 4, 25));
    CHECK_OK(parse_day(STR_LIT("2026-04-03"), &style, &got, &err), err);
    CHECK_INT(got, civil_to_days(2026, 4, 3));
    zone_close(zone);
}

int main(void)
{
    micros();
    money_and_counts();
    settling();
    reals();
    flags();
    times();
    no_times();
    days_and_zones();
    return tap_done();
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "shop/rates.h"

#include <unistd.h>

#include "base/timestamp.h"
#include "tap.h"

static int64_t convert(const struct rates *rates, int64_t minor, const char *from, const char *to,
                       int64_t day)
{
    struct err err = ERR_INIT;
    int64_t out = -999;

    CHECK_OK(rates_convert(rates, minor, str_of(from), str_of(to), day, &out, &err), err);
    return out;
}

static void conversion(struct rates *rates)
{
    struct err err = ERR_INIT;
    int64_t day = civil_to_days(2026, 7, 1), out = 7;

    CHECK_OK(rates_add(rates, day, STR_LIT("usd"), STR_LIT("EUR"), STR_LIT("0.5"), &err), err);
    CHECK_OK(rates_add(rates, day + 10, STR_LIT("USD"), STR_LIT("EUR"), STR_LIT("0.25"), &err),
             err);
    CHECK_OK(rates_add(rates, day, STR_LIT("JPY"), STR_LIT("KWD"), STR_LIT("0.00205"), &err), err);
    CHECK_OK(rates_add(rates, day, STR_LIT("KWD"), STR_LIT("JPY"), STR_LIT("488"), &err), err);
    CHECK_INT(convert(rates, 100, "USD", "EUR", day), 50);
    CHECK_INT(convert(rates, 101, "USD", "EUR", day + 9), 51); /* 50.5: half away from zero */
    CHECK_INT(convert(rates, -101, "USD", "EUR", day + 9), -51);
    CHECK_INT(convert(rates, 101, "USD", "EUR", day + 10), 25);
    CHECK_INT(convert(rates, 100, "USD", "EUR", day + 4000), 25);
    CHECK_INT(convert(rates, 1000, "JPY", "KWD", day), 2050); /* 0 decimals to 3 */
    CHECK_INT(convert(rates, 1500, "KWD", "JPY", day), 732);  /* 3 decimals to 0 */
    CHECK_INT(convert(rates, 123, "EUR", "eur", 5), 123);
    CHECK_INT(convert(rates, AMOUNT_NONE, "USD", "EUR", day), AMOUNT_NONE);
    CHECK(rates_convert(rates, 1, STR_LIT("USD"), STR_LIT("EUR"), day - 1, &out, &err) ==
          ERR_NOT_FOUND);
    CHECK_STR(err.msg, "there is no exchange rate from USD to EUR for 2026-06-30");
    CHECK_STR(err.hint, "Add a row \"2026-06-30,USD,EUR,RATE\" to the file of exchange rates.");
    CHECK(rates_convert(rates, 1, STR_LIT("EUR"), STR_LIT("USD"), day, &out, &err) ==
          ERR_NOT_FOUND);
    CHECK(rates_convert(rates, 1, STR_LIT("EUR"), STR_LIT("XXQ"), day, &out, &err) == ERR_INVALID);
    CHECK(rates_convert(rates, INT64_MAX, STR_LIT("KWD"), STR_LIT("JPY"), day, &out, &err) ==
          ERR_OK);
    CHECK_INT(out, INT64_C(4501005553985130594)); /* 9223372036854775807 x 0.488, rounded */
    CHECK_INT(rates_count(rates), 4);
}

static void refusals(struct rates *rates)
{
    static const char *const wrong[] = {"",
                                        "0",
                                        "-1",
                                        "1,5",
                                        "1e3",
                                        "x",
                                        "1.2.3",
                                        "1234567890123456789",
                                        "0.0000000000000000000001"};
    struct err err = ERR_INIT;
    int64_t out;

    for (size_t i = 0; i < TM_COUNT(wrong); i++)
        CHECK_MSG(rates_add(rates, 9, STR_LIT("USD"), STR_LIT("THB"), str_of(wrong[i]), &err) ==
                      ERR_INVALID,
                  "the rate \"%s\" is refused", wrong[i]);
    CHECK(rates_add(rates, 9, STR_LIT("USDX"), STR_LIT("THB"), STR_LIT("1"), &err) == ERR_INVALID);
    CHECK_OK(rates_add(rates, 9, STR_LIT("USD"), STR_LIT("KWD"), STR_LIT("999999999"), &err), err);
    CHECK_OK(rates_add(rates, 9, STR_LIT("USD"), STR_LIT("KWD"), STR_LIT("999999999"), &err), err);
    CHECK(rates_add(rates, 9, STR_LIT("USD"), STR_LIT("KWD"), STR_LIT("2"), &err) == ERR_INVALID);
    CHECK(rates_convert(rates, INT64_MAX, STR_LIT("USD"), STR_LIT("KWD"), 9, &out, &err) ==
          ERR_TOO_LARGE);
}

static enum err_code read_text(struct rates *rates, const char *text, struct err *err)
{
    char path[] = "/tmp/rates-XXXXXX";
    int fd = mkstemp(path);
    FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
    enum err_code code;

    if (!f || fputs(text, f) < 0 || fclose(f) != 0)
        abort();
    code = rates_read(rates, path, err);
    unlink(path);
    return code;
}

static void files(void)
{
    struct rates *rates = rates_new();
    struct err err = ERR_INIT;

    CHECK_OK(read_text(rates,
                       "to,Date,from,rate\nEUR,2026-07-01,THB,0.0265\n"
                       "EUR,2026-08-01,THB,0.03\n",
                       &err),
             err);
    CHECK_INT(rates_count(rates), 2);
    CHECK_INT(convert(rates, 100000, "THB", "EUR", civil_to_days(2026, 7, 31)), 2650);
    CHECK(read_text(rates, "date,from,to\n2026-07-01,THB,EUR\n", &err) == ERR_INVALID);
    CHECK_STR(err.msg, "the column \"rate\" is missing");
    err = ERR_INIT;
    CHECK(read_text(rates, "date,from,to,rate\n2026-07-01,USD,EUR,none\n", &err) == ERR_INVALID);
    CHECK(strstr(err.context, "line 2"));
    CHECK(read_text(rates, "date,from,to,rate\n03/04/2026,USD,EUR,1.5\n", &err) == ERR_AMBIGUOUS);
    CHECK(read_text(rates, "date,from,to,rate\n,USD,EUR,1.5\n", &err) == ERR_INVALID);
    rates_free(rates);
}

int main(void)
{
    struct rates *rates = rates_new();

    files();

    conversion(rates);
    refusals(rates);
    rates_free(rates);
    rates_free(NULL);
    return tap_done();
}

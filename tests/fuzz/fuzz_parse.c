/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "fuzz.h"

#include "base/parse.h"

static void check_code(enum err_code code, const struct err *err)
{
    MUST(code == ERR_OK || code == ERR_INVALID || code == ERR_AMBIGUOUS);
    MUST(code == ERR_OK || err->msg[0]);
    MUST(code != ERR_AMBIGUOUS || err->hint[0]);
}

/* What a text means to one who knows how it is written, it means also to one who does not,
 * unless that one says so. */
static void numbers(struct str s)
{
    struct read_style unknown = {0}, settled;
    struct err err = ERR_INIT;
    int64_t guess = 0, known = 0;
    enum err_code code = parse_micros(s, &unknown, &guess, &err);

    check_code(code, &err);
    MUST(unknown.ambiguous_number == (code == ERR_AMBIGUOUS));
    for (int mark = DECIMALS_POINT; mark <= DECIMALS_COMMA; mark++) {
        enum err_code again;

        settled = (struct read_style){.decimals = (enum decimal_mark)mark};
        again = parse_micros(s, &settled, &known, NULL);
        MUST(again != ERR_AMBIGUOUS);
        MUST(code != ERR_OK || again != ERR_OK || guess == known);
        MUST(code != ERR_AMBIGUOUS || again == ERR_OK);
    }
}

static void amounts(struct str s, int decimals)
{
    struct read_style style = {.decimals = DECIMALS_POINT};
    struct err err = ERR_INIT;
    int64_t n;
    double x;

    check_code(parse_money(s, decimals, &style, &n, &err), &err);
    check_code(parse_count(s, &style, &n, &err), &err);
    check_code(parse_flag(s, &n, &err), &err);
    if (parse_real(s, &style, &x, &err) == ERR_OK)
        MUST(!isinf(x));
}

static void dates(struct str s, bool buddhist)
{
    struct read_style unknown = {.buddhist = buddhist}, settled;
    struct err err = ERR_INIT;
    int64_t guess = 0, known = 0, day;
    enum err_code code = parse_time(s, &unknown, &guess, &err);

    check_code(code, &err);
    MUST(unknown.ambiguous_date == (code == ERR_AMBIGUOUS));
    for (int order = DATES_DMY; order <= DATES_MDY; order++) {
        enum err_code again;

        settled = (struct read_style){.dates = (enum date_order)order, .buddhist = buddhist};
        again = parse_time(s, &settled, &known, NULL);
        MUST(again != ERR_AMBIGUOUS);
        /* Between points the day comes first unless it was said otherwise. */
        MUST(code != ERR_OK || again != ERR_OK || guess == known ||
             (unknown.saw_dmy && order == DATES_MDY));
        MUST((parse_day(s, &settled, &day, NULL) == ERR_OK) == (again == ERR_OK));
    }
    if (code == ERR_OK && read_style_settle(&unknown, &err) == ERR_OK)
        MUST(parse_time(s, &unknown, &known, NULL) == ERR_OK && known == guess);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str s;

    if (size < 1)
        return 0;
    s = (struct str){(const char *)data + 1, size - 1};
    numbers(s);
    amounts(s, data[0] % 7);
    dates(s, data[0] >= 128);
    return 0;
}

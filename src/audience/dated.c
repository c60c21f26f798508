/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "audience/dated.h"

#include "audience/words.h"
#include "base/timestamp.h"

enum { YEARS_MAX = 60 };

static bool is_birthday(const struct word *word)
{
    return word->way == WAY_MADE && word->column == MADE_BIRTHDAY;
}

enum err_code audience_dated_check(const char *attribute, bool every_year, struct err *err)
{
    const struct word *word = word_attribute(str_of(attribute));

    if (!word || word->type != TYPE_DAY) {
        err_set(err, ERR_INVALID, "people have no date called \"%s\"", attribute);
        err_hint(err, "Dates of people are birthday, first_order_date, last_order_date, "
                      "customer_added_date and the other days in docs/segments.md.");
        return ERR_INVALID;
    }
    if (is_birthday(word) && !every_year)
        return err_set(err, ERR_INVALID, "\"%s\" comes every year: name it by every_year",
                       attribute);
    if (word->way == WAY_LATER)
        return err_set(err, ERR_INVALID, "\"%s\" is not known of anybody yet", attribute);
    return ERR_OK;
}

static bool is_leap(int year)
{
    return civil_month_days(year, 2) == 29;
}

static void add_day(struct buf *out, int year, int month, int day)
{
    buf_addf(out, "%04d-%02d-%02d", year, month, day);
}

static void add_years(struct buf *out, int year, int month, int day)
{
    const bool also_29 = month == 2 && day == 28 && !is_leap(year);

    for (int back = 1; back <= YEARS_MAX; back++) {
        if (month != 2 || day != 29 || is_leap(year - back)) {
            buf_addz(out, out->n && out->p[out->n - 1] != '(' ? ", " : "");
            add_day(out, year - back, month, day);
        }
        if (also_29 && is_leap(year - back)) {
            buf_addz(out, ", ");
            add_day(out, year - back, 2, 29);
        }
    }
}

void audience_dated_text(const char *attribute, bool every_year, int64_t day, struct buf *out)
{
    const struct word *word = word_attribute(str_of(attribute));
    int year, month, d;

    civil_from_days(day, &year, &month, &d);
    if (word && is_birthday(word)) {
        buf_addf(out, "birthday_month = %d AND birthday_day %s %d%s", month,
                 month == 2 && d == 28 && !is_leap(year) ? "IN (29," : "=", d,
                 month == 2 && d == 28 && !is_leap(year) ? ")" : "");
    } else if (every_year) {
        buf_addf(out, "%s IN (", attribute);
        add_years(out, year, month, d);
        buf_addc(out, ')');
    } else {
        buf_addf(out, "%s = ", attribute);
        add_day(out, year, month, d);
    }
}

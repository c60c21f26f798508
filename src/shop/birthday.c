/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "shop/birthday.h"

struct groups {
    int n[3], digits[3];
    size_t count;
    char mark; /* between them */
};

/* Numbers between one kind of mark; false: something else stands there. */
static bool read_groups(struct str s, struct groups *out)
{
    *out = (struct groups){.count = 0};
    for (size_t i = 0; i < s.n; i++) {
        const char c = s.p[i];

        if (isdigit((unsigned char)c)) {
            if (i == 0 || !isdigit((unsigned char)s.p[i - 1])) {
                if (out->count == TM_COUNT(out->n))
                    return false;
                out->count++;
            }
            if (out->digits[out->count - 1]++ == 4)
                return false;
            out->n[out->count - 1] = out->n[out->count - 1] * 10 + (c - '0');
        } else if (!strchr("-/.", c) || (out->mark && out->mark != c) || !out->count) {
            return false;
        } else {
            out->mark = c;
        }
    }
    return out->count >= 2;
}

static bool is_day(int year, int month, int day)
{
    const struct civil c = {.year = year, .month = month, .day = day};

    return civil_valid(&c);
}

static bool keep(int year, int month, int day, char out[BIRTHDAY_SIZE])
{
    const bool unknown = (year == 1900 || year == 1970) && month == 1 && day == 1;

    if (unknown || year < 1900 || !is_day(year, month, day))
        return false;
    snprintf(out, BIRTHDAY_SIZE, "%02u-%02u", (unsigned)month % 100, (unsigned)day % 100);
    return true;
}

/* Two numbers of which one is the month. A year that has 29 February stands for one not told. */
static bool keep_either(int year, int a, int b, enum date_order order, char out[BIRTHDAY_SIZE])
{
    if (order == DATES_UNKNOWN)
        order = a > 12 ? DATES_DMY : b > 12 || a == b ? DATES_MDY : DATES_UNKNOWN;
    if (order == DATES_UNKNOWN)
        return false;
    return order == DATES_MDY ? keep(year, a, b, out) : keep(year, b, a, out);
}

bool birthday_of(struct str said, enum date_order order, char out[BIRTHDAY_SIZE])
{
    static const int no_year = 2000;
    struct str s = str_trim(said);
    struct groups g;
    bool yearless = s.n > 2 && s.p[0] == '-' && s.p[1] == '-';

    out[0] = '\0';
    if (yearless)
        s = (struct str){s.p + 2, s.n - 2};
    for (size_t i = 8; i < s.n; i++)
        if (s.p[i] == 'T' || s.p[i] == ' ')
            s.n = i;
    if (!read_groups(s, &g) || (yearless && g.count != 2))
        return false;
    if (g.count == 3 && g.digits[0] == 4)
        return keep(g.n[0], g.n[1], g.n[2], out);
    if (g.count == 3 && g.digits[2] != 4)
        return false;
    if (g.count == 2 && g.mark == '-')
        return keep(no_year, g.n[0], g.n[1], out);
    return keep_either(g.count == 3 ? g.n[2] : no_year, g.n[0], g.n[1],
                       g.mark == '.' ? DATES_DMY : order, out);
}

bool birthday_parts(struct str birthday, int *out_month, int *out_day)
{
    char whole[BIRTHDAY_SIZE];

    if (birthday.n != BIRTHDAY_SIZE - 1 || !birthday_of(birthday, DATES_UNKNOWN, whole) ||
        !str_eqz(birthday, whole))
        return false;
    *out_month = (whole[0] - '0') * 10 + whole[1] - '0';
    *out_day = (whole[3] - '0') * 10 + whole[4] - '0';
    return true;
}

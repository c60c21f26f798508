/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/json_amount.h"

#include "base/parse.h"

enum { MICRO_DECIMALS = 6 };

/* JSON has no decimals: the number is a double here, and leaves as whole units. */
static int64_t whole(double x, int decimals)
{
    for (int i = 0; i < decimals; i++)
        x *= 10;
    return isfinite(x) && fabs(x) < 9e15 ? llround(x) : AMOUNT_NONE;
}

int64_t json_minor(struct json_value v, int decimals)
{
    struct read_style style = {.decimals = DECIMALS_POINT};
    int64_t minor;

    if (decimals < 0)
        return AMOUNT_NONE;
    if (json_type_of(v) != JSON_STRING)
        return whole(json_real(v, (double)NAN), decimals);
    return parse_money(json_text(v, STR_NONE), decimals, &style, &minor, NULL) == ERR_OK
               ? minor
               : AMOUNT_NONE;
}

int64_t json_micros(struct json_value v)
{
    struct read_style style = {.decimals = DECIMALS_POINT};
    int64_t micros;

    if (json_type_of(v) != JSON_STRING)
        return whole(json_real(v, (double)NAN), MICRO_DECIMALS);
    return parse_micros(json_text(v, STR_NONE), &style, &micros, NULL) == ERR_OK ? micros
                                                                                 : AMOUNT_NONE;
}

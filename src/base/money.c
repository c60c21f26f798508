/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/money.h"

#include <unicode/ucurr.h>

/* -1: not a currency. */
static int look_up(const UChar wide[4])
{
    UErrorCode status = U_ZERO_ERROR;
    int digits;

    if (!ucurr_isAvailable(wide, -1e15, 1e15, &status) || U_FAILURE(status))
        return -1;
    digits = ucurr_getDefaultFractionDigits(wide, &status);
    return U_FAILURE(status) || digits > 6 ? -1 : digits;
}

/* Asked for every amount of a file, nearly always of the same currency: the last answer is kept,
 * as looking it up costs more than reading the amount. */
int currency_decimals(struct str code)
{
    static _Thread_local struct {
        UChar wide[4];
        int digits;
    } last;
    UChar wide[4] = {0};

    if (code.n != 3)
        return -1;
    for (size_t i = 0; i < 3; i++) {
        if (!isalpha((unsigned char)code.p[i]))
            return -1;
        wide[i] = (UChar)toupper((unsigned char)code.p[i]);
    }
    if (memcmp(wide, last.wide, sizeof(wide)) != 0) {
        last.digits = look_up(wide);
        memcpy(last.wide, wide, sizeof(wide));
    }
    return last.digits;
}

static int64_t power_of_ten(int n)
{
    int64_t p = 1;

    while (n-- > 0)
        p *= 10;
    return p;
}

int64_t money_from_micros(int64_t micros, int decimals)
{
    int64_t unit = power_of_ten(6 - decimals);
    int64_t whole, rest;

    if (micros == AMOUNT_NONE)
        return AMOUNT_NONE;
    whole = micros / unit;
    rest = micros % unit;
    if (2 * (rest < 0 ? -rest : rest) >= unit && unit > 1)
        whole += micros < 0 ? -1 : 1;
    return whole;
}

void money_add_plain(struct buf *b, int64_t minor, int decimals)
{
    int64_t unit = power_of_ten(decimals);
    uint64_t size = minor < 0 ? 0 - (uint64_t)minor : (uint64_t)minor;

    if (minor < 0)
        buf_addc(b, '-');
    buf_addf(b, "%" PRIu64, size / (uint64_t)unit);
    if (decimals > 0)
        buf_addf(b, ".%0*" PRIu64, decimals, size % (uint64_t)unit);
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "shop/rates.h"

#include "base/timestamp.h"

enum { RATES_MAX = 1 << 20, RATE_DIGITS_MAX = 18 };

struct rate {
    char from[4], to[4];
    int64_t day;
    int64_t mantissa; /* the rate is mantissa / 10^scale */
    int scale;
};

struct rates {
    struct rate *rows; /* owned; sorted by pair and day */
    size_t n, cap;
};

struct rates *rates_new(void)
{
    return xcalloc(1, sizeof(struct rates));
}

void rates_free(struct rates *rates)
{
    if (!rates)
        return;
    free(rates->rows);
    free(rates);
}

void rates_freep(struct rates **rates)
{
    rates_free(*rates);
}

size_t rates_count(const struct rates *rates)
{
    return rates->n;
}

bool rates_next(const struct rates *rates, size_t *io_at, struct rate_row *out_row)
{
    const struct rate *row;

    if (*io_at >= rates->n)
        return false;
    row = &rates->rows[(*io_at)++];
    *out_row = (struct rate_row){.from = str_of(row->from),
                                 .to = str_of(row->to),
                                 .day = row->day,
                                 .rate = (double)row->mantissa / pow(10, row->scale)};
    return true;
}

static int rate_cmp(const struct rate *a, const struct rate *b)
{
    int c = strcmp(a->from, b->from);

    if (c == 0)
        c = strcmp(a->to, b->to);
    return c ? c : (a->day > b->day) - (a->day < b->day);
}

/* Number of rows that sort at or before `key`. */
static size_t rows_upto(const struct rates *rates, const struct rate *key)
{
    size_t lo = 0, hi = rates->n;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (rate_cmp(&rates->rows[mid], key) <= 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

static enum err_code set_code(char out[4], struct str code, struct err *err)
{
    code = str_trim(code);
    if (currency_decimals(code) < 0)
        return err_set(err, ERR_INVALID, "\"%.*s\" is not a currency code (ISO 4217)",
                       (int)(code.n < 40 ? code.n : 40), code.p);
    for (size_t i = 0; i < 3; i++)
        out[i] = (char)toupper((unsigned char)code.p[i]);
    out[3] = '\0';
    return ERR_OK;
}

static enum err_code set_rate(struct rate *row, struct str text, struct err *err)
{
    struct str s = str_trim(text);
    bool fraction = false, valid = s.n > 0;
    int digits = 0;

    for (size_t i = 0; i < s.n && valid; i++) {
        if (s.p[i] == '.' && !fraction) {
            fraction = true;
        } else if (s.p[i] >= '0' && s.p[i] <= '9' && digits < RATE_DIGITS_MAX) {
            row->mantissa = row->mantissa * 10 + (s.p[i] - '0');
            digits += row->mantissa > 0;
            row->scale += fraction;
            valid = row->scale <= RATE_DIGITS_MAX;
        } else {
            valid = false;
        }
    }
    if (valid && row->mantissa > 0)
        return ERR_OK;
    err_set(err, ERR_INVALID, "\"%.*s\" is not an exchange rate", (int)(s.n < 40 ? s.n : 40), s.p);
    err_hint(err,
             "Write it as a positive number with a decimal point and at most %d digits, "
             "such as 0.0275.",
             RATE_DIGITS_MAX);
    return ERR_INVALID;
}

enum err_code rates_add(struct rates *rates, int64_t day, struct str from, struct str to,
                        struct str rate, struct err *err)
{
    struct rate row = {.day = day};
    size_t at;

    TRY(set_code(row.from, from, err));
    TRY(set_code(row.to, to, err));
    TRY(set_rate(&row, rate, err));
    at = rows_upto(rates, &row);
    if (at > 0 && rate_cmp(&rates->rows[at - 1], &row) == 0) {
        const struct rate *old = &rates->rows[at - 1];

        if (old->mantissa == row.mantissa && old->scale == row.scale)
            return ERR_OK;
        return err_set(err, ERR_INVALID, "there are two rates from %s to %s of the same day",
                       row.from, row.to);
    }
    if (rates->n == RATES_MAX)
        return err_set(err, ERR_TOO_LARGE, "more than %d exchange rates", RATES_MAX);
    if (rates->n == rates->cap) {
        rates->cap = rates->cap ? rates->cap * 2 : 64;
        rates->rows = xrealloc(rates->rows, rates->cap * sizeof(*rates->rows));
    }
    memmove(&rates->rows[at + 1], &rates->rows[at], (rates->n - at) * sizeof(*rates->rows));
    rates->rows[at] = row;
    rates->n++;
    return ERR_OK;
}

static __int128 power10(int n)
{
    __int128 p = 1;

    while (n-- > 0)
        p *= 10;
    return p;
}

static enum err_code no_rate(struct err *err, const struct rate *key)
{
    int y, m, d;

    civil_from_days(key->day, &y, &m, &d);
    err_set(err, ERR_NOT_FOUND, "there is no exchange rate from %s to %s for %04d-%02d-%02d",
            key->from, key->to, y, m, d);
    err_hint(err, "Add a row \"%04d-%02d-%02d,%s,%s,RATE\" to the file of exchange rates.", y, m, d,
             key->from, key->to);
    return ERR_NOT_FOUND;
}

enum err_code rates_convert(const struct rates *rates, int64_t minor, struct str from,
                            struct str to, int64_t day, int64_t *out_minor, struct err *err)
{
    struct rate key = {.day = day};
    const struct rate *rate;
    __int128 x, divisor;
    size_t n;
    int shift;

    TRY(set_code(key.from, from, err));
    TRY(set_code(key.to, to, err));
    if (minor == AMOUNT_NONE || strcmp(key.from, key.to) == 0) {
        *out_minor = minor;
        return ERR_OK;
    }
    n = rows_upto(rates, &key);
    rate = n > 0 ? &rates->rows[n - 1] : NULL;
    if (!rate || strcmp(rate->from, key.from) != 0 || strcmp(rate->to, key.to) != 0)
        return no_rate(err, &key);
    shift = rate->scale + currency_decimals(str_of(key.from)) - currency_decimals(str_of(key.to));
    x = (__int128)minor * rate->mantissa;
    divisor = power10(shift > 0 ? shift : 0);
    if (__builtin_mul_overflow(x, power10(shift < 0 ? -shift : 0), &x))
        return err_set(err, ERR_TOO_LARGE, "an amount in %s is too large for %s", key.from, key.to);
    x = (x + (x < 0 ? -divisor : divisor) / 2) / divisor;
    if (x > INT64_MAX || x <= INT64_MIN)
        return err_set(err, ERR_TOO_LARGE, "an amount in %s is too large for %s", key.from, key.to);
    *out_minor = (int64_t)x;
    return ERR_OK;
}

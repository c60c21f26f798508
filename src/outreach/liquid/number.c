/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/liquid/number.h"

typedef __int128 int128;

/* mantissa / 10^scale */
struct decimal {
    int128 mantissa;
    int scale;
};

enum { SCALE_MAX = 34, QUOTIENT_DIGITS = 18 };

static const int128 int128_max = (int128)((~(unsigned __int128)0) >> 1);

static bool scale_up(int128 *v, int digits)
{
    for (; digits > 0; digits--) {
        if (__builtin_mul_overflow(*v, (int128)10, v))
            return false;
    }
    return true;
}

/* "-12.50", "1e-05"; false beyond the limits. */
static bool decimal_parse(const char *z, struct decimal *out)
{
    bool negative = *z == '-', point = false;
    int128 m = 0;
    int scale = 0;

    z += *z == '-' || *z == '+';
    for (; isdigit((unsigned char)*z) || (*z == '.' && !point); z++) {
        if (*z == '.') {
            point = true;
            continue;
        }
        if (m > int128_max / 10 - 1)
            return false;
        m = m * 10 + (*z - '0');
        scale += point;
    }
    if (*z == 'e')
        scale -= (int)strtol(z + 1, NULL, 10);
    if (scale > SCALE_MAX || scale < -SCALE_MAX)
        return false;
    if (scale < 0 && !scale_up(&m, -scale))
        return false;
    *out = (struct decimal){negative ? -m : m, scale > 0 ? scale : 0};
    return true;
}

/* The fewest digits that read back as the same number. */
static void shortest(double v, char text[40])
{
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, 40, "%.*e", digits - 1, v);
        if (strtod(text, NULL) == v)
            break;
    }
}

static bool decimal_of(struct value v, struct decimal *out)
{
    char text[40];

    if (v.type == VALUE_INT) {
        *out = (struct decimal){v.i, 0};
        return true;
    }
    if (!isfinite(v.f))
        return false;
    shortest(v.f, text);
    return decimal_parse(text, out);
}

/* Nearest double, by way of the decimal's digits. */
static double decimal_double(struct decimal d)
{
    char digits[64 + 16];
    size_t at = 64;
    unsigned __int128 m =
        d.mantissa < 0 ? -(unsigned __int128)d.mantissa : (unsigned __int128)d.mantissa;

    snprintf(digits + at, sizeof(digits) - at, "e%d", -d.scale);
    do {
        digits[--at] = (char)('0' + (int)(m % 10));
        m /= 10;
    } while (m);
    if (d.mantissa < 0)
        digits[--at] = '-';
    return strtod(digits + at, NULL);
}

static bool align(struct decimal *a, struct decimal *b)
{
    struct decimal *low = a->scale < b->scale ? a : b;
    int scale = a->scale < b->scale ? b->scale : a->scale;

    if (!scale_up(&low->mantissa, scale - low->scale))
        return false;
    low->scale = scale;
    return true;
}

static int128 floor_mod(int128 a, int128 b)
{
    int128 rest = a % b;

    return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

/* a / b to at least 18 digits more than there are in front. */
static bool decimal_divide(struct decimal a, struct decimal b, struct decimal *out)
{
    int128 m = a.mantissa, more;
    int scale = a.scale - b.scale;

    /* As many digits as there is room for: the divisor has 17 at most when it was a double. */
    while (m && scale < SCALE_MAX + QUOTIENT_DIGITS &&
           !__builtin_mul_overflow(m, (int128)10, &more)) {
        m = more;
        scale++;
    }
    *out = (struct decimal){m / b.mantissa, scale};
    return true;
}

static bool decimal_calculate(enum number_operation operation, struct decimal a, struct decimal b,
                              struct decimal *out)
{
    switch (operation) {
    case NUMBER_TIMES:
        out->scale = a.scale + b.scale;
        return out->scale <= SCALE_MAX * 2 &&
               !__builtin_mul_overflow(a.mantissa, b.mantissa, &out->mantissa);
    case NUMBER_DIVIDE:
        return decimal_divide(a, b, out);
    default:
        break;
    }
    if (!align(&a, &b))
        return false;
    out->scale = a.scale;
    if (operation == NUMBER_PLUS)
        return !__builtin_add_overflow(a.mantissa, b.mantissa, &out->mantissa);
    if (operation == NUMBER_MINUS)
        return !__builtin_sub_overflow(a.mantissa, b.mantissa, &out->mantissa);
    out->mantissa = floor_mod(a.mantissa, b.mantissa);
    return true;
}

static double as_double(struct value v)
{
    return v.type == VALUE_INT ? (double)v.i : v.f;
}

static double double_calculate(enum number_operation operation, double a, double b)
{
    double rest;

    switch (operation) {
    case NUMBER_PLUS:
        return a + b;
    case NUMBER_MINUS:
        return a - b;
    case NUMBER_TIMES:
        return a * b;
    case NUMBER_DIVIDE:
        return a / b;
    default:
        rest = fmod(a, b);
        return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
    }
}

/* False when the result is beyond 64 bits. */
static bool int_calculate(enum number_operation operation, int64_t a, int64_t b, int64_t *out)
{
    switch (operation) {
    case NUMBER_PLUS:
        return !__builtin_add_overflow(a, b, out);
    case NUMBER_MINUS:
        return !__builtin_sub_overflow(a, b, out);
    case NUMBER_TIMES:
        return !__builtin_mul_overflow(a, b, out);
    case NUMBER_DIVIDE:
        if (a == INT64_MIN && b == -1)
            return false;
        *out = a / b - (a % b != 0 && (a < 0) != (b < 0));
        return true;
    default:
        *out = b == -1 ? 0 : (int64_t)floor_mod(a, b);
        return true;
    }
}

enum err_code number_calculate(enum number_operation operation, struct value a, struct value b,
                               struct value *out_value, struct err *err)
{
    struct decimal x, y, z;
    int64_t whole;

    a = number_of(a);
    b = number_of(b);
    if ((operation == NUMBER_DIVIDE || operation == NUMBER_MODULO) && as_double(b) == 0)
        return err_set(err, ERR_INVALID, "division by zero");
    if (a.type == VALUE_INT && b.type == VALUE_INT && int_calculate(operation, a.i, b.i, &whole))
        *out_value = value_int(whole);
    else if (decimal_of(a, &x) && decimal_of(b, &y) && decimal_calculate(operation, x, y, &z))
        *out_value = value_float(decimal_double(z));
    else
        *out_value = value_float(double_calculate(operation, as_double(a), as_double(b)));
    return ERR_OK;
}

/* The text between blanks, when it is -?d+.d+ and nothing else. */
static bool fraction_of(struct str s, double *out)
{
    char text[64];
    size_t i = 0, before, after;

    s = str_trim(s);
    if (s.n == 0 || s.n >= sizeof(text))
        return false;
    memcpy(text, s.p, s.n);
    text[s.n] = '\0';
    i += text[0] == '-';
    before = strspn(text + i, "0123456789");
    if (!before || text[i + before] != '.')
        return false;
    after = strspn(text + i + before + 1, "0123456789");
    if (!after || i + before + 1 + after != s.n)
        return false;
    *out = strtod(text, NULL);
    return true;
}

/* What it begins with, 0 for nothing; held at the ends of 64 bits. *out_all: nothing else follows.
 */
static int64_t leading_int(struct str s, bool *out_all)
{
    size_t i = 0;
    bool negative;
    int64_t v = 0;

    s = str_trim(s);
    negative = s.n && s.p[0] == '-';
    i += s.n && (s.p[0] == '-' || s.p[0] == '+');
    *out_all = i < s.n;
    for (; i < s.n && isdigit((unsigned char)s.p[i]); i++) {
        int digit = s.p[i] - '0';

        if (__builtin_mul_overflow(v, 10, &v) ||
            __builtin_add_overflow(v, negative ? -digit : digit, &v)) {
            *out_all = false;
            return negative ? INT64_MIN : INT64_MAX;
        }
    }
    *out_all = *out_all && i == s.n;
    return v;
}

struct value number_of(struct value v)
{
    double fraction;
    bool all;

    if (v.type == VALUE_INT || v.type == VALUE_FLOAT)
        return v;
    if (v.type != VALUE_STRING)
        return value_int(0);
    if (fraction_of(value_text(v), &fraction))
        return value_float(fraction);
    return value_int(leading_int(value_text(v), &all));
}

enum err_code number_whole(struct value v, int64_t *out_n, struct err *err)
{
    bool all = v.type == VALUE_INT;
    int64_t n = all ? v.i : leading_int(value_text(v), &all);

    if (!all)
        return err_set(err, ERR_INVALID, "a whole number is needed");
    *out_n = n;
    return ERR_OK;
}

static struct value whole_of(double v)
{
    if (v >= -9.2e18 && v <= 9.2e18)
        return value_int((int64_t)v);
    return value_float(v);
}

/* Rounded to tens for negative decimals. */
static struct value round_int(int64_t v, int64_t decimals)
{
    int128 unit = 1, half;

    if (decimals >= 0)
        return value_int(v);
    if (decimals < -18)
        return value_int(0);
    scale_up(&unit, (int)-decimals);
    half = v < 0 ? -unit / 2 : unit / 2;
    return whole_of((double)((v + half) / unit * unit));
}

struct value number_round(struct value v, int64_t decimals)
{
    struct decimal d;
    int128 unit = 1;

    v = number_of(v);
    if (v.type == VALUE_INT)
        return round_int(v.i, decimals);
    if (decimals < -30 || decimals > 30 || !decimal_of(v, &d))
        return decimals == 0 ? whole_of(round(v.f)) : v;
    if (d.scale > decimals) {
        if (!scale_up(&unit, d.scale - (int)decimals))
            return decimals > 0 ? value_float(0) : value_int(0);
        d.mantissa = (d.mantissa + (d.mantissa < 0 ? -unit / 2 : unit / 2)) / unit;
        d.scale = (int)decimals;
    }
    return decimals == 0 ? whole_of(decimal_double(d)) : value_float(decimal_double(d));
}

struct value number_floor(struct value v)
{
    v = number_of(v);
    return v.type == VALUE_INT ? v : whole_of(floor(v.f));
}

struct value number_ceil(struct value v)
{
    v = number_of(v);
    return v.type == VALUE_INT ? v : whole_of(ceil(v.f));
}

void number_print_int(int64_t v, struct buf *out)
{
    char text[24];
    size_t at = sizeof(text);
    uint64_t rest = v < 0 ? -(uint64_t)v : (uint64_t)v;

    do {
        text[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (v < 0)
        text[--at] = '-';
    buf_add(out, text + at, sizeof(text) - at);
}

void number_print_float(double v, struct buf *out)
{
    char text[40], digits[24];
    size_t n = 0;
    long exponent;
    const char *e;

    if (!isfinite(v)) {
        buf_addz(out, isnan(v) ? "NaN" : v < 0 ? "-Infinity" : "Infinity");
        return;
    }
    shortest(v, text);
    e = strchr(text, 'e');
    exponent = strtol(e + 1, NULL, 10);
    for (const char *p = text; p < e; p++) {
        if (isdigit((unsigned char)*p))
            digits[n++] = *p;
    }
    while (n > 1 && digits[n - 1] == '0')
        n--;
    if (signbit(v))
        buf_addc(out, '-');
    if (v == 0)
        exponent = 0;
    if (exponent < -4 || exponent >= 16) {
        buf_addf(out, "%c.%.*se%c%02ld", digits[0], n > 1 ? (int)n - 1 : 1,
                 n > 1 ? digits + 1 : "0", exponent < 0 ? '-' : '+', labs(exponent));
    } else if (exponent < 0) {
        buf_addf(out, "0.%.*s%.*s", (int)(-exponent - 1), "0000", (int)n, digits);
    } else {
        for (size_t i = 0; i <= (size_t)exponent; i++)
            buf_addc(out, i < n ? digits[i] : '0');
        buf_addf(out, ".%.*s", n > (size_t)exponent + 1 ? (int)(n - (size_t)exponent - 1) : 1,
                 n > (size_t)exponent + 1 ? digits + exponent + 1 : "0");
    }
}

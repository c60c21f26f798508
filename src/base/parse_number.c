/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/parse_text.h"

#include "base/i18n.h"
#include "base/parse_currency.h"

#include <locale.h>

enum { DIGITS_MAX = 48, MICROS_PLACES = 6, NO_DECIMALS = -1 };

/* What may stand around the digits. */
enum { ALLOW_CURRENCY = 1, ALLOW_PERCENT = 2, ALLOW_EXPONENT = 4 };

/* A number as it is written: digits, of which `whole` stand before the decimal mark. */
struct number {
    bool negative;
    bool percent;
    int exponent;
    int n, whole;
    char digits[DIGITS_MAX];
};

static const char number_text[] = N_("a number");

static enum err_code note_proof(struct read_style *style, enum decimal_mark mark, struct str text,
                                struct err *err)
{
    bool comma = mark == DECIMALS_COMMA;
    bool other = comma ? style->saw_point : style->saw_comma;

    style->saw_comma = style->saw_comma || comma;
    style->saw_point = style->saw_point || !comma;
    if (style->decimals == mark || (style->decimals == DECIMALS_UNKNOWN && !other))
        return ERR_OK;
    err_set(err, ERR_INVALID,
            comma ? N_("\"%.*s\" is written with a decimal comma, other numbers are not")
                  : N_("\"%.*s\" is written with a decimal point, other numbers are not"),
            parse_shown(text), text.p);
    return ERR_INVALID;
}

/* What kinds of separators the text between first and last digit has. */
struct separators {
    int points, commas, soft, arabic;
    int last_point, last_comma, arabic_at; /* offsets */
};

static bool survey(struct str s, struct separators *out)
{
    *out = (struct separators){0};
    for (int i = 0; i < (int)s.n; i++) {
        char c = s.p[i];

        if (c == '.') {
            out->points++;
            out->last_point = i;
        } else if (c == ',') {
            out->commas++;
            out->last_comma = i;
        } else if (c == ARABIC_DECIMAL) {
            out->arabic++;
            out->arabic_at = i;
        } else if (c == ' ' || c == '\'' || c == ARABIC_GROUP) {
            out->soft++;
        } else if (!isdigit((unsigned char)c)) {
            return false;
        }
    }
    return s.n > 0;
}

/* Groups of three digits after a first of one to three; or, with commas, the Indian way: groups
 * of two and a last of three. One kind of separator throughout. */
static bool groups_are_regular(struct str s)
{
    int digits = 0, groups = 0, twos = 0;
    char separator = 0;

    for (size_t i = 0; i < s.n; i++) {
        if (isdigit((unsigned char)s.p[i])) {
            digits++;
            continue;
        }
        if (separator && s.p[i] != separator)
            return false;
        separator = s.p[i];
        if (digits == 0 || digits > 3 || (groups > 0 && digits == 1))
            return false;
        twos += groups > 0 && digits == 2;
        groups++;
        digits = 0;
    }
    if (groups == 0)
        return true;
    return digits == 3 && (twos == 0 || (separator == ',' && twos == groups - 1));
}

/* One mark of one kind, no other separators but soft ones before it: is it the decimal mark? */
static enum err_code judge_single(struct str s, struct read_style *style, enum decimal_mark mark,
                                  int at, bool soft, int *out_decimal, bool *out_proven,
                                  struct err *err)
{
    int after = (int)s.n - at - 1;

    *out_decimal = at;
    *out_proven = true;
    if (after == 0) {
        /* "12." says nothing; what follows a comma is missing. */
        *out_proven = false;
        return mark == DECIMALS_POINT && at > 0 ? ERR_OK : parse_refuse(s, number_text, err);
    }
    if (soft || after != 3 || at == 0 || at > 3 || s.p[0] == '0')
        return ERR_OK;
    *out_proven = false;
    if (style->decimals == DECIMALS_UNKNOWN) {
        style->ambiguous_number = true;
        err_set(err, ERR_AMBIGUOUS,
                "\"%.*s\" is either a number of thousands or one with three decimals",
                parse_shown(s), s.p);
        err_hint(err, "Say how numbers are written: --decimals point (1,234.5) or "
                      "--decimals comma (1.234,5).");
        return ERR_AMBIGUOUS;
    }
    if (style->decimals != mark)
        *out_decimal = NO_DECIMALS;
    return ERR_OK;
}

/* Finds the offset of the decimal mark, and the mark that the text proves to be in use. */
static enum err_code find_decimal(struct str s, struct read_style *style, int *out_decimal,
                                  enum decimal_mark *out_proof, struct err *err)
{
    struct separators sep;
    bool proven;

    *out_decimal = NO_DECIMALS;
    *out_proof = DECIMALS_UNKNOWN;
    if (!survey(s, &sep) || sep.arabic > 1)
        return parse_refuse(s, number_text, err);
    if (sep.arabic) {
        *out_decimal = sep.arabic_at;
    } else if (sep.points && sep.commas) {
        bool comma = sep.last_comma > sep.last_point;

        if ((comma ? sep.commas : sep.points) > 1)
            return parse_refuse(s, number_text, err);
        *out_decimal = comma ? sep.last_comma : sep.last_point;
        *out_proof = comma ? DECIMALS_COMMA : DECIMALS_POINT;
    } else if (sep.points > 1) {
        *out_proof = DECIMALS_COMMA;
    } else if (sep.commas > 1) {
        *out_proof = DECIMALS_POINT;
    } else if (sep.points || sep.commas) {
        enum decimal_mark mark = sep.points ? DECIMALS_POINT : DECIMALS_COMMA;

        TRY(judge_single(s, style, mark, sep.points ? sep.last_point : sep.last_comma, sep.soft > 0,
                         out_decimal, &proven, err));
        if (proven)
            *out_proof = mark;
    }
    return ERR_OK;
}

static enum err_code read_digits(struct str s, struct read_style *style, struct number *x,
                                 struct err *err)
{
    enum decimal_mark proof;
    struct str whole = s;
    int decimal;

    TRY(find_decimal(s, style, &decimal, &proof, err));
    if (decimal != NO_DECIMALS)
        whole.n = (size_t)decimal;
    if (!groups_are_regular(whole))
        return parse_refuse(s, number_text, err);
    x->n = x->whole = 0;
    for (int i = 0; i < (int)s.n; i++) {
        if (i == decimal)
            continue;
        if (!isdigit((unsigned char)s.p[i])) {
            if (decimal != NO_DECIMALS && i > decimal)
                return parse_refuse(s, number_text, err);
            continue;
        }
        if (x->n == DIGITS_MAX)
            return parse_refuse(s, N_("a number that can be held"), err);
        x->digits[x->n++] = s.p[i];
        x->whole += decimal == NO_DECIMALS || i < decimal;
    }
    if (x->n == 0)
        return parse_refuse(s, number_text, err);
    return proof ? note_proof(style, proof, s, err) : ERR_OK;
}

static void cut_front(struct str *s, size_t n)
{
    *s = str_trim((struct str){s->p + n, s->n - n});
}

static void cut_back(struct str *s, size_t n)
{
    *s = str_trim((struct str){s->p, s->n - n});
}

/* Takes off sign, brackets, currency and per cent. False when one of them comes twice. */
static bool strip(struct str *s, int allow, struct number *x)
{
    bool sign = false, currency = false;
    size_t k;

    if (s->n >= 2 && s->p[0] == '(' && s->p[s->n - 1] == ')') {
        *s = str_trim((struct str){s->p + 1, s->n - 2});
        x->negative = sign = true;
    }
    while (s->n && !isdigit((unsigned char)s->p[0])) {
        if (!sign && (s->p[0] == '-' || s->p[0] == '+')) {
            x->negative = s->p[0] == '-';
            sign = true;
            cut_front(s, 1);
        } else if ((allow & ALLOW_CURRENCY) && !currency && (k = parse_currency_before(*s)) > 0) {
            currency = true;
            cut_front(s, k);
        } else {
            break;
        }
    }
    while (s->n && !isdigit((unsigned char)s->p[s->n - 1])) {
        if (!sign && s->p[s->n - 1] == '-') {
            x->negative = sign = true;
            cut_back(s, 1);
        } else if ((allow & ALLOW_PERCENT) && !x->percent && s->p[s->n - 1] == '%') {
            x->percent = true;
            cut_back(s, 1);
        } else if ((allow & ALLOW_CURRENCY) && !currency && (k = parse_currency_after(*s)) > 0) {
            currency = true;
            cut_back(s, k);
        } else {
            break;
        }
    }
    return s->n > 0;
}

static bool strip_exponent(struct str *s, struct number *x)
{
    for (size_t i = 1; i + 1 < s->n; i++) {
        size_t from = i + 1;
        bool negative = s->p[from] == '-';

        if (s->p[i] != 'e' && s->p[i] != 'E')
            continue;
        from += negative || s->p[from] == '+';
        if (from == s->n || s->n - from > 3)
            return false;
        for (size_t k = from; k < s->n; k++) {
            if (!isdigit((unsigned char)s->p[k]))
                return false;
            x->exponent = x->exponent * 10 + (s->p[k] - '0');
        }
        x->exponent = negative ? -x->exponent : x->exponent;
        s->n = i;
        break;
    }
    return true;
}

/* A number in clean text. */
static enum err_code read_number(struct str text, int allow, struct read_style *style,
                                 struct number *x, struct err *err)
{
    struct str s = text;

    x->negative = x->percent = false;
    x->exponent = 0;
    if (!strip(&s, allow, x) || ((allow & ALLOW_EXPONENT) && !strip_exponent(&s, x)))
        return parse_refuse(text, number_text, err);
    return read_digits(s, style, x, err);
}

/* Whether a point with that many digits after it is known to be the decimal mark. */
static bool point_is_decimal(const struct read_style *style, ptrdiff_t after)
{
    if (style->decimals != DECIMALS_UNKNOWN)
        return style->decimals == DECIMALS_POINT;
    return style->saw_point && !style->saw_comma && after != 3;
}

/* The plain forms "-1234" and "-1234.5" that need no judging, without copying; false for all
 * others. Up to 18 digits. */
static bool read_plain(struct str s, const struct read_style *style, int places, int64_t *out)
{
    const char *p = s.p, *end = s.p + s.n, *first;
    bool negative = s.n && *p == '-';
    int64_t v = 0;
    int left = places;

    p += negative;
    first = p;
    for (; p < end && *p >= '0' && *p <= '9'; p++) {
        if (p - first == 18 - places)
            return false;
        v = v * 10 + (*p - '0');
    }
    if (p == first)
        return false;
    if (p < end) {
        if (*p != '.' || end - p - 1 > places || !point_is_decimal(style, end - p - 1))
            return false;
        for (p++; p < end; p++, left--) {
            if (*p < '0' || *p > '9')
                return false;
            v = v * 10 + (*p - '0');
        }
    }
    while (left-- > 0)
        v *= 10;
    *out = negative ? -v : v;
    return true;
}

/* The number times 10^places, rounded half away from zero. */
static bool scale(const struct number *x, int places, int64_t *out)
{
    int64_t v = 0;

    for (int i = 0; i < x->whole + places; i++) {
        int digit = i < x->n ? x->digits[i] - '0' : 0;

        if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, digit, &v))
            return false;
    }
    if (x->whole + places < x->n && x->digits[x->whole + places] >= '5' &&
        __builtin_add_overflow(v, 1, &v))
        return false;
    *out = x->negative ? -v : v;
    return true;
}

static enum err_code parse_scaled(struct str s, int allow, int places, struct read_style *style,
                                  int64_t *out, struct number *x, struct err *err)
{
    char memory[PARSE_TEXT_MAX];
    struct str text;

    x->n = x->whole = 0;
    if (read_plain(s, style, places, out))
        return ERR_OK;
    TRY(parse_clean(s, memory, number_text, &text, err));
    if (parse_is_unknown(text)) {
        *out = AMOUNT_NONE;
        return ERR_OK;
    }
    TRY(read_number(text, allow, style, x, err));
    if (!scale(x, places, out))
        return parse_refuse(text, N_("a number that can be held"), err);
    return ERR_OK;
}

enum err_code parse_micros(struct str s, struct read_style *style, int64_t *out_micros,
                           struct err *err)
{
    struct number x;

    return parse_scaled(s, ALLOW_CURRENCY, MICROS_PLACES, style, out_micros, &x, err);
}

enum err_code parse_money(struct str s, int decimals, struct read_style *style, int64_t *out_minor,
                          struct err *err)
{
    struct number x;

    assert(decimals >= 0 && decimals <= MICROS_PLACES);
    return parse_scaled(s, ALLOW_CURRENCY, decimals, style, out_minor, &x, err);
}

enum err_code parse_count(struct str s, struct read_style *style, int64_t *out_n, struct err *err)
{
    struct number x;
    int64_t n;

    TRY(parse_scaled(s, 0, 0, style, &n, &x, err));
    for (int i = x.whole; i < x.n; i++)
        if (x.digits[i] != '0')
            return parse_refuse(s, N_("a whole number"), err);
    *out_n = n;
    return ERR_OK;
}

/* Through the C library, in the locale "C" whatever the program's is. */
static double real_of_text(const char *text)
{
    locale_t c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    double x = c_locale ? strtod_l(text, NULL, c_locale) : (double)NAN;

    if (c_locale)
        freelocale(c_locale);
    return x;
}

static double to_real(const struct number *x)
{
    static const double tens[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                  1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                  1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    int exponent = x->exponent - (x->n - x->whole) - (x->percent ? 2 : 0);
    char text[DIGITS_MAX + 16];
    double v = 0;

    /* Both factors are exact, so the result is the nearest double (W. Clinger, "How to read
     * floating point numbers accurately", 1990). */
    if (x->n <= 15 && abs(exponent) < (int)TM_COUNT(tens)) {
        for (int i = 0; i < x->n; i++)
            v = v * 10 + (x->digits[i] - '0');
        v = exponent < 0 ? v / tens[-exponent] : v * tens[exponent];
    } else {
        snprintf(text, sizeof(text), "%.*se%d", x->n, x->digits, exponent);
        v = real_of_text(text);
    }
    return x->negative ? -v : v;
}

enum err_code parse_real(struct str s, struct read_style *style, double *out_x, struct err *err)
{
    char memory[PARSE_TEXT_MAX];
    struct number x;
    struct str text;
    double v = (double)NAN;
    bool bounded;

    TRY(parse_clean(s, memory, number_text, &text, err));
    /* "< 10%": a bound, not a value. */
    bounded = text.n > 1 && (text.p[0] == '<' || text.p[0] == '>');
    if (bounded)
        text = str_trim((struct str){text.p + 1, text.n - 1});
    if (!parse_is_unknown(text) && !str_eqz(text, "--%")) {
        TRY(read_number(text, ALLOW_PERCENT | ALLOW_EXPONENT, style, &x, err));
        v = to_real(&x);
        if (!isfinite(v))
            return parse_refuse(text, N_("a number that can be held"), err);
    }
    *out_x = bounded ? (double)NAN : v;
    return ERR_OK;
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "shop/identifier.h"

/* Values that stand for nobody, in lower case and no longer than BLOCKED_MAX. */
static const char *const blocked_words[] = {
    "-1",      "null", "(null)", "nil",       "none",    "(none)",    "nan",   "n/a",
    "na",      "#n/a", "void",   "undefined", "undef",   "anonymous", "anon",  "guest",
    "unknown", "test", "tester", "testing",   "abc123",  "true",      "false", "(not set)",
    "not set", "user", "admin",  "customer",  "visitor", "default",   "empty", "dummy",
};

enum {
    BLOCKED_MAX = 12,
    PHONE_DIGITS_MAX = 15,
    PHONE_DIGITS_MIN = 8,
    LOCAL_PART_MAX = 64,
    EMAIL_MAX = 254
};

static const struct phone_country {
    const char *country, *code, *trunk;
    size_t least, most;
} phone_countries[] = {
#define PHONE_COUNTRY(country, code, trunk, least, most) {country, code, trunk, least, most},
#include "shop/phone_countries.def"
#undef PHONE_COUNTRY
};

bool identifier_blocked(struct str value)
{
    bool only_zeros = true;

    value = str_trim(value);
    for (size_t i = 0; i < value.n; i++)
        only_zeros = only_zeros && (value.p[i] == '0' || value.p[i] == '-');
    if (only_zeros)
        return true;
    for (size_t i = 0; value.n <= BLOCKED_MAX && i < TM_COUNT(blocked_words); i++)
        if (tolower((unsigned char)value.p[0]) == blocked_words[i][0] &&
            str_ieqz(value, blocked_words[i]))
            return true;
    return false;
}

/* Without blanks and the apostrophe by which spreadsheets mark text. */
static struct str bare(struct str s)
{
    s = str_trim(s);
    if (s.n && s.p[0] == '\'')
        s = str_trim((struct str){s.p + 1, s.n - 1});
    return s;
}

static void set_text(struct identifier *out, struct str s)
{
    out->n = s.n <= IDENTIFIER_MAX ? s.n : 0;
    memcpy(out->text, s.p, out->n);
    out->text[out->n] = '\0';
}

static bool domain_valid(struct str domain)
{
    size_t label = 0, last = 0;
    bool dotted = false;

    for (size_t i = 0; i < domain.n; i++) {
        unsigned char c = (unsigned char)domain.p[i];

        if (c == '.') {
            if (label == 0 || domain.p[i - 1] == '-')
                return false;
            dotted = true;
            label = 0;
        } else if (isalnum(c) || c >= 0x80 || (c == '-' && label > 0)) {
            label++;
            last = label;
        } else {
            return false;
        }
    }
    return dotted && label >= 2 && last == label && domain.p[domain.n - 1] != '-';
}

static bool email_valid(struct str s)
{
    const char *at = memchr(s.p, '@', s.n);
    size_t local = at ? (size_t)(at - s.p) : 0;

    if (!at || local == 0 || local > LOCAL_PART_MAX || s.n > EMAIL_MAX)
        return false;
    if (s.p[0] == '.' || at[-1] == '.')
        return false;
    for (size_t i = 0; i < local; i++) {
        unsigned char c = (unsigned char)s.p[i];

        if (c <= ' ' || c == 0x7F || strchr("()<>[]:;,\\\"", (char)c) ||
            (c == '.' && s.p[i + 1] == '.'))
            return false;
    }
    return domain_valid((struct str){at + 1, s.n - local - 1});
}

void identifier_email(struct str raw, struct identifier *out)
{
    struct str s = bare(raw);

    set_text(out, STR_NONE);
    if (s.n >= 7 && str_ieqz((struct str){s.p, 7}, "mailto:"))
        s = str_trim((struct str){s.p + 7, s.n - 7});
    if (!email_valid(s) || identifier_blocked((struct str){s.p, s.n}))
        return;
    set_text(out, s);
    for (size_t i = 0; i < out->n; i++)
        if (out->text[i] >= 'A' && out->text[i] <= 'Z')
            out->text[i] = (char)(out->text[i] + ('a' - 'A'));
}

/* The value of the digit at s.p[0] and its length; ASCII, Arabic-Indic, Persian, Thai. */
static int digit_at(struct str s, size_t *out_n)
{
    const unsigned char *p = (const unsigned char *)s.p;

    *out_n = 1;
    if (p[0] >= '0' && p[0] <= '9')
        return p[0] - '0';
    *out_n = 2;
    if (s.n >= 2 && p[0] == 0xD9 && p[1] >= 0xA0 && p[1] <= 0xA9)
        return p[1] - 0xA0;
    if (s.n >= 2 && p[0] == 0xDB && p[1] >= 0xB0 && p[1] <= 0xB9)
        return p[1] - 0xB0;
    *out_n = 3;
    if (s.n >= 3 && p[0] == 0xE0 && p[1] == 0xB9 && p[2] >= 0x90 && p[2] <= 0x99)
        return p[2] - 0x90;
    return -1;
}

/* The digits of a number written with the usual punctuation; false for any other text. A zero in
 * brackets after a plus ("+49 (0)151") is a trunk prefix and left out. */
static bool phone_digits(struct str s, char out[32], size_t *out_n, bool *out_plus)
{
    size_t n = 0, len;

    *out_n = 0;
    *out_plus = s.n && s.p[0] == '+';
    if (s.n >= 2 && str_ends(s, ".0"))
        s.n -= 2;
    for (size_t i = *out_plus ? 1 : 0; i < s.n; i += len) {
        struct str rest = {s.p + i, s.n - i};
        int digit = digit_at(rest, &len);

        if (*out_plus && n > 0 && str_starts(rest, "(0)")) {
            len = 3;
        } else if (digit >= 0) {
            if (n == 31)
                return false;
            out[n++] = (char)('0' + digit);
        } else if (strchr(" ()-./", s.p[i])) {
            len = 1;
        } else if (str_starts(rest, "\xC2\xA0") || str_starts(rest, "\xE2\x80\x91")) {
            len = (unsigned char)s.p[i] == 0xC2 ? 2 : 3; /* no-break space and hyphen */
        } else {
            return false;
        }
    }
    if (!*out_plus && n > 2 && out[0] == '0' && out[1] == '0') {
        memmove(out, out + 2, n -= 2);
        *out_plus = true;
    }
    out[n] = '\0';
    *out_n = n;
    return n > 0;
}

static bool same_digit(const char *digits)
{
    return strspn(digits, (char[2]){digits[0], '\0'}) == strlen(digits);
}

static const struct phone_country *country_named(const char *iso)
{
    for (size_t i = 0; iso && i < TM_COUNT(phone_countries); i++)
        if (str_ieqz(str_of(iso), phone_countries[i].country))
            return &phone_countries[i];
    return NULL;
}

/* "66812345678" or "0812345678" -> "812345678"; false when it is no number of the country. */
static bool national(const struct phone_country *c, const char **digits, bool international)
{
    size_t code = strlen(c->code), trunk = strlen(c->trunk), n = strlen(*digits);

    if (international) {
        if (strncmp(*digits, c->code, code) != 0)
            return false;
        *digits += code;
        n -= code;
        if (c->trunk[0] == '0' && n > c->least && strncmp(*digits, c->trunk, trunk) == 0) {
            *digits += trunk;
            n -= trunk;
        }
    } else if (trunk && n > c->least && strncmp(*digits, c->trunk, trunk) == 0) {
        *digits += trunk;
        n -= trunk;
    }
    return n >= c->least && n <= c->most;
}

void identifier_phone(struct str raw, const char *country, struct identifier *out)
{
    char digits[32];
    const char *rest = digits;
    size_t n;
    bool plus;
    const struct phone_country *home;

    set_text(out, STR_NONE);
    if (!phone_digits(bare(raw), digits, &n, &plus) || same_digit(digits))
        return;
    home = country_named(country);
    if (plus) { /* a trunk prefix after the calling code is a slip of the pen */
        for (size_t i = 0; i < TM_COUNT(phone_countries); i++) {
            rest = digits;
            if (national(&phone_countries[i], &rest, true)) {
                home = &phone_countries[i];
                break;
            }
            home = NULL;
            rest = digits;
        }
    } else if (!home) {
        return;
    } else if (!national(home, &rest, false)) {
        rest = digits;
        if (!national(home, &rest, true))
            return;
    }
    n = (size_t)snprintf(out->text, sizeof(out->text), "+%s%s", home ? home->code : "", rest);
    if (n - 1 < PHONE_DIGITS_MIN || n - 1 > PHONE_DIGITS_MAX || out->text[1] == '0' ||
        same_digit(rest)) {
        set_text(out, STR_NONE);
        return;
    }
    out->n = n;
}

bool identifier_phone_country(const struct identifier *phone, char out[3])
{
    const struct phone_country *of = NULL;

    for (size_t i = 0; phone->n && i < TM_COUNT(phone_countries); i++) {
        const char *rest = phone->text + 1;

        if (!national(&phone_countries[i], &rest, true))
            continue;
        if (of)
            return false;
        of = &phone_countries[i];
    }
    if (of)
        snprintf(out, 3, "%s", of->country);
    return of != NULL;
}

/* "7.21045E+12": the spreadsheet has dropped digits, so it names nobody. */
static bool is_scientific(struct str s)
{
    const char *e = memchr(s.p, 'E', s.n);

    if (!e || e == s.p || !memchr(s.p, '.', s.n) || e + 2 >= s.p + s.n || e[1] != '+')
        return false;
    for (const char *p = s.p; p < s.p + s.n; p++)
        if (!isdigit((unsigned char)*p) && *p != '.' && p != e && p != e + 1)
            return false;
    return true;
}

void identifier_id(struct str raw, struct identifier *out)
{
    struct str s = bare(raw);
    size_t digits = 0;

    set_text(out, STR_NONE);
    while (digits < s.n && isdigit((unsigned char)s.p[digits]))
        digits++;
    if (digits > 0 && digits + 2 == s.n && str_ends(s, ".0"))
        s.n -= 2;
    if (s.n == 0 || identifier_blocked(s) || is_scientific(s))
        return;
    set_text(out, s);
}

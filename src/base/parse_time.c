/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/parse_text.h"

#include "base/i18n.h"
#include "base/parse_words.h"

enum { BUDDHIST_FIRST = 2400, BUDDHIST_LAST = 2700, BUDDHIST_OFFSET = 543, ZONE_HOURS_MAX = 15 };

/* A date and time as it is written. */
struct written {
    struct civil civil;
    bool has_zone;
    int64_t offset_us; /* of the zone: local minus UTC */
    bool is_instant;   /* a Unix time: `at_us` instead of the fields */
    int64_t at_us;
};

/* Reading position in clean text. */
struct cursor {
    struct str text; /* the whole, for messages */
    const char *p, *end;
};

static const char date_text[] = N_("a date");

static enum err_code refuse(const struct cursor *c, struct err *err)
{
    return parse_refuse(c->text, date_text, err);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool at_char(const struct cursor *c, char want)
{
    return c->p < c->end && *c->p == want;
}

static bool take_char(struct cursor *c, char want)
{
    if (!at_char(c, want))
        return false;
    c->p++;
    return true;
}

static void skip(struct cursor *c, const char *set)
{
    while (c->p < c->end && strchr(set, *c->p) && *c->p)
        c->p++;
}

/* The number at the cursor, at most 9 digits; returns how many there were, 0 for none. */
static int take_number(struct cursor *c, int *out)
{
    int n = 0, v = 0;

    while (n < 9 && c->p < c->end && is_digit(*c->p)) {
        v = v * 10 + (*c->p++ - '0');
        n++;
    }
    if (n)
        *out = v;
    return n;
}

/* Letters, beyond ASCII too, and the points of abbreviations. */
static struct str peek_word(const struct cursor *c)
{
    const char *p = c->p;

    while (p < c->end && (isalpha((unsigned char)*p) || (unsigned char)*p >= 0x80 || *p == '.'))
        p++;
    return (struct str){c->p, (size_t)(p - c->p)};
}

static enum err_code note_order(struct read_style *style, enum date_order order,
                                const struct cursor *c, struct err *err)
{
    bool dmy = order == DATES_DMY;
    bool other = dmy ? style->saw_mdy : style->saw_dmy;

    style->saw_dmy = style->saw_dmy || dmy;
    style->saw_mdy = style->saw_mdy || !dmy;
    if (style->dates == order || (style->dates == DATES_UNKNOWN && !other))
        return ERR_OK;
    return err_set(err, ERR_INVALID,
                   dmy ? N_("\"%.*s\" has the day first, other dates do not")
                       : N_("\"%.*s\" has the month first, other dates do not"),
                   parse_shown(c->text), c->text.p);
}

/* a/b/year: which is the day? Between points it comes first wherever dates are written so (CLDR
 * has no pattern "MM.dd.y"). */
static enum err_code order_parts(int a, int b, char separator, struct read_style *style,
                                 const struct cursor *c, struct civil *out, struct err *err)
{
    enum date_order order = style->dates;

    if (a > 12 && b > 12)
        return refuse(c, err);
    if (a > 12 || b > 12) {
        order = a > 12 ? DATES_DMY : DATES_MDY;
        TRY(note_order(style, order, c, err));
    } else if (order == DATES_UNKNOWN && separator == '.') {
        order = DATES_DMY;
        TRY(note_order(style, order, c, err));
    } else if (a != b && order == DATES_UNKNOWN) {
        style->ambiguous_date = true;
        err_set(err, ERR_AMBIGUOUS, "\"%.*s\" can be read with the day or the month first",
                parse_shown(c->text), c->text.p);
        err_hint(err, "Say how dates are written: --dates dmy (day first) or "
                      "--dates mdy (month first).");
        return ERR_AMBIGUOUS;
    }
    out->day = order == DATES_MDY ? b : a;
    out->month = order == DATES_MDY ? a : b;
    return ERR_OK;
}

static enum err_code set_year(int year, int digits, const struct read_style *style,
                              const struct cursor *c, struct civil *out, struct err *err)
{
    if (digits == 2)
        year += style->buddhist ? 2500 : 2000;
    else if (digits != 4)
        return refuse(c, err);
    if (year >= BUDDHIST_FIRST && year <= BUDDHIST_LAST) {
        if (!style->buddhist) {
            err_set(err, ERR_INVALID,
                    "\"%.*s\" is a year of the Buddhist calendar (--buddhist reads it so)",
                    parse_shown(c->text), c->text.p);
            err_hint(err, "If it is meant so, say so: --buddhist.");
            return ERR_INVALID;
        }
        year -= BUDDHIST_OFFSET;
    }
    out->year = year;
    return ERR_OK;
}

/* Digits only: a day, a day and time, or a Unix time, told by their number. */
static enum err_code read_digits(struct cursor *c, const struct read_style *style,
                                 struct written *out, struct err *err)
{
    size_t n = (size_t)(c->end - c->p);
    struct civil *d = &out->civil;
    int64_t v = 0;

    for (const char *p = c->p; p < c->end && n <= 16; p++)
        v = v * 10 + (*p - '0');
    if (n == 8 || n == 14) {
        int64_t day = n == 8 ? v : v / 1000000;

        if (n == 14) {
            d->hour = (int)(v / 10000 % 100);
            d->minute = (int)(v / 100 % 100);
            d->second = (int)(v % 100);
        }
        d->month = (int)(day / 100 % 100);
        d->day = (int)(day % 100);
        return set_year((int)(day / 10000), 4, style, c, d, err);
    }
    if (n != 10 && n != 13 && n != 16)
        return refuse(c, err);
    out->is_instant = true;
    out->at_us = n == 10 ? v * US_PER_SECOND : n == 13 ? v * 1000 : v;
    return ERR_OK;
}

/* "2026-04-25", "25.04.2026", "4/25/26", "25-Apr-2026", after the first number. */
static enum err_code read_numeric(struct cursor *c, int first, int digits, struct read_style *style,
                                  struct written *out, struct err *err)
{
    char separator = *c->p++;
    int second = 0, third, third_digits, month = 0;

    if (digits != 4 && take_number(c, &second) == 0) {
        struct str word = peek_word(c);

        month = parse_month_word(word);
        if (!month)
            return refuse(c, err);
        c->p += word.n;
    } else if (digits == 4 && take_number(c, &second) == 0) {
        return refuse(c, err);
    }
    if (!take_char(c, separator))
        return refuse(c, err);
    third_digits = take_number(c, &third);
    if (third_digits == 0)
        return refuse(c, err);
    if (digits == 4) {
        out->civil.month = second;
        out->civil.day = third;
        return set_year(first, 4, style, c, &out->civil, err);
    }
    TRY(set_year(third, third_digits, style, c, &out->civil, err));
    if (!month)
        return order_parts(first, second, separator, style, c, &out->civil, err);
    out->civil.day = first;
    out->civil.month = month;
    return ERR_OK;
}

/* "Sep 3, 2026", "Tue, 3rd of September 2026", "3 de septiembre de 2026": the day is the number
 * that comes first, whatever the order of month and day. */
static enum err_code read_words(struct cursor *c, const struct read_style *style,
                                struct written *out, struct err *err)
{
    int day = 0, month = 0, year, digits;

    for (;;) {
        struct str word;

        skip(c, " ,.-/");
        word = peek_word(c);
        if (word.n == 0) {
            digits = take_number(c, &year);
            if (digits == 0)
                return refuse(c, err);
            if (day && month)
                break;
            if (day || digits > 2)
                return refuse(c, err);
            day = year;
            continue;
        }
        c->p += word.n;
        if (!month)
            month = parse_month_word(word);
        else if (!parse_is_filler(word))
            return refuse(c, err);
        if (!month && !parse_is_filler(word))
            return refuse(c, err);
    }
    out->civil.day = day;
    out->civil.month = month;
    return set_year(year, digits, style, c, &out->civil, err);
}

/* ".123456": up to nine digits, of which six count. */
static bool read_fraction(struct cursor *c, struct civil *out)
{
    int n = 0;

    out->micros = 0;
    for (; c->p < c->end && is_digit(*c->p); c->p++, n++)
        if (n < 6)
            out->micros = out->micros * 10 + (*c->p - '0');
    for (int i = n; i < 6; i++)
        out->micros *= 10;
    return n > 0 && n <= 9;
}

/* am and pm, after the clock time. */
static bool read_half_day(struct cursor *c, struct civil *out, bool *out_found)
{
    struct str word;
    int half;

    skip(c, " ");
    word = peek_word(c);
    half = parse_half_day_word(word);
    *out_found = half != 0;
    if (!half)
        return true;
    c->p += word.n;
    if (out->hour < 1 || out->hour > 12)
        return false;
    out->hour = out->hour % 12 + (half == 2 ? 12 : 0);
    return true;
}

/* Z, UTC, GMT, +hh, +hhmm or +hh:mm; the end of the text when there is none. */
static bool read_zone(struct cursor *c, struct written *out)
{
    int digits, hours = 0, minutes = 0;
    struct str word;
    bool west;

    skip(c, " ");
    word = peek_word(c);
    c->p += word.n;
    if (word.n && !str_ieqz(word, "z") && !str_ieqz(word, "utc") && !str_ieqz(word, "gmt"))
        return false;
    out->has_zone = word.n > 0;
    west = at_char(c, '-');
    if (!take_char(c, '+') && !take_char(c, '-'))
        return c->p == c->end;
    digits = take_number(c, &hours);
    if (digits == 4) {
        minutes = hours % 100;
        hours /= 100;
    } else if (digits < 1 || digits > 2 || (take_char(c, ':') && take_number(c, &minutes) != 2)) {
        return false;
    }
    out->has_zone = true;
    out->offset_us = (hours * 60 + minutes) * (60 * US_PER_SECOND) * (west ? -1 : 1);
    return hours <= ZONE_HOURS_MAX && minutes < 60 && c->p == c->end;
}

/* What follows the date: nothing, or a time of day and perhaps a zone. */
static bool read_clock(struct cursor *c, struct written *out)
{
    struct civil *t = &out->civil;
    struct str word;
    int digits;
    bool half_day, has_minutes;

    if (c->p == c->end)
        return true;
    if (!take_char(c, 'T') && !take_char(c, 't')) {
        if (!strchr(" ,", *c->p))
            return false;
        skip(c, " ,");
        word = peek_word(c);
        if (word.n && parse_is_filler(word))
            c->p += word.n;
        skip(c, " ");
    }
    digits = take_number(c, &t->hour);
    if (digits < 1 || digits > 2)
        return false;
    has_minutes = take_char(c, ':');
    if (has_minutes) {
        if (take_number(c, &t->minute) != 2)
            return false;
        if (take_char(c, ':')) {
            if (take_number(c, &t->second) != 2)
                return false;
            if ((take_char(c, '.') || take_char(c, ',')) && !read_fraction(c, t))
                return false;
        }
    }
    if (!read_half_day(c, t, &half_day) || (!has_minutes && !half_day))
        return false;
    return read_zone(c, out);
}

static enum err_code read_date(struct cursor *c, struct read_style *style, struct written *out,
                               struct err *err)
{
    const char *start = c->p;
    int first, digits;

    while (c->p < c->end && is_digit(*c->p))
        c->p++;
    if (c->p == c->end) {
        c->p = start;
        TRY(read_digits(c, style, out, err));
        c->p = c->end;
        return ERR_OK;
    }
    c->p = start;
    digits = take_number(c, &first);
    if (digits && (digits <= 2 || digits == 4) && c->p + 1 < c->end && strchr("-/.", *c->p) &&
        c->p[1] != ' ')
        return read_numeric(c, first, digits, style, out, err);
    c->p = start;
    return read_words(c, style, out, err);
}

static inline bool two(const char *p, int *out)
{
    unsigned a = (unsigned char)p[0] - '0', b = (unsigned char)p[1] - '0';

    *out = (int)(a * 10 + b);
    return a < 10 && b < 10;
}

/* "YYYY-MM-DD" alone or with "THH:MM:SS" or " HH:MM:SS", then nothing or Z: most of what comes. */
static bool read_iso(struct str s, struct written *out)
{
    const char *p = s.p;
    int century, year;

    if ((s.n != 10 && s.n != 19 && s.n != 20) || p[4] != '-' || p[7] != '-' || !two(p, &century) ||
        !two(p + 2, &year) || !two(p + 5, &out->civil.month) || !two(p + 8, &out->civil.day))
        return false;
    out->civil.year = century * 100 + year;
    if (out->civil.year >= BUDDHIST_FIRST)
        return false;
    if (s.n == 10)
        return true;
    if ((p[10] != 'T' && p[10] != ' ') || p[13] != ':' || p[16] != ':' ||
        (s.n == 20 && p[19] != 'Z'))
        return false;
    out->has_zone = s.n == 20;
    return two(p + 11, &out->civil.hour) && two(p + 14, &out->civil.minute) &&
           two(p + 17, &out->civil.second);
}

/* *out_known is false for the texts that stand for no date. */
static enum err_code read_written(struct str s, struct read_style *style, struct written *out,
                                  bool *out_known, struct err *err)
{
    char memory[PARSE_TEXT_MAX];
    struct cursor c = {0};

    *out = (struct written){0};
    *out_known = true;
    if (read_iso(s, out) && civil_valid(&out->civil))
        return ERR_OK;
    *out = (struct written){0};
    TRY(parse_clean(s, memory, date_text, &c.text, err));
    /* What MySQL writes for no date. */
    if (parse_is_unknown(c.text) || str_starts(c.text, "0000-00-00")) {
        *out_known = false;
        return ERR_OK;
    }
    c.p = c.text.p;
    c.end = c.p + c.text.n;
    TRY(read_date(&c, style, out, err));
    if (!out->is_instant && (!read_clock(&c, out) || !civil_valid(&out->civil)))
        return refuse(&c, err);
    return ERR_OK;
}

enum err_code parse_time(struct str s, struct read_style *style, int64_t *out_at_us,
                         struct err *err)
{
    struct written w;
    bool known;

    TRY(read_written(s, style, &w, &known, err));
    if (!known)
        *out_at_us = TIME_NONE;
    else if (w.is_instant)
        *out_at_us = w.at_us;
    else if (w.has_zone || !style->zone)
        *out_at_us = civil_to_utc(&w.civil) - w.offset_us;
    else
        *out_at_us = zone_to_utc(style->zone, &w.civil);
    return ERR_OK;
}

enum err_code parse_day(struct str s, struct read_style *style, int64_t *out_day, struct err *err)
{
    struct written w;
    bool known;

    TRY(read_written(s, style, &w, &known, err));
    if (w.is_instant)
        w.civil = style->zone ? zone_from_utc(style->zone, w.at_us) : civil_from_utc(w.at_us);
    *out_day = known ? civil_to_days(w.civil.year, w.civil.month, w.civil.day) : 0;
    return ERR_OK;
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/liquid/strftime.h"

#include <unicode/udat.h>
#include <unicode/ustring.h>

enum { MONTHS = 12, DAYS = 7, NAME_MAX_BYTES = 64, WIDTH_MAX = 64 };

struct names {
    bool ready;
    char month[MONTHS][NAME_MAX_BYTES], month_short[MONTHS][NAME_MAX_BYTES];
    char day[DAYS][NAME_MAX_BYTES], day_short[DAYS][NAME_MAX_BYTES];
};

/* One directive: %, flags, width, letter. */
struct directive {
    char letter;
    char pad; /* '0', ' ', '-' for none, 0 for the letter's own */
    bool upper, swap;
    int colons, width;
};

struct moment {
    struct civil civil;
    int64_t at_us, offset_us;
    int weekday, yearday; /* Sunday is 0; from 0 */
    enum language language;
};

static void read_names(UDateFormat *format, UDateFormatSymbolType type, int32_t first, int n,
                       char to[][NAME_MAX_BYTES])
{
    for (int i = 0; i < n; i++) {
        UErrorCode status = U_ZERO_ERROR;
        UChar wide[NAME_MAX_BYTES / 2];
        int32_t length = udat_getSymbols(format, type, first + i, wide, TM_COUNT(wide), &status);

        u_strToUTF8(to[i], NAME_MAX_BYTES, NULL, wide, length, &status);
        if (U_FAILURE(status))
            to[i][0] = '\0';
        to[i][NAME_MAX_BYTES - 1] = '\0';
    }
}

/* By ICU, once a thread and language. */
static const struct names *names_of(enum language language)
{
    static _Thread_local struct names all[LANG_COUNT];
    struct names *names = &all[language];
    UErrorCode status = U_ZERO_ERROR;
    UDateFormat *format;

    if (names->ready)
        return names;
    format =
        udat_open(UDAT_NONE, UDAT_LONG, language_codes[language], u"UTC", -1, NULL, 0, &status);
    if (U_SUCCESS(status)) {
        read_names(format, UDAT_STANDALONE_MONTHS, 0, MONTHS, names->month);
        read_names(format, UDAT_STANDALONE_SHORT_MONTHS, 0, MONTHS, names->month_short);
        read_names(format, UDAT_WEEKDAYS, 1, DAYS, names->day);
        read_names(format, UDAT_SHORT_WEEKDAYS, 1, DAYS, names->day_short);
        udat_close(format);
    }
    names->ready = true;
    return names;
}

static void number(struct buf *out, const struct directive *d, int64_t v, int width, char pad)
{
    char text[24];
    int n = snprintf(text, sizeof(text), "%" PRId64, v < 0 ? -v : v);

    if (d->pad)
        pad = d->pad;
    if (d->width)
        width = d->width;
    if (v < 0 && pad != ' ')
        buf_addc(out, '-');
    for (int i = n + (v < 0); pad != '-' && i < width; i++)
        buf_addc(out, pad);
    if (v < 0 && pad == ' ')
        buf_addc(out, '-');
    buf_add(out, text, (size_t)n);
}

/* Letters beyond ASCII have their case from the language and keep it. */
static void text(struct buf *out, const struct directive *d, const char *z, bool lower)
{
    int n = (int)strlen(z);

    for (int i = n; d->width && d->pad != '-' && i < d->width; i++)
        buf_addc(out, d->pad == '0' ? '0' : ' ');
    for (; *z; z++) {
        unsigned char c = (unsigned char)*z;

        buf_addc(out, (char)(d->upper || (d->swap && !lower) ? toupper(c)
                             : lower || (d->swap && lower)   ? tolower(c)
                                                             : c));
    }
}

/* ISO 8601: the week's year is that of its Thursday. */
static void iso_week(const struct moment *m, int *out_year, int *out_week)
{
    int64_t day = civil_to_days(m->civil.year, m->civil.month, m->civil.day);
    int64_t thursday = day + 3 - (m->weekday + 6) % 7;
    int month, of_month;

    civil_from_days(thursday, out_year, &month, &of_month);
    *out_week = (int)((thursday - civil_to_days(*out_year, 1, 1)) / 7) + 1;
}

/* +hh:mm with so many colons. */
static void offset(struct buf *out, const struct moment *m, int colons)
{
    int64_t s = m->offset_us / US_PER_SECOND, of = s < 0 ? -s : s;

    buf_addf(out, "%c%02" PRId64 "%s%02" PRId64, s < 0 ? '-' : '+', of / 3600, colons ? ":" : "",
             of / 60 % 60);
    if (colons == 2)
        buf_addf(out, ":%02" PRId64, of % 60);
}

static void add(struct buf *out, struct str format, const struct moment *m);

/* Directives that stand for several. */
static const char *composed(char letter)
{
    static const struct {
        char letter;
        const char *format;
    } table[] = {
        {'c', "%a %b %e %H:%M:%S %Y"},
        {'D', "%m/%d/%y"},
        {'x', "%m/%d/%y"},
        {'F', "%Y-%m-%d"},
        {'v', "%e-%^b-%Y"},
        {'X', "%H:%M:%S"},
        {'T', "%H:%M:%S"},
        {'r', "%I:%M:%S %p"},
        {'R', "%H:%M"},
        {'+', "%a %b %e %H:%M:%S %Z %Y"},
    };

    for (size_t i = 0; i < TM_COUNT(table); i++) {
        if (table[i].letter == letter)
            return table[i].format;
    }
    return NULL;
}

static bool add_number(struct buf *out, const struct directive *d, const struct moment *m)
{
    const struct civil *c = &m->civil;
    int hour12 = c->hour % 12 ? c->hour % 12 : 12, year, week;

    iso_week(m, &year, &week);
    const struct {
        char letter, pad;
        int width;
        int64_t v;
    } table[] = {
        {'Y', '0', c->year < 0 ? 5 : 1, c->year},
        {'C', '0', 2, c->year / 100},
        {'y', '0', 2, c->year % 100},
        {'m', '0', 2, c->month},
        {'d', '0', 2, c->day},
        {'e', ' ', 2, c->day},
        {'j', '0', 3, m->yearday + 1},
        {'H', '0', 2, c->hour},
        {'k', ' ', 2, c->hour},
        {'I', '0', 2, hour12},
        {'l', ' ', 2, hour12},
        {'M', '0', 2, c->minute},
        {'S', '0', 2, c->second},
        {'u', '0', 1, m->weekday ? m->weekday : 7},
        {'w', '0', 1, m->weekday},
        {'G', '0', 4, year},
        {'g', '0', 2, year % 100},
        {'V', '0', 2, week},
        {'U', '0', 2, (m->yearday + 7 - m->weekday) / 7},
        {'W', '0', 2, (m->yearday + 7 - (m->weekday + 6) % 7) / 7},
        {'s', '0', 1, (m->at_us - c->micros) / US_PER_SECOND},
    };

    for (size_t i = 0; i < TM_COUNT(table); i++) {
        if (table[i].letter == d->letter) {
            number(out, d, table[i].v, table[i].width, table[i].pad);
            return true;
        }
    }
    return false;
}

static bool add_word(struct buf *out, const struct directive *d, const struct moment *m)
{
    const struct names *names = names_of(m->language);
    const char *half = m->civil.hour < 12 ? "AM" : "PM";
    char fraction[16];
    int digits = d->width ? d->width : d->letter == 'L' ? 3 : 9;

    switch (d->letter) {
    case 'B':
        text(out, d, names->month[m->civil.month - 1], false);
        return true;
    case 'b':
    case 'h':
        text(out, d, names->month_short[m->civil.month - 1], false);
        return true;
    case 'A':
        text(out, d, names->day[m->weekday], false);
        return true;
    case 'a':
        text(out, d, names->day_short[m->weekday], false);
        return true;
    case 'p':
        text(out, d, half, d->swap);
        return true;
    case 'P':
        text(out, d, half, true);
        return true;
    case 'L':
    case 'N':
        snprintf(fraction, sizeof(fraction), "%06d000", m->civil.micros);
        for (int i = 0; i < digits; i++)
            buf_addc(out, i < 9 ? fraction[i] : '0');
        return true;
    case 'z':
        offset(out, m, d->colons);
        return true;
    case 'Z':
        if (m->offset_us)
            offset(out, m, 1);
        else
            text(out, d, "UTC", d->swap);
        return true;
    case 'n':
    case 't':
    case '%':
        buf_addc(out, d->letter == 'n' ? '\n' : d->letter == 't' ? '\t' : '%');
        return true;
    default:
        return false;
    }
}

/* Behind the "%" at `at`; 0 when it is no directive. */
static size_t read_directive(struct str format, size_t at, struct directive *out)
{
    size_t i = at + 1;

    *out = (struct directive){.letter = 0};
    for (; i < format.n && format.p[i] && strchr("-0^#_:", format.p[i]); i++) {
        char c = format.p[i];

        if (c == ':')
            out->colons++;
        else if (c == '^')
            out->upper = true;
        else if (c == '#')
            out->swap = true;
        else
            out->pad = c == '_' ? ' ' : c;
    }
    for (; i < format.n && isdigit((unsigned char)format.p[i]); i++) {
        if (out->width < WIDTH_MAX)
            out->width = out->width * 10 + (format.p[i] - '0');
    }
    if (out->width > WIDTH_MAX)
        out->width = WIDTH_MAX;
    if (i == format.n)
        return 0;
    out->letter = format.p[i];
    return i + 1 - at;
}

static void add(struct buf *out, struct str format, const struct moment *m)
{
    for (size_t i = 0; i < format.n;) {
        struct directive d;
        size_t n = format.p[i] == '%' ? read_directive(format, i, &d) : 0;
        const char *several = n ? composed(d.letter) : NULL;

        if (several)
            add(out, str_of(several), m);
        else if (!n || (!add_number(out, &d, m) && !add_word(out, &d, m)))
            buf_add(out, format.p + i, n ? n : 1);
        i += n ? n : 1;
    }
}

void strftime_add(struct buf *out, struct str format, int64_t at_us, struct zone *zone,
                  enum language language)
{
    struct moment m = {.at_us = at_us, .language = language};
    int64_t day;

    m.civil = zone ? zone_from_utc(zone, at_us) : civil_from_utc(at_us);
    m.offset_us = civil_to_utc(&m.civil) - at_us;
    day = civil_to_days(m.civil.year, m.civil.month, m.civil.day);
    m.weekday = (int)((((day + 4) % 7) + 7) % 7);
    m.yearday = (int)(day - civil_to_days(m.civil.year, 1, 1));
    add(out, format, &m);
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/mail/imap_line.h"

#include "base/timestamp.h"

bool imap_line(struct str *io_told, struct str *out)
{
    const char *lf = io_told->n ? memchr(io_told->p, '\n', io_told->n) : NULL;
    size_t n = lf ? (size_t)(lf - io_told->p) : io_told->n;

    if (!io_told->n)
        return false;
    *out = (struct str){io_told->p, n};
    io_told->p += lf ? n + 1 : n;
    io_told->n -= lf ? n + 1 : n;
    if (out->n && out->p[out->n - 1] == '\r')
        out->n--;
    return true;
}

/* A number that fits into 32 bits, as UIDs do. */
static bool take_number(struct str *io, int64_t *out)
{
    int64_t value = 0;
    size_t n = 0;

    for (; n < io->n && n < 10 && isdigit((unsigned char)io->p[n]); n++)
        value = value * 10 + (io->p[n] - '0');
    if (!n || value > UINT32_MAX || (n < io->n && isdigit((unsigned char)io->p[n])))
        return false;
    *io = (struct str){io->p + n, io->n - n};
    *out = value;
    return true;
}

static bool take_word(struct str *io, const char *word)
{
    const size_t n = strlen(word);

    if (io->n < n || strncasecmp(io->p, word, n) != 0)
        return false;
    *io = (struct str){io->p + n, io->n - n};
    return true;
}

static void skip(struct str *io, size_t n)
{
    *io = (struct str){io->p + n, io->n - n};
}

bool imap_status(struct str line, int64_t *out_validity, int64_t *out_next)
{
    const char *open = line.n ? memrchr(line.p, '(', line.n) : NULL;
    int64_t validity = 0, next = 0;

    if (!open || !take_word(&line, "* STATUS "))
        return false;
    skip(&line, (size_t)(open - line.p) + 1);
    while (line.n) {
        int64_t *to = take_word(&line, "UIDVALIDITY ") ? &validity
                      : take_word(&line, "UIDNEXT ")   ? &next
                                                       : NULL;

        if (to && !take_number(&line, to))
            return false;
        if (!to)
            skip(&line, 1);
    }
    if (validity <= 0 || next <= 0)
        return false;
    *out_validity = validity;
    *out_next = next;
    return true;
}

static bool take_day(struct str *io, struct civil *out)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    int64_t day, year;

    if (io->n && io->p[0] == ' ')
        skip(io, 1);
    if (!take_number(io, &day) || io->n < 5 || io->p[0] != '-' || io->p[4] != '-')
        return false;
    for (int m = 0; m < 12; m++)
        if (strncasecmp(io->p + 1, months + 3L * m, 3) == 0)
            out->month = m + 1;
    skip(io, 5);
    if (!take_number(io, &year) || day > 31 || year > 9999)
        return false;
    out->day = (int)day;
    out->year = (int)year;
    return true;
}

/* "17-Jul-1996 02:44:25 -0700"; TIME_NONE: it is none. */
static int64_t moment_of(struct str text)
{
    struct civil c = {0};
    unsigned hour, minute, second, zone_hour, zone_minute;
    char rest[32], sign;
    int end = 0;

    if (!take_day(&text, &c) || text.n >= sizeof(rest))
        return TIME_NONE;
    snprintf(rest, sizeof(rest), "%.*s", (int)text.n, text.p);
    if (sscanf(rest, " %2u:%2u:%2u %c%2u%2u%n", &hour, &minute, &second, &sign, &zone_hour,
               &zone_minute, &end) != 6 ||
        rest[end] || (sign != '+' && sign != '-'))
        return TIME_NONE;
    c.hour = (int)hour;
    c.minute = (int)minute;
    c.second = second > 59 ? 59 : (int)second;
    if (!civil_valid(&c))
        return TIME_NONE;
    return civil_to_utc(&c) -
           (sign == '-' ? -1 : 1) * (int64_t)(zone_hour * 60 + zone_minute) * 60 * US_PER_SECOND;
}

bool imap_mail(struct str line, struct imap_mail *out)
{
    struct imap_mail mail = {.at_us = TIME_NONE};
    int64_t number;

    if (!take_word(&line, "* ") || !take_number(&line, &number) || !take_word(&line, " FETCH ("))
        return false;
    while (line.n) {
        const char *end;

        if (take_word(&line, "UID ")) {
            if (!take_number(&line, &mail.uid))
                return false;
        } else if (take_word(&line, "FLAGS (")) {
            end = memchr(line.p, ')', line.n);
            if (!end)
                return false;
            mail.seen = memmem(line.p, (size_t)(end - line.p), "\\Seen", 5);
            skip(&line, (size_t)(end - line.p));
        } else if (take_word(&line, "INTERNALDATE \"")) {
            end = memchr(line.p, '"', line.n);
            if (!end)
                return false;
            mail.at_us = moment_of((struct str){line.p, (size_t)(end - line.p)});
            skip(&line, (size_t)(end - line.p));
        } else {
            skip(&line, 1);
        }
    }
    if (mail.uid > 0)
        *out = mail;
    return mail.uid > 0;
}

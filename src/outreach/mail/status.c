/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/mail/status.h"

enum { ANY = -1 };

/* RFC 3463, RFC 7505 and the registry of IANA. Not 5.1.7 and 5.1.8, which are about the sender. */
static const struct mail_status dead[] = {
    {5, 1, 1},  /* no such mailbox */
    {5, 1, 2},  /* no such domain */
    {5, 1, 3},  /* no address */
    {5, 1, 6},  /* moved, and nobody knows where */
    {5, 1, 10}, /* a domain that takes no mail at all */
    {5, 2, 1},  /* mailbox disabled */
};
static const struct mail_status slower[] = {
    {4, 7, ANY}, /* policy: rates, reputation, greylists */
    {4, 3, 2},   /* not accepting messages now */
    {4, 4, 5},   /* congestion */
    {4, 5, 3},   /* too many recipients */
};

/* As Postfix, Exim, Exchange, qmail, Gmail and Yahoo say it. In small letters. */
static const char *const dead_words[] = {
    "user unknown",
    "unknown user",
    "no such user",
    "no such recipient",
    "no such mailbox",
    "recipient unknown",
    "unknown recipient",
    "recipient not found",
    "mailbox not found",
    "mailbox unavailable or does not exist",
    "unrouteable address",
    "does not exist",
    "doesn't have a yahoo",
    "no mailbox here by that name",
    "account has been disabled",
    "account is disabled",
    "invalid recipient",
};

bool mail_status_read(struct str text, struct mail_status *out)
{
    int part[3] = {0};
    size_t i = 0;

    for (int k = 0; k < 3; k++) {
        size_t from = i;

        while (i < text.n && isdigit((unsigned char)text.p[i]) && i - from < 3)
            part[k] = part[k] * 10 + (text.p[i++] - '0');
        if (i == from || (k < 2 && (i >= text.n || text.p[i++] != '.')))
            return false;
    }
    if ((i < text.n && isalnum((unsigned char)text.p[i])) ||
        (part[0] != 2 && part[0] != 4 && part[0] != 5))
        return false;
    *out = (struct mail_status){part[0], part[1], part[2]};
    return true;
}

static bool among(const struct mail_status *status, const struct mail_status *table, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (table[i].kind == status->kind && table[i].subject == status->subject &&
            (table[i].detail == ANY || table[i].detail == status->detail))
            return true;
    return false;
}

bool mail_status_dead(const struct mail_status *status)
{
    return among(status, dead, TM_COUNT(dead));
}

bool mail_status_slower(const struct mail_status *status)
{
    return among(status, slower, TM_COUNT(slower));
}

bool mail_text_dead(struct str text)
{
    for (size_t i = 0; i < TM_COUNT(dead_words); i++)
        if (str_icontains(text, dead_words[i]))
            return true;
    return false;
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "fuzz.h"

#include "outreach/mail/imap_line.h"

/* Whatever a mail server tells: numbers are numbers of mails, and every line is looked at once. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str told = {(const char *)data, size}, line;
    size_t seen = 0;

    while (imap_line(&told, &line)) {
        struct imap_mail mail;
        int64_t validity, next;

        seen += line.n;
        MUST(line.n == 0 || !memchr(line.p, '\n', line.n));
        if (imap_mail(line, &mail))
            MUST(mail.uid > 0 && mail.uid <= UINT32_MAX);
        if (imap_status(line, &validity, &next))
            MUST(validity > 0 && next > 0 && next <= UINT32_MAX);
    }
    MUST(seen <= size && told.n == 0);
    return 0;
}

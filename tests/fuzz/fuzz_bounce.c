/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "fuzz.h"

#include "base/utf8.h"
#include "outreach/mail/bounce.h"

static void must_be_line(const char *text)
{
    MUST(utf8_first_invalid(str_of(text)) == strlen(text));
    for (const char *p = text; *p; p++)
        MUST((unsigned char)*p >= 0x20);
}

/* Any bytes come to an end, as one of the kinds; without keys nothing is proved. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bounce bounce;

    bounce_read(NULL, STR_NONE, (struct str){(const char *)data, size}, &bounce);
    MUST(bounce.kind < BOUNCE_KINDS && bounce_kind_name(bounce.kind));
    MUST(!bounce.proved);
    must_be_line(bounce.recipient);
    must_be_line(bounce.message_id);
    must_be_line(bounce.text);
    return 0;
}

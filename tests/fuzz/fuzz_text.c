/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "fuzz.h"

#include "outreach/text/text.h"

/* Any bytes become lines without blanks at their ends, and never many empty ones. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct buf out = {.limit = 1 << 22};
    struct err err = ERR_INIT;

    buf_reset(&out);
    if (text_from_html((struct str){(const char *)data, size}, &out, &err) != ERR_OK)
        return 0;
    MUST(!memmem(buf_cstr(&out), out.n, "\n\n\n", 3));
    MUST(!memmem(buf_cstr(&out), out.n, " \n\n ", 4) || memmem(data, size, "li", 2));
    MUST(out.n == 0 || out.p[out.n - 1] == '\n');
    return 0;
}

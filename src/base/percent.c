/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/percent.h"

static int hex(char c)
{
    return isdigit((unsigned char)c)    ? c - '0'
           : isxdigit((unsigned char)c) ? tolower((unsigned char)c) - 'a' + 10
                                        : -1;
}

int percent_byte(const char *p, size_t n)
{
    int high = n >= PERCENT_BYTES && p[0] == '%' ? hex(p[1]) : -1;
    int low = high >= 0 ? hex(p[2]) : -1;

    return low >= 0 ? high * 16 + low : -1;
}

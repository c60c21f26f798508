/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* form.c - the fields of what a service posts (application/x-www-form-urlencoded). */
#include "outreach/sms/sms.h"

#include "base/percent.h"

/* In place; what is no code stays as it is. */
static struct str decode(char *p, size_t n)
{
    size_t k = 0;

    for (size_t i = 0; i < n; i++) {
        int byte = percent_byte(p + i, n - i);

        if (byte >= 0)
            i += PERCENT_BYTES - 1;
        p[k++] = byte >= 0 ? (char)byte : p[i] == '+' ? ' ' : p[i];
    }
    return (struct str){p, k};
}

size_t sms_fields(char *body, size_t n, struct sms_field *out, size_t cap)
{
    size_t count = 0;

    for (size_t at = 0; at < n;) {
        char *and = memchr(body + at, '&', n - at), *end = and? and : body + n, *is;

        if (end > body + at) {
            if (count == cap)
                return 0;
            is = memchr(body + at, '=', (size_t)(end - body) - at);
            out[count].name = decode(body + at, (size_t)((is ? is : end) - body) - at);
            out[count++].value = is ? decode(is + 1, (size_t)(end - is) - 1) : STR_NONE;
        }
        at = (size_t)(end - body) + 1;
    }
    return count;
}

struct str sms_field(const struct sms_field *fields, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (str_eqz(fields[i].name, name))
            return fields[i].value;
    return STR_NONE;
}

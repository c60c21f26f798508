/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "report/ics.h"

#include "base/timestamp.h"

enum { LINE_BYTES = 75 };

void ics_line(struct buf *out, const char *name, const char *value)
{
    size_t used = strlen(name);

    buf_addz(out, name);
    for (const char *p = value; *p;) {
        size_t n = 1;

        while (((unsigned char)p[n] & 0xC0) == 0x80)
            n++;
        if (used + n > LINE_BYTES) {
            buf_addz(out, "\r\n ");
            used = 1;
        }
        buf_add(out, p, n);
        used += n;
        p += n;
    }
    buf_addz(out, "\r\n");
}

void ics_text(struct buf *out, const char *name, const char *text)
{
    struct buf b = BUF_INIT(1 << 16);

    for (const char *p = text; *p; p++) {
        if (*p == '\n') {
            buf_addz(&b, "\\n");
            continue;
        }
        if (*p == '\\' || *p == ';' || *p == ',')
            buf_addc(&b, '\\');
        if ((unsigned char)*p >= 0x20)
            buf_addc(&b, *p);
    }
    out->failed = out->failed || b.failed;
    ics_line(out, name, buf_cstr(&b));
    buf_release(&b);
}

void ics_time(struct buf *out, const char *name, int64_t at_us)
{
    struct civil at = civil_from_utc(at_us);

    buf_addf(out, "%s:%04d%02d%02dT%02d%02d%02dZ\r\n", name, at.year, at.month, at.day, at.hour,
             at.minute, at.second);
}

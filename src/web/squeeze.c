/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "web/squeeze.h"

#include <zlib.h>
#include <zstd.h>

/* While somebody waits: fast before small. */
enum { GZIP_LEVEL = 5, ZSTD_LEVEL = 3, GZIP_WINDOW = 15 + 16, GZIP_MEMORY = 8 };

const char *const coding_names[CODINGS] = {NULL, "gzip", "zstd"};

/* "gzip;q=0.5" up to its comma: the name's coding and whether it is refused. */
static enum coding one(struct str part, bool *out_refused)
{
    const char *end = part.p + part.n, *q = memmem(part.p, part.n, "q=", 2);
    size_t n = 0;

    while (n < part.n && part.p[n] != ';' && part.p[n] != ' ' && part.p[n] != '\t')
        n++;
    *out_refused = q != NULL;
    while (q && q < end && *out_refused) { /* refused when no digit of it is more than 0 */
        *out_refused = *q < '1' || *q > '9';
        q++;
    }
    for (int i = CODING_GZIP; i < CODINGS; i++)
        if (strlen(coding_names[i]) == n && strncasecmp(part.p, coding_names[i], n) == 0)
            return (enum coding)i;
    return CODING_NONE;
}

enum coding coding_choose(const char *accept)
{
    enum coding best = CODING_NONE;

    while (accept && *accept) {
        size_t n;
        bool refused;
        enum coding coding;

        accept += strspn(accept, ", \t");
        n = strcspn(accept, ",");
        coding = one((struct str){accept, n}, &refused);
        if (!refused && coding > best)
            best = coding;
        accept += n;
    }
    return best;
}

static size_t gzip(const struct buf *from, unsigned char *to, size_t size)
{
    z_stream z = {.next_in = (unsigned char *)from->p,
                  .avail_in = (unsigned)from->n,
                  .next_out = to,
                  .avail_out = (unsigned)size};
    bool whole;

    if (deflateInit2(&z, GZIP_LEVEL, Z_DEFLATED, GZIP_WINDOW, GZIP_MEMORY, Z_DEFAULT_STRATEGY) !=
        Z_OK)
        return 0;
    whole = deflate(&z, Z_FINISH) == Z_STREAM_END;
    deflateEnd(&z);
    return whole ? size - z.avail_out : 0;
}

bool squeeze(enum coding coding, struct buf *bytes)
{
    unsigned char *to;
    size_t n = 0;

    if (coding == CODING_NONE || bytes->n == 0 || bytes->n > UINT32_MAX)
        return false;
    to = malloc(bytes->n);
    if (to && coding == CODING_GZIP)
        n = gzip(bytes, to, bytes->n);
    if (to && coding == CODING_ZSTD)
        n = ZSTD_compress(to, bytes->n, bytes->p, bytes->n, ZSTD_LEVEL);
    n = ZSTD_isError(n) ? 0 : n;
    if (n > 0) {
        buf_reset(bytes);
        buf_add(bytes, to, n);
    }
    free(to);
    return n > 0;
}

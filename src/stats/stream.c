/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "stats/stats.h"

#include <endian.h>
#include <sodium.h>

_Static_assert(sizeof(((struct stream *)0)->seed) == randombytes_SEEDBYTES, "seed length");
_Static_assert(sizeof(double) == sizeof(uint64_t), "numbers are made in place");

struct stream stream_of(const char *first, ...)
{
    crypto_hash_sha256_state state;
    struct stream s;
    va_list ap;

    crypto_hash_sha256_init(&state);
    va_start(ap, first);
    for (const char *part = first; part; part = va_arg(ap, const char *)) /* the NUL separates */
        crypto_hash_sha256_update(&state, (const unsigned char *)part, strlen(part) + 1);
    va_end(ap);
    crypto_hash_sha256_final(&state, s.seed);
    return s;
}

void stream_uniforms(const struct stream *s, double *out, size_t n)
{
    randombytes_buf_deterministic(out, n * sizeof(*out), s->seed);
    for (size_t i = 0; i < n; i++) {
        uint64_t bits;

        memcpy(&bits, &out[i], sizeof(bits));
        out[i] = ((double)(le64toh(bits) >> 11) + 0.5) * 0x1p-53;
    }
}

void stream_normals(const struct stream *s, double *out, size_t n)
{
    stream_uniforms(s, out, n);
    for (size_t i = 0; i < n; i++)
        out[i] = normal_quantile(out[i]);
}

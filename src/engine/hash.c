/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "engine/hash.h"

#define PRIME_0 UINT64_C(0xc3a5c85c97cb3127)
#define PRIME_1 UINT64_C(0xb492b66fbe98f273)
#define PRIME_2 UINT64_C(0x9ae16a3b2f90404f)
#define PRIME_3 UINT64_C(0xc949d7c7509e6557)

struct two {
    uint64_t a, b;
};

static uint64_t word(const char *p)
{
    uint64_t v;

    memcpy(&v, p, sizeof(v));
    return v;
}

static uint64_t half(const char *p)
{
    uint32_t v;

    memcpy(&v, p, sizeof(v));
    return v;
}

static uint64_t turn(uint64_t v, unsigned by)
{
    return v >> by | v << ((64 - by) & 63);
}

static uint64_t fold(uint64_t v)
{
    return v ^ v >> 47;
}

static uint64_t combine(uint64_t u, uint64_t v)
{
    const uint64_t mul = UINT64_C(0x9ddfea08eb382d69);

    return fold((v ^ fold((u ^ v) * mul)) * mul) * mul;
}

/* Up to 16 bytes. */
static uint64_t of_few(const char *p, size_t n)
{
    if (n > 8) {
        uint64_t last = word(p + n - 8);

        return combine(word(p), turn(last + n, (unsigned)n)) ^ last;
    }
    if (n >= 4)
        return combine(n + (half(p) << 3), half(p + n - 4));
    if (n > 0) {
        uint32_t y = (unsigned char)p[0] + ((uint32_t)(unsigned char)p[n / 2] << 8);
        uint32_t z = (uint32_t)n + ((uint32_t)(unsigned char)p[n - 1] << 2);

        return fold(y * PRIME_2 ^ z * PRIME_3) * PRIME_2;
    }
    return PRIME_2;
}

static uint64_t of_some(const char *p, size_t n)
{
    uint64_t a = word(p) * PRIME_1, b = word(p + 8);
    uint64_t c = word(p + n - 8) * PRIME_2, d = word(p + n - 16) * PRIME_0;

    return combine(turn(a - b, 43) + turn(c, 30) + d, a + turn(b ^ PRIME_3, 20) - c + n);
}

/* Of 32 bytes from `p`, of which the last eight are at `last`; begun with `a`. */
static struct two of_quarter(const char *p, const char *last, uint64_t a)
{
    uint64_t z = word(last), b = turn(a + z, 52), c = turn(a, 37);

    a += word(p + 8);
    c += turn(a, 7);
    a += word(p + 16);
    return (struct two){a + z, b + turn(a, 31) + c};
}

/* 33 to 64 bytes: of the first 32 and of the last. */
static uint64_t of_more(const char *p, size_t n)
{
    struct two v = of_quarter(p, p + 24, word(p) + (n + word(p + n - 16)) * PRIME_0);
    struct two w = of_quarter(p + n - 32, p + n - 8, word(p + 16) + word(p + n - 32));
    uint64_t r = fold((v.a + w.b) * PRIME_2 + (w.a + v.b) * PRIME_0);

    return fold(r * PRIME_0 + v.b) * PRIME_2;
}

static struct two weak(const char *p, uint64_t a, uint64_t b)
{
    uint64_t z = word(p + 24), first;

    a += word(p);
    b = turn(b + a + z, 21);
    first = a;
    a += word(p + 8) + word(p + 16);
    b += turn(a, 44);
    return (struct two){a + z, b + first};
}

static uint64_t of_many(const char *p, size_t n)
{
    uint64_t x = word(p), y = word(p + n - 16) ^ PRIME_1, z = word(p + n - 56) ^ PRIME_0;
    struct two v = weak(p + n - 64, n, y), w = weak(p + n - 32, n * PRIME_1, PRIME_0);

    z += fold(v.b) * PRIME_1;
    x = turn(z + x, 39) * PRIME_1;
    y = turn(y, 33) * PRIME_1;
    for (size_t left = (n - 1) & ~(size_t)63; left; left -= 64, p += 64) {
        uint64_t swap;

        x = turn(x + y + v.a + word(p + 16), 37) * PRIME_1;
        y = turn(y + v.b + word(p + 48), 42) * PRIME_1;
        x ^= w.b;
        y ^= v.a;
        z = turn(z ^ w.a, 33);
        v = weak(p, v.b * PRIME_1, x + w.a);
        w = weak(p + 32, z + w.b, y);
        swap = z;
        z = x;
        x = swap;
    }
    return combine(combine(v.a, w.a) + fold(y) * PRIME_1 + z, combine(v.b, w.b) + x);
}

uint64_t engine_hash(struct str text)
{
    return text.n <= 16   ? of_few(text.p, text.n)
           : text.n <= 32 ? of_some(text.p, text.n)
           : text.n <= 64 ? of_more(text.p, text.n)
                          : of_many(text.p, text.n);
}

uint64_t engine_hash_and(uint64_t before, struct str text)
{
    return combine(before, engine_hash(text));
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "shop/landing.h"

#include "base/percent.h"
#include "base/utf8.h"

struct str landing_host(struct str url)
{
    const char *p = memmem(url.p, url.n, "://", 3);
    size_t n = 0;

    if (!p)
        return STR_NONE;
    p += 3;
    while (p + n < url.p + url.n && p[n] != '/' && p[n] != '?' && p[n] != '#')
        n++;
    return (struct str){p, n};
}

struct str landing_click(struct str url)
{
    static const char *const ids[] = {"gclid", "gbraid",  "wbraid",     "msclkid", "fbclid",
                                      "dclid", "ttclid",  "twclid",     "ScCid",   "li_fat_id",
                                      "epik",  "rdt_cid", "ob_click_id"};
    const char *end = url.p + url.n, *p = memchr(url.p, '?', url.n);

    for (; p && p + 1 < end; p = memchr(p + 1, '&', (size_t)(end - p - 1))) {
        struct str rest = {p + 1, (size_t)(end - p - 1)};

        for (size_t i = 0; i < TM_COUNT(ids); i++) {
            size_t n;

            if (rest.n < 2 || rest.p[0] != ids[i][0])
                continue;
            n = strlen(ids[i]);
            if (rest.n > n + 1 && rest.p[n] == '=' && memcmp(rest.p, ids[i], n) == 0)
                return str_of(ids[i]);
        }
    }
    return STR_NONE;
}

/* Up to the first byte that is no part of a whole character. */
static struct str whole(char out[LANDING_VALUE_MAX], size_t n)
{
    n = utf8_first_invalid((struct str){out, n});
    out[n] = '\0';
    return (struct str){out, n};
}

static struct str decode(struct str raw, char out[LANDING_VALUE_MAX])
{
    size_t n = 0;

    for (size_t i = 0; i < raw.n && n < LANDING_VALUE_MAX - 1; i++) {
        int byte = percent_byte(raw.p + i, raw.n - i);

        if (byte >= ' ') {
            out[n++] = (char)byte;
            i += PERCENT_BYTES - 1;
        } else {
            out[n++] = raw.p[i] == '+' ? ' ' : raw.p[i];
        }
    }
    return whole(out, n);
}

struct str landing_parameter(struct str url, const char *name, char out[LANDING_VALUE_MAX])
{
    const char *end = memchr(url.p, '#', url.n), *p;
    size_t n = strlen(name);

    end = end ? end : url.p + url.n;
    p = memchr(url.p, '?', (size_t)(end - url.p));
    for (; p && p + 1 < end; p = memchr(p + 1, '&', (size_t)(end - p - 1))) {
        struct str rest = {p + 1, (size_t)(end - p - 1)};
        const char *next = memchr(rest.p, '&', rest.n);

        if (rest.n <= n || rest.p[n] != '=' || memcmp(rest.p, name, n) != 0)
            continue;
        rest.n = (size_t)((next ? next : end) - rest.p);
        return decode((struct str){rest.p + n + 1, rest.n - n - 1}, out);
    }
    return STR_NONE;
}

struct str landing_campaign_value(struct str raw, char out[LANDING_VALUE_MAX])
{
    size_t n;

    raw = str_trim(raw);
    n = raw.n < LANDING_VALUE_MAX - 1 ? raw.n : LANDING_VALUE_MAX - 1;
    for (size_t i = 0; i < n; i++)
        out[i] = (char)tolower((unsigned char)raw.p[i]);
    return whole(out, n);
}

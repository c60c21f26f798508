/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "web/proxies.h"

#include <arpa/inet.h>

static bool read_address(const char *text, unsigned char out[16], int *out_bits)
{
    static const unsigned char four[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

    if (inet_pton(AF_INET, text, out + 12) == 1) {
        memcpy(out, four, sizeof(four));
        *out_bits = 32;
        return true;
    }
    *out_bits = 128;
    return inet_pton(AF_INET6, text, out) == 1;
}

static bool read_proxy(char *text, struct proxy *out)
{
    char *slash = strchr(text, '/'), *end = text;
    int most;
    long bits;

    if (slash)
        *slash++ = '\0';
    if (!read_address(text, out->address, &most))
        return false;
    bits = slash && isdigit((unsigned char)*slash) ? strtol(slash, &end, 10) : slash ? -1 : most;
    if (bits < 0 || bits > most || (slash && *end))
        return false;
    out->bits = (int)bits + 128 - most;
    return true;
}

enum err_code proxies_add(struct proxies *proxies, const char *text, struct err *err)
{
    while (*text) {
        size_t n = strcspn(text, ",");
        char one[64];

        if (proxies->n == PROXIES_MAX)
            return err_set(err, ERR_USAGE, "more than %d proxies", PROXIES_MAX);
        snprintf(one, sizeof(one), "%.*s", (int)(n < 63 ? n : 63), text);
        if (!read_proxy(one, &proxies->all[proxies->n])) {
            err_set(err, ERR_USAGE, "--trusted-proxy needs addresses, not \"%.*s\"",
                    (int)(n < 63 ? n : 63), text);
            err_hint(err, "For instance 127.0.0.1 or 10.0.0.0/8, with commas between.");
            return ERR_USAGE;
        }
        proxies->n++;
        text += n + (text[n] == ',');
    }
    return ERR_OK;
}

static bool same_bits(const unsigned char *a, const unsigned char *b, int bits)
{
    int whole = bits / 8, rest = bits % 8;

    if (memcmp(a, b, (size_t)whole) != 0)
        return false;
    return !rest || ((a[whole] ^ b[whole]) >> (8 - rest)) == 0;
}

bool proxies_trust(const struct proxies *proxies, const char *ip)
{
    unsigned char address[16];
    int bits;

    if (!read_address(ip, address, &bits))
        return false;
    for (size_t i = 0; i < proxies->n; i++)
        if (same_bits(address, proxies->all[i].address, proxies->all[i].bits))
            return true;
    return false;
}

/* "[::1]:80", "10.0.0.1:80" and plain ones; false for what is no address. */
static bool plain_address(const char *text, size_t n, char out[64])
{
    unsigned char address[16];
    const char *colon;
    int bits;

    while (n && (*text == ' ' || *text == '\t'))
        text++, n--;
    while (n && (text[n - 1] == ' ' || text[n - 1] == '\t'))
        n--;
    if (n && *text == '[') {
        text++;
        n = strcspn(text, "]") < n ? strcspn(text, "]") : 0;
    } else if ((colon = memchr(text, ':', n)) &&
               !memchr(colon + 1, ':', n - (size_t)(colon + 1 - text))) {
        n = (size_t)(colon - text);
    }
    if (!n || n >= 64)
        return false;
    memcpy(out, text, n);
    out[n] = '\0';
    return read_address(out, address, &bits);
}

void proxies_client(const struct proxies *proxies, const char *forwarded, char out[64])
{
    size_t end = strlen(forwarded);

    while (end > 0 && proxies_trust(proxies, out)) {
        size_t begin = end;
        char one[64];

        while (begin > 0 && forwarded[begin - 1] != ',')
            begin--;
        if (!plain_address(forwarded + begin, end - begin, one))
            return;
        memcpy(out, one, sizeof(one));
        end = begin > 0 ? begin - 1 : 0;
    }
}

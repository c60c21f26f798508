/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the address of a page tells about how its visitor came. */
#include "shop/landing.h"

#include "tap.h"

static const char *parameter(const char *url, const char *name)
{
    static char out[LANDING_VALUE_MAX];

    if (!landing_parameter(str_of(url), name, out).n)
        out[0] = '\0';
    return out;
}

static const char *campaign(const char *raw)
{
    static char out[LANDING_VALUE_MAX + 1];
    struct str s = landing_campaign_value(str_of(raw), out);

    out[s.n] = '\0';
    return out;
}

int main(void)
{
    static const char url[] = "https://shop.example.com/a?x=1&utm_source=News%20Letter+2&gclid=abc"
                              "&utm_medium=%E0%B8%81#utm_campaign=no";
    char longest[600], out[LANDING_VALUE_MAX];
    struct str host = landing_host(str_of("https://Shop.example.com:8080?b=/c"));

    CHECK(str_eqz(host, "Shop.example.com:8080"));
    CHECK(landing_host(str_of("/only/a/path")).n == 0);
    CHECK_STR(parameter(url, "utm_source"), "News Letter 2");
    CHECK_STR(parameter(url, "utm_medium"), "\xE0\xB8\x81");
    CHECK_STR(parameter(url, "utm_campaign"), "");
    CHECK_STR(parameter("https://e.example/?utm_source", "utm_source"), "");
    CHECK_STR(parameter("?a=%zz%4", "a"), "%zz%4");
    CHECK_STR(parameter("?a=b%00c%FFd", "a"), "b%00c");
    CHECK(str_eqz(landing_click(str_of(url)), "gclid"));
    CHECK(landing_click(str_of("https://e.example/?gclid=")).n == 0);
    CHECK(landing_click(str_of("https://e.example/gclid=1")).n == 0);
    CHECK_STR(campaign("  Spring SALE "), "spring sale");
    memset(longest, 'a', sizeof(longest));
    CHECK(landing_campaign_value((struct str){longest, sizeof(longest)}, out).n == 255);
    memset(longest, '\xE0', sizeof(longest));
    for (size_t i = 0; i + 2 < sizeof(longest); i += 3) { /* a character of three bytes */
        longest[i + 1] = '\xB8';
        longest[i + 2] = '\x81';
    }
    CHECK(landing_campaign_value((struct str){longest, sizeof(longest)}, out).n == 255);
    return tap_done();
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The filters, with the examples of Shopify's documentation and the edges of Ruby's. */
#include "outreach/liquid.h"

#include "outreach/liquid/filter.h"

struct example {
    const char *text, *want;
};

static const char data[] =
    "{\"products\":[{\"t\":\"Vacuum\",\"type\":\"home\",\"price\":3,\"on\":true},"
    "{\"t\":\"spatula\",\"type\":\"kitchen\",\"price\":1.5},{\"t\":\"TV\",\"type\":\"home\","
    "\"on\":false}],\"mixed\":[3,\"a\"],\"nested\":[1,[2,[3]]],\"m\":{\"k\":\"v\"},\"f\":false,"
    "\"tags\":[\"b\",\"a\",\"b\",null,\"C\"],\"nums\":[1,2.5,\"3\"],\"nl\":\"a\\nb\\r\\nc\","
    "\"at\":1795162500,\"none\":[]}";

static void check(const struct example *examples, size_t n, const struct with *with)
{
    for (size_t i = 0; i < n; i++) {
        const char *got = rendered(examples[i].text, with);

        CHECK_MSG(got && strcmp(got, examples[i].want) == 0, "%s is \"%s\", got \"%s\" %s",
                  examples[i].text, examples[i].want, got ? got : "(error)", got ? "" : last.msg);
    }
}

static void test_text(void)
{
    static const struct example examples[] = {
        {"{{ 'a' | append: '.b' }} {{ 'b' | prepend: 'a' }} {{ 1 | append: 2 }}", "a.b ab 12"},
        {"{{ 'my GREAT title' | capitalize }}{{ '' | capitalize }}", "My great title"},
        {"{{ 'Straße' | upcase }} {{ 'ÀÉ' | downcase }}", "STRASSE àé"},
        {"{{ ' a ' | strip }}|{{ ' a ' | lstrip }}|{{ ' a ' | rstrip }}|", "a|a | a|"},
        {"{{ '  so   much \n room ' | squish }}", "so much room"},
        {"{{ nl | strip_newlines }}|{{ nl | newline_to_br }}", "abc|a<br />\nb<br />\nc"},
        {"{{ 'a-b-a' | replace: 'a', 'x' }} {{ 'a-b-a' | replace_first: 'a', 'x' }} "
         "{{ 'a-b-a' | replace_last: 'a', 'x' }}",
         "x-b-x x-b-a a-b-x"},
        {"{{ 'abc' | replace: '', '-' }}|{{ '' | replace: '', 'x' }}", "-a-b-c-|x"},
        {"{{ 'a-b-a' | remove: 'a' }} {{ 'a-b-a' | remove_first: 'a' }} "
         "{{ 'a-b-a' | remove_last: 'a' }} {{ 'aaa' | remove_last: 'aa' }}",
         "-b- -b-a a-b- a"},
        {"{{ 'Liquid' | slice: 0 }} {{ 'Liquid' | slice: 2, 5 }} {{ 'Liquid' | slice: -3, 2 }} "
         "{{ 'Liquid' | slice: 9 }}{{ 'Liquid' | slice: -9 }}",
         "L quid ui "},
        {"{{ 'น้ำเงิน' | slice: 0, 3 }} {{ 'héé' | slice: 1, 1 }}", "น้ำ é"},
        {"{{ 'Ground control to Major Tom.' | truncate: 20 }}", "Ground control to..."},
        {"{{ 'Ground control' | truncate: 9, ', x' }} {{ 'abc' | truncate: 3 }} "
         "{{ 'abcd' | truncate: 2 }} {{ '测试测试测试' | truncate: 5 }}",
         "Ground, x abc ... 测试..."},
        {"{{ 'Ground control to Major Tom.' | truncatewords: 3 }} {{ 'a b' | truncatewords: 2 }} "
         "{{ 'a b c' | truncatewords: 1, '!' }} {{ 'a b' | truncatewords: 0 }}",
         "Ground control to... a b a! a..."},
        {"{{ 'a,b,,c,,' | split: ',' | join: '-' }} {{ ' a  b ' | split: ' ' | join: '-' }} "
         "{{ 'abc' | split: '' | join: '-' }} {{ '' | split: ',' | size }}",
         "a-b--c a-b a-b-c 0"},
        {"{{ 'Have <em>you</em> <!-- x --><script>y</script>read' | strip_html }} {{ 'a<b' | "
         "strip_html }}",
         "Have you read a<b"},
        {"{{ 'héllo' | size }} {{ tags | size }} {{ m | size }} {{ nil | size }}", "5 5 1 0"},
    };

    check(examples, TM_COUNT(examples), &(struct with){.data = data});
}

static void test_coding(void)
{
    static const struct example examples[] = {
        {"{{ \"Have you read 'J & T'?\" | escape }}", "Have you read &#39;J &amp; T&#39;?"},
        {"{{ '1 < 2 & 3' | escape_once }} {{ '1 &lt; 2 &amp; 3 &#39; &x' | escape_once }}",
         "1 &lt; 2 &amp; 3 1 &lt; 2 &amp; 3 &#39; &amp;x"},
        {"{{ 'john@liquid.com a~b*' | url_encode }} {{ '%27a+b%2' | url_decode }}",
         "john%40liquid.com+a~b%2A 'a b%2"},
        {"{{ 'one two' | base64_encode }} {{ 'b25lIHR3bw==' | base64_decode }}",
         "b25lIHR3bw== one two"},
        {"{{ 'a>>>?' | base64_url_safe_encode }} {{ 'YT4-Pj8=' | base64_url_safe_decode }}",
         "YT4-Pj8= a>>>?"},
    };

    check(examples, TM_COUNT(examples), &(struct with){.data = data});
    CHECK(!rendered("{{ '%ff' | url_decode }}", &(struct with){.data = data}));
    CHECK(!rendered("{{ '!!' | base64_decode }}", &(struct with){.data = data}));
}

static void test_numbers(void)
{
    static const struct example examples[] = {
        {"{{ -17 | abs }} {{ '-1.5' | abs }} {{ 4 | plus: 2 }} {{ 16 | minus: 4.5 }}",
         "17 1.5 6 11.5"},
        {"{{ 0.1 | plus: 0.2 }} {{ 1.1 | times: 3 }} {{ 24 | times: 7 }}", "0.3 3.3 168"},
        {"{{ 16 | divided_by: 4 }} {{ 5 | divided_by: 3 }} {{ -7 | divided_by: 2 }} "
         "{{ 20 | divided_by: 7.0 }}",
         "4 1 -4 2.857142857142857"},
        {"{{ 3 | modulo: 2 }} {{ -7 | modulo: 3 }} {{ 183.357 | modulo: 12 }}", "1 2 3.357"},
        {"{{ 1.2 | ceil }} {{ '3.5' | ceil }} {{ 1.8 | floor }} {{ -1.2 | floor }}", "2 4 1 -2"},
        {"{{ 1.2 | round }} {{ 2.5 | round }} {{ -2.5 | round }} {{ 183.357 | round: 2 }} "
         "{{ 1.005 | round: 2 }} {{ 1234 | round: -2 }} {{ 5 | round: 2 }}",
         "1 3 -3 183.36 1.01 1200 5"},
        {"{{ 4 | at_least: 5 }} {{ 4 | at_most: 3 }} {{ '9' | at_most: 10 }}", "5 3 9"},
        {"{{ '12 pieces' | plus: 1 }} {{ nil | plus: 1 }} {{ 'x' | plus: 1 }}", "13 1 1"},
        {"{{ 9223372036854775807 | plus: 1 }}", "9.223372036854776e+18"},
        {"{{ nums | sum }} {{ products | sum: 'price' }} {{ none | sum }}", "6.5 4.5 0"},
        {"{{ 0.00001 | times: 1 }} {{ 100.0 | times: 1 }} {{ 1 | divided_by: 3.0 }}",
         "1.0e-05 100.0 0.3333333333333333"},
    };

    check(examples, TM_COUNT(examples), &(struct with){.data = data});
    CHECK(!rendered("{{ 1 | modulo: 0 }}", &(struct with){.data = data}));
    CHECK(!rendered("{{ 1 | divided_by: 0.0 }}", &(struct with){.data = data}));
}

static void test_lists(void)
{
    static const struct example examples[] = {
        {"{{ tags | compact | uniq | sort | join: ' ' }}", "C a b"},
        {"{{ tags | sort_natural | join: ' ' }}|{{ tags | sort | last }}|", "a b b C ||"},
        {"{{ products | map: 't' | join }} {{ m | map: 'k' }}", "Vacuum spatula TV v"},
        {"{{ products | sort: 'price' | map: 't' | join }} "
         "{{ products | sort_natural: 't' | map: 't' | join }}",
         "spatula Vacuum TV spatula TV Vacuum"},
        {"{{ products | where: 'type', 'home' | map: 't' | join }} {{ products | where: 'on' | "
         "size }}",
         "Vacuum TV 1"},
        {"{{ products | reject: 'type', 'home' | map: 't' }} {{ products | reject: 'on' | size }}",
         "spatula 2"},
        {"{% assign p = products | find: 'type', 'kitchen' %}{{ p.t }} "
         "{{ products | find_index: 't', 'TV' }} {{ products | find: 't', 'x' }}",
         "spatula 2 "},
        {"{{ products | has: 'on' }} {{ products | has: 'type', 'x' }} {{ none | has: 'x' }}",
         "true false false"},
        {"{{ 'a,b' | split: ',' | concat: tags | join: '' }} {{ 'a,b' | split: ',' | reverse | "
         "join }}",
         "abbabC b a"},
        {"{{ nested | join: '-' }} {{ nested | reverse | join: '-' }} {{ 'x' | join: '-' }}",
         "1-2-3 3-2-1 x"},
        {"{{ tags | first }}{{ tags | last }} {{ 'abc' | first }} {{ (1..4) | reverse | first }}",
         "bC a 4"},
        {"{{ products | uniq: 'type' | map: 't' | join }} {{ products | compact: 'price' | size }}",
         "Vacuum spatula 2"},
        {"{{ tags | slice: 1, 2 | join: '' }}{{ tags | slice: 9 | size }}", "ab0"},
        {"{{ nil | first }}{{ nil | sort | size }}{{ nil | join }}", "0"},
    };

    check(examples, TM_COUNT(examples), &(struct with){.data = data});
    CHECK(!rendered("{{ mixed | sort }}", &(struct with){.data = data}) &&
          strstr(last.msg, "sorted"));
    CHECK(!rendered("{{ nums | map: 'x' }}", &(struct with){.data = data}));
    CHECK(!rendered("{{ tags | concat: 1 }}", &(struct with){.data = data}));
}

static void test_default(void)
{
    static const struct example examples[] = {
        {"{{ nobody | default: 1 }}{{ '' | default: 2 }}{{ f | default: 3 }}{{ none | default: 4 "
         "}}",
         "1234"},
        {"{{ f | default: 1, allow_false: true }}{{ 0 | default: 2 }}{{ nil | default }}",
         "false0"},
        {"{{ m | default: 1 | size }}", "1"},
    };

    check(examples, TM_COUNT(examples), &(struct with){.data = data});
}

static void test_date(void)
{
    static const struct example examples[] = {
        {"{{ at | date: '%a, %b %d, %y' }} {{ '1795162500' | date: '%Y' }}",
         "Fri, Nov 20, 26 2026"},
        {"{{ 'now' | date: '%Y-%m-%d %H:%M' }} {{ 'today' | date: '%j' }}", "2026-11-20 08:15 324"},
        {"{{ 'March 14, 2016' | date: '%b %d, %y' }}", "Mar 14, 16"},
        {"{{ '2006-07-05 10:00:00' | date: '%m/%d/%Y' }} {{ 'Fri Jul 16 01:00:00 2004' | date: "
         "'%m/%d/%Y %H' }}",
         "07/05/2006 07/16/2004 01"},
        {"{{ '2026-11-20T23:30:00-05:00' | date: '%F %T' }}", "2026-11-21 04:30:00"},
        {"{{ nil | date: '%Y' }}{{ '' | date: '%Y' }}{{ 'soon' | date: '%Y' }}{{ at | date: '' }}",
         "soon1795162500"},
        {"{{ at | date: '%-d %e %k %l %I %p %P %^a %^B %#p %03d %-m/%_m %u %w %U %W %V %G %C %%' "
         "}}",
         "20 20  8  8 08 AM am FRI NOVEMBER am 020 11/11 5 5 46 46 47 2026 20 %"},
        {"{{ at | date: '%s %L %3N %z %:z %Z %D %R %r %c %x %X %n%t %v %Q' }}",
         "1795162500 000 000 +0000 +00:00 UTC 11/20/26 08:15 08:15:00 AM Fri Nov 20 08:15:00 2026 "
         "11/20/26 08:15:00 \n\t 20-NOV-2026 %Q"},
        {"{{ '2021-01-03' | date: '%G-W%V-%u' }} {{ '2020-12-31' | date: '%j' }}",
         "2020-W53-7 366"},
        {"{{ '10/11/2012' | date: '%F' }} {{ '03/14/2016' | date: '%F' }}",
         "2012-11-10 03/14/2016"},
    };
    struct with arabic = {.data = data, .settings = {.language = LANG_AR}};
    struct with thai = {.data = data, .settings = {.language = LANG_TH}};
    struct err err;

    check(examples, TM_COUNT(examples), &(struct with){.data = data});
    CHECK_OK(zone_open("Asia/Bangkok", &thai.settings.zone, &err), err);
    CHECK_STR(rendered("{{ at | date: '%d %B %Y %H:%M %z' }}", &thai),
              "20 พฤศจิกายน 2026 15:15 +0700");
    CHECK_STR(rendered("{{ at | date: '%A %d %B' }}", &arabic), "الجمعة 20 نوفمبر");
    zone_close(thai.settings.zone);
}

static void test_shop(void)
{
    struct with with = {.data = "{\"texts\":1}", .settings = {.currency = "EUR"}};
    struct err err;

    CHECK_STR(rendered("{{ 123450 | money }} {{ nil | money }}{{ '' | money }}", &with),
              "1234.50 ");
    CHECK_OK(locale_open(LANG_EN, &with.settings.locale, &err), err);
    CHECK_STR(rendered("{{ 123450 | money }} {{ 123450 | money_with_currency }} {{ 1500 | money: "
                       "'JPY' }} {{ '995' | money: 'usd' }}",
                       &with),
              "€1,234.50 €1,234.50 EUR JP¥1,500 US$9.95");
    CHECK(!rendered("{{ 1 | money: 'XQX' }}", &with) && strstr(last.msg, "currency"));
    locale_close(with.settings.locale);
}

static struct value json_value(const char *text, uint8_t flags, struct arena *a)
{
    struct json_parser *parser = json_parser_new(1 << 16);
    struct json_value json;
    struct value v = VALUE_NOTHING;
    struct err err = ERR_INIT;

    if (json_parse(parser, str_of(text), &json, &err) || value_from_json(json, flags, a, &v, &err))
        abort();
    json_parser_free(parser);
    return v;
}

static void test_translations(void)
{
    static struct arena a;
    struct with with = {.data = "{\"n\":3,\"who\":\"<b>\"}", .settings = {.language = LANG_AR}};

    a = ARENA_INIT(1 << 20);
    with.settings.texts = json_value(
        "{\"cart\":{\"items\":{\"one\":\"1\",\"few\":\"{{ count }} \u0642\",\"other\":\"o\"},"
        "\"hi\":\"\u0645\u0631\u062d\u0628\u0627 {{ name }}\",\"note_html\":\"<i>{{ name "
        "}}</i>\"}}",
        VALUE_OWN, &a);
    with.settings.texts_else = json_value("{\"only\":\"English\"}", VALUE_OWN, &a);
    CHECK_STR(rendered("{{ 'cart.items' | t: count: n }}", &with), "3 \u0642");
    CHECK_STR(rendered("{{ 'cart.hi' | t: name: who }} {{ 'only' | t }}", &with),
              "\u0645\u0631\u062d\u0628\u0627 <b> English");
    with.kind = LIQUID_HTML;
    CHECK_STR(rendered("{{ 'cart.hi' | t: name: who }}", &with),
              "\u0645\u0631\u062d\u0628\u0627 &lt;b&gt;");
    CHECK_STR(rendered("{{ 'cart.note_html' | t: name: who }}", &with), "<i>&lt;b&gt;</i>");
    CHECK(!rendered("{{ 'cart.none' | t }}", &with) && last.code == ERR_NOT_FOUND);
    arena_release(&a);
}

/* A name that the table holds in the wrong place would not be found. */
static void test_table(void)
{
    for (size_t i = 0; filter_at(i); i++)
        CHECK_MSG(filter_by_name(str_of(filter_at(i)->name)) == filter_at(i), "%s is found",
                  filter_at(i)->name);
    CHECK(!filter_by_name(STR_LIT("a")) && !filter_by_name(STR_LIT("whereabouts")));
}

int main(void)
{
    test_text();
    test_coding();
    test_numbers();
    test_lists();
    test_default();
    test_date();
    test_shop();
    test_translations();
    test_table();
    return tap_done();
}

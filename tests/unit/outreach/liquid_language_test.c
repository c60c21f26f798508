/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The language: tags, expressions, white space, as Shopify's own documentation tells them. */
#include "outreach/liquid.h"

struct example {
    const char *text, *data, *want;
};

static void check(const struct example *examples, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const char *got = rendered(examples[i].text, &(struct with){.data = examples[i].data});

        CHECK_MSG(got && strcmp(got, examples[i].want) == 0, "%s is \"%s\", got \"%s\" %s",
                  examples[i].text, examples[i].want, got ? got : "(error)", got ? "" : last.msg);
    }
}

static void test_values(void)
{
    static const struct example examples[] = {
        {"a {{ 'b' }} {{ \"c\" }} {{ 1 }} {{ 2.50 }} {{ true }}{{ nil }}", NULL,
         "a b c 1 2.5 true"},
        {"{{ a.b.c }}|{{ a['b'].c }}|{{ a.x.y }}", "{\"a\":{\"b\":{\"c\":7}}}", "7|7|"},
        {"{{ a[0] }}{{ a[-1] }}{{ a[9] }}{{ a.first }}{{ a.last }}{{ a.size }}", "{\"a\":[1,2,3]}",
         "131"
         "3"
         "3"},
        {"{{ a.size }} {{ s.size }}", "{\"a\":{\"x\":1,\"size\":9},\"s\":\"\u00e9\u00e9\"}", "9 2"},
        {"{% assign k = 'b' %}{{ a[k] }}{{ [n] }}", "{\"a\":{\"b\":1},\"n\":\"a2\",\"a2\":5}",
         "15"},
        {"{{ a }}", "{\"a\":[1,[2,null],\"x\"]}", "12x"},
        {"{{ a }}", "{\"a\":{\"b\":1,\"c\":\"d\"}}", "{\"b\"=>1, \"c\"=>\"d\"}"},
        {"{% assign r = (1..3) %}{{ r }} {{ r.size }} {{ r.last }}", NULL, "1..3 3 3"},
        {"{{ product-title }}{{ ok? }}", "{\"product-title\":\"T\",\"ok?\":true}", "Ttrue"},
        {"{{ }}{{ 1.0 }} {{ x }}", "{\"x\":1e20}", "1.0 1.0e+20"},
        {"{{ a.contains }}", "{\"a\":{\"contains\":3}}", "3"},
        {"{{ 'a}' }} { { } }", NULL, "a} { { } }"},
    };

    check(examples, TM_COUNT(examples));
}

static void test_conditions(void)
{
    static const struct example examples[] = {
        {"{% if a %}y{% else %}n{% endif %}", "{\"a\":\"\"}", "y"},
        {"{% if a %}y{% else %}n{% endif %}", "{\"a\":0}", "y"},
        {"{% if a %}y{% else %}n{% endif %}", "{\"a\":null}", "n"},
        {"{% if a == empty %}y{% endif %}{% if b == empty %}n{% endif %}", "{\"a\":\"\"}", "y"},
        {"{% if a == blank %}y{% endif %}{% if b == blank %}y{% endif %}", "{\"a\":\"  \"}", "yy"},
        {"{% if a != empty %}y{% endif %}", "{\"a\":[1]}", "y"},
        {"{% if 1 == 1.0 %}y{% endif %}{% if '1' == 1 %}n{% endif %}", NULL, "y"},
        {"{% if a <> 'b' and a >= 'a' %}y{% endif %}", "{\"a\":\"a\"}", "y"},
        {"{% if true or false and false %}y{% endif %}", NULL, "y"},
        {"{% if true and false and false or true %}y{% else %}n{% endif %}", NULL, "n"},
        {"{% if nil < 1 %}y{% else %}n{% endif %}", NULL, "n"},
        {"{% if s contains 'ell' %}y{% endif %}{% if a contains 2 %}y{% endif %}",
         "{\"s\":\"hello\",\"a\":[1,2]}", "yy"},
        {"{% if s contains 1 %}y{% endif %}", "{\"s\":\"a1\"}", "y"},
        {"{% unless a %}n{% else %}y{% endunless %}", "{\"a\":1}", "y"},
        {"{% unless a %}1{% elsif b %}2{% else %}3{% endunless %}", "{\"a\":1,\"b\":1}", "2"},
        {"{% case a %}{% when 1, 2 %}x{% when 3 or 4 %}y{% else %}z{% endcase %}", "{\"a\":4}",
         "y"},
        {"{% case a %}{% when 'x' %}1{% when 'x' %}2{% else %}3{% endcase %}", "{\"a\":\"x\"}",
         "12"},
        {"{% case a %} lost {% when 1 %} x {% endcase %}", "{\"a\":1}", " x "},
        {"{% if a.b == c %}y{% endif %}", NULL, "y"},
        {"{% if a == b %}y{% endif %}", "{\"a\":[1,{\"x\":2}],\"b\":[1,{\"x\":2}]}", "y"},
        {"{% if false %}a{% elsif nil %}b{% elsif 'x' %}c{% endif %}", NULL, "c"},
    };

    check(examples, TM_COUNT(examples));
}

static void test_loops(void)
{
    static const struct example examples[] = {
        {"{% for i in (1..3) %}{{ i }}{% endfor %}", NULL, "123"},
        {"{% for i in a reversed limit: 2 offset: 1 %}{{ i }}{% endfor %}", "{\"a\":[1,2,3,4]}",
         "32"},
        {"{% for i in a limit:2 %}{{i}}{% endfor %}-{% for i in a limit:2 offset:continue %}{{i}}"
         "{% endfor %}-{% for i in a offset:continue %}{{i}}{% endfor %}",
         "{\"a\":[1,2,3,4,5,6]}", "12-34-56"},
        {"{% for i in a %}{{ i }}{% else %}none{% endfor %}", "{\"a\":[]}", "none"},
        {"{% for i in a %}{% if i == 2 %}{% continue %}{% endif %}{% if i == 4 %}{% break %}"
         "{% endif %}{{ i }}{% endfor %}!",
         "{\"a\":[1,2,3,4,5]}", "13!"},
        {"{% for p in a %}{{ p[0] }}={{ p[1] }};{% endfor %}", "{\"a\":{\"x\":1,\"y\":2}}",
         "x=1;y=2;"},
        {"{% for c in 'text' %}[{{ c }}]{% endfor %}", NULL, "[text]"},
        {"{% for i in (1..2) %}{{forloop.index}}{{forloop.index0}}{{forloop.rindex}}"
         "{{forloop.rindex0}}{{forloop.first}}{{forloop.last}}{{forloop.length}}{{forloop.name}} "
         "{% endfor %}",
         NULL, "1021truefalse2i-(1..2) 2110falsetrue2i-(1..2) "},
        {"{% for i in (1..2) %}{% for j in (1..2) %}{{ forloop.parentloop.index }}{{ j }} {% "
         "endfor %}"
         "{% endfor %}",
         NULL, "11 12 21 22 "},
        {"{% for i in (1..3) %}{% assign x = i %}{% endfor %}{{ x }}{{ i }}", NULL, "3"},
        {"{% assign i = 9 %}{% for i in (1..2) %}{{ i }}{% endfor %}{{ i }}", NULL, "129"},
        {"{% for i in (1..4) %}{% cycle 'a', 'b', 'c' %}{% endfor %}", NULL, "abca"},
        {"{% cycle 'x': 1, 2 %}{% cycle 'y': 1, 2 %}{% cycle 'x': 1, 2 %}", NULL, "112"},
        {"{% cycle a, b %}{% cycle a, b %}", "{\"a\":1,\"b\":2}", "11"},
        {"{% for i in a %}{% ifchanged %}{{ i }}{% endifchanged %}{% endfor %}",
         "{\"a\":[1,1,2,2,1]}", "121"},
        {"{% tablerow i in (1..3) cols:2 %}{{ i }}{% if tablerowloop.col_last %}|{% endif %}"
         "{% endtablerow %}",
         NULL,
         "<tr class=\"row1\">\n<td class=\"col1\">1</td><td class=\"col2\">2|</td></tr>\n"
         "<tr class=\"row2\"><td class=\"col1\">3</td></tr>\n"},
        {"{% tablerow i in nothing %}x{% endtablerow %}.", NULL, "."},
        {"{% increment n %}{% increment n %}{{ n }}{% decrement m %}{% decrement m %}", NULL,
         "012-1-2"},
        {"{% assign n = 7 %}{% increment n %}{% increment n %}{{ n }}", NULL, "017"},
        {"{% for i in (1..10) limit: n %}{{ i }}{% endfor %}", "{\"n\":\"3\"}", "123"},
        {"a{% break %}b", NULL, "a"},
        {"{% for i in (5..1) %}x{% else %}none{% endfor %}", NULL, "none"},
    };

    check(examples, TM_COUNT(examples));
}

static void test_texts(void)
{
    static const struct example examples[] = {
        {"a {%- assign x = 1 -%} b {{- x -}} c", NULL, "ab1c"},
        {"{% if true %}   {% endif %}|{% if true %} x {% endif %}", NULL, "| x "},
        {"{% for i in (1..3) %} {% assign y = i %} {% endfor %}|", NULL, "|"},
        {"{% capture x %} a {{ 1 }} {% endcapture %}[{{ x }}]", NULL, "[ a 1 ]"},
        {"{% capture 'x' %}q{% endcapture %}{{ x }}", NULL, "q"},
        {"{% comment %} {% if %} {{ {% endcomment %}a", NULL, "a"},
        {"{% comment %}{% comment %}x{% endcomment %}y{% endcomment %}a", NULL, "a"},
        {"{% raw %}{{ a }} {% if %}{% endraw %}b", NULL, "{{ a }} {% if %}b"},
        {"{% doc %} @param x {% enddoc %}a{% # note %}b{%- # two\n  # lines -%} c", NULL, "abc"},
        {"{% liquid\n assign x = 1\n if x == 1\n  echo 'one' | upcase\n endif\n # no\n%}!", NULL,
         "ONE!"},
        {"{% echo 'a' | append: 'b' %}", NULL, "ab"},
        {"{% assign x = 'a,b' | split: ',' %}{{ x[1] }}", NULL, "b"},
        {"no tags at all { % } {", NULL, "no tags at all { % } {"},
        {"", NULL, ""},
        {"{{-1}}", NULL, "1"}, /* the dash belongs to the braces, as in Shopify */
    };

    check(examples, TM_COUNT(examples));
}

static void test_partials(void)
{
    static const struct liquid_text partials[] = {
        {"card", STR_LIT("[{{ card.t }}{{ x }}{{ shop }}{{ outer }}{% assign mine = 1 %}]")},
        {"item", STR_LIT("{{ forloop.index }}{{ it }}{{ item }};")},
        {"again", STR_LIT("{% render 'again' %}")},
        {"sets", STR_LIT("{% assign got = a %}{{ a }}{{ outer }}")},
        {"includes", STR_LIT("{% include 'sets' %}")},
    };
    const struct with with = {.data = "{\"shop\":\"S\",\"l\":[1,2],\"c\":{\"t\":\"T\"}}",
                              .partials = partials,
                              .n_partials = TM_COUNT(partials)};

    CHECK_STR(rendered("{% assign outer = 9 %}{% render 'card', x: 5, card: c %}{{ mine }}", &with),
              "[T5S]");
    CHECK_STR(rendered("{% render 'card' with c %}", &with), "[TS]");
    CHECK_STR(rendered("{% render 'item' for l as it %}", &with), "1;2;");
    CHECK_STR(rendered("{% assign outer = 9 %}{% include 'sets', a: 4 %}{{ got }}{{ a }}", &with),
              "494");
    CHECK_STR(rendered("{% include 'item' for l %}", &with), "1;2;");
    CHECK_STR(rendered("{% assign n = 'sets' %}{% include n, a: 1 %}", &with), "1");
    CHECK(!rendered("{% render 'nowhere' %}", &with) && last.code == ERR_NOT_FOUND);
    CHECK(!rendered("{% render 'includes' %}", &with) && strstr(last.msg, "include"));
    CHECK(!rendered("{% render 'again' %}", &with) && strstr(last.msg, "levels"));
}

static void test_errors(void)
{
    static const struct {
        const char *text, *says;
        size_t line, column;
    } examples[] = {
        {"a\n  {% if %}{% endif %}", "missing", 2, 9},
        {"a\n {{ x", "not closed", 2, 2},
        {"{% for x on y %}{% endfor %}", "in was expected", 1, 10},
        {"{% if a %}x", "\"if\" is not closed", 1, 4},
        {"{% if a %}{% endfor %}", "does not belong inside \"if\"", 1, 14},
        {"{% endif %}", "closes nothing", 1, 4},
        {"{% frobnicate %}", "no tag", 1, 4},
        {"{{ 'open }}", "expected", 1, 4},
        {"{{ a | }}", "a name is missing", 1, 8},
        {"{{ a b }}", "the end of the tag was expected", 1, 6},
        {"\xC3\xA9\xC3\xA9{{ a | plus }}", "takes 1 to 1 values", 1, 10},
        {"{% if a = b %}{% endif %}", "== was expected", 1, 9},
        {"{{ 1 | divided_by: 0 }}", "division by zero", 1, 8},
        {"{% if 1 < 'a' %}{% endif %}", "compared", 1, 7},
        {"{{ 'a' | truncate: 'x' }}", "whole number", 1, 10},
        {"{% # a\nb %}", "#", 2, 1},
        {"{% %}", "no name", 1, 4},
        {"{{ a | date: }}", "missing", 1, 14},
        {"{% comment %}x", "not closed", 1, 4},
    };

    for (size_t i = 0; i < TM_COUNT(examples); i++) {
        const char *got = rendered(examples[i].text, &(struct with){.kind = LIQUID_TEXT});

        CHECK_MSG(!got && strstr(last.msg, examples[i].says), "%s: \"%s\" says \"%s\"",
                  examples[i].text, got ? got : last.msg, examples[i].says);
        CHECK_MSG(last_place.line == examples[i].line && last_place.column == examples[i].column,
                  "%s: at %zu:%zu, not %zu:%zu", examples[i].text, last_place.line,
                  last_place.column, examples[i].line, examples[i].column);
    }
}

static void test_strict(void)
{
    const struct with strict = {.data = "{\"a\":{\"b\":1},\"n\":null}", .strict = true};

    CHECK(!rendered("{{ a | upcas }}", &strict) && strstr(last.hint, "upcase"));
    CHECK(!rendered("{{ nobody }}", &strict) && strstr(last.msg, "nobody"));
    CHECK(!rendered("{{ a.c }}", &strict) && strstr(last.msg, "\"c\""));
    CHECK_STR(
        rendered("{{ a.b }}{{ n }}{{ nobody | default: 'x' }}{% if nobody %}{% endif %}", &strict),
        "1x");
    CHECK_STR(rendered("{% assign x = 1 %}{{ x }}{{ x | upcase }}", &strict), "11");
    CHECK_STR(rendered("{{ nobody }}{{ 'a' | upcas }}", &(struct with){.strict = false}), "a");
}

static void test_names(void)
{
    struct liquid_text text = {"", STR_LIT("{% assign own = shop.name %}{{ own }}\n{% for p in "
                                           "products %}{{ p.t }}{{ forloop.index }}{% endfor %}"
                                           "{{ person.name }}{{ shop.x }}")};
    struct liquid *liquid;
    struct err err;

    CHECK_OK(liquid_compile(&text, 1, LIQUID_TEXT, false, &liquid, NULL, &err), err);
    CHECK_STR(liquid_name(liquid, 0), "shop");
    CHECK_STR(liquid_name(liquid, 1), "products");
    CHECK_STR(liquid_name(liquid, 2), "person");
    CHECK(!liquid_name(liquid, 3));
    CHECK_INT(liquid_name_place(liquid, 1).line, 2);
    liquid_free(liquid);
}

int main(void)
{
    test_values();
    test_conditions();
    test_loops();
    test_texts();
    test_partials();
    test_errors();
    test_strict();
    test_names();
    return tap_done();
}

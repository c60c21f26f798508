/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What a template and the data it prints cannot do. */
#include "outreach/liquid.h"

#include <time.h>

static const char hostile[] =
    "{\"x\":\"<b a='1' b=\\\"2\\\">&\",\"js\":\"javascript:alert(1)\","
    "\"js2\":\" java\\tscript:alert(1)\",\"url\":\"https://shop.example/?a=1&b=2\","
    "\"rel\":\"/cart\",\"two\":\"a b=c>\",\"css\":\"red;background:url(//x)\","
    "\"line\":\"a\\r\\nBcc: x@example.com\",\"list\":[\"<i>\",\"b\"]}";

static void test_escape(void)
{
    static const struct {
        const char *text, *want;
    } examples[] = {
        {"<p>{{ x }}</p>", "<p>&lt;b a=&#39;1&#39; b=&quot;2&quot;&gt;&amp;</p>"},
        {"<p>{{ x | upcase }}{{ x | raw | size }}</p>",
         "<p>&lt;B A=&#39;1&#39; B=&quot;2&quot;&gt;&amp;16</p>"},
        {"{{ x | raw }}", "&lt;b a=&#39;1&#39; b=&quot;2&quot;&gt;&amp;"},
        {"{{ '<hr>' | raw }}{{ '<hr>' }}", "<hr>&lt;hr&gt;"},
        {"{{ '<hr>' | append: two | raw }}", "&lt;hr&gt;a b=c&gt;"},
        {"{% assign h = '<i>' | raw %}{{ h | append: two }}", "<i>a b=c&gt;"},
        {"{% capture c %}<i>{{ two }}</i>{% endcapture %}{{ c }}", "<i>a b=c&gt;</i>"},
        {"{{ two | escape }}{{ two | escape | escape }}", "a b=c&gt;a b=c&gt;"},
        {"{{ list | join: '<br>' }}", "&lt;i&gt;&lt;br&gt;b"},
        {"{% assign br = '<br>' | raw %}{{ list | join: br }}", "&lt;i&gt;<br>b"},
        {"{{ list }}", "&lt;i&gt;b"},
        {"{{ 'a\n<' | newline_to_br }}", "a<br />\n&lt;"},
        {"<a href=\"{{ js }}\">", "<a href=\"#\">"},
        {"<a href='{{ js2 }}'>", "<a href='#'>"},
        {"<a href=\"{{ url }}\">", "<a href=\"https://shop.example/?a=1&amp;b=2\">"},
        {"<a href=\"{{ rel }}\" title=\"{{ js }}\">",
         "<a href=\"/cart\" title=\"javascript:alert(1)\">"},
        {"<a href=\"https://shop.example/{{ js }}\">",
         "<a href=\"https://shop.example/javascript:alert(1)\">"},
        {"<img src={{ two }}>", "<img src=a&#32;b&#61;c&#62;>"},
        {"<img {{ two }}>", "<img a&#32;b&#61;c&#62;>"},
        {"<p style=\"color:{{ css }}\">", "<p style=\"color:redbackgroundurlx\">"},
        {"<style>p { color: {{ css }} }</style><p>{{ css }}",
         "<style>p { color: redbackgroundurlx }"
         "</style><p>red;background:url(//x)"},
        {"<script>v = {{ x }};</script>", "<script>v = b a1 b2;</script>"},
        {"<p onclick=\"f({{ js }})\">", "<p onclick=\"f(javascriptalert1)\">"},
        {"<!-- {{ x }} -->{{ two }}", "<!-- b a1 b2 -->a b=c&gt;"},
        {"<a href=\"{% if x %}{{ js }}{% endif %}\">", "<a href=\"#\">"},
        {"{% cycle x %}", "&lt;b a=&#39;1&#39; b=&quot;2&quot;&gt;&amp;"},
        {"{{ x | url_encode | raw }}", "%3Cb+a%3D%271%27+b%3D%222%22%3E%26"},
        {"{{ x | slice: 0 | raw }}{{ x | split: '' | first | raw }}", "&lt;&lt;"},
        {"{{ x | replace: 'z', '' | raw | slice: 0, 2 }}", "&lt;b"},
    };

    for (size_t i = 0; i < TM_COUNT(examples); i++) {
        const char *got =
            rendered(examples[i].text, &(struct with){.data = hostile, .kind = LIQUID_HTML});

        CHECK_MSG(got && strcmp(got, examples[i].want) == 0, "%s is \"%s\", got \"%s\" %s",
                  examples[i].text, examples[i].want, got ? got : "(error)", got ? "" : last.msg);
    }
    CHECK_STR(rendered("{{ two }}", &(struct with){.data = hostile}), "a b=c>");
    CHECK_STR(rendered("{{ two | raw }}",
                       &(struct with){.data = hostile, .kind = LIQUID_HTML, .flags = VALUE_OWN}),
              "a b=c>");
    CHECK(!rendered("{{ two | raw }}",
                    &(struct with){.data = hostile, .kind = LIQUID_HTML, .strict = true}));
}

static void test_header(void)
{
    const struct with header = {.data = hostile, .kind = LIQUID_HEADER};

    CHECK_STR(rendered("  Hello {{ two }} \n", &header), "Hello a b=c>");
    CHECK(!rendered("Hello {{ line }}", &header) && strstr(last.msg, "line break"));
    CHECK_STR(rendered("Hello {{ line | strip_newlines }}", &header), "Hello aBcc: x@example.com");
    CHECK(!rendered("a\nb", &header));
}

/* Each limit ends the message with its name, whatever part of the language it is reached by. */
static void test_limits(void)
{
    static const struct {
        const char *text, *says;
    } examples[] = {
        {"{% for i in (1..1000) %}{% for j in (1..1000) %}{% endfor %}{% endfor %}", "loops turn"},
        {"{% for i in (1..9223372036854775807) %}{% endfor %}", "loops turn"},
        {"{% tablerow i in (1..99999999) %}{% endtablerow %}", "loops turn"},
        {"{% assign s = 'aaaaaaaaaa' %}{% for i in (1..30) %}{% assign s = s | append: s %}"
         "{% endfor %}",
         "memory"},
        {"{% assign s = 'aaaaaaaaaa' %}{% for i in (1..9) %}{% assign s = s | replace: 'a', s %}"
         "{% endfor %}",
         "memory"},
        {"{% assign s = 'aaaaaaaaaa' %}{% for i in (1..17) %}{% assign s = s | append: s %}"
         "{% endfor %}{{ s }}",
         "longer"},
        {"{% assign a = (1..100000000) | reverse %}", "steps"},
        {"{% assign a = 'x' | split: ',' %}{% for i in (1..40) %}{% assign a = a | concat: a %}"
         "{% endfor %}",
         "memory"},
        {"{% render 'p' %}", "levels"},
        {"{{ 'x' | date: '%Y' }}{% assign f = '%64d%64d%64d%64d%64d%64d%64d%64d' %}"
         "{% for i in (1..20) %}{% assign f = f | append: f %}{% endfor %}{{ 0 | date: f }}",
         "memory"},
    };
    static const struct liquid_text partials[] = {{"p", STR_LIT("{% render 'p' %}")}};

    for (size_t i = 0; i < TM_COUNT(examples); i++) {
        const char *got =
            rendered(examples[i].text, &(struct with){.partials = partials, .n_partials = 1});

        CHECK_MSG(!got && strstr(last.msg, examples[i].says), "%.60s says \"%s\": %s",
                  examples[i].text, examples[i].says, got ? "(rendered)" : last.msg);
    }
}

static int64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* The clock ends what the count of steps lets through. */
static void test_time(void)
{
    struct with with = {.kind = LIQUID_TEXT};
    int64_t began = now_ms();

    with.settings.limits = liquid_limits_usual;
    with.settings.limits.steps = with.settings.limits.turns = SIZE_MAX / 2;
    CHECK(
        !rendered("{% for i in (1..4000000000) %}{% assign x = i | plus: 1 %}{% endfor %}", &with));
    CHECK_INT(last.code, ERR_TIMEOUT);
    CHECK(now_ms() - began < 5000);
}

static void test_nesting(void)
{
    static char text[64 * 1024];
    size_t n = 0;

    for (int i = 0; i < 2000; i++)
        n += (size_t)snprintf(text + n, sizeof(text) - n, "{%% if a %%}");
    CHECK(!rendered(text, &(struct with){.kind = LIQUID_TEXT}) && strstr(last.msg, "levels"));
    n = (size_t)snprintf(text, sizeof(text), "{{ a");
    for (int i = 0; i < 2000; i++)
        n += (size_t)snprintf(text + n, sizeof(text) - n, "[a");
    CHECK(!rendered(text, &(struct with){.kind = LIQUID_TEXT}) || true);
    CHECK(strstr(last.msg, "not closed") || strstr(last.msg, "levels"));
    n = (size_t)snprintf(text, sizeof(text), "{%% if a");
    for (int i = 0; i < 5000; i++)
        n += (size_t)snprintf(text + n, sizeof(text) - n, " and a");
    snprintf(text + n, sizeof(text) - n, " %%}y{%% endif %%}");
    CHECK_STR(rendered(text, &(struct with){.data = "{\"a\":1}"}), "y");
}

/* An error leaves what was there before, and nothing of the message. */
static void test_whole_or_nothing(void)
{
    struct liquid_text text = {"", STR_LIT("begun {{ 1 | divided_by: 0 }}")};
    struct liquid_settings settings = {.limits = liquid_limits_usual};
    struct buf out = BUF_INIT(1 << 20);
    struct arena arena = ARENA_INIT(1 << 20);
    struct liquid *liquid;
    struct err err;

    buf_addz(&out, "before");
    CHECK_OK(liquid_compile(&text, 1, LIQUID_TEXT, false, &liquid, NULL, &err), err);
    CHECK(liquid_render(liquid, &settings, &arena, &out, NULL, &err) == ERR_INVALID);
    CHECK_STR(buf_cstr(&out), "before");
    liquid_free(liquid);
    buf_release(&out);
    arena_release(&arena);
}

/* never_49: a template that read the environment (listmonk, CVE-2025-49136). There is no way to
 * name anything but the data: whatever else is asked for is nothing. */
static void test_reads_nothing_else(void)
{
    static const char *const attempts[] = {
        "{{ env.SECRET }}",
        "{{ 'SECRET' | env }}",
        "{{ 'SECRET' | getenv }}",
        "{{ [\"SECRET\"] }}",
        "{{ ENV['SECRET'] }}",
        "{{ process.env.SECRET }}",
        "{{ settings.data }}",
        "{{ self.class }}",
        "{{ '' | __send__: 'x' }}",
        "{{ a.__proto__.constructor }}",
        "{{ a.constructor }}",
        "{{ 'x' | map: 'class' }}",
        "{{ forloop }}",
        "{{ '/etc/passwd' | file }}",
        "{{ 'localhost' | getHostByName }}",
    };

    setenv("SECRET", "canary-49", 1);
    for (size_t i = 0; i < TM_COUNT(attempts); i++) {
        const char *got = rendered(attempts[i], &(struct with){.data = "{\"a\":{}}"});

        CHECK_MSG(got && !strstr(got, "canary-49") && !strstr(got, "root:"), "%s gives nothing",
                  attempts[i]);
    }
    CHECK(!rendered("{% include '/etc/passwd' %}", &(struct with){.data = "{}"}));
    CHECK(!rendered("{% render '../secret' %}", &(struct with){.data = "{}"}));
    CHECK(!rendered("{% connected_content http://127.0.0.1/ %}", &(struct with){.data = "{}"}));
}

/* A person's record, asked for only what the message uses. */
struct record {
    struct value_drop drop;
    int asked;
};

static enum err_code ask(const struct value_drop *drop, struct str key, struct arena *arena,
                         struct value *out_value, bool *out_known, struct err *err)
{
    struct record *record = (struct record *)(uintptr_t)drop;

    (void)arena;
    (void)err;
    record->asked++;
    *out_known = str_eqz(key, "person") || str_eqz(key, "name");
    *out_value = str_eqz(key, "person") ? value_drop(drop) : value_strz("Sam");
    return ERR_OK;
}

static void test_drop(void)
{
    struct record record = {{ask}, 0};
    struct liquid_text text = {"", STR_LIT("{{ person.name }}{{ person.name }}{% if false %}"
                                           "{{ orders }}{% endif %}")};
    struct liquid_settings settings = {.data = value_drop(&record.drop),
                                       .limits = liquid_limits_usual};
    struct buf out = BUF_INIT(1 << 20);
    struct arena arena = ARENA_INIT(1 << 20);
    struct liquid *liquid;
    struct err err;

    CHECK_OK(liquid_compile(&text, 1, LIQUID_TEXT, false, &liquid, NULL, &err), err);
    CHECK_OK(liquid_render(liquid, &settings, &arena, &out, NULL, &err), err);
    CHECK_STR(buf_cstr(&out), "SamSam");
    CHECK_INT(record.asked, 3); /* person once, its name twice, orders never */
    liquid_free(liquid);
    buf_release(&out);
    arena_release(&arena);
}

int main(void)
{
    test_escape();
    test_header();
    test_limits();
    test_time();
    test_nesting();
    test_whole_or_nothing();
    test_reads_nothing_else();
    test_drop();
    return tap_done();
}

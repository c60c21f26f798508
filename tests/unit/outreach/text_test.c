/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The plain text of HTML messages. */
#include "tap.h"

#include "outreach/text/text.h"

static const char *text_of(const char *html)
{
    static struct buf out;
    struct err err = ERR_INIT;

    buf_release(&out);
    out = BUF_INIT(1 << 20);
    return text_from_html(str_of(html), &out, &err) == ERR_OK ? buf_cstr(&out) : NULL;
}

static void test_lines(void)
{
    CHECK_STR(text_of("<p>One\n  two</p><p>three<br>four</p>"), "One two\n\nthree\nfour\n");
    CHECK_STR(text_of("<h1>A</h1>text<div>b</div><div><div>c</div></div>"), "A\n\ntext\nb\nc\n");
    CHECK_STR(text_of("a<hr>b<br><br>c<br><br><br><br>d"), "a\n---\nb\n\nc\n\nd\n");
    CHECK_STR(text_of(""), "");
    CHECK_STR(text_of("1 < 2 & 3 > 2 <3"), "1 < 2 & 3 > 2 <3\n");
    CHECK_STR(text_of("&lt;b&gt; &amp;amp; &eacute; &#169;&#x20AC; a&nbsp;b&nope;"),
              "<b> &amp; &eacute; \u00a9\u20ac a b&nope;\n");
}

static void test_lists(void)
{
    CHECK_STR(text_of("Do:<ul><li>a</li><li><p>b</p><ul><li>c</li></ul></li></ul>end"),
              "Do:\n\n- a\n- b\n  - c\n\nend\n");
    CHECK_STR(text_of("<ol><li>x<li>y</ol>"), "1. x\n2. y\n");
}

static void test_tables(void)
{
    CHECK_STR(text_of("<table><tr><th>Tea</th><td>2</td><td>\u20ac6</td></tr><tr><td>Cup</td>"
                      "<td>1</td></tr></table>"),
              "Tea 2 \u20ac6\nCup 1\n");
    CHECK_STR(text_of("<table><tr><td><table><tr><td>a</td></tr></table></td><td><p>b</p></td></tr>"
                      "</table>"),
              "a\n\nb\n");
}

static void test_links(void)
{
    CHECK_STR(text_of("<a href='https://e.example/?a=1&amp;b=2'>Shop</a> and "
                      "<a href=https://e.example/?a=1&b=2>again</a>, <a href=\"/x\">x</a>"),
              "Shop [1] and again [1], x [2]\n\n[1] https://e.example/?a=1&b=2\n[2] /x\n");
    CHECK_STR(text_of("<a href='https://e.example/'>https://e.example/</a> "
                      "<a href='mailto:a@example.com'>a@example.com</a> <a href='#top'>up</a>"),
              "https://e.example/ a@example.com up\n");
    CHECK_STR(text_of("<a href='https://e.example/p'><img src=x alt='The pot'></a><img src=y>"),
              "The pot [1]\n\n[1] https://e.example/p\n");
    CHECK_STR(text_of("<a href='https://e.example/\nBcc: x'>a</a>"),
              "a [1]\n\n[1] https://e.example/Bcc:x\n");
}

static void test_hidden(void)
{
    static const char *const ways[] = {"hidden", "HIDDEN", "style='display:none'",
                                       "style='Display : None'", "style=\"a:b; mso-hide: all\""};

    /* wherever the word stands among others */
    for (size_t way = 0; way < TM_COUNT(ways); way++)
        for (int before = 1; before < 8; before++) {
            TM_CLEANUP(buf_release) struct buf html = BUF_INIT(1000);

            buf_addf(&html, "<p>a</p><p id=%.*s %s>b</p>", before, "xxxxxxxx", ways[way]);
            CHECK_STR(text_of(buf_cstr(&html)), "a\n");
        }
    CHECK_STR(text_of("<p style=\"text-decoration:none;display:inline-block\">a</p>"), "a\n");
    CHECK_STR(text_of("<head><title>T</title><style>p{}</style></head><p>a<script>if (a<b) "
                      "\"</p>\"</script>b</p>"),
              "ab\n");
    CHECK_STR(text_of("<div style=\"Display: none\">pre<div>view</div>&zwnj;</div>a<span hidden>x"
                      "</span>b<!-- c --><!--[if mso]><p>o</p><![endif]-->d<!DOCTYPE html>e"),
              "abde\n");
    CHECK_STR(text_of("<p>a&zwnj;&#8203;\u200b&#847;b</p>"), "ab\n");
}

static void test_directions(void)
{
    CHECK_STR(text_of("<p>\u0645\u0631\u062d\u0628\u0627</p><ul><li>\u0634\u0627\u064a</li></ul>"),
              "\u0645\u0631\u062d\u0628\u0627\n\n- \u0634\u0627\u064a\n");
    CHECK_STR(text_of("<p>\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35</p>"),
              "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35\n");
}

/* Any bytes, within the buffer. */
static void test_broken(void)
{
    static const char *const texts[] = {"<",         "<a",      "<a href",  "<a href=",
                                        "<a href='", "</",      "<!--",     "<!",
                                        "&",         "&#",      "&#x;",     "&#xFFFFFFFFFFF;",
                                        "<script>",  "<p \xff", "\xf0\x9f", "<li></ul></ol></a>"};
    struct buf small = BUF_INIT(8);
    struct err err;

    for (size_t i = 0; i < TM_COUNT(texts); i++)
        CHECK_MSG(text_of(texts[i]) != NULL, "%s is read", texts[i]);
    CHECK(text_from_html(STR_LIT("<p>much too long for it</p>"), &small, &err) == ERR_TOO_LARGE);
    buf_release(&small);
}

int main(void)
{
    test_lines();
    test_lists();
    test_tables();
    test_links();
    test_hidden();
    test_directions();
    test_broken();
    return tap_done();
}

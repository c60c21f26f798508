/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Messages of other tools, put into Liquid; what comes out compiles. */
#include "tap.h"

#include "outreach/liquid/liquid.h"
#include "outreach/translate/translate.h"

static size_t n_left, left_line;

static void left(void *ctx, struct str tag, size_t line)
{
    (void)ctx;
    (void)tag;
    n_left++;
    left_line = line;
}

static const char *translated(enum translate_from from, const char *text)
{
    static struct buf out;
    struct liquid_text source = {"", STR_NONE};
    struct liquid *liquid = NULL;
    struct err err = ERR_INIT;

    buf_release(&out);
    out = BUF_INIT(1 << 20);
    n_left = 0;
    if (translate_to_liquid(from, str_of(text), &out, left, NULL, &err) != ERR_OK)
        return NULL;
    source.text = buf_str(&out);
    CHECK_MSG(n_left ||
                  liquid_compile(&source, 1, LIQUID_HTML, true, &liquid, NULL, &err) == ERR_OK,
              "%s compiles: %s", buf_cstr(&out), err.msg);
    liquid_free(liquid);
    return buf_cstr(&out);
}

static void test_mailchimp(void)
{
    CHECK_STR(
        translated(FROM_MAILCHIMP, "Hi *|FNAME|*, *|TITLE:LNAME|* *|MMERGE5|*"),
        "Hi {{ person.first_name }}, {{ person.last_name | capitalize }} {{ person.mmerge5 }}");
    CHECK_STR(translated(FROM_MAILCHIMP, "*|IF:FNAME|*a*|ELSEIF:CITY=Rome|*b*|ELSE:|*c*|END:IF|*"),
              "{% if person.first_name != blank %}a{% elsif person.city == \"Rome\" %}b{% else %}c"
              "{% endif %}");
    CHECK_STR(translated(FROM_MAILCHIMP, "*|IFNOT:FNAME|*x*|END:IF|*"),
              "{% if person.first_name == blank %}x{% endif %}");
    CHECK_STR(translated(FROM_MAILCHIMP, "*|UNSUB|* *|ARCHIVE|* *|LIST:COMPANY|* *|CURRENT_YEAR|*"),
              "{{ unsubscribe_url }} {{ view_in_browser_url }} {{ shop.name }} "
              "{{ 'now' | date: '%Y' }}");
    CHECK_STR(translated(FROM_MAILCHIMP, "a\nb *|RSSITEMS:|* *|x"), "a\nb *|RSSITEMS:|* *|x");
    CHECK_INT(n_left, 1);
    CHECK_INT(left_line, 2);
    CHECK_STR(translated(FROM_MAILCHIMP, "{{ 1 {% x"),
              "{% raw %}{{{% endraw %} 1 {% raw %}{%{% endraw %} x");
}

static void test_klaviyo(void)
{
    CHECK_STR(translated(FROM_KLAVIYO, "{{ first_name|default:'friend' }} {{ person.x|title }}"),
              "{{ person.first_name | default: 'friend' }} {{ person.x | capitalize }}");
    CHECK_STR(translated(FROM_KLAVIYO, "{{ event|lookup:'$value'|floatformat:2 }}"),
              "{{ event['$value'] | round: 2 }}");
    CHECK_STR(translated(FROM_KLAVIYO, "{% for item in event.extra.line_items %}{{ item.name }}"
                                       "{{ forloop.counter }}{% empty %}none{% endfor %}"),
              "{% for item in event.extra.line_items %}{{ item.name }}{{ forloop.index }}{% else %}"
              "none{% endfor %}");
    CHECK_STR(translated(FROM_KLAVIYO, "{% if a == 'x y' and b %}1{% elif c > 2 %}2{% endif %}"),
              "{% if a == 'x y' and b %}1{% elsif c > 2 %}2{% endif %}");
    CHECK_STR(translated(FROM_KLAVIYO, "{% unsubscribe %} {% unsubscribe 'Bye' %}"),
              "<a href=\"{{ unsubscribe_url }}\">Unsubscribe</a> "
              "<a href=\"{{ unsubscribe_url }}\">Bye</a>");
    CHECK_STR(translated(FROM_KLAVIYO, "{% coupon_code 'X' %}{{ a|date:'F d' }}{% if not a %}"),
              "{% coupon_code 'X' %}{{ a|date:'F d' }}{% if not a %}");
    CHECK_INT(n_left, 3);
}

static void test_springbot(void)
{
    CHECK_STR(translated(FROM_SPRINGBOT, "Dear [[customer_first_name]], [[store_address]] [[odd]]"),
              "Dear {{ person.first_name }}, {{ shop.address }} [[odd]]");
    CHECK_INT(n_left, 1);
}

int main(void)
{
    test_mailchimp();
    test_klaviyo();
    test_springbot();
    return tap_done();
}

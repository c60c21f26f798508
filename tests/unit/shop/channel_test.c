/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "shop/channel.h"

#include "tap.h"

struct row {
    const char *source, *medium, *campaign, *click_id, *referrer, *want;
};

/* One row or more for each rule, in the order of the table. */
static const struct row rows[] = {
    {"(direct)", "(none)", "", "", "", "Direct"},
    {"(Direct)", "(not set)", "", "", "", "Direct"},
    {"", "", "", "", "", "Direct"},
    {"google", "cpc", "Cross-Network spring", "", "", "Cross-network"},
    {"amazon", "cpc", "", "", "", "Paid Shopping"},
    {"amazon.de", "ppc", "", "", "", "Paid Shopping"},
    {"google", "cpc", "spring shopping", "", "", "Paid Shopping"},
    {"google", "cpc", "eshop-2026", "", "", "Paid Shopping"},
    {"google", "cpc", "shop", "", "", "Paid Shopping"},
    {"google", "cpc", "workshop", "", "", "Paid Search"},
    {"google", "CPC", "brand", "", "", "Paid Search"},
    {"Google", "retargeting", "", "", "", "Paid Search"},
    {"bing", "paidsearch", "", "", "", "Paid Search"},
    {"google", "cpm", "", "", "", "Paid Search"},
    {"facebook", "cpm", "", "", "", "Paid Social"},
    {"fb", "paid", "", "", "", "Paid Social"},
    {"ig", "paid_social", "", "", "", "Paid Social"},
    {"youtube", "cpv cpc", "", "", "", "Paid Video"},
    {"vimeo.com", "ppc", "", "", "", "Paid Video"},
    {"somewhere", "cpm", "", "", "", "Display"},
    {"somewhere", "banner", "", "", "", "Display"},
    {"facebook", "display", "", "", "", "Display"},
    {"dv360", "interstitial", "", "", "", "Display"},
    {"somewhere", "cpc", "", "", "", "Paid Other"},
    {"somewhere", "cpa", "", "", "", "Paid Other"},
    {"chatgpt.com", "", "", "", "", "AI Assistants"},
    {"chatgpt.com", "referral", "", "", "", "AI Assistants"},
    {"perplexity", "", "", "", "", "AI Assistants"},
    {"www.perplexity.ai", "referral", "", "", "", "AI Assistants"},
    {"gemini.google.com", "referral", "", "", "", "AI Assistants"},
    {"copilot.microsoft.com", "referral", "", "", "", "AI Assistants"},
    {"claude.ai", "referral", "", "", "", "AI Assistants"},
    {"chat.openai.com", "organic", "", "", "", "AI Assistants"},
    {"amazon", "referral", "", "", "", "Organic Shopping"},
    {"www.ebay.co.uk", "referral", "", "", "", "Organic Shopping"},
    {"temu", "", "", "", "", "Organic Shopping"},
    {"partner", "link", "summer shop", "", "", "Organic Shopping"},
    {"l.facebook.com", "referral", "", "", "", "Organic Social"},
    {"m.facebook.com", "referral", "", "", "", "Organic Social"},
    {"blog", "social-media", "", "", "", "Organic Social"},
    {"blog", "Social Network", "", "", "", "Organic Social"},
    {"facebook", "email", "", "", "", "Organic Social"},
    {"youtube.com", "referral", "", "", "", "Organic Video"},
    {"blog", "short-video", "", "", "", "Organic Video"},
    {"google", "organic", "", "", "", "Organic Search"},
    {"google.co.th", "referral", "", "", "", "Organic Search"},
    {"www.google.de", "referral", "", "", "", "Organic Search"},
    {"unknown-engine", "organic", "", "", "", "Organic Search"},
    {"news.google.com", "referral", "", "", "", "Referral"},
    {"google.evil.example", "referral", "", "", "", "Referral"},
    {"blog.example.com", "referral", "", "", "", "Referral"},
    {"myapp", "app", "", "", "", "Referral"},
    {"blog", "link", "", "", "", "Referral"},
    {"list", "email", "", "", "", "Email"},
    {"E-mail", "whatever", "", "", "", "Email"},
    {"list", "e mail", "", "", "", "Email"},
    {"newsletter", "", "", "", "", "Email"},
    {"newsletter", "campaign", "", "", "", "Email"},
    {"shopname", "newsletter", "", "", "", "Email"},
    {"Klaviyo", "flow", "", "", "", "Email"},
    {"klaviyo", "sms", "", "", "", "SMS"},
    {"partner", "affiliate", "", "", "", "Affiliates"},
    {"podcast", "audio", "", "", "", "Audio"},
    {"sms", "campaign", "", "", "", "SMS"},
    {"list", "SMS", "", "", "", "SMS"},
    {"app", "web_push", "", "", "", "Mobile Push Notifications"},
    {"app", "mobile-banner", "", "", "", "Mobile Push Notifications"},
    {"app", "notifications", "", "", "", "Mobile Push Notifications"},
    {"firebase", "anything", "", "", "", "Mobile Push Notifications"},
    {"", "strange", "", "", "", "Unassigned"},
    {"(not set)", "(not set)", "", "", "", "Unassigned"},
    {"somebody", "", "", "", "", "Referral"},
    {"somebody", "strange", "", "", "", "Referral"},
    /* click ids */
    {"", "", "", "gclid", "", "Paid Search"},
    {"google", "organic", "", "gclid", "", "Paid Search"},
    {"(direct)", "(none)", "", "gclid", "", "Paid Search"},
    {"", "", "", "GBRAID", "", "Paid Search"},
    {"", "", "", "wbraid", "", "Paid Search"},
    {"bing", "organic", "", "msclkid", "", "Paid Search"},
    {"", "", "", "dclid", "", "Display"},
    {"", "", "", "ttclid", "", "Paid Social"},
    /* ids that stand on links nobody paid for as well name the site, not the money */
    {"", "", "", "fbclid", "https://l.facebook.com/", "Organic Social"},
    {"", "", "", "fbclid", "", "Organic Social"},
    {"", "", "", "epik", "", "Organic Social"},
    {"(direct)", "(none)", "", "fbclid", "", "Organic Social"},
    {"(not set)", "(not set)", "", "fbclid", "", "Organic Social"},
    {"facebook.com", "referral", "", "fbclid", "", "Organic Social"},
    {"blog.example.com", "referral", "", "fbclid", "", "Referral"},
    {"google", "", "", "fbclid", "", "Organic Search"},
    {"facebook", "cpc", "", "fbclid", "", "Paid Social"},
    {"facebook", "paid_social", "", "fbclid", "", "Paid Social"},
    {"fb_ads", "", "", "fbclid", "", "Paid Social"},
    {"facebook", "social", "", "fbclid", "", "Organic Social"},
    {"list", "email", "", "fbclid", "", "Email"},
    {"google", "organic", "", "srsltid", "", "Organic Search"},
    {"youtube", "", "", "gclid", "", "Paid Video"},
    /* paid sources whatever the medium */
    {"adwords", "", "", "", "", "Paid Search"},
    {"facebook_ads", "social", "", "", "", "Paid Social"},
    {"yt-ads", "video", "", "", "", "Paid Video"},
    {"criteo", "", "", "", "", "Paid Other"},
    /* referrers stand in for a source */
    {"", "", "", "", "https://www.google.com/", "Organic Search"},
    {"", "", "", "", "https://blog.example.com/post?x=1", "Referral"},
    {"", "", "", "", "android-app://com.google.android.gm/", "Email"},
    {"", "", "", "", "https://de.search.yahoo.com/search", "Organic Search"},
    {"", "", "", "", "https://chatgpt.com", "AI Assistants"},
    {"list", "email", "", "", "https://www.google.com/", "Email"},
};

static void rules(void)
{
    for (size_t i = 0; i < TM_COUNT(rows); i++) {
        const struct row *r = &rows[i];
        struct touch touch = {str_of(r->source), str_of(r->medium), str_of(r->campaign),
                              str_of(r->click_id), str_of(r->referrer)};
        const char *got = channel_of(&touch);

        CHECK_MSG(strcmp(got, r->want) == 0, "%s / %s / %s / %s / %s is %s, got %s", r->source,
                  r->medium, r->campaign, r->click_id, r->referrer, r->want, got);
    }
}

static void every_channel_is_reached(void)
{
    static const char *const names[] = {
#define CHANNEL(name) name,
#include "shop/channel_rules.def"
#undef CHANNEL
    };

    CHECK_INT(TM_COUNT(names), 20);
    for (size_t i = 0; i < TM_COUNT(names); i++) {
        bool reached = false;

        for (size_t k = 0; k < TM_COUNT(rows); k++)
            reached = reached || strcmp(rows[k].want, names[i]) == 0;
        CHECK_MSG(reached, "%s has a row in this test", names[i]);
        CHECK_STR(channel_canonical(str_of(names[i])), names[i]);
    }
}

static void tables_agree(void)
{
    static const char *const targets[] = {
#define CHANNEL_RULE(channel, condition) channel,
#define CHANNEL_ALIAS(theirs, ours) ours,
#define PLATFORM(name, word, channel) channel,
#include "shop/channel_rules.def"
#undef CHANNEL_RULE
#undef CHANNEL_ALIAS
#undef PLATFORM
    };

    for (size_t i = 0; i < TM_COUNT(targets); i++)
        if (!channel_canonical(str_of(targets[i])))
            CHECK_MSG(false, "%s is a channel", targets[i]);
}

static void lookups(void)
{
    char longest[2000];

    CHECK_STR(channel_canonical(STR_LIT(" organic SEARCH ")), "Organic Search");
    CHECK_STR(channel_canonical(STR_LIT("paid_search")), "Paid Search");
    CHECK_STR(channel_canonical(STR_LIT("organic-social")), "Organic Social");
    CHECK(channel_canonical(STR_LIT("paid_searches")) == NULL);
    CHECK(channel_canonical(STR_LIT("")) == NULL);
    CHECK_STR(channel_canonical(STR_LIT("AI Assistant")), "AI Assistants");
    CHECK(channel_canonical(STR_LIT("Carrier pigeon")) == NULL);
    CHECK_STR(channel_of_platform(STR_LIT("meta"), STR_NONE), "Paid Social");
    CHECK_STR(channel_of_platform(STR_LIT("Google"), STR_LIT("Brand TH")), "Paid Search");
    CHECK_STR(channel_of_platform(STR_LIT("google"), STR_LIT("PMax - all")), "Cross-network");
    CHECK_STR(channel_of_platform(STR_LIT("google"), STR_LIT("Shopping DE")), "Paid Shopping");
    CHECK_STR(channel_of_platform(STR_LIT("print"), STR_NONE), "Paid Other");
    memset(longest, 'a', sizeof(longest));
    struct touch touch = {.source = {longest, sizeof(longest)},
                          .medium = {longest, sizeof(longest)},
                          .campaign = {longest, sizeof(longest)}};
    CHECK_STR(channel_of(&touch), "Referral");
}

int main(void)
{
    rules();
    every_channel_is_reached();
    tables_agree();
    lookups();
    return tap_done();
}

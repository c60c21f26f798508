/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "shop/channel.h"

#include <pthread.h>

#include "shop/word_table.h"

enum source_kind { OTHER, SEARCH, SOCIAL, SHOPPING, VIDEO, ASSISTANT, MAIL };
enum { KIND_MASK = 15, BRAND = 16, PAID = 32 }; /* with a kind: the value of a word */
/* Whether the site puts its click id on ads only, or on links that nobody paid for as well. */
enum click_scope { ADS, ANY_LINK };

static const struct word source_words[] = {
#define SOURCE_SITE(name, kind) {name, kind},
#define SOURCE_BRAND(name, kind) {name, (int)kind | BRAND},
#define SOURCE_PAID(name, kind) {name, (int)kind | PAID},
#include "shop/channel_sources.def"
#undef SOURCE_SITE
#undef SOURCE_BRAND
#undef SOURCE_PAID
};

static const char *const channels[] = {
#define CHANNEL(name) name,
#include "shop/channel_rules.def"
#undef CHANNEL
};

static const struct {
    const char *theirs, *ours;
} aliases[] = {
#define CHANNEL_ALIAS(theirs, ours) {theirs, ours},
#include "shop/channel_rules.def"
#undef CHANNEL_ALIAS
};

static const struct click_id {
    const char *name, *source;
    enum click_scope scope;
} click_ids[] = {
#define CLICK_ID(name, source, scope) {name, source, scope},
#include "shop/channel_rules.def"
#undef CLICK_ID
};

static const struct {
    const char *name, *word, *channel;
} platforms[] = {
#define PLATFORM(name, word, channel) {name, word, channel},
#include "shop/channel_rules.def"
#undef PLATFORM
};

static struct word_table sources;
static pthread_once_t sources_once = PTHREAD_ONCE_INIT;

static void sources_fill(void)
{
    word_table_fill(&sources, source_words, TM_COUNT(source_words));
}

/* What the rules look at, all in lower case. */
struct visit {
    struct str source, medium, campaign;
    enum source_kind kind;
    bool paid;
};

static bool has(struct str s, const char *needle)
{
    size_t n = strlen(needle);

    return s.n >= n && memmem(s.p, s.n, needle, n) != NULL;
}

static bool one_of(struct str s, const char *const *list, size_t count)
{
    if (s.n == 0)
        return false;
    for (size_t i = 0; i < count; i++)
        if (list[i][0] == s.p[0] && str_eqz(s, list[i]))
            return true;
    return false;
}

#define ONE_OF(s, ...)                                                                             \
    one_of((s), (const char *const[]){__VA_ARGS__}, TM_COUNT(((const char *const[]){__VA_ARGS__})))

static bool is_unset(struct str s)
{
    return ONE_OF(s, "(not set)", "(data not available)", "(not provided)");
}

static bool is_direct(const struct visit *v)
{
    return !v->paid && ONE_OF(v->source, "(direct)", "direct") &&
           (v->medium.n == 0 || ONE_OF(v->medium, "(not set)", "(none)"));
}

static bool is_display(const struct visit *v)
{
    return ONE_OF(v->medium, "display", "banner", "expandable", "interstitial", "cpm");
}

static bool is_social_word(struct str s)
{
    return ONE_OF(s, "social", "social-network", "social-media", "sm", "social network",
                  "social media");
}

static bool is_email_word(struct str s)
{
    return ONE_OF(s, "email", "e-mail", "e_mail", "e mail");
}

static bool is_referral_word(struct str s)
{
    return ONE_OF(s, "referral", "app", "link");
}

static bool is_push(const struct visit *v)
{
    return str_ends(v->medium, "push") || has(v->medium, "mobile") ||
           has(v->medium, "notification") || str_eqz(v->source, "firebase");
}

/* ^(.*cp.*|ppc|retargeting|paid.*)$ */
static bool is_paid_medium(struct str s)
{
    return has(s, "cp") || ONE_OF(s, "ppc", "retargeting") || str_starts(s, "paid");
}

/* ^(.*(([^a-df-z]|^)shop|shopping).*)$ : "shop" at the start, or after e or what is no letter */
static bool names_shop(struct str s)
{
    if (has(s, "shopping"))
        return true;
    for (size_t i = 0; i + 4 <= s.n; i++)
        if (memcmp(s.p + i, "shop", 4) == 0 &&
            (i == 0 || s.p[i - 1] == 'e' || s.p[i - 1] < 'a' || s.p[i - 1] > 'z'))
            return true;
    return false;
}

static const struct word *brand_of(struct str host)
{
    static const char *const fronts[] = {"www.", "m.", "l.", "lm.", "mobile.", "search.", "r."};
    const char *dot;
    const struct word *word;
    size_t rest;

    for (size_t i = 0; i < TM_COUNT(fronts); i++)
        if (str_starts(host, fronts[i])) {
            host.p += strlen(fronts[i]);
            host.n -= strlen(fronts[i]);
            break;
        }
    dot = memchr(host.p, '.', host.n);
    if (!dot)
        return NULL;
    word = word_find(&sources, (struct str){host.p, (size_t)(dot - host.p)});
    if (!word || !(word->value & BRAND))
        return NULL;
    rest = host.n - (size_t)(dot + 1 - host.p); /* "com", "de", "co.th", "com.br" */
    dot = memchr(dot + 1, '.', rest);
    if (dot ? host.p + host.n - dot == 3 : rest == 2 || rest == 3)
        return word;
    return NULL;
}

/* The word itself, the domain or one it lies under, or a brand's domain in some country. */
static const struct word *source_word(struct str source)
{
    const struct word *word = word_find(&sources, source);
    struct str rest = source;
    const char *dot;

    if (word || !memchr(source.p, '.', source.n))
        return word;
    while ((dot = memchr(rest.p, '.', rest.n))) {
        rest = (struct str){dot + 1, rest.n - (size_t)(dot + 1 - rest.p)};
        if (!memchr(rest.p, '.', rest.n))
            break;
        if ((word = word_find(&sources, rest)))
            return word;
    }
    return brand_of(source);
}

/* "https://www.Example.com:443/a" -> "www.example.com" */
static struct str host_of(struct str url, char out[WORD_MAX + 1])
{
    const char *scheme = memmem(url.p, url.n, "://", 3);
    size_t n = 0;

    if (scheme) {
        url.n -= (size_t)(scheme + 3 - url.p);
        url.p = scheme + 3;
    }
    while (n < url.n && !strchr("/?#:", url.p[n]))
        n++;
    url.n = n;
    return word_lower(url, out);
}

static const struct click_id *click_of(struct str name)
{
    for (size_t i = 0; name.n && i < TM_COUNT(click_ids); i++)
        if (str_ieqz(name, click_ids[i].name))
            return &click_ids[i];
    return NULL;
}

static bool says_nothing(struct str medium)
{
    return medium.n == 0 || ONE_OF(medium, "(not set)", "(none)", "referral");
}

/* Nothing but the click id tells where the visit comes from. */
static bool came_from_nowhere(const struct visit *v)
{
    return says_nothing(v->medium) &&
           (v->source.n == 0 || is_unset(v->source) || ONE_OF(v->source, "(direct)", "direct"));
}

/* An id of ads: paid, and by whom where the visit's own source does not tell. One that stands on
 * any link of its site names the site alone, and only where nothing else does. */
static void apply_click(struct visit *v, const struct click_id *click)
{
    const struct word *word;

    if (!click || (click->scope == ANY_LINK && !came_from_nowhere(v)))
        return;
    if (click->scope == ANY_LINK)
        v->source = str_of(click->source);
    else
        v->paid = true;
    if (v->kind != OTHER)
        return;
    if (strcmp(click->source, "display") == 0)
        v->medium = STR_LIT("display");
    word = word_find(&sources, str_of(click->source));
    if (word)
        v->kind = (enum source_kind)(word->value & KIND_MASK);
}

const char *channel_of(const struct touch *touch)
{
    char source[WORD_MAX + 1], medium[WORD_MAX + 1], campaign[WORD_MAX + 1];
    const struct visit *v;
    const struct word *word;
    struct visit visit = {
        .source = word_lower(touch->source, source),
        .medium = word_lower(touch->medium, medium),
        .campaign = word_lower(touch->campaign, campaign),
    };

    pthread_once(&sources_once, sources_fill);
    if (visit.source.n == 0 && visit.medium.n == 0 && touch->referrer.n)
        visit.source = host_of(touch->referrer, source);
    word = source_word(visit.source);
    visit.paid = is_paid_medium(visit.medium) || (word && (word->value & PAID));
    if (word)
        visit.kind = (enum source_kind)(word->value & KIND_MASK);
    apply_click(&visit, click_of(touch->click_id));
    v = &visit;
#define CHANNEL_RULE(channel, condition)                                                           \
    if (condition)                                                                                 \
        return channel;
#include "shop/channel_rules.def"
#undef CHANNEL_RULE
    return "Unassigned";
}

const char *channel_of_platform(struct str platform, struct str campaign)
{
    platform = str_trim(platform);
    for (size_t i = 0; i < TM_COUNT(platforms); i++)
        if (str_ieqz(platform, platforms[i].name) && str_icontains(campaign, platforms[i].word))
            return platforms[i].channel;
    return "Paid Other";
}

/* "paid_search" and "cross-network" as "Paid Search" and "Cross-network". */
static bool same_words(struct str name, const char *ours)
{
    size_t i = 0;

    for (; i < name.n && ours[i]; i++) {
        char a = name.p[i] == '_' || name.p[i] == '-' ? ' ' : name.p[i];
        char b = ours[i] == '_' || ours[i] == '-' ? ' ' : ours[i];

        if (tolower((unsigned char)a) != tolower((unsigned char)b))
            return false;
    }
    return i == name.n && !ours[i];
}

const char *channel_canonical(struct str name)
{
    name = str_trim(name);
    for (size_t i = 0; i < TM_COUNT(channels); i++)
        if (same_words(name, channels[i]))
            return channels[i];
    for (size_t i = 0; i < TM_COUNT(aliases); i++)
        if (same_words(name, aliases[i].theirs))
            return aliases[i].ours;
    return NULL;
}

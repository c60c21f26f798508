/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Klaviyo's Django. */
#include "outreach/translate/parts.h"

enum { PIECES_MAX = 12 };

/* Names without a dot that stand for a person's fields, and objects that are called otherwise. */
static const struct word_pair names[] = {
    {"first_name", "person.first_name"},
    {"last_name", "person.last_name"},
    {"email", "person.email"},
    {"phone_number", "person.phone"},
    {"organization.name", "shop.name"},
    {"organization.url", "shop.url"},
    {"organization.full_address", "shop.address"},
    {"organization.email", "shop.email"},
    {"unsubscribe_link", "unsubscribe_url"},
    {"web_view", "view_in_browser_url"},
    {"forloop.counter", "forloop.index"},
    {"forloop.counter0", "forloop.index0"},
    {"forloop.revcounter", "forloop.rindex"},
    {"forloop.revcounter0", "forloop.rindex0"},
};

static const struct word_pair filters[] = {
    {"default", "default"},
    {"capfirst", "capitalize"},
    {"title", "capitalize"},
    {"upper", "upcase"},
    {"lower", "downcase"},
    {"length", "size"},
    {"add", "plus"},
    {"floatformat", "round"},
    {"urlencode", "url_encode"},
    {"escape", "escape"},
    {"striptags", "strip_html"},
    {"linebreaksbr", "newline_to_br"},
    {"join", "join"},
    {"truncatewords", "truncatewords"},
    {"truncatechars", "truncate"},
    {"first", "first"},
    {"last", "last"},
    {"divided_by", "divided_by"},
    {"multiply", "times"},
    {"divide", "divided_by"},
    {"plus", "plus"},
    {"minus", "minus"},
    {"times", "times"},
    {"replace", "replace"},
    {"split", "split"},
    {"slice", "slice"},
    {"strip", "strip"},
    {"trim", "strip"},
    {"append", "append"},
    {"prepend", "prepend"},
    {"remove", "remove"},
    {"round", "round"},
    {"floor", "floor"},
    {"ceil", "ceil"},
    {"abs", "abs"},
    {"at_least", "at_least"},
    {"at_most", "at_most"},
    {"size", "size"},
    {"modulo", "modulo"},
    {"default_if_none", "default"},
    {"sort", "sort"},
    {"reverse", "reverse"},
};

/* The pieces between `by`, outside of quotes; 0 when there are too many. */
static size_t pieces(struct str s, char by, struct str out[PIECES_MAX])
{
    size_t n = 0, from = 0;
    char quote = '\0';

    for (size_t i = 0; i <= s.n; i++) {
        char c = i < s.n ? s.p[i] : by;

        if (i < s.n && quote) {
            quote = c == quote ? '\0' : quote;
        } else if (c == '"' || c == '\'') {
            quote = c;
        } else if (c == by) {
            if (n == PIECES_MAX)
                return 0;
            out[n++] = str_trim((struct str){s.p + from, i - from});
            from = i + 1;
        }
    }
    return n;
}

/* A text between quotes, a number, or a name with dots, nothing else. */
static bool add_value(struct buf *out, struct str s)
{
    const char *ours = translate_word(names, TM_COUNT(names), s);

    if (s.n == 0)
        return false;
    if (ours) {
        buf_addz(out, ours);
        return true;
    }
    if (s.p[0] == '"' || s.p[0] == '\'') {
        if (s.n < 2 || memchr(s.p + 1, s.p[0], s.n - 2) || s.p[s.n - 1] != s.p[0])
            return false;
    } else {
        for (size_t i = 0; i < s.n; i++) {
            if (!isalnum((unsigned char)s.p[i]) && !strchr("_.-", s.p[i]))
                return false;
        }
    }
    buf_adds(out, s);
    return true;
}

/* ...|lookup:'key' of a name: ["key"]; any other filter with its argument. */
static bool add_filter(struct buf *out, struct str filter, bool first)
{
    const char *colon = memchr(filter.p, ':', filter.n);
    struct str name = {filter.p, colon ? (size_t)(colon - filter.p) : filter.n},
               argument = STR_NONE;
    const char *ours;

    if (colon)
        argument = str_trim((struct str){colon + 1, filter.n - name.n - 1});
    name = str_trim(name);
    if (str_eqz(name, "lookup") && first && argument.n > 2) {
        buf_addc(out, '[');
        if (!add_value(out, argument))
            return false;
        buf_addc(out, ']');
        return true;
    }
    if (str_eqz(name, "safe"))
        return true; /* what is not the shop's own stays escaped */
    ours = translate_word(filters, TM_COUNT(filters), name);
    if (!ours)
        return false;
    buf_addf(out, " | %s", ours);
    if (!argument.n)
        return !str_eqz(name, "floatformat") || (buf_addz(out, ": 1"), true);
    buf_addz(out, ": ");
    return add_value(out, argument);
}

/* name|filter:argument|... */
static bool add_expression(struct buf *out, struct str s)
{
    struct str parts[PIECES_MAX];
    size_t n = pieces(s, '|', parts);
    bool only_lookups = true;

    if (n == 0 || !add_value(out, parts[0]))
        return false;
    for (size_t i = 1; i < n; i++) {
        if (!add_filter(out, parts[i], only_lookups))
            return false;
        only_lookups = only_lookups && str_starts(parts[i], "lookup");
    }
    return true;
}

bool translate_klaviyo_output(struct str inside, struct buf *out)
{
    size_t before = out->n;

    buf_addz(out, "{{ ");
    if (!add_expression(out, inside)) {
        out->n = before;
        return false;
    }
    buf_addz(out, " }}");
    return true;
}

/* Words of a condition that Liquid has; `in` turned round, `not` and brackets it has not. */
static bool add_condition(struct buf *out, struct str s)
{
    static const char *const same[] = {"and", "or", "==", "!=", "<", ">", "<=", ">="};
    struct str words[PIECES_MAX];
    size_t n = pieces(s, ' ', words);
    bool first = true;

    for (size_t i = 0; i < n; i++) {
        bool word = false;

        if (words[i].n == 0)
            continue;
        for (size_t j = 0; j < TM_COUNT(same); j++)
            word = word || str_eqz(words[i], same[j]);
        buf_addz(out, first ? "" : " ");
        first = false;
        if (word)
            buf_adds(out, words[i]);
        else if (str_eqz(words[i], "not") || str_eqz(words[i], "in") ||
                 memchr(words[i].p, '|', words[i].n) || !add_value(out, words[i]))
            return false;
    }
    return !first;
}

/* Whole tags. */
static const struct word_pair tags[] = {
    {"else", "{% else %}"},
    {"endif", "{% endif %}"},
    {"endfor", "{% endfor %}"},
    {"empty", "{% else %}"},
    {"comment", "{% comment %}"},
    {"endcomment", "{% endcomment %}"},
    {"unsubscribe", "<a href=\"{{ unsubscribe_url }}\">Unsubscribe</a>"},
    {"unsubscribe_link", "{{ unsubscribe_url }}"},
    {"manage_preferences_link", "{{ subscription_management_url }}"},
    {"web_view_link", "{{ view_in_browser_url }}"},
    {"current_year", "{{ 'now' | date: '%Y' }}"},
};

static const struct word_pair links[] = {
    {"unsubscribe", "unsubscribe_url"},
    {"manage_preferences", "subscription_management_url"},
    {"web_view", "view_in_browser_url"},
};

static bool add_tag(struct str name, struct str rest, struct buf *out)
{
    const char *link = translate_word(links, TM_COUNT(links), name);
    struct str words[PIECES_MAX];

    if (link && rest.n > 2 && (rest.p[0] == '\'' || rest.p[0] == '"') &&
        memchr(rest.p + 1, rest.p[0], rest.n - 1) == rest.p + rest.n - 1) {
        buf_addf(out, "<a href=\"{{ %s }}\">%.*s</a>", link, (int)rest.n - 2, rest.p + 1);
        return true;
    }
    if (str_eqz(name, "if") || str_eqz(name, "elif")) {
        buf_addf(out, "{%% %s ", str_eqz(name, "if") ? "if" : "elsif");
        if (!add_condition(out, rest))
            return false;
    } else if (str_eqz(name, "for") && pieces(rest, ' ', words) == 3 && str_eqz(words[1], "in")) {
        buf_addf(out, "{%% for %.*s in ", (int)words[0].n, words[0].p);
        if (!add_value(out, words[2]))
            return false;
    } else {
        return false;
    }
    buf_addz(out, " %}");
    return true;
}

bool translate_klaviyo_tag(struct str inside, struct buf *out)
{
    const char *whole = translate_word(tags, TM_COUNT(tags), inside);
    size_t before = out->n, n = 0;

    if (whole) {
        buf_addz(out, whole);
        return true;
    }
    while (n < inside.n && !isspace((unsigned char)inside.p[n]))
        n++;
    if (add_tag((struct str){inside.p, n}, str_trim((struct str){inside.p + n, inside.n - n}), out))
        return true;
    out->n = before;
    return false;
}

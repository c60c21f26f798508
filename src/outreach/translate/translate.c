/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/translate/translate.h"

#include "outreach/translate/parts.h"

const char *const translate_names[FROM_COUNT] = {
    [FROM_MAILCHIMP] = "mailchimp", [FROM_KLAVIYO] = "klaviyo", [FROM_SPRINGBOT] = "springbot"};

/* How a tool writes its tags. */
static const struct form {
    enum translate_from from;
    const char *open, *close;
    bool (*translate)(struct str inside, struct buf *out);
} forms[] = {
    {FROM_MAILCHIMP, "*|", "|*", translate_mailchimp},
    {FROM_KLAVIYO, "{{", "}}", translate_klaviyo_output},
    {FROM_KLAVIYO, "{%", "%}", translate_klaviyo_tag},
    {FROM_SPRINGBOT, "[[", "]]", translate_springbot},
};

const char *translate_word(const struct word_pair *words, size_t n, struct str theirs)
{
    for (size_t i = 0; i < n; i++) {
        if (str_ieqz(theirs, words[i].theirs))
            return words[i].ours;
    }
    return NULL;
}

void translate_add_name(struct buf *out, struct str name)
{
    for (size_t i = 0; i < name.n; i++) {
        unsigned char c = (unsigned char)name.p[i];

        buf_addc(out, isalnum(c) ? (char)tolower(c) : '_');
    }
}

/* The tool's form that begins at the text's beginning, with the inside of the tag. */
static const struct form *form_at(enum translate_from from, struct str text, struct str *out_inside)
{
    for (size_t i = 0; i < TM_COUNT(forms); i++) {
        const char *end;

        if (forms[i].from != from || !str_starts(text, forms[i].open))
            continue;
        end = memmem(text.p + 2, text.n - 2, forms[i].close, 2);
        if (!end)
            return NULL;
        *out_inside = (struct str){text.p + 2, (size_t)(end - text.p - 2)};
        return &forms[i];
    }
    return NULL;
}

/* What Liquid would take for a tag where the other tool saw text. */
static bool needs_raw(enum translate_from from, struct str text)
{
    return from != FROM_KLAVIYO && (str_starts(text, "{{") || str_starts(text, "{%"));
}

enum err_code translate_to_liquid(enum translate_from from, struct str text, struct buf *out,
                                  translate_left_fn left, void *ctx, struct err *err)
{
    size_t line = 1;

    for (size_t i = 0; i < text.n && !out->failed;) {
        struct str rest = {text.p + i, text.n - i}, inside = STR_NONE;
        const struct form *form = form_at(from, rest, &inside);
        size_t n = form ? inside.n + 4 : 1;

        if (form && !form->translate(str_trim(inside), out)) {
            left(ctx, (struct str){rest.p, n}, line);
            buf_add(out, rest.p, n);
        } else if (!form && needs_raw(from, rest)) {
            buf_addf(out, "{%% raw %%}%.2s{%% endraw %%}", rest.p);
            n = 2;
        } else if (!form) {
            buf_addc(out, rest.p[0]);
        }
        for (size_t j = 0; j < n; j++)
            line += rest.p[j] == '\n';
        i += n;
    }
    return buf_check(out, err);
}

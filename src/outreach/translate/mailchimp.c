/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Mailchimp's merge tags, and Springbot's fields, which are as simple. */
#include "outreach/translate/parts.h"

static const struct word_pair outputs[] = {
    {"FNAME", "person.first_name"},
    {"LNAME", "person.last_name"},
    {"EMAIL", "person.email"},
    {"PHONE", "person.phone"},
    {"BIRTHDAY", "person.birthday"},
    {"ADDRESS", "person.address"},
    {"UNSUB", "unsubscribe_url"},
    {"ARCHIVE", "view_in_browser_url"},
    {"UPDATE_PROFILE", "subscription_management_url"},
    {"LIST:COMPANY", "shop.name"},
    {"LIST:NAME", "shop.name"},
    {"LIST:ADDRESS", "shop.address"},
    {"LIST:ADDRESSLINE", "shop.address"},
    {"HTML:LIST_ADDRESS_HTML", "shop.address"},
    {"LIST:URL", "shop.url"},
    {"LIST:EMAIL", "shop.email"},
    {"LIST:PHONE", "shop.phone"},
    {"MC:SUBJECT", "message.subject"},
    {"MC_PREVIEW_TEXT", "message.preview"},
    {"CURRENT_YEAR", "'now' | date: '%Y'"},
};

static const struct word_pair springbot_outputs[] = {
    {"customer_first_name", "person.first_name"},
    {"customer_last_name", "person.last_name"},
    {"customer_name", "person.name"},
    {"customer_email", "person.email"},
    {"store_name", "shop.name"},
    {"store_address", "shop.address"},
    {"store_url", "shop.url"},
    {"store_phone", "shop.phone"},
    {"store_email", "shop.email"},
    {"unsubscribe_url", "unsubscribe_url"},
    {"unsubscribe_link", "unsubscribe_url"},
    {"view_in_browser_url", "view_in_browser_url"},
};

static const struct word_pair wrappers[] = {
    {"TITLE", "capitalize"}, {"UPPER", "upcase"}, {"LOWER", "downcase"}, {"URL", "url_encode"}};

/* A field of a person: as it is known here, or a property of that name. Mailchimp's own words,
 * which are no fields, have a colon or stand in its documentation. */
static bool add_field(struct buf *out, struct str field)
{
    static const char *const functions[] = {"FORWARD",    "REWARDS",  "POLL",
                                            "SURVEY",     "TWITTER",  "FACEBOOK",
                                            "PROMO_CODE", "RSSITEMS", "ABOUT_LIST"};
    const char *ours = translate_word(outputs, TM_COUNT(outputs), field);

    if (ours) {
        buf_addz(out, ours);
        return true;
    }
    for (size_t i = 0; i < TM_COUNT(functions); i++) {
        if (str_ieqz(field, functions[i]))
            return false;
    }
    if (field.n == 0 || field.n > 10 || !isalpha((unsigned char)field.p[0]))
        return false; /* a merge field has ten characters at most */
    for (size_t i = 0; i < field.n; i++) {
        if (!isalnum((unsigned char)field.p[i]) && field.p[i] != '_')
            return false;
    }
    buf_addz(out, "person.");
    translate_add_name(out, field);
    return true;
}

/* FNAME, FNAME=Ann, MMERGE5 != x: the condition of an IF. */
static bool add_condition(struct buf *out, struct str s)
{
    static const char *const signs[] = {"!=", ">=", "<=", "=", ">", "<"};

    for (size_t i = 0; i < TM_COUNT(signs); i++) {
        size_t length = strlen(signs[i]);
        const char *at = memmem(s.p, s.n, signs[i], length);

        if (!at)
            continue;
        struct str field = str_trim((struct str){s.p, (size_t)(at - s.p)});
        struct str value = str_trim((struct str){at + length, (size_t)(s.p + s.n - at) - length});

        if (memchr(value.p, '"', value.n) || !add_field(out, field))
            return false;
        buf_addf(out, " %s \"%.*s\"", signs[i][0] == '=' ? "==" : signs[i], (int)value.n, value.p);
        return true;
    }
    return add_field(out, s);
}

/* The part before the colon, if there is one and it is that word; `rest` is what follows. */
static bool begins(struct str s, const char *word, struct str *rest)
{
    size_t n = strlen(word);

    if (s.n < n || !str_ieqz((struct str){s.p, n}, word))
        return false;
    *rest = str_trim((struct str){s.p + n, s.n - n});
    return true;
}

static bool translate_block(struct str s, struct buf *out)
{
    struct str rest;

    if (begins(s, "END:IF", &rest)) {
        buf_addz(out, "{% endif %}");
        return rest.n == 0;
    }
    if (begins(s, "ELSEIF:", &rest)) {
        buf_addz(out, "{% elsif ");
    } else if (begins(s, "ELSE:", &rest)) {
        buf_addz(out, "{% else %}");
        return rest.n == 0;
    } else if (begins(s, "IFNOT:", &rest)) {
        buf_addz(out, "{% if ");
        if (!add_field(out, rest))
            return false;
        buf_addz(out, " == blank %}");
        return true;
    } else if (begins(s, "IF:", &rest)) {
        buf_addz(out, "{% if ");
    } else {
        return false;
    }
    if (!add_condition(out, rest))
        return false;
    if (!memchr(rest.p, '=', rest.n) && !memchr(rest.p, '<', rest.n) &&
        !memchr(rest.p, '>', rest.n))
        buf_addz(out, " != blank"); /* an empty field counts as none */
    buf_addz(out, " %}");
    return true;
}

bool translate_mailchimp(struct str inside, struct buf *out)
{
    const char *colon = inside.n ? memchr(inside.p, ':', inside.n) : NULL;
    size_t before = out->n;
    const char *filter = NULL;
    struct str field = inside;

    if (translate_block(inside, out))
        return true;
    out->n = before;
    if (colon) {
        filter = translate_word(wrappers, TM_COUNT(wrappers),
                                (struct str){inside.p, (size_t)(colon - inside.p)});
        if (filter)
            field = (struct str){colon + 1, inside.n - (size_t)(colon + 1 - inside.p)};
    }
    buf_addz(out, "{{ ");
    if (!add_field(out, field)) {
        out->n = before;
        return false;
    }
    buf_addf(out, "%s%s }}", filter ? " | " : "", filter ? filter : "");
    return true;
}

bool translate_springbot(struct str inside, struct buf *out)
{
    const char *ours = translate_word(springbot_outputs, TM_COUNT(springbot_outputs), inside);

    if (ours)
        buf_addf(out, "{{ %s }}", ours);
    return ours;
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Filters that know of the time, the shop's currency and the message's language. */
#include "outreach/liquid/filter.h"

#include "base/money.h"
#include "base/parse.h"
#include "outreach/liquid/number.h"
#include "outreach/liquid/strftime.h"

#include <unicode/upluralrules.h>
#include <unicode/ustring.h>

enum { KEY_PARTS_MAX = 16 };

static const int year_max = 9999;

/* Without "Fri " or "Friday, " at its beginning. */
static struct str without_weekday(struct str s)
{
    static const char *const days[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
    size_t n = 0;

    while (n < s.n && isalpha((unsigned char)s.p[n]))
        n++;
    for (size_t i = 0; n >= 3 && i < TM_COUNT(days); i++) {
        if (str_ieqz((struct str){s.p, 3}, days[i])) {
            s.p += n;
            s.n -= n;
            while (s.n && (s.p[0] == ',' || s.p[0] == ' ')) {
                s.p++;
                s.n--;
            }
            return s;
        }
    }
    return s;
}

static bool parse(struct render *r, struct str text, int64_t *out_at)
{
    struct read_style style = {
        .dates = DATES_DMY, .decimals = DECIMALS_POINT, .zone = r->settings->zone};
    char turned[64];
    struct err err = ERR_INIT;
    int n;

    text = without_weekday(str_trim(text));
    if (text.n >= sizeof(turned))
        return false;
    if (parse_time(text, &style, out_at, &err) == ERR_OK && *out_at != TIME_NONE)
        return true;
    /* "Jul 16 01:00:00 2004", as C writes it: the year goes behind the day. */
    n = snprintf(turned, sizeof(turned), "%.*s", (int)text.n, text.p);
    if (n < 20 || turned[3] != ' ' || turned[9] != ':')
        return false;
    snprintf(turned, sizeof(turned), "%.6s, %.4s %.8s", text.p, text.p + text.n - 4, text.p + 7);
    return parse_time(str_of(turned), &style, out_at, &err) == ERR_OK && *out_at != TIME_NONE;
}

/* False when the value is no date. */
static bool time_of(struct render *r, struct value v, int64_t *out_at)
{
    struct str text = str_trim(value_text(v));
    struct value n = number_of(v);
    bool digits = text.n > 0;

    for (size_t i = 0; i < text.n; i++)
        digits = digits && isdigit((unsigned char)text.p[i]);
    if (v.type == VALUE_TIME) {
        *out_at = v.i;
        return true;
    }
    if (v.type == VALUE_INT || digits) { /* seconds, as far as the calendar goes */
        int64_t end = civil_to_days(year_max, 12, 31) * (US_PER_DAY / US_PER_SECOND);

        *out_at = n.i * US_PER_SECOND;
        return n.i > -end / 8 && n.i < end;
    }
    if (str_ieqz(text, "now") || str_ieqz(text, "today")) {
        *out_at = r->settings->now_us;
        return true;
    }
    return v.type == VALUE_STRING && text.n && parse(r, text, out_at);
}

FILTER(date)
{
    struct str format = filter_arg(r, args, 0, "");
    int64_t at;

    *out = v;
    if (format.n == 0 || !time_of(r, v, &at))
        return ERR_OK;
    buf_reset(&r->scratch);
    strftime_add(&r->scratch, format, at, r->settings->zone, r->settings->language);
    *out = filter_result(r, args->n && filter_own(args->at[0]));
    return ERR_OK;
}

/* The argument of that name, nil where there is none. */
static struct value named(const struct filter_args *args, const char *name)
{
    for (size_t i = 0; i < args->n_named; i++) {
        if (str_eqz(args->named[i].name, name))
            return args->named[i].value;
    }
    return VALUE_NOTHING;
}

FILTER(default)
{
    bool lacks = value_truthy(named(args, "allow_false")) ? v.type == VALUE_NIL : !value_truthy(v);

    (void)r;
    *out = v;
    if (lacks || value_is_empty(v))
        *out = args->n ? args->at[0] : value_strz("");
    return ERR_OK;
}

/* Minor units by the message's locale; `code` behind it if wanted. */
static enum err_code money(struct render *r, struct value v, const struct filter_args *args,
                           bool with_code, struct value *out)
{
    struct str wanted = filter_arg(r, args, 0, r->settings->currency ? r->settings->currency : "");
    struct value minor = number_round(v, 0);
    char code[4] = "";
    int decimals;

    *out = VALUE_NOTHING;
    if (v.type == VALUE_NIL || (v.type == VALUE_STRING && v.n == 0))
        return ERR_OK;
    decimals = currency_decimals(wanted);
    if (wanted.n && decimals < 0)
        return err_set(r->err, ERR_INVALID, "\"%.*s\" is no currency",
                       (int)(wanted.n < 20 ? wanted.n : 20), wanted.p);
    if (minor.type != VALUE_INT)
        return err_set(r->err, ERR_INVALID, "the amount is too large");
    for (size_t i = 0; i < wanted.n && i < 3; i++)
        code[i] = (char)toupper((unsigned char)wanted.p[i]);
    decimals = decimals < 0 ? 2 : decimals;
    buf_reset(&r->scratch);
    if (r->settings->locale)
        locale_add_money(r->settings->locale, &r->scratch, minor.i, code, decimals, false);
    else
        money_add_plain(&r->scratch, minor.i, decimals);
    if (with_code && code[0])
        buf_addf(&r->scratch, " %s", code);
    *out = filter_result(r, true);
    return ERR_OK;
}

FILTER(money)
{
    return money(r, v, args, false, out);
}

FILTER(money_with_currency)
{
    return money(r, v, args, true, out);
}

/* The word of Unicode's plural rules for n things: "one", "few", "other". */
static void plural_word(enum language language, double n, char out[16])
{
    static _Thread_local UPluralRules *rules[LANG_COUNT];
    UErrorCode status = U_ZERO_ERROR;
    UChar wide[16];
    int32_t length;

    if (!rules[language])
        rules[language] = uplrules_open(language_codes[language], &status);
    length = uplrules_select(rules[language], n, wide, TM_COUNT(wide), &status);
    u_strToUTF8(out, 16, NULL, wide, length, &status);
    if (U_FAILURE(status))
        snprintf(out, 16, "other");
}

/* texts.a.b for the key "a.b". */
static enum err_code look_up(struct render *r, struct value texts, struct str key,
                             struct value *out, bool *out_known)
{
    *out = texts;
    *out_known = true;
    for (int parts = 0; key.n && *out_known; parts++) {
        const char *dot = memchr(key.p, '.', key.n);
        struct str part = {key.p, dot ? (size_t)(dot - key.p) : key.n};

        if (parts == KEY_PARTS_MAX)
            *out_known = false;
        else
            TRY(eval_member(r, *out, part, str_hash(part), out, out_known));
        key.p += part.n + (dot != NULL);
        key.n -= part.n + (dot != NULL);
    }
    return ERR_OK;
}

/* The form of a text that has several, by `count`. */
static enum err_code choose_plural(struct render *r, const struct filter_args *args,
                                   struct value *text)
{
    struct value count = number_of(named(args, "count")), form;
    char word[16];
    bool known;

    if (text->type != VALUE_MAP)
        return ERR_OK;
    plural_word(r->settings->language, count.type == VALUE_INT ? (double)count.i : count.f, word);
    TRY(eval_member(r, *text, str_of(word), str_hash(str_of(word)), &form, &known));
    if (!known)
        TRY(eval_member(r, *text, STR_LIT("other"), str_hash(STR_LIT("other")), &form, &known));
    *text = form;
    return ERR_OK;
}

/* {{ name }} in a translation stands for the argument of that name. In HTML these are escaped when
 * the text itself is HTML. */
static void interpolate(struct render *r, struct str text, const struct filter_args *args,
                        bool html)
{
    while (text.n) {
        const char *open = memmem(text.p, text.n, "{{", 2);
        size_t before = open ? (size_t)(open - text.p) : text.n;
        const char *close = open ? memmem(open, text.n - before, "}}", 2) : NULL;
        struct value v = VALUE_NOTHING;

        if (!close) {
            buf_adds(&r->scratch, text);
            return;
        }
        buf_add(&r->scratch, text.p, before);
        struct str name = str_trim((struct str){open + 2, (size_t)(close - open - 2)});

        for (size_t i = 0; i < args->n_named; i++) {
            if (str_eq(args->named[i].name, name))
                v = args->named[i].value;
        }
        if (html && v.type == VALUE_STRING && !(v.flags & VALUE_SAFE))
            buf_add_html(&r->scratch, value_text(v));
        else if (!html || v.type == VALUE_STRING || v.type == VALUE_INT || v.type == VALUE_FLOAT)
            value_print(v, &r->scratch);
        text = (struct str){close + 2, text.n - before - (size_t)(close + 2 - open)};
    }
}

/* A translation. Whose key ends in "_html" is HTML, if it is the shop's own. */
FILTER(t)
{
    struct str key = filter_text(r, v);
    struct value text;
    bool known, html, own = true;

    TRY(look_up(r, r->settings->texts, key, &text, &known));
    if (!known)
        TRY(look_up(r, r->settings->texts_else, key, &text, &known));
    if (known)
        TRY(choose_plural(r, args, &text));
    if (!known || text.type != VALUE_STRING) {
        err_set(r->err, ERR_NOT_FOUND, "there is no text for \"%.*s\"",
                (int)(key.n < 80 ? key.n : 80), key.p);
        err_hint(r->err, "Write it among the message's translations.");
        return ERR_NOT_FOUND;
    }
    html = r->liquid->kind == LIQUID_HTML && str_ends(key, "_html") && text.flags & VALUE_OWN;
    for (size_t i = 0; i < args->n_named; i++)
        own = own && filter_own(args->named[i].value);
    buf_reset(&r->scratch);
    interpolate(r, value_text(text), args, html);
    *out = filter_result(r, own && text.flags & VALUE_OWN);
    out->flags |= html ? VALUE_SAFE : 0;
    return ERR_OK;
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* One condition: operator and values, as the word's type wants them. */
#include "audience/parse.h"

#include "audience/fold.h"
#include "base/timestamp.h"
#include "shop/country.h"
#include "shop/event.h"

enum {
    DECIMALS_MAX = 6,
    DIGITS_MAX = 12,   /* in front of the point */
    BACK_MAX = 100000, /* days, weeks, ... */
    NAME_WORD_MAX = 40,
    EVENT_TRIES = 8
};

const char *const compare_words[COMPARES] = {
    [IS_EQ] = "=",
    [IS_NE] = "!=",
    [IS_LT] = "<",
    [IS_LE] = "<=",
    [IS_GT] = ">",
    [IS_GE] = ">=",
    [IS_BETWEEN] = "BETWEEN",
    [IS_IN] = "IN",
    [IS_NOT_IN] = "NOT IN",
    [IS_CONTAINING] = "CONTAINS",
    [IS_NOT_CONTAINING] = "NOT CONTAINS",
    [IS_NULL] = "IS NULL",
    [IS_NOT_NULL] = "IS NOT NULL",
};

enum {
    BIT_ORDER = 1 << IS_LT | 1 << IS_LE | 1 << IS_GT | 1 << IS_GE | 1 << IS_BETWEEN,
    BIT_EQUAL = 1 << IS_EQ | 1 << IS_NE | 1 << IS_IN | 1 << IS_NOT_IN,
    BIT_PART = 1 << IS_CONTAINING | 1 << IS_NOT_CONTAINING,
    BIT_NULL = 1 << IS_NULL | 1 << IS_NOT_NULL
};

static unsigned allowed(const struct word *word)
{
    switch (word->type) {
    case TYPE_LIST:
        return BIT_PART | BIT_NULL;
    case TYPE_TEXT:
        return BIT_EQUAL | BIT_PART | BIT_NULL;
    case TYPE_CHOICE:
        return BIT_EQUAL | BIT_NULL;
    case TYPE_TIME:
        return BIT_ORDER;
    default:
        return BIT_EQUAL | BIT_ORDER | (word->way == WAY_TOTAL ? 0 : BIT_NULL);
    }
}

/* ---- literals ------------------------------------------------------------------------------ */

/* Between quotation marks, of which doubled ones are one. */
static struct str unquote(struct parser *p)
{
    char *to = arena_alloc(&p->audience->arena, p->token.text.n + 1);
    struct str from = p->token.text;
    size_t n = 0;

    for (size_t i = 0; to && i < from.n; i++) {
        to[n++] = from.p[i];
        if (from.p[i] == p->token.quote)
            i++;
    }
    return to ? (struct str){to, n} : STR_NONE;
}

static struct str folded(struct parser *p, struct str text)
{
    struct buf b = BUF_INIT(4 * SEGMENT_TEXT_VALUE_MAX);
    struct str kept;

    fold_add(&b, text);
    kept = arena_str(&p->audience->arena, buf_str(&b));
    buf_release(&b);
    return kept;
}

enum err_code grammar_text(struct parser *p, struct str *out)
{
    struct token t = p->token;

    if (t.kind != TOKEN_TEXT)
        return grammar_expected(p, _("a text between quotation marks"));
    *out = unquote(p);
    TRY(arena_check(&p->audience->arena, p->err));
    if (out->n > SEGMENT_TEXT_VALUE_MAX)
        return grammar_fail(p, t.at, _("a text has at most %d bytes"), SEGMENT_TEXT_VALUE_MAX);
    grammar_step(p);
    return ERR_OK;
}

static enum err_code parse_number(struct parser *p, const struct word *word, struct literal *out)
{
    struct str t = p->token.text;
    bool negative = t.n && t.p[0] == '-', after = false;
    int digits = 0;

    if (p->token.kind != TOKEN_NUMBER)
        return grammar_expected(p, _("a number, without separators and currency"));
    *out = (struct literal){.kind = LITERAL_NUMBER};
    for (size_t i = t.p[0] == '-' || t.p[0] == '+'; i < t.n; i++) {
        if (t.p[i] == '.') {
            if (after)
                return grammar_fail(p, p->token.at, _("a number has one point"));
            after = true;
            continue;
        }
        digits += !after && (digits || t.p[i] != '0');
        out->decimals += after;
        if (digits > DIGITS_MAX || out->decimals > DECIMALS_MAX)
            return grammar_fail(
                p, p->token.at,
                _("a number has at most %d digits before the point and %d after it"), DIGITS_MAX,
                DECIMALS_MAX);
        out->number = 10 * out->number + (t.p[i] - '0');
    }
    for (; out->decimals && out->number % 10 == 0; out->decimals--)
        out->number /= 10;
    out->number = negative ? -out->number : out->number;
    if (word->type == TYPE_NUMBER && out->decimals)
        return grammar_fail(p, p->token.at, _("\"%s\" is a whole number"), word->name);
    grammar_step(p);
    return ERR_OK;
}

/* "30" "d" of a sign and these; false when it is no span. */
static bool read_span(struct str t, int64_t *out_number, struct str *out_unit)
{
    size_t i = t.p[0] == '-' || t.p[0] == '+';
    bool negative = t.p[0] == '-';

    *out_number = 0;
    for (; i < t.n && isdigit((unsigned char)t.p[i]); i++)
        if (*out_number <= BACK_MAX)
            *out_number = 10 * *out_number + (t.p[i] - '0');
    *out_unit = (struct str){t.p + i, t.n - i};
    if (negative)
        *out_number = -*out_number;
    return *out_number <= BACK_MAX && *out_number >= -BACK_MAX;
}

/* d w m y; h, and n for minutes; 0 for none of them. */
static char unit_of(struct str unit)
{
    static const struct {
        const char *name;
        char unit;
    } names[] = {{"d", 'd'},     {"day", 'd'},    {"days", 'd'},   {"w", 'w'},      {"week", 'w'},
                 {"weeks", 'w'}, {"m", 'm'},      {"month", 'm'},  {"months", 'm'}, {"y", 'y'},
                 {"year", 'y'},  {"years", 'y'},  {"h", 'h'},      {"hour", 'h'},   {"hours", 'h'},
                 {"min", 'n'},   {"minute", 'n'}, {"minutes", 'n'}};

    for (size_t i = 0; i < TM_COUNT(names); i++)
        if (str_ieqz(unit, names[i].name))
            return names[i].unit;
    return 0;
}

/* 30_days_ago, 12_months_ago; today, yesterday, now. */
static bool read_named(struct str t, struct literal *out)
{
    struct str unit;

    *out = (struct literal){.kind = LITERAL_BACK, .unit = 'd'};
    if (str_ieqz(t, "today") || str_ieqz(t, "now"))
        return true;
    if (str_ieqz(t, "yesterday")) {
        out->number = -1;
        return true;
    }
    if (t.n > NAME_WORD_MAX || !isdigit((unsigned char)t.p[0]) ||
        !read_span(t, &out->number, &unit))
        return false;
    if (unit.n < 6 || unit.p[0] != '_' || !str_ieqz((struct str){unit.p + unit.n - 4, 4}, "_ago"))
        return false;
    out->unit = unit_of((struct str){unit.p + 1, unit.n - 5});
    out->number = -out->number;
    return out->unit != 0;
}

static enum err_code wrong_day(struct parser *p, bool hours)
{
    return grammar_expected(p, hours ? _("a time such as -4h, -90min or -2d")
                                     : _("a day such as 2026-01-31, -30d, -4w, -12m or today"));
}

/* `n` digits, where the lexer found them. */
static int digits_at(const char *p, size_t n)
{
    int value = 0;

    for (size_t i = 0; i < n; i++)
        value = value * 10 + (p[i] - '0');
    return value;
}

static enum err_code parse_moment(struct parser *p, bool hours, struct literal *out)
{
    struct str t = p->token.text, unit;

    if (p->token.kind == TOKEN_DAY && !hours) {
        struct civil c = {.year = digits_at(t.p, 4),
                          .month = digits_at(t.p + 5, 2),
                          .day = digits_at(t.p + 8, 2)};

        if (!civil_valid(&c))
            return grammar_fail(p, p->token.at, _("there is no day \"%.*s\""), (int)t.n, t.p);
        *out =
            (struct literal){.kind = LITERAL_DAY, .number = civil_to_days(c.year, c.month, c.day)};
    } else if (p->token.kind == TOKEN_NAME) {
        if (!read_named(t, out) || (hours && (out->unit == 'm' || out->unit == 'y')) ||
            (!hours && (out->unit == 'h' || out->unit == 'n')))
            return wrong_day(p, hours);
    } else if (p->token.kind == TOKEN_SPAN && (t.p[0] == '-' || t.p[0] == '+')) {
        *out = (struct literal){.kind = LITERAL_BACK};
        if (!read_span(t, &out->number, &unit))
            return grammar_fail(p, p->token.at, _("that is too long ago or too far ahead"));
        out->unit = unit_of(unit);
        if (!out->unit || !strchr(hours ? "hndw" : "dwmy", out->unit))
            return wrong_day(p, hours);
    } else {
        return wrong_day(p, hours);
    }
    if (out->kind == LITERAL_BACK && out->number == 0)
        out->unit = 'd';
    grammar_step(p);
    return ERR_OK;
}

enum err_code grammar_duration(struct parser *p, int64_t *out_us)
{
    struct str unit, t = p->token.text;
    int64_t n = 0;
    char u = 0;

    if (p->token.kind == TOKEN_SPAN && isdigit((unsigned char)t.p[0]) && read_span(t, &n, &unit))
        u = unit_of(unit);
    if (n <= 0 || !u || !strchr("nhdw", u))
        return grammar_expected(p, _("a duration such as 30min, 4h, 2d or 1w"));
    *out_us = n * (u == 'n'   ? 60 * US_PER_SECOND
                   : u == 'h' ? US_PER_HOUR
                   : u == 'd' ? US_PER_DAY
                              : 7 * US_PER_DAY);
    grammar_step(p);
    return ERR_OK;
}

static enum err_code parse_choice(struct parser *p, const struct word *word, struct literal *out)
{
    const struct word_choice *choice;
    struct token t = p->token;
    char known[300];

    if (t.kind == TOKEN_TEXT) {
        TRY(grammar_text(p, &out->text));
    } else {
        out->text = t.text;
        grammar_step(p);
    }
    choice = word_choice(word->set, out->text);
    if (!choice) {
        const char *near = word_nearest_choice(word->set, out->text);

        word_choices(word->set, known, sizeof(known));
        grammar_fail(p, t.at, _("\"%s\" is never \"%.*s\""), word->name,
                     (int)(out->text.n < 60 ? out->text.n : 60), out->text.p);
        if (near)
            err_hint(p->err, "Did you mean \"%s\"?", near);
        else
            err_hint(p->err, "It is one of: %s.", known);
        return ERR_INVALID;
    }
    out->text = str_of(choice->word);
    out->folded = str_of(choice->code);
    return ERR_OK;
}

/* 'DE' is also what 'Germany' is: sources write either. */
static void add_country(struct parser *p, struct literal *out)
{
    struct str words[COUNTRY_WORDS_MAX];
    const size_t n = country_words(out->text, words, TM_COUNT(words));

    out->same = n ? arena_alloc(&p->audience->arena, n * sizeof(*out->same)) : NULL;
    out->same_count = out->same ? n : 0;
    for (size_t i = 0; i < out->same_count; i++)
        out->same[i] = folded(p, words[i]);
}

/* Our name of an event, which is its own name: for odd ones the first translation is not. */
static struct str event_name(struct parser *p, struct str text)
{
    char name[EVENT_NAME_MAX];

    for (int i = 0; i < EVENT_TRIES; i++) {
        struct str next = arena_str(&p->audience->arena, event_canonical(text, name));

        if (str_eq(next, text))
            return text;
        text = next;
    }
    return STR_NONE;
}

static enum err_code parse_word_text(struct parser *p, const struct word *word, struct literal *out)
{
    struct token t = p->token;

    *out = (struct literal){.kind = LITERAL_TEXT};
    if (t.kind != TOKEN_TEXT && t.kind != TOKEN_NAME && t.kind != TOKEN_NUMBER &&
        t.kind != TOKEN_SPAN)
        return grammar_expected(p, _("a text between quotation marks"));
    if (word->type == TYPE_CHOICE)
        return parse_choice(p, word, out);
    if (t.kind == TOKEN_TEXT) {
        TRY(grammar_text(p, &out->text));
    } else {
        out->text = arena_str(&p->audience->arena, t.text);
        grammar_step(p);
    }
    if (word->set == SET_EVENT)
        out->text = event_name(p, out->text);
    if (!out->text.n)
        return grammar_fail(p, t.at, _("the text is empty; what is not known IS NULL"));
    out->folded = folded(p, out->text);
    if (word->set == SET_COUNTRY)
        add_country(p, out);
    return arena_check(&p->audience->arena, p->err);
}

static enum err_code parse_value(struct parser *p, const struct word *word, struct literal *out)
{
    switch (word->type) {
    case TYPE_NUMBER:
    case TYPE_QUANTITY:
    case TYPE_MONEY:
        return parse_number(p, word, out);
    case TYPE_DAY:
        return parse_moment(p, false, out);
    case TYPE_TIME:
        return parse_moment(p, true, out);
    default:
        return parse_word_text(p, word, out);
    }
}

/* ---- operators ----------------------------------------------------------------------------- */

static bool take_compare(struct parser *p, enum compare *out)
{
    static const struct {
        const char *sign;
        enum compare is;
    } signs[] = {{"=", IS_EQ},
                 {":", IS_EQ},
                 {"!=", IS_NE},
                 {"<>", IS_NE},
                 {"<", IS_LT},
                 {"<=", IS_LE},
                 {">", IS_GT},
                 {">=", IS_GE},
                 {"between", IS_BETWEEN},
                 {"in", IS_IN},
                 {"contains", IS_CONTAINING}};

    for (size_t i = 0; i < TM_COUNT(signs); i++)
        if (grammar_take(p, signs[i].sign)) {
            *out = signs[i].is;
            return true;
        }
    return false;
}

static enum err_code parse_compare(struct parser *p, enum compare *out)
{
    bool colon = token_is(&p->token, ":");

    if (take_compare(p, out)) {
        if (colon && take_compare(p, out)) /* date: >= -30d */
            return ERR_OK;
        if (colon && token_is(&p->token, "("))
            *out = IS_IN;
        return ERR_OK;
    }
    if (grammar_take(p, "is")) {
        *out = grammar_take(p, "not") ? IS_NOT_NULL : IS_NULL;
        return grammar_take(p, "null") ? ERR_OK : grammar_expected(p, "NULL");
    }
    if (!grammar_take(p, "not"))
        return grammar_expected(p, _("an operator such as =, >= or CONTAINS"));
    if (grammar_take(p, "contains"))
        *out = IS_NOT_CONTAINING;
    else if (grammar_take(p, "in"))
        *out = IS_NOT_IN;
    else
        return grammar_expected(p, "CONTAINS, IN");
    return ERR_OK;
}

static enum err_code check_compare(struct parser *p, const struct word *word, enum compare is,
                                   struct place at)
{
    char list[160] = "";
    size_t n = 0;

    if (allowed(word) & 1U << is)
        return ERR_OK;
    for (int i = 0; i < COMPARES && n < sizeof(list); i++)
        if (allowed(word) & 1U << i)
            n += (size_t)snprintf(list + n, sizeof(list) - n, "%s%s", n ? ", " : "",
                                  compare_words[i]);
    grammar_fail(p, at, _("\"%s\" cannot be compared by %s"), word->name, compare_words[is]);
    err_hint(p->err, "It is compared by: %s", list);
    return ERR_INVALID;
}

static enum err_code parse_list(struct parser *p, struct condition *c)
{
    enum err_code rc = ERR_OK;
    struct literal *values;

    TRY(grammar_sign(p, "("));
    values = xcalloc(SEGMENT_VALUES_MAX, sizeof(*values));
    do {
        if (c->n == SEGMENT_VALUES_MAX)
            rc = err_set(p->err, ERR_TOO_LARGE, "a list has at most %d values", SEGMENT_VALUES_MAX);
        else
            rc = parse_value(p, c->word, &values[c->n++]);
    } while (rc == ERR_OK && grammar_take(p, ","));
    if (rc == ERR_OK) {
        c->values = arena_alloc(&p->audience->arena, c->n * sizeof(*values));
        rc = arena_check(&p->audience->arena, p->err);
    }
    if (rc == ERR_OK) {
        memcpy(c->values, values, c->n * sizeof(*values));
        rc = grammar_sign(p, ")");
    }
    free(values);
    return rc;
}

static enum err_code parse_values(struct parser *p, struct condition *c)
{
    if (c->is == IS_NULL || c->is == IS_NOT_NULL)
        return ERR_OK;
    if (c->is == IS_IN || c->is == IS_NOT_IN)
        return parse_list(p, c);
    c->n = c->is == IS_BETWEEN ? 2 : 1;
    c->values = arena_alloc(&p->audience->arena, c->n * sizeof(*c->values));
    TRY(arena_check(&p->audience->arena, p->err));
    TRY(parse_value(p, c->word, &c->values[0]));
    if (c->is != IS_BETWEEN)
        return ERR_OK;
    if (!grammar_take(p, "and"))
        return grammar_expected(p, "AND");
    return parse_value(p, c->word, &c->values[1]);
}

static enum err_code new_condition(struct parser *p, const struct word *word, struct place at,
                                   struct condition **out)
{
    TRY(grammar_count(p));
    *out = arena_alloc(&p->audience->arena, sizeof(**out));
    TRY(arena_check(&p->audience->arena, p->err));
    **out = (struct condition){.word = word, .at = at};
    return ERR_OK;
}

enum err_code grammar_condition(struct parser *p, const struct word *word, struct place at,
                                struct condition **out)
{
    struct place operator_at = p->token.at;
    struct condition *c;

    TRY(new_condition(p, word, at, &c));
    TRY(parse_compare(p, &c->is));
    TRY(check_compare(p, word, c->is, operator_at));
    TRY(parse_values(p, c));
    *out = c;
    return ERR_OK;
}

/* ---- within a function --------------------------------------------------------------------- */

static enum err_code unknown_field(struct parser *p, const struct word_function *function)
{
    struct token t = p->token;
    const char *missing = word_refused(t.text);
    const char *near = word_nearest_within(function->source, t.text);

    if (missing) {
        grammar_fail(p, t.at, _("\"%.*s\" cannot be answered here"), (int)t.text.n, t.text.p);
        err_hint(p->err, "What is missing: %s.", _(missing));
        return ERR_INVALID;
    }
    grammar_fail(p, t.at, _("\"%s\" knows no \"%.*s\""), function->name,
                 (int)(t.text.n < 60 ? t.text.n : 60), t.text.p);
    if (near)
        err_hint(p->err, "Did you mean \"%s\"?", near);
    return ERR_INVALID;
}

static enum err_code parse_row_condition(struct parser *p, const struct word_function *function,
                                         bool totals, struct condition **out)
{
    struct token t = p->token;
    const struct word *word;

    if (t.kind == TOKEN_TEXT && function->main) { /* events('cart_add') */
        TRY(new_condition(p, word_within(function->source, str_of(function->main)), t.at, out));
        (*out)->is = IS_EQ;
        (*out)->n = 1;
        (*out)->values = arena_alloc(&p->audience->arena, sizeof(struct literal));
        TRY(arena_check(&p->audience->arena, p->err));
        return parse_value(p, (*out)->word, (*out)->values);
    }
    if (t.kind != TOKEN_NAME)
        return grammar_expected(p, _("a field's name"));
    word = word_within(function->source, t.text);
    if (!word)
        return unknown_field(p, function);
    if (word->way == WAY_TOTAL && !totals)
        return grammar_fail(p, t.at, _("a step is one row: \"%s\" cannot stand here"), word->name);
    grammar_step(p);
    return grammar_condition(p, word, t.at, out);
}

enum err_code grammar_row_conditions(struct parser *p, const struct word_function *function,
                                     bool totals, struct condition **out)
{
    struct condition **last = out;

    if (token_is(&p->token, ")"))
        return ERR_OK;
    do {
        TRY(parse_row_condition(p, function, totals, last));
        last = &(*last)->next;
    } while (grammar_take(p, ",") || grammar_take(p, "and"));
    return ERR_OK;
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "maturity/answers.h"

#include "base/file.h"
#include "base/yaml_place.h"
#include "maturity/practice_named.h"

enum { ANSWERS_MEMORY_MAX = 16 << 20 };

const struct text3 answer_words[ANSWER_LATER + 1] = {
    [ANSWER_DONT_KNOW] = {{"don't know", "لا أعرف", "ไม่ทราบ"}},
    [ANSWER_NOT_APPLICABLE] = {{"does not apply", "لا ينطبق", "ไม่เกี่ยวข้อง"}},
    [ANSWER_LATER] = {{"later", "لاحقًا", "ภายหลัง"}},
};
const struct text3 answer_not_open = {{"not yet", "ليس بعد", "ยังไม่เปิด"}};

/* Other spellings that people write. */
static const struct {
    const char *word;
    enum answer_kind kind;
} spellings[] = {
    {"don’t know", ANSWER_DONT_KNOW},
    {"dont know", ANSWER_DONT_KNOW},
    {"do not know", ANSWER_DONT_KNOW},
    {"لا اعرف", ANSWER_DONT_KNOW},
    {"ไม่รู้", ANSWER_DONT_KNOW},
    {"doesn't apply", ANSWER_NOT_APPLICABLE},
    {"doesn’t apply", ANSWER_NOT_APPLICABLE},
    {"لاحقا", ANSWER_LATER},
};

/* The text with Arabic-Indic, Persian and Thai digits as ASCII and ٪ as %; cut at `cap`. */
static struct str plain_digits(struct str s, char *out, size_t cap)
{
    size_t n = 0;

    for (size_t i = 0; i < s.n && n + 1 < cap;) {
        const unsigned char *p = (const unsigned char *)s.p + i;
        size_t left = s.n - i;

        if (left >= 2 && p[0] == 0xD9 && p[1] >= 0xA0 && p[1] <= 0xAA) { /* U+0660..U+066A */
            out[n++] = "0123456789%"[p[1] - 0xA0];
            i += 2;
        } else if (left >= 2 && p[0] == 0xDB && p[1] >= 0xB0 && p[1] <= 0xB9) { /* U+06F0.. */
            out[n++] = (char)('0' + (p[1] - 0xB0));
            i += 2;
        } else if (left >= 3 && p[0] == 0xE0 && p[1] == 0xB9 && p[2] >= 0x90 && p[2] <= 0x99) {
            out[n++] = (char)('0' + (p[2] - 0x90)); /* U+0E50.. */
            i += 3;
        } else {
            out[n++] = s.p[i++];
        }
    }
    out[n] = '\0';
    return (struct str){out, n};
}

static bool is_word(struct str s, const struct text3 *words)
{
    for (int l = 0; l < LANG_COUNT; l++)
        if (str_ieqz(s, words->in[l]))
            return true;
    return false;
}

/* int64_t microseconds at midnight UTC. 2026-11-20; with arg also 2026-11 and 2026. */
static enum err_code read_date(struct yaml_reader *r, yaml_node_t *node, void *out, const void *arg)
{
    char text[24];
    struct civil c = {.month = 1, .day = 1};
    struct str s;
    int used = 0, parts;

    if (yaml_is_null(node))
        return ERR_OK;
    s = plain_digits(str_trim(yaml_scalar(node)), text, sizeof(text));
    parts = sscanf(s.p, "%4d%n-%2d%n-%2d%n", &c.year, &used, &c.month, &used, &c.day, &used);
    if (parts < (arg ? 1 : 3) || (size_t)used != s.n || s.n != 1U + (size_t)parts * 3U ||
        strspn(s.p, "0123456789-") != s.n || !civil_valid(&c))
        return yaml_fail(r, node,
                         arg ? N_("must be a date such as 2026-11-20 or 2026-11, is \"%s\"")
                             : N_("must be a date such as 2026-11-20, is \"%s\""),
                         s.p);
    if (c.year < 1900 || c.year > 2200)
        return yaml_fail(r, node,
                         c.year > 2400 && c.year < 2700
                             ? N_("the year %d is not between 1900 and 2200; write it in the "
                                  "Gregorian calendar")
                             : N_("the year %d is not between 1900 and 2200"),
                         c.year);
    *(int64_t *)out = civil_to_utc(&c);
    return ERR_OK;
}

static enum err_code read_opened(struct yaml_reader *r, yaml_node_t *node, void *out,
                                 const void *arg)
{
    struct shop_facts *facts = out;

    if (is_word(str_trim(yaml_scalar(node)), &answer_not_open)) {
        facts->not_open = true;
        return ERR_OK;
    }
    return read_date(r, node, &facts->opened_at, arg);
}

/* "40 %" or 0.40. */
static enum err_code read_margin(struct yaml_reader *r, yaml_node_t *node, void *out,
                                 const void *arg)
{
    char text[24];
    struct str s = plain_digits(str_trim(yaml_scalar(node)), text, sizeof(text));
    char *end;
    double x;

    (void)arg;
    if (yaml_is_null(node))
        return ERR_OK;
    x = s.n && strspn(s.p, "0123456789.% ") == s.n ? strtod(s.p, &end) : (end = text, 0);
    if (*end == ' ')
        end++;
    if (*end == '%') {
        x /= 100;
        end++;
    }
    if (end == text || *end || !(x > 0 && x < 1))
        return yaml_fail(
            r, node, "must be what is left of 100 in sales, such as 40 %% or 0.40; is \"%s\"", s.p);
    *(double *)out = x;
    return ERR_OK;
}

static enum err_code read_vertical(struct yaml_reader *r, yaml_node_t *node, void *out,
                                   const void *arg)
{
    const struct model *model = r->user;
    const char **id = out;

    TRY(yaml_read_optional_text(r, node, out, arg));
    if (**id && model_vertical(model, *id) == SIZE_MAX)
        return yaml_fail(r, node, "\"%.60s\" is no kind of shop of this model", *id);
    return ERR_OK;
}

static enum err_code read_facts(struct yaml_reader *r, yaml_node_t *node, void *out,
                                const void *arg)
{
#define AT(member) offsetof(struct shop_facts, member)
    static const bool short_dates = true;
    static const struct yaml_field fields[] = {
        {"shop", AT(shop), yaml_read_optional_text, NULL, true},
        {"margin", AT(margin), read_margin, NULL, true},
        {"currency", AT(currency), yaml_read_currency, NULL, true},
        {"time_zone", AT(time_zone), yaml_read_time_zone, NULL, true},
        {"country", AT(country), yaml_read_country, NULL, true},
        {"vertical", AT(vertical), read_vertical, NULL, true},
        {"opened", 0, read_opened, &short_dates, true},
    };
#undef AT

    (void)arg;
    if (yaml_is_null(node))
        return ERR_OK;
    return yaml_read_map(r, node, fields, TM_COUNT(fields), out);
}

static enum err_code read_choice(struct yaml_reader *r, yaml_node_t *node, void *out,
                                 const void *arg)
{
    char text[64];
    struct str s = plain_digits(str_trim(yaml_scalar(node)), text, sizeof(text));
    struct answer *a = out;

    (void)arg;
    if (yaml_is_null(node))
        return ERR_OK;
    if (s.n == 1 && s.p[0] >= '1' && s.p[0] <= '4') {
        a->kind = ANSWER_LEVEL;
        a->level = s.p[0] - '0';
        return ERR_OK;
    }
    for (size_t k = ANSWER_DONT_KNOW; k < TM_COUNT(answer_words); k++)
        if (is_word(s, &answer_words[k]))
            a->kind = (enum answer_kind)k;
    for (size_t i = 0; i < TM_COUNT(spellings); i++)
        if (str_ieqz(s, spellings[i].word))
            a->kind = spellings[i].kind;
    if (a->kind == ANSWER_NONE)
        return yaml_fail(r, node,
                         "must be 1, 2, 3, 4, don't know, does not apply or later; is \"%s\"", s.p);
    return ERR_OK;
}

/* What belongs together: a reason and an end to "does not apply", a date to evidence. */
static enum err_code check_answer(struct yaml_reader *r, yaml_node_t *node, struct answer *a)
{
    bool excused = a->kind == ANSWER_NOT_APPLICABLE;

    if (excused && !a->reason[0])
        return yaml_fail(r, node, "\"does not apply\" needs \"reason\": why");
    if (excused && a->until == TIME_NONE)
        return yaml_fail(r, node, "\"does not apply\" needs \"until\": when to ask again");
    if (!excused && (a->reason[0] || a->until != TIME_NONE))
        return yaml_fail(r, node, "\"reason\" and \"until\" go with \"does not apply\" only");
    if (a->evidence[0] && a->kind != ANSWER_LEVEL)
        return yaml_fail(r, node, "\"evidence\" goes with an answer of 1 to 4 only");
    if (a->evidence[0] && a->answered_at == TIME_NONE)
        return yaml_fail(r, node, "\"evidence\" needs \"date\": the day it is from");
    if (excused && a->answered_at != TIME_NONE && a->until <= a->answered_at)
        return yaml_fail(r, node, "\"until\" must be after the day of the answer");
    a->attested = a->evidence[0] != '\0';
    return ERR_OK;
}

static enum err_code read_answer(struct yaml_reader *r, yaml_node_t *node, struct answer *a)
{
#define AT(member) offsetof(struct answer, member)
    static const struct yaml_field fields[] = {
        {"answer", 0, read_choice, NULL, true},
        {"evidence", AT(evidence), yaml_read_optional_text, NULL, true},
        {"date", AT(answered_at), read_date, NULL, true},
        {"reason", AT(reason), yaml_read_optional_text, NULL, true},
        {"until", AT(until), read_date, NULL, true},
    };
#undef AT

    if (yaml_is_null(node))
        return ERR_OK;
    TRY(yaml_read_map(r, node, fields, TM_COUNT(fields), a));
    return check_answer(r, node, a);
}

static enum err_code read_items(struct yaml_reader *r, yaml_node_t *node, void *out,
                                const void *arg)
{
    const struct model *model = r->user;
    struct answers *answers = out;
    bool *seen = arena_alloc(r->arena, model->practice_count * sizeof(*seen));
    yaml_node_t *key, *value;

    (void)arg;
    TRY(arena_check(r->arena, r->err));
    if (yaml_is_null(node))
        return ERR_OK;
    if (node->type != YAML_MAPPING_NODE)
        return yaml_fail(r, node, "must be a block of \"practice: answer\" lines");
    for (size_t i = 0; yaml_pair(r, node, i, &key, &value); i++) {
        size_t at, mark;

        TRY(practice_named(r, key, model, &at));
        if (seen[at])
            return yaml_fail(r, key, "\"%s\" is given twice", model->practices[at].id);
        seen[at] = true;
        mark = yaml_enter(r, ".%s", model->practices[at].id);
        TRY(read_answer(r, value, &answers->items[at]));
        yaml_leave(r, mark);
    }
    return ERR_OK;
}

/* Answers without a date of their own are from the day of the file. */
static void date_answers(struct answers *answers)
{
    for (size_t i = 0; i < answers->count; i++)
        if (answers->items[i].kind != ANSWER_NONE && answers->items[i].answered_at == TIME_NONE)
            answers->items[i].answered_at = answers->answered_at;
}

struct answers *answers_new(const struct model *model)
{
    struct answers *answers = xcalloc(1, sizeof(*answers));
    size_t bytes = model->practice_count * sizeof(*answers->items);

    answers->arena = ARENA_INIT(ANSWERS_MEMORY_MAX + bytes);
    answers->items = arena_alloc(&answers->arena, bytes);
    answers->count = model->practice_count;
    for (size_t i = 0; i < answers->count; i++)
        answers->items[i] = (struct answer){.evidence = "", .reason = ""};
    answers->facts = (struct shop_facts){.shop = "",
                                         .margin = (double)NAN,
                                         .currency = "",
                                         .time_zone = "",
                                         .country = "",
                                         .vertical = ""};
    return answers;
}

void answers_free(struct answers *answers)
{
    if (!answers)
        return;
    arena_release(&answers->arena);
    free(answers);
}

void answers_freep(struct answers **answers)
{
    answers_free(*answers);
}

static enum err_code parse(struct yaml_reader *r, struct str text, struct answers *answers)
{
#define AT(member) offsetof(struct answers, member)
    static const struct yaml_field fields[] = {
        {"answered", AT(answered_at), read_date, NULL, true},
        {"facts", AT(facts), read_facts, NULL, true},
        {"answers", 0, read_items, NULL, true},
    };
#undef AT
    enum err_code code;

    TRY(yaml_reader_open(r, text));
    code = yaml_read_map(r, yaml_root(r), fields, TM_COUNT(fields), answers);
    yaml_reader_close(r);
    date_answers(answers);
    return code;
}

enum err_code answers_parse(struct str text, const char *name, const struct model *model,
                            struct answers **out_answers, struct err *err)
{
    TM_CLEANUP(answers_freep) struct answers *answers = answers_new(model);
    struct yaml_reader r = {.name = name, .arena = &answers->arena, .err = err};

    r.user = (void *)(uintptr_t)model;
    TRY(parse(&r, text, answers));
    *out_answers = answers;
    answers = NULL;
    return ERR_OK;
}

enum err_code answers_read(const char *path, const struct model *model,
                           struct answers **out_answers, struct err *err)
{
    struct buf text = BUF_INIT(0);
    enum err_code code = file_read(path, YAML_FILE_MAX, &text, err);

    if (code == ERR_OK)
        code = answers_parse(buf_str(&text), path, model, out_answers, err);
    buf_release(&text);
    return code;
}

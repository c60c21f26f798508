/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "maturity/answers.h"

#include "tap.h"

#include <unistd.h>

static const char path[] = "answers_test.yaml";
static struct model *model;

static enum err_code read_text(struct str text, struct answers **out, struct err *err)
{
    FILE *f = fopen(path, "wb");
    enum err_code code;

    assert(f);
    assert(fwrite(text.p, 1, text.n, f) == text.n && fclose(f) == 0);
    code = answers_read(path, model, out, err);
    unlink(path);
    return code;
}

static const struct answer *item(const struct answers *a, const char *id)
{
    return &a->items[model_practice(model, id)];
}

static int64_t day(int year, int month, int day_of_month)
{
    return civil_to_days(year, month, day_of_month) * US_PER_DAY;
}

static const char full[] =
    "answered: 2026-11-20\n"
    "facts:\n"
    "  shop: \"Anna's \\\"fine\\\" teas: # 1\"\n"
    "  margin: 42.5 %\n"
    "  currency: thb\n"
    "  time_zone: Asia/Bangkok\n"
    "  country: th\n"
    "  vertical: tea\n"
    "  opened: 2023-05\n"
    "answers:\n"
    "  FND-1: {answer: 3}\n"
    "  FND-2:\n"
    "    answer: don't know\n"
    "  FND-4: {answer: ٤, evidence: \"ledger.xlsx, sheet 2\", date: ๒๐๒๖-11-01}\n"
    "  ACQ-1:\n"
    "  ACQ-7: {answer: does not apply, reason: \"ads: none\", until: 2027-06-30}\n"
    "  ORG-1: {answer: LATER}\n"
    "  PLN-1: {answer: ไม่ทราบ, date: 2026-10-01}\n";

static void check_full(const struct answers *a)
{
    CHECK_STR(a->facts.shop, "Anna's \"fine\" teas: # 1");
    CHECK_NEAR(a->facts.margin, 0.425, 1e-12);
    CHECK_STR(a->facts.currency, "THB");
    CHECK_STR(a->facts.time_zone, "Asia/Bangkok");
    CHECK_STR(a->facts.country, "TH");
    CHECK_STR(a->facts.vertical, "tea");
    CHECK_INT(a->facts.opened_at, day(2023, 5, 1));
    CHECK(!a->facts.not_open);
    CHECK_INT(a->count, model->practice_count);
    CHECK_INT(item(a, "FND-1")->kind, ANSWER_LEVEL);
    CHECK_INT(item(a, "FND-1")->level, 3);
    CHECK_INT(item(a, "FND-1")->answered_at, day(2026, 11, 20));
    CHECK(!item(a, "FND-1")->attested);
    CHECK_INT(item(a, "FND-2")->kind, ANSWER_DONT_KNOW);
    CHECK_INT(item(a, "FND-4")->level, 4);
    CHECK(item(a, "FND-4")->attested);
    CHECK_STR(item(a, "FND-4")->evidence, "ledger.xlsx, sheet 2");
    CHECK_INT(item(a, "FND-4")->answered_at, day(2026, 11, 1));
    CHECK_INT(item(a, "ACQ-1")->kind, ANSWER_NONE);
    CHECK_INT(item(a, "ACQ-1")->answered_at, TIME_NONE);
    CHECK_INT(item(a, "ACQ-7")->kind, ANSWER_NOT_APPLICABLE);
    CHECK_STR(item(a, "ACQ-7")->reason, "ads: none");
    CHECK_INT(item(a, "ACQ-7")->until, day(2027, 6, 30));
    CHECK_INT(item(a, "ORG-1")->kind, ANSWER_LATER);
    CHECK_INT(item(a, "PLN-1")->kind, ANSWER_DONT_KNOW);
    CHECK_INT(item(a, "PLN-1")->answered_at, day(2026, 10, 1));
    CHECK_INT(item(a, "PLN-5")->kind, ANSWER_NONE);
}

/* Written in every language, what was read is read again. */
static void round_trip(void)
{
    struct answers *first = NULL;
    struct err err;

    CHECK_OK(read_text(STR_LIT(full), &first, &err), err);
    if (!first)
        return;
    check_full(first);
    for (int l = 0; l < LANG_COUNT; l++) {
        struct answers *again = NULL;
        struct buf text = BUF_INIT(1 << 20);

        answers_write_template(model, (enum language)l, first, &text);
        CHECK_OK(buf_check(&text, &err), err);
        CHECK_OK(read_text(buf_str(&text), &again, &err), err);
        if (again)
            check_full(again);
        answers_free(again);
        buf_release(&text);
    }
    answers_free(first);
}

static void empty_template(void)
{
    for (int l = 0; l < LANG_COUNT; l++) {
        struct buf text = BUF_INIT(1 << 20);
        struct answers *a = NULL;
        struct err err;
        size_t given = 0, asked = 0;

        answers_write_template(model, (enum language)l, NULL, &text);
        CHECK_OK(read_text(buf_str(&text), &a, &err), err);
        for (size_t i = 0; a && i < a->count; i++) {
            given += a->items[i].kind != ANSWER_NONE;
            asked += strstr(buf_cstr(&text), model->practices[i].id) != NULL;
        }
        CHECK_INT(given, 0);
        CHECK_INT(asked, model->practice_count);
        CHECK(a && isnan(a->facts.margin) && a->facts.opened_at == TIME_NONE);
        CHECK(strstr(buf_cstr(&text), model->dimensions[0].title.in[l]) != NULL);
        CHECK(strstr(buf_cstr(&text), " \n") == NULL);
        CHECK(strstr(buf_cstr(&text), answer_words[ANSWER_DONT_KNOW].in[l]) != NULL);
        answers_free(a);
        buf_release(&text);
    }
}

static void words(void)
{
    static const struct {
        const char *word;
        enum answer_kind kind;
    } rows[] = {
        {"Don't know", ANSWER_DONT_KNOW},
        {"don’t know", ANSWER_DONT_KNOW},
        {"لا أعرف", ANSWER_DONT_KNOW},
        {"ไม่รู้", ANSWER_DONT_KNOW},
        {"later", ANSWER_LATER},
        {"لاحقا", ANSWER_LATER},
        {"ภายหลัง", ANSWER_LATER},
        {"๒", ANSWER_LEVEL},
        {"۲", ANSWER_LEVEL},
        {"~", ANSWER_NONE},
    };

    for (size_t i = 0; i < TM_COUNT(rows); i++) {
        struct buf text = BUF_INIT(1000);
        struct answers *a = NULL;
        struct err err;

        buf_addf(&text, "answers:\n  FND-1:\n    answer: %s\n", rows[i].word);
        CHECK_OK(read_text(buf_str(&text), &a, &err), err);
        CHECK_MSG(a && item(a, "FND-1")->kind == rows[i].kind, "%s is understood", rows[i].word);
        if (a && rows[i].kind == ANSWER_LEVEL)
            CHECK_INT(item(a, "FND-1")->level, 2);
        answers_free(a);
        buf_release(&text);
    }
}

static void not_open(void)
{
    struct answers *a = NULL;
    struct err err;

    CHECK_OK(read_text(STR_LIT("facts: {opened: not yet, margin: 0.4}\n"), &a, &err), err);
    CHECK(a && a->facts.not_open && a->facts.opened_at == TIME_NONE);
    CHECK_NEAR(a ? a->facts.margin : 0, 0.4, 1e-12);
    answers_free(a);
}

static const struct {
    const char *text, *message, *hint;
} mistakes[] = {
#define M(at, what) "answers_test.yaml:" at ": " what
    {"facts:\n  shop: Anna's: teas\n",
     M("2", "not well-formed YAML: mapping values are not allowed in this context"),
     "keep the indentation as it was, and put a text that holds : or # between double quotes"},
    {"fact:\n", M("1", "unknown field \"fact\""), "perhaps \"facts\" was meant"},
    {"answers:\n  RET-11: {answer: 2}\n", M("2", "answers: there is no practice \"RET-11\""),
     "perhaps RET-1 was meant"},
    {"answers:\n  anything: {answer: 2}\n", M("2", "answers: there is no practice \"anything\""),
     ""},
    {"answers:\n  FND-1: {answer: 1}\n  FND-1: {answer: 2}\n",
     M("3", "answers: \"FND-1\" is given twice"), ""},
    {"answers:\n  FND-1: 3\n", M("2", "answers.FND-1: must be a block of \"name: value\" lines"),
     ""},
    {"answers:\n  FND-1:\n    answer: 5\n",
     M("3", "answers.FND-1.answer: must be 1, 2, 3, 4, don't know, does not apply or later; is "
            "\"5\""),
     ""},
    {"answers:\n  FND-1:\n    answer: yes\n",
     M("3", "answers.FND-1.answer: must be 1, 2, 3, 4, don't know, does not apply or later; is "
            "\"yes\""),
     ""},
    {"answers:\n  FND-1: {answer: does not apply, until: 2027-01-01}\n",
     M("2", "answers.FND-1: \"does not apply\" needs \"reason\": why"), ""},
    {"answers:\n  FND-1: {answer: does not apply, reason: x}\n",
     M("2", "answers.FND-1: \"does not apply\" needs \"until\": when to ask again"), ""},
    {"answers:\n  FND-1: {answer: 2, reason: x}\n",
     M("2", "answers.FND-1: \"reason\" and \"until\" go with \"does not apply\" only"), ""},
    {"answers:\n  FND-1: {answer: 2, evidence: x}\n",
     M("2", "answers.FND-1: \"evidence\" needs \"date\": the day it is from"), ""},
    {"answers:\n  FND-1: {answer: later, evidence: x, date: 2026-01-01}\n",
     M("2", "answers.FND-1: \"evidence\" goes with an answer of 1 to 4 only"), ""},
    {"answers:\n  FND-1: {answer: 2, date: 2026-02-30}\n",
     M("2", "answers.FND-1.date: must be a date such as 2026-11-20, is \"2026-02-30\""), ""},
    {"answers:\n  FND-1: {answer: 2, date: 2026-02}\n",
     M("2", "answers.FND-1.date: must be a date such as 2026-11-20, is \"2026-02\""), ""},
    {"answered: 2569-11-20\n",
     M("1", "answered: the year 2569 is not between 1900 and 2200; write it in the Gregorian "
            "calendar"),
     ""},
    {"facts:\n  margin: 40\n",
     M("2", "facts.margin: must be what is left of 100 in sales, such as 40 % or 0.40; is "
            "\"40\""),
     ""},
    {"facts:\n  margin: half\n",
     M("2", "facts.margin: must be what is left of 100 in sales, such as 40 % or 0.40; is "
            "\"half\""),
     ""},
    {"facts:\n  currency: ZZZ\n", M("2", "facts.currency: \"ZZZ\" is no currency of ISO 4217"),
     "write three letters, such as EUR, AED or THB"},
    {"facts:\n  currency: euro\n",
     M("2", "facts.currency: must be a code of 3 letters, is \"EURO\""),
     "write three letters, such as EUR, AED or THB"},
    {"facts:\n  time_zone: Bangkok\n",
     M("2", "facts.time_zone: \"Bangkok\" is no time zone such as Asia/Bangkok"), ""},
    {"facts:\n  country: QQ\n", M("2", "facts.country: \"QQ\" is no country of ISO 3166"),
     "write two letters, such as DE, AE or TH"},
    {"facts:\n  vertical: bricks\n",
     M("2", "facts.vertical: \"bricks\" is no kind of shop of this model"), ""},
    {"facts:\n  opened: soon\n",
     M("2", "facts.opened: must be a date such as 2026-11-20 or 2026-11, is \"soon\""), ""},
#undef M
};

static void reports_mistakes(void)
{
    for (size_t i = 0; i < TM_COUNT(mistakes); i++) {
        struct answers *a = NULL;
        struct err err = ERR_INIT;

        CHECK(read_text(str_of(mistakes[i].text), &a, &err) == ERR_INVALID);
        CHECK_STR(err.msg, mistakes[i].message);
        CHECK_STR(err.hint, mistakes[i].hint);
        answers_free(a);
    }
}

int main(void)
{
    struct err err;

    CHECK_OK(model_load(NULL, &model, &err), err);
    if (model) {
        round_trip();
        empty_template();
        words();
        not_open();
        reports_mistakes();
    }
    model_free(model);
    return tap_done();
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "maturity/model.h"

#include "base/buf.h"
#include "tap.h"

#include <unistd.h>

/* A text in three languages. */
#define T(key, pad)                                                                                \
    pad key ":\n" pad "  en: word\n" pad "  ar: \"\xD9\x83\xD9\x84\xD9\x85\xD8\xA9\"\n" pad        \
            "  th: \"\xE0\xB8\x84\xE0\xB8\xB3\"\n"
#define STAGE "  -\n" T("title", "    ") T("what", "    ")
#define CHOICE(n) "      - level: " #n "\n" T("text", "        ")

/* Lines of the practices: A-1 begins at line 71, B-1 at 128. */
static const char base[] =
    "id: small\n"
    "version: 1.2.3\n"
    "vertical_repeat_median: 0.28\n"
    "quorum: [0.7, 0.7, 0.8]\n"
    "evidence_floors: [0.5, 0.6, 0.7]\n"
    "stages:\n" STAGE STAGE STAGE STAGE "needs:\n"
    "  - id: orders\n" T("title", "    ")
        T("how", "    ") "roles:\n  - id: owner\n    hours: 60\n" T(
            "title",
            "    ") "dimensions:\n"
                    "  - id: A\n" T("title", "    ")
                        T("what",
                          "    ") "practices:\n"
                                  "  - id: A-1\n"
                                  "    dimension: A\n"
                                  "    essential: 2\n"
                                  "    weight: 1\n"
                                  "    classes: [M]\n"
                                  "    applies_if: always\n"
                                  "    ttl_days: 90\n"
                                  "    needs: [orders]\n"
                                  "    effort_hours: [1, 2, 3]\n"
                                  "    role: owner\n"
                                  "    citation: {basis: coverage, mark: int}\n"
                                  "    indicators:\n"
                                  "      - measure: a_1\n"
                                  "        form: share\n"
                                  "        unit: percent\n"
                                  "        cuts: [0.2, \">0.5\", 0.8]\n" T("title", "    ")
                                      T("what", "    ") T("why", "    ") T("how", "    ")
                                          T("question",
                                            "    ") "    choices:\n" CHOICE(1) CHOICE(2) CHOICE(3)
                                              CHOICE(4) "  - id: B-1\n"
                                                        "    dimension: A\n"
                                                        "    prerequisites: [A-1]\n"
                                                        "    classes: [C]\n"
                                                        "    ttl_days: 90\n"
                                                        "    effort_hours: [1, 2, 3]\n"
                                                        "    role: owner\n"
                                                        "    citation: {basis: int, mark: int}\n"
                                                        "    indicators:\n"
                                                        "      - measure: b_1\n"
                                                        "        form: fraction\n"
                                                        "        unit: percent\n"
                                                        "        cuts: [0.1, 0.25, ~]\n"
                                                        "        upper: [0.8, 0.7, ~]\n" T(
                                                            "title", "    ") T("what", "    ")
                                                            T("why", "    ") T("how", "    ");

/* The first place of `from` in the base replaced by `to`. */
static void changed(struct buf *out, const char *from, const char *to)
{
    const char *at = strstr(base, from);

    assert(at);
    *out = BUF_INIT(1 << 20);
    buf_add(out, base, (size_t)(at - base));
    buf_addz(out, to);
    buf_addz(out, at + strlen(from));
}

static enum err_code load_text(struct str text, struct model **out, struct err *err)
{
    static const char path[] = "model_test.yaml";
    FILE *f = fopen(path, "wb");
    enum err_code code;

    assert(f);
    assert(fwrite(text.p, 1, text.n, f) == text.n && fclose(f) == 0);
    code = model_load(path, out, err);
    unlink(path);
    return code;
}

struct mistake {
    const char *from, *to, *message;
};

static const struct mistake mistakes[] = {
#define M(at, what) "model_test.yaml:" at ": " what
    {"id: small", "id: Small", M("1", "id: \"Small\" may hold only digits, a-z, _")},
    {"version: 1.2.3", "version: 1.2",
     M("2", "version: must be a version such as 1.0.0, is \"1.2\"")},
    {"0.28", "28", M("3", "vertical_repeat_median: must lie between 0 and 1, is 28")},
    {"quorum: [0.7,", "quorum: [", M("4", "quorum: must have 3 entries, has 2")},
    {"quorum", "quorums", M("4", "unknown field \"quorums\"")},
    {"quorum: [0.7, 0.7, 0.8]\n", "", M("1", "\"quorum\" is missing")},
    {"  - id: A-1", "  - id: B-1",
     M("128", "practices[1].id: there is already a practice \"B-1\"")},
    {"dimension: A\n", "dimension: X\n",
     M("72", "practices[0] (A-1).dimension: there is no dimension \"X\"")},
    {"essential: 2", "essential: 1",
     M("73", "practices[0] (A-1).essential: must be 0, 2, 3 or 4, is 1")},
    {"weight: 1", "weight: 0", M("74", "practices[0] (A-1).weight: must be above 0, is 0")},
    {"weight: 1", "weight: one",
     M("74", "practices[0] (A-1).weight: must be a number, is \"one\"")},
    {"weight: 1", "essential: 3", M("74", "practices[0] (A-1): \"essential\" is given twice")},
    {"classes: [M]", "classes: [M, X]",
     M("75", "practices[0] (A-1).classes: must be one of M, C, Q; is \"X\"")},
    {"role: owner", "role: cook", M("80", "practices[0] (A-1).role: there is no role \"cook\"")},
    {"role: owner", "role: owner\n    cost: [0, 20, 10]",
     M("81", "practices[0] (A-1).cost: must not fall: level 3 costs 20, level 4 10")},
    {"    role: owner\n", "", M("71", "practices[0] (A-1): \"role\" is missing")},
    {"hours: 60", "hours: -1", M("55", "roles[0].hours: must lie between 0 and 10000, is -1")},
    {"always", "sometimes",
     M("76", "practices[0] (A-1).applies_if: must be one of always, sends_email, spends_on_ads, "
             "open_12_months, open_24_months; is \"sometimes\"")},
    {"ttl_days: 90", "ttl_days: 9.5",
     M("77", "practices[0] (A-1).ttl_days: must be a whole number, is 9.5")},
    {"needs: [orders]", "needs: [order]",
     M("78", "practices[0] (A-1).needs: there is no kind of data \"order\"")},
    {"basis: coverage, mark: int", "basis: int, mark: int",
     M("81", "practices[0] (A-1).citation: an essential practice may not stand on basis int with "
             "mark int; presence, coverage, own, or pub with V1 or V2 may gate a stage")},
    {"basis: coverage, mark: int", "basis: pub, mark: V3, source: x",
     M("81", "practices[0] (A-1).citation: an essential practice may not stand on basis pub with "
             "mark V3; presence, coverage, own, or pub with V1 or V2 may gate a stage")},
    {"basis: coverage, mark: int", "basis: pub, mark: V1",
     M("81", "practices[0] (A-1).citation: a published cut needs its source")},
    {"basis: coverage, mark: int", "basis: coverage, mark: int, note: word",
     M("81", "practices[0] (A-1).citation.note: must be a block of \"name: value\" lines")},
    {"basis: coverage, mark: int", "basis: coverage, mark: int, note: {ar: b}",
     M("81", "practices[0] (A-1).citation.note: \"en\" is missing")},
    {"a_1", "../a_1",
     M("83", "practices[0] (A-1).indicators[0].measure: \"../a_1\" may hold only digits, a-z, "
             "_")},
    {"form: share", "form: guess",
     M("84", "practices[0] (A-1).indicators[0].form: must be one of share, fraction, ratio, rate, "
             "value; is \"guess\"")},
    {"unit: percent", "unit: miles",
     M("85", "practices[0] (A-1).indicators[0].unit: must be one of percent, times, per_month, "
             "months, days, hours, count, level; is \"miles\"")},
    {"[0.2, \">0.5\", 0.8]", "[0.2, 0.9, 0.8]",
     M("86", "practices[0] (A-1).indicators[0].cuts: must rise from level 2 to 4: level 3 asks "
             "0.9, level 4 0.8")},
    {"[0.2, \">0.5\", 0.8]", "[0.2, 0.9, 0.8]\n        direction: lower",
     M("86", "practices[0] (A-1).indicators[0].cuts: must fall from level 2 to 4: level 2 asks "
             "0.2, level 3 0.9")},
    {"[0.2, \">0.5\", 0.8]", "[20, 50, 80]",
     M("86", "practices[0] (A-1).indicators[0].cuts: a share lies between 0 and 1; level 2 asks "
             "20")},
    {"[0.2, \">0.5\", 0.8]", "[~, ~, ~]",
     M("86", "practices[0] (A-1).indicators[0].cuts: at least one level must ask something")},
    {"[0.2, \">0.5\", 0.8]", "[0.2, \"> x\", 0.8]",
     M("86", "practices[0] (A-1).indicators[0].cuts[1]: must be a number after \">\", is \"> x\"")},
    {"      - level: 2", "      - level: 3",
     M("113", "practices[0] (A-1).choices[1]: the level must be 2, is 3")},
    {"[A-1]", "[A-2]", M("130", "practices[1] (B-1).prerequisites: there is no practice \"A-2\"")},
    {"[A-1]", "[B-1]",
     M("130", "practices[1] (B-1).prerequisites: they go round in a circle: B-1 needs B-1")},
    {"    weight: 1\n", "    prerequisites: [B-1]\n",
     M("74", "practices[0] (A-1).prerequisites: they go round in a circle: A-1 needs B-1 needs "
             "A-1")},
    {"[0.8, 0.7, ~]", "[0.8, 0.2, ~]",
     M("141", "practices[1] (B-1).indicators[0].upper: must lie above the cut of level 3")},
    {"[0.8, 0.7, ~]", "[0.7, 0.8, ~]",
     M("141", "practices[1] (B-1).indicators[0].upper: must narrow from level 2 to 4: level 3 "
              "allows 0.8")},
    {"  en: word", "  de: wort", M("9", "stages[0].title: unknown field \"de\"")},
    {"      en: word\n", "", M("9", "stages[0].title: \"en\" is missing")},
    {"en: word", "en: \"  \"", M("9", "stages[0].title.en: the text is empty")},
    {"en: word", "en: \"a\\e[31m\"",
     M("9", "stages[0].title.en: the text holds control characters")},
    {"en: word", "en: [word]", M("9", "stages[0].title.en: must be a text")},
    {"practices:\n", "practices: []\n---\n",
     M("72", "a second document begins here; one is allowed")},
    {"stages:\n", "stages: [\n",
     M("7", "not well-formed YAML: did not find expected node content while parsing a flow node")},
#undef M
};

static void reports_mistakes(void)
{
    for (size_t i = 0; i < TM_COUNT(mistakes); i++) {
        struct model *m = NULL;
        struct err err = ERR_INIT;
        struct buf text;

        changed(&text, mistakes[i].from, mistakes[i].to);
        CHECK(load_text(buf_str(&text), &m, &err) == ERR_INVALID);
        CHECK_STR(err.msg, mistakes[i].message);
        model_free(m);
        buf_release(&text);
    }
}

static void bad_files(void)
{
    struct model *m = NULL;
    struct err err = ERR_INIT;
    size_t n = (4 << 20) + 1;
    char *big = xmalloc(n);

    CHECK(model_load("no/such/model.yaml", &m, &err) == ERR_NOT_FOUND);
    CHECK_STR(err.msg, "could not open \"no/such/model.yaml\": it does not exist");
    CHECK(load_text(STR_LIT(""), &m, &err) == ERR_INVALID);
    CHECK_STR(err.msg, "model_test.yaml: the file is empty");
    CHECK(load_text(STR_LIT("id: a\nversion: \"\xFF\"\n"), &m, &err) == ERR_INVALID);
    CHECK_STR(err.msg, "model_test.yaml:2: not well-formed YAML: invalid leading UTF-8 octet");
    CHECK(load_text(STR_LIT("- 1\n"), &m, &err) == ERR_INVALID);
    CHECK_STR(err.msg, "model_test.yaml:1: must be a block of \"name: value\" lines");
    memset(big, '[', n - 1);
    CHECK(load_text((struct str){big, n - 1}, &m, &err) == ERR_INVALID);
    CHECK_STR(err.msg, "model_test.yaml:1: more than 100 brackets are open");
    memset(big, '#', n);
    CHECK(load_text((struct str){big, n}, &m, &err) == ERR_TOO_LARGE);
    CHECK_STR(err.msg, "\"model_test.yaml\" is larger than 4194304 bytes");
    CHECK(m == NULL);
    free(big);
}

static void reads_fields(void)
{
    struct model *m = NULL;
    struct err err;
    const struct practice *a, *b;

    CHECK_OK(load_text(STR_LIT(base), &m, &err), err);
    if (!m)
        return;
    CHECK_STR(m->id, "small");
    CHECK_STR(m->version, "1.2.3");
    CHECK_NEAR(m->quorum[2], 0.8, 0);
    CHECK_NEAR(m->evidence_floor[0], 0.5, 0);
    CHECK_STR(m->stages[3].in[LANG_AR], "\xD9\x83\xD9\x84\xD9\x85\xD8\xA9");
    CHECK_INT(m->practice_count, 2);
    a = &m->practices[0];
    b = &m->practices[1];
    CHECK_INT(a->essential, 2);
    CHECK_INT(a->classes, CLASS_BIT_M);
    CHECK_STR(a->needs[0], "orders");
    CHECK_INT(a->window_days, 365);
    CHECK_NEAR(a->n_min, 30, 0);
    CHECK_STR(a->lever, "");
    CHECK(a->indicators[0].form == FORM_SHARE && !a->indicators[0].lower_is_better);
    CHECK(!a->indicators[0].strict[0] && a->indicators[0].strict[1]);
    CHECK_NEAR(a->indicators[0].cuts[1], 0.5, 0);
    CHECK(isnan(a->indicators[0].upper[0]) && a->indicators[0].multiplier == NULL);
    CHECK_INT(a->choice_count, 4);
    CHECK_INT(b->choice_count, 0);
    CHECK_STR(b->question.in[LANG_TH], "");
    CHECK_STR(b->citation.note.in[LANG_AR], "");
    CHECK_INT(b->prerequisites[0], 0);
    CHECK(isnan(b->indicators[0].cuts[2]) && b->indicators[0].upper[1] == 0.7);
    CHECK_INT(model_practice(m, "B-1"), 1);
    CHECK(model_practice(m, "b-1") == SIZE_MAX);
    CHECK_INT(model_dimension(m, "A"), 0);
    CHECK(model_dimension(m, "") == SIZE_MAX);
    model_free(m);
    model_free(NULL);
}

/* What a change does to the two hashes. */
static void hash_change(const char *from, const char *to, bool scoring_too)
{
    struct model *before = NULL, *after = NULL;
    struct err err;
    struct buf text;

    changed(&text, from, to);
    CHECK_OK(load_text(STR_LIT(base), &before, &err), err);
    CHECK_OK(load_text(buf_str(&text), &after, &err), err);
    if (before && after) {
        CHECK_INT(strlen(before->content_hash), 64);
        CHECK_MSG(strcmp(before->content_hash, after->content_hash) != 0,
                  "%s changes the content hash", to);
        CHECK_MSG((strcmp(before->scoring_hash, after->scoring_hash) != 0) == scoring_too,
                  "%s %s the scoring hash", to, scoring_too ? "changes" : "keeps");
    }
    model_free(before);
    model_free(after);
    buf_release(&text);
}

static void hashes(void)
{
    hash_change("en: word", "en: words", false);
    hash_change("weight: 1", "weight: 1.0", false);
    hash_change("basis: coverage, mark: int",
                "basis: coverage, mark: int, note: {en: a, ar: b, th: c}", false);
    hash_change("effort_hours: [1", "effort_hours: [0", false);
    hash_change("weight: 1", "weight: 2", true);
    hash_change("\">0.5\"", "0.5", true);
    hash_change("[0.2,", "[0.1,", true);
    hash_change("essential: 2", "essential: 3", true);
    hash_change("always", "sends_email", true);
    hash_change("[A-1]", "[]", true);
    hash_change("measure: a_1", "measure: a_2", true);
    hash_change("ttl_days: 90", "ttl_days: 91", true);
    hash_change("quorum: [0.7", "quorum: [0.6", true);
}

/* Every line of what the model says (the mission's list of traits) is met by a practice. */
static void traits_met(const struct model *m)
{
    static const char *const traits[] = {
        "O1",   "O2",   "O3",   "O4",   "O5",   "O6",   "O7",   "O8",   "S1.1",
        "S1.2", "S1.3", "S1.4", "S1.5", "S2.1", "S2.2", "S2.3", "S2.4", "S2.5",
        "S2.6", "S2.7", "S2.8", "S3.1", "S3.2", "S3.3", "S3.4", "S3.5", "S3.6",
        "S3.7", "S3.8", "S4.1", "S4.2", "S4.3", "S4.4", "S4.5", "S4.6",
    };

    for (size_t t = 0; t < TM_COUNT(traits); t++) {
        size_t met = 0;

        for (size_t i = 0; i < m->practice_count; i++)
            for (size_t k = 0; k < m->practices[i].trait_count; k++)
                met += strcmp(m->practices[i].traits[k], traits[t]) == 0;
        CHECK_MSG(met > 0, "%s is met by %zu practices", traits[t], met);
    }
    for (size_t i = 0; i < m->practice_count; i++)
        for (size_t k = 0; k < m->practices[i].trait_count; k++) {
            size_t t = 0;

            while (t < TM_COUNT(traits) && strcmp(traits[t], m->practices[i].traits[k]) != 0)
                t++;
            CHECK_MSG(t < TM_COUNT(traits), "%s names a trait that exists: %s", m->practices[i].id,
                      m->practices[i].traits[k]);
        }
}

/* Does the text hold a letter of U+0600..U+06FF, or of U+0E00..U+0E7F? */
static bool has_letters(const char *text, enum language language)
{
    for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
        if (language == LANG_AR && p[0] >= 0xD8 && p[0] <= 0xDB)
            return true;
        if (language == LANG_TH && p[0] == 0xE0 && (p[1] == 0xB8 || p[1] == 0xB9))
            return true;
        if (language == LANG_EN && isalpha(p[0]))
            return true;
    }
    return false;
}

static size_t text_count;

static void text_good(const char *of, const char *field, const struct text3 *text)
{
    bool good = true;

    for (int l = 0; l < LANG_COUNT; l++) {
        const char *s = text->in[l];

        good = good && s && has_letters(s, (enum language)l) && !strstr(s, "  ");
        if (l != LANG_EN)
            good = good && strcmp(s, text->in[LANG_EN]) != 0;
    }
    text_count++;
    CHECK_MSG(good, "%s.%s is written in every language's own letters", of, field);
}

static void texts_in_all_languages(const struct model *m)
{
    for (size_t i = 0; i < TM_COUNT(m->stages); i++) {
        text_good("stage", "title", &m->stages[i]);
        text_good("stage", "what", &m->stage_what[i]);
    }
    for (size_t i = 0; i < m->vertical_count; i++)
        text_good(m->verticals[i].id, "title", &m->verticals[i].title);
    for (size_t i = 0; i < m->need_count; i++) {
        text_good(m->needs[i].id, "title", &m->needs[i].title);
        text_good(m->needs[i].id, "how", &m->needs[i].how);
    }
    for (size_t i = 0; i < m->dimension_count; i++) {
        text_good(m->dimensions[i].id, "title", &m->dimensions[i].title);
        text_good(m->dimensions[i].id, "what", &m->dimensions[i].what);
    }
    for (size_t i = 0; i < m->practice_count; i++) {
        const struct practice *p = &m->practices[i];

        text_good(p->id, "title", &p->title);
        text_good(p->id, "what", &p->what);
        text_good(p->id, "why", &p->why);
        text_good(p->id, "how", &p->how);
        text_good(p->id, "question", &p->question);
        if (p->citation.note.in[LANG_EN][0])
            text_good(p->id, "note", &p->citation.note);
        for (size_t k = 0; k < p->choice_count; k++)
            text_good(p->id, "choice", &p->choices[k].text);
    }
    CHECK_INT(text_count, 8 + 9 + 2 * 12 + 2 * 12 + 61 * 9 + 18);
}

static void built_in_sound(const struct model *m)
{
    CHECK_INT(m->practice_count, 61);
    CHECK_INT(m->dimension_count, 12);
    CHECK_INT(m->need_count, 12);
    CHECK_NEAR(m->vertical_repeat_median, 0.28, 0);
    CHECK_NEAR(m->verticals[model_vertical(m, "tea")].repeat_median, 0.21, 0);
    CHECK(model_vertical(m, "bricks") == SIZE_MAX);
    for (size_t i = 0; i < m->practice_count; i++) {
        const struct practice *p = &m->practices[i];
        const double *hours = p->effort_hours;

        CHECK_INT(model_practice(m, p->id), i); /* the first of its name */
        CHECK_MSG(p->choice_count == CHOICES_MAX, "%s can be answered", p->id);
        CHECK_MSG(p->trait_count > 0, "%s says which traits it meets", p->id);
        CHECK_MSG(p->need_count > 0, "%s says which data it needs", p->id);
        CHECK_MSG(hours[0] <= hours[1] && hours[1] <= hours[2], "%s: effort rises", p->id);
        for (size_t k = 0; k < p->indicator_count; k++) {
            const char *measure = p->indicators[k].measure;

            CHECK_MSG(strspn(measure, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(measure),
                      "%s: %s is a measure's name", p->id, measure);
        }
    }
}

static void built_in(void)
{
    struct model *m = NULL;
    struct err err;

    CHECK_OK(model_load(NULL, &m, &err), err);
    if (!m)
        return;
    built_in_sound(m);
    traits_met(m);
    texts_in_all_languages(m);
    model_free(m);
}

int main(void)
{
    built_in();
    reads_fields();
    reports_mistakes();
    bad_files();
    hashes();
    return tap_done();
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "identity/suggest.h"

#include "tap.h"

enum { PEOPLE_MAX = 8000, PAIRS_MAX = 20000 };

struct people {
    int truth[PEOPLE_MAX]; /* who a record really is */
    char lines[PEOPLE_MAX][512];
    int count;
};

struct pairs {
    struct suggestion list[PAIRS_MAX];
    int count;
};

static void keep(void *ctx, const struct suggestion *suggestion)
{
    struct pairs *pairs = ctx;

    if (pairs->count < PAIRS_MAX)
        pairs->list[pairs->count++] = *suggestion;
}

/* A line of comma separated values becomes fields by `order`. */
static void add_line(struct suggester *s, uint64_t id, char *line, const enum suggest_field *order,
                     int n)
{
    struct str values[SUGGEST_FIELD_COUNT];
    struct err err = ERR_INIT;

    for (int f = 0; f < SUGGEST_FIELD_COUNT; f++)
        values[f] = STR_NONE;
    for (int i = 0; i < n && line; i++) {
        char *end = strpbrk(line, ",\n");

        values[order[i]] = str_trim((struct str){line, end ? (size_t)(end - line) : strlen(line)});
        line = end ? end + 1 : NULL;
    }
    if (suggester_add(s, id, values, &err) != ERR_OK)
        CHECK_MSG(false, "%s", err.msg);
}

static struct suggest_summary run(struct suggester *s, double least, struct pairs *out)
{
    struct suggest_summary summary;
    struct suggest_sink sink = {out, keep};
    struct err err = ERR_INIT;

    out->count = 0;
    CHECK_OK(suggester_run(s, least, &sink, &summary, &err), err);
    return summary;
}

static const enum suggest_field febrl_order[] = {
    SUGGEST_GIVEN_NAME,  SUGGEST_FAMILY_NAME, SUGGEST_STREET_NUMBER, SUGGEST_STREET,
    SUGGEST_STREET_MORE, SUGGEST_TOWN,        SUGGEST_POSTCODE,      SUGGEST_REGION,
    SUGGEST_BIRTH_DATE,  SUGGEST_NUMBER,
};

static bool read_febrl(const char *name, struct people *people)
{
    const char *data = getenv("TIDEMARK_TEST_DATA");
    char path[1024], line[512];
    FILE *f;

    snprintf(path, sizeof(path), "%s/febrl/%s", data ? data : "", name);
    f = fopen(path, "re");
    if (!f)
        return false;
    people->count = 0;
    while (fgets(line, sizeof(line), f) && people->count < PEOPLE_MAX) {
        char *rest = strchr(line, ',');

        if (!rest || strncmp(line, "rec-", 4) != 0 || line[4] < '0' || line[4] > '9')
            continue;
        people->truth[people->count] = (int)strtol(line + 4, NULL, 10);
        snprintf(people->lines[people->count++], sizeof(people->lines[0]), "%s", rest + 1);
    }
    fclose(f);
    return true;
}

/* Adds all, every second one first when `shuffled`: the outcome must not change. */
static struct suggester *febrl_suggester(struct people *people, bool shuffled)
{
    struct suggester *s = suggester_new();

    for (int from = 0; from < (shuffled ? 2 : 1); from++)
        for (int i = from; i < people->count; i += shuffled ? 2 : 1)
            add_line(s, (uint64_t)i + 1, people->lines[i], febrl_order, TM_COUNT(febrl_order));
    return s;
}

static int true_pairs(const struct people *people)
{
    int n = 0;

    for (int i = 0; i < people->count; i++)
        for (int k = i + 1; k < people->count; k++)
            n += people->truth[i] == people->truth[k];
    return n;
}

/* Pair F1 of at least .97 on generated records with typing, scanning and swapping mistakes
 * (Christen 2005, Probabilistic data generation for deduplication and data linkage). */
static void febrl(const char *name)
{
    static struct people people;
    static struct pairs pairs, again;
    struct suggest_summary summary;
    int right = 0;
    double f1;

    if (!read_febrl(name, &people)) {
        tap_skip("no FEBRL data");
        return;
    }
    TM_CLEANUP(suggester_freep) struct suggester *s = febrl_suggester(&people, false);
    TM_CLEANUP(suggester_freep) struct suggester *shuffled = febrl_suggester(&people, true);

    summary = run(s, .5, &pairs);
    for (int i = 0; i < pairs.count; i++)
        right += people.truth[pairs.list[i].a - 1] == people.truth[pairs.list[i].b - 1];
    f1 = 2. * right / (pairs.count + true_pairs(&people));
    CHECK_MSG(f1 >= .97, "%s: F1 %.4f (%d right of %d suggested, %d true)", name, f1, right,
              pairs.count, true_pairs(&people));
    /* Its own estimate of how many there are is honest to 5 %. */
    CHECK_REL(summary.expected, true_pairs(&people), .05);
    run(shuffled, .5, &again);
    CHECK_INT(again.count, pairs.count);
    CHECK(memcmp(again.list, pairs.list, (size_t)pairs.count * sizeof(pairs.list[0])) == 0);
}

static const enum suggest_field plain_order[] = {
    SUGGEST_GIVEN_NAME, SUGGEST_FAMILY_NAME, SUGGEST_BIRTH_DATE, SUGGEST_STREET_NUMBER,
    SUGGEST_STREET,     SUGGEST_TOWN,        SUGGEST_POSTCODE,
};

/* 400 people that have nothing in common, so that frequencies mean something. */
static void add_crowd(struct suggester *s)
{
    for (int i = 0; i < 400; i++) {
        char line[256];

        snprintf(line, sizeof(line), "g%c%c%c,f%c%c%c%c,19%02d%02d%02d,%d,s%c%c street,t%c%c,%05d",
                 'a' + i % 23, 'a' + i % 19, 'a' + i % 17, 'a' + i % 13, 'a' + i % 11, 'a' + i % 25,
                 'a' + i % 7, 20 + i % 79, 1 + i % 12, 1 + i % 28, 1 + i % 97, 'a' + i % 21,
                 'a' + i % 24, 'a' + i % 5, 'a' + i % 6, 10000 + i * 13);
        add_line(s, 1000 + (uint64_t)i, line, plain_order, TM_COUNT(plain_order));
    }
    /* And 30 who wrote themselves in twice, so that there is something to learn. */
    for (int i = 0; i < 60; i++) {
        char line[256];

        snprintf(line, sizeof(line), "nora%c%c,quint%c%c,19%02d0%d1%d,%d,%c%c lane,pq%c,%d%s",
                 'a' + i / 2 % 26, 'c' + i / 2 % 9, 'a' + i / 2 % 11, 'b' + i / 2 % 20, 30 + i / 2,
                 1 + i / 2 % 9, i / 2 % 10, 3 + i / 2, 'a' + i / 2 % 22, 'm' + i / 2 % 9,
                 'a' + i / 2 % 8, 7000 + i / 2, i % 2 ? "" : " ");
        add_line(s, 5000 + (uint64_t)i, line, plain_order, TM_COUNT(plain_order));
    }
}

static double probability_between(const struct pairs *pairs, uint64_t a, uint64_t b)
{
    for (int i = 0; i < pairs->count; i++)
        if (pairs->list[i].a == a && pairs->list[i].b == b)
            return pairs->list[i].probability;
    return 0;
}

static void households_stay_apart(void)
{
    static struct pairs pairs;
    TM_CLEANUP(suggester_freep) struct suggester *s = suggester_new();
    static char lines[][128] = {
        "Ruth,Example,1980-02-11,17,Harbour Road,Millport,45678",
        "Tom,Example,1978-10-30,17,Harbour Road,Millport,45678", /* her husband */
        "Ruth,Example,1980-11-02,17,Harbor Road,Millport,45678", /* day and month swapped */
        "Mia,Example,,17,Harbour Road,Millport,45678",           /* a daughter, no birth date */
        ",Example,,17,Harbour Road,Millport,45678",              /* who is this? */
    };

    add_crowd(s);
    for (size_t i = 0; i < TM_COUNT(lines); i++)
        add_line(s, i + 1, lines[i], plain_order, TM_COUNT(plain_order));
    run(s, .01, &pairs);
    CHECK_MSG(probability_between(&pairs, 1, 3) > .95, "one Ruth: %.3f",
              probability_between(&pairs, 1, 3));
    CHECK_MSG(probability_between(&pairs, 1, 2) < .1, "husband: %.3f",
              probability_between(&pairs, 1, 2));
    CHECK_MSG(probability_between(&pairs, 1, 4) < .5, "daughter: %.3f",
              probability_between(&pairs, 1, 4));
    /* Nothing of a person's own: never more than even odds. */
    for (uint64_t other = 1; other < 5; other++)
        CHECK_MSG(probability_between(&pairs, other, 5) < .501, "household of %d: %.3f", (int)other,
                  probability_between(&pairs, other, 5));
}

static void scripts_and_spelling(void)
{
    static struct pairs pairs;
    TM_CLEANUP(suggester_freep) struct suggester *s = suggester_new();
    static char lines[][256] = {
        "JOSÉ,Müller-Straße,1990-05-06,5,Rue de l'Église,Nîmes,30000",
        "jose,muller strasse,1990/05/06,5,rue de l eglise,nimes,30000",
        "مُحَمَّد,الأحمد,1991-07-08,٩,شارع النيل,القاهرة,١١٥١١",
        "محمد,الأحمد,1991-07-08,9,شارع النيل,القاهرة,11511",
        "สมชาย,ใจดี,1985-04-09,12,ถนนสุขุมวิท,กรุงเทพ,10110",
        "สมชาย,ใจดี,1985-04-09,12,ถนน สุขุมวิท,กรุงเทพ,10110",
    };

    add_crowd(s);
    for (size_t i = 0; i < TM_COUNT(lines); i++)
        add_line(s, i + 1, lines[i], plain_order, TM_COUNT(plain_order));
    run(s, .5, &pairs);
    for (uint64_t a = 1; a < 6; a += 2)
        CHECK_MSG(probability_between(&pairs, a, a + 1) > .9, "pair %d: %.3f", (int)a,
                  probability_between(&pairs, a, a + 1));
}

static void limits(void)
{
    static struct pairs pairs;
    static char line[] = "Ann,Example,,1,Long Road,Millport,45678";
    TM_CLEANUP(suggester_freep) struct suggester *s = suggester_new();
    struct suggest_sink sink = {&pairs, keep};
    struct suggest_summary summary;
    struct err err = ERR_INIT;

    CHECK(suggester_run(s, .5, &sink, &summary, &err) == ERR_OK && summary.records == 0);
    CHECK(suggester_run(s, 0, &sink, &summary, &err) == ERR_INVALID);
    /* A value that half the shop has is no reason to compare everybody with everybody. */
    for (uint64_t i = 0; i < SUGGEST_BLOCK_MAX + 1; i++)
        add_line(s, i, line, plain_order, TM_COUNT(plain_order));
    summary = run(s, .5, &pairs);
    CHECK_INT(summary.compared, 0);
    CHECK(summary.keys_skipped > 0);
}

int main(void)
{
    febrl("dataset1.csv");
    febrl("dataset2.csv");
    households_stay_apart();
    scripts_and_spelling();
    limits();
    return tap_done();
}

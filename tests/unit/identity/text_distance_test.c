/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "identity/text_distance.h"

#include "tap.h"

static struct text16 wide(const char *z, uint16_t *memory)
{
    size_t n = strlen(z);

    for (size_t i = 0; i < n; i++)
        memory[i] = (uint8_t)z[i];
    return (struct text16){memory, n};
}

/* Winkler (1990), table of string comparator values, as the Census Bureau's reports print it. */
static void published(void)
{
    static const struct {
        const char *a, *b;
        double jaro_winkler;
    } rows[] = {
        {"MARTHA", "MARHTA", .961},       {"DWAYNE", "DUANE", .840},
        {"DIXON", "DICKSONX", .813},      {"SHACKLEFORD", "SHACKELFORD", .982},
        {"NICHLESON", "NICHULSON", .956}, {"JERALDINE", "GERALDINE", .926},
        {"MASSEY", "MASSIE", .933},       {"ABROMS", "ABRAMS", .922},
        {"JONES", "JOHNSON", .832},
    };
    uint16_t a[64], b[64];

    for (size_t i = 0; i < TM_COUNT(rows); i++) {
        double got = distance_jaro_winkler(wide(rows[i].a, a), wide(rows[i].b, b));

        CHECK_MSG(fabs(got - rows[i].jaro_winkler) < .0006, "%s %s: %.4f", rows[i].a, rows[i].b,
                  got);
    }
}

static void edits(void)
{
    static const struct {
        const char *a, *b;
        unsigned edits;
    } rows[] = {{"", "", 0},
                {"", "abc", 3},
                {"4510", "4501", 1},
                {"kitten", "sitting", 3},
                {"19850409", "19850904", 2},
                {"ca", "abc", 3},
                {"7535316", "753531", 1}};
    uint16_t a[64], b[64];

    for (size_t i = 0; i < TM_COUNT(rows); i++) {
        CHECK_INT(distance_edits(wide(rows[i].a, a), wide(rows[i].b, b)), rows[i].edits);
        CHECK_INT(distance_edits(wide(rows[i].b, b), wide(rows[i].a, a)), rows[i].edits);
    }
}

/* Random texts: within bounds, equal texts wholly alike, edits the same in both directions (Jaro's
 * matching is nearly so). Longer than DISTANCE_TEXT_MAX is cut, not overrun. */
static void invariants(void)
{
    uint16_t a[200], b[200];
    uint32_t seed = 7;
    int wrong = 0;

    for (int i = 0; i < 20000; i++) {
        struct text16 x = {a, 0}, y = {b, 0};
        double one, two;

        seed = seed * 1664525u + 1013904223u;
        x.n = (seed >> 8) % (i % 50 ? 12 : 200);
        y.n = (seed >> 16) % (i % 50 ? 12 : 200);
        for (size_t k = 0; k < 200; k++) {
            seed = seed * 1664525u + 1013904223u;
            a[k] = (uint16_t)('a' + (seed >> 28) % 4);
            b[k] = (uint16_t)('a' + (seed >> 24) % 4);
        }
        one = distance_jaro_winkler(x, y);
        two = distance_jaro_winkler(y, x);
        wrong += !(one >= 0 && one <= 1) || fabs(one - two) > .2;
        wrong += distance_jaro_winkler(x, x) < 1 || distance_edits(x, x) != 0;
        wrong += distance_edits(x, y) != distance_edits(y, x);
    }
    CHECK_INT(wrong, 0);
}

int main(void)
{
    published();
    edits();
    invariants();
    return tap_done();
}

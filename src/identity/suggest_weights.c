/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* suggest_weights.c - what each level of agreement tells, learnt from the records themselves. */
#include "identity/suggest_run.h"

enum { RANDOM_PAIRS = 400000, SAMPLE_MAX = 4000000, ROUNDS_MAX = 200 };

static const double SETTLED = 1e-7; /* change of the log odds of a round */
/* What is believed of pairs of one person before the data speak, worth this many pairs. */
static const double START[SUGGEST_LEVEL_COUNT] = {.04, .03, .08, .85};
static const double START_PAIRS = 500;

/* Patterns of levels with how often they occurred: a digit of base 5 a field. */
struct pattern {
    uint32_t code;
    uint32_t count;
};

struct sample {
    uint32_t *codes;
    size_t count, cap;
    uint64_t seen;
    const struct suggester *s;
};

static uint32_t encode(const struct suggest_levels *levels)
{
    uint32_t code = 0;

    for (int f = 0; f < SUGGEST_FIELD_COUNT; f++)
        code = code * (SUGGEST_LEVEL_COUNT + 1) + levels->of[f];
    return code;
}

static struct suggest_levels decode(uint32_t code)
{
    struct suggest_levels levels;

    for (int f = SUGGEST_FIELD_COUNT; f-- > 0; code /= SUGGEST_LEVEL_COUNT + 1)
        levels.of[f] = (uint8_t)(code % (SUGGEST_LEVEL_COUNT + 1));
    return levels;
}

static uint64_t next_random(uint64_t *io)
{
    uint64_t z = (*io += 0x9E3779B97F4A7C15ULL);

    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
}

/* u: pairs drawn at random are hardly ever one person. */
static void learn_u(const struct suggester *s, struct suggest_weights *out)
{
    double counts[SUGGEST_FIELD_COUNT][SUGGEST_LEVEL_COUNT];
    uint64_t random = 1;

    for (int f = 0; f < SUGGEST_FIELD_COUNT; f++)
        for (int l = 0; l < SUGGEST_LEVEL_COUNT; l++)
            counts[f][l] = .5;
    for (int i = 0; i < RANDOM_PAIRS; i++) {
        size_t a = (size_t)(next_random(&random) % s->count);
        size_t b = (size_t)(next_random(&random) % s->count);
        struct suggest_levels levels;

        if (a == b)
            continue;
        suggest_compare(s, &s->records[a], &s->records[b], &levels);
        for (int f = 0; f < SUGGEST_FIELD_COUNT; f++)
            if (levels.of[f] != SUGGEST_MISSING)
                counts[f][levels.of[f]]++;
    }
    for (int f = 0; f < SUGGEST_FIELD_COUNT; f++) {
        double sum = 0;

        for (int l = 0; l < SUGGEST_LEVEL_COUNT; l++)
            sum += counts[f][l];
        for (int l = 0; l < SUGGEST_LEVEL_COUNT; l++)
            out->u[f][l] = counts[f][l] / sum;
    }
}

_Static_assert(SUGGEST_FIELD_COUNT <= 13, "a pattern's digits must fit its code");

/* Every pair until the sample is full, then each with the chance of keeping it even (reservoir). */
static void take(void *ctx, const struct suggest_record *a, const struct suggest_record *b)
{
    struct sample *sample = ctx;
    struct suggest_levels levels;
    size_t at = sample->count;

    sample->seen++;
    if (sample->count == SAMPLE_MAX) {
        uint64_t seed = sample->seen;

        at = (size_t)(next_random(&seed) % sample->seen);
        if (at >= SAMPLE_MAX)
            return;
    } else if (sample->count == sample->cap) {
        sample->cap = sample->cap ? sample->cap * 2 : 4096;
        sample->codes = xrealloc(sample->codes, sample->cap * sizeof(*sample->codes));
    }
    suggest_compare(sample->s, a, b, &levels);
    sample->codes[at] = encode(&levels);
    sample->count += at == sample->count;
}

static int by_code(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return x < y ? -1 : x > y;
}

static struct pattern *count_patterns(struct sample *sample, size_t *out_count)
{
    struct pattern *patterns = xcalloc(sample->count ? sample->count : 1, sizeof(*patterns));
    size_t count = 0;

    if (sample->count)
        qsort(sample->codes, sample->count, sizeof(*sample->codes), by_code);
    for (size_t i = 0; i < sample->count; i++) {
        if (count == 0 || patterns[count - 1].code != sample->codes[i])
            patterns[count++].code = sample->codes[i];
        patterns[count - 1].count++;
    }
    *out_count = count;
    return patterns;
}

/* Log odds of a pair; u_same holds u of the level "same" for the values at hand. */
static double log_odds(const struct suggest_weights *w, const struct suggest_levels *levels,
                       const double u_same[SUGGEST_FIELD_COUNT],
                       double out_bits[SUGGEST_FIELD_COUNT])
{
    double own = 0, household = 0, even = -w->prior_log_odds;

    for (int f = 0; f < SUGGEST_FIELD_COUNT; f++) {
        int level = levels->of[f];
        double weight = 0;

        if (level != SUGGEST_MISSING)
            weight = log(w->m[f][level] / (level == SUGGEST_SAME ? u_same[f] : w->u[f][level]));
        if (suggest_field_rules[f].household)
            household += weight;
        else
            own += weight;
        if (out_bits)
            out_bits[f] = weight / M_LN2;
    }
    return w->prior_log_odds + own + (household < even ? household : even);
}

static double probability_of(double odds)
{
    return 1 / (1 + exp(-odds));
}

/* One round of expectation and maximisation; returns the pairs of one person expected. */
static double improve(struct suggest_weights *w, const struct pattern *patterns, size_t count)
{
    double matches = 0, sums[SUGGEST_FIELD_COUNT][SUGGEST_LEVEL_COUNT], u_same[SUGGEST_FIELD_COUNT];

    for (int f = 0; f < SUGGEST_FIELD_COUNT; f++) {
        u_same[f] = w->u[f][SUGGEST_SAME];
        for (int l = 0; l < SUGGEST_LEVEL_COUNT; l++)
            sums[f][l] = START[l] * START_PAIRS;
    }
    for (size_t i = 0; i < count; i++) {
        struct suggest_levels levels = decode(patterns[i].code);
        double share = probability_of(log_odds(w, &levels, u_same, NULL)) * patterns[i].count;

        matches += share;
        for (int f = 0; f < SUGGEST_FIELD_COUNT; f++)
            if (levels.of[f] != SUGGEST_MISSING)
                sums[f][levels.of[f]] += share;
    }
    for (int f = 0; f < SUGGEST_FIELD_COUNT; f++) {
        double sum = 0;

        for (int l = 0; l < SUGGEST_LEVEL_COUNT; l++)
            sum += sums[f][l];
        for (int l = 0; l < SUGGEST_LEVEL_COUNT; l++)
            w->m[f][l] = sums[f][l] / sum;
    }
    return matches;
}

void suggest_weights_learn(const struct suggester *s, struct suggest_weights *out)
{
    struct sample sample = {.s = s};
    uint64_t pairs, skipped;
    size_t count;
    struct pattern *patterns;
    double n = (double)s->count, all = n * (n - 1) / 2, odds;

    suggest_pairs_each(s, &(struct suggest_pairs){&sample, take}, &pairs, &skipped);
    patterns = count_patterns(&sample, &count);
    learn_u(s, out);
    for (int f = 0; f < SUGGEST_FIELD_COUNT; f++)
        memcpy(out->m[f], START, sizeof(START));
    /* One pair in ten records, to begin with. */
    out->prior_log_odds = log(n / 10 / all);
    for (int round = 0; round < ROUNDS_MAX; round++) {
        /* The sample stands for all candidates; pairs that share no key count as two people. */
        double matches = improve(out, patterns, count) * (double)pairs /
                         (double)(sample.count ? sample.count : 1);

        odds = log((matches + .5) / (all - matches + .5));
        if (fabs(odds - out->prior_log_odds) < SETTLED)
            break;
        out->prior_log_odds = odds;
    }
    free(patterns);
    free(sample.codes);
}

double suggest_weigh(const struct suggester *s, const struct suggest_weights *w,
                     const struct suggest_record *a, const struct suggest_levels *levels,
                     double out_bits[SUGGEST_FIELD_COUNT])
{
    double u_same[SUGGEST_FIELD_COUNT];

    /* Only the values that both have are asked for. */
    for (int f = 0; f < SUGGEST_FIELD_COUNT; f++)
        u_same[f] = levels->of[f] == SUGGEST_SAME
                        ? (double)s->fields[f].list[a->values[f]].count / (double)s->count
                        : 1;
    return probability_of(log_odds(w, levels, u_same, out_bits));
}

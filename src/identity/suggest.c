/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "identity/suggest.h"

#include "identity/suggest_run.h"

const char *const suggest_field_names[SUGGEST_FIELD_COUNT] = {
    "given_name",    "family_name", "birth_date",  "number", "email_name", "phone",
    "street_number", "street",      "street_more", "town",   "postcode",   "region",
};

const struct suggest_field_rule suggest_field_rules[SUGGEST_FIELD_COUNT] = {
    [SUGGEST_GIVEN_NAME] = {SUGGEST_WORD, false, SUGGEST_FAMILY_NAME},
    [SUGGEST_FAMILY_NAME] = {SUGGEST_WORD, true, SUGGEST_GIVEN_NAME},
    [SUGGEST_BIRTH_DATE] = {SUGGEST_DATE, false, -1},
    [SUGGEST_NUMBER] = {SUGGEST_CODE, false, -1},
    [SUGGEST_EMAIL_NAME] = {SUGGEST_HANDLE, false, -1},
    [SUGGEST_PHONE] = {SUGGEST_CODE, true, -1},
    [SUGGEST_STREET_NUMBER] = {SUGGEST_CODE, true, -1},
    [SUGGEST_STREET] = {SUGGEST_WORD, true, SUGGEST_STREET_MORE},
    [SUGGEST_STREET_MORE] = {SUGGEST_WORD, true, SUGGEST_STREET},
    [SUGGEST_TOWN] = {SUGGEST_WORD, true, -1},
    [SUGGEST_POSTCODE] = {SUGGEST_CODE, true, -1},
    [SUGGEST_REGION] = {SUGGEST_WORD, true, -1},
};

struct suggester *suggester_new(void)
{
    return xcalloc(1, sizeof(struct suggester));
}

void suggester_free(struct suggester *s)
{
    if (!s)
        return;
    for (int f = 0; f < SUGGEST_FIELD_COUNT; f++)
        suggest_values_free(&s->fields[f]);
    free(s->records);
    free(s);
}

void suggester_freep(struct suggester **s)
{
    suggester_free(*s);
}

enum err_code suggester_add(struct suggester *s, uint64_t record,
                            const struct str values[SUGGEST_FIELD_COUNT], struct err *err)
{
    struct suggest_record r = {.id = record};

    if (s->count >= SUGGEST_RECORDS_MAX)
        return err_set(err, ERR_TOO_LARGE, "more than %d people to compare", SUGGEST_RECORDS_MAX);
    for (int f = 0; f < SUGGEST_FIELD_COUNT; f++)
        TRY(suggest_values_add(&s->fields[f], suggest_field_rules[f].kind, values[f], &r.values[f],
                               err));
    if (s->count == s->cap) {
        s->cap = s->cap ? s->cap * 2 : 1024;
        s->records = xrealloc(s->records, s->cap * sizeof(*s->records));
    }
    s->records[s->count++] = r;
    return ERR_OK;
}

struct found {
    const struct suggester *s;
    const struct suggest_weights *weights;
    double least, expected;
    struct suggestion *list;
    size_t count, cap;
};

static void judge(void *ctx, const struct suggest_record *a, const struct suggest_record *b)
{
    struct found *found = ctx;
    struct suggestion one = {.a = a->id, .b = b->id};
    struct suggest_levels levels;

    suggest_compare(found->s, a, b, &levels);
    memcpy(one.levels, levels.of, sizeof(one.levels));
    one.probability = suggest_weigh(found->s, found->weights, a, &levels, one.bits);
    found->expected += one.probability;
    if (one.probability < found->least)
        return;
    if (found->count == found->cap) {
        found->cap = found->cap ? found->cap * 2 : 256;
        found->list = xrealloc(found->list, found->cap * sizeof(*found->list));
    }
    found->list[found->count++] = one;
}

static int by_record(const void *a, const void *b)
{
    const struct suggest_record *x = a, *y = b;

    return x->id < y->id ? -1 : x->id > y->id;
}

static int by_pair(const void *a, const void *b)
{
    const struct suggestion *x = a, *y = b;

    if (x->a != y->a)
        return x->a < y->a ? -1 : 1;
    return x->b < y->b ? -1 : x->b > y->b;
}

enum err_code suggester_run(struct suggester *s, double probability_min,
                            const struct suggest_sink *sink, struct suggest_summary *out_summary,
                            struct err *err)
{
    struct suggest_weights weights;
    struct found found = {.s = s, .weights = &weights, .least = probability_min};

    *out_summary = (struct suggest_summary){.records = s->count};
    if (probability_min < .01 || probability_min > 1)
        return err_set(err, ERR_INVALID, "the least probability must lie between 0.01 and 1");
    if (s->count < 2)
        return ERR_OK;
    qsort(s->records, s->count, sizeof(*s->records), by_record);
    suggest_weights_learn(s, &weights);
    suggest_pairs_each(s, &(struct suggest_pairs){&found, judge}, &out_summary->compared,
                       &out_summary->keys_skipped);
    if (found.count)
        qsort(found.list, found.count, sizeof(*found.list), by_pair);
    for (size_t i = 0; i < found.count; i++)
        sink->give(sink->ctx, &found.list[i]);
    out_summary->expected = found.expected;
    free(found.list);
    return ERR_OK;
}

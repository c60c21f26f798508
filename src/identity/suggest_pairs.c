/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* suggest_pairs.c - which pairs are worth comparing: those that share a key.
 *
 * A key joins one to three fields, whole or in part. A pair is given at the first key that both
 * share, so that none comes twice and no list of pairs has to be kept.
 */
#include "identity/suggest_run.h"

enum part { WHOLE, INITIAL };
enum { KEY_PARTS_MAX = 2 };

struct key_rule {
    struct {
        enum suggest_field field;
        enum part part;
    } parts[KEY_PARTS_MAX];
    int count;
};

/* Any one field may be wrong or missing, so that no field stands in all of them. */
static const struct key_rule key_rules[] = {
    {{{SUGGEST_BIRTH_DATE, WHOLE}}, 1},
    {{{SUGGEST_NUMBER, WHOLE}}, 1},
    {{{SUGGEST_EMAIL_NAME, WHOLE}}, 1},
    {{{SUGGEST_PHONE, WHOLE}}, 1},
    {{{SUGGEST_FAMILY_NAME, WHOLE}, {SUGGEST_GIVEN_NAME, INITIAL}}, 2},
    {{{SUGGEST_GIVEN_NAME, WHOLE}, {SUGGEST_POSTCODE, WHOLE}}, 2},
    {{{SUGGEST_GIVEN_NAME, WHOLE}, {SUGGEST_TOWN, WHOLE}}, 2},
    {{{SUGGEST_FAMILY_NAME, WHOLE}, {SUGGEST_POSTCODE, WHOLE}}, 2},
    {{{SUGGEST_FAMILY_NAME, WHOLE}, {SUGGEST_TOWN, WHOLE}}, 2},
    {{{SUGGEST_STREET, WHOLE}, {SUGGEST_STREET_NUMBER, WHOLE}}, 2},
    {{{SUGGEST_STREET, WHOLE}, {SUGGEST_POSTCODE, WHOLE}}, 2},
    {{{SUGGEST_STREET_NUMBER, WHOLE}, {SUGGEST_POSTCODE, WHOLE}}, 2},
    {{{SUGGEST_STREET_MORE, WHOLE}, {SUGGEST_POSTCODE, WHOLE}}, 2},
};

/* A record's key under each rule, 0: it has none there. */
struct keyed {
    uint64_t keys[TM_COUNT(key_rules)];
};

struct entry {
    uint64_t key;
    uint32_t record;
};

static uint64_t mix(uint64_t h, uint64_t v)
{
    h ^= v + 0x9E3779B97F4A7C15ULL + (h << 6) + (h >> 2);
    h = (h ^ (h >> 31)) * 0xBF58476D1CE4E5B9ULL;
    return h ^ (h >> 29);
}

static uint64_t key_of(const struct suggester *s, const struct suggest_record *r, size_t rule)
{
    uint64_t h = rule + 1;

    for (int i = 0; i < key_rules[rule].count; i++) {
        int field = (int)key_rules[rule].parts[i].field;

        if (!r->values[field])
            return 0;
        h = mix(h, key_rules[rule].parts[i].part == WHOLE ? r->values[field]
                                                          : suggest_text(s, r, field).p[0]);
    }
    return h ? h : 1;
}

static int by_key(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;

    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return x->record < y->record ? -1 : x->record > y->record;
}

static bool met_before(const struct keyed *a, const struct keyed *b, size_t rule)
{
    for (size_t i = 0; i < rule; i++)
        if (a->keys[i] && a->keys[i] == b->keys[i])
            return true;
    return false;
}

static void give_block(const struct suggester *s, const struct suggest_pairs *each,
                       const struct keyed *keyed, const struct entry *block, size_t n, size_t rule,
                       uint64_t *io_pairs)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t k = i + 1; k < n; k++) {
            if (met_before(&keyed[block[i].record], &keyed[block[k].record], rule))
                continue;
            each->pair(each->ctx, &s->records[block[i].record], &s->records[block[k].record]);
            ++*io_pairs;
        }
    }
}

void suggest_pairs_each(const struct suggester *s, const struct suggest_pairs *each,
                        uint64_t *out_pairs, uint64_t *out_skipped)
{
    struct keyed *keyed = xcalloc(s->count ? s->count : 1, sizeof(*keyed));
    struct entry *entries = xcalloc(s->count ? s->count : 1, sizeof(*entries));

    *out_pairs = *out_skipped = 0;
    for (size_t rule = 0; rule < TM_COUNT(key_rules); rule++) {
        size_t count = 0;

        for (size_t i = 0; i < s->count; i++) {
            keyed[i].keys[rule] = key_of(s, &s->records[i], rule);
            if (keyed[i].keys[rule])
                entries[count++] = (struct entry){keyed[i].keys[rule], (uint32_t)i};
        }
        qsort(entries, count, sizeof(*entries), by_key);
        for (size_t from = 0, to; from < count; from = to) {
            for (to = from + 1; to < count && entries[to].key == entries[from].key;)
                to++;
            if (to - from > SUGGEST_BLOCK_MAX) {
                ++*out_skipped;
                /* Another key may still bring the two together. */
                for (size_t i = from; i < to; i++)
                    keyed[entries[i].record].keys[rule] = 0;
            } else {
                give_block(s, each, keyed, entries + from, to - from, rule, out_pairs);
            }
        }
    }
    free(entries);
    free(keyed);
}

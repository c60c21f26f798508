/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "shop/word_table.h"

static uint32_t short_hash(struct str s)
{
    uint64_t h = str_hash(s);

    return (uint32_t)(h ^ (h >> 32));
}

void word_table_fill(struct word_table *table, const struct word *words, size_t count)
{
    assert(count <= WORD_SLOTS / 2);
    for (size_t i = 0; i < count; i++) {
        struct str text = str_of(words[i].text);
        uint32_t hash = short_hash(text);
        size_t at = hash % WORD_SLOTS;

        while (table->slots[at].word && !str_eqz(text, table->slots[at].word->text))
            at = (at + 1) % WORD_SLOTS;
        if (table->slots[at].word)
            continue;
        table->slots[at].word = &words[i];
        table->slots[at].n = (uint32_t)text.n;
        table->slots[at].hash = hash;
    }
}

const struct word *word_find(const struct word_table *table, struct str s)
{
    uint32_t hash = short_hash(s);

    for (size_t at = hash % WORD_SLOTS; table->slots[at].word; at = (at + 1) % WORD_SLOTS)
        if (table->slots[at].hash == hash && table->slots[at].n == s.n &&
            memcmp(table->slots[at].word->text, s.p, s.n) == 0)
            return table->slots[at].word;
    return NULL;
}

struct str word_lower(struct str s, char out[WORD_MAX + 1])
{
    s = str_trim(s);
    if (s.n > WORD_MAX)
        s.n = WORD_MAX;
    for (size_t i = 0; i < s.n; i++)
        out[i] = (char)(s.p[i] >= 'A' && s.p[i] <= 'Z' ? s.p[i] + ('a' - 'A') : s.p[i]);
    return (struct str){out, s.n};
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "engine/words.h"

enum {
    FIRST_SLOTS = 256, /* a power of two, as all later ones */
    FIRST_BYTES = 4096,
};

/* The engine's serialisation of LowCardinality: version, and what the numbers are. */
static const uint64_t keys_version = 1;
static const uint64_t numbers_of_16_bits = 1, has_keys = 1 << 9, updates_keys = 1 << 10;

/* The slot of a text: its own, or the free one where it belongs. */
static size_t find_slot(const struct words *words, uint64_t hash, const struct str *text)
{
    size_t mask = words->slot_count - 1, at = (hash ^ hash >> 32) & mask;

    while (words->slots[at] && !(text && words->list[words->slots[at] - 1].hash == hash &&
                                 words_is(words, words->slots[at] - 1, *text)))
        at = (at + 1) & mask;
    return at;
}

static void grow_slots(struct words *words)
{
    words->slot_count = words->slot_count ? words->slot_count * 2 : FIRST_SLOTS;
    free(words->slots);
    words->slots = xcalloc(words->slot_count, sizeof(*words->slots));
    for (size_t i = 0; i < words->count; i++)
        words->slots[find_slot(words, words->list[i].hash, NULL)] = (uint32_t)i + 1;
}

static void add_word(struct words *words, struct str text, uint64_t hash)
{
    size_t need = words->bytes + VARINT_MAX + text.n;

    if (need > words->capacity) {
        words->capacity = need * 2 > FIRST_BYTES ? need * 2 : FIRST_BYTES;
        words->keys = xrealloc(words->keys, words->capacity);
    }
    if (words->count == words->list_capacity) {
        words->list_capacity = words->list_capacity ? words->list_capacity * 2 : FIRST_SLOTS;
        words->list = xrealloc(words->list, words->list_capacity * sizeof(*words->list));
    }
    words->bytes += put_varint(words->keys + words->bytes, text.n);
    words->list[words->count++] = (struct word){words->bytes, text.n, hash};
    memcpy(words->keys + words->bytes, text.p, text.n);
    words->bytes += text.n;
}

uint16_t words_find(struct words *words, struct str text, size_t *bytes)
{
    uint64_t hash;
    size_t at;

    if (words->count * 2 >= words->slot_count)
        grow_slots(words);
    hash = str_hash(text);
    at = find_slot(words, hash, &text);
    if (!words->slots[at]) {
        assert(words->count < WORDS_MAX);
        *bytes += text.n + 1;
        add_word(words, text, hash);
        words->slots[at] = (uint32_t)words->count;
    }
    words->last = words->slots[at] - 1;
    return (uint16_t)words->last;
}

static void add_u64(struct buf *b, uint64_t v)
{
    buf_add(b, (const char *)&v, sizeof(v)); /* little-endian, as sent */
}

void words_write(const struct words *words, const char *numbers, size_t rows, struct buf *b)
{
    add_u64(b, keys_version);
    add_u64(b, numbers_of_16_bits | has_keys | updates_keys);
    add_u64(b, words->count);
    buf_add(b, words->keys, words->bytes);
    add_u64(b, rows);
    buf_add(b, numbers, rows * sizeof(uint16_t));
}

void words_reset(struct words *words)
{
    if (words->count)
        memset(words->slots, 0, words->slot_count * sizeof(*words->slots));
    words->count = words->bytes = words->last = 0;
}

void words_release(struct words *words)
{
    free(words->keys);
    free(words->list);
    free(words->slots);
    *words = (struct words){0};
}

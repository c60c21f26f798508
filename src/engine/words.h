/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* words.h - a column of texts of which a block has few: each is sent once, and rows by its number
 * (LowCardinality(String)). It spares the engine reading and looking up every single text. Inside
 * of src/engine only. */
#ifndef TM_ENGINE_WORDS_H
#define TM_ENGINE_WORDS_H

#include "base/buf.h"

enum { WORDS_MAX = 65536 }; /* texts of a block: a number has 16 bits */

struct word {
    size_t at, n; /* in `keys` */
    uint64_t hash;
};

struct words {
    char *keys; /* owned; each text with its length in front, as it is sent */
    size_t bytes, capacity;
    struct word *list; /* owned; the texts in the order in which they first came */
    size_t count, list_capacity;
    uint32_t *slots; /* owned; place in `list` + 1, by hash; 0 = free */
    size_t slot_count;
    size_t last; /* the text that came last: it often comes again */
};

/* The number of a text that is not the last one; adds the bytes of a new one to *bytes. */
uint16_t words_find(struct words *words, struct str text, size_t *bytes);

static inline bool words_is(const struct words *words, size_t i, struct str text)
{
    const struct word *word = &words->list[i];

    return word->n == text.n && memcmp(words->keys + word->at, text.p, text.n) == 0;
}

/* The number of a text in this block; adds the bytes of a new one to *bytes. */
static inline uint16_t words_number(struct words *words, struct str text, size_t *bytes)
{
    if (words->last < words->count && words_is(words, words->last, text))
        return (uint16_t)words->last;
    return words_find(words, text, bytes);
}

/* What the engine reads: the texts, and then the numbers of all rows. */
void words_write(const struct words *words, const char *numbers, size_t rows, struct buf *b);
/* Empty, for the next block. */
void words_reset(struct words *words);
void words_release(struct words *words);

/* A length as the engine writes it, 7 bits a byte; returns how many. */
enum { VARINT_MAX = 10 };

static inline size_t put_varint(char to[VARINT_MAX], uint64_t v)
{
    size_t n = 0;

    for (; v >= 0x80; v >>= 7)
        to[n++] = (char)(v | 0x80);
    to[n++] = (char)v;
    return n;
}

#endif

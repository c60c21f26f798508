/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* audience_random.h - random segments of all words: the same from the same state. */
#ifndef TM_TESTS_ENGINE_AUDIENCE_RANDOM_H
#define TM_TESTS_ENGINE_AUDIENCE_RANDOM_H

#include "audience/words.h"
#include "base/buf.h"

static uint64_t state = 42;

static unsigned below(unsigned n)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(state >> 33) % n;
}

static const char *any_text(void)
{
    static const char *const texts[] = {"a", "B", "É", "x y", "AB", "ส", "nothing", "สวัส"};

    return texts[below(TM_COUNT(texts))];
}

static void add_literal(struct buf *b, const struct word *word)
{
    static const char units[] = "dwmy";
    static const char *const events[] = {"product_view", "cart_add", "checkout_start", "page_view"};
    size_t n = 0;

    switch (word->type) {
    case TYPE_NUMBER:
        buf_addf(b, "%u", below(6));
        break;
    case TYPE_QUANTITY:
        buf_addf(b, "%u.%u", below(8), below(2) * 5);
        break;
    case TYPE_MONEY:
        buf_addf(b, "%u.%02u", below(250), below(4) ? 0 : below(100));
        break;
    case TYPE_DAY:
        if (below(3) == 0)
            buf_addf(b, "2026-%02u-%02u", 5 + below(7), 1 + below(28));
        else {
            n = below(4);
            buf_addf(b, "-%u%c", below(200) / (n ? 30 : 1), units[n]);
        }
        break;
    case TYPE_TIME:
        buf_addf(b, below(2) ? "-%uh" : "-%umin", below(300));
        break;
    case TYPE_CHOICE:
        while (word_choice_at(word->set, n))
            n++;
        buf_addf(b, "'%s'", word_choice_at(word->set, below((unsigned)n))->word);
        break;
    default:
        buf_addf(b, "'%s'", word->set == SET_EVENT ? events[below(4)] : any_text());
    }
}

static void add_operator(struct buf *b, const struct word *word)
{
    static const char *const orders[] = {"<", "<=", ">", ">="};
    bool ordered = word->type <= TYPE_TIME, list = word->type == TYPE_LIST;

    if (word->type != TYPE_TIME && word->way != WAY_TOTAL && below(8) == 0) {
        buf_addz(b, below(2) ? " IS NULL" : " IS NOT NULL");
    } else if (list || (word->type == TYPE_TEXT && below(3) == 0)) {
        buf_addz(b, below(2) ? " CONTAINS " : " NOT CONTAINS ");
        add_literal(b, word);
    } else if (ordered && below(4) == 0) {
        buf_addz(b, " BETWEEN ");
        add_literal(b, word);
        buf_addz(b, " AND ");
        add_literal(b, word);
    } else if (word->type == TYPE_TIME || (ordered && below(3))) {
        buf_addf(b, " %s ", orders[below(4)]);
        add_literal(b, word);
    } else if (below(3) == 0) {
        buf_addz(b, below(2) ? " IN (" : " NOT IN (");
        for (unsigned i = 0, n = 1 + below(3); i < n; i++) {
            buf_addz(b, i ? ", " : "");
            add_literal(b, word);
        }
        buf_addz(b, ")");
    } else {
        buf_addz(b, below(3) ? " = " : " != ");
        add_literal(b, word);
    }
}

static void add_rows(struct buf *b, bool step)
{
    const struct word_function *function;
    size_t n = 0, fields = 0;
    bool first = true;

    while (word_function_at(n))
        n++;
    do
        function = word_function_at(below((unsigned)n));
    while (step && function->source == FROM_CONSENTS);
    while (word_within_at(function->source, fields))
        fields++;
    buf_addf(b, "%s(", function->name);
    for (unsigned k = below(3); k--;) {
        const struct word *word = word_within_at(function->source, below((unsigned)fields));

        if (step && word->way == WAY_TOTAL)
            continue;
        buf_addf(b, "%s%s", first ? "" : ", ", word->name);
        add_operator(b, word);
        first = false;
    }
    buf_addz(b, ")");
}

static void add_sequence(struct buf *b)
{
    buf_addz(b, "sequence(");
    add_rows(b, true);
    for (unsigned k = 1 + below(2); k--;) {
        buf_addz(b, " THEN ");
        if (k == 0 && below(2))
            buf_addz(b, "NOT ");
        add_rows(b, true);
        if (below(2))
            buf_addf(b, " WITHIN %u%s", 1 + below(80), below(2) ? "h" : "min");
    }
    buf_addz(b, ")");
}

static void add_any(struct buf *b, int depth, unsigned others)
{
    unsigned what = below(10);
    size_t n = 0;

    if (depth && what < 4) {
        buf_addz(b, what == 0 ? "NOT (" : "(");
        add_any(b, depth - 1, others);
        for (unsigned k = below(3); k--;) {
            buf_addz(b, what & 1 ? " AND " : " OR ");
            add_any(b, depth - 1, others);
        }
        buf_addz(b, ")");
    } else if (what == 4) {
        add_sequence(b);
    } else if (what == 5 && others) {
        buf_addf(b, "segment('s%u')", below(others));
    } else if (what < 8) {
        while (word_at(n))
            n++;
        const struct word *word = word_at(below((unsigned)n));

        buf_addz(b, word->name);
        add_operator(b, word);
    } else {
        add_rows(b, false);
    }
}

#endif

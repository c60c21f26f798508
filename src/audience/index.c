/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "audience/index.h"

#include "audience/holds.h"
#include "audience/reads.h"
#include "engine/hash.h"

enum { BITS = 64 };
_Static_assert((int)SOURCE_COLUMNS_MAX <= (int)BITS, "columns of the own row fit into a word");

/* Rows of one name, and the segments that read them. */
struct part {
    enum word_source source;
    uint64_t name;
    uint64_t *readers; /* owned */
};

struct audience_index {
    const struct audience_set *set;
    size_t words; /* of a set of segments, a bit each */
    uint64_t *own[SOURCE_COLUMNS_MAX];
    uint64_t *any[FROM_COUNT];   /* read rows of the source whatever they are called */
    uint64_t *whole[FROM_COUNT]; /* read some of the source's rows */
    uint64_t *days, *moments;
    struct part *parts; /* owned; by source and name */
    size_t part_count, part_room;
};

void audience_touch(struct audience_touched *touched, enum word_source source, struct str name)
{
    const uint64_t hash = engine_hash(name);

    if (touched->whole[source])
        return;
    for (size_t i = 0; i < touched->n; i++)
        if (touched->parts[i].source == source && touched->parts[i].name == hash)
            return;
    if (audience_name_column(source) < 0 || touched->n == TOUCHED_PARTS)
        touched->whole[source] = true;
    else
        touched->parts[touched->n++] = (struct touched_part){source, hash};
}

/* ---- what segments read -------------------------------------------------------------------- */

struct reading {
    struct audience_index *index;
    size_t segment;
};

static void set_bit(const struct reading *r, uint64_t *bits)
{
    bits[r->segment / BITS] |= UINT64_C(1) << r->segment % BITS;
}

static int compare_parts(const struct part *a, enum word_source source, uint64_t name)
{
    return a->source != source ? (a->source > source) - (a->source < source)
                               : (a->name > name) - (a->name < name);
}

/* The first one that is not before it. */
static size_t place_of(const struct audience_index *x, enum word_source source, uint64_t name)
{
    size_t low = 0, high = x->part_count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (compare_parts(&x->parts[middle], source, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static const struct part *find_part(const struct audience_index *x, enum word_source source,
                                    uint64_t name)
{
    const size_t at = place_of(x, source, name);

    return at < x->part_count && compare_parts(&x->parts[at], source, name) == 0 ? &x->parts[at]
                                                                                 : NULL;
}

static void read_part(const struct reading *r, enum word_source source, struct str text)
{
    struct audience_index *x = r->index;
    const uint64_t name = engine_hash(text);
    const size_t at = place_of(x, source, name);

    if (!find_part(x, source, name)) {
        if (x->part_count == x->part_room) {
            x->part_room = x->part_room ? 2 * x->part_room : 64;
            x->parts = xrealloc(x->parts, x->part_room * sizeof(*x->parts));
        }
        memmove(x->parts + at + 1, x->parts + at, (x->part_count++ - at) * sizeof(*x->parts));
        x->parts[at] = (struct part){source, name, xcalloc(x->words, sizeof(uint64_t))};
    }
    set_bit(r, x->whole[source]);
    set_bit(r, x->parts[at].readers);
}

static void read_any(const struct reading *r, enum word_source source)
{
    set_bit(r, r->index->whole[source]);
    set_bit(r, r->index->any[source]);
}

static void read_own(const struct reading *r, enum column_id column)
{
    set_bit(r, r->index->own[column_infos[column].at]);
}

/* Of what several columns make. */
static void read_made(const struct reading *r, const struct word *word)
{
    switch ((enum word_made)word->column) {
    case MADE_RFM:
        read_own(r, PERSON_recency);
        read_own(r, PERSON_frequency);
        read_own(r, PERSON_monetary);
        break;
    case MADE_LIFE:
        set_bit(r, r->index->days);
        break;
    case MADE_BIRTHDAY:
        read_own(r, PERSON_birth_month);
        read_own(r, PERSON_birth_day);
        set_bit(r, r->index->days);
        break;
    case MADE_AVERAGE:
    case MADE_ABANDONED:
    case MADE_STATUS:
        break;
    }
}

static void read_attribute(const struct reading *r, const struct word *word)
{
    if (word->way == WAY_COLUMN)
        read_own(r, (enum column_id)word->column);
    else if (word->way == WAY_MADE)
        read_made(r, word);
}

static void read_rows(void *ctx, const struct audience_read *read)
{
    if (read->name.n)
        read_part(ctx, read->source, read->name);
    else
        read_any(ctx, read->source);
}

/* What a condition compares with may be counted from now. */
static void read_time(const struct reading *r, const struct condition *c)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->values[i].kind == LITERAL_BACK)
            set_bit(r, c->word->type == TYPE_TIME ? r->index->moments : r->index->days);
}

static void read_node(const struct reading *r, const struct node *node)
{
    const struct audience *target;

    for (const struct condition *c = node->conditions; c; c = c->next)
        read_time(r, c);
    if (node->kind == NODE_TEST)
        read_attribute(r, node->conditions->word);
    if (node->kind == NODE_ROWS && node->absent)
        set_bit(r, r->index->moments);
    if (node->kind == NODE_SEGMENT) {
        target = r->index->set->segments[node->target].tree;
        if (target)
            read_node(r, target->root);
    }
    for (const struct node *child = node->first; child; child = child->next)
        read_node(r, child);
}

static uint64_t *no_segments(const struct audience_index *x)
{
    return xcalloc(x->words, sizeof(uint64_t));
}

struct audience_index *audience_index_new(const struct audience_set *set)
{
    struct audience_index *x = xcalloc(1, sizeof(*x));

    x->set = set;
    x->words = set->n / BITS + 1;
    for (size_t i = 0; i < SOURCE_COLUMNS_MAX; i++)
        x->own[i] = no_segments(x);
    for (size_t i = 0; i < FROM_COUNT; i++) {
        x->any[i] = no_segments(x);
        x->whole[i] = no_segments(x);
    }
    x->days = no_segments(x);
    x->moments = no_segments(x);
    for (size_t i = 0; i < set->n; i++)
        if (set->segments[i].tree) {
            struct reading r = {x, i};

            read_node(&r, set->segments[i].tree->root);
            audience_each_read(set, i, read_rows, &r);
        }
    return x;
}

void audience_index_free(struct audience_index *x)
{
    if (!x)
        return;
    for (size_t i = 0; i < SOURCE_COLUMNS_MAX; i++)
        free(x->own[i]);
    for (size_t i = 0; i < FROM_COUNT; i++) {
        free(x->any[i]);
        free(x->whole[i]);
    }
    for (size_t i = 0; i < x->part_count; i++)
        free(x->parts[i].readers);
    free(x->parts);
    free(x->days);
    free(x->moments);
    free(x);
}

/* ---- asking -------------------------------------------------------------------------------- */

static void join(const struct audience_index *x, uint64_t *to, const uint64_t *from)
{
    for (size_t i = 0; i < x->words; i++)
        to[i] |= from[i];
}

static void join_touched(const struct audience_index *x, const struct audience_touched *touched,
                         uint64_t *to)
{
    for (size_t i = 0; i < SOURCE_COLUMNS_MAX; i++)
        if (touched->own >> i & 1)
            join(x, to, x->own[i]);
    for (size_t i = 0; i < FROM_COUNT; i++)
        if (touched->whole[i])
            join(x, to, x->whole[i]);
    for (size_t i = 0; i < touched->n; i++) {
        const struct part *part = find_part(x, touched->parts[i].source, touched->parts[i].name);

        join(x, to, x->any[touched->parts[i].source]);
        if (part)
            join(x, to, part->readers);
    }
}

static size_t ask(const struct audience_index *x, const uint64_t *which,
                  const struct audience_facts *facts, const struct audience_now *now,
                  struct audience_verdicts *io)
{
    struct holding h = {.set = x->set, .facts = facts, .now = *now, .until_us = &io->until_us};
    size_t asked = 0;

    for (size_t i = 0; i < x->set->n; i++) {
        const struct audience *tree = x->set->segments[i].tree;

        if (!tree || (which && !(which[i / BITS] >> i % BITS & 1)))
            continue;
        io->in[i] = node_truth(&h, tree->root) == IS_TRUE;
        asked++;
    }
    return asked;
}

size_t audience_judge(const struct audience_index *x, const struct audience_facts *facts,
                      const struct audience_now *now, const struct audience_touched *touched,
                      struct audience_verdicts *io)
{
    const bool known = io->in && now->now_us >= io->at_us;
    uint64_t *which = known ? no_segments(x) : NULL;
    size_t asked;

    if (!io->in)
        io->in = xcalloc(x->set->n + 1, 1);
    if (known && touched)
        join_touched(x, touched, which);
    if (known && now->today != io->today)
        join(x, which, x->days);
    if (known && now->now_us >= io->until_us)
        join(x, which, x->moments);
    if (!known || now->now_us >= io->until_us)
        io->until_us = INT64_MAX;
    io->at_us = now->now_us;
    io->today = now->today;
    asked = ask(x, which, facts, now, io);
    free(which);
    return asked;
}

void audience_verdicts_release(struct audience_verdicts *verdicts)
{
    free(verdicts->in);
    *verdicts = (struct audience_verdicts){.in = NULL};
}

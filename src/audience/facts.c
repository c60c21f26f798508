/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "audience/facts.h"

#include "audience/fold.h"
#include "audience/holds.h"
#include "base/money.h"

enum { FACTS_BYTES_MAX = 256 << 20, TEXT_BYTES_MAX = 64 << 10 };

struct fact_rows {
    struct fact *cells; /* owned; rows of the source's columns */
    size_t n, capacity;
};

struct audience_facts {
    struct arena arena; /* texts */
    struct fact_rows sources[FROM_COUNT];
    size_t bytes; /* of rows */
    size_t texts; /* and of texts, about */
};

struct audience_facts *audience_facts_new(void)
{
    struct audience_facts *facts = xcalloc(1, sizeof(*facts));

    facts->arena = ARENA_INIT(FACTS_BYTES_MAX);
    audience_facts_row(facts, FROM_PERSON);
    return facts;
}

void audience_facts_free(struct audience_facts *facts)
{
    if (!facts)
        return;
    for (size_t i = 0; i < FROM_COUNT; i++)
        free(facts->sources[i].cells);
    arena_release(&facts->arena);
    free(facts);
}

void audience_facts_freep(struct audience_facts **facts)
{
    audience_facts_free(*facts);
}

struct fact *audience_facts_row(struct audience_facts *facts, enum word_source source)
{
    struct fact_rows *rows = &facts->sources[source];
    size_t columns = (size_t)source_columns(source), row = columns * sizeof(struct fact);
    struct fact *cells;

    if (source == FROM_PERSON && rows->n)
        return rows->cells;
    if (rows->n == rows->capacity) {
        size_t more = rows->capacity ? rows->capacity : source == FROM_PERSON ? 1 : 8;

        facts->bytes += more * row;
        if (facts->bytes > FACTS_BYTES_MAX) {
            facts->arena.failed = true;
            return NULL;
        }
        rows->capacity += more;
        rows->cells = xrealloc(rows->cells, rows->capacity * row);
    }
    cells = rows->cells + rows->n++ * columns;
    for (size_t i = 0; i < columns; i++)
        cells[i] = (struct fact){.i = AMOUNT_NONE, .text = STR_NONE};
    return cells;
}

struct fact *audience_facts_at(struct audience_facts *facts, enum word_source source, size_t i)
{
    return facts->sources[source].cells + i * (size_t)source_columns(source);
}

void audience_facts_drop(struct audience_facts *facts, enum word_source source, size_t i)
{
    struct fact_rows *rows = &facts->sources[source];
    const size_t columns = (size_t)source_columns(source);

    memmove(rows->cells + i * columns, rows->cells + --rows->n * columns,
            columns * sizeof(*rows->cells));
}

size_t audience_facts_bytes(const struct audience_facts *facts)
{
    return sizeof(*facts) + facts->bytes + facts->texts;
}

const struct fact *facts_rows(const struct audience_facts *facts, enum word_source source,
                              size_t *out_n)
{
    *out_n = facts->sources[source].n;
    return facts->sources[source].cells;
}

void fact_int(struct fact *row, enum column_id column, int64_t value)
{
    if (row)
        row[column_infos[column].at].i = value;
}

static struct str keep(struct audience_facts *facts, struct str text, bool fold)
{
    struct buf b = BUF_INIT(TEXT_BYTES_MAX);
    struct str kept;

    facts->texts += text.n + 1;
    if (!fold)
        return arena_str(&facts->arena, text);
    fold_add(&b, text);
    kept = arena_str(&facts->arena, buf_str(&b));
    buf_release(&b);
    return kept;
}

void fact_text(struct audience_facts *facts, struct fact *row, enum column_id column,
               struct str text, bool fold)
{
    if (row)
        row[column_infos[column].at].text = keep(facts, text, fold);
}

void fact_list(struct audience_facts *facts, struct fact *row, enum column_id column,
               const struct str *texts, size_t n, bool fold)
{
    struct str *list = n ? arena_alloc(&facts->arena, n * sizeof(*list)) : NULL;

    if (!row || !list)
        return;
    for (size_t i = 0; i < n; i++)
        list[i] = keep(facts, texts[i], fold);
    row[column_infos[column].at].list = list;
    row[column_infos[column].at].n = n;
}

enum err_code audience_facts_check(const struct audience_facts *facts, struct err *err)
{
    return arena_check(&facts->arena, err);
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* complete.h: two people who turned out to be one. */
#include "audience/complete.h"

#include "audience/complete_parts.h"
#include "audience/holds.h"
#include "base/money.h"

static void copy_cell(struct audience_facts *into, struct fact *row, const struct fact *from,
                      enum column_id column)
{
    const struct fact *cell = &from[column_infos[column].at];

    if (column_infos[column].kind == COLUMN_INT)
        fact_int(row, column, cell->i);
    else if (column_infos[column].kind == COLUMN_TEXT)
        fact_text(into, row, column, cell->text, false);
    else
        fact_list(into, row, column, cell->list, cell->n, false);
}

static bool is_known(const struct fact *row, enum column_id column)
{
    const struct fact *cell = &row[column_infos[column].at];

    return column_infos[column].kind == COLUMN_INT    ? cell->i != AMOUNT_NONE
           : column_infos[column].kind == COLUMN_TEXT ? cell->text.n > 0
                                                      : cell->n > 0;
}

static bool is_before(const struct fact *a, const struct fact *b, enum column_id day)
{
    return is_known(a, day) &&
           (!is_known(b, day) || a[column_infos[day].at].i < b[column_infos[day].at].i);
}

/* The visits of whoever came first, and of whoever came last. */
static void join_visits(struct audience_facts *into, struct fact *own, const struct fact *from)
{
    static const enum column_id firsts[] = {PERSON_first_seen_day, PERSON_first_channel,
                                            PERSON_first_device},
                                lasts[] = {PERSON_last_seen_day, PERSON_last_channel,
                                           PERSON_last_device};
    const bool first = is_before(from, own, PERSON_first_seen_day),
               last = is_known(from, PERSON_last_seen_day) &&
                      (!is_known(own, PERSON_last_seen_day) ||
                       is_before(own, from, PERSON_last_seen_day));

    for (size_t i = 0; first && i < TM_COUNT(firsts); i++)
        copy_cell(into, own, from, firsts[i]);
    for (size_t i = 0; last && i < TM_COUNT(lasts); i++)
        copy_cell(into, own, from, lasts[i]);
}

static void join_own(struct audience_facts *into, const struct audience_facts *facts)
{
    struct fact *own = complete_own_row(into);
    size_t n;
    const struct fact *from = facts_rows(facts, FROM_PERSON, &n);

    join_visits(into, own, from);
    if (is_before(from, own, PERSON_added_day))
        copy_cell(into, own, from, PERSON_added_day);
    for (int i = 0; i < source_columns(FROM_PERSON); i++) {
        const enum column_id column = (enum column_id)(source_first(FROM_PERSON) + i);
        const struct fact *cell = &from[column_infos[column].at];

        if (column_infos[column].kind != COLUMN_LIST && !is_known(own, column))
            copy_cell(into, own, from, column);
        for (size_t k = 0; column_infos[column].kind == COLUMN_LIST && k < cell->n; k++)
            complete_list(into, own, column, cell->list[k]);
    }
}

/* Of two words on a channel the later one. */
static struct fact *place_of_consent(struct audience_facts *into, const struct fact *row)
{
    size_t n;
    const struct fact *rows = facts_rows(into, FROM_CONSENTS, &n);
    const int channel = column_infos[CONSENTS_channel].at;

    for (size_t i = 0; i < n; i++) {
        struct fact *mine = audience_facts_at(into, FROM_CONSENTS, i);

        if (!str_eq(rows[i * (size_t)source_columns(FROM_CONSENTS) + (size_t)channel].text,
                    row[channel].text))
            continue;
        return is_before(mine, row, CONSENTS_day) || !is_known(mine, CONSENTS_day) ? mine : NULL;
    }
    return audience_facts_row(into, FROM_CONSENTS);
}

static void join_rows(struct audience_facts *into, const struct audience_facts *facts,
                      enum word_source source)
{
    size_t n;
    const struct fact *row = facts_rows(facts, source, &n);

    for (; n--; row += source_columns(source)) {
        struct fact *mine = source == FROM_CONSENTS ? place_of_consent(into, row)
                                                    : audience_facts_row(into, source);

        for (int i = 0; mine && i < source_columns(source); i++)
            copy_cell(into, mine, row, (enum column_id)(source_first(source) + i));
    }
}

void audience_facts_join(struct audience_facts *into, const struct completing *how,
                         const struct audience_facts *from)
{
    join_own(into, from);
    for (enum word_source i = FROM_ORDERS; i < FROM_COUNT; i++)
        join_rows(into, from, i);
    complete_follow_orders(into, how);
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "audience/words.h"

#include "base/i18n.h"
#include "base/nearest.h"

const char *const source_tables[FROM_COUNT] = {
    [FROM_PERSON] = "audience_person",    [FROM_ORDERS] = "audience_order",
    [FROM_LINES] = "audience_line",       [FROM_EVENTS] = "audience_event",
    [FROM_MESSAGES] = "audience_message", [FROM_CONSENTS] = "audience_consent",
    [FROM_REFUNDS] = "audience_refund",
};

/* Places count anew in each source: the difference to its first column. */
enum {
    PERSON_first = PERSON_name,
    ORDERS_first = ORDERS_at,
    LINES_first = LINES_at,
    EVENTS_first = EVENTS_at,
    MESSAGES_first = MESSAGES_at,
    CONSENTS_first = CONSENTS_day,
    REFUNDS_first = REFUNDS_origin
};

const struct column_info column_infos[COLUMN_IDS] = {
#define COLUMN(source_, name_, kind_)                                                              \
    [source_##_##                                                                                  \
        name_] = {#name_, FROM_##source_, COLUMN_##kind_, source_##_##name_ - source_##_first},
#include "audience/words.def"
};

static const int firsts[FROM_COUNT + 1] = {PERSON_first,  ORDERS_first,   LINES_first,
                                           EVENTS_first,  MESSAGES_first, CONSENTS_first,
                                           REFUNDS_first, COLUMN_IDS};

int source_first(enum word_source source)
{
    return firsts[source];
}

int source_columns(enum word_source source)
{
    return firsts[source + 1] - firsts[source];
}

static const struct word attributes[] = {
#define ATTRIBUTE(name_, type_, way_, source_, column_, preset_, text_, set_, summary_)            \
    {name_,   TYPE_##type_, WAY_##way_, FROM_##source_, column_,                                   \
     preset_, text_,        SET_##set_, summary_},
#include "audience/words.def"
};

static const struct word fields[] = {
#define FIELD(source_, name_, type_, column_, set_, summary_)                                      \
    {name_, TYPE_##type_, WAY_FIELD, FROM_##source_, column_, -1, NULL, SET_##set_, summary_},
#define TOTAL(source_, name_, type_, column_, summary_)                                            \
    {name_, TYPE_##type_, WAY_TOTAL, FROM_##source_, column_, -1, NULL, SET_NONE, summary_},
#include "audience/words.def"
};

static const struct word_function functions[] = {
#define FUNCTION(name_, source_, main_, preset_, text_, second_, second_text_, summary_)           \
    {name_, FROM_##source_, main_, {{preset_, text_}, {second_, second_text_}}, summary_},
#include "audience/words.def"
};

static const struct word_choice choices[] = {
#define CHOICE(set_, word_, code_) {SET_##set_, word_, code_},
#include "audience/words.def"
};

static const struct {
    const char *name, *text;
} aliases[] =
    {
#define ALIAS(name_, word_) {name_, word_},
#include "audience/words.def"
},
  refused[] = {
#define REFUSED(name_, missing_) {name_, missing_},
#include "audience/words.def"
};

static struct str real_name(struct str name)
{
    for (size_t i = 0; i < TM_COUNT(aliases); i++)
        if (str_ieqz(name, aliases[i].name))
            return str_of(aliases[i].text);
    return name;
}

const struct word *word_attribute(struct str name)
{
    for (size_t i = 0; i < TM_COUNT(attributes); i++)
        if (str_ieqz(name, attributes[i].name))
            return &attributes[i];
    return NULL;
}

const struct word *word_within(enum word_source source, struct str name)
{
    name = real_name(name);
    for (size_t i = 0; i < TM_COUNT(fields); i++)
        if (fields[i].source == source && str_ieqz(name, fields[i].name))
            return &fields[i];
    return NULL;
}

const struct word_function *word_function(struct str name)
{
    name = real_name(name);
    for (size_t i = 0; i < TM_COUNT(functions); i++)
        if (str_ieqz(name, functions[i].name))
            return &functions[i];
    return NULL;
}

const char *word_refused(struct str name)
{
    for (size_t i = 0; i < TM_COUNT(refused); i++)
        if (str_ieqz(name, refused[i].name))
            return refused[i].text;
    return NULL;
}

const struct word_choice *word_choice(enum word_set set, struct str word)
{
    for (size_t i = 0; i < TM_COUNT(choices); i++)
        if (choices[i].set == set && str_ieqz(word, choices[i].word))
            return &choices[i];
    return word_choice_of_code(set, word);
}

const struct word_choice *word_choice_of_code(enum word_set set, struct str code)
{
    for (size_t i = 0; i < TM_COUNT(choices); i++)
        if (choices[i].set == set && str_ieqz(code, choices[i].code))
            return &choices[i];
    return NULL;
}

void word_choices(enum word_set set, char *out, size_t size)
{
    size_t n = 0;

    out[0] = '\0';
    for (size_t i = 0; i < TM_COUNT(choices) && n < size; i++)
        if (choices[i].set == set)
            n += (size_t)snprintf(out + n, size - n, "%s%s", n ? ", " : "", choices[i].word);
}

const char *word_nearest(struct str name)
{
    struct nearest n = nearest_to(name);

    for (size_t i = 0; i < TM_COUNT(attributes); i++)
        nearest_consider(&n, attributes[i].name);
    for (size_t i = 0; i < TM_COUNT(functions); i++)
        nearest_consider(&n, functions[i].name);
    for (size_t i = 0; i < TM_COUNT(aliases); i++)
        if (word_function(str_of(aliases[i].name)))
            nearest_consider(&n, aliases[i].name);
    nearest_consider(&n, "segment");
    nearest_consider(&n, "sequence");
    return n.best;
}

const char *word_nearest_within(enum word_source source, struct str name)
{
    struct nearest n = nearest_to(name);

    for (size_t i = 0; i < TM_COUNT(fields); i++)
        if (fields[i].source == source)
            nearest_consider(&n, fields[i].name);
    return n.best;
}

const char *word_nearest_choice(enum word_set set, struct str name)
{
    struct nearest n = nearest_to(name);

    for (size_t i = 0; i < TM_COUNT(choices); i++)
        if (choices[i].set == set)
            nearest_consider(&n, choices[i].word);
    return n.best;
}

const struct word *word_at(size_t i)
{
    return i < TM_COUNT(attributes) ? &attributes[i] : NULL;
}

const struct word_function *word_function_at(size_t i)
{
    return i < TM_COUNT(functions) ? &functions[i] : NULL;
}

const struct word *word_within_at(enum word_source source, size_t i)
{
    for (size_t k = 0; k < TM_COUNT(fields); k++)
        if (fields[k].source == source && i-- == 0)
            return &fields[k];
    return NULL;
}

const struct word_choice *word_choice_at(enum word_set set, size_t i)
{
    for (size_t k = 0; k < TM_COUNT(choices); k++)
        if (choices[k].set == set && i-- == 0)
            return &choices[k];
    return NULL;
}

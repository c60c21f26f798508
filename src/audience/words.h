/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* words.h - the table of words.def, for those who read, evaluate and compile segments; inside of
 * src/audience only. */
#ifndef TM_AUDIENCE_WORDS_H
#define TM_AUDIENCE_WORDS_H

#include "base/base.h"

/* How values of a word are compared: numbers all as int64_t, in the unit that is named. */
enum word_type {
    TYPE_NUMBER,   /* whole */
    TYPE_QUANTITY, /* millionths */
    TYPE_MONEY,    /* minor units of the shop's currency */
    TYPE_DAY,      /* since 1970, in the shop's zone */
    TYPE_TIME,     /* UTC microseconds */
    TYPE_TEXT,     /* folded (fold.h) */
    TYPE_CHOICE,   /* text out of a set */
    TYPE_LIST      /* texts */
};

enum word_source {
    FROM_PERSON,
    FROM_ORDERS,
    FROM_LINES,
    FROM_EVENTS,
    FROM_MESSAGES,
    FROM_CONSENTS,
    FROM_REFUNDS, /* asked for by no word: what amounts of orders are less */
    FROM_COUNT
};

/* Where the value comes from. COLUMN to MAX: of rows; MADE: out of several (enum word_made);
 * LATER: not known of anybody yet; FIELD: of a row, within a function; TOTAL: of its rows. */
enum word_way {
    WAY_COLUMN,
    WAY_COUNT,
    WAY_SUM,
    WAY_MIN,
    WAY_MAX,
    WAY_MADE,
    WAY_LATER,
    WAY_FIELD,
    WAY_TOTAL
};

enum word_made { MADE_AVERAGE, MADE_ABANDONED, MADE_STATUS, MADE_RFM, MADE_LIFE, MADE_BIRTHDAY };
enum { COUNT_ROWS = -1 };

enum word_set {
    SET_NONE,
    SET_STATUS,
    SET_RFM,
    SET_LIFE,
    SET_TIER,
    SET_KIND,
    SET_CHANNEL,
    SET_FLOW,
    SET_EVENT,
    SET_COUNTRY /* texts: all words for a country are one */
};

enum column_kind { COLUMN_INT, COLUMN_TEXT, COLUMN_LIST };

enum column_id {
#define COLUMN(source, name, kind) source##_##name,
#include "audience/words.def"
    COLUMN_IDS
};

struct column_info {
    const char *name;
    enum word_source source;
    enum column_kind kind;
    int at; /* place among those of the source */
};
extern const struct column_info column_infos[COLUMN_IDS];
enum { SOURCE_COLUMNS_MAX = 22 };
/* The first column of a source, and how many there are. */
int source_first(enum word_source source);
int source_columns(enum word_source source);
extern const char *const source_tables[FROM_COUNT];

struct word {
    const char *name;
    enum word_type type;
    enum word_way way;
    enum word_source source;
    int column; /* enum column_id; enum word_made; COUNT_ROWS */
    int preset; /* column that must have this text; -1: none */
    const char *preset_text;
    enum word_set set;
    const char *summary; /* marked for translation */
};

struct word_function {
    const char *name;
    enum word_source source;
    const char *main; /* the field that a text without a name is of; NULL: none */
    struct {
        int column; /* -1: none */
        const char *text;
    } presets[2];
    const char *summary;
};

struct word_choice {
    enum word_set set;
    const char *word, *code;
};

/* By name, ASCII case aside; aliases are followed. NULL: there is none. */
const struct word *word_attribute(struct str name);
const struct word *word_within(enum word_source source, struct str name); /* field or total */
const struct word_function *word_function(struct str name);
/* What is missing for a word that is known and refused; NULL for others. */
const char *word_refused(struct str name);
/* The choice by its word; NULL. */
const struct word_choice *word_choice(enum word_set set, struct str word);
const struct word_choice *word_choice_of_code(enum word_set set, struct str code);
/* "CHAMPIONS, LOYAL, ..." */
void word_choices(enum word_set set, char *out, size_t size);
/* The nearest name within two edits, or NULL: of attributes and functions, or of a source's words.
 */
const char *word_nearest(struct str name);
const char *word_nearest_within(enum word_source source, struct str name);
const char *word_nearest_choice(enum word_set set, struct str name);

/* All, for listings: NULL past the end. */
const struct word *word_at(size_t i);
const struct word_function *word_function_at(size_t i);
const struct word *word_within_at(enum word_source source, size_t i);
const struct word_choice *word_choice_at(enum word_set set, size_t i);

#endif

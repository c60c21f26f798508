/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* mapping_plan.h - a mapping, checked and with its names resolved. Inside src/intake/import. */
#ifndef TM_INTAKE_IMPORT_MAPPING_PLAN_H
#define TM_INTAKE_IMPORT_MAPPING_PLAN_H

#include "intake/import/mapping.h"

enum { PLAN_RECORDS_MAX = 8, PLAN_PARTS_MAX = 8 };

enum test {
    TEST_EQUALS,
    TEST_PREFIX,
    TEST_SUFFIX,
    TEST_CONTAINS,
    TEST_EMPTY,
    TEST_LESS,
    TEST_MORE
};

struct condition {
    size_t column;
    enum test test;
    bool is_not;
    struct str value;
    int64_t micros; /* of LESS and MORE */
};

struct conditions { /* all must hold */
    struct condition *list;
    size_t n;
};

/* Where a value comes from: parts joined, each a text, a column or the row's line number. One
 * part that is a column is the usual case. */
enum part_type { PART_TEXT, PART_COLUMN, PART_LINE };

struct part {
    enum part_type type;
    size_t column;
    struct str text;
};

/* Identifiers and birthdays are brought into the form in which they are compared. */
enum identity { IDENTITY_NONE, IDENTITY_EMAIL, IDENTITY_PHONE, IDENTITY_OTHER, IDENTITY_BIRTHDAY };

struct field_plan {
    size_t target; /* column of the record's layout */
    bool is_currency;
    enum identity identity;
    enum column_type type;
    struct part parts[PLAN_PARTS_MAX];
    size_t part_count;
    bool has_times;
    size_t times; /* column whose number is multiplied in */
    bool is_sum;  /* over the rows of a group */
    struct conditions when;
};

struct record_plan {
    enum record_kind kind;
    const struct record_layout *layout;
    void *blank;            /* a record with nothing known */
    bool is_group;          /* rows with one key make one record */
    bool needs_currency;    /* has amounts */
    size_t currency_offset; /* in the record; 0 = the kind has none */
    struct conditions when;
    struct field_plan *fields; /* currency before all that depend on it */
    size_t field_count;
    /* Of a group: the layout's columns that any field fills, in order, and the key among them. */
    size_t *kept;
    size_t kept_count;
    size_t key;
};

struct mapping {
    struct importer importer;
    char name[64], source[64], title[128], currency[4], time_zone[64];
    enum date_order dates;
    enum decimal_mark decimals;
    char delimiter;
    struct arena arena; /* all below */
    struct import_column *columns;
    size_t column_count;
    struct csv_row names; /* n = 0: the file has a header */
    struct conditions skip;
    struct record_plan records[PLAN_RECORDS_MAX];
    size_t record_count;
};

/* mapping_run.c: the callbacks of every mapping's importer. */
enum err_code mapping_begin(struct import_run *run, struct err *err);
enum err_code mapping_row(struct import_run *run, const struct csv_row *row, struct err *err);
enum err_code mapping_end(struct import_run *run, struct err *err);
void mapping_state_release(void *state);
size_t mapping_state_size(void);

#endif

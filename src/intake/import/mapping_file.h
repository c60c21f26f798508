/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* mapping_file.h - the YAML of a mapping, as written (docs/formats.md). Inside src/intake/import.
 */
#ifndef TM_INTAKE_IMPORT_MAPPING_FILE_H
#define TM_INTAKE_IMPORT_MAPPING_FILE_H

#include "intake/import/mapping_plan.h"

struct condition_text {
    char *column;
    enum test is;
    char *value; /* NULL = "" */
    bool is_not;
};

struct field_text {
    char *field;
    char *column, *value, *pattern; /* one of them */
    char *times;
    bool sum;
    struct condition_text *when;
    uint64_t when_count;
};

struct record_text {
    char *kind;
    bool group;
    struct condition_text *when;
    uint64_t when_count;
    struct field_text *fields;
    uint64_t field_count;
};

struct mapping_text {
    char *name, *title, *source;
    char delimiter;
    char **columns;
    uint64_t column_count;
    enum date_order dates;
    enum decimal_mark decimals;
    char *time_zone, *currency;
    struct condition_text *skip;
    uint64_t skip_count;
    struct record_text *records;
    uint64_t record_count;
};

TM_MUST_CHECK enum err_code mapping_text_read(const char *path, struct mapping_text **out_text,
                                              struct err *err);
void mapping_text_free(struct mapping_text *text);
/* The line on which the nth `field:` of the file stands (from 0); 0 when it cannot be told. */
int mapping_field_line(const char *path, size_t nth);

#endif

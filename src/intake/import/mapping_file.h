/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* mapping_file.h - the YAML of a mapping, as written. Inside src/intake/import.
 *
 * All of it lives in the arena that is given. Texts that are not written are NULL.
 */
#ifndef TM_INTAKE_IMPORT_MAPPING_FILE_H
#define TM_INTAKE_IMPORT_MAPPING_FILE_H

#include "base/yaml.h"
#include "intake/import/mapping_plan.h"

struct condition_text {
    size_t line; /* of the file, from 1 */
    const char *column;
    int is;            /* enum test */
    const char *value; /* NULL = "" */
    bool is_not;
};

struct field_text {
    size_t line;
    const char *field;
    const char *column, *value, *pattern; /* one of them */
    const char *times;
    bool sum;
    struct yaml_items when; /* of struct condition_text */
};

struct record_text {
    size_t line;
    const char *kind;
    bool group;
    struct yaml_items when;   /* of struct condition_text */
    struct yaml_items fields; /* of struct field_text */
};

struct mapping_text {
    const char *name, *title, *source;
    char delimiter;            /* 0 = to be found */
    struct yaml_items columns; /* of const char * */
    int dates;                 /* enum date_order */
    int decimals;              /* enum decimal_mark */
    const char *time_zone, *currency;
    struct yaml_items skip;    /* of struct condition_text */
    struct yaml_items records; /* of struct record_text */
};

TM_MUST_CHECK enum err_code mapping_text_read(const char *path, struct arena *arena,
                                              struct mapping_text *out_text, struct err *err);

#endif

/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "intake/import/mapping_file.h"

#include "store/yaml_read.h"

static const cyaml_strval_t tests[] = {{"equals", TEST_EQUALS}, {"prefix", TEST_PREFIX},
                                       {"suffix", TEST_SUFFIX}, {"contains", TEST_CONTAINS},
                                       {"empty", TEST_EMPTY},   {"less", TEST_LESS},
                                       {"more", TEST_MORE}};
static const cyaml_strval_t delimiters[] = {
    {"comma", ','}, {"semicolon", ';'}, {"tab", '\t'}, {"pipe", '|'}, {"blanks", CSV_BLANKS}};
static const cyaml_strval_t date_orders[] = {{"day first", DATES_DMY}, {"month first", DATES_MDY}};
static const cyaml_strval_t decimal_marks[] = {{"point", DECIMALS_POINT},
                                               {"comma", DECIMALS_COMMA}};

enum {
    TEXT_MAX = 1024,
    NEED = CYAML_FLAG_POINTER,
    MAY = CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
    WORD = CYAML_FLAG_OPTIONAL | CYAML_FLAG_STRICT
};

static const cyaml_schema_field_t condition_fields[] = {
    CYAML_FIELD_STRING_PTR("column", NEED, struct condition_text, column, 1, TEXT_MAX),
    CYAML_FIELD_ENUM("is", WORD, struct condition_text, is, tests, TM_COUNT(tests)),
    CYAML_FIELD_STRING_PTR("value", MAY, struct condition_text, value, 0, TEXT_MAX),
    CYAML_FIELD_BOOL("not", CYAML_FLAG_OPTIONAL, struct condition_text, is_not),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t condition_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct condition_text, condition_fields)};

static const cyaml_schema_field_t field_fields[] = {
    CYAML_FIELD_STRING_PTR("field", NEED, struct field_text, field, 1, 64),
    CYAML_FIELD_STRING_PTR("column", MAY, struct field_text, column, 1, TEXT_MAX),
    CYAML_FIELD_STRING_PTR("value", MAY, struct field_text, value, 0, TEXT_MAX),
    CYAML_FIELD_STRING_PTR("pattern", MAY, struct field_text, pattern, 1, TEXT_MAX),
    CYAML_FIELD_STRING_PTR("times", MAY, struct field_text, times, 1, TEXT_MAX),
    CYAML_FIELD_BOOL("sum", CYAML_FLAG_OPTIONAL, struct field_text, sum),
    CYAML_FIELD_SEQUENCE_COUNT("when", MAY, struct field_text, when, when_count, &condition_value,
                               0, 16),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t field_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct field_text, field_fields)};

static const cyaml_schema_field_t record_fields[] = {
    CYAML_FIELD_STRING_PTR("kind", NEED, struct record_text, kind, 1, 64),
    CYAML_FIELD_BOOL("group", CYAML_FLAG_OPTIONAL, struct record_text, group),
    CYAML_FIELD_SEQUENCE_COUNT("when", MAY, struct record_text, when, when_count, &condition_value,
                               0, 16),
    CYAML_FIELD_SEQUENCE_COUNT("fields", NEED, struct record_text, fields, field_count,
                               &field_value, 1, 64),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t record_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct record_text, record_fields)};

static const cyaml_schema_value_t name_value = {
    CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char *, 1, TEXT_MAX)};

static const cyaml_schema_field_t mapping_fields[] = {
    CYAML_FIELD_STRING_PTR("name", NEED, struct mapping_text, name, 1, 63),
    CYAML_FIELD_STRING_PTR("title", MAY, struct mapping_text, title, 1, 127),
    CYAML_FIELD_STRING_PTR("source", MAY, struct mapping_text, source, 1, 63),
    CYAML_FIELD_ENUM("delimiter", WORD, struct mapping_text, delimiter, delimiters,
                     TM_COUNT(delimiters)),
    CYAML_FIELD_SEQUENCE_COUNT("columns", MAY, struct mapping_text, columns, column_count,
                               &name_value, 1, IMPORT_COLUMNS_MAX),
    CYAML_FIELD_ENUM("dates", WORD, struct mapping_text, dates, date_orders, TM_COUNT(date_orders)),
    CYAML_FIELD_ENUM("decimals", WORD, struct mapping_text, decimals, decimal_marks,
                     TM_COUNT(decimal_marks)),
    CYAML_FIELD_STRING_PTR("time_zone", MAY, struct mapping_text, time_zone, 1, 63),
    CYAML_FIELD_STRING_PTR("currency", MAY, struct mapping_text, currency, 3, 3),
    CYAML_FIELD_SEQUENCE_COUNT("skip", MAY, struct mapping_text, skip, skip_count, &condition_value,
                               1, 16),
    CYAML_FIELD_SEQUENCE_COUNT("records", NEED, struct mapping_text, records, record_count,
                               &record_value, 1, PLAN_RECORDS_MAX),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t mapping_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct mapping_text, mapping_fields)};

enum err_code mapping_text_read(const char *path, struct mapping_text **out_text, struct err *err)
{
    void *data = NULL;
    enum err_code rc = yaml_read(path, &mapping_value, &data, err);

    if (rc != ERR_OK) {
        err_hint(err, "docs/formats.md describes mapping files");
        return rc;
    }
    if (!data)
        return err_set(err, ERR_INVALID, "%s is empty", path);
    *out_text = data;
    return ERR_OK;
}

void mapping_text_free(struct mapping_text *text)
{
    yaml_data_free(&mapping_value, text);
}

int mapping_field_line(const char *path, size_t nth)
{
    TM_CLEANUP(fclose_filep) FILE *f = fopen(path, "re");
    char line[4096];
    size_t count = 0;

    for (int number = 1; f && fgets(line, sizeof(line), f); number++) {
        const char *p = line + strspn(line, " \t");

        if (*p == '#')
            continue;
        for (p = strstr(p, "field:"); p; p = strstr(p + 1, "field:"))
            if ((p == line || strchr(" \t{,-", p[-1])) && count++ == nth)
                return number;
    }
    return 0;
}

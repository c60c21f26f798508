/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "intake/import/mapping_file.h"

#include "base/file.h"
#include "base/yaml_place.h"

static const char *const tests[] = {[TEST_EQUALS] = "equals", [TEST_PREFIX] = "prefix",
                                    [TEST_SUFFIX] = "suffix", [TEST_CONTAINS] = "contains",
                                    [TEST_EMPTY] = "empty",   [TEST_LESS] = "less",
                                    [TEST_MORE] = "more",     NULL};
static const char *const delimiters[] = {"comma", "semicolon", "tab", "pipe", "blanks", NULL};
static const char delimiter_chars[] = {',', ';', '\t', '|', CSV_BLANKS};
/* From the first that is not "unknown". */
static const char *const date_orders[] = {"day first", "month first", NULL};
static const char *const decimal_marks[] = {"point", "comma", NULL};

static const size_t text_max = 1024, name_max = 63, title_max = 127;

/* enum date_order or decimal_mark, whose 0 is unknown. */
static enum err_code read_style_word(struct yaml_reader *r, yaml_node_t *node, void *out,
                                     const void *arg)
{
    int i = 0;

    TRY(yaml_read_word(r, node, &i, arg));
    *(int *)out = i + 1;
    return ERR_OK;
}

static enum err_code read_delimiter(struct yaml_reader *r, yaml_node_t *node, void *out,
                                    const void *arg)
{
    int i = 0;

    TRY(yaml_read_word(r, node, &i, arg));
    *(char *)out = delimiter_chars[i];
    return ERR_OK;
}

static enum err_code read_condition(struct yaml_reader *r, yaml_node_t *node, void *out,
                                    const void *arg)
{
#define AT(member) offsetof(struct condition_text, member)
    static const struct yaml_field fields[] = {
        {"column", AT(column), yaml_read_string, &text_max, false},
        {"is", AT(is), yaml_read_word, tests, true},
        {"value", AT(value), yaml_read_optional_text, &text_max, true},
        {"not", AT(is_not), yaml_read_flag, NULL, true},
    };
#undef AT

    (void)arg;
    ((struct condition_text *)out)->line = yaml_line(node);
    return yaml_read_map(r, node, fields, TM_COUNT(fields), out);
}

static const struct yaml_list some_conditions = {0, 16, sizeof(struct condition_text),
                                                 read_condition, NULL};

static enum err_code read_field(struct yaml_reader *r, yaml_node_t *node, void *out,
                                const void *arg)
{
#define AT(member) offsetof(struct field_text, member)
    static const struct yaml_field fields[] = {
        {"field", AT(field), yaml_read_string, &name_max, false},
        {"column", AT(column), yaml_read_string, &text_max, true},
        {"value", AT(value), yaml_read_optional_text, &text_max, true},
        {"pattern", AT(pattern), yaml_read_string, &text_max, true},
        {"times", AT(times), yaml_read_string, &text_max, true},
        {"sum", AT(sum), yaml_read_flag, NULL, true},
        {"when", AT(when), yaml_read_list, &some_conditions, true},
    };
#undef AT

    (void)arg;
    ((struct field_text *)out)->line = yaml_line(node);
    return yaml_read_map(r, node, fields, TM_COUNT(fields), out);
}

static enum err_code read_record(struct yaml_reader *r, yaml_node_t *node, void *out,
                                 const void *arg)
{
#define AT(member) offsetof(struct record_text, member)
    static const struct yaml_list record_fields = {1, 64, sizeof(struct field_text), read_field,
                                                   NULL};
    static const struct yaml_field fields[] = {
        {"kind", AT(kind), yaml_read_string, &name_max, false},
        {"group", AT(group), yaml_read_flag, NULL, true},
        {"when", AT(when), yaml_read_list, &some_conditions, true},
        {"fields", AT(fields), yaml_read_list, &record_fields, false},
    };
#undef AT

    (void)arg;
    ((struct record_text *)out)->line = yaml_line(node);
    return yaml_read_map(r, node, fields, TM_COUNT(fields), out);
}

static enum err_code read_mapping(struct yaml_reader *r, struct mapping_text *out)
{
#define AT(member) offsetof(struct mapping_text, member)
    static const struct yaml_list names = {1, IMPORT_COLUMNS_MAX, sizeof(char *), yaml_read_string,
                                           &text_max};
    static const struct yaml_list skips = {1, 16, sizeof(struct condition_text), read_condition,
                                           NULL};
    static const struct yaml_list records = {1, PLAN_RECORDS_MAX, sizeof(struct record_text),
                                             read_record, NULL};
    static const struct yaml_field fields[] = {
        {"name", AT(name), yaml_read_string, &name_max, false},
        {"title", AT(title), yaml_read_string, &title_max, true},
        {"source", AT(source), yaml_read_string, &name_max, true},
        {"delimiter", AT(delimiter), read_delimiter, delimiters, true},
        {"columns", AT(columns), yaml_read_list, &names, true},
        {"dates", AT(dates), read_style_word, date_orders, true},
        {"decimals", AT(decimals), read_style_word, decimal_marks, true},
        {"time_zone", AT(time_zone), yaml_read_time_zone, NULL, true},
        {"currency", AT(currency), yaml_read_currency, NULL, true},
        {"skip", AT(skip), yaml_read_list, &skips, true},
        {"records", AT(records), yaml_read_list, &records, false},
    };
#undef AT

    return yaml_read_map(r, yaml_root(r), fields, TM_COUNT(fields), out);
}

enum err_code mapping_text_read(const char *path, struct arena *arena,
                                struct mapping_text *out_text, struct err *err)
{
    struct yaml_reader r = {.name = path, .arena = arena, .err = err};
    struct buf text = BUF_INIT(0);
    enum err_code rc = file_read(path, YAML_FILE_MAX, &text, err);

    *out_text = (struct mapping_text){0};
    if (rc == ERR_OK)
        rc = yaml_reader_open(&r, buf_str(&text));
    if (rc == ERR_OK)
        rc = read_mapping(&r, out_text);
    yaml_reader_close(&r);
    buf_release(&text);
    return rc;
}

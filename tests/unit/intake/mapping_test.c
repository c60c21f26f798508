/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "harness.h"

#include "intake/import/mapping.h"

#define MAPPING(fields)                                                                            \
    "name: till\ncurrency: EUR\ndelimiter: semicolon\nrecords:\n  - kind: order\n    "             \
    "fields:\n" fields

static const struct import_file *import_mapped(const char *mapping, const char *text)
{
    temp_writez("a.mapping.yaml", mapping);
    ctx.options.mapping = temp_path("a.mapping.yaml");
    return import_z("till.csv", text);
}

static void fields(void)
{
    const struct import_file *f = import_mapped(
        "name: till\ntitle: Sales of the till\ncurrency: EUR\ndelimiter: semicolon\n"
        "skip: [{column: no, is: prefix, value: '#'}]\n"
        "records:\n"
        "  - kind: order\n"
        "    when: [{column: type, is: equals, value: sale, not: true}]\n"
        "    fields: [{field: order_key, column: no}, {field: kind, value: return},\n"
        "             {field: total, column: amount}]\n"
        "  - kind: order\n"
        "    when: [{column: type, is: equals, value: sale}]\n"
        "    fields:\n"
        "      - {field: order_key, pattern: \"{type}/{no}/{line}\"}\n"
        "      - {field: email, column: mail}\n"
        "      - {field: is_test, value: 'yes', when: [{column: amount, is: less, value: 1}]}\n"
        "      - {field: total, column: amount}\n",
        "type;no;amount;mail\nsale;1;12,50;A@Example.com\nsale;2;0,50;\nback;3;-2,00;\n"
        "sale;#;1,00;\nsale;4;?;\n");

    CHECK_STR(f->entry.format, "till");
    CHECK_STR(f->title, "Sales of the till"); /* when the mapping is gone */
    CHECK_ROWS(f, 3, 0, 1, 1);
    CHECK_STORED("order order_key=sale/1/2 kind=sale currency=EUR total=1250 "
                 "email=a@example.com\n");
    CHECK_STORED("order order_key=sale/2/3 kind=sale currency=EUR total=50 is_test=1\n");
    CHECK_STORED("order order_key=3 kind=return currency=EUR total=-200\n");
    CHECK_MSG(f->reject_count == 1 && f->rejects[0].line == 6 &&
                  strstr(f->rejects[0].reason, "field \"total\""),
              "%s", f->reject_count ? f->rejects[0].reason : "no reject");
}

static void grouped(void)
{
    const struct import_file *f = import_mapped(
        MAPPING("      - {field: order_key, column: no}\n"
                "      - {field: total, column: q, times: p, sum: true}\n    group: true\n"),
        "no;q;p\n1;2;1,005\n2;1;7\n1;1;0,99\n");

    CHECK_ROWS(f, 2, 1, 0, 0);
    CHECK_STORED("order order_key=1 kind=sale currency=EUR total=300\n");
    CHECK_STORED("order order_key=2 kind=sale currency=EUR total=700\n");
}

static void without_header(void)
{
    const struct import_file *f =
        import_mapped("name: till\ncurrency: EUR\ndelimiter: blanks\ncolumns: [no, day, amount]\n"
                      "records:\n  - kind: order\n    fields:\n"
                      "      - {field: order_key, column: no}\n"
                      "      - {field: ordered_at, column: day}\n"
                      "      - {field: total, column: amount}\n",
                      "  1 19970101  11.77\n 2 19970112  2\n");

    CHECK_ROWS(f, 2, 0, 0, 0);
    CHECK_STORED("order order_key=1 kind=sale ordered_at=1997-01-01T00:00:00Z currency=EUR "
                 "total=1177\n");
}

static void errors(void)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"", "is empty"},
        {"title: x\n", "a.mapping.yaml"},
        {MAPPING("      - {field: totl, column: a}\n"), ":7: field \"totl\""},
        {MAPPING("      - {field: total}\n"), "exactly one of column, value and pattern"},
        {MAPPING("      - {field: order_key, value: 1}\n      - {field: total, value: 1, column: "
                 "b}\n"),
         ":8: field \"total\""},
        {MAPPING("      - {field: email, column: a, times: b}\n"), "for numbers"},
        {MAPPING("      - {field: total, column: a, sum: true}\n"), "group: true"},
        {MAPPING("      - {field: number, pattern: '{a'}\n"), "closing brace"},
        {MAPPING("      - {field: number, column: a, colour: b}\n"),
         ":7: records[0].fields[0]: unknown field \"colour\""},
        {"name: a\nrecords:\n  - kind: odrer\n    fields: [{field: a, column: b}]\n",
         ":3: \"odrer\""},
        {"name: a\ncurrency: XQZ\nrecords:\n  - kind: order\n    fields: [{field: total, value: "
         "1}]\n",
         ":2: currency: \"XQZ\" is no currency"},
        {"name: a\ntime_zone: Mars/Olympus\nrecords: []\n", ":2: time_zone: \"Mars/Olympus\""},
        {"name: a\ncolumns: [x, y]\nskip:\n  - {column: x}\n  - {column: z}\nrecords:\n  - kind: "
         "order\n    fields: [{field: order_key, column: x}]\n",
         ":5: \"z\" is not among the columns"},
        {MAPPING("      - {field: email, column: a, when: [{column: b, not: maybe}]}\n"),
         ":7: records[0].fields[0].when[0].not: must be yes or no"},
        {MAPPING("      - {field: email, field: b}\n"),
         ":7: records[0].fields[0]: \"field\" is given"},
        {"name: a\nrecords:\n  - kind: order\n", ":3: records[0]: \"fields\" is missing"},
        {"name: a\ndelimiter: colon\nrecords: []\n",
         ":2: delimiter: must be one of comma, semicolon"},
    };

    for (size_t i = 0; i < TM_COUNT(cases); i++) {
        struct mapping *mapping = NULL;
        struct err err = ERR_INIT;

        temp_writez("a.mapping.yaml", cases[i].text);
        CHECK(mapping_read(temp_path("a.mapping.yaml"), &mapping, &err) == ERR_INVALID);
        CHECK_MSG(strstr(err.msg, cases[i].message), "case %zu says \"%s\": %s", i,
                  cases[i].message, err.msg);
    }
}

static void cdnow(void)
{
    const char *data = getenv("TIDEMARK_TEST_DATA"), *source = getenv("TIDEMARK_SOURCE");
    char mapping[1024], path[1024];
    struct err err = ERR_INIT;

    snprintf(mapping, sizeof(mapping), "%s/examples/cdnow.mapping.yaml", source);
    snprintf(path, sizeof(path), "%s/cdnow/CDNOW_master.txt.xz", data);
    if (access(path, R_OK) != 0) {
        tap_skip("the data set is not there");
        return;
    }
    ctx.options.mapping = mapping;
    memory.quiet = true;
    CHECK_OK(import_path(path, &err), err);
    CHECK_ROWS(report.files[0], 69659, 0, 0, 0);
    CHECK_INT(report.files[0]->totals[0].minor, 250031563);
    CHECK_INT(report.files[0]->entry.newest_us,
              civil_to_utc(&(struct civil){1998, 6, 30, 0, 0, 0, 0}));
}

int main(void)
{
    harness_open();
    fields();
    harness_reset();
    grouped();
    harness_reset();
    without_header();
    errors();
    harness_reset();
    cdnow();
    harness_close();
    return tap_done();
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The driver: folders, archives, style, crashes, bad input. Tidemark's order format serves as the
 * file that is read. */
#include "harness.h"

#include <archive.h>
#include <archive_entry.h>
#include <sys/stat.h>

#define ORDERS "order_id,ordered_at,total,currency\n"

static const struct import_file *file_named(const char *name)
{
    for (size_t i = 0; i < report.n; i++)
        if (strcmp(report.files[i]->entry.name, name) == 0)
            return report.files[i];
    return NULL;
}

static void folders(void)
{
    struct err err = ERR_INIT;

    mkdir(temp_path("in"), 0700);
    mkdir(temp_path("in/sub"), 0700);
    temp_writez("in/b.csv", ORDERS "2,2026-01-02,1.00,EUR\n");
    temp_writez("in/a.csv", ORDERS "1,2026-01-02,1.00,EUR\n");
    temp_writez("in/sub/c.csv", "# from the till\n\nextra;"
                                "order_id;ordered_at;total;currency\n"
                                "x;3;2026-01-02;1,00;EUR\n");
    temp_writez("in/notes.csv", "who,what\nme,this\n");
    temp_writez("in/almost.csv", "order_id,ordered_at,currency\n1,2026-01-02,EUR\n");
    temp_writez("in/.hidden.csv", "x\n");
    temp_writez("in/answers.yaml", "a: b\n");
    temp_writez("in/empty.csv", "");
    CHECK(symlink("..", temp_path("in/sub/loop")) == 0);
    CHECK(symlink("nowhere", temp_path("in/dangling")) == 0);
    CHECK_OK(import_path(temp_path("in"), &err), err);
    CHECK_INT(report.n, 7);
    CHECK_STR(report.files[0]->entry.name, "a.csv");
    CHECK(file_named("b.csv")->outcome == IMPORT_STORED);
    CHECK(file_named("c.csv")->outcome == IMPORT_STORED);
    CHECK(file_named("c.csv")->entry.delimiter == ';');
    CHECK(file_named("answers.yaml")->outcome == IMPORT_IGNORED);
    CHECK(file_named("notes.csv")->outcome == IMPORT_UNRECOGNISED);
    CHECK_STR(file_named("notes.csv")->err.msg, "the format of notes.csv is not recognised");
    CHECK(file_named("empty.csv")->outcome == IMPORT_REFUSED);
    CHECK_STR(file_named("almost.csv")->err.hint,
              "the closest format is \"Tidemark orders\", but these columns are missing: "
              "\"total\"");
    CHECK(import_report_code(&report) == ERR_UNRECOGNISED);
    CHECK_STORED("order_key=1 ");
    CHECK_STORED("order_key=3 ");
    CHECK(import_path(temp_path("absent"), &err) == ERR_NOT_FOUND);
}

static void add_member(struct archive *a, const char *name, const char *text)
{
    struct archive_entry *e = archive_entry_new();

    archive_entry_set_pathname(e, name);
    archive_entry_set_size(e, (int64_t)strlen(text));
    archive_entry_set_filetype(e, AE_IFREG);
    archive_entry_set_perm(e, 0600);
    archive_write_header(a, e);
    archive_write_data(a, text, strlen(text));
    archive_entry_free(e);
}

static void zip(const char *name, const char *first, const char *first_text, const char *second)
{
    struct archive *a = archive_write_new();

    archive_write_set_format_zip(a);
    archive_write_open_filename(a, temp_path(name));
    add_member(a, first, first_text);
    if (second)
        add_member(a, "two.csv", second);
    archive_write_close(a);
    archive_write_free(a);
}

static void archives(void)
{
    struct err err = ERR_INIT;

    zip("x.zip", "one.csv", ORDERS "1,2026-01-02,1.00,EUR\n", ORDERS "2,2026-01-02,1.00,EUR\n");
    CHECK_OK(import_path(temp_path("x.zip"), &err), err);
    CHECK_INT(report.n, 2);
    CHECK_STR(report.files[1]->entry.name, "x.zip/two.csv");
    CHECK_STORED("order_key=1 ");
    CHECK_STORED("order_key=2 ");
    CHECK_OK(import_path(temp_path("x.zip"), &err), err);
    CHECK(report.files[0]->outcome == IMPORT_ALREADY && report.files[1]->outcome == IMPORT_ALREADY);
    zip("book.xlsx", "[Content_Types].xml", "<Types/>", "x");
    CHECK_OK(import_path(temp_path("book.xlsx"), &err), err);
    CHECK_INT(report.n, 1);
    CHECK_MSG(report.files[0]->outcome == IMPORT_UNRECOGNISED, "%s", report.files[0]->err.msg);
    CHECK(strstr(report.files[0]->err.hint, "CSV"));
}

static void styles(void)
{
    const struct import_file *f =
        import_z("a.csv", ORDERS "1,03/04/2026,1.00,EUR\n2,25/04/2026,2.00,EUR\n");

    CHECK(f->outcome == IMPORT_STORED);
    CHECK_STORED("order_key=1 number=1 kind=sale status=paid ordered_at=2026-04-03");
    CHECK_ROWS(f, 2, 0, 0, 0);
    CHECK_MSG(strstr(f->entry.style, "day first"), "%s", f->entry.style);
    f = import_z("b.csv", ORDERS "3,03/04/2026,1.00,EUR\n4,05/04/2026,2.00,EUR\n");
    CHECK(f->outcome == IMPORT_REFUSED && f->err.code == ERR_AMBIGUOUS);
    CHECK_MSG(strstr(f->err.hint, "--dates"), "%s", f->err.hint);
    CHECK(!strstr(stored(), "order_key=3 "));
    ctx.options.dates = DATES_MDY;
    f = import_z("b.csv", ORDERS "3,03/04/2026,1.00,EUR\n4,05/04/2026,2.00,EUR\n");
    CHECK(f->outcome == IMPORT_STORED);
    CHECK_STORED("order_key=3 number=3 kind=sale status=paid ordered_at=2026-03-04");
    ctx.options.dates = DATES_UNKNOWN;
    f = import_z("c.csv", ORDERS "5,2026-01-02,\"1,234\",EUR\n6,2026-01-02,\"0,5\",EUR\n");
    CHECK_MSG(f->outcome == IMPORT_STORED, "%s %s %s", f->err.msg, f->err.hint,
              f->reject_count ? f->rejects[0].reason : "");
    CHECK_STORED("order_key=5 number=5 kind=sale status=paid ordered_at=2026-01-02T00:00:00Z "
                 "currency=EUR total=123\n");
    f = import_z("d.csv", ORDERS "7,25/04/2026,1,EUR\n8,04/25/2026,1,EUR\n9,01/02/2026,1,EUR\n");
    CHECK_MSG(f->outcome == IMPORT_REFUSED, "contradicting dates are refused: %s", f->err.msg);
}

/* Every step of the target fails once; after the next start all is stored or nothing, and a
 * second import brings no record twice. */
static void crashes(void)
{
    const char *text = ORDERS "1,2026-01-02,1.00,EUR\n2,2026-01-03,2.00,EUR\n";
    int steps;

    harness_reset();
    temp_writez("a.csv", text);
    CHECK_OK(import_path(temp_path("a.csv"), &(struct err){0}), (struct err){0});
    steps = memory.calls;
    CHECK(steps >= 6);
    for (int fail = 1; fail <= steps; fail++) {
        struct err err = ERR_INIT;
        const char *once;

        harness_reset();
        temp_writez("a.csv", text);
        memory.fail_at = fail;
        CHECK(import_path(temp_path("a.csv"), &err) == ERR_ENGINE);
        memory.fail_at = 0;
        store_close(store); /* as if the process had ended here */
        open_shop();
        CHECK_OK(import_path(temp_path("a.csv"), &err), err);
        once = strstr(stored(), "order_key=1 ");
        CHECK_MSG(once && !strstr(once + 1, "order_key=1 ") && strstr(stored(), "order_key=2 "),
                  "after a failure at step %d of %d every record is there once", fail, steps);
    }
}

static void check_refused(const char *what, const char *name, const char *text, size_t n,
                          const char *message)
{
    const struct import_file *f = import_text(name, text, n);

    CHECK_MSG(f->outcome >= IMPORT_UNRECOGNISED && strstr(f->err.msg, message),
              "%s is refused with \"%s\": %s", what, message, f->err.msg);
    CHECK_MSG(stored()[0] == 0, "nothing is stored of %s", what);
}

static void bad_input(void)
{
    static char big[12 << 20];
    struct err err = ERR_INIT;
    size_t n;

    n = (size_t)snprintf(big, sizeof(big), ORDERS "1,2026-01-02,1.00,\"EUR");
    check_refused("an open quote", "q.csv", big, n, "q.csv");
    n = (size_t)snprintf(big, sizeof(big), ORDERS "\xC3\xA9,2026-01-02,1.00,EUR\n\xE9,1,1,EUR\n");
    check_refused("a mix of encodings", "e.csv", big, n, "e.csv");
    n = sizeof(ORDERS "1,2026-01-02,1.00,EU\0\n") - 1;
    memcpy(big, ORDERS "1,2026-01-02,1.00,EU\0\n", n);
    check_refused("a NUL byte", "n.csv", big, n, "n.csv");
    n = (size_t)snprintf(big, sizeof(big), ORDERS "1,2026-01-02,");
    memset(big + n, 'x', 10 << 20);
    check_refused("a field of 10 MB", "f.csv", big, n + (10 << 20), "f.csv");
    for (n = 0; n < 2000000; n += 2)
        memcpy(big + n, "a,", 2);
    check_refused("a header of a million columns", "h.csv", big, n, "h.csv");
    check_refused("rows that are all unusable", "u.csv", ORDERS "1,never,1.00,EUR\n",
                  sizeof(ORDERS "1,never,1.00,EUR\n") - 1, "none of the 1 rows of u.csv");
    check_refused("broken JSON", "b.ndjson", "{\"a\": 1\n", 8, "");
    CHECK_OK(import_path("/dev/null", &err), err);
    CHECK(report.n == 1 && report.files[0]->outcome == IMPORT_REFUSED);
}

/* Cut off is what ends in a row that is shorter than all before, and without a line end. */
static void cut_row(void)
{
    const struct import_file *f = import_z("cut.csv", ORDERS "1,2026-01-02,1.00,EUR\n2,2026-01");

    CHECK(f->outcome == IMPORT_REFUSED && f->err.code == ERR_TRUNCATED);
    CHECK_STR(f->err.msg,
              "cut.csv, line 3: the file ends in the middle of this row (2 of 4 cells)");
    CHECK_MSG(strstr(f->err.hint, "line break"), "%s", f->err.hint);
    CHECK_STR(stored(), "");
    CHECK_ROWS(f, 0, 0, 0, 0); /* what is not kept is not counted */
    f = import_z("first.csv", ORDERS "1,2026-01-02,1.00");
    CHECK(f->err.code == ERR_TRUNCATED);
    f = import_z("ambiguous.csv", ORDERS "1,25/04/2026,1.00,EUR\n2,03/04/2026");
    CHECK(f->err.code == ERR_TRUNCATED);
    CHECK_STR(stored(), "");
    f = import_z("unended.csv", ORDERS "1,2026-01-02,1.00,EUR\n2,2026-01-02,1.00,EUR");
    CHECK_ROWS(f, 2, 0, 0, 0);
    f = import_z("ragged.csv", "order_id,ordered_at,total,currency,email,status\n"
                               "3,2026-01-02,1.00,EUR\n4,2026-01-02,1.00,EUR,a@example.com");
    CHECK_ROWS(f, 2, 0, 0, 0);
    f = import_z("ended.csv", "order_id,ordered_at,total,currency,email\n"
                              "5,2026-01-02,1.00,EUR,a@example.com\n6,2026-01-02,1.00,EUR\n");
    CHECK_ROWS(f, 2, 0, 0, 0);
}

static void no_rows(void)
{
    const struct import_file *f = import_z("header.csv", ORDERS);

    CHECK(f->outcome == IMPORT_REFUSED);
    CHECK_STR(f->err.msg, "header.csv has no row of data");
    f = import_z("blank.csv", " \n\n \n");
    CHECK_STR(f->err.msg, "\"blank.csv\" is empty");
    f = import_z("cut.ndjson", "\n{\"a\": 1\n");
    CHECK(f->err.code == ERR_TRUNCATED);
    CHECK_STR(f->err.msg, "cut.ndjson, line 2: the JSON ends too early, at byte 7");
    CHECK_MSG(f->err.hint[0] && !f->err.context[0], "what to do is said: %s", f->err.context);
}

/* A download that failed may leave an empty folder with the file's name. */
static void folder_for_file(void)
{
    struct err err = ERR_INIT;

    mkdir(temp_path("all"), 0700);
    mkdir(temp_path("all/a.csv"), 0700);
    mkdir(temp_path("all/notes"), 0700);
    mkdir(temp_path("all/whole.csv"), 0700);
    temp_writez("all/whole.csv/b.csv", ORDERS "1,2026-01-02,1.00,EUR\n");
    CHECK_OK(import_path(temp_path("all"), &err), err);
    CHECK_INT(report.n, 2);
    CHECK(file_named("a.csv")->outcome == IMPORT_REFUSED);
    CHECK_MSG(strstr(file_named("a.csv")->err.msg, "is a folder, not a file"), "%s",
              file_named("a.csv")->err.msg);
    CHECK(file_named("b.csv")->outcome == IMPORT_STORED);
}

static volatile sig_atomic_t stop;

static void stop_now(void *unused, const char *name, uint64_t done, uint64_t total)
{
    (void)unused;
    CHECK(strcmp(name, "a.csv") == 0 && done <= total);
    stop = 1;
}

static void cancelling(void)
{
    struct err err = ERR_INIT;
    FILE *f;

    temp_writez("a.csv", ORDERS);
    f = fopen(temp_path("a.csv"), "ae");
    for (int i = 0; i < 10000; i++)
        fprintf(f, "%d,2026-01-02,1.00,EUR\n", i);
    fclose(f);
    ctx.cancel = &stop;
    ctx.progress = stop_now;
    CHECK(import_path(temp_path("a.csv"), &err) == ERR_CANCELLED);
    CHECK_STR(stored(), "");
    ctx.cancel = NULL;
    ctx.progress = NULL;
    CHECK_OK(import_path(temp_path("a.csv"), &err), err);
    CHECK(report.files[0]->outcome == IMPORT_STORED);
}

int main(void)
{
    harness_open();
    folders();
    harness_reset();
    archives();
    harness_reset();
    styles();
    crashes();
    harness_reset();
    bad_input();
    harness_reset();
    cut_row();
    no_rows();
    folder_for_file();
    harness_reset();
    cancelling();
    harness_close();
    return tap_done();
}

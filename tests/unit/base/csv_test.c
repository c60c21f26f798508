/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/csv.h"

#include "files.h"
#include "tap.h"

/* Rows as text: cells between [ and ], rows one a line with their line number. */
static enum err_code show(const char *path, char delimiter, struct buf *out, char *out_delimiter,
                          struct err *err)
{
    TM_CLEANUP(input_closep) struct input *in = NULL;
    TM_CLEANUP(csv_closep) struct csv_reader *csv = NULL;
    struct csv_row row;
    bool more;

    buf_reset(out);
    TRY(input_open(path, 0, &in, err));
    TRY(csv_open(in, delimiter, &csv, err));
    *out_delimiter = csv_delimiter(csv);
    for (;;) {
        TRY(csv_next(csv, &row, &more, err));
        if (!more)
            return ERR_OK;
        buf_addf(out, "%" PRId64 ":", row.line);
        for (size_t i = 0; i < row.n; i++) {
            buf_addc(out, '[');
            buf_adds(out, row.cells[i]);
            buf_addc(out, ']');
        }
        buf_addc(out, ';');
    }
}

static struct buf shown = BUF_INIT(1 << 20);

static void rows(const char *text, char delimiter, const char *want)
{
    struct err err = ERR_INIT;
    char found;

    CHECK_OK(show(file_withz("t.csv", text), delimiter, &shown, &found, &err), err);
    CHECK_STR(buf_cstr(&shown), want);
}

static void shapes(void)
{
    rows("a,b\n1,2\n", ',', "1:[a][b];2:[1][2];");
    rows("a,b\r\n1,2", ',', "1:[a][b];2:[1][2];");
    rows("a,b\r1,2\r", ',', "1:[a][b];2:[1][2];");
    rows("a,b\n\n\r\n1,\n", ',', "1:[a][b];4:[1][];");
    rows(",\n", ',', "1:[][];");
    rows("a,", ',', "1:[a][];");
    rows("\"a\",\"b,c\",\"d\"\"e\"\n", ',', "1:[a][b,c][d\"e];");
    rows("\"a\nb\r\nc\",d\ne\n", ',', "1:[a\nb\r\nc][d];4:[e];");
    rows("\"\",\"\"\"\"\n", ',', "1:[][\"];");
    rows("\"\"\"VIP\"\",\"\"Blog\"\"\"\n", ',', "1:[\"VIP\",\"Blog\"];");
    rows("a\"b,c\"\n", ',', "1:[a\"b][c\"];");
    rows("\"a\"b\"c\",\"x\" ,y\n", ',', "1:[ab\"c\"][x ][y];");
    rows(" \"a\",b\n", ',', "1:[ \"a\"][b];");
    rows("a;b,c\n", ';', "1:[a][b,c];");
    rows("a\tb c\n", '\t', "1:[a][b c];");
    rows("a|b\n", '|', "1:[a][b];");
    rows("  a \t b\r\n   \r\nc  \"d e\" \r\n", CSV_BLANKS, "1:[a][b];3:[c][d e];");
    rows("\n\n", ',', "");
}

static void guess(const char *text, char want)
{
    struct err err = ERR_INIT;
    char found = 0;

    CHECK_OK(show(file_withz("t.csv", text), 0, &shown, &found, &err), err);
    CHECK_MSG(found == want, "'%c' is '%c' in: %s", found, want, text);
}

static void guesses(void)
{
    guess("a,b,c\n1,2,3\n", ',');
    guess("a;b;c\n1,5;2,5;x\n1,5;2,5;y\n1,5;2,5;z\n", ';');
    guess("1,5;2,5;3,5\n1,5;2,5;3,5\n", ';');
    guess("name,tags\nx,a;b\ny,c;d\nz,e;f\n", ',');
    guess("a\tb\n1,5\t2\n", '\t');
    guess("a|b|c\n1|2|3\n", '|');
    guess("a;b;c", ';');
    guess("email\nx@example.com\n", ',');
    guess("full name\nAnna Smith\nBert Jones\n", ',');
    guess("Campaign report\n\"September 1, 2026 - September 3, 2026\"\nDay,Cost\n1,2\n3,4\n", ',');
    guess("Report of September 1, 2026\nDay;Cost;Clicks\n1;2,5;1\n3;4,5;2\n", ';');
    guess("# ---\n# Start date: 20260701\n\na,b,c\n1,2,3\n4,5,6\n", ',');
    guess(" 00001 19970101  1   11.77\r\n 00002 19970112  1   12.00\r\n", CSV_BLANKS);
    guess("\"a,b\";\"c,d\"\n\"1,2\";\"3,4\"\n", ';');
}

static void refused(const char *path, enum err_code code, const char *words)
{
    struct err err = ERR_INIT;
    char found;
    enum err_code got = show(path, ',', &shown, &found, &err);

    CHECK_MSG(got == code, "%s is %s: %s", err_name(got), err_name(code), err.msg);
    CHECK_MSG(strstr(err.msg, words) != NULL, "\"%s\" in: %s", words, err.msg);
}

static void limits(void)
{
    const size_t big_size = 10 << 20;
    TM_CLEANUP(free_charp) char *big = xmalloc(big_size);
    char found;
    struct err err = ERR_INIT;

    refused(file_withz("q.csv", "a\n\"b\nc\",\"d\ne\n"), ERR_TRUNCATED, "q.csv, line 3");
    memset(big, 'x', big_size);
    memcpy(big, "a,b\n", 4);
    refused(file_with("cell.csv", big, big_size), ERR_TOO_LARGE, "cell.csv, line 2: a cell");
    big[4] = '"';
    refused(file_with("open.csv", big, big_size), ERR_TOO_LARGE, "line 2: a cell");
    show(file_path("open.csv"), ',', &shown, &found, &err) ? (void)0 : abort();
    CHECK(strstr(err.hint, "line 2") != NULL);
    memset(big + 4, ',', big_size - 4);
    refused(file_with("cols.csv", big, big_size), ERR_TOO_LARGE, "limit of 4096 columns");
    for (size_t i = 0; i < big_size; i++)
        big[i] = i % 65536 == 65535 ? ',' : 'x';
    refused(file_with("row.csv", big, big_size), ERR_TOO_LARGE, "line 1: the row");

    /* As large as allowed. */
    memset(big, 'x', CSV_CELL_MAX);
    big[CSV_CELL_MAX] = '\n';
    CHECK_OK(show(file_with("max.csv", big, CSV_CELL_MAX + 1), ',', &shown, &found, &err), err);
    memset(big, ',', CSV_COLUMNS_MAX - 1);
    big[CSV_COLUMNS_MAX - 1] = '\n';
    CHECK_OK(show(file_with("max.csv", big, CSV_COLUMNS_MAX), ',', &shown, &found, &err), err);
}

/* Numbers that look random and are the same at each run. */
static uint32_t next_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

/* Cells of all troublesome characters, written with quotes where needed, read back the same. */
static void round_trip(char delimiter, uint32_t seed)
{
    static const char *const bits[] = {"a",
                                       "\"",
                                       ",",
                                       ";",
                                       "\t",
                                       "|",
                                       "\n",
                                       "\r",
                                       " ",
                                       "bc",
                                       "",
                                       "\xC3\xA9",
                                       "12345678901234567890"};
    struct buf csv = BUF_INIT(1 << 20), cells = BUF_INIT(1 << 20);
    size_t counts[200], lengths[200][6];
    TM_CLEANUP(input_closep) struct input *in = NULL;
    TM_CLEANUP(csv_closep) struct csv_reader *reader = NULL;
    struct err err = ERR_INIT;
    struct csv_row row;
    size_t at = 0, wrong = 0;
    bool more;

    for (size_t r = 0; r < TM_COUNT(counts); r++) {
        counts[r] = 2 + next_random(&seed) % 5;
        for (size_t c = 0; c < counts[r]; c++) {
            size_t start = cells.n;

            for (uint32_t k = next_random(&seed) % 6; k > 0; k--)
                buf_addz(&cells, bits[next_random(&seed) % TM_COUNT(bits)]);
            lengths[r][c] = cells.n - start;
            if (c)
                buf_addc(&csv, delimiter);
            buf_addc(&csv, '"');
            for (size_t i = start; i < cells.n; i++) {
                if (cells.p[i] == '"')
                    buf_addc(&csv, '"');
                buf_addc(&csv, cells.p[i]);
            }
            buf_addc(&csv, '"');
        }
        buf_addz(&csv, next_random(&seed) % 2 ? "\n" : "\r\n");
    }
    CHECK_OK(input_open(file_with("r.csv", csv.p, csv.n), 0, &in, &err), err);
    CHECK_OK(csv_open(in, delimiter, &reader, &err), err);
    for (size_t r = 0; r < TM_COUNT(counts); r++) {
        if (csv_next(reader, &row, &more, &err) || !more || row.n != counts[r]) {
            CHECK_MSG(false, "row %zu of delimiter '%c': %s", r, delimiter, err.msg);
            break;
        }
        for (size_t c = 0; c < row.n; c++) {
            wrong += !str_eq(row.cells[c], (struct str){cells.p + at, lengths[r][c]});
            at += lengths[r][c];
        }
    }
    CHECK_INT(wrong, 0);
    CHECK_OK(csv_next(reader, &row, &more, &err), err);
    CHECK(!more);
    buf_release(&csv);
    buf_release(&cells);
}

/* A row that lies across two pieces of the input, cut at each of its bytes. */
static void borders(void)
{
    static const char row[] = "\n\"q\"\"q\n\",\"b\" c,\r\nlast,1\n";
    const size_t border = 256 * 1024;
    TM_CLEANUP(free_charp) char *big = xmalloc(border + 64);

    for (size_t before = 0; before <= sizeof(row); before++) {
        size_t from = border - before, want;
        struct err err = ERR_INIT;
        char found;

        /* Short first rows, so that no cell exceeds what is kept. */
        for (size_t i = 0; i < from; i++)
            big[i] = i % 64 == 63 ? '\n' : 'x';
        big[from - 1] = 'x';
        memcpy(big + from, row, sizeof(row) - 1);
        CHECK_OK(show(file_with("b.csv", big, from + sizeof(row) - 1), ',', &shown, &found, &err),
                 err);
        want = strlen("[q\"q\n][b c][];:[last][1];");
        CHECK(shown.n > want && strstr(buf_cstr(&shown) + shown.n - want - 12, "[q\"q\n][b c][];"));
        CHECK(str_ends(buf_str(&shown), "[last][1];"));
    }
}

/* 6,919 purchases of the CDNOW sample, a table with leading blanks, in five columns. */
static void real_table(void)
{
    const char *data = getenv("TIDEMARK_TEST_DATA");
    TM_CLEANUP(input_closep) struct input *in = NULL;
    TM_CLEANUP(csv_closep) struct csv_reader *csv = NULL;
    struct err err = ERR_INIT;
    struct csv_row row;
    char path[4096];
    int64_t rows = 0, cells = 0;
    bool more = true;

    snprintf(path, sizeof(path), "%s/cdnow/CDNOW_sample.txt", data ? data : "");
    if (!data || input_open(path, 0, &in, NULL)) {
        tap_skip("no test data");
        return;
    }
    CHECK_OK(csv_open(in, 0, &csv, &err), err);
    CHECK(csv_delimiter(csv) == CSV_BLANKS);
    while (csv_next(csv, &row, &more, &err) == ERR_OK && more) {
        rows++;
        cells += (int64_t)row.n;
    }
    CHECK(!more);
    CHECK_INT(rows, 6919);
    CHECK_INT(cells, 5 * 6919);
}

int main(void)
{
    static const char delimiters[] = {',', ';', '\t', '|', CSV_BLANKS};

    shapes();
    guesses();
    limits();
    for (size_t i = 0; i < TM_COUNT(delimiters); i++)
        for (uint32_t seed = 1; seed <= 3; seed++)
            round_trip(delimiters[i], seed * 77);
    borders();
    real_table();
    files_done();
    buf_release(&shown);
    return tap_done();
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/input.h"

#include "files.h"
#include "tap.h"

#include <sys/stat.h>
#include <unistd.h>

/* The whole text, or the code with which opening or reading ended. */
static enum err_code read_all(const char *path, size_t member, struct buf *out, char *encoding,
                              char *compression, struct err *err)
{
    TM_CLEANUP(input_closep) struct input *in = NULL;
    struct str piece;

    buf_reset(out);
    TRY(input_open(path, member, &in, err));
    do {
        TRY(input_read(in, &piece, err));
        buf_adds(out, piece);
    } while (piece.n);
    if (encoding)
        snprintf(encoding, 32, "%s", input_encoding(in));
    if (compression)
        snprintf(compression, 32, "%s", input_compression(in));
    return buf_check(out, err);
}

static struct buf text = BUF_INIT(64 << 20);

static void reads_as(const char *path, const char *want, const char *encoding)
{
    struct err err = ERR_INIT;
    char got[32] = "";

    CHECK_OK(read_all(path, 0, &text, got, NULL, &err), err);
    CHECK_STR(buf_cstr(&text), want);
    CHECK_STR(got, encoding);
}

static void refused(const char *path, enum err_code code, const char *words)
{
    struct err err = ERR_INIT;
    enum err_code got = read_all(path, 0, &text, NULL, NULL, &err);

    CHECK_MSG(got == code, "%s: %s is %s: %s", path, err_name(got), err_name(code), err.msg);
    CHECK_MSG(strstr(err.msg, words) != NULL, "\"%s\" in: %s", words, err.msg);
}

static void encodings(void)
{
    reads_as(file_withz("u8.csv", "a,\xC3\xA9\n"), "a,\xC3\xA9\n", "UTF-8");
    reads_as(file_withz("bom.csv", "\xEF\xBB\xBF"
                                   "a,b\n"),
             "a,b\n", "UTF-8");
    reads_as(file_withz("1252.csv", "caf\xE9,\x80 5\n"), "caf\xC3\xA9,\xE2\x82\xAC 5\n",
             "windows-1252");
    reads_as(file_withz("1252end.csv", "caf\xE9"), "caf\xC3\xA9", "windows-1252");
    reads_as(file_with("le.csv",
                       "\xFF\xFE"
                       "a\0\xE9\0\x3D\xD8\x00\xDE",
                       10),
             "a\xC3\xA9\xF0\x9F\x98\x80", "UTF-16LE");
    reads_as(file_with("be.csv",
                       "\xFE\xFF"
                       "\0a\0\xE9",
                       6),
             "a\xC3\xA9", "UTF-16BE");

    refused(file_withz("mixed.csv", "\xC3\xA9\nb\ncaf\xE9\n"), ERR_ENCODING, "mixed.csv, line 3");
    refused(file_withz("bommed.csv", "\xEF\xBB\xBF"
                                     "a\ncaf\xE9\n"),
            ERR_ENCODING, "line 2");
    refused(file_withz("neither.csv", "a\nb\n\xE9\n\x81\n"), ERR_ENCODING, "line 4");
    refused(file_withz("cutchar.csv", "\xC3\xA9\nb\xE2\x82"), ERR_TRUNCATED, "line 2");
    refused(file_with("odd.csv",
                      "\xFF\xFE"
                      "a\0\n\0b",
                      7),
            ERR_TRUNCATED, "line 2");
    refused(file_with("half.csv",
                      "\xFF\xFE"
                      "a\0\x3D\xD8",
                      6),
            ERR_TRUNCATED, "line 1");
    refused(file_with("lone.csv",
                      "\xFF\xFE"
                      "a\0\n\0\x3D\xD8"
                      "b\0",
                      10),
            ERR_ENCODING, "line 2");
    refused(file_with("nul.csv", "a\nb\0c\n", 6), ERR_INVALID, "nul.csv, line 2");
    refused(file_with("cr.csv", "a\rb\rc\0\r", 7), ERR_INVALID, "line 3");
    refused(file_with("nobom.csv", "a\0b\0", 4), ERR_INVALID, "NUL");
    refused(file_with("lenul.csv",
                      "\xFF\xFE"
                      "a\0\0\0",
                      6),
            ERR_INVALID, "NUL");
}

/* A character of each length at every distance from the border between two pieces, and what is
 * found late. */
static void long_texts(void)
{
    const size_t border = 256 * 1024;
    const char *const characters[] = {"\xC3\xA9", "\xE0\xB8\x81", "\xF0\x9F\x98\x80"};
    char *big = xmalloc(border + 64);
    struct err err = ERR_INIT;
    char encoding[32];

    for (size_t i = 0; i < TM_COUNT(characters); i++) {
        for (size_t before = 0; before <= 4; before++) {
            size_t k = strlen(characters[i]), n = border + 8;

            memset(big, 'x', n);
            memcpy(big + border - before, characters[i], k);
            CHECK_OK(read_all(file_with("big", big, n), 0, &text, NULL, NULL, &err), err);
            CHECK(str_eq(buf_str(&text), (struct str){big, n}));
        }
    }
    memset(big, 'x', border + 8);
    big[100] = '\n';
    big[border + 2] = '\xE9';
    CHECK_OK(read_all(file_with("late", big, border + 8), 0, &text, encoding, NULL, &err), err);
    CHECK_STR(encoding, "windows-1252");
    CHECK_INT(text.n, border + 9);
    big[10] = '\xC3';
    big[11] = '\xA9';
    refused(file_with("latemix", big, border + 8), ERR_ENCODING, "line 2");

    /* A surrogate cut off where the last full piece ends. */
    memset(big, 1, border);
    memcpy(big, "\xFF\xFE", 2);
    memcpy(big + border - 2, "\x3D\xD8", 2);
    refused(file_with("cutpair", big, border), ERR_TRUNCATED, "within a character");
    free(big);
}

static void compressions(void)
{
    static const char *const filters[] = {"gzip", "zstd", "xz", "bzip2"};
    struct err err = ERR_INIT;
    struct buf plain = BUF_INIT(1 << 20);
    char compression[32];

    for (int i = 0; i < 30000; i++)
        buf_addf(&plain, "%d,%d\n", i, i * i % 977);
    for (size_t i = 0; i < TM_COUNT(filters); i++) {
        const char *path = file_compressed("x", filters[i], plain.p, plain.n);
        size_t size = file_size(path);

        CHECK_OK(read_all(path, 0, &text, NULL, compression, &err), err);
        CHECK_STR(compression, filters[i]);
        CHECK(str_eq(buf_str(&text), buf_str(&plain)));
        for (size_t cut = 1; cut + 20 < size; cut += size / 5) {
            file_compressed("x", filters[i], plain.p, plain.n);
            file_cut(path, size - cut);
            refused(path, ERR_TRUNCATED, path);
        }
    }
    buf_release(&plain);
}

static void flip(const char *path, long at)
{
    FILE *f = fopen(path, "r+b");
    int c;

    if (!f || fseek(f, at, at < 0 ? SEEK_END : SEEK_SET) != 0 || (c = fgetc(f)) == EOF ||
        fseek(f, -1, SEEK_CUR) != 0 || fputc(c ^ 0x15, f) == EOF || fclose(f) != 0)
        abort();
}

static void damages(void)
{
    static const char *const filters[] = {"gzip", "xz", "bzip2"};
    const char *path, *plain = "a,b\n1,2\n3,4\nhello,world\n";
    struct err err = ERR_INIT;
    char two[512];
    size_t n;
    FILE *f;

    for (size_t i = 0; i < TM_COUNT(filters); i++) {
        path = file_compressed("bad", filters[i], plain, strlen(plain));
        flip(path, strcmp(filters[i], "gzip") == 0 ? -6 : (long)file_size(path) / 2);
        refused(path, ERR_INVALID, "is damaged");
    }
    /* Two gzip members make one text; what is no gzip after them is refused. */
    path = file_compressed("two.gz", "gzip", plain, strlen(plain));
    f = fopen(path, "rb");
    if (!f)
        abort();
    n = fread(two, 1, 200, f);
    fclose(f);
    memcpy(two + n, two, n);
    memset(two + 2 * n, 0, 8);
    CHECK_OK(read_all(file_with("two", two, 2 * n + 8), 0, &text, NULL, NULL, &err), err);
    CHECK_INT(text.n, 2 * strlen(plain));
    two[2 * n] = 'x';
    refused(file_with("two", two, 2 * n + 8), ERR_INVALID, "after its gzip data");
    refused(file_compressed("empty.gz", "gzip", "", 0), ERR_INVALID, "is empty");
}

static void archives(void)
{
    static const struct member files[] = {
        {"data/", ""},
        {"data/a.csv", "x,y\n1,2\n"},
        {"__MACOSX/data/._a.csv", "junk"},
        {"b.csv", "z\n3\n"},
    };
    static const struct member xlsx[] = {{"_rels/.rels", "<x/>"}, {"xl/workbook.xml", "<x/>"}};
    static const char *const formats[] = {"zip", "ustar"};
    TM_CLEANUP(input_closep) struct input *in = NULL;
    struct err err = ERR_INIT;
    const char *path;
    size_t n;

    for (size_t i = 0; i < TM_COUNT(formats); i++) {
        path = file_archive("all.arc", formats[i], files, TM_COUNT(files));
        CHECK_OK(input_member_count(path, &n, &err), err);
        CHECK_INT(n, 2);
        CHECK_OK(read_all(path, 0, &text, NULL, NULL, &err), err);
        CHECK_STR(buf_cstr(&text), "x,y\n1,2\n");
        CHECK_OK(read_all(path, 1, &text, NULL, NULL, &err), err);
        CHECK_STR(buf_cstr(&text), "z\n3\n");
        CHECK(read_all(path, 2, &text, NULL, NULL, &err) == ERR_NOT_FOUND);
    }
    CHECK_OK(input_open(path, 1, &in, &err), err);
    CHECK_STR(input_name(in), "all.arc/b.csv");

    path = file_archive("cut.zip", "zip", files, TM_COUNT(files));
    file_cut(path, 60);
    CHECK(read_all(path, 0, &text, NULL, NULL, &err) != ERR_OK);
    path = file_archive("book.zip", "zip", xlsx, TM_COUNT(xlsx));
    refused(path, ERR_UNRECOGNISED, "is a spreadsheet");
    CHECK(read_all(path, 0, &text, NULL, NULL, &err) && strstr(err.hint, "CSV"));
    CHECK(read_all(file_withz("p.csv", "a\n"), 1, &text, NULL, NULL, &err) == ERR_NOT_FOUND);
    CHECK_OK(input_member_count(file_path("p.csv"), &n, &err), err);
    CHECK_INT(n, 1);
    refused(file_withz("x.pdf", "%PDF-1.7\n"), ERR_UNRECOGNISED, "a PDF");
}

static void not_files(void)
{
    const char *path = file_path("folder");

    if (mkdir(path, 0755) != 0)
        abort();
    refused(path, ERR_INVALID, "is a folder");
    refused(file_path("missing"), ERR_NOT_FOUND, "missing");
    refused(file_withz("nothing", ""), ERR_INVALID, "is empty");
    refused(file_withz("bomonly", "\xEF\xBB\xBF"), ERR_INVALID, "is empty");
    path = file_path("fifo");
    if (mkfifo(path, 0644) != 0)
        abort();
    refused(path, ERR_INVALID, "is not a regular file");
    path = file_withz("closed", "a\n");
    if (chmod(path, 0) != 0)
        abort();
    if (geteuid() == 0)
        tap_skip("root reads every file");
    else
        refused(path, ERR_DENIED, "closed");
}

static void lines(void)
{
    static const char *const want[] = {"a", "", "b", "c", "", "d"};
    TM_CLEANUP(input_closep) struct input *in = NULL;
    struct err err = ERR_INIT;
    struct str line;
    int64_t number;
    bool more;

    CHECK_OK(input_open(file_withz("l", "a\n\nb\r\nc\r\rd"), 0, &in, &err), err);
    for (size_t i = 0; i < TM_COUNT(want); i++) {
        CHECK_OK(input_line(in, 10, &line, &number, &more, &err), err);
        CHECK(more && str_eqz(line, want[i]));
        CHECK_INT(number, i + 1);
    }
    CHECK_OK(input_line(in, 10, &line, &number, &more, &err), err);
    CHECK(!more);
    CHECK_OK(input_reopen(in, &err), err);
    CHECK_OK(input_line(in, 1, &line, &number, &more, &err), err);
    CHECK(number == 1 && str_eqz(line, "a"));
    CHECK_INT(input_position(in), input_size(in));
}

/* Lines that lie across the border of two pieces. */
static void long_lines(void)
{
    const size_t border = 256 * 1024;
    TM_CLEANUP(free_charp) char *big = xmalloc(border + 16);
    struct err err = ERR_INIT;

    for (size_t at = border - 2; at <= border + 1; at++) {
        TM_CLEANUP(input_closep) struct input *in = NULL;
        struct str line;
        int64_t number;
        bool more;

        memset(big, 'x', border + 16);
        memcpy(big + at, "\r\n", 2);
        CHECK_OK(input_open(file_with("l", big, border + 16), 0, &in, &err), err);
        CHECK_OK(input_line(in, border + 16, &line, &number, &more, &err), err);
        CHECK_INT(line.n, at);
        CHECK_OK(input_line(in, border + 16, &line, &number, &more, &err), err);
        CHECK_INT(line.n, border + 14 - at);
        CHECK(number == 2 && more);
        CHECK_OK(input_line(in, border, &line, &number, &more, &err), err);
        CHECK(!more);
        CHECK_OK(input_reopen(in, &err), err);
        CHECK(input_line(in, border - 3, &line, &number, &more, &err) == ERR_TOO_LARGE);
        CHECK(strstr(err.msg, "line 1") != NULL);
    }
}

static void digest(void)
{
    struct err err = ERR_INIT;
    char hex[65];

    CHECK_OK(input_digest(file_withz("d", "abc"), NULL, hex, &err), err);
    CHECK_STR(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(input_digest(file_path("none"), NULL, hex, &err) == ERR_NOT_FOUND);
}

int main(void)
{
    encodings();
    long_texts();
    compressions();
    damages();
    archives();
    not_files();
    lines();
    long_lines();
    digest();
    files_done();
    buf_release(&text);
    return tap_done();
}
